"""What rows that come in or go out do to addresses: in formulas, in the elements around the rows, in notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xlbudget.book.file.shared import FORMULA, address_before
from xlbudget.book.file.sheettext import SheetText, attributes_of
from xlbudget.book.file.splice import escape
from xlbudget.book.file.strings import plain
from xlbudget.book.file.xmltree import Node, cut, parse, whole, with_attributes
from xlbudget.book.formulas import Reference, area_after, row_after, with_rows
from xlbudget.grid import LAST_ROW, Area, Cell, Ref, parse_area

_ONE_AREA = {
    "mergeCell": "ref",
    "hyperlink": "ref",
    "autoFilter": "ref",
    "sortState": "ref",
    "sortCondition": "ref",
    "dimension": "ref",
    "cellWatch": "r",
    "inputCells": "r",
}
_AREAS = {"protectedRange": "sqref", "ignoredError": "sqref"}
_GROWING = {"conditionalFormatting": "sqref", "dataValidation": "sqref"}
_TEXTS = frozenset({"formula", "formula1", "formula2", "f", "calculatedColumnFormula", "totalsRowFormula"})


@dataclass(frozen=True, slots=True)
class Move:
    """``count`` rows come in before row ``at`` of a sheet, or (negative) go out from there."""

    sheet: str
    at: int
    count: int

    def formula(self, text: str, own: str) -> str:
        """Return a formula that stands on the sheet ``own`` as it reads afterwards."""

        def hits(ref: Reference) -> bool:
            names = ref.sheets or (own,)
            return not ref.external and len(names) == 1 and names[0].lower() == self.sheet.lower()

        return with_rows(text, self.at, self.count, hits)

    def row(self, row: int) -> int:
        """Return where a row stands afterwards, 0 for one that is gone."""
        return row_after(row, self.at, self.count)

    def area(self, area: Area, *, growing: bool = False) -> Area | None:
        """Return where an area lies afterwards. ``growing`` ones that end just above take new rows in."""
        if growing and self.count > 0 and area.bottom == self.at - 1 and area.bottom < LAST_ROW:
            return area._replace(bottom=min(area.bottom + self.count, LAST_ROW))
        return area_after(area, self.at, self.count)

    def areas(self, text: str, *, growing: bool = False) -> str:
        """Return a list of areas as it reads afterwards, empty where nothing of it is left."""
        found = []
        for piece in text.split():
            try:
                area = self.area(parse_area(piece), growing=growing)
            except ValueError:
                found.append(piece)
                continue
            if area is not None:
                found.append(str(area))
        return " ".join(found)


def move_formulas(text: SheetText, own: str, move: Move, cells: Mapping[Ref, Cell]) -> bool:
    """Rewrite the formulas of a sheet; tell whether any has changed.

    A group that shares a formula is written out where its cells would no longer read alike.
    """
    doomed: set[bytes] = set()
    for match in FORMULA.finditer(text.rows) if b"shared" in text.rows else ():
        given = attributes_of(match[2])
        if given.get(b"t") == b"shared":
            ref = address_before(text, match.start())
            formula = cells[ref].formula or ""
            if (own == move.sheet and ref[0] >= move.at) or move.formula(formula, own) != formula:
                doomed.add(given.get(b"si", b""))

    def swap(match: re.Match[bytes]) -> bytes:
        p = match[1].decode()
        given = attributes_of(match[2])
        if given.get(b"t") == b"shared" and given.get(b"si", b"") in doomed:
            formula = cells[address_before(text, match.start())].formula or ""
            return f"<{p}f>{escape(move.formula(formula, own))}</{p}f>".encode()
        if not match[3]:
            return match[0]
        old = plain(match[3])
        new = move.formula(old, own)
        if new == old:
            return match[0]
        return f"<{p}f{match[2].decode().rstrip()}>{escape(new)}</{p}f>".encode()

    rows = FORMULA.sub(swap, text.rows)
    changed = rows != text.rows
    text.rows = rows
    return changed


def move_rows(rows: bytes, prefix: str, move: Move) -> bytes:
    """Return rows (all of them below the place of change) with their new numbers."""
    p = re.escape(prefix).encode()
    pattern = re.compile(
        rb"(<"
        + p
        + rb"""(?:row|c)(?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"]*"|'[^']*'))*?\s+r\s*=\s*["'][A-Z]{0,3})([0-9]+)"""
    )
    return pattern.sub(lambda m: m[1] + b"%d" % move.row(int(m[2])), rows)


def move_frame(frame: bytes, own: str, move: Move) -> bytes:
    """Return the part around the rows of a sheet with its addresses and formulas as they read afterwards."""
    root = parse(frame, "시트")
    changes: list[tuple[int, int, bytes]] = []
    here = own.lower() == move.sheet.lower()
    for node in root.walk():
        tag = node.tag.rpartition("}")[2]
        if tag in _TEXTS or tag == "sqref":
            new = move.areas(node.text, growing=True) if tag == "sqref" and here else node.text
            new = move.formula(new, own) if tag in _TEXTS else new
            if new != node.text and not node.children:
                changes.append((node.inner, node.close, escape(new).encode()))
            continue
        wanted = _attributes(node, tag, own, move) if here else _texts(node, tag, own, move)
        if wanted:
            changes.append((node.start, node.inner, with_attributes(frame[node.start : node.inner], wanted)))
    return cut(frame, changes)


def _texts(node: Node, tag: str, own: str, move: Move) -> dict[str, str | None]:
    """Return the attributes that hold formulas, where they change."""
    key = {"hyperlink": "location", "cfvo": "val"}.get(tag)
    old = node.attrs.get(key or "")
    if key is None or not old:
        return {}
    new = move.formula(old, own if tag == "cfvo" else "")
    return {key: new} if new != old else {}


def _attributes(node: Node, tag: str, own: str, move: Move) -> dict[str, str | None]:
    wanted = _texts(node, tag, own, move)
    for kinds, growing in ((_ONE_AREA, False), (_AREAS, False), (_GROWING, True)):
        key = kinds.get(tag)
        if key is not None and (old := node.attrs.get(key)):
            new = move.areas(old, growing=growing)
            if new != old:
                wanted[key] = new
    if tag == "brk" and (row := whole(node.attrs.get("id"))) >= move.at:
        wanted["id"] = str(max(row + move.count, move.at - 1))
    return wanted


def without_emptied(frame: bytes) -> bytes:
    """Return a frame without the elements whose area is gone, counts put right."""
    root = parse(frame, "시트")
    changes: list[tuple[int, int, bytes]] = []
    for group in root.children:
        lost = [n for n in group.children if "" in (n.attrs.get("ref"), n.attrs.get("sqref")) or _shrunk(n)]
        if group.attrs.get("sqref") == "" or (lost and len(lost) == len(group.children)):
            changes.append((group.start, group.end, b""))
            continue
        changes += [(node.start, node.end, b"") for node in lost]
        if lost and "count" in group.attrs:
            count = {"count": str(len(group.children) - len(lost))}
            changes.append(
                (group.start, group.inner, with_attributes(frame[group.start : group.inner], dict(count)))
            )
    return cut(frame, changes)


def _shrunk(node: Node) -> bool:
    """Tell whether a merge has come down to one cell."""
    return node.tag == "mergeCell" and ":" not in node.attrs.get("ref", "")


def move_comments(data: bytes, move: Move) -> bytes:
    """Return a part with comments (or comment threads) with their cells as they stand afterwards."""
    changes = []
    for node in parse(data, "메모").walk():
        ref = node.attrs.get("ref")
        if (
            ref
            and node.tag.rpartition("}")[2] in {"comment", "threadedComment"}
            and (new := move.areas(ref)) != ref
        ):
            changes.append(
                (node.start, node.inner, with_attributes(data[node.start : node.inner], {"ref": new}))
            )
    return cut(data, changes)


def move_boxes(data: bytes, move: Move) -> bytes:
    """Return a VML drawing with the boxes of its notes moved along."""

    def row(match: re.Match[bytes]) -> bytes:
        return match[1] + b"%d" % (move.row(int(match[2]) + 1) - 1)

    def anchor(match: re.Match[bytes]) -> bytes:
        numbers = match[2].split(b",")
        if len(numbers) == 8 and whole(numbers[2]) + 1 >= move.at:
            numbers[2] = b" %d" % (whole(numbers[2]) + move.count)
            numbers[6] = b" %d" % (whole(numbers[6]) + move.count)
        return match[1] + b",".join(numbers)

    data = re.sub(rb"(<[\w.-]+:Row>\s*)([0-9]+)", row, data)
    return re.sub(rb"(<[\w.-]+:Anchor>)([0-9,\s]+)", anchor, data)
