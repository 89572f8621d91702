"""결산현황: the settled years, two rows a year, ``(x )`` over 금액.

The year may stand on either row, or on both where cells were merged and split again. A row belongs to the
year above until another year begins or its kind has been seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xlbudget.project import SETTLEMENT_COLUMNS
from xlbudget.workbook.cells import YEARLESS, Reader, plain_text, unread
from xlbudget.workbook.layout import SUBSIDY_TEXTS, heading_key
from xlbudget.workbook.tables import Found, Row

SUBSIDY_KINDS = frozenset(map(heading_key, SUBSIDY_TEXTS))
_CHECKS = ("available", "unspent")


@dataclass(slots=True)
class _Block:
    """The rows of one year, by layer; ``year`` is the row on which the year stands."""

    year: Row | None = None
    rows: dict[str, Row] = field(default_factory=dict)

    def ends_before(self, row: Row, layer: str) -> bool:
        """Whether a row begins another year."""
        if layer in self.rows:
            return True
        cell, own = row.cell("year"), self.year and self.year.cell("year")
        return cell is not None and own is not None and cell.value != own.value


def read_settlements(reader: Reader, found: Found) -> list[dict[str, Any]]:
    """Return the settled years as data of the model; rows without a year and figures are spare."""
    settlements: list[dict[str, Any]] = []
    for block in _blocks(found):
        path = f"settlements/{len(settlements)}"
        year = _year(reader, block, f"{path}/year")
        if year is not None:
            settlements.append(_settlement(reader, block, year, path))
    return settlements


def _blocks(found: Found) -> list[_Block]:
    blocks: list[_Block] = []
    for row in found.data():
        kind = row.cell("kind")
        key = heading_key(plain_text(kind.value)) if kind is not None else ""
        layer = "subsidy" if key in SUBSIDY_KINDS else "total"
        if not blocks or blocks[-1].ends_before(row, layer):
            blocks.append(_Block())
        if blocks[-1].year is None and row.has("year"):
            blocks[-1].year = row
        blocks[-1].rows[layer] = row
    return blocks


def _year(reader: Reader, block: _Block, path: str) -> int | None:
    row = block.year
    if row is not None:
        place = row.found.place(row.number, "year")
        year = reader.year_at(row.cell("year"), place, path)
        if year is not None:
            reader.evidence.cells[path] = place
        return year
    typed = [row for row in block.rows.values() if row.has(*SETTLEMENT_COLUMNS)]
    if typed:
        first = min(block.rows.values(), key=lambda row: row.number)  # the year is merged over both rows
        reader.report(unread(YEARLESS), first.found.place(first.number, "year"), "")
    return None


def _settlement(reader: Reader, block: _Block, year: int, path: str) -> dict[str, Any]:
    said: dict[str, Any] = {"year": year}
    for column in SETTLEMENT_COLUMNS:
        said[column] = {
            layer: reader.amount(row, column, f"{path}/{column}/{layer}") for layer, row in block.rows.items()
        }
    for layer, row in block.rows.items():
        for check in _CHECKS:
            reader.output(row, f"check/{check}", f"{path}/check/{check}/{layer}")
    return said
