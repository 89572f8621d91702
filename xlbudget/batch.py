"""Many workbooks at once."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path

from xlbudget.book import BookUnreadable

SUFFIXES = frozenset({".xlsx", ".xlsm", ".json"})


def find_inputs(inputs: Sequence[str]) -> Iterator[Path]:
    """Yield the files that arguments name: a file, a folder (all workbooks below it) or a pattern.

    Excel's owner files (``~$…``) and our backups are passed over, and no file comes twice.
    Raises ``BookUnreadable`` where an argument names nothing.
    """
    seen: set[Path] = set()
    for text in inputs:
        for path in _named(text):
            if path not in seen:
                seen.add(path)
                yield path


def _named(text: str) -> Iterator[Path]:
    path = Path(text)
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if _is_workbook(p) and p.suffix.lower() != ".json")
        if not found:
            raise BookUnreadable(f"{text}: 폴더에 통합 문서(.xlsx, .xlsm)가 없습니다.")
        yield from found
    elif path.exists() or not glob.has_magic(text):
        yield path
    else:
        found = sorted(p for p in map(Path, glob.glob(text, recursive=True)) if _is_workbook(p))
        if not found:
            raise BookUnreadable(f"{text}: 이 이름에 맞는 파일이 없습니다.")
        yield from found


def _is_workbook(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith("~$") and ".bak" not in path.suffixes
