"""From tokens to an expression: the grammar of the calculating part of a line.

    sum     = product { ("+" | "-") product }
    product = factor { ("*" | "/") factor }            both bind equally, from left to right
    factor  = ["△" | "-" | "+"] ( number | "(" sum ")" ) { word | note }
    note    = brackets whose inside is no sum          part of the unit: 6회(분기별)

What follows a number up to the next sign is its unit. Units are an open set and are not checked; only %, 원
with a number word (천원, 억원) and the like change the value.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from xlbudget.derivation.faults import Fault, Unreadable
from xlbudget.derivation.lexing import (
    CLOSE,
    EQUALS,
    NUMBER,
    OPEN,
    OPERATOR,
    WORD,
    Token,
    map_signs,
    tokenise,
    well_formed,
)
from xlbudget.money import MOST_DIGITS, SCALES

DEEPEST = 64
"""How deep brackets may nest."""


class Number(NamedTuple):
    """A figure: its digits, how many of them are decimals, and the unit as written, without gaps."""

    digits: int
    places: int
    unit: str


class Group(NamedTuple):
    """Something in brackets, with its unit."""

    inner: Expression
    unit: str


class Negative(NamedTuple):
    """A figure or a group with a minus sign before it."""

    operand: Number | Group


class Product(NamedTuple):
    """Factors, each with the sign before it (``*`` for the first), worked off from left to right."""

    factors: tuple[tuple[str, Number | Group | Negative], ...]


class Sum(NamedTuple):
    """Terms, each with the sign before it (``+`` for the first)."""

    terms: tuple[tuple[str, Number | Group | Negative | Product], ...]


_PAIRS = {")": "(", "]": "[", "}": "{"}
Factor = Number | Group | Negative
Expression = Number | Group | Negative | Product | Sum

_COUNTERS = "명|인|개|부|매|건|장|회|권|본|대|톤|가구|마리|리터|㎡|ℓ"
_SCALED = re.compile(
    rf"(?P<percent>%|퍼센트|프로(?![가-힣]))|(?P<mille>‰)|(?P<money>[십백천]?[만억조]?)(?=원)|(?P<count>[십백천]?[만억]|천)(?=$|{_COUNTERS})"
)
_SPECIAL = frozenset("%‰퍼프원십백천만억조")
OPERATIONS = {"*": "*", "x": "*", "ㆍ": "*", "/": "/", "÷": "/", "+": "+", "-": "-", "△": "-"}
"""What each sign between two factors does."""


def multiplier(unit: str) -> tuple[int, int]:
    """Return what a unit multiplies its figure by, as numerator and denominator: 천원 (1000, 1), % (1, 100), ‰ (1, 1000)."""
    found = _SCALED.match(unit) if unit[:1] in _SPECIAL else None
    if found is None:
        return 1, 1
    if found["percent"]:
        return 1, 100
    if found["mille"]:
        return 1, 1_000
    return SCALES.get(found["money"] or found["count"] or "", 1), 1


def read_figure(token: Token) -> tuple[int, int]:
    """Return the digits of a written number as one integer, and how many of them are decimals."""
    if not well_formed(token.text):
        raise Unreadable(Fault.BAD_NUMBER, token.start, token.end)
    whole, _, decimals = token.text.replace(",", "").partition(".")
    if len(whole) + len(decimals) > MOST_DIGITS:
        raise Unreadable(Fault.TOO_LARGE, token.start, token.end)
    return int(whole + decimals), len(decimals)


def parse(text: str) -> Expression:
    """Return the expression that a text without a label is. Raises ``Unreadable``."""
    mapped = map_signs(text)
    tokens = tokenise(mapped)
    if not tokens:
        raise Unreadable(Fault.NO_EXPRESSION, 0, 0)
    return Reader(mapped, tokens).sum(0, len(tokens))


class Reader:
    """The tokens of one line, their matching brackets, and what is known of each pair of brackets so far."""

    __slots__ = ("_groups", "partner", "text", "tokens")

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.partner = match_brackets(tokens)
        self._groups: dict[int, Expression | Unreadable] = {}

    def fail(self, fault: Fault, low: int, high: int = 0) -> Unreadable:
        """Return the exception for a fault at one token, or at those up to ``high``."""
        return Unreadable(fault, self.tokens[low].start, self.tokens[max(low + 1, high) - 1].end)

    def group(self, opening: int) -> Expression | Unreadable:
        """Return what stands in a pair of brackets: an expression, or why it is none (read once only)."""
        known = self._groups.get(opening)
        if known is None:
            try:
                known = self.sum(opening + 1, self.partner[opening])
            except Unreadable as unreadable:
                known = unreadable
            self._groups[opening] = known
        return known

    def broken_group(self, opening: int) -> Unreadable:
        """Return why a pair of brackets holds no expression."""
        found = self.group(opening)
        return found if isinstance(found, Unreadable) else self.fail(Fault.WORD_INSIDE, opening)

    def is_note(self, opening: int) -> bool:
        """Whether a pair of brackets belongs to the words before it."""
        return isinstance(self.group(opening), Unreadable)

    def sum(self, low: int, high: int) -> Expression:
        """Read all tokens from ``low`` up to ``high``."""
        terms: list[tuple[str, list[tuple[str, Factor]]]] = []
        operation, index = "+", low
        while True:
            factor, behind = self._factor(index, high, first=index == low)
            if operation in "+-":
                terms.append((operation, [("*", factor)]))
            else:
                if operation == "/" and not evaluate(factor)[0]:
                    raise self.fail(Fault.DIVISION_BY_ZERO, index - 1, behind)
                terms[-1][1].append((operation, factor))
            if behind == high:
                break
            operation = OPERATIONS[self.tokens[behind].text]
            index = behind + 1
        products = [
            (sign, factors[0][1] if len(factors) == 1 else Product(tuple(factors))) for sign, factors in terms
        ]
        return products[0][1] if len(products) == 1 else Sum(tuple(products))

    def _factor(self, index: int, high: int, *, first: bool) -> tuple[Factor, int]:
        """Read one factor; return it and the index behind it, where an operator stands or the end is."""
        tokens = self.tokens
        negative = False
        if index < high and tokens[index].kind == OPERATOR:
            sign = tokens[index].text
            if sign != "△" and not (first and sign in "+-"):
                raise self.fail(Fault.MISSING_NUMBER if first else Fault.TWO_OPERATORS, index)
            negative = sign != "+"
            index += 1
        if index >= high:
            raise self.fail(Fault.EMPTY_BRACKETS if index and first else Fault.MISSING_NUMBER, index - 1)
        token = tokens[index]
        factor: Number | Group
        if token.kind == NUMBER:
            digits, places = read_figure(token)
            unit, behind = self._unit(index + 1, high)
            factor = Number(digits, places, unit)
        elif token.kind == OPEN and index in self.partner:
            inner = self.group(index)
            if isinstance(inner, Unreadable):
                raise inner
            unit, behind = self._unit(self.partner[index] + 1, high)
            factor = Group(inner, unit)
        else:
            raise self.fail(_MISPLACED.get(token.kind, Fault.UNBALANCED), index)
        if behind < high and tokens[behind].kind != OPERATOR:
            raise self.fail(_BEHIND.get(tokens[behind].kind, Fault.UNBALANCED), behind)
        return Negative(factor) if negative else factor, behind

    def _unit(self, index: int, high: int) -> tuple[str, int]:
        """Read words and notes behind a figure; return them without gaps, and the index behind them."""
        unit = ""
        while index < high:
            token = self.tokens[index]
            if token.kind == WORD:
                self._check_word(token, after_figure=not unit)
                unit += token.text
                index += 1
            elif token.kind == OPEN and index in self.partner and self.is_note(index):
                unit += self._note(index)
                index = self.partner[index] + 1
            else:
                break
        return unit, index

    def _note(self, opening: int) -> str:
        closing = self.partner[opening]
        return " ".join(self.text[self.tokens[opening].start : self.tokens[closing].end].split())

    @staticmethod
    def _check_word(token: Token, *, after_figure: bool) -> None:
        """Refuse signs that were meant to calculate but have no number behind them: ``3명+``, ``1,234,원``."""
        text = token.text
        if after_figure and text[0] == ",":
            raise Unreadable(Fault.BAD_NUMBER, token.start, token.end)
        at = text.find("+")
        if at < 0 and (text[-1] in "-/△ㆍ" or text == "x"):
            at = len(text) - 1
        if at >= 0:
            raise Unreadable(Fault.MISSING_NUMBER, token.start + at, token.start + at + 1)


_MISPLACED = {WORD: Fault.WORD_INSIDE, EQUALS: Fault.WORD_INSIDE, OPERATOR: Fault.TWO_OPERATORS}
_BEHIND = {NUMBER: Fault.MISSING_OPERATOR, EQUALS: Fault.WORD_INSIDE}


def match_brackets(tokens: list[Token]) -> dict[int, int]:
    """Return the index of each bracket's partner; those without one are left out."""
    partner: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == OPEN:
            opened.append(index)
            if len(opened) > DEEPEST:
                raise Unreadable(Fault.TOO_DEEP, token.start, token.end)
        elif token.kind == CLOSE and opened and tokens[opened[-1]].text == _PAIRS[token.text]:
            partner[index] = opened.pop()
            partner[partner[index]] = index
    return partner


def evaluate(expression: Expression) -> tuple[int, int]:
    """Return the exact value in won as numerator and (positive) denominator, not reduced.

    Raises ``ZeroDivisionError`` where a divisor is zero.
    """
    if isinstance(expression, Number):
        above, below = multiplier(expression.unit)
        return expression.digits * above, 10**expression.places * below
    if isinstance(expression, Group):
        numerator, denominator = evaluate(expression.inner)
        above, below = multiplier(expression.unit)
        return numerator * above, denominator * below
    if isinstance(expression, Negative):
        numerator, denominator = evaluate(expression.operand)
        return -numerator, denominator
    if isinstance(expression, Product):
        return _multiply(expression.factors)
    total, shared = 0, 1
    for sign, term in expression.terms:
        numerator, denominator = evaluate(term)
        if denominator == shared:
            total += numerator if sign == "+" else -numerator
        else:
            added = numerator * shared
            total = total * denominator + (added if sign == "+" else -added)
            shared *= denominator
    return total, shared


def _multiply(factors: tuple[tuple[str, Factor], ...]) -> tuple[int, int]:
    numerator, denominator = 1, 1
    for operation, factor in factors:
        above, below = evaluate(factor)
        if operation == "/":
            above, below = below, above
            if below < 0:
                above, below = -above, -below
            elif not below:
                raise ZeroDivisionError
        numerator *= above
        denominator *= below
    return numerator, denominator
