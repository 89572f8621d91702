"""Rules of 예산총괄, 재원 and 추진일정: whole 천원, no tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches

from xlbudget.checks.case import COLUMN_WORDS, Case, differs, won
from xlbudget.checks.identities import Identity, identities
from xlbudget.findings import Finding
from xlbudget.korean import with_particle
from xlbudget.money import format_amount, format_rate
from xlbudget.project import LAYERS


def written_amounts(case: Case) -> Iterator[Finding]:
    """BUD-C01, T01, T02, T03, P01: a number typed into a computed cell is what we compute."""
    seen: set[str] = set()
    for identity in identities(case.project):
        target = identity.target
        typed, expected = case.written.get(target), case.computed.get(target)
        if target in seen or target.endswith("/amount") or typed is None or expected is None:
            continue
        seen.add(target)
        if typed != expected:
            yield _differing(case, identity, typed, expected)
    yield from _rates(case)


def _differing(case: Case, identity: Identity, typed: int | Decimal, expected: int) -> Finding:
    left, right = _words(case, identity)
    return case.finding(
        identity.code,
        f"{differs(left, typed, right, expected)} 이 칸은 {won(expected)}으로 채웁니다. 근거가 되는 금액을 확인하세요.",
        (identity.target, *(path for _, path in identity.parts)),
        written=typed,
        expected=expected,
        difference=typed - expected,
    )


def _row_word(case: Case, path: str) -> str:
    if path.startswith("total/"):
        return "예산총괄 계의"
    return f"'{case.project.items[int(path.split('/')[1])].object_name}'의"


def _words(case: Case, identity: Identity) -> tuple[str, str]:
    """Return how a message speaks of both sides of an identity."""
    target = identity.target
    layer = "(x) " if target.endswith("subsidy") else ""
    if target == "cost/total":
        return "기본현황의 사업비", "예산총괄 계의 예산액"
    if target == "schedule_total":
        return "추진일정의 계", "집행금액의 합계"
    column = layer + COLUMN_WORDS[target.split("/")[-2]]
    right = {"BUD-C01": "산출근거의 합계", "BUD-T01": "과목 금액의 합계", "BUD-T03": "B-A"}[identity.code]
    return f"{_row_word(case, target)} {column}", right


def _rates(case: Case) -> Iterator[Finding]:
    """BUD-T03: a typed rate is ours within half its last digit; a word such as 순증 is the word we print."""
    rows = [(f"items/{i}/rate", item.row.rate) for i, item in enumerate(case.figures.items)]
    for path, rates in [*rows, ("total/rate", case.figures.total.rate)]:
        for layer in LAYERS:
            typed = case.evidence.typed.get(f"{path}/{layer}")
            expected: Decimal | str | None = getattr(rates, layer)
            if typed is None or typed.formula is not None or expected is None or typed.value is None:
                continue
            if _same_rate(typed.value, expected):
                continue
            shown = typed.value if isinstance(typed.value, str) else f"{typed.value}%"
            ours = expected if isinstance(expected, str) else f"{format_rate(expected)}%"
            word = "(x) 증감률" if layer == "subsidy" else "증감률"
            yield case.finding(
                "BUD-T03",
                f"{_row_word(case, path + '/')} {word} {with_particle(str(shown), '이')} 셈한 값 "
                f"{with_particle(ours, '과')} 다릅니다. 이 칸은 다시 채웁니다.",
                (f"{path}/{layer}", path.replace("rate", "current") + f"/{layer}"),
                written=shown,
                expected=ours,
            )


def _same_rate(typed: object, expected: Decimal | str) -> bool:
    if isinstance(typed, int | Decimal) and not isinstance(typed, bool) and isinstance(expected, Decimal):
        value = Decimal(typed)
        exponent = value.as_tuple().exponent
        digits = max(-exponent, 0) if isinstance(exponent, int) else 0
        # A rate typed with fewer decimals than we compute may be off by half its last digit.
        return abs(value - expected) <= Decimal(1).scaleb(-min(digits, 1)) / 2
    return str(typed).strip() == str(expected)


def line_subsidies(case: Case) -> Iterator[Finding]:
    """BUD-C01: the (x) amounts of an item's lines, where all are written, add up to its (x) amount."""
    if case.project.is_supplementary:
        return
    for i, item in enumerate(case.project.items):
        leaves = [j for j, line in enumerate(case.figures.items[i].lines) if not line.children]
        written = [item.derivations[j].subsidy for j in leaves]
        given = [amount for amount in written if amount is not None]
        if item.current_subsidy is None or not given or len(given) != len(leaves):
            continue
        if sum(given) != item.current_subsidy:
            yield case.finding(
                "BUD-C01",
                f"{differs(f'{item.object_name!r}의 (x) 예산액(B)', item.current_subsidy, '산출근거 (x) 금액의 합계', sum(given))}"
                " 어느 쪽이 맞는지 확인해 고치세요.",
                (f"items/{i}/current/subsidy", *(f"items/{i}/derivations/{j}/subsidy" for j in leaves)),
                written=item.current_subsidy,
                expected=sum(given),
                difference=item.current_subsidy - sum(given),
            )


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
    for i in sorted(in_overview ^ in_derivations):
        here, there = ("예산총괄", "산출근거") if i in in_overview else ("산출근거", "예산총괄")
        others = (in_derivations - in_overview) if i in in_overview else (in_overview - in_derivations)
        near = get_close_matches(names[i], [names[k] for k in others], 1)
        hint = f" {there}의 '{near[0]}'과 같은 과목이면 이름을 같게 고치세요." if near else ""
        yield case.finding(
            "BUD-C04",
            f"{here}의 과목 {with_particle(repr(names[i]), '이')} {there}에 없습니다.{hint or ' 빠진 쪽에 적거나, 필요 없으면 지우세요.'}",
            (f"items/{i}/object_name" if i in in_overview else f"items/{i}/lines",),
            item=names[i],
            missing_in=there,
        )


def funding(case: Case) -> Iterator[Finding]:
    """BUD-R01: the sources inside the budget add up to 사업비."""
    yield from _against_cost(case, "BUD-R01", "재원의 합계")


def schedule(case: Case) -> Iterator[Finding]:
    """BUD-P01: the amounts of the schedule add up to 사업비 (their typed 계 is judged with the others)."""
    yield from _against_cost(case, "BUD-P01", "추진일정 집행금액의 합계")


def _against_cost(case: Case, code: str, left: str) -> Iterator[Finding]:
    for identity in identities(case.project):
        if identity.code != code or identity.target != "cost/total" or not case.can_judge(identity):
            continue
        total, cost = case.parts_sum(identity), case.computed["cost/total"]
        if total == cost:
            continue
        parts = [path for _, path in identity.parts]
        gap = format_amount(abs(cost - total))
        more = "모자랍니다" if total < cost else "남습니다"
        totals = ("schedule_total",) if code == "BUD-P01" else ()
        yield case.finding(
            code,
            f"{with_particle(f'{left} {won(total)}', '이')} 사업비 {won(cost)}보다 {gap}천원 {more}. 금액을 확인하세요.",
            (*parts, *totals, "cost/total") if len(parts) == 1 else (*totals, *parts, "cost/total"),
            written=total,
            expected=cost,
            difference=total - cost,
        )
