"""Rows that many sheets have in common: copies of a template differ in the few rows that people fill in.

A row that comes a second time is remembered as it was read, so that only what is new is read cell by cell. It is
also known to be well-formed by itself; then a sheet is well-formed where its frame and its new rows are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from xlbudget.book import BookUnreadable
from xlbudget.book.file.xmltree import check

END = b"</row>"
LARGEST = 4 << 20
"""Bytes of rows beyond which a sheet is no copy of a form, and is read as one piece."""
_MOST_KEPT, _MOST_MET = 1_024, 20_000
_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"

Thing = TypeVar("Thing")


class Twice(Generic[Thing]):
    """Remembers what comes at least twice; what comes once costs a number."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Thing] = {}
        self._met: set[int] = set()
        self.get = self._kept.get

    def put(self, key: bytes, thing: Thing) -> None:
        """Remember a thing where its key has been met before."""
        mark = hash(key)
        if mark not in self._met:
            if len(self._met) >= _MOST_MET:
                self._met.clear()
            self._met.add(mark)
            return
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = thing

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._met.clear()


SOUND: Twice[bool] = Twice()
"""Rows, without their closing tag, that are well-formed by themselves."""


def stands_alone(row: bytes) -> bool:
    """Whether a plain piece of rows that ends before a closing tag opens just that row."""
    return (
        row.startswith(b"<row ")
        and row.count(b"<row") == 1
        and b"</row" not in row
        and row[row.find(b">") - 1 : row.find(b">")] != b"/"
    )


class Cut(NamedTuple):
    """A sheet cut open: ``head`` ends with the opened ``sheetData``, ``pieces`` are the rows without their
    closing tag.
    """

    head: bytes
    rows: bytes
    tail: bytes
    pieces: Sequence[bytes]


def cut(data: bytes) -> Cut | None:
    """Cut a well-formed plain sheet.

    ``None`` where it is written in another way, or where something is wrong with it: then it has to be looked
    at as a whole.
    """
    at, end = data.find(_OPEN), data.rfind(_CLOSE)
    if at < 0 or end < at:
        return None
    head, rows, tail = data[: at + len(_OPEN)], data[at + len(_OPEN) : end], data[end:]
    if len(rows) > LARGEST or not _is_sound_frame(head + tail):
        return None
    *pieces, rest = rows.split(END)
    known = SOUND.get
    new = [piece for piece in pieces if known(piece) is None]
    if (new or rest) and not _is_plain(b"<x>" + b"".join([piece + END for piece in new]) + rest + b"</x>"):
        return None
    for piece in new:
        if stands_alone(piece):
            SOUND.put(piece, True)
    return Cut(head, rows, tail, [*pieces, rest] if rest else pieces)


def _is_sound(data: bytes) -> bool:
    try:
        check(data, "")
    except BookUnreadable:
        return False
    return True


@lru_cache(maxsize=64)
def _is_sound_frame(frame: bytes) -> bool:
    return b"<worksheet" in frame and frame.find(b"<?", 1) < 0 and b"<!" not in frame and _is_sound(frame)


def _is_plain(rows: bytes) -> bool:
    """Whether rows are well-formed, and each can be read by itself."""
    odd = (b"<!", b"<?", b"sheetData", b'"shared"')
    return not any(mark in rows for mark in odd) and _is_sound(rows)
