"""A whole standard workbook from a project's JSON, beside the same workbook by other writers.

Run: ``python -m tests.benchmarks.writing``. The others get every cell ready to write (see ``peers.py``), which is less
work than to read the JSON and lay a project out; all of them deflate with zlib at level 6.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import openpyxl

from tests.benchmarks import peers
from tests.benchmarks.timing import Line, measured, print_table
from xlbudget import workflow
from xlbudget.book.file import deflate
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.styles import STYLES

LIBRARIES = ("xlbudget", "XlsxWriter", "rvgsrust-xlsxwriter", "openpyxl")


def with_openpyxl(plan: peers.Recipe) -> bytes:
    book = openpyxl.Workbook()
    for plain in plan.sheets:
        sheet = book.create_sheet(plain.grid.name)
        for (row, column), cell in plain.grid.cells.items():
            target = sheet.cell(row, column)
            target.value = f"={cell.formula}" if cell.formula else cell.value
            style = STYLES.get(cell.style or "")
            if style is not None:
                target.font = openpyxl.styles.Font(size=style.size, bold=style.bold, color=style.ink)
                target.number_format = style.number_format
        for area in plain.grid.merges:
            sheet.merge_cells(str(area))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@contextmanager
def zlib_6() -> Iterator[None]:
    """Deflate as the others do."""
    engine = deflate._MODULE, deflate._LEVEL
    deflate._MODULE, deflate._LEVEL = zlib, deflate.LEVEL
    try:
        yield
    finally:
        deflate._MODULE, deflate._LEVEL = engine


def lines() -> Iterator[Line]:
    """Yield the table: the filled workbook, then the finished one with its three written sheets."""
    data = resource(DEMO_PROJECT).read_bytes()

    def filled() -> bytes:
        return workflow.book_of(data, "a.json").to_bytes()

    def finished() -> bytes:
        return workflow.transform(data, "a.json", "build")[1] or b""

    yield from _beside("write from JSON, filled", filled)
    yield from _beside("write from JSON, finished", finished)


def _beside(work: str, ours: Callable[[], bytes]) -> Iterator[Line]:
    plan = peers.recipe(ours())
    with zlib_6():
        yield Line(work, "xlbudget, zlib 6", measured(ours))
        parts = _parts(ours())
    yield Line(work, f"xlbudget, {deflate._MODULE.__name__}", measured(ours))
    yield Line(work, f"XlsxWriter ({plan.cells:,} cells)", measured(lambda: peers.with_xlsxwriter(plan), 10))
    with suppress(ImportError):
        yield Line(work, "rvgsrust-xlsxwriter", measured(lambda: peers.with_rust(plan), 10))
    yield Line(work, "openpyxl (cells, fonts, merges)", measured(lambda: with_openpyxl(plan), 3))
    yield Line(
        work, "floor: deflate all parts, zlib 6", measured(lambda: [zlib.compress(p, 6) for p in parts])
    )


def _parts(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]


if __name__ == "__main__":
    print_table(lines(), LIBRARIES)
