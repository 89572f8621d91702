"""Cells to write, as a script names them: ``예산총괄!B8=10500``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xlbudget.edits import Content, SetCells
from xlbudget.exchange import DocumentUnreadable
from xlbudget.grid import Ref, parse_a1
from xlbudget.money import number

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")
_DIGITS_KEPT = 15
_LONGEST_TEXT = 32_767


def read_assignments(texts: Sequence[str], sheets: Sequence[str]) -> list[SetCells]:
    """Return one edit a sheet for texts such as ``시트!A1=값``, split at the first ``=`` after the last ``!``.

    A numeric value (thousands commas allowed, at most 15 digits) is stored as a number, nothing empties the
    cell, anything else is text. Raises ``DocumentUnreadable`` naming the text that cannot be read.
    """
    by_sheet: dict[str, dict[Ref, Content]] = {}
    for text in texts:
        sheet, ref, value = _assignment(text, sheets)
        by_sheet.setdefault(sheet, {})[ref] = value
    return [SetCells(sheet, cells) for sheet, cells in by_sheet.items()]


def _assignment(text: str, sheets: Sequence[str]) -> tuple[str, Ref, Content]:
    # A value may hold "!" too, so the last "!" counts only among those that leave an address before a "=".
    for cut in reversed([match.start() for match in re.finditer("!", text)]):
        address, equals, value = text[cut + 1 :].partition("=")
        if not equals:
            continue
        try:
            ref = parse_a1(address.strip())
        except ValueError:
            continue
        return _sheet(text[:cut], sheets, text), ref, _content(value, text)
    raise DocumentUnreadable(f"'{text}': 시트!칸=값 꼴로 적으세요. 예: '예산총괄!B8=10500'")


def _sheet(name: str, sheets: Sequence[str], text: str) -> str:
    name = name.strip()
    if name in sheets:
        return name
    if len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1].replace("''", "'")
    if name in sheets:
        return name
    raise DocumentUnreadable(f"'{text}': '{name}' 시트가 없습니다. 있는 시트: {', '.join(sheets)}")


def _content(value: str, text: str) -> Content:
    if not value:
        return None
    if _NUMBER.fullmatch(value) and sum(c.isdigit() for c in value) <= _DIGITS_KEPT:
        return number(value.replace(",", ""))
    if len(value) > _LONGEST_TEXT:
        raise DocumentUnreadable(f"'{text[:40]}…': 한 칸에는 {_LONGEST_TEXT:,}자까지 적을 수 있습니다.")
    return value
