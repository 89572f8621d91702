"""A folder into a database: one transaction a workbook, and only for what has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from xlbudget.batch.find import Found, find_inputs
from xlbudget.batch.jobs import Done, Job, Made, Status
from xlbudget.batch.ledger import shape
from xlbudget.batch.pools import processes, processors
from xlbudget.batch.run import run
from xlbudget.book import BookUnreadable
from xlbudget.collect.extract import Content, plain_text, take
from xlbudget.collect.store import COLLECTED, FAILED, REMOVED, Known, Origin, Store

_CHUNK = 20
"""Workbooks that a worker reads at a time."""
Watch = Callable[[int, int], None]


@dataclass(slots=True)
class Gathered:
    """What a run did: counts of files (see ``schema.COUNTS``), and the files to tell of."""

    run: int
    counts: dict[str, int]
    failures: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def gather(
    folder: Path,
    store: Store,
    origin: Origin,
    *,
    jobs: int | None = None,
    watch: Watch = lambda done, of: None,
) -> Gathered:
    """Take the workbooks of a folder and those below it into a database.

    ``jobs`` is the number of processes, by default as many as pay. ``watch`` is told how many files are done.
    A file that cannot be read gives up its rows and is noted with the reason; the others go on.
    Raises ``BookUnreadable`` where the folder holds no workbook, ``CollectFault``.
    """
    files = survey(folder)
    gathering = _Gathering(folder, store, origin)
    enough = -(-files // _CHUNK)
    pool = processes(jobs if jobs is not None else min(processors(), enough))
    chunk = max(1, min(_CHUNK, files // (pool.workers * 4)))
    for number, done in enumerate(run(gathering.jobs(), pool, chunk=chunk, task=take), 1):
        gathering.keep(done)
        watch(number, files)
    gathering.part()
    return gathering.finish()


def survey(folder: Path) -> int:
    """Return how many workbooks a folder holds. Raises ``BookUnreadable`` where it is none, or holds none."""
    if not folder.is_dir():
        raise BookUnreadable(f"{folder}: 폴더가 아닙니다. 통합 문서가 든 폴더를 주세요.")
    return sum(1 for _ in find_inputs([str(folder)]))


class _Gathering:
    """A run under way."""

    def __init__(self, folder: Path, store: Store, origin: Origin) -> None:
        self.folder = folder
        self.store = store
        self.name = plain_text(str(folder.resolve()))
        self.rules = shape("collect")
        self.known = store.known(self.name)
        self.seen: set[str] = set()
        self.hidden: list[str] = []
        self.done = Gathered(
            store.begin(self.name, origin),
            dict.fromkeys(("found", "added", "changed", "unchanged", "failed", "removed"), 0),
        )

    def jobs(self) -> Iterator[Job]:
        """Yield a job for each file, with what the database knows of it."""
        for found in find_inputs([str(self.folder)]):
            yield self._job(found)

    def _job(self, found: Found) -> Job:
        path = plain_text(found.relative.as_posix())
        (self.hidden.append if found.fault else self.seen.add)(path)
        known = self.known.get(path)
        made = Made(known.content, "") if known is not None and known.rules == self.rules else None
        return Job(path, found.path, made=made, fault=found.fault)

    def keep(self, done: Done) -> None:
        """Write what became of a file."""
        counts = self.done.counts
        known = self.known.get(done.name)
        if done.status is Status.DONE and done.report is None:
            self.seen.discard(done.name)
            self.done.notices.append(done.reason)
            return
        counts["found"] += 1
        if done.status is Status.UNCHANGED:
            counts["unchanged"] += 1
        elif done.status is Status.FAILED:
            counts["failed"] += 1
            self.done.failures.append(done.reason)
            if done.name in self.hidden:  # a folder: what it holds stays as it is known
                return
            self._put(done.name, known, FAILED, reason=plain_text(done.reason))
        else:
            counts["changed" if known is not None and known.state == COLLECTED else "added"] += 1
            content = done.made.source if done.made is not None else ""
            self._put(done.name, known, COLLECTED, content=content, rows=dict(done.report or {}))

    def part(self) -> None:
        """Note the files that are gone; those below a folder that could not be looked into are not."""
        for path, known in self.known.items():
            below = any(name == "." or path.startswith(f"{name}/") for name in self.hidden)
            if path not in self.seen and known.state != REMOVED and not below:
                self.done.counts["removed"] += 1
                self.done.removed.append(path)
                self._put(path, known, REMOVED)

    def _put(
        self,
        path: str,
        known: Known | None,
        state: str,
        *,
        reason: str = "",
        content: str = "",
        rows: Content | None = None,
    ) -> None:
        rules = self.rules if state == COLLECTED else ""
        if state != COLLECTED and known is not None and known[1:] == (state, reason, content, rules):
            return
        row = {
            "folder": self.name, "path": path, "state": state, "reason": reason, "content": content,
            "rules": rules, "run": self.done.run,
        }  # fmt: skip
        self.store.put(known.number if known is not None else None, row, rows or {})

    def finish(self) -> Gathered:
        """Note what was done; return it."""
        self.store.finish(self.done.run, self.done.counts)
        return self.done
