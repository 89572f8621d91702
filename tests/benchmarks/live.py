"""A click in Excel, apart from Excel: how long Python takes from its start to the macro, and each command by itself.

    python tests/benchmarks/live.py [--python PATH]

The start is measured in a fresh process each time. ``PATH`` is the Python of an environment with nothing but
xlbudget in it; without it this one is used, with the libraries left out that xlwings takes along where they are.
Commands run on the filled example; the host is a file in memory that answers at once.
"""

from __future__ import annotations

import argparse
import os
import resource as resource_use
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.benchmarks.timing import Line, measured, print_table
from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.book.live import LiveBook
from xlbudget.excel import macros
from xlbudget.excel.registry import COMMAND
from xlbudget.excel.undo import MemoryUndo
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.styles import STYLES

STARTS = 15
START = """
import sys
{blocked}
import xlwings
import xlbudget.excel.macros as m
from xlbudget.excel.registry import COMMAND
m.target(COMMAND["Build"])
import xlbudget.book.live, xlbudget.workflow, xlbudget.workbook.styles
"""
BLOCKED = 'sys.modules.update(dict.fromkeys(("numpy", "pandas", "PIL", "matplotlib", "plotly")))'


def cold_start(python: str, blocked: str) -> tuple[float, float]:
    """Return the milliseconds of CPU time from the start of a process to the macro, and those of an empty one."""

    def run(code: str) -> float:
        times = []
        with tempfile.TemporaryDirectory(prefix="xlbudget-cache-") as cache:
            settings = {
                **os.environ,
                "PYTHONPYCACHEPREFIX": cache,
            }  # compiled once, as an installed package is
            settings.pop("PYTHONDONTWRITEBYTECODE", None)
            for _ in range(STARTS + 1):
                before = spent()
                subprocess.run([python, "-c", code], check=True, env=settings)
                times.append(spent() - before)
        return statistics.median(times[1:]) * 1000

    def spent() -> float:
        used = resource_use.getrusage(resource_use.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    return run(START.format(blocked=blocked)), run("")


class PaperHand:
    """Excel that answers at once: a file before the command, and the file that the command makes of it."""

    def __init__(self, before: bytes, after: bytes) -> None:
        self._before, self._after = before, after
        self.application = self.workbook = self
        self.ProtectStructure = False
        self._drawn = False

    @contextmanager
    def quiet(self, *_: str) -> Iterator[None]:
        yield

    def copy(self) -> bytes:
        return self._after if self._drawn else self._before

    def draw(self, _: Any) -> None:
        self._drawn = True


class PaperDesk:
    """A desk whose book lies on paper."""

    def __init__(self, before: bytes, after: bytes) -> None:
        self.book = LiveBook(_NoBook(), styles=STYLES)
        self.book._hand = PaperHand(before, after)  # type: ignore[assignment]
        self.undo = MemoryUndo()
        self.place = "예산.xlsx"

    def tell(self, text: str) -> None:
        raise AssertionError(text)

    def status(self, text: str) -> None:
        pass

    def show(self, *_: object) -> None:
        pass


class _NoBook:
    api = None


def warm(verb: str) -> float:
    """Return the milliseconds of CPU time that a command takes by itself on the filled example."""
    book = workflow.open_book(resource(DEMO_PROJECT))
    before = book.to_bytes()
    file = FileBook.from_bytes(before, styles=STYLES)
    file.apply(workflow.plan(file, verb).edits)
    after = file.to_bytes()
    target: Any = macros.target(COMMAND[verb.capitalize()])
    return measured(lambda: target(PaperDesk(before, after)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", help="the Python of a clean environment")
    chosen = parser.parse_args().python
    took, empty = cold_start(chosen or sys.executable, "" if chosen else BLOCKED)
    print_table([Line(f"command: {verb}", "xlbudget", warm(verb)) for verb in workflow.VERBS], ["xlwings"])
    print(f"start to macro: {took:.0f} ms, of which Python itself {empty:.0f} ms")


if __name__ == "__main__":
    main()
