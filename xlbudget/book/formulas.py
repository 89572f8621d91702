"""The references inside formula text: found, moved, never evaluated.

A formula is cut into plain text and references; strings, function names such as ``LOG10(``, structured
references and the names of other workbooks stay text. Works on formulas as files store them (English
function names, commas), without the leading ``=``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from xlbudget.grid import LAST_COLUMN, LAST_ROW, Area, column_letters

BROKEN = "#REF!"

_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_NOT_AFTER = r"(?![\w.(\[!])"
_TOKEN = re.compile(
    rf"""
    (?P<string> "(?>(?:[^"]|"")*)"? )
  | (?P<sheet> '(?>(?:[^']|'')+)'! | (?:\[[^\[\]]++\])?[\w.]++(?::[\w.]++)?! | \[[^\[\]]++\]! )?
    (?P<ref> {_CELL}(?::{_CELL})? | \$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}} | \$?[0-9]{{1,7}}:\$?[0-9]{{1,7}} ){_NOT_AFTER}
  | (?P<error> (?:'(?>(?:[^']|'')+)'!|[\w.]++!)?\#[A-Za-z0-9_/]+[!?]? )
  | (?P<book> '(?>(?:[^']|'')+)'! | (?:\[[^\[\]]++\])?[\w.]++(?::[\w.]++)?! | \[[^\[\]]++\]! )
  | (?P<table> [^\W\d][\w.]*\[ | \[ )
  | (?P<name> [^\W\d][\w.\\?]* | \\[\w.\\?]* )
  | (?P<stray> '(?>(?:[^']|'')*)'? )
  | (?P<number> [0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)? | \.[0-9]+ )
    """,
    re.VERBOSE,
)
_SIDE = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)")


class End(NamedTuple):
    """One end of a reference; a row or column of 0 means that the reference has none."""

    column: int
    row: int
    fixed_column: bool
    fixed_row: bool

    def text(self) -> str:
        """Return it as formulas write it."""
        column = ("$" if self.fixed_column else "") + column_letters(self.column) if self.column else ""
        row = f"{'$' if self.fixed_row else ''}{self.row}" if self.row else ""
        return column + row


class Reference(NamedTuple):
    """A reference: ``prefix`` as written (with ``!``), the sheets that it names (none: the formula's own;
    two: a 3-D reference), whether into another workbook, and its ends.
    """

    prefix: str
    sheets: tuple[str, ...]
    external: bool
    first: End
    last: End | None
    text: str

    @property
    def area(self) -> Area:
        """The cells that it covers."""
        last = self.last or self.first
        rows = sorted((self.first.row, last.row)) if self.first.row else [1, LAST_ROW]
        columns = sorted((self.first.column, last.column)) if self.first.column else [1, LAST_COLUMN]
        return Area(rows[0], columns[0], rows[1], columns[1])


class Name(NamedTuple):
    """A word that is no function: a defined name or a table."""

    text: str


Piece = str | Reference | Name


def _number(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


def _end(text: str) -> End | None:
    match = _SIDE.fullmatch(text)
    assert match
    dollar, letters, dollar_row, digits = match.groups()
    if not letters and digits:
        dollar, dollar_row = "", dollar or dollar_row
    column, row = _number(letters), int(digits or 0)
    if column > LAST_COLUMN or row > LAST_ROW or (digits and not row):
        return None
    return End(column, row, bool(dollar), bool(dollar_row))


def _sheets(prefix: str) -> tuple[tuple[str, ...], bool]:
    inner = prefix[:-1]
    if inner.startswith("'"):
        inner = inner[1:-1].replace("''", "'")
    if "[" in inner:
        return (), True
    return tuple(inner.split(":")) if inner else (), False


def _reference(match: re.Match[str]) -> Reference | None:
    prefix = match["sheet"] or ""
    left, _, right = match["ref"].partition(":")
    first, last = _end(left), _end(right) if right else None
    if first is None or (right and last is None):
        return None
    sheets, external = _sheets(prefix)
    return Reference(prefix, sheets, external, first, last, match[0])


def _brackets(text: str, at: int) -> int:
    """Return where a structured reference ends whose bracket opens before ``at``."""
    depth = 1
    while at < len(text) and depth:
        sign = text[at]
        if sign == "'":
            at += 1
        depth += (sign == "[") - (sign == "]")
        at += 1
    return at


@lru_cache(maxsize=2_048)
def pieces(text: str) -> tuple[Piece, ...]:
    """Cut a formula into text, references and names; joined again they give the formula."""
    found: list[Piece] = []
    plain = 0
    at = 0
    while match := _TOKEN.search(text, at):
        at = match.end()
        piece: Piece | None = None
        if match.lastgroup == "ref":
            piece = _reference(match) or (None if match["sheet"] or ":" in match["ref"] else Name(match[0]))
        elif match.lastgroup == "table":
            at = _brackets(text, at)
        elif match.lastgroup == "name" and not text.startswith("(", at):
            piece = Name(match[0])
        if piece is not None:
            if match.start() > plain:
                found.append(text[plain : match.start()])
            found.append(piece)
            plain = at
    if plain < len(text):
        found.append(text[plain:])
    return tuple(found)


@lru_cache(maxsize=2_048)
def references(text: str) -> tuple[Reference, ...]:
    """Return the references of a formula."""
    return tuple(piece for piece in pieces(text) if isinstance(piece, Reference))


@lru_cache(maxsize=2_048)
def names(text: str) -> tuple[str, ...]:
    """Return the words of a formula that may be defined names."""
    return tuple(piece.text for piece in pieces(text) if isinstance(piece, Name))


def mapped(text: str, change: Callable[[Reference], str]) -> str:
    """Return a formula with each reference changed."""
    found = pieces(text)
    if not any(isinstance(piece, Reference) for piece in found):
        return text
    return "".join(
        change(p) if isinstance(p, Reference) else p.text if isinstance(p, Name) else p for p in found
    )


def _moved_end(end: End, rows: int, columns: int) -> End:
    row = end.row if end.fixed_row or not end.row else (end.row + rows - 1) % LAST_ROW + 1
    column = (
        end.column if end.fixed_column or not end.column else (end.column + columns - 1) % LAST_COLUMN + 1
    )
    return end._replace(row=row, column=column)


def shifted(text: str, rows: int, columns: int) -> str:
    """Return a formula as it reads when it is filled into a cell ``rows`` below and ``columns`` to the right:
    relative references move along (and wrap at the edge, as shared formulas do).
    """

    def change(ref: Reference) -> str:
        tail = ":" + _moved_end(ref.last, rows, columns).text() if ref.last else ""
        return ref.prefix + _moved_end(ref.first, rows, columns).text() + tail

    return mapped(text, change)


def row_after(row: int, at: int, count: int) -> int:
    """Return where a row stands after ``count`` rows came in before ``at`` (negative: went out from ``at``);
    0 where it went out itself or fell off the sheet.
    """
    if row < at:
        return row
    if count < 0 and row < at - count:
        return 0
    return row + count if row + count <= LAST_ROW else 0


def area_after(area: Area, at: int, count: int) -> Area | None:
    """Return where an area stands after rows came in (it grows when they come within) or went out."""
    top, bottom = area.top, area.bottom
    if (top, bottom) == (1, LAST_ROW):
        return area
    if count > 0:
        top = row_after(top, at, count)
        bottom = row_after(bottom, at, count) or LAST_ROW
        return area._replace(top=top, bottom=bottom) if top else None
    gone = at - count
    top = at if at <= top < gone else row_after(top, at, count)
    bottom = at - 1 if at <= bottom < gone else row_after(bottom, at, count)
    return area._replace(top=top, bottom=bottom) if top <= bottom else None


def with_rows(text: str, at: int, count: int, hits: Callable[[Reference], bool]) -> str:
    """Return a formula after rows came in before ``at`` (or, negative, went out) on the sheets that ``hits``
    picks. A reference to nothing but rows that went out becomes ``#REF!``.
    """

    def change(ref: Reference) -> str:
        if not ref.first.row or not hits(ref):
            return ref.text
        area = area_after(ref.area, at, count)
        if area is None:
            return ref.prefix + BROKEN
        if (area.top, area.bottom) == (ref.area.top, ref.area.bottom):
            return ref.text
        if ref.last is None:
            return ref.prefix + ref.first._replace(row=area.top).text()
        turned = ref.first.row > ref.last.row
        rows = (area.bottom, area.top) if turned else (area.top, area.bottom)
        first, last = ref.first._replace(row=rows[0]), ref.last._replace(row=rows[1])
        return f"{ref.prefix}{first.text()}:{last.text()}"

    return mapped(text, change)


class Reach(NamedTuple):
    """What a formula depends on: areas with the sheets that they lie on (none: the formula's own; two: from
    one sheet to the other), words that may be names, and whether it may reach anywhere.
    """

    areas: tuple[tuple[tuple[str, ...], Area], ...]
    names: tuple[str, ...]
    anywhere: bool


_FAR = re.compile(r"\[|\b(?:INDIRECT|OFFSET|CELL)\(", re.IGNORECASE)


@lru_cache(maxsize=2_048)
def reach(text: str) -> Reach:
    """Return what a formula depends on; references into other workbooks do not count."""
    areas = tuple((ref.sheets, ref.area) for ref in references(text) if not ref.external)
    return Reach(areas, tuple(word.lower() for word in names(text)), _FAR.search(text) is not None)


def touches(text: str, own: str, changed: Callable[[str, Area], bool], sheets: Sequence[str] = ()) -> bool:
    """Tell whether a formula on sheet ``own`` refers to a cell for which ``changed(sheet, area)`` holds.

    ``sheets`` are all sheets in order, for 3-D references.
    """
    return any(
        changed(sheet, area) for named, area in reach(text).areas for sheet in between(named, own, sheets)
    )


def between(named: tuple[str, ...], own: str, sheets: Sequence[str]) -> tuple[str, ...]:
    """Return the sheets on which a reference of sheet ``own`` lies: two names stand for all between them."""
    if len(named) < 2:
        return named or (own,)
    if named[0] not in sheets or named[1] not in sheets:
        return named
    low, high = sorted((sheets.index(named[0]), sheets.index(named[1])))
    return tuple(sheets[low : high + 1])
