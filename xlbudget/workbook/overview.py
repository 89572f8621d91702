"""Amounts into the sheets that people fill in: native formulas with the values that they calculate to.

산출근거 gets the amount of each line, 예산총괄 B, change, rate and 계, 기본현황 the year's cost, 추진일정 its
계, 결산현황 its check columns. Every formula uses what Excel 2016 knows.

Where a figure is absent, its cell is left blank instead of showing a zero that nobody wrote: a change without
last year's amount, the amount of a line that cannot be read. Somebody who types last year's amount later, in
Excel alone, sees no change beside it until the next run; nothing wrong is shown meanwhile. What stood in such
a cell before is told by the checks, which judge the workbook as it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from xlbudget.edits import Content, Edit, Formula, InsertRows, SetCells
from xlbudget.figures import Figures, ItemFigures, RowFigures, Settings
from xlbudget.grid import EMPTY, Grid, Ref, Value
from xlbudget.project import LAYERS, SETTLEMENT_COLUMNS, Evidence, Place, Project
from xlbudget.workbook.layout import YEAR_HEADINGS, join_object, old_year_heading, year_heading
from xlbudget.workbook.places import LONGEST_FORMULA, Figure, Pointers, reference
from xlbudget.workbook.styles import INPUT_STYLES
from xlbudget.workbook.tables import Found, locate

_GROUPS = ("previous", "current", "change", "rate")
_Written = dict[str, dict[Ref, Content]]


def calculation(project: Project, figures: Figures) -> list[Edit]:
    """Return the edits that write the amount of each line of 산출근거.

    A line of its own gets its expression as a formula, a ○ heading the sum of the lines directly below it.
    """
    sheet = _Sheets(project, figures)
    for index, item in enumerate(figures.items):
        path = f"items/{index}/derivations"
        for at, line in enumerate(item.lines):
            sheet.put(f"{path}/{at}/amount", line.amount, _line_formula(sheet, path, item, at))
    sheet.clear("derivations")
    return sheet.edits()


def overview(
    project: Project,
    figures: Figures,
    grid_of_overview: Grid | None = None,
    settings: Settings | None = None,
) -> list[Edit]:
    """Return the edits that fill 예산총괄, and the totals on 기본현황, 추진일정 and 결산현황.

    With the grid of 예산총괄, items that stand in 산출근거 alone get a row there (see ``placement``).
    """
    placed = placement(project, grid_of_overview)
    project = placed.project
    sheet = _Sheets(project, figures)
    for index, item in enumerate(figures.items):
        _fill_item(sheet, index, item, settings or Settings())
    _fill_total(sheet, figures, grid_of_overview, settings or Settings())
    total = sheet.cells.place("total/current/total")
    sheet.put_or_keep("cost/total", figures.cost, reference(total) if total is not None else None)
    steps = [Figure(f"schedule/{at}/amount", step.amount) for at, step in enumerate(project.schedule)]
    sheet.put_or_keep("schedule_total", figures.schedule_total, sheet.sum("schedule_total", steps, fill=True))
    _fill_settlements(sheet, project, figures)
    sheet.clear("overview")
    if grid_of_overview is not None:
        _refresh_headings(sheet, grid_of_overview, project)
    return [*placed.edits, *sheet.edits()]


def _refresh_headings(sheet: _Sheets, grid: Grid, project: Project) -> None:
    """Let the headings that follow the fiscal year show it without a recalculation."""
    year = project.evidence.texts.get("fiscal_year", project.fiscal_year)
    shown = {group: Formula(*year_heading(group, year)) for group in YEAR_HEADINGS}
    known = {shown[group].text: shown[group] for group in YEAR_HEADINGS}
    known |= {old_year_heading(group): shown[group] for group in YEAR_HEADINGS}
    for ref, cell in grid.cells.items():
        if cell.formula in known:
            sheet.write(Place(grid.name, *ref), known[cell.formula])


class _Sheets:
    """Contents for the computed cells of the input sheets."""

    def __init__(self, project: Project, figures: Figures) -> None:
        self.evidence = project.evidence
        self.kept = figures.kept
        self.cells = Pointers(project.evidence)
        self._written: _Written = {}

    def sheet_of(self, path: str) -> str:
        """Return the sheet on which a computed figure stands; empty where it stands nowhere."""
        place = self.evidence.place(path)
        return "" if place is None else place.sheet

    def put(self, path: str, value: Value, formula: str | None) -> None:
        """Write a computed figure; blank where there is none, the value where a formula would not fit, or where it was
        typed and stays.
        """
        place = self.evidence.place(path)
        if place is None:
            return
        content: Content = value
        formula = None if path in self.kept else formula
        if value is not None and formula is not None and len(formula) < LONGEST_FORMULA:
            content = Formula(formula, value)
        self.write(place, content)

    def put_or_keep(self, path: str, value: Value, formula: str | None) -> None:
        """Write a computed figure that no formula of ours reads; a typed one stays where nothing can be computed."""
        typed = self.evidence.typed.get(path)
        if value is not None or typed is None or typed.formula is not None:
            self.put(path, value, formula)

    def clear(self, table: str) -> None:
        """Take away our formulas in rows of a table in which nothing is left to compute."""
        for place in self.evidence.leftovers.get(table, ()):
            self.write(place, None)

    def write(self, place: Place, content: Content) -> None:
        """Write a cell."""
        self._written.setdefault(place.sheet, {})[place.row, place.column] = content

    def sum(self, path: str, parts: Sequence[Figure], *, fill: bool = False, until: int = 0) -> str | None:
        """Return the formula of a sum that stands in the cell of ``path`` (see ``Pointers.sum``)."""
        return self.cells.sum(parts, self.sheet_of(path), fill=fill, until=until) if parts else None

    def edits(self) -> list[Edit]:
        """Return what was written, an edit a sheet."""
        return [SetCells(sheet, cells) for sheet, cells in self._written.items()]


def _line_formula(sheet: _Sheets, path: str, item: ItemFigures, at: int) -> str | None:
    line = item.lines[at]
    if line.children:
        return _sum_of_lines(sheet, path, item, line.children, f"{path}/{at}/amount")
    formula = line.derivation.formula if line.derivation is not None and line.amount is not None else None
    return formula.removeprefix("=") if formula is not None else None


def _sum_of_lines(sheet: _Sheets, path: str, item: ItemFigures, lines: Sequence[int], own: str) -> str | None:
    return sheet.sum(own, [Figure(f"{path}/{at}/amount", item.lines[at].amount) for at in lines])


def _fill_item(sheet: _Sheets, index: int, item: ItemFigures, settings: Settings) -> None:
    path = f"items/{index}"
    below = {child for line in item.lines for child in line.children}
    top = [at for at in range(len(item.lines)) if at not in below]
    own = f"{path}/current/total"
    sheet.put(own, item.row.current.total, _sum_of_lines(sheet, f"{path}/derivations", item, top, own))
    _fill_change(sheet, path, item.row, settings)


def _fill_change(sheet: _Sheets, path: str, row: RowFigures, settings: Settings) -> None:
    for layer in LAYERS:
        on = sheet.sheet_of(f"{path}/change/{layer}") or sheet.sheet_of(f"{path}/rate/{layer}")
        before = sheet.cells.term(Figure(f"{path}/previous/{layer}", getattr(row.previous, layer)), on)
        now = sheet.cells.term(Figure(f"{path}/current/{layer}", getattr(row.current, layer)), on)
        sheet.put(f"{path}/change/{layer}", getattr(row.change, layer), f"{now}-{before}")
        sheet.put(f"{path}/rate/{layer}", getattr(row.rate, layer), rate_formula(before, now, settings))


def rate_formula(before: str, now: str, settings: Settings) -> str:
    """Return the formula of a rate in percent, rounded half away from zero.

    The change is scaled up before the one division and rounded to a whole: a tie such as 1.25 % is then met
    exactly, where a quotient of binary fractions may lie a hair beside it.
    """
    scale = 10**settings.rate_decimals
    rate = f"ROUND(({now}-{before})*{100 * scale}/{before},0)"
    rate = f"{rate}/{scale}" if scale > 1 else rate
    if settings.to_nothing:
        rate = f"IF({now}=0,{_literal(settings.to_nothing)},{rate})"
    return f"IF({before}=0,IF({now}=0,0,{_literal(settings.from_nothing)}),{rate})"


def _literal(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _fill_total(sheet: _Sheets, figures: Figures, grid: Grid | None, settings: Settings) -> None:
    rows = _ItemRows(sheet, len(figures.items), grid)
    for group in ("previous", "current"):
        for layer in LAYERS:
            path = f"total/{group}/{layer}"
            parts = [
                Figure(f"items/{index}/{group}/{layer}", getattr(getattr(item.row, group), layer))
                for index, item in enumerate(figures.items)
            ]
            place = sheet.evidence.place(path)
            fill = place is not None and rows.blank_between(place.column)
            until = rows.spare(place.column) if place is not None and fill else 0
            value = getattr(getattr(figures.total, group), layer)
            sheet.put(path, value, sheet.sum(path, parts, fill=fill, until=until))
    _fill_change(sheet, "total", figures.total, settings)


class _ItemRows:
    """The rows of 예산총괄 that a 계 spans: a 과목 put in between or below then counts at once."""

    def __init__(self, sheet: _Sheets, count: int, grid: Grid | None) -> None:
        places = [sheet.evidence.place(f"items/{index}/object_name") for index in range(count)]
        self._rows = {place.row for place in places if place is not None}
        self._column = next((place.column for place in places if place is not None), 1)
        self._grid = grid
        self._cleared = frozenset(place[1:] for place in sheet.evidence.leftovers.get("overview", ()))

    def _blank(self, row: int, column: int) -> bool:
        if (row, column) in self._cleared:
            return True
        cell = self._grid.cell(row, column) if self._grid is not None else EMPTY
        return cell.value is None and cell.formula is None

    def blank_between(self, column: int) -> bool:
        """Whether no row between the items has something of its own in a column."""
        between = set(range(min(self._rows, default=0), max(self._rows, default=0))) - self._rows
        return all(self._blank(row, column) for row in between)

    def spare(self, column: int) -> int:
        """Return the last of the free rows below the items; 0 where there is none."""
        last = row = max(self._rows, default=0)
        while self._grid is not None and self._grid.cell(row + 1, self._column).style in INPUT_STYLES:
            row += 1
            if not (self._blank(row, self._column) and self._blank(row, column)):
                return last
            last = row
        return last


def _fill_settlements(sheet: _Sheets, project: Project, figures: Figures) -> None:
    for index, (year, check) in enumerate(zip(project.settlements, figures.settlement_checks, strict=True)):
        path = f"settlements/{index}"
        for layer in LAYERS:
            on = sheet.sheet_of(f"{path}/check/available/{layer}")
            final, carried_in, changes, available, executed, carried_over, unspent = (
                sheet.cells.term(
                    Figure(f"{path}/{column}/{layer}", getattr(getattr(year, column), layer)), on
                )
                for column in SETTLEMENT_COLUMNS
            )
            sheet.put(
                f"{path}/check/available/{layer}",
                getattr(check.available, layer),
                f"{available}-({final}+{carried_in}+{changes})",
            )
            sheet.put(
                f"{path}/check/unspent/{layer}",
                getattr(check.unspent, layer),
                f"{unspent}-({available}-{executed}-{carried_over})",
            )


class Placement(NamedTuple):
    """A project whose items have a row in 예산총괄, and the edits that give it to those without."""

    project: Project
    edits: tuple[Edit, ...]


def placement(project: Project, grid: Grid | None) -> Placement:
    """Give items that stand in 산출근거 alone a row in 예산총괄: a free one, or an inserted one.

    ``grid`` is 예산총괄. Nothing is added where an item of it has no lines: either name may be a misspelling
    of the other.
    """
    new = _without_row(project)
    found = locate({grid.name: grid}).tables.get("overview") if new and grid is not None else None
    if grid is None or found is None:
        return Placement(project, ())
    free = _free_rows(found, grid)
    edits: list[Edit] = []
    lacking = len(new) - len(free)
    if lacking > 0:
        at = free[-1] + 1 if free else found.last + 1
        if not _may_insert(project.evidence, found, at, made_for_item=bool(free)):
            return Placement(project, ())
        edits.append(InsertRows(grid.name, at, lacking))
        free = [*free, *range(at, at + lacking)]
    cells = dict(project.evidence.cells)
    names: dict[Ref, Content] = {}
    for index, row in zip(new, free, strict=False):
        item = project.items[index]
        names[row, found.columns["object"]] = join_object(item.object_code, item.object_name)
        cells.update(_row_places(found, row, index))
    widened = replace(project.evidence, cells=cells)
    return Placement(project.with_evidence(widened), (*edits, SetCells(grid.name, names)))


def _without_row(project: Project) -> list[int]:
    """Return the items that need a row in 예산총괄; none where one of its own is without lines."""
    new = []
    for index, item in enumerate(project.items):
        path = f"items/{index}"
        if project.evidence.place(f"{path}/object_name") is not None:
            if not item.derivations:
                return []
        elif item.derivations and item.object_name and project.evidence.place(f"{path}/lines") is not None:
            new.append(index)
    return new


def _row_places(found: Found, row: int, index: int) -> Mapping[str, Place]:
    columns = {"object_name": "object", "current_subsidy": "current/subsidy"}
    columns |= {f"{group}/{layer}": f"{group}/{layer}" for group in _GROUPS for layer in LAYERS}
    return {
        f"items/{index}/{path}": Place(found.sheet, row, found.columns[key])
        for path, key in columns.items()
        if key in found.columns
    }


def _free_rows(found: Found, grid: Grid) -> list[int]:
    """Return the blank rows for 과목 below the last row that says something."""
    row, free = found.last + 1, []
    while grid.cell(row, found.columns["object"]).style in INPUT_STYLES:
        free.append(row)
        row += 1
    return free


def _may_insert(evidence: Evidence, found: Found, at: int, *, made_for_item: bool) -> bool:
    """Whether rows may be inserted: below a row that is made for a 과목, and no figure of the sheet moves."""
    items = {place.row for path, place in evidence.cells.items() if path.endswith("/object_name")}
    below = any(place.sheet == found.sheet and place.row >= at for place in evidence.cells.values())
    return (made_for_item or at - 1 in items) and not below
