"""What a cell holds, as it is handed to Excel; and formulas as they are compared.

A cell is entered as if it were typed, so text that would be taken for something else is led in by an
apostrophe, which Excel does not keep in the value. A cell whose style formats it as text takes text as it is.
"""

from __future__ import annotations

from decimal import Decimal

from xlbudget.book.formulas import Reference, mapped
from xlbudget.grid import Cell, CellError, quote_sheet

Entry = str | float | bool
"""What ``Range.Formula`` takes; an empty text empties the cell."""

TEXT_FORMAT = "@"
LONGEST_TYPED = 8_000
"""Letters that go through ``Range.Formula``; longer text goes in as a value."""
_OPENING = frozenset("=+-@'#/＝＋－＠")
_WORDS = frozenset({"true", "false"})


def entry(cell: Cell, *, as_text: bool = False) -> Entry:
    """Return what to enter so that the cell holds this. ``as_text``: it has the text format."""
    if cell.formula is not None:
        return "=" + cell.formula
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return float(value)  # what Excel stores is a double
    if isinstance(value, CellError) or (as_text and value):
        return str(value)
    return value if value and is_plain(value) else "'" + value


def goes_as_value(given: Entry) -> bool:
    """Tell whether an entry is set as a value, on its own: long text does not go in as a formula would."""
    return isinstance(given, bool) or (isinstance(given, str) and len(given) > LONGEST_TYPED)


def is_plain(text: str) -> bool:
    """Tell whether typing a text gives just that text in every language of Excel.

    Whatever holds a digit may be a number, a date, a time or a percentage somewhere.
    """
    if text[0] in _OPENING or text.strip().casefold() in _WORDS:
        return False
    return not any(sign.isnumeric() for sign in text)


def canonical(formula: str) -> str:
    """Return a formula with every sheet name quoted: Excel takes needless quotes away when it stores one."""
    return mapped(formula, _quoted) if "!" in formula else formula


def canonical_name(refers_to: str) -> str:
    """Return what a name refers to as it is compared: an area of one cell is that cell."""
    return mapped(canonical(refers_to), _single)


def _single(ref: Reference) -> str:
    return ref.prefix + ref.first.text() if ref.last == ref.first else ref.text


def _quoted(ref: Reference) -> str:
    if ref.external or len(ref.sheets) != 1 or ref.prefix.startswith("'"):
        return ref.text
    return quote_sheet(ref.sheets[0]) + "!" + ref.text[len(ref.prefix) :]
