"""Rows that come in and go out, with everything that refers to them; checked against a model by brute force."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import rich
from xlbudget.book import EditRefused
from xlbudget.book.file import FileBook
from xlbudget.edits import Formula, InsertRows, RemoveRows, SetCells, SetNote
from xlbudget.grid import Ref, parse_area

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

MAIN = "xl/worksheets/sheet1.xml"


TOP = 'ref="C2:C9" '


def table_sheet() -> bytes:
    """Return a workbook with one input table and all that an input sheet of ours carries."""
    rows = "".join(
        f'<row r="{row}" ht="{15 + row % 3}" customHeight="1"><c r="A{row}" t="inlineStr"><is><t>줄 {row}</t></is></c>'
        f'<c r="B{row}" s="1"><v>{row * 10}</v></c>'
        f'<c r="C{row}" s="1"><f t="shared" {TOP if row == 2 else ""}si="0">{"B2*2+B$9" if row == 2 else ""}</f>'
        f"<v>{row * 20 + 90}</v></c></row>"
        for row in range(2, 10)
    )
    rows = (
        '<row r="1" s="2" customFormat="1"><c r="A1" s="2" t="inlineStr"><is><t>제목</t></is></c></row>'
        + rows
    )
    rows += '<row r="12"><c r="A12"><f>SUM(B2:B9)+SUM($B$2:$B$9)+B5+LOG10(B6)</f><v>1</v></c></row>'
    tail = (
        '<autoFilter ref="A1:C9"/><mergeCells count="2"><mergeCell ref="D4:E4"/><mergeCell ref="F3:F8"/></mergeCells>'
        '<conditionalFormatting sqref="A2:C4 E9"><cfRule type="expression" priority="1"><formula>$B2&gt;$B$8</formula></cfRule>'
        '</conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="B2:B9 D20">'
        '<formula1>$H$2:$H$9</formula1></dataValidation></dataValidations><hyperlinks><hyperlink ref="A7" location="\'시트\'!B8"/>'
        '</hyperlinks><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/><rowBreaks count="2" '
        'manualBreakCount="2"><brk id="3" max="16383" man="1"/><brk id="7" max="16383" man="1"/></rowBreaks>'
        '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        '<x14:cfRule type="expression" priority="2" id="{1}"><xm:f>시트!$B$6&gt;1</xm:f></x14:cfRule><xm:sqref>C2:C9</xm:sqref>'
        "</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
    )
    styles = rich.parts(rich.plain_workbook())["xl/styles.xml"]
    data = rich.bare(rich.sheet_xml(rows, tail, '<dimension ref="A1:C12"/>'), styles=styles)
    names = (
        '<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">\'시트\'!$A$1:$E$12</definedName>'
        '<definedName name="금액">시트!$B$2:$B$9</definedName><definedName name="상수">3</definedName></definedNames>'
    )
    return rich.operated(
        data, {"xl/workbook.xml": lambda c: c.replace(b"</sheets>", b"</sheets>" + names.encode())}
    )


@pytest.fixture
def book() -> FileBook:
    return FileBook.from_bytes(table_sheet())


def xml(book: FileBook, part: str = MAIN) -> str:
    return rich.parts(book.to_bytes())[part].decode()


def test_everything_moves_along(book: FileBook) -> None:
    book.apply([InsertRows("시트", 5, 2)])
    part, names = xml(book), xml(book, "xl/workbook.xml")
    for text in (
        '<dimension ref="A1:C14"/>',
        '<autoFilter ref="A1:C11"/>',
        '<mergeCells count="4"><mergeCell ref="D4:E4"/><mergeCell ref="F3:F10"/><mergeCell ref="D5:E5"/><mergeCell ref="D6:E6"/>',
        'sqref="A2:C6 E11"',
        "<formula>$B2&gt;$B$10</formula>",
        'sqref="B2:B11 D22"',
        "<formula1>$H$2:$H$11</formula1>",
        'ref="A9" location="\'시트\'!B10"',
        '<brk id="3" max="16383" man="1"/><brk id="9"',
        "<xm:f>시트!$B$8&gt;1</xm:f>",
        "<xm:sqref>C2:C11</xm:sqref>",
        '<row r="5" ht="16" customHeight="1"><c r="A5"',
    ):
        assert text in part or text.replace('<c r="A5"', '<c r="B5" s="1"/>') in part, text
    assert "'시트'!$A$1:$E$14" in names
    assert "시트!$B$2:$B$11" in names
    grid = book.read("시트")
    assert grid.cell(14, 1).formula == "SUM(B2:B11)+SUM($B$2:$B$11)+B7+LOG10(B8)"
    assert [grid.cell(row, 3).formula for row in (2, 4, 7, 11)] == [
        "B2*2+B$11",
        "B4*2+B$11",
        "B7*2+B$11",
        "B11*2+B$11",
    ]
    assert (grid.cell(5, 2), grid.cell(5, 1).value, grid.heights[5]) == (grid.cell(6, 2), None, 16)
    assert openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["시트"]["A9"].value == "줄 7"


def test_undo_gives_the_same_bytes(book: FileBook) -> None:
    data = book.to_bytes()
    inverse = book.apply(
        [
            InsertRows("시트", 5, 2),
            SetCells("시트", {(5, 1): "끼움", (6, 2): 7, (6, 3): Formula("B6*2", 14)}),
            SetNote("시트", (5, 1), "메모", "xlb 점검"),
        ]
    )
    assert book.to_bytes() != data
    book.apply(inverse)
    assert book.to_bytes() == data


def test_undo_after_other_changes_takes_the_rows_out_by_moving(book: FileBook) -> None:
    before = book.read("시트")
    inverse = book.apply([InsertRows("시트", 5, 2)])
    book.apply([SetCells("시트", {(20, 1): "나중", (21, 1): Formula("B7+B11", 3)})])
    book.apply(inverse)
    grid = book.read("시트")
    assert {ref: cell for ref, cell in grid.cells.items() if ref[0] < 15} == dict(before.cells)
    assert (grid.value(18, 1), grid.cell(19, 1).formula) == ("나중", "B5+B9")
    assert (grid.merges, grid.heights) == (before.merges, before.heights)
    part = xml(book)
    assert "<formula>$B2&gt;$B$8</formula>" in part
    assert '<mergeCells count="2">' in part
    assert '<brk id="3" max="16383" man="1"/><brk id="7"' in part


def test_rows_with_something_in_them_stay(book: FileBook) -> None:
    inverse = book.apply([InsertRows("시트", 5, 2)])
    book.apply([SetCells("시트", {(6, 5): "사용자가 적음"})])
    with pytest.raises(EditRefused, match="시트!E6"):
        book.apply(inverse)
    book.apply([SetCells("시트", {(6, 5): None}), SetCells("시트", {(30, 1): Formula("B5*2", 0)})])
    with pytest.raises(EditRefused, match="수식이 없앨 행을"):
        book.apply(inverse)
    book.apply([SetCells("시트", {(30, 1): None}), SetNote("시트", (5, 2), "메모", "누구")])
    with pytest.raises(EditRefused, match=r"시트!B5.*메모"):
        book.apply(inverse)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (InsertRows("시트", 0, 1), "행 번호"),
        (InsertRows("시트", 5, 0), "행 번호"),
        (InsertRows("시트", 5, 1_048_570), "마지막 행"),
        (RemoveRows("시트", 5, 1), "시트!A5"),
    ],
)
def test_what_cannot_be(edit: InsertRows, told: str, book: FileBook) -> None:
    data = book.to_bytes()
    with pytest.raises(EditRefused, match=told):
        book.apply([edit])
    assert book.to_bytes() == data


def test_tables_grow_and_move() -> None:
    plain = FileBook.from_bytes(_with_table())
    plain.apply([InsertRows("시트", 4, 2)])
    part = xml(plain, "xl/tables/table1.xml")
    assert 'ref="A1:B7"' in part
    assert '<autoFilter ref="A1:B7"/>' in part
    assert openpyxl.load_workbook(io.BytesIO(plain.to_bytes()))["시트"].tables["표1"].ref == "A1:B7"
    with pytest.raises(EditRefused, match="머리글 바로 아래"):
        plain.apply([InsertRows("시트", 2, 1)])


def _with_table() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("시트")
    sheet.add_table("A1:B5", {"name": "표1", "columns": [{"header": "이름"}, {"header": "값"}]})
    book.close()
    return out.getvalue()


def test_references_in_other_sheets_and_3d_and_other_books() -> None:
    book = FileBook.from_bytes(rich.plain_workbook())
    book.apply(
        [
            SetCells(
                "합계 표",
                {
                    (9, 1): Formula(
                        "[1]자료!B5+'합계 표'!B5+자료:'합계 표'!B5+자료!B:B+자료!5:6+\"자료!B5\"", 0
                    )
                },
            )
        ]
    )
    book.apply([InsertRows("자료", 4, 1)])
    assert (
        book.read("합계 표").cell(9, 1).formula
        == "[1]자료!B5+'합계 표'!B5+자료:'합계 표'!B5+자료!B:B+자료!6:7+\"자료!B5\""
    )


def test_notes_keep_to_their_cells(book: FileBook) -> None:
    book.apply([SetNote("시트", (3, 2), "위", "xlb 점검"), SetNote("시트", (8, 2), "아래", "xlb 점검")])
    book.apply([InsertRows("시트", 5, 3)])
    assert {ref: note.text for ref, note in book.read("시트").notes.items()} == {
        (3, 2): "위",
        (11, 2): "아래",
    }
    drawing = xml(book, "xl/drawings/vmlDrawing1.vml")
    assert re.findall(r"<x:Row>(\d+)</x:Row>", drawing) == ["2", "10"]


# Brute force: a sheet as a plain list of rows, and formulas whose meaning is the set of cells that they name.

ADDRESS = re.compile(r"[A-Z]+[0-9]+(?::[A-Z]+[0-9]+)?")


def named(formula: str, labels: dict[Ref, str]) -> list[frozenset[str]]:
    """Return for each reference of a formula the labels of the cells that it covers."""
    found = []
    for text in ADDRESS.findall(re.sub(r'"[^"]*"', "", formula)):
        area = parse_area(text)
        found.append(frozenset(label for ref, label in labels.items() if area.holds(ref)))
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 12),
    st.integers(1, 4),
    st.lists(
        st.tuples(st.integers(1, 12), st.integers(0, 5), st.sampled_from(["SUM({})", "{}*2", '"A5"&{}'])),
        min_size=1,
        max_size=6,
    ),
)
def test_every_formula_still_names_the_same_cells(
    at: int, count: int, formulas: list[tuple[int, int, str]]
) -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="inlineStr"><is><t>이름{row}</t></is></c></row>'
        for row in range(1, 19)
    )
    book = FileBook.from_bytes(rich.bare(rich.sheet_xml(rows)))
    texts = [shape.format(f"A{top}:A{top + more}" if more else f"A{top}") for top, more, shape in formulas]
    book.apply([SetCells("시트", {(row, 5): Formula(text, 0) for row, text in enumerate(texts, 1)})])

    def picture() -> list[list[frozenset[str]]]:
        grid = book.read("시트")
        labels = {ref: str(c.value) for ref, c in grid.cells.items() if ref[1] == 1 and c.value is not None}
        written = sorted((ref, c.formula) for ref, c in grid.cells.items() if c.formula)
        return [named(text or "", labels) for _, text in written]

    before = picture()
    inverse = book.apply([InsertRows("시트", at, count)])
    assert picture() == before
    book.apply(inverse)
    assert picture() == before
