"""How the parts of a workbook hang together: relationships and content types (ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from xlbudget.book.file.package import Package
from xlbudget.book.file.xmltree import attribute, cut, inside, parsed, prefix, utf8

CONTENT_TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_EMPTY = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_RELATIONS}"></Relationships>'


class Relation(NamedTuple):
    """One relationship of a part; ``target`` is a part name, or a location where ``external``."""

    id: str
    kind: str
    target: str
    external: bool


@lru_cache(maxsize=256)
def relations_name(part: str) -> str:
    """Return the name of the part that lists the relationships of a part."""
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", base + ".rels")


def relations(package: Package, part: str) -> tuple[Relation, ...]:
    """Return the relationships of a part; ``kind`` is the last word of the type."""
    name = package.find(relations_name(part))
    if name is None:
        return ()

    def found(data: bytes) -> tuple[Relation, ...]:
        listed = _listed(data, posixpath.dirname(part))
        there = [r if r.external else r._replace(target=package.find(r.target) or r.target) for r in listed]
        return listed if there == list(listed) else tuple(there)

    return package.made(name, "relations", found)


@lru_cache(maxsize=64)
def _listed(data: bytes, folder: str) -> tuple[Relation, ...]:
    return tuple(_relation(folder, node.attrs) for node in parsed(utf8(data, "관계")).children)


def _relation(folder: str, attrs: Mapping[str, str]) -> Relation:
    target = unquote(attrs.get("Target", ""))
    external = attrs.get("TargetMode") == "External"
    if not external:
        target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
    return Relation(attrs.get("Id", ""), attrs.get("Type", "").rpartition("/")[2], target, external)


def related(package: Package, part: str, kind: str) -> list[str]:
    """Return the names of the parts that a part is related to in one way."""
    name = package.find(relations_name(part))
    if name is None:
        return []
    targets = package.made(name, "targets", lambda _: _targets(relations(package, part)))
    return list(targets.get(kind, ()))


def _targets(found: tuple[Relation, ...]) -> Mapping[str, list[str]]:
    targets: dict[str, list[str]] = {}
    for relation in found:
        if not relation.external:
            targets.setdefault(relation.kind, []).append(relation.target)
    return targets


def relate(package: Package, part: str, kind: str, target: str) -> str:
    """Add a relationship from a part to another part; return its id."""
    name = package.find(relations_name(part)) or relations_name(part)
    data = utf8(package.read(name), name) if package.find(name) else _EMPTY.encode()
    root = parsed(data)
    taken = {node.attrs.get("Id") for node in root.children}
    number = next(n for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
    base = next(
        (
            t.rpartition("/")[0]
            for node in root.children
            if (t := node.attrs.get("Type", "")).startswith("http://purl.")
        ),
        OFFICE,
    )
    path = posixpath.relpath("/" + target, "/" + posixpath.dirname(part))
    element = (
        f'<{prefix(data, root)}Relationship Id="rId{number}" Type="{base}/{kind}" Target={attribute(path)}/>'
    ).encode()
    package.write(name, cut(data, [inside(data, root, element)]))
    return f"rId{number}"


def unrelate(package: Package, part: str, target: str) -> None:
    """Take away the relationships from a part to another; an emptied list goes altogether."""
    name = package.find(relations_name(part))
    if name is None:
        return
    gone = {r.id for r in relations(package, part) if r.target == target and not r.external}
    data = utf8(package.read(name), name)
    nodes = parsed(data).children
    if len(gone) == len(nodes):
        package.remove(name)
    else:
        package.write(name, cut(data, [(n.start, n.end, b"") for n in nodes if n.attrs.get("Id") in gone]))


def id_attribute(root: bytes, *, strict: bool = False) -> str:
    """Return the name of an attribute that refers to a relationship, by the prefix that the root element's
    tag declares, or with a declaration of its own in front.
    """
    for uri in (OFFICE, STRICT_OFFICE):
        declared = re.search(rb"""\sxmlns:([\w.-]+)\s*=\s*["']""" + uri.encode() + rb"""["']""", root)
        if declared:
            return f"{declared[1].decode()}:id"
    return f'xmlns:r="{STRICT_OFFICE if strict else OFFICE}" r:id'


def content_type(package: Package, part: str) -> str:
    """Return the content type of a part, empty where none is declared."""
    folded = "/" + part.lower()
    extension = part.rpartition(".")[2].lower()
    default = ""
    for node in parsed(utf8(package.read(_types(package)), CONTENT_TYPES)).children:
        if node.attrs.get("PartName", "").lower() == folded:
            return node.attrs.get("ContentType", "")
        if node.tag == "Default" and node.attrs.get("Extension", "").lower() == extension:
            default = node.attrs.get("ContentType", "")
    return default


def _types(package: Package) -> str:
    return package.find(CONTENT_TYPES) or CONTENT_TYPES


def declare(package: Package, part: str, kind: str) -> None:
    """Declare the content type of a new part."""
    _declare(package, f"Override PartName={attribute('/' + part)} ContentType={attribute(kind)}")


def declare_extension(package: Package, extension: str, kind: str) -> None:
    """Declare the content type of all parts with an extension, where that is not done."""
    nodes = parsed(utf8(package.read(_types(package)), CONTENT_TYPES)).all("Default")
    if all(node.attrs.get("Extension", "").lower() != extension for node in nodes):
        _declare(
            package, f"Default Extension={attribute(extension)} ContentType={attribute(kind)}", first=True
        )


def _declare(package: Package, element: str, *, first: bool = False) -> None:
    data = utf8(package.read(_types(package)), CONTENT_TYPES)
    root = parsed(data)
    content = f"<{prefix(data, root)}{element}/>".encode()
    place = (root.children[0].start,) * 2 if first and root.children else None
    package.write(_types(package), cut(data, [(*place, content) if place else inside(data, root, content)]))


def undeclare(package: Package, part: str) -> None:
    """Take away the declared content type of a part that is no more."""
    data = utf8(package.read(_types(package)), CONTENT_TYPES)
    gone = [n for n in parsed(data).children if n.attrs.get("PartName", "").lower() == "/" + part.lower()]
    package.write(_types(package), cut(data, [(n.start, n.end, b"") for n in gone]))


def undeclare_extension(package: Package, extension: str) -> None:
    """Take away an extension's content type that we declared, where no part of that kind is left."""
    if any(name.lower().endswith("." + extension) for name in package.names()):
        return
    stored = package.stored(_types(package)) or b""
    if any(
        node.attrs.get("Extension", "").lower() == extension
        for node in parsed(utf8(stored, CONTENT_TYPES)).children
    ):
        return
    data = utf8(package.read(_types(package)), CONTENT_TYPES)
    gone = [n for n in parsed(data).all("Default") if n.attrs.get("Extension", "").lower() == extension]
    package.write(_types(package), cut(data, [(n.start, n.end, b"") for n in gone]))


def free_name(package: Package, stem: str, extension: str) -> str:
    """Return a part name that is not taken: ``stem`` + number + extension."""
    taken = {name.lower() for name in package.names()}
    return next(n for i in range(1, len(taken) + 2) if (n := f"{stem}{i}.{extension}").lower() not in taken)


def strip_declaration(data: bytes) -> bytes:
    """Return a part without its XML declaration."""
    return re.sub(rb"^\s*<\?xml[^>]*\?>\s*", b"", data)
