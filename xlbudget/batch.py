"""Many workbooks at once: which files the arguments of a command name."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from xlbudget.book import BookUnreadable

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
SUFFIXES = WORKBOOKS | {".json"}


class Found(NamedTuple):
    """An input file, and its place below the folder that was named (what an output folder repeats)."""

    path: Path
    relative: Path


def find_inputs(inputs: Sequence[str]) -> Iterator[Found]:
    """Yield the files that arguments name: a file, a folder (all workbooks below it) or a pattern.

    Excel's owner files (``~$…``), hidden files and our backups are passed over, and no file comes twice.
    Raises ``BookUnreadable`` where an argument names nothing.
    """
    seen: set[Path] = set()
    for text in inputs:
        for found in _named(text):
            if found.path not in seen:
                seen.add(found.path)
                yield found


def _named(text: str) -> Iterator[Found]:
    path = Path(text)
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if _is_wanted(p, WORKBOOKS))
        if not found:
            raise BookUnreadable(f"{text}: 폴더에 통합 문서(.xlsx, .xlsm)가 없습니다.")
        yield from (Found(p, p.relative_to(path)) for p in found)
    elif path.exists() or not glob.has_magic(text):
        yield Found(path, Path(path.name))
    else:
        found = sorted(p for p in map(Path, glob.glob(text, recursive=True)) if _is_wanted(p, SUFFIXES))
        if not found:
            raise BookUnreadable(f"{text}: 이 이름에 맞는 파일이 없습니다.")
        yield from (Found(p, Path(p.name)) for p in found)


def _is_wanted(path: Path, suffixes: frozenset[str]) -> bool:
    return (
        path.suffix.lower() in suffixes
        and not path.name.startswith(("~$", "."))
        and ".bak" not in path.suffixes
        and path.is_file()
    )
