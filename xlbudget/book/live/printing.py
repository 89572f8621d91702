"""A sheet of a workbook file as PDF by an Excel of our own: started out of sight for it, ended after it.

The Excel that somebody is working in is left alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

from xlbudget.book import BookError
from xlbudget.book.live.patience import excel_says, is_busy

_MACROS_OFF = 3
"""msoAutomationSecurityForceDisable"""


class ExcelMissing(BookError):
    """There is no Excel here that a program can start."""


def print_sheet(workbook: Path, sheet: str, out: Path) -> None:
    """Write one sheet of a workbook file as PDF.

    Raises ``ExcelMissing`` where there is none to start, ``BookError`` where Excel would not print it.
    """
    if sys.platform != "win32":
        raise ExcelMissing("이 컴퓨터에서는 엑셀로 PDF를 만들 수 없습니다.")
    try:
        import xlwings

        excel = xlwings.App(visible=False, add_book=False)
    except Exception as error:  # xlwings or pywin32 missing, Excel not installed: a dozen kinds
        raise ExcelMissing("엑셀을 시작할 수 없습니다.") from error
    with excel:
        try:
            excel.display_alerts = False
            excel.api.AutomationSecurity = _MACROS_OFF
            opened = excel.books.open(str(workbook), update_links=False, read_only=True)
            opened.sheets[sheet].to_pdf(str(out))
        except Exception as error:
            said = excel_says(error)
            if said is None and not is_busy(error):
                raise
            raise BookError(
                f"엑셀이 PDF를 만들지 못했습니다({said or '답이 없음'}). 기본 프린터가 있는지 확인하세요."
            ) from error
