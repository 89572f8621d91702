"""The sections of chapters 1 and 2, each read from its rows: 사업개요, 사업 담당자, 예산 총괄, 산출근거."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlbudget.exchange.description_text.cells import (
    Source,
    join_spellings,
    read_choice,
    read_entries,
    read_office,
    read_person,
    read_sources,
    read_whole,
)
from xlbudget.exchange.description_text.form import CONTINUED, read_object
from xlbudget.exchange.description_text.headings import OUTLINE, outline_label, table_of
from xlbudget.exchange.description_text.lines import read_line
from xlbudget.exchange.description_text.markup import unescape
from xlbudget.exchange.description_text.rows import Row, piped
from xlbudget.exchange.description_text.sections import NO_TABLE_ROW, UNKNOWN_HEADING, stacked
from xlbudget.exchange.description_text.sink import Sink, cell_of
from xlbudget.korean import name_key
from xlbudget.money import NumberUnreadable, Rounding
from xlbudget.workbook.layout import ROUNDING_WORDS, TOTAL_LABELS, heading_key

PERSONS = ("head", "team_leader", "officer")
_PEOPLE = ("bureau", "division", *PERSONS)
_OBJECT_HEADINGS = frozenset({"구분", "과목", "과목구분", "통계목"})
_LINE_HEADINGS = ("내역", "산출근거", "산출기초", "산출식", "금액", "비고", "=")
_SINGLE = frozenset({"account", "period", "subsidy_rate", "round", "fiscal_year", "rounding"})
_ROUNDINGS = {word: value for value, word in ROUNDING_WORDS.items()}


def read_outline(rows: Sequence[Row], sink: Sink) -> dict[str, Any]:
    """Return what 사업개요 says: account, period, summary, funding, and what else stands there by its label."""
    said: dict[str, Any] = {"summary": [], "funding": []}
    label: str | None = None
    for row in rows:
        cells = _labelled(row)
        if outline_label(cells[0]) is None and cells[0] and label != "summary":
            sink.lost(row, "사업개요의 항목이 아닙니다.")
            label = None
            continue
        if label is None and not cells[0]:
            sink.lost(row, "어느 항목의 내용인지 알 수 없습니다.")
            continue
        label = _read_values(row, cells, label, said, sink)
    return said


def _labelled(row: Row) -> tuple[str, ...]:
    """Return the cells of a row; ``회 계 : 일반회계`` on one line has two."""
    if not row.table:
        label, colon, value = row.cells[0].partition(":")
        if colon and outline_label(label.lstrip("○-□ ").strip()) is not None:
            return label.lstrip("○-□ ").strip(), value.strip()
    return row.cells


def _read_values(
    row: Row, cells: Sequence[str], label: str | None, said: dict[str, Any], sink: Sink
) -> str | None:
    """Take in the values of a row, each with the label before it; return the last label."""
    run: list[int] = []
    taken = False
    for at, raw in enumerate(cells):
        meaning = outline_label(raw) if at == 0 or taken else None
        if meaning is not None:
            if label is not None and run:
                _take(label, row, cells, run, said, sink)
            label, run, taken = meaning, [], False
        elif raw and (at or label == "summary"):
            run.append(at)
            taken = True
    if label is not None and run:
        _take(label, row, cells, run, said, sink)
    return label


def _take(
    label: str, row: Row, cells: Sequence[str], run: list[int], said: dict[str, Any], sink: Sink
) -> None:
    values = [cells[at] for at in run]
    if label == "funding":
        _funding(row, values, run[0], said, sink)
    elif label == "summary":
        for raw in values:
            sink.place(row, run[0], f"summary/{len(said['summary'])}")
            said["summary"].extend(read_entries(raw))
    elif label in _SINGLE and label not in said:
        sink.place(row, run[0], label)
        said[label] = read_choice(values[0]) if label == "period" else unescape(values[0])
        for at in run[1:]:
            sink.lost(row, "표에 없는 칸입니다.", at if row.table else None)
    else:
        sink.lost(row, "이미 읽은 항목이거나 여기에 없는 항목입니다.")


def _funding(row: Row, values: list[str], cell: int, said: dict[str, Any], sink: Sink) -> None:
    for source in read_sources(values):
        figure = source.amount if isinstance(source, Source) else source
        try:
            amount = read_whole(unescape(figure), sink.unit)
        except NumberUnreadable:
            sink.lost(row, f"재원으로 읽을 수 없습니다: {unescape(figure)}.")
            continue
        if not isinstance(source, Source):
            sink.typed(row, cell, "cost/total", amount)
        elif amount is not None and sink.kept(row, cell, amount) is not None:
            sink.place(row, cell, f"funding/{len(said['funding'])}/amount")
            said["funding"].append({"source": source.name, "amount": amount, "in_budget": source.in_budget})


def read_rounding(text: str) -> Rounding | None:
    """Return the rounding that a word such as 절상 stands for."""
    word = _ROUNDINGS.get(text)
    return Rounding(word) if word is not None else None


def read_people(rows: Sequence[Row], sink: Sink) -> dict[str, Any]:
    """Return who is in charge, by the columns of the heading."""
    columns = dict(zip(_PEOPLE, range(len(_PEOPLE)), strict=True))
    said: dict[str, Any] = {}
    for row in map(piped, rows):
        if table_of(row) == "people":
            columns = _people_columns(row, sink)
        elif row.cells[0].startswith("※") and "예산서" in row.text:
            continue
        elif said or not row.table:
            sink.lost(row, "담당자 표의 행이 아닙니다.")
        else:
            said = _person_row(row, columns, sink)
    return said


def _people_columns(row: Row, sink: Sink) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, cell in enumerate(row.cells):
        meaning = OUTLINE.get(heading_key(cell))
        if meaning in _PEOPLE:
            columns[meaning] = at
        elif cell:
            sink.lost(row, UNKNOWN_HEADING, at)
    return columns


def _person_row(row: Row, columns: dict[str, int], sink: Sink) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, at in columns.items():
        raw = cell_of(row, at)
        if key in PERSONS:
            sink.place(row, at, f"organisation/{key}/name")
            said[key] = read_person(raw)
        elif key in _PEOPLE:
            sink.place(row, at, f"organisation/{key}")
            said[key] = read_office(raw)
    for at, raw in enumerate(row.cells):
        if raw and at not in columns.values():
            sink.lost(row, "표에 없는 칸입니다.", at)
    return said


def read_items(
    overview: Sequence[Row], derivations: Sequence[Row], rounding: Rounding, sink: Sink, unit: str
) -> list[dict[str, Any]]:
    """Return the items: those of 예산 총괄 in its order, then those that stand in 산출근거 alone."""
    table = stacked([piped(row) for row in overview])
    lines = [piped(row) for row in derivations]
    names = join_spellings([row.cells[0] for row in (*table, *lines) if row.table and row.cells[0]])
    items = _Items(sink, names, rounding)
    for row in table:
        items.overview_row(row)
    sink.unit = unit
    for row in lines:
        items.derivation_row(row)
    return items.said


class _Items:
    """The items so far, found again by their 과목; twins of one name are met in their order."""

    def __init__(self, sink: Sink, names: dict[str, str], rounding: Rounding) -> None:
        self.sink = sink
        self.names = names
        self.rounding = rounding
        self.said: list[dict[str, Any]] = []
        self.by_key: dict[str, list[int]] = {}
        self.met: dict[str, int] = {}
        self.columns = {"previous": 1, "current": 2, "change": 3, "rate": 4}
        self.item: int | None = None
        self.below_heading = False

    def _add(self, raw: str) -> int:
        code, name = read_object(self.names.get(raw, raw))
        self.by_key.setdefault(name_key(name), []).append(len(self.said))
        self.said.append({"object_name": name, "object_code": code, "derivations": []})
        return len(self.said) - 1

    def overview_row(self, row: Row) -> None:
        """Take in one row of 예산 총괄."""
        label = row.cells[0]
        if table_of(row) == "overview":
            self._columns(row)
        elif not row.table:
            self.sink.lost(row, NO_TABLE_ROW)
        elif heading_key(label) in TOTAL_LABELS:
            for group, at in self.columns.items():
                if group == "rate":
                    self.sink.typed_rate(row, at, "total/rate")
                else:
                    self.sink.typed_pair(row, at, f"total/{group}")
            self.sink.beyond(row, max(self.columns.values()) + 1)
        elif label:
            self._figures(row, self._add(label))
        elif not self.said and any("b-a" in heading_key(cell) for cell in row.cells):
            self._columns(row)
        else:
            self.sink.lost(row, "과목이 없는 행입니다.")

    def _columns(self, row: Row) -> None:
        for at, cell in enumerate(row.cells):
            key = heading_key(cell)
            if "(b-a)*100" in key or "(b-a)/a" in key or "증감률" in key or "증감율" in key:
                self.columns["rate"] = at
            elif at and ("(a)" in key or "기정" in key or "전년도" in key):
                self.columns["previous"] = at
            elif at and ("(b)" in key or "경정" in key):
                self.columns["current"] = at
            elif "b-a" in key or key.startswith("증감"):
                self.columns["change"] = at
            elif key and key not in _OBJECT_HEADINGS:
                self.sink.lost(row, UNKNOWN_HEADING, at)

    def _figures(self, row: Row, index: int) -> None:
        sink, path, item = self.sink, f"items/{index}", self.said[index]
        sink.place(row, 0, f"{path}/object_name")
        previous, current = self.columns["previous"], self.columns["current"]
        pair = sink.pair(row, previous, f"{path}/previous/total", f"{path}/previous/subsidy")
        item["previous"] = {
            layer: sink.kept(row, previous, amount)
            for layer, amount in zip(("total", "subsidy"), pair, strict=True)
        }
        total, subsidy = sink.pair(row, current, f"{path}/current/total", f"{path}/current_subsidy")
        item["current_subsidy"] = sink.kept(row, current, subsidy)
        sink.place(row, current, f"{path}/current/subsidy")
        sink.typed(row, current, f"{path}/current/total", total)
        sink.typed_pair(row, self.columns["change"], f"{path}/change")
        sink.typed_rate(row, self.columns["rate"], f"{path}/rate")
        sink.beyond(row, max(self.columns.values()) + 1)

    def derivation_row(self, row: Row) -> None:
        """Take in one row of 산출근거."""
        label = row.cells[0]
        if table_of(row) == "derivations":
            for at, cell in enumerate(row.cells):
                key = heading_key(cell)
                if key and not key.startswith("과목") and not key.endswith(_LINE_HEADINGS):
                    self.sink.lost(row, UNKNOWN_HEADING, at)
            return
        if not row.table:
            self.sink.lost(row, NO_TABLE_ROW)
        elif heading_key(label) in TOTAL_LABELS:
            self._derivation_total(row)
        else:
            if label:
                self._open(row, label)
            if any(row.cells[1:]):
                self._line(row)

    def _derivation_total(self, row: Row) -> None:
        parts = _line_cells(row)
        if "total/current/total" not in self.sink.evidence.typed and parts.get("amount"):
            self.sink.typed_pair(row, parts["amount"], "total/current")
        for key in ("text", "note"):
            if key in parts and not (key == "text" and parts["text"] == parts.get("amount")):
                self.sink.lost(row, "계 행에는 금액만 있어야 합니다.", parts[key])

    def _open(self, row: Row, label: str) -> None:
        again = label.endswith(CONTINUED)
        raw = self.names.get(label, label).removesuffix(CONTINUED).strip()
        key = name_key(read_object(raw)[1])
        known = self.by_key.get(key, [])
        if not known:
            index = self._add(raw)
        elif len(known) == 1:
            index = known[0]
        elif again and self.item in known:
            index = self.item or 0
        else:
            index = known[min(self.met.get(key, 0), len(known) - 1)]
            self.met[key] = self.met.get(key, 0) + 1
        self.said[index]["object_code"] = self.said[index]["object_code"] or read_object(raw)[0]
        if index != self.item:
            self.item, self.below_heading = index, False
        self.sink.evidence.cells.setdefault(
            f"items/{index}/lines", self.sink.place(row, 0, f"items/{index}/lines")
        )

    def _line(self, row: Row) -> None:
        if self.item is None:
            self.sink.lost(row, "어느 과목의 산출근거인지 알 수 없습니다.")
            return
        lines = self.said[self.item]["derivations"]
        path = f"items/{self.item}/derivations/{len(lines)}"
        parts = _line_cells(row)
        if "text" not in parts:
            self.sink.lost(row, "산출내역이 없는 행입니다.")
            return
        written = read_line(row.cells[parts["text"]], self.rounding)
        line = written.line(below_heading=self.below_heading)
        if line.depth == 0:
            self.below_heading = line.expression is None
        self.sink.place(row, parts["text"], f"{path}/text")
        self.sink.evidence.texts[f"{path}/text"] = unescape(row.cells[parts["text"]])
        subsidy = None
        if "amount" in parts:
            total, subsidy = self.sink.pair(row, parts["amount"], f"{path}/amount", f"{path}/subsidy")
            self.sink.typed(row, parts["amount"], f"{path}/amount", total)
            subsidy = self.sink.kept(row, parts["amount"], subsidy)
        note = unescape(row.cells[parts["note"]]) if "note" in parts else ""
        for at in range(parts.get("note", parts.get("amount", parts["text"])) + 1, len(row.cells)):
            if row.cells[at] and unescape(row.cells[at]) != "=":
                self.sink.lost(row, "표에 없는 칸입니다.", at)
        lines.append(line.model_copy(update={"subsidy": subsidy, "note": note}))


def _line_cells(row: Row) -> dict[str, int]:
    """Return which cells hold text, amount and note; the amount stands behind the cell ``=`` where there is one."""
    equals = next((at for at, raw in enumerate(row.cells) if at and raw == "="), None)
    before = range(1, equals if equals is not None else len(row.cells))
    filled = [at for at in before if row.cells[at]]
    parts = dict(zip(("text",) if equals is not None else ("text", "amount", "note"), filled, strict=False))
    if equals is None:
        return parts
    behind = range(equals + 1, len(row.cells))
    parts |= dict(
        zip(("amount", "note"), [at for at in behind if row.cells[at] or at == equals + 1], strict=False)
    )
    return parts
