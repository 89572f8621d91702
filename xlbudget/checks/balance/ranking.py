"""From sets of figures that can be wrong to candidates that a person can judge, the likeliest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, NamedTuple

from xlbudget.checks.balance.equations import Rational, size
from xlbudget.checks.balance.intervals import Printed, read_value, simple
from xlbudget.checks.balance.mechanisms import NARROW, ONE, SECOND_ERROR, Mechanism, Slip, slips, unknown
from xlbudget.checks.balance.trial import Record, Span, Trial

SURE_OF_CELLS: Final = Fraction(9, 10)
SURE_OF_VALUES: Final = Fraction(4, 5)
_MOST_SPANS: Final = 400
_ANYTHING: Final = Span(None, None, None, None)
_NONE: Final[Mapping[int, Printed]] = {}
_VAGUE: Final = frozenset({Mechanism.UNKNOWN, Mechanism.ZERO, Mechanism.MISSING})


@dataclass(frozen=True, slots=True)
class Hints:
    """What identities cannot tell of the paper that the figures stand on.

    ``swappable`` are pairs of cells that are easily exchanged (adjacent columns or years, total and (x)).
    ``neighbours`` names for a figure others that may have been copied into it (the same cell of last year);
    they may be names in the record that no identity uses. ``signed`` are the figures that can carry a △;
    ``None`` is all.
    """

    swappable: Sequence[tuple[str, str]] = ()
    neighbours: Mapping[str, Collection[str]] = field(default_factory=dict)
    signed: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Figures that may be wrong together, how they may have become so, and what probably should stand there.

    ``mechanism`` is one of `Mechanism`, or several joined by ``+`` where each cell has its own. ``values``
    leaves out figures whose value cannot be told. ``score`` is the share of the evidence that speaks for
    these cells, from 0 to 1 in thousandths.
    """

    cells: tuple[str, ...]
    mechanism: str
    values: Mapping[str, Rational]
    score: Fraction


class Hypothesis(NamedTuple):
    """A candidate while it is weighed.

    ``weight`` is for its cells; ``best`` is the part of it that is for these very values, by one action (0
    where two figures would have to be wrong independently).
    """

    cells: tuple[str, ...]
    mechanism: str
    values: Mapping[str, Rational]
    weight: int
    best: int = 0


class Ranker:
    """Weighs the suspects of one trial; keeps the spans that it computed for them."""

    def __init__(self, trial: Trial, hints: Hints, record: Record) -> None:
        self._trial = trial
        self._hints = hints
        self._record = record
        self.spans: dict[str, list[Span]] = {}
        self._left = _MOST_SPANS

    def weigh(self, sets: Iterable[tuple[int, ...]]) -> list[Hypothesis]:
        """One hypothesis a set, in the order of the sets."""
        return [
            self._one(suspects[0]) if len(suspects) == 1 else self._several(suspects) for suspects in sets
        ]

    def _one(self, figure: int) -> Hypothesis:
        name = self._trial.component.names[figure]
        span = self._noted(figure, self._span(figure, (figure,)))
        found = self._slips(figure, span, self._around(figure, (figure,)))
        best = found[0]
        tied = len(found) > 1 and found[1].weight == best.weight and found[1].steps != best.steps
        values = {} if tied else self._values({figure: best})
        weight = sum(slip.weight for slip in found)
        sure = best.told or span.first == span.last
        return Hypothesis((name,), str(best.mechanism), values, weight, best.weight if sure else 0)

    def _several(self, suspects: tuple[int, ...]) -> Hypothesis:
        names = self._trial.component.names
        chosen = self._resolve(suspects)
        for f in suspects:
            if names[f] not in self.spans:
                self._noted(f, self._span(f, suspects))
        weight, mechanisms = ONE * SECOND_ERROR, []
        for f in suspects:
            slip = chosen.get(f) or Slip(Mechanism.UNKNOWN, None, unknown(size(self._trial.kind_of(f).value)))
            mechanisms.append(str(slip.mechanism))
            weight = weight * slip.weight // (ONE * SECOND_ERROR)
        kinds = "+".join(dict.fromkeys(mechanisms))
        return Hypothesis(tuple(names[f] for f in suspects), kinds, self._values(chosen), weight)

    def _resolve(self, suspects: tuple[int, ...]) -> dict[int, Slip]:
        """Explain the figures of a set one after the other, those that the rest determines best first.

        Of many sets only the first ones are explained: each takes several spans, and the work is bounded.
        """
        chosen: dict[int, Slip] = {}
        assumed: dict[int, Printed] = {}
        left = list(suspects)
        while left and self._left >= 0:
            self._left -= len(left)
            spans = {f: self._span(f, suspects, assumed) for f in left}
            if not assumed:
                for f, span in spans.items():
                    self._noted(f, span)
            figure = min(left, key=lambda f: (_width(spans[f]), f))
            if _width(spans[figure]) > NARROW:
                break
            around = self._around(figure, suspects, assumed)
            slip = chosen[figure] = self._slips(figure, spans[figure], around)[0]
            printed = self._trial.kind_of(figure)
            assumed[figure] = printed._replace(value=simple(Fraction(printed.unit) * (slip.steps or 0)))
            left.remove(figure)
        return chosen

    def _noted(self, figure: int, span: Span) -> Span:
        self.spans.setdefault(self._trial.component.names[figure], []).append(span)
        return span

    def _span(self, figure: int, released: tuple[int, ...], assumed: Mapping[int, Printed] = _NONE) -> Span:
        return self._trial.span(figure, released, assumed) or _ANYTHING

    def _around(self, figure: int, released: tuple[int, ...], assumed: Mapping[int, Printed] = _NONE) -> Span:
        return self._trial.around(figure, released, assumed) or _ANYTHING

    def _slips(self, figure: int, span: Span, around: Span) -> list[Slip]:
        name = self._trial.component.names[figure]
        printed = self._trial.kind_of(figure)
        signed = self._hints.signed
        others = (self._record.get(other) for other in self._hints.neighbours.get(name, ()))
        return slips(
            printed,
            span,
            around,
            signed=signed is None or name in signed,
            copied=any(read_value(other)[0] == printed.value for other in others if other is not None),
        )

    def _values(self, chosen: Mapping[int, Slip]) -> dict[str, Rational]:
        found: dict[str, Rational] = {}
        for f, slip in sorted(chosen.items()):
            if slip.steps is not None:
                unit = Fraction(self._trial.kind_of(f).unit)
                found[self._trial.component.names[f]] = simple(unit * slip.steps)
        return found


def candidates(hypotheses: Sequence[Hypothesis]) -> tuple[list[Candidate], Candidate | None]:
    """Rank hypotheses (given in reading order), and propose the first if it is nearly certain.

    A proposal is one action of a known kind that leaves little room for other cells, or for other values.
    """
    ranked = sorted(hypotheses, key=lambda h: -h.weight)
    whole = sum(h.weight for h in ranked) or 1
    found = [Candidate(h.cells, h.mechanism, h.values, _thousandths(h.weight, whole)) for h in ranked]
    first = ranked[0] if ranked else None
    if first is None or not first.values or first.mechanism in _VAGUE:
        return found, None
    sure = first.weight >= SURE_OF_CELLS * whole and first.best >= SURE_OF_VALUES * first.weight
    return found, found[0] if sure else None


def _thousandths(part: int, whole: int) -> Fraction:
    return Fraction(1000 * part // whole, 1000)


def hull(spans: Sequence[Span]) -> tuple[Rational | None, Rational | None]:
    """The least and the greatest amount of several spans; ``None`` is no bound."""
    lows = [span.low for span in spans]
    highs = [span.high for span in spans]
    low = None if None in lows else min(x for x in lows if x is not None)
    high = None if None in highs else max(x for x in highs if x is not None)
    return low, high


def _width(span: Span) -> int:
    """How many printed values a span holds; more than any narrow span where there is no bound."""
    if span.first is None or span.last is None:
        return 2 * NARROW
    return max(1, span.last - span.first + 1)
