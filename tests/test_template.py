"""The standard workbook as it is built: the same bytes each time, and what Excel finds in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlbudget.grid import Grid, a1
from xlbudget.korean import name_key
from xlbudget.resources import STANDARD_WORKBOOK, resource
from xlbudget.workbook import layout
from xlbudget.workbook.styles import BORDER_COLOURS, FONT, INPUT_STYLES, STYLES
from xlbudget.workbook.tables import locate
from xlbudget.workbook.template import build, main
from xlbudget.workbook.template.lists import read_objects

FIRST_SHEETS = ("안내", "기본현황", "산출근거", "예산총괄", "사업설명", "추진일정", "사업효과", "결산현황")
PATH = resource(STANDARD_WORKBOOK)


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    """The committed workbook as openpyxl reads it: formulas."""
    return openpyxl.load_workbook(PATH)


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    """The committed workbook, part by part."""
    with zipfile.ZipFile(PATH) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_a_rebuild_gives_the_committed_file(parts: dict[str, bytes], tmp_path: Path) -> None:
    out = tmp_path / "새 표준예산서.xlsx"
    assert main([str(out)]) == 0
    with zipfile.ZipFile(out) as file:
        assert {name: file.read(name) for name in file.namelist()} == parts
    if "ng" not in zlib.ZLIB_RUNTIME_VERSION:
        assert out.read_bytes() == PATH.read_bytes()


def test_a_build_does_not_depend_on_when_it_is_made() -> None:
    assert build() == build()
    with zipfile.ZipFile(BytesIO(build())) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = file.read("docProps/core.xml").decode()
    assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core) == ["2026-01-01T00:00:00Z"] * 2
    assert re.search(r"<dc:creator[^>]*>[^<]", core) is None
    assert "lastModifiedBy" not in core


def test_sheets_their_order_and_names(book: openpyxl.Workbook) -> None:
    assert tuple(book.sheetnames) == layout.SHEETS
    assert tuple(book.sheetnames[: len(FIRST_SHEETS)]) == FIRST_SHEETS
    assert [ws.title for ws in book if ws.sheet_state != "visible"] == ["과목코드", "설정"]
    assert book.code_name == "ThisWorkbook"
    assert [ws.sheet_properties.codeName for ws in book] == [f"Sheet{n:02d}" for n in range(1, 13)]
    assert not any(ws.sheet_view.showGridLines for ws in book)
    assert all(not list(book[name].values) for name in (layout.DESCRIPTION, layout.RESULTS))


def test_styles_are_named_styles_in_the_korean_font(book: openpyxl.Workbook, parts: dict[str, bytes]) -> None:
    assert set(STYLES) <= set(book.named_styles)
    fonts = re.findall(r"<font>.*?</font>", parts["xl/styles.xml"].decode(), re.DOTALL)
    cell_fonts = [font for font in fonts if "<name " in font]
    assert len(cell_fonts) > 10
    for font in cell_fonts:
        assert f'<name val="{FONT}"' in font
        assert '<charset val="129"' in font


@pytest.mark.parametrize("name", STYLES)
def test_a_style_is_stored_as_described(book: openpyxl.Workbook, name: str) -> None:
    wanted, stored = STYLES[name], book._named_styles[name]
    assert (stored.font.sz, bool(stored.font.b), stored.font.color.rgb[2:]) == (
        wanted.size,
        wanted.bold,
        wanted.ink,
    )
    fill = stored.fill.fgColor.rgb[2:] if stored.fill.fill_type == "solid" else ""
    assert fill == wanted.fill
    sides = (stored.border.top, stored.border.right, stored.border.bottom, stored.border.left)
    kinds = {"t": "thin", "M": "medium", "T": "thick", "-": None}
    assert [side.style for side in sides] == [kinds[kind] for kind in wanted.border]
    colours = [side.color.rgb[2:] for side in sides if side.style]
    assert colours == [BORDER_COLOURS[kind] for kind in wanted.border if kind != "-"]
    assert (stored.alignment.horizontal, stored.alignment.vertical) == (wanted.horizontal, wanted.vertical)
    assert bool(stored.alignment.wrap_text) == wanted.wrap
    assert bool(stored.alignment.shrink_to_fit) == wanted.shrink
    assert stored.alignment.indent == wanted.indent
    assert stored.number_format == wanted.number_format
    assert stored.protection.locked == wanted.locked


def test_no_cell_departs_from_its_style(book: openpyxl.Workbook) -> None:
    for ws in book:
        for row in ws.iter_rows():
            for cell in row:
                if cell.has_style and cell.style != "Normal":
                    named = book._named_styles[cell.style]
                    assert cell.number_format == named.number_format, f"{ws.title}!{cell.coordinate}"
                    assert cell.font == named.font


def test_text_columns_are_text_and_amounts_are_numbers(book: openpyxl.Workbook) -> None:
    lines, overview = book["산출근거"], book["예산총괄"]
    assert [lines.cell(6, column).number_format for column in (1, 2, 3, 6)] == ["@"] * 4
    assert lines.cell(85, 3).style == "xlb 입력 글"
    assert lines.max_row == 85
    assert overview.cell(8, 2).number_format.startswith("#,##0")
    assert overview.cell(27, 1).style == "xlb 입력 글"


def grids(book: openpyxl.Workbook) -> dict[str, Grid]:
    return {
        ws.title: Grid(
            ws.title,
            {
                (cell.row, cell.column): _cell(cell)
                for row in ws.iter_rows()
                for cell in row
                if cell.has_style or cell.value is not None
            },
        )
        for ws in book
    }


def _cell(cell: openpyxl.cell.Cell):  # type: ignore[name-defined]
    from xlbudget.grid import Cell

    if cell.data_type == "f":
        return Cell(None, cell.value[1:], cell.style)
    return Cell(cell.value, None, cell.style)


def test_every_table_is_found_by_its_headings(book: openpyxl.Workbook) -> None:
    located = locate(grids(book))
    assert located.problems == []
    assert {key: found.sheet for key, found in located.tables.items()} == {
        table.key: table.sheet for table in layout.TABLES
    }
    for table in layout.TABLES:
        columns = located.tables[table.key].columns
        parts = {part for column in table.columns if not column.instead_of for part, _ in column.parts}
        plain = {column.key for column in table.columns if not column.instead_of}
        assert plain | parts <= columns.keys()


def test_inputs_are_where_people_type_and_nowhere_else(book: openpyxl.Workbook) -> None:
    typed = {ws.title for ws in book for row in ws.iter_rows() for cell in row if cell.style in INPUT_STYLES}
    assert typed == {*layout.TYPED_SHEETS, layout.SETTINGS, layout.GUIDE}


def validations(ws: Worksheet) -> Iterator[tuple[str, str]]:
    for validation in ws.data_validations.dataValidation:
        assert not validation.showErrorMessage
        yield str(validation.sqref), validation.formula1


def test_choices_are_offered_and_nothing_is_refused(book: openpyxl.Workbook) -> None:
    assert dict(validations(book["산출근거"])) == {"A6:A85": "과목목록", "B6:B85": '"○,-"'}
    assert dict(validations(book["예산총괄"])) == {"A8:A27": "과목목록"}
    assert '"본예산,추경1,추경2,추경3"' in dict(validations(book["기본현황"])).values()


def test_names_need_no_volatile_function_and_point_somewhere(book: openpyxl.Workbook) -> None:
    names = {name: book.defined_names[name].attr_text for name in book.defined_names}
    assert names["회계연도"] == "'기본현황'!$B$8"
    assert names["표_산출근거"] == "'산출근거'!$A$6:$F$85"
    assert {layout.MARKED_ERRORS, layout.MARKED_WARNINGS, "과목목록"} <= names.keys()
    for text in names.values():
        assert "OFFSET" not in text
        assert "INDIRECT" not in text
        assert "#REF!" not in text
    labels = {"사업명": "사업명", "회계연도": "회계연도", "차수": "차수"}
    for name, label in labels.items():
        row = int(names[name].rsplit("$", 1)[1])
        assert book["기본현황"].cell(row, 1).value == label


@pytest.mark.parametrize("sheet", layout.TYPED_SHEETS)
def test_marks_come_from_the_lists_of_the_results(book: openpyxl.Workbook, sheet: str) -> None:
    ws = book[sheet]
    rules = {
        rule.formula[0]: (str(area.sqref), rule.dxf)
        for area in ws.conditional_formatting
        for rule in area.rules
    }
    for name, fill in ((layout.MARKED_ERRORS, "F9DEDC"), (layout.MARKED_WARNINGS, "FFF0CC")):
        area, look = rules[f'COUNTIF({name},"{sheet}!"&ADDRESS(ROW(),COLUMN(),4))>0']
        assert look.fill.bgColor.rgb[2:] == fill
        last = f"{get_column_letter(ws.max_column)}{ws.max_row}"
        assert area == f"A5:{last}"


@pytest.mark.parametrize(
    ("sheet", "freeze", "titles", "orientation"),
    [
        ("안내", "A4", "$1:$2", "portrait"),
        ("기본현황", "A6", "$5:$5", "portrait"),
        ("산출근거", "C6", "$5:$5", "landscape"),
        ("예산총괄", "B7", "$5:$6", "landscape"),
        ("사업설명", "A6", "$5:$5", "landscape"),
        ("추진일정", "A6", "$5:$5", "landscape"),
        ("사업효과", "A6", "$1:$2", "landscape"),
        ("결산현황", "C7", "$5:$6", "landscape"),
    ],
)
def test_headings_stay_in_sight_and_on_every_page(
    book: openpyxl.Workbook, sheet: str, freeze: str, titles: str, orientation: str
) -> None:
    ws = book[sheet]
    assert ws.freeze_panes == freeze
    assert ws.print_title_rows == titles
    assert ws.page_setup.orientation == orientation
    assert (ws.page_setup.paperSize, ws.page_setup.fitToWidth, ws.page_setup.fitToHeight) == (9, 1, 0)
    assert ws.sheet_properties.pageSetUpPr.fitToPage
    assert ws.print_area == f"'{sheet}'!$A$1:${get_column_letter(ws.max_column)}${ws.max_row}"


def test_the_guide_leads_to_every_sheet(book: openpyxl.Workbook) -> None:
    targets = [
        link.location for link in (cell.hyperlink for row in book["안내"].iter_rows() for cell in row) if link
    ]
    assert targets == [f"'{name}'!A1" for name in (*layout.TYPED_SHEETS, "점검결과", "사업설명서")]


def test_formulas_carry_their_values(parts: dict[str, bytes]) -> None:
    shown = openpyxl.load_workbook(PATH, data_only=True)
    assert shown["예산총괄"]["B5"].value == "전년도 예산액 (A)"
    assert shown["과목코드"]["D6"].value == "101-01 보수"
    formulas = sum(part.count(b"<f>") for name, part in parts.items() if "worksheets/" in name)
    cached = sum(len(re.findall(rb"</f><v", part)) for name, part in parts.items() if "worksheets/" in name)
    assert formulas == cached > 100


def test_known_objects_are_unique_and_of_one_year_together() -> None:
    objects = read_objects()
    years = [year for year, _, _ in objects]
    assert years == sorted(years)
    assert len({(year, code) for year, code, _ in objects}) == len(objects)
    assert (2026, "201-01", "사무관리비") in objects
    assert all(re.fullmatch(r"\d{3}-\d{2}", code) and name == name.strip() for _, code, name in objects)


def test_known_objects_agree_with_real_books(corpus: Path) -> None:
    import csv

    def key(name: str) -> str:
        return name_key(name).replace(",", "")

    with (corpus / "통계목.csv").open(encoding="utf-8-sig", newline="") as file:
        real = {
            (f"{row['편성목코드']}-{row['통계목코드']}", key(row["통계목"])) for row in csv.DictReader(file)
        }
    assert {(code, key(name)) for year, code, name in read_objects() if year == 2026} == real


@pytest.mark.office
def test_the_year_drives_headings_and_choices(tmp_path: Path) -> None:
    """LibreOffice calculates: headings follow the year, and the list is that year's, or none."""
    book = openpyxl.load_workbook(PATH)
    basics = book["기본현황"]
    probe = book.create_sheet("시험")
    probe["A1"] = "=ROWS(과목목록)"
    probe["A2"] = "=INDEX(과목목록,5)"
    probe["A3"] = "=ISERROR(ROWS(과목목록))"
    probe["A4"] = "=예산총괄!B5"
    probe["A5"] = "=예산총괄!D5"
    values = {}
    for year in (2026, 2021):
        basics["B8"] = year
        path = tmp_path / f"{year}.xlsx"
        book.save(path)
        profile = tmp_path / "profile"
        subprocess.run(
            [
                shutil.which("soffice") or "soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless",
                "--convert-to", "ods", "--outdir", str(tmp_path / "out"), str(path),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        subprocess.run(
            [
                shutil.which("soffice") or "soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless",
                "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), str(tmp_path / "out" / f"{year}.ods"),
            ],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        shown = openpyxl.load_workbook(tmp_path / "out" / f"{year}.xlsx", data_only=True)["시험"]
        values[year] = [shown.cell(row, 1).value for row in range(1, 6)]
    assert values[2026] == [102, "201-01 사무관리비", False, "2025예산액 (A)", "2026예산액 (B)"]
    assert values[2021][2:] == [True, "2020예산액 (A)", "2021예산액 (B)"]


def test_addresses_are_those_of_the_layout() -> None:
    """The lists of marked cells stand in columns that the results sheet hides."""
    for column in layout.MARKS_COLUMNS.values():
        assert a1(layout.MARKS_ROWS[0], ord(column) - 64) == f"{column}6"
