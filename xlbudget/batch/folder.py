"""An output folder while a run writes into it: locked, with its ledger, swept of what a killed run left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

from xlbudget.batch.jobs import Done, Job, Status
from xlbudget.batch.ledger import Ledger, shape
from xlbudget.batch.pools import Pool
from xlbudget.batch.run import CHUNK, run
from xlbudget.book import BookBusy, BookReadOnly
from xlbudget.errors import reason

OWN = ".xlbudget"
"""The folder in an output folder that holds its lock and its ledger."""
_LEFT_BEHIND = re.compile(r"\..+\.[0-9a-f]{12}\.tmp")


class Folder:
    """An output folder that is ours alone for the time of a run."""

    def __init__(self, path: Path, verb: str | None) -> None:
        self.path = path
        self.notices: list[str] = []
        self._ledger = Ledger(path / OWN / "ledger.jsonl", shape(verb))

    def run(self, jobs: Iterable[Job], pool: Pool, chunk: int = CHUNK) -> Iterator[Done]:
        """Do jobs, passing over those whose result stands, and keep the ledger."""
        for done in run(map(self._known, jobs), pool, chunk=chunk):
            yield self._kept(done)

    def _known(self, job: Job) -> Job:
        entry = self._ledger.find(job.name)
        return job if entry is None else replace(job, made=entry.made)

    def _kept(self, done: Done) -> Done:
        if done.status is Status.UNCHANGED:
            entry = self._ledger.find(done.name)
            return done if entry is None else replace(done, report=entry.report)
        try:
            self._ledger.add(done)
        except OSError as error:
            notice = (
                f"{self.path}: 진행 기록을 남기지 못했습니다({reason(error)}). 다음 실행에서 다시 만듭니다."
            )
            if notice not in self.notices:
                self.notices.append(notice)
        return done

    def close(self) -> None:
        """Close the ledger."""
        self._ledger.close()


@contextmanager
def output_folder(path: Path, verb: str | None) -> Iterator[Folder]:
    """Give an output folder, made where it is missing, to this run alone.

    Raises ``BookBusy`` where another run writes into it, ``BookReadOnly`` where it cannot be written.
    """
    try:
        (path / OWN).mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / OWN / "lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise BookBusy(
            f"{path}: 다른 실행이 이 폴더에 쓰고 있습니다. 그것이 끝난 뒤 다시 하거나 다른 폴더를 고르세요."
        ) from None
    except OSError as error:
        raise BookReadOnly(
            f"{path}: 결과를 둘 수 없는 폴더입니다({reason(error)}). 권한과 남은 공간을 확인하세요."
        ) from None
    try:
        _sweep(path)
        folder = Folder(path, verb)
        try:
            yield folder
        finally:
            folder.close()
            _sweep(path)  # of workers that died meanwhile
    finally:
        lock.release()


def _sweep(path: Path) -> None:
    """Take away the half-written files of killed runs and workers."""
    for file in path.rglob(".*.tmp"):
        if _LEFT_BEHIND.fullmatch(file.name):
            file.unlink(missing_ok=True)
