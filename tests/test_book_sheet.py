"""Generated sheets: written whole, again and again, given back byte for byte; what is the user's stays."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import rich
from xlbudget.book import EditRefused
from xlbudget.book.file import FileBook
from xlbudget.edits import Edit, Formula, Link, PageSetup, ReplaceSheet, SetCells, SetNote, SheetImage, Style
from xlbudget.grid import Area, Cell, a1

STYLES = {
    "xlb 제목": Style("xlb 제목", size=18, bold=True),
    "xlb 금액": Style("xlb 금액", number_format="#,##0"),
}
IMAGE = SheetImage(
    {
        (1, 1): ('세부사업 <설명> & "글"', "xlb 제목"),
        (1, 2): (None, "xlb 제목"),
        (3, 1): (Formula("SUM('자료'!B2:B9)", 36000), "xlb 금액"),
        (3, 2): (Decimal("0.5"), None),
        (4, 3): (True, None),
        (6, 1): (" 앞뒤 ", None),
    },
    merges=(Area(1, 1, 1, 2), Area(3, 2, 4, 2)),
    heights={1: 39, 2: 6.75, 9: 12},
    breaks=(3, 5),
    links={(3, 1): Link("'자료'!B2", '"금액"으로')},
    columns={1: 30.5, 2: 8, 3: None},
    page=PageSetup(header="&L&8예산", footer="&C- &P -", title_rows=(1, 2), landscape=True),
    print_area=Area(1, 1, 6, 3),
    freeze=(3, 2),
)


@pytest.fixture
def book() -> FileBook:
    return FileBook.from_bytes(rich.plain_workbook(), styles=STYLES)


def xml(book: FileBook) -> bytes:
    return rich.parts(book.to_bytes())["xl/worksheets/sheet3.xml"]


def test_everything_of_the_image_arrives(book: FileBook) -> None:
    book.apply([ReplaceSheet("사업설명서", IMAGE)])
    loaded = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))
    assert loaded.sheetnames == ["자료", "합계 표", "사업설명서"]
    sheet = loaded["사업설명서"]
    assert sheet["A1"].value == '세부사업 <설명> & "글"'
    assert sheet["A3"].value == "=SUM('자료'!B2:B9)"
    assert (sheet["B3"].value, sheet["C4"].value, sheet["A6"].value) == (0.5, True, " 앞뒤 ")
    assert (sheet["A1"].style, sheet["A3"].style) == ("xlb 제목", "xlb 금액")
    assert book.read("사업설명서").cell(1, 2) == Cell(None, None, "xlb 제목")
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:B1", "B3:B4"}
    assert (
        sheet.row_dimensions[1].height,
        sheet.row_dimensions[2].height,
        sheet.row_dimensions[9].height,
    ) == (39, 6.75, 12)
    assert [brk.id for brk in sheet.row_breaks.brk] == [3, 5]
    assert (sheet["A3"].hyperlink.location, sheet["A3"].hyperlink.tooltip) == ("'자료'!B2", '"금액"으로')
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["C"].hidden) == (30.5, True)
    assert (sheet.print_area, sheet.print_title_rows) == ("'사업설명서'!$A$1:$C$6", "$1:$2")
    assert (sheet.freeze_panes, sheet.sheet_view.showGridLines, sheet.dimensions) == ("B3", False, "A1:C6")
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert (sheet.page_margins.left, sheet.page_margins.bottom) == (0.5, 0.71)
    assert (sheet.oddHeader.left.text, sheet.oddFooter.center.text) == ("예산", "- &P -")
    assert sheet.print_options.horizontalCentered is True
    cached = openpyxl.load_workbook(io.BytesIO(book.to_bytes()), data_only=True)["사업설명서"]
    assert cached["A3"].value == 36000


def test_the_same_image_again_changes_nothing(book: FileBook) -> None:
    book.apply([ReplaceSheet("사업설명서", IMAGE)])
    out = book.to_bytes()
    assert book.apply([ReplaceSheet("사업설명서", IMAGE)]) == ()
    again = FileBook.from_bytes(out, styles=STYLES)
    assert again.apply([ReplaceSheet("사업설명서", IMAGE)]) == ()
    assert again.to_bytes() == out


def test_a_made_sheet_is_taken_away_again(book: FileBook) -> None:
    data = book.to_bytes()
    inverse = book.apply([ReplaceSheet("사업설명서", IMAGE)])
    assert inverse == (ReplaceSheet("사업설명서", None),)
    book.apply(inverse)
    after = rich.parts(book.to_bytes())
    assert after.pop("xl/styles.xml") != b""
    assert after == {name: part for name, part in rich.parts(data).items() if name != "xl/styles.xml"}


def test_a_sheet_that_came_with_the_file_is_never_taken_away(book: FileBook) -> None:
    with pytest.raises(EditRefused, match="처음부터 있던"):
        book.apply([ReplaceSheet("자료", None)])


def test_what_the_user_changed_after_the_first_build_stays(book: FileBook) -> None:
    book.apply([ReplaceSheet("사업설명서", IMAGE)])

    def by_hand(content: bytes) -> bytes:
        for old, new in (
            (b'<col min="1" max="1" width="30.5"', b'<col min="1" max="1" width="44"'),
            (b'left="0.5"', b'left="1.25"'),
            (b"- &amp;P -", "쪽 &amp;P".encode()),
            (b"<sheetPr>", b'<sheetPr codeName="Sheet9"><tabColor rgb="FF112233"/>'),
            (b"<hyperlinks>", b'<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"><formula>1</formula></cfRule></conditionalFormatting><hyperlinks>'),
            (b"</worksheet>", b'<extLst><ext uri="{X}"><y xmlns="urn:y"/></ext></extLst></worksheet>'),
        ):  # fmt: skip
            assert content.count(old) == 1, old
            content = content.replace(old, new)
        return content

    data = rich.operated(book.to_bytes(), {"xl/worksheets/sheet3.xml": by_hand})
    other = SheetImage(
        {(2, 2): ("새로", None)}, heights={2: 20}, columns={1: 5}, page=PageSetup(left=3, header="&L딴")
    )
    again = FileBook.from_bytes(data, styles=STYLES)
    inverse = again.apply([ReplaceSheet("사업설명서", other)])
    part = rich.parts(again.to_bytes())["xl/worksheets/sheet3.xml"].decode()
    for kept in (
        'width="44"',
        'left="1.25"',
        "쪽 &amp;P",
        'codeName="Sheet9"',
        "conditionalFormatting",
        "{X}",
        'rgb="FF112233"',
    ):
        assert kept in part
    for gone in ("mergeCell", "hyperlink", "rowBreaks", "세부사업", 'ht="39"'):
        assert gone not in part
    assert (
        '<sheetData><row r="2" ht="20" customHeight="1"><c r="B2" t="inlineStr"><is><t>새로</t></is></c></row></sheetData>'
        in part
    )
    again.apply(inverse)
    assert again.to_bytes() == data


def test_the_elements_stand_in_the_order_of_the_schema(book: FileBook) -> None:
    from xlbudget.book.file.replace import ORDER

    head = '<sheetPr codeName="X"/><sheetFormatPr defaultRowHeight="15"/>'
    tail = '<sheetProtection sheet="1"/><phoneticPr fontId="1"/><dataValidations count="1"><dataValidation sqref="A1"/></dataValidations><extLst/>'
    data = rich.operated(
        rich.bare(rich.sheet_xml("", tail, head), styles=rich.parts(rich.plain_workbook())["xl/styles.xml"]),
        {},
    )
    blank = FileBook.from_bytes(data, styles=STYLES)
    blank.apply([ReplaceSheet("시트", IMAGE)])
    part = rich.parts(blank.to_bytes())["xl/worksheets/sheet1.xml"]
    sheet = openpyxl.load_workbook(io.BytesIO(blank.to_bytes()))["시트"]
    assert sheet.column_dimensions["A"].width == 30.5
    root = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", part, flags=re.DOTALL)
    import xml.etree.ElementTree as Tree

    tags = [node.tag.rpartition("}")[2] for node in Tree.fromstring(root)]
    assert tags == sorted(tags, key=ORDER.index)
    assert {
        "sheetProtection",
        "phoneticPr",
        "dataValidations",
        "extLst",
        "mergeCells",
        "rowBreaks",
        "cols",
    } <= set(tags)
    assert b'<sheetPr codeName="X"><pageSetUpPr fitToPage="1"/></sheetPr>' in part


def test_names_of_other_sheets_keep_their_scope(book: FileBook) -> None:
    book.apply([ReplaceSheet("하나", IMAGE), ReplaceSheet("둘", IMAGE)])
    names = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))
    assert [names[sheet].print_area for sheet in ("하나", "둘")] == ["'하나'!$A$1:$C$6", "'둘'!$A$1:$C$6"]
    book.apply([ReplaceSheet("하나", None)])
    left = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))
    assert (left.sheetnames, left["둘"].print_area) == (["자료", "합계 표", "둘"], "'둘'!$A$1:$C$6")


def test_the_users_note_stops_us_and_ours_does_not(book: FileBook) -> None:
    book.apply([ReplaceSheet("사업설명서", IMAGE), SetNote("사업설명서", (3, 1), "우리 것", "xlb 점검")])
    book.apply([ReplaceSheet("사업설명서", SheetImage({(1, 1): ("둘째", None)}))])
    assert book.read("사업설명서").notes[3, 1].text == "우리 것"
    other = rich.operated(
        book.to_bytes(), {"xl/comments1.xml": lambda content: content.replace("\n[xlb 점검]".encode(), b"")}
    )
    with pytest.raises(EditRefused, match=r"사업설명서.*A3.*메모"):
        FileBook.from_bytes(other).apply([ReplaceSheet("사업설명서", IMAGE)])


@pytest.mark.parametrize("name", ["", "가" * 32, "가/나", "[가]", "'가'", "가:나"])
def test_names_that_excel_would_not_take(name: str, book: FileBook) -> None:
    with pytest.raises(EditRefused, match="시트 이름"):
        book.apply([ReplaceSheet(name, IMAGE)])


def test_a_name_that_differs_by_case_only(book: FileBook) -> None:
    book.apply([ReplaceSheet("Result", IMAGE)])
    with pytest.raises(EditRefused, match="'Result'"):
        book.apply([ReplaceSheet("RESULT", IMAGE)])


def test_a_workbook_that_declares_its_namespaces_late() -> None:
    """Some programs declare the namespace of relationships on each sheet element."""
    uri = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

    def late(content: bytes) -> bytes:
        content = content.replace(f' xmlns:r="{uri}"'.encode(), b"")
        return content.replace(b" r:id=", f' xmlns:d3="{uri}" d3:id='.encode())

    book = FileBook.from_bytes(rich.operated(rich.plain_workbook(), {"xl/workbook.xml": late}), styles=STYLES)
    book.apply([ReplaceSheet("결과", IMAGE), SetNote("자료", (2, 2), "글", "xlb")])
    assert openpyxl.load_workbook(io.BytesIO(book.to_bytes())).sheetnames == ["자료", "합계 표", "결과"]


def test_a_protected_structure_is_told() -> None:
    data = rich.operated(
        rich.plain_workbook(),
        {
            "xl/workbook.xml": lambda c: c.replace(
                b"<bookViews>", b'<workbookProtection lockStructure="1"/><bookViews>'
            )
        },
    )
    book = FileBook.from_bytes(data, styles=STYLES)
    book.apply([ReplaceSheet("결과", IMAGE)])
    assert [("구조" in notice, "결과" in notice) for notice in book.notices] == [(True, True)]


def test_a_held_image_belongs_to_its_book(book: FileBook) -> None:
    book.apply([ReplaceSheet("사업설명서", IMAGE)])
    inverse = book.apply([ReplaceSheet("사업설명서", SheetImage({}))])
    other = FileBook.from_bytes(book.to_bytes())
    with pytest.raises(EditRefused, match="다른 통합 문서"):
        other.apply(inverse)


def test_what_does_not_fit_is_refused_with_its_place(book: FileBook) -> None:
    with pytest.raises(EditRefused, match="사업설명서!C2"):
        book.apply([ReplaceSheet("사업설명서", SheetImage({(2, 3): ("\ud83d", None)}))])
    with pytest.raises(EditRefused, match="사업설명서!C2"):
        book.apply([ReplaceSheet("사업설명서", SheetImage({(2, 3): ("😀" * 16384, None)}))])


CONTENTS = (
    st.none()
    | st.integers()
    | st.text(max_size=8)
    | st.booleans()
    | st.builds(Formula, st.just("A1"), st.integers())
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 30), st.integers(1, 12)),
        st.tuples(CONTENTS, st.sampled_from([None, *STYLES])),
    ),
    st.dictionaries(st.integers(1, 40), st.integers(1, 400), max_size=8),
)
def test_any_image_is_read_back(
    cells: dict[tuple[int, int], tuple[object, str | None]], heights: dict[int, float]
) -> None:
    cells = {
        ref: item
        for ref, item in cells.items()
        if not (isinstance(item[0], str) and any("\ud800" <= c <= "\udfff" for c in item[0]))
    }
    book = FileBook.from_bytes(rich.plain_workbook(), styles=STYLES)
    edits: list[Edit] = [ReplaceSheet("결과", SheetImage(cells, heights=heights))]  # type: ignore[arg-type]
    book.apply(edits)
    grid = FileBook.from_bytes(book.to_bytes()).read("결과")
    for ref, (content, style) in cells.items():
        cell = grid.cell(*ref)
        assert cell.style == style, a1(*ref)
        if isinstance(content, Formula):
            assert cell[:2] == (content.value, content.text) or abs(content.value) >= 10**15
        elif not isinstance(content, int) or abs(content) < 10**15:
            assert cell.value == content
    assert dict(grid.heights) == heights
    assert set(grid.cells) == set(cells)


def test_other_formulas_on_a_rewritten_sheet_go_stale(book: FileBook) -> None:
    book.apply([ReplaceSheet("결과", SheetImage({(1, 1): (5, None)}))])
    book.apply([SetCells("자료", {(20, 1): Formula("결과!A1", 5)})])
    out = rich.parts(book.to_bytes())["xl/workbook.xml"]
    before = FileBook.from_bytes(
        rich.operated(book.to_bytes(), {"xl/workbook.xml": out.replace(b' fullCalcOnLoad="1"', b"")})
    )
    before.apply([ReplaceSheet("결과", SheetImage({(1, 1): (6, None)}))])
    assert b'fullCalcOnLoad="1"' in rich.parts(before.to_bytes())["xl/workbook.xml"]
    assert before.read("자료").cell(20, 1) == Cell(5, "결과!A1")
