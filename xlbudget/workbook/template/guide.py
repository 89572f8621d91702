"""안내: how to use the workbook, with links to the sheets, the meaning of cell colours, and how to write."""

from __future__ import annotations

from xlbudget.grid import Area
from xlbudget.workbook import text as measure
from xlbudget.workbook.styles import STYLES, named
from xlbudget.workbook.template.paint import Painter

NUMBER, NAME, TEXT, LINK = 1, 2, 3, 4
_ROW = 21.75


def paint(painter: Painter) -> None:
    """Paint the sheet."""
    painter.widths(6, 18, 72, 12)
    painter.put((1, 1), painter.texts["title"], "시트제목")
    painter.put((2, 1), painter.texts["intro"], "시트설명")
    painter.height(1, 30.0)
    painter.height(2, 18.0)
    painter.height(3, 6.0)
    row = _steps(painter, 4)
    row = _cells(painter, row + 1)
    row = _rules(painter, row + 1)
    painter.page(row - 1, LINK, landscape=False, titles=(1, 2))
    painter.sheet.freeze_panes = "A4"


def _title(painter: Painter, row: int, title: str) -> int:
    painter.put((row, 1), title, "절제목")
    painter.height(row, 24.0)
    return row + 1


def _steps(painter: Painter, row: int) -> int:
    row = _title(painter, row, painter.texts["steps_title"])
    for column, heading in enumerate(("순서", "시트", "할 일", "바로가기"), 1):
        painter.put((row, column), heading, "입력 머리")
    painter.height(row, 21.0)
    for number, step in enumerate(painter.texts["steps"], 1):
        at = row + number
        painter.put((at, NUMBER), number, "점검 코드")
        painter.put((at, NAME), step["sheet"], "점검 글")
        _text(painter, at, step["text"])
        painter.link(at, LINK, step["sheet"])
    return row + len(painter.texts["steps"]) + 1


def _cells(painter: Painter, row: int) -> int:
    row = _title(painter, row, painter.texts["cells_title"])
    for at, kind in enumerate(painter.texts["cells"], row):
        painter.put(Area(at, NUMBER, at, NAME), kind["name"], kind["style"])
        _text(painter, at, kind["text"], last=LINK)
    return row + len(painter.texts["cells"])


def _rules(painter: Painter, row: int) -> int:
    row = _title(painter, row, painter.texts["rules_title"])
    for at, rule in enumerate(painter.texts["rules"], row):
        painter.put(Area(at, NUMBER, at, NAME), rule["name"], "항목")
        _text(painter, at, rule["text"], last=LINK)
    return row + len(painter.texts["rules"])


def _text(painter: Painter, row: int, text: str, last: int = TEXT) -> None:
    at = Area(row, TEXT, row, last)
    painter.put(at, text, "점검 글")
    lines = measure.line_count(text, painter.room(TEXT, last, "점검 글"))
    painter.height(row, max(_ROW, measure.height(lines, STYLES[named("점검 글")].size)))
