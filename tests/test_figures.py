"""Derived amounts: against a brute-force sum, and the conventions of rates and blanks."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.figures import Settings, as_json, compute, depths, rate, round_half_up, sum_written
from xlbudget.money import Rounding
from xlbudget.project import Item, Line, Pair, Project

S = Settings()


@pytest.mark.parametrize(
    ("previous", "current", "settings", "expected"),
    [
        (10000, 10500, S, Decimal("5.0")),
        (10500, 10000, S, Decimal("-4.8")),
        (3, 4, S, Decimal("33.3")),
        (8, 9, S, Decimal("12.5")),
        (800, 801, S, Decimal("0.1")),
        (2000, 2001, S, Decimal("0.1")),  # 0.05: half goes away from zero
        (2000, 1999, S, Decimal("-0.1")),
        (0, 5, S, "순증"),
        (0, 0, S, Decimal(0)),
        (5, 5, S, Decimal(0)),
        (5, 0, S, Decimal("-100.0")),
        (5, 0, Settings(to_nothing="순감"), "순감"),
        (0, 5, Settings(from_nothing="신규"), "신규"),
        (3, 4, Settings(rate_decimals=2), Decimal("33.33")),
        (3, 4, Settings(rate_decimals=0), Decimal(33)),
        (-100, 100, S, Decimal("-200.0")),
        (None, 5, S, None),
        (5, None, S, None),
    ],
)
def test_rate(
    previous: int | None, current: int | None, settings: Settings, expected: Decimal | str | None
) -> None:
    found = rate(previous, current, settings)
    assert found == expected
    assert type(found) is type(expected)


@given(st.fractions(-(10**9), 10**9, max_denominator=10**6), st.integers(0, 4))
def test_rounding_is_half_away_from_zero(value: Fraction, decimals: int) -> None:
    exact = Decimal(value.numerator) / Decimal(value.denominator)  # 28 digits; a tie is exact in them
    expected = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert round_half_up(value, decimals) == expected


def test_blank_is_not_zero() -> None:
    assert sum_written([None, None]) is None
    assert sum_written([None, 0]) == 0
    assert sum_written([]) is None
    figures = compute(Project(name="빈 사업", fiscal_year=2026))
    assert figures.cost is None
    assert figures.total.change == (None, None)
    item = Item(object_name="사무관리비", derivations=(Line(expression="1,000원"),))
    row = compute(Project(name="새 과목", fiscal_year=2026, items=(item,))).items[0].row
    assert (row.current.total, row.previous.total, row.change.total, row.rate.total) == (1, None, None, None)


def test_a_line_stands_one_below_the_nearest_line_that_is_less_deep() -> None:
    lines = tuple(Line(depth=depth) for depth in (2, 1, 3, 3, 0, 5, 2))
    assert depths(lines) == [0, 0, 1, 1, 0, 1, 1]
    remark = Line(marker="※", label="단가는 기준에 따름")
    assert depths((Line(), remark, Line(depth=1))) == [0, -1, 1]


def test_lines_are_rounded_one_by_one_and_then_summed() -> None:
    lines = (
        Line(label="묶음"),
        Line(depth=1, expression="500원"),
        Line(depth=1, expression="500원"),
        Line(expression="1,200원"),
    )
    project = Project(name="단수", fiscal_year=2026, items=(Item(object_name="가", derivations=lines),))
    figures = compute(project)
    assert [line.amount for line in figures.items[0].lines] == [2, 1, 1, 2]
    assert figures.cost == 4
    floor = compute(project.model_copy(update={"rounding": Rounding.FLOOR}))
    assert floor.cost == 1  # 0 + 0 + 1: the sum of the exact amounts would be 2


def test_an_unreadable_line_leaves_the_others_computed() -> None:
    lines = (Line(label="식 없음"), Line(expression="2,000원"))
    figures = compute(Project(name="a", fiscal_year=2026, items=(Item(object_name="가", derivations=lines),)))
    assert [line.amount for line in figures.items[0].lines] == [None, 2]
    assert figures.cost == 2


tree = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 10**6)), max_size=12)


@given(st.lists(st.tuples(tree, st.one_of(st.none(), st.integers(0, 10**6))), max_size=5))
def test_figures_against_a_brute_force_sum(items: list[tuple[list[tuple[int, int]], int | None]]) -> None:
    """A leaf counts once, however deep it stands: the sum of all leaves is the cost."""
    project = Project(
        name="무작위",
        fiscal_year=2026,
        items=tuple(
            Item(
                object_name=f"과목{i}",
                previous=Pair(total=previous),
                derivations=tuple(Line(depth=depth, expression=f"{amount}천원") for depth, amount in lines),
            )
            for i, (lines, previous) in enumerate(items)
        ),
    )
    figures = compute(project)
    leaves = []
    for lines, _ in items:
        levels = depths(tuple(Line(depth=depth) for depth, _ in lines))
        leaves += [
            amount for j, (_, amount) in enumerate(lines) if j + 1 == len(lines) or levels[j + 1] <= levels[j]
        ]
    assert figures.cost == (sum(leaves) if leaves else None)
    previous = [amount for _, amount in items if amount is not None]
    assert figures.total.previous.total == (sum(previous) if previous else None)
    text = json.dumps(as_json(figures), ensure_ascii=False)
    assert json.loads(text)["cost"] == figures.cost


def test_funding_outside_the_budget_stays_out() -> None:
    project = Project.model_validate(
        {
            "name": "a",
            "fiscal_year": 2026,
            "funding": [{"source": "시비", "amount": 5}, {"source": "구비", "amount": 7, "in_budget": False}],
        }
    )
    figures = compute(project)
    assert (figures.funding_in, figures.funding_out) == (5, 7)
