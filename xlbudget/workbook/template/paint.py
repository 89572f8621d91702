"""Painting sheets with openpyxl: named styles, cells, merged areas, page set-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xlbudget.edits import Style
from xlbudget.grid import Area, a1, column_letters, quote_sheet
from xlbudget.workbook import text as measure
from xlbudget.workbook.styles import BORDER_COLOURS, FONT, GREY, STYLES, named

HANGUL_CHARSET = 129
NORMAL_SIZE = 11
CALCULATION_ID = 191029
"""That of Excel 2019 and later: a lower one would make Excel recalculate and ask to save on closing."""
BORDER_WIDTHS: Mapping[str, Literal["thin", "medium", "thick"]] = {"t": "thin", "M": "medium", "T": "thick"}

CachedValues = dict[tuple[str, str], str | int]
"""What the formulas of the empty workbook show, by sheet and address."""


def dress(workbook: Workbook) -> None:
    """Give an empty workbook its base font, every named style, and calculation that trusts cached values."""
    normal = _font(Style("Normal", NORMAL_SIZE, ink="000000"))
    workbook._fonts.clear()  # type: ignore[attr-defined]
    workbook._fonts.add(normal)  # type: ignore[attr-defined]
    workbook._named_styles["Normal"].font = normal  # type: ignore[attr-defined]
    for style in STYLES.values():
        workbook.add_named_style(named_style(style))
    _keep_formats(workbook)
    workbook.code_name = "ThisWorkbook"
    workbook.calculation = CalcProperties(calcId=CALCULATION_ID, fullCalcOnLoad=False)


def _keep_formats(workbook: Workbook) -> None:
    """Give every named style a cell format, also those that only generated sheets use: filling a workbook
    then never touches its styles.
    """
    scratch = workbook.create_sheet()
    for row, name in enumerate(STYLES, 1):
        cell = scratch.cell(row, 1)
        cell.style = name
        workbook._cell_styles.add(cell._style)  # type: ignore[attr-defined]
    workbook.remove(scratch)


def _font(style: Style) -> Font:
    return Font(
        name=FONT,
        sz=style.size,
        b=style.bold,
        color=f"FF{style.ink}",
        charset=HANGUL_CHARSET,
        family=2,
    )


def named_style(style: Style) -> NamedStyle:
    """Return a style as openpyxl's named style."""
    sides = [
        Side(BORDER_WIDTHS[kind], f"FF{BORDER_COLOURS[kind]}") if kind != "-" else Side()
        for kind in style.border
    ]
    return NamedStyle(
        name=style.name,
        font=_font(style),
        fill=PatternFill("solid", fgColor=f"FF{style.fill}") if style.fill else PatternFill(),
        border=Border(top=sides[0], right=sides[1], bottom=sides[2], left=sides[3]),
        alignment=Alignment(
            horizontal=style.horizontal,
            vertical=style.vertical,
            wrap_text=style.wrap or None,
            shrink_to_fit=style.shrink or None,
            indent=style.indent,
        ),
        number_format=style.number_format,
        protection=Protection(locked=style.locked),
    )


class Painter:
    """A sheet under the brush, with its texts.

    Formulas leave what they show in ``cached``, areas their defined names in ``names``.
    """

    def __init__(
        self, sheet: Worksheet, texts: Mapping[str, Any], cached: CachedValues, names: dict[str, str]
    ) -> None:
        self.sheet = sheet
        self.texts = texts
        self.cached = cached
        self.names = names

    def put(self, at: Area | tuple[int, int], value: object, style: str) -> None:
        """Write a value with a style (short name) into a cell, or into a merged area."""
        area = at if isinstance(at, Area) else Area(*at, *at)
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                self.sheet.cell(row, column).style = named(style)
        cell = self.sheet.cell(area.top, area.left)
        if value is not None:
            cell.value = value  # type: ignore[assignment]
        if area[:2] != area[2:]:
            self.sheet.merge_cells(str(area))

    def formula(self, row: int, column: int, text: str, cached: str | int, style: str) -> None:
        """Write a formula together with what it shows in the empty workbook."""
        self.put((row, column), f"={text}", style)
        self.cached[self.sheet.title, a1(row, column)] = cached

    def name(self, name: str, area: Area) -> None:
        """Give an area of the sheet a defined name."""
        first, last = (f"${column_letters(c)}${r}" for r, c in (area[:2], area[2:]))
        where = first if area[:2] == area[2:] else f"{first}:{last}"
        self.names[name] = f"{quote_sheet(self.sheet.title)}!{where}"

    def link(self, row: int, column: int, sheet: str) -> None:
        """Write a link to another sheet."""
        self.put((row, column), "열기", "이동")
        target = f"{quote_sheet(sheet)}!A1"
        self.sheet.cell(row, column).hyperlink = Hyperlink(ref=a1(row, column), location=target)
        self.sheet.cell(row, column).style = named("이동")

    def widths(self, *characters: float) -> None:
        """Set the widths of the first columns."""
        for column, width in enumerate(characters, 1):
            self.sheet.column_dimensions[column_letters(column)].width = width

    def height(self, row: int, points: float) -> None:
        """Set the height of a row."""
        self.sheet.row_dimensions[row].height = points

    def top(self, *legend: tuple[int, str, str]) -> None:
        """Write title, sentence and legend (column, words, style) into rows 1 to 4."""
        self.put((1, 1), self.sheet.title, "시트제목")
        self.put((2, 1), self.texts["intro"], "시트설명")
        for column, words, style in legend:
            self.put((3, column), words, style)
        for row, points in ((1, 27.0), (2, 18.0), (3, 19.5 if legend else 6.0), (4, 6.0)):
            self.height(row, points)

    def room(self, first: int, last: int, style: str) -> float:
        """Return how much text fits on a line of columns, for ``text.line_count``."""
        letters = (column_letters(column) for column in range(first, last + 1))
        width = sum(self.sheet.column_dimensions[letter].width for letter in letters)
        return measure.room(width, STYLES[named(style)])

    def page(self, last_row: int, last_column: int, *, landscape: bool, titles: tuple[int, int]) -> None:
        """Set up printing: A4, one page wide, heading rows repeated, page number below."""
        sheet = self.sheet
        sheet.print_area = str(Area(1, 1, last_row, last_column))
        sheet.print_title_rows = f"{titles[0]}:{titles[1]}"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.orientation = "landscape" if landscape else "portrait"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left, margins.right, margins.top, margins.bottom = 0.5, 0.5, 0.6, 0.7
        margins.header, margins.footer = 0.3, 0.35
        footer = sheet.oddFooter or HeaderFooterItem()
        for part, text in ((footer.left, "&A"), (footer.center, "- &P -")):
            if part is not None:
                part.text, part.size, part.color = text, 8, GREY
        sheet.oddFooter = footer
