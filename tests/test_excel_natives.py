"""Cell functions replaced by what Excel knows: live where it can be, a value elsewhere, larger formulas left alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from xlbudget.edits import Formula, SetCells
from xlbudget.excel.natives import natives
from xlbudget.grid import Cell, Grid, Value

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
        return None, found.left
    (edit,) = found.edits
    assert isinstance(edit, SetCells)
    assert list(edit.cells) == [(9, 9)]
    assert (found.replaced, found.left) == (1, 0)
    return edit.cells[9, 9], 0


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
    "formula",
    [
        "BUDGET_AMOUNT(A1)+1",
        "SUM(BUDGET_AMOUNT(A1:A3))",
        "BUDGET_AMOUNT(A1:A2)",
        "BUDGET_AMOUNT(A5)",
        "BUDGET_CHANGE(A2)",
        "BUDGET_AMOUNT(이름)",
        "BUDGET_AMOUNT([다른.xlsx]가!A1)",
        "BUDGET_AMOUNT(없는시트!A1)",
        'BUDGET_AMOUNT("가 1원"&"")',
    ],
)
def test_larger_formulas_and_errors_are_left_alone_and_counted(formula: str) -> None:
    assert replaced(formula) == (None, 1)


def test_other_formulas_are_nobodys_business() -> None:
    sheet = Grid("가", {(1, 1): Cell(3, "SUM(B1:B2)"), (1, 2): Cell("BUDGET_AMOUNT(A1)")})
    assert natives({"가": sheet}) == ((), 0, 0)
