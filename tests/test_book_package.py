"""Containers that are damaged or built to do harm are refused, quickly and without growing."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import rich
from xlbudget.book import BookError, BookUnreadable
from xlbudget.book.file import FileBook
from xlbudget.book.file.package import Package
from xlbudget.edits import SetCells

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def plain() -> bytes:
    return rich.bare(rich.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'))


def member(
    name: bytes, content: bytes, *, size: int | None = None, offset: int = 0, flags: int = 0, method: int = 8
) -> tuple[bytes, bytes]:
    """Return a local record with its data, and its central record."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = engine.compress(content) + engine.flush() if method == 8 else content
    shared = (
        20,
        flags,
        method,
        0,
        33,
        zlib.crc32(content),
        len(packed),
        len(content) if size is None else size,
        len(name),
        0,
    )
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *shared) + name + packed
    return local, struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *shared, 0, 0, 0, 0, offset) + name


def container(*members: tuple[bytes, bytes]) -> bytes:
    body, directory = b"", b""
    for local, central in members:
        directory += central[:42] + struct.pack("<I", len(body)) + central[46:]
        body += local
    return ended(body, directory, len(members))


def ended(body: bytes, directory: bytes, count: int) -> bytes:
    return (
        body
        + directory
        + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    )


def overlapping() -> bytes:
    """Return many members that share one kernel of data."""
    kernel, _ = member(b"a", b"\0" * 100_000)
    directory = b""
    for number in range(100):
        _, central = member(b"a", b"\0" * 100_000)
        directory += central[:46] + (b"%c" % (48 + number % 70))
    return ended(kernel, directory, 100)


def huge(data: bytes, content: bytes) -> bytes:
    return rich.operated(data, {SHEET: content})


HOSTILE: dict[str, bytes] = {
    "빠져나가는 이름": container(member(b"../../etc/passwd", b"x")),
    "뒤로 빠져나가는 이름": container(member(b"xl\\..\\..\\a", b"x")),
    "뿌리 이름": container(member(b"/etc/passwd", b"x")),
    "드라이브 이름": container(member(b"C:/a", b"x")),
    "같은 이름 둘": container(member(b"a", b"x"), member(b"a", b"y")),
    "겹친 부분": overlapping(),
    "암호가 걸린 부분": container(member(b"a", b"x", flags=1)),
    "모르는 압축": container(member(b"a", b"x", method=12)),
    "이름이 다른 머리": ended(member(b"a", b"x")[0], member(b"b", b"x")[1], 1),
    "폭탄": container(member(b"a", b"\0" * (20 << 20))),
    "합치면 폭탄": container(*(member(b"a%d" % n, bytes(range(256)) * 20, size=0x7FFFFFFF) for n in range(3))),
    "목록이 모자람": ended(*member(b"a", b"x"), 2),
    "목록이 없음": member(b"a", b"x")[0],
    "꼬리만": b"PK\3\4" + b"\0" * 18,
    "위치가 파일 밖": ended(member(b"a", b"x")[0], member(b"a", b"x", offset=0x7FFFFFFF)[1], 1),
    "너무 많은 부분": ended(b"PK\3\4", b"", 60_000),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_containers_are_refused(name: str) -> None:
    start = time.monotonic()
    with pytest.raises(BookUnreadable) as told:
        FileBook.from_bytes(HOSTILE[name], name="받은 파일.xlsx")
    assert time.monotonic() - start < 2
    assert "받은 파일.xlsx" in str(told.value)


BIG_PARTS = {
    "문자열 삼백만": ("strings", "b'<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">' + b'<si/>' * 3_000_000 + b'</sst>'"),
    "서식 백만": ("styles", "b'<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs>' + b'<xf/>' * 1_000_000 + b'</cellXfs></styleSheet>'"),
    "깊은 서식": ("styles", "b'<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">' + b'<a>' * 3_000_000 + b'</a>' * 3_000_000 + b'</styleSheet>'"),
}  # fmt: skip
BIG: dict[str, str] = {
    "천만 행": "b'<row r=\"1\"/>' * 10_000_000",
    "천만 행이라는 주장": "b'<row r=\"10000000\"><c r=\"A10000000\"><v>1</v></c></row>'",
    "칸 이백만": "b'<row r=\"1\">' + b'<c r=\"A1\"/>' * 2_000_000 + b'</row>'",
    "깊은 중첩": "b'<row r=\"1\">' + b'<x>' * 2_000_000 + b'</x>' * 2_000_000 + b'</row>'",
    "긴 공유 수식": "b'<row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"0\" ref=\"A1:A2\">' + b'A1+' * 2700 + b'1</f></c></row>'"
    " + b''.join(b'<row r=\"%d\"><c r=\"A%d\"><f t=\"shared\" si=\"0\"/></c></row>' % (n, n) for n in range(2, 100_000))",
    "긴 속성": "b'<row r=\"1\"><c r=\"A1\" x=\"' + b'a' * 30_000_000 + b'\"/></row>'",
    "긴 글": "b'<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>' + b'&amp;' * 6_000_000 + b'</t></is></c></row>'",
    "따옴표뿐인 수식": "b'<row r=\"1\"><c r=\"A1\"><f t=\"shared\" si=\"0\" ref=\"A1:A2\">' + b'&quot;' * 8001 + b'</f></c></row>'"
    " + b'<row r=\"2\"><c r=\"A2\"><f t=\"shared\" si=\"0\"/></c></row>'",
}  # fmt: skip

_CHILD = """
import sys, time
sys.path.insert(0, sys.argv[2])
from tests import rich
from xlbudget.book import BookError
from xlbudget.book.file import FileBook
rows = eval(sys.argv[1])
more = {sys.argv[3]: rows} if len(sys.argv) > 3 else {}
data = rich.bare(rich.sheet_xml("ROWS").replace(b"ROWS", b"" if more else rows), **more)
del rows, more
start = time.process_time()
try:
    FileBook.from_bytes(data).read("시트")
    told = "read"
except BookError as error:
    told = str(error)
taken = time.process_time() - start
# The peak of this program alone: getrusage would count what the parent held when it forked.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(taken, int(peak) // 1024, told)
"""


@pytest.mark.parametrize("name", [*BIG, *BIG_PARTS])
def test_big_claims_cost_little(name: str) -> None:
    """Each in a process of its own, in which time and memory are measured."""
    part, content = BIG_PARTS.get(name, ("", BIG.get(name, "")))
    command = [
        sys.executable,
        "-c",
        _CHILD,
        content,
        str(Path(__file__).parent.parent),
        *([part] if part else []),
    ]
    child = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    seconds, mebibytes, told = child.stdout.split(" ", 2)
    assert float(seconds) < 2, child.stdout
    assert int(mebibytes) < 300, child.stdout
    assert told.strip() == "read" or "않았습니다" in told or "없습니다" in told, told


@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_a_member_that_lies_about_its_size(size: int, plain: bytes) -> None:
    parts = rich.parts(plain)
    local, central = member(SHEET.encode(), b"\0" * 5_000_000, size=size)
    members = [member(name.encode(), content) for name, content in parts.items() if name != SHEET]
    book = FileBook.from_bytes(container(*members, (local, central)))
    with pytest.raises(BookUnreadable, match="손상"):
        book.read("시트")


def test_zip64_and_data_descriptors_are_read_and_copied(plain: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in rich.parts(plain).items():
            with archive.open(zipfile.ZipInfo(name, rich.DATE), "w", force_zip64=True) as file:
                file.write(content)

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in rich.parts(plain).items():
            archive.writestr(zipfile.ZipInfo(name, rich.DATE), content)
    for data in (out.getvalue(), pipe.getvalue()):
        book = FileBook.from_bytes(data)
        book.apply([SetCells("시트", {(1, 1): 2})])
        with zipfile.ZipFile(io.BytesIO(book.to_bytes())) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == list(rich.parts(plain))
        assert FileBook.from_bytes(book.to_bytes()).read("시트").value(1, 1) == 2


def test_other_spellings_of_part_names_are_found(plain: bytes) -> None:
    parts = {
        name.replace("xl/", "XL\\").replace("sheet1", "Sheet1"): content
        for name, content in rich.parts(plain).items()
    }
    data = container(*(member(name.encode(), content) for name, content in parts.items()))
    assert FileBook.from_bytes(data).read("시트").value(1, 1) == 1


def test_the_same_edits_give_the_same_bytes(plain: bytes) -> None:
    def edited() -> bytes:
        book = FileBook.from_bytes(plain)
        book.apply([SetCells("시트", {(row, 1): f"글 {row}" for row in range(1, 50)})])
        return book.to_bytes()

    assert edited() == edited()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_flipped_bytes_never_crash(data: st.DataObject) -> None:
    content = bytearray(rich.bare(rich.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        book = FileBook.from_bytes(bytes(content))
        for sheet in book.sheets():
            book.read(sheet)
        book.apply([SetCells(book.sheets()[0], {(1, 1): 5})] if book.sheets() else [])
        Package(book.to_bytes())
    except BookError:
        pass


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_scrambled_parts_never_crash(data: st.DataObject) -> None:
    contents = rich.parts(rich.plain_workbook())
    name = data.draw(st.sampled_from(sorted(contents)))
    part = bytearray(contents[name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(part)))
        length = data.draw(st.integers(0, 30))
        part[start : start + length] = data.draw(
            st.binary(max_size=12) | st.sampled_from([b"<", b'"', b"/>", b"<c", b'r="', b"&", b"-1"])
        )
    try:
        book = FileBook.from_bytes(rich.packed({**contents, name: bytes(part)}))
        for sheet in book.sheets():
            book.read(sheet)
        book.apply([SetCells(book.sheets()[0], {(1, 1): 5, (3, 3): 6})] if book.sheets() else [])
    except BookError:
        pass
