"""An older workbook onto the present layout: what newer versions keep on the sheets 설정 and 과목코드.

The sheets that people fill in are read by their headings, whatever the version; nothing of theirs is moved or
painted anew. What is brought along are settings that an older version did not have, with the value that counted
for it all the same, the 과목 of years that it did not list, and the version itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from xlbudget.edits import Content, Edit, Formula, InsertRows, ReplaceSheet, SetCells, SetStyle, SheetImage
from xlbudget.grid import Cell, Grid, Ref
from xlbudget.korean import quoted, with_particle
from xlbudget.project import SCHEMA_VERSION
from xlbudget.workbook.layout import OBJECTS, SETTING_LABELS, SETTING_VERSION, SETTINGS
from xlbudget.workbook.reading.settings import setting_cells

_VERSION = SETTING_LABELS[SETTING_VERSION]


class Upgrade(NamedTuple):
    """The edits that bring a workbook to the present layout, and what they bring, a line each."""

    edits: tuple[Edit, ...]
    said: tuple[str, ...]


def upgrade(grids: Mapping[str, Grid], standard: Mapping[str, Grid]) -> Upgrade:
    """Return what an older workbook lacks of the present layout; nothing for a present one.

    ``grids`` are its sheets 설정 and 과목코드 as far as it has them, ``standard`` those of the standard workbook.
    """
    edits: list[Edit] = []
    said: list[str] = []
    for name, step in ((SETTINGS, _settings), (OBJECTS, _objects)):
        if name in grids:
            found = step(grids[name], standard[name])
        else:
            found = Upgrade((_made(standard[name]),), (f"'{name}' 시트를 넣었습니다.",))
        edits += found.edits
        said += found.said
    return Upgrade(tuple(edits), tuple(said))


def _made(grid: Grid) -> Edit:
    cells = {ref: (_content(cell), cell.style) for ref, cell in grid.cells.items()}
    columns = dict(grid.widths)
    return ReplaceSheet(grid.name, SheetImage(cells, grid.merges, grid.heights, columns=columns))


def _content(cell: Cell) -> Content:
    return cell.value if cell.formula is None else Formula(cell.formula, cell.value)


def _settings(grid: Grid, standard: Grid) -> Upgrade:
    here, there = setting_cells(grid), setting_cells(standard)
    said: list[str] = []
    copied = _Copied(grid.name)
    if _VERSION in here and here[_VERSION][1].value != SCHEMA_VERSION:
        place, cell = here[_VERSION]
        copied.cells[place.row, place.column] = SCHEMA_VERSION
        said.append(f"서식 버전 {'(빈칸)' if cell.value is None else cell.value} → {SCHEMA_VERSION}")
    missing = [name for name in there if name not in here]
    if not missing:
        return Upgrade(tuple(copied.edits()), tuple(said))
    # Keys stand in one column, below one another; what people wrote below them moves down.
    columns = {place.column - 1 for place, _ in here.values()}
    shift = (min(columns) if columns else 1) - 1
    row = max((place.row for place, _ in here.values()), default=grid.last_row) + 1
    insert: list[Edit] = []
    if any(at >= row for at, _ in _filled(grid)):
        insert = [InsertRows(grid.name, row, len(missing))]
    for at, name in enumerate(missing, row):
        source = there[name][0]
        for column in (source.column - 1, source.column, source.column + 1):
            copied.take(standard.cell(source.row, column), (at, column + shift))
        label = standard.value(source.row, source.column - 1)
        said.append(f"설정 {with_particle(quoted(str(label)), '을')} 넣었습니다: {there[name][1].value}")
    return Upgrade((*insert, *copied.edits()), tuple(said))


def _objects(grid: Grid, standard: Grid) -> Upgrade:
    listed = {grid.value(row, 1) for row, _ in _filled(grid)}
    rows: dict[int, list[int]] = {}
    for row in range(1, standard.last_row + 1):
        year = standard.value(row, 1)
        if isinstance(year, int) and year not in listed:
            rows.setdefault(year, []).append(row)
    copied = _Copied(grid.name)
    at = grid.last_row + 1
    for row in (row for year in rows for row in rows[year]):
        for column in range(1, 5):
            cell = standard.cell(row, column)
            formula = None if cell.formula is None else f'B{at}&" "&C{at}'
            copied.take(Cell(cell.value, formula, cell.style), (at, column))
        at += 1
    return Upgrade(
        tuple(copied.edits()),
        tuple(f"{year}년 과목 {len(found)}개를 넣었습니다." for year, found in rows.items()),
    )


def _filled(grid: Grid) -> Iterator[Ref]:
    return (ref for ref, cell in grid.cells.items() if cell.value is not None or cell.formula is not None)


class _Copied:
    """Cells of the standard workbook on their way to a sheet, with their styles."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.cells: dict[Ref, Content] = {}
        self.styles: dict[str, list[Ref]] = {}

    def take(self, cell: Cell, ref: Ref) -> None:
        """Take a cell to an address."""
        self.cells[ref] = _content(cell)
        if cell.style is not None:
            self.styles.setdefault(cell.style, []).append(ref)

    def edits(self) -> Iterator[Edit]:
        """Yield what writes them."""
        if self.cells:
            yield SetCells(self.sheet, self.cells)
        for style, refs in self.styles.items():
            yield SetStyle(self.sheet, tuple(refs), style)
