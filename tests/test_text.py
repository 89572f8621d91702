"""Widths, line breaks and row heights: LAYOUT's figures, a character-by-character oracle, and LibreOffice."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from math import ceil, inf
from pathlib import Path
from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlbudget.edits import Style
from xlbudget.workbook import text as measure
from xlbudget.workbook.styles import STYLES

TEXT = STYLES["xlb 글"]
texts = st.text(st.sampled_from("가나 다라마 1234,()·-*%AbZ㎡○「 \n"), max_size=120)
spaces = st.integers(1_000, 30_000).map(float)


def em(character: str) -> float:
    """The widths as a table says them, in em."""
    for characters, width in (
        (r"[가-힣]", 0.93), (r"[ .,:;'!|·]", 0.30), (r"[()\[\]\-/]", 0.38), (r"[0-9]", 0.556), (r"\*", 0.48), ("%", 0.92),
    ):  # fmt: skip
        if re.fullmatch(characters, character):
            return width
    if east_asian_width(character) in {"W", "F", "A"}:
        return 1.0
    return 0.68 if character.isupper() else 0.56


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("가", 930),
        ("○", 1000),
        ("㎡", 1000),
        ("1,000", 4 * 556 + 300),
        ("(a-B)", 3 * 380 + 560 + 680),
        ("‘", 1000),
        ("", 0),
    ],
)
def test_widths_of_characters(text: str, thousandths: int) -> None:
    assert measure.width(text) == thousandths


@given(st.text(max_size=60))
def test_width_is_the_sum_of_the_table(text: str) -> None:
    assert measure.width(text) == round(1000 * sum(map(em, text)))


def test_room_of_a_cell() -> None:
    em_px = 9.5 * 96 / 72 * 1.02
    assert measure.room(66.6, TEXT) == pytest.approx((66.6 * 8 - 7 - 9) / em_px * 1000)
    bold = STYLES["xlb 산출 ○"]
    assert measure.room(52.3, bold) == pytest.approx((52.3 * 8 - 7 - 9) / (em_px * 1.03) * 1000)


def test_a_cell_too_narrow_for_a_character_holds_anything() -> None:
    assert measure.room(0, TEXT) == inf
    assert measure.line_count("아무 글이나", measure.room(1.5, TEXT)) == 1


def cases() -> list[dict[str, str]]:
    path = Path(__file__).parent / "cases" / "text_lines.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(keepends=True)))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["글"][:20] or "(빈 글)")
def test_lines_of_a_text(case: dict[str, str]) -> None:
    space = measure.room(float(case["칸 너비"]), STYLES[case["서식"]])
    assert measure.line_count(case["글"], space) == int(case["줄 수"])


@given(texts, spaces)
def test_breaking_loses_nothing_and_no_line_is_too_long(text: str, space: float) -> None:
    lines = measure.break_lines(text, space)
    assert "".join(lines) == text
    for line in lines:
        shown = line.removesuffix("\n")
        shown = shown.removesuffix(" ") if shown != " " else shown
        assert measure.width(shown) <= space or len(shown) == 1


@given(texts, spaces)
def test_breaking_is_greedy(text: str, space: float) -> None:
    """The first word of a line would not have fitted on the line above."""
    lines = measure.break_lines(text, space)
    start = 0
    for above, below in pairwise(lines):
        start += len(above)
        if above.endswith(" "):
            word = re.split(r"[ \n]", text[start:])[0]
            assert measure.width(above + word) > space
        elif not above.endswith("\n"):
            assert measure.width(above + below[0]) > space


@given(texts, spaces)
def test_fast_count_is_the_number_of_lines(text: str, space: float) -> None:
    assert measure.line_count(text, space) == len(measure.break_lines(text, space))


@given(st.integers(1, 40), st.sampled_from([8.0, 8.5, 9.0, 9.5, 10.0, 10.5, 18.0]))
def test_height_of_lines(lines: int, size: float) -> None:
    need = lines * size * 1.45 + 4.2
    assert measure.height(lines, size) == pytest.approx(ceil(round(need / 0.75, 6)) * 0.75)
    assert measure.lines_within(measure.height(lines, size), size) >= lines


def test_heights_of_the_form() -> None:
    assert [measure.height(1, 9.5), measure.height(2, 9.5), measure.height(1, 8.5)] == [18.0, 32.25, 17.25]


@given(texts, spaces, st.integers(1, 5))
def test_split_loses_nothing_but_white_space(text: str, space: float, most: int) -> None:
    pieces = measure.split(text, space, most)
    assert "".join("".join(piece for piece, _ in pieces).split()) == "".join(text.split())
    assert all(1 <= lines <= most for _, lines in pieces)
    assert all(measure.line_count(piece, space) <= lines for piece, lines in pieces)


@settings(max_examples=20)
@given(st.integers(0, 40_000))
def test_no_piece_is_longer_than_a_cell_holds(blanks: int) -> None:
    pieces = measure.split("가" + " " * blanks + "나", measure.room(66.6, TEXT), 14)
    assert max(len(piece) for piece, _ in pieces) <= measure.LONGEST_CELL


def test_lack_is_spread_evenly() -> None:
    assert measure.stretched((12.75, 16.5), 32.25) == (14.25, 18.0)
    assert measure.stretched((12.75, 16.5), 29.25) == (12.75, 16.5)
    assert measure.stretched((18.0,), 9_999.0) == (measure.TALLEST_ROW,)


@given(
    st.lists(st.integers(4, 60).map(lambda steps: steps * 0.75), min_size=1, max_size=9), st.integers(0, 1500)
)
def test_stretched_rows_are_high_enough(heights: list[float], need: int) -> None:
    grown = measure.stretched(tuple(heights), need)
    assert sum(grown) >= need or max(grown) == measure.TALLEST_ROW
    assert all(new >= old for new, old in zip(grown, heights, strict=True))


def test_widths_of_a_user_count() -> None:
    assert measure.column_widths({2: 40.0, 9: 1.0}, {1: 3.0, 2: 4.0}) == {1: 3.0, 2: 40.0}
    assert measure.column_widths(None, {1: 3.0}) == {1: 3.0}


def test_a_hostile_style_is_measured_too() -> None:
    tiny = Style("조각", size=1.0, wrap=True)
    assert measure.line_count("글" * 100, measure.room(84.3, tiny)) == 1
