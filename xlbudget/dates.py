"""Dates of the schedule as people write them, and the one way in which the model keeps them.

A month is kept as ``2021.01``, a day as ``2021.01.15``. Text that is no date is kept as it stands.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

_FIRST_1904 = date(1904, 1, 1)
_FIRST_1900 = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 18_264, 73_415
"""Serial numbers that are taken for dates: the years 1950 to 2100."""
CENTURY_TURN = 70
"""``'69`` is 2069, ``'70`` is 1970."""

_QUOTES = "'’‘`´"
_DATE = re.compile(
    rf"(?:(\d{{4}})|[{_QUOTES}](\d{{2}}))(?:[.\-/]|년도?)(?:(\d{{1,2}})(?:[.\-/]|월)?(?:(\d{{1,2}})(?:일|\.)?)?)?"
)
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})?")
_END_MONTH = re.compile(r"(\d{1,2})(?:월|\.)?")
_TILDES = re.compile(r"[~∼～〜]")


def from_serial(serial: int | Decimal, *, date1904: bool = False) -> date | None:
    """Return the day of a host's date serial, ``None`` for a number that is none of 1950 to 2100."""
    days = int(serial)
    if date1904:
        days += (_FIRST_1904 - _FIRST_1900).days
    return _FIRST_1900 + timedelta(days) if FIRST_SERIAL <= days <= LAST_SERIAL else None


def written(year: int, month: int | None = None, day: int | None = None) -> str | None:
    """Return a date as the model keeps it, ``None`` where there is no such date."""
    if month is None:
        return f"{year:04d}"
    try:
        date(year, month, 1 if day is None else day)
    except ValueError:
        return None
    return f"{year:04d}.{month:02d}" + (f".{day:02d}" if day is not None else "")


def canonical(text: str) -> str:
    """Return a date text as the model keeps it, any other text as it stands.

    Understood are ``2021.1.``, ``2021-01-15``, ``2021년 1월``, ``'21.3``, ``20210115``, ``2021년``.
    """
    close = "".join(text.split())
    match = _DATE.fullmatch(close)
    if match is not None:
        year = int(match[1]) if match[1] else _century(int(match[2]))
        return written(year, *(int(part) if part else None for part in match.groups()[2:])) or text
    match = _COMPACT.fullmatch(close)
    if match is not None:
        return written(int(match[1]), int(match[2]), int(match[3]) if match[3] else None) or text
    return text


def impossible(text: str) -> str:
    """Return what a text names as a date although no calendar has it (``2021.02.30``, ``2021.13``), else nothing.

    Of a period the first such part.
    """
    for part in _TILDES.split(text):
        close = "".join(part.split())
        shaped = _DATE.fullmatch(close) or _COMPACT.fullmatch(close)
        if shaped is not None and not is_date(canonical(close)):
            return part.strip()
    if len(parts := _TILDES.split(text)) == 2:
        month = _END_MONTH.fullmatch("".join(parts[1].split()))
        if month is not None and split_range(text) is None and is_date(canonical(parts[0].strip())[:7]):
            return parts[1].strip()
    return ""


def _century(year: int) -> int:
    return year + (2000 if year < CENTURY_TURN else 1900)


def split_range(text: str) -> tuple[str, str] | None:
    """Split a period such as ``2021.01~2021.12`` or ``2021.1~12`` into two dates, ``None`` if it is none."""
    parts = _TILDES.split(text)
    if len(parts) != 2:
        return None
    start, end = canonical(parts[0].strip()), canonical(parts[1].strip())
    if not is_date(start):
        return None
    month = _END_MONTH.fullmatch("".join(parts[1].split()))
    if month is not None and len(start) == 7:
        end = written(int(start[:4]), int(month[1])) or end
    return (start, end) if is_date(end) else None


_CANONICAL = re.compile(r"(\d{4})(?:\.(\d{2})(?:\.(\d{2}))?)?")


def is_date(text: str) -> bool:
    """Whether a text is a date of the calendar, in the model's way of writing."""
    match = _CANONICAL.fullmatch(text)
    if match is None:
        return False
    return match[2] is None or written(*(int(part) for part in match.groups() if part)) is not None
