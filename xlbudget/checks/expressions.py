"""Suspects that are expressions: nobody typed their value, so what was mistyped is a number in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from xlbudget.checks.balance import Candidate
from xlbudget.checks.case import Case
from xlbudget.derivation import derive

EXPRESSION = "expression"
"""The mechanism of a suspect that is an expression."""
_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_MOST_NUMBERS = 40
"""Numbers of an expression that are tried; no clerk writes a line with more."""
_RARER = 10
"""How much rarer one more wrong digit is."""


class Correction(NamedTuple):
    """A number of an expression, and the one with which everything holds.

    ``new`` is empty where the whole line, or a sign, has to go; ``old`` where a sign is missing.
    """

    old: str
    new: str


def ranked_expressions(case: Case, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return candidates with single expressions judged by the numbers in them.

    The evidence for the expressions together is shared out anew: the fewer digits of one number have to
    change, the larger the share.
    """
    candidates = [one for c in candidates for one in _lines_of(case, c)]
    texts = [c for c in candidates if _is_expression(c)]
    if not texts:
        return tuple(candidates)
    weights = {c.cells: Fraction(1, _RARER ** _digits(correction(case, c))) for c in texts}
    whole, evidence = sum(weights.values()), sum((c.score for c in texts), Fraction(0))
    shared = [
        replace(c, mechanism=EXPRESSION, score=evidence * weights[c.cells] / whole)
        if _is_expression(c)
        else c
        for c in candidates
    ]
    return tuple(sorted(shared, key=lambda c: -c.score))


def _lines_of(case: Case, candidate: Candidate) -> list[Candidate]:
    """Return the lines of an item that is suspected as a whole, each as a candidate; any other one as it is."""
    path = candidate.cells[0]
    if len(candidate.cells) > 1 or not path.endswith("/lines"):
        return [candidate]
    index = int(path.split("/")[1])
    item = case.figures.items[index]
    value, total = candidate.values.get(path), item.row.current.total or 0
    lines = [
        (j, line.amount or 0)
        for j, line in enumerate(item.lines)
        if line.derivation is not None and not line.children
    ]
    found = []
    for j, amount in lines:
        text = f"items/{index}/derivations/{j}/text"
        values = {} if value is None else {text: amount + value - total}
        found.append(Candidate((text,), EXPRESSION, values, candidate.score / len(lines)))
    return found


def correction(case: Case, candidate: Candidate) -> Correction | None:
    """Return the number that has to change for an expression to have the value of a candidate."""
    path = candidate.cells[0]
    value = candidate.values.get(path)
    _, i, _, j, _ = path.split("/")
    line = case.project.items[int(i)].derivations[int(j)]
    figure = case.figures.items[int(i)].lines[int(j)]
    if value is None or not line.expression or figure.derivation is None or not figure.derivation.amount:
        return None
    if value == 0:
        return Correction(line.expression, "")
    if value == -figure.derivation.amount:
        return Correction("△", "") if value > 0 else Correction("", "△")
    ratio = Fraction(value, figure.derivation.amount)
    found = [
        c for c in _corrections(line.expression, ratio) if _gives(case, line.expression, c, Fraction(value))
    ]
    return min((c for _, c in found), key=_digits, default=None)


def _is_expression(candidate: Candidate) -> bool:
    return len(candidate.cells) == 1 and candidate.cells[0].endswith("/text")


def _corrections(expression: str, ratio: Fraction) -> Iterator[tuple[int, Correction]]:
    for match in islice(_NUMBER.finditer(expression), _MOST_NUMBERS):
        number = Fraction(match[0].replace(",", "")) * ratio
        if number > 0 and number.denominator == 1:
            yield match.start(), Correction(match[0], f"{number.numerator:,}")


def _gives(case: Case, expression: str, found: tuple[int, Correction], value: Fraction) -> bool:
    at, (old, new) = found
    return derive(expression[:at] + new + expression[at + len(old) :], case.project.rounding).amount == value


def _one_digit_apart(short: str, long: str) -> bool:
    """Whether the long number is the short one with a digit more somewhere: one left out, or one typed twice."""
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def _digits(found: Correction | None) -> int:
    """How many digits differ, those that one number has more included; many where nothing fits."""
    if found is None:
        return 6
    if found.old == "△":
        return 0
    if not (found.old and found.new):
        return 1  # a line or a sign too many is about as frequent as one wrong digit
    old, new = (re.sub(r"[^0-9]", "", text) for text in found)
    if abs(len(old) - len(new)) == 1 and _one_digit_apart(*sorted((old, new), key=len)):
        return 1
    size = max(len(old), len(new))
    return sum(a != b for a, b in zip(old.rjust(size), new.rjust(size), strict=True))
