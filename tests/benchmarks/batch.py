"""Many projects end to end. Run: ``python -m tests.benchmarks.batch [COUNT]``.

COUNT workbooks (default 4,000) are made from a county's budget book (see ``projects.py``), built, checked and built
again through the command line, with one and with two processes. ``one_by_one`` has the same job beside openpyxl.
"""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from tests.benchmarks import openpyxl_road, projects
from tests.benchmarks.timing import Line, measured, versions
from xlbudget import workflow
from xlbudget.batch.pools import collect_calmly
from xlbudget.book.file.deflate import deflate

FEW = 200
LIBRARIES = ("xlbudget", "openpyxl", "isal")


def one_by_one() -> Iterator[Line]:
    """Yield what one project takes in a process made ready for many, every workbook another one."""
    collect_calmly()
    datas = [projects.workbook(project) for project in projects.projects(FEW)]
    several = itertools.cycle(datas)
    work = "one project, end to end"
    yield Line(
        work, "xlbudget (read, compute, check, write 3 sheets)",
        measured(lambda: workflow.transform(next(several), "a.xlsx", "build"), FEW - 1),
    )  # fmt: skip
    finished = workflow.transform(datas[0], "a.xlsx", "build")[1] or b""
    few = itertools.cycle(datas[:8])
    yield Line(work, "openpyxl road, the same job", measured(lambda: openpyxl_road.built(next(few)), 7))
    yield Line(
        work, "floor: inflate all parts, deflate the changed",
        measured(lambda: _moved_through(datas[0], finished)),
    )  # fmt: skip
    yield Line(
        "one project, check only", "xlbudget",
        measured(lambda: workflow.transform(next(several), "a.xlsx", None), FEW - 1),
    )  # fmt: skip


def _moved_through(data: bytes, finished: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(io.BytesIO(finished)) as made:
        before = {info.filename: info.CRC for info in source.infolist()}
        for name in before:
            source.read(name)
        for info in made.infolist():
            if before.get(info.filename) != info.CRC:
                deflate(made.read(info))


def command(*arguments: str) -> tuple[float, float]:
    """Run the command line; return seconds, and the most that one of its processes held, in MiB."""
    begun = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "xlbudget", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as ran:
        own, peak = psutil.Process(ran.pid), 0
        while ran.poll() is None:
            with suppress(psutil.Error):
                peak = max(peak, *(p.memory_info().rss for p in (own, *own.children(recursive=True))))
            time.sleep(0.1)
    assert ran.returncode in (0, 1), arguments
    return time.perf_counter() - begun, peak / 2**20


def whole_runs(folder: Path, scratch: Path) -> None:
    """Print what the command line takes for the whole folder."""
    count = len(list(folder.glob("*.xlsx")))
    runs = {
        "build, 1 process": ("build", str(folder), "-o", str(scratch / "one"), "--jobs", "1"),
        "build, 2 processes": ("build", str(folder), "-o", str(scratch / "two"), "--jobs", "2"),
        "build again, nothing changed": ("build", str(folder), "-o", str(scratch / "two"), "--jobs", "2"),
        "check, 2 processes": ("check", str(folder), "--jobs", "2"),
    }
    for name, arguments in runs.items():
        seconds, peak = command(*arguments)
        rate = count / seconds
        print(f"{count:,} workbooks: {name:<32}{seconds:8.1f} s{rate:8.0f} /s{peak:8.0f} MiB")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000
    print(versions(LIBRARIES))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "in"
        projects.write(folder, count)
        whole_runs(folder, Path(scratch))


if __name__ == "__main__":
    main()
