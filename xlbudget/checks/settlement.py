"""Rules of 결산현황: half a printed unit of slack for each figure, none between the years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil, floor

from xlbudget.checks.balance import diagnose
from xlbudget.checks.case import COLUMN_WORDS, Case, differs, won
from xlbudget.checks.identities import SETTLED, Identity, identities
from xlbudget.checks.linking import settled_years
from xlbudget.figures import round_half_up
from xlbudget.findings import Finding
from xlbudget.korean import with_particle
from xlbudget.money import format_amount, format_rate
from xlbudget.project import settlement_figures

_SPENT = ("available", "executed", "carried_over", "unspent")
_SUMS = {"available": "최종예산+전년이월+예산변경", "unspent": "예산현액-집행액-차년이월"}


def _settled(case: Case) -> Iterator[tuple[Identity, int, str, str]]:
    """Yield the identities of the settlement with the year, column and layer of their target."""
    for identity in identities(case.project):
        if identity.target.startswith("settlements/"):
            _, index, column, layer = identity.target.split("/")
            yield identity, case.project.settlements[int(index)].year, column, layer


def _word(year: int, column: str, layer: str) -> str:
    return f"{year}년 {'(x) ' if layer == 'subsidy' else ''}{COLUMN_WORDS[column]}"


def identities_hold(case: Case) -> Iterator[Finding]:
    """BUD-S01, S02 (X02 for the subsidies): the sums of a year hold; small differences are rounding (N99)."""
    tolerated: list[tuple[Identity, int, str]] = []
    for identity, year, column, layer in _settled(case):
        if column not in _SUMS or not case.can_judge(identity):
            continue
        found, expected = case.computed[identity.target], case.parts_sum(identity)
        if found == expected:
            continue
        if abs(found - expected) <= identity.tolerance:
            tolerated.append((identity, found - expected, _word(year, column, layer)))
            continue
        yield case.finding(
            identity.code,
            f"{differs(_word(year, column, layer), found, _SUMS[column], expected)} 결산서와 견주어 틀린 금액을 고치세요.",
            (identity.target, *(path for _, path in identity.parts)),
            written=found,
            expected=expected,
            difference=found - expected,
        )
    if tolerated:
        yield _rounding(case, tolerated)


def _rounding(case: Case, tolerated: list[tuple[Identity, int, str]]) -> Finding:
    """BUD-N99: what was tolerated is shown, in one note."""
    listed = ", ".join(f"{word} {format_amount(gap)}천원" for _, gap, word in tolerated)
    return case.finding(
        "BUD-N99",
        f"단수 차이가 있습니다: {listed}. 원을 천원으로 옮길 때 생기는 크기라서 고치지 않아도 됩니다.",
        (identity.target for identity, _, _ in tolerated),
        differences=[gap for _, gap, _ in tolerated],
        tolerance=max(identity.tolerance for identity, _, _ in tolerated),
    )


def carry_over_continues(case: Case) -> Iterator[Finding]:
    """BUD-S03 (X02): what a year carries over is what the next year carries in, to the last 천원."""
    for identity, year, column, layer in _settled(case):
        if column != "carried_in" or not case.can_judge(identity):
            continue
        found, expected = case.computed[identity.target], case.parts_sum(identity)
        if found != expected:
            left, right = _word(year, column, layer), _word(year - 1, "carried_over", layer)
            yield case.finding(
                identity.code,
                f"{differs(left, found, right, expected)} 같은 돈이므로 두 해의 결산서를 보고 틀린 쪽을 고치세요.",
                (identity.target, identity.parts[0][1]),
                written=found,
                expected=expected,
                difference=found - expected,
            )


def years(case: Case) -> Iterator[Finding]:
    """BUD-S05: settled years end two years before the fiscal year, come once each, oldest first."""
    fiscal_year = case.project.fiscal_year
    last = None if fiscal_year is None else fiscal_year - 2
    listed = [settled.year for settled in case.project.settlements]
    counts = Counter(listed)
    for i, year in enumerate(listed):
        path = f"settlements/{i}/year"
        if last is not None and year > last:
            yield case.finding(
                "BUD-S05",
                f"{fiscal_year}년도 설명서에는 {last}년까지의 결산을 적습니다. {year}년 결산은 아직 끝나지 않았습니다. 연도를 확인하세요.",
                (path,),
                year=year,
                latest=last,
            )
        elif counts[year] > 1 and listed.index(year) < i:
            yield case.finding(
                "BUD-S05",
                f"{year}년 결산이 두 번 적혀 있습니다. 한쪽의 연도를 고치거나 지우세요.",
                (path, f"settlements/{listed.index(year)}/year"),
                year=year,
            )
        elif i and year < listed[i - 1] and counts[year] == 1 and (last is None or listed[i - 1] <= last):
            yield case.finding(
                "BUD-S05",
                f"{year}년이 {listed[i - 1]}년 아래에 있습니다. 오래된 해부터 차례로 적으세요.",
                (path, f"settlements/{i - 1}/year"),
                year=year,
            )


def derivable_blanks(case: Case) -> Iterator[Finding]:
    """BUD-M01: a cell of a settled year is blank although the others give its value, directly or by steps."""
    known = dict(case.computed)
    deduced: dict[str, tuple[int, list[str]]] = {}
    ours = [(identity, layer) for identity, _, _, layer in _settled(case)]
    while found := next(filter(None, (_blank(known, identity, layer) for identity, layer in ours)), None):
        path, value, others = found
        known[path] = value
        deduced[path] = value, others
    spans = _spans(case) if deduced else {}
    blank = set(_without_amounts(case))
    for number in sorted(blank):
        year = case.project.settlements[number].year
        yield case.finding(
            "BUD-M01",
            f"{year}년은 연도만 있고 금액이 하나도 없습니다. 결산서를 보고 금액을 적거나 연도를 지우세요.",
            (f"settlements/{number}/year",),
            year=year,
        )
    for path, (value, others) in deduced.items():
        _, index, column, layer = path.split("/")
        if int(index) in blank:
            continue
        word = _word(case.project.settlements[int(index)].year, column, layer)
        low, high = spans.get(path, (value, value))
        width = f"(단수 차이를 헤아리면 {format_amount(low)}~{format_amount(high)})" if low < high else ""
        yield case.finding(
            "BUD-M01",
            f"{with_particle(word, '이')} 비어 있습니다. 다른 금액으로 셈하면 {won(value)}{width}입니다. 결산서를 확인해 적으세요.",
            (path, *others),
            expected=value,
            range=[low, high],
        )


def executed_little(case: Case) -> Iterator[Finding]:
    """BUD-S06: of the money that was not carried over, a settled year spent more than the least share.

    Judged where the sum of the year holds: a wrong figure is told as such. What was carried over is not held
    against a year.
    """
    least = case.settings.least_executed
    for index, settled in enumerate(case.project.settlements):
        values = [case.computed.get(f"settlements/{index}/{column}/total") for column in _SPENT]
        available, executed, carried_over, unspent = values
        if least is None or available is None or executed is None or carried_over is None or unspent is None:
            continue
        to_spend = available - carried_over
        if abs(to_spend - executed - unspent) > SETTLED or to_spend <= 0 or executed < 0 or carried_over < 0:
            continue
        rate = Fraction(100 * executed, to_spend)
        if rate >= least:
            continue
        shown = f"{format_rate(round_half_up(rate, 1))}%"
        yield case.finding(
            "BUD-S06",
            f"{settled.year}년에 차년이월을 뺀 예산현액 {won(to_spend)} 가운데 {with_particle(won(executed), '을')} 집행해 "
            f"집행률이 {with_particle(shown, '로')} 기준 {least}%보다 낮습니다. 금액이 맞으면 집행하지 못한 까닭을 적었는지 확인하세요.",
            [f"settlements/{index}/{column}/total" for column in _SPENT[1:] + _SPENT[:1]],
            rate=shown,
            least=least,
        )


def _without_amounts(case: Case) -> Iterator[int]:
    """Yield the years, by number, in which nothing is written, nor stands anything that could not be read."""
    unread = {finding.path.rpartition("/")[0].rpartition("/")[0] for finding in case.evidence.findings}
    for index, settled in enumerate(case.project.settlements):
        figures = settlement_figures(settled, index)
        if all(value is None for _, value in figures) and f"settlements/{index}" not in unread:
            yield index


def _blank(known: Mapping[str, int], identity: Identity, layer: str) -> tuple[str, int, list[str]] | None:
    """Return the one blank figure of an identity, its value, and the figures that give it."""
    figures = [(-1, identity.target), *identity.parts]
    blank = [(sign, path) for sign, path in figures if path not in known]
    if len(blank) != 1:
        return None
    if layer == "subsidy" and not any(known.get(path) for _, path in figures):
        return None  # a year without subsidies: its (x) cells are left blank or 0 at will
    sign, path = blank[0]
    others = [(s, p) for s, p in figures if p != path]
    return path, -sign * sum(s * known[p] for s, p in others), [p for _, p in others]


def _spans(case: Case) -> dict[str, tuple[int, int]]:
    """Return what blank figures may be printed as, from all identities together; none where some are broken."""
    years = settled_years(case)
    if years is None:
        return {}
    linked, record = years
    found = diagnose(linked.system, record, linked.precision)
    return {
        path: (ceil(low), floor(high))
        for path, (low, high) in found.ranges.items()
        if found.consistent and low is not None and high is not None
    }
