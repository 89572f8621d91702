"""The exceptions of the package: for unreadable files and busy hosts, never for a user's figures.

    XlbudgetError
    ├── BookError            a workbook cannot be read or written (see xlbudget.book)
    └── LayoutError          a workbook is not the standard budget workbook (see xlbudget.workbook)

Each message is one calm Korean sentence or two: where, what was found, what was expected, what to do.
"""

from __future__ import annotations

import errno

_REASONS = {
    errno.EEXIST: "같은 이름이 이미 있음",
    errno.ENOENT: "그런 파일이나 폴더가 없음",
    errno.EACCES: "권한이 없음",
    errno.EPERM: "권한이 없음",
    errno.ENOTDIR: "폴더가 아님",
    errno.EISDIR: "파일이 아니라 폴더임",
    errno.ENOSPC: "디스크에 빈 곳이 없음",
    errno.EROFS: "읽기 전용 디스크",
    errno.EBUSY: "다른 프로그램이 쓰고 있음",
    errno.ENAMETOOLONG: "이름이 너무 긺",
    errno.EIO: "디스크를 읽거나 쓸 수 없음",
    errno.ETIMEDOUT: "연결이 끊김",
    errno.EMFILE: "열린 파일이 너무 많음",
}


def reason(error: OSError) -> str:
    """Return why the operating system refused, in Korean; its number where we have no word for it."""
    known = _REASONS.get(error.errno or 0)
    return known or (f"운영체제 오류 {error.errno}" if error.errno else "까닭을 알 수 없음")


class XlbudgetError(Exception):
    """Base of every error that is told to the user as a plain sentence (exit code 2)."""
