"""Saving without loss: a fresh file beside the target, written through to the disk, then put in its place.

Killed at any moment, the target is either the old file or the new one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from xlbudget.book import BookBusy, BookError, BookReadOnly
from xlbudget.errors import reason
from xlbudget.korean import with_particle


class Stamp(NamedTuple):
    """What a file looked like when it was read."""

    size: int
    modified: int
    digest: bytes


def stamp(path: Path, data: bytes) -> Stamp:
    """Return what tells later whether a file has changed since it was read as ``data``."""
    try:
        modified = path.stat().st_mtime_ns
    except OSError:
        modified = -1
    return Stamp(len(data), modified, hashlib.blake2b(data, digest_size=16).digest())


def save(
    path: Path, data: bytes, *, opened: Stamp | None = None, backup: bool = False, one_of_many: bool = False
) -> Path | None:
    """Write a workbook file; return the backup of the old one, where one was made.

    ``opened`` is the stamp of the file when it was read, where it is written back in its place: a file that
    changed meanwhile is left alone. With ``backup`` the old file is first copied to ``name.bak.xlsx`` beside
    it; an earlier backup is never written over, the next is ``name.bak.2.xlsx`` and so on. A file that already
    holds these bytes is left as it is. A link is followed: the file that it points to is replaced, the link
    stays.
    ``one_of_many``: its contents are on the disk before it gets its name, but whether a power cut takes the name
    back is left open, for a run over many files looks at each result again.
    Raises ``BookBusy`` (open elsewhere, or changed), ``BookReadOnly`` (permissions, full disk, no folder).
    """
    target = _target(path)
    _check_owner(target)
    if opened is not None:
        _check_unchanged(target, opened)
    try:
        if target.exists() and target.stat().st_size == len(data) and target.read_bytes() == data:
            return None
        kept = _backup_name(target) if backup and target.exists() else None
        if kept is not None:
            _write(kept, target.read_bytes())
        _write(target, data)
        if not one_of_many:
            _sync_folder(target.parent)
    except OSError as error:
        raise _told(target, error) from None
    return kept


def check_suffix(target: Path, kind: str) -> None:
    """Refuse a name that Excel would not open: macros need .xlsm, and .xlsm needs macros."""
    macros = "macroenabled" in kind.lower()
    wrong = {".xlsx", ".xltx"} if macros else {".xlsm", ".xltm", ".xlam"}
    if target.suffix.lower() in wrong:
        what, right = ("매크로가 든", ".xlsm") if macros else ("매크로가 없는", ".xlsx")
        raise BookReadOnly(
            f"{target.name}: {what} 통합 문서라 이 이름으로는 열리지 않습니다. {right} 이름으로 저장해 주세요."
        )


def _target(path: Path) -> Path:
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise BookReadOnly(f"{path}: 저장할 폴더가 없습니다. 폴더를 만들거나 네트워크 연결을 확인해 주세요.")
    if target.is_dir():
        raise BookReadOnly(
            f"{path}: 같은 이름의 폴더가 있어 저장할 수 없습니다. 다른 이름으로 저장해 주세요."
        )
    if target.exists() and not target.is_file():
        raise BookReadOnly(f"{path}: 파일이 아니라서 저장할 수 없습니다. 다른 이름으로 저장해 주세요.")
    if target.exists() and not os.access(target, os.W_OK):
        raise BookReadOnly(
            f"{target.name}: 읽기 전용 파일이라 저장할 수 없습니다. 읽기 전용을 풀거나 다른 이름으로 저장해 주세요."
        )
    return target


def _check_owner(target: Path) -> None:
    """Refuse a file that Excel or LibreOffice has open: both leave a small file beside it."""
    owners = {
        "Excel": target.with_name("~$" + target.name),
        "LibreOffice": target.with_name(f".~lock.{target.name}#"),
    }
    for program, file in owners.items():
        if file.exists():
            raise BookBusy(
                f"{target.name}: {program}에서 열려 있습니다. 그 창에서 닫은 뒤 다시 해 주세요. "
                f"열려 있지 않다면 남아 있는 표시 파일 {with_particle(file.name, '을')} 지워 주세요."
            )


def _check_unchanged(target: Path, opened: Stamp) -> None:
    try:
        now = target.stat()
        if now.st_size == opened.size and now.st_mtime_ns == opened.modified:
            return
        if now.st_size == opened.size and stamp(target, target.read_bytes()).digest == opened.digest:
            return
    except FileNotFoundError:
        return
    except OSError as error:
        raise _told(target, error) from None
    raise BookBusy(
        f"{target.name}: 읽은 뒤에 다른 곳에서 바뀌었습니다. 바뀐 내용을 확인하고 처음부터 다시 해 주세요."
    )


def _backup_name(target: Path) -> Path:
    number = 1
    while True:
        mark = ".bak" if number == 1 else f".bak.{number}"
        name = target.with_name(target.stem + mark + target.suffix)
        if not name.exists():
            return name
        number += 1


def _write(target: Path, data: bytes) -> None:
    """Put data in the place of a file, all or nothing."""
    fresh = target.with_name(f".{target.stem[:40]}.{secrets.token_hex(6)}.tmp")  # 40 Hangul: 120 bytes of 255
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _like(fresh, target)
        fresh.replace(target)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise


def _like(fresh: Path, target: Path) -> None:
    """Give the fresh file the mode of the old one, or what new files get here."""
    if os.name != "posix":
        return
    if target.exists():
        mode = target.stat().st_mode & 0o777
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    fresh.chmod(mode)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network folders cannot be synchronised
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _told(target: Path, error: OSError) -> BookError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return BookReadOnly(
            f"{target.name}: 디스크에 빈 곳이 없어 저장하지 못했습니다. 원본은 그대로입니다. 공간을 만든 뒤 다시 해 주세요."
        )
    if error.errno == errno.ENOENT:
        return BookReadOnly(f"{target.name}: 저장할 폴더가 사라졌습니다. 네트워크 연결을 확인해 주세요.")
    if isinstance(error, PermissionError):
        return BookReadOnly(
            f"{target.name}: 이 폴더에 쓸 권한이 없거나 다른 프로그램이 파일을 쓰고 있습니다. 다른 폴더에 저장해 보세요."
        )
    return BookReadOnly(f"{target.name}: 저장하지 못했습니다({reason(error)}). 원본은 그대로입니다.")
