"""The model: what it refuses, and that its JSON reads back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.made_projects import projects
from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.project_json import dump, load
from xlbudget.figures import compute
from xlbudget.project import Evidence, Line, Place, Project
from xlbudget.workflow import check


@given(projects)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_json_reads_back(project: Project) -> None:
    assert load(dump(project, compute(project))) == project


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"fiscal_year": "2026"}, "fiscal_year"),
        ({"fiscal_year": 1}, "fiscal_year"),
        ({"rounding": "up"}, "rounding"),
        ({"nonsense": 1}, "nonsense"),
        ({"funding": [{"source": "시비", "amount": 1.5}]}, "funding.0.amount"),
        ({"funding": [{"source": "시비", "amount": 10**16}]}, "funding.0.amount"),
        ({"funding": [{"source": "시비", "amount": True}]}, "funding.0.amount"),
        ({"schema_version": 99}, "schema_version"),
        ({"settlements": [{"final_budget": {"total": 1}}]}, "settlements.0.year"),
        ({"purpose": "글"}, "purpose"),
        ({"name": "가" * 32_768}, "name"),
    ],
)
def test_a_wrong_key_is_named(change: dict[str, Any], named: str) -> None:
    document = {"name": "사업", "fiscal_year": 2026} | change
    with pytest.raises(DocumentUnreadable) as caught:
        load(json.dumps(document), "사업.json")
    assert f"{named}:" in str(caught.value)
    assert str(caught.value).startswith("사업.json: ")


def test_figures_in_json_are_ignored() -> None:
    assert load('{"name": "a", "fiscal_year": 2026, "figures": {"cost": "x"}}') == Project(
        name="a", fiscal_year=2026
    )


def test_projects_are_compared_by_what_they_say() -> None:
    project = Project(name="a", fiscal_year=2026)
    located = project.with_evidence(Evidence(cells={"name": Place("기본현황", 7, 2)}))
    assert located == project
    assert hash(located) == hash(project)
    assert str(located.evidence.place("name")) == "기본현황!B7"
    assert project.evidence.place("name") is None


@given(st.text("가- 1*=,원회()○", max_size=12), st.text("1*=,원회 ", max_size=8))
def test_a_line_is_split_once_and_for_all(label: str, expression: str) -> None:
    line = Line(label=label, expression=expression)
    assert Line(**line.model_dump()) == line


def test_a_project_without_a_fiscal_year_is_judged_all_the_same() -> None:
    project = load('{"name": "a"}')
    assert project.fiscal_year is None
    assert (project.said_year("년"), project.said_year("년", otherwise="올해")) == ("", "올해")
    assert [(f.code, f.cells) for f in check(project)] == [("BUD-N03", ())]
