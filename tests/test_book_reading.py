"""Worksheets as odd programs write them: all are read alike, and can be written into."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest

from tests import rich
from xlbudget.book import BookUnreadable, EditRefused
from xlbudget.book.file import FileBook
from xlbudget.edits import Formula, SetCells
from xlbudget.grid import Cell, CellError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>글</t></is></c><c r="B1"><v>5</v></c></row>'
    '<row r="3" ht="20"><c r="B3" t="b"><v>1</v></c></row>'
)
EXPECTED = {(1, 1): Cell("글"), (1, 2): Cell(5), (3, 2): Cell(True)}


def read(sheet: bytes, **more: bytes) -> FileBook:
    return FileBook.from_bytes(rich.bare(sheet, **more))


def cells(rows: str, **more: bytes) -> dict[tuple[int, int], Cell]:
    return dict(read(rich.sheet_xml(rows), **more).read("시트").cells)


PLAIN = rich.sheet_xml(ROWS)
SHAPES: dict[str, bytes] = {
    "보통": PLAIN,
    "접두어": PLAIN.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x="),
    "엄격한 형식": PLAIN.replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
    "UTF-16": PLAIN.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "UTF-16BE": b"\xfe\xff" + PLAIN.decode().replace("UTF-8", "UTF-16").encode("utf-16-be"),
    "EUC-KR": PLAIN.decode().replace("UTF-8", "EUC-KR").encode("euc-kr"),
    "BOM": b"\xef\xbb\xbf" + PLAIN,
    "선언 없음": PLAIN[PLAIN.index(b"<worksheet") :],
    "줄바꿈과 들여쓰기": PLAIN.replace(b"><", b">\r\n  <").replace("<t>글</t>".encode(), "<t>글</t>".encode()),
    "설명": PLAIN.replace(b'<row r="3"', b'<!-- <row r="2"> --><?pi <c r="Z9"/> ?><row r="3"'),
    "CDATA": PLAIN.replace("<t>글</t>".encode(), "<t><![CDATA[글]]></t>".encode()),
    "주소 없는 칸": PLAIN.replace(b' r="A1"', b"").replace(b' r="B1"', b""),
    "주소 없는 행": PLAIN.replace(b'<row r="1">', b"<row>").replace(b'<row r="3"', b'<row/><row'),
    "순서가 바뀐 속성": PLAIN.replace(b'<c r="A1" t="inlineStr">', b'<c t="inlineStr" r="A1">'),
    "작은따옴표": PLAIN.replace(b'<c r="A1" t="inlineStr">', b"<c r='A1' t='inlineStr' >"),
    "끝의 빈칸": PLAIN.replace(b"<v>5</v>", b"<v >5</v >"),
    "뒤바뀐 행": rich.sheet_xml("".join(reversed(ROWS.replace("</row>", "</row>|").split("|")))),
    "뒤바뀐 칸": rich.sheet_xml(
        '<row r="1"><c r="B1"><v>5</v></c><c r="A1" t="inlineStr"><is><t>글</t></is></c></row>'
        '<row r="3" ht="20"><c r="B3" t="b"><v>1</v></c></row>'
    ),
    "서식 있는 글": PLAIN.replace(
        "<is><t>글</t></is>".encode(),
        "<is><r><rPr><b/></rPr><t>글</t></r><rPh sb='0' eb='1'><t>읽기</t></rPh><phoneticPr fontId='1'/></is>".encode(),
    ),
    "모르는 속성과 확장": PLAIN.replace(
        b"<v>5</v></c>", b'<v>5</v><extLst><ext uri="{1}"/></extLst></c>'
    ).replace(b'<row r="3"', b'<row x14ac:dyDescent="0.3" xmlns:x14ac="urn:x" r="3"'),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_odd_shapes_are_read_alike(name: str) -> None:
    grid = read(SHAPES[name]).read("시트")
    assert dict(grid.cells) == EXPECTED
    assert dict(grid.heights) == {3: 20.0}


@pytest.mark.parametrize("name", SHAPES)
def test_odd_shapes_can_be_written_into(name: str) -> None:
    book = read(SHAPES[name])
    before = dict(book.read("시트").cells)
    inverse = book.apply(
        [SetCells("시트", {(1, 3): "새 글", (2, 1): 7, (3, 1): Formula("B1*2", 10), (1, 2): 6, (9, 1): "끝"})]
    )
    wanted = {
        **EXPECTED, (1, 3): Cell("새 글"), (2, 1): Cell(7), (3, 1): Cell(10, "B1*2"), (1, 2): Cell(6), (9, 1): Cell("끝"),
    }  # fmt: skip
    assert dict(FileBook.from_bytes(book.to_bytes()).read("시트").cells) == wanted
    if name not in {"엄격한 형식"}:
        sheet = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["시트"]
        assert [sheet[a].value for a in ("A1", "B1", "C1", "A2", "A3", "B3", "A9")] == [
            "글",
            6,
            "새 글",
            7,
            "=B1*2",
            True,
            "끝",
        ]
    book.apply(inverse)
    assert {ref: c for ref, c in book.read("시트").cells.items() if c != Cell()} == before


NUMBERS = {
    "5": 5,
    "-5": -5,
    "16099.999999999998": 16100,
    "0.1": Decimal("0.1"),
    "0.30000000000000004": Decimal("0.3"),
    "1E+3": 1000,
    "1.5e-7": Decimal("1.5E-7"),
    "-0": 0,
    "123456789012345678": 123456789012346000,
    "1.7976931348623157E+308": int(Decimal("1.79769313486232E+308")),
    " 7 ": 7,
    "": None,
    "글": "글",
    "NaN": "NaN",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text: str) -> None:
    found = cells(f'<row r="1"><c r="A1"><v>{text}</v></c></row>')[1, 1].value
    assert found == NUMBERS[text]
    assert type(found) is type(NUMBERS[text])


def test_a_number_beyond_excel_does_not_blow_up() -> None:
    assert cells('<row r="1"><c r="A1"><v>1E+999999999</v></c></row>')[1, 1].value == "1E+999999999"
    assert cells('<row r="1"><c r="A1"><v>1E+309</v></c></row>')[1, 1].value == CellError("#NUM!")


DATES = {
    "2021-03-01": 44256,
    "2021-03-01T12:00:00": Decimal("44256.5"),
    "1900-01-01": 1,
    "1900-02-28": 59,
    "1900-03-01": 61,
    "06:00:00": Decimal("0.25"),
    "2021-03-01T00:00:00Z": 44256,
    "내일": "내일",
}


@pytest.mark.parametrize("text", DATES)
def test_dates_of_the_strict_format(text: str) -> None:
    assert cells(f'<row r="1"><c r="A1" t="d"><v>{text}</v></c></row>')[1, 1].value == DATES[text]


def test_dates_from_1904() -> None:
    data = rich.operated(
        rich.bare(rich.sheet_xml('<row r="1"><c r="A1" t="d"><v>1904-01-02</v></c></row>')),
        {
            "xl/workbook.xml": lambda content: content.replace(
                b"<sheets>", b'<workbookPr date1904="1"/><sheets>'
            )
        },
    )
    grid = FileBook.from_bytes(data).read("시트")
    assert grid.date1904
    assert grid.value(1, 1) == 1


def test_kinds_of_cells() -> None:
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>하나</t></si><si><t xml:space="preserve"> 둘 &amp;amp; &lt;</t></si>'
        "<si><r><rPr><b/></rPr><t>셋</t></r><r><t> 넷</t></r><rPh sb='0' eb='1'><t>숨은 읽기</t></rPh></si>"
        "<si/><si><t/></si><si><t>줄_x000D_\n_x005F_x000D_</t></si><si><t>&#48;&#x30;</t></si></sst>"
    ).encode()
    found = cells(
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>'
        '<c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>5</v></c><c r="F1" t="s"><v>6</v></c></row>'
        '<row r="2"><c r="A2" t="b"><v>0</v></c><c r="B2" t="e"><v>#DIV/0!</v></c><c r="C2" t="str"><v>글</v></c>'
        '<c r="D2" t="str"><f>""</f><v></v></c><c r="E2"><f>A1</f></c><c r="F2"><f>A1+1</f><v>3</v></c><c r="G2" s="0"/></row>',
        strings=strings,
    )
    assert [found[1, column].value for column in range(1, 7)] == [
        "하나",
        " 둘 &amp; <",
        "셋 넷",
        "",
        "줄\r\n_x000D_",
        "00",
    ]
    assert found[2, 1].value is False
    assert isinstance(found[2, 2].value, CellError)
    assert found[2, 3] == Cell("글")
    assert found[2, 4] == Cell("", '""')
    assert found[2, 5] == Cell(None, "A1")
    assert found[2, 6] == Cell(3, "A1+1")
    assert found[2, 7] == Cell()


def test_shared_formulas_are_written_out() -> None:
    found = cells(
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1*$C$1+SUM(D$1:D1)&amp;"B1"</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>2</v></c></row><row r="3"><c r="A3"><f si="0" t="shared"></f><v>3</v></c></row>'
    )
    assert found[3, 1] == Cell(3, 'B3*$C$1+SUM(D$1:D3)&"B1"')


def test_broken_styles_do_no_harm() -> None:
    assert cells('<row r="1"><c r="A1" s="99"><v>1</v></c><c r="B1" s="7"/></row>') == {
        (1, 1): Cell(1),
        (1, 2): Cell(),
    }
    with pytest.raises(EditRefused, match="서식"):
        read(PLAIN).apply([SetCells("시트", {(1, 1): 1}), *_styled()])


def _styled() -> list[object]:
    from xlbudget.edits import SetStyle

    return [SetStyle("시트", ((1, 1),), "xlb 금액")]


BROKEN: dict[str, bytes] = {
    "끊긴 XML": PLAIN[:-20],
    "짝이 안 맞음": PLAIN.replace(b"</row>", b"</raw>", 1),
    "문서 형식": PLAIN.replace(b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "b">]><worksheet'),
    "개체 폭탄": PLAIN.replace(
        b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><worksheet'
    ),
    "밖의 개체": PLAIN.replace(
        b"<worksheet", b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
    ),
    "칸 주소가 시트 밖": rich.sheet_xml('<row r="1"><c r="XFE1"><v>1</v></c></row>'),
    "행이 시트 밖": rich.sheet_xml('<row r="1048577"><c r="A1048577"><v>1</v></c></row>'),
    "없는 문자열": rich.sheet_xml('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'),
    "시트가 아님": b"<html/>",
    "깨진 글자": rich.sheet_xml(ROWS).replace("글".encode(), b"\xff\xfe"),
    "빈 부분": b"",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_told(name: str) -> None:
    book = read(BROKEN[name])
    with pytest.raises(BookUnreadable):
        book.read("시트")


def test_a_chart_sheet_is_blank_and_not_written() -> None:
    data = rich.operated(
        rich.bare(PLAIN),
        {
            "xl/_rels/workbook.xml.rels": lambda c: c.replace(
                b"relationships/worksheet", b"relationships/chartsheet"
            )
        },
    )
    book = FileBook.from_bytes(data)
    assert dict(book.read("시트").cells) == {}
    with pytest.raises(EditRefused, match="차트 시트"):
        book.apply([SetCells("시트", {(1, 1): 1})])
