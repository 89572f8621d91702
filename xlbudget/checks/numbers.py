"""Rules of single figures: signs, digits, readable numbers."""

from __future__ import annotations

from collections.abc import Iterator

from xlbudget.checks.case import COLUMN_WORDS, Case, won
from xlbudget.findings import Finding
from xlbudget.korean import with_particle
from xlbudget.project import SETTLEMENT_COLUMNS


def unreadable_cells(case: Case) -> Iterator[Finding]:
    """BUD-N02, BUD-N03: what reading could not take as a whole number of 천원, as it was found there."""
    yield from case.evidence.findings


def _unsigned(case: Case) -> Iterator[tuple[str, str]]:
    """Yield path and name of every amount that cannot be negative."""
    project = case.project
    for i, source in enumerate(project.funding):
        yield f"funding/{i}/amount", f"재원 '{source.source}'"
    if not project.is_supplementary:
        for i, item in enumerate(project.items):
            for group in ("previous", "current"):
                yield f"items/{i}/{group}/total", f"'{item.object_name}'의 {COLUMN_WORDS[group]}"
        for i, step in enumerate(project.schedule):
            yield f"schedule/{i}/amount", f"추진일정 '{step.step}'의 집행금액"
    for i, settled in enumerate(project.settlements):
        for column in SETTLEMENT_COLUMNS:
            if column != "changes":
                yield f"settlements/{i}/{column}/total", f"{settled.year}년 {COLUMN_WORDS[column]}"


def negatives(case: Case) -> Iterator[Finding]:
    """BUD-N01: no negative amounts but in 예산변경, 증감 and the lines of 산출근거."""
    for path, name in _unsigned(case):
        value = case.computed.get(path)
        if value is not None and value < 0:
            yield case.finding(
                "BUD-N01",
                f"{with_particle(name, '이')} {won(value)}입니다. 음수일 수 없는 금액이니 부호(△)를 확인하세요.",
                (path,),
                written=value,
            )
