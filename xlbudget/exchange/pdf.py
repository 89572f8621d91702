"""A sheet of a workbook as PDF: by Excel where this machine has it, else by LibreOffice, else a plain word.

Both work on a copy in a folder of their own, which is gone afterwards.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from xlbudget.book import BookError
from xlbudget.book.file import FileBook
from xlbudget.errors import XlbudgetError, reason

SECONDS = 180
"""How long LibreOffice may take; its first start on a slow machine takes half a minute."""
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
)
_NOTHING = "이 컴퓨터에는 PDF를 만들 프로그램(Windows의 엑셀 또는 LibreOffice)이 없습니다."


class PdfUnavailable(XlbudgetError):
    """No program here can make a PDF, or the one that can did not; the message says what to do."""


def sheet_pdf(book: FileBook, sheet: str) -> bytes:
    """Return one sheet of a workbook as the bytes of a PDF file.

    Raises ``PdfUnavailable``, ``SheetUnknown``.
    """
    with tempfile.TemporaryDirectory(prefix="xlbudget-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        copy = folder / ("copy.xlsm" if book.has_macros else "copy.xlsx")
        refused = _by_excel(book, sheet, copy)
        if not isinstance(refused, str):
            return refused
        program = office_program()
        if program is None:
            raise PdfUnavailable(
                f"{refused or _NOTHING} LibreOffice를 설치한 뒤 다시 하거나, 엑셀에서 통합 문서를 열고 "
                f"'{sheet}' 시트를 [파일]-[내보내기]에서 PDF로 저장하세요."
            )
        copy.write_bytes(book.showing(sheet))
        return _by_office(program, copy)


def _by_excel(book: FileBook, sheet: str, copy: Path) -> bytes | str:
    """Return the PDF that Excel makes; or why it makes none, empty where there is no Excel."""
    if sys.platform != "win32":
        return ""
    from xlbudget.book.live.printing import ExcelMissing, print_sheet

    copy.write_bytes(book.to_bytes())
    out = copy.with_suffix(".pdf")
    try:
        print_sheet(copy, sheet, out)
    except ExcelMissing:
        return ""
    except BookError as error:
        return str(error)
    data = out.read_bytes()
    out.unlink()
    return data


def office_program() -> str | None:
    """Return the program of LibreOffice, ``None`` where it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def _by_office(program: str, copy: Path) -> bytes:
    """Let LibreOffice print what a workbook shows, with a profile that nobody else uses."""
    out = copy.with_suffix(".pdf")
    command = [
        program,
        f"-env:UserInstallation={(copy.parent / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nofirststartwizard"),
        *("--convert-to", "pdf:calc_pdf_Export", "--outdir", str(copy.parent), str(copy)),
    ]
    said = _run(command)
    if not out.is_file() or not (data := out.read_bytes()).startswith(b"%PDF"):
        raise PdfUnavailable(
            f"LibreOffice가 PDF를 만들지 못했습니다({said or '까닭을 말하지 않음'}). LibreOffice를 한 번 열어 잘 돌아가는지 "
            "확인한 뒤 다시 하세요."
        )
    return data


def _run(command: list[str]) -> str:
    """Run a program and return the last line that it said; it and what it started end with the time limit."""
    try:
        process = subprocess.Popen(  # noqa: S603 (the program of the machine, on a copy of ours)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return reason(error)
    try:
        _, errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        _end(process)
        return f"{SECONDS}초 안에 마치지 못함"
    except BaseException:
        _end(process)
        raise
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started: the program that was named is often only a launcher."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)  # noqa: S603, S607
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
