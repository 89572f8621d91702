"""What people decided about findings, kept in the workbook: accepted exceptions, and repairs that were made.

The records stand in a table of their own below the settings on 설정, a row each, for people to read. They are
only ever added to, and 점검결과 shows them. A row that cannot be read as a record counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from xlbudget.edits import Edit, SetCells, SetStyle
from xlbudget.findings import REASONS, Acceptance
from xlbudget.grid import Grid, Ref
from xlbudget.workbook.layout import heading_key
from xlbudget.workbook.styles import named

HEADINGS: Final = ("기록", "지적 번호", "규칙", "칸", "이전 값", "새 값", "까닭", "글", "누가", "언제")
EXCEPTION: Final = "예외 승인"
REPAIR: Final = "고침"
_FIRST_HEADING_ROW: Final = 21


class Record(NamedTuple):
    """A decision about a finding, every part as text.

    ``kind`` is `EXCEPTION` or `REPAIR`; ``reason`` a key of ``findings.REASONS`` for an exception. ``cell``,
    ``old`` and ``new`` say what a repair changed.
    """

    kind: str
    finding: str
    code: str
    cell: str = ""
    old: str = ""
    new: str = ""
    reason: str = ""
    text: str = ""
    by: str = ""
    on: str = ""

    def __str__(self) -> str:
        who = " ".join(filter(None, (self.by, self.on)))
        if self.kind == REPAIR:
            said = f"{self.cell} {self.old} → {self.new}"
        else:
            said = f"{REASONS.get(self.reason, self.reason)}: {self.text}"
        return f"{self.kind} {self.code} {self.finding}: {said}" + (f" ({who})" if who else "")


def read_records(grid: Grid | None) -> tuple[Record, ...]:
    """Return the records of a workbook from its sheet 설정, oldest first."""
    head = _heading(grid) if grid is not None else None
    if grid is None or head is None:
        return ()
    return tuple(_records(grid, head))


def accepted_exceptions(records: Sequence[Record]) -> tuple[Acceptance, ...]:
    """Return the exceptions among records."""
    return tuple(Acceptance(r.finding, r.reason, r.text, r.by, r.on) for r in records if r.kind == EXCEPTION)


def add_records(grid: Grid, records: Sequence[Record]) -> list[Edit]:
    """Return the edits that write further records below those that stand on 설정."""
    head = _heading(grid)
    cells: dict[Ref, str] = {}
    headings: list[Ref] = []
    if head is None:
        head = max(_FIRST_HEADING_ROW, grid.last_row + 2), 1
        headings = [(head[0], head[1] + at) for at in range(len(HEADINGS))]
        cells.update(zip(headings, HEADINGS, strict=True))
    first = max(grid.last_row, head[0]) + 1
    for row, record in enumerate(records, first):
        cells.update({(row, head[1] + at): text for at, text in enumerate(record)})
    written = [ref for ref in cells if ref not in headings]
    edits: list[Edit] = [SetCells(grid.name, cells), SetStyle(grid.name, tuple(written), named("점검 글"))]
    return edits + ([SetStyle(grid.name, tuple(headings), named("입력 머리"))] if headings else [])


def clear_records(grid: Grid) -> list[Edit]:
    """Return the edits that clear the records on 설정; their headings stay."""
    head = _heading(grid)
    if head is None:
        return []
    cells = {
        (row, head[1] + at): None
        for row in range(head[0] + 1, grid.last_row + 1)
        if str(grid.value(row, head[1]) or "").strip() in (EXCEPTION, REPAIR)
        for at in range(len(HEADINGS))
    }
    return [SetCells(grid.name, cells)] if cells else []


def _heading(grid: Grid) -> Ref | None:
    wanted = heading_key(HEADINGS[1])
    found = [
        ref
        for ref, cell in sorted(grid.cells.items())
        if isinstance(cell.value, str) and heading_key(cell.value) == wanted and ref[1] > 1
    ]
    return (found[0][0], found[0][1] - 1) if found else None


def _records(grid: Grid, head: Ref) -> Iterator[Record]:
    for row in range(head[0] + 1, grid.last_row + 1):
        values = [grid.value(row, head[1] + at) for at in range(len(HEADINGS))]
        texts = ["" if value is None else str(value).strip() for value in values]
        if texts[0] in (EXCEPTION, REPAIR) and texts[1]:
            yield Record(*texts)
