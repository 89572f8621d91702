"""Every cell of a finished standard workbook, beside other readers. Run: ``python -m tests.benchmarks.reading``.

openpyxl and ours give values, formulas and styles, the others values alone. Ours is shown as it reads the first
copy of a template, and as it reads others, made from the same template and each read once.
"""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

import openpyxl
import python_calamine

from tests.benchmarks import projects
from tests.benchmarks.timing import Line, measured, print_table
from xlbudget import workflow
from xlbudget.book.file import FileBook, adapter, commonrows, package, sheetxml
from xlbudget.project import Project
from xlbudget.resources import DEMO_PROJECT, resource

OTHERS = 60
LIBRARIES = ("xlbudget", "openpyxl", "python-calamine", "fastexcel")


def ours(data: bytes) -> int:
    book = FileBook.from_bytes(data)
    return sum(len(book.read(name).cells) for name in book.sheets())


def first_copy(data: bytes) -> int:
    adapter._KNOWN.clear()
    package._SHARED.clear()
    sheetxml._COMMON.clear()
    commonrows.SOUND.clear()
    return ours(data)


def with_openpyxl(data: bytes, *, read_only: bool = False) -> int:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=read_only)
    return sum(1 for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None)


def with_calamine(data: bytes) -> int:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def with_fastexcel(data: bytes) -> int:
    book = import_module("fastexcel").read_excel(data)
    return sum(book.load_sheet(name, header_row=None).height for name in book.sheet_names)


def inflated(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(len(archive.read(name)) for name in archive.namelist())


def _finished(project: Project) -> bytes:
    return workflow.transform(projects.workbook(project), "a.xlsx", "build")[1] or b""


def lines() -> Iterator[Line]:
    """Yield the table."""
    data = workflow.transform(resource(DEMO_PROJECT).read_bytes(), "a.json", "build")[1] or b""
    work = "read every cell"
    yield Line(work, f"xlbudget, first copy ({ours(data):,} cells)", measured(lambda: first_copy(data)))
    if projects.CORPUS.is_dir():
        several = itertools.cycle([_finished(project) for project in projects.projects(OTHERS)])
        took = measured(lambda: ours(next(several)), OTHERS - 1)
        yield Line(work, f"xlbudget, {OTHERS} other workbooks, each once", took)
    yield Line(work, "calamine, values", measured(lambda: with_calamine(data)))
    with suppress(ImportError):
        yield Line(work, "fastexcel, values", measured(lambda: with_fastexcel(data)))
    yield Line(work, "openpyxl, read only", measured(lambda: with_openpyxl(data, read_only=True), 5))
    yield Line(work, "openpyxl", measured(lambda: with_openpyxl(data), 5))
    yield Line(work, "floor: inflate all parts", measured(lambda: inflated(data)))


if __name__ == "__main__":
    print_table(lines(), LIBRARIES)
