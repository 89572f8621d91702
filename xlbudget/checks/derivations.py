"""Rules of 산출근거: expressions, the amounts written beside them, ○ lines and the lines below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from xlbudget.checks.case import Case, differs, filled_with, won
from xlbudget.derivation import derive
from xlbudget.findings import Finding, Severity
from xlbudget.korean import quoted, with_particle
from xlbudget.money import won_text
from xlbudget.project import Line


def _lines(case: Case) -> Iterator[tuple[str, Line, int, int]]:
    for i, item in enumerate(case.project.items):
        for j, line in enumerate(item.derivations):
            yield f"items/{i}/derivations/{j}", line, i, j


def line_name(line: Line) -> str:
    """Return what a line is called: its label, or its expression where it has none."""
    return quoted(line.label or line.expression or line.marker)


def unreadable_lines(case: Case) -> Iterator[Finding]:
    """BUD-N03: a line without lines below it has an expression that can be computed."""
    for path, line, i, j in _lines(case):
        figures = case.figures.items[i].lines[j]
        if line.is_remark or (figures.children and line.expression is None):
            continue
        text = case.evidence.texts.get(f"{path}/text") or " ".join(
            filter(None, (line.label, line.expression))
        )
        if f"{path}/amount" in case.figures.kept:
            yield replace(_amount_alone(case, path, line), severity=Severity.NOTE)
            continue
        own = figures.derivation or derive(text, case.project.rounding)
        if own.error is None:
            continue
        if not text.strip():
            message = "산출내역이 비어 있어 셈할 수 없습니다. 이름과 산출식을 적으세요."
        else:
            message = f"{line_name(line)} 줄을 셈할 수 없습니다. {own.error.position + 1}번째 글자: {own.error.message}"
        yield case.finding(
            "BUD-N03", message, (f"{path}/text", f"{path}/amount"), position=own.error.position
        )


def _amount_alone(case: Case, path: str, line: Line) -> Finding:
    """Of a supplementary budget: a line that does not change may be printed with its amount alone."""
    typed = case.figures.kept[f"{path}/amount"].typed
    return case.finding(
        "BUD-N03",
        f"{line_name(line)} 줄에 식이 없어 적힌 금액 {with_particle(won(typed), '을')} 그대로 셈에 넣었습니다.",
        (f"{path}/amount",),
        written=typed,
    )


def stated_amounts(case: Case) -> Iterator[Finding]:
    """BUD-C02: the amount stated behind ``=`` is the value of the expression, in 천원."""
    for path, line, i, j in _lines(case):
        figures = case.figures.items[i].lines[j]
        if line.stated is None or figures.amount is None:
            continue
        if line.stated == figures.amount:
            yield from _stated_in_won(case, path, line)
            continue
        if figures.children and line.expression is None:
            code, right = "BUD-C03", "그 아래 줄의 합계"
        else:
            code, right = "BUD-C02", "산출식의 값"
        own = figures.derivation.amount if figures.derivation is not None else figures.amount
        if own is None or own == line.stated or (code == "BUD-C03" and case.project.is_supplementary):
            continue
        message = differs(f"{line_name(line)} 줄에 적힌 금액", line.stated, right, own)
        yield case.finding(
            code,
            f"{message} 식과 금액 가운데 틀린 쪽을 고치세요.",
            (f"{path}/text", f"{path}/amount"),
            written=line.stated,
            expected=own,
            difference=line.stated - own,
        )


def _stated_in_won(case: Case, path: str, line: Line) -> Iterator[Finding]:
    """A result stated in 원 is compared in 원, down to the digits that it shows: ``1,065,073,000`` may stand for
    1,065,073,200.
    """
    text = case.evidence.texts.get(f"{path}/text", "")
    if "=" not in text:
        return
    told = derive(text, case.project.rounding)
    stated, exact = told.stated_won, told.won
    if stated is None or exact is None or stated.denominator != 1:
        return
    shown = next((unit for unit in (1_000, 100, 10) if stated % unit == 0), 1)
    if abs(stated - exact) < shown:
        return
    gap, value, written = (_won_figures(amount) for amount in (abs(stated - exact), exact, stated))
    yield case.finding(
        "BUD-C02",
        f"{with_particle(f'{line_name(line)} 줄에 적힌 금액 {written}원', '이')} 산출식의 값 "
        f"{with_particle(f'{value}원', '과')} {gap}원 다릅니다. 식과 금액 가운데 틀린 쪽을 고치세요.",
        (f"{path}/text", f"{path}/amount"),
        written=int(stated),
        expected=exact,
        unit="원",
    )


def _won_figures(amount: Fraction) -> str:
    """Print an amount in 원, exactly."""
    return f"{int(amount):,}" if amount.denominator == 1 else won_text(amount)


def written_line_amounts(case: Case) -> Iterator[Finding]:
    """BUD-C02, BUD-C03: a number typed into the amount cell of a line is what we compute."""
    for path, line, i, j in _lines(case):
        typed = case.written.get(f"{path}/amount")
        figures = case.figures.items[i].lines[j]
        if typed is None or figures.amount is None or typed == figures.amount:
            continue
        if typed == line.stated or (figures.children and case.project.is_supplementary):
            continue  # told of the text already; or a sum of which only the changed lines are printed
        below = [f"items/{i}/derivations/{child}/amount" for child in figures.children]
        code, right = ("BUD-C03", "그 아래 줄의 합계") if below else ("BUD-C02", "산출식의 값")
        message = differs(f"{line_name(line)} 줄의 금액 칸", typed, right, figures.amount)
        yield case.finding(
            code,
            f"{message} {filled_with(won(figures.amount))}",
            (f"{path}/amount", *(below or [f"{path}/text"])),
            written=typed,
            expected=figures.amount,
            difference=typed - figures.amount,
        )


def heading_expressions(case: Case) -> Iterator[Finding]:
    """BUD-C03: a ○ line with its own expression amounts to the sum of the lines below it.

    Not in a supplementary budget, which may print only the lines that change.
    """
    if case.project.is_supplementary:
        return
    for path, line, i, j in _lines(case):
        figures = case.figures.items[i].lines[j]
        own = figures.derivation.amount if figures.derivation is not None else None
        if not figures.children or own is None or figures.amount is None or own == figures.amount:
            continue
        below = [f"items/{i}/derivations/{child}/amount" for child in figures.children]
        message = differs(f"{line_name(line)} 줄의 산출식", own, "그 아래 줄의 합계", figures.amount)
        yield case.finding(
            "BUD-C03",
            f"{message} 위 줄의 식을 지우거나 아래 줄을 고치세요.",
            (f"{path}/text", *below),
            written=own,
            expected=figures.amount,
            difference=own - figures.amount,
        )


def repeated_lines(case: Case) -> Iterator[Finding]:
    """BUD-D03: no line of an item stands there twice, with the same name and the same expression."""
    seen: dict[tuple[str, int, str, str], str] = {}
    heading, item = "", -1
    for path, line, i, _ in _lines(case):
        if line.depth == 0 or i != item:
            heading, item = path, i
        if not line.expression:
            continue
        scope = heading if line.depth else f"items/{i}"
        key = (scope, line.depth, "".join(line.label.split()), "".join(line.expression.split()))
        if key in seen:
            yield case.finding(
                "BUD-D03",
                f"{with_particle(line_name(line), '이')} 같은 과목에 두 번 적혀 있습니다. 한 줄을 지우거나 이름을 다르게 적으세요.",
                (f"{path}/text", f"{seen[key]}/text"),
            )
        seen.setdefault(key, path)
