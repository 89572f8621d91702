"""Cells to write, as a script names them."""

from decimal import Decimal

import pytest

from xlbudget.edits import Content
from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.assignments import read_assignments
from xlbudget.grid import Ref

SHEETS = ("예산총괄", "it's", "a!b", "2026 예산(안)", "=식")


@pytest.mark.parametrize(
    ("text", "sheet", "ref", "value"),
    [
        ("예산총괄!B8=10500", "예산총괄", (8, 2), 10500),
        ("예산총괄!B8=279,756", "예산총괄", (8, 2), 279756),
        ("예산총괄!$B$8=-1.5", "예산총괄", (8, 2), Decimal("-1.5")),
        ("예산총괄!B8=", "예산총괄", (8, 2), None),
        ("예산총괄!B8=12,34", "예산총괄", (8, 2), "12,34"),
        ("예산총괄!B8=△5", "예산총괄", (8, 2), "△5"),
        ("예산총괄!B8==1+2", "예산총괄", (8, 2), "=1+2"),
        ("예산총괄!B8= 5", "예산총괄", (8, 2), " 5"),
        ("예산총괄!B8=201-01", "예산총괄", (8, 2), "201-01"),
        ("예산총괄!B8=1234567890123456", "예산총괄", (8, 2), "1234567890123456"),
        ("예산총괄!B8=좋다!", "예산총괄", (8, 2), "좋다!"),
        ("'예산총괄'!B8=1", "예산총괄", (8, 2), 1),
        ("'it''s'!A1=1", "it's", (1, 1), 1),
        ("it's!A1=1", "it's", (1, 1), 1),
        ("a!b!C3=x=y", "a!b", (3, 3), "x=y"),
        ("2026 예산(안)!A1=1", "2026 예산(안)", (1, 1), 1),
        ("=식!A1=1", "=식", (1, 1), 1),
    ],
)
def test_assignment(text: str, sheet: str, ref: Ref, value: Content) -> None:
    (edit,) = read_assignments([text], SHEETS)
    assert (edit.sheet, dict(edit.cells)) == (sheet, {ref: value})


def test_assignments_to_one_sheet_are_one_edit_and_the_last_counts() -> None:
    edits = read_assignments(["예산총괄!A1=1", "a!b!A1=2", "예산총괄!A2=3", "예산총괄!A1=4"], SHEETS)
    assert [(edit.sheet, dict(edit.cells)) for edit in edits] == [
        ("예산총괄", {(1, 1): 4, (2, 1): 3}),
        ("a!b", {(1, 1): 2}),
    ]


@pytest.mark.parametrize(
    "text", ["", "예산총괄", "예산총괄!B8", "B8=1", "예산총괄!B0=1", "예산총괄!B8:C9=1", "없는시트!A1=1"]
)
def test_what_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(DocumentUnreadable) as caught:
        read_assignments([text], SHEETS)
    assert f"'{text}'" in str(caught.value)


def test_text_longer_than_a_cell_is_refused() -> None:
    with pytest.raises(DocumentUnreadable, match="32,767"):
        read_assignments(["예산총괄!A1=" + "가" * 32_768], SHEETS)


@pytest.mark.parametrize("digits", ["２０２１", "٣", "१२", "1²"])
def test_only_plain_digits_make_a_number(digits: str) -> None:
    (edit,) = read_assignments([f"예산총괄!A1={digits}"], SHEETS)
    assert edit.cells == {(1, 1): digits}
