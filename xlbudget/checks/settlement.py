"""Rules of 결산현황: half a printed unit of slack for each figure, none between the years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from math import ceil, floor

from xlbudget.checks.balance import diagnose
from xlbudget.checks.case import COLUMN_WORDS, Case, differs, won
from xlbudget.checks.identities import Identity, identities
from xlbudget.checks.linking import settled_years
from xlbudget.findings import Finding
from xlbudget.korean import with_particle
from xlbudget.money import format_amount

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
        elif i and year < listed[i - 1] and counts[year] == 1:
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
    for path, (value, others) in deduced.items():
        _, index, column, layer = path.split("/")
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
