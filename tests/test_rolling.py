"""roll: next year's workbook, what it takes along, what it clears and what it lists."""

# ruff: noqa: F811 (a fixture of another module)
from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli import Ran, run  # noqa: F401 (a fixture)
from tests.test_comparison import edited
from tests.test_diffing import saved
from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.edits import Formula, SetCells
from xlbudget.grid import Grid, parse_a1
from xlbudget.project import Item, Project
from xlbudget.workbook import layout
from xlbudget.workbook.layout import join_object, split_object
from xlbudget.workbook.records import EXCEPTION, Record, add_records, read_records
from xlbudget.workbook.rolling.objects import map_objects, object_changes
from xlbudget.yearly import Rolled, RollRefused, default_target, roll_book

CASES = Path(__file__).parent / "cases" / "roll"
ALL = tomllib.loads((CASES / "objects.toml").read_text(encoding="utf-8"))["case"]


def item(text: str) -> Item:
    code, name = split_object(text)
    return Item(object_name=name, object_code=code)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case["name"])
def test_objects_of_the_next_year(case: dict[str, Any]) -> None:
    items = [item(text) for text in case["items"]]
    mapped = map_objects(items, 2027)
    became = [
        join_object(*mapped.objects.get(at, (old.object_code, old.object_name)))
        for at, old in enumerate(items)
    ]
    assert became == case["becomes"]
    assert len(mapped.said) == len(case["told"])
    assert all(part in said for part, said in zip(case["told"], mapped.said, strict=True))


def test_a_year_without_a_table_is_told_and_changes_nothing() -> None:
    mapped = map_objects([item("401-01 시설비")], 2023)
    assert mapped.objects == {}
    assert "2023년에 바뀐 과목의 자료가 없어" in mapped.said[0]


def test_every_old_object_of_the_table_is_one_of_the_year_before() -> None:
    from xlbudget.workbook.template.lists import read_objects

    for year, changes in object_changes().items():
        known = {(code, name) for listed, code, name in read_objects() if listed == year - 1}
        assert {(change.old_code, change.old_name) for change in changes} <= known


def book_of(edits: dict[str, Any]) -> FileBook:
    book = workflow.book_from_json(edited(edits).model_dump_json())
    book.apply(workflow.plan(book, "build").edits)
    return book


def rolled(edits: dict[str, Any] | None = None) -> tuple[Project, Rolled]:
    book = book_of(edits or {})
    return workflow.judge(book).project, roll_book(book, 2028)


def test_what_is_budgeted_becomes_last_years_in_both_layers() -> None:
    before, after = rolled()
    project = after.outcome.project
    assert project.fiscal_year == 2028
    assert [(i.previous.total, i.previous.subsidy) for i in project.items] == [
        (10828, 1500), (8284, 2500), (1386, 0),
    ]  # fmt: skip
    assert [i.derivations for i in project.items] == [i.derivations for i in before.items]
    assert [i.current_subsidy for i in project.items] == [i.current_subsidy for i in before.items]
    assert after.outcome.figures.total.change.total == 0
    assert project.funding == before.funding
    assert "사무관리비 전년도 예산액(A) 9,000 → 10,828" in after.said


def test_the_years_of_the_form_move_on_and_open_blank() -> None:
    before, after = rolled()
    assert [s.year for s in before.settlements] == [2024, 2025]
    settled = after.outcome.project.settlements
    assert [s.year for s in settled] == [2024, 2025, 2026]
    assert settled[:2] == before.settlements
    assert all(getattr(settled[2], c).total is None for c in ("final_budget", "executed", "unspent"))
    assert [(r.year, r.text) for r in after.outcome.project.results] == [
        *((r.year, r.text) for r in before.results if r.year > 2024), (2027, ()),
    ]  # fmt: skip
    again = roll_book(after.book, 2029)
    assert [s.year for s in again.outcome.project.settlements] == [2025, 2026, 2027]
    assert [r.year for r in again.outcome.project.results] == [2026, 2027, 2028]
    assert [i.previous for i in again.outcome.project.items] == [
        i.previous for i in after.outcome.project.items
    ]
    assert again.caused == ()


def test_the_schedule_is_cleared_and_the_words_stay() -> None:
    before, after = rolled()
    project = after.outcome.project
    assert project.schedule == ()
    for name in ("purpose", "grounds", "content", "history", "effects", "organisation", "summary", "name"):
        assert getattr(project, name) == getattr(before, name)


def test_a_blank_subsidy_stays_blank_and_a_zero_stays_zero() -> None:
    _, after = rolled({"items/0/current_subsidy": None, "items/1/current_subsidy": 0})
    assert [i.previous.subsidy for i in after.outcome.project.items][:2] == [None, 0]


def test_years_in_words_change_where_they_can_only_mean_the_budgets_year() -> None:
    _, after = rolled(
        {
            "items/0/derivations/1/label": "2027년 강사료",
            "items/0/derivations/2/label": "모임 자료 인쇄(2027)",
            "period": "2027. 1. ~ 2027. 12.",
            "purpose/0": "2027년까지 모든 동네에 둠",
        }
    )
    project = after.outcome.project
    assert [line.label for line in project.items[0].derivations][1:3] == [
        "2028년 강사료",
        "모임 자료 인쇄(2027)",
    ]
    assert project.period == "2028. 1. ~ 2028. 12."
    assert project.purpose[0] == "2027년까지 모든 동네에 둠"
    said = "\n".join(after.said)
    assert "2027이 있습니다. 확인하세요: 모임 자료 인쇄(2027)" in said
    assert "사업목적 1째 글에 2027년이 있습니다" in said


def test_a_period_of_several_years_stays() -> None:
    _, after = rolled({"period": "2025년 ~ 2027년"})
    assert after.outcome.project.period == "2025년 ~ 2027년"
    assert any("여러 해" in said for said in after.said)


def test_rolling_causes_no_error() -> None:
    _, after = rolled({"funding/1/amount": 16498, "schedule/1/amount": 20498})
    assert after.caused == ()
    assert after.outcome.summary.errors == 0


def test_objects_are_renamed_wherever_they_stand() -> None:
    book = book_of({"fiscal_year": 2026, "items/1/object_name": "시설비", "items/1/object_code": "401-01"})
    after = roll_book(book, 2027)
    texts = {
        sheet: [cell.value for cell in book.read(sheet).cells.values() if isinstance(cell.value, str)]
        for sheet in ("예산총괄", "산출근거")
    }
    assert all("401-02 시설비" in words and "401-01 시설비" not in words for words in texts.values())
    assert len(after.outcome.project.items) == 3


def filled(grid: Grid) -> int:
    return sum(cell.value is not None for cell in grid.cells.values())


def test_decisions_notes_marks_and_generated_sheets_go() -> None:
    book = book_of({})
    record = Record(EXCEPTION, "0a1b2c3d", "BUD-R01", reason="ROUND", text="천원 미만", by="○○○")
    book.apply(add_records(book.read(layout.SETTINGS), [record]))
    assert any(book.read(sheet).notes for sheet in layout.TYPED_SHEETS)
    after = roll_book(book, 2028)
    empty = workflow.standard_book()
    assert read_records(book.read(layout.SETTINGS)) == ()
    assert not any(book.read(sheet).notes for sheet in layout.TYPED_SHEETS)
    for sheet in (layout.RESULTS, layout.DESCRIPTION):
        assert filled(book.read(sheet)) == filled(empty.read(sheet))
    assert any("1건을 지웠습니다" in said for said in after.said)


def test_what_is_the_users_own_stays() -> None:
    book = book_of({})
    book.apply(
        [
            SetCells("안내", {parse_a1("Z40"): "우리 과 메모"}),
            SetCells("예산총괄", {parse_a1("N30"): Formula("1+1", 2)}),
        ]
    )
    roll_book(book, 2028)
    assert book.read("안내").value(*parse_a1("Z40")) == "우리 과 메모"
    assert book.read("예산총괄").cell(*parse_a1("N30")).formula == "1+1"


def test_a_supplementary_round_becomes_an_original_one_and_says_whose_amounts_these_are() -> None:
    _, after = rolled({"round": "제2회 추경"})
    assert after.outcome.project.round == "본예산"
    assert any("제2회 추경의 금액입니다" in said for said in after.said)


@pytest.mark.parametrize("to", [2027, 2026, 2029])
def test_only_the_following_year_is_possible(to: int) -> None:
    with pytest.raises(RollRefused, match="2028년으로만"):
        roll_book(book_of({}), to)


def test_command_names_the_copy_and_never_writes_over_the_input(run: Any, tmp_path: Path) -> None:
    source = saved(edited({"funding/1/amount": 16498}), tmp_path / "도서관.xlsx")
    before = source.read_bytes()
    ran: Ran = run("roll", source, "--to", "2028")
    assert (ran.code, ran.out) == (0, f"{tmp_path / '도서관_2028.xlsx'}\n")
    assert "회계연도 2027 → 2028" in ran.err
    assert source.read_bytes() == before
    assert workflow.read(tmp_path / "도서관_2028.xlsx").fiscal_year == 2028
    assert run("roll", source, "--to", "2028", "-o", source).code == 2
    assert run("roll", source, "--to", "2031").code == 2
    assert default_target(Path("a.json"), 2028) == Path("a_2028.xlsx")


def test_the_county_rolls(corpus: Path) -> None:
    from xlbudget import intake

    taken = intake.take_book(corpus / "hongseong_2026.csv", Path(), year=2026)
    for at, (entry, project) in enumerate(taken.book.projects()):
        if at % 60:
            continue
        book = workflow.book_from_json(project.model_dump_json())
        before = workflow.judge(book)
        after = roll_book(book, 2027)
        assert after.caused == (), entry.file_name
        lasts = [(i.previous.total, i.previous.subsidy) for i in after.outcome.project.items]
        assert lasts == [tuple(figures.row.current) for figures in before.figures.items]
