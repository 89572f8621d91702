"""Edits → what to do in Excel, worked out on a workbook in memory before anything is touched.

The plan comes in segments. One segment's strokes say what shall be, so that a segment that failed midway is
taken back by the strokes that say what was; rows and sheets that come or go are segments of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from xlbudget.book import BookProtected, EditRefused
from xlbudget.book.formulas import references
from xlbudget.book.live.differences import State, differences
from xlbudget.book.live.entries import TEXT_FORMAT, canonical_name
from xlbudget.book.live.pages import page_strokes
from xlbudget.book.live.picture import BARE, Frame, Picture
from xlbudget.book.live.strokes import Kind, Stroke, row_address
from xlbudget.book.memory import MemoryBook
from xlbudget.edits import (
    Edit,
    Held,
    InsertRows,
    RemoveRows,
    ReplaceSheet,
    SetCells,
    SetName,
    SheetImage,
    Style,
)
from xlbudget.grid import EMPTY, Grid, Ref, a1


class SheetHeld(NamedTuple):
    """A sheet as it was: what an inverse edit carries."""

    grid: Grid
    frame: Frame


class Segment(NamedTuple):
    """Strokes, those that take them back, and whether the one stroke of it moves rows or sheets."""

    do: tuple[Stroke, ...]
    undo: tuple[Stroke, ...]
    moves: bool = False


class Plan(NamedTuple):
    """What to do, what undoes it, how sheets print (done last), and what the touched sheets will hold."""

    segments: tuple[Segment, ...]
    inverse: tuple[Edit, ...]
    pages: tuple[Stroke, ...]
    after: Mapping[str, Grid]

    @property
    def touched(self) -> tuple[str, ...]:
        """The sheets on which something is done."""
        strokes = [stroke for segment in self.segments for stroke in segment.do]
        return tuple(dict.fromkeys(stroke.sheet for stroke in strokes if stroke.sheet))

    @property
    def moves_sheets(self) -> bool:
        """Whether sheets come or go."""
        kinds = {stroke.kind for segment in self.segments for stroke in segment.do}
        return bool(kinds & {Kind.ADD, Kind.DROP})


def planned(picture: Picture, edits: Sequence[Edit], styles: Mapping[str, Style]) -> Plan:
    """Return the plan. Raises ``EditRefused``, ``SheetUnknown``, ``BookProtected``."""
    planner = _Planner(picture, styles)
    for edit in edits:
        planner.take(edit)
    plan = planner.finished()
    if plan.segments:
        _check_protection(picture, plan)
        picture.check(edits)
    return plan


def _check_protection(picture: Picture, plan: Plan) -> None:
    there = set(picture.sheets())
    for sheet in plan.touched:
        if sheet in there and picture.protected(sheet):
            raise BookProtected(
                f"'{sheet}' 시트가 보호되어 있어 아무것도 바꾸지 않았습니다. [검토] 탭에서 시트 보호를 해제한 뒤 다시 누르세요."
            )


class _Planner:
    """The workbook in memory as it is so far, and what it was when the last segment was closed."""

    def __init__(self, picture: Picture, styles: Mapping[str, Style]) -> None:
        self._picture = picture
        self._styles = styles
        self._book = MemoryBook(
            (picture.grid(sheet) for sheet in picture.sheets()), names=dict(picture.names())
        )
        self._frames: dict[str, Frame] = {}
        self._segments: list[Segment] = []
        self._inverse: list[Edit] = []
        self._pages: list[Stroke] = []
        self._defined: set[str] = set()
        self._close()

    def _close(self) -> None:
        """Let what is now be what the next segment starts from."""
        self._grids = {sheet: self._book.read(sheet) for sheet in self._book.sheets()}
        self._names = dict(self._book.names)
        self._old_frames = dict(self._frames)

    def _frame(self, sheet: str) -> Frame:
        if sheet not in self._frames:
            there = sheet in self._picture.sheets()
            self._frames[sheet] = self._old_frames[sheet] = self._picture.frame(sheet) if there else BARE
        return self._frames[sheet]

    def take(self, edit: Edit) -> None:
        """Apply one edit in memory and note what it means for Excel."""
        match edit:
            case InsertRows() | RemoveRows():
                self._move_rows(edit)
            case ReplaceSheet():
                self._replace(edit)
            case SetCells(sheet, cells):
                self._check_covered(sheet, cells)
                self._apply(edit)
            case SetName(name, refers_to) if refers_to is not None:
                self._apply(SetName(name, canonical_name(refers_to)))
            case _:
                self._apply(edit)

    def _apply(self, edit: Edit) -> None:
        self._inverse[:0] = self._book.apply([edit])

    def _check_covered(self, sheet: str, cells: Mapping[Ref, object]) -> None:
        """Excel drops what is written into a cell that a merged area hides."""
        for area in self._book.read(sheet).merges:
            for ref, content in cells.items():
                if area.holds(ref) and ref != area[:2] and not (content is None or isinstance(content, Held)):
                    raise EditRefused(
                        f"{sheet}!{a1(*ref)}: 병합된 칸 {area}에 가려진 칸이라 적지 않았습니다. "
                        "병합을 풀거나 병합된 칸의 첫 칸에 적어 주세요."
                    )

    def _move_rows(self, edit: InsertRows | RemoveRows) -> None:
        self._flush()
        self._apply(edit)
        rows = range(edit.at, edit.at + edit.count)
        where = row_address(rows[0], rows[-1])
        coming = isinstance(edit, InsertRows)
        do, undo = (Kind.INSERT, Kind.DELETE) if coming else (Kind.DELETE, Kind.INSERT)
        forth = Stroke(do, edit.sheet, where)
        back = [Stroke(undo, edit.sheet, where)]
        if not coming:
            gone = _only_rows(self._grids[edit.sheet], rows)
            back += differences(State(Grid(edit.sheet), BARE), State(gone, BARE), self._texts)
        self._segments.append(Segment((forth,), tuple(back), moves=True))
        self._close()
        if coming:
            # Excel gives new rows the looks of the row above, but neither its merges nor, always, its height.
            self._grids[edit.sheet] = _without_rows(self._grids[edit.sheet], rows)

    def _replace(self, edit: ReplaceSheet) -> None:
        there = edit.name in self._book.sheets()
        before = SheetHeld(self._book.read(edit.name), self._frame(edit.name)) if there else None
        if edit.image is None:
            self._check_unused(edit.name)
        if before is None or edit.image is None:
            self._flush()
        self._book.apply([_unwrapped(edit)])
        self._frames[edit.name] = _frame_after(edit, self._frames.get(edit.name, BARE), before)
        if before is None:
            self._moved(edit.name, Kind.ADD, Kind.DROP)
        elif edit.image is None:
            self._moved(edit.name, Kind.DROP, Kind.ADD, before)
        if isinstance(edit.image, SheetImage):
            first = before is None or not (before.grid.cells or before.grid.heights)
            self._pages += page_strokes(edit.name, edit.image, before.frame if before else BARE, first=first)
        else:
            self._pages += _page_back(edit)
        if before is None or not self._is_same(edit.name, before):
            held = Held(EMPTY, before) if before is not None else None
            self._inverse.insert(0, ReplaceSheet(edit.name, held))

    def _is_same(self, sheet: str, before: SheetHeld) -> bool:
        if sheet not in self._book.sheets():
            return False
        now = State(self._book.read(sheet), self._frames[sheet])
        return before.frame == now.frame and not any(
            differences(State(before.grid, before.frame), now, self._texts)
        )

    def _moved(self, sheet: str, do: Kind, undo: Kind, before: SheetHeld | None = None) -> None:
        back = [Stroke(undo, sheet)]
        if before is not None:
            blank = State(Grid(sheet), BARE)
            back += differences(blank, State(before.grid, before.frame), self._texts)
        self._segments.append(Segment((Stroke(do, sheet),), tuple(back), moves=True))
        if do is Kind.ADD:
            self._grids[sheet] = Grid(sheet)
            self._old_frames[sheet] = BARE
        else:
            del self._grids[sheet]

    def _check_unused(self, name: str) -> None:
        """A sheet that other cells refer to is not taken away: their formulas would break."""
        for sheet in self._book.sheets():
            for ref, cell in sorted(self._book.read(sheet).cells.items()):
                if sheet != name and cell.formula and any(name in r.sheets for r in references(cell.formula)):
                    raise EditRefused(
                        f"{sheet}!{a1(*ref)}: '{name}' 시트를 쓰는 수식이 있어 시트를 없애지 않았습니다. 그 수식을 고친 뒤 다시 해 주세요."
                    )

    def _texts(self, style: str | None) -> bool:
        if style is None:
            return False
        if self._picture.has_style(style):
            return self._picture.text_style(style)
        return style in self._styles and self._styles[style].number_format == TEXT_FORMAT

    def _flush(self) -> None:
        """Close a segment: everything that is different now."""
        do: list[Stroke] = []
        undo: list[Stroke] = []
        for sheet in self._book.sheets():
            new = State(self._book.read(sheet), self._frames.get(sheet, BARE))
            old = State(self._grids[sheet], self._old_frames.get(sheet, BARE))
            if old.grid is not new.grid or old.frame != new.frame:
                do += differences(old, new, self._texts)
                undo += differences(new, old, self._texts)
        do += _names(self._names, self._book.names)
        undo += _names(self._book.names, self._names)
        brought = self._brought(do)
        if do:
            forgotten = [Stroke(Kind.FORGET, "", s.where) for s in brought]
            self._segments.append(Segment((*brought, *do), (*undo, *forgotten)))
        self._close()

    def _brought(self, strokes: Sequence[Stroke]) -> list[Stroke]:
        """Return strokes that bring along the named styles that the workbook lacks."""
        found = []
        for stroke in strokes:
            name = stroke.value
            if stroke.kind is not Kind.STYLE or name in self._defined or self._known(name):
                continue
            if name not in self._styles:
                raise EditRefused(
                    f"{stroke.sheet}!{stroke.where}: 셀 스타일 '{name}'이(가) 통합 문서에 없습니다. 표준 통합 문서에서 다시 시작해 주세요."
                )
            self._defined.add(name)
            found.append(Stroke(Kind.DEFINE, "", name, self._styles[name]))
        return found

    def _known(self, style: str) -> bool:
        from xlbudget.book.live.differences import NORMAL

        return style == NORMAL or self._picture.has_style(style)

    def finished(self) -> Plan:
        """Return the plan."""
        self._flush()
        return Plan(
            tuple(self._segments),
            tuple(self._inverse),
            tuple(self._pages),
            {sheet: self._book.read(sheet) for sheet in self._book.sheets()},
        )


def _unwrapped(edit: ReplaceSheet) -> ReplaceSheet:
    """Return an edit as the workbook in memory reads it. Raises ``EditRefused`` for another host's."""
    if not isinstance(edit.image, Held):
        return edit
    if not isinstance(edit.image.payload, SheetHeld):
        raise EditRefused(
            f"'{edit.name}' 시트: 다른 통합 문서에서 만든 되돌리기라 쓸 수 없습니다. 그 문서를 연 상태에서 되돌려 주세요."
        )
    return ReplaceSheet(edit.name, Held(EMPTY, edit.image.payload.grid))


def _frame_after(edit: ReplaceSheet, frame: Frame, before: SheetHeld | None) -> Frame:
    if isinstance(edit.image, SheetImage):
        image, titles = edit.image, edit.image.page.title_rows
        first = before is None or not (before.grid.cells or before.grid.heights)
        return Frame(
            tuple(image.breaks),
            dict(image.links),
            str(image.print_area) if image.print_area else frame.print_area,
            f"${titles[0]}:${titles[1]}" if titles else "" if first else frame.titles,
        )
    return edit.image.payload.frame if isinstance(edit.image, Held) else BARE


def _page_back(edit: ReplaceSheet) -> list[Stroke]:
    from xlbudget.book.live.pages import frame_strokes

    return frame_strokes(edit.name, edit.image.payload.frame) if isinstance(edit.image, Held) else []


def _only_rows(grid: Grid, rows: range) -> Grid:
    return _filtered(grid, lambda row: row in rows)


def _without_rows(grid: Grid, rows: range) -> Grid:
    return _filtered(grid, lambda row: row not in rows)


def _filtered(grid: Grid, kept: Callable[[int], bool]) -> Grid:
    return Grid(
        grid.name,
        {ref: cell for ref, cell in grid.cells.items() if kept(ref[0])},
        merges=tuple(area for area in grid.merges if kept(area.top)),
        widths=grid.widths,
        heights={row: points for row, points in grid.heights.items() if kept(row)},
        hidden_rows=frozenset(filter(kept, grid.hidden_rows)),
        notes={ref: note for ref, note in grid.notes.items() if kept(ref[0])},
        date1904=grid.date1904,
    )


def _names(old: Mapping[str, str], new: Mapping[str, str]) -> list[Stroke]:
    gone = [Stroke(Kind.UNNAME, "", name) for name in old if name not in new]
    return gone + [Stroke(Kind.NAME, "", name, text) for name, text in new.items() if old.get(name) != text]
