"""All formulas of a finished workbook, recalculated. Run: ``python -m tests.benchmarks.recalculation``.

Ours does not interpret formulas: it computes the figures of the project and writes each beside its formula. The
others read the workbook and calculate every formula that stands in it; LibreOffice does ten files in one process.
"""

from __future__ import annotations

import io
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook.defined_name import DefinedNameDict

from tests import office
from tests.benchmarks.timing import Line, measured, print_table
from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.figures import compute
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.overview import calculation, overview

LIBRARIES = ("xlbudget", "pycel", "formulas")
WORK = "recalculate a workbook"
FILES = 10


def ours(judged: workflow.Outcome) -> list[Any]:
    project, settings = judged.project, judged.settings
    figures = compute(project, settings)
    return [*calculation(project, figures), *overview(project, figures, None, settings)]


def formula_cells(data: bytes) -> list[str]:
    book = FileBook.from_bytes(data)
    return [
        f"{name}!{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[column - 1]}{row}"
        for name in book.sheets()
        for (row, column), cell in book.read(name).cells.items()
        if cell.formula
    ]


def with_pycel(path: Path, cells: list[str]) -> list[Any]:
    names: Any = DefinedNameDict
    names.definedName = ()  # asked for by pycel, gone from today's openpyxl; the copy has no names
    compiler = import_module("pycel").ExcelCompiler(str(path))
    return [compiler.evaluate(cell) for cell in cells]


def with_formulas(path: Path) -> Any:
    return import_module("formulas").ExcelModel().loads(str(path)).finish().calculate()


def plain_copy(data: bytes, path: Path) -> None:
    """Save values and formulas alone, without names, marks and styles: all that pycel and formulas look at."""
    book, plain = openpyxl.load_workbook(io.BytesIO(data)), openpyxl.Workbook()
    plain.remove(plain.active)
    for sheet in book:
        target = plain.create_sheet(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    target[cell.coordinate] = cell.value
    plain.save(path)


def once(who: str, work: Callable[[], object]) -> Line:
    """Return what one run takes."""
    begun = time.process_time()
    work()
    return Line(WORK, who, (time.process_time() - begun) * 1000)


def lines() -> Iterator[Line]:
    """Yield the table."""
    warnings.simplefilter("ignore")
    data = workflow.transform(resource(DEMO_PROJECT).read_bytes(), "a.json", "build")[1] or b""
    cells = formula_cells(data)
    judged = workflow.judge(FileBook.from_bytes(data))
    yield Line(
        WORK, f"xlbudget, figures and cached values ({len(cells)} formulas)", measured(lambda: ours(judged))
    )
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.xlsx" for number in range(FILES)]
        for path in paths:
            path.write_bytes(data)
        plain = Path(folder) / "plain.xlsx"
        plain_copy(data, plain)
        with suppress(ImportError):
            yield once("pycel", lambda: with_pycel(plain, cells))
        with suppress(ImportError):
            yield once("formulas", lambda: with_formulas(plain))
        if office.soffice_path():
            out = Path(folder) / "out"
            office.convert_all(paths[:1], "xlsx", out)  # makes its profile
            (out / paths[0].name).unlink()
            begun = time.perf_counter()
            office.convert_all(paths, "xlsx", out)
            yield Line(
                WORK,
                f"LibreOffice, {FILES} files a process (clock)",
                (time.perf_counter() - begun) * 1000 / FILES,
            )


if __name__ == "__main__":
    print_table(lines(), LIBRARIES)
