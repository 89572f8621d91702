"""What is known of one line: label, expression, exact value, amount, stated result, or what is wrong."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from xlbudget.money import PRINTED_UNIT, Rounding, won_text

if TYPE_CHECKING:
    from xlbudget.derivation.faults import DerivationError

LONGEST_TEXT = 32_767
"""Characters that a cell can hold."""

LARGEST_WON = 10**18
"""Beyond this an amount in 천원 is no longer exact in a spreadsheet."""


class Derivation(NamedTuple):
    """One line of 산출근거, read.

    ``amount`` is in 천원, rounded by ``rounding``; the exact value in won is ``numerator / denominator`` (see
    ``won``). ``stated`` is the result that was written behind ``=``, in 천원 by the same rounding, and
    ``stated_won`` the same exactly. With an ``error`` there is no amount; ``expression`` is then ``None`` where the
    line holds no calculation at all, such as a heading, and else the text that cannot be read.
    """

    text: str
    label: str
    expression: str | None
    numerator: int | None
    denominator: int
    amount: int | None
    rounding: Rounding
    stated: int | None = None
    stated_won: Fraction | None = None
    stated_text: str | None = None
    error: DerivationError | None = None

    @property
    def unit(self) -> str:
        """The unit of ``amount`` and ``stated``."""
        return PRINTED_UNIT

    @property
    def won(self) -> Fraction | None:
        """The exact value in won."""
        return None if self.numerator is None else Fraction(self.numerator, self.denominator)

    @property
    def formula(self) -> str | None:
        """A native spreadsheet formula for ``amount``."""
        from xlbudget.derivation.formula import formula_of

        return formula_of(self)

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``derive --json`` prints."""
        won = self.won
        error = self.error
        return {
            "text": self.text,
            "label": self.label,
            "expression": self.expression,
            "won": None if won is None else won_text(won),
            "amount": self.amount,
            "unit": self.unit,
            "formula": self.formula,
            "stated": self.stated,
            "error": None if error is None else {"message": error.message, "position": error.position},
        }
