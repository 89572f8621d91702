"""산출근거: the lines of each item, with what people put between them: sums of their own, and remarks."""

from __future__ import annotations

from typing import Any, NamedTuple

from xlbudget.derivation import Derivation, derive
from xlbudget.findings import Severity
from xlbudget.korean import quoted, with_particle
from xlbudget.money import Rounding
from xlbudget.project import LARGEST_AMOUNT, REMARK, Place
from xlbudget.workbook.cells import TOO_LARGE, Oddity, Reader, unread
from xlbudget.workbook.layout import split_object
from xlbudget.workbook.markers import Level, Levels, is_known, leading_marker, marker_depth, read_level
from xlbudget.workbook.reading.items import Items, is_remark
from xlbudget.workbook.reading.sums import Sums, sum_label
from xlbudget.workbook.tables import Found, Row

LONGEST_MARKER = 5


def read_items(
    reader: Reader, overview: Found, derivations: Found, rounding: Rounding
) -> list[dict[str, Any]]:
    """Return the items of a project as data of the model."""
    items = Items(reader)
    for row in overview.data():
        items.read_row(row)
    items.sums.close()
    lines = _Lines(reader, items, rounding)
    for row in derivations.data():
        lines.read_row(row)
    lines.sums.close()
    return items.said


class _Said(NamedTuple):
    """What the text of a row says: its marker and depth where it has them, and the text behind the marker."""

    level: Level
    rest: str
    derived: Derivation


class _Lines:
    """The lines of 산출근거 so far: the item that they belong to, and how deep the next one stands."""

    def __init__(self, reader: Reader, items: Items, rounding: Rounding) -> None:
        self.reader = reader
        self.items = items
        self.rounding = rounding
        self.sums = Sums(reader, "lines", "amount")
        self.item: int | None = None
        self.levels = Levels()

    def read_row(self, row: Row) -> None:
        """Take in one row."""
        place = row.found.place(row.number, "object")
        text = self.reader.text_at(row.cell("object"), place, "")
        if is_remark(text, row):
            return
        if sum_label(text):
            self.sums.add(row, text)
            return
        if text:
            self._start_item(text, place)
        if row.has("text", "level", "subsidy", "note"):
            if self.item is None:
                self._start_item("", place)
            self._read_line(row)
        elif not text:
            self.reader.leftover(row, "amount", "산출내역이 없어")

    def _start_item(self, text: str, place: Place) -> None:
        index = self.items.find(*split_object(text))
        if index != self.item:
            self.item = index
            self.levels = Levels()
            self.reader.evidence.cells.setdefault(f"items/{index}/lines", place)

    def _read_line(self, row: Row) -> None:
        reader = self.reader
        lines = self.items.said[self.item or 0]["derivations"]
        path = f"items/{self.item}/derivations/{len(lines)}"
        written = reader.text(row, "text", f"{path}/text")
        said = self._said(row, path, written)
        if sum_label(said.derived.label):
            reader.evidence.cells.pop(f"{path}/text", None)
            self.sums.add(row, said.derived.label, said.derived)
            return
        line = self._content(row, said, path)
        line["subsidy"] = reader.amount(row, "subsidy", f"{path}/subsidy")
        line["note"] = reader.text(row, "note", f"{path}/note")
        if not (written or said.level != Level("") or line["note"] or line["subsidy"] is not None):
            return
        line |= self._depth(row, said.level, path, computes=line["expression"] is not None)
        reader.evidence.texts[f"{path}/text"] = written
        lines.append(line)

    def _content(self, row: Row, said: _Said, path: str) -> dict[str, Any]:
        """Return label and expression of a line; a remark amounts to nothing."""
        if said.level.marker == REMARK:
            self.reader.leftover(row, "amount", "※ 참고 줄이라")
            return {"label": said.rest, "expression": None}
        self.reader.output(row, "amount", f"{path}/amount")
        self.sums.count(path)
        return self._derived(said.derived, path)

    def _depth(self, row: Row, level: Level, path: str, *, computes: bool) -> dict[str, Any]:
        if level == Level(""):
            level = Level(self.levels.unmarked(computes=computes))
        depth = self.levels.add(level, computes=computes)
        if level.depth is None and not is_known(level.marker):
            self._report_marker(row, level.marker, depth, path)
        return {"depth": depth, "marker": level.marker}

    def _said(self, row: Row, path: str, written: str) -> _Said:
        level, text = self._level(row, path), written
        if level is None:
            marker, text = leading_marker(written)
            level = Level(marker)
        return _Said(level, text, derive(text, self.rounding))

    def _level(self, row: Row, path: str) -> Level | None:
        """Return what the column of levels says, ``None`` for a blank."""
        place = row.place("level")
        text = self.reader.text_at(row.cell("level"), place, path) if place is not None else ""
        if not text or place is None:
            return None
        marker, depth = read_level(text)
        if len(marker) > LONGEST_MARKER:
            message = f'수준으로 읽을 수 없습니다: "{text}". ○ 또는 -로 적으세요.'
            self.reader.report(unread(message), place, path, found=text)
            return Level(marker[:LONGEST_MARKER], marker_depth(marker) if depth is None else depth)
        return Level(marker, depth)

    def _report_marker(self, row: Row, marker: str, depth: int, path: str) -> None:
        """Say how a line was read whose marker does not tell its depth."""
        place = row.place("level" if row.has("level") else "text")
        assert place is not None
        read = "바로 위 줄에 딸린 줄" if depth else "○처럼 따로 서는 줄"
        message = (
            f"알지 못하는 글머리 기호입니다: {quoted(marker)}. {with_particle(read, '로')} 읽었습니다. "
            "묶음이나 따로 서는 줄이면 ○, 그 아래 줄이면 -로 적으세요."
        )
        self.reader.report(
            Oddity(Severity.WARNING, "BUD-N03", message), place, path, found=marker, depth=depth
        )

    def _derived(self, derived: Derivation, path: str) -> dict[str, Any]:
        stated = derived.stated
        if stated is not None and abs(stated) > LARGEST_AMOUNT:
            place = self.reader.evidence.cells[f"{path}/text"]
            self.reader.report(unread(TOO_LARGE.format(stated)), place, path, found=str(stated))
            stated = None
        return {"label": derived.label, "expression": derived.expression, "stated": stated}
