"""Defined names in the workbook part: set, changed and removed, all others left as they are written."""

from __future__ import annotations

from collections.abc import Mapping

from xlbudget.book.file.workbookxml import ORDER, DefinedName, Outline, outline, with_child
from xlbudget.book.file.xmltree import attribute, cut, inside, prefix

Key = tuple[str, int | None]
"""A name and the position of the sheet that it belongs to, ``None`` for the whole workbook."""


def find(found: Outline, key: Key) -> DefinedName | None:
    """Return a defined name; case does not matter."""
    name = key[0].lower()
    return next((n for n in found.names if n.name.lower() == name and n.scope == key[1]), None)


def with_names(data: bytes, wanted: Mapping[Key, str | None]) -> bytes:
    """Return the workbook part with names set (to a reference without ``=``) or, ``None``, taken away."""
    found = outline(data)
    lead = prefix(found.data, found.root)
    group = found.root.find("definedNames")
    changes: list[tuple[int, int, bytes]] = []
    last: list[bytes] = []
    left = len(found.names)
    for key, text in sorted(wanted.items(), key=lambda item: _rank(item[0])):
        old = find(found, key)
        if old is None and text is not None:
            element = _element(lead, key, text)
            after = [n.node.start for n in found.names if _rank((n.name, n.scope)) > _rank(key)]
            changes += [(after[0], after[0], element)] if after else []
            last += [] if after else [element]
        elif old is not None and text is None:
            changes.append((old.node.start, old.node.end, b""))
            left -= 1
        elif old is not None and text is not None and text != old.text:
            opening = found.data[old.node.start : old.node.inner]
            changes.append((old.node.start, old.node.end, _named(opening, lead, text)))
    if group is not None and not left and not last and len(changes) == len(found.names):
        return cut(found.data, [(group.start, group.end, b"")])
    if last and group is None:
        content = f"<{lead}definedNames>".encode() + b"".join(last) + f"</{lead}definedNames>".encode()
        changes.append(with_child(found.data, found.root, "definedNames", content, ORDER))
    elif last and group is not None:
        changes.append(inside(found.data, group, b"".join(last)))
    return cut(found.data, changes) if changes else data


def _rank(key: Key) -> tuple[str, int]:
    return key[0].lower(), -1 if key[1] is None else key[1]


def _element(lead: str, key: Key, text: str) -> bytes:
    local = f' localSheetId="{key[1]}"' if key[1] is not None else ""
    return _named(f"<{lead}definedName name={attribute(key[0])}{local}>".encode(), lead, text)


def _named(opening: bytes, lead: str, text: str) -> bytes:
    if opening.endswith(b"/>"):
        opening = opening[:-2].rstrip() + b">"
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return opening + escaped.encode() + f"</{lead}definedName>".encode()
