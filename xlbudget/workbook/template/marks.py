"""What cells show and offer by themselves: marks of findings, the look of ○ and - lines, choices."""

from __future__ import annotations

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlbudget.grid import Area, a1, quote_sheet
from xlbudget.workbook.layout import (
    FISCAL_YEAR_NAME,
    MARKED_ERRORS,
    MARKED_WARNINGS,
    MARKS_COLUMNS,
    MARKS_ROWS,
    OBJECTS,
    RESULTS,
)
from xlbudget.workbook.styles import (
    ERROR_FILL,
    ERROR_INK,
    RED,
    WARNING_FILL,
    WARNING_INK,
)

FIRST_ROW = 5
INDENT_FORMAT = '"      "@'
_INDENT_FORMAT_ID = 180
LISTED_OBJECTS = "과목목록"


def _names() -> dict[str, str]:
    """Return the names that are no table: the marked cells, and the 과목 of the fiscal year.

    The list is a range between two cells found by the year, so it is an error, and no list is offered, in a
    year without a table. ``INDEX`` is not volatile, as ``OFFSET`` is.
    """
    first, last = MARKS_ROWS
    names = {
        name: f"{quote_sheet(RESULTS)}!${column}${first}:${column}${last}"
        for name, column in MARKS_COLUMNS.items()
    }
    years, texts = (f"{quote_sheet(OBJECTS)}!${column}:${column}" for column in "AD")
    start = f"MATCH({FISCAL_YEAR_NAME},{years},0)"
    end = f"{start}+COUNTIF({years},{FISCAL_YEAR_NAME})-1"
    names[LISTED_OBJECTS] = f"INDEX({texts},{start}):INDEX({texts},{end})"
    return names


NAMES = _names()


def add_marks(sheet: Worksheet) -> None:
    """Mark the cells of a painted sheet that stand in the lists of 점검결과; their own look stays.

    The first rule that holds decides in some programs, so this comes before any other look.
    """
    area = str(Area(FIRST_ROW, 1, sheet.max_row, sheet.max_column))
    side = Side("thin", f"FF{RED}")
    looks = (
        (MARKED_ERRORS, ERROR_FILL, ERROR_INK, Border(left=side, right=side, top=side, bottom=side)),
        (MARKED_WARNINGS, WARNING_FILL, WARNING_INK, None),
    )
    for name, fill, ink, border in looks:
        style = DifferentialStyle(
            font=Font(b=True, color=f"FF{ink}"),
            fill=PatternFill(bgColor=f"FF{fill}"),
            border=border,
        )
        formula = f'COUNTIF({name},"{sheet.title}!"&ADDRESS(ROW(),COLUMN(),4))>0'
        rule = Rule(type="expression", dxf=style, formula=[formula])
        sheet.conditional_formatting.add(area, rule)


def show_levels(sheet: Worksheet, rows: tuple[int, int], level: int, text: int, amount: int) -> None:
    """Show ○ lines bold and the texts of the lines below them indented, by the column of levels."""
    first, last = rows
    mark = "$" + a1(first, level)
    deeper = DifferentialStyle(numFmt=NumberFormat(numFmtId=_INDENT_FORMAT_ID, formatCode=INDENT_FORMAT))
    bold = DifferentialStyle(font=Font(b=True))
    for style, right, formula in (
        (deeper, text, f'ISNUMBER(FIND({mark},"-–―·"))*LEN({mark})'),
        (bold, amount, f'{mark}="○"'),
    ):
        area = str(Area(first, text, last, right))
        sheet.conditional_formatting.add(area, Rule(type="expression", dxf=style, formula=[formula]))


def offer(sheet: Worksheet, area: Area, choices: str, *, formula: bool = False) -> None:
    """Offer choices in cells (a comma-separated list, or a formula); anything else may be typed too."""
    validation = DataValidation(
        type="list",
        formula1=choices if formula else f'"{choices}"',
        allow_blank=True,
        showErrorMessage=False,
        showInputMessage=False,
    )
    validation.add(str(area))
    sheet.add_data_validation(validation)
