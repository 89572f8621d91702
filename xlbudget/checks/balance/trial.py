"""A record laid on a component: can it be so, what contradicts it, what may a figure have been?"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Final, NamedTuple

from xlbudget.checks.balance.component import LARGEST_BITS, Component, ScaledPlan
from xlbudget.checks.balance.equations import Rational
from xlbudget.checks.balance.exact import Contradiction, Simplex
from xlbudget.checks.balance.intervals import (
    Precision,
    Printed,
    Value,
    interval,
    printed_steps,
    read_value,
    simple,
    unscaled,
)
from xlbudget.checks.balance.network import End, Intervals, sweep, trace

Record = Mapping[str, Value | None]
Assumed = Mapping[int, Printed]

_AS_IT_IS: Final[Assumed] = {}
_LARGEST: Final = 1 << LARGEST_BITS


class Cut(NamedTuple):
    """Figures and identities that contradict each other: at least one of the figures is wrong."""

    figures: frozenset[int]
    identities: frozenset[int]


class Span(NamedTuple):
    """What a figure may be: from the ``first`` to the ``last`` whole number of its printed units, and as
    printed amounts (for exact figures the amounts need be no whole number of units); ``None`` is no bound.
    """

    first: int | None
    last: int | None
    low: Rational | None
    high: Rational | None


class Trial:
    """One record on one component.

    ``figures`` and ``own`` are the printed figures and their scaled intervals, ``None`` where nothing is
    printed. Questions take ``released`` figures, which may be anything within their bounds, and ``assumed``
    ones, which stand with another printed value.
    """

    def __init__(
        self,
        component: Component,
        record: Record,
        precision: Precision,
        precisions: Mapping[str, Precision] | None = None,
    ) -> None:
        self.component = component
        self._precision, self._precisions = precision, precisions or {}
        self.figures = self._read(record)
        grain, parts = 1, component.denominator
        for f in self.figures:
            if f is not None:
                if f.kind == "truncated":
                    grain = component.grain
                if f.value.denominator != 1 or f.unit.denominator != 1:
                    parts = math.lcm(parts, f.value.denominator, f.unit.denominator)
        if component.strict:
            grain = component.grain
        self.scaled = component.scaled(2 * grain * parts, grain)
        scale = self.scaled.scale
        self.own = [None if f is None else interval(f, scale) for f in self.figures]
        self._base = base = Intervals(self.scaled.low, self.scaled.high)
        for figure, quantity in enumerate(component.quantity_of):
            own = self.own[figure]
            if own is not None:
                base.confine(quantity, figure, own)
        self._doubtful = [q for q in component.repeated if self._clash(q, (), _AS_IT_IS)]
        self._doubtful += [q for q, low in enumerate(base.low) if low > base.high[q]]
        self._simplex: dict[int, Simplex] = {}

    def _read(self, record: Record) -> list[Printed | None]:
        figures: list[Printed | None] = []
        for name in self.component.names:
            value = record.get(name)
            if value is None:
                figures.append(None)
                continue
            precision = self._precisions.get(name, self._precision)
            if type(value) is int and precision.unit is None:
                figure = Printed(value, precision.kind, 1)
            else:
                figure = _printed(name, value, precision)
            if not -_LARGEST < figure.value < _LARGEST:
                raise ValueError(f"{name}: too large to be an amount")
            figures.append(figure)
        return figures

    # --- can it be so? -----------------------------------------------------------------------------------

    def conflict(self, released: Collection[int] = (), assumed: Assumed = _AS_IT_IS) -> Cut | None:
        """Find a contradiction, or ``None`` where amounts exist that print as all figures left."""
        if self.component.impossible:
            return Cut(frozenset(), self.component.impossible)
        state = self._state(released, assumed)
        for q in self._questioned(assumed):
            if pair := self._clash(q, released, assumed):
                return Cut(frozenset(pair), frozenset(self._copies(q)))
            if state.low[q] > state.high[q]:
                return self._stuck_cut(state, self.scaled.plan(), q)
        if self.component.relaxable:
            easy, plan = state.copy(), self.scaled.plan(equalities=True)
            stuck = sweep(plan.steps, easy)
            if stuck >= 0:
                return self._stuck_cut(easy, plan, stuck)
        return self._push(state, -1)

    def fits(self, value: Rational) -> bool:
        """Whether a value can be assumed: whether it is whole at this trial's scale."""
        return (value * self.scaled.scale).denominator == 1 and -_LARGEST < value < _LARGEST

    def _push(self, state: Intervals, kept: int) -> Cut | None:
        """Tighten the intervals by all rows; the core's rows are only judged."""
        plan = self.scaled.plan(kept)
        stuck = sweep(plan.steps, state)
        if stuck >= 0:
            return self._stuck_cut(state, plan, stuck)
        if not plan.core.rows:
            return None
        found = self._settle(state, plan, kept)
        return None if found is None else self._core_cut(state, plan, found)

    def _settle(self, state: Intervals, plan: ScaledPlan, kept: int) -> Contradiction | None:
        columns = plan.core.columns
        simplex = self._simplex.get(kept)
        if simplex is None:
            start = [self._typical(q) for q in columns]
            simplex = self._simplex[kept] = Simplex(plan.core.terms, len(columns), start)
        low = [state.low[q] for q in columns]
        high = [state.high[q] for q in columns]
        return simplex.settle([*low, *plan.low], [*high, *plan.high])

    def _typical(self, quantity: int) -> Rational:
        """The scaled amount that a quantity's figures show."""
        for f in self.component.figures_of[quantity]:
            figure = self.figures[f]
            if figure is not None:
                return figure.value * self.scaled.scale
        return 0

    # --- intervals ---------------------------------------------------------------------------------------

    def _state(self, released: Collection[int], assumed: Assumed, loose: bool = False) -> Intervals:
        state = (self._loose if loose else self._base).copy()
        component, scaled = self.component, self.scaled
        for quantity in {component.quantity_of[f] for f in (*released, *assumed)}:
            state.low[quantity], state.high[quantity] = scaled.low[quantity], scaled.high[quantity]
            state.low_by[quantity] = state.high_by[quantity] = -1
            for f, figure in self._standing(quantity, released, assumed):
                state.confine(quantity, f, interval(figure, scaled.scale))
        return state

    @cached_property
    def _loose(self) -> Intervals:
        """The intervals of the figures alone: a printed 0 is as likely a little below 0 as above."""
        state = self._base.copy()
        for q, figures in enumerate(self.component.figures_of):
            spans = [own for f in figures if (own := self.own[f]) is not None]
            if spans:
                state.low[q] = max(low for low, _ in spans)
                state.high[q] = min(high for _, high in spans)
        return state

    def _standing(
        self, quantity: int, released: Collection[int], assumed: Assumed
    ) -> Iterator[tuple[int, Printed]]:
        """The figures that print a quantity, without the released and the empty ones."""
        for f in self.component.figures_of[quantity]:
            figure = assumed.get(f, None if f in released else self.figures[f])
            if figure is not None:
                yield f, figure

    def _questioned(self, assumed: Assumed) -> Collection[int]:
        """The quantities that may be without a value before any row is looked at."""
        if not assumed:
            return self._doubtful
        return {*self._doubtful, *(self.component.quantity_of[f] for f in assumed)}

    def _clash(self, quantity: int, released: Collection[int], assumed: Assumed) -> tuple[int, int] | None:
        """Two copies that are printed in the same way and yet differ."""
        seen: dict[tuple[str, Rational], tuple[int, Rational]] = {}
        for f, figure in self._standing(quantity, released, assumed):
            other, value = seen.setdefault((figure.kind, figure.unit), (f, figure.value))
            if value != figure.value:
                return other, f
        return None

    def _copies(self, quantity: int) -> list[int]:
        of = self.component.quantity_of
        return [copy.identity for copy in self.component.copies if of[copy.first] == quantity]

    # --- contradictions ----------------------------------------------------------------------------------

    def _stuck_cut(self, state: Intervals, plan: ScaledPlan, quantity: int) -> Cut:
        ends = (End(quantity, False, 1), End(quantity, True, 1))
        return self._cut(state, plan, ends, state.low[quantity] - state.high[quantity])

    def _core_cut(self, state: Intervals, plan: ScaledPlan, found: Contradiction) -> Cut:
        columns, weights = plan.core.columns, found.weights
        ends = [End(columns[v], v in found.upper, w) for v, w in weights.items() if v < len(columns)]
        rows = {plan.core.rows[v - len(columns)] for v in weights if v >= len(columns)}
        return self._cut(state, plan, ends, found.excess, rows)

    def _cut(
        self,
        state: Intervals,
        plan: ScaledPlan,
        ends: Sequence[End],
        excess: Rational,
        rows: Collection[int] = (),
    ) -> Cut:
        """The figures that a contradiction rests on, without those whose bounds alone would do as well."""
        grounded, passed = trace(plan.by_row, state, ends)
        weights: dict[tuple[int, bool], Rational] = {}
        for end in grounded:
            key = (end.quantity, end.upper)
            weights[key] = weights.get(key, 0) + end.weight
        terms: list[tuple[Rational, int]] = []
        for (q, upper), weight in weights.items():
            figure = state.high_by[q] if upper else state.low_by[q]
            if figure >= 0:
                slack = self.scaled.high[q] - state.high[q] if upper else state.low[q] - self.scaled.low[q]
                terms.append((weight * slack, figure))
        identities = {self.component.rows[r].identity for r in (*passed, *rows)}
        return Cut(needed(terms, excess), frozenset(identities))

    # --- what may a figure have been? --------------------------------------------------------------------

    def span(self, figure: int, released: Collection[int] = (), assumed: Assumed = _AS_IT_IS) -> Span | None:
        """What a released or empty figure may be, given all others; ``None`` where nothing fits."""
        quantity = self.component.quantity_of[figure]
        state = self._state(released, assumed)
        for q in self._questioned(assumed):
            if self._clash(q, released, assumed) or state.low[q] > state.high[q]:
                return None
        kept = -1 if quantity in self.scaled.plan().core.columns else quantity
        if self._push(state, kept) is not None:
            return None
        low, high = state.low[quantity], state.high[quantity]
        columns = self.scaled.plan(kept).core.columns
        if quantity in columns:
            simplex, column = self._simplex[kept], columns.index(quantity)
            low, high = simplex.extreme(column, rising=False), simplex.extreme(column, rising=True)
        return self._printed_span(figure, low, high, released, assumed)

    def around(
        self, figure: int, released: Collection[int] = (), assumed: Assumed = _AS_IT_IS
    ) -> Span | None:
        """Where a figure most likely lies: the middle of this span.

        It lets the others' rounding cross their bounds, and leaves inequalities and cycles aside.
        """
        quantity = self.component.quantity_of[figure]
        state = self._state(released, assumed, loose=True)
        if sweep(self.scaled.plan(quantity, equalities=True).steps, state) >= 0:
            return None
        return self._printed_span(figure, state.low[quantity], state.high[quantity], released, assumed)

    def kind_of(self, figure: int) -> Printed:
        """A figure as it is printed; an empty one like the first of its copies, or as its precision says."""
        own = self.figures[figure]
        if own is not None:
            return own
        for _, other in self._standing(self.component.quantity_of[figure], (), _AS_IT_IS):
            return other
        style = self._precisions.get(self.component.names[figure], self._precision)
        return Printed(0, style.kind, style.unit or 1)

    def _printed_span(
        self, figure: int, low: Rational, high: Rational, released: Collection[int], assumed: Assumed
    ) -> Span | None:
        scaled = self.scaled
        like = self.kind_of(figure)
        first, last = printed_steps(low, high, like.kind, int(like.unit * scaled.scale))
        for f, other in self._standing(self.component.quantity_of[figure], released, assumed):
            if f != figure and (other.kind, other.unit) == (like.kind, like.unit):
                first, last = max(first, other.steps), min(last, other.steps)
                if first > last:
                    return None
        lower, upper = low >= -scaled.finite, high <= scaled.finite
        if like.kind == "exact":
            least, most = (unscaled(end, scaled.scale, scaled.grain) for end in (low, high))
        else:
            least, most = simple(Fraction(like.unit) * first), simple(Fraction(like.unit) * last)
        return Span(
            first if lower else None,
            last if upper else None,
            least if lower else None,
            most if upper else None,
        )


def needed(terms: Sequence[tuple[Rational, int]], excess: Rational) -> frozenset[int]:
    """The figures without which a sum that is off by ``excess`` would be in order.

    Each term is what releasing a figure would give the sum; small ones are left out as long as they cannot
    make up for the excess together.
    """
    kept = set()
    for slack, figure in sorted(terms):
        if slack < excess:
            excess -= slack
        else:
            kept.add(figure)
    return frozenset(kept)


def _printed(name: str, value: Value, precision: Precision) -> Printed:
    try:
        amount, written = read_value(value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    return Printed(amount, precision.kind, written if precision.unit is None else precision.unit)
