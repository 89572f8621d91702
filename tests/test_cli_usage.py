"""Faults of usage and of the file system, as a clerk reads them: one Korean sentence, exit code 2."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import openpyxl
import pytest

from xlbudget.batch.jobs import Job, one
from xlbudget.cli import main
from xlbudget.errors import reason
from xlbudget.resources import STANDARD_WORKBOOK, resource

ENGLISH = re.compile(r"[A-Za-z]{3,}[ ,.]+[a-z]{2,}[ ,.]+[a-z]{2,}")
"""Three words in a row, as no option or file name has them."""

FAULTS = {
    "nope": "'nope'라는 명령은 없습니다",
    "build --nope a.xlsx": "--nope라는 선택은 없습니다",
    "build": "빠진 것이 있습니다: 통합 문서",
    "set a.xlsx x=1": "빠진 것이 있습니다: -o --out",
    "build a.xlsx --jobs 셋": "--jobs: 정수를 적으세요",
    "build a.xlsx --jobs 0": "--jobs: 1 이상의 수를 적으세요",
    "build a.xlsx --out": "--out 뒤에 값을 적으세요",
    "check --json=3 a.xlsx": "--json 에는 값을 적지 않습니다",
    "demo 하나 둘": "쓰이지 않는 값이 있습니다: 둘",
    "addin nope": "'nope'라는 명령은 없습니다",
    "derive --rounding up 1": "ceil, half-up, floor 가운데 하나",
    "demo 있는파일": "있는파일: 같은 이름의 파일이 있습니다",
    "demo 있는파일/아래": "있는파일/아래: 다루지 못했습니다(폴더가 아님)",
    "build 깨진.json": "깨진.json: 4번째 바이트가 UTF-8 글자가 아닙니다",
    "check 모자란.json": "name: 항목이 빠졌습니다",
    "check 덜적은.json": "JSON 글이 아닙니다",
    "check 없는.xlsx": "없는.xlsx: 파일이 없습니다",
    "check 모자란.json --report 없는/r.json": "보고서를 쓸 수 없습니다(그런 파일이나 폴더가 없음)",
}


@pytest.fixture
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "있는파일").write_text("메모")
    (tmp_path / "깨진.json").write_bytes(b"caf\xe9")
    (tmp_path / "모자란.json").write_text("{}")
    (tmp_path / "덜적은.json").write_text("[1")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_files")
@pytest.mark.parametrize("line", FAULTS)
def test_a_fault_is_one_korean_sentence(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(line.split())
    said = capsys.readouterr().err
    assert caught.value.code == 2
    assert FAULTS[line] in said
    assert not ENGLISH.search(said), said


def test_a_derivation_that_begins_with_a_dash_is_told_how(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["derive", "- 150,000원*2"])
    assert "xlbudget derive -- '-" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["derive", ""])
    assert caught.value.code == 1
    assert "(빈 글): 1번째 글자에서" in capsys.readouterr().err


def test_an_edited_example_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main_code(["demo", str(tmp_path)], 0)
    main_code(["demo", str(tmp_path)], 0)
    example = tmp_path / "예시_사업설명서.xlsx"
    edited = openpyxl.load_workbook(example)
    edited["안내"]["A1"] = "고침"
    edited.save(example)
    before = example.read_bytes()
    main_code(["demo", str(tmp_path)], 2)
    assert "고친 예시가 이미 있습니다" in capsys.readouterr().err
    assert example.read_bytes() == before


def main_code(arguments: list[str], code: int) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "디스크에 빈 곳이 없음"), (errno.EACCES, "권한이 없음"), (9999, "운영체제 오류 9999")],
)
def test_why_the_system_refused(number: int, words: str) -> None:
    assert reason(OSError(number, "No such thing")) == words


def test_a_job_that_runs_out_of_memory_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> bytes:
        raise MemoryError

    monkeypatch.setattr("xlbudget.batch.jobs.read_file", full)
    assert one(Job("a.xlsx", Path("a.xlsx"))).reason == "a.xlsx: 처리하지 못했습니다(기억 장치가 모자람)."


def test_a_workbook_with_a_password_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    msoffcrypto = pytest.importorskip("msoffcrypto", reason="암호를 거는 msoffcrypto-tool이 없습니다")
    locked = tmp_path / "비밀.xlsx"
    with resource(STANDARD_WORKBOOK).open("rb") as plain, locked.open("wb") as out:
        msoffcrypto.OfficeFile(plain).encrypt("1234", out)
    before = locked.read_bytes()
    for command in ("build", "check"):
        main_code([command, str(locked)], 2)
        assert "비밀.xlsx: 열기 암호가 걸려 있습니다. Excel에서 암호를 풀어" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [locked.name]
    assert locked.read_bytes() == before
