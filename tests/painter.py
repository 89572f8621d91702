"""Paints sheets with openpyxl: an oracle of what a ``SheetImage`` looks like that shares no code with ours.

Only for tests: it writes no cached values and knows no more of a workbook than what is painted.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from xlbudget.edits import Edit, Formula, ReplaceSheet, SetCells, SetName, SheetImage, Style
from xlbudget.grid import Ref
from xlbudget.workbook.styles import BORDER_COLOURS, FONT, STYLES

_WEIGHTS = {"t": "thin", "M": "medium", "T": "thick"}


class Painter:
    """A workbook being painted from edits; input cells may be given as plain contents."""

    def __init__(self, font: str = FONT) -> None:
        self.book = Workbook()
        self.book.remove(self.book.active)
        self._styles = {name: _named_style(style, font) for name, style in STYLES.items()}
        self._headers: dict[str, tuple[str, str]] = {}
        normal = self.book._named_styles["Normal"]
        normal.font = Font(name=font, size=11)
        for style in self._styles.values():
            self.book.add_named_style(style)

    def sheet(self, name: str) -> Any:
        """Return a sheet, made where it is missing."""
        return self.book[name] if name in self.book.sheetnames else self.book.create_sheet(name)

    def cells(self, sheet: str, contents: Mapping[Ref, Any], styles: Mapping[Ref, str] | None = None) -> None:
        """Write contents, and styles by name."""
        page = self.sheet(sheet)
        for (row, column), content in contents.items():
            _write(page.cell(row, column), content)
        for (row, column), style in (styles or {}).items():
            page.cell(row, column).style = style

    def apply(self, edits: list[Edit]) -> None:
        """Paint edits."""
        for edit in edits:
            match edit:
                case SetCells(sheet, cells):
                    self.cells(sheet, cells)
                case ReplaceSheet(name, SheetImage() as image):
                    self._image(name, image)
                case SetName(name, str() as refers_to):
                    self.book.defined_names[name] = DefinedName(name, attr_text=refers_to)
                case _:
                    raise NotImplementedError(edit)

    def _image(self, name: str, image: SheetImage) -> None:
        sheet = self.sheet(name)
        for area in image.merges:
            sheet.merge_cells(str(area))
        for (row, column), (content, style) in image.cells.items():
            cell = sheet.cell(row, column)
            if style is not None:
                cell.style = style
            if content is not None:
                _write(cell, content)
        for (row, column), link in image.links.items():
            cell = sheet.cell(row, column)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=link.target, tooltip=link.tip or None)
        for row, points in image.heights.items():
            sheet.row_dimensions[row].height = points
        for row in image.breaks:
            sheet.row_breaks.append(Break(id=row))
        for column, width in image.columns.items():
            dimension = sheet.column_dimensions[get_column_letter(column)]
            if width is None:
                dimension.hidden = True
            else:
                dimension.width = width
        if image.print_area is not None:
            sheet.print_area = str(image.print_area)
        sheet.sheet_view.showGridLines = image.gridlines
        _page(sheet, image)
        self._headers[name] = (image.page.header, image.page.footer)

    def save(self, path: Path) -> Path:
        """Save and return the path. Headers and footers are written as they are, not as openpyxl reads them."""
        self.book.save(path)
        with ZipFile(path) as package:
            members = {name: package.read(name) for name in package.namelist()}
        for number, name in enumerate(self.book.sheetnames, 1):
            header, footer = (escape(codes) for codes in self._headers.get(name, ("", "")))
            codes = (
                f"<headerFooter><oddHeader>{header}</oddHeader><oddFooter>{footer}</oddFooter></headerFooter>"
            )
            member = f"xl/worksheets/sheet{number}.xml"
            text = members[member].decode()
            text, count = re.subn(
                r"<headerFooter>.*?</headerFooter>", lambda _, codes=codes: codes, text, flags=re.DOTALL
            )
            members[member] = text.encode()
            assert count == 1 or not header + footer
        with ZipFile(path, "w", ZIP_DEFLATED) as package:
            for member, data in members.items():
                package.writestr(member, data)
        return path


def _write(cell: Any, content: Any) -> None:
    if isinstance(content, Formula):
        cell.value = "=" + content.text
    elif isinstance(content, str):
        cell.value = content
        cell.data_type = "s"
    else:
        cell.value = float(content) if isinstance(content, Decimal) else content


def _named_style(style: Style, font: str) -> NamedStyle:
    sides = [
        Side(_WEIGHTS[weight], color="FF" + BORDER_COLOURS[weight]) if weight != "-" else Side()
        for weight in style.border
    ]
    return NamedStyle(
        name=style.name,
        font=Font(name=font, size=style.size, bold=style.bold, color="FF" + style.ink),
        fill=PatternFill("solid", fgColor="FF" + style.fill) if style.fill else PatternFill(),
        border=Border(top=sides[0], right=sides[1], bottom=sides[2], left=sides[3]),
        alignment=Alignment(
            horizontal=style.horizontal,
            vertical=style.vertical,
            wrap_text=style.wrap,
            shrink_to_fit=style.shrink,
            indent=style.indent,
        ),
        number_format=style.number_format,
        protection=Protection(locked=style.locked),
    )


def _page(sheet: Any, image: SheetImage) -> None:
    page = image.page
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation = "landscape" if page.landscape else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.oddHeader.left.text = " "  # so that the element is there
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_margins.left, sheet.page_margins.right = page.left, page.right
    sheet.page_margins.top, sheet.page_margins.bottom = page.top, page.bottom
    sheet.page_margins.header, sheet.page_margins.footer = page.header_margin, page.footer_margin
    sheet.print_options.horizontalCentered = page.centred
    if page.title_rows:
        sheet.print_title_rows = f"{page.title_rows[0]}:{page.title_rows[1]}"


def convert(paths: list[Path], folder: Path, to: str) -> list[Path]:
    """Convert workbooks with LibreOffice, all in one run; return the files made.

    Painted workbooks hold no cached values, so every value of the result was calculated there.
    """
    profile = folder / "profile"
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to]
    subprocess.run(
        [*command, "--outdir", str(folder), *map(str, paths)], check=True, capture_output=True, timeout=300
    )
    made = [folder / path.with_suffix(f".{to}").name for path in paths]
    assert all(path.is_file() for path in made)
    return made
