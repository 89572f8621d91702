"""Timing and printing, the same way for every table."""

from __future__ import annotations

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
    """Return the median CPU time of one run in milliseconds, after one run that does not count."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


def print_table(lines: Iterable[Line], libraries: Iterable[str]) -> None:
    """Print lines with the factor by which each is slower than the first of its work, and versions."""
    said = []
    for name in libraries:
        try:
            said.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            said.append(f"{name} (not installed)")
    print(f"Python {sys.version.split()[0]}; {', '.join(said)}")
    first: dict[str, float] = {}
    for line in lines:
        base = first.setdefault(line.work, line.took)
        print(f"{line.work:<34}{line.who:<46}{line.took:10.2f} ms{line.took / base:8.1f} ×")
