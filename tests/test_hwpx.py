"""사업설명서 as .hwpx: what is written reads back, foreign layouts are read, hostile packages are refused."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.made_projects import projects
from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.description_text import read_description
from xlbudget.exchange.hwpx import read_hwpx, write_hwpx
from xlbudget.project import Project

hwpx = pytest.importorskip("hwpx", reason="python-hwpx가 없어 건너뜁니다")
NAMESPACE = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"


@pytest.fixture(scope="session")
def library_project(cases: Path) -> Project:
    return read_description((cases / "import" / "tabs.txt").read_text(encoding="utf-8")).project


@pytest.fixture(scope="session")
def written(library_project: Project) -> bytes:
    return write_hwpx(library_project)


def rebuilt(data: bytes, change) -> bytes:
    """Return a package whose parts went through ``change(name, content) -> content | None``."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = change(part.filename, old.read(part.filename))
            if content is not None:
                kind = zipfile.ZIP_STORED if part.filename == "mimetype" else zipfile.ZIP_DEFLATED
                new.writestr(part.filename, content, kind)
    return out.getvalue()


def test_what_is_written_reads_back_as_the_same_project(library_project: Project, written: bytes) -> None:
    read = read_hwpx(written)
    assert read.unplaced == ()
    assert read.project == library_project


def test_the_same_project_gives_the_same_bytes(library_project: Project, written: bytes) -> None:
    assert write_hwpx(library_project) == written


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(projects)
def test_any_project_reads_back(project: Project) -> None:
    read = read_hwpx(write_hwpx(project))
    assert read.unplaced == ()
    assert read.project.model_dump() == project.model_dump()


def test_the_package_is_what_word_processors_expect(written: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert package.infolist()[0].filename == "mimetype"
        assert package.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert package.read("mimetype") == b"application/hwp+zip"
        content = package.read("Contents/content.hpf").decode()
    assert "골목 도서관 운영" in content
    document = hwpx.HwpxDocument.open(written)
    assert document.validate().ok
    assert document.page.size().width == 59528


def test_the_layout_is_that_of_the_form(written: bytes) -> None:
    document = hwpx.HwpxDocument.open(written)
    tables = {(table.row_count, table.column_count): table for table in document.tables}
    overview = tables[6, 5]
    assert overview.cell(0, 0).span == (2, 1)
    assert overview.cell(0, 3).span == (1, 2)
    assert overview.cell(2, 0).text == "계"
    assert overview.element.get("repeatHeader") == "1"
    assert [row.cells[0].element.get("header") for row in overview.rows] == ["1", "1", "0", "0", "0", "0"]
    derivations = tables[7, 4]
    assert derivations.cell(0, 1).span == (1, 3)
    assert derivations.cell(1, 0).span == (4, 1)
    assert derivations.cell(2, 2).text == "="
    settlement = tables[3, 8]
    assert [paragraph.text for paragraph in settlement.cell(2, 1).paragraphs] == ["(x2,000)", "15,000"]
    widths = [sum(table.cell(0, column).width for column in range(8)) for table in (settlement,)]
    assert abs(widths[0] - 52_328) <= 8


def test_no_row_is_lower_than_its_text(written: bytes) -> None:
    document = hwpx.HwpxDocument.open(written)
    for table in document.tables:
        for position in table.iter_grid():
            lines = len(position.cell.paragraphs)
            assert position.cell.height >= lines * 1_000


def cell_text(cell, *lines: str) -> None:
    cell.set_text(lines[0])
    for line in lines[1:]:
        cell.add_paragraph(line)


def foreign() -> bytes:
    """A 사업설명서 as other people lay it out: headings in tables, (x…) in rows of their own, all in a frame."""
    document = hwpx.HwpxDocument.new()
    document.page.set_header(text="쪽마다 나오는 머리말")
    title = document.add_table(1, 1)
    cell_text(title.cell(0, 0), "안개 예보 알림", "")
    frame = document.add_table(1, 1).cell(0, 0)
    head = frame.add_table(1, 2)
    head.cell(0, 0).set_text("1")
    head.cell(0, 1).set_text("기본 현황")
    frame.add_paragraph("□ 사업개요")
    outline = frame.add_table(4, 4)
    outline.cell(0, 0).set_text("회 계")
    outline.cell(0, 1).set_text("일반회계")
    outline.cell(0, 2).set_text("사업기간")
    outline.cell(0, 3).set_text("☑ 연례반복")
    outline.cell(1, 0).set_text("사업내용")
    cell_text(outline.cell(1, 1), "○ 안개 알림", "○ 장비 점검")
    outline.merge_cells(1, 1, 1, 3)
    outline.cell(2, 0).set_text("사업비(당해년도)")
    outline.cell(2, 1).set_text("2,400천원")
    outline.cell(2, 2).set_text("(국비)1,200천원")
    outline.cell(2, 3).set_text("(시비)1,200천원")
    outline.cell(3, 1).set_text("기타 (예산 외)")
    outline.cell(3, 2).set_text("(구비)")
    outline.merge_cells(2, 0, 3, 0)
    people = document.add_table(2, 5)
    for column, text in enumerate(("실·국", "부서명", "과 장", "팀 장", "주무관")):
        people.cell(0, column).set_text(text)
    people.cell(1, 1).set_text("교통정책과")
    cell_text(people.cell(1, 4), "박주무", "02-2133-1234")
    document.add_paragraph("2. 예산설명")
    overview = document.add_table(6, 5)
    for column, text in enumerate(("구분", "2026예산액(A)", "2027예산액(B)", "증감")):
        overview.cell(0, column).set_text(text)
    overview.cell(1, 3).set_text("(B-A)")
    overview.cell(1, 4).set_text("(B-A)*100/A")
    for row, cells in enumerate(
        (("계", "(x-)", "(x1,200)", "(x-)", "(x-)"), ("", "2,000", "2,400", "400", "20.0"),
         ("사무관리비", "(x-)", "(x1,200)", "(x-)", "(x-)"), ("", "2,000", "2,400", "400", "20.0")), 2):  # fmt: skip
        for column, text in enumerate(cells):
            overview.cell(row, column).set_text(text)
    overview.merge_cells(2, 0, 3, 0)
    overview.merge_cells(4, 0, 5, 0)
    document.add_paragraph("□ 산출근거")
    derivations = document.add_table(3, 4)
    derivations.cell(0, 0).set_text("과목구분")
    derivations.cell(0, 1).set_text("2027년 예산내역")
    derivations.merge_cells(0, 1, 0, 3)
    for row, cells in enumerate(
        (("○ 알림 운영", "=", "2,400천원"), ("- 문자 발송 20원*10,000건*12월", "=", "2,400천원")), 1
    ):
        for column, text in enumerate(cells, 1):
            derivations.cell(row, column).set_text(text)
    derivations.cell(1, 0).set_text("사무관리비")
    derivations.merge_cells(1, 0, 2, 0)
    document.add_paragraph("□ 사업목적")
    document.add_paragraph("- 안개 낀 길의 사고를 줄임")
    return bytes(document.to_bytes())


def test_a_foreign_layout_is_read() -> None:
    read = read_hwpx(foreign())
    project = read.project
    assert read.unplaced == ()
    assert (project.name, project.fiscal_year, project.account) == ("안개 예보 알림", 2027, "일반회계")
    assert (project.period, project.summary) == ("연례반복", ("안개 알림", "장비 점검"))
    assert [(f.source, f.amount) for f in project.funding] == [("국비", 1_200), ("시비", 1_200)]
    assert project.organisation.officer.model_dump() == {"name": "박주무", "phone": "02-2133-1234"}
    item = project.items[0]
    assert (item.previous.total, item.current_subsidy) == (2_000, 1_200)
    assert [(line.label, line.expression) for line in item.derivations] == [
        ("알림 운영", None),
        ("문자 발송", "20원*10,000건*12월"),
    ]
    assert project.purpose == ("안개 낀 길의 사고를 줄임",)


def test_line_breaks_tabs_and_boxes_are_text_too(written: bytes) -> None:
    def with_box(name: str, content: bytes) -> bytes:
        if name != "Contents/section0.xml":
            return content
        text = content.decode()
        old = "<hp:t>- 도서관법, 골목도서관 조례</hp:t>"
        assert old in text
        box = (
            '<hp:t>- 도서관법,<hp:lineBreak/>골목도서관<hp:tab width="100" leader="0" type="1"/>조례</hp:t>'
            "<hp:rect><hp:drawText><hp:subList><hp:p><hp:run><hp:t>- 글상자의 근거</hp:t></hp:run></hp:p></hp:subList>"
            "</hp:drawText></hp:rect>"
        )
        return text.replace(old, box).encode()

    read = read_hwpx(rebuilt(written, with_box))
    assert read.project.grounds == ("도서관법,\n골목도서관 조례", "글상자의 근거")


def test_lines_without_a_place_are_counted_by_paragraphs_and_rows(written: bytes) -> None:
    def changed(name: str, content: bytes) -> bytes:
        return content.replace("단위 : 천원, %".encode(), "모르는 말".encode())

    read = read_hwpx(rebuilt(written, changed))
    assert [(lost.text, lost.reason) for lost in read.unplaced] == [
        ("(모르는 말)", "표의 행이 아니라서 넣을 곳이 없습니다.")
    ]
    assert read.unplaced[0].line_number == 17


def declared_size(data: bytes, name: str, size: int) -> bytes:
    """Return a package that declares a size for a part in its central directory."""
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    return data[: at + 24] + struct.pack("<I", size) + data[at + 28 :]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "HWPX 문서\\(.hwpx\\)'로 저장"),
        (lambda data: b"<html>", "HWPX 문서가 아닙니다"),
        (lambda data: data[: len(data) // 2], "손상되어"),
        (lambda data: declared_size(data, "Contents/header.xml", 2**31), "너무 큰 문서|지나치게 커지는"),
        (lambda data: rebuilt(data, lambda n, c: bytes(30_000_000) if n.endswith("section0.xml") else c), "지나치게 커지는"),
        (
            lambda data: rebuilt(
                data,
                lambda n, c: c.replace(b"<hs:sec", b'<!DOCTYPE x [<!ENTITY a "b">]><hs:sec', 1) if "section0" in n else c,
            ),
            "개체 선언",
        ),
        (lambda data: rebuilt(data, lambda n, c: None if n.endswith("section0.xml") else c), "HWPX로 읽을 수 없습니다"),
        (lambda data: rebuilt(data, lambda n, c: b"<a><b></a>" if n.endswith("section0.xml") else c), "HWPX로 읽을 수 없습니다"),
    ],
    ids=["hwp", "html", "half", "declared", "bomb", "entity", "missing", "broken"],
)  # fmt: skip
def test_what_may_do_harm_or_is_damaged_is_refused(written: bytes, change, message: str) -> None:
    with pytest.raises(DocumentUnreadable, match=message):
        read_hwpx(change(written), name="설명서.hwpx")


def test_tables_in_tables_in_tables_end_somewhere() -> None:
    document = hwpx.HwpxDocument.new()
    cell = document.add_table(1, 1).cell(0, 0)
    for _ in range(12):
        cell = cell.add_table(1, 1).cell(0, 0)
    with pytest.raises(DocumentUnreadable, match="깊이"):
        read_hwpx(bytes(document.to_bytes()))


def test_the_document_that_the_project_was_asked_for_survives(corpus: Path) -> None:
    found = sorted((corpus.parent / "seed").glob("*.txt"))
    if not found:
        pytest.skip("원본 문서 폴더(seed)가 없어 건너뜁니다")
    project = read_description(found[0].read_text(encoding="utf-8")).project
    read = read_hwpx(write_hwpx(project))
    assert (read.unplaced, read.project) == ((), project)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(written: bytes, data: st.DataObject) -> None:
    def damaged(name: str, content: bytes) -> bytes:
        if name != part or not content:
            return content
        at = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 60))
        return content[:at] + data.draw(st.binary(max_size=4)) + content[at + length :]

    part = data.draw(
        st.sampled_from(("Contents/section0.xml", "Contents/header.xml", "Contents/content.hpf", "mimetype"))
    )
    try:
        read_hwpx(rebuilt(written, damaged))
    except DocumentUnreadable as error:
        assert str(error)
