"""과목코드: the hidden sheet that lists the 과목 of each fiscal year."""

from __future__ import annotations

from functools import lru_cache

from xlbudget.grid import Grid
from xlbudget.korean import name_key
from xlbudget.workbook.layout import heading_key

_YEAR, _NAME = heading_key("회계연도"), heading_key("과목")


@lru_cache(maxsize=4)
def read_objects(grid: Grid) -> frozenset[tuple[int, str]]:
    """Return fiscal year and name (without white space and middle dots) of every 과목 listed.

    Remembered by the very grid: copies of a template share the one that nobody types into.
    """
    columns: dict[str, int] = {}
    head = 0
    found: set[tuple[int, str]] = set()
    for (row, column), cell in sorted(grid.cells.items()):
        if isinstance(cell.value, str) and len(columns) < 2:
            key = heading_key(cell.value)
            if key in (_YEAR, _NAME):
                columns[key], head = column, row
        elif len(columns) == 2 and row > head and column == columns[_YEAR] and isinstance(cell.value, int):
            name = grid.value(row, columns[_NAME])
            if isinstance(name, str):
                found.add((cell.value, name_key(name)))
    return frozenset(found)
