"""The rules, case by case; the cases are data in tests/cases/checks."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.checks import RULES, check, judge
from xlbudget.checks.identities import identities
from xlbudget.figures import compute
from xlbudget.findings import Finding, Severity, catalogue
from xlbudget.grid import parse_a1
from xlbudget.project import Evidence, Place, Project, Typed

CASES = Path(__file__).parent / "cases" / "checks"
BASE: dict[str, Any] = tomllib.loads((CASES / "base.toml").read_text(encoding="utf-8"))
ALL = tomllib.loads((CASES / "cases.toml").read_text(encoding="utf-8"))["case"]


def changed(changes: dict[str, Any]) -> Project:
    data = copy.deepcopy(BASE)
    for path, value in changes.items():
        *parents, last = path.split("/")
        node: Any = data
        for part in parents:
            node = node[int(part)] if isinstance(node, list) else node[part]
        key = int(last) if isinstance(node, list) else last
        if value == "delete":
            del node[key]
        else:
            node[key] = value
    return Project.model_validate(data)


def found(project: Project) -> list[Finding]:
    return check(project, compute(project))


@pytest.mark.parametrize("case", ALL, ids=[case["name"] for case in ALL])
def test_case(case: dict[str, Any]) -> None:
    findings = found(changed(case["change"]))
    assert sorted(f"{f.code} {f.path}" for f in findings) == sorted(case["expect"])


def test_every_case_of_a_wrong_figure_says_what_was_found_and_expected() -> None:
    for case in ALL:
        for finding in found(changed(case["change"])):
            assert finding.message.endswith("."), finding.message
            assert "{" not in finding.message
            assert finding.severity is catalogue()[finding.code].severity
            if {"written", "expected"} <= finding.facts.keys():
                assert f"{abs(finding.facts['written']):,}" in finding.message  # type: ignore[arg-type]
                assert f"{abs(finding.facts['expected']):,}" in finding.message  # type: ignore[arg-type]


def test_findings_come_gravest_first() -> None:
    findings = found(
        changed({"settlements/1/unspent/total": 17165, "schedule/0/start": "2020.01", "funding/1/amount": 1})
    )
    assert [f.severity for f in findings] == [Severity.ERROR, Severity.WARNING, Severity.NOTE]


def test_every_rule_names_codes_of_the_catalogue_and_every_code_has_a_rule() -> None:
    named = {
        word for rule in RULES for word in (rule.__doc__ or "").replace(",", " ").replace(":", " ").split()
    }
    short = {f"BUD-{word.removeprefix('BUD-').strip('().')}" for word in named}
    missing = {code for code in catalogue() if code not in short} - {"BUD-N99"}
    missing -= {"BUD-S04", "BUD-L00"}  # of many identities together, not of one rule
    assert not missing
    assert all((rule.__doc__ or "").startswith(("BUD-",)) for rule in RULES)


@pytest.mark.parametrize("rule", catalogue().values(), ids=lambda rule: rule.code)
def test_catalogue_texts_are_whole(rule: Any) -> None:
    for text in (rule.title, rule.rule, rule.tolerance, rule.reason, rule.remedy, rule.right):
        assert text
    assert rule.rule.endswith(".")
    assert rule.remedy.endswith(".")


# --- figures typed into computed cells: judged against what we compute -----------------------------------


WRITTEN = [
    ("items/0/current/total", "예산총괄!D8", 10501, "BUD-C01"),
    ("items/0/derivations/0/amount", "산출근거!D6", 10501, "BUD-C03"),
    ("items/0/derivations/1/amount", "산출근거!D7", 9001, "BUD-C02"),
    ("items/0/change/total", "예산총괄!F8", -500, "BUD-T03"),
    ("items/0/rate/total", "예산총괄!H8", 7, "BUD-T03"),
    ("total/previous/total", "예산총괄!B7", 13001, "BUD-T01"),
    ("total/current/subsidy", "예산총괄!E7", 1, "BUD-T01"),
    ("total/change/total", "예산총괄!F7", 501, "BUD-T01"),
    ("cost/total", "기본현황!B14", 13000, "BUD-T02"),
    ("schedule_total", "추진일정!D6", 13000, "BUD-P01"),
]
RIGHT = {
    "items/0/current/total": 10500,
    "items/0/derivations/0/amount": 10500,
    "items/0/derivations/1/amount": 9000,
    "items/0/change/total": 500,
    "items/0/rate/total": 5,
    "total/previous/total": 13000,
    "total/current/subsidy": 4000,
    "total/change/total": 500,
    "cost/total": 13500,
    "schedule_total": 13500,
}


def with_typed(path: str, cell: str, value: int, formula: str | None = None) -> Project:
    sheet, _, address = cell.partition("!")
    evidence = Evidence(typed={path: Typed(value, formula, Place(sheet, *parse_a1(address)))})
    return changed({}).with_evidence(evidence)


@pytest.mark.parametrize(("path", "cell", "value", "code"), WRITTEN)
def test_wrong_number_typed_into_a_computed_cell(path: str, cell: str, value: int, code: str) -> None:
    (finding,) = found(with_typed(path, cell, value))
    assert (finding.code, finding.cells[0]) == (code, cell)


@pytest.mark.parametrize(("path", "cell", "value", "code"), WRITTEN)
def test_right_number_or_a_formula_in_a_computed_cell_is_no_finding(
    path: str, cell: str, value: int, code: str
) -> None:
    assert not found(with_typed(path, cell, RIGHT[path]))
    assert not found(with_typed(path, cell, value, "SUM(A1:A2)"))


def test_items_of_both_tables_are_compared_by_name() -> None:
    names = ["사무관리비", "사무관리비용", "시설비"]
    data = BASE | {"items": [{"object_name": name} for name in names], "funding": [], "schedule": []}
    evidence = Evidence(
        cells={
            "items/0/object_name": Place("예산총괄", 8, 1),
            "items/1/lines": Place("산출근거", 6, 1),
            "items/2/object_name": Place("예산총괄", 9, 1),
            "items/2/lines": Place("산출근거", 9, 1),
        }
    )
    findings = found(Project.model_validate(data).with_evidence(evidence))
    assert [(f.code, f.cells) for f in findings] == [("BUD-C04", ("예산총괄!A8", "산출근거!A6"))]
    assert "사무관리비용" in findings[0].message
    assert "이름을 같게" in findings[0].message


# --- properties ------------------------------------------------------------------------------------------


@given(st.integers(0, 9))
def test_scaling_every_amount_changes_no_verdict(power: int) -> None:
    """Small amounts and large ones are judged alike: an error in one digit stays an error."""
    scale = 10**power
    data = copy.deepcopy(BASE)
    for settled in data["settlements"]:
        for column, pair in settled.items():
            if column != "year":
                settled[column] = {layer: amount * scale for layer, amount in pair.items()}
    assert [f.code for f in found(Project.model_validate(data))] == []
    data["settlements"][1]["unspent"]["total"] += 3
    assert [f.code for f in found(Project.model_validate(data))] == ["BUD-S02"]


figure = st.integers(0, 10**9)


@given(figure, st.integers(-(10**6), 10**6), figure, figure)
def test_adding_a_consistent_year_adds_no_finding(
    budget: int, changes: int, executed: int, over: int
) -> None:
    available = budget + 279576 + changes
    unspent = available - executed - over
    data = copy.deepcopy(BASE)
    data["fiscal_year"] = 2022
    year = dict(zip(
        ("final_budget", "carried_in", "changes", "available", "executed", "carried_over", "unspent"),
        (budget, 279576, changes, available, executed, over, unspent), strict=True,
    ))  # fmt: skip
    data["settlements"].append(
        {"year": 2020} | {column: {"total": amount} for column, amount in year.items()}
    )
    for step in data["schedule"]:
        step["start"] = step["end"] = ""
    signs = {f.code for f in found(Project.model_validate(data))} - {"BUD-S06"}
    assert signs <= {"BUD-N01"}
    assert (signs == {"BUD-N01"}) == (available < 0 or unspent < 0)


def test_identities_hold_on_the_right_project_and_are_counted() -> None:
    project = changed({})
    findings, summary = judge(project, compute(project))
    assert findings == ()
    assert (
        summary.checked == len(list(identities(project))) - 3
    )  # the (x) layer of 2019 is blank: S01, S02, S03
    assert str(summary).startswith("관계 ")


def test_real_rows_whose_identity_holds_give_no_error(corpus: Path) -> None:
    """Rows of real settlement tables: where the printed identity holds, no error may be found."""
    import json

    names = {
        "최종예산": "final_budget", "예산액": "final_budget", "전년이월": "carried_in", "전년도이월액": "carried_in",
        "예산변경": "changes", "예산현액": "available", "집행액": "executed", "지출액": "executed",
        "차년이월": "carried_over", "다음연도이월액": "carried_over", "이월액": "carried_over",
        "집행잔액": "unspent", "불용액": "unspent",
    }  # fmt: skip
    judged = 0
    for line in (corpus / "settlements.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        columns = {names[k]: v for k, v in row["columns"].items() if k in names and isinstance(v, int)}
        if not row["identity_holds"] or not columns or row["unit"] != "천원":
            continue
        settled = {"year": 2018} | {column: {"total": amount} for column, amount in columns.items()}
        project = Project.model_validate({"name": "실제 행", "fiscal_year": 2021, "settlements": [settled]})
        judged += 1
        assert [f for f in found(project) if f.severity is Severity.ERROR] == [], row
    assert judged
