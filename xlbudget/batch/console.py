"""A run as the command line shows it: results to standard output, the rest to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from xlbudget.batch.folder import Folder, output_folder
from xlbudget.batch.jobs import Done, Job, Status
from xlbudget.batch.plan import Plan
from xlbudget.batch.pools import Pool, cluster, collect_calmly, processes, processors
from xlbudget.batch.report import Report, Totals
from xlbudget.batch.run import CHUNK, run
from xlbudget.exchange.report import finding_lines
from xlbudget.findings import Acceptance, Finding, Severity, Summary
from xlbudget.korean import with_particle

if TYPE_CHECKING:
    from rich.progress import Progress

EXIT_FINDINGS, EXIT_UNREADABLE = 1, 2
_CHUNKS_EACH = 4
"""Into so many chunks the work of each process is cut at least: so that none waits long for the others."""

_CHUNK_IN_LINE = 16
"""Jobs a chunk without processes: enough to save some files while others are made."""


class Wishes(NamedTuple):
    """How a run is carried out: processes (``None``: as many as pay), report file, cluster, output as JSON."""

    jobs: int | None = None
    report: Path | None = None
    cluster: str = ""
    as_json: bool = False


def perform(plan: Plan, wishes: Wishes) -> int:
    """Do what a plan says and show it; return the exit code.

    Raises ``XlbudgetError`` where the run cannot begin. Ctrl-C ends it: chunks under way are finished, the
    report and the ledger hold what was done.
    """
    size = plan.survey()
    console = _Console(plan, wishes, size.files)
    with ExitStack() as stack:
        report = stack.enter_context(Report(wishes.report)) if wishes.report is not None else None
        folder = None
        if plan.writes and plan.folder is not None:
            folder = stack.enter_context(output_folder(plan.folder, plan.verb))
        pool = _pool(wishes, size.files)
        stack.callback(pool.close)
        if size.files > 1:
            collect_calmly()
        most = CHUNK if pool.workers > 1 else _CHUNK_IN_LINE
        chunk = max(1, min(most, size.files // (pool.workers * _CHUNKS_EACH)))
        results = _run(plan.jobs(), pool, folder, chunk)
        stack.callback(console.close, folder)
        advance = stack.enter_context(_bar(size.files, console.totals))
        for done in results:
            console.show(done)
            if report is not None:
                report.add(done)
            advance()
    return console.worst


def _run(jobs: Iterable[Job], pool: Pool, folder: Folder | None, chunk: int) -> Iterator[Done]:
    return run(jobs, pool, chunk=chunk) if folder is None else folder.run(jobs, pool, chunk)


def _pool(wishes: Wishes, files: int) -> Pool:
    if wishes.cluster:
        return cluster(wishes.cluster)
    enough = -(-files // CHUNK)  # for less than a chunk another process does not pay
    return processes(wishes.jobs if wishes.jobs is not None else min(processors(), enough))


class _Console:
    """Says what became of each file, and at the end what could not be done."""

    def __init__(self, plan: Plan, wishes: Wishes, files: int) -> None:
        self.plan = plan
        self.as_json = wishes.as_json
        self.files = files
        self.several = files > 1
        self.totals = Totals()
        self.worst = 0
        self.started = monotonic()
        self.failures: list[str] = []

    def show(self, done: Done) -> None:
        """Print one result."""
        self.totals.add(done)
        if done.status is Status.FAILED or done.report is None:
            self.worst = EXIT_UNREADABLE
            self.failures.append(done.reason)
            return
        self.worst = max(self.worst, EXIT_FINDINGS if done.has_errors else 0)
        if self.as_json:
            print(json.dumps(done.report, ensure_ascii=False))
            return
        for line in done.changes:
            print(line)
        if not self.plan.preview:
            print(done.target if self.plan.writes else done.name)
        if done.kept is not None and done.target is not None:
            _say(f"{done.target}: 전에 있던 파일은 {with_particle(done.kept.name, '로')} 남겨 두었습니다.")
        if self.several and self.plan.writes:
            if done.findings:
                _say(f"{done.name}: {_summary(done)}")
            return
        for line in finding_lines(_findings(done), _summary(done)):
            print(line, file=sys.stderr if self.plan.verb else sys.stdout)

    def close(self, folder: Folder | None) -> None:
        """Print what could not be done, and the counts."""
        for notice in folder.notices if folder is not None else ():
            _say(notice)
        for reason in self.failures:
            _say(f"xlbudget: {reason}")
        if self.several:
            _say(f"{self.totals} ({monotonic() - self.started:.1f}초)")
        done = self.totals.counts["files"]
        if self.several and done < self.files:
            again = " 같은 명령을 다시 하면 나머지를 이어서 합니다." if folder is not None else ""
            _say(f"전체 {self.files:,}개 가운데 {done:,}개까지 했습니다.{again}")


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _findings(done: Done) -> list[Finding]:
    found = done.report["findings"] if done.report else []
    return [
        Finding(
            f["code"],
            Severity(f["severity"]),
            f["message"],
            tuple(f["cells"]),
            accepted=Acceptance(**f["accepted"]) if f["accepted"] else None,
        )
        for f in found
    ]


def _summary(done: Done) -> Summary:
    assert done.report is not None
    return Summary(**done.report["summary"])


@contextmanager
def _bar(files: int, totals: Totals) -> Iterator[Callable[[], None]]:
    """Show a bar on a terminal while many files are worked on; give what moves it."""
    if files < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    with _progress() as progress:
        task = progress.add_task("", total=files, findings=0)
        yield lambda: progress.update(task, advance=1, findings=totals.counts["findings"])


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Files a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f}개/초" if speed else "")

    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("지적 {task.fields[findings]:,}건"),
        Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
    )
