"""Two states of a project compared: the cases of cases/diff, and what holds for any two projects."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_projects import projects
from xlbudget.comparison import Change, Kind, Matched, Side, compare, conditions, count, project_key
from xlbudget.comparison.matching import Entry, align
from xlbudget.figures import compute
from xlbudget.project import Evidence, Place, Project, Typed
from xlbudget.workbook.changes import amount_change, shown

CASES = Path(__file__).parent / "cases"
ALL = tomllib.loads((CASES / "diff" / "changes.toml").read_text(encoding="utf-8"))["case"]


def side(project: Project) -> Side:
    return Side(project, compute(project))


def edited(edits: dict[str, Any]) -> Project:
    """The example with some of its values replaced; '(비움)' clears one, '(뺌)' takes an entry out, '+' adds one."""
    data = json.loads((CASES / "projects" / "example.json").read_text(encoding="utf-8"))
    for path, value in edits.items():
        *way, last = path.split("/")
        place = data
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if isinstance(place, dict):
            place[last] = None if value == "(비움)" else value
        elif last == "+":
            place.append(value)
        elif value == "(뺌)":
            del place[int(last)]
        else:
            place[int(last)] = value
    return Project.model_validate(data)


def line(change: Change) -> str:
    parts = (change.kind.word, change.section, change.what, shown(change.before), shown(change.after))
    return " | ".join((*parts, amount_change(change.by)))


@pytest.mark.parametrize("case", ALL, ids=lambda case: case["name"])
def test_case(case: dict[str, Any]) -> None:
    before, after = (side(edited(case.get(key, {}))) for key in ("before", "after"))
    assert [line(change) for change in compare(before, after)] == case["told"]


def test_conditions_name_what_was_not_compared() -> None:
    before, after = edited({}), edited({"round": "제1회 추경", "items/2": "(뺌)"})
    changes = compare(side(before), side(after))
    said = conditions(before, after, changes)
    assert len(said) == 2
    assert "2027년 '본예산'과 2027년 '제1회 추경'을" in said[0]
    assert "적히지 않은" in said[1]
    assert conditions(before, before, ()) == ()
    assert count(changes) == 1  # 차수: what is not printed is no difference


def test_an_original_round_that_lacks_an_item_has_lost_it() -> None:
    kinds = {change.kind for change in compare(side(edited({})), side(edited({"items/2": "(뺌)"})))}
    assert Kind.GONE in kinds
    assert Kind.UNPRINTED not in kinds


@settings(max_examples=60)
@given(projects)
def test_a_project_does_not_differ_from_itself(project: Project) -> None:
    assert compare(side(project), side(project)) == ()


@settings(max_examples=60)
@given(projects, projects)
def test_the_items_differ_by_what_the_total_differs_by(one: Project, other: Project) -> None:
    before, after = (p.model_copy(update={"round": "본예산"}) for p in (one, other))
    changes = compare(side(before), side(after))
    parts = [c.by or 0 for c in changes if c.path.startswith("items/") and c.path.endswith("/current/total")]
    totals = [side(project).figures.cost or 0 for project in (before, after)]
    assert sum(parts) == totals[1] - totals[0]


@settings(max_examples=60)
@given(projects, projects)
def test_the_other_way_round_every_amount_differs_by_as_much(one: Project, other: Project) -> None:
    before, after = (side(p.model_copy(update={"round": "본예산"})) for p in (one, other))

    def amounts(changes: tuple[Change, ...], sign: int) -> Counter[tuple[str, int]]:
        return Counter((c.section, sign * c.by) for c in changes if c.by is not None)

    assert amounts(compare(before, after), 1) == amounts(compare(after, before), -1)


@given(st.lists(st.sampled_from("가나다라"), max_size=6), st.lists(st.sampled_from("가나다라"), max_size=6))
def test_alignment_matches_as_many_equal_keys_as_there_are(before: list[str], after: list[str]) -> None:
    pairs = align([(key,) for key in before], [(key,) for key in after])
    matched = [pair for pair in pairs if None not in pair]
    assert all(before[b] == after[a] for b, a in matched if b is not None and a is not None)
    assert len(matched) == sum((Counter(before) & Counter(after)).values())
    assert sorted(b for b, _ in pairs if b is not None) == list(range(len(before)))
    assert [a for _, a in pairs if a is not None] == list(range(len(after)))


def entries(*said: tuple[str, str]) -> list[Entry[None]]:
    """Entries of projects by name and file, all of one department."""
    return [Entry(project_key(edited({"name": name})), relative, None) for name, relative in said]


def test_projects_match_by_name_and_department_alone() -> None:
    matched = Matched.of(
        entries(("작은 도서관", "가.xlsx"), ("책 잔치", "나.xlsx"), ("없어질 사업", "다.xlsx")),
        entries(("작은도서관", "옮김.xlsx"), ("책 잔치들", "나.xlsx"), ("책잔치", "라.xlsx")),
    )
    assert [(old.relative, new.relative) for old, new in matched.pairs] == [
        ("가.xlsx", "옮김.xlsx"), ("나.xlsx", "라.xlsx"),
    ]  # fmt: skip
    assert [entry.relative for entry in matched.gone] == ["다.xlsx"]
    assert [entry.relative for entry in matched.new] == ["나.xlsx"]
    assert matched.several == ()


def test_projects_that_share_name_and_department_match_by_their_file_or_not_at_all() -> None:
    matched = Matched.of(
        entries(("경로당 지원", "1.xlsx"), ("경로당 지원", "2.xlsx"), ("경로당 지원", "3.xlsx")),
        entries(("경로당 지원", "2.xlsx"), ("경로당 지원", "4.xlsx"), ("경로당 지원", "5.xlsx")),
    )
    assert [(old.relative, new.relative) for old, new in matched.pairs] == [("2.xlsx", "2.xlsx")]
    ((olds, news),) = matched.several
    assert [entry.relative for entry in olds] == ["1.xlsx", "3.xlsx"]
    assert [entry.relative for entry in news] == ["4.xlsx", "5.xlsx"]
    assert matched.gone == matched.new == ()


def test_another_department_is_another_project() -> None:
    here, there = edited({}), edited({"organisation/division": "교육지원과"})
    matched = Matched.of(
        [Entry(project_key(here), "가.xlsx", None)], [Entry(project_key(there), "가.xlsx", None)]
    )
    assert matched.pairs == ()
    assert len(matched.gone) == len(matched.new) == 1


def test_a_sum_typed_into_a_supplementary_round_stands_for_the_whole() -> None:
    fewer = edited({"round": "제1회 추경", "items/0/derivations/3": "(뺌)", "items/2": "(뺌)"})
    place = Place("예산총괄", 8, 4)
    evidence = Evidence(typed={"items/0/current/total": Typed(9000, None, place)})
    typed = fewer.with_evidence(evidence)
    said = [line(change) for change in compare(side(edited({})), side(typed))]
    assert "달라짐 | 예산총괄 | 사무관리비 예산액(B) | 10,828 | 9,000 | △1,828" in said
    assert "달라짐 | 예산총괄 | 계 예산액(B) | 20,498 | 18,670 | △1,828" in said
