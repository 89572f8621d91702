"""Formulas that somebody wrote into computed cells of 산출근거."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.edits import Formula, SetCells
from xlbudget.resources import DEMO_PROJECT, resource


@pytest.fixture
def demo(tmp_path: Path) -> FileBook:
    path = tmp_path / "예시.xlsx"
    workflow.build(resource(DEMO_PROJECT), path)
    return FileBook.open(path)


def codes(book: FileBook) -> list[tuple[str, str]]:
    return [(finding.code, finding.cells[0]) for finding in workflow.judge(book).findings]


@pytest.mark.parametrize("formula", ["D8*2", "150000*20/1000", "$D$8+1500"])
def test_a_formula_of_another_value_is_told(demo: FileBook, formula: str) -> None:
    demo.apply([SetCells("산출근거", {(7, 4): Formula(formula, 3000)})])
    assert codes(demo) == [("BUD-F01", "산출근거!D7")]


def test_a_formula_of_the_same_value_is_left_to_be_filled(demo: FileBook) -> None:
    demo.apply([SetCells("산출근거", {(7, 4): Formula("150000*20*3/1000", 9000)})])
    assert codes(demo) == []


def test_our_own_formula_that_is_out_of_date_is_no_mistake(demo: FileBook) -> None:
    demo.apply(
        [SetCells("산출근거", {(7, 3): "회의 참석수당 150,000원*10명*6회", (8, 3): "인쇄 1,600,000원"})]
    )
    demo.apply([SetCells("산출근거", {(8, 3): "인쇄 1,500,000원"})])
    assert "BUD-F01" not in [code for code, _ in codes(demo)]
