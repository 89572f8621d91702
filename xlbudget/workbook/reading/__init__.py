"""Reading a project from the sheets of the standard workbook.

``read_project`` finds the tables by their headings and returns the project with its evidence: where each
figure stood, what stood in computed cells, and what could not be read. What people do to a workbook is
allowed for:

* rows and columns inserted anywhere, hidden and filtered rows, merged cells, renamed sheets;
* a blank 과목, 구분 or 연도 cell continues the one above;
* numbers typed as text (read, with a note), figures finer than 천원 (taken as the cell shows them, with a
  warning), text where an amount should be, error values and formulas without a cached value (left blank,
  with an error);
* a blank 수준 cell: the marker at the head of the text counts; without one, a line with an expression that
  stands below a heading belongs to it (-), and any other is a line of its own (○);
* a marker that nobody knows, such as ▶: the line counts by what stands above it, with a warning;
* a row that only says ``※ …`` is a remark, in the column of texts a line without an amount; a row named 계 or
  소계 sums up what stands above it and is nothing of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from xlbudget.figures import Settings
from xlbudget.grid import Grid
from xlbudget.project import SCHEMA_VERSION, Place, Project
from xlbudget.workbook import layout, refuse
from xlbudget.workbook.cells import Reader, passed_over
from xlbudget.workbook.reading.basics import read_basics
from xlbudget.workbook.reading.lines import read_items
from xlbudget.workbook.reading.settings import read_settings
from xlbudget.workbook.reading.settlement import read_settlements
from xlbudget.workbook.reading.texts import read_effects, read_narrative, read_results, read_schedule
from xlbudget.workbook.tables import locate


class Reading(NamedTuple):
    """A project as its workbook says it, with evidence, and the settings of that workbook."""

    project: Project
    settings: Settings


def read_project(grids: Mapping[str, Grid]) -> Reading:
    """Read the project of a workbook from its sheets, by name; generated sheets among them are not read.

    Raises a ``LayoutError`` that names everything in the way: tables that are missing or stand twice, more
    than one project, no fiscal year, a newer version.
    """
    reader = Reader()
    located = locate(grids)
    problems = list(located.problems)
    for name in located.printed:
        message = f"'{name}' 시트는 전에 만든 사업설명서로 보여 읽지 않았습니다. 필요 없으면 지우세요."
        reader.report(passed_over(message), Place(name, 1, 1), "")
    rounding, settings, version_problems = read_settings(reader, grids.get(layout.SETTINGS))
    problems += version_problems
    said: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "rounding": rounding}
    tables = located.tables
    if "basics" in tables:
        basics, basics_problems = read_basics(reader, tables["basics"])
        said |= basics
        problems += basics_problems
    refuse(problems)
    said["items"] = read_items(reader, tables["overview"], tables["derivations"], rounding)
    said |= read_narrative(reader, tables["narrative"])
    said["schedule"] = read_schedule(reader, tables["schedule"])
    said["results"] = read_results(reader, tables["results"])
    said["effects"] = read_effects(reader, tables["effects"])
    said["settlements"] = read_settlements(reader, tables["settlement"])
    return Reading(Project.model_validate(said).with_evidence(reader.evidence), settings)
