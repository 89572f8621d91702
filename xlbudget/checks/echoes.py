"""Findings that only repeat what another one says: each thing that is wrong is told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from xlbudget.checks.balance import Candidate, ComponentDiagnosis, Diagnosis
from xlbudget.checks.case import Case, won
from xlbudget.checks.linking import Linked
from xlbudget.findings import Finding, Severity

POINT = "point"
"""The mechanism of a decimal point typed for the comma between thousands."""
_THOUSAND = 1_000
_SUMS = frozenset({"BUD-R01", "BUD-P01", "BUD-C01", "BUD-C03", "BUD-T01", "BUD-T02"})


def without_echoes(found: Sequence[Finding]) -> list[Finding]:
    """Return findings with the value of a figure that could not be read told there, and not once more as missing."""
    unread = {f.path for f in found if f.code == "BUD-N03" and f.severity is Severity.ERROR and f.path}
    values = {f.path: f.facts.get("expected") for f in found if f.code == "BUD-M01" and f.path in unread}
    if not values:
        return list(found)
    return [
        _with_value(f, values[f.path]) if f.code == "BUD-N03" and f.path in values else f
        for f in found
        if not (f.code == "BUD-M01" and f.path in unread)
    ]


def _with_value(finding: Finding, value: object) -> Finding:
    if not isinstance(value, int):
        return finding
    message = f"{finding.message} 다른 금액으로 셈하면 {won(value)}입니다."
    return replace(finding, message=message, facts={**finding.facts, "expected": value})


def without_pointed(found: Sequence[Finding]) -> list[Finding]:
    """Return findings without those of fine digits (BUD-N02) that an error explains by its decimal point."""
    explained = {f.cells[0] for f in found if f.cells and "BUD-N02" in _codes(f)}
    return [f for f in found if not (f.code == "BUD-N02" and f.cells[:1] and f.cells[0] in explained)]


def _codes(finding: Finding) -> list[object]:
    listed = finding.facts.get("codes")
    return listed if isinstance(listed, list) else []


def follow_ups(case: Case, linked: Linked, diagnosis: Diagnosis, found: list[Finding]) -> list[Finding]:
    """Return findings without the sums that fail only since a figure of them is not there.

    What is not there is a line or an amount that could not be read, or a whole item that stands in 예산총괄 alone;
    a sum that would hold with it goes with that finding.
    """
    of = linked.system.component_of
    broken = {of[part.figures[0]] for part in diagnosis.components}
    causes = [(f, figure) for f in found if (figure := _missing(case, f)) in of]
    follow = [
        f
        for f in found
        if f.code in _SUMS
        and f.severity is Severity.ERROR
        and of.get(f.path) not in broken
        and any(of[figure] == of.get(f.path) for _, figure in causes)
    ]
    if not follow:
        return found
    cause = causes[0][0]
    codes = [cause.code, *dict.fromkeys(f.code for f in follow)]
    told = replace(cause, facts={**cause.facts, "codes": codes})
    return [told if f is cause else f for f in found if f not in follow]


def _missing(case: Case, finding: Finding) -> str:
    """Return the figure that is not there because of what a finding tells; empty for none."""
    if finding.code == "BUD-N03" and finding.severity is Severity.ERROR and finding.path not in case.computed:
        return finding.path
    if finding.code == "BUD-C04" and finding.facts.get("missing_in") == "산출근거":
        return f"{finding.path.removesuffix('/object_name')}/current/total"
    return ""


def decimal_point(case: Case, part: ComponentDiagnosis) -> ComponentDiagnosis:
    """Return a part with the figure whose digits are right, but for a point where the comma belongs, first."""
    written = {
        f.path: f.facts.get("found")
        for f in case.evidence.findings
        if f.code == "BUD-N02" and f.path in part.figures
    }
    for candidate in part.candidates:
        path = candidate.cells[0]
        value = _without_point(written.get(path)) if len(candidate.cells) == 1 else None
        if value is None or not _possible(part, path, value):
            continue
        found = Candidate((path,), POINT, {path: value}, Fraction(1))
        others = tuple(c for c in part.candidates if c is not candidate)
        return replace(part, candidates=(found, *others), proposal=found)
    return part


def _without_point(text: object) -> int | None:
    if not isinstance(text, str) or text.count(".") != 1:
        return None
    try:
        value = Fraction(text) * _THOUSAND
    except ValueError:
        return None
    return int(value) if value.denominator == 1 else None


def _possible(part: ComponentDiagnosis, path: str, value: int) -> bool:
    low, high = part.ranges.get(path, (None, None))
    return (low is None or low <= value) and (high is None or value <= high) and (low, high) != (None, None)
