"""``MemoryBook``: a workbook without a file, for previews and tests.

It keeps what a ``Grid`` shows and nothing else, and refuses what every adapter refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from xlbudget.book import Book, EditRefused, SheetUnknown
from xlbudget.book.formulas import area_after, row_after, with_rows
from xlbudget.book.values import kept, named, same
from xlbudget.edits import (
    DropNotes,
    Edit,
    Held,
    InsertRows,
    RemoveRows,
    ReplaceSheet,
    SetCells,
    SetName,
    SetNote,
    SetStyle,
    SheetImage,
)
from xlbudget.grid import EMPTY, Area, Cell, Grid, Note, Ref, a1


class _CellHeld(NamedTuple):
    """Whether a cell was stored at all."""

    stored: bool


class _NoteHeld(NamedTuple):
    """The notes of a sheet as they were."""

    notes: Mapping[Ref, Note]


def _with(grid: Grid, **changes: object) -> Grid:
    fields = ("cells", "merges", "widths", "heights", "hidden_rows", "notes", "date1904")
    kept_fields = {name: getattr(grid, name) for name in fields}
    return Grid(grid.name, **{**kept_fields, **changes})


class MemoryBook:
    """Sheets in memory, in order, with the workbook's names."""

    def __init__(self, grids: Iterable[Grid] = (), *, names: Mapping[str, str] | None = None) -> None:
        self._grids = {grid.name: grid for grid in grids}
        self.names: dict[str, str] = dict(names or {})

    @classmethod
    def of(cls, book: Book) -> MemoryBook:
        """Return a copy of another workbook's sheets, to try edits on."""
        return cls(book.read(sheet) for sheet in book.sheets())

    def sheets(self) -> tuple[str, ...]:
        """Return the sheet names in order."""
        return tuple(self._grids)

    def read(self, sheet: str) -> Grid:
        """Return one sheet. Raises ``SheetUnknown``."""
        grid = self._grids.get(sheet)
        if grid is None:
            listed = ", ".join(self._grids)
            raise SheetUnknown(
                f"시트 {named(sheet, '이')} 없습니다. 이 통합 문서의 시트: {listed}. 시트 이름을 확인해 주세요."
            )
        return grid

    def may_call(self, prefix: str) -> bool:
        """Return whether a formula may call a function whose name begins so."""
        wanted = prefix.upper()
        formulas = (cell.formula for grid in self._grids.values() for cell in grid.cells.values())
        return any(wanted in formula.upper() for formula in formulas if formula is not None)

    def apply(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Apply all edits or none; return those that undo them, in the order to apply them.

        Raises ``EditRefused``, ``SheetUnknown``; then nothing has changed.
        """
        before = dict(self._grids), dict(self.names)
        inverse: list[Edit] = []
        try:
            for edit in edits:
                inverse[:0] = _HANDLERS[type(edit)](self, edit)
        except BaseException:
            self._grids, self.names = before
            raise
        return tuple(inverse)

    def _put(self, grid: Grid) -> None:
        self._grids[grid.name] = grid

    def _set_cells(self, edit: SetCells) -> tuple[Edit, ...]:
        grid = self.read(edit.sheet)
        cells = dict(grid.cells)
        held: dict[Ref, Held] = {}
        for ref, content in edit.cells.items():
            old = cells.get(ref)
            new = kept(content, f"{edit.sheet}!{a1(*ref)}")
            style = new.style if isinstance(content, Held) else (old or EMPTY).style
            stored = not (isinstance(content, Held) and content.payload == _CellHeld(False))
            if (
                same(new, old or EMPTY)
                and style == (old or EMPTY).style
                and stored == (old is not None or stored)
            ):
                continue
            held[ref] = Held(old or EMPTY, _CellHeld(old is not None))
            if stored:
                cells[ref] = Cell(new.value, new.formula, style)
            else:
                cells.pop(ref, None)
        self._put(_with(grid, cells=cells))
        return (SetCells(edit.sheet, held),) if held else ()

    def _set_style(self, edit: SetStyle) -> tuple[Edit, ...]:
        grid = self.read(edit.sheet)
        cells = dict(grid.cells)
        held: dict[Ref, Held] = {}
        for ref in dict.fromkeys(edit.refs):
            old = cells.get(ref, EMPTY)
            if old.style != edit.style:
                held[ref] = Held(old, _CellHeld(ref in cells))
                cells[ref] = old._replace(style=edit.style)
        self._put(_with(grid, cells=cells))
        return (SetCells(edit.sheet, held),) if held else ()

    def _replace_sheet(self, edit: ReplaceSheet) -> tuple[Edit, ...]:
        old = self._grids.get(edit.name)
        if edit.image is None:
            gone = self.read(edit.name)
            del self._grids[edit.name]
            return (ReplaceSheet(edit.name, Held(EMPTY, gone)),)
        if isinstance(edit.image, Held):
            self._put(edit.image.payload)
        else:
            self._put(_drawn(old or Grid(edit.name), edit.image))
        return (ReplaceSheet(edit.name, Held(EMPTY, old) if old is not None else None),)

    def _insert_rows(self, edit: InsertRows) -> tuple[Edit, ...]:
        before = dict(self._grids), dict(self.names)
        self._move(edit.sheet, edit.at, edit.count)
        grid = self.read(edit.sheet)
        above = edit.at - 1
        cells, heights, merged = dict(grid.cells), dict(grid.heights), list(grid.merges)
        for row in range(edit.at, edit.at + edit.count):
            for (r, column), cell in tuple(grid.cells.items()):
                if r == above:
                    cells[row, column] = Cell(None, None, cell.style)
            if above in heights:
                heights[row] = heights[above]
            merged += [Area(row, m.left, row, m.right) for m in grid.merges if m.top == m.bottom == above]
        self._put(_with(grid, cells=cells, heights=heights, merges=tuple(merged)))
        return (RemoveRows(edit.sheet, edit.at, edit.count, payload=before),)

    def _remove_rows(self, edit: RemoveRows) -> tuple[Edit, ...]:
        grid = self.read(edit.sheet)
        for ref, cell in sorted(grid.cells.items()):
            if edit.at <= ref[0] < edit.at + edit.count and (
                cell.value is not None or cell.formula is not None
            ):
                written = edit.written.get(ref)
                if written is None or not same(kept(written, a1(*ref)), cell):
                    raise EditRefused(
                        f"{edit.sheet}!{a1(*ref)}: 넣은 행에 다른 내용이 적혀 있어 없애지 않았습니다. 그 칸을 비운 뒤 다시 해 주세요."
                    )
        self._move(edit.sheet, edit.at, -edit.count)
        return (InsertRows(edit.sheet, edit.at, edit.count),)

    def _move(self, sheet: str, at: int, count: int) -> None:
        for name, grid in tuple(self._grids.items()):
            cells = {ref: _shifted(cell, name, sheet, at, count) for ref, cell in grid.cells.items()}
            moved = _with(grid, cells=cells)
            self._put(_rows_moved(moved, at, count) if name == sheet else moved)
        self.names = {
            name: with_rows(text, at, count, lambda ref: ref.sheets == (sheet,))
            for name, text in self.names.items()
        }

    def _set_note(self, edit: SetNote) -> tuple[Edit, ...]:
        grid = self.read(edit.sheet)
        old = grid.notes.get(edit.ref)
        if old is not None and (old.threaded or old.tag != edit.tag):
            what = "댓글" if old.threaded else "다른 메모"
            raise EditRefused(
                f"{edit.sheet}!{a1(*edit.ref)}: {what}가 있어 메모를 달지 않았습니다. 옮기거나 지운 뒤 다시 해 주세요."
            )
        if old is not None and old.text == edit.text:
            return ()
        self._put(_with(grid, notes={**grid.notes, edit.ref: Note(edit.text, edit.tag)}))
        return (_undo_note(edit.sheet, edit.ref, old, edit.tag),)

    def _drop_notes(self, edit: DropNotes) -> tuple[Edit, ...]:
        inverse: list[Edit] = []
        for name in (edit.sheet,) if edit.sheet is not None else self.sheets():
            grid = self.read(name)
            gone = {
                ref: note
                for ref, note in grid.notes.items()
                if note.tag == edit.tag and (edit.refs is None or ref in edit.refs)
            }
            self._put(_with(grid, notes={ref: note for ref, note in grid.notes.items() if ref not in gone}))
            inverse += [SetNote(name, ref, note.text, edit.tag) for ref, note in gone.items()]
        return tuple(inverse)

    def _set_name(self, edit: SetName) -> tuple[Edit, ...]:
        old = self.names.get(edit.name)
        if old == edit.refers_to:
            return ()
        if edit.refers_to is None:
            del self.names[edit.name]
        else:
            self.names[edit.name] = edit.refers_to
        return (SetName(edit.name, old),)


def _undo_note(sheet: str, ref: Ref, old: Note | None, tag: str) -> Edit:
    return DropNotes(tag, sheet, (ref,)) if old is None else SetNote(sheet, ref, old.text, tag)


def _drawn(old: Grid, image: SheetImage) -> Grid:
    cells: dict[Ref, Cell] = {}
    for ref, (content, style) in image.cells.items():
        new = kept(content, f"{old.name}!{a1(*ref)}")
        cells[ref] = Cell(new.value, new.formula, style)
    first = not old.cells and not old.heights
    widths = {n: width if width is not None else 0.0 for n, width in image.columns.items()}
    return _with(
        old,
        cells=cells,
        merges=tuple(image.merges),
        heights=dict(image.heights),
        hidden_rows=frozenset(),
        widths=widths if first and widths else old.widths,
    )


def _shifted(cell: Cell, own: str, sheet: str, at: int, count: int) -> Cell:
    if cell.formula is None:
        return cell
    formula = with_rows(
        cell.formula, at, count, lambda ref: (ref.sheets or (own,)) == (sheet,) and not ref.external
    )
    return cell if formula == cell.formula else cell._replace(formula=formula)


def _rows_moved(grid: Grid, at: int, count: int) -> Grid:
    def row(number: int) -> int:
        return row_after(number, at, count)

    return _with(
        grid,
        cells={(row(r), c): cell for (r, c), cell in grid.cells.items() if row(r)},
        merges=tuple(area for m in grid.merges if (area := area_after(m, at, count)) is not None),
        heights={row(r): height for r, height in grid.heights.items() if row(r)},
        hidden_rows=frozenset(row(r) for r in grid.hidden_rows if row(r)),
        notes={(row(r), c): note for (r, c), note in grid.notes.items() if row(r)},
    )


_HANDLERS: dict[type, Callable[..., tuple[Edit, ...]]] = {
    SetCells: MemoryBook._set_cells,
    SetStyle: MemoryBook._set_style,
    ReplaceSheet: MemoryBook._replace_sheet,
    InsertRows: MemoryBook._insert_rows,
    RemoveRows: MemoryBook._remove_rows,
    SetNote: MemoryBook._set_note,
    DropNotes: MemoryBook._drop_notes,
    SetName: MemoryBook._set_name,
}
