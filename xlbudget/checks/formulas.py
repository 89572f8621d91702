"""Rules of formulas: a sum that somebody wrote into a computed cell takes in every row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from xlbudget.checks.case import Case, filled_with, won
from xlbudget.checks.identities import identities
from xlbudget.checks.naming import figure_name
from xlbudget.findings import Finding
from xlbudget.grid import Area, parse_area
from xlbudget.korean import with_particle
from xlbudget.project import Place

_RANGE = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([^\W\d][\w.]*))!)?(\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?)"
)
_SUM_ONLY = re.compile(r"[\s+,()0-9]*")


def whole_sums(case: Case) -> Iterator[Finding]:
    """BUD-F01: a formula that adds up takes in all rows; judged where its value is not the sum."""
    told: set[str] = set()
    for identity in identities(case.project):
        path = identity.target
        typed, expected = case.evidence.typed.get(path), case.computed.get(path)
        if typed is None or typed.formula is None or expected is None or typed.value == expected:
            continue
        if path in told or path == "cost/total" or any(sign < 0 for sign, _ in identity.parts):
            continue
        ranges = _added(typed.formula, typed.place.sheet)
        if ranges is None:
            continue
        missed = [p for _, p in identity.parts if case.computed.get(p) and not _within(case, p, ranges)]
        if not missed:
            continue
        told.add(path)
        names = ", ".join(figure_name(case, p) for p in missed)
        yield case.finding(
            "BUD-F01",
            f"{figure_name(case, path)} 칸의 수식에 {with_particle(names, '이')} 빠져 있습니다. "
            f"모두 더하면 {won(expected)}입니다. {filled_with(won(expected))}",
            (path, *missed),
            formula=typed.formula,
            expected=expected,
        )


_OURS = re.compile(r"-?(?:ROUND(?:UP|DOWN)?\(ROUND\(|INT\(|SUM\(|IFERROR\(|N\()|[-0-9.]+$")
"""How the formulas that this program writes beside a line begin; one of them may be out of date."""


def written_formulas(case: Case) -> Iterator[Finding]:
    """BUD-F01: a formula that somebody wrote beside a line of 산출근거 has the value of its expression."""
    for i, item in enumerate(case.figures.items):
        for j, line in enumerate(item.lines):
            path = f"items/{i}/derivations/{j}/amount"
            typed = case.evidence.typed.get(path)
            if typed is None or typed.formula is None or line.amount is None or path in case.figures.kept:
                continue
            shown = typed.value
            if _OURS.match(typed.formula) or not isinstance(shown, int | Decimal) or shown == line.amount:
                continue
            yield case.finding(
                "BUD-F01",
                f"{figure_name(case, path)} 칸에 직접 쓴 수식의 값 {with_particle(won(shown), '이')} 산출식의 값 {with_particle(won(line.amount), '과')} 다릅니다. "
                "이 칸은 셈하는 칸이라, build('한번에')를 하면 산출식으로 채워집니다. 어느 쪽이 맞는지 확인해 산출식을 고치세요.",
                (path,),
                formula=typed.formula,
                written=shown,
                expected=line.amount,
            )


def _added(formula: str, sheet: str) -> list[tuple[str, Area]] | None:
    """Return the ranges that a formula adds up, ``None`` where it does anything else."""
    rest = _RANGE.sub("", re.sub(r"SUM(?=\()", "", formula, flags=re.IGNORECASE))
    if not _SUM_ONLY.fullmatch(rest):
        return None
    return [
        ((quoted or plain or sheet).replace("''", "'"), parse_area(area.replace("$", "")))
        for quoted, plain, area in _RANGE.findall(formula)
    ]


def _within(case: Case, path: str, ranges: list[tuple[str, Area]]) -> bool:
    place: Place | None = case.evidence.place(path)
    if place is None:
        return True
    return any(sheet == place.sheet and area.holds((place.row, place.column)) for sheet, area in ranges)
