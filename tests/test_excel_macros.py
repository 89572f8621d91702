"""The macros: each command on a desk of memory, and the one place where errors end."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import xlbudget
from xlbudget import workflow
from xlbudget.book import BookBusy
from xlbudget.book.memory import MemoryBook
from xlbudget.edits import Edit, Formula, SetCells
from xlbudget.excel import macros, trouble
from xlbudget.excel.desk import ExcelDesk, free_path
from xlbudget.excel.registry import COMMAND, COMMANDS
from xlbudget.excel.undo import MOST_STEPS, MemoryUndo, Step
from xlbudget.grid import Grid, Ref, a1
from xlbudget.resources import DEMO_PROJECT, STANDARD_WORKBOOK, resource
from xlbudget.workbook import layout


class MemoryDesk:
    """A desk without Excel: what it is told is kept."""

    def __init__(self, book: MemoryBook, place: str = "예산.xlsx") -> None:
        self.book = book
        self.undo = MemoryUndo()
        self.place = place
        self.told: list[str] = []
        self.states: list[str] = []
        self.front: tuple[str, Ref] = (book.sheets()[0], (1, 1))
        self.opened: list[Path] = []

    def tell(self, text: str) -> None:
        self.told.append(text)

    def status(self, text: str) -> None:
        self.states.append(text)

    def show(self, sheet: str, ref: Ref | None = None) -> None:
        assert sheet in self.book.sheets()
        self.front = (sheet, ref or self.front[1])

    def selected(self) -> tuple[str, Ref]:
        return self.front

    def save_pdf(self, sheet: str) -> Path:
        return Path(f"{sheet}.pdf")

    def open_new(self, template: Path) -> None:
        self.opened.append(template)


def filled() -> MemoryBook:
    return MemoryBook.of(workflow.open_book(resource(DEMO_PROJECT)))


@pytest.fixture
def desk() -> MemoryDesk:
    return MemoryDesk(filled())


def click(desk: MemoryDesk, command: str) -> str:
    return macros.perform(desk, command, "", "", "")


def picture(book: MemoryBook) -> dict[str, dict[Ref, object]]:
    return {
        sheet: {ref: cell for ref, cell in book.read(sheet).cells.items() if cell.value is not None}
        for sheet in book.sheets()
    }


def planted(book: MemoryBook) -> MemoryBook:
    """The demo with a settled year that does not add up."""
    grid = book.read(layout.SETTLEMENT)
    ref = next(
        r for r, c in sorted(grid.cells.items()) if isinstance(c.value, int) and r[1] == 6 and c.value > 1_000
    )
    book.apply([SetCells(layout.SETTLEMENT, {ref: 99_999})])
    return book


@pytest.mark.parametrize("verb", ["calculate", "fill", "check", "describe", "build"])
def test_a_command_does_what_the_script_does(desk: MemoryDesk, verb: str) -> None:
    by_script = filled()
    by_script.apply(workflow.plan(by_script, verb).edits)
    told = click(desk, verb.capitalize())
    assert picture(desk.book) == picture(by_script)
    assert told.startswith(COMMAND[verb.capitalize()].label)
    assert "관계" in told
    assert desk.states[-1] == "" and desk.states[0]


def test_each_command_runs_on_the_example(desk: MemoryDesk) -> None:
    for command in COMMANDS:
        assert isinstance(click(desk, command.id), str), command.id


def test_undo_takes_back_one_command_after_the_other(desk: MemoryDesk) -> None:
    before = picture(desk.book)
    click(desk, "Calculate")
    after = picture(desk.book)
    click(desk, "Build")
    assert picture(desk.book) != after
    assert "한번에" in click(desk, "Undo")
    assert picture(desk.book) == after
    click(desk, "Undo")
    assert picture(desk.book) == before
    assert click(desk, "Undo") == "되돌릴 것이 없습니다."


def test_undo_refuses_where_somebody_has_typed_since(desk: MemoryDesk) -> None:
    click(desk, "Calculate")
    step = desk.undo.last()
    assert step is not None
    edit = next(edit for edit in step.applied if isinstance(edit, SetCells))
    ref = next(ref for ref, content in edit.cells.items() if isinstance(content, Formula))
    desk.book.apply([SetCells(edit.sheet, {ref: 1})])
    now = picture(desk.book)
    assert f"{edit.sheet}!{a1(*ref)}" in click(desk, "Undo")
    assert picture(desk.book) == now
    assert desk.undo.last() == step


def test_a_second_run_changes_nothing_and_says_so(desk: MemoryDesk) -> None:
    click(desk, "Calculate")
    steps = desk.undo.last()
    assert "바뀐 칸이 없습니다" in click(desk, "Calculate")
    assert desk.undo.last() == steps


def test_preview_tells_and_writes_nothing(desk: MemoryDesk) -> None:
    before = picture(desk.book)
    told = click(desk, "Preview")
    assert "→" in told
    assert len(told) <= trouble.LONGEST
    assert picture(desk.book) == before
    assert desk.undo.last() is None


def test_marks_are_walked_through_and_cleared() -> None:
    desk = MemoryDesk(planted(filled()))
    assert "결산 점검" in click(desk, "NextFinding")
    click(desk, "Check")
    seen: list[tuple[str, Ref]] = []
    while desk.front not in seen:
        seen.append(desk.front)
        assert click(desk, "NextFinding") == ""
    walked = seen[1:]
    assert len(walked) >= 2
    assert {sheet for sheet, _ in walked} <= set(layout.TYPED_SHEETS)
    assert desk.front == walked[0]
    results = picture(desk.book)[layout.RESULTS]
    assert "지웠습니다" in click(desk, "ClearMarks")
    left = picture(desk.book)[layout.RESULTS]
    assert set(left) < set(results)
    assert all(ref[1] >= 9 for ref in set(results) - set(left))
    assert click(desk, "ClearMarks") == "지울 표시가 없습니다."
    click(desk, "Undo")
    assert picture(desk.book)[layout.RESULTS] == results


def test_cell_functions_give_way_to_native_formulas(desk: MemoryDesk) -> None:
    desk.book.apply(
        [
            SetCells(
                layout.SCHEDULE,
                {
                    (1, 20): Formula("BUDGET_CHANGE(V1,W1)", None),
                    (1, 22): 3,
                    (1, 23): 5,
                    (2, 20): Formula("BUDGET_TOTAL(V1:W1)*2", None),
                    (3, 20): Formula("BUDGET_TOTAL(이름)", 12),
                },
            )
        ]
    )
    told = click(desk, "Calculate")
    assert desk.book.read(layout.SCHEDULE).cell(1, 20).formula == "W1-V1"
    assert desk.book.read(layout.SCHEDULE).cell(2, 20).formula == "(SUM(V1:W1))*2"
    assert desk.book.read(layout.SCHEDULE).cell(3, 20)[:2] == (12, None)
    assert "셀 함수 2칸을 엑셀 수식으로" in told and "식 1칸은" in told and "보이던 값" in told


def test_files_and_tools(desk: MemoryDesk) -> None:
    assert "먼저 사업설명서 만들기" in click(desk, "SavePdf")
    click(desk, "Describe")
    assert desk.front[0] == layout.DESCRIPTION
    assert "사업설명서.pdf" in click(desk, "SavePdf")
    click(desk, "NewWorkbook")
    assert desk.opened == [resource(STANDARD_WORKBOOK)]
    click(desk, "Settings")
    assert desk.front[0] == layout.SETTINGS
    click(desk, "Help")
    assert desk.front[0] == layout.GUIDE
    assert "Windows" in click(desk, "Diagnose") or "[정상]" in click(desk, "Diagnose")


def test_without_the_standard_workbook() -> None:
    desk = MemoryDesk(MemoryBook([Grid("시트1")]))
    assert "산출근거 계산 → 예산총괄 채우기 → 사업설명서 만들기" in click(desk, "Help")
    assert "없습니다" in click(desk, "Settings")
    click(desk, "NewWorkbook")
    with pytest.raises(xlbudget.errors.XlbudgetError):
        click(desk, "Build")
    assert desk.states[-1] == ""


def test_every_target_is_a_function_of_the_macros() -> None:
    for command in COMMANDS:
        function = macros.target(command)
        assert function.__module__ == "xlbudget.excel.macros"
        assert function.__doc__ == f"{command.label}."
    with pytest.raises(macros.CommandRefused):
        macros.perform(MemoryDesk(filled()), "os.system", "", "", "")


@pytest.mark.parametrize(
    ("addin", "runtime", "what"), [("0.0.0", "", "xlbudget 0.0.0"), ("", "0.0", "xlwings 0.0")]
)
def test_an_add_in_of_another_version_is_told_to_be_renewed(
    desk: MemoryDesk, addin: str, runtime: str, what: str
) -> None:
    with pytest.raises(macros.CommandRefused, match=f"{what}.*addin install"):
        macros.perform(desk, "Build", addin, runtime, "0.37")
    assert macros.perform(desk, "Help", xlbudget.__version__, "0.37", "0.37") == ""


@pytest.fixture
def caller(monkeypatch: pytest.MonkeyPatch, desk: MemoryDesk, tmp_path: Path) -> MemoryDesk:
    """``run`` as VBA calls it, with a desk of memory instead of Excel."""
    fake = SimpleNamespace(__version__="0.37", Book=SimpleNamespace(caller=lambda: None))
    monkeypatch.setitem(sys.modules, "xlwings", fake)
    monkeypatch.setattr(macros, "ExcelDesk", lambda workbook, adapt: desk)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    return desk


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_click_ends_in_a_calm_sentence_whatever_happens(
    caller: MemoryDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: Any
) -> None:
    def broken(desk: Any) -> str:
        raise ZeroDivisionError("secret of the inside")

    name = command.target.partition(":")[2]
    monkeypatch.setattr(macros, name, broken)
    macros.run(command.id, xlbudget.__version__, "0.37")
    macros.run(command.id, xlbudget.__version__, "0.37")
    first, second = caller.told
    assert first == second
    assert "XB-" in first and "xlbudget.log" in first
    assert "Traceback" not in first and "secret" not in first
    log = (tmp_path / "xlbudget" / "xlbudget.log").read_text(encoding="utf-8")
    assert log.count("Traceback") == 2 and "secret of the inside" in log
    assert caller.states[-1] == ""


def test_our_own_errors_are_told_as_they_are(caller: MemoryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(edits: Sequence[Edit]) -> tuple[Edit, ...]:
        raise BookBusy("셀 편집을 마치고 다시 누르세요.")

    monkeypatch.setattr(caller.book, "apply", busy)
    macros.run("Calculate")
    assert caller.told == ["셀 편집을 마치고 다시 누르세요."]


def test_without_excel_a_click_still_says_something(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def nobody() -> None:
        raise RuntimeError("no caller")

    monkeypatch.setitem(
        sys.modules, "xlwings", SimpleNamespace(__version__="0.37", Book=SimpleNamespace(caller=nobody))
    )
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    macros.run("Build")
    assert "XB-" in capsys.readouterr().err


def test_a_box_that_cannot_be_shown_is_shown_by_windows(
    caller: MemoryDesk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(text: str) -> None:
        raise BookBusy("바쁨")

    monkeypatch.setattr(caller, "tell", refuse)
    macros.run("Preview")
    assert "한번에를 누르면" in capsys.readouterr().err


def test_long_messages_are_cut_at_a_line() -> None:
    text = "\n".join(f"{number}번째 줄입니다." for number in range(500))
    short = trouble.shortened(text)
    assert len(short) <= trouble.LONGEST + 2
    assert short.endswith("줄입니다.\n…")


def test_the_log_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    path = trouble.log_path()
    path.parent.mkdir()
    path.write_bytes(b"x" * (trouble.LARGEST_LOG + 1))
    trouble.explained(ValueError("a"))
    assert path.stat().st_size < 1_000
    assert path.with_suffix(".old.log").stat().st_size > trouble.LARGEST_LOG


def test_a_log_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "file"))
    assert "쓰지 못했습니다" in trouble.explained(ValueError("a"))


def test_undo_remembers_so_many_steps() -> None:
    undo = MemoryUndo()
    for number in range(MOST_STEPS + 5):
        undo.push(Step(str(number), (), ()))
    for number in range(MOST_STEPS + 4, 4, -1):
        step = undo.last()
        assert step is not None and step.label == str(number)
        undo.drop()
    assert undo.last() is None


@pytest.mark.parametrize("fullname", ["https://d.docs.live.net/1/예산.xlsx", "통합 문서1"])
def test_a_book_without_a_folder_has_no_place_for_a_pdf(fullname: str) -> None:
    excel = SimpleNamespace(api=SimpleNamespace(FullName=fullname))
    with pytest.raises(xlbudget.book.BookNotLocal, match="저장한 뒤"):
        ExcelDesk(excel, lambda workbook: filled()).save_pdf("가")


def test_a_free_path(tmp_path: Path) -> None:
    assert free_path(tmp_path / "a.pdf") == tmp_path / "a.pdf"
    (tmp_path / "a.pdf").touch()
    (tmp_path / "a (2).pdf").touch()
    assert free_path(tmp_path / "a.pdf") == tmp_path / "a (3).pdf"


CLICK = """
import sys, time, json
# xlwings takes these along where they are; on a clerk's PC they are not.
sys.modules.update(dict.fromkeys(("numpy", "pandas", "PIL", "matplotlib", "plotly")))
before = time.process_time()
import xlwings
import xlbudget.excel.macros as m
from xlbudget.excel.registry import COMMAND
m.target(COMMAND["Build"])
import xlbudget.workflow
took = time.process_time() - before
print(json.dumps({"took": took, "modules": sorted(sys.modules)}))
"""


def test_a_click_loads_nothing_heavy() -> None:
    """What a click imports until its macro runs; the time it takes is the benchmark's matter."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", CLICK], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)["modules"]}
    assert "xlbudget" in loaded
    assert not loaded & {
        "openpyxl",
        "typer",
        "rich",
        "click",
        "hypothesis",
        "packaging",
    }
