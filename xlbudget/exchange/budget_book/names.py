"""File names that Windows accepts, one a 세부사업: 부서_정책_단위_세부."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

LONGEST_PART = 40
LONGEST_STEM = 200
"""Bytes of UTF-8 of a name without ending and number: file systems take 255, Windows 255 characters."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)


def safe_part(text: str) -> str:
    """Return a text as a part of a file name: forbidden characters become ``_``, length is bounded."""
    plain = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", text))
    plain = " ".join(plain.split())[:LONGEST_PART].strip(" .")
    return f"_{plain}" if not plain or _RESERVED.fullmatch(plain) else plain


def file_names(keys: Iterable[Sequence[str]], suffix: str = ".xlsx") -> Iterator[str]:
    """Yield a file name for each key; names that would be the same but for case get `` (2)``, `` (3)`` …"""
    taken: set[str] = set()
    for key in keys:
        stem = _within("_".join(map(safe_part, key)))
        name, number = stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem} ({number})"
        taken.add(name.casefold())
        yield name + suffix


def _within(stem: str) -> str:
    """Cut a name to what every file system takes; the number behind it keeps cut names apart."""
    return stem.encode()[:LONGEST_STEM].decode(errors="ignore").rstrip(" .")
