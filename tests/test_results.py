"""The sheet 점검결과: rows, links, marks, and what it says of a clean workbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import golden
from tests.painter import Painter, convert
from xlbudget.edits import Edit, Link, ReplaceSheet, SetName, SheetImage
from xlbudget.findings import Finding, Severity, Summary, Suspect, catalogue, summarise
from xlbudget.grid import Area
from xlbudget.project import Project
from xlbudget.workbook.layout import MARKED_ERRORS, MARKED_WARNINGS, RESULTS
from xlbudget.workbook.results import marked, results
from xlbudget.workbook.styles import STYLES

CASES = Path(__file__).parent / "cases"
PROJECT = Project(name="작은도서관 운영 지원", fiscal_year=2027)


def findings() -> list[Finding]:
    cases = json.loads((CASES / "results_findings.json").read_text(encoding="utf-8"))
    return [
        Finding(
            case["code"],
            Severity(case["severity"]),
            case["message"],
            tuple(case["cells"]),
            suspects=tuple(Suspect(**(s | {"cells": tuple(s["cells"])})) for s in case.get("suspects", ())),
        )
        for case in cases
    ]


def write(found: list[Finding], **options: Any) -> tuple[SheetImage, list[Edit]]:
    first, *rest = results(PROJECT, found, summarise(found, 52), **options)
    assert isinstance(first, ReplaceSheet)
    assert first.name == RESULTS
    assert isinstance(first.image, SheetImage)
    return first.image, rest


def row(image: SheetImage, number: int) -> list[Any]:
    return [image.cells[number, column][0] for column in range(1, 8)]


def test_sheet_as_it_was_looked_at() -> None:
    image, names = write(findings())
    text = golden.sheet_text(image) + "".join(f"{name}\n" for name in names)
    golden.check("results.txt", text)


def test_findings_stand_gravest_first() -> None:
    image, _ = write(findings())
    assert [image.cells[at, 2] for at in range(6, 12)] == [
        ("오류", "xlb 오류"), ("오류", "xlb 오류"), ("오류", "xlb 오류"), ("확인", "xlb 확인"), ("확인", "xlb 확인"), ("참고", "xlb 참고"),
    ]  # fmt: skip
    assert [image.cells[3, column] for column in (2, 3, 4)] == [
        ("오류 3", "xlb 오류"), ("확인 2", "xlb 확인"), ("참고 1", "xlb 참고"),
    ]  # fmt: skip
    assert image.cells[3, 5][0] == f"   {summarise(findings(), 52)}"


def test_a_row_says_where_what_and_why() -> None:
    image, _ = write(findings())
    assert row(image, 6) == [
        1, "오류", "BUD-S02", "결산현황!I10 외 3칸",
        "[오류] 집행잔액: 2025년 집행잔액이 252천원입니다. 예산현액에서 집행액과 차년이월을 빼면 250천원이어야 합니다. 차이는 2천원입니다.",
        "결산현황!I10: 끝자리가 바뀐 듯합니다 → 고칠 값 250\n결산현황!G10: 틀렸을 수 있습니다", "열기",
    ]  # fmt: skip
    assert (
        row(image, 7)[5]
        == "결산현황!C8, 결산현황!D8: 이웃 칸과 바뀜 → 고칠 값 결산현황!C8 18,000, 결산현황!D8 △500"
    )
    assert row(image, 8)[5] == catalogue()["BUD-C01"].remedy


def test_links_lead_to_the_cells() -> None:
    image, _ = write(findings())
    assert image.links[6, 7] == Link("'결산현황'!I10", "결산현황!I10 칸으로 갑니다")
    assert (10, 7) not in image.links, "a finding without a cell"
    assert row(image, 10)[3] is row(image, 10)[6] is None
    strange, _ = write([Finding("BUD-T01", Severity.WARNING, "", ("O'Brien 표!B2",))])
    assert strange.links[6, 7].target == "'O''Brien 표'!B2"


def test_marks_are_suspects_and_their_company() -> None:
    marks = marked(findings())
    assert marks[MARKED_ERRORS] == [
        "결산현황!I10",
        "결산현황!G10",
        "결산현황!C8",
        "결산현황!D8",
        "예산총괄!D8",
    ]
    assert marks[MARKED_WARNINGS] == [
        "결산현황!F10",
        "결산현황!H10",
        "산출근거!D6",
        "산출근거!D9",
        "예산총괄!D7",
        "O'Brien 표!B2",
    ]


def test_lists_of_marks_stand_in_hidden_columns_with_names() -> None:
    image, names = write(findings())
    assert image.columns[9] is image.columns[10] is None
    assert [image.cells[at, 9][0] for at in range(6, 11)] == marked(findings())[MARKED_ERRORS]
    assert names == [
        SetName(MARKED_ERRORS, "'점검결과'!$I$6:$I$10"),
        SetName(MARKED_WARNINGS, "'점검결과'!$J$6:$J$11"),
    ]
    assert image.print_area == Area(1, 1, 11, 7), "the lists are not printed"


def test_a_clean_workbook_is_told_so() -> None:
    image, names = write([])
    assert image.cells[6, 1][0].startswith("지적 사항이 없습니다.")  # type: ignore[union-attr]
    assert image.merges == (Area(6, 1, 6, 7),)
    assert names == [
        SetName(MARKED_ERRORS, "'점검결과'!$I$6:$I$6"),
        SetName(MARKED_WARNINGS, "'점검결과'!$J$6:$J$6"),
    ]
    assert not any(column > 8 for _, column in image.cells)


def test_an_unfilled_workbook_is_not_praised() -> None:
    first, *_ = results(PROJECT, [], Summary(0, 0, 0, 0, 0))
    assert "적혀 있지 않습니다" in first.image.cells[6, 1][0]  # type: ignore[union-attr, operator]


def test_the_same_findings_give_the_same_edits() -> None:
    assert write(findings()) == write(findings())


def test_many_suspects_are_counted() -> None:
    many = Finding(
        "BUD-S01",
        Severity.ERROR,
        "글",
        ("가!A1",),
        suspects=tuple(Suspect((f"가!A{n}",)) for n in range(1, 20)),
    )
    image, _ = write([many])
    lines = row(image, 6)[5].split("\n")
    assert len(lines) == 9
    assert lines[-1] == "이 밖에 11가지가 더 있습니다."


@pytest.mark.parametrize("widths", [None, {5: 20.0}])
def test_rows_are_high_enough(widths: dict[int, float] | None) -> None:
    found = [*findings(), Finding("BUD-N03", Severity.ERROR, "글자 " * 5000, ("가!A1",))]
    image, _ = write(found, widths=widths)
    assert image.heights[9] == 409
    assert image.heights[6] == (33.75 if widths is None else 105.75)
    assert all(21.0 <= image.heights[at] <= 409 for at in range(6, 13))
    assert all(style is None or style in STYLES for _, style in image.cells.values())


@pytest.mark.office
def test_its_pdf_holds_every_finding(tmp_path: Path) -> None:
    import subprocess

    painter = Painter()
    painter.apply(results(PROJECT, findings(), summarise(findings(), 52)))
    (pdf,) = convert([painter.save(tmp_path / "점검.xlsx")], tmp_path, "pdf")
    text = subprocess.run(
        ["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True, timeout=60
    ).stdout.decode()
    squeezed = "".join(text.split())
    for finding in findings():
        assert "".join(finding.message.split()) in squeezed
    assert "".join(catalogue()["BUD-C01"].remedy.split()) in squeezed
