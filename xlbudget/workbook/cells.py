"""Reading single cells: amounts in 천원, texts, years and dates, each with its place and its oddities.

Nothing raises for what a user typed: a cell that cannot be read gives a blank and a finding. A formula is
read by its cached value; where a host stored none, that is a finding of its own and not a blank.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from xlbudget import dates
from xlbudget.findings import Finding, Severity
from xlbudget.grid import Cell, CellError, Value, column_letters
from xlbudget.money import NumberUnreadable, Rounding, format_amount, read_amount, round_won
from xlbudget.project import LARGEST_AMOUNT, Evidence, Place, Typed
from xlbudget.workbook.styles import COMPUTED_STYLES
from xlbudget.workbook.tables import Row

FIRST_YEAR, LAST_YEAR = 1900, 2999
NOTHING = frozenset({"(x)", "(x-)", "x", "x-", "()"})
"""Texts in amount cells that stand for no amount."""
TOO_LARGE = "너무 큰 수입니다: {}. 천원 단위인지 확인하세요."
YEARLESS = "연도가 비어 있어 읽지 못했습니다. 연도를 네 자리 숫자로 적으세요."
ZERO = frozenset({"-", "－", "–", "—", "―", "−"})
"""Texts in amount cells that budget books print for zero."""

_YEAR = re.compile(r"['’‘]?(\d{4})(?:년도?)?")
_SHORT_YEAR = re.compile(r"['’‘](\d{2})(?:년도?)?")


class Oddity(NamedTuple):
    """What is odd about a cell: the code, severity and message of a finding."""

    severity: Severity
    code: str
    message: str


def unread(message: str) -> Oddity:
    """Return an error about a cell that cannot be read."""
    return Oddity(Severity.ERROR, "BUD-N03", message)


def passed_over(message: str) -> Oddity:
    """Return a note about something that was read in its own way, or not at all."""
    return Oddity(Severity.NOTE, "BUD-N03", message)


class Reader:
    """Reads cells and remembers where each figure stood and what was found odd.

    ``evidence`` is what ends up beside the model.
    """

    __slots__ = ("evidence",)

    def __init__(self) -> None:
        self.evidence = Evidence()

    def report(self, oddity: Oddity, place: Place, path: str, **facts: object) -> None:
        """Keep a finding about one cell."""
        self.evidence.findings.append(
            Finding(oddity.code, oddity.severity, oddity.message, (str(place),), facts, (), path)
        )

    def place(self, row: Row, key: str, path: str) -> Place | None:
        """Remember the cell of a column under a path; ``None`` where the table lacks the column."""
        place = row.place(key)
        if place is not None:
            self.evidence.cells[path] = place
        return place

    def output(self, row: Row, key: str, path: str) -> None:
        """Remember a computed cell, and what stands in it if anything does."""
        place = self.place(row, key, path)
        if place is not None:
            self.typed(row.cells.get(place.column), place, path)

    def typed(self, cell: Cell | None, place: Place, path: str) -> None:
        """Remember what stands in a computed cell."""
        if cell is not None and cell.value != "":
            self.evidence.typed[path] = Typed(cell.value, cell.formula, place)

    def leftover(self, row: Row, key: str, why: str) -> None:
        """Remember a computed cell in a row that says nothing: a formula of ours is taken away again, a number that
        was typed there is told.
        """
        place, cell = row.place(key), row.cell(key)
        if place is None or cell is None:
            return
        if cell.formula is not None:
            if cell.style in COMPUTED_STYLES:
                self.evidence.leftovers.setdefault(row.found.table.key, []).append(place)
        elif isinstance(cell.value, int | Decimal) and not isinstance(cell.value, bool):
            message = f"{why} 이 금액을 세지 않았습니다: {format_amount(cell.value)}. 세려면 무엇의 금액인지 적고, 아니면 금액을 지우세요."
            self.report(Oddity(Severity.WARNING, "BUD-N03", message), place, "", found=str(cell.value))

    def amount(self, row: Row, key: str, path: str) -> int | None:
        """Return the amount in a column, in whole 천원."""
        place = self.place(row, key, path)
        return None if place is None else self.amount_at(row.cells.get(place.column), place, path)

    def amount_at(self, cell: Cell | None, place: Place, path: str) -> int | None:
        """Return the amount in a cell, in whole 천원."""
        if cell is None:
            return None
        if type(cell[0]) is int and cell[1] is None and -LARGEST_AMOUNT <= cell[0] <= LARGEST_AMOUNT:
            return cell[0]
        return self._odd_amount(cell, place, path)

    def _odd_amount(self, cell: Cell, place: Place, path: str) -> int | None:
        value = self.content(cell, place, path)
        if value is None:
            return None
        if isinstance(value, bool):
            self._unreadable("TRUE" if value else "FALSE", place, path)
            return None
        if isinstance(value, int | Decimal):
            return self._whole(value, str(value), place, path)
        return self._text_amount(value, place, path)

    def _text_amount(self, text: str, place: Place, path: str) -> int | None:
        self.evidence.texts[path] = text
        close = "".join(text.split()).lower()
        if close in NOTHING:
            return None
        if close in ZERO:
            return 0
        try:
            number = read_amount(text)
        except NumberUnreadable:
            self._unreadable(text, place, path)
            return None
        amount = None if number is None else self._whole(number, text, place, path)
        if amount is not None:
            note = f'숫자가 글자로 저장되어 있습니다: "{text}". {format_amount(amount)}천원으로 읽었습니다.'
            self.report(passed_over(note), place, path, found=text, read=amount)
        return amount

    def _unreadable(self, text: str, place: Place, path: str) -> None:
        message = f'숫자로 읽을 수 없습니다: "{text}". 천원 단위의 숫자로 적으세요.'
        self.report(unread(message), place, path, found=text)

    def _whole(self, value: int | Decimal | Fraction, text: str, place: Place, path: str) -> int | None:
        """Return a number as whole 천원; one that is finer counts as the sheet shows it, and is reported."""
        number = Fraction(value)
        if abs(number) > LARGEST_AMOUNT:
            self.report(unread(TOO_LARGE.format(text)), place, path, found=text)
            return None
        amount = round_won(number, Rounding.HALF_UP, 1)
        if amount != number:
            message = (
                f"단위(천원)보다 작은 자릿수가 있습니다: {text}. 칸에 보이는 대로 "
                f"{format_amount(amount)}천원으로 계산합니다. 천원 단위로 적으세요."
            )
            finer = Oddity(Severity.WARNING, "BUD-N02", message)
            self.report(finer, place, path, found=text, read=amount)
        return amount

    def content(self, cell: Cell, place: Place, path: str) -> Value:
        """Return the value of a cell that people type into, ``None`` for a blank.

        Also for an error value, a formula without a cached value and one that points at itself, each with a
        finding.
        """
        value, formula = cell.value, cell.formula
        fault = ""
        if formula is not None and points_at(formula, place):
            fault = f"자기 자신을 가리키는 수식(순환 참조)입니다: ={formula}. 수식을 고치세요."
        elif isinstance(value, CellError):
            fault = f"칸에 오류 값이 있습니다: {value}. 수식이나 값을 고치세요."
        elif value is None and formula is not None:
            fault = f"수식의 계산값이 저장되어 있지 않습니다: ={formula}. 엑셀에서 열어 다시 저장하세요."
        if fault:
            self.report(unread(fault), place, path, found=f"={formula}" if formula else str(value))
            return None
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, row: Row, key: str, path: str) -> str:
        """Return the text in a column, blanks around it left out."""
        place = self.place(row, key, path)
        return "" if place is None else self.text_at(row.cells.get(place.column), place, path)

    def text_at(self, cell: Cell | None, place: Place, path: str) -> str:
        """Return the text in a cell, blanks around it left out."""
        if cell is None:
            return ""
        if type(cell[0]) is str and cell[1] is None:
            return cell[0].strip()
        return plain_text(self.content(cell, place, path))

    def date_at(self, cell: Cell | None, place: Place, path: str, *, date1904: bool) -> str:
        """Return the date in a cell as the model keeps it, or the text as it stands where it is none."""
        if cell is None:
            return ""
        value = self.content(cell, place, path)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            text = plain_text(value)
            return text if dates.split_range(text) else dates.canonical(text)
        return self._date_number(value, place, path, date1904)

    def _date_number(self, value: int | Decimal, place: Place, path: str, date1904: bool) -> str:
        text = plain_text(value)
        if FIRST_YEAR <= value < LAST_YEAR + 1:
            if isinstance(value, Decimal) and value.as_tuple().exponent == -1:
                year = int(value)
                message = (
                    f"몇 월인지 분명하지 않습니다: {text}. "
                    f"1월이면 {year}.01, 10월이면 {year}.10을 글자로 적으세요."
                )
                self.report(Oddity(Severity.WARNING, "BUD-N03", message), place, path, found=text)
                return text
            return dates.canonical(text)
        day = dates.from_serial(value, date1904=date1904)
        return dates.canonical(text) if day is None else f"{day:%Y.%m.%d}"

    def year_at(self, cell: Cell | None, place: Place, path: str) -> int | None:
        """Return the year in a cell (``2018``, ``2018년``, ``2018년도``, ``'18``), ``None`` for a blank."""
        if cell is None:
            return None
        value = self.content(cell, place, path)
        if value is None:
            return None
        year = as_year(value)
        if year is None:
            text = plain_text(value)
            message = f'연도로 읽을 수 없습니다: "{text}". 네 자리 숫자로 적으세요.'
            self.report(unread(message), place, path, found=text)
        return year


def as_year(value: Value) -> int | None:
    """Return the year that a value stands for, ``None`` if it is none from 1900 to 2999."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        year = int(value) if value == int(value) else 0
    else:
        text = "".join((value or "").split())
        match = _YEAR.fullmatch(text)
        short = _SHORT_YEAR.fullmatch(text)
        year = int(match[1]) if match else 2000 + int(short[1]) if short else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def plain_text(value: Value) -> str:
    """Return a value as the text that a text cell would hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:f}" if isinstance(value, Decimal) else str(value).strip()


def points_at(formula: str, place: Place) -> bool:
    """Whether a formula names its own cell, as far as its text tells (a reference without a sheet)."""
    row, letters = str(place.row), column_letters(place.column)
    if row not in formula or letters not in formula.upper():
        return False
    own = rf"(?<![A-Za-z0-9_.$!]|['\"\]])\$?{letters}\$?{row}(?![0-9A-Za-z_(.])"
    return re.search(own, formula, re.IGNORECASE) is not None
