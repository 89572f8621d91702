"""Cells of a sheet without a host: what an adapter reads and what pure code looks at.

Rows and columns count from 1. A cell address is the pair ``(row, column)``. Numbers are ``int`` or
``Decimal``, never ``float``; a date is the serial number that the host stores (see ``Grid.date1904``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

Ref = tuple[int, int]

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384


class CellError(str):
    """An error value such as ``#DIV/0!``; its text is what Excel shows."""

    __slots__ = ()


Value = str | int | Decimal | bool | CellError | None


class Cell(NamedTuple):
    """One cell as it stands.

    ``value`` is what the cell holds; for a formula it is the cached result (``None``: there is none).
    ``formula`` has no leading ``=``. ``style`` is the name of the named cell style (``None``: Normal).
    """

    value: Value = None
    formula: str | None = None
    style: str | None = None


class Note(NamedTuple):
    """A note at a cell. ``tag`` is ours (see ``edits.SetNote``) or ``None``; ``threaded``: a comment thread."""

    text: str
    tag: str | None = None
    threaded: bool = False


class Area(NamedTuple):
    """A rectangle of cells, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first = a1(self.top, self.left)
        return first if self[:2] == self[2:] else f"{first}:{a1(self.bottom, self.right)}"

    def __contains__(self, ref: object) -> bool:
        return isinstance(ref, tuple) and len(ref) == 2 and self.holds(ref)

    def holds(self, ref: Ref) -> bool:
        """Tell whether an address lies within."""
        return self.top <= ref[0] <= self.bottom and self.left <= ref[1] <= self.right


EMPTY = Cell()
Rows = Mapping[int, Mapping[int, Cell]]
"""Cells by row and column."""


class Grid:
    """One sheet, read: an immutable picture; editing goes through ``Book.apply``.

    ``widths`` are column widths in characters, ``heights`` row heights in points, where set.
    """

    __slots__ = (
        "_cells", "_filled", "_rows", "date1904", "heights", "hidden_rows", "merges", "name", "notes", "widths",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        cells: Mapping[Ref, Cell] | None = None,
        *,
        rows: Rows | None = None,
        filled: Rows | None = None,
        merges: tuple[Area, ...] = (),
        widths: Mapping[int, float] | None = None,
        heights: Mapping[int, float] | None = None,
        hidden_rows: frozenset[int] = frozenset(),
        notes: Mapping[Ref, Note] | None = None,
        date1904: bool = False,
    ) -> None:
        """Give the cells by address or, from a reader that has them so, by ``rows`` and columns, with those
        that are ``filled``.
        """
        nothing: Mapping[object, object] = MappingProxyType({})
        self.name = name
        self._rows = rows
        self._filled = filled
        self._cells: Mapping[Ref, Cell] | None = cells if cells is not None or rows is not None else nothing  # type: ignore[assignment]
        self.merges = merges
        self.widths: Mapping[int, float] = widths if widths is not None else nothing  # type: ignore[assignment]
        self.heights: Mapping[int, float] = heights if heights is not None else nothing  # type: ignore[assignment]
        self.hidden_rows = hidden_rows
        self.notes: Mapping[Ref, Note] = notes if notes is not None else nothing  # type: ignore[assignment]
        self.date1904 = date1904

    @property
    def cells(self) -> Mapping[Ref, Cell]:
        """Every cell that the sheet stores, also blank ones that only have a style."""
        if self._cells is None:
            rows = self._rows or {}
            self._cells = {
                (row, column): cell for row, cells in rows.items() for column, cell in cells.items()
            }
        return self._cells

    @property
    def filled(self) -> Rows:
        """The cells that hold a value or a formula, by row and column, rows from top to bottom."""
        if self._filled is None:
            rows: dict[int, dict[int, Cell]] = {}
            for (row, column), cell in self.cells.items():
                if cell[0] is not None or cell[1] is not None:
                    rows.setdefault(row, {})[column] = cell
            self._filled = dict(sorted(rows.items()))
        return self._filled

    def cell(self, row: int, column: int) -> Cell:
        """Return the cell at an address, an empty one where the sheet stores none."""
        if self._rows is None:
            return self.cells.get((row, column), EMPTY)
        cells = self._rows.get(row)
        return EMPTY if cells is None else cells.get(column, EMPTY)

    def value(self, row: int, column: int) -> Value:
        """Return the value at an address."""
        return self.cell(row, column).value

    @property
    def last_row(self) -> int:
        """The last row that holds a value or a formula, 0 for a blank sheet."""
        return max(self.filled, default=0)


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Return the letters of a column: 1 → ``A``, 28 → ``AB``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def a1(row: int, column: int) -> str:
    """Return an address as text: (3, 2) → ``B3``."""
    return f"{column_letters(column)}{row}"


_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


def parse_a1(text: str) -> Ref:
    """Read an address such as ``B3`` or ``$B$3``.

    Raises ``ValueError`` where the text is no address or lies outside a sheet.
    """
    match = _A1.fullmatch(text)
    if match is None:
        raise ValueError(text)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    if row > LAST_ROW or column > LAST_COLUMN:
        raise ValueError(text)
    return row, column


def parse_area(text: str) -> Area:
    """Read ``B3:D5`` or a single address."""
    first, _, last = text.partition(":")
    top, left = parse_a1(first)
    bottom, right = parse_a1(last) if last else (top, left)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def quote_sheet(name: str) -> str:
    """Return a sheet name as formulas write it, quoted: ``'예산총괄'``."""
    return "'" + name.replace("'", "''") + "'"
