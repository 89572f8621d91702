"""The tables of the other input sheets from a project."""

from __future__ import annotations

from collections.abc import Sequence

from xlbudget.edits import Formula
from xlbudget.project import SETTLEMENT_COLUMNS, Item, Pair, Project, Settlement, Step
from xlbudget.workbook import HeadingMissing
from xlbudget.workbook.layout import (
    NARRATIVE_SECTIONS,
    YEAR_HEADINGS,
    bare_key,
    heading_key,
    join_object,
    year_heading,
)
from xlbudget.workbook.markers import Levels
from xlbudget.workbook.reading.texts import SECTIONS
from xlbudget.workbook.tables import Found
from xlbudget.workbook.writing.limits import line_text
from xlbudget.workbook.writing.plan import Plan, is_input, spare_rows

SUBSIDY_KIND, TOTAL_KIND = "(x )", "금액"


def derivations(project: Project, found: Found) -> Plan:
    """Plan 산출근거: a 과목 stands on the first line of its item."""
    plan = Plan(found)
    columns = found.columns
    row = plan.room(spare_rows(found, "text"), sum(len(item.derivations) for item in project.items))
    for item in project.items:
        if item.derivations:
            plan.put(row, columns["object"], _object(item))
        levels = Levels()
        for line in item.derivations:
            computes = line.expression is not None
            level = levels.add_as_text(line.marker.strip(), line.depth, computes=computes)
            plan.put(row, columns.get("level"), level)
            plan.put(row, columns["text"], line_text(line, project.rounding))
            plan.put(row, columns.get("subsidy"), line.subsidy)
            plan.put(row, columns.get("note"), line.note.strip())
            row += 1
    return plan


def _object(item: Item) -> str:
    return join_object(item.object_code.strip(), item.object_name.strip())


def overview(project: Project, found: Found) -> Plan:
    """Plan 예산총괄: every item, in order; headings that follow the year show it."""
    plan = Plan(found)
    columns = found.columns
    for group in YEAR_HEADINGS:
        ref = found.head, columns[group]
        formula, shown = year_heading(group, project.fiscal_year)
        if found.grid.cell(*ref).formula == formula:
            plan.cells[ref] = Formula(formula, shown)
    first = plan.room(spare_rows(found, "object"), len(project.items))
    for row, item in enumerate(project.items, first):
        plan.put(row, columns["object"], _object(item))
        plan.put(row, columns["previous/total"], item.previous.total)
        plan.put(row, columns.get("previous/subsidy"), item.previous.subsidy)
        plan.put(row, columns.get("current/subsidy"), item.current_subsidy)
    return plan


def narrative(project: Project, found: Found) -> Plan:
    """Plan 사업설명, section by section. Raises ``HeadingMissing`` where a section is not on the sheet."""
    plan = Plan(found)
    rows: dict[str, int] = {}
    for row in found.data():
        cell = row.cell("section")
        key = heading_key(str(cell.value)) if cell is not None else ""
        section = SECTIONS.get(key) or SECTIONS.get(bare_key(key))
        if section is not None:
            rows.setdefault(section, row.number)
    missing = [texts[0] for name, texts in NARRATIVE_SECTIONS.items() if name not in rows]
    if missing:
        raise HeadingMissing(
            f"'{found.sheet}' 시트에 다음 구분이 없습니다: {', '.join(missing)}. 구분을 되살리세요."
        )
    column = found.columns["text"]
    for section, first in sorted(rows.items(), key=lambda entry: entry[1]):
        end = first
        while is_input(found.grid, end, column) and (end == first or end not in rows.values()):
            end += 1
        plan.texts(range(first, end), column, getattr(project, section))
    return plan


def schedule(steps: Sequence[Step], found: Found) -> Plan:
    """Plan 추진일정; steps that say nothing are left out."""
    plan = Plan(found)
    said = [step for step in steps if step != Step()]
    first = plan.room(spare_rows(found, "step"), len(said))
    for row, step in enumerate(said, first):
        for key in ("step", "start", "end", "detail"):
            plan.put(row, found.columns.get(key), getattr(step, key).strip())
        plan.put(row, found.columns["amount"], step.amount)
    return plan


def effects(project: Project, results: Found, expected: Found) -> Plan:
    """Plan 사업효과: what was done, a year on its first row, and what is expected below."""
    plan = Plan(results)
    year, text = results.columns["year"], results.columns["text"]
    blocks = [(year.year, [line.strip() for line in year.text if line.strip()]) for year in project.results]
    row = plan.room(spare_rows(results, "text"), sum(max(len(lines), 1) for _, lines in blocks))
    for number, lines in blocks:
        plan.put(row, year, number)
        for at, line in enumerate(lines, row):
            plan.put(at, text, line)
        row += max(len(lines), 1)
    plan.texts(spare_rows(expected, "text"), expected.columns["text"], project.effects)
    return plan


def settlements(years: Sequence[Settlement], found: Found) -> Plan:
    """Plan 결산현황: two rows a year; further years come in above the last pair of rows."""
    plan = Plan(found)
    columns = found.columns
    spare = spare_rows(found, SETTLEMENT_COLUMNS[0])
    first = plan.room(spare, 2 * len(years), at=spare[-2])
    for row in range(spare[-2], spare[-2] + plan.shift, 2):
        plan.restyle(row, spare.start)
        plan.restyle(row + 1, spare.start + 1)
        plan.put(row, columns.get("kind"), SUBSIDY_KIND)
        plan.put(row + 1, columns.get("kind"), TOTAL_KIND)
    for row, settled in zip(range(first, first + 2 * len(years), 2), years, strict=True):
        plan.put(row, columns["year"], settled.year)
        for column in SETTLEMENT_COLUMNS:
            pair: Pair = getattr(settled, column)
            plan.put(row, columns[column], pair.subsidy)
            plan.put(row + 1, columns[column], pair.total)
    return plan
