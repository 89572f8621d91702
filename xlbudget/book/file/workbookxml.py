"""The workbook part: its sheets, defined names, date system and calculation settings."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from xlbudget.book.file.opc import relations
from xlbudget.book.file.package import Package
from xlbudget.book.file.xmltree import (
    Node,
    cut,
    parse,
    parsed,
    prefix,
    unreadable,
    utf8,
    whole,
    with_attributes,
)


class Sheet(NamedTuple):
    """One sheet: its name, the number that other parts know it by, and its part (empty: no worksheet)."""

    name: str
    id: int
    rid: str
    part: str


class DefinedName(NamedTuple):
    """One defined name; ``scope`` is the position of the sheet that it belongs to, ``None`` for the book."""

    name: str
    scope: int | None
    text: str
    node: Node


class Outline(NamedTuple):
    """What the workbook part says."""

    data: bytes
    root: Node
    entries: tuple[tuple[str, int, str], ...]
    names: tuple[DefinedName, ...]
    date1904: bool


@lru_cache(maxsize=16)
def outline(data: bytes) -> Outline:
    """Read the workbook part, remembered by its bytes. Raises ``BookUnreadable``."""
    data = utf8(data, "workbook.xml")
    root = parse(data, "workbook.xml")
    sheets = root.find("sheets")
    if sheets is None:
        raise unreadable("workbook.xml")
    entries = tuple(
        (s.attrs.get("name", ""), _number(s.attrs.get("sheetId")) or 0, s.attrs.get("r:id", ""))
        for s in sheets.all("sheet")
    )
    properties = root.find("workbookPr")
    named = root.find("definedNames")
    names = tuple(
        DefinedName(n.attrs.get("name", ""), _number(n.attrs.get("localSheetId")), n.text, n)
        for n in (named.all("definedName") if named else ())
    )
    date1904 = properties is not None and properties.attrs.get("date1904") in {"1", "true"}
    return Outline(data, root, entries, names, date1904)


def _number(text: str | None) -> int | None:
    number = whole(text, -1)
    return number if number >= 0 else None


def sheets(package: Package, book: str) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook in order. Raises ``BookUnreadable``."""
    return package.made(book, "sheets", lambda data: _sheets(package, book, data))


def _sheets(package: Package, book: str, data: bytes) -> tuple[Sheet, ...]:
    targets = {r.id: r for r in relations(package, book)}
    found = []
    for name, number, rid in outline(data).entries:
        relation = targets.get(rid)
        if relation is None or package.find(relation.target) is None:
            raise unreadable(f"시트 '{name}'")
        found.append(Sheet(name, number, rid, relation.target if relation.kind == "worksheet" else ""))
    return tuple(found)


ORDER = [
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
    "calcPr",
    "oleSize",
    "customWorkbookViews",
    "pivotCaches",
    "smartTagPr",
    "smartTagTypes",
    "webPublishing",
    "fileRecoveryPr",
    "webPublishObjects",
    "extLst",
]


def place(root: Node, tag: str, order: list[str]) -> int:
    """Return where a missing child element belongs by the order of its schema."""
    rank = order.index(tag)
    at = root.inner
    for child in root.children:
        if child.tag in order and order.index(child.tag) < rank:
            at = child.end
    return at


def with_child(data: bytes, root: Node, tag: str, content: bytes, order: list[str]) -> tuple[int, int, bytes]:
    """Return the change that puts ``content`` in place of a child element, or where it belongs."""
    node = root.find(tag)
    if node is not None:
        return node.start, node.end, content
    at = place(root, tag, order)
    return at, at, content


def with_full_calculation(data: bytes) -> bytes:
    """Return the part so that everything is calculated when the workbook is opened."""
    found = outline(data)
    node = found.root.find("calcPr")
    if node is None:
        tag = f'<{prefix(found.data, found.root)}calcPr fullCalcOnLoad="1"/>'.encode()
        return cut(found.data, [with_child(found.data, found.root, "calcPr", tag, ORDER)])
    if node.attrs.get("fullCalcOnLoad") in {"1", "true"}:
        return data
    tag = with_attributes(found.data[node.start : node.inner], {"fullCalcOnLoad": "1"})
    return cut(found.data, [(node.start, node.inner, tag)])


_PRINT_AREA = "_xlnm.Print_Area"


def with_only(data: bytes, name: str) -> bytes:
    """Return the part so that one sheet is shown, in front, and all others are hidden and have no print area:
    LibreOffice prints a hidden sheet that has one.
    """
    found = outline(data)
    listed = found.root.find("sheets")
    views = found.root.find("bookViews")
    changes = []
    position = 0
    for at, node in enumerate(listed.all("sheet") if listed else ()):
        wanted = node.attrs.get("name") == name
        position = at if wanted else position
        tag = with_attributes(found.data[node.start : node.inner], {"state": None if wanted else "hidden"})
        changes.append((node.start, node.inner, tag))
    for node in views.all("workbookView") if views else ():
        front: dict[str, str | None] = {"activeTab": str(position), "firstSheet": str(position)}
        changes.append((node.start, node.inner, with_attributes(found.data[node.start : node.inner], front)))
    for named in found.names:
        if named.name == _PRINT_AREA and named.scope != position:
            changes.append((named.node.start, named.node.end, b""))
    return cut(found.data, changes)


def elements(data: bytes, group: str, tag: str) -> list[Node]:
    """Return the elements of a name inside a top-level group of a part."""
    node = parsed(data).find(group)
    return node.all(tag) if node else []
