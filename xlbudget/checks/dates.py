"""Rules of dates: the schedule lies within the fiscal year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlbudget.checks.case import Case
from xlbudget.dates import is_date
from xlbudget.findings import Finding
from xlbudget.korean import quoted, with_particle

_MEANT_AS_DATE = re.compile(r"['’]?[0-9]{2,4}\s*[.\-/]\s*[0-9]{1,2}(?:\s*[.\-/]\s*[0-9]{1,2})?\.?")


def schedule_within_year(case: Case) -> Iterator[Finding]:
    """BUD-D01: a step of the schedule begins and ends in the fiscal year, and not before it begins."""
    year = str(case.project.fiscal_year)
    for i, step in enumerate(case.project.schedule):
        dates = [(f"schedule/{i}/{part}", getattr(step, part)) for part in ("start", "end")]
        written = [(path, date) for path, date in dates if is_date(date)]
        for path, date in dates:
            if _MEANT_AS_DATE.fullmatch(date) and not is_date(date):
                yield case.finding(
                    "BUD-D01",
                    f"{quoted(step.step)}의 추진기간 {with_particle(quoted(date), '은')} 없는 날짜입니다. 2021.01 또는 2021.01.15처럼 적으세요.",
                    (path,),
                    found=date,
                )
        outside = [(path, date) for path, date in written if date[:4] != year]
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


def _ends_before(start: str, end: str) -> bool:
    """Whether a period ends before it begins; a month begins with its first day and ends with its last."""
    both = min(len(start), len(end))
    return start[:both] > end[:both]
