"""Diagnose a record: is it consistent, which figures can be wrong, and what probably happened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from typing import Final

from xlbudget.checks.balance.equations import Rational
from xlbudget.checks.balance.faults import broken, residuals
from xlbudget.checks.balance.intervals import Kind, Precision, Printed, read_value, simple
from xlbudget.checks.balance.localise import Caps, localise
from xlbudget.checks.balance.mechanisms import SECOND_ERROR, SWAPPED, Mechanism
from xlbudget.checks.balance.ranking import Candidate, Hints, Hypothesis, Ranker, candidates, hull
from xlbudget.checks.balance.system import System, as_precision
from xlbudget.checks.balance.trial import Record, Trial

_TELLING: Final = 10
Range = tuple[Rational | None, Rational | None]


@dataclass(frozen=True, slots=True)
class ComponentDiagnosis:
    """What is wrong with one connected part of the system: one story to tell.

    ``identities`` and ``figures`` are all that belong to the part. ``violated`` are the identities that fail
    on their own; where each holds within its rounding and only several together do not, ``joint`` is true and
    ``violated`` are those several. ``unsolvable``: no change of the figures that are not fixed can help.
    """

    identities: tuple[str, ...]
    figures: tuple[str, ...]
    violated: tuple[str, ...]
    joint: bool
    minimal: tuple[frozenset[str], ...]
    ranges: Mapping[str, Range]
    candidates: tuple[Candidate, ...]
    proposal: Candidate | None
    capped: bool
    unsolvable: bool


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The verdict on a record.

    ``minimal`` are all sets of figures of least weight whose release makes the record possible, ``ranges``
    what each suspect or missing figure may be printed as (``None``: no bound), ``candidates`` what probably
    happened, best first. ``proposal`` is a repair that is nearly certain: never one where more than one thing
    is wrong. ``residuals`` are the differences of the printed figures of each equality, tolerated or not,
    without the zeros. ``capped`` says that the search stopped early. ``components`` are the broken parts.
    """

    consistent: bool
    violated: list[str]
    minimal: list[frozenset[str]]
    ranges: dict[str, Range]
    candidates: list[Candidate]
    proposal: Candidate | None
    capped: bool
    residuals: dict[str, Rational]
    components: tuple[ComponentDiagnosis, ...]


def diagnose(
    system: System,
    record: Record,
    precision: Kind | Precision = "nearest",
    *,
    precisions: Mapping[str, Precision] | None = None,
    hints: Hints | None = None,
    caps: Caps | None = None,
) -> Diagnosis:
    """Say whether the figures of a record can be true together and, if not, which are probably wrong.

    ``record`` maps figures to values; ``None`` (or no entry) is a figure that is missing: free, not wrong.
    ``precision`` is how figures were printed, ``precisions`` says so for single figures. Raises `ValueError`
    for a value that is no number.
    """
    case = _Case(system, record, as_precision(precision), precisions, hints or Hints(), caps or Caps())
    parts = [part for c in range(len(system.components)) if (part := case.component(c)) is not None]
    differences = {system.identities[i].name: d for t in case.trials for i, d in sorted(residuals(t).items())}
    listed = sorted((c for part in parts for c in part.candidates), key=lambda c: -c.score)
    minimal, cut_short = _combined([part.minimal for part in parts], case.caps.sets)
    return Diagnosis(
        consistent=not parts,
        violated=[name for part in parts for name in part.violated],
        minimal=minimal,
        ranges=case.missing | {name: span for part in parts for name, span in part.ranges.items()},
        candidates=_unique(listed) if parts else case.deduced,
        proposal=_agreed([part.proposal for part in parts]),
        capped=cut_short or any(part.capped for part in parts),
        residuals=differences,
        components=tuple(parts),
    )


class _Case:
    """One record under diagnosis: a trial of every component."""

    def __init__(
        self,
        system: System,
        record: Record,
        precision: Precision,
        precisions: Mapping[str, Precision] | None,
        hints: Hints,
        caps: Caps,
    ) -> None:
        self.system, self.record, self.hints, self.caps = system, record, hints, caps
        self.trials = [Trial(part, record, precision, precisions) for part in system.components]
        self._cuts = [trial.conflict() for trial in self.trials]
        self.missing: dict[str, Range] = {}
        self.deduced: list[Candidate] = []

    def component(self, index: int) -> ComponentDiagnosis | None:
        """Diagnose one component; of a consistent one only note what its missing figures may be."""
        trial, cut = self.trials[index], self._cuts[index]
        if cut is None:
            self._deduce(trial)
            return None
        names, system = trial.component.names, self.system
        failed = broken(trial)
        where = localise(
            trial,
            [system.weights.get(name, 1) for name in names],
            {f for f, name in enumerate(names) if name in system.fixed},
            [cut.figures, *(fault.figures for fault in failed.values())],
            self.caps,
        )
        ranker = Ranker(trial, self.hints, self.record)
        weighed = [*ranker.weigh(where.sets), *self._swaps(index, where.cuts)]
        ranked, proposal = candidates(weighed)
        return ComponentDiagnosis(
            identities=tuple(system.identities[i].name for i in trial.component.identities),
            figures=names,
            violated=tuple(system.identities[i].name for i in sorted(failed or cut.identities)),
            joint=not failed,
            minimal=tuple(frozenset(names[f] for f in chosen) for chosen in where.sets),
            ranges={name: hull(spans) for name, spans in ranker.spans.items()},
            candidates=tuple(ranked),
            proposal=None if where.capped else proposal,
            capped=where.capped,
            unsolvable=not where.sets and not where.capped,
        )

    def _deduce(self, trial: Trial) -> None:
        """Note what missing figures may be; name those that the others all but determine."""
        if all(figure is None for figure in trial.figures):
            return
        for f, figure in enumerate(trial.figures):
            if figure is not None:
                continue
            name = trial.component.names[f]
            span = trial.span(f)
            if span is None:
                continue
            self.missing[name] = hull([span])
            if span.first is not None and span.last is not None and 0 <= span.last - span.first < _TELLING:
                middle, odd = divmod(span.first + span.last, 2)
                value = simple(Fraction(trial.kind_of(f).unit) * middle)
                values = {} if odd else {name: value}
                score = Fraction(1, span.last - span.first + 1)
                self.deduced.append(Candidate((name,), str(Mechanism.MISSING), values, score))

    def _swaps(self, index: int, cuts: Sequence[frozenset[int]]) -> Iterator[Hypothesis]:
        """Exchanges of two figures that make every component they touch consistent."""
        place = {name: f for f, name in enumerate(self.trials[index].component.names)}
        for one, other in self.hints.swappable:
            pair = {place.get(one, -1), place.get(other, -1)}
            if pair == {-1} or any(cut.isdisjoint(pair) for cut in cuts):
                continue
            exchanged = self._exchanged(one, other)
            if exchanged and self._holds_with(exchanged):
                weight = SWAPPED * SECOND_ERROR ** (self._broken(one, other) - 1)
                yield Hypothesis((one, other), str(Mechanism.SWAP), exchanged, weight, weight)

    def _exchanged(self, one: str, other: str) -> dict[str, Rational]:
        """The values of two figures, exchanged; empty where that is no change, or not allowed."""
        first, second = self.record.get(one), self.record.get(other)
        if first is None or second is None or {one, other} & self.system.fixed:
            return {}
        values = {one: read_value(second)[0], other: read_value(first)[0]}
        return values if values[one] != values[other] else {}

    def _broken(self, *names: str) -> int:
        """How many broken components these figures are in: without the exchange, as many independent errors."""
        touched = {self.system.component_of[name] for name in names if name in self.system.component_of}
        return sum(self._cuts[index] is not None for index in touched)

    def _holds_with(self, values: Mapping[str, Rational]) -> bool:
        """Whether the components of these figures are consistent with other values in them."""
        assumed: dict[int, dict[int, Printed]] = {}
        for name, value in values.items():
            index = self.system.component_of.get(name)
            if index is not None:
                trial = self.trials[index]
                figure = trial.component.names.index(name)
                if not trial.fits(value):
                    return False
                assumed.setdefault(index, {})[figure] = trial.kind_of(figure)._replace(value=value)
        return all(self.trials[i].conflict((), held) is None for i, held in assumed.items())


def _combined(parts: Sequence[Sequence[frozenset[str]]], most: int) -> tuple[list[frozenset[str]], bool]:
    """Sets for the whole record: one of each broken component."""
    if not parts:
        return [], False
    combined = [frozenset().union(*choice) for choice in islice(product(*parts), most + 1)]
    return combined[:most], len(combined) > most


def _unique(listed: Iterable[Candidate]) -> list[Candidate]:
    """Without repeats: an exchange between two components is a candidate of both."""
    kept: dict[tuple[tuple[str, ...], str], Candidate] = {}
    for candidate in listed:
        kept.setdefault((candidate.cells, candidate.mechanism), candidate)
    return list(kept.values())


def _agreed(proposals: Sequence[Candidate | None]) -> Candidate | None:
    """The one action that repairs every broken component, if there is one."""
    first = proposals[0] if proposals else None
    if first is None or any(other is None or other.cells != first.cells for other in proposals):
        return None
    return first
