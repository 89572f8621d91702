"""The live adapter through xlwings' own Windows engine, on LibreOffice's implementation of Excel's objects.

One contract for every host: memory, file, and live in three ways (call by call; many changes in one call of
our VBA; read cell by cell where no copy can be saved). What LibreOffice cannot stand in for is listed in
``CANNOT_STAND_IN``, and taken into account in ``seen`` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests import rich
from tests.test_book_contract import CASES, OTHER, REFUSED, SETTLING, SHEET, STYLES
from xlbudget.book import Book, EditRefused, SheetUnknown, conflicts
from xlbudget.book.file import FileBook
from xlbudget.book.live import LiveBook
from xlbudget.book.live.differences import covered
from xlbudget.book.live.entries import canonical
from xlbudget.book.memory import MemoryBook
from xlbudget.edits import (
    Edit,
    InsertRows,
    SetCells,
    SetName,
)
from xlbudget.grid import Area, Cell, CellError, Grid

pytestmark = pytest.mark.office

VBA = Path(__file__).parent.parent / "xlbudget" / "excel" / "vba" / "BudgetStrokes.bas"
MACRO = "'xlbudget.xlam'!BudgetDraw"
MOST_CALLS = 40
CANNOT_STAND_IN = {
    "error constants": "typed #N/A stays text",
    "truth values": "a stored TRUE comes back as the formula TRUE()",
    "covered cells": "cells that a merged area hides come back with styles of their own",
    "heights": "every row that is used is stored with its height, set or not, to a tenth of a point",
    "widths": "columns are rounded to hundredths of a character, and stored where nobody set them",
    "links": "a link on a cell turns its content into a field, so the harness only remembers links",
    "page breaks": "a sheet has no ResetAllPageBreaks: the harness leaves it out of our VBA",
    "title rows": "PageSetup.PrintTitleRows does nothing: our VBA cannot set it there",
    "looks of styles": "Styles.Add is missing; the harness makes the style, its look is not compared",
    "control characters": "carriage returns and tabs within a cell become line breaks and blanks",
    "not there at all": "tables, threaded comments, dynamic arrays, slicers, real dialogs, edit mode",
}


@pytest.fixture(scope="module")
def host() -> Iterator[Any]:
    from tests.excel_office import uno_modules

    uno_modules()
    from tests.hosts.windows import Host

    with Host() as made:
        made.provide(VBA, "BudgetDraw", MACRO)
        yield made


@pytest.fixture(autouse=True)
def unharmed(host: Any) -> Iterator[None]:
    """Each test begins and ends without faults, and with Excel as people have it."""
    yield
    host.before_call = None
    assert host.office.alive()


@pytest.fixture
def opened(host: Any, tmp_path: Path) -> Iterator[Callable[[bytes], Any]]:
    """Opens workbooks that are closed after the test."""
    books: list[Any] = []

    def open_book(data: bytes) -> Any:
        path = tmp_path / f"2026년 예산({len(books)}안).xlsx"
        path.write_bytes(data)
        books.append(host.open(path))
        return books[-1]

    yield open_book
    host.before_call = None
    for book in books:
        book.close()


class ByRegions(LiveBook):
    """A workbook of which no copy can be read, as with document-security programs."""

    def __init__(self, book: Any, **given: Any) -> None:
        super().__init__(book, **given)
        self._hand.copy = lambda: b"DRMONE encrypted on its way to the disk"  # type: ignore[method-assign]


LIVE: Mapping[str, Callable[[Any], LiveBook]] = {
    "live": lambda book: LiveBook(book, styles=STYLES),
    "live, one call": lambda book: LiveBook(book, styles=STYLES, macro=MACRO),
    "live, by regions": lambda book: ByRegions(book, styles=STYLES),
}
HOSTS = ("memory", "file", *LIVE)


@pytest.fixture(scope="module")
def data() -> bytes:
    return rich.plain_workbook()


def made(name: str, data: bytes, opened: Callable[[bytes], Any]) -> Book:
    if name == "memory":
        stored = FileBook.from_bytes(data)
        return MemoryBook(map(stored.read, stored.sheets()), names={"자료합": "'자료'!$B$2:$B$9"})
    if name == "file":
        return FileBook.from_bytes(data, styles=STYLES)
    return LIVE[name](opened(data))


@pytest.fixture(params=HOSTS)
def book(request: pytest.FixtureRequest, data: bytes, opened: Callable[[bytes], Any]) -> Book:
    return made(request.param, data, opened)


def edits_of(name: str) -> list[Edit]:
    """A case of the common contract, without what LibreOffice cannot hold."""
    return [_holdable(edit) for edit in CASES[name]]


def _holdable(edit: Edit) -> Edit:
    if not isinstance(edit, SetCells):
        return edit
    held = {
        ref: content.replace("\t", " ").replace("\r", "\n") if isinstance(content, str) else content
        for ref, content in edit.cells.items()
        if not isinstance(content, CellError)
    }
    return SetCells(edit.sheet, held)


def seen(book: Book, like: Mapping[str, Grid] | None = None) -> dict[str, dict[str, object]]:
    """What hosts must agree on. Heights and widths count where ``like`` (a reference) sets them."""
    return {
        sheet: _seen(book.read(sheet), (like or {}).get(sheet, book.read(sheet))) for sheet in book.sheets()
    }


def _seen(grid: Grid, like: Grid) -> dict[str, object]:
    hidden = {ref for area in grid.merges for ref in covered(area)}
    cells = {}
    for ref, cell in grid.cells.items():
        value, formula, style = cell
        if formula == "TRUE()" or formula == "FALSE()":
            value, formula = formula == "TRUE()", None
        held = "=" + canonical(formula) if formula else value  # a host that calculates has values of its own
        found = (held, type(held), None if ref in hidden else style)
        if found != (None, type(None), None):
            cells[ref] = found
    return {
        "cells": cells,
        "merges": sorted(grid.merges),
        "heights": {row: round(grid.heights.get(row, 0)) for row in like.heights if row in _set(like)},
        "widths": {column: round(2 * grid.widths.get(column, 0)) for column in like.widths if column < 12},
        "notes": dict(grid.notes),
        "hidden": grid.hidden_rows,
    }


def _set(grid: Grid) -> set[int]:
    return {row for row, points in grid.heights.items() if not 12.0 <= points <= 15.5}


def different(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What two of them do not agree on, in few words."""
    found: list[tuple[Any, ...]] = [("sheets", tuple(one), tuple(other))] if tuple(one) != tuple(other) else []
    for sheet in one.keys() & other.keys():
        for kind, mine in one[sheet].items():
            theirs = other[sheet][kind]
            if isinstance(mine, dict) and mine != theirs:
                keys = [k for k in {**mine, **theirs} if mine.get(k) != theirs.get(k)]
                found += [(sheet, kind, k, mine.get(k), theirs.get(k)) for k in keys]
            elif mine != theirs:
                found.append((sheet, kind, mine, theirs))
    return found


def grids(book: Book) -> dict[str, Grid]:
    return {sheet: book.read(sheet) for sheet in book.sheets()}


class TestContract:
    """What every host must do alike."""

    @pytest.mark.parametrize("name", CASES)
    def test_the_same_edits_give_the_same_grid_and_the_way_back(
        self, name: str, book: Book, data: bytes, opened: Callable[[bytes], Any]
    ) -> None:
        reference = made("memory", data, opened)
        start = seen(reference)
        inverse = reference.apply(edits_of(name))
        assert different(seen(book, grids(made("memory", data, opened))), start) == []
        ours = book.apply(edits_of(name))
        like = grids(reference)
        assert different(seen(book, like), seen(reference)) == []
        assert list(map(type, ours)) == list(map(type, inverse))
        assert conflicts(book, edits_of(name)) == () or name in {"시트 두 번", "메모와 행"}
        redo = book.apply(ours)
        reference.apply(inverse)
        assert different(seen(book, grids(reference)), start) == []
        book.apply(redo)
        assert different(seen(book, like), seen(MemoryBook(like.values()))) == []

    @pytest.mark.parametrize("name", SETTLING)
    def test_a_second_time_changes_nothing(self, name: str, book: Book) -> None:
        book.apply(edits_of(name))
        before = seen(book)
        book.apply(edits_of(name))
        assert different(seen(book), before) == []

    @pytest.mark.parametrize("name", REFUSED)
    def test_all_or_nothing(self, name: str, book: Book) -> None:
        edits, told = REFUSED[name]
        before = seen(book)
        with pytest.raises((EditRefused, SheetUnknown), match=told):
            book.apply([SetCells(OTHER, {(1, 1): 99}), *edits])
        assert different(seen(book), before) == []

    def test_text_stays_text(self, book: Book) -> None:
        texts = ["=1+1", "+82", "-", "@이름", "'따옴표", "2026.1", "3월 1일", "1/2", "50%", "₩1,000", "TRUE", "(주)", "007", "１２", "＝A1", "1e5"]  # fmt: skip
        book.apply([SetCells(SHEET, {(20 + i, 2): text for i, text in enumerate(texts)})])
        grid = book.read(SHEET)
        assert [grid.cell(20 + i, 2)[:2] for i in range(len(texts))] == [(text, None) for text in texts]

    def test_rows_move_what_refers_to_them(self, book: Book) -> None:
        book.apply([SetName("자료합", "'자료'!$B$2:$B$9"), InsertRows(SHEET, 4, 2)])
        grid = book.read(SHEET)
        assert grid.cell(6, 3).formula == "B6*2"
        assert grid.cell(4, 2) == Cell(None, None, grid.cell(3, 2).style)
        assert {Area(3, 4, 3, 5), Area(4, 4, 4, 5), Area(5, 4, 5, 5)} <= set(grid.merges)
        assert canonical(book.read(OTHER).cell(1, 1).formula or "") == "SUM('자료'!B2:B11)"

