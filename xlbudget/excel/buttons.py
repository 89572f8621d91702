"""Form buttons on a sheet, bound to macros, as Excel stores them: VML, a control part and a drawing shape.

The three say the same thing to programs of different age; Excel writes all of them. What stands in the VML is
ASCII, with Korean as character references, since its encoding is nowhere declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from xlbudget.book.file.opc import declare, declare_extension, free_name, relate
from xlbudget.book.file.package import Package
from xlbudget.book.file.workbookxml import place
from xlbudget.book.file.xmltree import cut, parse, utf8
from xlbudget.workbook.styles import FONT

_EMU = 9525  # a pixel in the drawing's unit
_FIRST_SHAPE = 1025
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_A14 = "http://schemas.microsoft.com/office/drawing/2010/main"
_CONTROL_TYPE = "application/vnd.ms-excel.controlproperties+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/>'
    '<v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>'
    '<o:lock v:ext="edit" shapetype="t"/></v:shapetype>'
)
_ORDER = [
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks",
    "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties",
    "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture",
    "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
]  # fmt: skip
"""The children of a worksheet, in the order of the schema."""


class Corner(NamedTuple):
    """A point on a sheet: cell (from 0) and pixels within it."""

    column: int
    x: int
    row: int
    y: int


class Button(NamedTuple):
    """A button: its name, caption, macro, and where it lies."""

    name: str
    caption: str
    macro: str
    start: Corner
    end: Corner


def has_drawing(package: Package, sheet: str) -> bool:
    """Tell whether something is drawn on a sheet (by its part name) already."""
    root = parse(utf8(package.read(sheet), sheet), sheet)
    return root.find("drawing") is not None or root.find("legacyDrawing") is not None


def add_buttons(package: Package, sheet: str, buttons: Sequence[Button]) -> None:
    """Lay buttons on a sheet (by its part name) on which nothing is drawn yet. They are not printed."""
    drawing = free_name(package, "xl/drawings/drawing", "xml")
    package.write(drawing, _drawing(buttons).encode())
    declare(package, drawing, _DRAWING_TYPE)
    vml = free_name(package, "xl/drawings/vmlDrawing", "vml")
    package.write(vml, _vml(buttons).encode("ascii", "xmlcharrefreplace"))
    declare_extension(package, "vml", _VML_TYPE)
    controls = []
    for _ in buttons:
        part = free_name(package, "xl/ctrlProps/ctrlProp", "xml")
        content = f'{_DECLARATION}<formControlPr xmlns="{_X14}" objectType="Button" lockText="1"/>'
        package.write(part, content.encode())
        declare(package, part, _CONTROL_TYPE)
        controls.append(relate(package, sheet, "ctrlProp", part))
    drawn = f'<drawing xmlns:r="{_R}" r:id="{relate(package, sheet, "drawing", drawing)}"/>'
    legacy = f'<legacyDrawing xmlns:r="{_R}" r:id="{relate(package, sheet, "vmlDrawing", vml)}"/>'
    data = utf8(package.read(sheet), sheet)
    root = parse(data, sheet)
    places = [place(root, tag, _ORDER) for tag in ("drawing", "legacyDrawing", "controls")]
    texts = (drawn, legacy, _controls(buttons, controls))
    package.write(sheet, cut(data, [(at, at, text.encode()) for at, text in zip(places, texts, strict=True)]))


def _point(corner: Corner, tag: str) -> str:
    column, x, row, y = corner
    return (
        f"<{tag}><xdr:col>{column}</xdr:col><xdr:colOff>{x * _EMU}</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row><xdr:rowOff>{y * _EMU}</xdr:rowOff></{tag}>"
    )


def _controls(buttons: Sequence[Button], relations: Sequence[str]) -> str:
    listed = "".join(
        f'<mc:AlternateContent><mc:Choice Requires="x14"><control shapeId="{number}" r:id="{relation}"'
        f" name={quoteattr(button.name)}>"
        f'<controlPr defaultSize="0" print="0" autoFill="0" autoPict="0" macro={quoteattr(button.macro)}>'
        f'<anchor moveWithCells="1">{_point(button.start, "from")}{_point(button.end, "to")}</anchor>'
        "</controlPr></control></mc:Choice></mc:AlternateContent>"
        for number, (button, relation) in enumerate(zip(buttons, relations, strict=True), _FIRST_SHAPE)
    )
    return (
        f'<mc:AlternateContent xmlns:mc="{_MC}" xmlns:x14="{_X14}" xmlns:xdr="{_XDR}" xmlns:r="{_R}">'
        f'<mc:Choice Requires="x14"><controls>{listed}</controls></mc:Choice></mc:AlternateContent>'
    )


def _drawing(buttons: Sequence[Button]) -> str:
    shapes = "".join(_shape(number, button) for number, button in enumerate(buttons, _FIRST_SHAPE))
    return f'{_DECLARATION}<xdr:wsDr xmlns:xdr="{_XDR}" xmlns:a="{_A}">{shapes}</xdr:wsDr>'


def _shape(number: int, button: Button) -> str:
    return (
        f'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice xmlns:a14="{_A14}" Requires="a14">'
        f'<xdr:twoCellAnchor editAs="oneCell">{_point(button.start, "xdr:from")}{_point(button.end, "xdr:to")}'
        f'<xdr:sp macro={quoteattr(button.macro)} textlink=""><xdr:nvSpPr>'
        f'<xdr:cNvPr id="{number}" name={quoteattr(button.name)} hidden="1"><a:extLst>'
        '<a:ext uri="{63B3BB69-23CF-44E3-9099-C40C66FF867C}">'
        f'<a14:compatExt spid="_x0000_s{number}"/></a:ext></a:extLst></xdr:cNvPr><xdr:cNvSpPr/></xdr:nvSpPr>'
        '<xdr:spPr bwMode="auto"><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>'
        '<a:ln w="9525"><a:miter lim="800000"/><a:headEnd/><a:tailEnd/></a:ln></xdr:spPr>'
        '<xdr:txBody><a:bodyPr vertOverflow="clip" wrap="square" lIns="27432" tIns="22860" rIns="27432"'
        ' bIns="22860" anchor="ctr" upright="1"/><a:lstStyle/><a:p><a:pPr algn="ctr" rtl="0">'
        '<a:defRPr sz="1000"/></a:pPr><a:r><a:rPr lang="ko-KR" altLang="en-US" sz="1000" b="0">'
        '<a:solidFill><a:srgbClr val="000000"/></a:solidFill>'
        f"<a:latin typeface={quoteattr(FONT)}/><a:ea typeface={quoteattr(FONT)}/></a:rPr>"
        f"<a:t>{escape(button.caption)}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
        '<xdr:clientData fPrintsWithSheet="0"/></xdr:twoCellAnchor></mc:Choice><mc:Fallback/>'
        "</mc:AlternateContent>"
    )


def _vml(buttons: Sequence[Button]) -> str:
    shapes = "".join(_vml_shape(number, button) for number, button in enumerate(buttons, _FIRST_SHAPE))
    return f"{_VML}{shapes}</xml>"


def _vml_shape(number: int, button: Button) -> str:
    start, end = button.start, button.end
    corners = ", ".join(
        str(value) for corner in (start, end) for value in (corner.column, corner.x, corner.row, corner.y)
    )
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t201" style="position:absolute;'
        f'z-index:{number - _FIRST_SHAPE + 1};mso-wrap-style:tight" o:button="t"'
        ' fillcolor="buttonFace [67]" strokecolor="windowText [64]" o:insetmode="auto">'
        '<v:fill color2="buttonFace [67]" o:detectmouseclick="t"/><o:lock v:ext="edit" rotation="t"/>'
        '<v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:center">'
        f'<font face={quoteattr(FONT)} size="200" color="#000000">{escape(button.caption)}</font></div>'
        f'</v:textbox><x:ClientData ObjectType="Button"><x:Anchor>{corners}</x:Anchor>'
        "<x:PrintObject>False</x:PrintObject><x:AutoFill>False</x:AutoFill>"
        f"<x:FmlaMacro>{escape(button.macro)}</x:FmlaMacro>"
        "<x:TextHAlign>Center</x:TextHAlign><x:TextVAlign>Center</x:TextVAlign></x:ClientData></v:shape>"
    )
