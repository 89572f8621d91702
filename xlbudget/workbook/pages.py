"""Rows onto pages: where a page ends, what is repeated on the next, and the cells that come of it.

A sheet is a list of ``Unit``s: rows that are never separated. A unit may be kept with the next one. A table
that runs on is closed by its rule, and its heading rows are repeated; a label that spans rows of two pages
stands on each, marked ``(계속)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from xlbudget.edits import Content, PageSetup, SheetImage
from xlbudget.grid import Area, Ref
from xlbudget.workbook.text import stretched

CONTINUED = "(계속)"
_PAPER = 841.9
_SAFETY = 0.96  # at 0.985 and over, last rows fell onto the next page
_MARGIN = 6.0
PRINTABLE_PX = 698.0
"""The width between the margins of an A4 page, in pixels."""


def usable_height(page: PageSetup, pixels: float = 0.0) -> float:
    """Return the points that the rows of a page may fill.

    A sheet of more ``pixels`` than the paper is printed smaller, so that more rows go on a page.
    """
    points = (_PAPER - 72 * (page.top + page.bottom)) * _SAFETY - _MARGIN
    return points * max(1.0, pixels / PRINTABLE_PX)


class Box(NamedTuple):
    """One merged area or cell of a row; ``rows`` of them downwards, all in the same unit."""

    left: int
    right: int
    content: Content
    style: str
    rows: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Label:
    """A text beside several rows. ``need`` and ``need_continued`` are the heights that it takes, in points,
    alone and with ``(계속)``.
    """

    left: int
    right: int
    text: str
    style: str
    need: float
    need_continued: float


class Row(NamedTuple):
    """A row of the sheet, before it has a number."""

    height: float
    boxes: tuple[Box, ...] = ()
    label: Label | None = None


class Table(NamedTuple):
    """What is repeated where a table runs on: the rule that closes it, and its heading rows."""

    head: tuple[Row, ...]
    close: Row


class Unit(NamedTuple):
    """Rows that are never separated.

    ``keep``: the next unit follows on the same page. ``table`` is set for the body of a table. A ``gap`` is
    white space: dropped at the top and the foot of a page.
    """

    rows: tuple[Row, ...]
    keep: bool = False
    table: Table | None = None
    gap: bool = False

    @property
    def height(self) -> float:
        """The points that the rows take."""
        return sum([row.height for row in self.rows])


def gap(points: float) -> Unit:
    """Return white space before what follows."""
    return Unit((Row(points),), keep=True, gap=True)


def table_units(table: Table, body: Sequence[Unit]) -> Iterator[Unit]:
    """Yield the units of a table: its heading rows kept with the first body unit, the rule with the last."""
    yield Unit(table.head, keep=True)
    for unit in body[:-1]:
        yield unit._replace(table=table)
    yield body[-1]._replace(rows=(*body[-1].rows, table.close), table=table, keep=False)


def labelled(label: Label, units: Sequence[Unit]) -> list[Unit]:
    """Set a label beside units: rows grow until it fits, and no page gets too few of them to hold it."""
    rows = [row for unit in units for row in unit.rows]
    heights = iter(stretched(tuple(row.height for row in rows), label.need))
    grown = [
        unit._replace(rows=tuple(Row(next(heights), row.boxes, label) for row in unit.rows)) for unit in units
    ]
    above, total = 0.0, sum(unit.height for unit in grown)
    for index, unit in enumerate(grown[:-1]):
        above += unit.height
        if above < label.need or total - above < label.need_continued:
            grown[index] = unit._replace(keep=True)
    return grown


def paginate(units: Iterable[Unit], usable: float) -> list[list[Row]]:
    """Lay units onto pages of a height; return the rows of each page.

    What may not be separated is separated only where it is higher than a page.
    """
    pages = _Pages(usable)
    chain: list[Unit] = []
    for unit in units:
        chain.append(unit)
        if not unit.keep:
            pages.place(chain)
            chain = []
    if chain:
        pages.place(chain)
    return pages.finished()


class _Pages:
    """Pages being filled."""

    def __init__(self, usable: float) -> None:
        self._usable = usable
        self._pages: list[list[Row]] = []
        self._rows: list[Row] = []
        self._used = 0.0
        self._last: Unit | None = None

    def place(self, chain: Sequence[Unit]) -> None:
        """Place units that stay together, on the next page where this one cannot hold them."""
        need = sum([unit.height for unit in chain])
        if not self._fits(need, chain[-1]):
            self._turn(chain[0])
            if not self._fits(need, chain[-1]):
                self._place_apart(chain)
                return
        for unit in chain:
            self._add(unit)
        self._used += need

    def _place_apart(self, chain: Sequence[Unit]) -> None:
        """Place units that are higher than a page together."""
        for unit in chain:
            if not self._fits(unit.height, unit):
                self._turn(unit)
            self._add(unit)
            self._used += unit.height

    def _fits(self, need: float, last: Unit) -> bool:
        table = last.table
        if table is not None and last.rows[-1] is not table.close:
            need += table.close.height
        return self._used + need <= self._usable

    def _turn(self, following: Unit) -> None:
        """End the page; nothing where it is still blank."""
        if self._last is None:
            return
        table = following.table
        if table is None or self._last.table is not table:
            self._end()
            return
        self._rows.append(table.close)
        self._end()
        self._rows.extend(table.head)
        self._used = sum([row.height for row in table.head])

    def _end(self) -> None:
        self._pages.append(self._rows)
        self._rows, self._used, self._last = [], 0.0, None

    def _add(self, unit: Unit) -> None:
        if unit.gap and self._last is None:
            self._used -= unit.height
            return
        self._rows.extend(unit.rows)
        self._last = unit

    def finished(self) -> list[list[Row]]:
        """Return the pages."""
        if self._rows:
            self._end()
        return self._pages


@dataclass(slots=True)
class Cells:
    """Rows set down one below the other: what a ``SheetImage`` takes."""

    cells: dict[Ref, tuple[Content, str | None]]
    merges: list[Area]
    heights: dict[int, float]
    breaks: list[int]


def set_down(pages: Sequence[Sequence[Row]]) -> Cells:
    """Give rows their numbers, from 1, and labels their areas; a text that says nothing is a blank cell."""
    sheet = Cells({}, [], {}, [])
    cells = sheet.cells
    printed: set[Label] = set()
    number = 0
    for page in pages:
        first = number + 1
        for number, row in enumerate(page, first):
            sheet.heights[number] = row.height
            for left, right, said, style, rows in row.boxes:
                content = None if said == "" else said
                if left == right and rows == 1:
                    cells[number, left] = (content, style)
                else:
                    _fill(sheet, Area(number, left, number + rows - 1, right), content, style)
        _set_labels(sheet, page, first, printed)
        sheet.breaks.append(number)
    if sheet.breaks:
        sheet.breaks.pop()
    return sheet


def _set_labels(sheet: Cells, page: Sequence[Row], first: int, printed: set[Label]) -> None:
    row = first
    for label, run in groupby(page, key=lambda row: row.label):
        count = sum(1 for _ in run)
        if label is not None:
            text = f"{label.text}\n{CONTINUED}" if label in printed else label.text
            printed.add(label)
            _fill(sheet, Area(row, label.left, row + count - 1, label.right), text or None, label.style)
        row += count


def _fill(sheet: Cells, area: Area, content: Content, style: str) -> None:
    """Write merged cells: the style on every one of them, the content on the first."""
    top, left, bottom, right = area
    cells, blank = sheet.cells, (None, style)
    columns = range(left, right + 1)
    for row in range(top, bottom + 1):
        for column in columns:
            cells[row, column] = blank
    cells[top, left] = (content, style)
    if top < bottom or left < right:
        sheet.merges.append(area)


def image(
    pages: Sequence[Sequence[Row]], last_column: int, columns: dict[int, float | None], page: PageSetup
) -> SheetImage:
    """Return the sheet that pages make; it prints down to its last row."""
    sheet = set_down(pages)
    bottom = max(sheet.heights, default=1)
    return SheetImage(
        cells=sheet.cells,
        merges=tuple(sheet.merges),
        heights=sheet.heights,
        breaks=tuple(sheet.breaks),
        columns=columns,
        page=page,
        print_area=Area(1, 1, bottom, last_column),
    )
