"""Markers of 산출근거: how deep a line stands, whatever people typed for ○ and -."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.workbook.markers import Level, Levels, is_known, leading_marker, read_level

CASES = tomllib.loads(
    (Path(__file__).parent / "cases" / "reading" / "markers.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_how_deep_the_lines_of_an_item_stand(case: dict[str, Any]) -> None:
    levels = Levels()
    found = []
    for text in case["줄"]:
        marker, rest = leading_marker(text)
        computes = rest.endswith("원")
        level = Level(marker) if marker else Level(levels.unmarked(computes=computes))
        found.append(levels.add(level, computes=computes))
    assert found == case["깊이"]


LEVELS = st.tuples(
    st.text(st.sampled_from("○◎●□-－·▪※oO0129()*가ㅇ▶"), max_size=3), st.integers(0, 9), st.booleans()
)


@given(st.lists(LEVELS, max_size=8))
def test_what_is_written_for_a_depth_reads_back_as_it(lines: list[tuple[str, int, bool]]) -> None:
    writing, reading = Levels(), Levels()
    for marker, depth, computes in lines:
        level = read_level(writing.add_as_text(marker, depth, computes=computes))
        assert level.marker == marker
        assert reading.add(level, computes=computes) == depth
        assert level.depth is not None or is_known(marker)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("○", Level("○")), ("－", Level("－")), ("0", Level("○", 0)), ("1", Level("-", 1)), ("2", Level("·", 2)),
        ("(3)*", Level("*", 3)), ("가.", Level("가.")),
    ],
)  # fmt: skip
def test_a_marker_or_a_digit_in_the_column_of_levels(text: str, level: Level) -> None:
    assert read_level(text) == level


@pytest.mark.parametrize(
    ("text", "marker", "rest"),
    [
        ("○ 가", "○", "가"), ("○가", "○", "가"), ("- 가", "-", "가"), ("-가", "-", "가"), ("-500원", "", "-500원"),
        ("－ 가", "－", "가"), ("－500원", "", "－500원"), ("◦ 가", "◦", "가"), ("◯가", "◯", "가"), ("□ 가", "□", "가"),
        ("o 가", "o", "가"), ("O 가", "O", "가"), ("office 가", "", "office 가"), ("ㆍ가", "ㆍ", "가"), ("※ 가", "※", "가"),
        ("0 위원회", "0", "위원회"), ("0 3회", "", "0 3회"), ("0 * 3회", "", "0 * 3회"), ("05년 가", "", "05년 가"),
        ("▶ 가", "▶", "가"), ("* 가", "*", "가"), ("*3회", "", "*3회"), ("△ 500원", "", "△ 500원"), ("㎡ 500원", "", "㎡ 500원"),
        ("\uf09f 가", "\uf09f", "가"), ("가 - 나", "", "가 - 나"), ("", "", ""),
    ],
)  # fmt: skip
def test_a_marker_at_the_head_of_a_text(text: str, marker: str, rest: str) -> None:
    assert leading_marker(text) == (marker, rest)
