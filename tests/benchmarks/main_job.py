"""One project end to end: read, compute, check, write three sheets; beside openpyxl writing the same cells.

    python tests/benchmarks/main_job.py [--rounds 30]

Both start from the bytes of the filled example and end with bytes. The computing is ours on both roads: the
other one reads every cell with openpyxl, writes the same edits with it and saves. Times are processor times,
medians; the ratio is what to look at.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.edits import Edit, Formula, ReplaceSheet, SetCells, SheetImage
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.styles import STYLES


def ours(data: bytes) -> bytes:
    """Build a workbook the way the command line does."""
    book = FileBook.from_bytes(data, styles=STYLES)
    book.apply(workflow.plan(book, "build").edits)
    return book.to_bytes()


def theirs(data: bytes, edits: tuple[Edit, ...]) -> bytes:
    """Read every cell with openpyxl, write the same edits with it, and save."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                _ = cell.value
    for edit in edits:
        if isinstance(edit, SetCells):
            for (row, column), content in edit.cells.items():
                _put(book[edit.sheet].cell(row, column), content)
        elif isinstance(edit, ReplaceSheet) and isinstance(edit.image, SheetImage):
            _paint(book[edit.name], edit.image)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _paint(sheet: Any, image: SheetImage) -> None:
    for (row, column), (content, style) in image.cells.items():
        cell = sheet.cell(row, column)
        _put(cell, content)
        if style is not None:
            cell.style = style
    for area in image.merges:
        sheet.merge_cells(str(area))
    for row, height in image.heights.items():
        sheet.row_dimensions[row].height = height


def _put(cell: Any, content: Any) -> None:
    cell.value = f"={content.text}" if isinstance(content, Formula) else content


def _median(work: Callable[[], object], rounds: int) -> float:
    work()
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken) * 1000


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    filled = workflow.open_book(resource(DEMO_PROJECT)).to_bytes()
    edits = workflow.plan(FileBook.from_bytes(filled, styles=STYLES), "build").edits
    mine = _median(lambda: ours(filled), rounds)
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    other = _median(lambda: theirs(filled, edits), max(3, rounds // 6))
    import openpyxl

    print("| road | ms a workbook | ratio | peak MiB |\n|---|---:|---:|---:|")
    print(f"| xlbudget: read, compute, check, write three sheets | {mine:.1f} | 1 | {peak:.0f} |")
    print(
        f"| openpyxl {openpyxl.__version__}: read, write the same cells | {other:.0f} | {other / mine:.0f} | |"
    )


if __name__ == "__main__":
    main()
