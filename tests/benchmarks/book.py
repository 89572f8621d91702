"""Reading and writing a standard workbook: ours beside openpyxl, calamine and XlsxWriter, in one run.

Run: ``python tests/benchmarks/book.py [workbook.xlsx]``. Medians in milliseconds of CPU time; trust the ratios.
"""

from __future__ import annotations

import io
import statistics
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import openpyxl
import python_calamine
import xlsxwriter

from xlbudget.book.file import FileBook
from xlbudget.book.file.adapter import _KNOWN
from xlbudget.edits import Content, Formula, ReplaceSheet, SetCells, SheetImage
from xlbudget.grid import Area, Ref

REPEATS = 40


def measured(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median CPU time of one run in milliseconds."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


def sample() -> bytes:
    """Return a workbook of the standard one's size: 8 sheets, 1,310 styled cells, 154 formulas, 93 merges."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    formats = [
        book.add_format({"border": n % 3, "bold": n % 2, "num_format": "#,##0", "font_size": 9 + n % 4})
        for n in range(40)
    ]
    for number in range(8):
        sheet = book.add_worksheet(f"시트 {number + 1}")
        sheet.set_column(0, 7, 12.5)
        for row in range(20):
            sheet.set_row(row, 18.5)
            for column in range(8):
                style = formats[(row + column) % 40]
                if column == 7:
                    sheet.write_formula(row, column, f"=SUM(B{row + 1}:G{row + 1})", style, row * 60)
                elif column % 4 == 3:
                    sheet.write_blank(row, column, None, style)
                elif column % 2:
                    sheet.write_number(row, column, row * 100 + column, style)
                else:
                    sheet.write_string(row, column, f"산출내역 {row} 150,000원*{column}명", style)
        for row in range(25, 37):
            sheet.merge_range(row, 0, row, 3, f"병합 {row}", formats[1])
    book.close()
    return out.getvalue()


def image() -> SheetImage:
    """Return a description sheet of 120 by 8 cells."""
    cells: dict[Ref, tuple[object, str | None]] = {}
    for row in range(1, 121):
        for column in range(1, 9):
            content: object = None
            if column == 8:
                content = Formula(f"'시트 1'!H{row}", row * 60)
            elif column % 3 == 1:
                content = f"{row}번째 줄의 글 {column}"
            elif column % 3 == 2:
                content = row * column
            cells[row, column] = (content, None)
    merges = tuple(Area(row, 1, row, 3) for row in range(3, 120, 4))
    return SheetImage(cells, merges, dict.fromkeys(range(1, 121), 16.5), breaks=(40, 80))  # type: ignore[arg-type]


def read_ours(data: bytes) -> int:
    _KNOWN.clear()  # what is remembered across copies of a template does not count here
    book = FileBook.from_bytes(data)
    return sum(len(book.read(sheet).cells) for sheet in book.sheets())


def again(data: bytes) -> int:
    book = FileBook.from_bytes(data)
    return sum(len(book.read(sheet).cells) for sheet in book.sheets())


def read_openpyxl(data: bytes) -> int:
    return sum(len(list(sheet.iter_rows())) for sheet in openpyxl.load_workbook(io.BytesIO(data)))


def read_calamine(data: bytes) -> int:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


def inflate_all(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(len(archive.read(name)) for name in archive.namelist())


def main() -> None:
    data = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else sample()
    first, picture = FileBook.from_bytes(data).sheets()[0], image()
    spots: dict[Ref, Content] = {(row, 30): 7_000 + row for row in range(2, 18)}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("xl/worksheets/sheet1.xml")

    def opened() -> FileBook:
        _KNOWN.clear()
        book = FileBook.from_bytes(data)
        for sheet in book.sheets():
            book.read(sheet)
        return book

    def splice() -> None:
        opened().apply([SetCells(first, spots)])

    def whole() -> bytes:
        book = opened()
        book.apply([SetCells(first, spots), ReplaceSheet("사업설명서", picture)])
        return book.to_bytes()

    def with_openpyxl() -> None:
        book = openpyxl.load_workbook(io.BytesIO(data))
        for (row, column), value in spots.items():
            book[first].cell(row, column, value)
        sheet = book.create_sheet("사업설명서")
        for (row, column), (value, _) in picture.cells.items():
            sheet.cell(row, column, "=" + value.text if isinstance(value, Formula) else value)
        book.save(io.BytesIO())

    reading = measured(lambda: read_ours(data))
    rows = [
        ("읽기", f"xlbudget ({read_ours(data):,} cells)", reading),
        ("", "the same, what copies of a template share remembered", measured(lambda: again(data))),
        ("", "calamine (values only)", measured(lambda: read_calamine(data))),
        ("", "openpyxl", measured(lambda: read_openpyxl(data), 5)),
        ("", "floor: inflate all parts", measured(lambda: inflate_all(data))),
        ("쓰기", "splice 16 cells into one sheet (beyond reading)", measured(splice) - reading),
        ("", "read, splice, new sheet of 120 × 8, bytes", measured(whole)),
        ("", "the same with openpyxl", measured(with_openpyxl, 5)),
        ("", "floor: deflate one sheet", measured(lambda: zlib.compress(content, 6))),
    ]
    names = ", ".join(f"{name} {version(name)}" for name in ("openpyxl", "python-calamine", "xlsxwriter"))
    sys.stdout.write(f"{names}; Python {sys.version.split()[0]}\n")
    for task, what, took in rows:
        sys.stdout.write(f"{task:<4}{what:<52}{took:9.2f} ms\n")


if __name__ == "__main__":
    main()
