"""One connected part of a system, compiled: quantities, rows over them, bounds, and the peeling order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from xlbudget.checks.balance.equations import Rational
from xlbudget.checks.balance.network import Plan, Row, ScaledStep, Step, peel

LARGEST_BITS: Final = 200
_SCALES_KEPT: Final = 8


class Limit(NamedTuple):
    """An identity over a single figure: a bound on its quantity."""

    identity: int
    figure: int
    low: Rational | None
    high: Rational | None
    open_low: bool
    open_high: bool


class Copy(NamedTuple):
    """An identity that says that two figures are one amount printed twice."""

    identity: int
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Core:
    """The rows on cycles, over their own columns: ``columns[k]`` is the quantity of column k."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    terms: tuple[tuple[tuple[int, int], ...], ...]


class ScaledPlan(NamedTuple):
    """A plan in scaled units; ``low`` and ``high`` bound the sums of the core's rows."""

    steps: tuple[ScaledStep, ...]
    by_row: dict[int, Step]
    core: Core
    low: tuple[int, ...]
    high: tuple[int, ...]


class Component:
    """Figures that share identities, compiled once and used for many records.

    Figures and quantities are numbered from 0; ``quantity_of[f]`` is what figure f prints, ``uses[r]``
    are the figures that row r was written with. ``grain`` is how finely "a little" divides an amount where
    ends of intervals are open.
    """

    def __init__(
        self,
        names: Sequence[str],
        quantity_of: Sequence[int],
        rows: Sequence[Row],
        uses: Sequence[Sequence[tuple[int, int]]],
        limits: Sequence[Limit],
        copies: Sequence[Copy],
    ) -> None:
        self.names = tuple(names)
        self.quantity_of = tuple(quantity_of)
        self.rows = tuple(rows)
        self.uses = tuple(tuple(use) for use in uses)
        self.limits = tuple(limits)
        self.copies = tuple(copies)
        self.size = max(self.quantity_of) + 1
        figures_of: list[list[int]] = [[] for _ in range(self.size)]
        for figure, quantity in enumerate(self.quantity_of):
            figures_of[quantity].append(figure)
        self.figures_of = tuple(tuple(of) for of in figures_of)
        self.identities = tuple(sorted(i.identity for part in (rows, limits, copies) for i in part))
        self.impossible = frozenset(row.identity for row in self.rows if row.impossible)
        self.repeated = tuple(q for q, of in enumerate(self.figures_of) if len(of) > 1)
        self._plans: dict[tuple[int, bool], Plan] = {}
        core = self.plan().core
        self.relaxable = any(not self.rows[r].equality for r in core)
        self._bits = self._growth()
        self.grain = 2 << self._bits
        self.strict = any(r.open_low or r.open_high for part in (rows, limits) for r in part)
        self.denominator = math.lcm(
            *(
                bound.denominator
                for part in (rows, limits)
                for r in part
                for bound in (r.low, r.high)
                if bound
            )
        )
        self._scaled: dict[int, Scaled] = {}

    def _growth(self) -> int:
        """Bits by which the weights of a contradiction can exceed those of its rows (a Hadamard bound)."""
        whole = all(abs(c) == 1 for row in self.rows for _, c in row.terms)
        hard = [self.rows[r] for r in self.plan().core] if whole else self.rows
        growth = sum(sum(abs(c) for _, c in row.terms).bit_length() for row in hard)
        return len(self.names).bit_length() + growth

    def plan(self, kept: int = -1, equalities: bool = False) -> Plan:
        """The peeling order; with ``kept``, the one that ends at that quantity; or of ``equalities`` only."""
        plan = self._plans.get((kept, equalities))
        if plan is None:
            rows = [row if row.equality or not equalities else row._replace(terms=()) for row in self.rows]
            plan = self._plans[kept, equalities] = peel(rows, self.size, kept)
        return plan

    def scaled(self, scale: int, grain: int) -> Scaled:
        """Bounds and plans in scaled units, kept for the few scales that records use."""
        scaled = self._scaled.get(scale)
        if scaled is None:
            if len(self._scaled) >= _SCALES_KEPT:
                self._scaled.clear()
            scaled = self._scaled[scale] = Scaled(self, scale, grain, self._bits)
        return scaled


class Scaled:
    """A component at one scale. ``far`` stands for no bound: larger than anything that amounts can sum to,
    and still larger than ``finite`` when it is shared out over the weights of a contradiction.
    """

    def __init__(self, component: Component, scale: int, grain: int, bits: int) -> None:
        self.component = component
        self.scale = scale
        self.grain = grain
        self.finite = scale << (LARGEST_BITS + 56 + bits)
        self.far = far = self.finite << (256 + bits)
        self.low = [-far] * component.size
        self.high = [far] * component.size
        self.limits = [self._bounds(limit) for limit in component.limits]
        for limit, (low, high) in zip(component.limits, self.limits, strict=True):
            quantity = component.quantity_of[limit.figure]
            self.low[quantity] = max(self.low[quantity], low)
            self.high[quantity] = min(self.high[quantity], high)
        self.rows = [self._bounds(row) for row in component.rows]
        self._plans: dict[tuple[int, bool], ScaledPlan] = {}

    def _bounds(self, of: Row | Limit) -> tuple[int, int]:
        low = -self.far if of.low is None else int(of.low * self.scale) + of.open_low
        high = self.far if of.high is None else int(of.high * self.scale) - of.open_high
        return low, high

    def plan(self, kept: int = -1, equalities: bool = False) -> ScaledPlan:
        """The component's plan, scaled."""
        plan = self._plans.get((kept, equalities))
        if plan is None:
            scaled = self._scale_plan(self.component.plan(kept, equalities))
            plan = self._plans[kept, equalities] = scaled
        return plan

    def _scale_plan(self, plan: Plan) -> ScaledPlan:
        rows = self.component.rows
        columns = tuple(sorted({q for r in plan.core for q, _ in rows[r].terms}))
        place = {q: k for k, q in enumerate(columns)}
        terms = tuple(tuple((place[q], c) for q, c in rows[r].terms) for r in plan.core)
        return ScaledPlan(
            tuple(ScaledStep(*step, *self.rows[step.row]) for step in plan.steps),
            {step.row: step for step in plan.steps},
            Core(plan.core, columns, terms),
            tuple(self.rows[r][0] for r in plan.core),
            tuple(self.rows[r][1] for r in plan.core),
        )
