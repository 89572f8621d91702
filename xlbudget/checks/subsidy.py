"""Rules of the (x…) layer: the part of an amount that comes from subsidies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from xlbudget.checks.case import COLUMN_WORDS, Case, differs
from xlbudget.checks.derivations import line_name
from xlbudget.checks.overview import unread_rows
from xlbudget.figures import round_half_up
from xlbudget.findings import Finding
from xlbudget.korean import name_key, quoted, with_particle
from xlbudget.money import format_amount, format_rate, format_subsidy
from xlbudget.project import SETTLEMENT_COLUMNS

_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*[%％]")
_NATIONAL = "국비"


def _pairs(case: Case) -> Iterator[tuple[str, str, int, bool]]:
    """Yield path, name, tolerance and whether only the size counts, of every amount with an (x) line."""
    for i, item in enumerate(case.project.items):
        # B of a supplementary budget may be the sum of the changed lines alone, beside the whole (x).
        for group in ("previous",) if case.project.is_supplementary else ("previous", "current"):
            yield f"items/{i}/{group}/total", f"{quoted(item.object_name)}의 {COLUMN_WORDS[group]}", 0, False
        for j, line in enumerate(item.derivations):
            if line.subsidy:
                yield f"items/{i}/derivations/{j}/amount", f"{line_name(line)} 줄", 0, False
    for i, settled in enumerate(case.project.settlements):
        for column in SETTLEMENT_COLUMNS:
            # Both figures are printed rounded, half a unit each.
            yield (
                f"settlements/{i}/{column}/total",
                f"{settled.year}년 {COLUMN_WORDS[column]}",
                1,
                column == "changes",
            )


def subsidy_within_total(case: Case) -> Iterator[Finding]:
    """BUD-X01: 0 ≤ (x) ≤ total, with the same sign; of 예산변경 only the size counts."""
    unread = unread_rows(case)
    for path, name, tolerance, by_size in _pairs(case):
        if path.removesuffix("/current/total") in unread:
            continue  # its total lacks a line that cannot be read
        total = case.computed.get(path)
        part = f"{path.rpartition('/')[0]}/subsidy"
        subsidy = case.computed.get(part)
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
            (part, path),
            written=subsidy,
            total=total,
        )


def subsidy_share(case: Case) -> Iterator[Finding]:
    """BUD-X03: the (x) part of this year's budget is the share that the subsidy rate says, and 국비 among the sources."""
    total = case.computed.get("total/current/total")
    subsidy = case.computed.get("total/current/subsidy")
    yield from _national_funds(case, subsidy)
    rates = _PERCENT.findall(case.project.subsidy_rate)
    if len(rates) != 1 or not total or not subsidy or case.project.is_supplementary:
        return
    rate, share = Fraction(rates[0]), Fraction(100 * subsidy, total)
    if abs(share - rate) <= Fraction(case.settings.share_tolerance):
        return
    shown = format_rate(round_half_up(share, 1))
    yield case.finding(
        "BUD-X03",
        f"예산액 가운데 (x) 금액은 {with_particle(f'{shown}%', '로')} 국비 보조율 {with_particle(f'{rates[0]}%', '과')} 다릅니다. "
        "보조율이나 (x) 금액을 확인하세요.",
        ("total/current/subsidy", "total/current/total", "subsidy_rate"),
        share=shown,
        rate=rates[0],
    )


def _national_funds(case: Case, subsidy: int | None) -> Iterator[Finding]:
    """Judged where 국비 is the only source that can be meant: it stands beside one other source in the budget."""
    inside = [
        (i, source) for i, source in enumerate(case.project.funding) if source.in_budget and source.amount
    ]
    national = [(i, source.amount) for i, source in inside if name_key(source.source) == _NATIONAL]
    if len(national) != 1 or len(inside) > 2 or not subsidy or case.project.is_supplementary:
        return
    ((index, amount),) = national
    if amount == subsidy:
        return
    yield case.finding(
        "BUD-X03",
        f"{differs('예산액(B)의 (x) 금액', subsidy, '재원의 국비', amount or 0)} 국비 말고 다른 의존재원이 없으면 같아야 합니다.",
        ("total/current/subsidy", f"funding/{index}/amount"),
        written=subsidy,
        expected=amount,
        difference=subsidy - (amount or 0),
    )
