"""Laying a project out on the standard workbook, and reading the same project back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.clerk import Grids, act, made
from xlbudget.book.file import FileBook
from xlbudget.book.memory import MemoryBook
from xlbudget.edits import Formula, InsertRows, SetCells
from xlbudget.korean import name_key
from xlbudget.money import Rounding
from xlbudget.project import (
    SETTLEMENT_COLUMNS,
    Funding,
    Item,
    Line,
    Organisation,
    Pair,
    Person,
    Project,
    Results,
    Settlement,
    Step,
)
from xlbudget.resources import DEMO_PROJECT, STANDARD_WORKBOOK, resource
from xlbudget.workbook import LayoutError, NotWritable, layout
from xlbudget.workbook.layout import heading_key
from xlbudget.workbook.reading import read_project
from xlbudget.workbook.reading.basics import label_meaning
from xlbudget.workbook.styles import INPUT_STYLES, STYLES
from xlbudget.workbook.writing import fill_inputs
from xlbudget.workbook.writing.limits import line_text

DEMO = Project.model_validate_json(resource(DEMO_PROJECT).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def empty() -> Grids:
    """The sheets of the empty standard workbook."""
    book = FileBook.open(resource(STANDARD_WORKBOOK), styles=STYLES)
    return {sheet: book.read(sheet) for sheet in book.sheets()}


def laid_out(project: Project, grids: Grids) -> Grids:
    book = MemoryBook(grids.values())
    book.apply(fill_inputs(project, {sheet: book.read(sheet) for sheet in layout.INPUT_SHEETS}))
    return {sheet: book.read(sheet) for sheet in book.sheets()}


# Texts as people write them: no blanks around them, signs that a spreadsheet would take for a formula, long ones.
WORDS = st.text(st.sampled_from("가나다라 ·()=+-@'\"&<>\n0123,.%원△○※#"), max_size=20).map(str.strip)
SENTENCES = st.one_of(
    WORDS.filter(bool),
    st.sampled_from(
        ["=1+1", "- 회의", "+82", "@이름", "'따옴표", "#REF!", "TRUE", "1,000", "2021.01", "가" * 32_767]
    ),
)
BULLETS = st.lists(SENTENCES, max_size=5).map(tuple)
AMOUNTS = st.one_of(st.none(), st.integers(-(10**15), 10**15), st.sampled_from([0, 1, -1, 10**15, -(10**15)]))
PAIRS = st.builds(Pair, total=AMOUNTS, subsidy=AMOUNTS)
PERSONS = st.builds(Person, name=WORDS, phone=WORDS)
NAMES = st.text(st.sampled_from("사무관리비 ·()가나다"), min_size=1, max_size=10).map(str.strip).filter(bool)
LABELS = st.text(st.sampled_from("회의 참석수당인쇄비 등"), max_size=10).map(str.strip)
EXPRESSIONS = st.one_of(
    st.none(),
    st.builds(
        lambda price, people, times: f"{price:,}원*{people}명*{times}회",
        st.integers(1, 10**9), st.integers(1, 99), st.integers(1, 99),
    ),
    st.sampled_from(["500원*3회", "3,000,000원", "230,000,000원*7%", "200,000원*1명*12월+200,000원*1명*6월"]),
)  # fmt: skip
MARKERS = st.one_of(
    st.sampled_from([(0, "○"), (1, "-"), (2, "·"), (0, "◎"), (1, "○"), (3, ""), (9, "가나다라마"), (0, "3")]),
)
DATES = st.sampled_from(["", "2021.01", "2021.12.31", "2021", "상반기", "수시"])


@st.composite
def lines(draw: st.DrawFn) -> Line:
    depth, marker = draw(MARKERS)
    return Line(
        depth=depth,
        marker=marker,
        label=draw(LABELS),
        expression=draw(EXPRESSIONS),
        stated=draw(st.one_of(st.none(), st.integers(-(10**9), 10**9))),
        subsidy=draw(AMOUNTS),
        note=draw(WORDS),
    )


@st.composite
def items(draw: st.DrawFn) -> Item:
    wanted = draw(st.lists(lines(), max_size=4))
    kept: list[Line] = []
    for line in wanted:
        if line_text(line, Rounding.CEIL) is not None:
            kept.append(line)
    return Item(
        object_name=draw(NAMES),
        object_code=draw(
            st.one_of(st.just(""), st.from_regex(r"\d{3}-\d{2}", fullmatch=True), st.just("일반"))
        ),
        previous=draw(PAIRS),
        current_subsidy=draw(AMOUNTS),
        derivations=tuple(kept),
    )


def free(label: str) -> bool:
    return label_meaning(label) is None and heading_key(label) not in layout.TOTAL_LABELS


PROJECTS = st.builds(
    Project,
    name=WORDS,
    fiscal_year=st.integers(1900, 2999),
    round=st.sampled_from(["본예산", "추경1", "제2회 추경"]),
    rounding=st.sampled_from(Rounding),
    account=WORDS,
    period=WORDS,
    summary=BULLETS,
    funding=st.lists(
        st.builds(
            Funding,
            source=st.sampled_from(["국비", "시비", "구비", "기타", "도비", "기금", "균특", "", "기부금(지정)"]),
            amount=st.integers(-(10**15), 10**15),
            in_budget=st.booleans(),
        ),
        max_size=11,
    ).map(tuple),
    subsidy_rate=WORDS,
    organisation=st.builds(
        Organisation, bureau=WORDS, division=WORDS, head=PERSONS, team_leader=PERSONS, officer=PERSONS
    ),
    items=st.lists(items(), max_size=4, unique_by=lambda item: name_key(item.object_name)).map(tuple),
    purpose=BULLETS,
    grounds=BULLETS,
    content=BULLETS,
    history=BULLETS,
    schedule=st.lists(
        st.builds(Step, step=WORDS, start=DATES, end=DATES, amount=AMOUNTS, detail=WORDS).filter(
            lambda step: step != Step() and heading_key(step.step) not in layout.TOTAL_LABELS
        ),
        max_size=3,
    ).map(tuple),
    results=st.lists(
        st.builds(Results, year=st.integers(1900, 2999), text=BULLETS), max_size=3, unique_by=lambda r: r.year
    ).map(tuple),
    effects=BULLETS,
    settlements=st.lists(
        st.builds(
            Settlement, year=st.integers(1900, 2999), **dict.fromkeys(SETTLEMENT_COLUMNS, PAIRS)  # type: ignore[arg-type]
        ),
        max_size=6,
    ).map(tuple),
)  # fmt: skip


def said(project: Project) -> dict[str, Any]:
    return project.model_dump(mode="json")


@settings(max_examples=120, deadline=None)
@example(project=DEMO)
@example(project=Project(name="", fiscal_year=2026))
@given(project=PROJECTS)
def test_what_is_written_is_read_back(project: Project, empty: Grids) -> None:
    back = read_project(laid_out(project, empty)).project
    assert said(back) == said(project)
    assert back.evidence.findings == []


def long_project() -> Project:
    """More of everything than there are spare rows."""
    line = Line(label="회의", expression="1,000원*2명")
    pair = Pair(total=1, subsidy=2)
    return Project(
        name="긴 사업",
        fiscal_year=2026,
        summary=tuple(f"내용 {n}째" for n in range(30)),
        funding=tuple(Funding(source=f"재원{n}가", amount=n, in_budget=n % 2 == 0) for n in range(20)),
        subsidy_rate="50%",
        organisation=Organisation(
            bureau="국", division="과", officer=Person(name="○○○", phone="02-0000-0000")
        ),
        items=tuple(
            Item(object_name=f"과목{n}가", previous=pair, current_subsidy=n, derivations=(line,) * 4)
            for n in range(40)
        ),
        purpose=tuple(f"목적 {n}째" for n in range(15)),
        grounds=tuple(f"근거 {n}째" for n in range(15)),
        content=tuple(f"내용 {n}째" for n in range(40)),
        history=tuple(f"경위 {n}째" for n in range(25)),
        schedule=tuple(Step(step=f"절차 {n}", start="2026.01", end="2026.02", amount=n) for n in range(50)),
        results=tuple(Results(year=2023 + n, text=("실적",) * 12) for n in range(3)),
        effects=tuple(f"효과 {n}째" for n in range(20)),
        settlements=tuple(
            Settlement(year=2010 + n, **dict.fromkeys(SETTLEMENT_COLUMNS, pair)) for n in range(9)
        ),
    )


def test_rows_are_inserted_where_the_spare_ones_run_out(empty: Grids) -> None:
    project = long_project()
    edits = fill_inputs(project, empty)
    inserted = [edit for edit in edits if isinstance(edit, InsertRows)]
    assert {edit.sheet for edit in inserted} == set(layout.TYPED_SHEETS)
    assert said(read_project(laid_out(project, empty)).project) == said(project)


def test_a_long_project_in_a_file(tmp_path: Path) -> None:
    """In the file the inserted rows look like those above, and names, choices, marks and pages grow along."""
    book = FileBook.open(resource(STANDARD_WORKBOOK), styles=STYLES)
    project = long_project()
    book.apply(fill_inputs(project, {sheet: book.read(sheet) for sheet in layout.INPUT_SHEETS}))
    path = tmp_path / "긴 사업.xlsx"
    book.save(path)
    again = FileBook.open(path, styles=STYLES)
    sheets = {sheet: again.read(sheet) for sheet in again.sheets()}
    assert said(read_project(sheets).project) == said(project)
    lines = sheets["산출근거"]
    assert {lines.cell(row, 3).style for row in range(6, 166)} == {"xlb 입력 글"}
    settled = sheets["결산현황"]
    for row in range(7, 25, 2):
        assert settled.cell(row, 3).style == "xlb 입력 지원액", row
        assert settled.cell(row + 1, 3).style == "xlb 입력 금액", row
    shown = openpyxl.load_workbook(path)
    assert shown.defined_names["표_산출근거"].attr_text == "'산출근거'!$A$6:$F$165"
    assert {str(v.sqref) for v in shown["산출근거"].data_validations.dataValidation} == {"A6:A165", "B6:B165"}
    assert {str(area.sqref) for area in shown["산출근거"].conditional_formatting} == {
        "A5:F165", "C6:C165", "C6:D165",
    }  # fmt: skip
    assert shown["산출근거"].print_area == "'산출근거'!$A$1:$F$165"


def test_the_labels_of_the_sheet_stay_where_the_sources_allow_it(empty: Grids) -> None:
    def labels(*sources: tuple[str, bool]) -> list[Any]:
        funding = tuple(Funding(source=source, amount=1, in_budget=inside) for source, inside in sources)
        sheet = laid_out(Project(name="가", fiscal_year=2026, funding=funding), empty)["기본현황"]
        return [sheet.value(row, 1) for row in range(20, 28)]

    usual = ["국비", "시비", "구비 (예산 외)", "기타 (예산 외)"]
    assert labels() == [*usual, *[None] * 4]
    assert labels(("시비", True), ("기타", False)) == [*usual, *[None] * 4]
    assert labels(("국비", True), ("기금", True)) == [*usual, "기금", *[None] * 3]
    assert labels(("시비", True), ("국비", True)) == ["시비", "국비", *[None] * 6]
    assert labels(("도비", True), ("시비", True)) == ["도비", "시비", *[None] * 6]


def test_texts_stay_texts(tmp_path: Path) -> None:
    signs = ("=SUM(A1)", "+82-2", "-5% 조정", "@조례", "00123", "'인용'")
    project = Project(name="=1+1", fiscal_year=2026, purpose=signs)
    book = FileBook.open(resource(STANDARD_WORKBOOK), styles=STYLES)
    book.apply(fill_inputs(project, {sheet: book.read(sheet) for sheet in layout.INPUT_SHEETS}))
    path = tmp_path / "글.xlsx"
    book.save(path)
    shown = openpyxl.load_workbook(path)
    assert shown["기본현황"]["B7"].data_type == "s"
    assert [shown["사업설명"].cell(row, 2).value for row in range(6, 12)] == list(signs)
    assert {shown["사업설명"].cell(row, 2).data_type for row in range(6, 12)} == {"s"}


def test_only_cells_that_people_type_into_are_written(empty: Grids) -> None:
    headings = {("예산총괄", (5, 2)): "2020예산액 (A)", ("예산총괄", (5, 4)): "2021예산액 (B)"}
    for edit in fill_inputs(DEMO, empty):
        assert isinstance(edit, SetCells)
        for ref, content in edit.cells.items():
            shown = headings.pop((edit.sheet, ref), None)
            if shown is None:
                assert empty[edit.sheet].cell(*ref).style in INPUT_STYLES, f"{edit.sheet} {ref}"
            else:
                assert content == Formula(empty[edit.sheet].cell(*ref).formula or "", shown)
    assert headings == {}


def test_headings_that_somebody_typed_stay(empty: Grids) -> None:
    typed = act(
        empty,
        [{"type": "예산총괄!B5", "text": "2020예산액 (A)"}, {"type": "예산총괄!D5", "formula": 'A1&"(B)"'}],
    )
    for edit in fill_inputs(DEMO, typed):
        if isinstance(edit, SetCells) and edit.sheet == "예산총괄":
            assert not {(5, 2), (5, 4)} & edit.cells.keys()


def test_what_says_nothing_is_left_out(empty: Grids) -> None:
    project = Project(
        name=" 가 ", fiscal_year=2026, round="", purpose=("", " 나 ", " "), schedule=(Step(), Step(start="2026-1-5"))
    )  # fmt: skip
    back = read_project(laid_out(project, empty)).project
    wanted = Project(name="가", fiscal_year=2026, purpose=("나",), schedule=(Step(start="2026.01.05"),))
    assert said(back) == said(wanted)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"items": (Item(object_name="계"),)}, "과목 '계'"),
        ({"items": (Item(object_name=" "),)}, "과목 이름이 비어 있습니다"),
        ({"items": (Item(object_name="사무관리비"), Item(object_name="사무 관리비"))}, "두 번 있습니다"),
        ({"items": (Item(object_name="가", object_code="[1]"),)}, "코드 '[1]'"),
        ({"funding": (Funding(source="합계", amount=1),)}, "재원 '합계'"),
        ({"funding": (Funding(source="회계연도", amount=1),)}, "재원 '회계연도'"),
        ({"schedule": (Step(step="합 계", amount=1),)}, "추진일정 '합 계'"),
        ({"results": (Results(year=2020), Results(year=2020))}, "추진실적 2020년"),
    ],
)
def test_what_the_cells_cannot_hold_is_refused(change: dict[str, Any], words: str, empty: Grids) -> None:
    project = Project(name="가", fiscal_year=2026, **change)
    with pytest.raises(NotWritable) as caught:
        fill_inputs(project, empty)
    assert words in str(caught.value)


def test_everything_that_cannot_be_written_is_told_at_once(empty: Grids) -> None:
    project = Project(
        name="가",
        fiscal_year=2026,
        items=(Item(object_name="계"), Item(object_name="")),
        schedule=(Step(step="계"),),
    )
    with pytest.raises(NotWritable, match="3가지"):
        fill_inputs(project, empty)


@pytest.mark.parametrize(
    ("actions", "error", "words"),
    [
        ([{"clear": "기본현황!A10"}], "HeadingMissing", "회계"),
        ([{"clear": "사업설명!A12"}], "HeadingMissing", "사업근거"),
        ([{"delete": "설정"}], "NotWritable", "반올림"),
        ([{"delete": "추진일정"}], "SheetMissing", "추진일정"),
    ],
)
def test_a_sheet_that_lost_something_cannot_be_filled(
    actions: list[dict[str, Any]], error: str, words: str, empty: Grids
) -> None:
    with pytest.raises(LayoutError) as caught:
        fill_inputs(DEMO, act(empty, actions))
    assert type(caught.value).__name__ == error
    assert words in str(caught.value)


def test_a_table_without_input_cells_cannot_be_filled(empty: Grids) -> None:
    sheet = empty["산출근거"]
    plain = made(sheet, cells={ref: cell._replace(style=None) for ref, cell in sheet.cells.items()})
    with pytest.raises(NotWritable, match="적는 칸이 없습니다"):
        fill_inputs(DEMO, {**empty, "산출근거": plain})


def test_a_sheet_with_rows_and_columns_put_in_is_filled_too(empty: Grids) -> None:
    actions = [
        {"insert_rows": "산출근거!2", "count": 3},
        {"insert_columns": "예산총괄!C"},
        {"insert_columns": "기본현황!B"},
        {"insert_rows": "사업효과!22", "count": 2},
    ]
    assert said(read_project(laid_out(DEMO, act(empty, actions))).project) == said(DEMO)
