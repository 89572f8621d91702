"""Where each result goes, and what speaks against a run before anything is done."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from xlbudget.batch.find import Found, find_inputs
from xlbudget.batch.jobs import Job
from xlbudget.book import BookReadOnly
from xlbudget.workflow import default_target

_SMALLEST_RESULT = 48 << 10
"""Bytes that a result takes at least: a small input (JSON) becomes a whole workbook."""


class Collision(BookReadOnly):
    """Two inputs would be written to the same file."""


class Size(NamedTuple):
    """How many files there are, and about how many bytes their results take."""

    files: int
    results: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the files that arguments name.

    ``out`` is the folder of the results or, for a single input, the file; without it each result lies beside
    its input. Sub-folders of a folder that was named are repeated below ``out``. Without a ``verb`` the
    files are judged and nothing is written.
    """

    inputs: Sequence[str]
    verb: str | None = None
    out: Path | None = None
    in_place: bool = False
    preview: bool = False

    @property
    def folder(self) -> Path | None:
        """The folder of the results, ``None`` where there is none of their own."""
        return None if self.out is None or self.out.suffix.lower() in {".xlsx", ".xlsm"} else self.out

    @property
    def writes(self) -> bool:
        """Whether files are written."""
        return self.verb is not None and not self.preview

    def jobs(self) -> Iterator[Job]:
        """Yield a job for each file, found as it is asked for."""
        for found in self._found():
            target = self.target(found) if self.writes else None
            beside = self.out is None and target is not None
            yield Job(
                str(found.path),
                found.path,
                target,
                self.verb,
                backup=beside,
                preview=self.preview,
                fault=found.fault,
            )

    def _found(self) -> Iterator[Found]:
        return find_inputs(self.inputs, skip=self.folder)

    def target(self, found: Found) -> Path:
        """Return where the result of a file goes."""
        if self.in_place:
            return found.path
        if self.out is None:
            return default_target(found.path)
        return self.out / default_target(found.relative) if self.folder is not None else self.out

    def survey(self) -> Size:
        """Look through all inputs once; return how many they are.

        Raises ``Collision`` where two of them would be written to the same file, and ``BookReadOnly`` where
        the results do not fit on the disk; then nothing has been done.
        """
        files = results = 0
        taken: set[bytes] = set()
        for found in self._found():
            files += 1
            if not self.writes or found.fault:
                continue
            results += _expected(found.path)
            key = _key(self.target(found))
            if key in taken:
                raise self._collision(found)
            taken.add(key)
        if self.folder is not None:
            _check_space(self.folder, results)
        return Size(files, results)

    def _collision(self, second: Found) -> Collision:
        target = self.target(second)
        first = next(f for f in self._found() if not f.fault and _key(self.target(f)) == _key(target))
        return Collision(
            f"두 파일의 결과가 같은 이름이 됩니다: {first.path}, {second.path} → {target}. "
            "아무것도 만들지 않았습니다. 하나의 이름을 바꾸거나 따로 실행하세요."
        )


def _key(target: Path) -> bytes:
    """Return what two names have in common that some file system takes for the same."""
    text = unicodedata.normalize("NFC", str(target)).casefold()
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=12).digest()


def _expected(path: Path) -> int:
    try:
        return max(path.stat().st_size, _SMALLEST_RESULT)
    except OSError:
        return 0  # its job says what is wrong with it


def _check_space(folder: Path, needed: int) -> None:
    there = next((p for p in (folder, *folder.absolute().parents) if p.is_dir()), None)
    if there is None:
        return
    free = shutil.disk_usage(there).free
    if free < needed:
        raise BookReadOnly(
            f"{folder}: 디스크의 빈 곳이 모자랍니다. 약 {needed >> 20:,} MiB가 드는데 {free >> 20:,} MiB가 남아 있습니다. "
            "공간을 만들거나 다른 폴더를 고르세요."
        )
