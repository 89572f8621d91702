"""The cell functions: cases that a clerk could write, shapes, exactness, and agreement with the rest of the package."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlbudget.derivation import derive
from xlbudget.excel import udfs
from xlbudget.excel.registry import FUNCTIONS
from xlbudget.money import UNITS, Rounding, round_won
from xlbudget.workbook import functions
from xlbudget.workbook.functions import BLANK, VALUE_ERROR

CASES = Path(__file__).parent / "cases" / "excel"


def rows(name: str) -> list[list[str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def cell(text: str) -> Any:
    """A cell as Excel would hold what somebody types."""
    if not text:
        return None
    return float(text) if text.lstrip("-").replace(".", "", 1).isdigit() else text


@pytest.mark.parametrize(("name", "arguments", "answer"), rows("functions.csv"))
def test_cases(name: str, arguments: str, answer: str) -> None:
    found = getattr(functions, name)(*(cell(argument) for argument in arguments.split("|")))
    if isinstance(found, str):
        assert found == answer
    else:
        assert Fraction(found) == Fraction(answer)


@pytest.mark.parametrize("row", rows("settlements.csv"))
def test_settlements(row: list[str]) -> None:
    *figures, answer = row
    found = functions.BUDGET_CHECK([[cell(figure) for figure in figures]])
    assert isinstance(found, str)
    assert found.replace(",", "").startswith(answer.replace(",", ""))
    assert bool(found) == bool(answer)
    assert functions.BUDGET_CHECK([[cell(figure)] for figure in figures]) == found


def test_settlements_of_several_years_in_one_call() -> None:
    table = [[cell(figure) for figure in row[:-1]] for row in rows("settlements.csv")]
    assert functions.BUDGET_CHECK(table) == [[functions.BUDGET_CHECK([row])] for row in table]
    assert functions.BUDGET_CHECK([[1, 2, 3]]) == VALUE_ERROR


def test_the_settlement_rule_is_the_one_of_the_checks() -> None:
    """Same figures, same verdict as BUD-S01 and BUD-S02, at the edge of the tolerance."""
    from xlbudget.checks import check
    from xlbudget.figures import compute
    from xlbudget.project import Project

    for gap in range(-4, 5):
        figures = [10_000, 500, 0, 10_500 + gap, 9_000, 1_000, 500 + gap]
        columns = (
            "final_budget",
            "carried_in",
            "changes",
            "available",
            "executed",
            "carried_over",
            "unspent",
        )
        settled = {
            "year": 2022,
            **{name: {"total": value} for name, value in zip(columns, figures, strict=True)},
        }
        project = Project.model_validate({"name": "가", "fiscal_year": 2026, "settlements": [settled]})
        codes = {finding.code for finding in check(project, compute(project))}
        assert ("다릅니다" in str(functions.BUDGET_CHECK([figures]))) == ("BUD-S01" in codes)


LINES = st.sampled_from(
    ["회의 1,500원*3명", "가 100,000원*7%", "글만", "", None, 2_500, 2500.0, Decimal("0.1"), "나 10원/3"]
)


@given(
    st.lists(st.lists(LINES, min_size=2, max_size=2), min_size=1, max_size=6),
    st.sampled_from(list(UNITS)),
    st.sampled_from(Rounding),
)
@settings(max_examples=60, deadline=None)
def test_a_range_is_its_cells_and_each_is_derive(table: list[list[Any]], unit: str, policy: Rounding) -> None:
    found = functions.BUDGET_AMOUNT(table, unit, policy.value)
    assert isinstance(found, list)
    for row, answers in zip(table, found, strict=True):
        for given_cell, answer in zip(row, answers, strict=True):
            assert answer == functions.BUDGET_AMOUNT(given_cell, unit, policy.value)
            if isinstance(given_cell, str) and given_cell:
                won = derive(given_cell).won
                assert answer == (VALUE_ERROR if won is None else round_won(won, policy, UNITS[unit]))


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
@settings(max_examples=100, deadline=None)
def test_change_is_exact(previous: int, current: int) -> None:
    assert functions.BUDGET_CHANGE(previous, current) == current - previous
    assert functions.BUDGET_TOTAL([[previous, None], ["-", current]]) == previous + current


def test_one_cell_goes_with_every_cell_of_a_range() -> None:
    assert functions.BUDGET_CHANGE([[1], [2]], 10) == [[9], [8]]
    assert functions.BUDGET_CHANGE([[1], [2]], [[10, 20]]) == VALUE_ERROR
    assert functions.BUDGET_CHANGE([[1, 2]], [[10, 20]]) == [[9, 18]]


def test_ragged_and_huge_ranges_are_errors() -> None:
    assert functions.BUDGET_LABEL([["a", "b"], ["c"]]) == VALUE_ERROR
    assert functions.BUDGET_WON([["1원"]] * (functions.MOST_CELLS + 1)) == VALUE_ERROR
    assert functions.BUDGET_AMOUNT("가 1원", [["천원", "원"]]) == VALUE_ERROR
    assert functions.BUDGET_WON(True) == VALUE_ERROR
    assert functions.BUDGET_WON("   ") == BLANK


def test_a_text_is_never_skipped_in_a_total() -> None:
    assert functions.BUDGET_TOTAL([[1], ["합계"], [2]]) == VALUE_ERROR


def test_what_excel_gets() -> None:
    """Whole numbers of 32 bits as they are, all else as a double, errors as text that VBA turns into errors."""
    assert udfs.BUDGET_AMOUNT([["가 1,000원"]], None, None) == [[1]]
    assert udfs.BUDGET_WON([["가 9,000,000,000원"]]) == [[9e9]]
    assert type(udfs.BUDGET_WON([["가 9,000,000,000원"]])[0][0]) is float
    assert udfs.BUDGET_WON([["가 1원/4"]]) == [[0.25]]
    assert udfs.BUDGET_RATE([[8_000.0]], [[8_100.0]]) == [[1.3]]
    assert type(udfs.BUDGET_WON([["글"]])[0][0]) is str
    assert udfs.BUDGET_TOTAL([[None]]) == 0


def test_an_unexpected_fault_is_an_error_value(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(functions, "derive", lambda *_: 1 / 0)
    assert udfs.BUDGET_WON([["가 1원"]]) == udfs.NOT_AVAILABLE
    assert "ZeroDivisionError" in caplog.text


def test_every_function_of_the_registry_is_there_with_its_arguments() -> None:
    import inspect

    for function in FUNCTIONS:
        for found in (getattr(functions, function.name), getattr(udfs, function.name)):
            parameters = inspect.signature(found).parameters.values()
            assert [(p.name, p.default is not p.empty) for p in parameters] == [
                (a.name, a.optional) for a in function.arguments
            ]
    public = {name for name in vars(functions) if name.startswith("BUDGET_")}
    assert public == {function.name for function in FUNCTIONS}


def test_a_long_column_in_one_call_equals_derive(corpus: Path) -> None:
    import json

    lines = [
        json.loads(line) for line in (corpus / "derivations.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    texts = [f"{line['label']} {line['expr']}".strip() for line in lines]
    found = functions.BUDGET_AMOUNT([[text] for text in texts])
    assert isinstance(found, list)
    expected = [derive(text).amount for text in texts]
    assert [row[0] for row in found] == [VALUE_ERROR if amount is None else amount for amount in expected]
    assert len(found) > 1_000
