"""Identities taken one by one: which fail on their own figures, and by how much the printed figures differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlbudget.checks.balance.equations import Rational
from xlbudget.checks.balance.intervals import Printed, interval
from xlbudget.checks.balance.trial import Cut, Trial, needed


def broken(trial: Trial) -> dict[int, Cut]:
    """Identities that fail on their own figures alone, each with the figures at fault."""
    component = trial.component
    found: dict[int, frozenset[int]] = {}
    for row, uses, (low, high) in zip(component.rows, component.uses, trial.scaled.rows, strict=True):
        figures = _at_fault(trial, uses, low, high)
        if figures is not None:
            found[row.identity] = figures
    for limit, (low, high) in zip(component.limits, trial.scaled.limits, strict=True):
        own = trial.own[limit.figure]
        if own is not None and (own[1] < low or own[0] > high):
            found[limit.identity] = frozenset((limit.figure,))
    for copy in component.copies:
        if _apart(trial.figures[copy.first], trial.figures[copy.second], trial.scaled.scale):
            found[copy.identity] = frozenset((copy.first, copy.second))
    return {identity: Cut(figures, frozenset((identity,))) for identity, figures in found.items()}


def residuals(trial: Trial) -> dict[int, Rational]:
    """By how much the printed figures of each equality differ, tolerated or not; zeros are left out."""
    found: dict[int, Rational] = {}
    for identity, uses, target in _equalities(trial):
        total: Rational = -target
        for f, c in uses:
            figure = trial.figures[f]
            if figure is None:
                break
            total += c * figure.value
        else:
            if total:
                found[identity] = total
    return found


def _equalities(trial: Trial) -> Iterator[tuple[int, Sequence[tuple[int, int]], Rational]]:
    component = trial.component
    for row, uses in zip(component.rows, component.uses, strict=True):
        if row.low is not None and row.low == row.high:
            yield row.identity, uses, row.low
    for copy in component.copies:
        yield copy.identity, ((copy.first, 1), (copy.second, -1)), 0


def _at_fault(trial: Trial, uses: Sequence[tuple[int, int]], low: int, high: int) -> frozenset[int] | None:
    """The figures of a row whose intervals cannot meet its bounds; ``None`` where they can."""
    scaled, of = trial.scaled, trial.component.quantity_of
    bottom: Rational = 0
    top: Rational = 0
    for figure, c in uses:
        least, most = trial.own[figure] or (scaled.low[of[figure]], scaled.high[of[figure]])
        bottom += c * (least if c > 0 else most)
        top += c * (most if c > 0 else least)
    if bottom <= high and top >= low:
        return None
    terms: list[tuple[Rational, int]] = []
    for figure, c in uses:
        own = trial.own[figure]
        if own is not None:
            lower = (c > 0) == (bottom > high)
            slack = own[0] - scaled.low[of[figure]] if lower else scaled.high[of[figure]] - own[1]
            terms.append((abs(c) * slack, figure))
    return needed(terms, bottom - high if bottom > high else low - top)


def _apart(one: Printed | None, other: Printed | None, scale: int) -> bool:
    """Whether two copies of one amount cannot both be right."""
    if one is None or other is None:
        return False
    if (one.kind, one.unit) == (other.kind, other.unit):
        return one.value != other.value
    a, b = interval(one, scale), interval(other, scale)
    return a[0] > b[1] or b[0] > a[1]
