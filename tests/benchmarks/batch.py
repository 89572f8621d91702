"""Many projects end to end, and all other tables, in one run. Run: ``python tests/benchmarks/batch.py [COUNT]``.

COUNT workbooks (default 4,000) are made from a county's budget book (see ``projects.py``), built, checked and built
again through the command line, with one and with two processes; a few of them by openpyxl alone. Then come the
tables of ``reading.py`` and ``writing.py``; expressions have their own in ``derivations.py``.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from tests.benchmarks import projects, reading, writing
from tests.benchmarks.timing import Line, measured, print_table
from xlbudget import workflow
from xlbudget.book.file import FileBook

FEW = 200
LIBRARIES = tuple(dict.fromkeys((*reading.LIBRARIES, *writing.LIBRARIES, "isal")))


def with_openpyxl(data: bytes) -> bytes:
    """Do the same job with openpyxl alone: read every sheet, apply the same edits, write the file.

    The figures and the sheets to write are given, so that only reading and writing are compared.
    """
    book = openpyxl.load_workbook(io.BytesIO(data))
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sum(1 for sheet in values for row in sheet.iter_rows() for _ in row)
    for grid in _written(data):
        sheet = book[grid.name]
        for area in [str(area) for area in sheet.merged_cells.ranges]:
            sheet.unmerge_cells(area)
        for (row, column), cell in grid.cells.items():
            target = sheet.cell(row, column)
            target.value = f"={cell.formula}" if cell.formula else cell.value
            if cell.style in book.named_styles:
                target.style = cell.style
        for area in grid.merges:
            sheet.merge_cells(str(area))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_MADE: dict[bytes, list[object]] = {}


def _written(data: bytes) -> list:
    if data not in _MADE:
        book = FileBook.from_bytes(workflow.transform(data, "a.xlsx", "build")[1] or b"")
        _MADE[data] = [book.read(name) for name in ("예산총괄", "사업설명서", "점검결과")]
    return _MADE[data]


def one_by_one(folder: Path) -> Iterator[Line]:
    """Yield what one project takes in a running process, every workbook another one."""
    datas = [path.read_bytes() for path in sorted(folder.glob("*.xlsx"))[:FEW]]
    several = iter(datas * 3)
    work = "one project, end to end"
    yield Line(
        work, "xlbudget (read, compute, check, write 3)",
        measured(lambda: workflow.transform(next(several), "a.xlsx", "build"), len(datas)),
    )  # fmt: skip
    few = datas[:4]
    for data in few:
        _written(data)
    slow = iter(few * 3)
    yield Line(work, "openpyxl (read, write the same cells)", measured(lambda: with_openpyxl(next(slow)), 6))
    yield Line(
        work, "xlbudget, check only",
        measured(lambda: workflow.transform(next(several), "a.xlsx", None), len(datas)),
    )  # fmt: skip


def command(*arguments: str) -> tuple[float, float]:
    """Run the command line; return seconds, and its peak memory (without other processes) in MiB."""
    code = (
        "import re, sys\nfrom pathlib import Path\nfrom xlbudget.cli import main\ntry:\n    main()\nfinally:\n"
        "    status = Path('/proc/self/status').read_text()\n"
        "    print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) / 1024, file=sys.stderr)\n"
    )
    begun = time.perf_counter()
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    assert ran.returncode in (0, 1), ran.stderr
    return time.perf_counter() - begun, float(ran.stderr.split()[-1])


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
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "in"
        projects.write(folder, count)
        lines = (line for table in (one_by_one(folder), reading.lines(), writing.lines()) for line in table)
        print_table(lines, LIBRARIES)
        whole_runs(folder, Path(scratch))


if __name__ == "__main__":
    main()
