"""upgrade: what an older workbook lacks comes in, and nothing that it says changes."""

# ruff: noqa: F811 (a fixture of another module)
from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.test_cli import Ran, run  # noqa: F401 (a fixture)
from tests.test_comparison import edited
from tests.test_diffing import saved
from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.edits import SetCells
from xlbudget.workbook import layout
from xlbudget.workbook.objects import read_objects
from xlbudget.workbook.reading.settings import setting_cells
from xlbudget.workbook.records import EXCEPTION, Record, add_records, read_records
from xlbudget.yearly import upgrade_book


@pytest.fixture
def present(tmp_path: Path) -> Path:
    return saved(edited({"items/0/object_name": "사무관리비"}), tmp_path / "지금.xlsx")


def older(source: Path, out: Path, *, settings: int, drop: tuple[str, ...] = ()) -> Path:
    """The workbook as a version that knew only the first settings and no 과목 would have left it."""
    workbook = openpyxl.load_workbook(source)
    sheet = workbook[layout.SETTINGS]
    for row in sheet.iter_rows(min_row=6 + settings, max_row=6 + len(layout.SETTING_LABELS) - 1):
        for cell in row:
            cell.value = None
    workbook[layout.OBJECTS].delete_rows(6, 500)
    for name in drop:
        del workbook[name]
    workbook.save(out)
    return out


def test_a_present_workbook_needs_nothing(run: Any, present: Path) -> None:
    ran: Ran = run("upgrade", present)
    assert (ran.code, ran.out) == (0, "")
    assert "이미 지금의 서식" in ran.err
    assert [path.name for path in present.parent.iterdir()] == ["지금.xlsx"]


def test_missing_settings_and_objects_come_in(present: Path, tmp_path: Path) -> None:
    book = FileBook.open(older(present, tmp_path / "옛.xlsx", settings=2))
    before = workflow.judge(book)
    said = upgrade_book(book)
    assert len([text for text in said if text.startswith("설정 ")]) == len(layout.SETTING_LABELS) - 2
    assert any("2026년 과목 102개" in text for text in said)
    after = workflow.judge(book)
    assert (after.project, after.settings) == (before.project, before.settings)
    empty = workflow.standard_book()
    assert set(setting_cells(book.read(layout.SETTINGS))) == set(setting_cells(empty.read(layout.SETTINGS)))
    assert read_objects(book.read(layout.OBJECTS)) == read_objects(empty.read(layout.OBJECTS))
    assert upgrade_book(book) == ()


def test_records_below_the_settings_move_down_and_stay(present: Path, tmp_path: Path) -> None:
    book = FileBook.open(older(present, tmp_path / "옛.xlsx", settings=3))
    record = Record(EXCEPTION, "0a1b2c3d", "BUD-R01", reason="ROUND", text="천원 미만", by="○○○")
    book.apply(add_records(book.read(layout.SETTINGS), [record]))
    upgrade_book(book)
    assert read_records(book.read(layout.SETTINGS)) == (record,)
    assert set(setting_cells(book.read(layout.SETTINGS))) == set(layout.SETTING_LABELS.values())


def test_a_setting_that_was_changed_stays(present: Path, tmp_path: Path) -> None:
    book = FileBook.open(older(present, tmp_path / "옛.xlsx", settings=4))
    place, _ = setting_cells(book.read(layout.SETTINGS))["rounding"]
    book.apply([SetCells(layout.SETTINGS, {(place.row, place.column): "절사"})])
    upgrade_book(book)
    assert workflow.judge(book).project.rounding.value == "floor"


def test_sheets_that_are_not_there_are_made(present: Path, tmp_path: Path) -> None:
    path = older(present, tmp_path / "옛.xlsx", settings=2, drop=(layout.SETTINGS, layout.OBJECTS))
    book = FileBook.open(path)
    before = workflow.judge(book)
    assert upgrade_book(book) == ("'설정' 시트를 넣었습니다.", "'과목코드' 시트를 넣었습니다.")
    assert workflow.judge(book).project == before.project


def test_command_writes_a_copy(run: Any, present: Path, tmp_path: Path) -> None:
    path = older(present, tmp_path / "옛.xlsx", settings=2)
    before = path.read_bytes()
    ran: Ran = run("upgrade", path)
    assert (ran.code, ran.out) == (0, f"{tmp_path / '옛_새서식.xlsx'}\n")
    assert "과목" in ran.err
    assert path.read_bytes() == before
    assert run("diff", path, tmp_path / "옛_새서식.xlsx", "--exit-code").code == 0
    assert run("upgrade", path, "-o", path).code == 2
