"""Cell functions replaced by what Excel knows: live where it can be, a value elsewhere, larger formulas left alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.office import recalculate
from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.edits import Formula, SetCells
from xlbudget.grid import Cell, CellError, Grid, Value
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.layout import DERIVATIONS, OVERVIEW
from xlbudget.workbook.natives import NOTHING, natives

CELLS = {
    (1, 1): Cell("우편료 1,750원*33통"),
    (2, 1): Cell(10_000),
    (3, 1): Cell(12_500),
    (4, 1): Cell("△500"),
    (5, 1): Cell("글만"),
    (1, 2): Cell(10_000),
    (1, 3): Cell(0),
    (1, 4): Cell(0),
}


def replaced(formula: str, value: Value = None) -> tuple[object, int]:
    sheet = Grid("가", {**CELLS, (9, 9): Cell(value, formula)})
    found = natives({"가": sheet, "나": Grid("나", {(1, 1): Cell(7)})})
    if not found.edits:
        assert found.left == 1
        return None, 0
    (edit,) = found.edits
    assert isinstance(edit, SetCells)
    assert list(edit.cells) == [(9, 9)]
    assert (found.replaced + found.valued, found.left) == (1, 0)
    return edit.cells[9, 9], found.valued


@pytest.mark.parametrize(
    ("formula", "text", "value"),
    [
        ("BUDGET_CHANGE(A2,$A$3)", "$A$3-A2", 2_500),
        ("BUDGET_TOTAL(A2:A3)", "SUM(A2:A3)", 22_500),
        ("budget_change(A2,나!A1)", "나!A1-A2", -9_993),
        ("'C:\\도구\\[x]xlbudget.xlam'!BUDGET_CHANGE(A2,A3)", "A3-A2", 2_500),
    ],
)
def test_what_excel_calculates_itself_stays_live(formula: str, text: str, value: int) -> None:
    assert replaced(formula) == (Formula(text, value), 0)


def test_an_amount_becomes_the_formula_of_its_line() -> None:
    content, _ = replaced("BUDGET_AMOUNT(A1)")
    assert isinstance(content, Formula)
    assert content.value == 58
    assert content.text.startswith("ROUNDUP(")
    literal, _ = replaced('BUDGET_AMOUNT("우편료 1,750원*33통")')
    assert literal == content


def test_a_rate_becomes_a_formula() -> None:
    content, _ = replaced("BUDGET_RATE(A2,A3)")
    assert isinstance(content, Formula)
    assert (content.value, "ROUND" in content.text) == (Decimal("25.0"), True)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("BUDGET_WON(A1)", 57_750),
        ("BUDGET_LABEL(A1)", "우편료"),
        ("BUDGET_SUBSIDY(A2)", "(x10,000)"),
        ('BUDGET_AMOUNT(A1,"천원","절사")', 57),
        ("BUDGET_TOTAL(A2:A4)", 22_000),
        ("BUDGET_CHANGE(A2,A4)", -10_500),
        (
            "BUDGET_CHECK(A2:G2)",
            "빈칸이 있어 다 견주지 못했습니다: 전년이월, 예산변경, 예산현액, 집행액, 차년이월, 집행잔액.",
        ),
    ],
)
def test_the_rest_becomes_the_value_that_it_gives(formula: str, value: Value) -> None:
    assert replaced(formula) == (value, 0)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("BUDGET_WON(A1)/1000", "57750/1000"),
        ("1-BUDGET_CHANGE(A2,A3)", "1-(A3-A2)"),
        ("SUM(BUDGET_AMOUNT(A1:A1),BUDGET_WON(A1))", None),
        ("SUM(BUDGET_SUBSIDY(B1:D1))", 'SUM({"(x10,000)","(x-)","(x-)"})'),
        ('BUDGET_LABEL(A1)&"BUDGET_WON(A1)"', '"우편료"&"BUDGET_WON(A1)"'),
        ("IFERROR(BUDGET_AMOUNT(A5),0)", "IFERROR(#VALUE!,0)"),
        ("2*BUDGET_WON(A4)", None),
    ],
)
def test_within_a_larger_formula_each_call_gives_way(formula: str, text: str | None) -> None:
    content, valued = replaced(formula, 7)
    assert isinstance(content, Formula) and valued == 0 and content.value == 7
    assert text is None or content.text == text
    assert "BUDGET_" not in content.text.replace('"BUDGET_WON(A1)"', "")


@pytest.mark.parametrize(
    "formula",
    [
        "BUDGET_CHANGE(A2)",
        "BUDGET_AMOUNT(이름)",
        "BUDGET_AMOUNT([다른.xlsx]가!A1)",
        "BUDGET_AMOUNT(없는시트!A1)",
        "BUDGET_AMOUNT(IF(A1>0,A1,A2))",
        'BUDGET_AMOUNT("가 1원"&"")',
    ],
)
def test_what_cannot_be_worked_out_keeps_the_value_that_it_showed(formula: str) -> None:
    assert replaced(formula, 58) == (58, 1)
    assert replaced(formula, CellError("#NAME?")) == (CellError("#VALUE!"), 1)


def test_what_cannot_be_read_says_so_as_the_function_does() -> None:
    assert replaced("BUDGET_AMOUNT(A5)") == (CellError("#VALUE!"), 0)


def test_a_call_that_answers_with_a_range_is_left_alone() -> None:
    assert replaced("BUDGET_AMOUNT(A1:A2)") == (None, 0)


def test_other_formulas_are_nobodys_business() -> None:
    sheet = Grid("가", {(1, 1): Cell(3, "SUM(B1:B2)"), (1, 2): Cell("BUDGET_AMOUNT(A1)")})
    assert natives({"가": sheet}) == NOTHING


@pytest.mark.office
def test_a_built_file_calculates_without_the_add_in(tmp_path: Path) -> None:
    book = workflow.open_book(resource(DEMO_PROJECT))
    book.apply(
        [
            SetCells(DERIVATIONS, {(row, 4): Formula(f"BUDGET_AMOUNT(C{row})", None) for row in (7, 8, 9)}),
            SetCells(
                OVERVIEW,
                {
                    (40, 20): Formula("BUDGET_TOTAL(D7:D8)*2", CellError("#NAME?")),
                    (41, 20): Formula('BUDGET_LABEL("회의 참석수당 150,000원*20명*3회")', None),
                    (42, 20): Formula("BUDGET_WON(아무도)", CellError("#NAME?")),
                },
            ),
        ]
    )
    path = tmp_path / "함수.xlsx"
    workflow.save(book, path)
    outcome = workflow.build(path, tmp_path / "완성.xlsx")
    assert (outcome.natives.valued, outcome.natives.left) == (1, 0)
    after = recalculate(tmp_path / "완성.xlsx")
    assert not [
        (sheet, at) for sheet, cells in after.items() for at, value in cells.items() if value == "#NAME?"
    ]
    assert [after[DERIVATIONS][f"D{row}"] for row in (7, 8, 9)] == [9000, 1500, 3000]
    assert after[OVERVIEW]["T41"] == "회의 참석수당"
    built = FileBook.open(tmp_path / "완성.xlsx")
    assert not [
        c
        for sheet in built.sheets()
        for c in built.read(sheet).cells.values()
        if "BUDGET_" in (c.formula or "")
    ]
