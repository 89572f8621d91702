"""Timing and printing, the same way for every table."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple


class Line(NamedTuple):
    """A line of a table: the work, who did it, and what it took in milliseconds of CPU time."""

    work: str
    who: str
    took: float


def measured(work: Callable[[], object], repeats: int = 20) -> float:
    """Return the lower quartile of the CPU time of a run in milliseconds, after one run that does not count.

    Beside other work on a machine a quarter of the runs is hardly disturbed, half of them often is. What others
    left in memory is kept out of garbage collection.
    """
    work()
    gc.collect()
    gc.freeze()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.quantiles(times, n=4)[0] * 1000


def versions(libraries: Iterable[str]) -> str:
    """Return Python's version and those of libraries."""
    said = []
    for name in libraries:
        try:
            said.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            said.append(f"{name} (not installed)")
    return f"Python {sys.version.split()[0]}; {', '.join(said)}"


def print_table(lines: Iterable[Line], libraries: Iterable[str]) -> None:
    """Print lines as a Markdown table, each beside the first of its work, and versions."""
    print(versions(libraries))
    print("\n| work | who | ms | beside ours |\n|---|---|---:|---:|")
    first: dict[str, float] = {}
    for line in lines:
        base = first.setdefault(line.work, line.took)
        print(f"| {line.work} | {line.who} | {line.took:,.2f} | {line.took / base:,.1f} × |", flush=True)
