"""Findings: what the checks have to say about a user's figures, as data, and the catalogue of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files


class Severity(StrEnum):
    """How grave a finding is: 오류 (fix before submitting), 확인 (please check), 참고 (for information)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def word(self) -> str:
        """The Korean word."""
        return _WORDS[self]


_WORDS = {Severity.ERROR: "오류", Severity.WARNING: "확인", Severity.NOTE: "참고"}
_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


LAST_YEAR_CELLS = "[작년]"
"""Begins the address of a suspect's cell in last year's workbook."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Cells that may be wrong, how they may have become so, and what probably stood there.

    ``proposal`` maps a cell to the value to write, or is ``None`` where nothing is nearly certain.
    """

    cells: tuple[str, ...]
    mechanism: str = ""
    proposal: Mapping[str, int] | None = None
    score: float = 0.0


REASONS: Mapping[str, str] = {
    "ROUND": "단수 조정",
    "NOTLISTED": "변동 없는 과목을 적지 않음",
    "POLICY": "지침에 따른 예외",
    "SOURCE": "원자료 그대로",
    "OTHER": "그 밖",
}
"""Why somebody lets a finding stand."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An exception that somebody took upon themselves: a finding that may stand.

    ``finding`` is its id, which holds the figures involved: a changed figure opens the finding again.
    ``reason`` is a key of `REASONS`, ``on`` a date such as ``2026-11-23`` or empty.
    """

    finding: str
    reason: str
    text: str
    by: str
    on: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell the user.

    ``cells`` are addresses such as ``결산현황!H5``, the most telling one first. ``facts`` are the figures
    that the message speaks of (amounts in 천원). ``path`` is the figure in the model. ``key`` says which
    figures are involved and what they are, by what they mean and not by where they stand. ``accepted`` is the
    exception under which the finding stands.
    """

    code: str
    severity: Severity
    message: str
    cells: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    suspects: tuple[Suspect, ...] = ()
    path: str = ""
    key: str = ""
    accepted: Acceptance | None = None

    @property
    def fingerprint(self) -> str:
        """What is the same in every run as long as the rule, the place and the figures involved are."""
        told = self.key or "|".join((self.path, *self.cells[:1], self.message))
        return sha256(f"{self.code}|{told}".encode()).hexdigest()

    @property
    def id(self) -> str:
        """The short name of the finding, as 점검결과 shows it."""
        return self.fingerprint[:8]

    @property
    def gravity(self) -> int:
        """0 for an error, 1 for a warning, 2 for a note: the order of telling."""
        return _GRAVITY[self.severity]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue; every text is Korean. ``blind`` says what the rule cannot see."""

    code: str
    title: str
    severity: Severity
    rule: str
    tolerance: str
    reason: str
    remedy: str
    right: str
    wrong: str
    blind: str


@cache
def catalogue() -> Mapping[str, Rule]:
    """Return every rule by its code."""
    import tomllib

    text = files("xlbudget").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return {
        code: Rule(code=code, **(entry | {"severity": Severity(entry["severity"])}))
        for code, entry in tomllib.loads(text).items()
    }


@dataclass(frozen=True, slots=True)
class Summary:
    """How a check went: relations judged, findings by severity, tolerated rounding, accepted exceptions."""

    checked: int
    errors: int
    warnings: int
    notes: int
    tolerated: int
    accepted: int = 0

    def as_json(self) -> dict[str, int]:
        """Return the counts as JSON data."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"관계 {self.checked}개 점검: 오류 {self.errors}건, 확인 {self.warnings}건, 참고 {self.notes}건"
            f"(단수 차이 {self.tolerated}건), 예외 승인 {self.accepted}건"
        )


def summarise(findings: Iterable[Finding], checked: int) -> Summary:
    """Count findings by severity; those that stand as accepted exceptions are counted as such alone."""
    counts = dict.fromkeys(Severity, 0)
    tolerated = accepted = 0
    for finding in findings:
        if finding.accepted is not None:
            accepted += 1
            continue
        counts[finding.severity] += 1
        tolerated += finding.code == "BUD-N99"
    return Summary(
        checked, counts[Severity.ERROR], counts[Severity.WARNING], counts[Severity.NOTE], tolerated, accepted
    )
