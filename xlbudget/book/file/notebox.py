"""The box of a note in a VML drawing: how large it must be, and where it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from xlbudget.book.file.xmltree import whole
from xlbudget.grid import LAST_COLUMN, LAST_ROW, Grid, Note, Ref

_SPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_DECLARED = "".join(f' xmlns:{name}="{uri}"' for name, uri in _SPACES.items())
SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
EMPTY_DRAWING = f'<xml{_DECLARED}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{{}}"/></o:shapelayout>{SHAPE_TYPE}</xml>'
_SHAPE = re.compile(rb"<([\w.-]+:)shape\s")
_ANY_SHAPE = re.compile(rb"<[\w.-]+:(?:shape|rect|roundrect|group|line|oval|polyline|image|curve|arc)[\s>]")
_ROW = re.compile(rb"<[\w.-]+:Row>\s*([0-9]+)")
_COLUMN = re.compile(rb"<[\w.-]+:Column>\s*([0-9]+)")
_ID = re.compile(rb"""\bid=["']([^"']*)["']""")
_NOTE = re.compile(rb"""ObjectType=["']Note["']""")
_WIDTH, _LINE, _EDGE = 280, 17, 16  # px: of a box, of a line of 9 pt text, of both margins
_WIDE, _NARROW = 12, 7  # px of a Korean and of a Latin letter at 9 pt
_COLUMN_PX, _ROW_PX = 72, 20


def has_shapes(data: bytes) -> bool:
    """Tell whether a drawing holds anything at all."""
    return _ANY_SHAPE.search(data) is not None


def note_shapes(data: bytes) -> dict[Ref, tuple[int, int, str]]:
    """Return where the boxes of the notes stand in a drawing, by cell, and their ids."""
    found: dict[Ref, tuple[int, int, str]] = {}
    for start, end in _shapes(data):
        shape = data[start:end]
        row, column, name = _ROW.search(shape), _COLUMN.search(shape), _ID.search(shape)
        if _NOTE.search(shape) and row and column:
            found[whole(row[1]) + 1, whole(column[1]) + 1] = (start, end, name[1].decode() if name else "")
    return found


def other_shapes(data: bytes) -> list[bytes]:
    """Return the shapes of a drawing that are no notes: buttons and the like."""
    return [data[start:end] for start, end in _shapes(data) if not _NOTE.search(data, start, end)]


def _shapes(data: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while opening := _SHAPE.search(data, at):
        closing = b"</" + opening[1] + b"shape>"
        end = data.find(closing, opening.end())
        if end < 0:
            return
        at = end + len(closing)
        yield opening.start(), at


def free_shape_id(data: bytes) -> int:
    """Return the next free number for a shape of a drawing."""
    block = re.search(rb':idmap[^>]*\bdata="([0-9]{1,5})', data)
    used = [int(number) for number in re.findall(rb"_s([0-9]{1,8})\b", data)]
    return max([*used, (int(block[1]) if block else 1) * 1024]) + 1


def lines(text: str) -> int:
    """Return how many lines a note's text takes in its box."""
    room = _WIDTH - _EDGE
    count = 0
    for line in text.split("\n"):
        width = sum(_WIDE if unicodedata.east_asian_width(sign) in "WFA" else _NARROW for sign in line)
        count += max(1, -(-width * 21 // (room * 20)))  # a twentieth more: words break early
    return count


def _reach(start: int, px: int, sizes: dict[int, int], usual: int, last: int) -> tuple[int, int]:
    """Return the column (or row) where a stretch of pixels ends, and how far into it."""
    at = start
    while at < last and px >= sizes.get(at, usual):
        px -= sizes.get(at, usual)
        at += 1
    return at, px


def declarations(data: bytes) -> str:
    """Return what must be declared on each box that is put into a drawing: programs differ in the names that
    they give to the namespaces, and in where they declare them.
    """
    root = re.match(rb"(?:\s|<\?[^>]*\?>)*<xml[^>]*>", data)
    declared = root is not None and all(f'xmlns:{n}="{u}"'.encode() in root[0] for n, u in _SPACES.items())
    return "" if declared else _DECLARED


def shape_type(declared: str) -> bytes:
    """Return what the boxes of notes have in common."""
    return SHAPE_TYPE.replace("<v:shapetype", "<v:shapetype" + declared, 1).encode()


def box(grid: Grid, ref: Ref, note: Note, shape_id: str, declared: str) -> bytes:
    """Return the box of a note, right of its cell and large enough for its text."""
    height = (lines(f"{note.text}\n[{note.tag}]")) * _LINE + _EDGE
    columns = {n: round(width * 8) + 5 if width else 0 for n, width in grid.widths.items()}
    rows = {n: round(points * 4 / 3) for n, points in grid.heights.items()}
    rows.update(dict.fromkeys(grid.hidden_rows, 0))
    left, top = min(ref[1] + 1, LAST_COLUMN), max(ref[0] - 1, 1)
    right, right_px = _reach(left, 15 + _WIDTH, columns, _COLUMN_PX, LAST_COLUMN)
    bottom, bottom_px = _reach(top, 10 + height, rows, _ROW_PX, LAST_ROW)
    anchor = f"{left - 1}, 15, {top - 1}, 10, {right - 1}, {right_px}, {bottom - 1}, {bottom_px}"
    return (
        f'<v:shape{declared} id="{shape_id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;'
        f'margin-top:2pt;width:{_WIDTH * 3 / 4:g}pt;height:{height * 3 / 4:g}pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{ref[0] - 1}</x:Row>"
        f"<x:Column>{ref[1] - 1}</x:Column></x:ClientData></v:shape>"
    ).encode()
