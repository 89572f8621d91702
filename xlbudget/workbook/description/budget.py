"""Chapter 2, 예산 설명: 예산 총괄 by 과목, and the derivation of each amount."""

from __future__ import annotations

from collections.abc import Iterator

from xlbudget.figures import ItemFigures, RowFigures
from xlbudget.project import Item, Line
from xlbudget.workbook.description.draft import (
    EQ,
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
    one_table,
    section,
)
from xlbudget.workbook.markers import DEFAULT_MARKERS
from xlbudget.workbook.pages import Box, Row, Unit, labelled, table_units
from xlbudget.workbook.styles import named
from xlbudget.workbook.text import stretched

SUBSIDY_ROW, AMOUNT_ROW = 12.75, 16.5
_LABEL, _SUM_LABEL, _LOWER_HEAD = named("항목"), named("항목 계"), named("머리 아래")
_LINE = (named("산출 ○"), named("산출 -"))
_LINE_AMOUNT = (named("산출금액 ○"), named("산출금액 -"))
_EQUALS = named("등호")
_COLUMNS = (("previous", D, E), ("current", F, G), ("change", H, EQ), ("rate", J, J))
_STYLES = {
    (rate, total): (named(upper + suffix), named(lower + suffix))
    for rate, upper, lower in ((False, "지원액", "금액"), (True, "지원율", "비율"))
    for total, suffix in ((False, ""), (True, " 계"))
}


def budget(draft: Draft) -> Iterator[Unit]:
    """Yield the second chapter."""
    yield from chapter(2, "예산 설명")
    yield from section("예산 총괄", "천원, %", first=True)
    yield from table_units(one_table(_overview_head(draft)), list(_overview(draft)))
    yield from section("산출근거")
    head = draft.head(heading(A, C, "과목구분"), heading(D, J, f"{draft.project.said_year('년 ')}예산내역"))
    yield from table_units(one_table([head]), list(_derivations(draft)) or [draft.nothing()])


def _overview_head(draft: Draft) -> tuple[Row, Row]:
    project = draft.project
    previous = project.said_year("예산액\n(A)", later=-1, otherwise="전년도 예산액\n(A)")
    current = project.said_year("예산액\n(B)", otherwise="당해연도 예산액\n(B)")
    if project.is_supplementary:
        previous, current = "기정예산액\n(A)", "경정예산액\n(B)"
    above = (
        heading(A, C, "구 분", 2),
        heading(D, E, previous, 2),
        heading(F, G, current, 2),
        heading(H, J, "증감"),
    )
    below = (Box(H, EQ, "(B-A)", _LOWER_HEAD), Box(J, J, "(B-A)*100/A", _LOWER_HEAD))
    need = max(draft.height(str(box.content), box.left, box.right, box.style) for box in above)
    upper, lower = stretched((18.0, draft.head(*below).height), need)
    return Row(upper, above), Row(lower, below)


def _overview(draft: Draft) -> Iterator[Unit]:
    items = draft.project.items
    yield _pair(draft, "total", "계", draft.figures.total, total=True)._replace(keep=True)
    for index, (item, figures) in enumerate(zip(items, draft.figures.items, strict=True)):
        yield _pair(draft, f"items/{index}", item.object_name, figures.row)
    if not items:
        yield draft.nothing()


def _pair(draft: Draft, path: str, name: str, figures: RowFigures, *, total: bool = False) -> Unit:
    """Return the two rows of a 과목: the ``(x…)`` figures over the amounts, its name beside both."""
    label = draft.label(name, style=_SUM_LABEL if total else _LABEL)
    upper = [Box(A, C, label.text, label.style, 2)]
    lower = []
    for key, left, right in _COLUMNS:
        above, below = _STYLES[key == "rate", total]
        both = getattr(figures, key)
        upper.append(Box(left, right, draft.subsidy(f"{path}/{key}/subsidy", both.subsidy), above))
        lower.append(Box(left, right, draft.amount(f"{path}/{key}/total", both.total), below))
    high, low = stretched((SUBSIDY_ROW, AMOUNT_ROW), label.need)
    return Unit((Row(high, tuple(upper)), Row(low, tuple(lower))))


def _derivations(draft: Draft) -> Iterator[Unit]:
    for index, (item, figures) in enumerate(zip(draft.project.items, draft.figures.items, strict=True)):
        if item.derivations:
            yield from labelled(draft.label(item.object_name), _lines(draft, index, item, figures))


def _lines(draft: Draft, index: int, item: Item, figures: ItemFigures) -> list[Unit]:
    """Return the lines of an item; a heading stays with the first line below it."""
    units: list[Unit] = []
    for at, line in enumerate(item.derivations):
        rows = _line_rows(draft, f"items/{index}/derivations/{at}", line, figures.lines[at].amount)
        units.extend(Unit((row,)) for row in rows)
        if figures.lines[at].children:
            units[-1] = units[-1]._replace(keep=True)
    return units


def _line_rows(draft: Draft, path: str, line: Line, amount: int | None) -> tuple[Row, ...]:
    level = 1 if line.is_remark else min(line.depth, 1)
    mark = line.marker.strip() or DEFAULT_MARKERS[min(line.depth, len(DEFAULT_MARKERS) - 1)]
    text = f"{'  ' * max(line.depth - 1, 0)}{mark} {_said(line)}"
    return draft.rows(
        Box(D, H, text, _LINE[level]),
        Box(EQ, EQ, None if amount is None else "=", _EQUALS),
        Box(J, J, draft.amount(f"{path}/amount", amount), _LINE_AMOUNT[level]),
        figures_last=True,
    )


def _said(line: Line) -> str:
    """Return what a line says, without its result: that stands in a column of its own."""
    return " ".join(part for part in (line.label, line.expression) if part)
