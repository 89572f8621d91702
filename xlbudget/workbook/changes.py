"""변경내역: what differs from an earlier state, in the manner of 점검결과, and marks at the cells that differ.

Marking goes the way of the findings: the input sheets mark what stands in a list that a defined name points
at. The list here also holds what 점검결과 wants looked at, and the next check points the name back there. Notes
carry a tag of their own; a cell with another note is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from xlbudget.comparison import Change, Kind, count
from xlbudget.edits import (
    Content,
    DropNotes,
    Edit,
    Link,
    PageSetup,
    ReplaceSheet,
    SetName,
    SetNote,
    SheetImage,
)
from xlbudget.grid import Area, Grid, Ref, column_letters, parse_a1, quote_sheet
from xlbudget.money import format_amount
from xlbudget.workbook import text as measure
from xlbudget.workbook.layout import CHANGES, MARKED_WARNINGS, MARKS_COLUMNS
from xlbudget.workbook.styles import GREY, STYLES, named

TAG = "xlbudget 비교"
"""The tag of our notes."""
NUMBER, KIND, SECTION, WHAT, BEFORE, AFTER, BY, LINK, MARK = range(1, 10)
WIDTHS: Mapping[int, float] = {
    NUMBER: 6.0, KIND: 11.0, SECTION: 11.0, WHAT: 44.0, BEFORE: 30.0, AFTER: 30.0, BY: 14.0, LINK: 16.0,
}  # fmt: skip
_HEADINGS = ("번호", "구분", "표", "무엇", "이전", "지금", "차이 (천원)", "바로가기")
_HEAD_ROW = 5
_FIRST = 6
_WORDS = {Kind.CHANGED: "확인", Kind.NEW: "참고", Kind.GONE: "오류", Kind.UNPRINTED: "점검 코드"}
_SAME = "다른 곳이 없습니다."
_MOST_NOTES = 3
_PAGE = PageSetup(
    landscape=True, top=0.6, bottom=0.7, header_margin=0.3, footer_margin=0.3,
    footer=f"&C&8&K{GREY}- &P -", title_rows=(_HEAD_ROW, _HEAD_ROW),
)  # fmt: skip


def change_sheet(
    changes: Sequence[Change], said: Sequence[str], grids: Mapping[str, Grid], results: Grid | None
) -> list[Edit]:
    """Return the edits that write 변경내역 anew and mark the cells of the later workbook that differ.

    ``said`` is told above the list: what was compared with what. ``grids`` are the sheets that people fill
    in, ``results`` is 점검결과.
    """
    cells: dict[Ref, tuple[Content, str | None]] = {
        (1, NUMBER): (CHANGES, named("시트제목")),
        (2, NUMBER): (" ".join(said), named("시트설명")),
        (3, NUMBER): (f"다른 곳 {count(changes)}군데", named("항목")),
    }
    cells.update({(_HEAD_ROW, at): (text, named("입력 머리")) for at, text in enumerate(_HEADINGS, NUMBER)})
    heights = {1: 27.0, 2: 18.0, 3: 21.0, 4: 6.0, _HEAD_ROW: 21.0}
    links: dict[Ref, Link] = {}
    merges = [Area(3, NUMBER, 3, KIND)]
    cells[3, KIND] = None, named("항목")
    for row, change in enumerate(changes, _FIRST):
        cells.update(_row(row, change))
        heights[row] = _height(cells, row)
        if change.after_place is not None:
            sheet, at, column = change.after_place
            target = f"{quote_sheet(sheet)}!{column_letters(column)}{at}"
            links[row, LINK] = Link(target, f"{change.after_place} 칸으로 갑니다")
    last = _FIRST + max(len(changes), 1) - 1
    if not changes:
        cells.update({(_FIRST, column): (None, named("점검 글")) for column in WIDTHS})
        cells[_FIRST, NUMBER] = _SAME, named("점검 글")
        merges.append(Area(_FIRST, NUMBER, _FIRST, LINK))
    marks = _marks(changes, results)
    cells.update({(_FIRST + at, MARK): (mark, None) for at, mark in enumerate(marks)})
    image = SheetImage(
        cells=cells, merges=tuple(merges), heights=heights, links=links, columns={**WIDTHS, MARK: None},
        page=_PAGE, print_area=Area(1, NUMBER, last, LINK), freeze=(_FIRST, 1),
    )  # fmt: skip
    letter = column_letters(MARK)
    area = f"{quote_sheet(CHANGES)}!${letter}${_FIRST}:${letter}${_FIRST + max(len(marks), 1) - 1}"
    return [*_notes(changes, grids), ReplaceSheet(CHANGES, image), SetName(MARKED_WARNINGS, area)]


def amount_change(by: int | None) -> str:
    """Return by how much an amount differs, with its sign: ``+1,500``, ``△300``."""
    if by is None:
        return ""
    return f"+{format_amount(by)}" if by > 0 else format_amount(by)


def _row(row: int, change: Change) -> dict[Ref, tuple[Content, str | None]]:
    place = str(change.after_place) if change.after_place is not None else None
    amount = named("금액 단독")
    contents: tuple[tuple[Content, str], ...] = (
        (row - _FIRST + 1, named("점검 코드")),
        (change.kind.word, named(_WORDS[change.kind])),
        (change.section, named("점검 코드")),
        (change.what[: measure.LONGEST_CELL], named("점검 글")),
        _said(change.before),
        _said(change.after),
        (change.by, amount),
        (place, named("이동")),
    )
    return dict(zip(((row, at) for at in range(NUMBER, MARK)), contents, strict=True))


def _said(value: int | str | None) -> tuple[Content, str]:
    return value, named("금액 단독" if isinstance(value, int) else "점검 글")


def _height(cells: Mapping[Ref, tuple[Content, str | None]], row: int) -> float:
    need = 21.0
    for column in (WHAT, BEFORE, AFTER):
        content, name = cells[row, column]
        if isinstance(content, str) and name is not None:
            style = STYLES[name]
            lines = measure.line_count(content, measure.room(WIDTHS[column], style))
            need = max(need, measure.height(lines, style.size))
    return min(need, measure.TALLEST_ROW)


def _marks(changes: Sequence[Change], results: Grid | None) -> list[str]:
    """Return the cells to mark: those that differ, and what 점검결과 asks to look at."""
    marks = dict.fromkeys(str(c.after_place) for c in changes if c.after_place is not None)
    if results is not None:
        column = parse_a1(f"{MARKS_COLUMNS[MARKED_WARNINGS]}1")[1]
        known = (cell.value for ref, cell in sorted(results.cells.items()) if ref[1] == column)
        marks.update(dict.fromkeys(mark for mark in known if isinstance(mark, str) and "!" in mark))
    return list(marks)


def _notes(changes: Sequence[Change], grids: Mapping[str, Grid]) -> Iterator[Edit]:
    for name, grid in grids.items():
        if any(note.tag == TAG and not note.threaded for note in grid.notes.values()):
            yield DropNotes(TAG, name)
    placed = [change for change in changes if change.after_place is not None]
    placed.sort(key=lambda change: change.after_place or ())
    for place, here in groupby(placed, lambda change: change.after_place):
        if place is None or place.sheet not in grids:
            continue
        ref = place.row, place.column
        there = grids[place.sheet].notes.get(ref)
        if there is None or (there.tag == TAG and not there.threaded):
            texts = [_told(change) for change in here][:_MOST_NOTES]
            yield SetNote(place.sheet, ref, "\n".join(texts), TAG)


def _told(change: Change) -> str:
    before, after = shown(change.before), shown(change.after)
    by = amount_change(change.by)
    return f"[{change.kind.word}] {change.what}: {before} → {after}" + (f" ({by})" if by else "")


def shown(value: int | str | None) -> str:
    """Return a figure or text as people read it; what was not written is ``(빈칸)``."""
    if isinstance(value, int):
        return format_amount(value)
    return "(빈칸)" if value is None else value
