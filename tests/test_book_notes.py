"""Notes: legacy notes with our tag, in boxes that are large enough, among everybody else's."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from tests import rich
from xlbudget.book import EditRefused
from xlbudget.book.file import FileBook
from xlbudget.book.file.notebox import lines
from xlbudget.edits import DropNotes, SetNote
from xlbudget.grid import Note

TAG = "xlb 점검"
LONG = "[오류] 산출근거의 합 10,500천원과 예산총괄의 예산액 10,501천원이 다릅니다.\n확인하세요."


@pytest.fixture
def book() -> FileBook:
    return FileBook.from_bytes(rich.plain_workbook())


def test_a_note_is_read_with_its_tag(book: FileBook) -> None:
    book.apply(
        [
            SetNote("자료", (2, 2), LONG, TAG),
            SetNote("자료", (3, 2), "", TAG),
            SetNote("자료", (4, 2), "<&>\r\n\t끝 ", TAG),
        ]
    )
    again = FileBook.from_bytes(book.to_bytes()).read("자료").notes
    assert again[2, 2] == Note(LONG, TAG)
    assert again[3, 2] == Note("", TAG)
    assert again[4, 2].text == "<&>\r\n\t끝 "
    comment = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["자료"]["B2"].comment
    assert comment.text == f"{LONG}\n[{TAG}]"


def test_the_box_holds_its_text(book: FileBook) -> None:
    book.apply([SetNote("자료", (2, 2), LONG, TAG), SetNote("자료", (3, 2), LONG * 8, TAG)])
    drawing = rich.parts(book.to_bytes())["xl/drawings/vmlDrawing1.vml"].decode()
    anchors = [
        [int(n) for n in text.split(",")] for text in re.findall(r"<x:Anchor>([^<]*)</x:Anchor>", drawing)
    ]
    tall = [anchor[6] - anchor[2] for anchor in anchors]
    assert tall[0] * 20 >= lines(f"{LONG}\n[{TAG}]") * 16
    assert tall[1] * 20 >= lines(f"{LONG * 8}\n[{TAG}]") * 16
    assert all(anchor[0] == 2 for anchor in anchors)


def test_lines_are_counted_by_width() -> None:
    assert lines("가") == 1
    assert lines("가" * 22) == 2
    assert lines("a" * 30) == 1
    assert lines("하나\n\n셋") == 3


def test_somebody_elses_notes_stay_untouched() -> None:
    data = rich.rich_workbook()
    book = FileBook.from_bytes(data)
    book.apply([DropNotes(TAG), DropNotes("xlbudget", "자료")])
    assert book.to_bytes() == data
    book.apply([SetNote("자료", (9, 1), "우리", TAG)])
    with pytest.raises(EditRefused, match=r"자료!A9.*다른 메모"):
        book.apply([SetNote("자료", (9, 1), "남", "다른 꼬리표")])


def test_a_changed_text_changes_one_note(book: FileBook) -> None:
    book.apply([SetNote("자료", (2, 2), "하나", TAG), SetNote("자료", (3, 2), "둘", TAG)])
    inverse = book.apply([SetNote("자료", (2, 2), "하나 더", TAG)])
    assert [note.text for note in book.read("자료").notes.values()] == ["하나 더", "둘"]
    before = book.read("자료").notes
    book.apply(inverse)
    assert before != book.read("자료").notes
    assert book.read("자료").notes[2, 2].text == "하나"


def test_drawings_written_by_other_programs_are_extended() -> None:
    """openpyxl names the namespaces of the drawing as it likes."""
    loaded = openpyxl.load_workbook(io.BytesIO(rich.plain_workbook()))
    loaded["자료"]["B2"].comment = openpyxl.comments.Comment("남의 메모", "누구")
    out = io.BytesIO()
    loaded.save(out)
    book = FileBook.from_bytes(out.getvalue())
    inverse = book.apply([SetNote("자료", (3, 2), "우리 메모", TAG)])
    comments = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))["자료"]
    assert (comments["B2"].comment.text, comments["B3"].comment.text) == ("남의 메모", f"우리 메모\n[{TAG}]")
    book.apply(inverse)
    assert book.to_bytes() == out.getvalue()


@pytest.mark.parametrize("tag", ["", "가]나", "줄\n줄", "가" * 61])
def test_tags_that_could_not_be_read_back(tag: str, book: FileBook) -> None:
    with pytest.raises(EditRefused, match="꼬리표"):
        book.apply([SetNote("자료", (2, 2), "하나", tag)])


def test_pictures_in_headers_are_no_notes() -> None:
    """The drawing of a header picture is related like that of the notes, but it is not theirs."""
    data = rich.operated(
        rich.plain_workbook(),
        {
            "xl/drawings/vmlDrawing1.vml": b'<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="LH"/></xml>',
            "xl/worksheets/_rels/sheet1.xml.rels": (
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                + rich.relationship("rId1", "vmlDrawing", "../drawings/vmlDrawing1.vml")
                + b"</Relationships>"
            ),
            "xl/worksheets/sheet1.xml": lambda c: c.replace(
                b"</worksheet>", b'<legacyDrawingHF r:id="rId1"/></worksheet>'
            ),
        },
    )
    book = FileBook.from_bytes(data)
    book.apply([SetNote("자료", (2, 2), "하나", TAG)])
    after = rich.parts(book.to_bytes())
    assert after["xl/drawings/vmlDrawing1.vml"] == rich.parts(data)["xl/drawings/vmlDrawing1.vml"]
    assert b'<legacyDrawing r:id="rId3"/><legacyDrawingHF r:id="rId1"/>' in after["xl/worksheets/sheet1.xml"]
