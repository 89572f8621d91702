"""What is done to a sheet in Excel, as data: each stroke is one member of Excel's on one range.

All strokes but those that move rows or sheets say what shall be, not what to change: done twice, or after
having been done in part, they give the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from xlbudget.grid import Area, Ref, a1, column_letters

LONGEST_ADDRESS = 240
"""Excel reads addresses of up to 255 letters."""


class Kind(StrEnum):
    """What a stroke does; the value is its name in the macro too."""

    UNMERGE = "unmerge"
    STYLE = "style"
    ENTER = "enter"
    UNNOTE = "unnote"
    NOTE = "note"
    HEIGHT = "height"
    HIDE = "hide"
    MERGE = "merge"
    UNLINK = "unlink"
    LINK = "link"
    WIDTH = "width"
    BREAKS = "breaks"
    PAGE = "page"
    FREEZE = "freeze"
    NAME = "name"
    UNNAME = "unname"
    DEFINE = "define"
    FORGET = "forget"
    INSERT = "insert"
    DELETE = "delete"
    ADD = "add"
    DROP = "drop"


class Stroke(NamedTuple):
    """``where`` is an address on the sheet, for ``PAGE`` a property, for names and styles their name.

    ``value`` is, for ``ENTER``, rows of entries; for ``HEIGHT`` points or ``None`` (as the contents need); for ``WIDTH``
    characters, 0 (hidden) or ``None`` (standard); for ``HIDE`` whether; for ``LINK`` target and tip; for ``BREAKS`` the rows
    after which a page ends; for ``DEFINE`` an ``edits.Style``; for ``FREEZE`` whether grid lines show.
    """

    kind: Kind
    sheet: str
    where: str = ""
    value: Any = None


def rectangles(refs: Iterable[Ref]) -> Iterator[Area]:
    """Cover cells by rectangles that do not overlap, from the top left."""
    left = set(refs)
    for ref in sorted(left):
        if ref not in left:
            continue
        top, first = ref
        last = first
        while (top, last + 1) in left:
            last += 1
        bottom = top
        while all((bottom + 1, column) in left for column in range(first, last + 1)):
            bottom += 1
        left -= {(r, c) for r in range(top, bottom + 1) for c in range(first, last + 1)}
        yield Area(top, first, bottom, last)


def addresses(areas: Iterable[str]) -> Iterator[str]:
    """Join addresses by commas, as many as Excel reads at once."""
    joined = ""
    for area in areas:
        if joined and len(joined) + 1 + len(area) > LONGEST_ADDRESS:
            yield joined
            joined = ""
        joined = f"{joined},{area}" if joined else area
    if joined:
        yield joined


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of numbers."""
    start = end = None
    for number in sorted(numbers):
        if start is None or end is None:
            start = end = number
        elif number == end + 1:
            end = number
        else:
            yield start, end
            start = end = number
    if start is not None and end is not None:
        yield start, end


def row_address(first: int, last: int) -> str:
    """Return the address of whole rows."""
    return f"{first}:{last}"


def column_address(first: int, last: int) -> str:
    """Return the address of whole columns."""
    return f"{column_letters(first)}:{column_letters(last)}"


def below(row: int) -> str:
    """Return the cell before which a page begins that begins after a row."""
    return a1(row + 1, 1)
