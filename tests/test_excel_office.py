"""The VBA text itself, run by LibreOffice: only xlwings' module is replaced, by one that calls this test."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import xlbudget
from tests.excel_office import CASES, Document, Office
from xlbudget.derivation import derive
from xlbudget.excel import udfs
from xlbudget.excel.package import build, with_macros
from xlbudget.excel.registry import COMMAND, COMMANDS, FUNCTIONS
from xlbudget.excel.sources import xlwings_version
from xlbudget.excel.wrappers import TEXTS
from xlbudget.resources import STANDARD_WORKBOOK, resource
from xlbudget.workbook.layout import DERIVATIONS, GUIDE, OVERVIEW, SHEETS

pytestmark = pytest.mark.office
SHIM = (CASES / "xlwings.bas").read_text(encoding="ascii")
SHEET = "사업설명"


class Python:
    """What the workbook's VBA reaches: commands are kept, cell functions are ours."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.called: list[str] = []

    def answer(self, asked: dict[str, Any]) -> Any:
        if "run" in asked:
            self.ran.append(asked["run"])
            return None
        assert asked["module"] == udfs.__name__
        self.called.append(asked["name"])
        given = [None if value == "(missing)" else value for value in map(unwrapped, asked["arguments"])]
        answer = getattr(udfs, asked["name"])(*given)
        return tuple(map(tuple, answer)) if isinstance(answer, list) else answer


def unwrapped(value: Any) -> Any:
    return value.Array if hasattr(value, "Array") else value


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    started = Office()
    yield started
    started.close()


def opened(office: Office, path: Path, workbook: bytes) -> Any:
    path.write_bytes(with_macros(workbook, SHIM))
    return office.document(path)


def prepared(office: Office, document: Document, python: Python) -> Document:
    for source in ("XlwingsServer.cls", "FakeControl.cls", "Clicks.bas"):
        document.add(source.partition(".")[0], (CASES / source).read_text(encoding="ascii"))
    document.run("xlwings.SetBridge", office.job(python.answer))
    return document


@pytest.fixture
def python() -> Python:
    return Python()


@pytest.fixture
def standard(office: Office, tmp_path: Path, python: Python) -> Iterator[Document]:
    with opened(office, tmp_path / "표준.xlsm", resource(STANDARD_WORKBOOK).read_bytes()) as document:
        yield prepared(office, document, python)


@pytest.fixture
def stranger(office: Office, tmp_path: Path, python: Python) -> Iterator[Document]:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    with opened(office, tmp_path / "다른.xlsm", out.getvalue()) as document:
        yield prepared(office, document, python)


def called_python(command: str) -> str:
    return f"import xlbudget.excel.macros as m; m.run('{command}', '{xlbudget.__version__}', '{xlwings_version()}')"


def test_both_built_files_open(office: Office, tmp_path: Path) -> None:
    workbook, addin = build(tmp_path)
    with office.document(workbook) as document:
        assert document.uno.Sheets.ElementNames == SHEETS
        assert {"BudgetMacros", "RibbonBudget", "xlwings", "Sheet12"} <= set(document.library.ElementNames)
    with office.document(addin) as document:
        assert document.uno.Sheets.ElementNames == ("xlbudget.conf",)
        assert "BudgetFunctions" in document.library.ElementNames


@pytest.mark.parametrize("command", [command.id for command in COMMANDS])
def test_a_click_on_the_ribbon_reaches_its_python(standard: Document, python: Python, command: str) -> None:
    assert standard.run("Clicks.Enabled", command) is True
    assert standard.run("Clicks.Tip", command) == COMMAND[command].tip
    standard.run("Clicks.Click", command)
    standard.run(f"BudgetMacros.Budget{command}")
    assert python.ran == [called_python(command)] * 2


def test_when_python_fails_the_details_go_to_a_file(office: Office, tmp_path: Path) -> None:
    failing = SHIM.replace(
        "    heldBridge.execute(Array(Pair(",
        '    Err.Raise 1000, "x", "boom"\n    heldBridge.execute(Array(Pair(',
        1,
    )
    assert failing != SHIM
    (tmp_path / "표준.xlsm").write_bytes(with_macros(resource(STANDARD_WORKBOOK).read_bytes(), failing))
    log = office.temp / "xlbudget-excel.log"
    log.unlink(missing_ok=True)
    with office.document(tmp_path / "표준.xlsm") as document:
        document.run("BudgetMacros.BudgetBuild")
    assert log.read_text().endswith("VBA error 1000: boom\n")


def test_what_is_not_in_the_registry_is_not_run(standard: Document, python: Python) -> None:
    standard.run("Clicks.Click", "Calculate'); import os; ('")
    standard.run("Clicks.Click", "calculate")
    assert python.ran == []


def test_elsewhere_buttons_are_grey_and_say_why(stranger: Document, python: Python) -> None:
    for command in COMMANDS:
        assert stranger.run("Clicks.Enabled", command.id) is command.anywhere
        assert stranger.run("Clicks.Tip", command.id) == (
            command.tip if command.anywhere else TEXTS["NotOurs"]
        )
    stranger.run("Clicks.Click", "Help")
    assert python.ran == [called_python("Help")]


def test_renamed_sheets_are_still_known_by_their_names(standard: Document) -> None:
    for number, sheet in enumerate((DERIVATIONS, OVERVIEW)):
        standard.uno.Sheets.getByName(sheet).Name = f"바꾼 이름 {number}"
    assert standard.run("Clicks.Enabled", "Build") is True
    for name in (f"표_{DERIVATIONS}", f"표_{OVERVIEW}"):
        standard.uno.NamedRanges.removeByName(name)
    assert standard.run("Clicks.Enabled", "Build") is False


def test_the_tab_of_the_workbook_shows_without_the_add_in(standard: Document) -> None:
    assert standard.run("Clicks.TabVisible", "any") is True


def test_the_buttons_on_the_guide_are_bound(standard: Document) -> None:
    (form,) = list(standard.uno.Sheets.getByName(GUIDE).DrawPage.Forms)
    bound = {
        form[at].Label: [event.ScriptCode for event in form.getScriptEvents(at)] for at in range(form.Count)
    }
    assert bound == {
        command.label: [
            f"vnd.sun.star.script:VBAProject.BudgetMacros.Budget{command.id}?language=Basic&location=document"
        ]
        for command in COMMANDS
        if command.step
    }
    assert standard.uno.Sheets.getByName(GUIDE).DrawPage.Count == len(bound)


def test_functions_in_cells_on_real_lines_equal_derive(
    standard: Document, python: Python, corpus: Path
) -> None:
    lines = [
        json.loads(line) for line in (corpus / "derivations.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    texts = [f"{line['label']} {line['expr']}".strip() for line in lines]
    amounts = [derive(text).amount for text in texts]
    sheet = standard.uno.Sheets.getByName(SHEET)
    last = len(texts) + 99
    sheet.getCellRangeByName(f"D100:D{last}").setDataArray(tuple((text,) for text in texts))
    sheet.getCellRangeByName(f"E100:E{last}").setArrayFormula(f"=BUDGET_AMOUNT(D100:D{last})")
    shown = [row[0] for row in sheet.getCellRangeByName(f"E100:E{last}").getDataArray()]
    assert shown == ["Error 2015" if amount is None else float(amount) for amount in amounts]
    assert set(python.called) == {"BUDGET_AMOUNT"}
    for row in range(100, 130):
        standard.cell(SHEET, f"F{row}").Formula = f"=BUDGET_AMOUNT(D{row})"
        standard.cell(SHEET, f"G{row}").Formula = f"=BUDGET_LABEL(D{row})"
    singles = [standard.cell(SHEET, f"F{row}").Value for row in range(100, 130)]
    assert singles == [float(amount) for amount in amounts[:30] if amount is not None]
    labels = [standard.cell(SHEET, f"G{row}").String for row in range(100, 130)]
    assert labels == [derive(text).label for text in texts[:30]]


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ('=BUDGET_AMOUNT("우편료 1,750원*33통")', "58"),
        ('=BUDGET_AMOUNT("우편료 1,750원*33통";"원")', "57750"),
        ('=BUDGET_AMOUNT("우편료 1,750원*33통";"천원";"절사")', "57"),
        ('=BUDGET_AMOUNT("글만")', "Error 2015"),
        ('=BUDGET_WON("우편료 1,750원*33통")', "57750"),
        ('=BUDGET_LABEL("우편료 1,750원*33통")', "우편료"),
        ("=BUDGET_CHANGE(10000;12500)", "2500"),
        ("=BUDGET_RATE(8000;8100)", "1.3"),
        ("=BUDGET_RATE(0;500)", "순증"),
        ("=BUDGET_SUBSIDY(1234)", "(x1,234)"),
        ("=BUDGET_TOTAL(M1:N2)", "10"),
        ("=BUDGET_CHECK(M4:S4)", "맞음"),
    ],
)
def test_each_function_in_a_cell(standard: Document, python: Python, formula: str, shown: str) -> None:
    standard.uno.Sheets.getByName(SHEET).getCellRangeByName("M1:N2").setDataArray(((1.0, 2.0), (3.0, 4.0)))
    years = ((10_000.0, 500.0, 0.0, 10_500.0, 9_000.0, 1_000.0, 500.0),)
    standard.uno.Sheets.getByName(SHEET).getCellRangeByName("M4:S4").setDataArray(years)
    cell = standard.cell(SHEET, "L1")
    cell.Formula = formula
    assert cell.String == shown
    assert python.called == [formula[1:].partition("(")[0]]


def test_without_python_a_cell_shows_an_error_and_not_zero(office: Office, tmp_path: Path) -> None:
    with opened(office, tmp_path / "표준.xlsm", resource(STANDARD_WORKBOOK).read_bytes()) as document:
        for at, function in enumerate(FUNCTIONS, 1):
            cell = document.cell(SHEET, f"L{at}")
            cell.Formula = f"={function.name}({';'.join('1' for argument in function.arguments if not argument.optional)})"
            assert cell.String == "Error 2042", function.name
