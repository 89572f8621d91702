"""Exceptions that somebody accepted: findings that may stand as long as their figures stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from xlbudget.findings import Acceptance, Finding


def marked_accepted(found: Sequence[Finding], accepted: Iterable[Acceptance]) -> list[Finding]:
    """Return findings with the exceptions under which they stand; the last one given counts."""
    by_id = {exception.finding: exception for exception in accepted}
    if not by_id:
        return list(found)
    return [
        replace(finding, accepted=by_id[finding.id]) if finding.id in by_id else finding for finding in found
    ]
