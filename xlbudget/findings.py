"""Findings: what the checks have to say about a user's figures, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is: 오류 (fix before submitting), 확인 (please check), 참고 (for information)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Suspect:
    """Cells that may be wrong, how they may have become so, and what probably stood there.

    ``proposal`` maps a cell to the value to write, or is ``None`` where nothing is nearly certain.
    """

    cells: tuple[str, ...]
    mechanism: str = ""
    proposal: Mapping[str, int] | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell the user.

    ``cells`` are addresses such as ``결산현황!H5``, the most telling one first. ``facts`` are the figures
    that the message speaks of (amounts in 천원). ``path`` is the figure in the model.
    """

    code: str
    severity: Severity
    message: str
    cells: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    suspects: tuple[Suspect, ...] = ()
    path: str = ""
