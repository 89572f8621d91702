"""What is to be written into one sheet: spare rows, rows to insert, contents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from xlbudget.edits import Content, Edit, InsertRows, SetCells, SetStyle
from xlbudget.grid import Grid, Ref
from xlbudget.workbook import NotWritable
from xlbudget.workbook.styles import INPUT_STYLES
from xlbudget.workbook.tables import Found


@dataclass(slots=True)
class Plan:
    """What is written into one sheet, top to bottom: rows that come in move everything below them."""

    found: Found
    shift: int = 0
    inserts: list[Edit] = field(default_factory=list)
    styles: list[Edit] = field(default_factory=list)
    cells: dict[Ref, Content] = field(default_factory=dict)

    def room(self, spare: range, needed: int, at: int | None = None) -> int:
        """Make room for ``needed`` rows where there are ``spare`` ones; return the first of them.

        Rows come in above ``at``, by default the last spare row.
        """
        first = spare.start + self.shift
        lacking = needed - len(spare)
        if lacking > 0:
            self.inserts.append(InsertRows(self.found.sheet, (at or spare[-1]) + self.shift, lacking))
            self.shift += lacking
        return first

    def put(self, row: int, column: int | None, content: Content) -> None:
        """Write into a cell; nothing where there is nothing to write, or no such column."""
        if column is not None and content is not None and content != "":
            self.cells[row, column] = content

    def texts(self, spare: range, column: int, texts: Iterable[str]) -> None:
        """Write texts one below the other, blank ones left out."""
        said = [text.strip() for text in texts if text.strip()]
        first = self.room(spare, len(said))
        for row, text in enumerate(said, first):
            self.put(row, column, text)

    def restyle(self, row: int, like: int) -> None:
        """Give a row the styles of another one, whose number is that of the sheet as it was."""
        by_style: dict[str | None, list[Ref]] = {}
        for column in sorted({column for at, column in self.found.grid.cells if at == like}):
            by_style.setdefault(self.found.grid.cell(like, column).style, []).append((row, column))
        self.styles += [SetStyle(self.found.sheet, tuple(refs), style) for style, refs in by_style.items()]

    def edits(self) -> list[Edit]:
        """Return the edits, in the order in which they are right."""
        written: list[Edit] = [SetCells(self.found.sheet, self.cells)] if self.cells else []
        return [*self.inserts, *self.styles, *written]


def spare_rows(found: Found, key: str, first: int | None = None) -> range:
    """Return the rows that people type into, from a row on: those whose cell in a column has an input style.

    They end where another label stands in the first column of the table. Raises ``NotWritable`` where there
    are none.
    """
    grid, column = found.grid, found.columns[key]
    end_row = max((row for row, _ in grid.cells), default=0) + 1
    start = next(
        (row for row in range(first or found.first, end_row) if is_input(grid, row, column)), end_row
    )
    end = start
    while is_input(grid, end, column):
        end += 1
    if start == end:
        raise NotWritable(
            f"'{found.table.title}' 표({found.sheet})에 적는 칸이 없습니다. 새 표준예산서에 옮겨 적으세요."
        )
    return range(start, end)


def is_input(grid: Grid, row: int, column: int) -> bool:
    """Whether people type into a cell, by its style."""
    return grid.cell(row, column).style in INPUT_STYLES
