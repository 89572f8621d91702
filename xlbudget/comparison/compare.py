"""Two states of a project, figure by figure and text by text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from xlbudget.comparison.change import Change, Kind, Side
from xlbudget.comparison.items import compare_items
from xlbudget.comparison.matching import Pair, align
from xlbudget.comparison.telling import Sides, Told, paths_to
from xlbudget.korean import name_key, quoted, with_particle
from xlbudget.project import LAYERS, SETTLEMENT_COLUMNS, Project

T = TypeVar("T")

BASICS, NARRATIVE, SCHEDULE, EFFECTS, SETTLEMENT = "기본현황", "사업설명", "추진일정", "사업효과", "결산현황"
_BASICS = {
    "name": "사업명", "fiscal_year": "회계연도", "round": "차수", "account": "회계", "period": "사업기간",
    "rounding": "천원 미만", "subsidy_rate": "국비 보조율",
}  # fmt: skip
_ROUNDING = {"ceil": "절상", "half-up": "반올림", "floor": "절사"}
_PEOPLE = {"head": "과장", "team_leader": "팀장", "officer": "주무관"}
_SECTIONS = {"purpose": "사업목적", "grounds": "사업근거", "content": "사업내용", "history": "추진경위"}
_STEP = {"step": "절차", "start": "시작", "end": "종료", "amount": "예산집행금액", "detail": "세부내용"}
_SETTLED = dict(
    zip(
        SETTLEMENT_COLUMNS,
        ("최종예산", "전년이월", "예산변경", "예산현액", "집행액", "차년이월", "집행잔액"),
        strict=True,
    )
)


def compare(before: Side, after: Side) -> tuple[Change, ...]:
    """Return what differs, in the order of the form; white space between words does not count.

    Last year's amounts are compared only between states of the same year and round: elsewhere they are of
    another year, or of the round before. In a supplementary round what is not printed counts as unchanged.
    """
    sides = Sides(before, after)
    return (
        *_basics(sides),
        *compare_items(sides, same_basis=same_basis(before.project, after.project)),
        *(change for path, word in _SECTIONS.items() for change in _bullets(sides, path, NARRATIVE, word)),
        *_schedule(sides),
        *_results(sides),
        *_bullets(sides, "effects", EFFECTS, "향후 기대효과"),
        *_settlements(sides),
    )


def same_basis(before: Project, after: Project) -> bool:
    """Whether last year's amounts of both mean the same: one year, one round."""
    same_round = name_key(before.round) == name_key(after.round)
    return before.fiscal_year == after.fiscal_year and same_round


def conditions(before: Project, after: Project, changes: Sequence[Change]) -> tuple[str, ...]:
    """Return in sentences what a reader of the differences has to know about how they were found."""
    said = []
    if not same_basis(before, after):
        one, other = map(_state, (before, after))
        said.append(
            f"{with_particle(one, '과')} {with_particle(other, '을')} 견주었으므로, 뜻이 다른 "
            "전년도(기정) 예산액(A)은 견주지 않았습니다."
        )
    if any(change.kind is Kind.UNPRINTED for change in changes):
        said.append(
            "추경에는 바뀐 것만 적으므로, 적히지 않은 과목과 줄은 그대로인 것으로 보고 합계에 넣어 견주었습니다."
        )
    return tuple(said)


def _state(project: Project) -> str:
    year = "연도 없는" if project.fiscal_year is None else f"{project.fiscal_year}년"
    return f"{year} {quoted(project.round)}"


def _basics(sides: Sides) -> Iterator[Change]:
    for path, what in _scalars():
        old, new = (_shown(_value(side.project, path)) for side in sides)
        yield from sides.tell(Told(BASICS, what), (old, new), (path, path))
    yield from _bullets(sides, "summary", BASICS, "사업내용")
    yield from _funding(sides)


def _scalars() -> Iterator[tuple[str, str]]:
    yield from _BASICS.items()
    yield "organisation/bureau", "실·국"
    yield "organisation/division", "부서명"
    for role, word in _PEOPLE.items():
        yield f"organisation/{role}/name", f"{word} 이름"
        yield f"organisation/{role}/phone", f"{word} 전화번호"


def _value(project: Project, path: str) -> object:
    value: object = project
    for part in path.split("/"):
        value = getattr(value, part)
    return value


def _shown(value: object) -> str:
    return _ROUNDING.get(str(value), str(value))


def _both(before: Sequence[T], after: Sequence[T], pair: Pair) -> tuple[T | None, T | None, T]:
    """Return an entry of both lists, and the one that gives it its name."""
    old = None if pair.before is None else before[pair.before]
    new = None if pair.after is None else after[pair.after]
    return old, new, next(entry for entry in (new, old) if entry is not None)


def _funding(sides: Sides) -> Iterator[Change]:
    before, after = (side.project.funding for side in sides)
    keys = ([((name_key(f.source), f.in_budget),) for f in side] for side in (before, after))
    for pair in align(*keys):
        old, new, named = _both(before, after, pair)
        told = Told(BASICS, f"재원 {named.source}" + ("" if named.in_budget else " (예산 외)"))
        amounts = old.amount if old else None, new.amount if new else None
        yield from sides.tell(told, amounts, paths_to(pair, "funding", "amount"))


def _bullets(sides: Sides, path: str, section: str, word: str) -> Iterator[Change]:
    old, new = (getattr(side.project, path) for side in sides)
    yield from sides.texts(Told(section, word), (old, new), (path, path))


def _schedule(sides: Sides) -> Iterator[Change]:
    before, after = (side.project.schedule for side in sides)
    keys = (
        [(step, _known(step.step, step.start, step.end), _known(step.step)) for step in side]
        for side in (before, after)
    )
    for pair in align(*keys):
        old, new, named = _both(before, after, pair)
        name = named.step or named.detail or "(이름 없음)"
        if old is None or new is None:
            amounts = old.amount if old else None, new.amount if new else None
            yield sides.change(Told(SCHEDULE, name), amounts, paths_to(pair, "schedule", "amount"))
            continue
        for field, word in _STEP.items():
            said = getattr(old, field), getattr(new, field)
            yield from sides.tell(Told(SCHEDULE, f"{name} {word}"), said, paths_to(pair, "schedule", field))
    totals = sides.before.figures.schedule_total, sides.after.figures.schedule_total
    yield from sides.tell(Told(SCHEDULE, "계"), totals, ("schedule_total", "schedule_total"))


def _known(*parts: str) -> tuple[str, ...] | None:
    return tuple(map(name_key, parts)) if parts[0] else None


def _results(sides: Sides) -> Iterator[Change]:
    before, after = (side.project.results for side in sides)
    for pair in align(*([(result.year,) for result in side] for side in (before, after))):
        old, new, named = _both(before, after, pair)
        told = Told(EFFECTS, f"{named.year}년 추진실적")
        if (old is None or new is None) and not named.text:
            yield sides.change(told, (None, None), paths_to(pair, "results", "year"))
        texts = old.text if old else (), new.text if new else ()
        yield from sides.texts(told, texts, (f"results/{pair.before}/text", f"results/{pair.after}/text"))


def _settlements(sides: Sides) -> Iterator[Change]:
    before, after = (side.project.settlements for side in sides)
    for pair in align(*([(settled.year,) for settled in side] for side in (before, after))):
        old, new, named = _both(before, after, pair)
        found: list[Change] = []
        for column, word in _SETTLED.items():
            for layer in LAYERS:
                was, now = (None if s is None else getattr(getattr(s, column), layer) for s in (old, new))
                mark = "(x) " if layer == "subsidy" else ""
                told = Told(SETTLEMENT, f"{named.year}년 {mark}{word}")
                paths = paths_to(pair, "settlements", f"{column}/{layer}")
                found += sides.tell(told, (was, now), paths)
        if not found and (old is None or new is None):
            told = Told(SETTLEMENT, f"{named.year}년")
            found.append(sides.change(told, (None, None), paths_to(pair, "settlements", "year")))
        yield from found
