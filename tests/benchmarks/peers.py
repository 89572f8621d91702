"""A whole workbook written anew by other writers: every cell with its style, merges, sizes, validations, marks, print.

What to write is read off the finished workbook beforehand, so that the others only have to write. None of them copies
anything from a template; XlsxWriter stores cached results, the other one leaves them out.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from importlib import import_module
from typing import Any, NamedTuple

import openpyxl
import xlsxwriter

from xlbudget.book.file import FileBook
from xlbudget.edits import Style
from xlbudget.grid import Grid, parse_area
from xlbudget.workbook.styles import STYLES


class Sheet(NamedTuple):
    """One sheet to write; ranges are (first row, first column, last row, last column) from 0."""

    grid: Grid
    lists: tuple[tuple[tuple[int, int, int, int], str], ...]
    marks: tuple[tuple[tuple[int, int, int, int], str], ...]
    freeze: tuple[int, int] | None
    print_area: tuple[int, int, int, int] | None
    hidden: bool


class Recipe(NamedTuple):
    """A workbook to write: its sheets and its defined names."""

    sheets: tuple[Sheet, ...]
    names: Mapping[str, str]

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return sum(len(sheet.grid.cells) for sheet in self.sheets)


def recipe(data: bytes) -> Recipe:
    """Return what a workbook holds."""
    ours, seen = FileBook.from_bytes(data), openpyxl.load_workbook(io.BytesIO(data))
    names = {name: f"={defined.attr_text}" for name, defined in seen.defined_names.items()}
    return Recipe(tuple(_sheet(ours.read(sheet.title), sheet) for sheet in seen), names)


def _sheet(grid: Grid, sheet: Any) -> Sheet:
    lists = [
        (_range(area), v.formula1) for v in sheet.data_validations.dataValidation for area in v.sqref.ranges
    ]
    marks = [
        (_range(next(iter(group.sqref.ranges))), rule.formula[0])
        for group in sheet.conditional_formatting
        for rule in group.rules
    ]
    area = sheet.print_area.rpartition("!")[2].replace("$", "") if sheet.print_area else ""
    freeze = sheet.freeze_panes and tuple(n - 1 for n in parse_area(sheet.freeze_panes)[:2])
    return Sheet(
        grid, tuple(lists), tuple(marks), freeze or None, _range(area) if area else None,
        sheet.sheet_state != "visible",
    )  # fmt: skip


def _range(area: object) -> tuple[int, int, int, int]:
    top, left, bottom, right = parse_area(str(area))
    return top - 1, left - 1, bottom - 1, right - 1


_LINES = {"-": 0, "t": 1, "M": 2, "T": 5}
_INK = {"t": "BFC5CC", "M": "1F3A5F", "T": "C00000"}
_SIDES = ("top", "right", "bottom", "left")


def _look(style: Style) -> dict[str, Any]:
    look: dict[str, Any] = {
        "font_name": "맑은 고딕", "font_size": style.size, "bold": style.bold, "font_color": f"#{style.ink}",
        "align": style.horizontal, "valign": "vcenter", "text_wrap": style.wrap, "indent": style.indent,
        "num_format": style.number_format, "locked": style.locked,
    }  # fmt: skip
    for side, kind in zip(_SIDES, style.border, strict=True):
        if kind != "-":
            look |= {side: _LINES[kind], f"{side}_color": f"#{_INK[kind]}"}
    return look | ({"bg_color": f"#{style.fill}"} if style.fill else {})


def with_xlsxwriter(plan: Recipe) -> bytes:
    """Write everything with XlsxWriter."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    formats = {name: book.add_format(_look(style)) for name, style in STYLES.items()}
    marked = book.add_format({"bg_color": "#FFC7CE"})
    for plain in plan.sheets:
        sheet = book.add_worksheet(plain.grid.name)
        _cells_with_xlsxwriter(sheet, plain.grid, formats)
        for area, formula in plain.lists:
            sheet.data_validation(*area, {"validate": "list", "source": _source(formula)})
        for area, formula in plain.marks:
            sheet.conditional_format(*area, {"type": "formula", "criteria": f"={formula}", "format": marked})
        sheet.set_paper(9)
        sheet.set_footer("&C- &P -")
        if plain.freeze:
            sheet.freeze_panes(*plain.freeze)
        if plain.print_area:
            sheet.print_area(*plain.print_area)
        if plain.hidden:
            sheet.hide()
    for name, refers_to in plan.names.items():
        book.define_name(name, refers_to)
    book.close()
    return out.getvalue()


def _source(formula: str) -> Any:
    return formula.strip('"').split(",") if formula.startswith('"') else f"={formula}"


def _cells_with_xlsxwriter(sheet: Any, grid: Grid, formats: Mapping[str, Any]) -> None:
    for column, width in grid.widths.items():
        sheet.set_column(column - 1, column - 1, width)
    for row, height in grid.heights.items():
        sheet.set_row(row - 1, height)
    for top, left, bottom, right in grid.merges:
        sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
    for (row, column), cell in grid.cells.items():
        style = formats.get(cell.style or "")
        if cell.formula:
            sheet.write_formula(row - 1, column - 1, f"={cell.formula}", style, _number(cell.value) or 0)
        elif cell.value is None:
            sheet.write_blank(row - 1, column - 1, None, style)
        elif isinstance(cell.value, str):
            sheet.write_string(row - 1, column - 1, cell.value, style)
        else:
            sheet.write_number(row - 1, column - 1, _number(cell.value), style)


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def with_rust(plan: Recipe) -> bytes:
    """Write everything with rvgsrust-xlsxwriter."""
    rust = import_module("rvgsrust_xlsxwriter")
    book = rust.Workbook()
    formats = {name: _rust_format(rust, style) for name, style in STYLES.items()}
    plain_format, marked = rust.Format(), rust.Format().set_background_color("#FFC7CE")
    for plain in plan.sheets:
        sheet = book.add_worksheet(plain.grid.name)
        _cells_with_rust(sheet, plain.grid, formats, plain_format)
        for area, formula in plain.lists:
            source = _source(formula)
            rule = rust.DataValidation()
            (rule.allow_list_strings if isinstance(source, list) else rule.allow_list_formula)(source)
            sheet.add_data_validation(*area, rule)
        for area, formula in plain.marks:
            rule = rust.ConditionalFormatFormula()
            rule.set_rule(f"={formula}")
            rule.set_format(marked)
            sheet.add_conditional_format(*area, rule)
        sheet.set_paper_size(9)
        sheet.set_footer("&C- &P -")
        if plain.freeze:
            sheet.freeze_panes(*plain.freeze)
        if plain.print_area:
            sheet.set_print_area(*plain.print_area)
        if plain.hidden:
            sheet.hide()
    for name, refers_to in plan.names.items():
        book.define_name(name, refers_to)
    return bytes(book.save_to_buffer())


def _rust_format(rust: Any, style: Style) -> Any:
    look = rust.Format().set_font_name("맑은 고딕").set_font_size(style.size).set_font_color(f"#{style.ink}")
    look = look.set_num_format(style.number_format).set_align(style.horizontal).set_align("vcenter")
    look = look.set_bold() if style.bold else look
    look = look.set_text_wrap() if style.wrap else look
    look = look.set_background_color(f"#{style.fill}") if style.fill else look
    for side, kind in zip(_SIDES, style.border, strict=True):
        if kind != "-":
            look = getattr(look, f"set_border_{side}")({1: "thin", 2: "medium", 5: "thick"}[_LINES[kind]])
            look = getattr(look, f"set_border_{side}_color")(f"#{_INK[kind]}")
    return look


def _cells_with_rust(sheet: Any, grid: Grid, formats: Mapping[str, Any], plain: Any) -> None:
    for column, width in grid.widths.items():
        sheet.set_column_width(column - 1, width)
    for row, height in grid.heights.items():
        sheet.set_row_height(row - 1, height)
    for top, left, bottom, right in grid.merges:
        sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", plain)
    for (row, column), cell in grid.cells.items():
        style = formats.get(cell.style or "")
        if cell.formula:
            sheet.write_formula(row - 1, column - 1, f"={cell.formula}", style)
        else:
            sheet.write(row - 1, column - 1, _number(cell.value), style)
