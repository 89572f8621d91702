"""Rows 계 and 소계 that people put into a table of their own: what they sum, kept for the checks."""

from __future__ import annotations

from xlbudget.derivation import Derivation
from xlbudget.project import WrittenSum
from xlbudget.workbook.cells import Reader
from xlbudget.workbook.layout import SUBTOTAL_LABELS, TOTAL_LABELS, heading_key
from xlbudget.workbook.tables import Row


def sum_label(text: str) -> str:
    """Return ``소계``, ``계`` … where a text says nothing else, such as ``소 계 :``; empty for any other text."""
    key = heading_key(text).rstrip(":")
    return key if key in TOTAL_LABELS or key in SUBTOTAL_LABELS else ""


class Sums:
    """The sums of one table so far, and the figures since the last of them.

    ``columns`` are the columns that are summed up.
    """

    def __init__(self, reader: Reader, table: str, *columns: str) -> None:
        self._reader = reader
        self._table = table
        self._columns = columns
        self._since: list[str] = []
        self._latest: list[WrittenSum] = []
        self._written = 0

    def count(self, path: str) -> None:
        """Take in what the next sum adds up: a path that, followed by a column, is that of a figure."""
        self._keep(foot=False)
        self._since.append(path)

    def add(self, row: Row, label: str, derived: Derivation | None = None) -> None:
        """Take in a row that sums up; its text may say the amount instead of its cell."""
        for column in self._columns:
            path = f"sums/{self._table}/{self._written}/{column}"
            amount = self._typed(row, column, path)
            if amount is None and derived is not None:
                amount = derived.amount if derived.stated is None else derived.stated
                self._reader.place(row, "text", path)
            if amount is not None:
                parts = tuple(f"{part}/{column}" for part in self._since)
                self._latest.append(WrittenSum(path, sum_label(label), amount, parts))
        self._written += 1
        self._since = []

    def _typed(self, row: Row, column: str, path: str) -> int | None:
        """Return a typed amount; a formula of the user's sums for itself."""
        cell = row.cell(column)
        return None if cell is None or cell.formula is not None else self._reader.amount(row, column, path)

    def close(self) -> None:
        """End the table: a 계 below which nothing follows sums up all of it."""
        self._keep(foot=True)

    def _keep(self, *, foot: bool) -> None:
        self._reader.evidence.sums += [
            one._replace(whole=foot and one.label in TOTAL_LABELS) for one in self._latest
        ]
        self._latest = []
