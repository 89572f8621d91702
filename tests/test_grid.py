"""Addresses and the picture of a sheet."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from xlbudget.grid import (
    LAST_COLUMN,
    LAST_ROW,
    Area,
    Cell,
    Grid,
    a1,
    column_letters,
    parse_a1,
    parse_area,
    quote_sheet,
)


@given(st.integers(1, LAST_ROW), st.integers(1, LAST_COLUMN))
def test_address_reads_back(row: int, column: int) -> None:
    assert parse_a1(a1(row, column)) == (row, column)


@given(st.integers(1, LAST_COLUMN))
def test_column_letters_agree_with_openpyxl(column: int) -> None:
    assert column_letters(column) == get_column_letter(column)


@pytest.mark.parametrize(
    "text", ["", "A", "1", "A0", "A01", "XFE1", "A1048577", "가1", "A1:B2", "A-1", "AAAA1"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="^" if not text else None):
        parse_a1(text)


@pytest.mark.parametrize(
    ("text", "area"),
    [("B3", Area(3, 2, 3, 2)), ("$B$3:D5", Area(3, 2, 5, 4)), ("D5:B3", Area(3, 2, 5, 4))],
)
def test_area(text: str, area: Area) -> None:
    assert parse_area(text) == area


def test_area_prints_and_knows_its_cells() -> None:
    area = Area(3, 2, 5, 4)
    assert str(area) == "B3:D5"
    assert str(Area(3, 2, 3, 2)) == "B3"
    assert (4, 4) in area
    assert (6, 2) not in area
    assert "B3" not in area


def test_quote_sheet_doubles_quotes() -> None:
    assert quote_sheet("it's") == "'it''s'"


def test_grid_knows_blank_cells_and_its_last_row() -> None:
    grid = Grid("표", {(2, 1): Cell(Decimal("1.5")), (9, 1): Cell(style="xlb 글"), (4, 2): Cell(None, "A1")})
    assert grid.value(2, 1) == Decimal("1.5")
    assert grid.cell(7, 7) == Cell()
    assert grid.last_row == 4
    assert Grid("빈 시트").last_row == 0
