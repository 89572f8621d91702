"""The door to python-hwpx: what may be opened is decided before it is opened."""

from __future__ import annotations

import io
import logging
import re
import zipfile
import zlib
from types import ModuleType

from xlbudget.exchange import DocumentUnreadable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
MOST_PARTS = 2_000
LARGEST_PART = 64 * 1024 * 1024
LARGEST_TOTAL = 256 * 1024 * 1024
LARGEST_RATIO = 500
"""Bounds of a package in bytes, and of how much a part may shrink; a page of text shrinks by about 20."""

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError
)  # fmt: skip
_HOSTILE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def library() -> ModuleType:
    """Return python-hwpx. Raises ``DocumentUnreadable`` where it is not installed."""
    try:
        import hwpx
    except ImportError as error:
        raise DocumentUnreadable(
            "HWPX를 다루려면 python-hwpx가 필요합니다. 'pip install python-hwpx'로 설치하세요."
        ) from error
    logging.getLogger("hwpx").addHandler(logging.NullHandler())  # it logs tracebacks of what we refuse calmly
    return hwpx


def refuse_hostile(data: bytes, name: str) -> None:
    """Raise ``DocumentUnreadable`` for what is no .hwpx package or may be built to do harm."""
    if data.startswith(OLE):
        raise DocumentUnreadable(
            f"{name}: .hwp 문서는 읽지 않습니다. 한글에서 열어 '다른 이름으로 저장하기 → HWPX 문서(.hwpx)'로 저장한 뒤 쓰세요."
        )
    if not data.startswith(ZIP):
        raise DocumentUnreadable(
            f"{name}: HWPX 문서가 아닙니다. DRM이나 암호로 보호된 문서라면 한글에서 열어 보호를 풀고 저장하세요."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _within_bounds(package, name)
    except _DAMAGED as error:
        raise DocumentUnreadable(f"{name}: 문서가 손상되어 읽을 수 없습니다.") from error


def _within_bounds(package: zipfile.ZipFile, name: str) -> None:
    parts = package.infolist()
    total = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or total > LARGEST_TOTAL:
        raise DocumentUnreadable(f"{name}: 너무 큰 문서입니다(풀면 {total:,}바이트, {len(parts):,}개 부분).")
    for part in parts:
        if (
            part.file_size > max(LARGEST_RATIO * part.compress_size, 1_000_000)
            or part.file_size > LARGEST_PART
        ):
            raise DocumentUnreadable(f"{name}: 압축을 풀면 지나치게 커지는 부분이 있습니다({part.filename}).")
        if part.flag_bits & 0x1:
            raise DocumentUnreadable(f"{name}: 암호로 보호된 문서입니다. 한글에서 암호를 풀고 저장하세요.")
        _whole_and_plain(package, part, name)


def _whole_and_plain(package: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Read a part to its end, so that its checksum is compared, and look for declarations of entities."""
    with package.open(part) as stream:
        content = stream.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise DocumentUnreadable(f"{name}: 압축을 풀면 지나치게 커지는 부분이 있습니다({part.filename}).")
    is_xml = part.filename.lower().endswith((".xml", ".hpf", ".rdf"))
    if is_xml and _HOSTILE.search(content.replace(b"\x00", b"")):
        raise DocumentUnreadable(f"{name}: XML에 개체 선언이 있어 열지 않습니다({part.filename}).")
