"""diff: two files and two folders, the marked copy, what is printed and the exit codes."""

# ruff: noqa: F811 (a fixture of another module)
from __future__ import annotations

import json
import shutil
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.test_cli import Ran, run  # noqa: F401 (a fixture)
from tests.test_comparison import edited
from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.diffing import compare_files, compare_folders, marked_copy
from xlbudget.edits import Formula, SetCells, SetNote
from xlbudget.grid import parse_a1
from xlbudget.project import Project
from xlbudget.workbook import layout
from xlbudget.workbook.changes import TAG

FEWER = {"items/0/derivations/1/expression": "120,000원*20회*2개소", "purpose/0": "누구나 책을 읽게 함"}


def saved(project: Project, path: Path, verb: str = "build") -> Path:
    book = workflow.book_from_json(project.model_dump_json())
    book.apply(workflow.plan(book, verb).edits)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("diff")
    return saved(edited({}), folder / "본예산.xlsx"), saved(edited(FEWER), folder / "고침.xlsx")


def test_a_table_is_printed_and_wide_letters_stand_in_line(run: Any, two: tuple[Path, Path]) -> None:
    ran: Ran = run("diff", *two)
    assert ran.code == 0
    assert "다른 곳 6군데" in ran.out
    for part in ("사무관리비", "△1,200", "120,000원*20회", "예산총괄!D8"):
        assert part in ran.out
    rows = [text for text in ran.out.splitlines() if "산출근거" in text or "예산총괄" in text]

    def column(text: str, word: str) -> int:
        before = text[: text.index(word)]
        return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in before)

    places = {
        column(text, f"{sheet}!")
        for text in rows
        for sheet in ("산출근거", "예산총괄")
        if f"{sheet}!" in text
    }
    assert len(places) == 1


def test_json_is_one_object_on_standard_output(run: Any, two: tuple[Path, Path]) -> None:
    ran: Ran = run("diff", *two, "--json")
    (said,) = map(json.loads, ran.out.splitlines())
    assert (said["before"], said["after"]) == tuple(map(str, two))
    cost = next(c for c in said["changes"] if c["path"] == "total/current/total")
    assert (cost["before"], cost["after"], cost["by"]) == (20498, 19298, -1200)
    assert cost["cells"]["after"] == "예산총괄!D7"
    assert {c["kind"] for c in said["changes"]} == {"changed"}


def test_exit_codes(run: Any, two: tuple[Path, Path], tmp_path: Path) -> None:
    broken = tmp_path / "깨짐.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    assert run("diff", two[0], two[0]).code == 0
    assert run("diff", *two).code == 0
    assert run("diff", two[0], two[0], "--exit-code").code == 0
    assert run("diff", *two, "--exit-code").code == 1
    ran = run("diff", two[0], broken)
    assert (ran.code, ran.out) == (2, "")
    assert "깨짐.xlsx" in ran.err
    assert run("diff", two[0], tmp_path).code == 2
    assert run("diff", two[0], tmp_path / "없음.xlsx").code == 2
    assert run("diff", *two, "-o", two[1]).code == 2


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_marked_copy_is_the_later_workbook_with_a_list_and_notes(
    run: Any,
    two: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    before = two[1].read_bytes()
    out = tmp_path / "표시.xlsx"
    assert run("diff", *two, "-o", out).code == 0
    assert two[1].read_bytes() == before
    plain, marked = openpyxl.load_workbook(two[1]), openpyxl.load_workbook(out)
    assert marked.sheetnames == [*plain.sheetnames, layout.CHANGES]
    for sheet in plain:
        for row in sheet.iter_rows():
            for cell in row:
                other = marked[sheet.title][cell.coordinate]
                assert (cell.value, cell.fill.fgColor.rgb, cell.style) == (
                    other.value,
                    other.fill.fgColor.rgb,
                    other.style,
                )
    listed = marked[layout.CHANGES]
    rows = [[cell.value for cell in row[:8]] for row in listed.iter_rows(min_row=6) if row[0].value]
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[0][2:] == ["예산총괄", "사무관리비 예산액(B)", 10828, 9628, -1200, "예산총괄!D8"]
    assert listed["H6"].hyperlink.location == "'예산총괄'!D8"
    assert "10,828 → 9,628 (△1,200)" in marked["예산총괄"]["D8"].comment.text
    name = marked.defined_names[layout.MARKED_WARNINGS].attr_text
    sheet, _, area = name.rpartition("!")
    assert sheet.strip("'") == layout.CHANGES
    marks = [cell.value for row in listed[area.replace("$", "")] for cell in row]
    assert "사업설명!B6" in marks
    assert "산출근거!C7" in marks
    assert listed.column_dimensions["I"].hidden


def test_the_marked_copy_counts_as_the_same_workbook_and_its_marks_go_again(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    difference = compare_files(*two)
    copy = tmp_path / "표시.xlsx"
    marked_copy(difference).save(copy)
    assert not compare_files(two[1], copy).differs
    again = marked_copy(compare_files(two[1], copy))
    grids = [again.read(name) for name in layout.sheets_to_read(again.sheets())]
    assert not [note for grid in grids for note in grid.notes.values() if note.tag == TAG]
    assert again.read(layout.CHANGES).value(6, 1) == "다른 곳이 없습니다."
    outcome = workflow.build(copy, tmp_path / "완성.xlsx")
    assert outcome.project == compare_files(*two).after.side.project  # type: ignore[union-attr]


def test_undoing_the_marks_gives_the_workbook_back(two: tuple[Path, Path]) -> None:
    from xlbudget.diffing import change_sheet

    difference = compare_files(*two)
    book = FileBook.open(two[1])
    before = {name: book.read(name).cells for name in book.sheets()}
    grids = {name: book.read(name) for name in layout.sheets_to_read(book.sheets())}
    inverse = book.apply(change_sheet(difference.changes, ("",), grids, book.read(layout.RESULTS)))
    assert layout.CHANGES in book.sheets()
    book.apply(inverse)
    assert {name: book.read(name).cells for name in book.sheets()} == before


def test_a_note_of_the_users_own_stays(two: tuple[Path, Path], tmp_path: Path) -> None:
    own = tmp_path / "메모.xlsx"
    book = FileBook.open(two[1])
    book.apply([SetNote("예산총괄", parse_a1("D8"), "의회에서 물어봄", "동료")])
    book.save(own)
    marked = marked_copy(compare_files(two[0], own))
    assert "의회에서 물어봄" in marked.read("예산총괄").notes[parse_a1("D8")].text


def folder_of(folder: Path, count: int) -> Path:
    for number in range(count):
        project = edited({"name": f"작은도서관 {number}호점 지원", "items/0/previous/total": 9000 + number})
        saved(project, folder / f"{number:02}.xlsx", "fill")
    return folder


def test_marked_copies_never_go_below_a_folder_that_is_compared(run: Any, tmp_path: Path) -> None:
    before, after = folder_of(tmp_path / "본예산", 1), folder_of(tmp_path / "추경", 2)
    for folder in (before, after):
        ran = run("diff", before, after, "-o", folder / "표시", "--jobs", "1")
        assert (ran.code, "견주는 폴더의 안" in ran.err) == (2, True)
        assert not (folder / "표시").exists()


def test_folders_show_exactly_the_edited_the_new_and_the_gone(run: Any, tmp_path: Path) -> None:
    before = folder_of(tmp_path / "본예산", 12)
    after = tmp_path / "추경"
    shutil.copytree(before, after)
    for number in (3, 7):
        path = after / f"{number:02}.xlsx"
        book = FileBook.open(path)
        book.apply([SetCells("예산총괄", {parse_a1("B8"): 100 + number})])
        book.save(path)
    (after / "05.xlsx").rename(after / "다른 이름.xlsx")  # moved, not changed
    (after / "11.xlsx").unlink()
    saved(edited({"name": "새 사업"}), after / "새.xlsx", "fill")
    (before / "깨짐.xlsx").write_bytes(b"no workbook")

    ran: Ran = run("diff", before, after, "--json", "--jobs", "1", "-o", tmp_path / "표시")
    said = [json.loads(text) for text in ran.out.splitlines()]
    changed = {Path(d["after"]).name: d for d in said if d["before"] and d["after"]}
    assert sorted(changed) == ["03.xlsx", "07.xlsx"]
    assert [(c["before"], c["after"]) for c in changed["07.xlsx"]["changes"] if "items/0" in c["path"]] == [
        (9007, 107)
    ]
    assert [d["project"] for d in said if d["before"] is None] == ["도서관정책과 새 사업"]
    assert [Path(d["before"]).name for d in said if d["after"] is None] == ["11.xlsx"]
    assert ran.code == 2
    assert "깨짐.xlsx" in ran.err
    assert "같음 9, 달라짐 2, 새로 생김 1, 없어짐 1" in ran.err
    assert sorted(path.name for path in (tmp_path / "표시").iterdir()) == ["03.xlsx", "07.xlsx"]


def test_files_that_share_name_and_department_are_listed(run: Any, tmp_path: Path) -> None:
    for folder, names in (("가", ("1", "2")), ("나", ("3", "4"))):
        for at, name in enumerate(names):
            saved(
                edited({"items/0/previous/total": len(folder) + at}),
                tmp_path / folder / f"{name}.xlsx",
                "fill",
            )
    (tmp_path / "나" / "3.xlsx").write_bytes((tmp_path / "나" / "4.xlsx").read_bytes())
    ran: Ran = run("diff", tmp_path / "가", tmp_path / "나")
    assert ran.code == 0
    assert "여럿이라 견주지 못함" in ran.err
    assert "이름이 겹쳐 견주지 못함 1" in ran.err


def test_processes_find_the_same(tmp_path: Path) -> None:
    from xlbudget.batch.pools import processes

    before, after = folder_of(tmp_path / "가", 3), tmp_path / "나"
    shutil.copytree(before, after)
    book = FileBook.open(after / "01.xlsx")
    book.apply(
        [SetCells("산출근거", {parse_a1("C7"): "강사료 1,000원*3회", parse_a1("D7"): Formula("1", 1)})]
    )
    book.save(after / "01.xlsx")
    alone, together = compare_folders(before, after), compare_folders(before, after, processes(2))
    assert [d.as_json() for d in alone.differences] == [d.as_json() for d in together.differences]
    assert len(alone.differences) == 1


def test_the_county_differs_from_itself_edited_by_exactly_what_was_edited(
    corpus: Path, tmp_path: Path
) -> None:
    from xlbudget import intake

    taken = intake.take_book(corpus / "hongseong_2026.csv", tmp_path / "군", year=2026)
    some = [entry for at, entry in enumerate(taken.book.projects()) if at % 40 == 0]  # one of forty: time
    for folder in ("본예산", "고침"):
        for entry, project in some:
            saved(project, tmp_path / folder / entry.file_name, "fill")
    chosen = [entry.file_name for entry, _ in some[::5]]
    for name in chosen:
        path = tmp_path / "고침" / name
        project = workflow.read(path)
        place = project.evidence.place("items/0/previous/total")
        assert place is not None
        book = FileBook.open(path)
        value = (project.items[0].previous.total or 0) + 1
        book.apply([SetCells(place.sheet, {(place.row, place.column): value})])
        book.save(path)
    found = compare_folders(tmp_path / "본예산", tmp_path / "고침")
    assert sorted(d.after.path.name for d in found.differences if d.after) == sorted(chosen)
    for difference in found.differences:
        item = next(c for c in difference.changes if c.path == "items/0/previous/total")
        assert item.by == 1 or item.before is None
    assert found.same == len(some) - len(chosen)
    assert not found.several
    assert not found.faults
