"""Rules of 과목: both tables name the same ones, and the fiscal year knows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from xlbudget.checks.case import Case, won
from xlbudget.findings import Finding
from xlbudget.korean import name_key, quoted, with_particle

_NAMELESS = "과목 칸이 비어 있는데 같은 줄에 금액이나 산출내역이 적혀 있습니다. 과목을 적거나, 필요 없으면 그 줄을 비우세요."


def matching_items(case: Case) -> Iterator[Finding]:
    """BUD-C04: the items of 예산총괄 are those of 산출근거. Judged only on workbooks: JSON has one list."""
    cells = case.evidence.cells
    if not cells:
        return
    names = [item.object_name for item in case.project.items]
    in_overview = {i for i in range(len(names)) if f"items/{i}/object_name" in cells}
    in_derivations = {i for i in range(len(names)) if f"items/{i}/lines" in cells}
    if not in_overview:
        return  # nothing filled in yet: 채우기 writes the whole table
    twice = dict(_twice(names, in_overview))
    # Of a supplementary budget, the unchanged 과목 whose amount alone is printed.
    in_overview -= {
        i for i in in_overview - in_derivations if f"items/{i}/current/total" in case.figures.kept
    }
    alone = _only_pair(names, in_overview, in_derivations, twice)
    if alone is not None and not get_close_matches(names[alone[0]], [names[alone[1]]], 1):
        yield _unlike(case, *alone)
        return
    told: set[int] = set()
    for i in sorted(in_overview ^ in_derivations):
        if i in told:
            continue
        if not names[i]:
            path = f"items/{i}/object_name" if i in in_overview else f"items/{i}/lines"
            yield case.finding("BUD-C04", _NAMELESS, (path,), item="")
            continue
        if i in twice:
            yield _standing_twice(case, i, twice[i])
            continue
        here, there = ("예산총괄", "산출근거") if i in in_overview else ("산출근거", "예산총괄")
        others = (in_derivations - in_overview) if i in in_overview else (in_overview - in_derivations)
        near = get_close_matches(names[i], [names[k] for k in others if k not in told], 1)
        alike = with_particle(f"{there}의 {quoted(near[0])}", "과") if near else ""
        hint = f" {alike} 같은 과목이면 이름을 같게 고치세요." if near else ""
        other = next((k for k in sorted(others) if near and names[k] == near[0]), None)
        told.update(() if other is None else (other,))
        yield case.finding(
            "BUD-C04",
            f"{here}의 과목 {with_particle(quoted(names[i]), '이')} {there}에 없습니다.{hint or ' 빠진 쪽에 적거나, 필요 없으면 지우세요.'}{_cleared(case, i)}",
            [
                f"items/{k}/object_name" if k in in_overview else f"items/{k}/lines"
                for k in (i, other)
                if k is not None
            ],
            item=names[i],
            missing_in=there,
        )


def _only_pair(
    names: Sequence[str], in_overview: set[int], in_derivations: set[int], twice: Mapping[int, int]
) -> tuple[int, int] | None:
    """Return the only item of 예산총괄 and the only one of 산출근거 that the other lacks, where each has just one."""
    here, there = in_overview - in_derivations, in_derivations - in_overview
    if len(here) != 1 or len(there) != 1 or twice:
        return None
    pair = min(here), min(there)
    return pair if all(names[i] for i in pair) else None


def _unlike(case: Case, here: int, there: int) -> Finding:
    name, other = (quoted(case.project.items[i].object_name) for i in (here, there))
    return case.finding(
        "BUD-C04",
        f"예산총괄의 과목 {with_particle(name, '은')} 산출근거에 없고, 산출근거의 과목 {with_particle(other, '은')} 예산총괄에 없습니다. "
        f"같은 과목이면 이름을 같게 고치고, 다른 과목이면 빠진 쪽에 적으세요.{_cleared(case, here)}",
        (f"items/{here}/object_name", f"items/{there}/lines"),
        item=case.project.items[here].object_name,
        missing_in="산출근거",
    )


def _cleared(case: Case, index: int) -> str:
    """Say that a B typed into 예산총괄 goes when the table is filled, for no line gives it."""
    path = f"items/{index}/current/total"
    typed = case.written.get(path)
    if typed is None or path in case.computed:
        return ""
    return f" 적힌 예산액(B) {with_particle(won(typed), '은')} 산출근거가 없으면 build('한번에')를 할 때 비워집니다."


def _twice(names: list[str], in_overview: set[int]) -> Iterator[tuple[int, int]]:
    """Yield the items of 예산총괄 that stand there a second time, with the one that stands there first."""
    first: dict[str, int] = {}
    for i in sorted(in_overview):
        earlier = first.setdefault(name_key(names[i]), i)
        if earlier != i:
            yield i, earlier


def _standing_twice(case: Case, index: int, first: int) -> Finding:
    name = case.project.items[index].object_name
    return case.finding(
        "BUD-C04",
        f"예산총괄에 과목 {with_particle(quoted(name), '이')} 두 번 적혀 있습니다. 한 행으로 합치고 다른 행은 지우세요.",
        (f"items/{index}/object_name", f"items/{first}/object_name"),
        item=name,
    )


def known_objects(case: Case) -> Iterator[Finding]:
    """BUD-K01: every item is a 과목 of its fiscal year; silent for years that 과목코드 does not list."""
    year = case.project.fiscal_year
    known = {name for listed, name in case.objects or () if listed == year}
    if not known:
        return
    for i, item in enumerate(case.project.items):
        key = name_key(item.object_name)
        if not key or key in known:
            continue
        near = get_close_matches(key, sorted(known), 1)
        hint = (
            f" {with_particle(quoted(near[0]), '을')} 적으려던 것인지 확인하세요."
            if near
            else " 이름을 확인하세요."
        )
        at = f"items/{i}/object_name"
        yield case.finding(
            "BUD-K01",
            f"{with_particle(quoted(item.object_name), '은')} {year}년 과목표에 없습니다.{hint}",
            (at if case.evidence.place(at) is not None else f"items/{i}/lines",),
            item=item.object_name,
            near=near[0] if near else None,
        )
