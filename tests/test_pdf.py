"""The 사업설명서 as PDF: what is printed, by which program, and what is said where there is none."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
import types
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.hosts.errors import com_error
from xlbudget import workflow
from xlbudget.book import SheetUnknown
from xlbudget.book.file import FileBook
from xlbudget.book.live import printing
from xlbudget.cli import main
from xlbudget.exchange import pdf
from xlbudget.exchange.pdf import PdfUnavailable, sheet_pdf
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook import layout

posix = pytest.mark.skipif(os.name != "posix", reason="프로그램 흉내를 셸 글로 적었습니다")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pdf") / "완성.xlsx"
    workflow.build(resource(DEMO_PROJECT), made)
    return made


def command(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    return int(stopped.value.code or 0)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.office
def test_the_pdf_is_the_description_sheet_and_nothing_else(demo: Path, tmp_path: Path) -> None:
    before = demo.read_bytes()
    assert command("export", demo, "--to", "pdf", "-o", tmp_path) == 0
    made = tmp_path / "완성.pdf"
    assert demo.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [made.name]

    printed = printed_as(made, demo)
    for amount in ("13,500천원", "9,000천원", "279,576", "17,163", "(x-)"):
        assert amount in printed
    for other in ("쓰는법", "과목코드", "점검결과"):
        assert other not in printed


def printed_as(made: Path, workbook: Path) -> str:
    """Look whether a PDF holds every text of the sheet on the pages meant; return what is printed."""
    ways = [
        squeezed(
            subprocess.run(["pdftotext", way, made, "-"], capture_output=True, check=True).stdout.decode()
        )
        for way in (
            "-raw",
            "-layout",
        )  # quotation marks of another font go astray in the one, columns in the other
    ]
    sheet = FileBook.open(workbook).read(layout.DESCRIPTION)
    words = [squeezed(cell.value) for cell in sheet.cells.values() if isinstance(cell.value, str)]
    assert len(words) > 50
    assert [word for word in words if not any(word in way for way in ways)] == []
    facts = subprocess.run(["pdfinfo", made], capture_output=True, check=True, text=True).stdout
    pages = len(openpyxl.load_workbook(workbook)[layout.DESCRIPTION].row_breaks.brk) + 1
    assert pages > 1
    assert f"Pages:{pages}" in squeezed(facts).replace("Encrypted", "\n")
    return "".join(ways)


@pytest.mark.office
def test_the_pdf_of_a_real_document(corpus: Path, tmp_path: Path) -> None:
    document = corpus.parent / "seed" / "000_2d3e316fee31a065.txt"
    if not document.is_file():
        pytest.skip("실제 사업설명서(seed)가 없어 건너뜁니다")
    book = tmp_path / "책.xlsx"
    assert command("import", document, "-o", book) == 0
    assert command("export", book, "--to", "pdf", "-o", tmp_path / "책.pdf") == 0
    assert "279,576" in printed_as(tmp_path / "책.pdf", book)


def test_all_but_one_sheet_are_hidden_in_the_copy_that_is_printed(demo: Path) -> None:
    book = FileBook.open(demo)
    copy = book.showing(layout.DESCRIPTION)
    assert book.to_bytes() == demo.read_bytes()
    shown = openpyxl.load_workbook(io.BytesIO(copy))
    assert [s.title for s in shown.worksheets if s.sheet_state == "visible"] == [layout.DESCRIPTION]
    assert shown.active.title == layout.DESCRIPTION
    assert {s.title for s in shown.worksheets if s.print_area} == {layout.DESCRIPTION}
    one, other = zipfile.ZipFile(demo), zipfile.ZipFile(io.BytesIO(copy))
    changed = [name for name in one.namelist() if one.read(name) != other.read(name)]
    assert changed == ["xl/workbook.xml"]
    with pytest.raises(SheetUnknown):
        book.showing("없는 시트")


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    monkeypatch.setattr(pdf, "_PLACES", ())


@pytest.mark.usefixtures("nothing")
def test_without_a_program_it_says_what_to_do(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("export", demo, "--to", "pdf", "-o", tmp_path / "a.pdf") == 2
    said = capsys.readouterr().err
    assert "LibreOffice를 설치" in said
    assert "내보내기" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["json", "txt", "pdf", "hwpx"])
def test_it_is_never_written_over_the_input(kind: str, tmp_path: Path, capsys: Any) -> None:
    source = tmp_path / f"사업.{kind}"
    source.write_bytes(resource(DEMO_PROJECT).read_bytes())
    link = tmp_path / f"이음.{kind}"
    link.hardlink_to(source)
    before = source.read_bytes()
    for out in (source, link):
        assert command("export", source, "--to", kind, "-o", out) == 2
        assert "원본과 같은 파일" in capsys.readouterr().err
    assert source.read_bytes() == before


def test_a_name_has_to_say_what_the_file_is(demo: Path, tmp_path: Path, capsys: Any) -> None:
    assert command("export", demo, "--to", "pdf", "-o", tmp_path / "a.txt") == 2
    assert ".pdf 로 끝나는" in capsys.readouterr().err
    assert command("export", demo, "--to", "pdf") == 2
    assert "-o" in capsys.readouterr().err
    assert command("export", demo, "--to", "doc") == 2
    assert "pdf" in capsys.readouterr().err


def program(folder: Path, script: str) -> str:
    file = folder / "soffice"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return str(file)


@posix
@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo 'no such filter' >&2; exit 1", "no such filter"),
        ("exit 0", "까닭을 말하지 않음"),
        ('for last; do :; done; echo "not a page" > "${last%.*}.pdf"', "까닭을 말하지 않음"),
        ("exec /no/such/file", "/no/such/file"),
    ],
)
def test_a_program_that_fails_is_quoted(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str
) -> None:
    monkeypatch.setattr(pdf, "office_program", lambda: program(tmp_path, script))
    with pytest.raises(PdfUnavailable, match="만들지 못했습니다") as refused:
        sheet_pdf(FileBook.open(demo), layout.DESCRIPTION)
    assert told in str(refused.value)


@posix
def test_a_program_that_hangs_ends_with_all_it_started(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "child"
    hanging = program(tmp_path, f"sleep 300 & echo $! > '{note}'; wait")
    monkeypatch.setattr(pdf, "office_program", lambda: hanging)
    monkeypatch.setattr(pdf, "SECONDS", 1)
    started = time.monotonic()
    with pytest.raises(PdfUnavailable, match="1초 안에"):
        sheet_pdf(FileBook.open(demo), layout.DESCRIPTION)
    assert time.monotonic() - started < 60, "it does not wait for what the program started"
    child = int(note.read_text())
    for _ in range(50):
        if not _lives(child):
            return
        time.sleep(0.1)
    pytest.fail("the child goes on")


def _lives(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


class Excel:
    """As much of xlwings' application as printing uses; what it is asked for is kept."""

    asked: list[object]
    fault: Exception | None = None

    def __init__(self, **named: object) -> None:
        type(self).asked = [named]
        self.api = types.SimpleNamespace(AutomationSecurity=1)
        self.books = types.SimpleNamespace(open=self.open)

    def open(self, path: str, **named: object) -> object:
        self.asked += [Path(path).suffix, named, self.api.AutomationSecurity]
        return types.SimpleNamespace(sheets={layout.DESCRIPTION: types.SimpleNamespace(to_pdf=self.print_to)})

    def print_to(self, path: str) -> None:
        if self.fault is not None:
            raise self.fault
        Path(path).write_bytes(b"%PDF-1.7 by Excel")

    def __enter__(self) -> Excel:
        return self

    def __exit__(self, *_: object) -> None:
        self.asked.append("quit")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> type[Excel]:
    made = type("Fresh", (Excel,), {})
    for module in (pdf, printing):
        monkeypatch.setattr(module, "sys", types.SimpleNamespace(platform="win32"))
    monkeypatch.setitem(sys.modules, "xlwings", types.SimpleNamespace(App=made))
    return made


def test_excel_prints_where_it_is_there(demo: Path, windows: type[Excel]) -> None:
    assert sheet_pdf(FileBook.open(demo), layout.DESCRIPTION) == b"%PDF-1.7 by Excel"
    assert windows.asked == [
        {"visible": False, "add_book": False}, ".xlsx", {"update_links": False, "read_only": True}, 3, "quit",
    ]  # fmt: skip


@pytest.mark.usefixtures("nothing")
def test_what_excel_says_is_told_where_nothing_else_can_print(demo: Path, windows: type[Excel]) -> None:
    windows.fault = com_error("프린터가 없습니다")
    with pytest.raises(PdfUnavailable, match=r"프린터가 없습니다.*LibreOffice를 설치"):
        sheet_pdf(FileBook.open(demo), layout.DESCRIPTION)
    assert windows.asked[-1] == "quit"


@pytest.mark.usefixtures("nothing", "windows")
def test_windows_without_excel(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(**_: object) -> None:
        raise com_error("잘못된 클래스 문자열입니다", -2147221005)

    monkeypatch.setattr(sys.modules["xlwings"], "App", missing)
    with pytest.raises(PdfUnavailable, match="PDF를 만들 프로그램"):
        sheet_pdf(FileBook.open(demo), layout.DESCRIPTION)
