"""``SetNote`` and ``DropNotes``: legacy notes, their boxes and what ties them to a sheet.

A note is a ``comment`` in one part (ECMA-376 part 1, §18.7) and a box in a VML drawing (part 4, §19.4).
What Excel writes into the drawing is not always well-formed, so that one is cut and pasted as text.
"""

from __future__ import annotations

import re

from xlbudget.book import EditRefused
from xlbudget.book.file import opc
from xlbudget.book.file.drawn import drawing_part
from xlbudget.book.file.notebox import (
    EMPTY_DRAWING,
    box,
    declarations,
    free_shape_id,
    has_shapes,
    note_shapes,
    shape_type,
)
from xlbudget.book.file.opc import SHEETML, relations
from xlbudget.book.file.replace import ORDER
from xlbudget.book.file.sheettext import address
from xlbudget.book.file.splice import escape
from xlbudget.book.file.work import SheetState, Work
from xlbudget.book.file.workbookxml import with_child
from xlbudget.book.file.xmltree import Node, cut, inside, parse, prefix, unreadable, utf8
from xlbudget.book.values import check_text
from xlbudget.edits import DropNotes, Edit, SetNote
from xlbudget.grid import Note, Ref, a1

AUTHOR = "xlbudget"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NEW = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{_MAIN}">'
    f"<authors><author>{AUTHOR}</author></authors><commentList></commentList></comments>"
)
_TAG = re.compile(r"[^\[\]\n]{1,60}")


def set_note(work: Work, edit: SetNote) -> tuple[Edit, ...]:
    """Put a note at a cell. Raises ``EditRefused`` where somebody else's note or a comment thread sits."""
    where = work.place(edit.sheet, edit.ref)
    if not _TAG.fullmatch(edit.tag):
        raise EditRefused(f"{where}: 메모의 꼬리표 '{edit.tag}'에는 대괄호와 줄바꿈을 쓸 수 없습니다.")
    check_text(edit.text + edit.tag + "\n[]", where)
    notes = work.notes(edit.sheet)
    old = notes.get(edit.ref)
    if old is not None and (old.threaded or old.tag != edit.tag):
        what = "댓글" if old.threaded else "다른 메모"
        raise EditRefused(f"{where}: {what}가 있어 메모를 달지 않았습니다. 옮기거나 지운 뒤 다시 해 주세요.")
    if old is not None and old.text == edit.text:
        return ()
    notes[edit.ref] = Note(edit.text, edit.tag)
    if old is None:
        return (DropNotes(edit.tag, edit.sheet, (edit.ref,)),)
    return (SetNote(edit.sheet, edit.ref, old.text, edit.tag),)


def drop_notes(work: Work, edit: DropNotes) -> tuple[Edit, ...]:
    """Take away the notes with a tag. Raises ``SheetUnknown``."""
    inverse: list[Edit] = []
    names = [edit.sheet] if edit.sheet is not None else [sheet.name for sheet in work.sheets() if sheet.part]
    for name in names:
        notes = work.notes(name)
        for ref, note in sorted(notes.items()):
            if note.tag == edit.tag and not note.threaded and (edit.refs is None or ref in edit.refs):
                del notes[ref]
                inverse.append(SetNote(name, ref, note.text, edit.tag))
    return tuple(inverse)


def write_notes(work: Work, state: SheetState, notes: dict[Ref, Note]) -> None:
    """Bring the parts of a sheet's notes to what they shall be; notes that stay are not touched."""
    old = state.grid.notes
    gone = {ref for ref in old if ref not in notes}
    new = {ref: note for ref, note in notes.items() if old.get(ref) != note}
    if not gone and not new:
        return
    _write_comments(work, state, gone, new)
    _write_boxes(work, state, gone, new)


def _part(work: Work, state: SheetState, kind: str) -> str | None:
    found = (r.target for r in relations(work.package, state.sheet.part) if r.kind == kind)
    return next((part for part in found if work.package.find(part)), None)


def _write_comments(work: Work, state: SheetState, gone: set[Ref], new: dict[Ref, Note]) -> None:
    package = work.package
    part = _part(work, state, "comments")
    if part is None:
        part = opc.free_name(package, "xl/comments", "xml")
        package.write(part, _NEW.encode())
        opc.declare(package, part, f"{SHEETML}.comments+xml")
        opc.relate(package, state.sheet.part, "comments", part)
    data = _with_author(utf8(package.read(part), part)) if new else utf8(package.read(part), part)
    root = parse(data, "메모")
    listed = root.find("commentList")
    nodes = {address(node.attrs["ref"]): node for node in listed.all("comment")} if listed else {}
    author = _authors(root).index(AUTHOR) if new else 0
    changes = [(nodes[ref].start, nodes[ref].end, b"") for ref in gone if ref in nodes]
    for ref, note in sorted(new.items()):
        element = _comment(prefix(data, root), ref, note, author)
        if ref in nodes:
            changes.append((nodes[ref].start, nodes[ref].end, element))
        else:
            after = [node.start for other, node in sorted(nodes.items()) if other > ref]
            assert listed is not None
            changes.append((after[0], after[0], element) if after else inside(data, listed, element))
    data = _without_author(cut(data, changes))
    if len(nodes) - len(gone) + len([ref for ref in new if ref not in nodes]):
        package.write(part, data)
    else:
        _forget(work, state, part)


def _authors(root: Node) -> list[str]:
    group = root.find("authors")
    return [node.text for node in group.all("author")] if group else []


def _with_author(data: bytes) -> bytes:
    root = parse(data, "메모")
    group = root.find("authors")
    if group is None or root.find("commentList") is None:
        raise unreadable("메모")
    if AUTHOR in _authors(root):
        return data
    p = prefix(data, root)
    return cut(data, [inside(data, group, f"<{p}author>{AUTHOR}</{p}author>".encode())])


def _without_author(data: bytes) -> bytes:
    """Take our name out of the authors again where it stands last and no note is ours."""
    root = parse(data, "메모")
    listed, group = root.find("commentList"), root.find("authors")
    last = len(_authors(root)) - 1
    if group is None or listed is None or last < 1 or _authors(root)[last] != AUTHOR:
        return data
    if any(node.attrs.get("authorId") == str(last) for node in listed.children):
        return data
    node = group.children[last]
    return cut(data, [(node.start, node.end, b"")])


def _comment(p: str, ref: Ref, note: Note, author: int) -> bytes:
    text = escape(f"{note.text}\n[{note.tag}]" if note.text else f"[{note.tag}]")
    font = f'<{p}rPr><{p}sz val="9"/><{p}color indexed="81"/><{p}rFont val="맑은 고딕"/><{p}family val="3"/></{p}rPr>'
    run = f'<{p}r>{font}<{p}t xml:space="preserve">{text}</{p}t></{p}r>'
    return f'<{p}comment ref="{a1(*ref)}" authorId="{author}"><{p}text>{run}</{p}text></{p}comment>'.encode()


def _forget(work: Work, state: SheetState, part: str) -> None:
    work.package.remove(part)
    opc.undeclare(work.package, part)
    opc.unrelate(work.package, state.sheet.part, part)


def _write_boxes(work: Work, state: SheetState, gone: set[Ref], new: dict[Ref, Note]) -> None:
    package = work.package
    part = drawing_part(work, state)
    if part is None:
        part = opc.free_name(package, "xl/drawings/vmlDrawing", "vml")
        package.write(part, EMPTY_DRAWING.format(_block(work)).encode())
        opc.declare_extension(package, "vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
        _tie(state, opc.relate(package, state.sheet.part, "vmlDrawing", part))
    data = package.read(part)
    shapes, declared = note_shapes(data), declarations(data)
    changes = [(*shapes[ref][:2], b"") for ref in gone if ref in shapes]
    number = free_shape_id(data)
    added = b""
    for ref, note in sorted(new.items()):
        if ref in shapes:
            start, end, shape_id = shapes[ref]
            changes.append((start, end, box(state.grid, ref, note, shape_id, declared)))
        else:
            added += box(state.grid, ref, note, f"_x0000_s{number}", declared)
            number += 1
    if added and b"_x0000_t202" not in data:
        added = shape_type(declared) + added
    end = data.rfind(b"</xml>")
    if end < 0:
        raise unreadable("메모 상자")
    changes.append((end, end, added))
    data = cut(data, changes)
    if not note_shapes(data):
        data = data.replace(shape_type(declared), b"")
    if has_shapes(data):
        package.write(part, data)
    else:
        package.remove(part)
        opc.unrelate(package, state.sheet.part, part)
        opc.undeclare_extension(package, "vml")
        _untie(state)


def _block(work: Work) -> int:
    """Return the number of the next free block of shape ids in the workbook."""
    used = [0]
    for name in work.package.names():
        if name.lower().endswith(".vml"):
            used += [int(n) for n in re.findall(rb':idmap[^>]*\bdata="([0-9]{1,5})', work.package.read(name))]
    return max(used) + 1


def _tie(state: SheetState, rid: str) -> None:
    frame = state.text.frame
    root = parse(frame, "시트")
    key = opc.id_attribute(frame[root.start : root.inner])
    element = f'<{state.text.prefix}legacyDrawing {key}="{rid}"/>'.encode()
    state.text.frame = cut(frame, [with_child(frame, root, "legacyDrawing", element, ORDER)])
    state.dirty = True


def _untie(state: SheetState) -> None:
    frame = state.text.frame
    node = parse(frame, "시트").find("legacyDrawing")
    if node is not None:
        state.text.frame = cut(frame, [(node.start, node.end, b"")])
        state.dirty = True
