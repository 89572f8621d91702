"""collect: many workbooks in one database, again and again, whatever becomes of the files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.collected import ask, changed, held
from tests.counties import DIVISIONS, FIRST_LINE, FIRST_PREVIOUS, LARGE, edit, large, project, workbook, write
from xlbudget import workflow
from xlbudget.cli import main
from xlbudget.collect import CollectFault, extract, gathering
from xlbudget.collect.gathering import Gathered, gather
from xlbudget.collect.store import Origin, open_store
from xlbudget.collect.summary import Summary, summarise
from xlbudget.figures import Settings, compute
from xlbudget.findings import Summary as Summed
from xlbudget.project import Project

ORIGIN = Origin("2026-11-23T09:00:00+09:00", "예산담당", "시험")


@pytest.fixture
def few(tmp_path: Path) -> Path:
    folder = tmp_path / "몇 권"
    write(folder, 6)
    return folder


def collected(folder: Path, db: Path) -> tuple[Gathered, Summary]:
    store = open_store(db)
    with closing(store):
        return gather(folder, store, ORIGIN, jobs=1), summarise(store)


def shown(db: Path) -> Any:
    with closing(sqlite3.connect(db)) as connection:
        return held(connection)


def asked(db: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(db)) as connection:
        return ask(connection, question)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., tuple[int, str, str]]]:
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return int(stopped.value.code or 0), out, err

    yield call


def test_five_hundred_workbooks_then_again_then_with_ten_edited(tmp_path: Path, run: Any) -> None:
    source, county = large()
    folder = tmp_path / "취합"
    shutil.copytree(source, folder)
    db = tmp_path / "a.db"
    code, out, err = run("collect", folder, "--db", db, "--by", "예산담당")
    total = sum(county.divisions.values())
    assert (code, err) == (0, "")
    assert "파일: 찾음 500 = 담음 500(새로 500, 바뀜 0, 그대로 0) + 읽지 못함 0; 없어짐 0" in out
    assert f"합계 {total:,} / 부서합계 {total:,} / 차이 0 (천원)" in out
    first = shown(db)
    by_division = (
        "SELECT p.division, sum(i.current) FROM projects p JOIN items i ON i.workbook = p.workbook GROUP BY 1"
    )
    assert dict(asked(db, by_division)) == dict(county.divisions)
    by_object = "SELECT object_name, sum(current) FROM items GROUP BY 1"
    assert dict(asked(db, by_object)) == dict(county.objects)

    code, out, _ = run("collect", folder, "--db", db)
    assert "담음 500(새로 0, 바뀜 0, 그대로 500)" in out
    assert changed(first, shown(db)) == set()

    paths = sorted(folder.rglob("*.xlsx"))[7::50]
    for path in paths:
        edit(path, "예산총괄", {FIRST_PREVIOUS: 77_777})
    code, out, _ = run("collect", folder, "--db", db)
    assert "담음 500(새로 0, 바뀜 10, 그대로 490)" in out
    again = shown(db)
    assert changed(first, again) == {path.relative_to(folder).as_posix() for path in paths}
    assert len(again) == LARGE
    assert asked(db, "SELECT count(*) FROM items WHERE previous = 77777") == [(10,)]
    told = asked(
        db, "SELECT id, found, added, changed, unchanged, failed, removed, complete, folder FROM runs"
    )
    assert told == [
        (1, 500, 500, 0, 0, 0, 0, 1, str(folder)),
        (2, 500, 0, 0, 500, 0, 0, 1, str(folder)),
        (3, 500, 0, 10, 490, 0, 0, 1, str(folder)),
    ]
    assert asked(db, 'SELECT "by" FROM runs WHERE id = 1') == [("예산담당",)]


def test_every_figure_stands_in_its_cell(few: Path, tmp_path: Path) -> None:
    """The cells that the database names hold, by openpyxl, the very figures."""
    collected(few, tmp_path / "a.db")
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.row_factory = sqlite3.Row
        files = {row["id"]: few / row["path"] for row in connection.execute("SELECT id, path FROM workbooks")}
        books = {number: openpyxl.load_workbook(path) for number, path in files.items()}
        checked = 0
        for table, columns in {
            "items": ("previous",),
            "settlements": ("final_budget", "carried_in", "executed", "carried_over", "unspent", "year"),
            "projects": ("name", "division", "bureau"),
        }.items():
            for row in connection.execute(f"SELECT * FROM {table}"):
                book = books[row["workbook"]]
                for column in columns:
                    if row[column] is None:
                        continue
                    sheet, cell = row[f"{column}_cell"].split("!")
                    assert book[sheet][cell].value == row[column], (table, column)
                    checked += 1
        for row in connection.execute("SELECT * FROM derivations"):
            sheet, cell = row["text_cell"].split("!")
            text = books[row["workbook"]][sheet][cell].value
            assert row["label"] in text
            assert row["expression"] in text
            assert row["amount_cell"].startswith("산출근거!")
    assert checked > 50


def test_a_file_that_cannot_be_read_stops_no_other(few: Path, tmp_path: Path, run: Any) -> None:
    db = tmp_path / "a.db"
    before = collected(few, db)[1].by_department.total
    (few / "깨짐.xlsx").write_bytes(b"PK nonsense")
    (few / "다른 표.xlsx").write_bytes(_other_workbook())
    gone = sorted(few.rglob("0*.xlsx"))[0]
    gone.write_bytes(b"")
    code, out, err = run("collect", few, "--db", db)
    assert code == 2
    assert "찾음 8 = 담음 5(새로 0, 바뀜 0, 그대로 5) + 읽지 못함 3; 없어짐 0" in out
    for name in ("깨짐.xlsx", "다른 표.xlsx", gone.name):
        assert name in err
    failed = dict(asked(db, "SELECT path, reason FROM workbooks WHERE state = 'failed'"))
    assert {Path(path).name for path in failed} == {"깨짐.xlsx", "다른 표.xlsx", gone.name}
    assert all(failed.values())
    for table in ("projects", "items", "derivations", "settlements"):
        orphans = f"SELECT count(*) FROM {table} WHERE workbook IN (SELECT id FROM workbooks WHERE state <> 'collected')"
        assert asked(db, orphans) == [(0,)]
    held_before = shown(db)
    code, out, _ = run("collect", few, "--db", db)
    assert code == 2
    assert changed(held_before, shown(db)) == set(), "a fault that stays is no change"
    assert sum(amount for (amount,) in asked(db, "SELECT current FROM projects")) < before


def _other_workbook() -> bytes:
    import io

    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "급식 차림표"
    book.save(out)
    return out.getvalue()


def test_a_file_that_is_gone_is_told_once_and_may_come_back(few: Path, tmp_path: Path, run: Any) -> None:
    db = tmp_path / "a.db"
    run("collect", few, "--db", db)
    path = sorted(few.rglob("*.xlsx"))[0]
    data = path.read_bytes()
    path.unlink()
    code, out, err = run("collect", few, "--db", db)
    assert (code, "없어짐 1" in out) == (0, True)
    assert path.name in err
    assert asked(db, "SELECT state FROM workbooks WHERE state <> 'collected'") == [("removed",)]
    assert asked(db, "SELECT count(*) FROM projects") == [(5,)]
    _, out, err = run("collect", few, "--db", db)
    assert "없어짐 0" in out
    assert path.name not in err
    path.write_bytes(data)
    _, out, _ = run("collect", few, "--db", db)
    assert "새로 1" in out
    assert asked(db, "SELECT count(*) FROM projects") == [(6,)]


def test_two_folders_share_a_database(few: Path, tmp_path: Path) -> None:
    db, other = tmp_path / "a.db", tmp_path / "다른 폴더"
    write(other, 3)
    collected(few, db)
    gathered, summary = collected(other, db)
    assert (gathered.counts["added"], gathered.counts["removed"]) == (3, 0)
    assert len(summary.projects) == 9
    assert [remark.what for remark in summary.remarks] == ["중복 사업"] * 3, "the same files in both folders"


def test_a_folder_that_fails_takes_nothing_away(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.scandir
    lost: list[Path] = []

    def scandir(folder: Any) -> Any:
        if Path(folder) in lost:
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    db = tmp_path / "a.db"
    collected(few, db)
    before = shown(db)
    lost.append(few / DIVISIONS[0])
    gathered, summary = collected(few, db)
    assert gathered.counts["failed"] == 1
    assert DIVISIONS[0] in gathered.failures[0]
    assert gathered.removed == []
    assert changed(before, shown(db)) == set()
    assert len(summary.projects) == 6
    lost.clear()
    assert collected(few, db)[0].counts["unchanged"] == 6


HOSTILE = (
    "'; DROP TABLE projects; --",
    '"); DELETE FROM workbooks; --',
    "%s %(name)s :name ? {0} $1",
    "=1+1",
    "가\0나",
    "\\x00 \\' \\\\",
    "😀 한자 漢字",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_cell_is_only_text(text: str, tmp_path: Path, run: Any) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    said = project(3, name=text, organisation={"division": text, "bureau": text})
    said["items"][0]["object_name"] = text
    (folder / "a.xlsx").write_bytes(workbook(said))
    code, _, err = run(
        "collect", folder, "--xlsx", tmp_path / "요약.xlsx", "--csv", tmp_path / "표.csv", "--by", text
    )
    assert code in {0, 1}, err
    db = folder / "취합.db"
    stored = text.replace("\0", "\u2400")
    assert asked(db, "SELECT name, division FROM projects") == [(stored, stored)]
    assert asked(db, 'SELECT "by" FROM runs') == [(stored,)]
    book = openpyxl.load_workbook(tmp_path / "요약.xlsx")
    cells = [cell for row in book["사업 목록"].iter_rows(min_row=5) for cell in row if cell.value == stored]
    assert len(cells) == 3
    assert {cell.data_type for cell in cells} == {"s"}
    table = (tmp_path / "표.csv").read_bytes()
    assert table.startswith(b"\xef\xbb\xbf")
    assert ("'=1+1" if text == "=1+1" else stored.replace('"', '""')) in table.decode("utf-8-sig")


def test_a_file_name_may_be_anything(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    data = workbook(project(1))
    names = ["' OR 1=1 --.xlsx", "%41.xlsx", "한 글.xlsx"]
    if sys.platform == "linux":
        names.append(os.fsdecode(b"\xb0\xa1.xlsx"))  # CP949, as an old archive leaves it
    for name in names:
        (folder / name).write_bytes(data)
    gathered, _ = collected(folder, tmp_path / "a.db")
    assert gathered.counts["added"] == len(names)
    again, _ = collected(folder, tmp_path / "a.db")
    assert again.counts["unchanged"] == len(names)


def test_the_largest_amounts_fit_and_larger_ones_are_named(tmp_path: Path, run: Any) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    said = project(0)
    said["items"][0]["previous"]["total"] = 10**15
    said["items"][1]["previous"] = {"total": -(10**15)}
    (folder / "a.xlsx").write_bytes(workbook(said))
    said = project(1)
    said["items"][0]["derivations"][0]["expression"] = "9,999,999,999,999원*9,999,999,999,999명"
    (folder / "b.xlsx").write_bytes(workbook(said))
    code, _, _ = run("collect", folder, "--db", tmp_path / "a.db")
    assert code == 1
    largest = "SELECT previous FROM items WHERE abs(previous) = 1000000000000000 ORDER BY 1"
    assert asked(tmp_path / "a.db", largest) == [(-(10**15),), (10**15,)]
    errors = asked(tmp_path / "a.db", "SELECT error FROM derivations WHERE error <> ''")
    assert ["너무 큰 수" in error for (error,) in errors] == [True]


def test_a_sum_that_no_column_holds_is_named_and_missing_on_the_line(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a column of few digits: a sum of more than 2**63 would take ten thousand lines of the largest amount."""
    monkeypatch.setattr(extract, "LARGEST", 519)
    said = project(0)
    said["items"][0]["derivations"][0]["expression"] = "600,000원"
    path = few / "큰 금액.xlsx"
    path.write_bytes(workbook(said))
    for other in few.rglob("0*.xlsx"):
        other.unlink()
    with pytest.raises(SystemExit) as stopped:
        main(["collect", str(few), "--db", str(tmp_path / "a.db"), "--jobs", "1"])
    out, err = capsys.readouterr()
    assert stopped.value.code == 1
    assert f"산출근거!D{FIRST_LINE[0]} 금액이 너무 커서 담지 못했습니다: 600천원" in err
    assert "합계와 부서합계가 △500 다릅니다" in err
    assert "합계 0 / 부서합계 500 / 차이 △500" in out
    placed = asked(tmp_path / "a.db", "SELECT what, cell FROM unplaced WHERE what IN ('amount', 'current')")
    assert len(placed) == 3, "the line, its item and the total"


def test_the_limit_is_that_of_the_column() -> None:
    line = {"label": "가", "expression": "999,999,999,999,999,000원"}
    said = project(0, items=[{"object_name": "시설비", "derivations": [line] * 9_300}])
    whole = Project.model_validate(said)
    figures = compute(whole)
    outcome = workflow.Outcome(whole, Settings(), figures, (), Summed(0, 0, 0, 0, 0))
    rows = extract.content(outcome)
    assert figures.cost is not None
    assert figures.cost > 2**63
    assert [row["what"] for row in rows["unplaced"]] == ["current", "current"]
    assert rows["items"][0]["current"] is None
    assert {row["amount"] for row in rows["derivations"]} == {999_999_999_999_999}


def test_mixed_years_and_rounds_are_named_file_by_file(few: Path, tmp_path: Path, run: Any) -> None:
    (few / "작년.xlsx").write_bytes(workbook(project(90, fiscal_year=2025)))
    (few / "추경.xlsx").write_bytes(workbook(project(91, round="제1회 추경")))
    _, _, err = run("collect", few, "--db", tmp_path / "a.db")
    assert "2026년 본예산 6개, 2025년 본예산 1개, 2026년 제1회 추경 1개" in err
    assert "작년.xlsx: 2025년 본예산입니다" in err
    assert "추경.xlsx: 2026년 제1회 추경입니다" in err


def test_one_project_in_two_files_is_named_never_by_likeness(tmp_path: Path, run: Any) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for file, name, division in (
        ("a", "도로ㆍ교량 정비", "도로과"), ("b", "도로·교량정비", "도로 과"), ("c", "도로·교량 정비사업", "도로과"),
        ("d", "도로·교량 정비", "농정과"), ("e", "다리 정비", "도로과"), ("f", "도로 교량 정비", "건설과"),
    ):  # fmt: skip
        (folder / f"{file}.xlsx").write_bytes(
            workbook(project(5, name=name, organisation={"division": division}))
        )
    db = tmp_path / "a.db"
    _, _, err = run("collect", folder, "--db", db)
    (line,) = [line for line in err.splitlines() if "중복" in line]
    assert "2개 파일에 있습니다: a.xlsx, b.xlsx" in line
    assert "같은 파일" not in line

    table = tmp_path / "이름.csv"
    table.write_text(
        "구분,적힌 이름,모을 이름\n사업,다리 정비,도로·교량 정비\n부서,건설과,도로과\n", encoding="cp949"
    )
    held_before = shown(db)
    _, out, err = run("collect", folder, "--db", db, "--aliases", table)
    assert "그대로 6" in out
    (line,) = [line for line in err.splitlines() if "중복" in line]
    assert "4개 파일에 있습니다: a.xlsx, b.xlsx, e.xlsx, f.xlsx" in line
    assert changed(held_before, shown(db)) == set(), (
        "names count in the summary, what is held stays as written"
    )
    _, _, err = run("collect", folder, "--db", db)
    assert "4개 파일" in err, "the table stays with the database"


def test_the_same_file_twice_is_called_so(few: Path, tmp_path: Path) -> None:
    path = sorted(few.rglob("*.xlsx"))[0]
    shutil.copyfile(path, path.with_name("사본.xlsx"))
    _, summary = collected(few, tmp_path / "a.db")
    (remark,) = summary.remarks
    assert "내용이 같은 파일입니다" in remark.text


def test_what_has_no_department_or_object_is_parked_in_sight(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(workbook(project(1, organisation={})))
    edit(folder / "a.xlsx", "예산총괄", {(8, 1): None})
    edit(folder / "a.xlsx", "산출근거", {(6, 1): None})
    _, summary = collected(folder, tmp_path / "a.db")
    assert [group.name for group in summary.departments] == ["(부서 없음)"]
    assert "(과목 없음)" in {group.name for group in summary.objects}
    assert summary.by_department.difference == summary.by_object.difference == 0
    assert {"부서 없음", "과목 없음"} <= {remark.what for remark in summary.remarks}


def test_findings_are_held_with_their_cells(few: Path, tmp_path: Path, run: Any) -> None:
    path = sorted(few.rglob("*.xlsx"))[0]
    edit(path, "추진일정", {(8, 4): 1})
    code, _, _ = run("collect", few, "--db", tmp_path / "a.db")
    assert code == 1
    found = asked(
        tmp_path / "a.db", "SELECT code, severity, cells, stands FROM findings WHERE severity = 'error'"
    )
    assert [row[0] for row in found] == ["BUD-P01"]
    assert "추진일정!" in found[0][2]


def test_where_the_database_is(few: Path, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _, out, _ = run("collect", few)
    assert out.splitlines()[-1] == str(few / "취합.db")
    _, out, _ = run("collect", few, "--db", "b.db")
    assert (tmp_path / "b.db").exists()
    _, out, _ = run("collect", few, "--db", f"sqlite:///{tmp_path / 'c.db'}")
    assert (tmp_path / "c.db").exists()


def test_what_cannot_be_a_database(few: Path, tmp_path: Path, run: Any) -> None:
    text = tmp_path / "글.txt"
    text.write_text("적어 둔 글")
    for db, told in (
        (text, "SQLite 파일이 아닙니다"),
        (f"sqlite:///{text}", "SQLite 파일이 아닙니다"),
        (tmp_path, "있는 폴더 안의"),
        (tmp_path / "없음" / "a.db", "있는 폴더 안의"),
        ("nosuch://a/b", "쓸 수 없는 주소"),
        ("a b://", "주소를 읽을 수 없습니다"),
    ):
        code, _, err = run("collect", few, "--db", db)
        assert (code, told in err) == (2, True), err
    assert text.read_text() == "적어 둔 글"


def test_a_folder_with_nothing_to_collect_is_left_as_it_is(tmp_path: Path, run: Any) -> None:
    empty, file = tmp_path / "빈 폴더", tmp_path / "글.txt"
    empty.mkdir()
    file.write_text("글")
    for folder, told in (
        (empty, "통합 문서"),
        (file, "폴더가 아닙니다"),
        (tmp_path / "없음", "폴더가 아닙니다"),
    ):
        code, _, err = run("collect", folder)
        assert (code, told in err) == (2, True)
    assert sorted(tmp_path.rglob("*")) == sorted([empty, file])


def test_a_missing_library_is_named(
    few: Path, tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    code, _, err = run("collect", few, "--db", tmp_path / "a.db")
    assert (code, "pip install 'xlbudget[collect]'" in err) == (2, True)


def test_a_missing_driver_is_named(few: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    code, _, err = run("collect", few, "--db", "postgresql://budget:secret@localhost/city")
    assert (code, "pip install 'xlbudget[postgresql]'" in err) == (2, True)
    assert "secret" not in err
    code, _, err = run("collect", few, "--db", "postgresql://localhost/city?password=secret&user=budget")
    assert (code, "secret" in err, "user=budget" in err) == (2, False, True)


def test_with_other_rules_every_workbook_is_judged_anew(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = tmp_path / "a.db"
    collected(few, db)
    monkeypatch.setattr(gathering, "shape", lambda verb: "rules of the next version")
    assert collected(few, db)[0].counts["changed"] == 6
    assert collected(few, db)[0].counts["unchanged"] == 6


def test_objects_are_one_by_name_and_code(tmp_path: Path) -> None:
    """A name without a code counts where the same name has one code; under two codes it stays by itself."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, (code, name) in enumerate(
        [
            ("201-01", "사무관리비"),
            ("", "사무 관리비"),
            ("401-01", "시설비"),
            ("401-02", "시설비"),
            ("", "시설비"),
        ]
    ):
        line = {"label": "가", "expression": f"{10 ** (number + 3):,}원"}
        said = project(number, items=[{"object_code": code, "object_name": name, "derivations": [line]}])
        (folder / f"{number}.xlsx").write_bytes(workbook(said))
    _, summary = collected(folder, tmp_path / "a.db")
    assert [(group.over, group.name, group.current) for group in summary.objects] == [
        ("", "시설비", 10_000),
        ("201-01", "사무 관리비", 11),
        ("401-01", "시설비", 100),
        ("401-02", "시설비", 1_000),
    ]


def test_a_run_that_is_cut_off_goes_on(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from xlbudget.collect.store import Store

    real, calls = Store.put, []

    def put(self: Store, *arguments: Any) -> None:
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(arguments)
        real(self, *arguments)

    monkeypatch.setattr(Store, "put", put)
    with pytest.raises(KeyboardInterrupt):
        collected(few, tmp_path / "a.db")
    monkeypatch.setattr(Store, "put", real)
    assert asked(tmp_path / "a.db", "SELECT complete FROM runs") == [(0,)]
    gathered, _ = collected(few, tmp_path / "a.db")
    assert (gathered.counts["unchanged"], gathered.counts["added"]) == (3, 3)


def test_a_workbook_is_written_whole_or_not_at_all(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that the database refuses takes the whole workbook back, and what was there before stays."""
    db = tmp_path / "a.db"
    collected(few, db)
    before = shown(db)
    path = sorted(few.rglob("*.xlsx"))[0]
    edit(path, "예산총괄", {FIRST_PREVIOUS: 1})
    real = gathering.take

    def spoiled(jobs: Any) -> Any:
        done = real(jobs)
        for one in done:
            if one.report:
                one.report["findings"].append({"position": None, "code": None})
        return done

    monkeypatch.setattr(gathering, "take", spoiled)
    with pytest.raises(CollectFault, match="받아들이지"):
        collected(few, db)
    assert changed(before, shown(db)) == set()
