"""The sections of narrative and figures, each read from its rows: schedule, results, settlement, lines of text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from xlbudget.exchange.description_text.cells import is_subsidy_only, read_entries, read_period
from xlbudget.exchange.description_text.form import CONTINUED, read_entry
from xlbudget.exchange.description_text.headings import table_of
from xlbudget.exchange.description_text.markup import unescape
from xlbudget.exchange.description_text.rows import Row, piped
from xlbudget.exchange.description_text.sink import Sink, cell_of
from xlbudget.project import SETTLEMENT_COLUMNS, SettlementColumn
from xlbudget.workbook.layout import TABLE, TOTAL_LABELS, heading_key

_YEAR = re.compile(r"(?:((?:19|20|2[1-9])\d{2})|['’‘](\d{2}))\s*(?:년도?|회계연도)?")
_YEAR_HEADINGS = frozenset({"연도", "년도", "회계연도", "구분"})
_SETTLEMENT_NAMES: Mapping[str, SettlementColumn] = {
    text: key
    for key in SETTLEMENT_COLUMNS
    for column in TABLE["settlement"].columns
    if column.key == key
    for text in column.texts()
}
NO_TABLE_ROW = "표의 행이 아니라서 넣을 곳이 없습니다."
UNKNOWN_HEADING = "알지 못하는 칸 제목입니다."
_STEP_COLUMNS = (("step", "추진절차"), ("period", "추진기간"), ("amount", "금액"), ("detail", "세부내용"))


def read_texts(rows: Sequence[Row], sink: Sink, path: str) -> list[str]:
    """Return the lines of a narrative section, one an entry."""
    texts: list[str] = []
    for row in rows:
        sink.place(row, 0, f"{path}/{len(texts)}")
        texts.append(read_entry(row))
    return texts


def year_in(raw: str) -> int | None:
    """Return the year that a cell is: ``2019``, ``2019년도``, ``'19``."""
    match = _YEAR.fullmatch(raw)
    if match is None:
        return None
    return int(match[1]) if match[1] else 2000 + int(match[2])


def read_schedule(rows: Sequence[Row], sink: Sink) -> list[dict[str, Any]]:
    """Return the steps of the year's schedule; what the row 계 prints is kept as evidence."""
    columns = {key: at for at, (key, _) in enumerate(_STEP_COLUMNS)}
    steps: list[dict[str, Any]] = []
    for row in map(piped, rows):
        if table_of(row) == "schedule":
            columns = _step_columns(row, columns, sink)
        elif heading_key(cell_of(row, columns["step"])) in TOTAL_LABELS:
            sink.typed(
                row,
                columns["amount"],
                "schedule_total",
                sink.amount(row, columns["amount"], "schedule_total"),
            )
            for key in ("period", "detail"):
                if cell_of(row, columns[key]):
                    sink.lost(row, "계 행에는 금액만 있어야 합니다.", columns[key])
            sink.beyond(row, max(columns.values()) + 1)
        elif not row.table:
            sink.lost(row, NO_TABLE_ROW)
        else:
            steps.append(_step(row, columns, sink, f"schedule/{len(steps)}"))
    return steps


def _step_columns(row: Row, columns: dict[str, int], sink: Sink) -> dict[str, int]:
    found = dict(columns)
    for at, cell in enumerate(row.cells):
        key = next((key for key, name in _STEP_COLUMNS if name in heading_key(cell)), None)
        if key is not None:
            found[key] = at
        elif cell:
            sink.lost(row, UNKNOWN_HEADING, at)
    return found


def _step(row: Row, columns: dict[str, int], sink: Sink, path: str) -> dict[str, Any]:
    start, end = read_period(cell_of(row, columns["period"]))
    for key, column in (("step", "step"), ("start", "period"), ("end", "period"), ("detail", "detail")):
        sink.place(row, columns[column], f"{path}/{key}")
    sink.beyond(row, max(columns.values()) + 1)
    return {
        "step": unescape(cell_of(row, columns["step"])),
        "start": start,
        "end": end,
        "amount": sink.kept(row, columns["amount"], sink.amount(row, columns["amount"], f"{path}/amount")),
        "detail": unescape(cell_of(row, columns["detail"])),
    }


def read_results(rows: Sequence[Row], sink: Sink) -> list[dict[str, Any]]:
    """Return what was done in each year; a row without a year belongs to the year above."""
    results: list[dict[str, Any]] = []
    for row in rows:
        if table_of(row) == "results":
            continue
        first, rest = _split_year(row)
        year = year_in(first.removesuffix(CONTINUED).strip())
        if year is not None and not (first.endswith(CONTINUED) and results and results[-1]["year"] == year):
            sink.place(row, 0, f"results/{len(results)}/year")
            results.append({"year": year, "text": []})
        elif first and year is None:
            rest = [first, *rest]
        if not results:
            sink.lost(row, "어느 해의 추진실적인지 알 수 없습니다.")
            continue
        for raw in rest:
            results[-1]["text"].extend(read_entries(raw) if raw else [])
    return results


def _split_year(row: Row) -> tuple[str, list[str]]:
    """Return the cell of the year and the others; a paragraph may begin with its year."""
    if row.table:
        return row.cells[0], list(row.cells[1:])
    head, _, tail = row.cells[0].partition(" ")
    return (head, [tail.strip()]) if year_in(head) is not None else ("", [row.cells[0]])


def read_settlements(rows: Sequence[Row], sink: Sink) -> list[dict[str, Any]]:
    """Return the settled years, none to three; ``(x…)`` before the amount or on a row of its own above it."""
    columns: dict[SettlementColumn, int] = {key: at for at, key in enumerate(SETTLEMENT_COLUMNS, 1)}
    settlements: list[dict[str, Any]] = []
    for row in stacked([piped(row) for row in rows]):
        if table_of(row) == "settlement":
            columns = _settlement_columns(row, sink)
            continue
        year = year_in(row.cells[0])
        if year is None or not row.table:
            sink.lost(row, "결산 연도로 시작하는 행이 아닙니다.")
            continue
        path = f"settlements/{len(settlements)}"
        sink.place(row, 0, f"{path}/year")
        settlements.append({"year": year} | _settled(row, columns, sink, path))
        for at in range(1, len(row.cells)):
            if row.cells[at] and at not in columns.values():
                sink.lost(row, "표에 없는 칸입니다.", at)
    return settlements


def _settlement_columns(row: Row, sink: Sink) -> dict[SettlementColumn, int]:
    """Return the columns of a heading by its words."""
    found: dict[SettlementColumn, int] = {}
    for at, cell in enumerate(row.cells):
        key = _SETTLEMENT_NAMES.get(heading_key(cell))
        if key is not None:
            found[key] = at
        elif cell and (at or heading_key(cell) not in _YEAR_HEADINGS):
            sink.lost(row, UNKNOWN_HEADING, at)
    return found


def _settled(row: Row, columns: Mapping[SettlementColumn, int], sink: Sink, path: str) -> dict[str, Any]:
    settled: dict[str, Any] = {}
    for column, cell in columns.items():
        total, subsidy = sink.pair(row, cell, f"{path}/{column}/total", f"{path}/{column}/subsidy")
        settled[column] = {
            "total": sink.kept(row, cell, total),
            "subsidy": sink.kept(row, cell, subsidy),
        }
    return settled


def stacked(rows: Sequence[Row]) -> list[Row]:
    """Return table rows such that a row of ``(x…)`` lines is put before the amounts of the row below it."""
    joined: list[Row] = []
    for row in rows:
        above = joined[-1] if joined else None
        if above is not None and _is_layer(above) and row.table and not row.cells[0]:
            joined[-1] = Row(row.line, _zipped(above, row), table=True)
        else:
            joined.append(row)
    return joined


def _is_layer(row: Row) -> bool:
    amounts = [cell for cell in row.cells[1:] if cell]
    return row.table and bool(amounts) and all(map(is_subsidy_only, amounts))


def _zipped(upper: Row, lower: Row) -> tuple[str, ...]:
    cells = range(max(len(upper.cells), len(lower.cells)))
    return tuple(f"{cell_of(upper, at)} {cell_of(lower, at)}".strip() for at in cells)
