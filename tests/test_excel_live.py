"""A click on the ribbon, down to the cells: the very VBA text, our macros, xlwings' own Windows engine.

Only xlwings' VBA module is replaced, by one that calls this process, and LibreOffice stands in for Excel.
Errors in Basic are silent there, so tests look at what happened to the workbook.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.excel_office import CASES
from tests.test_book_live import BUDGET_STYLES, MOST_CALLS, VBA, different, grids, seen
from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.book.live import LiveBook
from xlbudget.edits import SetCells
from xlbudget.excel.macros import STROKES_MACRO
from xlbudget.excel.package import with_macros
from xlbudget.excel.registry import COMMANDS
from xlbudget.resources import DEMO_PROJECT, resource
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

    def click(self, command: str) -> str:
        """Click a button of the ribbon and return what the box says, empty where there was none."""
        before = len(self.host.boxes)
        self.calls.clear()
        self.host.before_call = lambda kind, member, _: self.calls.append(f"{kind} {member}")
        self._run("Clicks.Click", command)
        self.host.before_call = None
        return "\n".join(self.host.boxes[before:])

    def seen(self) -> LiveBook:
        return LiveBook(self.book, styles=BUDGET_STYLES)


@pytest.fixture
def desk(host: Any, demo: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    shim = (CASES / "xlwings.bas").read_text(encoding="ascii")
    path = tmp_path / NAME
    path.write_bytes(with_macros(demo, shim))
    host.provide(VBA, STROKES_MACRO, f"'{NAME}'!{STROKES_MACRO}")
    monkeypatch.setattr("xlbudget.excel.desk._STEPS", {})
    made = Desk(host, path)
    monkeypatch.setattr("xlwings.Book.caller", lambda: made.book)
    yield made
    host.before_call = None
    made.book.close()


@pytest.mark.parametrize("command", WRITING)
def test_a_click_writes_what_the_file_adapter_writes_and_is_undone(
    command: str, desk: Desk, demo: bytes
) -> None:
    start = grids(desk.seen())
    told = desk.click(command)
    assert "마쳤습니다" in told and "오류" in told
    assert len(desk.ran) == 1 and f"m.run('{command}'" in desk.ran[0]
    assert "call Run" in desk.calls and len(desk.calls) <= MOST_CALLS
    file = FileBook.from_bytes(demo, styles=BUDGET_STYLES)
    like = grids(file)
    file.apply(workflow.plan(file, WRITING[command]).edits)
    written = {sheet: like.get(sheet, grid) for sheet, grid in grids(file).items()}
    assert different(seen(desk.seen(), written), seen(file, written)) == []
    front = {"Check": RESULTS, "Describe": DESCRIPTION, "Build": DESCRIPTION}.get(command)
    assert front is None or desk.book.sheets.active.name == front
    assert "되돌렸습니다" in desk.click("Undo")
    assert different(seen(desk.seen(), like), seen(_as_book(start), like)) == []


def _as_book(read: dict[str, Any]) -> Any:
    from xlbudget.book.memory import MemoryBook

    return MemoryBook(read.values())


def test_undo_is_refused_politely_when_a_cell_was_changed_since(desk: Desk) -> None:
    desk.click("Fill")
    desk.book.sheets["예산총괄"].range("D7").api.Value = 1
    told = desk.click("Undo")
    assert "직접 고친 칸이 있어 되돌리지 않았습니다: 예산총괄!D7" in told
    assert desk.book.sheets["예산총괄"].range("D7").value == 1


def test_a_click_on_a_protected_sheet_says_so_and_changes_nothing(desk: Desk) -> None:
    desk.book.sheets["예산총괄"].api.Protect("비밀")
    before = seen(desk.seen())
    assert "'예산총괄' 시트가 보호되어" in desk.click("Build")
    assert different(seen(desk.seen()), before) == []
    desk.book.sheets["예산총괄"].api.Unprotect("비밀")


def test_preview_shows_and_changes_nothing(desk: Desk) -> None:
    before = seen(desk.seen())
    told = desk.click("Preview")
    assert "이렇게 바뀝니다" in told and "예산총괄" in told
    assert different(seen(desk.seen()), before) == []


def test_from_finding_to_finding_and_marks_away(desk: Desk) -> None:
    desk.click("Check")
    assert desk.click("NextFinding") == ""
    assert desk.book.sheets.active.name not in {RESULTS, "안내"}
    assert "표시를 지웠습니다" in desk.click("ClearMarks")
    assert "표시된 칸이 없습니다" in desk.click("NextFinding")


def test_a_pdf_lies_beside_the_workbook(desk: Desk, tmp_path: Path) -> None:
    assert "아직 없습니다" in desk.click("SavePdf")
    desk.click("Describe")
    assert "PDF로 저장했습니다" in desk.click("SavePdf")
    made = list(tmp_path.glob("*.pdf"))
    assert len(made) == 1 and made[0].read_bytes().startswith(b"%PDF")


def test_settings_help_and_diagnosis_open(desk: Desk) -> None:
    assert desk.click("Settings") == ""
    assert desk.book.sheets.active.name == SETTINGS
    assert desk.click("Help") == ""
    assert desk.book.sheets.active.name == "안내"
    assert desk.click("Diagnose")


def test_every_command_is_clicked_here(request: pytest.FixtureRequest) -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    listed = {command.id for command in COMMANDS}
    missing = {command for command in listed if f'"{command}"' not in source}
    assert missing == {"NewWorkbook"}, (
        "a new workbook from a template needs Excel: LibreOffice's Add takes none"
    )


@pytest.mark.parametrize("at", [0, 30, 100])
def test_an_error_is_told_without_a_traceback(
    at: int, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "log" / "xlbudget.log"
    monkeypatch.setattr("xlbudget.excel.trouble.log_path", lambda: log)
    before = seen(desk.seen())

    def failing(_: Any, *__: Any, **___: Any) -> Any:
        raise ZeroDivisionError("planted")

    where: dict[int, str] = {
        0: "xlbudget.workflow.plan",
        30: "xlbudget.book.live.adapter.planned",
        100: "xlbudget.book.live.adapter._check_arrived",
    }
    monkeypatch.setattr(where[at], failing)
    told = desk.click("Build")
    assert "예상하지 못한 문제로 멈췄습니다" in told and "Traceback" not in told and "planted" not in told
    assert "planted" in log.read_text(encoding="utf-8")
    assert different(seen(desk.seen()), before) == []
