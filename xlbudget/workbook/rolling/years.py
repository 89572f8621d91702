"""The tables that show the last years, moved on by one: 추진실적 and 결산현황."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from xlbudget.edits import Edit, SetCells
from xlbudget.grid import Cell, Grid, Ref
from xlbudget.project import Project, Results, Settlement
from xlbudget.workbook.tables import Found, locate
from xlbudget.workbook.writing.plan import Plan, spare_rows
from xlbudget.workbook.writing.tables import settlements

SHOWN = 3
"""How many of the last years the form shows."""
SETTLED_BEFORE, DONE_BEFORE = 2, 1
"""The newest settled year lies two years back, the newest year with results one."""


class Moved(NamedTuple):
    """Edits on a table, and what they do in words."""

    edits: tuple[Edit, ...]
    said: tuple[str, ...]


def roll_results(project: Project, grids: Mapping[str, Grid], year: int) -> Moved:
    """Return the edits that bring 추진실적 into a fiscal year."""
    newest = year - DONE_BEFORE
    kept = [result for result in project.results if result.year > newest - SHOWN]
    if not any(result.year >= newest for result in kept):
        kept.append(Results(year=newest))
    said = _said("추진실적", [r.year for r in project.results], [r.year for r in kept])
    if not said:
        return Moved((), ())
    clear, found = _cleared(project, grids, "results")
    plan = Plan(found)
    row = plan.room(spare_rows(found, "text"), sum(max(len(result.text), 1) for result in kept))
    for result in kept:
        plan.put(row, found.columns["year"], result.year)
        for at, text in enumerate(result.text, row):
            plan.put(at, found.columns["text"], text)
        row += max(len(result.text), 1)
    return Moved((*clear, *plan.edits()), said)


def roll_settlements(project: Project, grids: Mapping[str, Grid], year: int) -> Moved:
    """Return the edits that bring 결산현황 into a fiscal year."""
    newest = year - SETTLED_BEFORE
    kept = [settled for settled in project.settlements if settled.year > newest - SHOWN]
    if not any(settled.year >= newest for settled in kept):
        kept.append(Settlement(year=newest))
    said = _said("결산현황", [s.year for s in project.settlements], [s.year for s in kept])
    if not said:
        return Moved((), ())
    clear, found = _cleared(project, grids, "settlements")
    return Moved((*clear, *settlements(kept, found).edits()), said)


def _said(word: str, before: Iterable[int], after: Iterable[int]) -> tuple[str, ...]:
    old, new = set(before), set(after)
    gone = [f"{word} {year}년 줄을 뺐습니다." for year in sorted(old - new)]
    return (
        *gone,
        *(f"{word} {year}년 줄을 비워 두었습니다. 금액이나 실적을 적으세요." for year in sorted(new - old)),
    )


_TABLES = {"results": "results", "settlements": "settlement"}


def _cleared(project: Project, grids: Mapping[str, Grid], path: str) -> tuple[list[Edit], Found]:
    """Return the edits that clear a table, and the table without what stood there."""
    evidence = project.evidence
    places = [place for key, place in evidence.cells.items() if key.startswith(f"{path}/")]
    by_sheet: dict[str, dict[Ref, None]] = {}
    for place in places:
        by_sheet.setdefault(place.sheet, {})[place.row, place.column] = None
    blank = {
        name: Grid(
            name,
            {ref: Cell(style=cell.style) if ref in by_sheet.get(name, ()) else cell for ref, cell in grid.cells.items()},
            merges=grid.merges, notes=grid.notes, hidden_rows=grid.hidden_rows, date1904=grid.date1904,
        )
        for name, grid in grids.items()
    }  # fmt: skip
    found = locate(blank).tables[_TABLES[path]]
    return [SetCells(sheet, cells) for sheet, cells in by_sheet.items()], found
