"""What a printed figure says about the true amount: an interval, in exact whole numbers.

Amounts are scaled so that half a printed unit, every bound and every constant are whole. Where an end
may be open (a truncated figure, a strict bound), one scaled unit of ``grain`` stands for "a little": an
open end is the closed end moved by 1, and the grain is larger than all such moves together can become.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from xlbudget.checks.balance.equations import Rational

Kind: TypeAlias = Literal["nearest", "truncated", "exact"]
Value: TypeAlias = int | Decimal | Fraction | str | float

KINDS: Final[tuple[str, ...]] = get_args(Kind)
WHOLE: Final = 1


@dataclass(frozen=True, slots=True)
class Precision:
    """How a figure was printed: rounded to nearest, cut off, or exact, in steps of ``unit``.

    Without a ``unit`` the last digit that was written counts; whole numbers are written in units of 1.
    """

    kind: Kind = "nearest"
    unit: Rational | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"precision must be one of {', '.join(KINDS)}, not {self.kind!r}")
        if self.unit is not None and self.unit <= 0:
            raise ValueError(f"a printed unit is positive, not {self.unit}")


class Printed(NamedTuple):
    """A figure as it stands on paper: its value, and how it was rounded to steps of ``unit``."""

    value: Rational
    kind: Kind
    unit: Rational

    @property
    def steps(self) -> int:
        """The value in printed units: the digits that someone typed."""
        return int(self.value / Fraction(self.unit)) if self.unit != 1 else int(self.value)


def simple(number: Rational) -> Rational:
    """The same number, as an int where it is whole."""
    return number.numerator if number.denominator == 1 else number


def read_value(value: Value) -> tuple[Rational, Rational]:
    """Return the exact value and the unit of the last digit written. Raises `ValueError`.

    >>> read_value("12.50")
    (Fraction(25, 2), Fraction(1, 100))
    """
    if isinstance(value, bool):
        raise ValueError(f"not an amount: {value!r}")  # noqa: TRY004  (a wrong value, whatever its type)
    if isinstance(value, int):
        return value, WHOLE
    if isinstance(value, Fraction):
        return simple(value), simple(Fraction(1, value.denominator))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"not an amount: {value!r}")
        if value.is_integer():
            return int(value), WHOLE
        return _read_decimal(Decimal(repr(value)))
    if isinstance(value, str):
        return _read_text(value)
    return _read_decimal(value)


def _read_text(text: str) -> tuple[Rational, Rational]:
    try:
        return _read_decimal(Decimal(text.strip()))
    except InvalidOperation:
        try:
            return read_value(Fraction(text))
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"not an amount: {text!r}") from error


def _read_decimal(value: Decimal) -> tuple[Rational, Rational]:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"not an amount: {value}")  # noqa: TRY004  (a wrong value, whatever its type)
    return simple(Fraction(value)), simple(Fraction(10) ** min(exponent, 0))


def interval(figure: Printed, scale: int) -> tuple[int, int]:
    """The scaled amounts that print as this figure, both ends included.

    Rounding to nearest is closed at both halves: which way a tie went is not known.
    """
    value = _whole(figure.value * scale)
    if figure.kind == "exact":
        return value, value
    unit = _whole(figure.unit * scale)
    if figure.kind == "nearest":
        return value - unit // 2, value + unit // 2
    if value > 0:
        return value, value + unit - 1
    if value < 0:
        return value - unit + 1, value
    return 1 - unit, unit - 1


def printed_steps(low: Rational, high: Rational, kind: Kind, unit: int) -> tuple[int, int]:
    """First and last whole number of units that an amount in [low, high] may be printed as.

    All are scaled. Exact figures may have none: then first > last.
    """
    if kind == "nearest":
        return _ceil_div(2 * low - unit, 2 * unit), int((2 * high + unit) // (2 * unit))
    if kind == "truncated":
        return _toward_zero(low, unit), _toward_zero(high, unit)
    return _ceil_div(low, unit), int(high // unit)


def unscaled(amount: Rational, scale: int, grain: int) -> Rational:
    """The amount itself, without the marks of open ends."""
    return simple(Fraction(round(Fraction(amount) / grain) * grain, scale))


def _ceil_div(number: Rational, unit: int) -> int:
    return -int(-number // unit)


def _toward_zero(number: Rational, unit: int) -> int:
    return int(number // unit) if number >= 0 else -int(-number // unit)


def _whole(number: Rational) -> int:
    if number.denominator != 1:
        raise ArithmeticError(f"the scale does not make {number} whole")
    return number.numerator
