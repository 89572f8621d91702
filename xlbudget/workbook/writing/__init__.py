"""Laying a project out on an empty standard workbook: the inputs that people would type.

The spare rows are filled first; where they run out, rows are inserted above the last of them, so that
defined names, validations and marks grow along. Reading gives back what was written: blanks around a text,
blank bullets and blank steps say nothing and are left out, and dates take the one way of writing of
``dates.canonical``. What the cells cannot hold without changing it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlbudget.edits import Edit, SetCells
from xlbudget.grid import Grid
from xlbudget.project import Project
from xlbudget.workbook import NotWritable, layout, refuse
from xlbudget.workbook.layout import ROUNDING_WORDS, SETTING_ROUNDING
from xlbudget.workbook.reading.settings import setting_cells
from xlbudget.workbook.tables import locate
from xlbudget.workbook.writing.basics import basics
from xlbudget.workbook.writing.limits import unwritable
from xlbudget.workbook.writing.tables import (
    derivations,
    effects,
    narrative,
    overview,
    schedule,
    settlements,
)


def fill_inputs(project: Project, grids: Mapping[str, Grid]) -> list[Edit]:
    """Return the edits that lay a project out on the sheets of an empty standard workbook.

    Raises ``LayoutError`` where the sheets are not those of a standard workbook, ``NotWritable`` (naming
    everything at once) where the project says something that its cells cannot hold.
    """
    located = locate(grids)
    refuse([*located.problems, *unwritable(project)])
    tables = located.tables
    plans = (
        basics(project, tables["basics"]),
        derivations(project, tables["derivations"]),
        overview(project, tables["overview"]),
        narrative(project, tables["narrative"]),
        schedule(project.schedule, tables["schedule"]),
        effects(project, tables["results"], tables["effects"]),
        settlements(project.settlements, tables["settlement"]),
    )
    return [*_settings(project, grids), *(edit for plan in plans for edit in plan.edits())]


def _settings(project: Project, grids: Mapping[str, Grid]) -> list[Edit]:
    said = setting_cells(grids[layout.SETTINGS]) if layout.SETTINGS in grids else {}
    if "rounding" not in said:
        raise NotWritable(
            f"'{layout.SETTINGS}' 시트에 '{SETTING_ROUNDING}' 항목이 없습니다. 항목을 되살리세요."
        )
    place, _ = said["rounding"]
    word = ROUNDING_WORDS[project.rounding.value]
    return [SetCells(layout.SETTINGS, {(place.row, place.column): word})]
