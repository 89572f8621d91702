"""The command line: what it prints where, and its exit codes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from xlbudget.cli import app, main


class Ran:
    """What a command left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def call(*arguments: str | Path, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ran(int(stopped.value.code or 0), out, err)

    return call


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    with pytest.raises(SystemExit):
        main(["demo", str(folder)])
    (made,) = folder.iterdir()
    return made


def test_demo_leaves_one_workbook_and_prints_its_path(run, tmp_path: Path) -> None:
    ran = run("demo", tmp_path / "새 폴더")
    (made,) = (tmp_path / "새 폴더").iterdir()
    assert (ran.code, ran.out) == (0, f"{made}\n")
    assert "오류 0건" in ran.err


def test_derive_prints_one_json_object_a_line(run) -> None:
    ran = run("derive", "--json", "회의 참석수당 150,000원*20명*3회", "위원회 운영")
    first, second = map(json.loads, ran.out.splitlines())
    assert ran.code == 1
    assert list(first) == [
        "text",
        "label",
        "expression",
        "won",
        "amount",
        "unit",
        "formula",
        "stated",
        "error",
    ]
    assert (first["label"], first["won"], first["amount"], first["unit"]) == (
        "회의 참석수당",
        "9000000",
        9000,
        "천원",
    )
    assert first["formula"].startswith("=")
    assert second["amount"] is None
    assert set(second["error"]) == {"message", "position"}


def test_derive_says_where_the_stated_result_differs(run) -> None:
    ran = run("derive", "인쇄비 500,000원*3회 = 1,600천원")
    assert (ran.out, ran.code) == ("인쇄비 500,000원*3회 = 1,500천원 (적힌 1,600천원과 다름)\n", 1)
    assert run("derive", "인쇄비 500,000원*3회 = 1,500천원").code == 0


def test_derive_reads_standard_input_and_rounds_as_told(run) -> None:
    text = "40,200원*12월\n82,560원*1명*261일\n"
    assert run("derive", stdin=text).out.splitlines() == [
        "40,200원*12월 = 483천원",
        "82,560원*1명*261일 = 21,549천원",
    ]
    amounts = [
        json.loads(line)["amount"]
        for line in run("derive", "--json", "--rounding", "floor", stdin=text).out.splitlines()
    ]
    assert amounts == [482, 21548]
    assert run("derive", "--rounding", "none", "1원").code == 2


def test_check_says_nothing_is_wrong(run, demo: Path) -> None:
    ran = run("check", demo, "--json")
    report = json.loads(ran.out)
    assert ran.code == 0
    assert report["file"] == str(demo)
    assert report["findings"] == []
    assert report["summary"]["errors"] == 0


def test_set_then_check_then_build(run, demo: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "틀림.xlsx"
    assert run("set", demo, "예산총괄!B7=13501", "-o", wrong).code == 0
    ran = run("check", wrong, "--json")
    (finding,) = json.loads(ran.out)["findings"]
    assert (ran.code, finding["code"], finding["severity"]) == (1, "BUD-T01", "error")
    assert finding["cells"][0] == "예산총괄!B7"
    assert finding["facts"]["written"] == 13501
    before = wrong.read_bytes()
    dry = run("build", wrong, "--dry-run")
    assert dry.code == 1
    assert "예산총괄!B7: 13,501 → 13,500" in dry.out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["틀림.xlsx"]
    built = run("build", wrong)
    assert built.code == 1
    assert built.out.strip() == str(tmp_path / "틀림_완성.xlsx")
    assert wrong.read_bytes() == before
    assert run("check", tmp_path / "틀림_완성.xlsx").code == 0


def test_in_place_keeps_a_backup(run, demo: Path, tmp_path: Path) -> None:
    book = tmp_path / "예산.xlsx"
    run("set", demo, "예산총괄!B7=13501", "-o", book)
    before = book.read_bytes()
    assert run("build", "--in-place", book).code == 1
    assert (tmp_path / "예산.bak.xlsx").read_bytes() == before
    assert book.read_bytes() != before
    assert run("build", "--in-place", "-o", tmp_path, book).code == 2


def test_batch_goes_on_after_a_bad_file(run, demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(b"nonsense")
    (folder / "b.xlsx").write_bytes(demo.read_bytes())
    ran = run("build", folder, "-o", tmp_path / "out")
    assert ran.code == 2
    assert "a.xlsx" in ran.err
    assert [p.name for p in (tmp_path / "out").glob("*.xlsx")] == ["b_완성.xlsx"]


def test_new_export_and_schema_agree(run, tmp_path: Path, demo: Path) -> None:
    exported = tmp_path / "사업.json"
    assert run("export", demo, "--to", "json", "-o", exported).code == 0
    assert run("new", tmp_path / "a.xlsx", "--from", exported).code == 0
    again = run("export", tmp_path / "a.xlsx")
    assert json.loads(again.out) == json.loads(exported.read_text(encoding="utf-8"))
    schema = json.loads(run("schema").out)
    assert set(json.loads(again.out)) - {"figures"} <= set(schema["properties"])
    assert run("new", tmp_path / "b.xlsx").code == 0
    kept = (tmp_path / "b.xlsx").read_bytes()
    refused = run("new", tmp_path / "b.xlsx")
    assert refused.code == 2
    assert (tmp_path / "b.xlsx").read_bytes() == kept


def test_json_builds_like_its_workbook(run, tmp_path: Path, demo: Path) -> None:
    exported = tmp_path / "사업.json"
    run("export", demo, "-o", exported)
    assert run("build", exported).code == 0
    assert (tmp_path / "사업.xlsx").read_bytes() == demo.read_bytes()


def test_explain_shows_a_rule_and_lists_them_all(run) -> None:
    assert "집행잔액" in run("explain", "bud-s02").out
    assert "BUD-C01" in run("explain").out
    assert run("explain", "BUD-Z99").code == 2


BAD_FILES = {
    "빈 파일.xlsx": b"",
    "글.xlsx": "그냥 글".encode(),
    "암호.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "웹.xlsx": b"<html><body><table></table></body></html>",
    "잘림.xlsx": b"PK\x03\x04" + bytes(50),
    "사업.json": b"{",
    "틀린.json": b'{"name": "a", "fiscal_year": 2021, "items": [{"object_nam": "x"}]}',
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_read_gives_one_calm_message(run, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BAD_FILES[name])
    for verb in ("check", "build"):
        ran = run(verb, path)
        assert ran.code == 2
        assert ran.out == ""
        assert ran.err.startswith("xlbudget: ")
        assert name in ran.err
    assert path.read_bytes() == BAD_FILES[name]
    assert [p.name for p in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "없음.xlsx"],
        ["build"],
        ["nonsense"],
        ["check", "--nonsense", "a"],
        ["set", "a.xlsx", "A1=1"],
    ],
)
def test_wrong_usage_says_so_in_korean_and_exits_with_2(run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert any("가" <= letter <= "힣" for letter in ran.err)


def test_every_command_has_help() -> None:
    import typer

    group = typer.main.get_command(app)
    assert {"demo", "new", "build", "check", "derive", "set", "export", "schema", "explain"} <= set(
        group.commands
    )  # type: ignore[attr-defined]
    for command in group.commands.values():  # type: ignore[attr-defined]
        assert command.help, command.name


def test_every_command_is_in_the_readme() -> None:
    import typer

    text = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    for name in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert f"xlbudget {name}" in text


def test_derive_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['xlbudget', 'derive', '1,000원*3명']\n"
        "from xlbudget.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'lxml', 'openpyxl', 'xlwings', 'rich', 'xlbudget.project'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["1,000원*3명 = 3천원", "[]"]


def test_the_input_is_never_written_over(run, demo: Path, tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    book.write_bytes(demo.read_bytes())
    assert run("build", book, "-o", book).code == 2
    assert run("export", book, "--to", "json", "-o", book).code == 2
    assert book.read_bytes() == demo.read_bytes()
    assert run("set", book, "예산총괄!B7=1", "-o", book).code == 0
    assert (tmp_path / "a.bak.xlsx").read_bytes() == demo.read_bytes()


def test_fix_needs_a_day_of_the_calendar_and_tells_by_its_code_what_is_left(run, tmp_path: Path) -> None:
    run("demo", str(tmp_path))
    (made,) = tmp_path.glob("*.xlsx")
    wrong = tmp_path / "틀림.xlsx"
    run("set", str(made), "결산현황!H8=279756", "기본현황!B21=13600", "-o", str(wrong))
    found = json.loads(run("check", str(wrong), "--json").out)["findings"]
    number = next(finding["id"] for finding in found if finding["code"] == "BUD-S02")
    odd = run("fix", str(wrong), "--except", number, "--text", "결산서대로", "--on", "2026-13-45")
    assert odd.code == 2
    assert "있는 날짜" in odd.err
    fixed = run("fix", str(wrong), "--accept", number, "-o", str(tmp_path / "고침.xlsx"))
    assert fixed.code == 1
    assert "BUD-R01" in fixed.err
    assert "BUD-S02" not in fixed.err
