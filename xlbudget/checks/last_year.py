"""Rules that compare a project with last year's workbook of the same project, when that is given too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from xlbudget.checks.case import COLUMN_WORDS, LAST, Case, differs
from xlbudget.findings import Finding
from xlbudget.korean import name_key, quoted, with_particle
from xlbudget.project import LAYERS, SETTLEMENT_COLUMNS, Project


class Pair(NamedTuple):
    """The same row in both workbooks: its number in this year's, and in last year's."""

    here: int
    there: int


class Compared(NamedTuple):
    """A figure that both workbooks print: its name, the amounts in 천원, and its paths here and there."""

    name: str
    here: int
    there: int
    paths: tuple[str, str]


def is_same_project(case: Case) -> bool:
    """Whether last year's workbook is of the same project: by its name, or else by most of its settled figures."""
    if case.last is None:
        return False
    if name_key(case.project.name) == name_key(case.last.project.name):
        return True
    both = [
        (getattr(ours, column).total, getattr(theirs, column).total)
        for ours in case.project.settlements
        for theirs in case.last.project.settlements
        if ours.year == theirs.year
        for column in SETTLEMENT_COLUMNS
    ]
    telling = [bool(here == there) for here, there in both if here and there is not None]
    return 2 * sum(telling) > len(telling)


def same_years(case: Case) -> tuple[Pair, ...]:
    """Return the settled years that both workbooks print."""
    if case.last is None or not is_same_project(case):
        return ()
    there = {settled.year: i for i, settled in enumerate(case.last.project.settlements)}
    return tuple(
        Pair(i, there[settled.year])
        for i, settled in enumerate(case.project.settlements)
        if settled.year in there
    )


def same_items(case: Case) -> tuple[Pair, ...]:
    """Return the items whose last year's amount A stands as B in last year's workbook.

    Only where the workbook is of the year before and of the same kind of round: a supplementary budget starts
    from another amount.
    """
    last = case.last
    if last is None or case.project.is_supplementary or last.project.is_supplementary:
        return ()
    if not _year_before(last.project, case.project) or not is_same_project(case):
        return ()
    there = {name_key(item.object_name): i for i, item in enumerate(last.project.items)}
    return tuple(
        Pair(i, there[key])
        for i, item in enumerate(case.project.items)
        if (key := name_key(item.object_name)) in there
    )


def printed_in_both(case: Case) -> Iterator[Finding]:
    """BUD-T02: last year's B is this year's A; a settled year is the same in both workbooks, cell by cell."""
    for one in compared(case):
        if one.here != one.there:
            yield _differing(case, one.name, one.here, one.there, one.paths)


def compared(case: Case) -> Iterator[Compared]:
    """Yield every figure that stands in both workbooks, whether equal or not."""
    last = case.last
    if last is None:
        return
    for pair, layer in product(same_items(case), LAYERS):
        paths = (f"items/{pair.here}/previous/{layer}", f"{LAST}items/{pair.there}/current/{layer}")
        here = case.computed.get(paths[0])
        there: int | None = getattr(last.figures.items[pair.there].row.current, layer)
        if here is not None and there is not None:
            name = quoted(case.project.items[pair.here].object_name)
            yield Compared(f"{name}의 {_layer(layer)}전년도 예산액(A)", here, there, paths)
    for pair, column, layer in product(same_years(case), SETTLEMENT_COLUMNS, LAYERS):
        end = f"{column}/{layer}"
        paths = (f"settlements/{pair.here}/{end}", f"{LAST}settlements/{pair.there}/{end}")
        here = case.computed.get(paths[0])
        there = getattr(getattr(last.project.settlements[pair.there], column), layer)
        if here is not None and there is not None:
            year = case.project.settlements[pair.here].year
            yield Compared(f"{year}년 {_layer(layer)}{COLUMN_WORDS[column]}", here, there, paths)


def _layer(layer: str) -> str:
    return "(x) " if layer == "subsidy" else ""


def _differing(case: Case, left: str, found: int, expected: int, paths: tuple[str, str]) -> Finding:
    return case.finding(
        "BUD-T02",
        f"{differs(left, found, '작년 설명서의 같은 금액', expected)} 근거 자료를 보고 틀린 쪽을 고치세요.",
        paths,
        written=found,
        expected=expected,
        difference=found - expected,
        last_year=case.cell(paths[1]),
    )


def _year_before(theirs: Project, ours: Project) -> bool:
    return ours.fiscal_year is not None and theirs.fiscal_year == ours.fiscal_year - 1


def fitting_workbooks(case: Case) -> Iterator[Finding]:
    """BUD-D02: last year's workbook is of the same project, the year before and the same kind of round."""
    if case.last is None:
        return
    ours, theirs = case.project, case.last.project
    said = []
    if name_key(ours.name) != name_key(theirs.name):
        said.append(f"사업 이름이 {with_particle(quoted(theirs.name), '로')} 다릅니다")
    if not _year_before(theirs, ours):
        wanted, found = ours.said_year("년도", later=-1), theirs.said_year("년도", otherwise="회계연도 없음")
        said.append(
            f"{with_particle(wanted, '이')} 아니라 {found}입니다"
            if wanted
            else "올해 설명서에 회계연도가 없습니다"
        )
    if ours.round.replace(" ", "") != theirs.round.replace(" ", ""):
        said.append(f"차수가 {with_particle(quoted(ours.round), '이')} 아니라 {quoted(theirs.round)}입니다")
    if said:
        compared = (
            "견줄 수 있는 금액만 견주었습니다." if is_same_project(case) else "금액도 달라 견주지 않았습니다."
        )
        yield case.finding(
            "BUD-D02",
            f"함께 준 작년 설명서를 확인하세요: {', '.join(said)}. {compared}",
            ("fiscal_year",),
            last_name=theirs.name,
            last_year=theirs.fiscal_year,
            last_round=theirs.round,
        )
