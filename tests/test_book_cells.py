"""Splicing cells into rows: whatever the sheet and whatever the edit, only what was asked for changes."""

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
from xlbudget.book.memory import MemoryBook
from xlbudget.book.values import tidy
from xlbudget.edits import Edit, Formula, SetCells, SetStyle, Style
from xlbudget.grid import Cell, CellError, Grid, Ref, a1

STRINGS = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>공유</t></si>'
    "<si><r><rPr><b/></rPr><t>굵은 </t></r><r><t>글</t></r></si></sst>"
).encode()
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12) | st.sampled_from(
    ["=1+1", "-회의", "_x0041_", " 앞", "뒤 ", "줄\n줄", "\r", "\t", "<&>\"'", "\x0b", "\ufffe", "_x", "😀"]
)
NUMBERS = st.integers(-(10**17), 10**17) | st.decimals(
    allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9
)
VALUES = (
    st.none() | st.booleans() | NUMBERS | TEXTS | st.sampled_from([CellError("#N/A"), CellError("#DIV/0!")])
)
FORMULAS = st.builds(
    Formula, st.sampled_from(["A1+1", 'B$2&"<x>"', "SUM(A1:A3)", " A1", "'시트'!C3"]), VALUES
)
REFS = st.tuples(st.integers(1, 9), st.integers(1, 6))
STORED = ["<v>5</v>", "<v>0.1</v>", "", "<f>A1*2</f><v>7</v>", "<f>A1</f>"]


@st.composite
def cells(draw: st.DrawFn, row: int, columns: list[int]) -> str:
    """Return the cells of a row as some program wrote them."""
    out = []
    for column in columns:
        ref = a1(row, column)
        style = draw(st.sampled_from(["", ' s="0"', ' s="1"']))
        kind = draw(st.integers(0, 7))
        if kind == 0:
            out.append(f'<c r="{ref}"{style} t="s"><v>{draw(st.integers(0, 1))}</v></c>')
        elif kind == 1:
            out.append(f'<c r="{ref}"{style} t="inlineStr"><is><t>칸 {ref}</t></is></c>')
        elif kind == 2:
            out.append(f'<c r="{ref}"{style}/>')
        elif kind == 3 and column == 1:
            out.append(
                f'<c r="{ref}"{style}><f t="shared" ref="{ref}:{a1(row, 6)}" si="{row}">Z{row}+$A$9</f><v>1</v></c>'
            )
        elif kind == 4 and columns[0] == 1 and out and f'si="{row}">' in out[0]:
            out.append(f'<c r="{ref}"{style}><f t="shared" si="{row}"/><v>2</v></c>')
        else:
            out.append(f'<c r="{ref}"{style} ph="1">{draw(st.sampled_from(STORED))}</c>')
    return "".join(out)


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    """Return a worksheet part with gaps, spans, row heights, blank rows and shared formulas."""
    rows = []
    gap = draw(st.sampled_from(["", "\n  "]))
    for row in sorted(draw(st.sets(st.integers(1, 8), max_size=6))):
        columns = sorted(draw(st.sets(st.integers(1, 5), max_size=4)))
        attributes = draw(
            st.sampled_from(
                ["", ' spans="1:5"', ' spans="2:3"', ' ht="20" customHeight="1"', ' s="1" customFormat="1"']
            )
        )
        inner = draw(cells(row, columns))
        if not inner and draw(st.booleans()):
            rows.append(f'<row r="{row}"{attributes}/>')
        else:
            rows.append(f'<row r="{row}"{attributes}>{gap}{inner}{gap}</row>')
    head = draw(st.sampled_from(["", '<dimension ref="A1"/>', '<dimension ref="A1:E8"/>']))
    return rich.sheet_xml(gap + gap.join(rows), head=head)


def book_of(sheet: bytes) -> FileBook:
    return FileBook.from_bytes(rich.bare(sheet, strings=STRINGS, styles=styles()))


def styles() -> bytes:
    return rich.parts(rich.plain_workbook())["xl/styles.xml"]


def after(grid: Grid, edit: SetCells) -> dict[Ref, Cell]:
    """Return the cells as they must be: the model that the adapter is judged by."""
    found = dict(grid.cells)
    for ref, content in edit.cells.items():
        old = found.get(ref, Cell())
        formula = content.text if isinstance(content, Formula) else None
        value = content.value if isinstance(content, Formula) else content
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            value = tidy(value)
        found[ref] = Cell(value, formula, old.style)
    return {ref: cell for ref, cell in found.items() if cell.value is not None or cell.formula is not None}


def filled(grid: Grid) -> dict[Ref, Cell]:
    return {
        ref: cell for ref, cell in grid.cells.items() if cell.value is not None or cell.formula is not None
    }


@settings(max_examples=200, deadline=None)
@given(sheets(), st.dictionaries(REFS, VALUES | FORMULAS, max_size=8))
def test_cells_are_as_asked_and_undo_gives_the_same_bytes(sheet: bytes, contents: dict[Ref, object]) -> None:
    book = book_of(sheet)
    data = book.to_bytes()
    before = book.read("시트")
    edit = SetCells("시트", contents)  # type: ignore[arg-type]
    inverse = book.apply([edit])
    expected = after(before, edit)
    got = filled(book.read("시트"))
    assert {ref: cell[:2] for ref, cell in got.items()} == {ref: cell[:2] for ref, cell in expected.items()}
    assert {ref: type(cell.value) for ref, cell in got.items()} == {
        ref: type(cell.value) for ref, cell in expected.items()
    }
    again = FileBook.from_bytes(book.to_bytes())
    assert filled(again.read("시트")) == got
    again.apply([edit])
    assert again.to_bytes() == book.to_bytes()
    book.apply(inverse)
    assert book.to_bytes() == data


@settings(max_examples=100, deadline=None)
@given(
    sheets(),
    st.lists(st.dictionaries(REFS, VALUES | FORMULAS, min_size=1, max_size=4), min_size=2, max_size=4),
)
def test_several_edits_are_undone_one_by_one(sheet: bytes, steps: list[dict[Ref, object]]) -> None:
    book = book_of(sheet)
    pictures, inverses = [], []
    for contents in steps:
        pictures.append(book.to_bytes())
        inverses.append(book.apply([SetCells("시트", contents)]))  # type: ignore[arg-type]
    for picture, inverse in zip(reversed(pictures), reversed(inverses), strict=True):
        book.apply(inverse)
        assert book.to_bytes() == picture


@settings(max_examples=60, deadline=None)
@given(
    sheets(),
    st.lists(st.tuples(REFS, VALUES | FORMULAS), min_size=1, max_size=5),
    st.lists(REFS, max_size=3, unique=True),
)
def test_memory_and_file_agree(sheet: bytes, contents: list[tuple[Ref, object]], refs: list[Ref]) -> None:
    book = FileBook.from_bytes(
        rich.bare(sheet, strings=STRINGS, styles=styles()), styles={"xlb 글": Style("xlb 글")}
    )
    memory = MemoryBook.of(book)
    edits: list[Edit] = [
        SetStyle("시트", tuple(refs), "xlb 글"),
        *(SetCells("시트", {ref: content}) for ref, content in contents),  # type: ignore[dict-item]
    ]
    for host in (book, memory):
        inverse = host.apply(edits)
        host.apply(inverse)
        host.apply(edits)
    styled = {ref: cell for ref, cell in book.read("시트").cells.items() if ref in memory.read("시트").cells}
    rows_with_style = b"customFormat" in sheet
    assert rows_with_style or styled == dict(memory.read("시트").cells)
    assert filled(book.read("시트")).keys() == filled(memory.read("시트")).keys()


@settings(max_examples=60, deadline=None)
@given(
    sheets(),
    st.dictionaries(
        REFS,
        st.integers(-(10**14), 10**14) | st.text("가나다abc <&>=_x0041", min_size=1),
        min_size=1,
        max_size=6,
    ),
)
def test_openpyxl_reads_what_was_written(sheet: bytes, contents: dict[Ref, object]) -> None:
    book = book_of(sheet)
    book.apply([SetCells("시트", contents)])  # type: ignore[arg-type]
    read = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["시트"]
    for ref, content in contents.items():
        value = read.cell(*ref).value
        assert value == content or (isinstance(content, str) and "_x" in content)


STYLED_ROW = '<row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1"><v>2</v></c></row>'


def xml_of(book: FileBook) -> bytes:
    return rich.parts(book.to_bytes())["xl/worksheets/sheet1.xml"]


def test_the_metadata_of_an_overwritten_cell_goes_and_its_neighbours_stay() -> None:
    sheet = rich.sheet_xml(
        '<row r="1" spans="1:3" x="y"><c r="A1" s="1" cm="1" ph="1"><f t="array" ref="A1">UNIQUE(B1:B3)</f><v>1</v></c>'
        '<c  r="B1"   vm="1" t="e"><v>#VALUE!</v></c></row>'
    )
    book = book_of(sheet)
    book.apply([SetCells("시트", {(1, 1): 5})])
    assert b'<c r="A1" s="1" ph="1"><v>5</v></c><c  r="B1"   vm="1" t="e"><v>#VALUE!</v></c></row>' in xml_of(
        book
    )
    assert b'<row r="1" spans="1:3" x="y">' in xml_of(book)


def test_new_cells_take_the_format_of_their_row_or_column() -> None:
    sheet = rich.sheet_xml(
        '<row r="1" s="2" customFormat="1"/><row r="2"/>',
        head='<cols><col min="2" max="3" width="9" style="1"/></cols>',
    )
    book = book_of(sheet)
    book.apply([SetCells("시트", {(1, 1): 1, (2, 3): 2, (5, 2): 3, (5, 5): 4})])
    for cell in (b'<c r="A1" s="2">', b'<c r="C2" s="1">', b'<c r="B5" s="1">', b'<c r="E5">'):
        assert cell in xml_of(book)


def test_the_used_area_grows_and_shrinks_back() -> None:
    book = book_of(rich.sheet_xml(STYLED_ROW, head='<dimension ref="A1:B1"/>'))
    data = book.to_bytes()
    inverse = book.apply([SetCells("시트", {(7, 4): 1})])
    assert b'<dimension ref="A1:D7"/>' in xml_of(book)
    book.apply(inverse)
    assert book.to_bytes() == data


def test_spans_that_no_longer_hold_are_dropped() -> None:
    book = book_of(rich.sheet_xml('<row r="1" spans="1:1"><c r="A1"><v>1</v></c></row>'))
    book.apply([SetCells("시트", {(1, 2): 2})])
    assert b'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>' in xml_of(book)


def test_notices_for_covered_and_protected_cells() -> None:
    tail = '<sheetProtection sheet="1"/><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'
    book = book_of(rich.sheet_xml(STYLED_ROW, tail))
    book.apply([SetCells("시트", {(1, 1): 1, (1, 2): 2})])
    assert book.notices == ()
    book.apply([SetCells("시트", {(1, 1): 5, (2, 2): 6})])
    assert [re.search(r"시트!B2.*병합된 칸 A1:B2|보호", notice) is not None for notice in book.notices] == [
        True,
        True,
    ]
    assert FileBook.from_bytes(book.to_bytes()).read("시트").value(2, 2) == 6


def test_a_row_that_is_stored_twice_is_not_touched() -> None:
    book = book_of(rich.sheet_xml('<row r="2"><c r="A2"/></row><row r="2"><c r="B2"/></row>'))
    with pytest.raises(EditRefused, match="2행이 두 번"):
        book.apply([SetCells("시트", {(2, 1): 1})])


STYLE = Style(
    "xlb 새",
    size=10,
    bold=True,
    ink="9B1C1C",
    fill="F9DEDC",
    border="TM-t",
    horizontal="center",
    wrap=True,
    indent=1,
    shrink=True,
    number_format='"(x"#,##0")"',
    locked=False,
)


def test_a_style_that_the_workbook_lacks_is_brought_along() -> None:
    book = FileBook.from_bytes(rich.plain_workbook(), styles={STYLE.name: STYLE})
    book.apply([SetStyle("자료", ((2, 2), (20, 3)), STYLE.name)])
    book.apply([SetStyle("자료", ((3, 2),), STYLE.name)])
    out = book.to_bytes()
    assert FileBook.from_bytes(out).read("자료").cell(2, 2) == Cell(1000, None, STYLE.name)
    cell = openpyxl.load_workbook(io.BytesIO(out))["자료"]["B2"]
    assert (cell.style, cell.number_format, cell.value) == (STYLE.name, STYLE.number_format, 1000)
    assert (cell.font.b, cell.font.sz, cell.font.color.rgb) == (True, 10, "FF9B1C1C")
    assert (cell.fill.fgColor.rgb, cell.protection.locked) == ("FFF9DEDC", False)
    assert [
        side.style for side in (cell.border.top, cell.border.right, cell.border.bottom, cell.border.left)
    ] == ["thick", "medium", None, "thin"]
    assert (cell.alignment.horizontal, cell.alignment.wrap_text, cell.alignment.shrink_to_fit) == (
        "center",
        True,
        True,
    )
    xml = rich.parts(out)["xl/styles.xml"].decode()
    for group, tag in (
        ("fonts", "font"),
        ("fills", "fill"),
        ("borders", "border"),
        ("cellXfs", "xf"),
        ("cellStyleXfs", "xf"),
        ("cellStyles", "cellStyle"),
        ("numFmts", "numFmt"),
    ):
        found = re.search(rf'<{group} count="(\d+)"[^>]*>(.*?)</{group}>', xml, re.DOTALL)
        assert found
        assert int(found[1]) == len(re.findall(rf"<{tag}[ />]", found[2])), group


def test_a_style_that_nobody_knows_is_refused() -> None:
    with pytest.raises(EditRefused, match="'xlb 없음'"):
        FileBook.from_bytes(rich.plain_workbook()).apply([SetStyle("자료", ((2, 2),), "xlb 없음")])


def test_undo_takes_back_calculate_on_load_where_a_formula_was_written_again_unchanged() -> None:
    book = FileBook.from_bytes(rich.bare(rich.sheet_xml("")))
    book.apply([SetCells("시트", {(2, 1): Formula("SUM(A1:A1)", 0)})])
    before = book.to_bytes()
    inverse = book.apply([SetCells("시트", {(1, 1): 5, (2, 1): Formula("SUM(A1:A1)", 0)})])
    book.apply(inverse)
    assert book.to_bytes() == before
