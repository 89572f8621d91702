"""The city's summary as a workbook and as CSV, by readers that know nothing of the project."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests import office
from tests.counties import County, edit, project, workbook, write
from xlbudget.cli import main
from xlbudget.collect.gathering import gather
from xlbudget.collect.output import CSV_COLUMNS, items_csv, summary_workbook
from xlbudget.collect.store import Origin, open_store
from xlbudget.collect.summary import Summary, summarise

ORIGIN = Origin("2026-11-23T09:00:00+09:00", "예산담당", "시험")


class Made:
    """A small county with what goes wrong in one, its summary, and both documents of it."""

    def __init__(self, folder: Path) -> None:
        self.county: County = write(folder / "in", 14)
        source = folder / "in"
        (source / "=cmd.xlsx").write_bytes(
            workbook(project(20, name="=1+1", organisation={"division": "+총무"}))
        )
        (source / "작년.xlsx").write_bytes(workbook(project(21, fiscal_year=2025)))
        (source / "없음.xlsx").write_bytes(workbook(project(22, items=[])))
        (source / "깨짐.xlsx").write_bytes(b"no workbook")
        edit(sorted(source.rglob("0*.xlsx"))[0], "추진일정", {(8, 4): 1})
        store = open_store(folder / "a.db")
        with closing(store):
            gather(source, store, ORIGIN, jobs=1)
            self.summary: Summary = summarise(store)
        self.path = folder / "요약.xlsx"
        self.path.write_bytes(summary_workbook(self.summary))
        self.book = openpyxl.load_workbook(self.path)
        self.csv = items_csv(self.summary)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("summary"))


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    head, *below = sheet.iter_rows(min_row=4, values_only=True)
    names = [name for name in head if name]
    return [dict(zip(names, row, strict=False)) for row in below]


def test_the_sheets_and_their_filters(made: Made) -> None:
    assert made.book.sheetnames == ["부서별", "통계목별", "지적별", "사업 목록", "취합 확인"]
    for sheet in made.book.worksheets:
        last = sheet.max_row
        heads = sum(cell.value is not None for cell in sheet[4])
        column = openpyxl.utils.get_column_letter(heads)
        assert sheet.auto_filter.ref == f"A4:{column}{last}"
        assert sheet.freeze_panes == "A5"
        assert sheet.print_title_rows == "$4:$4"
    names = zipfile.ZipFile(made.path).read("xl/workbook.xml").decode()
    assert names.count("_xlnm._FilterDatabase") == 5


def test_departments_and_objects_add_up_to_the_line(made: Made) -> None:
    usual = {row["부서"]: row["예산액"] for row in rows(made.book["부서별"]) if row["회계연도"] == 2026}
    assert {name: usual[name] for name in made.county.divisions} == dict(made.county.divisions)
    for name, parts in (("부서별", "부서합계"), ("통계목별", "통계목합계")):
        sheet = made.book[name]
        line = [cell.value for cell in sheet[2]][:6]
        total = sum(row["예산액"] for row in rows(sheet))
        assert line == ["합계", total, parts, f"=SUM(G5:G{sheet.max_row})", "차이", "=B2-D2"]
        assert all(
            type(row[key]) is int for row in rows(sheet) for key in ("예산액", "전년도 예산액", "증감")
        )
        assert all(row["증감"] == row["예산액"] - row["전년도 예산액"] for row in rows(sheet))
    assert made.summary.by_department.difference == 0


def test_findings_by_severity(made: Made) -> None:
    sheet = made.book["지적별"]
    found = {(row["구분"], row["규칙"]): (row["건수"], row["통합 문서 수"]) for row in rows(sheet)}
    assert ("오류", "BUD-P01") in found
    assert sheet["B2"].value == sum(count for count, _ in found.values())
    words = [row["구분"] for row in rows(sheet)]
    assert words == sorted(words, key=["오류", "확인", "참고", "승인"].index)
    listed = rows(made.book["사업 목록"])
    assert sum(row["오류"] for row in listed) == sum(
        count for (word, _), (count, _) in found.items() if word == "오류"
    )


def test_what_does_not_fit_is_in_sight(made: Made) -> None:
    said = rows(made.book["취합 확인"])
    assert [row["구분"] for row in said] == ["오류", *["확인"] * (len(said) - 1)]
    assert said[0]["무엇"] == "읽지 못한 파일"
    assert said[0]["파일"] == "깨짐.xlsx"
    assert any("2025년 본예산" in row["내용"] for row in said)
    listed = rows(made.book["사업 목록"])
    assert len(listed) == 17
    assert "없음.xlsx" in {row["파일"] for row in listed}


def test_no_text_is_a_formula(made: Made) -> None:
    formulas = [
        cell.coordinate
        for sheet in made.book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas == ["D2", "F2"] * 3
    cell = next(c for row in made.book["사업 목록"].iter_rows() for c in row if c.value == "=1+1")
    assert cell.data_type == "s"
    table = made.csv.decode("utf-8-sig")
    assert "'=1+1" in table
    assert "'+총무" in table
    risky = [cell for row in csv.reader(io.StringIO(table)) for cell in row if cell[:1] in {"=", "+", "@"}]
    assert risky == []


def test_the_csv_holds_every_item_and_adds_up(made: Made) -> None:
    assert made.csv.startswith(b"\xef\xbb\xbf")
    head, *below = csv.reader(io.StringIO(made.csv.decode("utf-8-sig"), newline=""))
    assert tuple(head) == CSV_COLUMNS
    assert len(below) == 2 * 16 + 1, "two items a project, and a row for the project without any"
    amounts = [int(row[head.index("예산액")] or 0) for row in below]
    assert sum(amounts) == made.summary.by_department.total
    assert below[0][head.index("과목 칸")].startswith("예산총괄!A")


def test_the_same_summary_gives_the_same_bytes(made: Made) -> None:
    assert summary_workbook(made.summary) == made.path.read_bytes()
    assert items_csv(made.summary) == made.csv


@pytest.mark.office
def test_the_lines_recalculated_are_the_same(made: Made) -> None:
    fresh = office.recalculate(made.path)
    stored = openpyxl.load_workbook(made.path, data_only=True)
    for name in ("부서별", "통계목별", "지적별"):
        for cell in ("B2", "D2", "F2"):
            assert fresh[name].get(cell, 0) == stored[name][cell].value
        assert stored[name]["F2"].value == 0
        assert stored[name]["D2"].value > 0


def command(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    return int(stopped.value.code or 0)


def test_a_summary_in_the_folder_is_not_collected(tmp_path: Path, capsys: Any) -> None:
    write(tmp_path, 2)
    for _ in range(2):
        assert (
            command("collect", tmp_path, "--xlsx", tmp_path / "요약.xlsx", "--csv", tmp_path / "표.csv") == 0
        )
    ran = capsys.readouterr()
    assert "찾음 2 = 담음 2(새로 0, 바뀜 0, 그대로 2)" in ran.out
    assert "요약.xlsx: 취합한 요약이라 모으지 않았습니다" in ran.err
    assert ran.out.count(str(tmp_path / "요약.xlsx")) == 2


def test_a_workbook_of_somebody_is_never_written_over(tmp_path: Path, capsys: Any) -> None:
    write(tmp_path / "in", 1)
    (source,) = (tmp_path / "in").rglob("*.xlsx")
    data = source.read_bytes()
    assert command("collect", tmp_path / "in", "--xlsx", source) == 2
    assert "취합 요약이 아닌 파일" in capsys.readouterr().err
    assert source.read_bytes() == data
    for option, name in (("--xlsx", "a.csv"), ("--csv", "a.xlsx")):
        assert command("collect", tmp_path / "in", option, tmp_path / name) == 2
        assert "끝나는 이름" in capsys.readouterr().err
    assert not (tmp_path / "in" / "취합.db").exists(), "nothing was begun"


def test_an_amount_that_a_spreadsheet_would_round_is_written_as_text(tmp_path: Path) -> None:
    for name in "ab":
        said = project(1, name=name)
        said["items"][0]["previous"]["total"] = 10**15
        (tmp_path / f"{name}.xlsx").write_bytes(workbook(said))
    store = open_store(tmp_path / "a.db")
    with closing(store):
        gather(tmp_path, store, ORIGIN, jobs=1)
        made = summary_workbook(summarise(store))
    sheet = openpyxl.load_workbook(io.BytesIO(made))["부서별"]
    assert rows(sheet)[0]["전년도 예산액"] == "2,000,000,000,000,000"
