"""What clerks do to a finished workbook: exactly what is told, what the next build writes, and that it recalculates."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import office
from xlbudget import workflow
from xlbudget.batch.jobs import Job, Status, one
from xlbudget.book.file import FileBook
from xlbudget.edits import SetCells
from xlbudget.grid import Value, a1, parse_a1
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.styles import STYLES

CASES = tomllib.loads(
    (Path(__file__).parent / "cases" / "main_job" / "clerk.toml").read_text(encoding="utf-8")
)["case"]
NAMES = [case["name"] for case in CASES]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clerk") / "예시.xlsx"
    workflow.build(resource(DEMO_PROJECT), path)
    return path


def typed(path: Path, changes: Mapping[str, Any]) -> FileBook:
    """Type into cells as a person would; a leading apostrophe keeps a number text."""
    book = FileBook.open(path, styles=STYLES)
    for cell, value in changes.items():
        sheet, _, address = cell.rpartition("!")
        content: Value = value.removeprefix("'") or None if isinstance(value, str) else value
        book.apply([SetCells(sheet, {parse_a1(address): content})])
    return book


def shown(book: FileBook, cell: str) -> Value:
    sheet, _, address = cell.rpartition("!")
    value = book.read(sheet).value(*parse_a1(address))
    return "" if value is None else value


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_exactly_this_is_told_and_then_written(demo: Path, case: dict[str, Any], tmp_path: Path) -> None:
    book = typed(demo, case["type"])
    outcome = workflow.plan(book, "build")
    told = [[finding.severity.value, finding.code, finding.cells[0]] for finding in outcome.findings]
    assert sorted(told) == sorted(case["told"])
    book.apply(outcome.edits)
    for cell, value in case.get("cells", {}).items():
        assert shown(book, cell) == value, cell
    once = book.to_bytes()
    if "mended" in case:  # by the build itself, so that less is told of the finished workbook
        book = FileBook.from_bytes(once, styles=STYLES)
        outcome = workflow.plan(book, "build")
        assert [finding.code for finding in outcome.findings] == case["mended"]
        book.apply(outcome.edits)
        once = book.to_bytes()
    again = FileBook.from_bytes(once, styles=STYLES)
    again.apply(workflow.plan(again, "build").edits)
    assert again.to_bytes() == once


@pytest.mark.office
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.get("recalculated")], ids=lambda case: case["name"]
)
def test_recalculated_nothing_differs_and_later_edits_are_followed(
    demo: Path, case: dict[str, Any], tmp_path: Path
) -> None:
    book = typed(demo, case["type"])
    book.apply(workflow.plan(book, "build").edits)
    built = tmp_path / "built.xlsx"
    book.save(built)
    fresh = office.recalculate(built)
    for sheet in book.sheets():
        for ref, cell in book.read(sheet).cells.items():
            if cell.formula is not None:
                found, kept = fresh[sheet].get(a1(*ref)) or 0, cell.value or 0
                same = found == kept or Decimal(str(found)) == Decimal(str(kept))
                assert same, (sheet, a1(*ref), cell.formula)
    if "then" in case:
        later = typed(built, case["then"])
        edited = tmp_path / "edited.xlsx"
        later.save(edited)
        fresh = office.recalculate(edited)
        for cell, value in case["follows"].items():
            sheet, _, address = cell.rpartition("!")
            assert Decimal(str(fresh[sheet][address])) == value, cell


@pytest.mark.parametrize("copied", [False, True], ids=["이름을 바꿈", "베낌"])
def test_a_description_under_another_name_is_no_input(demo: Path, copied: bool, tmp_path: Path) -> None:
    """Somebody renames the printed sheet, or keeps a copy of it beside: it is passed over, and build makes anew."""
    kept = openpyxl.load_workbook(demo)
    sheet = kept.copy_worksheet(kept["사업설명서"]) if copied else kept["사업설명서"]
    sheet.title = "설명서_최종"
    path = tmp_path / "renamed.xlsx"
    kept.save(path)
    book = FileBook.open(path, styles=STYLES)
    outcome = workflow.plan(book, "build")
    # openpyxl keeps no cached values: what is told of our own formulas there is another matter.
    assert ("note", "설명서_최종!A1") in [(f.severity.value, f.cells[0]) for f in outcome.findings]
    assert outcome.figures.cost == 13500
    book.apply(outcome.edits)
    assert {"사업설명서", "설명서_최종"} <= set(book.sheets())
    assert shown(book, "사업설명서!A1") == shown(book, "설명서_최종!A1")


def test_an_earlier_result_is_kept_only_where_somebody_edited_it(demo: Path, tmp_path: Path) -> None:
    source = tmp_path / "사업.xlsx"
    typed(demo, {}).save(source)
    result, kept = tmp_path / "사업_완성.xlsx", tmp_path / "사업_완성.bak.xlsx"
    for amount in (10_600, 10_700):  # the source changes, nobody touches the result
        typed(source, {"예산총괄!B8": amount}).save(source)
        assert one(Job("사업.xlsx", source, result, "build", backup=True)).kept is None
    edited = openpyxl.load_workbook(result)
    edited["사업설명"]["B7"] = "손으로 고친 목적"
    edited.save(result)
    before = result.read_bytes()
    done = one(Job("사업.xlsx", source, result, "build", backup=True))
    assert done.kept == kept
    assert kept.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [source.name, kept.name, result.name]
    workflow.build(source)
    assert not (tmp_path / "사업_완성.bak.2.xlsx").exists()


def test_a_result_without_macros_is_refused_the_name_of_one_with(demo: Path, tmp_path: Path) -> None:
    done = one(Job("사업.xlsx", demo, tmp_path / "사업.xlsm", "build"))
    assert done.status is Status.FAILED
    assert ".xlsx" in done.reason
    assert list(tmp_path.iterdir()) == []
