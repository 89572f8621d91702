"""기본현황: labels, inputs and help of the project's name, funds and people."""

from __future__ import annotations

from xlbudget.grid import Area
from xlbudget.workbook.layout import FISCAL_YEAR_NAME, OUTSIDE_BUDGET
from xlbudget.workbook.template.marks import add_marks, offer
from xlbudget.workbook.template.paint import Painter

LABEL, VALUE, SECOND, HELP = 1, 2, 3, 4
HEADING_ROW = 5
SUMMARY_ROWS = 6
FUNDS = ("국비", "시비", f"구비 {OUTSIDE_BUDGET}", f"기타 {OUTSIDE_BUDGET}")
SPARE_FUNDS = 4
ROUNDS = ("본예산", "추경1", "추경2", "추경3")
ACCOUNTS = ("일반회계", "특별회계", "기금")
PERIODS = ("신규", "계속", "연례반복", "기간")
_ROW = 21.0


def paint(painter: Painter) -> None:
    """Paint the sheet."""
    painter.widths(18, 26, 26, 46)
    painter.top((LABEL, "적는 칸", "입력 코드"), (VALUE, "계산 칸", "계산 코드"))
    painter.put((HEADING_ROW, LABEL), "항목", "입력 머리")
    painter.put(Area(HEADING_ROW, VALUE, HEADING_ROW, SECOND), "내용", "입력 머리")
    painter.put((HEADING_ROW, HELP), "작성 도움말", "입력 머리")
    painter.height(HEADING_ROW, _ROW)
    row = _overview(painter, HEADING_ROW + 1)
    row = _funding(painter, row)
    row = _people(painter, row)
    add_marks(painter.sheet)
    painter.page(row - 1, HELP, landscape=False, titles=(HEADING_ROW, HEADING_ROW))
    painter.sheet.freeze_panes = "A6"


def _section(painter: Painter, row: int, title: str) -> int:
    painter.put((row, LABEL), title, "절제목")
    painter.height(row, 24.0)
    return row + 1


def _input(painter: Painter, row: int, label: str | None, style: str = "입력 글", help_key: str = "") -> None:
    if label is not None:
        painter.put((row, LABEL), label, "항목")
    painter.put(Area(row, VALUE, row, SECOND), None, style)
    if help_key:
        painter.put((row, HELP), painter.texts["help"][help_key], "도움말")
    painter.height(row, _ROW)


def _overview(painter: Painter, row: int) -> int:
    row = _section(painter, row, "□ 사업개요")
    _input(painter, row, "사업명", help_key="name")
    _input(painter, row + 1, "회계연도", "입력 회계연도", "fiscal_year")
    _input(painter, row + 2, "차수", help_key="round")
    for at, name in enumerate(("사업명", FISCAL_YEAR_NAME, "차수"), row):
        painter.name(name, Area(at, VALUE, at, VALUE))
    painter.sheet.cell(row + 2, VALUE).value = ROUNDS[0]
    _input(painter, row + 3, "회계", help_key="account")
    _input(painter, row + 4, "사업기간", help_key="period")
    for at, choices in ((row + 2, ROUNDS), (row + 3, ACCOUNTS), (row + 4, PERIODS)):
        offer(painter.sheet, Area(at, VALUE, at, VALUE), ",".join(choices))
    row += 5
    for index in range(SUMMARY_ROWS):
        painter.put((row + index, LABEL), "사업내용" if not index else None, part_style(index, SUMMARY_ROWS))
        _input(painter, row + index, None, help_key="" if index else "summary")
    return row + SUMMARY_ROWS


def part_style(index: int, count: int) -> str:
    """Return the style of a label that looks like one cell over several rows, without being merged."""
    return "항목 위" if not index else "항목 아래" if index == count - 1 else "항목 가운데"


def _funding(painter: Painter, row: int) -> int:
    row = _section(painter, row, "□ 사업비 (단위 : 천원)")
    _input(painter, row, "계", "계산 금액", "total")
    painter.put((row, LABEL), "계", "항목 계")
    labels = (*FUNDS, *[None] * SPARE_FUNDS)
    for at, label in enumerate(labels, row + 1):
        _input(painter, at, None, "입력 금액")
        painter.put((at, LABEL), label, "입력 코드")
    painter.put((row + 1, HELP), painter.texts["help"]["funding"], "도움말")
    painter.put((row + 3, HELP), painter.texts["help"]["outside"], "도움말")
    row += len(labels) + 1
    _input(painter, row, "국비 보조율", help_key="subsidy_rate")
    return row + 1


def _people(painter: Painter, row: int) -> int:
    row = _section(painter, row, "□ 사업 담당자")
    _input(painter, row, "실·국", help_key="bureau")
    _input(painter, row + 1, "부서명", help_key="bureau")
    row += 2
    for column, heading in ((LABEL, "직위"), (VALUE, "이름"), (SECOND, "전화번호")):
        painter.put((row, column), heading, "머리 아래")
    painter.height(row, _ROW)
    for at, position in enumerate(("과 장", "팀 장", "주무관"), row + 1):
        painter.put((at, LABEL), position, "항목")
        painter.put((at, VALUE), None, "입력 코드")
        painter.put((at, SECOND), None, "입력 코드")
        painter.height(at, _ROW)
    return row + 4
