"""Identities over named figures, compiled once per shape of document and used for many records."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

from xlbudget.checks.balance.component import Component, Copy, Limit
from xlbudget.checks.balance.equations import RELATIONS, EquationError, Identity, Rational, parse
from xlbudget.checks.balance.faults import broken
from xlbudget.checks.balance.intervals import Kind, Precision, simple
from xlbudget.checks.balance.network import Row
from xlbudget.checks.balance.trial import Record, Trial


class System:
    """Identities over figures, with the weight of suspecting each figure.

    ``weights`` default to 1: a figure of weight 2 is suspected only where two others would have to be wrong
    instead. ``fixed`` figures (or those with an infinite weight) are never suspected. ``order`` is the order
    in which figures are read on paper; those that it does not name follow in order of appearance.
    Identities that share no figures, directly or through others, form separate `components`.
    """

    def __init__(
        self,
        identities: Iterable[Identity],
        *,
        weights: Mapping[str, Rational | float] | None = None,
        fixed: Collection[str] = (),
        order: Sequence[str] = (),
    ) -> None:
        self.identities = tuple(identities)
        known = dict.fromkeys(figure for identity in self.identities for figure in identity.terms)
        self.figures = tuple(dict.fromkeys([*(f for f in order if f in known), *known]))
        heavy = {figure for figure, weight in (weights or {}).items() if weight == math.inf}
        self.fixed = frozenset(fixed) | heavy
        self.weights = {f: _weight(f, w) for f, w in (weights or {}).items() if f not in heavy}
        self.components = _compile(self.identities, self.figures)
        self.component_of = {
            name: c for c, component in enumerate(self.components) for name in component.names
        }

    @classmethod
    def from_equations(
        cls,
        equations: Iterable[str],
        inequalities: Iterable[str] = (),
        weights: Mapping[str, Rational | float] | None = None,
        fixed: Collection[str] = (),
        order: Sequence[str] = (),
    ) -> System:
        """Build a system from text such as ``a + b == c`` and ``a >= 0``; each identity is named by its text.

        Linear relations with rational coefficients and constants; `EquationError` for anything else.
        """
        relations = [parse(text) for text in (*equations, *inequalities)]
        return cls(relations, weights=weights, fixed=fixed, order=order)

    def check(
        self,
        record: Record,
        precision: Kind | Precision = "nearest",
        precisions: Mapping[str, Precision] | None = None,
    ) -> bool:
        """Whether amounts exist that satisfy every identity and print as the record shows."""
        default = as_precision(precision)
        return all(
            Trial(component, record, default, precisions).conflict() is None for component in self.components
        )

    def violations(
        self,
        record: Record,
        precision: Kind | Precision = "nearest",
        precisions: Mapping[str, Precision] | None = None,
    ) -> list[str]:
        """Names of the identities that the record breaks: one by one, or else together with others."""
        default = as_precision(precision)
        failed: set[int] = set()
        for component in self.components:
            trial = Trial(component, record, default, precisions)
            cut = trial.conflict()
            if cut is not None:
                failed |= broken(trial).keys() or cut.identities
        return [self.identities[i].name for i in sorted(failed)]


def as_precision(precision: Kind | Precision) -> Precision:
    """A precision from its short name."""
    return precision if isinstance(precision, Precision) else Precision(precision)


def _weight(figure: str, weight: Rational | float) -> Rational:
    exact = simple(Fraction(str(weight))) if isinstance(weight, float) else weight
    if exact < 0:
        raise ValueError(f"{figure}: a weight cannot be negative: {weight}")
    return exact


class _Union:
    """Disjoint sets over 0 … n-1."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, item: int) -> int:
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, one: int, other: int) -> None:
        one, other = self.find(one), self.find(other)
        self._parent[max(one, other)] = min(one, other)


def _compile(identities: Sequence[Identity], figures: Sequence[str]) -> tuple[Component, ...]:
    """Merge copies into quantities, split what is not connected, and number everything per component."""
    place = {name: i for i, name in enumerate(figures)}
    forms = [_whole(identity, place) for identity in identities]
    same, near = _Union(len(figures)), _Union(len(figures))
    for terms, _, _ in forms:
        for figure, _ in terms[1:]:
            near.join(terms[0][0], figure)
    for identity, form in zip(identities, forms, strict=True):
        if _is_copy(identity, form):
            same.join(form[0][0][0], form[0][1][0])
    members: dict[int, list[int]] = {}
    for figure in range(len(figures)):
        members.setdefault(near.find(figure), []).append(figure)
    of_component: dict[int, list[int]] = {root: [] for root in members}
    for i, (terms, _, _) in enumerate(forms):
        of_component[near.find(terms[0][0])].append(i)
    return tuple(
        _component(group, of_component[root], identities, forms, figures, same)
        for root, group in members.items()
    )


_Form = tuple[tuple[tuple[int, int], ...], Rational | None, Rational | None]


def _whole(identity: Identity, place: Mapping[str, int]) -> _Form:
    """Terms with whole coefficients, and the bounds of their sum."""
    if identity.relation not in RELATIONS:
        raise EquationError(f"{identity.name}: no such relation: {identity.relation!r}")
    terms = {place[figure]: Fraction(c) for figure, c in identity.terms.items() if c}
    if not terms:
        raise EquationError(f"{identity.name}: no figure in the identity")
    factor = Fraction(
        math.lcm(*(c.denominator for c in terms.values())), math.gcd(*(c.numerator for c in terms.values()))
    )
    bound = simple(-identity.constant * factor)
    low = bound if identity.relation in ("==", ">=", ">") else None
    high = bound if identity.relation in ("==", "<=", "<") else None
    return tuple((figure, int(c * factor)) for figure, c in terms.items()), low, high


def _is_copy(identity: Identity, form: _Form) -> bool:
    terms, low, _ = form
    return (
        identity.relation == "==" and low == 0 and len(terms) == 2 and sorted(c for _, c in terms) == [-1, 1]
    )


def _component(
    group: Sequence[int],
    members: Sequence[int],
    identities: Sequence[Identity],
    forms: Sequence[_Form],
    figures: Sequence[str],
    same: _Union,
) -> Component:
    local = {figure: i for i, figure in enumerate(group)}
    roots = {root: q for q, root in enumerate(dict.fromkeys(same.find(figure) for figure in group))}
    quantity_of = [roots[same.find(figure)] for figure in group]
    rows: list[Row] = []
    uses: list[list[tuple[int, int]]] = []
    limits: list[Limit] = []
    copies: list[Copy] = []
    for i in members:
        terms, low, high = forms[i]
        own = [(local[figure], c) for figure, c in terms]
        strict = identities[i].relation
        if _is_copy(identities[i], forms[i]):
            copies.append(Copy(i, own[0][0], own[1][0]))
        elif len(own) == 1:
            limits.append(_limit(i, own[0], low, high, strict))
        else:
            rows.append(Row(i, _merged(own, quantity_of), low, high, strict == ">", strict == "<"))
            uses.append(own)
    return Component([figures[figure] for figure in group], quantity_of, rows, uses, limits, copies)


def _merged(own: Sequence[tuple[int, int]], quantity_of: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The terms over quantities; copies of one quantity in one row add up or cancel."""
    total: dict[int, int] = {}
    for figure, c in own:
        total[quantity_of[figure]] = total.get(quantity_of[figure], 0) + c
    return tuple((q, c) for q, c in total.items() if c)


def _limit(
    identity: int, term: tuple[int, int], low: Rational | None, high: Rational | None, relation: str
) -> Limit:
    figure, c = term
    open_low, open_high = relation == ">", relation == "<"
    if c < 0:
        low, high, open_low, open_high = high, low, open_high, open_low
    return Limit(
        identity,
        figure,
        None if low is None else simple(Fraction(low) / c),
        None if high is None else simple(Fraction(high) / c),
        open_low,
        open_high,
    )
