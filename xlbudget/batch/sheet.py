"""A table as a workbook of its own: an empty workbook into which the file adapter writes its sheets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice

from xlbudget.book.file import FileBook
from xlbudget.edits import Content, PageSetup, ReplaceSheet, SheetImage
from xlbudget.grid import Area, Ref
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
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    f'<sheet name="{SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="10"/><name val="맑은 고딕"/><family val="3"/><charset val="129"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    f'<cellStyleXfs count="1">{_XF}/></cellStyleXfs><cellXfs count="1">{_XF} xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def workbook(columns: Sequence[str], rows: Sequence[Sequence[str | int | None]]) -> bytes:
    """Return a workbook with a table: a heading, then the rows; the same table gives the same bytes."""
    book = FileBook.from_bytes(_empty(), styles=STYLES)
    edits = [
        ReplaceSheet(f"{SHEET} {number}" if number > 1 else SHEET, _image(columns, part))
        for number, part in enumerate(_parts(rows), 1)
    ]
    book.apply(edits)
    return book.to_bytes()


def _parts(rows: Sequence[Sequence[str | int | None]]) -> Iterator[Sequence[Sequence[str | int | None]]]:
    waiting = iter(rows)
    yield tuple(islice(waiting, MOST_ROWS))
    while part := tuple(islice(waiting, MOST_ROWS)):
        yield part


def _image(columns: Sequence[str], rows: Sequence[Sequence[str | int | None]]) -> SheetImage:
    cells: dict[Ref, tuple[Content, str | None]] = {
        (1, column): (text, named("입력 머리")) for column, text in enumerate(columns, 1)
    }
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            if value not in (None, ""):
                cells[number, column] = (value, None)
    return SheetImage(
        cells=cells,
        columns=dict(enumerate(WIDTHS[: len(columns)], 1)),
        page=PageSetup(landscape=True, title_rows=(1, 1)),
        print_area=Area(1, 1, len(rows) + 1, len(columns)),
        freeze=(2, 1),
    )


def _empty() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _PARTS.items():
            archive.writestr(zipfile.ZipInfo(name), _HEAD + text)
    return out.getvalue()
