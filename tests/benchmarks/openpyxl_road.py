"""The whole job on openpyxl: a ``Book`` that reads with it, writes with it and saves with it.

The computing, the checks and the layout are ours on both roads; what differs is who reads and who writes. openpyxl
gives either formulas or their cached values, so it has to load a workbook twice to see both, as our reader does.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.pagebreak import Break

from xlbudget import workflow
from xlbudget.edits import (
    Content,
    DropNotes,
    Edit,
    Formula,
    Link,
    ReplaceSheet,
    SetCells,
    SetName,
    SetNote,
    SheetImage,
)
from xlbudget.grid import Area, Cell, Grid, a1


class OpenpyxlBook:
    """A workbook held by openpyxl."""

    def __init__(self, data: bytes) -> None:
        self._book = openpyxl.load_workbook(io.BytesIO(data))
        self._values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        self._grids: dict[str, Grid] = {}

    def sheets(self) -> tuple[str, ...]:
        return tuple(self._book.sheetnames)

    def read(self, sheet: str) -> Grid:
        if sheet not in self._grids:
            self._grids[sheet] = self._read(sheet)
        return self._grids[sheet]

    def may_call(self, prefix: str) -> bool:
        formulas = (cell.formula for sheet in self.sheets() for cell in self.read(sheet).cells.values())
        return any(prefix in formula for formula in formulas if formula is not None)

    def _read(self, name: str) -> Grid:
        sheet, values = self._book[name], self._values[name]
        cells = {}
        for row, cached in zip(sheet.iter_rows(), values.iter_rows(), strict=True):
            for cell, value in zip(row, cached, strict=True):
                formula = cell.value[1:] if cell.data_type == "f" else None
                style = cell.style if cell.has_style else None
                if value.value is not None or formula or style:
                    cells[cell.row, cell.column] = Cell(_exact(value.value), formula, style)
        widths = {
            column: dimension.width
            for letters, dimension in sheet.column_dimensions.items()
            for column in range(dimension.min or 1, (dimension.max or 1) + 1)
            if letters
        }
        merges = tuple(Area(r.min_row, r.min_col, r.max_row, r.max_col) for r in sheet.merged_cells.ranges)
        return Grid(name, cells, merges=merges, widths=widths)

    def apply(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        for edit in edits:
            if isinstance(edit, SetCells):
                for (row, column), content in edit.cells.items():
                    self._book[edit.sheet].cell(row, column).value = _written(content)
            elif isinstance(edit, ReplaceSheet) and isinstance(edit.image, SheetImage):
                self._paint(edit.name, edit.image)
            elif isinstance(edit, SetNote):
                self._book[edit.sheet].cell(*edit.ref).comment = Comment(edit.text, edit.tag)
            elif isinstance(edit, SetName):
                self._book.defined_names[edit.name] = DefinedName(edit.name, attr_text=edit.refers_to)
            else:
                assert isinstance(edit, DropNotes), edit
        return ()

    def _paint(self, name: str, image: SheetImage) -> None:
        sheet = self._book[name]
        for area in [str(area) for area in sheet.merged_cells.ranges]:
            sheet.unmerge_cells(area)
        sheet.delete_rows(1, sheet.max_row)
        for (row, column), (content, style) in image.cells.items():
            cell = sheet.cell(row, column)
            cell.value = _written(content)
            if style is not None:
                cell.style = style
        for area in image.merges:
            sheet.merge_cells(str(area))
        for row, height in image.heights.items():
            sheet.row_dimensions[row].height = height
        for row in image.breaks:
            sheet.row_breaks.append(Break(id=row))
        _link(sheet, image.links)
        if image.print_area is not None:
            sheet.print_area = str(image.print_area)

    def to_bytes(self) -> bytes:
        out = io.BytesIO()
        self._book.save(out)
        return out.getvalue()


def _link(sheet: Any, links: Mapping[tuple[int, int], Link]) -> None:
    for ref, link in links.items():
        sheet.cell(*ref).hyperlink = openpyxl.worksheet.hyperlink.Hyperlink(
            ref=a1(*ref), location=link.target, tooltip=link.tip or None
        )


def _exact(value: Any) -> Any:
    """Return a value as ours is read: a binary fraction as the decimal that it shows."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(repr(value))
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _written(content: Content) -> Any:
    if isinstance(content, Formula):
        return f"={content.text}"
    return float(content) if isinstance(content, Decimal) else content


def built(data: bytes) -> tuple[workflow.Outcome, bytes]:
    """Read, compute, check, write three sheets and save."""
    book = OpenpyxlBook(data)
    outcome = workflow.plan(book, "build")
    book.apply(outcome.edits)
    return outcome, book.to_bytes()
