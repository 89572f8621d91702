"""Page breaks: nothing is cut, no heading is left behind, tables and labels go on properly."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.edits import PageSetup
from xlbudget.grid import Area
from xlbudget.workbook.pages import (
    CONTINUED,
    Box,
    Label,
    Row,
    Table,
    Unit,
    gap,
    image,
    labelled,
    paginate,
    set_down,
    table_units,
    usable_height,
)

USABLE = 100.0
HEAD = Row(20.0, (Box(1, 4, "머리", "xlb 머리"),))
CLOSE = Row(6.0, (Box(1, 4, None, "xlb 마감선"),))
TABLE = Table((HEAD,), CLOSE)


def line(text: str, points: float = 18.0, **marks: object) -> Unit:
    return Unit((Row(points, (Box(2, 4, text, "xlb 글"),)),), **marks)  # type: ignore[arg-type]


def said(rows: list[Row]) -> list[object]:
    return [row.boxes[0].content if row.boxes else row.height for row in rows]


def test_what_fits_stays_on_one_page() -> None:
    assert len(paginate([line("글") for _ in range(5)], USABLE)) == 1


def test_a_row_that_does_not_fit_opens_the_next_page() -> None:
    pages = paginate([line(str(n)) for n in range(6)], USABLE)
    assert [said(page) for page in pages] == [["0", "1", "2", "3", "4"], ["5"]]


def test_a_heading_goes_with_what_it_heads() -> None:
    units = [line(str(n)) for n in range(4)] + [gap(5.0), line("□ 제목", keep=True), line("첫 줄")]
    assert [said(page) for page in paginate(units, USABLE)] == [["0", "1", "2", "3"], ["□ 제목", "첫 줄"]]


def test_a_gap_is_neither_first_nor_last_on_a_page() -> None:
    units = [gap(5.0), *(line(str(n)) for n in range(5)), gap(5.0), line("끝")]
    assert [said(page) for page in paginate(units, USABLE)] == [["0", "1", "2", "3", "4"], ["끝"]]


def test_a_table_that_runs_on_is_closed_and_repeats_its_head() -> None:
    pages = paginate(table_units(TABLE, [line(str(n)) for n in range(6)]), USABLE)
    assert [said(page) for page in pages] == [
        ["머리", "0", "1", "2", "3", None],
        ["머리", "4", "5", None],
    ]


def test_the_closing_rule_never_stands_alone() -> None:
    units = table_units(TABLE, [line(str(n), 19.0) for n in range(4)])
    pages = paginate(units, 20 + 4 * 19 + 5)
    assert [said(page) for page in pages] == [["머리", "0", "1", "2", None], ["머리", "3", None]]


def test_a_table_that_begins_on_a_new_page_has_one_head() -> None:
    pages = paginate([line("앞", 80.0), *table_units(TABLE, [line("0")])], USABLE)
    assert [said(page) for page in pages] == [["앞"], ["머리", "0", None]]


def test_what_is_higher_than_a_page_is_parted_between_units() -> None:
    pages = paginate([line(str(n), 40.0, keep=n < 4) for n in range(5)], USABLE)
    assert [said(page) for page in pages] == [["0", "1"], ["2", "3"], ["4"]]


def test_one_row_higher_than_a_page_gets_its_own() -> None:
    pages = paginate([line("앞"), line("큰 줄", 400.0), line("뒤")], USABLE)
    assert [said(page) for page in pages] == [["앞"], ["큰 줄"], ["뒤"]]


def test_a_label_is_merged_on_each_page_and_goes_on() -> None:
    label = Label(1, 1, "사무관리비", "xlb 항목", 18.0, 32.25)
    pages = paginate(table_units(TABLE, labelled(label, [line(str(n)) for n in range(6)])), USABLE)
    sheet = set_down(pages)
    assert sheet.breaks == [6]
    assert {area for area in sheet.merges if area.left == 1 and area.right == 1} == {
        Area(2, 1, 5, 1),
        Area(8, 1, 9, 1),
    }
    assert sheet.cells[2, 1] == ("사무관리비", "xlb 항목")
    assert sheet.cells[8, 1] == (f"사무관리비\n{CONTINUED}", "xlb 항목")


def test_rows_grow_until_their_label_fits() -> None:
    label = Label(1, 1, "긴 이름", "xlb 항목", 60.0, 74.25)
    rows = [unit.rows[0] for unit in labelled(label, [line("0"), line("1")])]
    assert [row.height for row in rows] == [30.0, 30.0]


def test_a_page_never_gets_too_few_rows_for_a_label() -> None:
    """Five lines fit, but the last alone could not hold the label and (계속): two go over."""
    label = Label(1, 1, "이름", "xlb 항목", 18.0, 32.25)
    pages = paginate(labelled(label, [line(str(n)) for n in range(6)]), USABLE)
    assert [said(page) for page in pages] == [["0", "1", "2", "3"], ["4", "5"]]


def test_merged_cells_all_have_the_style() -> None:
    sheet = set_down([[Row(18.0, (Box(1, 2, "글", "xlb 머리", 2), Box(3, 3, 5, "xlb 금액"))), Row(18.0)]])
    assert sheet.merges == [Area(1, 1, 2, 2)]
    assert sheet.cells == {
        (1, 1): ("글", "xlb 머리"),
        (1, 2): (None, "xlb 머리"),
        (2, 1): (None, "xlb 머리"),
        (2, 2): (None, "xlb 머리"),
        (1, 3): (5, "xlb 금액"),
    }


def test_a_text_that_says_nothing_is_a_blank_cell() -> None:
    label = Label(1, 1, "", "xlb 항목", 18.0, 32.25)
    sheet = set_down([[Row(18.0, (Box(2, 4, "", "xlb 글"), Box(5, 5, 0, "xlb 금액")), label)]])
    assert sheet.cells[1, 1] == (None, "xlb 항목")
    assert sheet.cells[1, 2] == (None, "xlb 글")
    assert sheet.cells[1, 5] == (0, "xlb 금액")


def test_the_height_of_a_page() -> None:
    assert usable_height(PageSetup()) == pytest.approx(701.3, abs=0.05)
    assert usable_height(PageSetup(), 674.4) == usable_height(PageSetup())
    assert usable_height(PageSetup(), 2 * 698) == pytest.approx(2 * usable_height(PageSetup()))


def test_the_sheet_prints_down_to_its_last_row() -> None:
    sheet = image([[Row(18.0)] * 3, [Row(18.0)] * 2], 10, {1: 3.3}, PageSetup())
    assert sheet.print_area == Area(1, 1, 5, 10)
    assert sheet.breaks == (3,)
    assert list(sheet.heights) == [1, 2, 3, 4, 5]


units = st.lists(
    st.builds(
        lambda text, steps, keep, rows: Unit(
            tuple(Row(steps * 0.75, (Box(1, 2, text, "s"),)) for _ in range(rows)), keep
        ),
        st.integers(0, 10_000).map(str),
        st.integers(4, 60),
        st.booleans(),
        st.integers(1, 3),
    ),
    max_size=40,
)


@given(units, st.booleans())
def test_no_page_is_too_full_and_no_unit_is_cut(body: list[Unit], in_table: bool) -> None:
    if in_table and body:
        body = list(table_units(TABLE, body))
    owner = {id(row): number for number, unit in enumerate(body) for row in unit.rows}
    full = paginate(body, 150.0)
    pages = [[row for row in page if row is not HEAD and row is not CLOSE] for page in full]
    placed = [[owner[id(row)] for row in page] for page in pages]
    assert [number for page in placed for number in page] == [
        number
        for number, unit in enumerate(body)
        for row in unit.rows
        if row is not HEAD and row is not CLOSE
    ]
    for page, numbers in zip(full, placed, strict=True):
        assert sum(row.height for row in page) <= 150.0 or len(set(numbers)) <= 1
    for above, below in pairwise(placed):
        assert not above or not below or above[-1] != below[0]


@given(units)
def test_what_is_kept_is_parted_only_where_it_is_higher_than_a_page(body: list[Unit]) -> None:
    page_of = {id(row): number for number, page in enumerate(paginate(body, 150.0)) for row in page}
    for at, (unit, following) in enumerate(pairwise(body)):
        if unit.keep and page_of[id(unit.rows[-1])] != page_of[id(following.rows[0])]:
            assert _kept_height(body, at) > 150.0


def _kept_height(body: list[Unit], at: int) -> float:
    """The height of all that stays together with a unit."""
    first = last = at
    while first > 0 and body[first - 1].keep:
        first -= 1
    while last < len(body) - 1 and body[last].keep:
        last += 1
    return sum(unit.height for unit in body[first : last + 1])
