"""Rules of dates: those of the schedule are in the calendar, and lie within the fiscal year."""

from __future__ import annotations

from collections.abc import Iterator

from xlbudget.checks.case import Case
from xlbudget.dates import impossible, is_date
from xlbudget.findings import Finding
from xlbudget.korean import quoted


def schedule_within_year(case: Case) -> Iterator[Finding]:
    """BUD-D01: a step of the schedule begins and ends in the fiscal year, and not before it begins."""
    year = case.project.said_year()
    for i, step in enumerate(case.project.schedule):
        dates = [(f"schedule/{i}/{part}", getattr(step, part)) for part in ("start", "end")]
        written = [(path, date) for path, date in dates if is_date(date)]
        outside = [(path, date) for path, date in written if year and date[:4] != year]
        if outside:
            period = "~".join(date for _, date in dates if date)
            yield case.finding(
                "BUD-D01",
                f"{quoted(step.step)}의 추진기간 {period} 중에 {year}년 밖의 날짜가 있습니다. 연도를 확인하세요.",
                (path for path, _ in outside),
                start=step.start,
                end=step.end,
            )
        elif len(written) == len(dates) and _ends_before(step.start, step.end):
            yield case.finding(
                "BUD-D01",
                f"{quoted(step.step)}의 추진기간이 {step.start}에 시작해 {step.end}에 끝난다고 적혀 있습니다. 차례를 확인하세요.",
                (path for path, _ in written),
                start=step.start,
                end=step.end,
            )


def fiscal_year_written(case: Case) -> Iterator[Finding]:
    """BUD-N03: the project says its fiscal year; one that cannot be read is told where it stands."""
    told = any(finding.path == "fiscal_year" for finding in case.evidence.findings)
    if case.project.fiscal_year is None and not told:
        yield case.finding(
            "BUD-N03",
            "회계연도가 적혀 있지 않습니다. 기본현황의 '회계연도'에 네 자리 숫자(예: 2026)로 적으세요. "
            "회계연도와 견주는 점검은 하지 못했습니다.",
            ("fiscal_year",),
        )


def dates_of_the_calendar(case: Case) -> Iterator[Finding]:
    """BUD-D01: what is written as a date is one."""
    for i, step in enumerate(case.project.schedule):
        for part in ("start", "end"):
            date = impossible(getattr(step, part))
            if date:
                yield case.finding(
                    "BUD-D01",
                    f"{quoted(step.step)}의 추진기간에 달력에 없는 날짜가 있습니다: {date}. 월과 일을 확인하세요.",
                    (f"schedule/{i}/{part}",),
                    date=date,
                )


def _ends_before(start: str, end: str) -> bool:
    """Whether a period ends before it begins; a month begins with its first day and ends with its last."""
    both = min(len(start), len(end))
    return start[:both] > end[:both]
