"""Rules of the rows 계 and 소계 that people put into a table of their own."""

from __future__ import annotations

from collections.abc import Iterator

from xlbudget.checks.case import Case, differs
from xlbudget.figures import depths
from xlbudget.findings import Finding
from xlbudget.korean import quoted
from xlbudget.project import WrittenSum

_CODES = {"lines": "BUD-C01", "items": "BUD-T01", "schedule": "BUD-P01"}
_TABLES = {"lines": "산출근거", "items": "예산총괄", "schedule": "추진일정"}


def written_sums(case: Case) -> Iterator[Finding]:
    """BUD-C01, T01, P01: a 소계 is the sum of what stands above it since the last one, a 계 at the foot that of all.

    A sum in the middle may also be that of its 과목 or of the ○ line above it. Not in a supplementary budget, and
    not where something above cannot be read, which is told there.
    """
    if case.project.is_supplementary:
        return
    above: dict[tuple[str, str], list[str]] = {}
    for one in case.evidence.sums:
        _, table, _, column = one.path.split("/", 3)
        seen = above.setdefault((table, column), [])
        seen += one.parts
        parts = [path for path in (seen if one.whole else one.parts) if _counts(case, path)]
        if not parts or (table == "lines" and any(path not in case.computed for path in seen)):
            continue
        expected = sum(case.computed.get(path, 0) for path in parts)
        if one.amount == expected or (not one.whole and one.amount in _others(case, parts, one)):
            continue
        yield case.finding(
            _CODES[table],
            f"{differs(f'{_TABLES[table]}에 적은 {quoted(one.label)}의 금액', one.amount, '그 위에 적힌 금액의 합계', expected)}"
            " 빠지거나 두 번 든 줄이 없는지 확인해 고치세요.",
            (one.path, *parts),
            written=one.amount,
            expected=expected,
            difference=one.amount - expected,
        )


def _counts(case: Case, path: str) -> bool:
    """Whether a figure is added up: of the lines of an item those that stand below no other."""
    table, item, *rest = path.split("/")
    if table != "items" or rest[0] != "derivations":
        return True
    return depths(case.project.items[int(item)].derivations)[int(rest[1])] == 0


def _others(case: Case, parts: list[str], one: WrittenSum) -> Iterator[int]:
    """Yield what else a sum in the middle of a table may stand for: the ○ line above it, or the whole 과목."""
    if "/derivations/" in parts[-1]:
        yield case.computed[parts[-1]]
        yield case.computed[f"{parts[-1].partition('/derivations/')[0]}/current/total"]
