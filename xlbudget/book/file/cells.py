"""``SetCells`` and ``SetStyle`` on a worksheet part, and what gives the cells back as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from xlbudget.book.file.shared import check_arrays, rehomed
from xlbudget.book.file.splice import (
    Place,
    Unsettled,
    dimension,
    grow_dimension,
    new_cell,
    put_cells,
    set_dimension,
    styled_cell,
)
from xlbudget.book.file.tables import check_headers
from xlbudget.book.file.work import SheetState, Work
from xlbudget.book.values import kept, plainly_kept, same
from xlbudget.edits import Content, Edit, Formula, Held, SetCells, SetStyle
from xlbudget.grid import Cell, Ref


class CellHeld(NamedTuple):
    """A cell as its part stored it: its bytes, its row's opening tag, the area that the sheet said it used,
    the book that can read this, and whether only the style was changed.
    """

    raw: bytes | None
    row: bytes | None
    dimension: str | None
    owner: object


def _settled(state: SheetState, action: Callable[[], None]) -> None:
    try:
        action()
    except Unsettled:
        state.settle()
        action()


def set_cells(work: Work, edit: SetCells) -> tuple[Edit, ...]:
    """Write contents where they differ from what stands there. Raises ``EditRefused``, ``SheetUnknown``."""
    state = work.state(edit.sheet)
    work.written.setdefault(edit.sheet, set()).update(edit.cells)
    wanted: dict[Ref, tuple[Content, Cell]] = {}
    for ref, content in edit.cells.items():
        target = plainly_kept(content) or kept(content, work.place(edit.sheet, ref))
        if not same(target, state.cell(ref)) or (isinstance(content, Held) and _own(content, work)):
            wanted[ref] = (content, target)
    if not wanted:
        return ()
    check_arrays(state.text, wanted, edit.cells, edit.sheet)
    check_headers(work, state, wanted)
    held: dict[Ref, Held] = {}
    _settled(state, lambda: held.update(_write(work, state, wanted)))
    _notice(work, state, wanted)
    if not held:
        return ()
    # A formula that was written along unchanged goes along on the way back too: its cached value counts.
    along = {
        ref: Formula(cell.formula, cell.value)
        for ref in edit.cells
        if ref not in held and (cell := state.cell(ref)).formula is not None
    }
    return (SetCells(edit.sheet, {**held, **along}),)


def _own(content: Held, work: Work) -> bool:
    return isinstance(content.payload, CellHeld) and content.payload.owner is work.owner


def _write(work: Work, state: SheetState, wanted: dict[Ref, tuple[Content, Cell]]) -> dict[Ref, Held]:
    spans, text = state.spans, state.text
    before = {ref: spans.place(ref) for ref in wanted}
    new: dict[Ref, bytes | None] = {}
    tags: dict[int, bytes | None] = {}
    areas: set[str] = set()
    for ref, (content, target) in wanted.items():
        if isinstance(content, Held) and _own(content, work):
            payload: CellHeld = content.payload
            new[ref] = payload.raw
            tags[ref[0]] = payload.row
            areas |= {payload.dimension} if payload.dimension else set()
        elif before[ref].raw is not None or target.value is not None or target.formula is not None:
            style = state.default_format(ref) if before[ref].raw is None else 0
            new[ref] = new_cell(text.prefix, ref, before[ref].raw, style, target)
    new = {ref: raw for ref, raw in new.items() if raw != before[ref].raw}
    if b'"shared"' in text.rows or any(raw and b'"shared"' in raw for raw in new.values()):
        everywhere = _Stored(state)
        moved = rehomed(text, new, everywhere)
        before |= {ref: spans.place(ref) for ref in moved if ref not in before}
        new |= moved
    if not new:
        return {}
    return _commit(work, state, new, tags, before, areas)


class _Stored(dict[Ref, bytes]):
    """The stored bytes of any cell."""

    def __init__(self, state: SheetState) -> None:
        super().__init__()
        self.state = state

    def __missing__(self, ref: Ref) -> bytes:
        raw = self.state.spans.place(ref).raw
        assert raw is not None
        return raw


def _commit(
    work: Work,
    state: SheetState,
    new: dict[Ref, bytes | None],
    tags: dict[int, bytes | None],
    before: dict[Ref, Place],
    areas: Iterable[str],
) -> dict[Ref, Held]:
    text = state.text
    area = dimension(text)
    held = {
        ref: Held(state.cell(ref), CellHeld(before[ref].raw, before[ref].row, area, work.owner))
        for ref in new
    }
    put_cells(text, state.spans, new, tags)
    for again in areas:
        set_dimension(text, again)
    put_back = {ref[0] for ref in new if ref[0] in tags}
    grow_dimension(text, [ref for ref in new if before[ref].raw is None and ref[0] not in put_back])
    state.changed()
    return held


def _notice(work: Work, state: SheetState, wanted: dict[Ref, tuple[Content, Cell]]) -> None:
    name = state.sheet.name
    for ref, (content, target) in wanted.items():
        old = state.cell(ref)
        style = content.cell.style if isinstance(content, Held) else old.style
        state.overlay[ref] = Cell(target.value, target.formula, style)
        work.note_change(name, ref, old, target)
    top, bottom = min(wanted)[0], max(wanted)[0]
    for area in state.grid.merges:
        if area[0] > bottom or area[2] < top:
            continue
        covered = [
            ref
            for ref in wanted
            if area.holds(ref) and ref != area[:2] and not isinstance(wanted[ref][0], Held)
        ]
        if covered:
            listed = ", ".join(work.place(name, ref) for ref in sorted(covered))
            work.notices.append(
                f"{listed}: 병합된 칸 {area}에 가려진 칸입니다. 값은 적었지만 화면에는 보이지 않습니다."
            )
    if b"sheetProtection" in state.text.tail and not all(isinstance(c, Held) for c, _ in wanted.values()):
        work.notices.append(f"'{name}' 시트는 보호되어 있습니다. 보호는 그대로 두고 값을 적었습니다.")


def set_style(work: Work, edit: SetStyle) -> tuple[Edit, ...]:
    """Give cells a named style where they have another. Raises ``EditRefused``, ``SheetUnknown``."""
    state = work.state(edit.sheet)
    refs = [ref for ref in dict.fromkeys(edit.refs) if state.cell(ref).style != edit.style]
    if not refs:
        return ()
    number = work.format(edit.style, work.place(edit.sheet, refs[0]))
    held: dict[Ref, Held] = {}

    def write() -> None:
        before = {ref: state.spans.place(ref) for ref in refs}
        new: dict[Ref, bytes | None] = {
            ref: styled_cell(state.text.prefix, ref, before[ref].raw, number) for ref in refs
        }
        held.update(_commit(work, state, new, {}, before, ()))

    _settled(state, write)
    for ref in refs:
        state.overlay[ref] = state.cell(ref)._replace(style=edit.style)
    return (SetCells(edit.sheet, held),)
