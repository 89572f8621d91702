"""The sums that hold between the figures of a project, as data.

Every figure has a path (``items/0/current/total``, ``settlements/1/unspent/subsidy`` …). The rules judge
these identities one by one; a linked system of all of them can be made from the same list.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from xlbudget.figures import depths
from xlbudget.project import LAYERS, Project


class Identity(NamedTuple):
    """``target`` = Σ sign × part. ``tolerance`` in 천원, both ends allowed: half a unit for each printed figure
    of a settlement, nothing elsewhere.
    """

    code: str
    target: str
    parts: tuple[tuple[int, str], ...]
    tolerance: Fraction = Fraction(0)


SETTLED = Fraction(4, 2)
"""Four printed figures, each rounded on its own from won to 천원."""


class Shape(NamedTuple):
    """All of a project that its identities depend on: how many lines, sources, steps and years, not what they say.

    ``items`` are the depths of the lines of each item (-1: a remark), ``funding`` says of each source whether it is inside the
    budget, ``steps`` of each step whether its amount is written, ``years`` are the settled years.
    """

    supplementary: bool
    items: tuple[tuple[int, ...], ...]
    funding: tuple[bool, ...]
    steps: tuple[bool, ...]
    years: tuple[int, ...]


def shape_of(project: Project) -> Shape:
    """Return the shape of a project."""
    return Shape(
        project.is_supplementary,
        tuple(tuple(depths(item.derivations)) for item in project.items),
        tuple(source.in_budget for source in project.funding),
        tuple(step.amount is not None for step in project.schedule),
        tuple(settled.year for settled in project.settlements),
    )


def identities(project: Project) -> tuple[Identity, ...]:
    """Return every identity of a project.

    A supplementary budget (추경) may print only the lines that change, so its sums of parts are left out;
    what holds within one row stays.
    """
    return identities_of(shape_of(project))


@lru_cache(maxsize=128)
def identities_of(shape: Shape) -> tuple[Identity, ...]:
    """Return every identity of projects of one shape; many workbooks share one."""
    found: list[Identity] = []
    if not shape.supplementary:
        found += _derivations(shape)
        found += _totals(shape)
        found += _cost(shape)
    return (*found, *_changes(shape), *_settlements(shape))


def _derivations(shape: Shape) -> Iterator[Identity]:
    for i, levels in enumerate(shape.items):
        tops = tuple((1, f"items/{i}/derivations/{j}/amount") for j, depth in enumerate(levels) if depth == 0)
        if tops:
            yield Identity("BUD-C01", f"items/{i}/current/total", tops)
        for j, below in children(levels):
            yield Identity(
                "BUD-C03",
                f"items/{i}/derivations/{j}/amount",
                tuple((1, f"items/{i}/derivations/{k}/amount") for k in below),
            )


def children(levels: tuple[int, ...]) -> Iterator[tuple[int, list[int]]]:
    """Yield each heading of an item with the lines directly below it, by number."""
    for j, depth in enumerate(levels):
        if depth < 0:
            continue  # a remark
        end = next((k for k in range(j + 1, len(levels)) if 0 <= levels[k] <= depth), len(levels))
        below = [k for k in range(j + 1, end) if levels[k] == depth + 1]
        if below:
            yield j, below


def _totals(shape: Shape) -> Iterator[Identity]:
    if not shape.items:
        return
    for group in ("previous", "current", "change"):
        for layer in LAYERS:
            parts = tuple((1, f"items/{i}/{group}/{layer}") for i in range(len(shape.items)))
            yield Identity("BUD-T01", f"total/{group}/{layer}", parts)


def _changes(shape: Shape) -> Iterator[Identity]:
    rows = [f"items/{i}" for i in range(len(shape.items))] + (["total"] if shape.items else [])
    for row in rows:
        for layer in LAYERS:
            parts = ((1, f"{row}/current/{layer}"), (-1, f"{row}/previous/{layer}"))
            yield Identity("BUD-T03", f"{row}/change/{layer}", parts)


def _cost(shape: Shape) -> Iterator[Identity]:
    if shape.items:
        yield Identity("BUD-T02", "cost/total", ((1, "total/current/total"),))
    inside = tuple((1, f"funding/{i}/amount") for i, in_budget in enumerate(shape.funding) if in_budget)
    if inside:
        yield Identity("BUD-R01", "cost/total", inside)
    steps = tuple((1, f"schedule/{i}/amount") for i, written in enumerate(shape.steps) if written)
    if steps:
        yield Identity("BUD-P01", "schedule_total", steps)
        yield Identity("BUD-P01", "cost/total", steps)


def _settlements(shape: Shape) -> Iterator[Identity]:
    years = {year: index for index, year in enumerate(shape.years)}
    for index, year in enumerate(shape.years):
        at = f"settlements/{index}"
        for layer in LAYERS:
            sums = ("final_budget", "carried_in", "changes")
            code = "BUD-S01" if layer == "total" else "BUD-X02"
            yield Identity(
                code, f"{at}/available/{layer}", tuple((1, f"{at}/{c}/{layer}") for c in sums), SETTLED
            )
            code = "BUD-S02" if layer == "total" else "BUD-X02"
            signs = ((1, "available"), (-1, "executed"), (-1, "carried_over"))
            yield Identity(
                code, f"{at}/unspent/{layer}", tuple((s, f"{at}/{c}/{layer}") for s, c in signs), SETTLED
            )
            after = years.get(year + 1)
            if (
                after is not None and after > index
            ):  # out of order: BUD-S05 says so, and which year is which is open
                code = "BUD-S03" if layer == "total" else "BUD-X02"
                yield Identity(
                    code, f"settlements/{after}/carried_in/{layer}", ((1, f"{at}/carried_over/{layer}"),)
                )
