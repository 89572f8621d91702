"""Finding the tables of the standard workbook on sheets that people have changed.

People insert rows and columns, rename sheets and copy them. So a table is where the texts of its heading row
stand together, wherever that is; nothing is read from a fixed address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from xlbudget.grid import Cell, CellError, Grid, a1
from xlbudget.project import Place
from xlbudget.workbook import (
    HeadingMissing,
    LayoutError,
    NotStandard,
    SheetMissing,
    TableTwice,
    layout,
)
from xlbudget.workbook.layout import TABLE, TABLES, Table, bare_key, heading_key

LONGEST_HEADING = 40
FEWEST_CIRCLED = 3
"""A row with so many texts such as ``④=①+②+③`` explains the heading above it."""
FEWEST_HEADINGS = 2
"""So many required headings in a row show that it was meant for the heading of a table."""
Cells = Mapping[int, Cell]
"""Cells of a row by column."""

_LETTER = re.compile(r"\(([ab])\)$")
_YEAR = re.compile(r"'?(\d{2,4})년?도?(?:최종|본)?예산액?(?:\(.*\))?$")
_CIRCLED = frozenset("①②③④⑤⑥⑦⑧⑨")


class Row(NamedTuple):
    """A data row of a table; ``cells`` are those of the sheet's row that hold something."""

    found: Found
    number: int
    cells: Cells

    def place(self, key: str) -> Place | None:
        """Return the cell of a column, ``None`` where the table lacks the column."""
        column = self.found.columns.get(key)
        return None if column is None else Place(self.found.grid.name, self.number, column)

    def cell(self, key: str) -> Cell | None:
        """Return what stands in a column, ``None`` for a blank."""
        column = self.found.columns.get(key)
        return None if column is None else self.cells.get(column)

    def has(self, *keys: str) -> bool:
        """Whether something stands in one of the columns."""
        columns = self.found.columns
        return any(columns.get(key) in self.cells for key in keys)


@dataclass(slots=True)
class Found:
    """A table on a sheet.

    ``rows`` are the cells of the sheet that hold something, by row and column; data rows lie between
    ``first`` and ``last``, both included. ``columns`` maps a column key (``object``, ``previous/total``)
    to its column.
    """

    table: Table
    grid: Grid
    rows: Mapping[int, Cells]
    head: int
    first: int
    last: int
    columns: dict[str, int]

    @property
    def sheet(self) -> str:
        """The name of the sheet."""
        return self.grid.name

    def data(self) -> Iterator[Row]:
        """Yield the data rows that hold something, from top to bottom."""
        for number, cells in self.rows.items():
            if self.first <= number <= self.last:
                yield Row(self, number, cells)

    def place(self, row: int, key: str) -> Place:
        """Return the cell of a column that the table has."""
        return Place(self.grid.name, row, self.columns[key])


@dataclass(slots=True)
class Located:
    """The tables that were found, what stands in the way of using them, and copies of the printed sheet."""

    tables: dict[str, Found] = field(default_factory=dict)
    problems: list[LayoutError] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Heading:
    """A row in which heading texts of a table were found, all of them or some."""

    table: Table
    grid: Grid
    rows: Mapping[int, Cells]
    row: int
    columns: dict[str, int]

    @property
    def missing(self) -> frozenset[str]:
        return _REQUIRED[self.table.key] - self.columns.keys()

    def __str__(self) -> str:
        return f"{self.grid.name}!{a1(self.row, min(self.columns.values()))}"


def _index() -> dict[str, list[tuple[Table, str, str]]]:
    index: dict[str, list[tuple[Table, str, str]]] = {}
    for table in TABLES:
        for column in table.columns:
            for text in column.texts():
                index.setdefault(text, []).append((table, column.key, column.instead_of))
    return index


_INDEX = _index()
_REQUIRED = {table.key: table.required for table in TABLES}
_PARTS: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = {
    table.key: {
        heading_key(text): tuple(
            (column.key, part) for column in table.columns for part, texts in column.parts if text in texts
        )
        for column in table.columns
        for _, texts in column.parts
        for text in texts
    }
    for table in TABLES
}


def locate(grids: Mapping[str, Grid]) -> Located:
    """Find every table of the standard workbook on the given sheets.

    The sheets that we write are left out, also where somebody renamed or copied 사업설명서.
    """
    headings: list[_Heading] = []
    partial: list[_Heading] = []
    located = Located()
    for name in layout.sheets_to_read(grids):
        if name not in layout.SHEETS and layout.is_printed(_all_texts(grids[name])):
            located.printed.append(name)
            continue
        for heading in _headings(grids[name]):
            (partial if heading.missing else headings).append(heading)
    if not headings:
        located.problems.append(_not_standard(grids))
        return located
    for table in TABLES:
        found = _candidates(table, headings)
        if len(found) == 1:
            located.tables[table.key] = _table(found[0], headings)
        elif found:
            located.problems.append(_twice(table, found))
        else:
            located.problems.append(_missing(table, grids, partial))
    return located


def _all_texts(grid: Grid) -> Iterator[str]:
    for cell in grid.cells.values():
        if type(cell[0]) is str:
            yield cell[0]


def _candidates(table: Table, headings: list[_Heading]) -> list[_Heading]:
    """Return the headings of a table.

    Of a heading of one text only the leftmost, topmost beside its table, since a sentence elsewhere may say
    the same.
    """
    found = [heading for heading in headings if heading.table is table]
    if not table.beside:
        return found
    sheets = [heading.grid for heading in headings if heading.table.key == table.beside]
    found = [heading for heading in found if heading.grid in sheets]
    return sorted(found, key=lambda heading: (min(heading.columns.values()), heading.row))[:1]


def _headings(grid: Grid) -> Iterator[_Heading]:
    rows = grid.filled
    for number, row in rows.items():
        for table_key, columns in _hits(row).items():
            heading = _Heading(TABLE[table_key], grid, rows, number, dict(columns))
            if heading.missing or _proved(heading):
                yield heading


_MOST_ROWS_KNOWN = 1_024
_KNOWN_ROWS: dict[int, tuple[Cells, Mapping[str, dict[str, int]]]] = {}
"""What was found in a row, by the very row: the copies of a form share most of theirs."""


def _hits(row: Cells) -> Mapping[str, dict[str, int]]:
    """Return the columns whose heading texts stand in a row, by table."""
    known = _KNOWN_ROWS.get(id(row))
    if known is not None and known[0] is row:
        return known[1]
    if len(_KNOWN_ROWS) >= _MOST_ROWS_KNOWN:
        _KNOWN_ROWS.clear()
    hits = _found_hits(row)
    _KNOWN_ROWS[id(row)] = row, hits
    return hits


def _found_hits(row: Cells) -> dict[str, dict[str, int]]:
    hits: dict[str, dict[str, int]] = {}
    found = [(column, meanings) for column, cell in row.items() if (meanings := _meanings_of(cell))]
    if not found:
        return hits
    for column, meanings in sorted(found, key=_column):
        for table, key, stands_for in meanings:
            columns = hits.setdefault(table.key, {})
            columns.setdefault(key, column)
            if stands_for:
                columns.setdefault(stands_for, column)
    overview = hits.get("overview")
    if overview is not None:
        _order_years(row, overview)
    return hits


_Meanings = Sequence[tuple[Table, str, str]]


def _column(found: tuple[int, _Meanings]) -> int:
    return found[0]


def _meanings_of(cell: Cell) -> _Meanings:
    text = cell[0] if type(cell[0]) is str else cell[1]
    if text is None or (len(text) > LONGEST_HEADING and cell[1] is None):
        return ()
    return _meanings(text, cell[0] is not None)


@lru_cache(maxsize=1_024)
def _meanings(text: str, has_value: bool) -> _Meanings:
    key = heading_key(text)
    meanings = _INDEX.get(key) or _INDEX.get(bare_key(key))
    if meanings is None and ("예산" in key or not has_value):
        letter = _LETTER.search(key) if has_value else re.search(r"\(([ab])\)", key)
        if letter is not None:
            return _INDEX[letter[0]]
        if _YEAR.match(key):
            return ((TABLE["overview"], "current", ""),)
    return meanings or ()


def _order_years(row: Cells, columns: dict[str, int]) -> None:
    """Two headings such as ``2020예산액`` and ``2021예산액`` without (A) and (B): the earlier year is A."""
    if "previous" in columns:
        return
    years: dict[int, int] = {}
    for column, cell in row.items():
        match = _YEAR.match(heading_key(cell[0])) if type(cell[0]) is str else None
        if match is not None:
            years[int(match[1])] = column
    if len(years) == 2:
        columns["previous"], columns["current"] = years[min(years)], years[max(years)]


def _proved(heading: _Heading) -> bool:
    """Whether one of the labels that prove a table of common heading words stands below it."""
    proof = heading.table.proof
    if not proof:
        return True
    column = heading.columns[heading.table.proof_column]
    for number, row in heading.rows.items():
        cell = row.get(column)
        if number > heading.row and cell is not None and type(cell[0]) is str:
            key = heading_key(cell[0])
            if key in proof or bare_key(key) in proof:
                return True
    return False


def _table(heading: _Heading, headings: list[_Heading]) -> Found:
    below = [other.row for other in headings if other.grid is heading.grid and other.row > heading.row]
    last = min(below) - 1 if below else max(heading.rows)
    columns = dict(heading.columns)
    second = next((number for number in heading.rows if heading.row < number <= last), 0)
    first = heading.row + 1
    if second and _read_parts(heading, heading.rows[second], columns):
        first = second + 1
    for column in heading.table.columns:
        if column.parts and column.key in columns:
            part = column.parts[0][0]
            columns.setdefault(part, columns[column.key])
    return Found(heading.table, heading.grid, heading.rows, heading.row, first, last, columns)


def _read_parts(heading: _Heading, row: Cells, columns: dict[str, int]) -> bool:
    """Read the second storey of a heading into ``columns``; return whether the row is one."""
    parts = _PARTS[heading.table.key]
    if not parts:
        return False
    starts = sorted((column, key) for key, column in heading.columns.items())
    second = False
    circled = 0
    for column, cell in sorted(row.items()):
        if type(cell[0]) is not str:
            continue
        key = heading_key(cell[0])
        circled += key[:1] in _CIRCLED
        owner = next((name for start, name in reversed(starts) if start <= column and name != "start"), "")
        for group, part in parts.get(key, ()):
            if group == owner:
                columns[part] = column
                second = True
    return second or circled >= FEWEST_CIRCLED


def _found_texts(heading: _Heading) -> str:
    row = heading.rows[heading.row]
    return ", ".join(
        f"{' '.join(str(row[column].value).split())}({a1(heading.row, column)})"
        for column in sorted(set(heading.columns.values()))
    )


def _not_standard(grids: Mapping[str, Grid]) -> LayoutError:
    wanted = ", ".join(layout.TYPED_SHEETS)
    return NotStandard(
        f"표준예산서가 아닙니다. 찾은 시트: {', '.join(grids) or '없음'}. 필요한 시트: {wanted}. "
        "xlbudget new로 새 표준예산서를 만들어 옮겨 적으세요."
    )


def _twice(table: Table, found: list[_Heading]) -> LayoutError:
    places = ", ".join(str(heading) for heading in found)
    return TableTwice(
        f"'{table.title}' 표가 {len(found)}곳에 있습니다: {places}. 통합문서 하나에는 사업 하나만 적습니다. "
        "쓰지 않는 표는 지우거나 다른 파일로 옮기세요."
    )


def _missing(table: Table, grids: Mapping[str, Grid], partial: list[_Heading]) -> LayoutError:
    headings = [column.heading for column in table.columns if column.key in table.required]
    near = [
        heading
        for heading in partial
        if heading.table is table and len(table.required & heading.columns.keys()) >= FEWEST_HEADINGS
    ]
    near.sort(key=lambda heading: (heading.grid.name != table.sheet, len(heading.missing)))
    if near:
        lacking = [c.heading for c in table.columns if c.key in near[0].missing]
        return HeadingMissing(
            f"'{table.title}' 표({near[0]})에 다음 머리글이 없습니다: {', '.join(lacking)}. "
            f"찾은 머리글: {_found_texts(near[0])}. 빠진 머리글을 다시 적으세요."
        )
    if table.sheet in grids:
        texts = _texts_of(grids[table.sheet])
        return HeadingMissing(
            f"'{table.sheet}' 시트에 다음 머리글이 있는 행이 없습니다: {', '.join(headings)}. "
            f"찾은 글: {texts or '없음'}. 머리글을 다시 적으세요."
        )
    return SheetMissing(
        f"'{table.sheet}' 시트가 없고, 그 표의 머리글({', '.join(headings)})도 다른 시트에 없습니다. "
        f"찾은 시트: {', '.join(grids)}. 시트를 되살리거나 새 표준예산서로 옮겨 적으세요."
    )


def _texts_of(grid: Grid) -> str:
    """Return the first texts of a sheet, to show what was found instead."""
    texts = [
        " ".join(cell.value.split())
        for row in grid.filled.values()
        for cell in row.values()
        if isinstance(cell.value, str) and not isinstance(cell.value, CellError)
    ]
    return ", ".join(text for text in texts[:12] if len(text) <= LONGEST_HEADING)
