"""예산총괄 and 산출근거: the budget items with last year's amounts, subsidies and this year's lines.

The same 과목 in both tables is one item: 예산총괄 gives the order, and what stands in 산출근거 alone follows.
"""

from __future__ import annotations

import re
from typing import Any

from xlbudget.derivation import derive
from xlbudget.korean import name_key
from xlbudget.money import Rounding
from xlbudget.project import LARGEST_AMOUNT, Place
from xlbudget.workbook.cells import TOO_LARGE, Reader, unread
from xlbudget.workbook.layout import (
    DEEPER_MARKERS,
    HEADING_MARKERS,
    LEAF_MARKERS,
    TOTAL_LABELS,
    heading_key,
    marker_depth,
    split_level,
    split_object,
)
from xlbudget.workbook.tables import Found, Row

LONGEST_MARKER = 5
REMARK = "※"
_GROUPS = ("previous", "current", "change", "rate")
_LAYERS = ("total", "subsidy")
_TYPED = ("previous/total", "previous/subsidy", "current/subsidy")
_LEADING_MARKER = re.compile(
    rf"([{HEADING_MARKERS}{DEEPER_MARKERS}]|[{re.escape(LEAF_MARKERS)}](?![\d(])|[oO](?=\s))\s*(.*)",
    re.DOTALL,
)


def read_items(
    reader: Reader, overview: Found, derivations: Found, rounding: Rounding
) -> list[dict[str, Any]]:
    """Return the items of a project as data of the model."""
    items = _Items(reader)
    for row in overview.data():
        items.read_row(row)
    lines = _Lines(reader, items, rounding)
    for row in derivations.data():
        lines.read_row(row)
    return items.said


class _Items:
    """The items so far, found again by 과목."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.said: list[dict[str, Any]] = []
        self.by_key: dict[str, list[int]] = {}
        self.total_seen = False

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
        elif (text or row.has(*_TYPED)) and not is_remark(text, row):
            self.add(*split_object(text))
            self.reader.evidence.cells[f"{path}/object_name"] = place
            self.said[-1] |= self._amounts(row, path)

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


class _Lines:
    """The lines of 산출근거 so far: the item that they belong to, and whether a heading is open."""

    def __init__(self, reader: Reader, items: _Items, rounding: Rounding) -> None:
        self.reader = reader
        self.items = items
        self.rounding = rounding
        self.item: int | None = None
        self.below_heading = False

    def read_row(self, row: Row) -> None:
        """Take in one row."""
        place = row.found.place(row.number, "object")
        text = self.reader.text_at(row.cell("object"), place, "")
        if heading_key(text) in TOTAL_LABELS or is_remark(text, row):
            return
        if text:
            self._start_item(text, place)
        if row.has("text", "level", "subsidy", "note"):
            if self.item is None:
                self._start_item("", place)
            self._read_line(row)

    def _start_item(self, text: str, place: Place) -> None:
        index = self.items.find(*split_object(text))
        if index != self.item:
            self.item = index
            self.below_heading = False
            self.reader.evidence.cells.setdefault(f"items/{index}/lines", place)

    def _read_line(self, row: Row) -> None:
        reader = self.reader
        lines = self.items.said[self.item or 0]["derivations"]
        path = f"items/{self.item}/derivations/{len(lines)}"
        written = reader.text(row, "text", f"{path}/text")
        level = self._level(row, path)
        marker, text = ("", written) if level else leading_marker(written)
        line = self._derived(text, path)
        line["depth"], line["marker"] = level or (marker_depth(marker), marker)
        reader.output(row, "amount", f"{path}/amount")
        line["subsidy"] = reader.amount(row, "subsidy", f"{path}/subsidy")
        line["note"] = reader.text(row, "note", f"{path}/note")
        if not (written or level or line["note"] or line["subsidy"] is not None):
            return
        if not level and not marker:
            below = self.below_heading and line["expression"] is not None
            line["depth"], line["marker"] = (1, "-") if below else (0, "○")
        if line["depth"] == 0:
            self.below_heading = line["expression"] is None
        reader.evidence.texts[f"{path}/text"] = written
        lines.append(line)

    def _level(self, row: Row, path: str) -> tuple[int, str] | None:
        """Return depth and marker that the column of levels says, ``None`` for a blank."""
        place = row.place("level")
        level = self.reader.text_at(row.cell("level"), place, path) if place is not None else ""
        if not level or place is None:
            return None
        depth, marker = split_level(level)
        if len(marker) > LONGEST_MARKER:
            message = f'수준으로 읽을 수 없습니다: "{level}". ○ 또는 -로 적으세요.'
            self.reader.report(unread(message), place, path, found=level)
        return depth, marker[:LONGEST_MARKER]

    def _derived(self, text: str, path: str) -> dict[str, Any]:
        derived = derive(text, self.rounding)
        stated = derived.stated
        if stated is not None and abs(stated) > LARGEST_AMOUNT:
            place = self.reader.evidence.cells[f"{path}/text"]
            self.reader.report(unread(TOO_LARGE.format(stated)), place, path, found=str(stated))
            stated = None
        return {"label": derived.label, "expression": derived.expression, "stated": stated}


def leading_marker(text: str) -> tuple[str, str]:
    """Split a marker off the head of a text: ``- 회의 수당`` → (``-``, ``회의 수당``)."""
    match = _LEADING_MARKER.fullmatch(text)
    return (match[1], match[2]) if match is not None else ("", text)


def is_remark(text: str, row: Row) -> bool:
    """Whether a row only holds a remark such as ``※ 단가는 예산편성기준``."""
    return text.startswith(REMARK) and len(row.cells) == 1
