"""Every derived amount of a project: lines, items, totals, changes and rates, in both layers.

Amounts are whole 천원. Nothing written stays ``None``: a sum passes over it, and a sum of nothing is
``None``. Each line is rounded once, then lines are summed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from xlbudget.derivation import Derivation, derive
from xlbudget.grid import CellError, Value
from xlbudget.money import NumberUnreadable, read_amount
from xlbudget.project import Line, Pair, Project, Settlement


@dataclass(frozen=True, slots=True)
class Settings:
    """What a workbook says on its hidden sheet 설정: how it prints what has no rule, and when a check speaks.

    ``least_executed`` is the rate of execution in percent below which a settled year is pointed out, of the
    money that was not carried over; ``None`` for never. ``share_tolerance`` are the percentage points by which
    the (x) share may differ from the subsidy rate.
    """

    rate_decimals: int = 1
    from_nothing: str = "순증"
    to_nothing: str = ""
    least_executed: Decimal | None = Decimal(30)
    share_tolerance: Decimal = Decimal("0.5")


class Amounts(NamedTuple):
    """An amount and its subsidy layer, 천원."""

    total: int | None = None
    subsidy: int | None = None


class Rates(NamedTuple):
    """A rate of change in percentage points, or a word such as 순증, in both layers."""

    total: Decimal | str | None = None
    subsidy: Decimal | str | None = None


@dataclass(frozen=True, slots=True)
class LineFigures:
    """A line of 산출근거: its amount, the lines directly below it, and its own expression if it has one."""

    amount: int | None
    children: tuple[int, ...]
    derivation: Derivation | None


@dataclass(frozen=True, slots=True)
class RowFigures:
    """A row of 예산총괄: last year's amount A, this year's B, the change and its rate."""

    previous: Amounts
    current: Amounts
    change: Amounts
    rate: Rates


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """A budget item: its row of 예산총괄 and its lines."""

    row: RowFigures
    lines: tuple[LineFigures, ...]


@dataclass(frozen=True, slots=True)
class SettlementCheck:
    """What is left of the two identities of a settled year; 0 where they hold exactly."""

    available: Amounts
    unspent: Amounts


class Kept(NamedTuple):
    """A sum that somebody typed into a supplementary budget, and what is printed of it, ``None`` for nothing.

    ``short``: less than what is printed, although nothing that is printed is negative.
    """

    typed: int
    printed: int | None
    short: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """All derived amounts of a project. ``cost`` is 사업비, the total of this year's items.

    ``kept`` are the sums of a supplementary budget that were typed, by path: only lines that change are printed
    there, so that a sum may be more than its printed parts.
    """

    items: tuple[ItemFigures, ...]
    total: RowFigures
    cost: int | None
    funding_in: int | None
    funding_out: int | None
    schedule_total: int | None
    settlement_checks: tuple[SettlementCheck, ...]
    kept: Mapping[str, Kept] = field(default_factory=dict)


def compute(project: Project, settings: Settings | None = None) -> Figures:
    """Return every derived amount of a project."""
    settings = settings or Settings()
    sums = _Sums(project)
    items = tuple(_item(index, project, settings, sums) for index in range(len(project.items)))
    previous = sums.layers("total/previous", [item.row.previous for item in items])
    current = sums.layers("total/current", [item.row.current for item in items])
    total = _row(previous, current, settings)
    return Figures(
        items=items,
        total=total,
        cost=sums.of("cost/total", [total.current.total]),
        funding_in=sum_written(source.amount for source in project.funding if source.in_budget),
        funding_out=sum_written(source.amount for source in project.funding if not source.in_budget),
        schedule_total=sums.of("schedule_total", [step.amount for step in project.schedule]),
        settlement_checks=tuple(_settlement(year) for year in project.settlements),
        kept=sums.kept,
    )


class _Sums:
    """Sums of what is written; of a supplementary budget the typed ones where they differ."""

    def __init__(self, project: Project) -> None:
        self.kept: dict[str, Kept] = {}
        self._typed = project.evidence.typed if project.is_supplementary else {}

    def of(self, path: str, parts: Sequence[int | None]) -> int | None:
        """Return the sum that stands at a path."""
        printed = sum_written(parts)
        typed = self._typed.get(path) if self._typed else None
        amount = None if typed is None or typed.formula is not None else _whole(typed.value)
        if amount is None or amount == printed:
            return printed
        positive = all(part is None or part >= 0 for part in parts)
        self.kept[path] = Kept(amount, printed, printed is not None and positive and amount < printed)
        return amount

    def layers(self, path: str, pairs: Sequence[Amounts]) -> Amounts:
        """Return the sum of amounts and that of their subsidies."""
        return Amounts(
            self.of(f"{path}/total", [pair.total for pair in pairs]),
            self.of(f"{path}/subsidy", [pair.subsidy for pair in pairs]),
        )


def _whole(value: Value) -> int | None:
    """Return the whole number that a cell says, also as text; ``None`` for anything else."""
    if isinstance(value, bool | CellError) or value is None:
        return None
    try:
        number = read_amount(value) if isinstance(value, str) else Fraction(value)
    except NumberUnreadable:
        return None
    return None if number is None or number.denominator != 1 else int(number)


def sum_written(amounts: Iterable[int | None]) -> int | None:
    """Return the sum of what is written, ``None`` where nothing is."""
    written = [amount for amount in amounts if amount is not None]
    return sum(written) if written else None


def _item(index: int, project: Project, settings: Settings, sums: _Sums) -> ItemFigures:
    item, path = project.items[index], f"items/{index}"
    lines = _line_figures(item.derivations, project, sums, f"{path}/derivations")
    top = [
        figures.amount for figures, depth in zip(lines, depths(item.derivations), strict=True) if depth == 0
    ]
    current = Amounts(sums.of(f"{path}/current/total", top), item.current_subsidy)
    return ItemFigures(_row(Amounts(item.previous.total, item.previous.subsidy), current, settings), lines)


def depths(lines: tuple[Line, ...]) -> list[int]:
    """Return how deep each line counts: one below the nearest line above that is less deep; -1 for a remark."""
    counted: list[int] = []
    path: list[int] = []
    for line in lines:
        if line.is_remark:
            counted.append(-1)
            continue
        while path and path[-1] >= line.depth:
            path.pop()
        counted.append(len(path))
        path.append(line.depth)
    return counted


def _line_figures(
    lines: tuple[Line, ...], project: Project, sums: _Sums, path: str
) -> tuple[LineFigures, ...]:
    """Return the amounts of an item's lines, headings as the sum of the lines directly below."""
    levels = depths(lines)
    children: list[list[int]] = [[] for _ in lines]
    above: list[int] = []
    for index, depth in enumerate(levels):
        if depth < 0:
            continue
        del above[depth:]
        if above:
            children[above[-1]].append(index)
        above.append(index)
    amounts: list[int | None] = [None] * len(lines)
    derivations: list[Derivation | None] = [
        derive(line.expression, project.rounding) if line.expression else None for line in lines
    ]
    for index in range(len(lines) - 1, -1, -1):
        own = derivations[index]
        if children[index] or (own is None and not lines[index].is_remark):
            amounts[index] = sums.of(f"{path}/{index}/amount", [amounts[child] for child in children[index]])
        elif own is not None:
            amounts[index] = own.amount
    return tuple(
        LineFigures(amounts[index], tuple(children[index]), derivations[index]) for index in range(len(lines))
    )


def _row(previous: Amounts, current: Amounts, settings: Settings) -> RowFigures:
    change = Amounts(
        _difference(current.total, previous.total), _difference(current.subsidy, previous.subsidy)
    )
    rates = Rates(
        rate(previous.total, current.total, settings), rate(previous.subsidy, current.subsidy, settings)
    )
    return RowFigures(previous, current, change, rates)


def _difference(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


def rate(previous: int | None, current: int | None, settings: Settings) -> Decimal | str | None:
    """Return (B-A)*100/A rounded half away from zero; a word where A is 0, 0 where both are."""
    if previous is None or current is None:
        return None
    if previous == current:
        return Decimal(0)
    if previous == 0:
        return settings.from_nothing
    if current == 0 and settings.to_nothing:
        return settings.to_nothing
    exact = Fraction((current - previous) * 100, previous)
    return round_half_up(exact, settings.rate_decimals)


def round_half_up(value: Fraction, decimals: int) -> Decimal:
    """Round an exact number half away from zero."""
    scale = 10**decimals
    units = (2 * abs(value.numerator) * scale + value.denominator) // (2 * value.denominator)
    return Decimal(units if value >= 0 else -units).scaleb(-decimals)


def _settlement(year: Settlement) -> SettlementCheck:
    def layer(name: str) -> tuple[int | None, int | None]:
        def figure(pair: Pair) -> int | None:
            value: int | None = getattr(pair, name)
            return value

        inputs = [figure(year.final_budget), figure(year.carried_in), figure(year.changes)]
        uses = [figure(year.executed), figure(year.carried_over)]
        available, unspent = figure(year.available), figure(year.unspent)
        first = (
            None
            if available is None or any(v is None for v in inputs)
            else available - sum(v for v in inputs if v is not None)
        )
        second = (
            None
            if available is None or unspent is None or any(v is None for v in uses)
            else unspent - (available - sum(v for v in uses if v is not None))
        )
        return first, second

    (total_a, total_u), (subsidy_a, subsidy_u) = layer("total"), layer("subsidy")
    return SettlementCheck(Amounts(total_a, subsidy_a), Amounts(total_u, subsidy_u))


def as_json(figures: Figures) -> dict[str, Any]:
    """Return the computed amounts as the export shows them under ``figures``."""

    def rates(value: Decimal | str | None) -> str | None:
        return None if value is None else str(value)

    def row(value: RowFigures) -> dict[str, Any]:
        return {
            "previous": value.previous._asdict(),
            "current": value.current._asdict(),
            "change": value.change._asdict(),
            "rate": {"total": rates(value.rate.total), "subsidy": rates(value.rate.subsidy)},
        }

    return {
        "cost": figures.cost,
        "funding": {"in_budget": figures.funding_in, "outside": figures.funding_out},
        "total": row(figures.total),
        "items": [
            {**row(item.row), "derivations": [line.amount for line in item.lines]} for item in figures.items
        ],
        "schedule_total": figures.schedule_total,
    }
