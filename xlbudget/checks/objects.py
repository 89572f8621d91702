"""Rules of 과목: the items are those that the fiscal year knows."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from xlbudget.checks.case import Case
from xlbudget.findings import Finding
from xlbudget.korean import name_key, quoted, with_particle


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
