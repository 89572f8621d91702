"""``InsertRows`` and ``RemoveRows``: rows come into a sheet and go out again, with all that refers to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from xlbudget.book import EditRefused
from xlbudget.book.file import calc, workbookxml
from xlbudget.book.file.drawn import drawing_part
from xlbudget.book.file.opc import related, relations
from xlbudget.book.file.rowchecks import check_move
from xlbudget.book.file.rowmove import (
    Move,
    move_boxes,
    move_comments,
    move_formulas,
    move_frame,
    move_rows,
    without_emptied,
)
from xlbudget.book.file.sheettext import SheetText, attributes_of, merges
from xlbudget.book.file.splice import Spans, escape, settle
from xlbudget.book.file.work import SheetState, Work, sheet_text
from xlbudget.book.file.xmltree import cut, inside, parse, prefix, utf8, with_attributes
from xlbudget.book.formulas import BROKEN
from xlbudget.book.values import kept, named, same
from xlbudget.edits import Edit, InsertRows, RemoveRows
from xlbudget.grid import LAST_ROW, Area, Ref, column_letters

_Write = Callable[[str, bytes], None]


class RowsHeld(NamedTuple):
    """The parts that an insertion changed, before and after, and the book that can read this."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes | None]
    owner: object


def insert_rows(work: Work, edit: InsertRows) -> tuple[Edit, ...]:
    """Insert blank rows made like the row above. Raises ``EditRefused``, ``SheetUnknown``."""
    if edit.count < 1 or not 1 <= edit.at <= LAST_ROW:
        raise EditRefused(
            f"'{edit.sheet}' 시트: {edit.at}행 앞에 {edit.count}행을 넣을 수 없습니다. 행 번호를 확인해 주세요."
        )
    move = Move(work.entry(edit.sheet).name, edit.at, edit.count)
    before = _moved(work, move)
    held = RowsHeld(before, {name: _now(work, name) for name in before}, work.owner)
    return (RemoveRows(edit.sheet, edit.at, edit.count, payload=held),)


def remove_rows(work: Work, edit: RemoveRows) -> tuple[Edit, ...]:
    """Take inserted rows out again. Raises ``EditRefused`` where they hold anything else than was written."""
    work.flush()
    work.flush_names()
    state = work.state(edit.sheet)
    _check_written(work, state, edit)
    held = edit.payload
    if isinstance(held, RowsHeld) and held.owner is work.owner and _still(work, held.after):
        for name, data in held.before.items():
            work.package.write(name, data)
        work.forget()
        work.moved = True
    else:
        _moved(work, Move(state.sheet.name, edit.at, -edit.count))
    return (InsertRows(edit.sheet, edit.at, edit.count),)


def _now(work: Work, name: str) -> bytes | None:
    return work.package.read(name) if work.package.find(name) else None


def _still(work: Work, after: Mapping[str, bytes | None]) -> bool:
    return all(_now(work, name) == data for name, data in after.items())


def _check_written(work: Work, state: SheetState, edit: RemoveRows) -> None:
    for ref, cell in sorted(state.grid.cells.items()):
        if not edit.at <= ref[0] < edit.at + edit.count or (cell.value is None and cell.formula is None):
            continue
        written = edit.written.get(ref)
        where = work.place(edit.sheet, ref)
        if written is None or not same(kept(written, where), cell):
            raise EditRefused(
                f"{where}: 넣은 행에 다른 내용이 적혀 있어 없애지 않았습니다. 그 칸을 비운 뒤 다시 해 주세요."
            )
    noted = [ref for ref in state.grid.notes if edit.at <= ref[0] < edit.at + edit.count]
    if noted:
        where = work.place(edit.sheet, min(noted))
        raise EditRefused(f"{where}: 넣은 행에 메모가 있어 없애지 않았습니다. 메모를 지운 뒤 다시 해 주세요.")


def _moved(work: Work, move: Move) -> dict[str, bytes]:
    """Move everything; return the parts that changed, as they were."""
    work.flush()
    work.flush_names()
    before: dict[str, bytes] = {}
    state = work.state(move.sheet)
    settle(state.text)
    check_move(work, state, move)
    calc.update_chain(work)
    work.formulas = {}

    def write(name: str, data: bytes) -> None:
        if work.package.read(name) != data:
            before.setdefault(name, work.package.read(name))
            work.package.write(name, data)

    _move_sheets(work, move, write)
    _move_names(work, move, write)
    _move_notes(work, state, move, write)
    chain = calc.chain_part(work.package, work.book)
    if chain is not None:
        before.setdefault(chain, work.package.read(chain))
        number = state.sheet.id
        calc.update_chain(work, lambda sheet, ref: _ref_after(move, ref) if sheet == number else ref)
    work.forget()
    work.moved = True
    return before


def _ref_after(move: Move, ref: Ref) -> Ref | None:
    row = move.row(ref[0])
    return (row, ref[1]) if row else None


def _move_sheets(work: Work, move: Move, write: _Write) -> None:
    for sheet in work.sheets():
        if not sheet.part:
            continue
        text = sheet_text(work.package, sheet).copy()
        own = sheet.name == move.sheet
        if own or b"shared" in text.rows:
            settle(text)
        broken = _broken(text)
        changed = move_formulas(text, sheet.name, move, work.read(sheet.name).cells)
        frame = move_frame(text.frame, sheet.name, move)
        if own:
            text.rows = _rows(text, move)
            frame = _with_merges(frame, merges(text), move)
            frame = without_emptied(frame) if move.count < 0 else frame
        if own or changed or frame != text.frame:
            text.frame = frame
            if _broken(text) > broken:
                raise EditRefused(
                    f"'{sheet.name}' 시트의 수식이 없앨 행을 쓰고 있어 행을 없애지 않았습니다. 그 수식을 고친 뒤 다시 해 주세요."
                )
            write(sheet.part, text.to_bytes())
        _move_tables(work, sheet, move, write)


def _broken(text: SheetText) -> int:
    return text.rows.count(BROKEN.encode()) + text.frame.count(BROKEN.encode())


def _move_tables(work: Work, sheet: workbookxml.Sheet, move: Move, write: _Write) -> None:
    for part in related(work.package, sheet.part, "table"):
        data = move_frame(utf8(work.package.read(part), part), sheet.name, move)
        write(part, _table(data, move) if sheet.name == move.sheet else data)


def _table(data: bytes, move: Move) -> bytes:
    root = parse(data, "표")
    ref = move.areas(root.attrs.get("ref", ""))
    return cut(data, [(root.start, root.inner, with_attributes(data[root.start : root.inner], {"ref": ref}))])


def _rows(text: SheetText, move: Move) -> bytes:
    """Return the rows of the sheet with the new ones among them, or without those that go out."""
    spans = Spans(text)
    start = spans.before(move.at)
    end = spans.before(move.at - move.count) if move.count < 0 else start
    fresh = _new_rows(text, spans, move) if move.count > 0 else b""
    return text.rows[:start] + fresh + move_rows(text.rows[end:], text.prefix, move)


def _new_rows(text: SheetText, spans: Spans, move: Move) -> bytes:
    above = spans.row(move.at - 1)
    if above is None:
        return b""
    p = text.prefix
    tag = with_attributes(text.rows[above.start : above.inner], {"hidden": None, "collapsed": None})
    tag = tag[:-2].rstrip() + b">" if tag.endswith(b"/>") else tag
    styles = []
    for column, (start, end) in spans.cells(above).items():
        head = text.rows[start : text.rows.index(b">", start, end) + 1]
        number = attributes_of(head).get(b"s")
        if number is not None:
            styles.append((column, number.decode()))
    rows = []
    for row in range(move.at, move.at + move.count):
        cells = "".join(f'<{p}c r="{column_letters(column)}{row}" s="{s}"/>' for column, s in styles)
        opened = with_attributes(tag, {"r": str(row)})
        rows.append(opened + cells.encode() + f"</{p}row>".encode())
    return b"".join(rows)


def _with_merges(frame: bytes, old: tuple[Area, ...], move: Move) -> bytes:
    """Return the frame with the merges of the row above repeated in the new rows."""
    above = [area for area in old if area.top == area.bottom == move.at - 1]
    if not above or move.count < 0:
        return frame
    root = parse(frame, "시트")
    group = root.find("mergeCells")
    assert group is not None
    p = prefix(frame, group)
    new = [
        area._replace(top=row, bottom=row) for row in range(move.at, move.at + move.count) for area in above
    ]
    elements = "".join(f'<{p}mergeCell ref="{area}"/>' for area in new).encode()
    count = str(len(group.children) + len(new))
    tag = with_attributes(
        frame[group.start : group.inner], {"count": count} if "count" in group.attrs else {}
    )
    return cut(frame, [(group.start, group.inner, tag), inside(frame, group, elements)])


def _move_names(work: Work, move: Move, write: _Write) -> None:
    found = workbookxml.outline(work.package.read(work.book))
    changes: list[tuple[int, int, bytes]] = []
    for name in found.names:
        own = (
            work.sheets()[name.scope].name
            if name.scope is not None and name.scope < len(work.sheets())
            else ""
        )
        new = move.formula(name.text, own)
        if new.count(BROKEN) > name.text.count(BROKEN):
            raise EditRefused(
                f"이름 {named(name.name, '이')} 없앨 행을 가리켜 행을 없애지 않았습니다. 그 이름을 고친 뒤 다시 해 주세요."
            )
        if new != name.text:
            changes.append((name.node.inner, name.node.close, escape(new).encode()))
    write(work.book, cut(found.data, changes) if changes else work.package.read(work.book))


def _move_notes(work: Work, state: SheetState, move: Move, write: _Write) -> None:
    for relation in relations(work.package, state.sheet.part):
        if relation.kind in {"comments", "threadedComment"} and work.package.find(relation.target):
            write(relation.target, move_comments(utf8(work.package.read(relation.target), "메모"), move))
    part = drawing_part(work, state)
    if part is not None:
        write(part, move_boxes(work.package.read(part), move))
