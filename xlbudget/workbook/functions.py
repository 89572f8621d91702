"""The cell functions: plain functions of cell values, for one cell or a whole range in one call.

A range is a list of rows; the result then has its shape. Every number in and out is exact. What cannot be
calculated is ``#VALUE!``, which sums pass on; a text would be skipped by them and the sum would be silently
short. A blank cell gives a blank text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm

from xlbudget.derivation import Derivation, derive
from xlbudget.grid import CellError
from xlbudget.money import (
    PRINTED_UNIT,
    UNITS,
    NumberUnreadable,
    Rounding,
    format_amount,
    format_subsidy,
    number,
    read_number,
    round_won,
)

Cell = object
"""What a host hands over for a cell: text, a number, ``None`` for a blank one."""
Number = int | Decimal | Fraction
Answer = Number | str
Answers = Answer | list[list[Answer]]
Table = Sequence[Sequence[Cell]]

VALUE_ERROR = CellError("#VALUE!")
BLANK = ""
MOST_CELLS = 100_000
_ROUNDING = {
    "절상": Rounding.CEIL,
    "반올림": Rounding.HALF_UP,
    "절사": Rounding.FLOOR,
    **{policy.value: policy for policy in Rounding},
}
_SETTLED_SUMS: tuple[tuple[int, tuple[tuple[int, int], ...], str], ...] = (
    (3, ((1, 0), (1, 1), (1, 2)), "최종예산+전년이월+예산변경"),
    (6, ((1, 3), (-1, 4), (-1, 5)), "예산현액-집행액-차년이월"),
)
"""The two identities of a settled year over its seven columns: target, signed parts, and how to say them."""


class Unusable(ValueError):
    """An argument that no answer can be given for."""


def BUDGET_AMOUNT(text: Cell, unit: Cell = None, rounding: Cell = None) -> Answers:
    """Return the amounts of 산출내역, in 천원 or another unit, rounded up or by another policy."""
    try:
        won = UNITS[_word(unit) or PRINTED_UNIT]
        policy = _ROUNDING[_word(rounding) or Rounding.CEIL.value]
    except (KeyError, Unusable):
        return VALUE_ERROR
    return _each(lambda cell: _derived(cell, lambda line: round_won(_won(line), policy, won)), text)


def BUDGET_WON(text: Cell) -> Answers:
    """Return the exact amounts of 산출내역 in won."""

    def exact(line: Derivation) -> Number:
        won = _won(line)
        return won.numerator if won.denominator == 1 else won

    return _each(lambda cell: _derived(cell, exact), text)


def BUDGET_LABEL(text: Cell) -> Answers:
    """Return the labels of 산출내역; a line without an expression is all label."""
    return _each(lambda cell: _derived(cell, lambda line: line.label), text)


def BUDGET_TOTAL(amounts: Cell) -> Answer:
    """Return the sum of numbers and printed amounts; blank cells are passed over, other text is an error."""
    try:
        return sum(
            (value for row in _rows(amounts) for cell in row if (value := _amount(cell)) is not None), start=0
        )
    except Unusable:
        return VALUE_ERROR


def BUDGET_CHANGE(previous: Cell, current: Cell) -> Answers:
    """Return B - A."""
    return _each(lambda a, b: b - a, previous, current, read=_amount)


def BUDGET_RATE(previous: Cell, current: Cell) -> Answers:
    """Return the rate of change in percent, or 순증 where A is 0."""
    return _each(_rate, previous, current, read=_amount)


def BUDGET_SUBSIDY(amount: Cell) -> Answers:
    """Return amounts as the (x…) line prints them."""
    return _each(format_subsidy, amount, read=_amount)


def BUDGET_CHECK(settlement: Cell) -> Answers:
    """Return what the seven figures of a settled year say of each other, a text a row."""
    try:
        rows = _rows(settlement)
    except Unusable:
        return VALUE_ERROR
    if len(rows) == 7 and all(len(row) == 1 for row in rows):
        rows = [[row[0] for row in rows]]
    if any(len(row) != 7 for row in rows):
        return VALUE_ERROR
    told = [_settled(row) for row in rows]
    return told[0] if len(told) == 1 else [[text] for text in told]


def _rows(value: Cell) -> Table:
    """Return a cell or a range as rows. Raises ``Unusable`` for too many cells."""
    rows: Table = value if isinstance(value, list | tuple) else [[value]]
    if rows and not isinstance(rows[0], list | tuple):
        rows = [rows]
    if sum(map(len, rows)) > MOST_CELLS:
        raise Unusable("too many cells")
    return rows


def _word(value: Cell) -> str:
    rows = _rows(value)
    if len(rows) != 1 or len(rows[0]) != 1:
        raise Unusable("one word")
    return "" if rows[0][0] is None else str(rows[0][0]).strip()


def _same(value: Cell) -> Cell:
    return None if isinstance(value, str) and not value.strip() else value


def _each(
    function: Callable[..., Answer], *arguments: Cell, read: Callable[[Cell], Number | Cell] = _same
) -> Answers:
    """Apply a function cell by cell; a single cell goes with every cell of a range."""
    try:
        tables = [_rows(argument) for argument in arguments]
        height, width = max(map(len, tables)), max(len(row) for table in tables for row in table)
        shapes = {(len(table), len(row)) for table in tables for row in table}
    except (Unusable, ValueError):
        return VALUE_ERROR
    if shapes - {(height, width), (1, 1)}:
        return VALUE_ERROR

    def answer(row: int, column: int) -> Answer:
        try:
            values = [read(_at(table, row, column)) for table in tables]
            return BLANK if any(value is None for value in values) else function(*values)
        except Unusable:
            return VALUE_ERROR

    if (height, width) == (1, 1) and not any(isinstance(argument, list | tuple) for argument in arguments):
        return answer(0, 0)
    return [[answer(row, column) for column in range(width)] for row in range(height)]


def _at(table: Table, row: int, column: int) -> Cell:
    return table[0][0] if len(table) == 1 and len(table[0]) == 1 else table[row][column]


def _derived(cell: Cell, answer: Callable[[Derivation], Answer]) -> Answer:
    """Read a cell as a line of 산출내역; a number is an amount in won. Raises ``Unusable``."""
    if isinstance(cell, str):
        return answer(derive(cell))
    try:
        return answer(derive(str(number(cell))))
    except NumberUnreadable:
        raise Unusable("no text and no number") from None


def _won(line: Derivation) -> Fraction:
    if line.won is None:
        raise Unusable("unreadable")
    return line.won


def _amount(cell: Cell) -> int | Decimal | None:
    """Read an amount; a blank cell is ``None``. Raises ``Unusable``."""
    try:
        if cell is None or isinstance(cell, str):
            return read_number(cell or "")
        return number(cell)
    except NumberUnreadable:
        raise Unusable("no amount") from None


def _rate(previous: int | Decimal, current: int | Decimal) -> Answer:
    from xlbudget.figures import Settings, rate

    # A rate does not change with the unit, so decimals are scaled away.
    before, now = Fraction(previous), Fraction(current)
    scale = lcm(before.denominator, now.denominator)
    found = rate(int(before * scale), int(now * scale), Settings())
    return found if found is not None else BLANK


def _settled(row: Iterable[Cell]) -> str:
    from xlbudget.checks.case import COLUMN_WORDS, differs
    from xlbudget.checks.identities import SETTLED
    from xlbudget.project import SETTLEMENT_COLUMNS

    words = [COLUMN_WORDS[column] for column in SETTLEMENT_COLUMNS]
    figures: list[Decimal | None] = []
    for word, cell in zip(words, row, strict=True):
        try:
            amount = _amount(cell)
        except Unusable:
            return f"{word}: 금액으로 읽을 수 없습니다."
        figures.append(Decimal(amount) if amount is not None else None)
    if all(figure is None for figure in figures):
        return BLANK
    told, tolerated = [], []
    for target, parts, sum_words in _SETTLED_SUMS:
        found, used = figures[target], [(sign, figures[part]) for sign, part in parts]
        if found is None or any(figure is None for _, figure in used):
            continue
        expected = sum((sign * figure for sign, figure in used if figure is not None), start=Decimal(0))
        if Fraction(abs(found - expected)) > SETTLED:
            told.append(differs(words[target], found, sum_words, expected))
        elif found != expected:
            tolerated.append(f"{words[target]} {format_amount(found - expected)}")
    blank = ", ".join(word for word, figure in zip(words, figures, strict=True) if figure is None)
    if blank:
        told.append(f"빈칸이 있어 다 견주지 못했습니다: {blank}.")
    if told:
        return " ".join(told)
    return f"맞음 (단수 차이: {', '.join(tolerated)}천원)" if tolerated else "맞음"
