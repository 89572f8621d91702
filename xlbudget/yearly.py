"""Workbooks brought along: into the next fiscal year, or from an older layout to the present one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from xlbudget import workflow
from xlbudget.book import EditRefused
from xlbudget.book.file import FileBook
from xlbudget.edits import DropNotes, Edit, ReplaceSheet, SetName, SheetImage
from xlbudget.errors import XlbudgetError
from xlbudget.findings import Finding, Severity
from xlbudget.grid import quote_sheet
from xlbudget.workbook import layout
from xlbudget.workbook.changes import TAG as CHANGE_TAG
from xlbudget.workbook.notes import TAG
from xlbudget.workbook.records import clear_records, read_records
from xlbudget.workbook.rolling import roll
from xlbudget.workbook.upgrading import upgrade
from xlbudget.workflow import Outcome


class RollRefused(XlbudgetError):
    """A workbook cannot be brought into the year that was asked for."""


class UpgradeRefused(XlbudgetError):
    """A workbook would say something else after the upgrade."""


def upgrade_book(book: FileBook) -> tuple[str, ...]:
    """Bring an open workbook to the present layout; return what was brought, a line each.

    Raises ``UpgradeRefused`` where the workbook would be read otherwise than before: it is left as it is.
    """
    before = workflow.judge(book)
    wanted = (layout.SETTINGS, layout.OBJECTS)
    empty = workflow.standard_book()
    grids = {name: book.read(name) for name in wanted if name in book.sheets()}
    found = upgrade(grids, {name: empty.read(name) for name in wanted})
    inverse = book.apply(found.edits)
    after = workflow.judge(book)
    if (before.project, before.settings) != (after.project, after.settings):
        book.apply(inverse)
        raise UpgradeRefused(
            "서식을 올리면 내용이 다르게 읽혀 그대로 두었습니다. '설정' 시트의 이름과 값을 확인하세요."
        )
    return found.said


class Rolled(NamedTuple):
    """The workbook of the new year, how it checks, and what was done and left, a line each.

    ``caused`` are the errors that the workbook did not have before.
    """

    book: FileBook
    outcome: Outcome
    said: tuple[str, ...]
    caused: tuple[Finding, ...]


def roll_book(book: FileBook, to: int) -> Rolled:
    """Bring an open workbook into the fiscal year ``to``, which follows its own.

    Raises ``RollRefused`` for another year, or without one, ``LayoutError`` and ``BookError`` as reading does.
    """
    before = workflow.judge(book)
    year = before.project.fiscal_year
    if year is None:
        raise RollRefused("회계연도가 비어 있어 다음 해로 넘길 수 없습니다. 기본현황에 연도를 적으세요.")
    if to != year + 1:
        raise RollRefused(
            f"{year}년 통합 문서는 {year + 1}년으로만 넘길 수 있습니다. 여러 해를 넘기려면 한 해씩 하세요."
        )
    book.apply(workflow.finish(book, "fill", before).edits)
    filled = workflow.judge(book)
    grids = {name: book.read(name) for name in layout.sheets_to_read(book.sheets())}
    rolled = roll(filled.project, filled.figures, grids)
    book.apply(rolled.edits)
    said = [*rolled.said, *_forget(book)]
    book.apply(workflow.plan(book, "fill").edits)
    outcome = workflow.judge(book)
    known = {(finding.code, finding.path) for finding in (*before.findings, *filled.findings)}
    caused = tuple(
        finding
        for finding in outcome.findings
        if finding.severity is Severity.ERROR and (finding.code, finding.path) not in known
    )
    return Rolled(book, outcome, tuple(said), caused)


def _forget(book: FileBook) -> Iterator[str]:
    """Take away notes, decisions and generated sheets of the old year; yield what was done."""
    sheets = book.sheets()
    grids = {name: book.read(name) for name in layout.sheets_to_read(sheets)}
    edits: list[Edit] = []
    for tag in (TAG, CHANGE_TAG):
        tagged = [n for n, g in grids.items() if any(note.tag == tag for note in g.notes.values())]
        edits += [DropNotes(tag, name) for name in tagged]
    records = read_records(grids.get(layout.SETTINGS))
    if records:
        edits += clear_records(grids[layout.SETTINGS])
        yield f"예외 승인과 고친 기록 {len(records)}건을 지웠습니다."
    first, last = layout.MARKS_ROWS
    for name, column in layout.MARKS_COLUMNS.items():
        area = f"{quote_sheet(layout.RESULTS)}!${column}${first}:${column}${last}"
        edits.append(SetName(name, area))
    blank = [(name, _blank(name)) for name in (layout.RESULTS, layout.DESCRIPTION) if name in sheets]
    if layout.CHANGES in sheets:
        blank.append((layout.CHANGES, SheetImage({(1, 1): (layout.CHANGES, None)})))
    for name, image in blank:
        try:
            book.apply([ReplaceSheet(name, image)])
            yield f"'{name}' 시트를 비웠습니다."
        except EditRefused as refusal:
            yield f"'{name}' 시트는 그대로 두었습니다: {refusal}"
    book.apply(edits)


@cache
def _blank(name: str) -> SheetImage:
    """Return a generated sheet as it stands in an empty standard workbook."""
    grid = workflow.standard_book().read(name)
    cells = {ref: (cell.value, cell.style) for ref, cell in grid.cells.items()}
    return SheetImage(cells=cells, merges=grid.merges, heights=grid.heights)


def default_target(source: Path, to: int) -> Path:
    """Return the name of the new year's workbook: ``a.xlsx`` → ``a_2027.xlsx``."""
    suffix = ".xlsx" if source.suffix.lower() == ".json" else source.suffix
    return source.with_name(f"{source.stem}_{to}{suffix}")
