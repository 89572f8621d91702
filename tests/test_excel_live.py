"""A click on the ribbon, down to the cells: the very VBA text, our macros, xlwings' own Windows engine.

Only xlwings' VBA module is replaced, by one that calls this process, and LibreOffice stands in for Excel.
Errors in Basic are silent there, so tests look at what happened to the workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.excel_office import CASES
from tests.test_book_live import BUDGET_STYLES, MOST_CALLS, VBA, different, grids, seen
from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.book.live import LiveBook
from xlbudget.book.memory import MemoryBook
from xlbudget.edits import SetCells
from xlbudget.excel.macros import STROKES_MACRO
from xlbudget.excel.package import with_macros
from xlbudget.excel.registry import COMMANDS
from xlbudget.grid import Grid
from xlbudget.resources import DEMO_PROJECT, STANDARD_WORKBOOK, resource
from xlbudget.workbook.layout import DESCRIPTION, RESULTS, SETTINGS

pytestmark = pytest.mark.office
NAME = "2026년 예산(안).xlsm"
WRITING = {
    "Calculate": "calculate",
    "Fill": "fill",
    "Check": "check",
    "Describe": "describe",
    "Build": "build",
}


@pytest.fixture(scope="module")
def host() -> Iterator[Any]:
    from tests.excel_office import uno_modules

    uno_modules()
    from tests.hosts.windows import Host

    with Host() as made:
        yield made


@pytest.fixture(scope="module")
def demo() -> bytes:
    """The filled example with a slip in it, so that there is something to find."""
    book = workflow.open_book(resource(DEMO_PROJECT))
    book.apply([SetCells("추진일정", {(6, 4): 99})])
    return book.to_bytes()


class Desk:
    """The open workbook with its macros, and what a person can do with it."""

    def __init__(self, host: Any, path: Path) -> None:
        from com.sun.star.task import XJob

        self.host, self.book = host, host.open(path, macros=True)
        self.ran: list[str] = []
        self.calls: list[str] = []
        document = host.document(self.book)
        self._provider = document.getScriptProvider()
        library = document.BasicLibraries.getByName("VBAProject")
        for source in ("XlwingsServer.cls", "FakeControl.cls", "Clicks.bas"):
            library.insertByName(source.partition(".")[0], (CASES / source).read_text(encoding="ascii"))
        ran = self.ran

        class Job(host.office.unohelper.Base, XJob):  # type: ignore[misc, name-defined]
            def execute(self, arguments: Any) -> None:
                command = {argument.Name: argument.Value for argument in arguments}["run"]
                ran.append(command)
                exec(command, {})

        self._run("xlwings.SetBridge", Job())

    def _run(self, procedure: str, *arguments: object) -> None:
        self._provider.getScript(
            f"vnd.sun.star.script:VBAProject.{procedure}?language=Basic&location=document"
        ).invoke(arguments, (), ())

    def click(self, command: str, watch: Callable[[str, str, Sequence[Any]], None] | None = None) -> str:
        """Click a button of the ribbon and return what the box says, empty where there was none."""
        before = len(self.host.boxes)
        self.calls.clear()

        def called(kind: str, member: str, given: Sequence[Any]) -> None:
            self.calls.append(f"{kind} {member}")
            if watch is not None:
                watch(kind, member, given)

        self.host.before_call = called
        self._run("Clicks.Click", command)
        self.host.before_call = None
        assert len(self.calls) <= MOST_CALLS, (command, self.calls)
        return "\n".join(self.host.boxes[before:])

    def seen(self) -> LiveBook:
        return LiveBook(self.book, styles=BUDGET_STYLES)


@pytest.fixture(scope="module")
def workbook(host: Any, demo: bytes, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Desk]:
    """Opens the workbook, closing the one before: its macros are found by its name."""
    made = with_macros(demo, (CASES / "xlwings.bas").read_text(encoding="ascii"))
    host.provide(VBA, STROKES_MACRO, f"'{NAME}'!{STROKES_MACRO}")

    def open_it() -> Desk:
        path = tmp_path_factory.mktemp("book") / NAME
        path.write_bytes(made)
        return Desk(host, path)

    return open_it


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """The workbook that the last test left as it was, and what it held."""
    return {}


@pytest.fixture
def desk(
    host: Any,
    demo: bytes,
    workbook: Callable[[], Desk],
    kept: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    monkeypatch.setattr("xlbudget.excel.desk._STEPS", {})
    if not kept:
        made = workbook()
        kept.update(desk=made, start=grids(made.seen()))
    made = kept["desk"]
    made.ran.clear()
    monkeypatch.setattr("xlwings.Book.caller", lambda: made.book)
    yield made
    host.before_call = None
    if changed(made, kept["start"], demo):
        made.book.close()
        kept.clear()


@pytest.mark.parametrize("command", WRITING)
def test_a_click_writes_what_the_file_adapter_writes_and_is_undone(
    command: str, desk: Desk, demo: bytes
) -> None:
    start = grids(desk.seen())
    told = desk.click(command)
    assert "마쳤습니다" in told and "오류" in told
    assert len(desk.ran) == 1 and f"m.run('{command}'" in desk.ran[0]
    file = FileBook.from_bytes(demo, styles=BUDGET_STYLES)
    like = grids(file)
    file.apply(workflow.plan(file, WRITING[command]).edits)
    written = {sheet: like.get(sheet, grid) for sheet, grid in grids(file).items()}
    assert different(seen(desk.seen(), written), seen(file, written)) == []
    front = {"Check": RESULTS, "Describe": DESCRIPTION, "Build": DESCRIPTION}.get(command)
    assert front is None or desk.book.sheets.active.name == front
    assert "되돌렸습니다" in desk.click("Undo")
    assert changed(desk, start, demo) == []


def changed(desk: Desk, start: Mapping[str, Grid], demo: bytes) -> list[tuple[Any, ...]]:
    """What is not as it was; LibreOffice works out heights anew that nobody set, so those do not count."""
    like = grids(FileBook.from_bytes(demo))
    return different(seen(desk.seen(), like), seen(MemoryBook(start.values()), like))


def test_undo_is_refused_politely_when_a_cell_was_changed_since(desk: Desk) -> None:
    desk.click("Fill")
    desk.book.sheets["예산총괄"].range("D7").api.Value = 1
    told = desk.click("Undo")
    assert "직접 고친 칸이 있어 되돌리지 않았습니다: 예산총괄!D7" in told
    assert desk.book.sheets["예산총괄"].range("D7").value == 1


def test_a_click_on_a_protected_sheet_says_so_and_changes_nothing(desk: Desk, demo: bytes) -> None:
    desk.book.sheets["예산총괄"].api.Protect("비밀")
    start = grids(desk.seen())
    assert "'예산총괄' 시트가 보호되어" in desk.click("Build")
    assert changed(desk, start, demo) == []
    desk.book.sheets["예산총괄"].api.Unprotect("비밀")


def test_preview_shows_and_changes_nothing(desk: Desk, demo: bytes) -> None:
    start = grids(desk.seen())
    told = desk.click("Preview")
    assert "이렇게 바뀝니다" in told and "예산총괄" in told
    assert changed(desk, start, demo) == []


def test_from_finding_to_finding_and_marks_away(desk: Desk) -> None:
    desk.click("Check")
    assert desk.click("NextFinding") == ""
    assert desk.book.sheets.active.name not in {RESULTS, "안내"}
    assert "표시를 지웠습니다" in desk.click("ClearMarks")
    assert "표시된 칸이 없습니다" in desk.click("NextFinding")


def test_a_pdf_lies_beside_the_workbook(desk: Desk) -> None:
    assert "아직 없습니다" in desk.click("SavePdf")
    desk.click("Describe")
    assert "PDF로 저장했습니다" in desk.click("SavePdf")
    assert "(2).pdf" in desk.click("SavePdf")
    made = list(Path(desk.book.api.FullName).parent.glob("*.pdf"))
    assert len(made) == 2 and all(pdf.read_bytes().startswith(b"%PDF") for pdf in made)


def test_settings_help_and_diagnosis_open(desk: Desk) -> None:
    assert desk.click("Settings") == ""
    assert desk.book.sheets.active.name == SETTINGS
    assert desk.click("Help") == ""
    assert desk.book.sheets.active.name == "안내"
    assert desk.click("Diagnose")


def test_a_new_workbook_is_opened_from_the_standard_one(desk: Desk, host: Any) -> None:
    """LibreOffice's Add knows no template, so what it is called with counts."""
    asked: list[Any] = []
    assert desk.click("NewWorkbook", lambda kind, member, given: asked.append((member, *given))) == ""
    assert ("Add", str(resource(STANDARD_WORKBOOK))) in asked
    for book in host.xlwings.books:
        if book.name != desk.book.name:
            book.close()


def test_every_command_is_clicked_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert {command.id for command in COMMANDS if f'"{command.id}"' not in source} == set()


STAGES = (
    "xlbudget.workflow.plan",
    "xlbudget.book.live.adapter.planned",
    "xlbudget.book.live.adapter._check_arrived",
)


@pytest.mark.parametrize("stage", STAGES)
def test_an_error_is_told_without_a_traceback(
    stage: str, desk: Desk, demo: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "log" / "xlbudget.log"
    monkeypatch.setattr("xlbudget.excel.trouble.log_path", lambda: log)
    start = grids(desk.seen())

    def failing(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(stage, failing)
    told = desk.click("Build")
    assert "예상하지 못한 문제로 멈췄습니다" in told and "Traceback" not in told and "planted" not in told
    assert "planted" in log.read_text(encoding="utf-8")
    assert changed(desk, start, demo) == []
