"""From broken sums to suspects: what is merged, named and proposed; last year's workbook as a second witness."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_checks import BASE, CASES, changed, found
from xlbudget.checks import Earlier, judge
from xlbudget.figures import compute
from xlbudget.findings import Acceptance, Finding
from xlbudget.project import SETTLEMENT_COLUMNS, Project

YEARS = tomllib.loads((CASES / "last_year.toml").read_text(encoding="utf-8"))["case"]


def last_year(changes: dict[str, Any]) -> Project:
    """The same project a year earlier: its B is our A, its only settled year is one of ours."""
    data = copy.deepcopy(BASE)
    for item in data["items"]:
        total, subsidy = item["previous"]["total"], item["previous"]["subsidy"]
        item["derivations"] = [{"label": "지난해 몫", "expression": f"{total * 1000:,}원"}]
        item["current_subsidy"] = subsidy
        item["previous"] = {}
    data |= {"fiscal_year": 2020, "funding": [], "schedule": [], "settlements": data["settlements"][:1]}
    for path, value in changes.items():
        node, *rest = path.split("/")
        if not rest:
            data[node] = value
            continue
        place: Any = data[node]
        for part in rest[:-1]:
            place = place[int(part)] if isinstance(place, list) else place[part]
        place[rest[-1]] = value
    return Project.model_validate(data)


@pytest.mark.parametrize("case", YEARS, ids=[case["name"] for case in YEARS])
def test_against_last_years_workbook(case: dict[str, Any]) -> None:
    project, before = changed(case.get("change", {})), last_year(case.get("last", {}))
    findings, _ = judge(project, compute(project), last=Earlier(before, compute(before)))
    assert [f"{f.code} {f.path}" for f in findings] == case["expect"]
    if "suspect" in case:
        assert findings[0].suspects[0].cells == tuple(case["suspect"])
    if "proposal" in case:
        assert (findings[0].suspects[0].proposal or {}) == case["proposal"]


def settled(change: dict[str, int]) -> Finding:
    (finding,) = found(changed({f"settlements/{path}/total": value for path, value in change.items()}))
    return finding


@pytest.mark.parametrize("column", SETTLEMENT_COLUMNS)
def test_a_wrong_figure_is_one_error_and_the_figure_is_among_the_suspects(column: str) -> None:
    path = f"settlements/0/{column}/total"
    right = changed({}).settlements[0]
    value = getattr(right, column).total
    finding = settled({f"0/{column}": value + 4321})
    assert any(path in suspect.cells for suspect in finding.suspects)


@given(st.integers(0, 6))
@settings(max_examples=7, deadline=None)
def test_large_amounts_are_judged_as_small_ones(power: int) -> None:
    scale = 10**power
    data = copy.deepcopy(BASE)
    row = data["settlements"][1]
    for column in SETTLEMENT_COLUMNS:
        row[column]["total"] *= scale
    data["settlements"] = [row]
    row["carried_over"]["total"] = 279756 * scale
    (finding,) = found(Project.model_validate(data))
    best = finding.suspects[0]
    assert best.cells == ("settlements/0/carried_over/total",)
    assert best.mechanism.startswith("숫자 두 자리가 바뀐")
    assert best.proposal == {"settlements/0/carried_over/total": 279576 * scale}


def test_a_tie_is_shown_and_nothing_is_proposed() -> None:
    finding = settled({"1/unspent": 17000})
    assert [s.cells[0].split("/")[2] for s in finding.suspects] == ["executed", "carried_over", "unspent"]
    assert len({s.score for s in finding.suspects}) == 1
    assert all(s.proposal is None for s in finding.suspects)
    assert "셈만으로는 가릴 수 없으니" in finding.message


def test_two_wrong_figures_are_both_shown_and_nothing_is_proposed() -> None:
    finding = settled({"1/available": 350400, "1/executed": 53716})
    assert set(finding.suspects[0].cells) == {
        "settlements/1/available/total",
        "settlements/1/executed/total",
    }
    assert all(s.proposal is None for s in finding.suspects)
    assert "두 곳 이상이" in finding.message


def test_an_expression_is_suspected_by_its_numbers_and_not_by_the_digits_of_its_value() -> None:
    (finding,) = found(changed({"items/0/derivations/2/expression": "500,000원*4회"}))
    best = finding.suspects[0]
    assert best.cells == ("items/0/derivations/2/text",)
    assert best.mechanism.endswith("4를 3으로 고치면 맞음")
    assert best.proposal is None


def test_independent_errors_of_a_budget_stay_apart() -> None:
    findings = found(changed({"funding/1/amount": 9000, "schedule/0/amount": 4999}))
    assert {f.code for f in findings} == {"BUD-R01", "BUD-P01"}
    assert all(s.proposal is None for f in findings for s in f.suspects)


def test_what_is_too_much_to_search_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from xlbudget.checks import localise
    from xlbudget.checks.balance import Caps, diagnose

    def narrow(*arguments: Any, **options: Any) -> Any:
        return diagnose(*arguments, **(options | {"caps": Caps(sets=2, nodes=6)}))

    monkeypatch.setattr(localise, "diagnose", narrow)
    findings = found(changed({"settlements/1/available/total": 350400, "settlements/1/executed/total": 5}))
    assert [f.code for f in findings] == ["BUD-S01", "BUD-L00"]


# --- exceptions ------------------------------------------------------------------------------------------


def test_an_accepted_finding_stands_until_a_figure_of_it_changes() -> None:
    wrong = {"settlements/1/unspent/total": 17000}
    project = changed(wrong)
    (finding,) = found(project)
    exception = Acceptance(finding.id, "SOURCE", "결산서에 그렇게 적혀 있음", "담당")
    (told,), summary = judge(project, compute(project), accepted=[exception])
    assert told.accepted == exception
    assert (summary.errors, summary.accepted) == (0, 1)
    changes = ({"settlements/1/unspent/total": 17001}, wrong | {"settlements/1/executed/total": 53762})
    for other in changes:
        project = changed(other)
        (told,), summary = judge(project, compute(project), accepted=[exception])
        assert told.accepted is None
        assert (summary.errors, summary.accepted) == (1, 0)


def test_an_id_stays_when_rows_are_inserted_above() -> None:
    (before,) = found(changed({"settlements/1/unspent/total": 17000}))
    (after,) = found(changed({"settlements/1/unspent/total": 17000, "settlements/0": "delete"}))
    assert before.path != after.path
    assert before.id == after.id


@pytest.mark.parametrize(("city", "suspects"), [(9500, 1), (9000, 2)])
def test_last_years_amount_is_trusted_where_its_own_workbook_confirms_it(city: int, suspects: int) -> None:
    last = changed({"fiscal_year": 2020, "settlements": [], "funding/1/amount": city})
    ours = changed({"items/0/previous": {"total": 10050, "subsidy": 4000}, "settlements": []})
    (finding,), _ = judge(ours, compute(ours), last=Earlier(last, compute(last)))
    assert finding.code == "BUD-T02"
    assert len(finding.suspects) == suspects
    wanted = {"items/0/previous/total": 10500} if suspects == 1 else None
    assert finding.suspects[0].proposal == wanted
