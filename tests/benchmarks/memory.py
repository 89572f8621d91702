"""Memory over many files. Run: ``python -m tests.benchmarks.memory [COUNT]`` (default 5,000).

One process builds so many different workbooks, as a worker of a batch does; what it holds is printed on the way.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from xlbudget.batch.jobs import Job
from xlbudget.batch.pools import collect_calmly, in_line
from xlbudget.batch.run import run

STEP = 500


def resident() -> float:
    """Return what this process holds, in MiB."""
    return float(psutil.Process().memory_info().rss) / 2**20


def jobs(folder: Path, count: int) -> Iterator[Job]:
    """Yield jobs over the workbooks of a folder, from the beginning again where it ends."""
    paths = sorted(folder.glob("*.xlsx"))
    for number in range(count):
        path = paths[number % len(paths)]
        yield Job(path.name, path, folder / "out" / f"{number % 100}.xlsx", "build")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        made = [sys.executable, "-m", "tests.benchmarks.projects", str(folder), str(count)]
        subprocess.run(made, check=True)  # in a process of its own: a county's book takes room
        collect_calmly()
        print(f"{0:>6,} files {resident():6.1f} MiB")
        for number, _ in enumerate(run(jobs(folder, count), in_line()), 1):
            if number in {50, 200} or number % STEP == 0:
                print(f"{number:>6,} files {resident():6.1f} MiB", flush=True)


if __name__ == "__main__":
    main()
