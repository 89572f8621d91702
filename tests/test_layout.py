"""The description of the standard workbook: headings, split texts, styles."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.korean import name_key
from xlbudget.project import SETTLEMENT_COLUMNS
from xlbudget.workbook import layout
from xlbudget.workbook.layout import (
    TABLES,
    bare_key,
    heading_key,
    join_object,
    join_source,
    split_object,
    split_source,
)
from xlbudget.workbook.styles import INPUT_STYLES, STYLES, named

CASES = Path(__file__).parent / "cases" / "layout"
FORMATS = {
    "": "General",
    "NUM": '#,##0_)_.;"△"#,##0_)_.;0_)_.',
    "XNUM": '"(x"#,##0")"_.;"(x△"#,##0")"_.;"(x-)"_.',
    "PCT": '#,##0.0_)_.;"△"#,##0.0_)_.;0_)_.;@_)_.',
    "XPCT": '"(x"#,##0.0")"_.;"(x△"#,##0.0")"_.;"(x-)"_.;"(x"@")"_.',
    "WON": '#,##0"천원"_.;"△"#,##0"천원"_.;0"천원"_.',
    "FUND": '"(국비) "#,##0"천원";"(국비) △"#,##0"천원";"(국비)"',
}
TYPED_AS_TEXT = {"입력 글", "입력 코드"}


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", rows("styles.csv"), ids=lambda row: row["이름"])
def test_a_style_looks_as_the_form_says(row: dict[str, str]) -> None:
    style = STYLES[named(row["이름"])]
    place, *words = row["맞춤"].split()
    assert (style.size, style.bold) == (float(row["크기"]), row["굵게"] == "굵게")
    assert (style.ink, style.fill, style.border) == (row["글자색"], row["바탕"], row["테두리"])
    assert (style.horizontal, style.vertical) == tuple(place.split("/"))
    assert (style.wrap, style.shrink) == ("wrap" in words, "shrink" in words)
    assert style.indent == next((int(word[2:]) for word in words if word.startswith("in")), 0)
    wanted = "@" if row["이름"] in TYPED_AS_TEXT else FORMATS.get(row["표시 형식"], row["표시 형식"])
    assert style.number_format == wanted


def test_styles_say_who_types_into_a_cell() -> None:
    assert all(not STYLES[name].locked for name in INPUT_STYLES)
    assert all(style.locked for name, style in STYLES.items() if name not in INPUT_STYLES)
    assert named("입력 머리") not in INPUT_STYLES
    with pytest.raises(KeyError):
        named("없는 것")


@pytest.mark.parametrize("row", rows("headings.csv"), ids=lambda row: repr(row["적힌 글"]))
def test_headings_are_compared_without_what_does_not_count(row: dict[str, str]) -> None:
    assert heading_key(row["적힌 글"]) == row["견주는 글"]


def test_brackets_count_only_where_the_whole_does_not_match() -> None:
    assert bare_key(heading_key("금액 (천원)")) == "금액"
    assert bare_key(heading_key("증감률 [%] (B-A)")) == "증감률"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
def test_no_heading_of_a_table_stands_for_two_columns(table: layout.Table) -> None:
    texts = [text for column in table.columns for text in column.texts()]
    assert len(texts) == len(set(texts))
    assert table.required <= {column.key for column in table.columns}


def test_the_settlement_has_the_columns_of_the_model() -> None:
    keys = [column.key for column in layout.TABLE["settlement"].columns]
    assert tuple(keys[2:-1]) == SETTLEMENT_COLUMNS


def test_generated_sheets_and_lists_are_not_read() -> None:
    assert layout.sheets_to_read(layout.SHEETS) == (*layout.TYPED_SHEETS, layout.SETTINGS)
    assert layout.sheets_to_read(["산출근거 (2)", "점검결과", "메모"]) == ("산출근거 (2)", "메모")


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("사무관리비", "", "사무관리비"),
        ("201-01 사무관리비", "201-01", "사무관리비"),
        ("사무관리비(201-01)", "201-01", "사무관리비"),
        ("[일반] 사무관리비", "일반", "사무관리비"),
        ("민간자본사업보조(자체재원)", "", "민간자본사업보조(자체재원)"),
        ("201-01", "", "201-01"),
    ],
)
def test_a_code_stands_before_or_behind_a_name(text: str, code: str, name: str) -> None:
    assert split_object(text) == (code, name)


WORDS = st.text(st.sampled_from("가나다 0123-()[]·"), max_size=12).map(str.strip)


@given(code=st.one_of(st.just(""), st.from_regex(r"\d{3}-\d{2}", fullmatch=True), WORDS), name=WORDS)
def test_code_and_name_come_back_unless_brackets_hide_them(code: str, name: str) -> None:
    text = join_object(code, name)
    if not set("[]") & set(code):
        assert split_object(text) == (code, name)


@given(source=st.text(st.sampled_from("국비구 ()예산외"), max_size=10).map(str.strip), inside=st.booleans())
def test_sources_outside_the_budget_are_told_by_their_label(source: str, inside: bool) -> None:
    read = split_source(join_source(source, inside))
    assert read == (source, inside) or (inside and source.replace(" ", "").endswith("(예산외)"))


@pytest.mark.parametrize(
    ("one", "other"),
    [("시책추진업무추진 비", "시책추진업무추진비"), ("예술단원ㆍ운동부등", "예술단원·운동부등")],
)
def test_objects_are_the_same_whatever_their_spaces_and_dots(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)
