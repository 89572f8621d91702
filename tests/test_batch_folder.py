"""An output folder: what has not changed is passed over, two runs do not mix, and the reports."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xlbudget import workflow
from xlbudget.batch import Plan, Status, in_line
from xlbudget.batch.folder import OWN, output_folder
from xlbudget.batch.jobs import Done
from xlbudget.batch.report import COLUMNS, Report, rows
from xlbudget.book import BookBusy, BookReadOnly
from xlbudget.book.file import FileBook
from xlbudget.cli import main
from xlbudget.errors import XlbudgetError
from xlbudget.resources import DEMO_PROJECT, resource


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    workflow.save(workflow.open_book(resource(DEMO_PROJECT)), folder / "a.xlsx")
    wrong = workflow.open_book(resource(DEMO_PROJECT))
    from xlbudget.exchange.assignments import read_assignments

    wrong.apply(read_assignments(["예산총괄!B7=13501"], wrong.sheets()))
    workflow.save(wrong, folder / "b.xlsx")
    (folder / "c.xlsx").write_bytes(b"nonsense")
    return folder


def exit_code(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code


def ran(source: Path, out: Path) -> list[Done]:
    with output_folder(out, "build") as folder:
        return list(folder.run(Plan([str(source)], "build", out).jobs(), in_line()))


def states(done: list[Done]) -> list[str]:
    return [d.status.value for d in done]


def test_a_second_run_does_only_what_has_changed(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = ran(source, out)
    assert states(first) == ["done", "done", "failed"]
    again = ran(source, out)
    assert states(again) == ["unchanged", "unchanged", "failed"]
    assert [d.report for d in again] == [d.report for d in first]
    (out / "a_완성.xlsx").write_bytes(b"touched")
    (source / "b.xlsx").write_bytes((source / "a.xlsx").read_bytes())
    assert states(ran(source, out)) == ["done", "done", "failed"]
    (out / "a_완성.xlsx").unlink()
    assert states(ran(source, out)) == ["done", "unchanged", "failed"]


def test_another_version_of_the_program_makes_everything_again(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(source, tmp_path / "out")
    monkeypatch.setattr("xlbudget.batch.folder.shape", lambda verb: "other")
    assert states(ran(source, tmp_path / "out")) == ["done", "done", "failed"]


@pytest.mark.parametrize("cut", [1, 40, 10_000])
def test_a_ledger_that_was_cut_off_costs_only_its_last_entry(source: Path, tmp_path: Path, cut: int) -> None:
    out = tmp_path / "out"
    ran(source, out)
    ledger = out / OWN / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-cut])
    assert states(ran(source, out))[1] == "done"
    assert states(ran(source, out)) == ["unchanged", "unchanged", "failed"]


def test_a_ledger_that_cannot_be_written_is_a_notice(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xlbudget.batch.ledger.Ledger.add", full)
    with output_folder(tmp_path / "out", "build") as folder:
        done = list(folder.run(Plan([str(source)], "build", tmp_path / "out").jobs(), in_line()))
        assert states(done) == ["done", "done", "failed"]
        assert len(folder.notices) == 1


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        output_folder(tmp_path / "out", "build"),
        pytest.raises(BookBusy, match="다른 실행"),
        output_folder(tmp_path / "out", "build"),
    ):
        pass
    with output_folder(tmp_path / "out", "build"):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BookReadOnly, match="file"), output_folder(tmp_path / "file" / "out", "build"):
        pass


def test_what_a_killed_run_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    for name in (".a.0123456789ab.tmp", ".mine.tmp", "b.tmp"):
        (tmp_path / name).write_bytes(b"half")
    with output_folder(tmp_path, "build"):
        pass
    assert sorted(p.name for p in tmp_path.iterdir()) == [".mine.tmp", OWN, "b.tmp"]


def command(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def test_reports_agree_in_every_form(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said: dict[str, Any] = {}
    for kind in ("json", "csv", "xlsx"):
        report = tmp_path / f"보고.{kind}"
        code, _, err = command(capsys, "check", source, "--report", report)
        assert code == 2
        assert "파일 3개: 완료 2, 그대로 0, 실패 1; 지적 1건(오류 1건)" in err
        said[kind] = report.read_bytes()
    document = json.loads(said["json"])
    assert [f["status"] for f in document["files"]] == ["done", "done", "failed"]
    assert document["files"][1]["findings"][0]["code"] == "BUD-T01"
    assert document["totals"]["failed"] == 1
    table = list(csv.reader(io.StringIO(said["csv"].decode("utf-8-sig"))))
    assert table[0] == list(COLUMNS)
    assert [row[1] for row in table[1:]] == ["완료", "완료", "실패"]
    found = document["files"][1]["findings"][0]
    assert table[2][8:11] == ["BUD-T01", found["cells"][0], found["message"]]
    sheet = openpyxl.load_workbook(io.BytesIO(said["xlsx"])).worksheets[0]
    cells = [["" if c.value is None else str(c.value) for c in row] for row in sheet.iter_rows()]
    assert cells == table
    assert {p.name for p in tmp_path.iterdir()} == {"in", "보고.json", "보고.csv", "보고.xlsx"}


def test_a_csv_report_holds_no_formula(tmp_path: Path) -> None:
    with Report(tmp_path / "r.csv") as report:
        report.add(Done("=cmd.xlsx", Status.FAILED, reason="-1"))
    text = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    (row,) = list(csv.reader(io.StringIO(text)))[1:]
    assert (row[0], row[3]) == ("'=cmd.xlsx", "'-1")
    assert next(rows(Done("=cmd.xlsx", Status.FAILED))).file == "=cmd.xlsx"


@pytest.mark.parametrize("name", ["r.txt", "없음/r.json"])
def test_a_report_that_cannot_be_written_is_refused_at_once(
    source: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(XlbudgetError, match="r\\."):
        Report(tmp_path / name)
    code, out, err = command(capsys, "build", source, "-o", tmp_path / "out", "--report", tmp_path / name)
    assert (code, out) == (2, "")
    assert "r." in err
    assert not (tmp_path / "out").exists()


def test_build_repeats_sub_folders_and_does_not_feed_on_its_results(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "국").mkdir()
    (source / "b.xlsx").replace(source / "국" / "b.xlsx")
    for _ in range(2):
        code, out, _ = command(capsys, "build", source, "-o", source / "out", "--jobs", "2")
        assert code == 2
        assert out.splitlines() == [
            str(source / "out" / "a_완성.xlsx"),
            str(source / "out" / "국" / "b_완성.xlsx"),
        ]
    command(capsys, "build", source / "국")
    _, out, _ = command(capsys, "build", source / "국")
    assert out.split() == [str(source / "국" / "b_완성.xlsx")]


def test_ctrl_c_ends_a_run_calmly(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real, calls = workflow.transform, []

    def interrupted(*arguments: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(workflow, "transform", interrupted)
    report = tmp_path / "r.json"
    code, _, err = command(capsys, "build", source, "-o", tmp_path / "out", "--report", report, "--jobs", "1")
    assert code == 130
    assert "전체 3개 가운데 1개까지 했습니다. 같은 명령을 다시 하면" in err
    assert "멈췄습니다" in err
    assert "Traceback" not in err
    assert json.loads(report.read_text(encoding="utf-8"))["totals"]["files"] == 1
    assert [p.name for p in (tmp_path / "out").glob("*.xlsx")] == ["a_완성.xlsx"]
    monkeypatch.undo()
    assert states(ran(source, tmp_path / "out")) == ["unchanged", "done", "failed"]


@pytest.mark.skipif(sys.platform == "win32" or not hasattr(os, "geteuid"), reason="POSIX의 권한을 봅니다")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="관리자는 어디에나 쓸 수 있습니다")
def test_a_folder_without_permission_is_named(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(BookReadOnly, match="out"), output_folder(tmp_path / "out", "build"):
        pass


@pytest.mark.parametrize("name", ["사업.xlsx", "남의 것.csv", "남의 것.json", "사업_완성.xlsx"])
def test_a_report_never_replaces_another_file(
    source: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    book, target = tmp_path / "사업.xlsx", tmp_path / name
    book.write_bytes((source / "a.xlsx").read_bytes())
    if not target.exists() and name.startswith("남의"):
        target.write_text("중요한 것", encoding="utf-8")
    before = target.read_bytes() if target.exists() else None
    assert exit_code("build", str(book), "--report", str(target)) == 2
    assert "덮어쓰지 않았습니다" in capsys.readouterr().err
    assert book.read_bytes() == (source / "a.xlsx").read_bytes()
    assert not list(tmp_path.glob(".*.tmp"))
    if before is not None:
        assert target.read_bytes() == before
    else:
        assert FileBook.open(target).sheets()[0] == "안내"


@pytest.mark.parametrize("name", ["r.xlsx", "r.csv", "r.json"])
def test_a_report_replaces_an_earlier_one(source: Path, tmp_path: Path, name: str) -> None:
    for _ in range(2):
        assert exit_code("check", str(source / "a.xlsx"), "--report", str(tmp_path / name)) == 0
