"""The graph of identities and quantities: what can be decided by sums of intervals alone.

A quantity is one amount; identities are rows over quantities. Where the graph has no cycle, a set of
intervals is feasible exactly if no connected group of rows (a cut) has an interval sum on its boundary
that misses zero. The violated cut is found without listing cuts: peel the rows from the leaves inwards,
each telling its one remaining quantity what interval the others leave for it. That is linear in the size
of the graph, for any coefficients. Rows that cannot be peeled lie on cycles: the core.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from xlbudget.checks.balance.equations import Rational, size

Terms: TypeAlias = tuple[tuple[int, int], ...]


class Row(NamedTuple):
    """An identity over quantities with whole coefficients: low <= sum of the terms <= high.

    ``None`` is no bound; ``open_low`` and ``open_high`` mark strict bounds.
    """

    identity: int
    terms: Terms
    low: Rational | None
    high: Rational | None
    open_low: bool = False
    open_high: bool = False

    @property
    def equality(self) -> bool:
        """Whether the sum has one value only."""
        return self.low is not None and self.low == self.high

    @property
    def impossible(self) -> bool:
        """Whether nothing is left of the row but a bound that zero does not meet."""
        if self.terms:
            return False
        above = self.low is not None and (self.low > 0 or (self.open_low and self.low == 0))
        return above or (self.high is not None and (self.high < 0 or (self.open_high and self.high == 0)))


class Step(NamedTuple):
    """A peeled row: it bounds ``quantity`` by the intervals of ``others``."""

    row: int
    quantity: int
    coefficient: int
    others: Terms


class Plan(NamedTuple):
    """The order in which rows are peeled, and the rows of the core that is left."""

    steps: tuple[Step, ...]
    core: tuple[int, ...]


def peel(rows: Sequence[Row], quantities: int, kept: int = -1) -> Plan:
    """Order the rows from the leaves inwards; the quantity ``kept`` is never passed over, so that all
    that the rows say about it arrives at it.
    """
    rows_of: list[list[int]] = [[] for _ in range(quantities)]
    for r, row in enumerate(rows):
        for q, _ in row.terms:
            rows_of[q].append(r)
    degree = [len(of) for of in rows_of]
    if kept >= 0:
        degree[kept] += 1
    left = [bool(row.terms) for row in rows]
    steps: list[Step] = []
    queue = deque(range(len(rows)))
    while queue:
        r = queue.popleft()
        if not left[r]:
            continue
        terms = rows[r].terms
        shared = [term for term in terms if degree[term[0]] > 1]
        if len(shared) > 1:
            continue
        quantity, coefficient = shared[0] if shared else _easiest(terms)
        steps.append(Step(r, quantity, coefficient, tuple(t for t in terms if t[0] != quantity)))
        left[r] = False
        for q, _ in terms:
            degree[q] -= 1
            if degree[q] == 1:
                queue.extend(other for other in rows_of[q] if left[other])
    return Plan(tuple(steps), tuple(r for r in range(len(rows)) if left[r]))


def _easiest(terms: Terms) -> tuple[int, int]:
    """The term to solve a row for: one with coefficient 1 or -1 keeps the sums whole."""
    return next((term for term in terms if abs(term[1]) == 1), terms[0])


class Intervals:
    """Current interval of every quantity, and what set each end last.

    ``low_by`` and ``high_by`` name the figure (-1: a bound), ``low_row`` and ``high_row`` the row (-1: none).
    """

    __slots__ = ("high", "high_by", "high_row", "low", "low_by", "low_row")

    def __init__(self, low: Sequence[Rational], high: Sequence[Rational]) -> None:
        self.low = list(low)
        self.high = list(high)
        self.low_by = [-1] * len(self.low)
        self.high_by = [-1] * len(self.low)
        self.low_row = [-1] * len(self.low)
        self.high_row = [-1] * len(self.low)

    def copy(self) -> Intervals:
        """The same intervals, to be tightened apart from these."""
        other = Intervals.__new__(Intervals)
        other.low = self.low[:]
        other.high = self.high[:]
        other.low_by = self.low_by[:]
        other.high_by = self.high_by[:]
        other.low_row = self.low_row[:]
        other.high_row = self.high_row[:]
        return other

    def confine(self, quantity: int, figure: int, own: tuple[int, int]) -> None:
        """Tighten a quantity by what one of its figures says."""
        low, high = own
        if low > self.low[quantity]:
            self.low[quantity] = low
            self.low_by[quantity] = figure
        if high < self.high[quantity]:
            self.high[quantity] = high
            self.high_by[quantity] = figure


class ScaledStep(NamedTuple):
    """A step with its row's bounds in scaled units."""

    row: int
    quantity: int
    coefficient: int
    others: Terms
    low: int
    high: int


def sweep(steps: Sequence[ScaledStep], state: Intervals) -> int:
    """Peel the rows, tightening ``state``; return the first quantity left with no value, or -1."""
    low, high = state.low, state.high
    for row, quantity, coefficient, others, least, most in steps:
        bottom: Rational = least
        top: Rational = most
        for q, c in others:
            if c == 1:
                bottom -= high[q]
                top -= low[q]
            elif c == -1:
                bottom += low[q]
                top += high[q]
            elif c > 0:
                bottom -= c * high[q]
                top -= c * low[q]
            else:
                bottom -= c * low[q]
                top -= c * high[q]
        if coefficient < 0:
            bottom, top = -top, -bottom
        if abs(coefficient) != 1:
            bottom, top = divide(bottom, abs(coefficient)), divide(top, abs(coefficient))
        if bottom > low[quantity]:
            low[quantity] = bottom
            state.low_row[quantity] = row
        if top < high[quantity]:
            high[quantity] = top
            state.high_row[quantity] = row
        if low[quantity] > high[quantity]:
            return quantity
    return -1


class End(NamedTuple):
    """One end of a quantity's interval, used ``weight`` times in a contradiction."""

    quantity: int
    upper: bool
    weight: Rational


def trace(by_row: Mapping[int, Step], state: Intervals, ends: Sequence[End]) -> tuple[list[End], set[int]]:
    """Follow tightened ends back through the rows that tightened them.

    Returns the ends that rest on no row, and the rows passed: the boundary of the cut and its inside.
    """
    grounded: list[End] = []
    passed: set[int] = set()
    todo = list(ends)
    while todo:
        end = todo.pop()
        row = (state.high_row if end.upper else state.low_row)[end.quantity]
        if row < 0:
            grounded.append(end)
            continue
        passed.add(row)
        step = by_row[row]
        for q, c in step.others:
            ratio = divide(-c * end.weight, step.coefficient)
            todo.append(End(q, end.upper if ratio > 0 else not end.upper, size(ratio)))
    return grounded, passed


def divide(number: Rational, by: Rational) -> Rational:
    """The exact quotient, as an int where it is whole."""
    if by == 1:
        return number
    if by == -1:
        return -number
    quotient = Fraction(number) / by
    return quotient.numerator if quotient.denominator == 1 else quotient
