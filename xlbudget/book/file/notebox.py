"""The box of a note in a VML drawing: how large it must be, and where it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from xlbudget.grid import LAST_COLUMN, LAST_ROW, Grid, Note, Ref

EMPTY_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{}"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/>'
    "</v:shapetype></xml>"
)
_SPACES = (
    "urn:schemas-microsoft-com:vml",
    "urn:schemas-microsoft-com:office:office",
    "urn:schemas-microsoft-com:office:excel",
)
_ID = re.compile(rb"""\bid=["']([^"']*)["']""")
_NOTE = re.compile(rb"""ObjectType=["']Note["']""")
_WIDTH, _LINE, _EDGE = 280, 17, 16  # px: of a box, of a line of 9 pt text, of both margins
_WIDE, _NARROW = 12, 7  # px of a Korean and of a Latin letter at 9 pt
_COLUMN_PX, _ROW_PX = 72, 20


class Prefixes(NamedTuple):
    """The prefixes by which a drawing calls the namespaces of VML, of Office and of Excel."""

    vml: str
    office: str
    excel: str


def prefixes(data: bytes) -> Prefixes:
    """Return the prefixes of a drawing."""
    found = (re.search(rb"""xmlns:([\w.-]+)=["']""" + uri.encode() + rb"""["']""", data) for uri in _SPACES)
    return Prefixes(*(m[1].decode() if m else usual for m, usual in zip(found, "vox", strict=True)))


def _shapes(data: bytes) -> Iterator[re.Match[bytes]]:
    name = prefixes(data).vml.encode() + b":shape"
    return re.finditer(rb"<" + name + rb"\s.*?</" + name + rb">\s*", data, re.DOTALL)


def has_shapes(data: bytes) -> bool:
    """Tell whether a drawing holds anything at all."""
    kinds = rb":(?:shape|rect|roundrect|group|line|oval|polyline|image|curve|arc)[\s>]"
    return re.search(b"<" + prefixes(data).vml.encode() + kinds, data) is not None


def note_shapes(data: bytes) -> dict[Ref, tuple[int, int, str]]:
    """Return where the boxes of the notes stand in a drawing, by cell, and their ids."""
    x = prefixes(data).excel.encode()
    row_pattern = re.compile(b"<" + x + rb":Row>\s*([0-9]+)")
    column_pattern = re.compile(b"<" + x + rb":Column>\s*([0-9]+)")
    found: dict[Ref, tuple[int, int, str]] = {}
    for match in _shapes(data):
        row, column, name = (
            row_pattern.search(match[0]),
            column_pattern.search(match[0]),
            _ID.search(match[0]),
        )
        if _NOTE.search(match[0]) and row and column:
            ref = (int(row[1]) + 1, int(column[1]) + 1)
            found[ref] = (match.start(), match.end(), name[1].decode() if name else "")
    return found


def other_shapes(data: bytes) -> list[bytes]:
    """Return the shapes of a drawing that are no notes: buttons and the like."""
    return [match[0] for match in _shapes(data) if not _NOTE.search(match[0])]


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


def box(grid: Grid, ref: Ref, note: Note, shape_id: str, names: Prefixes) -> bytes:
    """Return the box of a note, right of its cell and large enough for its text."""
    height = (lines(f"{note.text}\n[{note.tag}]")) * _LINE + _EDGE
    columns = {n: round(width * 8) + 5 if width else 0 for n, width in grid.widths.items()}
    rows = {n: round(points * 4 / 3) for n, points in grid.heights.items()}
    rows.update(dict.fromkeys(grid.hidden_rows, 0))
    left, top = min(ref[1] + 1, LAST_COLUMN), max(ref[0] - 1, 1)
    right, right_px = _reach(left, 15 + _WIDTH, columns, _COLUMN_PX, LAST_COLUMN)
    bottom, bottom_px = _reach(top, 10 + height, rows, _ROW_PX, LAST_ROW)
    anchor = f"{left - 1}, 15, {top - 1}, 10, {right - 1}, {right_px}, {bottom - 1}, {bottom_px}"
    v, o, x = names
    return (
        f'<{v}:shape id="{shape_id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
        f'width:{_WIDTH * 3 / 4:g}pt;height:{height * 3 / 4:g}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" '
        f'{o}:insetmode="auto"><{v}:fill color2="#ffffe1"/><{v}:shadow on="t" color="black" obscured="t"/>'
        f'<{v}:path {o}:connecttype="none"/><{v}:textbox style="mso-direction-alt:auto"><div style="text-align:left"/>'
        f'</{v}:textbox><{x}:ClientData ObjectType="Note"><{x}:MoveWithCells/><{x}:SizeWithCells/>'
        f"<{x}:Anchor>{anchor}</{x}:Anchor><{x}:AutoFill>False</{x}:AutoFill><{x}:Row>{ref[0] - 1}</{x}:Row>"
        f"<{x}:Column>{ref[1] - 1}</{x}:Column></{x}:ClientData></{v}:shape>"
    ).encode()
