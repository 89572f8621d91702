"""What reading a document gathers beside the model: where figures stood, and what could not be placed."""

from __future__ import annotations

from typing import NamedTuple

from xlbudget.exchange.description_text.cells import read_pair, read_rate, read_whole, split_pair
from xlbudget.exchange.description_text.markup import unescape
from xlbudget.exchange.description_text.rows import Row
from xlbudget.grid import Value
from xlbudget.money import PRINTED_UNIT, NumberUnreadable
from xlbudget.project import LARGEST_AMOUNT, Evidence, Place, Typed


class Unplaced(NamedTuple):
    """Something of a document that has no place in the model: its line (from 1), what it says, and why."""

    line_number: int
    text: str
    reason: str


class Sink:
    """Evidence and unplaced lines of one document. ``name`` stands for the sheet in places."""

    __slots__ = ("evidence", "name", "unit", "unplaced")

    def __init__(self, name: str) -> None:
        self.name = name
        self.unit = PRINTED_UNIT
        self.evidence = Evidence()
        self.unplaced: list[Unplaced] = []

    def lost(self, row: Row, reason: str, cell: int | None = None) -> None:
        """List a row, or one cell of it, as unplaced."""
        text = row.text if cell is None else unescape(row.cells[cell])
        self.unplaced.append(Unplaced(row.line, text, reason))

    def beyond(self, row: Row, first: int) -> None:
        """List what stands in the cells from ``first`` on, where a table has no such column."""
        for cell in range(first, len(row.cells)):
            if row.cells[cell]:
                self.lost(row, "표에 없는 칸입니다.", cell)

    def place(self, row: Row, cell: int, path: str) -> Place:
        """Remember where a figure stands: its line as row, its cell as column."""
        place = self.evidence.cells[path] = Place(self.name, row.line, cell + 1)
        return place

    def typed(self, row: Row, cell: int, path: str, value: Value) -> None:
        """Remember what the document prints for a figure that is computed."""
        place = self.place(row, cell, path)
        if value is not None:
            self.evidence.typed[path] = Typed(value, None, place)

    def kept(self, row: Row, cell: int, amount: int | None) -> int | None:
        """Return an amount that goes into the model; one too large for it is listed."""
        if amount is None or abs(amount) <= LARGEST_AMOUNT:
            return amount
        self.lost(row, "너무 큰 수입니다.", cell)
        return None

    def amount(self, row: Row, cell: int, path: str) -> int | None:
        """Return the amount in a cell; one that cannot be read is listed."""
        raw = cell_of(row, cell)
        self.place(row, cell, path)
        try:
            return read_whole(unescape(raw), self.unit)
        except NumberUnreadable as error:
            self.lost(row, f"금액으로 읽을 수 없습니다. {error}", cell)
            return None

    def pair(self, row: Row, cell: int, total: str, subsidy: str) -> tuple[int | None, int | None]:
        """Return total and subsidy of a cell, under their paths; what cannot be read is listed."""
        self.place(row, cell, total)
        self.place(row, cell, subsidy)
        try:
            return read_pair(cell_of(row, cell), self.unit)
        except NumberUnreadable as error:
            self.lost(row, f"금액으로 읽을 수 없습니다. {error}", cell)
            return None, None

    def typed_pair(self, row: Row, cell: int, path: str) -> None:
        """Remember a printed pair of amounts that is computed."""
        paths = (f"{path}/total", f"{path}/subsidy")
        for layer, value in zip(paths, self.pair(row, cell, *paths), strict=True):
            self.typed(row, cell, layer, value)

    def typed_rate(self, row: Row, cell: int, path: str) -> None:
        """Remember a printed rate."""
        if split_pair(cell_of(row, cell)) == ("", ""):
            return
        for layer, value in zip(("total", "subsidy"), read_rate(cell_of(row, cell)), strict=True):
            self.typed(row, cell, f"{path}/{layer}", value if value != "" else None)


def cell_of(row: Row, cell: int) -> str:
    """Return a cell of a row, a blank where the row is shorter."""
    return row.cells[cell] if cell < len(row.cells) else ""
