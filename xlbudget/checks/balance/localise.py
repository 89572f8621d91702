"""Which figures can be wrong: all sets of least weight whose release lets the rest agree.

A set frees the record exactly if it hits every contradiction. So the search grows sets from the figures
of one contradiction not yet hit, and asks the trial for a new contradiction only when none of those already
known is left. It looks first where the weight spent and the weight still needed at least add up to less.
Every solution of the least weight is found, unless a cap is met.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from xlbudget.checks.balance.equations import Rational
from xlbudget.checks.balance.trial import Trial

MOST_SETS: Final = 200
MOST_NODES: Final = 20_000


class Caps(NamedTuple):
    """Where the search stops: solutions listed, sets looked at."""

    sets: int = MOST_SETS
    nodes: int = MOST_NODES


class Localisation(NamedTuple):
    """The sets of least weight, in reading order; ``capped`` says that there may be more of them.

    ``cuts`` are the contradictions met on the way: each set hits all of them.
    """

    sets: tuple[tuple[int, ...], ...]
    cuts: tuple[frozenset[int], ...]
    capped: bool


def localise(
    trial: Trial,
    weights: Sequence[Rational],
    fixed: Collection[int],
    seeds: Iterable[frozenset[int]],
    caps: Caps,
) -> Localisation:
    """Find all sets of figures of least total weight whose release makes the record possible.

    ``weights`` are by figure number, ``fixed`` figures are never released, ``seeds`` are contradictions
    already known.
    """
    free = sum(1 << f for f in range(len(weights)) if f not in fixed)
    known = sorted({_mask(seed) & free for seed in seeds}, key=_by_size)
    queue: list[tuple[Rational, int, int]] = [(0, 0, 0)]
    seen = {0}
    found: list[int] = []
    least: Rational | None = None
    for _ in range(caps.nodes):
        if not queue or (least is not None and queue[0][0] > least):
            return Localisation(_ordered(_least_only(found)), _cuts(known), capped=False)
        if len(found) >= caps.sets:
            break
        bound, _, chosen = heapq.heappop(queue)
        unmet = [cut for cut in known if not cut & chosen]
        if not unmet:
            cut = trial.conflict(_members(chosen))
            if cut is None:
                found.append(chosen)
                least = bound
                continue
            unmet = [_mask(cut.figures) & free]
            known.append(unmet[0])
            known.sort(key=_by_size)
        for figure in _members(unmet[0]):
            grown = chosen | 1 << figure
            if grown not in seen:
                seen.add(grown)
                cost = sum(weights[f] for f in _members(grown))
                rest = _still_needed(known, grown, weights)
                heapq.heappush(queue, (cost + rest, -grown.bit_count(), grown))
    return Localisation(_ordered(found), _cuts(known), capped=True)


def _still_needed(known: Iterable[int], chosen: int, weights: Sequence[Rational]) -> Rational:
    """A weight that any solution must add to a set: contradictions that share no figure each take one."""
    total: Rational = 0
    covered = chosen
    for cut in known:
        if not cut & covered:
            covered |= cut
            total += min((weights[f] for f in _members(cut)), default=0)
    return total


def _least_only(found: list[int]) -> list[int]:
    """Without the sets that hold another one (possible where weights are zero)."""
    return [one for one in found if not any(other != one and other & one == other for other in found)]


def _ordered(found: Iterable[int]) -> tuple[tuple[int, ...], ...]:
    return tuple(sorted(_members(chosen) for chosen in found))


def _cuts(known: Iterable[int]) -> tuple[frozenset[int], ...]:
    return tuple(frozenset(_members(cut)) for cut in known)


def _mask(figures: Iterable[int]) -> int:
    return sum(1 << figure for figure in figures)


def _by_size(mask: int) -> tuple[int, int]:
    return mask.bit_count(), mask


def _members(mask: int) -> tuple[int, ...]:
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)
