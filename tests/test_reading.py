"""Reading a project from sheets that people have changed; the cases are workbooks a clerk could have made."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clerk import Grids, act, made
from xlbudget import dates
from xlbudget.book.file import FileBook
from xlbudget.book.memory import MemoryBook
from xlbudget.figures import Settings
from xlbudget.grid import Cell, Grid
from xlbudget.project import Project
from xlbudget.resources import DEMO_PROJECT, STANDARD_WORKBOOK, resource
from xlbudget.workbook import LayoutError, layout
from xlbudget.workbook.cells import as_year, points_at
from xlbudget.workbook.reading import read_project
from xlbudget.workbook.styles import STYLES
from xlbudget.workbook.writing import fill_inputs

CASES = Path(__file__).parent / "cases" / "reading"
DEMO = Project.model_validate_json(resource(DEMO_PROJECT).read_text(encoding="utf-8"))
NOTHING = "(없음)"


def cases(name: str) -> list[Any]:
    said = tomllib.loads((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=title) for title, case in said.items()]


@pytest.fixture(scope="module")
def filled() -> Grids:
    """The sheets of the filled example."""
    book = MemoryBook.of(FileBook.open(resource(STANDARD_WORKBOOK), styles=STYLES))
    book.apply(fill_inputs(DEMO, {sheet: book.read(sheet) for sheet in layout.INPUT_SHEETS}))
    return {sheet: book.read(sheet) for sheet in book.sheets()}


def at(project: Project, path: str) -> Any:
    value: Any = project.model_dump(mode="json")
    for step in path.split("/"):
        value = value[int(step)] if step.isdigit() else value[step]
    return NOTHING if value is None else value


def _setting(name: str, value: Any) -> Any:
    """A threshold stands in the case files as text, 없음 for none."""
    if name not in ("least_executed", "share_tolerance"):
        return value
    return None if value == "없음" else Decimal(value)


@pytest.mark.parametrize("case", cases("changed.toml"))
def test_a_changed_workbook_is_read(case: dict[str, Any], filled: Grids) -> None:
    project, said = read_project(act(filled, case["do"]))
    evidence = project.evidence
    if case.get("같음"):
        assert project.model_dump() == DEMO.model_dump()
    for path, value in case.get("값", {}).items():
        assert at(project, path) == value, path
    for path, place in case.get("칸", {}).items():
        assert str(evidence.cells[path]) == place
    for path, value in case.get("적힌 칸", {}).items():
        assert evidence.typed[path].value == value
    found = [(f.severity.value, f.code, f.cells[0], f.message) for f in evidence.findings]
    wanted = case.get("지적", [])
    assert [entry[:3] for entry in found] == [tuple(entry[:3]) for entry in wanted]
    for (*_, message), (*_, words) in zip(found, wanted, strict=True):
        assert words in message
    assert said == Settings(**{name: _setting(name, value) for name, value in case.get("설정", {}).items()})


@pytest.mark.parametrize("case", cases("refused.toml"))
def test_a_workbook_that_cannot_be_used_says_why(case: dict[str, Any], filled: Grids) -> None:
    with pytest.raises(LayoutError) as caught:
        read_project(act(filled, case["do"]))
    assert type(caught.value).__name__ == case["error"]
    for words in case["says"]:
        assert words in str(caught.value)


def test_every_figure_knows_its_cell(filled: Grids) -> None:
    evidence = read_project(filled).project.evidence
    wanted = {
        "name": "기본현황!B7", "fiscal_year": "기본현황!B8", "round": "기본현황!B9", "account": "기본현황!B10",
        "period": "기본현황!B11", "summary/1": "기본현황!B13", "funding/0/source": "기본현황!A21",
        "funding/0/amount": "기본현황!B21", "subsidy_rate": "기본현황!B28", "cost/total": "기본현황!B19",
        "organisation/bureau": "기본현황!B30", "organisation/division": "기본현황!B31",
        "organisation/head/name": "기본현황!B33", "organisation/officer/phone": "기본현황!C35",
        "items/1/object_name": "예산총괄!A9", "items/1/lines": "산출근거!A9",
        "items/0/previous/subsidy": "예산총괄!C8", "items/0/current/total": "예산총괄!D8",
        "items/0/current_subsidy": "예산총괄!E8", "items/0/current/subsidy": "예산총괄!E8",
        "items/0/change/total": "예산총괄!F8", "items/0/rate/subsidy": "예산총괄!I8",
        "items/0/derivations/2/text": "산출근거!C8", "items/0/derivations/2/amount": "산출근거!D8",
        "items/0/derivations/2/subsidy": "산출근거!E8", "items/0/derivations/2/note": "산출근거!F8",
        "total/previous/total": "예산총괄!B7", "total/current/subsidy": "예산총괄!E7",
        "total/rate/total": "예산총괄!H7", "schedule_total": "추진일정!D6", "schedule/0/end": "추진일정!C7",
        "purpose/0": "사업설명!B6", "grounds/0": "사업설명!B12", "content/2": "사업설명!B20",
        "history/3": "사업설명!B33", "results/1/year": "사업효과!A7", "results/1/text/1": "사업효과!B8",
        "effects/0": "사업효과!A23", "settlements/0/year": "결산현황!A7",
        "settlements/0/unspent/total": "결산현황!I8", "settlements/0/executed/subsidy": "결산현황!G7",
        "settlements/0/check/available/total": "결산현황!J8", "settlements/0/check/unspent/subsidy": "결산현황!K7",
    }  # fmt: skip
    assert {path: str(evidence.cells.get(path)) for path in wanted} == wanted
    assert evidence.texts["items/0/derivations/1/text"] == "회의 참석수당 150,000원*20명*3회"
    assert evidence.typed == {}
    assert evidence.findings == []


def test_dates_follow_the_date_system_of_the_workbook(filled: Grids) -> None:
    actions = [{"type": "추진일정!B7", "number": 44197 - 1462}]
    sheets = act(filled, actions)
    sheets["추진일정"] = made(sheets["추진일정"], date1904=True)
    assert read_project(sheets).project.schedule[0].start == "2021.01.01"


def test_reading_leaves_the_sheets_alone_and_says_the_same_again(filled: Grids) -> None:
    before = {name: dict(grid.cells) for name, grid in filled.items()}
    assert read_project(filled) == read_project(filled)
    assert {name: dict(grid.cells) for name, grid in filled.items()} == before


STRAY = st.one_of(
    st.none(),
    st.integers(-(10**18), 10**18),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    st.booleans(),
    st.text(max_size=8),
    st.sampled_from(
        ["(x-)", "△1", "1,000천원", "계", "○", "= 5천원", "100원*3회", "2021.1~12", "※", "연도", "과목구분"]
    ),
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_stands_in_the_cells_is_read_or_told(data: st.DataObject, filled: Grids) -> None:
    """No cell that a user fills makes reading fail otherwise than by a LayoutError."""
    sheets = dict(filled)
    for _ in range(data.draw(st.integers(1, 6))):
        name = data.draw(st.sampled_from(layout.INPUT_SHEETS))
        ref = data.draw(st.sampled_from(sorted(sheets[name].cells)))
        value = data.draw(STRAY)
        formula = data.draw(st.sampled_from([None, None, "A1", "SUM(B1:B9)"]))
        sheets[name] = made(sheets[name], cells={**sheets[name].cells, ref: Cell(value, formula)})
    try:
        project = read_project(sheets).project
    except LayoutError as error:
        assert str(error)
    else:
        assert Project.model_validate(project.model_dump()) == project
        assert all(f.cells and f.message for f in project.evidence.findings)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2021.01", "2021.01"), ("2021.1.", "2021.01"), ("2021-01-15", "2021.01.15"), ("2021/3/5", "2021.03.05"),
        ("2021년 1월", "2021.01"), ("2021년 1월 5일", "2021.01.05"), ("'21.3", "2021.03"), ("’98.12.", "1998.12"),
        ("20210115", "2021.01.15"), ("202101", "2021.01"), ("2021년", "2021"), ("2021.13", "2021.13"),
        ("2021.2.30", "2021.2.30"), ("연중", "연중"), ("3월", "3월"), ("", ""),
    ],
)  # fmt: skip
def test_dates_have_one_way_of_writing(written: str, kept: str) -> None:
    assert dates.canonical(written) == kept
    assert dates.canonical(kept) == kept


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2021.01~2021.12", ("2021.01", "2021.12")), ("2021.1.～12.", ("2021.01", "2021.12")),
        ("2021년 1월 ~ 12월", ("2021.01", "2021.12")), ("'21.3~'22.2", ("2021.03", "2022.02")),
        ("2021.01.05~2021.02", ("2021.01.05", "2021.02")), ("2021.01~", None), ("상반기~하반기", None), ("2021.01", None),
    ],
)  # fmt: skip
def test_a_period_has_a_start_and_an_end(written: str, period: tuple[str, str] | None) -> None:
    assert dates.split_range(written) == period


@given(st.dates(min_value=dates.from_serial(18264), max_value=dates.from_serial(73415)))  # type: ignore[arg-type]
def test_serials_are_days(day: Any) -> None:
    """The oracle counts from a day that Excel is known to number: 2021-01-01 is 44197."""
    serial = 44197 + (day - type(day)(2021, 1, 1)).days
    assert dates.from_serial(serial) == day
    assert dates.from_serial(serial - 1462, date1904=True) == day
    assert dates.canonical(f"{day:%Y-%m-%d}") == f"{day:%Y.%m.%d}"


@pytest.mark.parametrize(
    ("formula", "own"),
    [
        ("C8+1", True), ("$C$8", True), ("SUM(A1,C8)", True), ("c8*2", True), ("C80", False), ("AC8", False),
        ("작년!C8", False), ("'작년'!$C$8", False), ("C8A", False), ("[1]작년!C8", False), ("C7", False),
    ],
)  # fmt: skip
def test_a_formula_that_points_at_itself(formula: str, own: bool) -> None:
    from xlbudget.project import Place

    assert points_at(formula, Place("결산현황", 8, 3)) is own


@pytest.mark.parametrize(
    ("value", "year"),
    [(2021, 2021), ("2021 년도", 2021), ("'21", 2021), (True, None), (21, None), (None, None)],
)
def test_years(value: Any, year: int | None) -> None:
    assert as_year(value) == year


def test_a_table_of_another_shape_is_told_by_the_nearest_heading() -> None:
    grid = Grid("엉뚱한 시트", {(2, 2): Cell("과목구분"), (2, 3): Cell("산출내역"), (9, 1): Cell("항목")})
    with pytest.raises(LayoutError, match="표준예산서가 아닙니다"):
        read_project({"엉뚱한 시트": grid})
