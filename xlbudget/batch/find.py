"""Which files the arguments of a command name."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from xlbudget.book import BookUnreadable
from xlbudget.errors import reason
from xlbudget.workflow import FINISHED

WORKBOOKS = frozenset({".xlsx", ".xlsm"})
SUFFIXES = WORKBOOKS | {".json"}


class Found(NamedTuple):
    """An input file, and its place below the folder that was named (what an output folder repeats).

    ``fault`` says why a folder could not be looked into; then ``path`` is that folder.
    """

    path: Path
    relative: Path
    fault: str = ""


def find_inputs(inputs: Sequence[str], skip: Path | None = None) -> Iterator[Found]:
    """Yield the files that arguments name: a file, a folder (all workbooks below it) or a pattern.

    Excel's owner files (``~$…``), hidden files, our backups and, in a folder, finished copies beside their
    origin are passed over; so is the folder ``skip`` (where results go). Files are found as they are asked
    for, each folder's in the order of their names, and no file comes twice.
    Raises ``BookUnreadable`` where an argument names nothing.
    """
    seen: set[int] = set()
    several = len(inputs) > 1
    for text in inputs:
        for found in _named(text, skip.resolve() if skip is not None else None):
            if several:
                key = hash(os.path.realpath(found.path))
                if key in seen:
                    continue
                seen.add(key)
            yield found


def _named(text: str, skip: Path | None) -> Iterator[Found]:
    path = Path(text)
    if path.is_dir():
        empty = True
        for found in _below(path, Path(), skip):
            empty = False
            yield found
        if empty:
            raise BookUnreadable(f"{text}: 폴더에 통합 문서(.xlsx, .xlsm)가 없습니다.")
    elif path.exists() or not glob.has_magic(text):
        yield Found(path, Path(path.name))
    else:
        names = glob.iglob(text, recursive=True)  # noqa: PTH207 (a pattern may be absolute)
        matches = sorted(path for path in map(Path, names) if _is_wanted(path, SUFFIXES))
        if not matches:
            raise BookUnreadable(f"{text}: 이 이름에 맞는 파일이 없습니다.")
        yield from (Found(p, Path(p.name)) for p in matches)


def _below(folder: Path, relative: Path, skip: Path | None) -> Iterator[Found]:
    """Yield the workbooks of a folder and of those below it, in the order of their names."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        fault = f"{folder}: 폴더를 볼 수 없습니다({reason(error)}). 권한과 네트워크 연결을 확인하세요."
        yield Found(folder, relative, fault)
        return
    names = {entry.name for entry in entries}
    for entry in entries:
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and (skip is None or path.resolve() != skip):
                yield from _below(path, relative / entry.name, skip)
        elif _is_wanted(path, WORKBOOKS) and not _is_finished_copy(path, names):
            yield Found(path, relative / entry.name)


def _is_finished_copy(path: Path, names: set[str]) -> bool:
    return path.stem.endswith(FINISHED) and path.stem.removesuffix(FINISHED) + path.suffix in names


def _is_wanted(path: Path, suffixes: frozenset[str]) -> bool:
    return (
        path.suffix.lower() in suffixes
        and not path.name.startswith(("~$", "."))
        and ".bak" not in path.suffixes
        and path.is_file()
    )
