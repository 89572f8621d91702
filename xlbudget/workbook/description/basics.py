"""Chapter 1, 기본 현황: 사업개요 with the year's cost by source, and who is in charge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from xlbudget.edits import Content, Formula
from xlbudget.korean import name_key
from xlbudget.project import Person
from xlbudget.workbook.description.draft import (
    OPEN,
    A,
    C,
    D,
    Draft,
    E,
    F,
    G,
    H,
    J,
    chapter,
    heading,
    line_table,
    one_table,
    section,
)
from xlbudget.workbook.pages import Box, Row, Unit, labelled, table_units
from xlbudget.workbook.places import reference
from xlbudget.workbook.styles import named

_LABEL, _TEXT, _CENTRE, _NOTE = named("항목"), named("글"), named("글 가운데"), named("주석")
_COST = named("사업비")
_SOURCES = {source: named(f"재원 {source}") for source in ("국비", "시비", "구비", "기타")}
_PERIODS = frozenset({"신규", "계속", "연례반복", "기간"})
_ALWAYS_IN, _ALWAYS_OUT = ("국비", "시비"), ("구비", "기타")
_SLOTS = ((F, G), (H, J))
_LONGEST_SOURCE = 100
_DISCLAIMER = "※ 실·국과 부서 이름은 예산서를 따른 것으로, 지금의 조직과 다를 수 있습니다."


def basics(draft: Draft) -> Iterator[Unit]:
    """Yield the first chapter."""
    yield from chapter(1, "기본 현황")
    yield from section("사업개요", first=True)
    yield from table_units(one_table([OPEN]), list(_outline(draft)))
    yield from section("사업 담당자")
    yield from _in_charge(draft)


def _outline(draft: Draft) -> Iterator[Unit]:
    project = draft.project
    yield _line(draft, "회 계", project.account)
    period = project.period.strip()
    yield _line(draft, "사업기간", f"☑ {period}" if period in _PERIODS else period)
    lines = line_table(draft, project.summary)
    yield from labelled(draft.label("사업내용"), [Unit((row,)) for rows in lines for row in rows])
    label = draft.label("사업비\n(당해년도)")
    yield from labelled(label, [Unit(_cost(draft))])
    if project.subsidy_rate.strip():
        yield _line(draft, "국비보조율", project.subsidy_rate.strip())


def _line(draft: Draft, label: str, text: str) -> Unit:
    return Unit(draft.rows(Box(A, C, label, _LABEL), Box(D, J, text or None, _TEXT)))


class _Source(NamedTuple):
    """A source of funds: its name, and the figures that bear it (path and 천원)."""

    name: str
    figures: tuple[tuple[str, int], ...]


def _sources(draft: Draft, in_budget: bool, always: Sequence[str]) -> list[_Source]:
    """Return the sources on one side: those that the form always shows first, each name once."""
    found: dict[str, _Source] = {name: _Source(name, ()) for name in always}
    for index, funding in enumerate(draft.project.funding):
        if funding.in_budget is in_budget:
            key = name_key(funding.source)
            name, figures = found.get(key, _Source(funding.source.strip(), ()))
            found[key] = _Source(name, (*figures, (f"funding/{index}/amount", funding.amount)))
    return list(found.values())


def _cost(draft: Draft) -> tuple[Row, ...]:
    """Return the rows of 사업비: the total beside its sources, then the sources outside the budget."""
    inside = _slot_rows(draft, _sources(draft, True, _ALWAYS_IN))
    outside = _slot_rows(draft, _sources(draft, False, _ALWAYS_OUT))
    total = Box(D, E, draft.amount("cost/total", draft.figures.cost), _COST, len(inside))
    other = Box(D, E, "기타 (예산 외)", _TEXT, len(outside))
    return (
        Row(18.0, (total, *inside[0])), *(Row(18.0, boxes) for boxes in inside[1:]),
        Row(18.0, (other, *outside[0])), *(Row(18.0, boxes) for boxes in outside[1:]),
    )  # fmt: skip


def _slot_rows(draft: Draft, sources: Sequence[_Source]) -> list[tuple[Box, ...]]:
    rows = []
    for first in range(0, len(sources), len(_SLOTS)):
        pair: list[_Source | None] = [*sources[first : first + len(_SLOTS)], None]
        rows.append(tuple(_slot(draft, source, *slot) for source, slot in zip(pair, _SLOTS, strict=False)))
    return rows


def _slot(draft: Draft, source: _Source | None, left: int, right: int) -> Box:
    if source is None:
        return Box(left, right, None, _TEXT)
    total = sum(amount for _, amount in source.figures)
    terms = _terms(draft, source)
    style = _SOURCES.get(source.name)
    if style is not None:
        return Box(left, right, Formula(terms, total) if terms else total, style)
    return Box(left, right, _named_source(source.name, terms, total), _SOURCES["기타"])


def _terms(draft: Draft, source: _Source) -> str:
    """Return the cells of a source as a formula, added up; nothing where one of them has no cell."""
    places = [draft.cells.place(path) for path, _ in source.figures]
    return "+".join(reference(place) for place in places if place) if all(places) else ""


def _named_source(name: str, terms: str, total: int) -> Content:
    """Return ``(도비) 1,200천원`` as a formula: sources without a number format of their own."""
    amount = f"{'△' if total < 0 else ''}{abs(total):,}천원"
    shown = f"({name}) {amount}" if total else f"({name})"
    if not terms or len(name) > _LONGEST_SOURCE:
        return shown
    quoted = name.replace('"', '""')
    form = '"#,##0""천원"";""△""#,##0""천원"""'
    return Formula(f'"({quoted})"&IF({terms}=0,""," "&TEXT({terms},{form}))', shown)


def _in_charge(draft: Draft) -> Iterator[Unit]:
    office = draft.project.organisation
    head = draft.head(
        heading(A, C, "실·국"), heading(D, E, "부서명"), heading(F, F, "과 장"),
        heading(G, G, "팀 장"), heading(H, J, "주무관"),
    )  # fmt: skip
    rows = draft.rows(
        Box(A, C, office.bureau or None, _CENTRE),
        Box(D, E, office.division or None, _CENTRE),
        Box(F, F, _person(office.head), _CENTRE),
        Box(G, G, _person(office.team_leader), _CENTRE),
        Box(H, J, _person(office.officer), _CENTRE),
        least=31.5,
    )
    *units, last = table_units(one_table([head]), [Unit(rows)])
    yield from units
    yield last._replace(keep=True)
    yield Unit((Row(max(17.25, draft.height(_DISCLAIMER, A, J, _NOTE)), (Box(A, J, _DISCLAIMER, _NOTE),)),))


def _person(person: Person) -> str | None:
    return "\n".join(part for part in (person.name.strip(), person.phone.strip()) if part) or None
