"""Rules of 예산총괄, 재원 and 추진일정: whole 천원, no tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from xlbudget.checks.case import COLUMN_WORDS, Case, differs, filled_with, won
from xlbudget.checks.derivations import line_name
from xlbudget.checks.identities import Identity, identities
from xlbudget.figures import round_half_up
from xlbudget.findings import Finding, Severity
from xlbudget.grid import Value
from xlbudget.korean import quoted, with_particle
from xlbudget.money import format_amount, format_rate
from xlbudget.project import LAYERS


def written_amounts(case: Case) -> Iterator[Finding]:
    """BUD-C01, T01, T02, T03, P01: a number typed into a computed cell is what we compute.

    Of a supplementary budget, which may print only the lines that change, typed sums stay; only those that cannot be are told.
    """
    unread = unread_rows(case)
    seen: set[str] = set()
    for identity in identities(case.project):
        target = identity.target
        typed, expected = case.written.get(target), case.computed.get(target)
        if target in seen or target.endswith("/amount") or typed is None or expected is None:
            continue
        seen.add(target)
        if typed == expected or (identity.code == "BUD-T03" and target.partition("/change")[0] in unread):
            continue
        yield _differing(case, identity, typed, expected)
    if case.project.is_supplementary:
        yield from _short_sums(case)
    yield from _without_ground(case, unread)
    yield from _rates(case, unread)


def unread_rows(case: Case) -> frozenset[str]:
    """Return the rows of 예산총괄 whose B lacks a line that cannot be computed (BUD-N03 tells of it)."""
    rows = {
        f"items/{i}"
        for i, item in enumerate(case.figures.items)
        if any(
            figure.amount is None and not figure.children and not line.is_remark
            for figure, line in zip(item.lines, case.project.items[i].derivations, strict=True)
        )
    }
    return frozenset({*rows, "total"}) if rows else frozenset()


_SUMS = {
    "BUD-C01": "산출근거에 금액이 있는 줄이 없어",
    "BUD-T01": "더할 과목 금액이 없어",
    "BUD-T02": "예산총괄에 금액이 없어",
    "BUD-T03": "전년도 예산액(A)이 비어 있어",
    "BUD-P01": "더할 집행금액이 없어",
}


def _sums(case: Case) -> Iterator[tuple[str, str]]:
    """Yield code and path of the computed cells that are sums."""
    for i in range(len(case.project.items)):
        yield "BUD-C01", f"items/{i}/current/total"
    for group in ("previous", "current"):
        for layer in LAYERS:
            yield "BUD-T01", f"total/{group}/{layer}"
    yield "BUD-T02", "cost/total"
    yield "BUD-P01", "schedule_total"


def _short_sums(case: Case) -> Iterator[Finding]:
    """Of a supplementary budget: a typed sum is less than what is printed of it, or 사업비 is not 계."""
    for code, path in (*_sums(case), *_headings(case)):
        kept = case.figures.kept.get(path)
        if kept is None or kept.printed is None:
            continue
        same = path == "cost/total" and "total/current/total" in case.figures.kept
        if not kept.short and not same:
            continue
        right = "예산총괄 계의 예산액" if same else "그 아래 적힌 금액의 합계"
        told = case.finding(
            code,
            f"{differs(_sum_word(case, path), kept.typed, right, kept.printed)} "
            "적힌 금액은 그대로 두었습니다. 어느 쪽이 맞는지 확인해 고치세요.",
            (path,),
            written=kept.typed,
            expected=kept.printed,
            difference=kept.typed - kept.printed,
        )
        yield told if same else replace(told, severity=Severity.WARNING)


def _headings(case: Case) -> Iterator[tuple[str, str]]:
    for i, item in enumerate(case.figures.items):
        for j, line in enumerate(item.lines):
            if line.children:
                yield "BUD-C03", f"items/{i}/derivations/{j}/amount"


def _without_ground(case: Case, unread: frozenset[str]) -> Iterator[Finding]:
    """A number in a computed cell for which nothing is written to compute it from: filling would clear it."""
    rows = [*(f"items/{i}" for i in range(len(case.project.items))), "total"]
    changes = [("BUD-T03", f"{row}/change/{layer}") for row in rows for layer in LAYERS]
    for code, path in (*_sums(case), *changes):
        typed = case.written.get(path)
        if typed is None or path in case.computed or path.partition("/c")[0] in unread:
            continue
        if _missing_elsewhere(case, path):
            continue
        stays = path in ("schedule_total", "cost/total")
        kept = "적힌 금액은 그대로 두니" if stays else "채우면 빈칸이 되니"
        yield case.finding(
            code,
            f"{with_particle(f'{_sum_word(case, path)} {won(typed)}', '을')} {_SUMS[code]} 셈할 수 없습니다. "
            f"{kept} 근거가 되는 금액을 적으세요. 없으면 0을 적으세요.",
            (path,),
            written=typed,
        )


def _missing_elsewhere(case: Case, path: str) -> bool:
    """Whether what is missing is told by other rules: a whole item (BUD-C04), or the B of a change."""
    row, _, column = path.partition("/change/")
    if column:
        return f"{row}/current/{column}" not in case.computed
    parts = path.split("/")
    return parts[0] == "items" and f"items/{parts[1]}/lines" not in case.evidence.cells


def _sum_word(case: Case, path: str) -> str:
    if path == "cost/total":
        return "기본현황의 사업비"
    if path == "schedule_total":
        return "추진일정의 계"
    if "/derivations/" in path:
        _, i, _, j, _ = path.split("/")
        return f"{line_name(case.project.items[int(i)].derivations[int(j)])} 줄의 금액"
    layer = "(x) " if path.endswith("subsidy") else ""
    return f"{_row_word(case, path)} {layer}{COLUMN_WORDS[path.split('/')[-2]]}"


def _differing(case: Case, identity: Identity, typed: int | Decimal, expected: int) -> Finding:
    left, right = _words(case, identity)
    return case.finding(
        identity.code,
        f"{differs(left, typed, right, expected)} {filled_with(won(expected))} 근거가 되는 금액을 확인하세요.",
        (identity.target, *(path for _, path in identity.parts)),
        written=typed,
        expected=expected,
        difference=typed - expected,
    )


def _row_word(case: Case, path: str) -> str:
    if path.startswith("total/"):
        return "예산총괄 계의"
    return f"{quoted(case.project.items[int(path.split('/')[1])].object_name)}의"


def _words(case: Case, identity: Identity) -> tuple[str, str]:
    """Return how a message speaks of both sides of an identity."""
    right = {
        "BUD-C01": "산출근거의 합계",
        "BUD-T01": "과목 금액의 합계",
        "BUD-T02": "예산총괄 계의 예산액",
        "BUD-T03": "B-A",
        "BUD-P01": "집행금액의 합계",
    }[identity.code]
    return _sum_word(case, identity.target), right


def _rates(case: Case, unread: frozenset[str]) -> Iterator[Finding]:
    """BUD-T03: a typed rate is ours within half its last digit; a word such as 순증 is the word we print."""
    rows = [(f"items/{i}", item.row) for i, item in enumerate(case.figures.items)]
    for path, row in [*rows, ("total", case.figures.total)]:
        for layer in LAYERS:
            typed = case.evidence.typed.get(f"{path}/rate/{layer}")
            expected: Decimal | str | None = getattr(row.rate, layer)
            if (
                typed is None
                or typed.formula is not None
                or expected is None
                or not str(typed.value or "0").strip()
            ):
                continue
            now = case.computed[f"{path}/current/{layer}"]
            if path in unread:
                continue
            before = getattr(row.previous, layer)
            exact = Fraction((now - before) * 100, before) if before else None
            if _same_rate(typed.value, expected, exact):
                continue
            shown = typed.value if isinstance(typed.value, str) else f"{typed.value}%"
            ours = expected if isinstance(expected, str) else f"{format_rate(expected, _decimals(expected))}%"
            word = "(x) 증감률" if layer == "subsidy" else "증감률"
            yield case.finding(
                "BUD-T03",
                f"{_row_word(case, f'{path}/')} {word} {with_particle(str(shown), '이')} 셈한 값 "
                f"{with_particle(ours, '과')} 다릅니다. {filled_with(ours)}",
                (f"{path}/rate/{layer}", f"{path}/current/{layer}"),
                written=shown,
                expected=ours,
            )


def _same_rate(typed: Value, expected: Decimal | str, exact: Fraction | None) -> bool:
    """Whether a typed rate is the exact one within half its own last digit, or prints as ours does."""
    if isinstance(typed, bool) or not isinstance(typed, int | Decimal):
        said = str(typed).strip().removesuffix("%")
        return (
            said == expected
            if isinstance(expected, str)
            else said == format_rate(expected, _decimals(expected))
        )
    if isinstance(expected, str):
        return False
    value = Fraction(typed)
    rate = Fraction(expected) if exact is None else exact
    if abs(value - rate) <= Fraction(1, 2 * 10 ** _decimals(typed)):
        return True
    return expected != 0 and round_half_up(value, _decimals(expected)) == expected


def _decimals(value: int | Decimal) -> int:
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def line_subsidies(case: Case) -> Iterator[Finding]:
    """BUD-C01: the (x) amounts of an item's lines add up to its (x) amount; some of them are never above it."""
    if case.project.is_supplementary:
        return
    for i, item in enumerate(case.project.items):
        lines = case.figures.items[i].lines
        leaves = [j for j, line in enumerate(lines) if not (line.children or item.derivations[j].is_remark)]
        written = [item.derivations[j].subsidy for j in leaves]
        given = [amount for amount in written if amount is not None]
        if item.current_subsidy is None or not given:
            continue
        missing = len(given) < len(leaves)
        above = missing and _partly_above(case, i, leaves, item.current_subsidy)
        if above or (not missing and sum(given) != item.current_subsidy):
            name = f"{quoted(item.object_name)}의 (x) 예산액(B)"
            message = differs(name, item.current_subsidy, "산출근거 (x) 금액의 합계", sum(given))
            if above:
                message = f"적힌 줄만 더해도 (x) 금액이 {with_particle(won(sum(given)), '로')} {name} {won(item.current_subsidy)}보다 많습니다."
            yield case.finding(
                "BUD-C01",
                f"{message} 어느 쪽이 맞는지 확인해 고치세요.",
                (
                    f"items/{i}/current/subsidy",
                    *(
                        f"items/{i}/derivations/{j}/subsidy"
                        for j in leaves
                        if item.derivations[j].subsidy is not None
                    ),
                ),
                written=item.current_subsidy,
                expected=sum(given),
                difference=item.current_subsidy - sum(given),
            )


def _partly_above(case: Case, index: int, leaves: list[int], subsidy: int) -> bool:
    """Whether the lines whose (x) amount is written have more of it than their item; none beyond its own amount,
    which BUD-X01 tells.
    """
    item, figures = case.project.items[index], case.figures.items[index]
    written = [(x, figures.lines[j].amount) for j in leaves if (x := item.derivations[j].subsidy) is not None]
    within = all(x >= 0 and (amount is None or x <= amount) for x, amount in written)
    return within and sum(x for x, _ in written) > subsidy


def funding(case: Case) -> Iterator[Finding]:
    """BUD-R01: the sources inside the budget add up to 사업비; not judged with one that cannot be read or has no name."""
    if any(f.severity is Severity.ERROR and f.path.startswith("funding/") for f in case.evidence.findings):
        return
    nameless = [
        (i, source.amount)
        for i, source in enumerate(case.project.funding)
        if source.amount is not None and not source.source.strip()
    ]
    for i, amount in nameless:
        yield case.finding(
            "BUD-N03",
            f"재원의 이름이 비어 있는데 금액 {with_particle(won(amount), '이')} 적혀 있습니다. 이름을 적거나, 필요 없으면 금액을 지우세요.",
            (f"funding/{i}/amount",),
            written=amount,
        )
    if not nameless:
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
        blank = _blank_steps(case) if code == "BUD-P01" and total < cost else []
        advice = _to_fill_in(case, blank, gap) if blank else "금액을 확인하세요."
        yield case.finding(
            code,
            f"{with_particle(f'{left} {won(total)}', '이')} 사업비 {won(cost)}보다 {gap}천원 {more}. {advice}",
            (*blank, *parts, *totals, "cost/total")
            if blank or len(parts) == 1
            else (*totals, *parts, "cost/total"),
            written=total,
            expected=cost,
            difference=total - cost,
        )


def _blank_steps(case: Case) -> list[str]:
    """Return the steps of the schedule without an amount."""
    return [f"schedule/{i}/amount" for i, step in enumerate(case.project.schedule) if step.amount is None]


def _to_fill_in(case: Case, blank: list[str], gap: str) -> str:
    names = [quoted(case.project.schedule[int(path.split("/")[1])].step) for path in blank]
    if len(names) == 1:
        return f"{names[0]}의 집행금액이 비어 있습니다. {gap}천원을 적으면 맞습니다."
    return f"집행금액이 빈 절차가 있습니다: {', '.join(names)}. 빠진 금액을 적으세요."
