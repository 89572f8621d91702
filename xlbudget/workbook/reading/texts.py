"""사업설명, 추진일정 and 사업효과: bullets, the year's steps, what was done and what is expected."""

from __future__ import annotations

from typing import Any

from xlbudget import dates
from xlbudget.workbook.cells import YEARLESS, Reader, passed_over, plain_text, unread
from xlbudget.workbook.layout import NARRATIVE_SECTIONS, TOTAL_LABELS, bare_key, heading_key
from xlbudget.workbook.reading.sums import Sums, sum_label
from xlbudget.workbook.tables import Found, Row

SECTIONS = {text: name for name, texts in NARRATIVE_SECTIONS.items() for text in texts}
"""Sections of 사업설명 by heading key."""
_STEP = ("step", "start", "end", "amount", "detail")


def read_narrative(reader: Reader, found: Found) -> dict[str, list[str]]:
    """Return the bullets of each section of 사업설명; a blank 구분 continues the section above."""
    said: dict[str, list[str]] = {name: [] for name in NARRATIVE_SECTIONS}
    section: str | None = None
    for row in found.data():
        cell = row.cell("section")
        label = plain_text(cell.value) if cell is not None else ""
        if label:
            key = heading_key(label)
            section = SECTIONS.get(key) or SECTIONS.get(bare_key(key))
            if section is None:
                _unknown_section(reader, row, label)
        if section is not None:
            _bullet(reader, row, said[section], section)
    return said


def _bullet(reader: Reader, row: Row, bullets: list[str], path: str) -> None:
    cell = row.cell("text")
    if cell is None:
        return
    place = row.found.place(row.number, "text")
    path = f"{path}/{len(bullets)}"
    text = reader.text_at(cell, place, path)
    if text:
        reader.evidence.cells[path] = place
        bullets.append(text)


def _unknown_section(reader: Reader, row: Row, label: str) -> None:
    message = (
        f"알지 못하는 구분이라 읽지 않았습니다: {label}. "
        "사업목적, 사업근거, 사업내용, 추진경위 가운데 하나로 적으세요."
    )
    reader.report(passed_over(message), row.found.place(row.number, "section"), "", found=label)


def read_schedule(reader: Reader, found: Found) -> list[dict[str, Any]]:
    """Return the steps of 추진일정; the row 계 is computed."""
    steps: list[dict[str, Any]] = []
    total_seen = False
    sums = Sums(reader, "schedule", "amount")
    for row in found.data():
        path = f"schedule/{len(steps)}"
        name = reader.text_at(row.cell("step"), found.place(row.number, "step"), path)
        if heading_key(name) in TOTAL_LABELS:
            if not total_seen:
                reader.output(row, "amount", "schedule_total")
            total_seen = True
        elif sum_label(name):
            sums.add(row, name)
        elif row.has(*_STEP):
            step = _step(reader, row, name, path)
            if any(value not in ("", None) for value in step.values()):
                sums.count(path)
                steps.append(step)
    sums.close()
    return steps


def _step(reader: Reader, row: Row, name: str, path: str) -> dict[str, Any]:
    reader.place(row, "step", f"{path}/step")
    start, end = _period(reader, row, path)
    return {
        "step": name,
        "start": start,
        "end": end,
        "amount": reader.amount(row, "amount", f"{path}/amount"),
        "detail": reader.text(row, "detail", f"{path}/detail"),
    }


def _period(reader: Reader, row: Row, path: str) -> tuple[str, str]:
    """Return start and end of a step; one cell may say both, such as ``2021.01~2021.12``."""
    start, end = (_date(reader, row, key, f"{path}/{key}") for key in ("start", "end"))
    both = dates.split_range(start or end) if not (start and end) else None
    return both or (start, end)


def _date(reader: Reader, row: Row, key: str, path: str) -> str:
    place = reader.place(row, key, path)
    if place is None:
        return ""
    return reader.date_at(row.cell(key), place, path, date1904=row.found.grid.date1904)


def read_results(reader: Reader, found: Found) -> list[dict[str, Any]]:
    """Return what was done in each of the last years; a blank year continues the one above."""
    results: list[dict[str, Any]] = []
    for row in found.data():
        place = found.place(row.number, "year")
        cell = row.cell("year")
        if cell is not None:
            path = f"results/{len(results)}/year"
            year = reader.year_at(cell, place, path)
            if year is not None and not (results and results[-1]["year"] == year):
                reader.evidence.cells[path] = place
                results.append({"year": year, "text": []})
        if results:
            index = len(results) - 1
            _bullet(reader, row, results[index]["text"], f"results/{index}/text")
        elif row.has("text"):
            reader.report(unread(YEARLESS), place, "")
    return results


def read_effects(reader: Reader, found: Found) -> list[str]:
    """Return the bullets of 향후 기대효과."""
    effects: list[str] = []
    for row in found.data():
        _bullet(reader, row, effects, "effects")
    return effects
