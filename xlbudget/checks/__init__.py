"""The checks: rules by table over one project, and the engine that finds which figure is wrong.

A rule is one small function that yields findings and never raises; ``check`` runs them all, so that
everything wrong is told at once. The sums that hold between figures stand as data in ``identities``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from xlbudget.checks import (
    dates,
    derivations,
    formulas,
    last_year,
    numbers,
    objects,
    overview,
    settlement,
    subsidy,
    sums,
)
from xlbudget.checks.accepting import marked_accepted
from xlbudget.checks.case import Case, Earlier, Objects
from xlbudget.checks.echoes import without_pointed
from xlbudget.checks.identities import identities
from xlbudget.checks.localise import localised
from xlbudget.checks.order import telling_order
from xlbudget.figures import Figures, Settings
from xlbudget.findings import Acceptance, Finding, Summary, summarise
from xlbudget.project import Project

__all__ = ["RULES", "Earlier", "Objects", "check", "judge"]

RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    numbers.unreadable_cells,
    dates.fiscal_year_written,
    derivations.unreadable_lines,
    derivations.stated_amounts,
    derivations.written_line_amounts,
    derivations.heading_expressions,
    derivations.repeated_lines,
    overview.written_amounts,
    sums.written_sums,
    overview.line_subsidies,
    objects.matching_items,
    overview.funding,
    overview.schedule,
    numbers.negatives,
    subsidy.subsidy_within_total,
    subsidy.subsidy_share,
    settlement.years,
    settlement.identities_hold,
    settlement.carry_over_continues,
    settlement.derivable_blanks,
    settlement.executed_little,
    dates.schedule_within_year,
    dates.dates_of_the_calendar,
    last_year.printed_in_both,
    last_year.fitting_workbooks,
    objects.known_objects,
    formulas.whole_sums,
    formulas.written_formulas,
)


def check(project: Project, figures: Figures) -> list[Finding]:
    """Return what is wrong with a project's figures: gravest first, then in reading order."""
    return list(judge(project, figures)[0])


def judge(
    project: Project,
    figures: Figures,
    *,
    last: Earlier | None = None,
    objects: Objects | None = None,
    accepted: Iterable[Acceptance] = (),
    settings: Settings | None = None,
) -> tuple[tuple[Finding, ...], Summary]:
    """Return the findings of a project, in the order of telling, and how many relations were judged.

    ``last`` is last year's workbook of the same project, ``objects`` are the known 과목, ``accepted`` the
    exceptions under which findings may stand. ``settings`` hold the thresholds, by default ours.
    """
    case = Case(project, figures, last, objects, settings)
    found = localised(case, [finding for rule in RULES for finding in rule(case)])
    found = marked_accepted(without_pointed(found), accepted)
    if found:
        found.sort(key=telling_order(project.evidence))
    checked = sum(1 for identity in identities(project) if case.can_judge(identity))
    checked += sum(1 for _ in last_year.compared(case))
    return tuple(found), summarise(found, checked)
