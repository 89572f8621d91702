"""The checks: rules by table over one project, and the engine that finds which figure is wrong.

A rule is one small function that yields findings and never raises; ``check`` runs them all, so that
everything wrong is told at once. The sums that hold between figures stand as data in ``identities``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xlbudget.checks import dates, derivations, numbers, overview, settlement, subsidy
from xlbudget.checks.case import Case
from xlbudget.checks.identities import identities
from xlbudget.figures import Figures
from xlbudget.findings import Finding, Summary, summarise
from xlbudget.project import Project

__all__ = ["RULES", "check", "judge"]

RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    numbers.unreadable_cells,
    derivations.unreadable_lines,
    derivations.stated_amounts,
    derivations.written_line_amounts,
    derivations.heading_expressions,
    derivations.repeated_lines,
    overview.written_amounts,
    overview.line_subsidies,
    overview.matching_items,
    overview.funding,
    overview.schedule,
    numbers.negatives,
    subsidy.subsidy_within_total,
    settlement.years,
    settlement.identities_hold,
    settlement.carry_over_continues,
    settlement.derivable_blanks,
    dates.schedule_within_year,
)

_SHEETS = ("기본현황", "산출근거", "예산총괄", "사업설명", "추진일정", "사업효과", "결산현황")


def check(project: Project, figures: Figures) -> list[Finding]:
    """Return what is wrong with a project's figures: gravest first, then in reading order."""
    return list(judge(project, figures)[0])


def judge(project: Project, figures: Figures) -> tuple[tuple[Finding, ...], Summary]:
    """Return the findings of a project, in the order of telling, and how many relations were judged."""
    case = Case(project, figures)
    found = [finding for rule in RULES for finding in rule(case)]
    found.sort(key=_order)
    checked = sum(1 for identity in identities(project) if case.can_judge(identity))
    return tuple(found), summarise(found, checked)


def _order(finding: Finding) -> tuple[int, int, int, str]:
    sheet, _, address = (finding.cells[0] if finding.cells else "!").rpartition("!")
    digits = "".join(c for c in address if c.isdigit())
    place = _SHEETS.index(sheet) if sheet in _SHEETS else len(_SHEETS)
    return finding.gravity, place, int(digits or 0), address
