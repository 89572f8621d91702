"""Reading: rows are given to their sections by headings, then each section is read as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.description_text import headings
from xlbudget.exchange.description_text.markup import unescape
from xlbudget.exchange.description_text.rows import Row, is_decoration
from xlbudget.exchange.description_text.sections import (
    read_results,
    read_schedule,
    read_settlements,
    read_texts,
)
from xlbudget.exchange.description_text.sink import Sink, Unplaced
from xlbudget.exchange.description_text.tables import read_items, read_outline, read_people, read_rounding
from xlbudget.korean import name_key
from xlbudget.money import PRINTED_UNIT, UNITS, Rounding
from xlbudget.project import Project
from xlbudget.workbook.layout import NARRATIVE_SECTIONS
from xlbudget.workbook.markers import HEADING_MARKERS, LEAF_MARKERS

ORIGINAL = "원문"
FIRST_YEAR, LAST_YEAR = 1900, 2999


class Imported(NamedTuple):
    """A document as it was read: the project, and what could not be placed.

    ``project.evidence`` says where each figure stood (``원문!C30`` is the third cell of line 30) and what the
    document prints for figures that are computed, so that checking the project compares the two.
    """

    project: Project
    unplaced: tuple[Unplaced, ...]


@dataclass(slots=True)
class _Layout:
    """The rows of each section, and what the headings themselves said."""

    sections: dict[str, list[Row]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    years: list[tuple[int, Row]] = field(default_factory=list)
    name: Row | None = None
    section: str | None = None
    begun: bool = False

    def rows(self, section: str) -> list[Row]:
        return self.sections.get(section, [])


def read_blocks(rows: Iterable[Row], *, year: int | None = None, name: str = ORIGINAL) -> Imported:
    """Read the rows of a document. ``year`` counts before the years that its headings name.

    Raises ``DocumentUnreadable`` where it is no 사업설명서, names no fiscal year or holds several projects.
    """
    sink, layout = Sink(name), _Layout()
    for row in rows:
        if row.filled and not is_decoration(row):
            _distribute(row, layout, sink)
    if not layout.begun:
        raise DocumentUnreadable(
            "사업설명서로 읽을 수 없습니다. '기본 현황', '예산 총괄', '산출근거' 같은 제목을 찾지 못했습니다."
        )
    said = _said(layout, sink)
    said["fiscal_year"] = _fiscal_year(year, said.pop("fiscal_year", ""), layout, sink)
    project = Project.model_validate(said).with_evidence(sink.evidence)
    return Imported(project, tuple(sorted(sink.unplaced)))


def _distribute(row: Row, layout: _Layout, sink: Sink) -> None:
    raw = " ".join(row.filled)
    unit = headings.unit_of(raw)
    if unit is not None:
        _unit(unit, row, layout, sink)
        return
    in_outline = (
        layout.section == "outline" and row.table and headings.outline_label(row.cells[0]) is not None
    )
    heading = None if in_outline and len(row.cells) > 1 else headings.heading_of(row)
    if heading is not None:
        _open(heading, row, layout, sink)
        return
    table = headings.table_of(row)
    if table is not None:
        layout.section, layout.begun = table, True
        layout.years.extend(_heading_years(table, row))
    if layout.section is None:
        _before(row, layout, sink)
    elif not _is_running_title(row, layout):
        layout.sections.setdefault(layout.section, []).append(row)


def _unit(unit: str, row: Row, layout: _Layout, sink: Sink) -> None:
    if unit not in UNITS:
        sink.lost(row, "알지 못하는 단위입니다.")
    else:
        layout.units[layout.section or ""] = unit


def _open(heading: headings.Heading, row: Row, layout: _Layout, sink: Sink) -> None:
    if heading.chapter == 1 and layout.rows("overview") and layout.rows("outline"):
        raise DocumentUnreadable(
            f"한 문서에 사업이 둘 이상 있습니다({row.line}째 줄에서 '기본 현황'이 다시 나옵니다). 사업마다 나누세요."
        )
    layout.begun = True
    layout.section = heading.section
    if heading.year is not None:
        layout.years.append((heading.year, row))
    if heading.unit is not None:
        _unit(heading.unit, row, layout, sink)


def _heading_years(table: str, row: Row) -> list[tuple[int, Row]]:
    """Return the fiscal years that the heading of a table names; column A is a year earlier."""
    if table not in ("overview", "derivations"):
        return []
    found = []
    for cell in row.cells:
        year = headings.year_of(cell)
        if year is not None:
            found.append((year + ("(a)" in cell.lower().replace(" ", "")), row))
    return found


def _before(row: Row, layout: _Layout, sink: Sink) -> None:
    """Take in a row that stands in no section: the title, or nothing that the form knows."""
    raw = headings.without_sharp(" ".join(row.filled))
    title = headings.document_title(raw)
    label, colon, value = raw.partition(":")
    if title is not None:
        if title[1]:
            layout.years.append((int(title[1]), row))
    elif colon and headings.outline_label(label) == "name":
        layout.name = Row(row.line, (value.strip(),))
    elif layout.name is None and not layout.begun:
        values = row.filled[1:] if headings.outline_label(row.filled[0]) == "name" else row.filled
        layout.name = Row(row.line, (headings.without_sharp(" ".join(values)),))
    elif not _is_running_title(row, layout):
        sink.lost(row, "어느 항목에 속하는지 알 수 없습니다.")


def _is_running_title(row: Row, layout: _Layout) -> bool:
    """Whether a row repeats the name of the project, as running heads do, and the years of the document."""
    if row.table or layout.name is None:
        return False
    raw = headings.without_sharp(row.cells[0])
    if raw[:1] in f"{HEADING_MARKERS}{LEAF_MARKERS}":
        return False
    key = name_key(unescape(layout.name.cells[0]))
    return headings.document_title(raw) is not None or (bool(key) and name_key(unescape(raw)) == key)


def _said(layout: _Layout, sink: Sink) -> dict[str, Any]:
    """Return the data of the model."""
    said = read_outline(layout.rows("outline"), sink)
    rounding = read_rounding(said.pop("rounding", "절상"))
    if rounding is None:
        sink.lost(layout.rows("outline")[0], "반올림 방법을 알 수 없습니다(절상, 반올림, 절사).")
    said["rounding"] = rounding or Rounding.CEIL
    said["organisation"] = read_people(layout.rows("people"), sink)
    sink.unit = layout.units.get("overview", PRINTED_UNIT)
    unit = layout.units.get("derivations", PRINTED_UNIT)
    said["items"] = read_items(
        layout.rows("overview"), layout.rows("derivations"), said["rounding"], sink, unit
    )
    for section in NARRATIVE_SECTIONS:
        said[section] = read_texts(layout.rows(section), sink, section)
    sink.unit = layout.units.get("schedule", PRINTED_UNIT)
    said["schedule"] = read_schedule(layout.rows("schedule"), sink)
    said["results"] = read_results(layout.rows("results"), sink)
    said["effects"] = read_texts(layout.rows("effects"), sink, "effects")
    sink.unit = layout.units.get("settlement", PRINTED_UNIT)
    said["settlements"] = read_settlements(layout.rows("settlement"), sink)
    said["name"] = unescape(layout.name.cells[0]) if layout.name is not None else ""
    if layout.name is not None:
        sink.place(layout.name, 0, "name")
    return said


def _fiscal_year(asked: int | None, written: str, layout: _Layout, sink: Sink) -> int:
    """Return the fiscal year; headings that name another one are listed."""
    stated = headings.year_of(written)
    year = asked or stated or (layout.years[0][0] if layout.years else None)
    if year is None:
        raise DocumentUnreadable("회계연도를 알 수 없습니다. --year로 알려 주세요(예: --year 2026).")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DocumentUnreadable(f"회계연도로 쓸 수 없는 해입니다: {year}.")
    for found, row in layout.years:
        if found != year:
            sink.lost(row, f"{year}년과 다른 해를 말합니다.")
    return year
