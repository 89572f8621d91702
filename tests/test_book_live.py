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
from tests.hosts.errors import busy, com_error, editing
from tests.test_book_contract import CASES, IMAGE, OTHER, REFUSED, SETTLING, SHEET, STYLES, TAG
from xlbudget import workflow
from xlbudget.book import Book, BookBusy, BookProtected, EditRefused, SheetUnknown, conflicts
from xlbudget.book.file import FileBook
from xlbudget.book.live import LiveBook
from xlbudget.book.live.differences import covered
from xlbudget.book.live.entries import canonical
from xlbudget.book.live.patience import WAITS
from xlbudget.book.memory import MemoryBook
from xlbudget.edits import (
    DropNotes,
    Edit,
    Formula,
    InsertRows,
    Link,
    ReplaceSheet,
    SetCells,
    SetName,
    SetNote,
    SetStyle,
    SheetImage,
)
from xlbudget.grid import Area, Cell, CellError, Grid
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.layout import DESCRIPTION, RESULTS
from xlbudget.workbook.styles import STYLES as BUDGET_STYLES

pytestmark = pytest.mark.office

VBA = Path(__file__).parent.parent / "xlbudget" / "excel" / "vba" / "BudgetStrokes.bas"
MACRO = "'xlbudget.xlam'!BudgetDraw"
MOST_CALLS = 40
FAR = (40, 30)
"""A cell that would have the reading by regions look at a thousand blank ones each time."""
CANNOT_STAND_IN = {
    "error constants": "typed #N/A stays text",
    "truth values": "a stored TRUE comes back as the formula TRUE()",
    "covered cells": "cells that a merged area hides come back with styles of their own",
    "heights": "every row that is used is stored with its height, set or not, and worked out anew when a cell changes",
    "widths": "columns are rounded to hundredths of a character, and stored where nobody set them",
    "structure": "the protection of a workbook's structure is not stored in its copy",
    "used range": "cells that only have a style do not count as used",
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


class Pool:
    """Open workbooks: one that a test left as it was serves the next test too."""

    def __init__(self, host: Any, folder: Path) -> None:
        self._host, self._folder = host, folder
        self._free: dict[bytes, list[Any]] = {}
        self._given: list[tuple[bytes, Any]] = []
        self._pristine: dict[bytes, Any] = {}
        self._made = 0

    def open(self, data: bytes) -> Any:
        book = self._free[data].pop() if self._free.get(data) else self._opened(data)
        self._given.append((data, book))
        return book

    def _opened(self, data: bytes) -> Any:
        path = self._folder / f"2026년 예산({self._made}안).xlsx"
        path.write_bytes(data)
        self._made += 1
        book = self._host.open(path)
        self._pristine.setdefault(data, whole(book))
        return book

    def give_back(self) -> None:
        for data, book in self._given:
            if different(whole(book), self._pristine[data]):
                book.close()
            else:
                self._free.setdefault(data, []).append(book)
        self._given.clear()


@pytest.fixture(scope="module")
def pool(host: Any, tmp_path_factory: pytest.TempPathFactory) -> Pool:
    return Pool(host, tmp_path_factory.mktemp("books"))


@pytest.fixture
def opened(host: Any, pool: Pool) -> Iterator[Callable[[bytes], Any]]:
    """Opens workbooks for one test."""
    yield pool.open
    host.before_call = None
    pool.give_back()


class ByRegions(LiveBook):
    """A workbook of which no copy can be read, as with document-security programs."""

    def __init__(self, book: Any, **given: Any) -> None:
        super().__init__(book, **given)
        self._hand.copy = lambda: b"DRMONE encrypted on its way to the disk"  # type: ignore[method-assign]


Open = Callable[[bytes], Any]
LIVE: Mapping[str, Callable[[Any], LiveBook]] = {
    "live": lambda book: LiveBook(book, styles=STYLES, macro=MACRO),
    "live, call by call": lambda book: LiveBook(book, styles=STYLES),
    "live, by regions": lambda book: ByRegions(book, styles=STYLES),
}
HOSTS = ("memory", "file", *LIVE)
SLOW = frozenset({"live, call by call", "live, by regions"})
TELLING = frozenset(
    {"값 여러 가지", "스타일과 값", "새 시트", "행 넣고 쓰기", "메모 고치기", "이름 없애기", "깨진 글자"}
)
"""Cases that the slow ways go through: one of each kind."""
CASES_BY_HOST = [
    pytest.param(host, name, id=f"{host}: {name}")
    for host in HOSTS
    for name in CASES
    if host not in SLOW or name in TELLING
]
REFUSED_BY_HOST = [
    pytest.param(host, name, id=f"{host}: {name}")
    for host in HOSTS
    for name in REFUSED
    if host not in SLOW or name in TELLING
]


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
        if not isinstance(content, CellError) and ref != FAR
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


def different(
    one: Mapping[str, Any], other: Mapping[str, Any], *, blanks: bool = True
) -> list[tuple[Any, ...]]:
    """What two of them do not agree on, in few words; without ``blanks`` no cells that only have a style."""
    found: list[tuple[Any, ...]] = (
        [("sheets", tuple(one), tuple(other))] if tuple(one) != tuple(other) else []
    )
    for sheet in one.keys() & other.keys():
        for kind, mine in one[sheet].items():
            theirs = other[sheet][kind]
            if isinstance(mine, dict) and mine != theirs:
                keys = [k for k in {**mine, **theirs} if mine.get(k) != theirs.get(k)]
                if kind == "cells" and not blanks:
                    keys = [k for k in keys if (mine.get(k) or theirs.get(k))[0] is not None]
                found += [(sheet, kind, k, mine.get(k), theirs.get(k)) for k in keys]
            elif mine != theirs:
                found.append((sheet, kind, mine, theirs))
    return found


def grids(book: Book) -> dict[str, Grid]:
    return {sheet: book.read(sheet) for sheet in book.sheets()}


class TestContract:
    """What every host must do alike."""

    @pytest.mark.parametrize(("of", "name"), CASES_BY_HOST)
    def test_the_same_edits_give_the_same_grid_and_the_way_back(
        self, of: str, name: str, data: bytes, opened: Open
    ) -> None:
        book, reference = made(of, data, opened), made("memory", data, opened)
        edits, started = edits_of(name), grids(reference)
        start = seen(reference)
        inverse = reference.apply(edits)
        like, blanks = grids(reference), not isinstance(book, ByRegions)
        assert different(seen(book, started), start) == []
        ours = book.apply(edits)
        assert different(seen(book, like), seen(reference), blanks=blanks) == []
        assert list(map(type, ours)) == list(map(type, inverse))
        assert conflicts(book, edits) == () or name in {"시트 두 번", "메모와 행"}
        redo = book.apply(ours)
        assert different(seen(book, started), start) == []
        book.apply(redo)
        assert different(seen(book, like), seen(reference), blanks=blanks) == []
        if name in SETTLING:
            book.apply(edits)
            assert different(seen(book, like), seen(reference), blanks=blanks) == []
        book.apply(ours)

    @pytest.mark.parametrize(("of", "name"), REFUSED_BY_HOST)
    def test_all_or_nothing(self, of: str, name: str, data: bytes, opened: Open) -> None:
        book = made(of, data, opened)
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


SMALL = SheetImage(
    {
        (1, 1): ("제목", "xlb 머리"),
        (2, 2): (Formula("SUM('자료'!B2:B9)", 36000), "xlb 금액"),
        (3, 1): (True, None),
    },
    merges=(Area(1, 1, 1, 2),),
    heights={1: 39.0},
    breaks=(2,),
    links={(3, 1): Link("'자료'!B2", "보기")},
    columns={1: 30.5},
)
EVERYTHING: list[Edit] = [
    SetCells(SHEET, {(2, 2): 7, (3, 2): "=글", (3, 3): Formula("B3*5", 10000), (12, 1): "새 글"}),
    SetStyle(SHEET, ((2, 1),), "xlb 머리"),
    SetNote(SHEET, (9, 2), "확인하세요.", TAG),
    InsertRows(SHEET, 4, 2),
    SetCells(SHEET, {(4, 1): "끼움", (4, 2): 50}),
    ReplaceSheet("결과", SMALL),
    SetName("의심칸", "'결과'!$A$3"),
    SetName("자료합", None),
    DropNotes(TAG),
]
"""One application in which every kind of edit occurs."""

WRITERS = ("live", "live, call by call")


def whole(book: Any) -> dict[str, Any]:
    """The workbook as it is: sheets, names, and the settings of Excel."""
    application = book.app.api
    kept = ("ScreenUpdating", "EnableEvents", "DisplayAlerts", "Calculation")
    settings = {name: getattr(application, name) for name in kept}
    names = {name.name: name.refers_to for name in book.names}
    return {**seen(LiveBook(book)), "names": {"all": names}, "settings": {"all": settings}}


class Fault:
    """Refuses one call, or every call from one on; keeps what was called."""

    def __init__(self, at: int, error: Callable[[], Exception], *, lasting: bool = False) -> None:
        self.at, self.error, self.lasting = at, error, lasting
        self.calls: list[str] = []

    def __call__(self, kind: str, member: str, _: Sequence[Any]) -> None:
        self.calls.append(f"{kind} {member}")
        number = len(self.calls)
        if number == self.at or (self.lasting and number > self.at):
            raise self.error()


def broken() -> Exception:
    return com_error("The remote procedure call failed.")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting takes no time; how long it would have been is kept."""
    waited: list[float] = []
    monkeypatch.setattr("xlbudget.book.live.patience.time.sleep", waited.append)
    return waited


@pytest.mark.parametrize("writer", WRITERS)
def test_a_fault_at_any_call_leaves_the_workbook_as_before_or_as_after(
    writer: str, host: Any, data: bytes, opened: Open
) -> None:
    book = opened(data)
    before = whole(book)
    host.before_call = counting = Fault(0, broken)
    inverse = LIVE[writer](book).apply(EVERYTHING)
    host.before_call = None
    calls, after = len(counting.calls), whole(book)
    LIVE[writer](book).apply(inverse)
    assert different(whole(book), before) == []
    assert calls > 20 and different(after, before)
    outcomes = {"before": 0, "after": 0}
    for number in range(1, calls + 1):
        host.before_call = fault = Fault(number, broken)
        live = LIVE[writer](book)
        try:
            inverse = live.apply(EVERYTHING)
        except (EditRefused, com_error):
            host.before_call = None
            assert different(whole(book), before) == [], (number, fault.calls[number - 1])
            outcomes["before"] += 1
        else:
            host.before_call = None
            assert different(whole(book), after) == [], (number, fault.calls[number - 1])
            outcomes["after"] += 1
            live.apply(inverse)
    assert outcomes["before"] > 0 and outcomes["after"] > 0


def test_a_macro_that_stops_midway_is_taken_back(
    host: Any, data: bytes, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = opened(data)
    before = whole(book)
    draw = host.excel.shims.macros[MACRO]
    stops: list[int] = []

    def stopping(at: int) -> Callable[..., Any]:
        def run(name: str, text: str) -> Any:
            strokes = text.split("\x1e")
            if stops or len(strokes) <= at:
                return draw(name, text)
            stops.append(at)
            if at:
                draw(name, "\x1e".join(strokes[:at]))
            return at, "1004 no more memory"

        return run

    edits = [edit for edit in EVERYTHING if not isinstance(edit, InsertRows)]
    for at in range(12):
        stops.clear()
        monkeypatch.setitem(host.excel.shims.macros, MACRO, stopping(at))
        with pytest.raises(EditRefused, match="no more memory"):
            LIVE["live"](book).apply(edits)
        assert stops == [at]
        monkeypatch.setitem(host.excel.shims.macros, MACRO, draw)
        assert different(whole(book), before) == [], at


@pytest.mark.parametrize("error", [busy, editing])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_busy_excel_is_waited_for(
    writer: str, error: Callable[[], Exception], host: Any, data: bytes, opened: Open, quick: list[float]
) -> None:
    book = opened(data)

    class Rejecting:
        """Rejects each call three times before it is let through."""

        times = 0

        def __call__(self, *_: Any) -> None:
            self.times = (self.times + 1) % 4
            if self.times:
                raise error()

    host.before_call = Rejecting()
    LIVE[writer](book).apply(CASES["수식과 값"])
    host.before_call = None
    assert LiveBook(book).read(SHEET).cell(2, 3).formula == "B2*3"
    assert set(quick) == set(WAITS[:3])


@pytest.mark.parametrize("error", [busy, editing])
def test_an_excel_that_stays_busy_is_named(
    error: Callable[[], Exception], host: Any, data: bytes, opened: Open, quick: list[float]
) -> None:
    book = opened(data)
    host.before_call = Fault(1, error, lasting=True)
    with pytest.raises(BookBusy, match="셀 편집을 마치고 다시 누르세요"):
        LIVE["live"](book).apply(CASES["수식과 값"])
    assert sum(quick) < 20
    host.before_call = None
    assert LiveBook(book).read(SHEET).cell(2, 3).formula == "B2*2"


def test_an_excel_that_dies_midway_leaves_a_copy(
    host: Any, data: bytes, opened: Open, quick: list[float]
) -> None:
    book = opened(data)
    host.before_call = counting = Fault(0, broken)
    LIVE["live, call by call"](book).apply(LIVE["live, call by call"](book).apply(EVERYTHING))
    at = counting.calls.index("set Style") + 1
    host.before_call = Fault(at, broken, lasting=True)
    with pytest.raises(Exception, match=r".") as caught:
        LIVE["live, call by call"](book).apply(EVERYTHING)
    host.before_call = None
    told = next(text for text in map(str, chain_of(caught.value)) if "사본: " in text)
    copy = Path(told.rpartition("사본: ")[2])
    try:
        assert FileBook.open(copy).read(SHEET).value(2, 2) == 1000
    finally:
        copy.unlink()
        for setting in ("ScreenUpdating", "EnableEvents", "DisplayAlerts"):
            setattr(book.app.api, setting, True)
        book.app.api.Calculation = AUTOMATIC


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__context__


AUTOMATIC, MANUAL = -4105, -4135


def test_what_is_protected_stays_untouched(host: Any, data: bytes, opened: Open) -> None:
    book = opened(data)
    before = whole(book)
    sheet = book.sheets[SHEET].api
    sheet.Protect("비밀")
    for writer in LIVE:
        host.before_call = watching = Fault(0, broken)
        with pytest.raises(BookProtected, match=f"'{SHEET}' 시트가 보호되어"):
            LIVE[writer](book).apply([SetCells(OTHER, {(5, 5): 1}), SetCells(SHEET, {(2, 2): 5})])
        host.before_call = None
        assert not {"set Formula", "set Style", "call Run"} & set(watching.calls)
    LIVE["live"](book).apply(LIVE["live"](book).apply([SetCells(OTHER, {(5, 5): 1})]))
    sheet.Unprotect("비밀")
    book.api.Protect("비밀")
    for writer in LIVE:
        with pytest.raises(BookProtected, match="구조가 보호되어"):
            LIVE[writer](book).apply([ReplaceSheet("결과", IMAGE)])
    book.api.Unprotect("비밀")
    assert different(whole(book), before) == []


@pytest.mark.parametrize("writer", LIVE)
def test_what_the_user_would_lose_is_refused(writer: str, data: bytes, opened: Open) -> None:
    book = opened(data)
    with pytest.raises(EditRefused, match=f"{SHEET}!E3: 병합된 칸 D3:E3"):
        LIVE[writer](book).apply([SetCells(SHEET, {(2, 2): 1, (3, 5): 1})])
    assert LiveBook(book).read(SHEET).value(2, 2) == 1000
    inverse = LIVE[writer](book).apply([ReplaceSheet("결과", IMAGE)])
    book.sheets[OTHER].range("C5").api.Formula = "='결과'!B4*2"
    with pytest.raises(EditRefused, match=f"{OTHER}!C5: '결과' 시트를 쓰는"):
        LIVE[writer](book).apply(inverse)
    assert "결과" in LiveBook(book).sheets()
    book.sheets[OTHER].range("C5").api.AddComment("검토 의견")
    with pytest.raises(EditRefused, match="메모"):
        LIVE[writer](book).apply([ReplaceSheet(OTHER, IMAGE)])
    with pytest.raises(EditRefused, match="다른 메모"):
        LIVE[writer](book).apply([SetNote(OTHER, (5, 3), "가", TAG)])


def test_the_users_own_settings_come_back(host: Any, data: bytes, opened: Open) -> None:
    from xlwings import _xlwindows

    book = opened(data)
    application = book.app.api
    application.Calculation, application.EnableEvents = MANUAL, False
    try:
        book.sheets[OTHER].activate()
        attempts = _xlwindows.N_COM_ATTEMPTS
        LIVE["live"](book).apply([*EVERYTHING, ReplaceSheet("둘째", IMAGE)])
        assert (application.Calculation, application.EnableEvents) == (MANUAL, False)
        assert application.ScreenUpdating is True
        assert attempts == _xlwindows.N_COM_ATTEMPTS
        assert book.sheets.active.name == OTHER
    finally:
        application.Calculation, application.EnableEvents = AUTOMATIC, True


def test_a_book_that_was_never_saved_needs_no_path(host: Any) -> None:
    host.application.Workbooks.Add()
    book = host.xlwings.books.active
    try:
        assert not book.api.Path
        host.before_call = watching = Fault(0, broken)
        live = LiveBook(book, styles=STYLES)
        inverse = live.apply([ReplaceSheet("결과", IMAGE), SetCells("결과", {(9, 1): "=글"})])
        assert live.read("결과").value(9, 1) == "=글"
        live.apply(inverse)
        assert "결과" not in live.sheets()
        host.before_call = None
        assert not book.api.Path
        assert not {"call Quit", "call Open", "call Save", "call SaveAs", "call Close"} & set(watching.calls)
    finally:
        host.before_call = None
        book.close()


def test_missing_styles_are_brought_along(host: Any, data: bytes, opened: Open) -> None:
    book = opened(data)
    family = host.document(book).StyleFamilies.getByName("CellStyles")
    assert not family.hasByName("xlb 머리")
    with pytest.raises(EditRefused, match="셀 스타일 'xlb 머리'"):
        LiveBook(book).apply([SetStyle(SHEET, ((2, 2),), "xlb 머리")])
    LIVE["live"](book).apply([SetStyle(SHEET, ((2, 2),), "xlb 머리")])
    assert family.hasByName("xlb 머리")
    assert LiveBook(book).read(SHEET).cell(2, 2) == Cell(1000, None, "xlb 머리")


def test_an_inverse_of_another_host_is_refused(data: bytes, opened: Open) -> None:
    inverse = FileBook.from_bytes(data, styles=STYLES).apply([ReplaceSheet(OTHER, IMAGE)])
    with pytest.raises(EditRefused, match="다른 통합 문서에서 만든 되돌리기"):
        LIVE["live"](opened(data)).apply(inverse)


def test_the_picture_is_kept_until_it_is_forgotten(data: bytes, opened: Open) -> None:
    book = opened(data)
    live = LIVE["live"](book)
    assert live.read(SHEET).value(2, 2) == 1000
    book.sheets[SHEET].range("B2").api.Value = 5
    assert live.read(SHEET).value(2, 2) == 1000
    live.refresh()
    assert live.read(SHEET).value(2, 2) == 5


@pytest.fixture(scope="module")
def demo() -> bytes:
    return workflow.open_book(resource(DEMO_PROJECT)).to_bytes()


class TestDemo:
    """Everything at once on the filled example; each command by itself is in ``test_excel_live``."""

    @staticmethod
    def build(book: Any, macro: str) -> tuple[LiveBook, tuple[Edit, ...]]:
        live = LiveBook(book, styles=BUDGET_STYLES, macro=macro)
        return live, live.apply(workflow.plan(live, "build").edits)

    def test_without_a_printer_the_sheet_comes_all_the_same(
        self, host: Any, demo: bytes, opened: Open
    ) -> None:
        book = opened(demo)

        def no_printer(_: str, member: str, __: Sequence[Any]) -> None:
            if member == "PageSetup":
                raise com_error("Unable to set the Orientation property of the PageSetup class")

        host.before_call = no_printer
        live = LiveBook(book, styles=BUDGET_STYLES)
        live.apply(workflow.plan(live, "check").edits)
        host.before_call = None
        assert [notice.split("'")[1] for notice in live.notices] == [RESULTS]
        assert live.read(RESULTS).last_row > 5

    def test_call_by_call_it_is_what_the_file_adapter_writes_and_pages_are_set_up_once(
        self, demo: bytes, opened: Open
    ) -> None:
        book = opened(demo)
        live, inverse = self.build(book, "")
        assert inverse and live.notices == ()
        file = FileBook.from_bytes(demo, styles=BUDGET_STYLES)
        file.apply(workflow.plan(file, "build").edits)
        assert different(seen(live, grids(file)), seen(file)) == []
        assert self.build(book, "")[1] == ()
        sheet = book.sheets[DESCRIPTION].api
        assert sheet.PageSetup.PrintArea.replace("$", "") == "A1:J86"
        assert sheet.HPageBreaks.Count >= 1
        assert "예산 사업설명서" in sheet.PageSetup.LeftHeader
        assert book.sheets[RESULTS].api.PageSetup.Orientation == 2
        sheet.PageSetup.LeftMargin = 100.0
        book.sheets[DESCRIPTION].range("C:C").column_width = 15
        sheet.Range("A1").Formula = "다른 제목"
        assert self.build(book, "")[1]
        assert sheet.PageSetup.LeftMargin == pytest.approx(100.0, abs=0.5)
        assert book.sheets[DESCRIPTION].range("C1").column_width == pytest.approx(15, abs=0.1)
        assert sheet.Range("A1").Value != "다른 제목"

    def test_both_ways_of_reading_agree(self, demo: bytes, opened: Open) -> None:
        book = opened(demo)
        live = LiveBook(book, styles=BUDGET_STYLES, macro=MACRO)
        live.apply(workflow.plan(live, "fill").edits)
        copied, regions = LiveBook(book), ByRegions(book)
        assert copied.sheets() == regions.sheets()
        for sheet in ("예산총괄", "결산현황", DESCRIPTION):
            like = copied.read(sheet)
            pair = ({sheet: _seen(grid, like)} for grid in (regions.read(sheet), like))
            assert different(*pair, blanks=False) == []
