"""기본현황 from a project."""

from __future__ import annotations

from xlbudget.project import Person, Project
from xlbudget.workbook import HeadingMissing
from xlbudget.workbook.layout import (
    BASICS_LABELS,
    PERSON_COLUMNS,
    PERSON_HEADING,
    PERSONS,
    TOTAL_LABELS,
    heading_key,
    join_source,
)
from xlbudget.workbook.reading.basics import label_meaning
from xlbudget.workbook.tables import Found
from xlbudget.workbook.writing.plan import Plan, is_input

TOTAL = "total"
_ABOVE_FUNDS = ("name", "fiscal_year", "round", "account", "period")


def basics(project: Project, found: Found) -> Plan:
    """Plan the sheet 기본현황."""
    plan = Plan(found)
    value = found.columns["value"]
    rows = _rows(found)
    for name in _ABOVE_FUNDS:
        said = getattr(project, name)
        plan.put(rows[name], value, said.strip() if isinstance(said, str) else said)
    plan.texts(_below(found, rows["summary"], rows), value, project.summary)
    _funding(plan, project, _below(found, rows[TOTAL] + 1, rows))
    organisation = project.organisation
    for name, text in (
        ("subsidy_rate", project.subsidy_rate),
        ("bureau", organisation.bureau),
        ("division", organisation.division),
    ):
        plan.put(rows[name] + plan.shift, value, text.strip())
    columns = _person_columns(found)
    for role in PERSONS:
        person: Person = getattr(organisation, role)
        plan.put(rows[role] + plan.shift, columns["name"], person.name.strip())
        plan.put(rows[role] + plan.shift, columns["phone"], person.phone.strip())
    return plan


def _rows(found: Found) -> dict[str, int]:
    """Return the row of each label, and of 계. Raises ``HeadingMissing`` where one is not there."""
    rows: dict[str, int] = {}
    for row in found.data():
        cell = row.cell("label")
        if cell is not None and isinstance(cell.value, str):
            meaning = TOTAL if heading_key(cell.value) in TOTAL_LABELS else label_meaning(cell.value)
            if meaning is not None:
                rows.setdefault(meaning, row.number)
    wanted = {TOTAL: "계"} | {name: texts[0] for name, texts in BASICS_LABELS.items()}
    missing = [label for name, label in wanted.items() if name not in rows]
    if missing:
        raise HeadingMissing(
            f"'{found.sheet}' 시트에 다음 항목이 없습니다: {', '.join(missing)}. 항목을 되살리세요."
        )
    return rows


def _below(found: Found, first: int, rows: dict[str, int]) -> range:
    """Return the input rows from a row on, up to the next known label or section."""
    column = found.columns["value"]
    stops = set(rows.values()) - {first}
    end = first
    while is_input(found.grid, end, column) and end not in stops:
        end += 1
    return range(first, end)


def _person_columns(found: Found) -> dict[str, int]:
    columns = {"name": found.columns["value"], "phone": found.columns["value"] + 1}
    for row in found.data():
        cell = row.cell("label")
        if cell is None or heading_key(str(cell.value)) not in PERSON_HEADING:
            continue
        for column, heading in row.cells.items():
            for part, texts in PERSON_COLUMNS.items():
                if heading_key(str(heading.value)) in texts:
                    columns[part] = column
    return columns


def _funding(plan: Plan, project: Project, spare: range) -> None:
    found = plan.found
    label, value = found.columns["label"], found.columns["value"]
    said = [(join_source(f.source.strip(), f.in_budget), f.amount) for f in project.funding]
    labels = [str(found.grid.value(row, label) or "").strip() for row in spare]
    first = plan.room(spare, len(said))
    at = _places([source for source, _ in said], labels)
    if at is None:
        for offset in range(max(len(spare), len(said))):
            plan.cells[first + offset, label] = None
        at = list(range(len(said)))
    for offset, (source, amount) in zip(at, said, strict=True):
        plan.cells[first + offset, label] = source or None
        plan.cells[first + offset, value] = amount


def _places(sources: list[str], labels: list[str]) -> list[int] | None:
    """Return the rows for sources of funds that keep the labels of the sheet where they stand.

    ``None`` where the order of the sources does not allow for it, or the rows do not suffice.
    """
    places: list[int] = []
    for source in sources:
        wanted = source if source in labels else ""
        start = places[-1] + 1 if places else 0
        if wanted not in labels[start:]:
            return None
        places.append(labels.index(wanted, start))
    return places
