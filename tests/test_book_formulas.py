"""References in formula text: found, filled, moved; everything else in a formula stays as it is written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlbudget.book.formulas import (
    area_after,
    mapped,
    names,
    pieces,
    references,
    row_after,
    shifted,
    touches,
    with_rows,
)
from xlbudget.grid import LAST_ROW, Area, parse_area

ODD = (
    "SUM(A1:B$2)*LOG10(5)+'가 나''다'!C3+예산총괄!$D$4:E5+\"A1 말\"&표1[[#This Row],[A1]]+[1]자료!A1+#REF!"
    '+자료:끝!A1+A:$B+$3:4+내이름+TAX2024+1E5+A1.5+IF(A1#,TRUE)+\'[책.xlsx]자료\'!Z9+{1,2}+@A1+XFE1+A0+"""B2"""+_xlfn.F2(A2)'
)
FILLED: dict[tuple[str, int, int], str] = {
    ("A1", 1, 1): "B2",
    ("$A$1+$A1+A$1", 2, 3): "$A$1+$A3+D$1",
    ("A1048576", 1, 0): "A1",
    ("XFD1", 0, 1): "A1",
    ("A:A+1:1", 2, 1): "B:B+3:3",
    ("LOG10(A1)", 1, 0): "LOG10(A2)",
    ('"A1"&A1', 1, 0): '"A1"&A2',
    ("산출근거!A1+'예산 총괄'!B2", 1, 0): "산출근거!A2+'예산 총괄'!B3",
    ("SUM(A1:A3)", 0, 2): "SUM(C1:C3)",
    ("ROUNDUP(ROUND(150000*20*3/1000,6),0)", 5, 5): "ROUNDUP(ROUND(150000*20*3/1000,6),0)",
}
MOVED: dict[tuple[str, int, int], str] = {
    ("SUM(D6:D8)", 7, 2): "SUM(D6:D10)",
    ("SUM(D6:D8)", 6, 1): "SUM(D7:D9)",
    ("SUM(D6:D8)", 9, 1): "SUM(D6:D8)",
    ("SUM(D6:D10)", 7, -2): "SUM(D6:D8)",
    ("D7+D9", 7, -2): "#REF!+D7",
    ("SUM($D$8:D6)", 7, 1): "SUM($D$9:D6)",
    ("A:A+7:8", 7, 1): "A:A+8:9",
    ("'자료'!D7+자료!D7+다른!D7+[1]자료!D7", 7, 1): "'자료'!D8+자료!D8+다른!D7+[1]자료!D7",
    ("'자료'!D7:'자료'!D9", 8, 1): "'자료'!D7:'자료'!D10",
    ("A1048576", 1, 1): "#REF!",
}


def test_pieces_joined_give_the_formula() -> None:
    assert "".join(p if isinstance(p, str) else p.text for p in pieces(ODD)) == ODD
    assert mapped(ODD, lambda ref: ref.text) == ODD


def test_what_is_a_reference_and_what_is_a_name() -> None:
    assert [ref.text for ref in references(ODD)] == [
        "A1:B$2", "'가 나''다'!C3", "예산총괄!$D$4:E5", "[1]자료!A1", "자료:끝!A1", "A:$B", "$3:4", "TAX2024", "A1",
        "'[책.xlsx]자료'!Z9", "A1", "A2",
    ]  # fmt: skip
    assert set(names(ODD)) == {"내이름", "A1.5", "TRUE", "XFE1", "A0"}
    assert [ref.sheets for ref in references(ODD)][1:5] == [("가 나'다",), ("예산총괄",), (), ("자료", "끝")]


@pytest.mark.parametrize("case", FILLED)
def test_filling(case: tuple[str, int, int]) -> None:
    assert shifted(*case) == FILLED[case]


@pytest.mark.parametrize("case", MOVED)
def test_rows_in_and_out(case: tuple[str, int, int]) -> None:
    text, at, count = case
    assert (
        with_rows(text, at, count, lambda ref: not ref.external and ref.sheets in {(), ("자료",)})
        == MOVED[case]
    )


def test_touching_counts_3d_references_by_the_order_of_sheets() -> None:
    order = ["가", "나", "다"]
    assert touches("SUM(가:다!A1)", "라", lambda sheet, area: sheet == "나", order)
    assert not touches("SUM(가:가!A1)+[1]나!A1", "라", lambda sheet, area: sheet == "나", order)
    assert touches("A5", "나", lambda sheet, area: sheet == "나" and area == Area(5, 1, 5, 1), order)


ROWS = st.integers(1, 40)
AREAS = st.tuples(ROWS, ROWS).map(lambda pair: parse_area(f"B{min(pair)}:C{max(pair)}"))


@given(AREAS, ROWS, st.integers(1, 9))
def test_an_area_holds_the_same_rows_after_an_insertion(area: Area, at: int, count: int) -> None:
    moved = area_after(area, at, count)
    assert moved is not None
    kept = {row_after(row, at, count) for row in range(area.top, area.bottom + 1)}
    new = set(range(at, at + count)) if area.top < at <= area.bottom else set()
    assert set(range(moved.top, moved.bottom + 1)) == kept | new
    assert area_after(moved, at, -count) == area


@given(AREAS, ROWS, st.integers(1, 9))
def test_an_area_loses_the_rows_that_go_out(area: Area, at: int, count: int) -> None:
    left = {row_after(row, at, -count) for row in range(area.top, area.bottom + 1)} - {0}
    moved = area_after(area, at, -count)
    assert (set(range(moved.top, moved.bottom + 1)) if moved else set()) == left


@settings(max_examples=200)
@given(st.text("ABZ19$:!'\"[]#(),+ 가.\\_", max_size=30))
def test_any_text_is_cut_without_loss(text: str) -> None:
    assert "".join(p if isinstance(p, str) else p.text for p in pieces(text)) == text
    assert shifted(text, 0, 0).upper() == text.upper() or references(text)


@pytest.mark.parametrize(
    "text", ['"' * 8001, "'" * 8001, "[" * 8000, "A" * 8000, "a.b:" * 2000, "A1:" * 2700, "(" * 8000]
)
def test_evil_text_takes_no_time(text: str) -> None:
    start = time.process_time()
    pieces(text)
    assert time.process_time() - start < 0.5


def test_the_last_row_is_where_areas_end() -> None:
    assert area_after(Area(5, 1, LAST_ROW, 1), 7, 3) == Area(5, 1, LAST_ROW, 1)
    assert area_after(Area(1, 1, LAST_ROW, 1), 7, 3) == Area(1, 1, LAST_ROW, 1)
