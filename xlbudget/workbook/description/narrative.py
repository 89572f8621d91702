"""Chapters 3 to 5: what the project is for, its schedule, its results, and its settled years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlbudget.project import SETTLEMENT_COLUMNS, Step
from xlbudget.workbook.description.budget import AMOUNT_ROW, SUBSIDY_ROW
from xlbudget.workbook.description.draft import (
    EQ,
    NONE,
    ROW,
    A,
    B,
    C,
    D,
    Draft,
    E,
    F,
    G,
    H,
    J,
    bullet,
    chapter,
    heading,
    line_table,
    one_table,
    section,
    written,
)
from xlbudget.workbook.pages import Box, Row, Unit, labelled, table_units
from xlbudget.workbook.styles import named

_MARK, _BODY = named("글머리"), named("본문")
_LABEL, _SUM_LABEL, _TEXT, _CENTRE = named("항목"), named("항목 계"), named("글"), named("글 가운데")
_ALONE, _ALONE_SUM = named("금액 단독"), named("금액 단독 계")
_SUBSIDY, _AMOUNT, _UNIT = named("지원액"), named("금액"), named("단위")
_SETTLED = ((C, C), (D, D), (E, E), (F, F), (G, G), (H, EQ), (J, J))
_SETTLED_NAMES = ("최종예산", "전년이월", "예산변경", "예산현액", "집행액", "차년이월", "집행잔액")
_SHORT_YEAR = 3


def explanation(draft: Draft) -> Iterator[Unit]:
    """Yield the third chapter: 목적, 근거, 내용, 추진경위, 추진일정."""
    project = draft.project
    yield from chapter(3, "사업 설명")
    yield from _bullets(draft, "사업목적", project.purpose, first=True)
    yield from _bullets(draft, "사업근거", project.grounds)
    yield from _bullets(draft, "사업내용", project.content)
    yield from _bullets(draft, "추진경위", project.history)
    yield from section(f"{project.said_year('년도 ')}추진일정", "천원")
    head = draft.head(
        heading(A, C, "사업추진절차"), heading(D, E, "추진기간"), heading(F, F, "예산집행금액"),
        heading(G, J, "추진세부내용"),
    )  # fmt: skip
    yield from table_units(one_table([head]), list(_schedule(draft)))


def effects(draft: Draft) -> Iterator[Unit]:
    """Yield the fourth chapter: results of the last years, and what is expected."""
    yield from chapter(4, "사업 효과")
    yield from section("최근 3년 추진실적", first=True)
    head = draft.head(heading(A, C, "연 도"), heading(D, J, "추진실적"))
    yield from table_units(one_table([head]), list(_results(draft)) or [draft.nothing()])
    yield from _bullets(draft, "향후 기대효과", draft.project.effects)


def settlement(draft: Draft) -> Iterator[Unit]:
    """Yield the fifth chapter: the settled years, two rows each."""
    yield from chapter(5, "최근 3년 결산 현황")
    yield Unit((Row(16.5, (Box(A, J, "(단위 : 천원)", _UNIT),)),), keep=True)
    head = draft.head(
        heading(A, B, "연도"),
        *(heading(*columns, name) for columns, name in zip(_SETTLED, _SETTLED_NAMES, strict=True)),
    )
    head = head._replace(height=max(head.height, 21.0))
    years = [_settled(draft, index)._replace(keep=True) for index in range(len(draft.project.settlements))]
    yield from table_units(one_table([head]), years or [draft.nothing()])


def _bullets(draft: Draft, title: str, texts: Sequence[str], *, first: bool = False) -> Iterator[Unit]:
    """Yield a □ section of lines, each mark in a column of its own: a true hanging indent."""
    yield from section(title, first=first)
    for text in written(texts) or [NONE]:
        mark, body = bullet(text, "-")
        column = A if mark == "○" else B
        rows = draft.rows(Box(column, column, mark, _MARK), Box(column + 1, J, body, _BODY))
        yield from (Unit((row,)) for row in rows)


def _schedule(draft: Draft) -> Iterator[Unit]:
    total = draft.amount("schedule_total", draft.figures.schedule_total)
    boxes = (
        Box(A, C, "계", _SUM_LABEL),
        Box(D, E, None, _CENTRE),
        Box(F, F, total, _ALONE_SUM),
        Box(G, J, None, _TEXT),
    )
    yield Unit((Row(ROW, boxes),), keep=True)
    for index, step in enumerate(draft.project.schedule):
        rows = draft.rows(
            Box(A, C, step.step or None, _LABEL),
            Box(D, E, period(step) or None, _CENTRE),
            Box(F, F, draft.amount(f"schedule/{index}/amount", step.amount), _ALONE),
            Box(G, J, step.detail or None, _TEXT),
        )
        yield from (Unit((row,)) for row in rows)
    if not draft.project.schedule:
        yield draft.nothing()


def period(step: Step) -> str:
    """Return when a step runs: ``2021.01~2021.12``, a single date where it begins and ends in one."""
    start, end = step.start.strip(), step.end.strip()
    return start if not end or start == end else f"{start}~{end}"


def _results(draft: Draft) -> Iterator[Unit]:
    for year in draft.project.results:
        lines = line_table(draft, year.text)
        units = [Unit((row,)) for rows in lines for row in rows]
        last = len(units) - 1
        kept = [
            unit._replace(keep=at < last and (last < _SHORT_YEAR or at in (0, last - 1)))
            for at, unit in enumerate(units)
        ]
        yield from labelled(draft.label(f"{year.year}년도"), kept)


def _settled(draft: Draft, index: int) -> Unit:
    year = draft.project.settlements[index]
    upper, lower = [Box(A, B, str(year.year), _LABEL, 2)], []
    for (left, right), column in zip(_SETTLED, SETTLEMENT_COLUMNS, strict=True):
        pair = getattr(year, column)
        path = f"settlements/{index}/{column}"
        upper.append(Box(left, right, draft.subsidy(f"{path}/subsidy", pair.subsidy), _SUBSIDY))
        lower.append(Box(left, right, draft.amount(f"{path}/total", pair.total), _AMOUNT))
    return Unit((Row(SUBSIDY_ROW, tuple(upper)), Row(AMOUNT_ROW, tuple(lower))))
