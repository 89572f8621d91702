"""산출근거: the text that says how an amount comes about, such as ``회의 참석수당 150,000원*20명*3회``.

``derive`` splits it into label, expression and stated result, calculates exactly, and gives the amount in 천원 and a
native spreadsheet formula for it. It never raises for what somebody typed: what cannot be read, or could be
read in two ways, has an ``error`` with a Korean message and a position, and no amount.

    signs      characters that mean something
    faults     what can be wrong
    lexing     text → tokens
    parsing    tokens → expression → exact value
    label      where the label ends and the expression begins
    reading    a whole line
    fast       the common shape of line, with the same result
    record     what is known of a line
    formula    expression → canonical text, native formula
    output     a line of JSON
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from xlbudget.derivation.fast import read_common
from xlbudget.derivation.record import LONGEST_TEXT, Derivation
from xlbudget.money import Rounding

if TYPE_CHECKING:
    from xlbudget.derivation.faults import DerivationError, Fault
    from xlbudget.derivation.formula import canonical, native_formula
    from xlbudget.derivation.output import json_line
    from xlbudget.derivation.parsing import Expression, evaluate, parse

__all__ = [
    "Derivation",
    "DerivationError",
    "Expression",
    "Fault",
    "canonical",
    "derive",
    "derive_many",
    "evaluate",
    "json_line",
    "native_formula",
    "parse",
]

_HOMES = {
    "DerivationError": "faults",
    "Fault": "faults",
    "canonical": "formula",
    "native_formula": "formula",
    "json_line": "output",
    "Expression": "parsing",
    "evaluate": "parsing",
    "parse": "parsing",
}


def derive(text: str, rounding: Rounding = Rounding.CEIL) -> Derivation:
    """Read one line of 산출근거; the amount is rounded to 천원 once, at the end.

    >>> derive("2027년 1분기 강사료 300,000원*4회").amount
    1200
    """
    common = read_common(text, rounding) if len(text) <= LONGEST_TEXT else None
    if common is not None:
        return common
    from xlbudget.derivation.reading import read_line

    return read_line(text, rounding)


def derive_many(texts: Iterable[str], rounding: Rounding = Rounding.CEIL) -> Iterator[Derivation]:
    """Read many lines, one after the other, each as ``derive`` does."""
    for text in texts:
        yield derive(text, rounding)


def __getattr__(name: str) -> Any:
    # Loaded on first use: a cell function that reads one common line needs none of it.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
