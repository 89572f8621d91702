"""A whole standard workbook from a project's JSON, beside the same cells and styles by other writers.

Run: ``python tests/benchmarks/writing.py``. The others get every cell ready to write (value, formula with its
result, style), which is less work than to lay a project out; all of them deflate with zlib at level 6.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from importlib import import_module
from typing import Any

import openpyxl
import xlsxwriter

from tests.benchmarks.timing import Line, measured, print_table
from xlbudget import workflow
from xlbudget.book.file import FileBook, deflate
from xlbudget.grid import Grid
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.styles import STYLES

LIBRARIES = ("xlbudget", "openpyxl", "XlsxWriter", "rvgsrust-xlsxwriter")


def grids(data: bytes) -> list[Grid]:
    """Return every sheet of a workbook."""
    book = FileBook.from_bytes(data)
    return [book.read(name) for name in book.sheets()]


def with_openpyxl(sheets: list[Grid]) -> bytes:
    book = openpyxl.Workbook()
    for grid in sheets:
        sheet = book.create_sheet(grid.name)
        for (row, column), cell in grid.cells.items():
            target = sheet.cell(row, column)
            target.value = f"={cell.formula}" if cell.formula else cell.value
            style = STYLES.get(cell.style or "")
            if style is not None:
                target.font = openpyxl.styles.Font(size=style.size, bold=style.bold, color=style.ink)
                target.number_format = style.number_format
        for area in grid.merges:
            sheet.merge_cells(str(area))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_xlsxwriter(sheets: list[Grid], module: Any = xlsxwriter) -> bytes:
    out = io.BytesIO()
    book = module.Workbook(out, {"in_memory": True})
    formats = {
        name: book.add_format(
            {"font_size": s.size, "bold": s.bold, "num_format": s.number_format, "text_wrap": s.wrap}
        )
        for name, s in STYLES.items()
    }
    for grid in sheets:
        sheet = book.add_worksheet(grid.name)
        for (row, column), cell in grid.cells.items():
            style = formats.get(cell.style or "")
            if cell.formula:
                sheet.write_formula(row - 1, column - 1, f"={cell.formula}", style, cell.value or 0)
            elif cell.value is None:
                sheet.write_blank(row - 1, column - 1, None, style)
            elif isinstance(cell.value, str):
                sheet.write_string(row - 1, column - 1, cell.value, style)
            else:
                sheet.write_number(row - 1, column - 1, float(cell.value), style)
    book.close()
    return out.getvalue()


def lines() -> Iterator[Line]:
    """Yield the table."""
    text = resource(DEMO_PROJECT).read_text(encoding="utf-8")
    sheets = grids(workflow.transform(text.encode(), "a.json", "build")[1] or b"")
    work = "write from JSON"

    def ours() -> bytes:
        return workflow.book_from_json(text).to_bytes()

    # What others do at level 6 has to be set beside level 6.
    engine = deflate._MODULE, deflate._LEVEL
    deflate._MODULE, deflate._LEVEL = zlib, deflate.LEVEL
    yield Line(work, "xlbudget, filled (zlib 6)", measured(ours))
    yield Line(
        work, "xlbudget, filled and built (zlib 6)",
        measured(lambda: workflow.transform(text.encode(), "a.json", "build")),
    )  # fmt: skip
    deflate._MODULE, deflate._LEVEL = engine
    yield Line(work, f"xlbudget, filled ({engine[0].__name__})", measured(ours))
    cells = sum(len(grid.cells) for grid in sheets)
    yield Line(work, f"XlsxWriter ({cells:,} cells)", measured(lambda: with_xlsxwriter(sheets), 10))
    with suppress(ImportError):
        rust = import_module("rvgsrust_xlsxwriter")
        yield Line(work, "rvgsrust-xlsxwriter", measured(lambda: with_rust(rust, sheets), 10))
    yield Line(work, "openpyxl", measured(lambda: with_openpyxl(sheets), 3))
    data = ours()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    yield Line(
        work, "floor: deflate all parts (zlib 6)", measured(lambda: [zlib.compress(p, 6) for p in parts])
    )


def with_rust(module: Any, sheets: list[Grid]) -> bytes:
    book = module.Workbook()
    formats = {
        name: module.Format().set_font_size(s.size).set_num_format(s.number_format)
        for name, s in STYLES.items()
    }
    for grid in sheets:
        sheet = book.add_worksheet(grid.name)
        for (row, column), cell in grid.cells.items():
            style = formats.get(cell.style or "")
            if cell.formula:
                sheet.write_formula(row - 1, column - 1, f"={cell.formula}", style)
            else:
                value = float(cell.value) if isinstance(cell.value, int | Decimal) else cell.value
                sheet.write(row - 1, column - 1, value, style)
    return bytes(book.save_to_buffer())


if __name__ == "__main__":
    print_table(lines(), LIBRARIES)
