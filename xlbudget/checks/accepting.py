"""Exceptions that somebody accepted: findings that may stand as long as their figures stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from xlbudget.checks.case import Case
from xlbudget.figures import Figures
from xlbudget.findings import Acceptance, Finding
from xlbudget.project import Project

_STAYING = frozenset({"cost/total", "schedule_total"})
"""Sums that stay as typed where there is nothing to add up."""


def marked_accepted(found: Sequence[Finding], accepted: Iterable[Acceptance]) -> list[Finding]:
    """Return findings with the exceptions under which they stand; the last one given counts."""
    by_id = {exception.finding: exception for exception in accepted}
    if not by_id:
        return list(found)
    return [
        replace(finding, accepted=by_id[finding.id]) if finding.id in by_id else finding for finding in found
    ]


def overwritten(project: Project, figures: Figures, finding: Finding) -> list[str]:
    """Return the computed cells that a finding tells of in which something else is typed: filling writes them anew."""
    case = Case(project, figures)
    broken = finding.facts.get("broken")
    told = [finding.path, *(str(one["path"]) for one in (broken if isinstance(broken, list) else ()))]
    return [case.cell(path) for path in dict.fromkeys(told) if _is_overwritten(case, path)]


def _is_overwritten(case: Case, path: str) -> bool:
    typed = case.evidence.typed.get(path)
    if typed is None or typed.formula is not None or path in case.figures.kept:
        return False
    if path in _STAYING and path not in case.computed:
        return False
    return path not in case.written or case.written[path] != case.computed.get(path)
