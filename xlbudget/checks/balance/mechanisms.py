"""How figures come to be mistyped, and how likely each slip makes what stands on paper.

A slip turns the figure that should stand there into the one that does. Its weight is how often a wrong
figure comes about by exactly this slip, times how likely the rounding of the other figures leaves that value.
The rates are rough and meant to be: what decides is that a given slip has few outcomes (a figure of six
digits has five transpositions of neighbours), while an error of no known kind can be anything. An unknown
error of size d has weight 1/d up to a constant: no size of error is more likely than another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from xlbudget.checks.balance.equations import Rational, size
from xlbudget.checks.balance.intervals import Printed
from xlbudget.checks.balance.trial import Span


class Mechanism(StrEnum):
    """What may have happened to a figure."""

    TRANSPOSITION = "transposition"
    TYPO = "typo"
    SIGN = "sign"
    UNIT = "unit"
    TENFOLD = "tenfold"
    SWAP = "swap"
    COPIED = "copied"
    ZERO = "zero"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Slip(NamedTuple):
    """One way in which the printed figure may have come about.

    ``steps`` is what should stand there, in printed units; ``None`` where that cannot be told. ``told`` says
    whether what is printed tells it: a figure copied from elsewhere, or rounded to a larger unit, does not.
    """

    mechanism: Mechanism
    steps: int | None
    weight: int
    told: bool = True


ONE: Final = 10**15
NARROW: Final = 40
"""Spans of more values than this are not tried value by value."""

# How often a wrong figure is wrong in this way; a kind with several outcomes shares its rate out among them.
_TRANSPOSED: Final = ONE * 150 // 1000
_CHANGED_DIGIT: Final = ONE * 250 // 1000
_LOST_DIGIT: Final = ONE * 75 // 1000
_ADDED_DIGIT: Final = ONE * 75 // 1000
_SIGN: Final = ONE * 100 // 1000
_TENFOLD: Final = ONE * 20 // 1000
_UNITS: Final = ((1_000, ONE * 50 // 1000), (1_000_000, ONE * 20 // 1000))
_UNKNOWN: Final = ONE * 5 // 1000
SWAPPED: Final = ONE * 60 // 1000
# How much rarer digits are cut off than rounded when a unit changes, how much likelier a copied figure is than
# an unknown error (few figures equal their neighbour by right), and how much rarer two errors are than one.
_CUT_OFF: Final = 20
_COPIED: Final = 10
SECOND_ERROR: Final = 50
# How strongly values in the middle of a span are preferred; many tables are in whole 천원 throughout, and then
# the middle is exact.
_SHARPNESS: Final = 6


def unknown(distance: Rational) -> int:
    """The weight of an error of no known kind that is off by the amount ``distance``."""
    return int(_UNKNOWN // max(1, distance))


def slips(old: Printed, span: Span, around: Span, *, signed: bool = True, copied: bool = False) -> list[Slip]:
    """All slips that explain what is printed by a value in the span, the likeliest first (at least one).

    ``around`` is the span without the bounds of the other figures: its middle is the likeliest value.
    ``signed`` says whether the figure may be negative, ``copied`` whether it equals one it may have been
    copied from.
    """
    first, last = span.first, span.last
    nothing = Slip(Mechanism.UNKNOWN, None, unknown(_distance(old.value, span)))
    if first is None or last is None or first > last:
        return [nothing]
    start, end = (first, last) if around.first is None or around.last is None else (around.first, around.last)
    values: Collection[int] = range(first, last + 1)
    narrow = last - first < NARROW
    if not narrow:
        values = [value for value in _leaps(old.steps) if first <= value <= last]
    shares = {value: _share(value, start, end) for value in values}
    whole = sum(shares.values()) if narrow else (end - start + 2) ** (_SHARPNESS + 1) // (_SHARPNESS + 1)
    found = [] if narrow else [nothing]
    for value, share in shares.items():
        for slip in _explanations(old.steps, value, old.unit, signed=signed, copied=copied):
            if narrow or slip.mechanism != Mechanism.UNKNOWN:
                found.append(slip._replace(weight=slip.weight * share // whole))
    found.sort(key=lambda slip: (-slip.weight, abs(2 * (slip.steps or 0) - first - last)))
    return found


def _leaps(old: int) -> list[int]:
    """What a figure may have been before its sign or its unit changed, for spans too wide to try every value."""
    factors = (10, *(factor for factor, _ in _UNITS))
    return sorted({-old, *(old * f for f in factors), *(round(Fraction(old, f)) for f in factors)} - {old})


def _distance(old: Rational, span: Span) -> Rational:
    """How far a value is from a span; its own size where the span has no nearer end."""
    if span.low is not None and old < span.low:
        return span.low - old
    if span.high is not None and old > span.high:
        return old - span.high
    return size(old)


def _share(value: int, start: int, end: int) -> int:
    """How likely a value of a span is: rounding of several figures seldom adds up to the full width."""
    return max(0, end - start + 2 - abs(2 * value - start - end)) ** _SHARPNESS


def _explanations(old: int, new: int, unit: Rational, *, signed: bool, copied: bool) -> Iterator[Slip]:
    distance = abs(new - old) * unit
    if new == old:
        yield Slip(Mechanism.UNKNOWN, new, unknown(distance))
        return
    if new == -old and (signed or old < 0):
        yield Slip(Mechanism.SIGN, new, _SIGN)
        return
    if copied and old:
        yield Slip(Mechanism.COPIED, new, _COPIED * unknown(distance), told=False)
    weight = _unit(old, new)
    if weight:
        yield Slip(Mechanism.UNIT, new, weight, told=abs(new) < abs(old) or unit < 1)
    if new and (old == 10 * new or new == 10 * old):
        yield Slip(Mechanism.TENFOLD, new, _TENFOLD)
    elif old and new and (old < 0) == (new < 0):
        yield from _typed(str(abs(old)), str(abs(new)), new)
    yield Slip(Mechanism.UNKNOWN if old else Mechanism.ZERO, new, unknown(distance))


def _unit(old: int, new: int) -> int:
    """Written in 원 among figures in 천원, or the other way round, or off by a million."""
    if not old or not new or (old < 0) != (new < 0):
        return 0
    for factor, weight in _UNITS:
        if 2 * abs(old - new * factor) <= factor or 2 * abs(new - old * factor) <= factor:
            return weight
        if abs(old - new * factor) < factor:
            return weight // _CUT_OFF
    return 0


def _typed(old: str, new: str, value: int) -> Iterator[Slip]:
    """Slips of the fingers: one key wrong, missing or too many, or two neighbours exchanged.

    Each kind is shared out over all that it could have made of the new digits.
    """
    digits = len(new)
    if len(old) == digits:
        wrong = [i for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
        if len(wrong) == 1:
            yield Slip(Mechanism.TYPO, value, _CHANGED_DIGIT // (9 * digits))
        elif len(wrong) == 2 and _exchanged(old, new, *wrong):
            yield Slip(Mechanism.TRANSPOSITION, value, _TRANSPOSED // (digits - 1))
    elif len(old) == digits + 1 and _lacks_one(old, new):
        yield Slip(Mechanism.TYPO, value, _ADDED_DIGIT // (10 * (digits + 1)))
    elif len(old) + 1 == digits and _lacks_one(new, old):
        yield Slip(Mechanism.TYPO, value, _LOST_DIGIT // digits)


def _exchanged(old: str, new: str, i: int, j: int) -> bool:
    return j == i + 1 and old[i] == new[j] and old[j] == new[i]


def _lacks_one(longer: str, shorter: str) -> bool:
    """Whether the shorter text is the longer one without one character."""
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
