"""The short cut for the most common shape of line: ``label 150,000원*20명*7%/12월``.

It takes only what it is sure of: whatever may be read in two ways (an amount, a sign or a look-alike character in
the label, a number word in a unit, a wrapped number) does not match and is left to the complete way, with
which it agrees on every line that it takes.
"""

from __future__ import annotations

import re
from math import gcd

from xlbudget.derivation.record import LARGEST_WON, Derivation
from xlbudget.derivation.signs import MAPPED, MARKERS
from xlbudget.money import Rounding, round_ratio

_FIGURE = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}|[1-9][0-9]{0,11}|0)(?:\.[0-9]{1,6})?"
_LOOK_ALIKES = re.escape("".join(MAPPED))
# No unit here begins with a number word, and none holds a sign, a digit, a gap or an "x".
_UNIT = rf"(?:(?![십백천만억조퍼프‰])[^0-9 ()\[\]{{}}=*÷+\-/△ㆍx%,.{_LOOK_ALIKES}]++)?"
_PRICE = rf"{_FIGURE}천?원"
_EXPRESSION = rf"{_PRICE}(?>(?:[ ]?(?:[*×/][ ]?{_FIGURE}(?:%|{_UNIT})|[+\-][ ]?{_PRICE}))*)"
_STEP = re.compile(rf"([*×/+\-]?)[ ]?({_FIGURE})(%|천원)?")
_LINE = re.compile(
    rf"""(?>(?:[{MARKERS}][ ]?|-(?![0-9(\[{{△])[ ]?)?)
    ((?:(?![{MARKERS}oO\-+/△ㆍ·\ ])
      (?>(?:[^0-9()\[\]{{}}=*÷△{_LOOK_ALIKES.replace("·", "")}]++     # words
        |[0-9]{{1,4}}+(?![\ ]*+[0-9원십백천만억조,.])               # digits that are no amount
        |\([^()\[\]{{}}（）［］｛｝]*+\)                            # remarks in brackets
        |\[[^()\[\]{{}}（）［］｛｝]*+\])*)
      (?<=[^\W\d_xXㆍ]\ |[)\]]\ ))?)
    ({_EXPRESSION})[ ]*+""",
    re.VERBOSE,
)
_WHOLE = re.compile(_EXPRESSION)
_MOST_STEPS = 24


def read_common(text: str, rounding: Rounding) -> Derivation | None:
    """Return what a line of the common shape says, ``None`` for any other line."""
    match = _LINE.fullmatch(text)
    if match is None:
        return None
    label, expression = match.groups()
    steps = _STEP.findall(expression)
    if len(steps) > _MOST_STEPS:
        return None
    total, shared, term, divisor = 0, 1, 0, 1
    for sign, figure, unit in steps:
        above, below = (int(figure), 1) if figure.isdigit() else _exact(figure)
        if unit:
            above, below = (above, below * 100) if unit == "%" else (above * 1_000, below)
        if sign in {"*", "×"}:
            term, divisor = term * above, divisor * below
        elif sign == "/":
            term, divisor = term * below, divisor * above
        else:
            total, shared = total * divisor + term * shared, shared * divisor
            term, divisor = -above if sign == "-" else above, below
    numerator, denominator = total * divisor + term * shared, shared * divisor
    if denominator != 1:
        if not denominator:
            return None
        common = gcd(numerator, denominator)
        numerator //= common
        denominator //= common
    if abs(numerator) >= LARGEST_WON * denominator:
        return None
    amount = round_ratio(numerator, denominator * 1_000, rounding)
    return Derivation(text, label[:-1], expression, numerator, denominator, amount, rounding)


def steps_of(expression: str) -> list[tuple[str, str, str]]:
    """Return sign, figure and ``%`` or ``천원`` of each figure in an expression of common shape; else nothing."""
    return _STEP.findall(expression) if _WHOLE.fullmatch(expression) else []


def _exact(figure: str) -> tuple[int, int]:
    """Return a well-formed figure as numerator and denominator."""
    whole, _, decimals = figure.replace(",", "").partition(".")
    return int(whole + decimals), 10 ** len(decimals)
