"""Amounts and units: the one door for numbers, their rounding, their reading and their printing.

Everything is exact: ``int``, ``Decimal`` and ``Fraction``. A ``float`` is met only where a host hands one
over, and is read by the 15 digits that a spreadsheet shows.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

UNITS: dict[str, int] = {
    "원": 1,
    "천원": 1_000,
    "만원": 10_000,
    "십만원": 100_000,
    "백만원": 1_000_000,
    "천만원": 10_000_000,
    "억원": 100_000_000,
    "십억원": 1_000_000_000,
    "백억원": 10_000_000_000,
    "천억원": 100_000_000_000,
    "조원": 1_000_000_000_000,
}
"""Won in one of each unit."""

PRINTED_UNIT = "천원"
MOST_DIGITS = 30
"""Digits of the longest figure that is read; a longer one is a slip of the keyboard."""

_SMALL = {"": 1, "십": 10, "백": 100, "천": 1_000}
_LARGE = {"": 1, "만": 10**4, "억": 10**8, "조": 10**12}
SCALES: dict[str, int] = {
    small + large: factor * myriad
    for small, factor in _SMALL.items()
    for large, myriad in _LARGE.items()
    if small + large
}
"""Number words such as 천, 백만 or 억, and what they multiply by."""

_SIGNS = {"-": True, "−": True, "－": True, "–": True, "△": True, "▲": True, "▵": True, "Δ": True, "+": False}
_ZERO_SIGNS = frozenset("-−－–—―")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，．（）＋ｘＸ", "0123456789,.()+xX")
_TYPED = re.compile(r"(?:[0-9]{1,3}(?>(?:,[0-9]{3})+)|[0-9]++)(?:\.[0-9]++)?|\.[0-9]++")
_WRITTEN = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]{1,3})?")
_MOST_PLACES = 400
_PART = re.compile(rf"({_TYPED.pattern})\s*+([십백천]?[만억조]?)")
_IN_WON = re.compile(rf"\s*+([-−－–△▲▵Δ+])?\s*+((?:(?:{_TYPED.pattern})\s*+[십백천]?[만억조]?\s*+){{0,8}}+)")


class Rounding(StrEnum):
    """How a line is brought to whole 천원: 절상 (toward +∞), 반올림 (half away from zero), 절사 (toward −∞)."""

    CEIL = "ceil"
    HALF_UP = "half-up"
    FLOOR = "floor"


class NumberUnreadable(ValueError):
    """A text is no number. ``position`` (from 0) is where reading stopped; ``reason`` is a Korean sentence."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        super().__init__(reason)
        self.text = text
        self.position = position
        self.reason = reason


def round_won(value: Fraction | int, rounding: Rounding, unit: int = 1_000) -> int:
    """Return whole units (by default 천원) of an exact amount in won.

    The rule of 천원 stands in 「지방자치단체 예산편성 운용에 관한 규칙」 제3조; the policy is the office's.
    """
    return round_ratio(value.numerator, value.denominator * unit, rounding)


def round_ratio(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return the whole number that the policy gives for a ratio; ``denominator`` is positive.

    Raises ``ValueError`` for anything but a policy or its name.
    """
    if rounding == Rounding.CEIL:
        return -(-numerator // denominator)
    if rounding == Rounding.FLOOR:
        return numerator // denominator
    if rounding != Rounding.HALF_UP:
        raise ValueError(f"no rounding policy: {rounding!r}")
    half = (2 * abs(numerator) + denominator) // (2 * denominator)
    return half if numerator >= 0 else -half


def number(value: object) -> int | Decimal:
    """Return a host's number exactly: whole ones as ``int``, others as ``Decimal``.

    A ``float`` counts with the 15 digits that a spreadsheet shows; all else keeps every digit. Text is a plain
    number such as ``-12.5`` or ``1E+3``, without commas. Raises ``NumberUnreadable`` for other text, NaN,
    infinity, truth values and fractions without a finite decimal.
    """
    if isinstance(value, bool):
        raise NumberUnreadable(str(value), 0, "참·거짓은 수가 아닙니다.")
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return _plain(f"{value:.15g}")
    if isinstance(value, Decimal | str):
        return _plain(str(value).strip())
    if isinstance(value, Fraction):
        return _plain(won_text(value))
    raise NumberUnreadable(str(value), 0, "수가 아닙니다.")


def _plain(text: str) -> int | Decimal:
    if not _WRITTEN.fullmatch(text):
        raise NumberUnreadable(text, 0, f'수로 읽을 수 없습니다: "{text[:MOST_DIGITS]}"')
    return _simplest(Decimal(text))


def _simplest(value: Decimal) -> int | Decimal:
    """Return a whole number as ``int``, else the ``Decimal`` without trailing zeros (in any precision)."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or abs(exponent) > _MOST_PLACES:
        raise NumberUnreadable(str(value), 0, "너무 크거나 작은 수입니다.")
    kept = len(digits)
    while exponent < 0 and kept and digits[kept - 1] == 0:
        kept, exponent = kept - 1, exponent + 1
    if exponent >= 0 or not kept:
        return int(value)
    return Decimal((sign, digits[:kept], exponent))


def read_number(text: str) -> int | Decimal | None:
    """Read a typed figure: ``1,234``, ``△1,234``, ``(1,234)``, ``(x1,234)``, ``(x-)``, ``-``; blank is ``None``.

    Round brackets mean minus, with ``x`` behind the first one they mark the subsidy layer. Thousands commas
    are checked. A unit behind the figure is refused here (see ``read_amount``). Raises ``NumberUnreadable``.
    """
    mapped = text.translate(_FULL_WIDTH)
    start, end = len(mapped) - len(mapped.lstrip()), len(mapped.rstrip())
    if start >= end:
        return None
    negative = signed = False
    if mapped[start] == "(" and mapped[end - 1] == ")":
        start, end = _skip(mapped, start + 1), end - 1
        if mapped[start] in "xX×":
            start = _skip(mapped, start + 1)
        else:
            negative = signed = True
        end = start + len(mapped[start:end].rstrip())
    if mapped[start:end] in _ZERO_SIGNS:
        return 0
    if not signed and start < end and mapped[start] in _SIGNS:
        negative, start = _SIGNS[mapped[start]], _skip(mapped, start + 1)
    value = _typed(text, mapped, start, end)
    return -value if negative else value


def _skip(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _typed(text: str, mapped: str, start: int, end: int) -> int | Decimal:
    match = _TYPED.match(mapped, start, end)
    if match is None or match.end() != end:
        at = start if match is None else match.end()
        if mapped[at : at + 1] in {",", "."} or mapped[at - 1 : at] == ",":
            reason = "쉼표나 소수점 자리가 맞지 않습니다. 쉼표는 세 자리마다 찍으세요."
        else:
            reason = "수로 읽을 수 없는 글자가 있습니다. 숫자만 적으세요."
        raise NumberUnreadable(text, at, f"{at + 1}번째 글자: {reason}")
    digits = match[0].replace(",", "")
    if len(digits) > MOST_DIGITS:
        raise NumberUnreadable(
            text, start, f"{MOST_DIGITS}자리가 넘는 수입니다. 잘못 눌린 글쇠가 없는지 보세요."
        )
    return _simplest(Decimal(digits))


def read_amount(text: str, unit: str = PRINTED_UNIT) -> Fraction | None:
    """Read a figure with or without a unit behind it and return it in ``unit``: ``9,000,000원`` is 9,000 천원.

    A figure without a unit is in ``unit`` already, and may be written as in ``read_number``. Number words count:
    ``3억 5천만원`` is 350,000 천원.
    Raises ``NumberUnreadable``; ``KeyError`` for a ``unit`` that is not in ``UNITS``.
    """
    wanted = UNITS[unit]
    mapped = text.translate(_FULL_WIDTH).rstrip()
    match = _IN_WON.match(mapped)
    if match is None or not mapped.endswith("원"):
        value = read_number(text)
        return None if value is None else Fraction(value)
    parts = [(digits.replace(",", ""), word) for digits, word in _PART.findall(match[2])]
    won = compound(parts) if parts and match.end() == len(mapped) - 1 else None
    if won is None:
        at = match.end()
        raise NumberUnreadable(
            text, at, f"{at + 1}번째 글자: 단위가 있는 금액으로 읽을 수 없습니다. 예: 9,000천원"
        )
    return (-won if _SIGNS.get(match[1] or "+") else won) / wanted


def compound(parts: list[tuple[str, str]]) -> Fraction | None:
    """Return the value of a number written in parts, each digits and a number word: 3억 5천만 is 350,000,000.

    The parts must fall in size, each smaller than one of the part before; else ``None``. A part without
    만, 억 or 조 belongs to the group of the part behind it (5천3백만 is 53 백만). 조 is followed by 억 only:
    before smaller figures it is the counter for teams (2조 50,000원). Overlong digits give ``None`` as well.
    """
    total, myriad, ceiling = Fraction(0), "", Fraction(0)
    for index in range(len(parts) - 1, -1, -1):
        digits, word = parts[index]
        if len(digits) > MOST_DIGITS:
            return None
        own = word[-1:] if word[-1:] in _LARGE else ""
        if own == "조" and index + 1 < len(parts) and myriad != "억":
            return None
        myriad = own or myriad
        one = _SMALL[word[:1] if word[:1] in _SMALL else ""] * _LARGE[myriad]
        if index + 1 < len(parts) and one <= ceiling:
            return None
        total += Fraction(digits) * one
        ceiling = total
    return total


def format_amount(value: int | Decimal | None) -> str:
    """Print a figure as budget books do: ``1,234``, ``△1,234``, ``0``; nothing for ``None``."""
    if value is None:
        return ""
    if not value:
        return "0"
    text = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    return f"△{text[1:]}" if value < 0 else text


def format_subsidy(value: int | Decimal | None) -> str:
    """Print the (x…) line of a figure: ``(x1,234)``, ``(x△1,234)``, ``(x-)`` for none."""
    return f"(x{format_amount(value)})" if value else "(x-)"


def format_rate(value: Fraction | Decimal | int | str | None, decimals: int = 1) -> str:
    """Print a rate in percent, rounded half away from zero: ``3.1``, ``△3.1``, ``0``; words such as 순증 stay."""
    if value is None or isinstance(value, str):
        return value or ""
    if value == 0:
        return "0"
    exact = Fraction(value)
    tail = round_ratio(abs(exact.numerator) * 10**decimals, exact.denominator, Rounding.HALF_UP)
    whole, rest = divmod(tail, 10**decimals)
    text = f"{whole:,}.{rest:0{decimals}}" if decimals else f"{whole:,}"
    return f"△{text}" if value < 0 and tail else text


def won_text(value: Fraction | int) -> str:
    """Print an exact amount: a decimal where that is finite, else ``p/q``."""
    if value.denominator == 1:
        return str(value.numerator)
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
