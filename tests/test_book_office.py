"""LibreOffice as a judge: it opens what we wrote, calculates it to the same values, and we read what it wrote."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests import office, rich
from xlbudget.book.file import FileBook
from xlbudget.edits import (
    Edit,
    Formula,
    InsertRows,
    Link,
    ReplaceSheet,
    SetCells,
    SetNote,
    SetStyle,
    SheetImage,
    Style,
)
from xlbudget.grid import Area, a1

pytestmark = [
    pytest.mark.office,
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning"),
]

STYLES = {"xlb 금액": Style("xlb 금액", border="tttM", fill="FFF9E3", number_format="#,##0")}


def image() -> SheetImage:
    """Return a sheet of formulas whose cached values are right."""
    cells: dict[tuple[int, int], tuple[object, str | None]] = {
        (1, 1): ("합계", "xlb 금액"),
        (1, 2): (None, None),
    }
    for row in range(2, 10):
        cells[row, 1] = (Formula(f"'자료'!B{row}", (row - 1) * 1000), "xlb 금액")
        cells[row, 2] = (Formula(f"ROUNDUP(ROUND(A{row}*7/100,6),0)", (row - 1) * 70), None)
    cells[10, 1] = (Formula("SUM(A2:A9)", 36000), None)
    cells[10, 2] = (Formula('IF(A10=36000,"같음","다름")', "같음"), None)
    return SheetImage(cells, (Area(1, 1, 1, 2),), {1: 30.0}, (5,), {(2, 1): Link("'자료'!B2")})  # type: ignore[arg-type]


EDITS: list[Edit] = [
    ReplaceSheet("결과", image()),
    SetCells("자료", {(20, 1): "=글자", (20, 2): Decimal("0.1"), (20, 3): Formula("B20*2", Decimal("0.2"))}),
    SetStyle("자료", ((20, 2), (20, 3)), "xlb 금액"),
    SetNote("자료", (20, 1), "메모 <글>", "xlb 점검"),
]


def cached(book: FileBook) -> dict[str, dict[str, object]]:
    """Return what stands in the sheets; fractions as the judge gives them."""
    return {
        sheet: {
            a1(*ref): float(cell.value) if isinstance(cell.value, Decimal) else cell.value
            for ref, cell in book.read(sheet).cells.items()
            if cell.value is not None
        }
        for sheet in book.sheets()
    }


def test_every_formula_calculates_to_its_cached_value(tmp_path: Path) -> None:
    book = FileBook.from_bytes(rich.plain_workbook(), styles=STYLES)
    book.apply(EDITS)
    path = book.save(tmp_path / "예산.xlsx")
    assert office.recalculate(path) == cached(book)


def test_a_wrong_cached_value_is_caught(tmp_path: Path) -> None:
    book = FileBook.from_bytes(rich.plain_workbook(), styles=STYLES)
    book.apply([*EDITS, SetCells("결과", {(3, 1): Formula("'자료'!B3", 2001)})])
    path = book.save(tmp_path / "예산.xlsx")
    assert office.recalculate(path)["결과"]["A3"] == 2000


def test_rows_put_in_keep_every_result(tmp_path: Path) -> None:
    book = FileBook.from_bytes(rich.plain_workbook(), styles=STYLES)
    book.apply([*EDITS, InsertRows("자료", 5, 3), InsertRows("자료", 2, 1)])
    path = book.save(tmp_path / "예산.xlsx")
    assert office.recalculate(path) == cached(book)


def test_a_workbook_full_of_things_is_opened(tmp_path: Path) -> None:
    book = FileBook.from_bytes(rich.rich_workbook(), styles=STYLES)
    book.apply([SetCells("자료", {(4, 4): "바꿈", (2, 3): 7}), SetNote("나머지", (4, 1), "메모", "xlb 점검")])
    path = book.save(tmp_path / "예산.xlsm")
    found = office.recalculate(path)
    assert (found["자료"]["D4"], found["자료"]["C2"], found["자료"]["C6"]) == ("바꿈", 7, 1000)


def test_one_cell_in_a_workbook_of_libreoffice(tmp_path: Path) -> None:
    """What LibreOffice writes is read, and one cell changes one part."""
    source = tmp_path / "원본.xlsx"
    source.write_bytes(rich.plain_workbook())
    folder = tmp_path / "변환"
    folder.mkdir()
    made = office.convert(source, "xlsx", folder)
    data = made.read_bytes()
    book = FileBook.from_bytes(data)
    original = FileBook.from_bytes(rich.plain_workbook())
    assert {
        s: {r: c[:1] for r, c in book.read(s).cells.items() if c.value is not None} for s in book.sheets()
    } == {
        s: {r: c[:1] for r, c in original.read(s).cells.items() if c.value is not None}
        for s in original.sheets()
    }
    inverse = book.apply([SetCells("자료", {(6, 4): "고침"})])
    before, after = rich.parts(data), rich.parts(book.to_bytes())
    assert {name for name in before if before[name] != after[name]} == {"xl/worksheets/sheet1.xml"}
    again = book.save(tmp_path / "고친.xlsx")
    assert office.recalculate(again)["자료"]["D6"] == "고침"
    book.apply(inverse)
    assert book.to_bytes() == data
