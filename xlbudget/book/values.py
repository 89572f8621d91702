"""What a cell can hold, as the workbook format writes it; shared by every adapter.

Numbers are kept to the fifteen significant digits that Excel shows, so that the stored
``16099.999999999998`` is 16100. Text follows ``ST_Xstring`` of ECMA-376 part 1, §22.9.2.19.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal

from xlbudget.book import EditRefused
from xlbudget.edits import Content, Formula, Held
from xlbudget.grid import Cell, CellError, Value
from xlbudget.korean import with_particle
from xlbudget.money import number

LONGEST_TEXT = 32_767
LONGEST_FORMULA = 8_192
ERRORS = (
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
)

_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)
_LARGEST_EXPONENT = 308
_SMALLEST_PLAIN = -10
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TO_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DAY_SECONDS = 86_400


def read_number(text: str) -> int | Decimal | CellError:
    """Return the number that the format's text stands for, to fifteen significant digits.

    Raises ``ValueError`` for a text that is no number; one beyond Excel's range is ``#NUM!``.
    """
    if text.isdigit() and len(text) < 16:
        return int(text)
    return tidy(number(text))


def tidy(value: int | Decimal) -> int | Decimal | CellError:
    """Return a number as Excel keeps it: fifteen significant digits, a whole one as ``int``."""
    if isinstance(value, int):
        if -(10**15) < value < 10**15:
            return value
        value = _FIFTEEN.create_decimal(value)
    else:
        value = _FIFTEEN.plus(value)
    if not value.is_finite() or value.adjusted() > _LARGEST_EXPONENT:
        return CellError("#NUM!")
    whole = value.to_integral_value()
    return int(whole) if whole == value else value.normalize(_FIFTEEN)


def write_number(value: int | Decimal) -> str:
    """Return the text by which the format stores a number."""
    kept_number = tidy(value)
    if not isinstance(kept_number, Decimal):
        return str(kept_number)
    return f"{kept_number:f}" if kept_number.adjusted() > _SMALLEST_PLAIN else str(kept_number)


def read_text(text: str) -> str:
    """Undo ``_xHHHH_``."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def write_text(text: str) -> str:
    """Escape what XML cannot hold, and what would be read as an escape, as ``_xHHHH_``."""
    return _TO_ESCAPE.sub(lambda m: f"_x{ord(m[0]):04X}_", text)


def serial(text: str, *, date1904: bool = False) -> int | Decimal:
    """Return the serial number of an ISO 8601 date, time or both (``t="d"``). Raises ``ValueError``."""
    if "T" not in text and ":" in text:
        day, clock = None, time.fromisoformat(text.rstrip("Z"))
    else:
        moment = datetime.fromisoformat(text.rstrip("Z"))
        day, clock = moment.date(), moment.time()
    micro = ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond
    days = 0
    if day is not None and date1904:
        days = (day - date(1904, 1, 1)).days
    elif day is not None:
        days = (day - date(1899, 12, 30)).days
        days -= day < date(1900, 3, 1)  # Excel counts a 29 February 1900
    found = tidy(days + _FIFTEEN.divide(Decimal(micro), Decimal(_DAY_SECONDS * 1_000_000)))
    assert not isinstance(found, CellError)
    return found


def check_text(text: str, where: str) -> None:
    """Refuse text that no workbook can hold. Raises ``EditRefused``."""
    if _SURROGATE.search(text):
        raise EditRefused(f"{where}: 저장할 수 없는 글자가 있습니다. 그 글자를 지우고 다시 적어 주세요.")
    if len(text) > LONGEST_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise EditRefused(
            f"{where}: 한 칸에는 {LONGEST_TEXT:,}자까지만 들어갑니다. 글을 여러 칸에 나누어 적어 주세요."
        )


def kept(content: Content, where: str) -> Cell:
    """Return value and formula as the workbook will give them back. Raises ``EditRefused``."""
    if isinstance(content, Held):
        return content.cell
    if isinstance(content, Formula):
        if not content.text or len(content.text) > LONGEST_FORMULA:
            raise EditRefused(f"{where}: 수식은 1~{LONGEST_FORMULA:,}자여야 합니다.")
        check_text(content.text, where)
        return Cell(kept_value(content.value, where), content.text)
    return Cell(kept_value(content, where))


_LARGEST_PLAIN = 10**15


def plainly_kept(content: Content) -> Cell | None:
    """Return what `kept` does for a content that plainly fits into a cell, ``None`` for any other."""
    kind = type(content)
    if kind is Formula:
        text: str = content.text  # type: ignore[union-attr]
        value: Value = content.value  # type: ignore[union-attr]
        fits = 0 < len(text) <= LONGEST_FORMULA and text.isprintable()
        return Cell(value, text) if fits and _is_plain(value) else None
    return Cell(content) if _is_plain(content) else None  # type: ignore[arg-type]


def _is_plain(value: object) -> bool:
    kind = type(value)
    if kind is int:
        return -_LARGEST_PLAIN < value < _LARGEST_PLAIN  # type: ignore[operator]
    if kind is str:
        return len(value) <= LONGEST_TEXT // 2 and value.isprintable()  # type: ignore[arg-type, attr-defined]
    return value is None


def kept_value(value: Value, where: str) -> Value:
    """Return a value as the workbook will give it back. Raises ``EditRefused``."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | Decimal):
        return tidy(value)
    check_text(value, where)
    return value if isinstance(value, CellError) else str(value)


def same(one: Cell, other: Cell) -> bool:
    """Tell whether two cells hold the same, whatever their styles; 1 and TRUE differ, so do 1 and "1"."""
    if one.formula != other.formula or one.value != other.value:
        return False
    a, b = one.value, other.value
    return isinstance(a, bool) == isinstance(b, bool) and isinstance(a, CellError) == isinstance(b, CellError)


def named(name: str, particle: str) -> str:
    """Return a name in quotes, as messages show it, with the fitting form of a particle."""
    return with_particle(f"'{name}'", particle)
