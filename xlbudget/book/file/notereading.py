"""Reading the notes of a sheet: legacy notes, and the cells where a comment thread stands."""

from __future__ import annotations

import re

from xlbudget.book.file.opc import relations
from xlbudget.book.file.package import Package
from xlbudget.book.file.sheettext import address
from xlbudget.book.file.xmltree import Node, parse, utf8
from xlbudget.book.values import read_text
from xlbudget.grid import Note, Ref

_TAG = re.compile(r"\n?\[([^\[\]\n]{1,60})\]\s*\Z")


def split_tag(text: str) -> tuple[str, str | None]:
    """Return the text of a note and the tag that closes it."""
    found = _TAG.search(text)
    return (text[: found.start()], found[1]) if found else (text, None)


def note_text(node: Node) -> str:
    """Return the text of a ``comment`` element, without phonetic guides."""
    body = node.find("text")
    if body is None:
        return ""
    runs = [body, *body.all("r")]
    return read_text("".join(t.text for run in runs for t in run.all("t")))


def read_notes(package: Package, part: str) -> dict[Ref, Note]:
    """Return the notes of a sheet by cell. Raises ``BookUnreadable``."""
    related = relations(package, part)
    threads: set[Ref] = set()
    notes: dict[Ref, Note] = {}
    for relation in related:
        if relation.kind == "threadedComment" and package.find(relation.target):
            for node in parse(utf8(package.read(relation.target), "댓글"), "댓글").children:
                threads.add(address(node.attrs.get("ref", "A1")))
    for relation in related:
        if relation.kind == "comments" and package.find(relation.target):
            listed = parse(utf8(package.read(relation.target), "메모"), "메모").find("commentList")
            for node in listed.all("comment") if listed else ():
                ref = address(node.attrs.get("ref", "A1"))
                text, tag = split_tag(note_text(node)) if ref not in threads else (note_text(node), None)
                notes[ref] = Note(text, tag, ref in threads)
    return {**{ref: Note("", None, True) for ref in threads}, **notes}
