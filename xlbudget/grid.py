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


class Grid:
    """One sheet, read: an immutable picture; editing goes through ``Book.apply``.

    ``cells`` holds every cell that the sheet stores, also blank ones that only have a style.
    ``widths`` are column widths in characters, ``heights`` row heights in points, where set.
    """

    __slots__ = ("cells", "date1904", "heights", "hidden_rows", "merges", "name", "notes", "widths")

    def __init__(
        self,
        name: str,
        cells: Mapping[Ref, Cell] | None = None,
        *,
        merges: tuple[Area, ...] = (),
        widths: Mapping[int, float] | None = None,
        heights: Mapping[int, float] | None = None,
        hidden_rows: frozenset[int] = frozenset(),
        notes: Mapping[Ref, Note] | None = None,
        date1904: bool = False,
    ) -> None:
        nothing: Mapping[object, object] = MappingProxyType({})
        self.name = name
        self.cells: Mapping[Ref, Cell] = cells if cells is not None else nothing  # type: ignore[assignment]
        self.merges = merges
        self.widths: Mapping[int, float] = widths if widths is not None else nothing  # type: ignore[assignment]
        self.heights: Mapping[int, float] = heights if heights is not None else nothing  # type: ignore[assignment]
        self.hidden_rows = hidden_rows
        self.notes: Mapping[Ref, Note] = notes if notes is not None else nothing  # type: ignore[assignment]
        self.date1904 = date1904

    def cell(self, row: int, column: int) -> Cell:
        """Return the cell at an address, an empty one where the sheet stores none."""
        return self.cells.get((row, column), EMPTY)

    def value(self, row: int, column: int) -> Value:
        """Return the value at an address."""
        return self.cells.get((row, column), EMPTY).value

    @property
    def last_row(self) -> int:
        """The last row that holds a value or a formula, 0 for a blank sheet."""
        return max((ref[0] for ref, c in self.cells.items() if c.value is not None or c.formula), default=0)


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
