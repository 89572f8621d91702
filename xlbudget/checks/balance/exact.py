"""An exact simplex for rows that lie on cycles of the identity graph.

Every row is a variable of its own (the value of its sum) with bounds, and starts in the basis; every
quantity has bounds and starts at its printed amount, so figures that agree cost no pivot. Bland's rule
(always the smallest index) makes the search end. Numbers stay whole as long as coefficients are 1 or -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xlbudget.checks.balance.equations import Rational, size
from xlbudget.checks.balance.network import divide


class Contradiction(NamedTuple):
    """Bounds that cannot hold together: variable → weight; the sum misses zero by ``excess`` > 0.

    ``upper`` are the variables that stand at their upper bound, the others stand at their lower one.
    """

    weights: dict[int, Rational]
    upper: frozenset[int]
    excess: Rational


class Simplex:
    """Bounds on ``width`` quantities and on the sums of rows over them.

    Variables 0 … width-1 are the quantities, width + r is the sum of row r.
    """

    def __init__(
        self, rows: Sequence[Sequence[tuple[int, int]]], width: int, start: Sequence[Rational]
    ) -> None:
        size = width + len(rows)
        self._rows: dict[int, dict[int, Rational]] = {width + r: dict(terms) for r, terms in enumerate(rows)}
        self._columns: list[set[int]] = [set() for _ in range(size)]
        for basic, row in self._rows.items():
            for column in row:
                self._columns[column].add(basic)
        self._value: list[Rational] = [*start, *([0] * len(rows))]
        self._low: Sequence[Rational] = ()
        self._high: Sequence[Rational] = ()

    def settle(self, low: Sequence[Rational], high: Sequence[Rational]) -> Contradiction | None:
        """Find values within the bounds (one a variable), or the bounds that contradict each other."""
        self._low, self._high = low, high
        value = self._value
        for v in range(len(value)):
            if v not in self._rows:
                value[v] = min(max(value[v], low[v]), high[v])
        for basic, row in self._rows.items():
            value[basic] = sum(c * value[v] for v, c in row.items())
        while True:
            outside = [b for b in self._rows if not low[b] <= value[b] <= high[b]]
            if not outside:
                return None
            basic = min(outside)
            rising = value[basic] < low[basic]
            entering = self._entering(basic, rising)
            if entering < 0:
                return self._contradiction(basic, rising)
            target = low[basic] if rising else high[basic]
            self._move(entering, divide(target - value[basic], self._rows[basic][entering]))
            self._pivot(basic, entering)

    def extreme(self, variable: int, rising: bool) -> Rational:
        """The largest (or smallest) value of a variable within the bounds, after `settle` found values."""
        while True:
            entering, up = variable, rising
            if variable in self._rows:
                entering = self._entering(variable, rising)
                if entering < 0:
                    return self._value[variable]
                up = (self._rows[variable][entering] > 0) == rising
            room, leaving = self._room(entering, up)
            self._move(entering, room if up else -room)
            if leaving >= 0:
                self._pivot(leaving, entering)
            if variable in (leaving, entering if leaving < 0 else -1):
                return self._value[variable]

    def _entering(self, basic: int, rising: bool) -> int:
        """The first nonbasic variable that can still push a basic one in the wanted direction, or -1."""
        value, low, high = self._value, self._low, self._high
        best = -1
        for v, c in self._rows[basic].items():
            free = value[v] < high[v] if (c > 0) == rising else value[v] > low[v]
            if free and (best < 0 or v < best):
                best = v
        return best

    def _room(self, entering: int, up: bool) -> tuple[Rational, int]:
        """How far a nonbasic variable can move, and the basic variable that stops it (-1: its own bound)."""
        value, low, high = self._value, self._low, self._high
        room = high[entering] - value[entering] if up else value[entering] - low[entering]
        leaving = -1
        for basic in self._columns[entering]:
            c = self._rows[basic][entering]
            way = high[basic] - value[basic] if (c > 0) == up else value[basic] - low[basic]
            share = divide(way, size(c))
            if share < room or (share == room and 0 <= basic < leaving):
                room, leaving = share, basic
        return room, leaving

    def _move(self, nonbasic: int, by: Rational) -> None:
        self._value[nonbasic] += by
        for basic in self._columns[nonbasic]:
            self._value[basic] += self._rows[basic][nonbasic] * by

    def _pivot(self, leaving: int, entering: int) -> None:
        """Exchange a basic and a nonbasic variable."""
        row = self._rows.pop(leaving)
        pivot = row.pop(entering)
        for v in row:
            self._columns[v].discard(leaving)
        solved = {v: divide(-c, pivot) for v, c in row.items()}
        solved[leaving] = divide(1, pivot)
        for basic in self._columns[entering]:
            if basic != leaving:
                self._substitute(basic, entering, solved)
        self._columns[entering] = set()
        self._rows[entering] = solved
        for v in solved:
            self._columns[v].add(entering)

    def _substitute(self, basic: int, entering: int, solved: dict[int, Rational]) -> None:
        row = self._rows[basic]
        factor = row.pop(entering)
        for v, c in solved.items():
            total = row.get(v, 0) + factor * c
            if total:
                row[v] = total
                self._columns[v].add(basic)
            else:
                row.pop(v, None)
                self._columns[v].discard(basic)

    def _contradiction(self, basic: int, rising: bool) -> Contradiction:
        """All that the row of a stuck basic variable rests on."""
        weights: dict[int, Rational] = {basic: 1}
        upper = set() if rising else {basic}
        for v, c in self._rows[basic].items():
            weights[v] = size(c)
            if (c > 0) == rising:
                upper.add(v)
        excess = self._low[basic] - self._value[basic] if rising else self._value[basic] - self._high[basic]
        return Contradiction(weights, frozenset(upper), excess)
