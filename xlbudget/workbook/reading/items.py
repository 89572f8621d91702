"""예산총괄 and 산출근거: the budget items with last year's amounts, subsidies and this year's lines.

The same 과목 in both tables is one item: 예산총괄 gives the order, and what stands in 산출근거 alone follows.
"""

from __future__ import annotations

from typing import Any

from xlbudget.korean import name_key
from xlbudget.project import REMARK
from xlbudget.workbook.cells import Reader
from xlbudget.workbook.layout import TOTAL_LABELS, heading_key, split_object
from xlbudget.workbook.reading.sums import Sums, sum_label
from xlbudget.workbook.tables import Row

_GROUPS = ("previous", "current", "change", "rate")
_LAYERS = ("total", "subsidy")
_COMPUTED = ("current/total", "change/total", "change/subsidy", "rate/total", "rate/subsidy")
_SUMMED = tuple(f"{group}/{layer}" for group in ("previous", "current") for layer in _LAYERS)
_TYPED = ("previous/total", "previous/subsidy", "current/subsidy")


class Items:
    """The items so far, found again by 과목."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.said: list[dict[str, Any]] = []
        self.by_key: dict[str, list[int]] = {}
        self.total_seen = False
        self.sums = Sums(reader, "items", *_SUMMED)

    def add(self, code: str, name: str) -> int:
        """Append an item; return its index."""
        index = len(self.said)
        self.said.append({"object_name": name, "object_code": code, "derivations": []})
        self.by_key.setdefault(name_key(name), []).append(index)
        return index

    def find(self, code: str, name: str) -> int:
        """Return the index of the item with this 과목, a new one where there is none.

        A code counts only where both say one.
        """
        for index in self.by_key.get(name_key(name), ()):
            item = self.said[index]
            known = item["object_code"]
            if not code or not known or code == known:
                item["object_code"] = known or code
                return index
        return self.add(code, name)

    def read_row(self, row: Row) -> None:
        """Take in one row of 예산총괄: 계, an item, or nothing that was typed."""
        place = row.found.place(row.number, "object")
        path = f"items/{len(self.said)}"
        text = self.reader.text_at(row.cell("object"), place, f"{path}/object_name")
        if heading_key(text) in TOTAL_LABELS:
            self._total_row(row)
        elif sum_label(text):
            self.sums.add(row, text)
        elif (text or row.has(*_TYPED)) and not is_remark(text, row):
            self.add(*split_object(text))
            self.reader.evidence.cells[f"{path}/object_name"] = place
            self.sums.count(path)
            self.said[-1] |= self._amounts(row, path)
        elif not text:
            for column in _COMPUTED:
                self.reader.leftover(row, column, "과목이 비어 있어")

    def _amounts(self, row: Row, path: str) -> dict[str, Any]:
        reader = self.reader
        previous = {
            layer: reader.amount(row, f"previous/{layer}", f"{path}/previous/{layer}") for layer in _LAYERS
        }
        subsidy = reader.amount(row, "current/subsidy", f"{path}/current_subsidy")
        reader.place(row, "current/subsidy", f"{path}/current/subsidy")
        reader.output(row, "current/total", f"{path}/current/total")
        for group in ("change", "rate"):
            for layer in _LAYERS:
                reader.output(row, f"{group}/{layer}", f"{path}/{group}/{layer}")
        return {"previous": previous, "current_subsidy": subsidy}

    def _total_row(self, row: Row) -> None:
        if self.total_seen:
            return
        self.total_seen = True
        for group in _GROUPS:
            for layer in _LAYERS:
                self.reader.output(row, f"{group}/{layer}", f"total/{group}/{layer}")


def is_remark(text: str, row: Row) -> bool:
    """Whether a row only holds a remark such as ``※ 단가는 예산편성기준``."""
    return text.startswith(REMARK) and len(row.cells) == 1
