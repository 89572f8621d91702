"""Documents that become workbooks, through the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from xlbudget import intake, workflow
from xlbudget.cli import main
from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.export import exported
from xlbudget.resources import DEMO_PROJECT, resource


def call(*arguments: str | Path) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    return int(stopped.value.code or 0)


@pytest.fixture(scope="module")
def outcome() -> workflow.Outcome:
    return workflow.judge(workflow.open_book(resource(DEMO_PROJECT)))


@pytest.mark.parametrize("kind", ["txt", "hwpx"])
def test_exported_and_imported_again_the_project_is_the_same(
    outcome: workflow.Outcome, kind: str, tmp_path: Path
) -> None:
    if kind == "hwpx":
        pytest.importorskip("hwpx")
    document = tmp_path / f"사업설명서.{kind}"
    document.write_bytes(exported(outcome.project, outcome.figures, kind))
    taken = intake.take_description(document, tmp_path / "책.xlsx")
    assert taken.findings == ()
    assert workflow.read(tmp_path / "책.xlsx") == outcome.project


def test_what_cannot_be_placed_is_listed_with_its_line_and_the_rest_is_there(
    outcome: workflow.Outcome, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = exported(outcome.project, outcome.figures, "txt").decode()
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if "최종예산" in line)
    lines[at + 1 : at + 1] = ["이상한 줄\t1\t2\t3\t4\t5\t6\t7\t8\t9"]
    document = tmp_path / "사업설명서.txt"
    document.write_text("\n".join(lines), encoding="utf-8")
    assert call("import", document, "-o", tmp_path / "책.xlsx") == 1
    said = capsys.readouterr().err
    assert f"원문 {at + 2}째 줄" in said
    sheet = workflow.open_book(tmp_path / "책.xlsx").read("점검결과")
    assert any("이상한 줄" in str(cell.value) for cell in sheet.cells.values())
    assert workflow.read(tmp_path / "책.xlsx").items == outcome.project.items


def test_wrong_totals_of_the_document_are_told_although_the_workbook_computes_them(
    outcome: workflow.Outcome, tmp_path: Path
) -> None:
    text = exported(outcome.project, outcome.figures, "txt").decode()
    assert "10,500천원" in text
    document = tmp_path / "a.txt"
    document.write_text(text.replace("10,500천원", "10,600천원"), encoding="utf-8")
    taken = intake.take_description(document, tmp_path / "a.xlsx")
    assert "BUD-C03" in {finding.code for finding in taken.findings}


def test_a_document_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="읽을 수 있는 문서는"):
        intake.is_book(tmp_path / "a.pdf")
    (tmp_path / "a.hwp").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert call("import", tmp_path / "a.hwp", "-o", tmp_path / "a.xlsx") == 2
    assert not (tmp_path / "a.xlsx").exists()


HEAD = [
    "page",
    "row_num",
    "dept",
    "policy",
    "unit",
    "detail",
    "label",
    "item",
    "calc",
    "basis",
    "budget",
    "indent",
]


def test_the_whole_county(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A department of the real book, from its rows to workbooks; the record adds up."""
    with (corpus / "hongseong_2026.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    heads = [i for i, row in enumerate(rows) if i and row[2]]
    part = tmp_path / "예산서_2026.csv"
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows[: heads[2]])
    call("import", part, "-o", tmp_path / "책", "--jobs", "1")
    out, err = capsys.readouterr()
    made = sorted((tmp_path / "책").iterdir())
    assert len(made) > 10
    assert f"통합 문서 {len(made)}개" in out
    assert "옮기지 못함 0" in err
    projects = [workflow.read(path) for path in made[:5]]
    assert all(project.fiscal_year == 2026 for project in projects)
    assert json.loads(projects[0].model_dump_json())["name"]


def test_a_book_needs_a_year(corpus: Path, tmp_path: Path) -> None:
    book = tmp_path / "예산서.csv"
    book.write_bytes((corpus / "hongseong_2026.csv").read_bytes()[:5000])
    assert call("import", book, "-o", tmp_path / "책") == 2


_TREE_HEAD = "부서명,정책사업명,단위사업명,세부사업명,통계목명,산출기초명,산출식,예산액,기정액,증감\n"
_TREE = """시험과,,,,,,,9000,0,9000
,시험정책,,,,,,9000,0,9000
,,시험단위,,,,,9000,0,9000
,,,나무 심기,,,,9000,0,9000
,,,,201 일반운영비,,,9000,0,9000
,,,,01 사무관리비,,,9000,0,9000
,,,,,◎묘목,"3,000,000원*3회",9000,,
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("", "", 0, "파일에 없어 되살린 줄: 제목 0, 산출기초 0"),
        (
            ",,,,01 사무관리비,,,9000,0,9000\n", ",,,,01 사무관리비,,,9.000,0,9.000\n", 1,
            "옮기지 못함: 7행 '01 사무관리비 | 9.000 | 0 | 9.000': 예산액 칸: 쉼표 자리에 소수점이 있습니다: '9.000'.",
        ),
        (",,,,01 사무관리비,,,9000,0,9000\n", "", 0, "되살림: 7행 시험과"),
        (",,,나무 심기,,,,9000,0,9000", ",,,나무 심기,,,,8000,0,8000", 1, "차이: 5행 시험과"),
        (_TREE, _TREE + _TREE, 0, "이름이 모두 같은 세부사업: 시험과 > 시험정책 > 시험단위 > 나무 심기 (5행, 12행)"),
    ],
    ids=["whole", "point for comma", "a heading is missing", "a sum is wrong", "one name twice"],
)  # fmt: skip
def test_the_record_tells_people_of_every_exception_of_a_book(
    old: str, new: str, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "예산서_2026.csv"
    book.write_text(_TREE_HEAD + _TREE.replace(old, new, 1), encoding="utf-8")
    assert call("import", book, "-o", tmp_path / "책", "--jobs", "1") == code
    err = capsys.readouterr().err
    assert said in err
    assert "UnplacedRow" not in err


def test_sums_that_are_wrong_both_ways_do_not_cancel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = _TREE.replace("나무 심기,,,,9000,0,9000", "나무 심기,,,,8000,0,8000")
    other = _TREE.replace("나무 심기,,,,9000,0,9000", "꽃 심기,,,,10000,0,10000")
    book = tmp_path / "예산서_2026.csv"
    book.write_text(_TREE_HEAD + one + other, encoding="utf-8")
    assert call("import", book, "-o", tmp_path / "책", "--jobs", "1") == 1
    assert "세부사업: 책 18,000 / 합계 18,000 / 차이 0" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949", "utf-16"])
def test_a_text_is_read_in_the_encodings_that_editors_write(
    outcome: workflow.Outcome, encoding: str, tmp_path: Path
) -> None:
    text = exported(outcome.project, outcome.figures, "txt").decode()
    document = tmp_path / "a.txt"
    document.write_bytes(text.encode(encoding, errors="replace"))  # CP949 has no ticked box
    assert intake.take_description(document, tmp_path / "a.xlsx").project.items == outcome.project.items


def test_a_text_in_no_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    document = tmp_path / "a.txt"
    document.write_bytes("기본 현황\n".encode() + b"\xff\xff\n")
    with pytest.raises(DocumentUnreadable, match="2째 줄"):
        intake.take_description(document, tmp_path / "a.xlsx")
