"""Workbooks of a kind that clerks have: with everything in them that a careless writer would lose."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import xlsxwriter

DATE = (2024, 3, 4, 5, 6, 8)
CUSTOM_UI = (
    '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"><ribbon><tabs><tab id="t" label="예산">'
    '<group id="g" label="묶음"><button id="b" label="계산" onAction="Run"/></group></tab></tabs></ribbon></customUI>'
).encode()
VBA = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 12
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MS = "http://schemas.microsoft.com/office"


def png(size: int = 8) -> bytes:
    """Return a small grey picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes([90] * size) for _ in range(size))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def parts(data: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook by name, in stored order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(contents: Mapping[str, bytes]) -> bytes:
    """Return a workbook made of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, DATE), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def operated(data: bytes, changes: Mapping[str, bytes | Callable[[bytes], bytes] | None]) -> bytes:
    """Return a workbook with parts replaced, changed by a function, added or (``None``) taken away."""
    contents = parts(data)
    for name, change in changes.items():
        if change is None:
            del contents[name]
        else:
            contents[name] = change(contents[name]) if callable(change) else change
    return packed(contents)


def relationship(rid: str, kind: str, target: str) -> bytes:
    """Return one relationship element; a kind without a slash is Office's own."""
    uri = kind if "/" in kind else f"{_REL}/{kind}"
    return f'<Relationship Id="{rid}" Type="{uri}" Target="{target}"/>'.encode()


def _before(mark: bytes, content: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert data.count(mark) == 1, (mark, data[:200])
        return data.replace(mark, content + mark)

    return change


def plain_workbook() -> bytes:
    """Return two sheets with values, formulas, styles and merges; nothing that is hard."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    money = book.add_format({"num_format": "#,##0", "border": 1})
    head = book.add_format({"bold": True, "bg_color": "#E9EDF2"})
    one, two = book.add_worksheet("자료"), book.add_worksheet("합계 표")
    one.set_column(0, 0, 20)
    one.set_row(0, 24)
    one.merge_range("A1:C1", "예산 자료", head)
    for row in range(1, 9):
        one.write(row, 0, f"항목 {row}", head)
        one.write_number(row, 1, row * 1000, money)
        one.write_formula(row, 2, f"=B{row + 1}*2", money, row * 2000)
    one.merge_range("D3:E3", "병합", head)
    one.write_boolean("D5", True)
    one.write_string("D6", "=글자", head)
    two.write_formula("A1", "=SUM(자료!B2:B9)", money, 36000)
    two.write_formula("A2", "='자료'!C9&\" 원\"", None, "16000 원")
    two.write_formula("A3", "=1/0", None, "#DIV/0!")
    book.define_name("자료합", "='자료'!$B$2:$B$9")
    book.close()
    return out.getvalue()


def drawn() -> bytes:
    """Return what XlsxWriter can make of it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    money, bold = book.add_format({"num_format": "#,##0"}), book.add_format({"bold": True})
    sheet, other = book.add_worksheet("자료"), book.add_worksheet("나머지")
    sheet.write_row(0, 0, ["과목", "금액", "두 배", "메모"], bold)
    for row in range(1, 6):
        sheet.write(row, 0, f"과목{row}")
        sheet.write_number(row, 1, row * 100, money)
        sheet.write_formula(row, 2, f"=B{row + 1}*2", money, row * 200)
    sheet.write_rich_string("D2", "앞 ", bold, "굵게", " 뒤")
    sheet.write_array_formula("E2:E4", "{=B2:B4*3}", money, 300)
    sheet.write_dynamic_array_formula("F2", "=_xlfn.UNIQUE(A2:A6)", None, "과목1")
    sheet.write_url("D5", "https://example.org/", string="주소")
    sheet.write_url("D6", "internal:'나머지'!A1", string="이동")
    sheet.add_table("H1:I4", {"name": "표1", "columns": [{"header": "이름"}, {"header": "값"}]})
    sheet.write("H2", "가")
    sheet.write("I2", 7)
    sheet.data_validation("A2:A20", {"validate": "list", "source": "=나머지!$A$2:$A$5"})
    sheet.conditional_format("B2:B6", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("C2:C6", {"type": "formula", "criteria": "=$C2>$B$3", "format": bold})
    sheet.add_sparkline("G2", {"range": "자료!B2:B6"})
    sheet.write_comment("B3", "검토한 사람이 남긴 메모")
    sheet.insert_image("K2", "그림.png", {"image_data": io.BytesIO(png())})
    sheet.insert_textbox("K8", "글상자", {"description": "글상자"})
    sheet.insert_button("K14", {"macro": "Run", "caption": "계산"})
    sheet.print_area("A1:J40")
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    sheet.set_header("&L예산")
    sheet.set_h_pagebreaks([20])
    other.write_column(0, 0, ["목록", "가", "나", "다", "라"])
    other.write_formula("B1", "=SUM(자료!B2:B6)", money, 1500)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=자료!$B$2:$B$6"})
    other.insert_chart("D2", chart)
    book.define_name("금액들", "=자료!$B$2:$B$6")
    book.add_vba_project(io.BytesIO(VBA), is_stream=True)
    book.close()
    return out.getvalue()


def rich_workbook() -> bytes:
    """Return a macro workbook with a ribbon, drawings, threads, extensions, a signature and unknown parts."""
    data = drawn()
    sheet, rels = "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"
    added: dict[str, bytes] = {
        "customUI/customUI14.xml": CUSTOM_UI,
        "customXml/item1.xml": "<자료 xmlns='urn:예산'><값>1</값></자료>".encode(),
        "xl/printerSettings/printerSettings1.bin": bytes(range(200)),
        "xl/slicers/slicer1.xml": f'<slicers xmlns="{_MS}/spreadsheetml/2009/9/main"/>'.encode(),
        "xl/persons/person.xml": (
            f'<personList xmlns="{_MS}/spreadsheetml/2018/threadedcomments">'
            '<person displayName="검토자" id="{P1}" userId="u" providerId="None"/></personList>'
        ).encode(),
        "xl/threadedComments/threadedComment1.xml": (
            f'<ThreadedComments xmlns="{_MS}/spreadsheetml/2018/threadedcomments">'
            '<threadedComment ref="B3" dT="2026-01-02T03:04:05.00" personId="{P1}" id="{T1}"><text>다시 보세요</text>'
            "</threadedComment></ThreadedComments>"
        ).encode(),
        "_xmlsignatures/origin.sigs": b"",
        "_xmlsignatures/sig1.xml": b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/>',
        "xl/calcChain.xml": (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="C2" i="1"/><c r="C3"/>'
            b'<c r="B1" i="2"/><c r="C4" i="1"/><c r="C5"/><c r="C6"/><c r="E2" a="1"/><c r="F2"/></calcChain>'
        ),
    }
    types = {
        "/customXml/item1.xml": "application/xml",
        "/xl/calcChain.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml",
        "/xl/persons/person.xml": "application/vnd.ms-excel.person+xml",
        "/xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
        "/xl/slicers/slicer1.xml": "application/vnd.ms-excel.slicer+xml",
        "/_xmlsignatures/origin.sigs": "application/vnd.openxmlformats-package.digital-signature-origin",
        "/xl/printerSettings/printerSettings1.bin": "application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings",
    }
    overrides = "".join(f'<Override PartName="{n}" ContentType="{t}"/>' for n, t in types.items()).encode()
    return operated(
        data,
        {
            **added,
            "[Content_Types].xml": _before(b"</Types>", overrides),
            "_rels/.rels": _before(
                b"</Relationships>",
                relationship(
                    "rIdUi",
                    f"{_MS[:-7]}/office/2007/relationships/ui/extensibility",
                    "customUI/customUI14.xml",
                )
                + relationship("rIdXml", "customXml", "customXml/item1.xml")
                + relationship(
                    "rIdSig",
                    "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin",
                    "_xmlsignatures/origin.sigs",
                ),
            ),
            "xl/_rels/workbook.xml.rels": _before(
                b"</Relationships>",
                relationship("rIdCalc", "calcChain", "calcChain.xml")
                + relationship("rIdPersons", f"{_MS}/2017/10/relationships/person", "persons/person.xml"),
            ),
            rels: _before(
                b"</Relationships>",
                relationship("rIdPrinter", "printerSettings", "../printerSettings/printerSettings1.bin")
                + relationship("rIdSlicer", f"{_MS}/2007/relationships/slicer", "../slicers/slicer1.xml")
                + relationship(
                    "rIdThread",
                    f"{_MS}/2017/10/relationships/threadedComment",
                    "../threadedComments/threadedComment1.xml",
                ),
            ),
            sheet: shared_column,
            "xl/workbook.xml": lambda content: content.replace(b' fullCalcOnLoad="1"', b""),
        },
    )


def shared_column(data: bytes) -> bytes:
    """Let C2:C6 of the sheet share one formula, as Excel writes a filled column."""
    for row in range(2, 7):
        old = f"<f>B{row}*2</f>".encode()
        new = f'<f t="shared" ref="C2:C6" si="0">B{row}*2</f>' if row == 2 else '<f t="shared" si="0"/>'
        assert old in data
        data = data.replace(old, new.encode())
    return data


def bare(sheet: bytes, **more: bytes) -> bytes:
    """Return the smallest workbook around one worksheet part; ``more`` are ``strings`` and ``styles``."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    known = {"strings": ("sharedStrings", "sharedStrings.xml"), "styles": ("styles", "styles.xml")}
    rels = relationship("rId1", "worksheet", "worksheets/sheet1.xml")
    overrides = ""
    contents: dict[str, bytes] = {}
    for number, (name, content) in enumerate(more.items(), 2):
        label, part = known[name]
        rels += relationship(f"rId{number}", label, part)
        overrides += f'<Override PartName="/xl/{part}" ContentType="{kind}.{label}+xml"/>'
        contents[f"xl/{part}"] = content
    package = "http://schemas.openxmlformats.org/package/2006"
    return packed(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
                f'package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
                f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>{overrides}</Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{package}/relationships">'.encode()
                + relationship("rId1", "officeDocument", "xl/workbook.xml")
                + b"</Relationships>"
            ),
            "xl/workbook.xml": (
                f'<workbook xmlns="{main}" xmlns:r="{_REL}"><sheets><sheet name="시트" sheetId="1" r:id="rId1"/></sheets></workbook>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'.encode()
            + rels
            + b"</Relationships>",
            "xl/worksheets/sheet1.xml": sheet,
            **contents,
        }
    )


def sheet_xml(rows: str, tail: str = "", head: str = "") -> bytes:
    """Return a worksheet part around some rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{_REL}">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
    ).encode()
