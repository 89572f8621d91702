"""Linear relations, as data and as text: ``a + b == c``, ``c - 0.6*t >= 0``.

Coefficients and constants are rational numbers; nothing passes through a binary float.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

Rational: TypeAlias = int | Fraction

RELATIONS: Final = ("==", "<=", ">=", "<", ">")

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>==|<=|>=|[-+*/()<>]))"
)


class EquationError(ValueError):
    """A relation that is not linear, or cannot be read; the message names the text and the position."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A rule over named figures: the sum of ``terms`` plus ``constant`` stands in ``relation`` to zero.

    ``name`` is the caller's own key: a diagnosis hands it back. A rule over one figure is a bound on it.
    A rule that says no more than "these two figures are equal" declares them copies of one figure, and
    copies agree exactly, whatever the printed precision.
    """

    name: str
    terms: Mapping[str, Rational]
    relation: str = "=="
    constant: Rational = 0


def size(number: Rational) -> Rational:
    """The number without its sign."""
    return number if number >= 0 else -number


def parse(text: str, name: str | None = None) -> Identity:
    """Read one relation; its name is the text itself unless another is given. Raises `EquationError`."""
    return _Reader(text).relation(text.strip() if name is None else name)


class _Linear:
    """A linear form while it is being read."""

    __slots__ = ("constant", "terms")

    def __init__(self, constant: Fraction, terms: dict[str, Fraction] | None = None) -> None:
        self.constant = constant
        self.terms = terms or {}

    def plus(self, other: _Linear, sign: int) -> _Linear:
        terms = dict(self.terms)
        for figure, coefficient in other.terms.items():
            terms[figure] = terms.get(figure, Fraction(0)) + sign * coefficient
        return _Linear(self.constant + sign * other.constant, terms)

    def times(self, factor: Fraction) -> _Linear:
        return _Linear(self.constant * factor, {f: c * factor for f, c in self.terms.items()})


class _Reader:
    """Recursive descent over the tokens of one relation."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str, int]] = []
        self._next = 0
        position = 0
        end = len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._error("unexpected character", position)
            kind = match.lastgroup or ""
            self._tokens.append((kind, match.group(kind), match.start(kind)))
            position = match.end()

    def relation(self, name: str) -> Identity:
        left = self._sum()
        relation = self._sign(*RELATIONS)
        if relation is None:
            raise self._error(f"expected one of {' '.join(RELATIONS)}")
        difference = left.plus(self._sum(), -1)
        if self._next < len(self._tokens):
            raise self._error("expected the end")
        terms = {figure: c for figure, c in difference.terms.items() if c}
        if not terms:
            raise self._error("no figure in the relation", 0)
        return Identity(name, terms, relation, difference.constant)

    def _sum(self) -> _Linear:
        total = self._product()
        while sign := self._sign("+", "-"):
            total = total.plus(self._product(), 1 if sign == "+" else -1)
        return total

    def _product(self) -> _Linear:
        product = self._factor()
        while sign := self._sign("*", "/"):
            position = self._position()
            factor = self._factor()
            if sign == "/":
                if factor.terms or not factor.constant:
                    raise self._error("division by a figure or by zero", position)
                product = product.times(1 / factor.constant)
            elif not factor.terms:
                product = product.times(factor.constant)
            elif not product.terms:
                product = factor.times(product.constant)
            else:
                raise self._error("a figure times a figure is not linear", position)
        return product

    def _factor(self) -> _Linear:
        if sign := self._sign("+", "-"):
            return self._factor().times(Fraction(1 if sign == "+" else -1))
        if self._sign("("):
            inner = self._sum()
            if not self._sign(")"):
                raise self._error("expected )")
            return inner
        if self._next < len(self._tokens):
            kind, token, _ = self._tokens[self._next]
            if kind == "number":
                self._next += 1
                return _Linear(Fraction(token))
            if kind == "name":
                self._next += 1
                return _Linear(Fraction(0), {token: Fraction(1)})
        raise self._error("expected a figure or a number")

    def _sign(self, *wanted: str) -> str | None:
        if self._next < len(self._tokens):
            kind, token, _ = self._tokens[self._next]
            if kind == "sign" and token in wanted:
                self._next += 1
                return token
        return None

    def _position(self) -> int:
        return self._tokens[self._next][2] if self._next < len(self._tokens) else len(self._text)

    def _error(self, reason: str, position: int | None = None) -> EquationError:
        where = self._position() if position is None else position
        return EquationError(f"{self._text!r}, position {where + 1}: {reason}")
