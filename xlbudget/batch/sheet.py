"""Tables as a workbook of their own: an empty workbook into which the file adapter writes its sheets."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from xlbudget.book import BookError
from xlbudget.book.file import FileBook
from xlbudget.book.file.xmltree import attribute
from xlbudget.edits import Content, PageSetup, ReplaceSheet, SheetImage
from xlbudget.grid import Area, Ref, quote_sheet
from xlbudget.workbook.styles import STYLES, named

SHEET = "일괄 점검"
MOST_ROWS = 100_000
"""Rows a sheet; more go on the next one."""
WIDTHS = (44.0, 8.0, 44.0, 40.0, 7.0, 7.0, 7.0, 8.0, 11.0, 18.0, 90.0)

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XF = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="10"/><name val="맑은 고딕"/><family val="3"/><charset val="129"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    f'<cellStyleXfs count="1">{_XF}/></cellStyleXfs><cellXfs count="1">{_XF} xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)

_HEIGHTS = (24.0, 18.0)
"""Points: a title and the line below it."""

Row = Sequence[Content]


class Table(NamedTuple):
    """A table on a sheet of its own: lines above it, a heading, rows; ``filtered`` gives the heading a filter.

    ``widths`` in characters and ``styles`` (short names; empty for none) go column by column. Lines above are
    cells with the short name of their style.
    """

    name: str
    columns: Sequence[str]
    rows: Sequence[Row]
    widths: Sequence[float]
    styles: Sequence[str] = ()
    above: Sequence[Sequence[tuple[Content, str]]] = ()
    filtered: bool = True

    @property
    def head(self) -> int:
        """The row of the heading."""
        return len(self.above) + 1

    @property
    def area(self) -> Area:
        """The heading and the rows."""
        return Area(self.head, 1, self.head + max(1, len(self.rows)), len(self.columns))


def workbook(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return a workbook with a table: a heading, then the rows; the same table gives the same bytes."""
    return tables_workbook([Table(SHEET, columns, rows, WIDTHS)])


def is_report(path: Path) -> bool:
    """Whether a file is a workbook with such a table, made here, and nothing else."""
    try:
        return all(sheet.startswith(SHEET) for sheet in FileBook.open(path).sheets())
    except BookError:
        return False


def tables_workbook(tables: Sequence[Table]) -> bytes:
    """Return a workbook with a table a sheet; the same tables give the same bytes. Text is never a formula."""
    sheets = [part for table in tables for part in _parts(table)]
    book = FileBook.from_bytes(_empty(sheets), styles=STYLES)
    book.apply([ReplaceSheet(sheet.name, _image(sheet)) for sheet in sheets])
    return book.to_bytes()


def _parts(table: Table) -> Iterator[Table]:
    """Yield a table cut into what goes on a sheet."""
    waiting = iter(table.rows)
    yield table._replace(rows=tuple(islice(waiting, MOST_ROWS)))
    number = 1
    while part := tuple(islice(waiting, MOST_ROWS)):
        number += 1
        yield table._replace(name=f"{table.name} {number}", rows=part)


def _image(table: Table) -> SheetImage:
    cells: dict[Ref, tuple[Content, str | None]] = {}
    for number, line in enumerate(table.above, 1):
        for column, (content, style) in enumerate(line, 1):
            if content is not None:
                cells[number, column] = (content, named(style))
    for column, text in enumerate(table.columns, 1):
        cells[table.head, column] = (text, named("입력 머리"))
    styles = [named(style) if style else None for style in table.styles or [""] * len(table.columns)]
    for number, row in enumerate(table.rows, table.head + 1):
        for column, (value, look) in enumerate(zip(row, styles, strict=True), 1):
            if value not in (None, "") or look is not None:
                cells[number, column] = (None if value == "" else value, look)
    return SheetImage(
        cells=cells,
        columns=dict(enumerate(table.widths[: len(table.columns)], 1)),
        page=PageSetup(landscape=True, title_rows=(table.head, table.head)),
        heights=dict(enumerate(_HEIGHTS[: len(table.above)], 1)),
        print_area=Area(1, 1, table.head + len(table.rows), max(map(len, (table.columns, *table.above)))),
        freeze=(table.head + 1, 1),
    )


def _empty(sheets: Sequence[Table]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _package(sheets).items():
            archive.writestr(zipfile.ZipInfo(name), _HEAD + text)
    return out.getvalue()


def _package(sheets: Sequence[Table]) -> Mapping[str, str]:
    """Return the parts of an empty workbook with sheets whose filters are set up."""
    numbers = range(1, len(sheets) + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{types}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": _workbook_part(sheets),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
        **{
            f"xl/worksheets/sheet{number}.xml": f'<worksheet xmlns="{_MAIN}"><sheetData/>{_filter(sheet)}</worksheet>'
            for number, sheet in enumerate(sheets, 1)
        },
    }


def _workbook_part(sheets: Sequence[Table]) -> str:
    listed = "".join(
        f'<sheet name={attribute(sheet.name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    names = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number}" hidden="1">'
        f"{escape(quote_sheet(sheet.name))}!{_fixed(sheet.area)}</definedName>"
        for number, sheet in enumerate(sheets)
        if sheet.filtered
    )
    defined = f"<definedNames>{names}</definedNames>" if names else ""
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>{defined}</workbook>'


def _filter(sheet: Table) -> str:
    return f'<autoFilter ref="{sheet.area}"/>' if sheet.filtered else ""


def _fixed(area: Area) -> str:
    return re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", str(area))
