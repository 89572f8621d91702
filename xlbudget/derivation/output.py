"""A derivation as one line of JSON, without the detour over a dictionary."""

from __future__ import annotations

from json.encoder import encode_basestring

from xlbudget.derivation.formula import formula_of
from xlbudget.derivation.record import Derivation
from xlbudget.money import won_text


def json_line(derivation: Derivation) -> str:
    """Return just what ``json.dumps(derivation.as_json(), ensure_ascii=False)`` gives."""
    expression, numerator, error = derivation.expression, derivation.numerator, derivation.error
    won = amount = formula = fault = "null"
    if numerator is not None:
        exact = str(numerator) if derivation.denominator == 1 else won_text(derivation.won or 0)
        won, amount, formula = f'"{exact}"', str(derivation.amount), f'"{formula_of(derivation)}"'
    if error is not None:
        fault = f'{{"message": {encode_basestring(error.message)}, "position": {error.position}}}'
    return (
        f'{{"text": {encode_basestring(derivation.text)}, "label": {encode_basestring(derivation.label)}, '
        f'"expression": {"null" if expression is None else encode_basestring(expression)}, '
        f'"won": {won}, "amount": {amount}, "unit": "{derivation.unit}", "formula": {formula}, '
        f'"stated": {"null" if derivation.stated is None else derivation.stated}, "error": {fault}}}'
    )
