"""Workbooks that others made: one cell is written, and nothing else of the file changes."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import python_calamine

from tests import office, rich
from xlbudget.book.file import FileBook
from xlbudget.edits import SetCells

pytestmark = [
    pytest.mark.office,
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning"),
]
NAME, CELL, REF, WRITTEN = "자료", "B4", (4, 2), 98_765


def of_xlsxwriter(folder: Path) -> bytes:
    return rich.drawn()


def of_libreoffice(folder: Path) -> bytes:
    source = folder / "원본.xlsm"
    source.write_bytes(rich.drawn())
    (folder / "변환").mkdir()
    return office.convert(source, "xlsx", folder / "변환").read_bytes()


MAKERS = {"XlsxWriter": of_xlsxwriter, "LibreOffice": of_libreoffice}


def stored(data: bytes) -> dict[str, tuple[object, ...]]:
    """Return how each part is stored: date, method, size, checksum and compressed bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found: dict[str, tuple[object, ...]] = {}
        for info in archive.infolist():
            start = info.header_offset + 30 + len(info.orig_filename.encode())
            start += int.from_bytes(data[info.header_offset + 28 : info.header_offset + 30], "little")
            packed = data[start : start + info.compress_size]
            found[info.filename] = (info.date_time, info.compress_type, info.file_size, info.CRC, packed)
    return found


@pytest.mark.parametrize("maker", MAKERS)
def test_one_cell_changes_and_nothing_else(maker: str, tmp_path: Path) -> None:
    data = MAKERS[maker](tmp_path)
    book = FileBook.from_bytes(data)
    part = next(sheet.part for sheet in book._entries() if sheet.name == NAME)
    inverse = book.apply([SetCells(NAME, {REF: WRITTEN})])
    path = book.save(tmp_path / ("고친.xlsm" if book.has_macros else "고친.xlsx"))

    before, after = stored(data), stored(path.read_bytes())
    changed = {name for name in before if before[name] != after.get(name)}
    # A formula that depends on the cell has to be calculated again: the workbook asks for it, no more.
    assert {part} <= changed <= {part, "xl/workbook.xml"}
    assert list(after) == list(before)

    old, new = rich.parts(data), rich.parts(path.read_bytes())
    cell = re.search(rb'<c r="B4"[^>]*>.*?</c>', old[part])
    assert cell
    style = re.search(rb' s="[0-9]+"', cell[0])
    assert new[part] == old[part].replace(
        cell[0], b'<c r="B4"%s><v>%d</v></c>' % (style[0] if style else b"", WRITTEN)
    )
    asked = re.sub(rb' fullCalcOnLoad="1"', b"", new["xl/workbook.xml"])
    assert asked == re.sub(rb' fullCalcOnLoad="1"', b"", old["xl/workbook.xml"])

    wanted = office.values(path)
    unwritten = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    for sheet in unwritten.worksheets:
        shown = {c.coordinate: c.value for row in sheet.iter_rows() for c in row if c.value is not None}
        assert wanted[sheet.title] == shown | ({CELL: WRITTEN} if sheet.title == NAME else {})
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(NAME).to_python()
    assert rows[REF[0] - 1][REF[1] - 1] == WRITTEN
    assert office.recalculate(path)[NAME][CELL] == WRITTEN

    book.apply(inverse)
    assert book.to_bytes() == data
