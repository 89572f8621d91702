"""Native formulas instead of our cell functions, so that a workbook needs no add-in to calculate.

A formula that is one call of a cell function on single cells becomes the formula that Excel itself knows, with
the value that the function gives. Anything else that calls one is left alone and counted: rewriting a larger
formula would take something from its author.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from xlbudget.book.formulas import Reference, references
from xlbudget.derivation import derive
from xlbudget.edits import Content, Edit, Formula, SetCells
from xlbudget.excel import functions
from xlbudget.excel.registry import FUNCTIONS
from xlbudget.figures import Settings
from xlbudget.grid import CellError, Grid, Ref, Value
from xlbudget.workbook.overview import rate_formula

_NAMES = "|".join(function.name for function in FUNCTIONS)
_ANY = re.compile(rf"\b({_NAMES})\(", re.IGNORECASE)
_CALL = re.compile(
    rf"(?:'(?:[^']|'')+'!|[\w.\[\]]+!)?({_NAMES})\(((?:[^()\"]|\"(?:[^\"]|\"\")*\")*)\)", re.IGNORECASE
)
_ARITY = {
    function.name: (sum(not a.optional for a in function.arguments), len(function.arguments))
    for function in FUNCTIONS
}
_ARGUMENT = re.compile(r'"((?:[^"]|"")*)"|([^,"]*)')


class Natives(NamedTuple):
    """The edits that replace cell functions, how many cells they are, and how many were left alone."""

    edits: tuple[Edit, ...]
    replaced: int
    left: int


class _Argument(NamedTuple):
    """An argument as the formula writes it, and the value or the rows of values that it stands for."""

    text: str
    value: Value | list[list[Value]]


class _NotSingle(ValueError):
    """A formula that is more than one call on single cells."""


def natives(grids: Mapping[str, Grid]) -> Natives:
    """Return what replaces the cell functions of a workbook's sheets."""
    written: dict[str, dict[Ref, Content]] = {}
    left = 0
    for sheet, grid in grids.items():
        for ref, cell in grid.cells.items():
            if cell.formula is None or not _ANY.search(cell.formula):
                continue
            try:
                written.setdefault(sheet, {})[ref] = _native(cell.formula, sheet, grids)
            except _NotSingle:
                left += 1
    edits = tuple(SetCells(sheet, cells) for sheet, cells in written.items() if cells)
    return Natives(edits, sum(len(cells) for cells in written.values()), left)


def _native(formula: str, sheet: str, grids: Mapping[str, Grid]) -> Content:
    match = _CALL.fullmatch(formula)
    if match is None:
        raise _NotSingle(formula)
    arguments = [_argument(text, word, sheet, grids) for text, word in _split(match[2])]
    name = match[1].upper()
    least, most = _ARITY[name]
    if not least <= len(arguments) <= most:
        raise _NotSingle(formula)
    answer = getattr(functions, name)(*(argument.value for argument in arguments))
    if isinstance(answer, list | CellError):
        raise _NotSingle(formula)
    value = _value(answer)
    text = _TRANSLATED[name](arguments, value) if name in _TRANSLATED else None
    return Formula(text, value) if text is not None else value


def _split(text: str) -> list[tuple[str, str | None]]:
    found, at = [], 0
    while at <= len(text):
        match = _ARGUMENT.match(text, at)
        if match is None or text[match.end() : match.end() + 1] not in {"", ","}:
            raise _NotSingle(text)
        found.append((match[0].strip(), match[1]))
        at = match.end() + 1
    return found


def _argument(text: str, word: str | None, sheet: str, grids: Mapping[str, Grid]) -> _Argument:
    if word is not None:
        return _Argument(text, word.replace('""', '"'))
    if not text:
        return _Argument(text, None)
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return _Argument(text, Decimal(text))
    found = references(text)
    if len(found) != 1 or found[0].external or len(found[0].sheets) > 1:
        raise _NotSingle(text)
    return _Argument(text, _values(found[0], sheet, grids))


def _values(reference: Reference, sheet: str, grids: Mapping[str, Grid]) -> Value | list[list[Value]]:
    grid = grids.get(reference.sheets[0] if reference.sheets else sheet)
    area = reference.area
    if grid is None or area.bottom - area.top > grid.last_row or area.right - area.left > 100:
        raise _NotSingle(sheet)
    rows = [
        [grid.value(row, column) for column in range(area.left, area.right + 1)]
        for row in range(area.top, area.bottom + 1)
    ]
    return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows


def _value(answer: functions.Answer) -> Value:
    if isinstance(answer, Fraction):
        return Decimal(answer.numerator) / Decimal(answer.denominator)
    return answer or None if isinstance(answer, str) else answer


def _amount(arguments: Sequence[_Argument], value: Value) -> str | None:
    if len(arguments) > 1 or not isinstance(arguments[0].value, str):
        return None
    formula = derive(arguments[0].value).formula
    return formula.removeprefix("=") if formula is not None and value is not None else None


def _change(arguments: Sequence[_Argument], value: Value) -> str | None:
    return f"{arguments[1].text}-{arguments[0].text}" if _are_numbers(arguments) else None


def _rate(arguments: Sequence[_Argument], value: Value) -> str | None:
    return rate_formula(arguments[0].text, arguments[1].text, Settings()) if _are_numbers(arguments) else None


def _total(arguments: Sequence[_Argument], value: Value) -> str | None:
    cells = arguments[0].value if isinstance(arguments[0].value, list) else [[arguments[0].value]]
    plain = all(cell is None or _is_number(cell) for row in cells for cell in row)
    return f"SUM({arguments[0].text})" if plain else None


def _are_numbers(arguments: Sequence[_Argument]) -> bool:
    return all(_is_number(argument.value) for argument in arguments)


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


_TRANSLATED: Mapping[str, Callable[[Sequence[_Argument], Value], str | None]] = {
    "BUDGET_AMOUNT": _amount,
    "BUDGET_CHANGE": _change,
    "BUDGET_RATE": _rate,
    "BUDGET_TOTAL": _total,
}
"""Those that Excel can calculate by itself; the others become the value that they give."""
