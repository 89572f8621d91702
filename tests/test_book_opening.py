"""Files that are no workbook: each is told for what it is, with what to do."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from tests import rich
from xlbudget.book import BookBusy, BookEncrypted, BookUnreadable, SheetUnknown
from xlbudget.book.file import FileBook

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def zipped(**contents: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


def typed(kind: str) -> bytes:
    return rich.operated(
        rich.bare(rich.sheet_xml("")),
        {
            "[Content_Types].xml": lambda c: c.replace(
                b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", kind.encode()
            )
        },
    )


FILES: dict[str, tuple[bytes, type[BookUnreadable], str]] = {
    "빈 파일": (b"", BookUnreadable, "0바이트"),
    "암호": (OLE + "EncryptedPackage".encode("utf-16-le"), BookEncrypted, "열기 암호"),
    "옛 형식": (OLE + "Workbook".encode("utf-16-le"), BookUnreadable, "xls"),
    "한글": (OLE + "HwpSummaryInformation".encode("utf-16-le"), BookUnreadable, "HWP"),
    "알 수 없는 복합 파일": (OLE, BookEncrypted, "DRM"),
    "문서 보안": (b"\x9b\x20DRMONE  This Document is encrypted and protected", BookEncrypted, "DRM"),
    "알 수 없는 이진 파일": (bytes(range(256)) * 8, BookEncrypted, "DRM"),
    "웹 문서": (b"\xef\xbb\xbf\r\n<html><table><tr><td>1</td></tr></table></html>", BookUnreadable, "HTML"),
    "XML": (b"<?xml version='1.0'?><Workbook/>", BookUnreadable, "XML"),
    "CSV": ("과목,금액\r\n사무관리비,100\r\n".encode("cp949"), BookUnreadable, "CSV"),
    "PDF": (b"%PDF-1.7\n", BookUnreadable, "PDF"),
    "다른 압축 파일": (zipped(**{"a.txt": b"x"}), BookUnreadable, "압축 파일"),
    "ODS": (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), BookUnreadable, "OpenDocument"),
    "HWPX": (zipped(mimetype=b"application/hwp+zip"), BookUnreadable, "HWPX"),
    "xlsb": (typed("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), BookUnreadable, "xlsb"),
    "docx": (typed("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), BookUnreadable, "Word"),
    "본문 없음": (typed("application/octet-stream"), BookUnreadable, "본문"),
    "잘린 파일": (rich.bare(rich.sheet_xml(""))[:-30], BookUnreadable, "손상"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_workbook_is_told(name: str, tmp_path: Path) -> None:
    content, kind, told = FILES[name]
    path = tmp_path / "2026년 예산(안).xlsx"
    path.write_bytes(content)
    with pytest.raises(kind, match=told) as error:
        FileBook.open(path)
    assert str(error.value).startswith(path.name)
    assert path.read_bytes() == content
    assert str(error.value).endswith(".")


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BookUnreadable, match="파일이 없습니다"):
        FileBook.open(tmp_path / "없음.xlsx")
    with pytest.raises(BookUnreadable, match="폴더입니다"):
        FileBook.open(tmp_path)


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "잠김.xlsx"
    path.write_bytes(rich.bare(rich.sheet_xml("")))

    def denied(self: Path) -> bytes:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(BookBusy, match="권한"):
        FileBook.open(path)


@pytest.mark.parametrize("kind", ["sheet", "template", "addin"])
def test_macro_workbooks_and_templates_are_read(kind: str) -> None:
    book = FileBook.from_bytes(typed(f"application/vnd.ms-excel.{kind}.macroEnabled.main+xml"))
    assert book.sheets() == ("시트",)


def test_an_unknown_sheet_names_those_that_are_there() -> None:
    with pytest.raises(SheetUnknown, match=r"'산출근거'.*시트"):
        FileBook.from_bytes(rich.bare(rich.sheet_xml(""))).read("산출근거")
