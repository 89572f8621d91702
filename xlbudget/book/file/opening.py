"""What a file is, judged by its first bytes and its main part, before anything of it is read."""

from __future__ import annotations

from pathlib import Path

from xlbudget.book import BookBusy, BookEncrypted, BookUnreadable
from xlbudget.book.file.opc import content_type, related
from xlbudget.book.file.package import LARGEST_FILE, Package
from xlbudget.errors import reason

_ZIP, _OLE = b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLD_BOOKS = ("Workbook".encode("utf-16-le"), "Book\0".encode("utf-16-le"))
_HWP = "HwpSummaryInformation".encode("utf-16-le")
_DRM = (b"<## NASCA DRM FILE", b"DRMONE", b"SCDSA")
_MAIN = ("spreadsheetml.sheet.main+xml", "spreadsheetml.template.main+xml")
_MACRO = ("sheet.macroenabled.main+xml", "template.macroenabled.main+xml", "addin.macroenabled.main+xml")


def read_file(path: Path) -> bytes:
    """Return the bytes of a workbook file. Raises ``BookUnreadable``, ``BookBusy``."""
    try:
        if path.is_dir():
            raise BookUnreadable(f"{path.name}: 폴더입니다. 그 안의 .xlsx 또는 .xlsm 파일을 골라 주세요.")
        if path.exists() and not path.is_file():
            raise BookUnreadable(
                f"{path.name}: 파일이 아니라 장치나 통로입니다. .xlsx 또는 .xlsm 파일을 골라 주세요."
            )
        if path.stat().st_size > LARGEST_FILE:
            raise BookUnreadable(
                f"{path.name}: 파일이 {LARGEST_FILE >> 20} MiB보다 커서 열지 않았습니다. 그림이나 시트를 줄여 주세요."
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise BookUnreadable(f"{path}: 파일이 없습니다. 이름과 폴더를 확인해 주세요.") from None
    except PermissionError:
        raise BookBusy(
            f"{path.name}: 읽을 권한이 없거나 다른 프로그램이 쓰고 있습니다. 파일을 닫고 다시 해 주세요."
        ) from None
    except OSError as error:
        raise BookUnreadable(
            f"{path.name}: 읽는 중에 끊겼습니다({reason(error)}). 네트워크 폴더라면 연결을 확인해 주세요."
        ) from None


def open_package(data: bytes, name: str) -> Package:
    """Return the container of a workbook. Raises ``BookUnreadable``, ``BookEncrypted``."""
    if not data.startswith(_ZIP):
        raise _no_zip(data, name)
    try:
        return Package(data)
    except BookUnreadable as error:
        raise BookUnreadable(f"{name}: {error}") from None


def _no_zip(data: bytes, name: str) -> BookUnreadable:
    if not data:
        return BookUnreadable(f"{name}: 내용이 없는 파일(0바이트)입니다. 원본을 다시 받아 주세요.")
    if data.startswith(_OLE):
        return _compound(data, name)
    if any(data.startswith(magic) or magic in data[:64] for magic in _DRM):
        return _protected(name)
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        return _other(name, "이름만 .xlsx인 웹 문서(HTML)")
    if start.startswith(b"<?xml"):
        return _other(name, "XML 문서")
    if start.startswith(b"%pdf"):
        return _other(name, "PDF 문서")
    if _is_text(data[:4096]):
        return _other(name, "글자만 든 파일(CSV 등)")
    return _protected(name)


def _is_text(start: bytes) -> bool:
    if any(byte < 9 or 13 < byte < 32 for byte in start):
        return False
    for encoding in ("utf-8", "cp949"):
        try:
            start[:-4].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _compound(data: bytes, name: str) -> BookUnreadable:
    if _ENCRYPTED in data:
        return BookEncrypted(
            f"{name}: 열기 암호가 걸려 있습니다. Excel에서 암호를 풀어 .xlsx로 저장한 뒤 다시 해 주세요."
        )
    if _HWP in data:
        return _other(name, "한글(HWP) 문서")
    if any(stream in data for stream in _OLD_BOOKS):
        return _other(name, "옛 형식(.xls)의 통합 문서")
    return _protected(name)


def _protected(name: str) -> BookEncrypted:
    return BookEncrypted(
        f"{name}: Excel 통합 문서로 읽히지 않습니다. 문서 보안(DRM)이 걸린 파일이면 보안을 해제해 저장한 뒤, 아니면 원본을 다시 받아 해 주세요."
    )


def _other(name: str, what: str) -> BookUnreadable:
    return BookUnreadable(
        f"{name}: {what}입니다. Excel에서 열어 'Excel 통합 문서(.xlsx)'로 저장한 뒤 다시 해 주세요."
    )


def workbook_part(package: Package, name: str) -> str:
    """Return the name of the workbook part. Raises ``BookUnreadable`` where there is none of ours."""
    if package.find("mimetype"):
        kind = package.read("mimetype")[:100]
        if b"opendocument" in kind:
            raise _other(name, "OpenDocument 파일(.ods 등)")
        if b"hwp" in kind:
            raise _other(name, "한글(HWPX) 문서")
    if package.find("[Content_Types].xml") is None:
        raise BookUnreadable(
            f"{name}: Excel 통합 문서가 아닌 압축 파일입니다. .xlsx 또는 .xlsm 파일을 골라 주세요."
        )
    parts = related(package, "", "officeDocument")
    kind_name = content_type(package, parts[0]).lower() if parts and package.find(parts[0]) else ""
    if "sheet.binary" in kind_name:
        raise _other(name, "이진 형식(.xlsb)의 통합 문서")
    if "wordprocessingml" in kind_name or "presentationml" in kind_name:
        raise _other(name, "Word 또는 PowerPoint 문서")
    if not kind_name.endswith((*_MAIN, *_MACRO)):
        raise BookUnreadable(
            f"{name}: 통합 문서의 본문을 찾지 못했습니다. Excel에서 열어 .xlsx로 다시 저장한 뒤 해 주세요."
        )
    return parts[0]
