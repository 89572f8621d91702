"""Rules of single figures: signs, digits, readable numbers."""

from __future__ import annotations

from collections.abc import Iterator

from xlbudget.checks.case import COLUMN_WORDS, Case, won
from xlbudget.figures import Amounts
from xlbudget.findings import Finding
from xlbudget.korean import quoted, with_particle
from xlbudget.project import SETTLEMENT_COLUMNS, Pair


def unreadable_cells(case: Case) -> Iterator[Finding]:
    """BUD-N02, BUD-N03: what reading could not take as a whole number of 천원, as it was found there; and text
    in a computed cell, which filling would take away.
    """
    yield from case.evidence.findings
    for path, typed in case.evidence.typed.items():
        text = str(typed.value or "").strip()
        # A rate may be a word (순증), and the check columns of 결산현황 hold nothing of the user's.
        if typed.formula is not None or not text or "/rate/" in path or "/check/" in path:
            continue
        if path not in case.written:
            yield case.finding(
                "BUD-N03",
                f"셈해서 채우는 칸에 글이 적혀 있습니다: {quoted(text)}. 채우면 지워지니 남길 글은 비고에 옮겨 적으세요.",
                (path,),
                found=text,
            )


def _unsigned(case: Case) -> Iterator[tuple[str, str]]:
    """Yield path and name of every amount that cannot be negative."""
    project = case.project
    for i, source in enumerate(project.funding):
        yield f"funding/{i}/amount", f"재원 {quoted(source.source)}"
    if not project.is_supplementary:
        for i, item in enumerate(project.items):
            for group in ("previous", "current"):
                row = getattr(case.figures.items[i].row, group)
                yield _figure(
                    f"items/{i}/{group}", f"{quoted(item.object_name)}의 ", COLUMN_WORDS[group], row
                )
        for i, step in enumerate(project.schedule):
            yield f"schedule/{i}/amount", f"추진일정 {quoted(step.step)}의 집행금액"
    for i, settled in enumerate(project.settlements):
        for column in SETTLEMENT_COLUMNS:
            if column != "changes":
                pair = getattr(settled, column)
                yield _figure(f"settlements/{i}/{column}", f"{settled.year}년 ", COLUMN_WORDS[column], pair)


def _figure(path: str, owner: str, column: str, pair: Pair | Amounts) -> tuple[str, str]:
    """Return path and name of an amount; of its (x) line where that stands alone (else BUD-X01 bounds it)."""
    if pair.total is None and pair.subsidy is not None:
        return f"{path}/subsidy", f"{owner}(x) {column}"
    return f"{path}/total", f"{owner}{column}"


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
