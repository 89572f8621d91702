"""The input sheets that are tables: headings, spare rows, formats, choices, printing."""

from __future__ import annotations

from xlbudget.grid import Area, a1
from xlbudget.workbook.layout import TABLE, Column, year_heading
from xlbudget.workbook.template.basics import part_style
from xlbudget.workbook.template.marks import LISTED_OBJECTS, add_marks, offer, show_levels
from xlbudget.workbook.template.paint import Painter

HEADING_ROW = 5
DERIVATION_ROWS = 80
OVERVIEW_ROWS = 20
SCHEDULE_ROWS = 20
RESULT_ROWS = 15
EFFECT_ROWS = 8
SETTLEMENT_YEARS = 4
SECTION_ROWS = {"사업목적": 6, "사업근거": 6, "사업내용": 12, "추진경위": 10}
_ROW = 20.25
_LEGEND = ((1, "적는 칸", "입력 코드"),)


def _columns(key: str) -> tuple[Column, ...]:
    return tuple(column for column in TABLE[key].columns if not column.instead_of)


def _headings(painter: Painter, key: str, height: float = 24.0) -> None:
    for number, column in enumerate(_columns(key), 1):
        painter.put((HEADING_ROW, number), column.heading, "입력 머리")
    painter.height(HEADING_ROW, height)


def _rows(painter: Painter, first: int, last: int, styles: tuple[str, ...], height: float | None) -> None:
    for row in range(first, last + 1):
        for column, style in enumerate(styles, 1):
            painter.put((row, column), None, style)
        if height is not None:
            painter.height(row, height)


def _grow(painter: Painter) -> None:
    """Let rows grow with their text: no height of their own, and this one while they are blank."""
    painter.sheet.sheet_format.defaultRowHeight = _ROW


def paint_derivations(painter: Painter) -> None:
    """Paint 산출근거."""
    painter.widths(24, 7, 62, 16, 14, 32)
    painter.top(*_LEGEND, (4, "계산 칸", "계산 코드"))
    _headings(painter, "derivations", 27.0)
    first, last = HEADING_ROW + 1, HEADING_ROW + DERIVATION_ROWS
    styles = ("입력 글", "입력 코드", "입력 글", "계산 금액", "입력 지원액", "입력 글")
    _rows(painter, first, last, styles, None)
    painter.name("표_산출근거", Area(first, 1, last, len(styles)))
    _grow(painter)
    offer(painter.sheet, Area(first, 1, last, 1), LISTED_OBJECTS, formula=True)
    offer(painter.sheet, Area(first, 2, last, 2), "○,-")
    add_marks(painter.sheet)
    show_levels(painter.sheet, (first, last), 2, 3, 4)
    painter.page(last, len(styles), landscape=True, titles=(HEADING_ROW, HEADING_ROW))
    painter.sheet.freeze_panes = "C6"


def paint_overview(painter: Painter) -> None:
    """Paint 예산총괄: a heading of two storeys that follows the fiscal year, 계, and spare rows."""
    painter.widths(30, 15, 15, 15, 15, 15, 15, 12, 12)
    painter.top(*_LEGEND, (2, "계산 칸", "계산 코드"))
    top, below = HEADING_ROW, HEADING_ROW + 1
    painter.put(Area(top, 1, below, 1), "과목구분", "입력 머리")
    groups = _columns("overview")[1:]
    for index, group in enumerate(groups):
        column = 2 + 2 * index
        painter.put(Area(top, column, top, column + 1), group.heading, "입력 머리")
        painter.put((below, column), "비율" if group.key == "rate" else "금액", "머리 아래")
        painter.put((below, column + 1), "(x )", "머리 아래")
    for column, group_key in ((2, "previous"), (4, "current")):
        formula, shown = year_heading(group_key)
        painter.formula(top, column, formula, shown, "입력 머리")
    total, first = below + 1, below + 2
    last = first + OVERVIEW_ROWS - 1
    amount, rate = ("계산 금액 계", "계산 지원액 계"), ("계산 비율 계", "계산 지원율 계")
    _rows(painter, total, total, ("항목 계", *amount * 3, *rate), 21.0)
    painter.put((total, 1), "계", "항목 계")
    typed = ("입력 글", "입력 금액", "입력 지원액", "계산 금액", "입력 지원액")
    _rows(painter, first, last, (*typed, "계산 금액", "계산 지원액", "계산 비율", "계산 지원율"), _ROW)
    painter.name("표_예산총괄", Area(first, 1, last, 9))
    painter.height(top, 21.0)
    painter.height(below, 18.75)
    offer(painter.sheet, Area(first, 1, last, 1), LISTED_OBJECTS, formula=True)
    add_marks(painter.sheet)
    painter.page(last, 9, landscape=True, titles=(top, below))
    painter.sheet.freeze_panes = a1(total, 2)


def paint_narrative(painter: Painter) -> None:
    """Paint 사업설명."""
    painter.widths(18, 116)
    painter.top(*_LEGEND)
    _headings(painter, "narrative")
    row = HEADING_ROW + 1
    for section, count in SECTION_ROWS.items():
        for index in range(count):
            painter.put((row, 1), None if index else section, part_style(index, count))
            painter.put((row, 2), None, "입력 글")
            row += 1
    painter.name("표_사업설명", Area(HEADING_ROW + 1, 1, row - 1, 2))
    _grow(painter)
    add_marks(painter.sheet)
    painter.page(row - 1, 2, landscape=True, titles=(HEADING_ROW, HEADING_ROW))
    painter.sheet.freeze_panes = "A6"


def paint_schedule(painter: Painter) -> None:
    """Paint 추진일정."""
    painter.widths(34, 13, 13, 17, 60)
    painter.top(*_LEGEND, (4, "계산 칸", "계산 코드"))
    _headings(painter, "schedule")
    total, first = HEADING_ROW + 1, HEADING_ROW + 2
    last = first + SCHEDULE_ROWS - 1
    _rows(painter, total, total, ("항목 계", "항목 계", "항목 계", "계산 금액 계", "항목 계"), 21.0)
    painter.put((total, 1), "계", "항목 계")
    _rows(painter, first, last, ("입력 글", "입력 코드", "입력 코드", "입력 금액", "입력 글"), None)
    painter.name("표_추진일정", Area(first, 1, last, 5))
    _grow(painter)
    add_marks(painter.sheet)
    painter.page(last, 5, landscape=True, titles=(HEADING_ROW, HEADING_ROW))
    painter.sheet.freeze_panes = a1(total, 1)


def paint_effects(painter: Painter) -> None:
    """Paint 사업효과: two tables, one below the other."""
    painter.widths(14, 120)
    painter.top(*_LEGEND)
    _headings(painter, "results")
    first, last = HEADING_ROW + 1, HEADING_ROW + RESULT_ROWS
    _rows(painter, first, last, ("입력 연도", "입력 글"), None)
    painter.name("표_추진실적", Area(first, 1, last, 2))
    heading = last + 2
    painter.height(heading - 1, 10.5)
    painter.put(Area(heading, 1, heading, 2), TABLE["effects"].columns[0].heading, "입력 머리")
    painter.height(heading, 24.0)
    for row in range(heading + 1, heading + EFFECT_ROWS + 1):
        painter.put(Area(row, 1, row, 2), None, "입력 글")
        painter.height(row, _ROW)
    painter.name("표_기대효과", Area(heading + 1, 1, heading + EFFECT_ROWS, 2))
    _grow(painter)
    add_marks(painter.sheet)
    painter.page(heading + EFFECT_ROWS, 2, landscape=True, titles=(1, 2))
    painter.sheet.freeze_panes = "A6"


def paint_settlement(painter: Painter) -> None:
    """Paint 결산현황: two rows a year, and the two identities as formulas."""
    painter.widths(11, 9, 15, 15, 15, 15, 15, 15, 15, 15, 15)
    painter.top(*_LEGEND, (2, "계산 칸", "계산 코드"))
    top, below = HEADING_ROW, HEADING_ROW + 1
    columns = _columns("settlement")
    for number, column in enumerate(columns[:2], 1):
        painter.put(Area(top, number, below, number), column.heading, "입력 머리")
    signs = ("①", "②", "③", "④=①+②+③", "⑤", "⑥", "④-⑤-⑥")
    for number, (column, sign) in enumerate(zip(columns[2:9], signs, strict=True), 3):
        painter.put((top, number), column.heading, "입력 머리")
        painter.put((below, number), sign, "머리 아래")
    check = columns[9]
    painter.put(Area(top, 10, top, 11), check.heading, "입력 머리")
    for number, (_, texts) in enumerate(check.parts, 10):
        painter.put((below, number), texts[0], "머리 아래")
    painter.height(top, 21.0)
    painter.height(below, 19.5)
    first = below + 1
    for index in range(SETTLEMENT_YEARS):
        _settled_year(painter, first + 2 * index)
    last = first + 2 * SETTLEMENT_YEARS - 1
    painter.name("표_결산현황", Area(first, 1, last, 11))
    add_marks(painter.sheet)
    painter.page(last, 11, landscape=True, titles=(top, below))
    painter.sheet.freeze_panes = a1(first, 3)


def _settled_year(painter: Painter, row: int) -> None:
    painter.put(Area(row, 1, row + 1, 1), None, "입력 연도")
    for at, kind, typed, computed, height in (
        (row, "(x )", "입력 지원액", "계산 지원액", 18.0),
        (row + 1, "금액", "입력 금액", "계산 금액", 20.25),
    ):
        painter.put((at, 2), kind, "계산 코드")
        for column in range(3, 10):
            painter.put((at, column), None, typed)
        painter.formula(at, 10, f'IF(COUNT(C{at}:F{at})=0,"",F{at}-SUM(C{at}:E{at}))', "", computed)
        painter.formula(at, 11, f'IF(COUNT(F{at}:I{at})=0,"",I{at}-(F{at}-G{at}-H{at}))', "", computed)
        painter.height(at, height)
