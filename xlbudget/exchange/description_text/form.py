"""The form of the 사업설명서 as paragraphs and tables, filled from a project: what both text and HWPX print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from xlbudget.exchange.description_text import cells, headings
from xlbudget.exchange.description_text.lines import print_line
from xlbudget.exchange.description_text.markup import EMPTY, escape, guarded, hide, hide_raw, unescape
from xlbudget.exchange.description_text.rows import Row, is_decoration
from xlbudget.figures import Amounts, Figures, ItemFigures, LineFigures, Rates
from xlbudget.korean import name_key
from xlbudget.money import PRINTED_UNIT, Rounding, format_amount, format_rate
from xlbudget.project import SETTLEMENT_COLUMNS, Item, Line, Project
from xlbudget.workbook.layout import (
    ROUNDING_WORDS,
    SETTING_ROUNDING,
    TOTAL_LABELS,
    heading_key,
    join_object,
    split_object,
)
from xlbudget.workbook.markers import HEADING_MARKERS, LEAF_MARKERS

ALWAYS_IN, ALWAYS_OUT = ("국비", "시비"), ("구비", "기타")
CONTINUED = "(계속)"
"""Behind a 과목 or a year that runs on from the page before."""
REMARK = "※ 실·국과 부서 이름은 예산서에 적힌 대로이며 지금과 다를 수 있습니다."
UNIT = f"(단위 : {PRINTED_UNIT})"
SETTLEMENT_NAMES = ("최종예산", "전년이월", "예산변경", "예산현액", "집행액", "차년이월", "집행잔액")


class Kind(StrEnum):
    """What a paragraph is."""

    TITLE = "title"
    CHAPTER = "chapter"
    SECTION = "section"
    UNIT = "unit"
    ENTRY = "entry"
    REMARK = "remark"


class Paragraph(NamedTuple):
    """A paragraph; ``text`` as written (see ``markup``)."""

    kind: Kind
    text: str


class Table(NamedTuple):
    """A table: the section it belongs to, its rows, and how many of them are headings."""

    section: str
    rows: tuple[tuple[str, ...], ...]
    headings: int = 0


Block = Paragraph | Table


class Style(NamedTuple):
    """What stands between an amount and its ``(x…)``, a name and its telephone, and two ○ entries of a cell."""

    between: str


def form(project: Project, figures: Figures, style: Style) -> Iterator[Block]:
    """Yield the whole form, section by section."""
    yield Paragraph(Kind.TITLE, _title(project.name))
    yield Paragraph(Kind.CHAPTER, "1 기본 현황")
    yield Paragraph(Kind.SECTION, "사업개요")
    yield Table("outline", tuple(_outline(project, figures, style)))
    yield Paragraph(Kind.SECTION, "사업 담당자")
    yield _people(project, style)
    yield Paragraph(Kind.REMARK, REMARK)
    yield Paragraph(Kind.CHAPTER, "2 예산 설명")
    yield Paragraph(Kind.SECTION, "예산 총괄")
    yield Paragraph(Kind.UNIT, f"(단위 : {PRINTED_UNIT}, %)")
    yield _overview(project, figures, style)
    yield Paragraph(Kind.SECTION, "산출근거")
    yield _derivations(project, figures, style)
    yield Paragraph(Kind.CHAPTER, "3 사업 설명")
    yield from _entries("사업목적", project.purpose)
    yield from _entries("사업근거", project.grounds)
    yield from _entries("사업내용", project.content)
    yield from _entries("추진경위", project.history)
    yield Paragraph(Kind.SECTION, f"{project.said_year('년도 ')}추진일정")
    yield Paragraph(Kind.UNIT, UNIT)
    yield _schedule(project, figures)
    yield Paragraph(Kind.CHAPTER, "4 사업 효과")
    yield Paragraph(Kind.SECTION, "최근 3년 추진실적")
    if project.results:
        yield _results(project, style)
    yield from _entries("향후 기대효과", project.effects)
    yield Paragraph(Kind.CHAPTER, "5 최근 3년 결산 현황")
    yield Paragraph(Kind.UNIT, UNIT)
    yield _settlements(project, style)


def _title(name: str) -> str:
    def reads_back(raw: str) -> bool:
        row = Row(1, (raw,))
        return (
            bool(raw)
            and not is_decoration(row)
            and headings.heading_of(row) is None
            and headings.unit_of(raw) is None
            and headings.document_title(raw) is None
            and not raw.startswith(("#", "|", *HEADING_MARKERS, "-"))
            and ":" not in raw
        )

    return guarded(name, reads_back) if name else EMPTY


def _outline(project: Project, figures: Figures, style: Style) -> Iterator[tuple[str, ...]]:
    def line(label: str, raw: str) -> tuple[str, ...]:
        return (label, raw, "", "")

    def text(said: str) -> str:
        return guarded(said, lambda raw: headings.outline_label(raw) is None)

    if project.round != "본예산":
        yield line("예산구분", text(project.round) or EMPTY)
    yield line("회 계", text(project.account))
    period = cells.print_choice(project.period)
    yield line("사업기간", period if headings.outline_label(period) is None else hide(project.period))
    for label, entry in zip(
        ["사업내용", *[""] * len(project.summary)], project.summary or [""], strict=False
    ):
        yield line(label, cells.print_entries([entry], style.between) if project.summary else "")
    yield from _cost(project, figures)
    if project.subsidy_rate:
        yield line("국비보조율", text(project.subsidy_rate))
    if project.rounding is not Rounding.CEIL:
        yield line(SETTING_ROUNDING, ROUNDING_WORDS[project.rounding])


def _cost(project: Project, figures: Figures) -> Iterator[tuple[str, ...]]:
    """Yield the rows of 사업비: sources in the order of the model, two a row, 예산 외 in rows of their own."""
    sources: list[tuple[bool, str]] = [(f.in_budget, cells.print_source(f)) for f in project.funding]
    named = {(f.in_budget, f.source) for f in project.funding}
    blank_in = [(True, f"({name})") for name in ALWAYS_IN if (True, name) not in named]
    blank_out = [(False, f"({name})") for name in ALWAYS_OUT if (False, name) not in named]
    rows = list(_pairs([*blank_in, *sources] if not sources or sources[0][0] else [*sources, *blank_in]))
    rows += _pairs(blank_out)
    cost = "" if figures.cost is None else f"{format_amount(figures.cost)}{PRINTED_UNIT}"
    first = True
    for in_budget, pair in rows:
        total = cost if first and in_budget else "" if in_budget else cells.OUTSIDE_BUDGET
        yield ("사업비 (당해년도)" if first else "", total, *pair, *[""] * (2 - len(pair)))
        first = False


def _pairs(sources: Sequence[tuple[bool, str]]) -> Iterator[tuple[bool, tuple[str, ...]]]:
    """Yield runs of sources on the same side of the budget, at most two together."""
    at = 0
    while at < len(sources):
        in_budget = sources[at][0]
        width = 2 if at + 1 < len(sources) and sources[at + 1][0] is in_budget else 1
        yield in_budget, tuple(raw for _, raw in sources[at : at + width])
        at += width


def _people(project: Project, style: Style) -> Table:
    office = project.organisation
    persons = (office.head, office.team_leader, office.officer)
    return Table(
        "people",
        (
            ("실·국", "부서명", "과 장", "팀장", "주무관"),
            _row(
                cells.print_office(office.bureau),
                cells.print_office(office.division),
                *(cells.print_person(person, style.between) for person in persons),
            ),
        ),
        headings=1,
    )


def _row(*raw: str) -> tuple[str, ...]:
    """Return the cells of a row of figures or texts, such that it is taken for no heading."""
    row = Row(1, raw, table=True)
    taken = row.filled and (
        headings.heading_of(row) is not None
        or headings.table_of(row) is not None
        or headings.unit_of(" ".join(row.filled)) is not None
    )
    if taken:
        return tuple(map(hide_raw, raw))
    return raw


def _object(item: Item, items: Sequence[Item]) -> str:
    """Return the 과목 of an item as its cells show it."""
    shown = join_object(item.object_code, item.object_name)
    if not shown:
        return EMPTY
    spellings = {join_object(other.object_code, other.object_name) for other in items}
    twins = [text for text in spellings if "".join(text.split()) == "".join(shown.split())]
    blanks = "".join({character for character in shown if character.isspace()}) if len(twins) > 1 else ""
    if shown.endswith(CONTINUED):
        blanks += "("
    raw = escape(shown, blanks)
    if read_object(raw) != (item.object_code, item.object_name):
        raw = f"[{escape(item.object_code, '[]' + blanks)}] {escape(item.object_name, blanks)}"
    return hide(shown) if heading_key(raw) in TOTAL_LABELS else raw


_BRACKETED = re.compile(r"\[([^\[\]]*)\] ?(.*)", re.DOTALL)


def read_object(raw: str) -> tuple[str, str]:
    """Return code and name of a 과목 cell."""
    match = _BRACKETED.fullmatch(raw)
    if match is not None:
        return unescape(match[1]), unescape(match[2])
    return split_object(unescape(raw))


def _overview(project: Project, figures: Figures, style: Style) -> Table:
    previous = project.said_year("예산액 (A)", later=-1, otherwise="전년도 예산액 (A)")
    current = project.said_year("예산액 (B)", otherwise="당해연도 예산액 (B)")
    rows = [
        ("구 분", previous, current, "증감", ""),
        ("", "", "", "(B-A)", "(B-A)*100/A"),
        _figures_row(
            "계",
            figures.total.previous,
            figures.total.current,
            figures.total.change,
            figures.total.rate,
            style,
        ),
    ]
    for item, computed in zip(project.items, figures.items, strict=True):
        row = computed.row
        label = _object(item, project.items)
        rows.append(_figures_row(label, row.previous, row.current, row.change, row.rate, style))
    return Table("overview", tuple(rows), headings=2)


def _figures_row(
    label: str, previous: Amounts, current: Amounts, change: Amounts, rate: Rates, style: Style
) -> tuple[str, ...]:
    pairs = [
        cells.print_pair(pair.total, pair.subsidy, style.between) for pair in (previous, current, change)
    ]
    layer = "(x-)" if rate.subsidy is None else f"(x{_rate(rate.subsidy)})"
    return (label, *pairs, f"{layer}{style.between}{_rate(rate.total)}" if rate.total is not None else layer)


def _rate(value: Decimal | str) -> str:
    """Return a rate with the decimals that it was rounded to."""
    if isinstance(value, str):
        return value
    exponent = value.as_tuple().exponent
    return format_rate(value, max(0, -exponent) if isinstance(exponent, int) else 0)


def _derivations(project: Project, figures: Figures, style: Style) -> Table:
    noted = any(line.note for item in project.items for line in item.derivations)
    last = ("비고",) if noted else ()
    rows: list[tuple[str, ...]] = [("과목구분", f"{project.said_year('년 ')}예산내역", "", "", *last)]
    for item, computed in zip(project.items, figures.items, strict=True):
        rows.extend(_item_rows(item, computed, project, style, noted=noted))
    return Table("derivations", tuple(rows), headings=1)


def _item_rows(
    item: Item, computed: ItemFigures, project: Project, style: Style, *, noted: bool
) -> Iterator[tuple[str, ...]]:
    label = _object(item, project.items)
    for line, figure in zip(item.derivations, computed.lines, strict=True):
        text = print_line(line, project.rounding)
        amount = _line_amount(line, figure, style)
        yield _row(label, text, "=", amount, *([escape(line.note)] if noted else []))
        label = ""
    twin = sum(name_key(other.object_name) == name_key(item.object_name) for other in project.items) > 1
    if not item.derivations and twin:
        yield _row(label, "", "", "", *([""] if noted else []))


def _line_amount(line: Line, figure: LineFigures, style: Style) -> str:
    total = "" if figure.amount is None else f"{format_amount(figure.amount)}{PRINTED_UNIT}"
    if line.subsidy is None:
        return total
    layer = cells.print_pair(None, line.subsidy)
    return f"{layer}{style.between}{total}" if total else layer


_DASH = re.compile(rf"^(?:[{re.escape(LEAF_MARKERS)}](?!\d)\s*|\*\s+)")


def print_entry(text: str) -> str:
    """Return a line of a narrative section: ``- 글``, or with its own mark where the text brings one."""
    own = text[:1] in HEADING_MARKERS if text else False
    for raw in (escape(text), f"- {escape(text)}") if own else (f"- {escape(text)}",):
        row = Row(1, (raw.strip(),))
        if not is_decoration(row) and headings.heading_of(row) is None and read_entry(row) == text:
            return row.cells[0]
    return f"- {hide(text)}"


def read_entry(row: Row) -> str:
    """Return the text of a line of a narrative section, without a mark ``-`` or ``*`` before it."""
    return unescape(_DASH.sub("", " | ".join(row.filled), count=1))


def _entries(title: str, texts: Iterable[str]) -> Iterator[Paragraph]:
    yield Paragraph(Kind.SECTION, title)
    for text in texts:
        yield Paragraph(Kind.ENTRY, print_entry(text))


def _schedule(project: Project, figures: Figures) -> Table:
    rows: list[tuple[str, ...]] = [
        ("사업추진절차", "추진기간", "예산집행금액", "추진세부내용"),
        ("계", "", format_amount(figures.schedule_total), ""),
    ]
    for step in project.schedule:
        name = guarded(step.step, lambda raw: heading_key(raw) not in TOTAL_LABELS) if step.step else ""
        row = (
            name,
            cells.print_period(step.start, step.end),
            format_amount(step.amount),
            escape(step.detail),
        )
        rows.append(_row(*row) if any(row) else (EMPTY, "", "", ""))
    return Table("schedule", tuple(rows), headings=1)


def _results(project: Project, style: Style) -> Table:
    rows = [
        _row(f"{year.year}년도", cells.print_entries(year.text, style.between)) for year in project.results
    ]
    return Table("results", tuple(rows))


def _settlements(project: Project, style: Style) -> Table:
    rows: list[tuple[str, ...]] = [("연도", *SETTLEMENT_NAMES)]
    for settled in project.settlements:
        pairs = (getattr(settled, column) for column in SETTLEMENT_COLUMNS)
        rows.append(
            (str(settled.year), *(cells.print_pair(p.total, p.subsidy, style.between) for p in pairs))
        )
    return Table("settlement", tuple(rows), headings=1)
