"""What stands in computed cells, judged as it came; the cases are data in tests/cases/checks/written.toml."""

from __future__ import annotations

import copy
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.checks import check
from xlbudget.figures import Settings, compute
from xlbudget.findings import Finding
from xlbudget.grid import parse_a1
from xlbudget.project import Evidence, Item, Line, Pair, Place, Project, Typed

FOLDER = Path(__file__).parent / "cases" / "checks"
BASE: dict[str, Any] = tomllib.loads((FOLDER / "base.toml").read_text(encoding="utf-8"))
WRITTEN: dict[str, Any] = tomllib.loads(
    (FOLDER / "written.toml").read_text(encoding="utf-8"), parse_float=Decimal
)


def place(cell: str, renamed: str = "") -> Place:
    sheet, _, address = cell.partition("!")
    return Place(renamed + sheet, *parse_a1(address))


def project_of(case: dict[str, Any], renamed: str = "") -> Project:
    data = copy.deepcopy(BASE)
    for path, value in case.get("change", {}).items():
        *parents, last = path.split("/")
        node: Any = data
        for part in parents:
            node = node[int(part)] if isinstance(node, list) else node[part]
        key: Any = int(last) if isinstance(node, list) else last
        if value == "delete":
            del node[key]
        else:
            node[key] = value
    cells = {path: place(cell, renamed) for path, cell in WRITTEN["where"].items()}
    typed = {path: Typed(value, None, cells[path]) for path, value in case.get("typed", {}).items()}
    return Project.model_validate(data).with_evidence(Evidence(cells=cells, typed=typed))


def found(project: Project) -> list[Finding]:
    return check(project, compute(project))


@pytest.mark.parametrize("case", WRITTEN["case"], ids=[case["name"] for case in WRITTEN["case"]])
def test_case(case: dict[str, Any]) -> None:
    findings = found(project_of(case))
    told = [f"{f.code} {f.cells[0]}" for f in findings]
    assert [t[: len(e)] for t, e in zip(told, case["expect"], strict=True)] == case["expect"]
    assert case.get("says", "") in "".join(f.message for f in findings[:1])
    if "severity" in case:
        assert {f.severity for f in findings} == {case["severity"]}


@pytest.mark.parametrize("case", [WRITTEN["case"][-1]], ids=["order"])
def test_renamed_sheets_are_told_in_the_same_order(case: dict[str, Any]) -> None:
    assert [f"{f.code} {f.cells[0]}" for f in found(project_of(case, "사본 "))] == [
        f"{code} 사본 {cell}" for code, _, cell in (e.partition(" ") for e in case["expect"])
    ]


def test_without_cells_the_order_is_that_of_the_sheets() -> None:
    case = {
        "change": {"settlements/1/unspent/total": 1, "funding/1/amount": 1, "items/0/derivations/1/stated": 1}
    }
    project = project_of(case).with_evidence(Evidence())
    assert [f.code for f in found(project)] == ["BUD-R01", "BUD-C02", "BUD-S02"]


@given(
    previous=st.integers(1, 10**6), current=st.integers(1, 10**6), decimals=st.integers(0, 3), off=st.integers(-40, 40)
)  # fmt: skip
def test_a_typed_rate_is_right_within_half_its_own_last_digit(
    previous: int, current: int, decimals: int, off: int
) -> None:
    """The oracle counts in exact integers: |typed - rate| ≤ half a unit, both times previous."""
    settings = Settings(rate_decimals=decimals)
    item = Item(
        object_name="가", previous=Pair(total=previous), derivations=(Line(expression=f"{current}천원"),)
    )
    project = Project(name="증감률", fiscal_year=2026, items=(item,))
    figures = compute(project, settings)
    ours = figures.items[0].row.rate.total
    assert isinstance(ours, Decimal)
    typed = ours + Decimal(off).scaleb(-4)
    places = max(-int(typed.as_tuple().exponent), 0)
    path = "items/0/rate/total"
    given_ = Evidence(typed={path: Typed(typed, None, Place("예산총괄", 8, 8))})
    told = [f for f in check(project.with_evidence(given_), figures) if f.code == "BUD-T03"]
    change = (current - previous) * 100
    near = abs(int(typed.scaleb(places)) * previous - change * 10**places) * 2 <= previous
    prints_as_ours = ours != 0 and abs(off) * 10**decimals < 10**4 // 2
    if near or (prints_as_ours and off != 0):
        assert told == []
    elif abs(off) * 10**decimals > 10**4 // 2:
        assert [f.path for f in told] == [path]
