"""All sums of a project as two systems of the balance engine: the settled years, and this year's budget.

The settled years are printed rounded, the budget is in whole 천원 throughout, so each has its own precision.
A system is compiled once for each shape of project. What stands in a computed cell counts where somebody
typed it; a cell that we fill, or that holds a formula, is free. Last year's workbook, when given, prints many
of the same figures again; its figures go by the same paths with ``last/`` before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from xlbudget.checks.balance import Hints, Identity, Precision, System
from xlbudget.checks.case import LAST, Case
from xlbudget.checks.identities import Shape, identities_of, shape_of
from xlbudget.checks.last_year import Pair, same_items, same_years
from xlbudget.project import LAYERS, SETTLEMENT_COLUMNS, settlement_figures

_HALF = Fraction(1, 2)
_SIGNED = "changes"
_TYPED, _CONFIRMED = 2, 3
"""The weights of a figure that people type, where a number in a cell of ours weighs 1, and of one that other
figures confirm.
"""
Record = Mapping[str, int | Decimal | None]


class Linked(NamedTuple):
    """A system, what it is to know of the paper, and how its figures are printed."""

    system: System
    hints: Hints
    precision: Precision


def settled_years(case: Case) -> tuple[Linked, Record] | None:
    """Return the system of the settled years with what is written there; ``None`` without any."""
    project = case.project
    if not project.settlements:
        return None
    record = dict(_written_years(case.project.settlements))
    subsidies = any(value is not None for path, value in record.items() if path.endswith("/subsidy"))
    shared = same_years(case)
    if case.last is not None and shared:
        for path, value in _written_years(case.last.project.settlements):
            record[LAST + path] = value
    years = tuple(settled.year for settled in project.settlements)
    layers = LAYERS if subsidies else LAYERS[:1]
    return _years(years, layers, shared), record


def _written_years(settlements: tuple[object, ...]) -> Iterator[tuple[str, int | None]]:
    for index, settled in enumerate(settlements):
        yield from settlement_figures(settled, index)  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _years(years: tuple[int, ...], layers: tuple[str, ...], shared: tuple[Pair, ...]) -> Linked:
    shape = Shape(supplementary=True, items=(), funding=(), steps=(), years=years)
    found = [
        _equality(f"{one.code} {one.target} {n}", one.target, one.parts)
        for n, one in enumerate(identities_of(shape))
        if one.target.rpartition("/")[2] in layers
    ]
    order = [f"settlements/{i}/{column}/{layer}" for i in range(len(years)) for layer in layers for column in SETTLEMENT_COLUMNS]  # fmt: skip
    for path in order:
        if f"/{_SIGNED}/" in path:
            continue
        if path.endswith("/total"):
            found.append(Identity(f"BUD-N01 {path}", {path: 1}, ">="))
        else:
            total = path.replace("/subsidy", "/total")
            # Half a unit each, as everywhere: 0 and (x-1) still print the same amount.
            found.append(Identity(f"BUD-X01 {path} 0", {path: 1}, ">=", _HALF))
            found.append(Identity(f"BUD-X01 {path}", {total: 1, path: -1}, ">="))
    found += _last_years(shared, layers)
    return Linked(System(found, order=order), _year_hints(years, layers), Precision("nearest"))


def _last_years(shared: tuple[Pair, ...], layers: tuple[str, ...]) -> Iterator[Identity]:
    """The years printed in both workbooks: the same in every cell, and with the same sums within a year."""
    for here, there in shared:
        for name in SETTLEMENT_COLUMNS:
            for layer in layers:
                path, other = f"settlements/{here}/{name}/{layer}", f"settlements/{there}/{name}/{layer}"
                yield Identity(f"BUD-T02 {path}", {path: 1, LAST + other: -1})
    ours = {there: here for here, there in shared}
    for one in identities_of(Shape(True, (), (), (), tuple(range(max(ours, default=-1) + 1)))):
        _, number, column, layer = one.target.split("/")
        if int(number) in ours and layer in layers and column != "carried_in":
            parts = tuple((sign, LAST + path) for sign, path in one.parts)
            yield _equality(f"last {one.code} {one.target}", LAST + one.target, parts)


def _equality(name: str, target: str, parts: tuple[tuple[int, str], ...]) -> Identity:
    return Identity(name, {target: -1} | {path: sign for sign, path in parts})


def _year_hints(years: tuple[int, ...], layers: tuple[str, ...]) -> Hints:
    """Adjacent columns and years, total and (x), and the same cell a year before."""
    swappable: list[tuple[str, str]] = []
    neighbours: dict[str, tuple[str, ...]] = {}
    for layer in layers:
        rows = [[f"settlements/{i}/{c}/{layer}" for c in SETTLEMENT_COLUMNS] for i in range(len(years))]
        for row in rows:
            swappable += pairwise(row)
        for above, below in pairwise(rows):
            swappable += zip(above, below, strict=True)
            neighbours |= {new: (old,) for old, new in zip(above, below, strict=True)}
    cells = [f"settlements/{i}/{c}" for i in range(len(years)) for c in SETTLEMENT_COLUMNS]
    if len(layers) > 1:
        swappable += [(f"{cell}/total", f"{cell}/subsidy") for cell in cells]
    signed = {f"{cell}/{layer}" for cell in cells if cell.endswith(_SIGNED) for layer in layers}
    return Hints(swappable, neighbours, signed)


def budget(case: Case) -> tuple[Linked, Record]:
    """Return the system of this year's budget with what is written there.

    Items whose lines are nothing but expressions stand in it as one figure each, ``items/0/lines``: their lines
    cannot be told apart by sums, and many lines would make many systems of equal suspects.
    """
    lumped = tuple(i for i in range(len(case.project.items)) if _is_lump(case, i))
    linked = _budget(
        shape_of(case.project), same_items(case), lumped, _subsidised(case), _was_confirmed(case)
    )
    return linked, _written_budget(case)


def _was_confirmed(case: Case) -> bool:
    """Whether last year's amounts were confirmed in their own workbook: its sources add up to its cost."""
    if case.last is None:
        return False
    sources = [source.amount for source in case.last.project.funding if source.in_budget]
    return bool(sources) and sum(sources) == case.last.figures.cost


def _subsidised(case: Case) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return the items of whose lines some have an (x) amount, with those of their lines that count."""
    if case.project.is_supplementary:
        return ()
    found = []
    for i, item in enumerate(case.project.items):
        leaves = tuple(j for j, line in enumerate(case.figures.items[i].lines) if not line.children)
        if item.current_subsidy is not None and any(item.derivations[j].subsidy is not None for j in leaves):
            found.append((i, leaves))
    return tuple(found)


def _is_lump(case: Case, index: int) -> bool:
    lines = case.figures.items[index].lines
    written = case.project.items[index].derivations
    return any(line.amount is not None for line in lines) and all(
        line.is_remark
        or (
            figures.amount is not None
            and line.stated in (None, figures.amount)
            and not (figures.children and figures.derivation is not None)
            and f"items/{index}/derivations/{j}/amount" not in case.written
        )
        for j, (figures, line) in enumerate(zip(lines, written, strict=True))
    )


@lru_cache(maxsize=64)
def _budget(
    shape: Shape,
    shared: tuple[Pair, ...],
    lumped: tuple[int, ...],
    subsidised: tuple[tuple[int, tuple[int, ...]], ...],
    confirmed: bool,
) -> Linked:
    lines = [
        f"items/{i}/derivations/{j}"
        for i, levels in enumerate(shape.items)
        for j, depth in enumerate(levels)
        if i not in lumped and depth >= 0
    ]
    within = tuple(f"items/{i}/derivations/" for i in lumped)
    # A step without an amount may have any: it stands in the sum as a free figure.
    steps = tuple((1, f"schedule/{i}/amount") for i, written in enumerate(shape.steps) if not written)
    found = [
        _equality(
            f"{one.code} {one.target} {n}",
            one.target,
            (*one.parts, *steps) if one.code == "BUD-P01" else one.parts,
        )
        for n, one in enumerate(identities_of(shape))
        if not one.target.startswith("settlements/") and not one.parts[0][1].startswith(within)
    ]
    for i in lumped:
        found += [
            _equality(f"{copy} {i}", f"items/{i}/current/total", ((1, f"items/{i}/{copy}"),))
            for copy in ("lines", "stated")
        ]
    for line in lines:
        found += [
            Identity(f"BUD-C02 {line}/{copy}", {f"{line}/amount": 1, f"{line}/{copy}": -1})
            for copy in ("text", "stated")
        ]
    for i, leaves in subsidised:
        parts = tuple((1, f"items/{i}/derivations/{j}/subsidy") for j in leaves)
        found.append(_equality(f"BUD-C01 {i} (x)", f"items/{i}/current/subsidy", parts))
        found += [Identity(f"BUD-X01 {path} 0", {path: 1}, ">=") for _, path in parts]
    rows = [f"items/{i}/{group}" for i in range(len(shape.items)) for group in ("previous", "current")]
    if not shape.supplementary:
        positive = [f"funding/{i}/amount" for i in range(len(shape.funding))]
        positive += [f"schedule/{i}/amount" for i, written in enumerate(shape.steps) if written]
        positive += [f"{row}/{layer}" for row in rows for layer in LAYERS]
        found += [Identity(f"BUD-N01 {path}", {path: 1}, ">=") for path in positive]
        found += [
            Identity(f"BUD-X01 {row}/subsidy", {f"{row}/total": 1, f"{row}/subsidy": -1}, ">=")
            for row in rows
        ]
    for here, there in shared:
        for layer in LAYERS:
            path = f"items/{here}/previous/{layer}"
            found.append(Identity(f"BUD-T02 {path}", {path: 1, f"{LAST}items/{there}/current/{layer}": -1}))
    filled = _computed(shape, lines)
    weights = {f: _TYPED for one in found for f in one.terms if f not in filled}
    if confirmed:
        weights |= {f: _CONFIRMED for f in weights if f.startswith(LAST)}
    return Linked(System(found, weights=weights), _budget_hints(rows, lines), Precision("exact"))


def _computed(shape: Shape, lines: list[str]) -> set[str]:
    """The figures whose cells we fill: a number typed there is suspected before those that it comes from."""
    cells = {"cost/total", "schedule_total", *(f"{line}/amount" for line in lines)}
    for row in (*(f"items/{i}" for i in range(len(shape.items))), "total"):
        cells |= {f"{row}/current/total", *(f"{row}/change/{layer}" for layer in LAYERS)}
    return cells | {f"total/{group}/{layer}" for group in ("previous", "current") for layer in LAYERS}


def _budget_hints(rows: list[str], lines: list[str]) -> Hints:
    swappable = [(f"{row}/total", f"{row}/subsidy") for row in rows]
    signed = {f"{row.rpartition('/')[0]}/lines" for row in rows}
    signed |= {f"{line}/{part}" for line in lines for part in ("text", "stated", "amount")}
    signed |= {f"{row.rpartition('/')[0]}/change/{layer}" for row in (*rows, "total/x") for layer in LAYERS}
    return Hints(swappable, {}, signed)


def _written_budget(case: Case) -> dict[str, int | Decimal | None]:
    project = case.project
    record: dict[str, int | Decimal | None] = dict(case.written)
    for i, item in enumerate(project.items):
        for layer in LAYERS:
            record[f"items/{i}/previous/{layer}"] = getattr(item.previous, layer)
        record[f"items/{i}/current/subsidy"] = item.current_subsidy
        lines = case.figures.items[i].lines
        total = record[f"items/{i}/lines"] = case.figures.items[i].row.current.total
        # Where every line states its amount too, each of them has been written twice.
        twice = all(
            line.stated is not None or f.children or line.is_remark
            for line, f in zip(item.derivations, lines, strict=True)
        )
        record[f"items/{i}/stated"] = total if twice else None
        for j, line in enumerate(item.derivations):
            own = case.figures.items[i].lines[j].derivation
            record[f"items/{i}/derivations/{j}/text"] = own.amount if own is not None else None
            record[f"items/{i}/derivations/{j}/stated"] = line.stated
            record[f"items/{i}/derivations/{j}/subsidy"] = line.subsidy
    for i, source in enumerate(project.funding):
        record[f"funding/{i}/amount"] = source.amount
    for i, step in enumerate(project.schedule):
        record[f"schedule/{i}/amount"] = step.amount
    if case.last is not None:
        for i, row in enumerate(case.last.figures.items):
            for layer in LAYERS:
                record[f"{LAST}items/{i}/current/{layer}"] = getattr(row.row.current, layer)
    return record
