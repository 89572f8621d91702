"""Native formulas instead of our cell functions, so that a workbook needs no add-in to calculate.

A formula that is one call of a cell function on single cells becomes the formula that Excel itself knows, with
the value that the function gives. Within a larger formula each call gives way to the formula or the value that
it stands for, and the rest stays as its author wrote it. What cannot be had that way becomes the value that it
last showed; only a call that answers with a whole range is left alone, for the range is not one cell's matter.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from xlbudget.book.formulas import Reference, references
from xlbudget.derivation import derive
from xlbudget.edits import Content, Edit, Formula, SetCells
from xlbudget.figures import Settings
from xlbudget.grid import Cell, CellError, Grid, Ref, Value
from xlbudget.workbook import functions
from xlbudget.workbook.overview import rate_formula
from xlbudget.workbook.places import LONGEST_FORMULA


def _arity(name: str) -> tuple[int, int]:
    given = inspect.signature(getattr(functions, name)).parameters.values()
    return sum(one.default is inspect.Parameter.empty for one in given), len(given)


FUNCTION_PREFIX = "BUDGET_"
_ARITY = {name: _arity(name) for name in dir(functions) if name.startswith(FUNCTION_PREFIX)}
_NAMES = "|".join(_ARITY)
_ANY = re.compile(rf"\b({_NAMES})\(", re.IGNORECASE)
_CALL = re.compile(
    rf"(?:'(?:[^']|'')+'!|[\w.\[\]]+!)?\b({_NAMES})\(((?:[^()\"]|\"(?:[^\"]|\"\")*\")*)\)", re.IGNORECASE
)
_ARGUMENT = re.compile(r'"((?:[^"]|"")*)"|([^,"]*)')


class Natives(NamedTuple):
    """The edits that replace cell functions; how many cells they are, how many of them became the value that
    they last showed, and how many were left alone.
    """

    edits: tuple[Edit, ...] = ()
    replaced: int = 0
    valued: int = 0
    left: int = 0


NOTHING = Natives()


class _Argument(NamedTuple):
    """An argument as the formula writes it, and the value or the rows of values that it stands for."""

    text: str
    value: Value | list[list[Value]]


class _NotSingle(ValueError):
    """A formula that is more than one call on single cells."""


class _WholeRange(ValueError):
    """A formula that answers with more than one cell."""


def natives(grids: Mapping[str, Grid]) -> Natives:
    """Return what replaces the cell functions of a workbook's sheets."""
    written: dict[str, dict[Ref, Content]] = {}
    valued = left = 0
    for sheet, grid in grids.items():
        for ref, cell in grid.cells.items():
            if cell.formula is None or not _calls(_ANY, cell.formula):
                continue
            try:
                content = _replacement(cell, sheet, grids)
            except _WholeRange:
                left += 1
                continue
            if content is None:
                content = cell.value if _is_shown(cell.value) else functions.VALUE_ERROR
                valued += 1
            written.setdefault(sheet, {})[ref] = content
    edits = tuple(SetCells(sheet, cells) for sheet, cells in written.items())
    return Natives(edits, sum(map(len, written.values())) - valued, valued, left)


def _calls(pattern: re.Pattern[str], formula: str) -> list[re.Match[str]]:
    """Return the calls in a formula that do not stand within a text."""
    return [match for match in pattern.finditer(formula) if formula.count('"', 0, match.start()) % 2 == 0]


def _is_shown(value: Value) -> bool:
    return value is not None and not isinstance(value, CellError)


def _replacement(cell: Cell, sheet: str, grids: Mapping[str, Grid]) -> Content:
    """Return what a cell becomes, ``None`` where only the value that it showed can be kept."""
    formula = cell.formula or ""
    match = _CALL.fullmatch(formula)
    try:
        if match is None:
            return Formula(_within(formula, sheet, grids), cell.value if _is_shown(cell.value) else None)
        text, answer = _answered(match, sheet, grids)
    except _NotSingle:
        return None
    if isinstance(answer, list):
        raise _WholeRange(formula)
    value = _value(answer)
    return Formula(text, value) if text is not None else value


def _within(formula: str, sheet: str, grids: Mapping[str, Grid]) -> str:
    """Return a formula with each call in it replaced, the innermost first."""
    while _calls(_ANY, formula):
        calls = _calls(_CALL, formula)
        if not calls:
            raise _NotSingle(formula)
        for match in reversed(calls):
            text, answer = _answered(match, sheet, grids)
            instead = f"({text})" if text is not None else _literal(answer)
            formula = formula[: match.start()] + instead + formula[match.end() :]
    if len(formula) > LONGEST_FORMULA:
        raise _NotSingle(formula)
    return formula


def _answered(
    match: re.Match[str], sheet: str, grids: Mapping[str, Grid]
) -> tuple[str | None, functions.Answers]:
    """Return the native formula of a call, ``None`` where Excel has none, and what the function answers."""
    arguments = [_argument(text, word, sheet, grids) for text, word in _split(match[2])]
    name = match[1].upper()
    least, most = _ARITY[name]
    if not least <= len(arguments) <= most:
        raise _NotSingle(match[0])
    answer: functions.Answers = getattr(functions, name)(*(argument.value for argument in arguments))
    if isinstance(answer, list | CellError) or name not in _TRANSLATED:
        return None, answer
    return _TRANSLATED[name](arguments, _value(answer)), answer


def _literal(answer: functions.Answers) -> str:
    """Return an answer as it stands in a formula."""
    if isinstance(answer, list):
        return "{" + ";".join(",".join(map(_literal, row)) for row in answer) + "}"
    if isinstance(answer, CellError):
        return str(answer)
    if isinstance(answer, str):
        return '"' + answer.replace('"', '""') + '"'
    number = _value(answer)
    text = f"{number:f}" if isinstance(number, Decimal) else str(number)
    return f"({text})" if text.startswith("-") else text


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
