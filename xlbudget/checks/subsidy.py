"""Rules of the (x…) layer: the part of an amount that comes from subsidies."""

from __future__ import annotations

from collections.abc import Iterator

from xlbudget.checks.case import COLUMN_WORDS, Case
from xlbudget.findings import Finding
from xlbudget.korean import with_particle
from xlbudget.money import format_amount, format_subsidy
from xlbudget.project import SETTLEMENT_COLUMNS


def _pairs(case: Case) -> Iterator[tuple[str, str, int, bool]]:
    """Yield path, name, tolerance and whether only the size counts, of every amount with an (x) line."""
    for i, item in enumerate(case.project.items):
        for group in ("previous", "current"):
            yield f"items/{i}/{group}", f"'{item.object_name}'의 {COLUMN_WORDS[group]}", 0, False
    for i, settled in enumerate(case.project.settlements):
        for column in SETTLEMENT_COLUMNS:
            # Both figures are printed rounded, half a unit each.
            yield (
                f"settlements/{i}/{column}",
                f"{settled.year}년 {COLUMN_WORDS[column]}",
                1,
                column == "changes",
            )


def subsidy_within_total(case: Case) -> Iterator[Finding]:
    """BUD-X01: 0 ≤ (x) ≤ total, with the same sign; of 예산변경 only the size counts."""
    for path, name, tolerance, by_size in _pairs(case):
        total = case.computed.get(f"{path}/total")
        subsidy = case.computed.get(f"{path}/subsidy")
        if total is None or not subsidy:
            continue
        if total < 0 and path.startswith("settlements") and not by_size:
            continue  # its sign is wrong, which BUD-N01 says
        if by_size:
            fine = abs(subsidy) <= abs(total) + tolerance
        else:
            low, high = min(0, total), max(0, total)
            fine = low - tolerance <= subsidy <= high + tolerance
        if fine:
            continue
        yield case.finding(
            "BUD-X01",
            f"{name}에서 {with_particle(format_subsidy(subsidy), '이')} 전체 금액 {format_amount(total)}천원을 벗어납니다. "
            "두 금액을 바꾸어 적지 않았는지, 부호가 맞는지 확인하세요.",
            (f"{path}/subsidy", f"{path}/total"),
            written=subsidy,
            total=total,
        )
