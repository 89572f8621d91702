"""From one state of a sheet to another, as strokes. Pure; what is the same is left alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from xlbudget.book.live.entries import Entry, canonical, entry, goes_as_value
from xlbudget.book.live.picture import Frame
from xlbudget.book.live.strokes import Kind, Stroke, addresses, column_address, rectangles, row_address, runs
from xlbudget.book.values import same
from xlbudget.grid import EMPTY, Area, Cell, Grid, Note, Ref, a1

NORMAL = "Normal"
_SAME_HEIGHT = 0.5
_SAME_WIDTH = 0.3
"""Excel rounds heights and widths to whole dots of the screen."""
PADDING = 0.68
"""Characters by which a file's column width is more than Excel's ``ColumnWidth``: five dots."""

Texts = Callable[[str | None], bool]
"""Whether a style formats cells as text."""


class State(NamedTuple):
    """A sheet's cells and what it has beside them."""

    grid: Grid
    frame: Frame


def differences(old: State, new: State, texts: Texts) -> Iterator[Stroke]:
    """Yield the strokes that make the new sheet of the old one, in an order that works: links before styles
    (Excel gives a linked cell a style of its own), styles before contents (a cell formatted as text would keep
    a formula as text), merges last.
    """
    sheet, before, after = new.grid.name, old.grid, new.grid
    yield from _merging(Kind.UNMERGE, sheet, set(before.merges) - set(after.merges))
    yield from _links(sheet, old.frame, new.frame)
    yield from _styles(sheet, before, after, _relinked(old.frame, new.frame))
    yield from _contents(sheet, before, after, texts)
    yield from _notes(sheet, before.notes, after.notes)
    yield from _heights(sheet, before, after)
    yield from _widths(sheet, before.widths, after.widths)
    yield from _merging(Kind.MERGE, sheet, set(after.merges) - set(before.merges))


def holds(one: Cell, other: Cell) -> bool:
    """Tell whether two cells hold the same; a formula counts by its text, an empty text as nothing."""
    if one.formula is not None or other.formula is not None:
        return canonical(one.formula or "") == canonical(other.formula or "")
    return same(_blank(one), _blank(other))


def _blank(cell: Cell) -> Cell:
    return EMPTY if cell.value == "" and not cell.formula else Cell(cell.value)


def _refs(before: Grid, after: Grid) -> Iterable[Ref]:
    return {**before.cells, **after.cells}


def _contents(sheet: str, before: Grid, after: Grid, texts: Texts) -> Iterator[Stroke]:
    changed: dict[Ref, Entry] = {}
    for ref in _refs(before, after):
        cell = after.cells.get(ref, EMPTY)
        if not holds(before.cells.get(ref, EMPTY), cell):
            changed[ref] = entry(cell, as_text=texts(cell.style))
    alone = {ref for ref, given in changed.items() if goes_as_value(given)}
    for area in rectangles(changed.keys() - alone):
        yield Stroke(Kind.ENTER, sheet, str(area), _rows(area, changed))
    for ref in sorted(alone):
        yield Stroke(Kind.ENTER, sheet, a1(*ref), ((changed[ref],),))


def _rows(area: Area, entries: Mapping[Ref, Entry]) -> tuple[tuple[Entry, ...], ...]:
    columns = range(area.left, area.right + 1)
    return tuple(tuple(entries[row, c] for c in columns) for row in range(area.top, area.bottom + 1))


def _styles(sheet: str, before: Grid, after: Grid, anyway: set[Ref]) -> Iterator[Stroke]:
    """Cells that a merged area hides look like its first one, whatever is said of them."""
    first = {ref: area[:2] for area in after.merges for ref in covered(area)}
    old_first = {ref: area[:2] for area in before.merges for ref in covered(area)}
    wanted: dict[str, list[Ref]] = defaultdict(list)
    for ref in {*_refs(before, after), *first, *anyway}:
        style = after.cells.get(first.get(ref, ref), EMPTY).style
        hidden = first.get(ref) if first.get(ref) == old_first.get(ref) else None
        if style != before.cells.get(hidden or ref, EMPTY).style or ref in anyway:
            wanted[style or NORMAL].append(ref)
    for style, refs in wanted.items():
        for where in addresses(map(str, rectangles(refs))):
            yield Stroke(Kind.STYLE, sheet, where, style)


def covered(area: Area) -> Iterator[Ref]:
    """Yield the cells that a merged area hides; they look like the first one."""
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            if (row, column) != area[:2]:
                yield row, column


def _merging(kind: Kind, sheet: str, areas: Iterable[Area]) -> Iterator[Stroke]:
    for where in addresses(map(str, sorted(areas))):
        yield Stroke(kind, sheet, where)


def _notes(sheet: str, before: Mapping[Ref, Note], after: Mapping[Ref, Note]) -> Iterator[Stroke]:
    for ref in sorted(before.keys() - after.keys()):
        yield Stroke(Kind.UNNOTE, sheet, a1(*ref))
    for ref, note in sorted(after.items()):
        if before.get(ref) != note:
            yield Stroke(Kind.NOTE, sheet, a1(*ref), note_text(note))


def note_text(note: Note) -> str:
    """Return the whole text of a note, our tag as its last line."""
    if note.tag is None:
        return note.text
    return f"{note.text}\n[{note.tag}]" if note.text else f"[{note.tag}]"


def _heights(sheet: str, before: Grid, after: Grid) -> Iterator[Stroke]:
    wanted: dict[float | None, list[int]] = defaultdict(list)
    for row in {**before.heights, **after.heights}:
        old, new = before.heights.get(row), after.heights.get(row)
        if old is None or new is None or abs(old - new) > _SAME_HEIGHT:
            wanted[new].append(row)
    for points, rows in wanted.items():
        yield from _by_rows(Kind.HEIGHT, sheet, rows, points)
    yield from _by_rows(Kind.HIDE, sheet, before.hidden_rows - after.hidden_rows, False)
    yield from _by_rows(Kind.HIDE, sheet, after.hidden_rows - before.hidden_rows, True)


def _widths(sheet: str, before: Mapping[int, float], after: Mapping[int, float]) -> Iterator[Stroke]:
    wanted: dict[float | None, list[int]] = defaultdict(list)
    for column in {**before, **after}:
        old, new = before.get(column), after.get(column)
        if old is None or new is None or abs(old - new) > _SAME_WIDTH:
            wanted[new].append(column)
    for width, columns in wanted.items():
        for where in addresses(column_address(*run) for run in runs(columns)):
            yield Stroke(Kind.WIDTH, sheet, where, width and max(width - PADDING, 0.0))


def _by_rows(kind: Kind, sheet: str, rows: Iterable[int], value: float | bool | None) -> Iterator[Stroke]:
    for where in addresses(row_address(*run) for run in runs(rows)):
        yield Stroke(kind, sheet, where, value)


def _relinked(before: Frame, after: Frame) -> set[Ref]:
    refs = {**before.links, **after.links}
    return {ref for ref in refs if before.links.get(ref) != after.links.get(ref)}


def _links(sheet: str, before: Frame, after: Frame) -> Iterator[Stroke]:
    for ref in sorted(_relinked(before, after)):
        if ref in before.links:
            yield Stroke(Kind.UNLINK, sheet, a1(*ref))
        if ref in after.links:
            yield Stroke(Kind.LINK, sheet, a1(*ref), tuple(after.links[ref]))
