"""One workbook of many: what a worker is told, what it does, and what it gives back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from xlbudget.book import BookBusy
from xlbudget.book.file.opening import read_file
from xlbudget.book.file.save import Stamp, save, stamp
from xlbudget.errors import XlbudgetError, reason

TRIES = 3
SAVERS = 8
"""Results on their way to the disk at a time."""


class Status(StrEnum):
    """How a job ended."""

    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Made(NamedTuple):
    """An earlier result: the digests of what it was made from and of itself."""

    source: str
    result: str


@dataclass(frozen=True, slots=True)
class Job:
    """One workbook: the name that people know it by, and the file to read and the file to write.

    ``verb`` is one of ``workflow.VERBS``; without one the workbook is judged and nothing is written.
    ``preview`` gives what would change as lines of text. ``data`` is filled where the worker shares no disk
    with us; then the result travels back as bytes. ``made`` is what an earlier run made of it.
    """

    name: str
    source: Path
    target: Path | None = None
    verb: str | None = None
    backup: bool = False
    preview: bool = False
    data: bytes | None = None
    made: Made | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a job. ``kept`` is the backup of a file that stood where the result was written.

    ``report`` is what ``check --json`` prints of it. ``result`` is filled only where the worker could not
    write the file itself.
    """

    name: str
    status: Status
    target: Path | None = None
    reason: str = ""
    report: Mapping[str, Any] | None = None
    made: Made | None = None
    changes: tuple[str, ...] = ()
    result: bytes | None = None
    kept: Path | None = None

    @property
    def findings(self) -> int:
        """How many findings stand, of any severity."""
        return len(self.report["findings"]) if self.report else 0

    @property
    def has_errors(self) -> bool:
        """Whether a finding of severity error stands."""
        return bool(self.report and self.report["summary"]["errors"])


def digest(data: bytes) -> str:
    """Return the digest by which contents are compared."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def work(jobs: tuple[Job, ...]) -> tuple[Done, ...]:
    """Do a chunk of jobs, each by itself: a fault of one is its own result. Runs in a worker.

    While a result is on its way to the disk (which takes longer than making it), the next one is made.
    """
    if len(jobs) == 1:
        return (one(jobs[0]),)
    with ThreadPoolExecutor(SAVERS) as savers:
        return tuple([future() for future in [_begun(job, savers) for job in jobs]])


def one(job: Job) -> Done:
    """Do one job; whatever is wrong with its file becomes a reason, never an exception."""
    done, save_result = _made(job)
    return done if save_result is None else save_result()


def _begun(job: Job, savers: Executor) -> Callable[[], Done]:
    done, save_result = _made(job)
    return (lambda: done) if save_result is None else savers.submit(save_result).result


_FAULTS = (XlbudgetError, OSError, MemoryError, RecursionError)
_TOO_MUCH = {MemoryError: "기억 장치가 모자람", RecursionError: "내용이 너무 깊이 겹침"}


def _made(job: Job) -> tuple[Done, Callable[[], Done] | None]:
    """Return what became of a job, and what is left to do where its result has to be written here."""
    if job.fault:
        return failed(job, job.fault), None
    try:
        data, seen = (job.data, None) if job.data is not None else read_steadily(job.source)
        source = digest(data)
        if job.made is not None and _stands(job, source):
            return Done(job.name, Status.UNCHANGED, job.target, made=job.made), None
        done = _worked(job, data, source)
    except _FAULTS as error:
        return _told(job, error), None
    if done.result is None or job.target is None or job.data is not None:
        return done, None
    return done, lambda: _put(job, done, seen)


def _told(job: Job, error: Exception) -> Done:
    if isinstance(error, XlbudgetError):
        return failed(job, str(error))
    why = reason(error) if isinstance(error, OSError) else _TOO_MUCH[type(error)]
    return failed(job, f"처리하지 못했습니다({why}).")


def failed(job: Job, reason: str) -> Done:
    """Return a job that could not be done; the reason names the file."""
    told = reason if job.name in reason or job.source.name in reason else f"{job.name}: {reason}"
    return Done(job.name, Status.FAILED, job.target, told)


def read_steadily(path: Path) -> tuple[bytes, Stamp]:
    """Return a file that did not change while it was read, and what it looked like.

    Raises ``BookBusy`` where it changes each time, ``BookUnreadable``.
    """
    for _ in range(TRIES):
        before = _looks(path)
        data = read_file(path)
        if before == _looks(path):
            return data, stamp(path, data)
    raise BookBusy(f"{path}: 읽는 동안 자꾸 바뀝니다. 쓰고 있는 프로그램을 닫고 다시 해 주세요.")


def _looks(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None  # reading says what is wrong with it
    return found.st_size, found.st_mtime_ns


def _stands(job: Job, source: str) -> bool:
    """Whether an earlier result was made from these very contents, and lies where it was written."""
    if job.made is None or job.made.source != source or job.target is None:
        return False
    try:
        return digest(job.target.read_bytes()) == job.made.result
    except OSError:
        return False  # gone or unreadable: made again, and told if it cannot be written


def _worked(job: Job, data: bytes, source: str) -> Done:
    from xlbudget.exchange.report import report_json
    from xlbudget.workflow import preview, transform

    if job.preview:
        outcome, changes = preview(data, job.source.name, job.verb or "build")
        result = None
    else:
        outcome, result = transform(data, job.source.name, job.verb, job.target)
        changes = ()
    report = report_json(job.name, outcome.findings, outcome.summary)
    made = Made(source, digest(result)) if result is not None else None
    return Done(job.name, Status.DONE, job.target, "", report, made, changes, result)


def _put(job: Job, done: Done, seen: Stamp | None) -> Done:
    assert done.result is not None
    try:
        kept = put(job, done.result, seen)
    except _FAULTS as error:
        return _told(job, error)
    return replace(done, result=None, kept=kept)


def put(job: Job, result: bytes, seen: Stamp | None = None) -> Path | None:
    """Write the result of a job, its folder made where it is missing; return the backup that was kept, if any.

    An earlier result that nobody touched needs none. Raises ``BookError``, ``OSError``.
    """
    from xlbudget.workflow import is_untouched_result

    assert job.target is not None
    if not job.target.parent.is_dir():
        job.target.parent.mkdir(parents=True, exist_ok=True)
    own = job.target == job.source
    backup = job.backup and (own or not is_untouched_result(job.target))
    return save(job.target, result, opened=seen if own else None, backup=backup, one_of_many=not job.backup)
