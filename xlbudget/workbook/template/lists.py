"""The hidden sheets: 과목 by fiscal year, and the settings of the workbook."""

from __future__ import annotations

import csv

from xlbudget.figures import Settings
from xlbudget.grid import Area
from xlbudget.money import Rounding
from xlbudget.project import SCHEMA_VERSION
from xlbudget.resources import resource
from xlbudget.workbook.layout import ROUNDING_WORDS, SETTING_LABELS
from xlbudget.workbook.template.marks import offer
from xlbudget.workbook.template.paint import Painter

OBJECTS_TABLE = "objects.csv"
HEADING_ROW = 5


def paint_objects(painter: Painter) -> None:
    """Paint 과목코드: year, code, name, and the text that the lists offer."""
    painter.widths(12, 12, 44, 54)
    painter.top()
    for column, heading in enumerate(("회계연도", "코드", "과목", "목록에 보이는 글"), 1):
        painter.put((HEADING_ROW, column), heading, "입력 머리")
    for row, (year, code, name) in enumerate(read_objects(), HEADING_ROW + 1):
        painter.put((row, 1), year, "점검 코드")
        painter.put((row, 2), code, "점검 코드")
        painter.put((row, 3), name, "점검 글")
        painter.formula(row, 4, f'B{row}&" "&C{row}', f"{code} {name}", "점검 글")
    painter.sheet.freeze_panes = "A6"


def read_objects() -> list[tuple[int, str, str]]:
    """Return the known 과목: fiscal year, code, name; those of a year stand together."""
    with resource(OBJECTS_TABLE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [(int(year), code, name) for year, code, name in rows]


def paint_settings(painter: Painter) -> None:
    """Paint 설정: key, value and what it means."""
    painter.widths(26, 18, 70)
    painter.top()
    for column, heading in enumerate(("이름", "값", "설명"), 1):
        painter.put((HEADING_ROW, column), heading, "입력 머리")
    defaults = Settings()
    values: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "rounding": ROUNDING_WORDS[Rounding.CEIL.value],
    }
    for row, (label, name) in enumerate(SETTING_LABELS.items(), HEADING_ROW + 1):
        value = values[name] if name in values else getattr(defaults, name)
        painter.put((row, 1), label, "항목")
        painter.put((row, 2), value or None, "입력 코드")
        painter.put((row, 3), painter.texts["help"][name], "점검 글")
        if name == "rounding":
            offer(painter.sheet, Area(row, 2, row, 2), ",".join(ROUNDING_WORDS.values()))
