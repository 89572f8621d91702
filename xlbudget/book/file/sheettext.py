"""A worksheet part cut open: what stands before its rows, the rows, and what stands after."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from xlbudget.book.file.commonrows import cut
from xlbudget.book.file.xmltree import ATTRIBUTE, in_utf8, settled, unreadable, whole
from xlbudget.grid import LAST_COLUMN, Area, Ref, column_letters, parse_a1, parse_area

WIDEST_LISTED = 512
COLUMNS: dict[bytes, int] = {column_letters(n).encode(): n for n in range(1, 703)}


class SheetText:
    """A worksheet part cut in three: what stands before its rows, the rows, and what stands after.

    ``head`` ends with the opened ``sheetData``; ``frame`` is the part without its rows. ``prefix`` is the
    namespace prefix of its elements, with a colon. ``pieces`` are the rows as read, one by one, where they
    are those of a form (see ``commonrows``).
    """

    __slots__ = ("head", "pieces", "prefix", "rows", "tail")

    def __init__(
        self, head: bytes, rows: bytes, tail: bytes, prefix: str, pieces: Sequence[bytes] | None = None
    ) -> None:
        self.head = head
        self.rows = rows
        self.tail = tail
        self.prefix = prefix
        self.pieces = pieces

    def copy(self) -> SheetText:
        """Return another one that can be changed."""
        return SheetText(self.head, self.rows, self.tail, self.prefix)

    @classmethod
    def read(cls, data: bytes, what: str) -> SheetText:
        """Cut a worksheet part. Raises ``BookUnreadable``."""
        plain = cut(in_utf8(data, what))
        if plain is not None:
            return cls(plain.head, plain.rows, plain.tail, "", plain.pieces)
        data = settled(data, what)
        found = re.search(rb"<((?:[\w.-]+:)?)worksheet[\s>]", data)
        if found is None:
            raise unreadable(what)
        prefix = found[1].decode()
        opening = re.compile(rb"<" + found[1] + rb"sheetData\s*(/?)>").search(data)
        if opening is None:
            raise unreadable(what)
        head = data[: opening.start()] + f"<{prefix}sheetData>".encode()
        closing = f"</{prefix}sheetData>".encode()
        end = opening.end() if opening[1] else data.rindex(closing[:-1])
        after = end if opening[1] else data.index(b">", end) + 1
        return cls(head, data[opening.end() : end], closing + data[after:], prefix)

    @property
    def frame(self) -> bytes:
        """The part without its rows."""
        return self.head + self.tail

    @frame.setter
    def frame(self, data: bytes) -> None:
        closing = f"</{self.prefix}sheetData>".encode()
        at = data.index(closing)
        self.head, self.tail = data[:at], data[at:]

    def to_bytes(self) -> bytes:
        """Return the whole part."""
        if self.rows:
            return self.head + self.rows + self.tail
        closing = f"</{self.prefix}sheetData>".encode()
        return self.head[:-1] + b"/>" + self.tail[len(closing) :]


@lru_cache(maxsize=8)
def patient_pattern(prefix: str) -> re.Pattern[bytes]:
    """Return the pattern for any rows: groups are the row's attributes and slash, the cell's attributes and
    contents. Works on settled parts only.
    """
    p = re.escape(prefix)
    attributes = r"""((?>(?:\s+[^\s=<>"'/]++\s*=\s*(?:"[^"]*"|'[^']*'))*))\s*"""
    return re.compile(
        rf"""<{p}row{attributes}(/?)>|<{p}c{attributes}(?:/>|>(.*?)</{p}c\s*>)|</{p}row\s*>|<[^>]*>|[^<]+""".encode(),
        re.DOTALL,
    )


def attributes_of(raw: bytes) -> dict[bytes, bytes]:
    """Return the attributes in the text of an opening tag, values as written."""
    return {m[1]: m[2] if m[2] is not None else m[3] for m in ATTRIBUTE.finditer(raw)}


def column_number(letters: bytes) -> int:
    """Return the number of a column's letters. Raises ``BookUnreadable`` beyond the last column."""
    number = COLUMNS.get(letters)
    if number is None:
        number = 0
        for letter in letters.upper():
            number = number * 26 + letter - 64
    if not 0 < number <= LAST_COLUMN:
        raise unreadable("시트의 칸 주소")
    return number


def number_of(raw: bytes | None) -> float | None:
    """Return a size as written, ``None`` where it is none."""
    try:
        number = float(raw) if raw else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_MERGE = re.compile(
    rb"""<(?:[\w.-]+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?["']"""
)
_COLUMN = re.compile(rb"<(?:[\w.-]+:)?col(\s[^>]*)>")


def merges(text: SheetText) -> tuple[Area, ...]:
    """Return the merged areas of a sheet. Raises ``BookUnreadable``."""
    return _merges(text.tail)


@lru_cache(maxsize=64)
def _merges(tail: bytes) -> tuple[Area, ...]:
    return tuple(
        Area(int(top), column_number(left), int(bottom or top), column_number(right or left))
        for left, top, right, bottom in _MERGE.findall(tail)
    )


def widths(text: SheetText) -> Mapping[int, float]:
    """Return the column widths in characters where set, 0 for a hidden column; columns beyond 512 are not
    listed.
    """
    return _widths(text.head)


@lru_cache(maxsize=64)
def _widths(head: bytes) -> Mapping[int, float]:
    found: dict[int, float] = {}
    for raw in _COLUMN.findall(head):
        a = attributes_of(raw)
        width = 0.0 if a.get(b"hidden") in {b"1", b"true"} else number_of(a.get(b"width"))
        first, last = whole(a.get(b"min")), whole(a.get(b"max"))
        if width is not None and first and last:
            found.update(dict.fromkeys(range(first, min(last, WIDEST_LISTED) + 1), width))
    return found


def address(text: str) -> Ref:
    """Return an address that a part names. Raises ``BookUnreadable``."""
    try:
        return parse_a1(text)
    except ValueError:
        raise unreadable(f"칸 주소 {text[:20]}") from None


def area(text: str) -> Area:
    """Return an area that a part names. Raises ``BookUnreadable``."""
    try:
        return parse_area(text)
    except ValueError:
        raise unreadable(f"칸 주소 {text[:20]}") from None
