"""The two files of the add-in: the standard workbook with macros, and the add-in for any workbook.

Both are made without Excel, by putting parts into a package: the VBA project, the ribbon and, on 안내, the
buttons. Every other part of the workbook stays byte for byte. The same sources give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import xlbudget
from xlbudget.book.file import FileBook
from xlbudget.book.file.opc import CONTENT_TYPES, declare, relations_name
from xlbudget.book.file.opening import open_package, workbook_part
from xlbudget.book.file.package import Package
from xlbudget.book.file.workbookxml import outline, sheets
from xlbudget.book.file.xmltree import cut, inside, parse, parsed, utf8, with_attributes
from xlbudget.excel.buttons import Button, Corner, add_buttons, has_drawing
from xlbudget.excel.ovba import vba_project
from xlbudget.excel.registry import COMMANDS, FUNCTIONS_MODULE, TITLE, Command
from xlbudget.excel.ribbon import faults, ribbon
from xlbudget.excel.sources import CONFIGURATION, AddinFault, Host, project, xlwings_version
from xlbudget.grid import Grid
from xlbudget.resources import STANDARD_WORKBOOK, resource
from xlbudget.workbook.layout import GUIDE, SHEETS

WORKBOOK = "표준예산서.xlsm"
ADDIN = "xlbudget.xlam"
BOOK_TAB, ADDIN_TAB = "xlbudgetBookTab", "xlbudgetTab"
CONF_SHEET = f"{CONFIGURATION}.conf"
SETTINGS: Mapping[str, str] = {
    "UDF MODULES": FUNCTIONS_MODULE,
    "USE UDF SERVER": "True",
    "ADD_WORKBOOK_TO_PYTHONPATH": "False",
    "SHOW CONSOLE": "False",
}
"""How the add-in asks xlwings to run Python: one that stays, without the workbook's folder, without a window."""

VERSION_KEYS = ("XLBUDGET VERSION", "XLWINGS VERSION")
"""Lines of that sheet that say what the add-in was built with."""

_MACRO_TYPES = {
    Host.WORKBOOK: "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    Host.ADDIN: "application/vnd.ms-excel.addin.macroEnabled.main+xml",
}
_VBA_PART, _VBA_TYPE = "xl/vbaProject.bin", "application/vnd.ms-office.vbaProject"
_VBA_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_RIBBON_PART = "customUI/customUI14.xml"
_RIBBON_RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_BUTTON_COLUMN, _BUTTON_LEFT, _BUTTON_RIGHT, _BUTTON_HEIGHT = 4, 8, 24, 24
_PIXELS_A_POINT = 96 / 72
_DEFAULT_HEIGHT = 15.0
_NAME_COLUMN = 2


def with_macros(workbook: bytes, runtime: str | None = None) -> bytes:
    """Return a standard workbook, empty or filled, with ribbon, macros, cell functions and buttons.

    ``runtime`` stands in for xlwings' module. Raises ``AddinFault``, ``BookUnreadable``.
    """
    package = open_package(workbook, STANDARD_WORKBOOK)
    part = workbook_part(package, STANDARD_WORKBOOK)
    listed = sheets(package, part)
    names = [_code_name(package, sheet.part, number) for number, sheet in enumerate(listed, 1)]
    _name_workbook(package, part)
    guide = next((sheet.part for sheet in listed if sheet.name == GUIDE), None)
    if guide is not None and not has_drawing(package, guide):
        buttons = guide_buttons(FileBook.from_bytes(workbook).read(GUIDE))
        if buttons:
            add_buttons(package, guide, buttons)
    _put_project(package, part, Host.WORKBOOK, names, runtime)
    return package.to_bytes()


def addin(settings: Mapping[str, str] | None = None, runtime: str | None = None) -> bytes:
    """Return the add-in. ``settings`` are further lines of its sheet of settings. Raises ``AddinFault``."""
    versions = dict(zip(VERSION_KEYS, (xlbudget.__version__, xlwings_version()), strict=True))
    package = Package(_zipped(_bare_addin({**SETTINGS, **(settings or {}), **versions})))
    _put_project(package, "xl/workbook.xml", Host.ADDIN, ["Sheet1"], runtime)
    return package.to_bytes()


def build(folder: Path) -> tuple[Path, Path]:
    """Build both files into a folder and return their paths. Raises ``AddinFault``."""
    folder.mkdir(parents=True, exist_ok=True)
    made = (folder / WORKBOOK, folder / ADDIN)
    made[0].write_bytes(with_macros(resource(STANDARD_WORKBOOK).read_bytes()))
    made[1].write_bytes(addin())
    return made


def guide_buttons(guide: Grid) -> list[Button]:
    """Return the buttons of 안내: each beside the line of its sheet, 한번에 beside the heading above them."""
    rows = {
        str(cell.value): ref[0] for ref, cell in guide.cells.items() if ref[1] == _NAME_COLUMN and cell.value
    }
    steps = [command for command in COMMANDS if command.step in rows]
    if not steps:
        return []
    top = min(rows[sheet] for sheet in SHEETS if sheet in rows)
    above = [row for row in rows.values() if row < top]
    whole = [(command, max(above)) for command in COMMANDS if command.step == GUIDE and above]
    placed = [*whole, *((command, rows[command.step]) for command in steps)]
    return [_button(command, row, guide) for command, row in placed]


def _button(command: Command, row: int, guide: Grid) -> Button:
    height = round(guide.heights.get(row, _DEFAULT_HEIGHT) * _PIXELS_A_POINT)
    top = max(1, (height - _BUTTON_HEIGHT) // 2)
    bottom = min(top + _BUTTON_HEIGHT, height - 1)
    return Button(
        f"xlb{command.id}",
        command.label,
        f"[0]!Budget{command.id}",
        Corner(_BUTTON_COLUMN, _BUTTON_LEFT, row - 1, top),
        Corner(_BUTTON_COLUMN + 2, _BUTTON_RIGHT, row - 1, bottom),
    )


def _put_project(package: Package, part: str, host: Host, names: list[str], runtime: str | None) -> None:
    modules = project(host, names, runtime)
    xml = ribbon(BOOK_TAB if host is Host.WORKBOOK else ADDIN_TAB)
    wrong = faults(xml, {module.name: module.source for module in modules})
    if wrong:
        raise AddinFault(f"리본을 만들 수 없습니다: {'; '.join(wrong)}")
    package.write(_VBA_PART, vba_project(modules))
    declare(package, _VBA_PART, _VBA_TYPE)
    _relate(package, part, "rIdVba", _VBA_RELATION, "vbaProject.bin")
    package.write(_RIBBON_PART, xml)
    _relate(package, "", "rIdRibbon", _RIBBON_RELATION, _RIBBON_PART)
    _retype(package, part, _MACRO_TYPES[host])


def _code_name(package: Package, part: str, number: int) -> str:
    """Return the code name of a sheet, given to it where it has none."""
    if not part:
        raise AddinFault(
            "차트 시트가 있는 통합 문서에는 매크로를 넣을 수 없습니다. 차트를 시트 안으로 옮기세요."
        )
    data = utf8(package.read(part), part)
    root = parse(data, part)
    properties = root.find("sheetPr")
    if properties is not None and properties.attrs.get("codeName"):
        return properties.attrs["codeName"]
    name = f"Sheet{number:02d}"
    if properties is None:
        change = (root.inner, root.inner, f'<sheetPr codeName="{name}"/>'.encode())
    else:
        tag = with_attributes(data[properties.start : properties.inner], {"codeName": name})
        change = (properties.start, properties.inner, tag)
    package.write(part, cut(data, [change]))
    return name


def _name_workbook(package: Package, part: str) -> None:
    found = outline(package.read(part))
    properties = found.root.find("workbookPr")
    if properties is None:
        raise AddinFault(
            "통합 문서의 속성(workbookPr)이 없어 매크로를 넣을 수 없습니다. Excel에서 다시 저장하세요."
        )
    tag = with_attributes(found.data[properties.start : properties.inner], {"codeName": "ThisWorkbook"})
    package.write(part, cut(found.data, [(properties.start, properties.inner, tag)]))


def _relate(package: Package, part: str, number: str, kind: str, target: str) -> None:
    name = relations_name(part)
    data = utf8(package.read(name), name)
    relation = f'<Relationship Id="{number}" Type="{kind}" Target="{target}"/>'.encode()
    package.write(name, cut(data, [inside(data, parsed(data), relation)]))


def _retype(package: Package, part: str, kind: str) -> None:
    data = utf8(package.read(CONTENT_TYPES), CONTENT_TYPES)
    node = next(n for n in parsed(data).children if n.attrs.get("PartName") == f"/{part}")
    tag = with_attributes(data[node.start : node.inner], {"ContentType": kind})
    package.write(CONTENT_TYPES, cut(data, [(node.start, node.inner, tag)]))


def _bare_addin(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the parts of a workbook without a window, whose one sheet holds the settings."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    rows = "".join(
        f'<row r="{row}">{_text(f"A{row}", key)}{_text(f"B{row}", value)}</row>'
        for row, (key, value) in enumerate(settings.items(), 1)
    )
    parts = {
        CONTENT_TYPES: f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{package}/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{package}/metadata/core-properties"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{TITLE}</dc:title>'
        "<dc:description>산출근거 계산, 예산총괄, 결산 점검, 사업설명서</dc:description></cp:coreProperties>",
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        '<workbookPr codeName="ThisWorkbook"/><bookViews><workbookView visibility="hidden"/></bookViews>'
        f'<sheets><sheet name="{CONF_SHEET}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><fonts count="1"><font><sz val="11"/>'
        '<name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/>'
        '<top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0"'
        ' fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0"'
        ' borderId="0" xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0"'
        ' builtinId="0"/></cellStyles></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetPr codeName="Sheet1"/>'
        f"<sheetData>{rows}</sheetData></worksheet>",
    }
    return {
        name: f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'
        for name, text in parts.items()
    }


def _text(address: str, value: str) -> str:
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def _zipped(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, text.encode())
    return out.getvalue()
