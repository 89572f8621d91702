"""One line of 산출근거 in full: marker, label, expression, stated result. Never raises for what was typed."""

from __future__ import annotations

import re
from fractions import Fraction
from math import gcd

from xlbudget.derivation.faults import Fault, Unreadable
from xlbudget.derivation.label import find_start, is_amount
from xlbudget.derivation.lexing import EQUALS, NUMBER, OPERATOR, WORD, Token, map_signs, tokenise
from xlbudget.derivation.parsing import Number, Reader, evaluate, read_figure
from xlbudget.derivation.record import LARGEST_WON, LONGEST_TEXT, Derivation
from xlbudget.derivation.signs import MARKERS
from xlbudget.money import Rounding, round_ratio, round_won

_FINEST = 4_000
"""Bits of the largest denominator that is still printed."""

_MARKER = re.compile(rf"[ \n]*+(?>(?:(?:[{MARKERS}]|[oO](?=[ \n])|[-*ㆍ](?![0-9(\[{{△]))[ \n]*+)*)")
_DIMENSION = re.compile(r"[A-Za-z]{1,2}")


def read_line(text: str, rounding: Rounding) -> Derivation:
    """Return what a line says: the complete way, for every kind of line."""
    if len(text) > LONGEST_TEXT:
        error = Unreadable(Fault.TOO_LONG, LONGEST_TEXT, LONGEST_TEXT).error(text)
        return Derivation(text, "", text, None, 1, None, rounding, error=error)
    mapped = map_signs(text)
    marker = _MARKER.match(mapped)
    tokens = tokenise(mapped, marker.end() if marker is not None else 0)
    if tokens and tokens[0].kind == EQUALS and any(token.kind == OPERATOR for token in tokens):
        del tokens[0]  # typed as a spreadsheet formula
    try:
        reader = Reader(mapped, tokens)
        high = _equals_sign(reader)
    except Unreadable as unreadable:
        return _failed(text, tokens, len(tokens), rounding, unreadable)
    try:
        start = find_start(reader, high)
        numerator, denominator = _bounded(reader, start, high)
    except Unreadable as unreadable:
        return _with_stated(_failed(text, tokens, high, rounding, unreadable), reader, high)
    amount = round_ratio(numerator, denominator * 1_000, rounding)
    label = text[: len(mapped[: tokens[start].start].rstrip(" \n"))][tokens[0].start :]
    expression = _cut(text, tokens, start, high)
    derivation = Derivation(text, label, expression, numerator, denominator, amount, rounding)
    return derivation if high == len(tokens) else _with_stated(derivation, reader, high)


def _cut(text: str, tokens: list[Token], low: int, high: int) -> str:
    return text[tokens[low].start : tokens[high - 1].end] if low < high else ""


def _failed(
    text: str, tokens: list[Token], high: int, rounding: Rounding, unreadable: Unreadable
) -> Derivation:
    body = _cut(text, tokens, 0, high)
    label, expression = (body, None) if unreadable.fault is Fault.NO_EXPRESSION else ("", body)
    return Derivation(text, label, expression, None, 1, None, rounding, error=unreadable.error(text))


def _bounded(reader: Reader, start: int, high: int) -> tuple[int, int]:
    """Return the exact value in lowest terms; refuse what no spreadsheet could hold."""
    numerator, denominator = evaluate(reader.sum(start, high))
    if denominator != 1:
        common = gcd(numerator, denominator)
        numerator, denominator = numerator // common, denominator // common
    if abs(numerator) >= LARGEST_WON * denominator or denominator.bit_length() > _FINEST:
        raise reader.fail(Fault.TOO_LARGE, start, high)
    return numerator, denominator


def _equals_sign(reader: Reader) -> int:
    """Return the index of the ``=`` before a stated result, else the number of tokens.

    Brackets may hold a ``=`` of their own, and so may dimensions in a label (``L=60m``).
    """
    tokens, found, index = reader.tokens, len(reader.tokens), 0
    while index < len(tokens):
        if tokens[index].kind == EQUALS and not _is_dimension(reader, index):
            if found < index:
                raise reader.fail(Fault.BAD_RESULT, index, len(tokens))
            found = index
        index = max(reader.partner.get(index, index), index) + 1
    return found


def _is_dimension(reader: Reader, index: int) -> bool:
    tokens = reader.tokens
    if index == 0 or index + 1 == len(tokens):
        return False
    name, figure = tokens[index - 1], tokens[index + 1]
    glued = name.end == tokens[index].start and figure.kind == NUMBER and figure.start == tokens[index].end
    unit = index > 1 and tokens[index - 2].kind == NUMBER and tokens[index - 2].end == name.start
    named = _DIMENSION.fullmatch(name.text) is not None
    return glued and named and not unit and not is_amount(reader, index + 1)


def _with_stated(derivation: Derivation, reader: Reader, high: int) -> Derivation:
    """Add the result that stands behind ``=``.

    A result without a unit is in 천원, unless it is just what the expression gives in won.
    """
    tokens = reader.tokens
    if high + 1 >= len(tokens):
        return derivation
    try:
        stated, has_unit = _stated(reader, high + 1)
    except Unreadable as unreadable:
        if derivation.error is not None:
            return derivation
        whole = _cut(derivation.text, tokens, 0, len(tokens))
        failed = Derivation(derivation.text, "", whole, None, 1, None, derivation.rounding)
        return failed._replace(error=unreadable.error(derivation.text))
    amount = derivation.amount
    if not has_unit and (amount is None or stated not in {derivation.won, amount * 1_000}):
        stated *= 1_000
    return derivation._replace(
        stated=round_won(stated, derivation.rounding),
        stated_won=stated,
        stated_text=_cut(derivation.text, tokens, high + 1, len(tokens)),
    )


def _stated(reader: Reader, low: int) -> tuple[Fraction, bool]:
    """Return the single amount from a token on, and whether a unit is written; remarks behind it are passed over."""
    tokens = reader.tokens
    wrong = reader.fail(Fault.BAD_RESULT, low, len(tokens))
    negative = tokens[low].kind == OPERATOR and tokens[low].text in "-△"
    at = low + negative
    if at == len(tokens) or tokens[at].kind != NUMBER:
        raise wrong
    digits, places = read_figure(tokens[at])
    behind = at + 1
    while behind < len(tokens) and tokens[behind].kind == WORD:
        behind += 1
    unit = "".join(token.text for token in tokens[at + 1 : behind])
    money = bool(unit) and is_amount(reader, at)
    if unit and not money and tokens[at + 1].start == tokens[at].end:
        raise wrong
    if any(
        token.kind == OPERATOR or is_amount(reader, behind + n) for n, token in enumerate(tokens[behind:])
    ):
        raise wrong
    numerator, denominator = evaluate(Number(-digits if negative else digits, places, unit if money else ""))
    return Fraction(numerator, denominator), money
