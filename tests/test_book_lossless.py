"""Nothing of what others made is lost: a workbook full of it goes through every kind of edit."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest
import python_calamine

from tests import rich
from xlbudget.book import EditRefused
from xlbudget.book.file import FileBook
from xlbudget.edits import (
    DropNotes,
    Edit,
    Formula,
    InsertRows,
    ReplaceSheet,
    SetCells,
    SetName,
    SetNote,
    SetStyle,
    SheetImage,
    Style,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

STYLES = {
    "xlb 금액": Style("xlb 금액", border="tttM", fill="FFF9E3", locked=False, number_format='"(x"#,##0")"')
}
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def data() -> bytes:
    return rich.rich_workbook()


@pytest.fixture
def book(data: bytes) -> FileBook:
    return FileBook.from_bytes(data, styles=STYLES)


def changed(before: bytes, after: bytes) -> set[str]:
    """Return the names of the parts that differ, are new or are gone."""
    one, two = rich.parts(before), rich.parts(after)
    return {name for name in {*one, *two} if one.get(name) != two.get(name)}


CASES: dict[str, tuple[list[Edit], set[str]]] = {
    "칸 하나": ([SetCells("자료", {(2, 4): "바꿈"})], {SHEET}),
    "새 칸": ([SetCells("자료", {(30, 30): 5})], {SHEET}),
    "수식이 된 칸": ([SetCells("자료", {(9, 2): Formula("1+1", 2)})], {SHEET, "xl/calcChain.xml"}),
    "수식이던 칸": ([SetCells("자료", {(3, 3): 5})], {SHEET, "xl/calcChain.xml"}),
    "다른 수식이 쓰는 칸": ([SetCells("자료", {(3, 2): 5})], {SHEET, "xl/workbook.xml"}),
    "이름 붙은 스타일": ([SetStyle("자료", ((2, 2),), "xlb 금액")], {SHEET, "xl/styles.xml"}),
    "이름": ([SetName("의심칸", "'자료'!$B$2")], {"xl/workbook.xml"}),
    "메모": (
        [SetNote("자료", (4, 2), "우리 메모", "xlb 점검")],
        {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"},
    ),
    "다른 시트의 메모": (
        [SetNote("나머지", (4, 2), "우리 메모", "xlb 점검")],
        {
            "xl/comments2.xml",
            "xl/drawings/vmlDrawing2.vml",
            "xl/worksheets/sheet2.xml",
            "xl/worksheets/_rels/sheet2.xml.rels",
            "[Content_Types].xml",
        },
    ),
    "새 시트": (
        [ReplaceSheet("사업설명서", SheetImage({(1, 1): ("제목", None)}))],
        {"xl/worksheets/sheet3.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_only_the_parts_of_the_edit_change(name: str, data: bytes, book: FileBook) -> None:
    edits, touched = CASES[name]
    inverse = book.apply(edits)
    assert changed(data, book.to_bytes()) == touched
    book.apply(inverse)
    assert changed(data, book.to_bytes()) == ({"xl/styles.xml"} if name == "이름 붙은 스타일" else set())


@pytest.mark.parametrize("name", CASES)
def test_untouched_members_keep_their_stored_bytes(name: str, data: bytes, book: FileBook) -> None:
    edits, touched = CASES[name]
    book.apply(edits)
    after = book.to_bytes()

    def stored(content: bytes) -> dict[str, tuple[bytes, object]]:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {
                i.filename: (content[i.header_offset : i.header_offset + 30 + i.compress_size], i.date_time)
                for i in archive.infolist()
            }

    old, new = stored(data), stored(after)
    assert {name: old[name] for name in old if name not in touched} == {
        name: new[name] for name in new if name not in touched
    }
    assert [name for name in new if name in old] == list(old)
    assert all(new[name][1] == (1980, 1, 1, 0, 0, 0) for name in touched & set(new))


def test_the_bytes_around_a_cell_stay(data: bytes, book: FileBook) -> None:
    book.apply([SetCells("자료", {(4, 2): 12345})])
    before, after = rich.parts(data)[SHEET], rich.parts(book.to_bytes())[SHEET]
    old = re.search(rb'<c r="B4"[^>]*>.*?</c>', before)
    assert old
    style = re.search(rb' s="[0-9]+"', old[0])
    new = b'<c r="B4"' + (style[0] if style else b"") + b"><v>12345</v></c>"
    assert after == before.replace(old[0], new)


def test_three_readers_see_the_cell(book: FileBook) -> None:
    book.apply(
        [SetCells("자료", {(4, 2): 12345, (4, 1): "=글자 <&>", (9, 3): Formula('"가"&B4', "가12345")})]
    )
    out = book.to_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(out), data_only=True)["자료"]
    assert (sheet["B4"].value, sheet["A4"].value, sheet["C9"].value) == (12345, "=글자 <&>", "가12345")
    rows = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(out)).get_sheet_by_name("자료").to_python()
    )
    assert (rows[3][1], rows[3][0], rows[8][2]) == (12345, "=글자 <&>", "가12345")
    again = FileBook.from_bytes(out).read("자료")
    assert (again.value(4, 2), again.value(4, 1), again.value(9, 3)) == (12345, "=글자 <&>", "가12345")


def test_the_signature_is_kept_and_reported(data: bytes, book: FileBook) -> None:
    assert book.notices == ()
    book.apply([SetCells("자료", {(2, 4): "바꿈"})])
    assert len(book.notices) == 1
    assert "서명" in book.notices[0]
    assert (
        rich.parts(book.to_bytes())["_xmlsignatures/sig1.xml"] == rich.parts(data)["_xmlsignatures/sig1.xml"]
    )


def test_nothing_to_do_gives_the_very_same_file(data: bytes, book: FileBook) -> None:
    book.apply(
        [
            SetCells("자료", {(2, 2): 100, (2, 4): "앞 굵게 뒤"}),
            SetCells("나머지", {(1, 2): Formula("SUM(자료!B2:B6)", 1500)}),
        ]
    )
    assert book.to_bytes() == data
    assert book.notices == ()


def test_the_master_of_a_shared_formula_is_replaced(data: bytes, book: FileBook) -> None:
    inverse = book.apply([SetCells("자료", {(2, 3): 5})])
    again = FileBook.from_bytes(book.to_bytes()).read("자료")
    assert [again.cell(row, 3).formula for row in range(2, 7)] == [None, "B3*2", "B4*2", "B5*2", "B6*2"]
    assert openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["자료"]["C4"].value == "=B4*2"
    book.apply(inverse)
    assert book.to_bytes() == data


def test_a_part_of_an_array_is_refused(data: bytes, book: FileBook) -> None:
    with pytest.raises(EditRefused, match=r"자료!E3.*배열 수식 E2:E4"):
        book.apply([SetCells("자료", {(2, 4): "먼저", (3, 5): 1})])
    assert book.to_bytes() == data
    inverse = book.apply([SetCells("자료", {(2, 5): 1, (3, 5): 2, (4, 5): 3})])
    assert book.read("자료").cell(2, 5).formula is None
    book.apply(inverse)
    assert book.to_bytes() == data


def test_a_table_heading_is_refused(book: FileBook) -> None:
    with pytest.raises(EditRefused, match="표1"):
        book.apply([SetCells("자료", {(1, 8): "다른 이름"})])
    book.apply([SetCells("자료", {(3, 8): "값은 괜찮다"})])


@pytest.mark.parametrize("cell", [(3, 2)])
def test_no_note_where_others_comment(book: FileBook, cell: tuple[int, int]) -> None:
    with pytest.raises(EditRefused, match=r"자료!B3.*댓글"):
        book.apply([SetNote("자료", cell, "우리 메모", "xlb 점검")])


def test_a_sheet_with_things_of_the_users_is_not_rewritten(data: bytes, book: FileBook) -> None:
    image = SheetImage({(1, 1): ("제목", None)})
    with pytest.raises(EditRefused, match="'자료' 시트"):
        book.apply([ReplaceSheet("자료", image)])
    with pytest.raises(EditRefused, match=r"나머지.*D2.*차트"):
        book.apply([ReplaceSheet("나머지", image)])
    assert book.to_bytes() == data


ROW_CASES = {
    "배열 위": ("자료", 3, "배열"),
    "그림 위": ("자료", 8, "그림이나 도형|단추"),
    "차트가 쓰는 칸 위": ("나머지", 1, "차트"),
}


@pytest.mark.parametrize("name", ROW_CASES)
def test_rows_are_refused_where_things_would_have_to_move(name: str, data: bytes, book: FileBook) -> None:
    sheet, at, told = ROW_CASES[name]
    with pytest.raises(EditRefused, match=told):
        book.apply([InsertRows(sheet, at, 1)])
    assert book.to_bytes() == data


def test_rows_below_everything_are_fine(data: bytes, book: FileBook) -> None:
    inverse = book.apply([InsertRows("자료", 30, 2), SetCells("자료", {(30, 1): "새 행"})])
    after = rich.parts(book.to_bytes())
    assert b"$A$1:$J$42" in after["xl/workbook.xml"]
    assert b'sqref="A2:A22"' not in after[SHEET]
    book.apply(inverse)
    assert book.to_bytes() == data


def test_calculation_is_asked_for_only_where_values_go_stale(data: bytes, book: FileBook) -> None:
    def asks() -> bool:
        return b'fullCalcOnLoad="1"' in rich.parts(book.to_bytes())["xl/workbook.xml"]

    book.apply([SetCells("자료", {(2, 4): "아무도 쓰지 않는 칸"})])
    assert not asks()
    written_along = {(2, 2): 101, (2, 3): Formula("B2*2", 202)}
    others = {(2, 5): Formula("B2*3", 303), (3, 5): 600, (4, 5): 900}
    book.apply(
        [
            SetCells("자료", written_along | others),
            SetCells("나머지", {(1, 2): Formula("SUM(자료!B2:B6)", 1501)}),
        ]
    )
    assert not asks()
    book.apply([SetCells("자료", {(3, 2): 5})])
    assert asks()
    assert book.apply([SetCells("나머지", {(9, 9): 1})])
    assert asks()
    book = FileBook.from_bytes(data)
    book.apply(
        [
            SetCells("자료", written_along | others),
            SetCells("나머지", {(1, 2): Formula("SUM(자료!B2:B6)", 1501)}),
        ]
    )
    book.apply(book.apply([SetCells("자료", {(3, 2): 5})]))
    assert not asks()
    book.apply([SetName("금액들", "자료!$B$2")])
    assert not asks()


def test_the_chain_lists_exactly_the_formulas(data: bytes) -> None:
    def chain(content: bytes) -> list[tuple[str, str]]:
        found, sheet = [], ""
        for ref, number in re.findall(
            rb'<c r="([A-Z0-9]+)"(?: i="([0-9]+)")?', rich.parts(content)["xl/calcChain.xml"]
        ):
            sheet = number.decode() or sheet
            found.append((sheet, ref.decode()))
        return found

    book = FileBook.from_bytes(data)
    assert chain(data) == [
        *[
            ("1", "C2"),
            ("1", "C3"),
            ("2", "B1"),
            ("1", "C4"),
            ("1", "C5"),
            ("1", "C6"),
            ("1", "E2"),
            ("1", "F2"),
        ]
    ]
    book.apply([SetCells("자료", {(4, 3): 1, (9, 9): Formula("1+1", 2)}), SetCells("나머지", {(1, 2): 3})])
    assert chain(book.to_bytes()) == [
        *[("1", "C2"), ("1", "C3"), ("1", "C5"), ("1", "C6"), ("1", "E2"), ("1", "F2"), ("1", "I9")]
    ]
    everything = [(2, 3), (3, 3), (5, 3), (6, 3), (9, 9), (2, 5), (3, 5), (4, 5), (2, 6)]
    book.apply([SetCells("자료", dict.fromkeys(everything, 0))])
    after = rich.parts(book.to_bytes())
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]


def test_notes_come_and_go_among_others(data: bytes, book: FileBook) -> None:
    edits = [SetNote("자료", (4, 2), "하나\n둘", "xlb 점검"), SetNote("나머지", (2, 1), "셋", "xlb 점검")]
    book.apply(edits)
    out = book.to_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(out))["자료"]
    assert sheet["B4"].comment.text == "하나\n둘\n[xlb 점검]"
    assert sheet["B3"].comment.text == "검토한 사람이 남긴 메모"
    again = FileBook.from_bytes(out)
    again.apply([DropNotes("xlb 점검"), *edits])
    assert again.to_bytes() == out
    again.apply([DropNotes("xlb 점검")])
    assert rich.parts(again.to_bytes()) == rich.parts(data)
