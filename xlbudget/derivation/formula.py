"""An expression as text again: in canonical form, and as a native spreadsheet formula.

Spreadsheets calculate in binary floating point, where 230,000,000*7% is a little more than 16,100,000 and would be
rounded up to 16,101 천원. The formula therefore first rounds the noise away, to a digit at which the exact value is
not yet touched; where no such digit exists, or the formula would be too long, it is the whole amount itself.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

from xlbudget.derivation.fast import steps_of
from xlbudget.derivation.parsing import (
    Expression,
    Group,
    Negative,
    Number,
    Product,
    Sum,
    evaluate,
    multiplier,
    parse,
)
from xlbudget.derivation.record import Derivation
from xlbudget.money import Rounding, round_ratio, won_text

LONGEST_FORMULA = 8_192
"""Characters that a spreadsheet formula may have."""

_MOST_NUMBERS = 1_000
_DEEPEST = 32
_EXACT_DIGITS = 15
_COARSE = 10**11
_GUARDS = (6, 4, 3, 9)
_STEP = 2.0**-52
_CANCELLED = 2.0**-47
_LONG_DECIMALS = re.compile(r"[0-9,]{9}\.|\.[0-9]*0(?![0-9])")
_CALM = 10**8
_CLEAR = 250_000
_HAS_FACTORS = re.compile(r"[*/]")
_ROUNDING = {
    (Rounding.CEIL, False): "ROUNDUP",
    (Rounding.CEIL, True): "ROUNDDOWN",
    (Rounding.HALF_UP, False): "ROUND",
    (Rounding.HALF_UP, True): "ROUND",
    (Rounding.FLOOR, False): "ROUNDDOWN",
    (Rounding.FLOOR, True): "ROUNDUP",
}
"""ROUNDUP and ROUNDDOWN go away from and toward zero; the policies toward +∞ and −∞."""


def formula_of(derivation: Derivation) -> str | None:
    """Return the formula for the amount of a line, ``None`` where it has none."""
    if derivation.numerator is None or derivation.expression is None:
        return None
    common = common_formula(derivation)
    return common or native_formula(parse(derivation.expression), derivation.rounding)


def common_formula(derivation: Derivation) -> str | None:
    """Return the same formula by a short cut, for a product of common shape that is far from every danger."""
    steps = steps_of(derivation.expression or "")
    if not steps or derivation.numerator is None:
        return None
    numerator, thousand, rounding = derivation.numerator, derivation.denominator * 1_000, derivation.rounding
    if not 0 <= numerator * len(steps) < thousand * _CALM:
        return None
    rest = numerator % thousand
    border = 2 * rest - thousand if rounding == Rounding.HALF_UP else min(rest, thousand - rest)
    if border and abs(border) * _CLEAR < thousand:
        return None
    if rounding != Rounding.HALF_UP and not _is_coarse(numerator, thousand):
        return None
    body = ""
    for sign, figure, unit in steps:
        if sign in {"+", "-"} or (unit and (unit != "%" or sign == "/")):
            return None
        body += f"{'*' if sign == '×' else sign}{figure}{'/100' if unit else ''}"
    if "." in body and _LONG_DECIMALS.search(body):
        return None
    return f"={_ROUNDING[rounding, False]}(ROUND({body.replace(',', '')}/1000,6),0)"


def canonical(expression: Expression) -> str:
    """Print an expression in one way: commas in numbers, the signs ``* / + -``, ``△`` for negative, no gaps."""
    if isinstance(expression, Number):
        whole, decimals = divmod(expression.digits, 10**expression.places)
        tail = f".{decimals:0{expression.places}}" if expression.places else ""
        return f"{whole:,}{tail}{expression.unit}"
    if isinstance(expression, Group):
        return f"({canonical(expression.inner)}){expression.unit}"
    if isinstance(expression, Negative):
        return f"△{canonical(expression.operand)}"
    parts = expression.factors if isinstance(expression, Product) else expression.terms
    return "".join(f"{sign}{canonical(part)}" for sign, part in parts)[1:]


def native_formula(expression: Expression, rounding: Rounding = Rounding.CEIL, unit: int = 1_000) -> str:
    """Return a formula that a spreadsheet recalculates to the exact amount: ``=ROUNDUP(ROUND(150000*20/1000,6),0)``.

    ``unit`` is won in one unit of the result: 1,000 for 천원, 1 for 원. Plain ASCII, functions that every version
    knows. Where a spreadsheet could miss the amount, the formula is the amount alone, such as ``=16100``.
    """
    numerator, denominator = evaluate(expression)
    denominator *= unit
    amount = round_ratio(numerator, denominator, rounding)
    guard = _guard(expression, Fraction(numerator, denominator), rounding, unit)
    if guard is None:
        return f"={amount}"
    body = _native(expression)
    if unit != 1:
        body = f"({body})/{unit}" if isinstance(expression, Sum) else f"{body}/{unit}"
    formula = _rounded(f"ROUND({body},{guard})", rounding, Fraction(numerator, denominator))
    return formula if len(formula) <= LONGEST_FORMULA else f"={amount}"


def _rounded(inner: str, rounding: Rounding, exact: Fraction) -> str:
    """Print the outer rounding. Beyond eleven digits LibreOffice's ROUNDUP drops fractions, but INT does not."""
    if rounding == Rounding.HALF_UP or _is_coarse(exact.numerator, exact.denominator):
        return f"={_ROUNDING[rounding, exact < 0]}({inner},0)"
    return f"=-INT(-{inner})" if rounding == Rounding.CEIL else f"=INT({inner})"


def _is_coarse(numerator: int, denominator: int) -> bool:
    """Whether an amount differs from the whole amounts next to it by far more than its eleventh digit."""
    rest = numerator % denominator
    return abs(numerator) < min(rest or denominator, denominator - rest) * _COARSE


def _native(expression: Expression) -> str:
    """Print an expression with the signs of a spreadsheet, in won."""
    if isinstance(expression, Number):
        above, below = multiplier(expression.unit)
        text = won_text(Fraction(expression.digits * above, 10**expression.places))
        return text if below == 1 else f"{text}/{below}"
    if isinstance(expression, Group):
        above, below = multiplier(expression.unit)
        text = f"({_native(expression.inner)})"
        text = text if above == 1 else f"{text}*{above}"
        return text if below == 1 else f"{text}/{below}"
    if isinstance(expression, Negative):
        return f"-{_native(expression.operand)}"
    parts = expression.factors if isinstance(expression, Product) else expression.terms
    texts = [_native(parts[0][1])]
    for sign, part in parts[1:]:
        text = _native(part)
        scaled = sign == "/" and text[-1] != ")" and _HAS_FACTORS.search(text)
        texts += (sign, f"({text})" if scaled or text[0] == "-" else text)
    return "".join(texts)


def _guard(expression: Expression, exact: Fraction, rounding: Rounding, unit: int) -> int | None:
    """Return the digit to round at first, so that noise goes and the exact value does not move over a border.

    ``None`` where there is no such digit.
    """
    count, depth, digits = _size(expression)
    if count > _MOST_NUMBERS or depth > _DEEPEST or digits > _EXACT_DIGITS:
        return None
    value, noise = _noise(expression)
    noise = noise / unit + abs(value) / unit * _STEP
    whole = exact.numerator // exact.denominator
    border = Fraction(1, 2) if rounding == Rounding.HALF_UP else Fraction(0)
    rest = exact - whole
    distance = float(min(abs(rest - border), abs(rest - border - 1), abs(rest - border + 1)))
    for guard in _GUARDS:
        step = 10.0**-guard
        large = abs(exact) * 10**guard >= 10**_EXACT_DIGITS
        if not large and noise < step / 4 and (distance == 0 or distance > step + noise):
            return guard
    return None


def _size(expression: Expression) -> tuple[int, int, int]:
    """Return how many numbers an expression has, how deep its brackets go, and the digits of the longest number."""
    if isinstance(expression, Number):
        above, _ = multiplier(expression.unit)
        shown = won_text(Fraction(expression.digits * above, 10**expression.places)).replace(".", "")
        return 1, 0, len(shown.strip("0"))
    if isinstance(expression, Group):
        count, depth, digits = _size(expression.inner)
        return count, depth + 1, digits
    if isinstance(expression, Negative):
        return _size(expression.operand)
    parts = expression.factors if isinstance(expression, Product) else expression.terms
    sizes = [_size(part) for _, part in parts]
    return sum(size[0] for size in sizes), max(size[1] for size in sizes), max(size[2] for size in sizes)


def _noise(expression: Expression) -> tuple[float, float]:
    """Return what binary arithmetic makes of an expression, and how far that may be from the exact value."""
    if isinstance(expression, Number):
        above, below = multiplier(expression.unit)
        value = expression.digits * above / (10**expression.places * below)
        return value, 0.0 if below == 1 and not expression.places else value * _STEP
    if isinstance(expression, Group):
        above, below = multiplier(expression.unit)
        value, noise = _noise(expression.inner)
        return value * above / below, noise * above / below + abs(value) * above / below * _STEP
    if isinstance(expression, Negative):
        value, noise = _noise(expression.operand)
        return -value, noise
    if isinstance(expression, Sum):
        total, noise = 0.0, 0.0
        for sign, term in expression.terms:
            value, more = _noise(term)
            added = value if sign == "+" else -value
            # Spreadsheets let nearly equal terms of opposite signs cancel to zero.
            noise += more + (abs(total) + abs(value)) * (_CANCELLED if total * added < 0 else _STEP)
            total += added
        return total, noise
    value, noise = 1.0, 0.0
    for sign, factor in expression.factors:
        other, more = _noise(factor)
        if sign == "*":
            value, noise = value * other, abs(value) * more + abs(other) * noise + noise * more
        elif abs(other) <= more:
            return value, math.inf
        else:
            least = abs(other) - more
            value, noise = value / other, (noise + abs(value / other) * more) / least
        noise += abs(value) * _STEP
    return value, noise
