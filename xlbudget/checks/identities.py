"""The sums that hold between the figures of a project, as data.

Every figure has a path (``items/0/current/total``, ``settlements/1/unspent/subsidy`` …). The rules judge
these identities one by one; a linked system of all of them can be made from the same list.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
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


def identities(project: Project) -> Iterator[Identity]:
    """Yield every identity of a project.

    A supplementary budget (추경) may print only the lines that change, so its sums of parts are left out;
    what holds within one row stays.
    """
    if not project.is_supplementary:
        yield from _derivations(project)
        yield from _totals(project)
        yield from _cost(project)
    yield from _changes(project)
    yield from _settlements(project)


def _derivations(project: Project) -> Iterator[Identity]:
    for i, item in enumerate(project.items):
        levels = depths(item.derivations)
        tops = tuple((1, f"items/{i}/derivations/{j}/amount") for j, depth in enumerate(levels) if depth == 0)
        if tops:
            yield Identity("BUD-C01", f"items/{i}/current/total", tops)
        for j, depth in enumerate(levels):
            end = next((k for k in range(j + 1, len(levels)) if levels[k] <= depth), len(levels))
            below = tuple(
                (1, f"items/{i}/derivations/{k}/amount") for k in range(j + 1, end) if levels[k] == depth + 1
            )
            if below:
                yield Identity("BUD-C03", f"items/{i}/derivations/{j}/amount", below)


def _totals(project: Project) -> Iterator[Identity]:
    if not project.items:
        return
    for group in ("previous", "current", "change"):
        for layer in LAYERS:
            parts = tuple((1, f"items/{i}/{group}/{layer}") for i in range(len(project.items)))
            yield Identity("BUD-T01", f"total/{group}/{layer}", parts)


def _changes(project: Project) -> Iterator[Identity]:
    rows = [f"items/{i}" for i in range(len(project.items))] + (["total"] if project.items else [])
    for row in rows:
        for layer in LAYERS:
            parts = ((1, f"{row}/current/{layer}"), (-1, f"{row}/previous/{layer}"))
            yield Identity("BUD-T03", f"{row}/change/{layer}", parts)


def _cost(project: Project) -> Iterator[Identity]:
    if project.items:
        yield Identity("BUD-T02", "cost/total", ((1, "total/current/total"),))
    inside = tuple((1, f"funding/{i}/amount") for i, s in enumerate(project.funding) if s.in_budget)
    if inside:
        yield Identity("BUD-R01", "cost/total", inside)
    steps = tuple((1, f"schedule/{i}/amount") for i, s in enumerate(project.schedule) if s.amount is not None)
    if steps:
        yield Identity("BUD-P01", "schedule_total", steps)
        yield Identity("BUD-P01", "cost/total", steps)


def _settlements(project: Project) -> Iterator[Identity]:
    years = {year.year: index for index, year in enumerate(project.settlements)}
    for index, settled in enumerate(project.settlements):
        for layer in LAYERS:
            at = f"settlements/{index}"
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
            after = years.get(settled.year + 1)
            if after is not None:
                code = "BUD-S03" if layer == "total" else "BUD-X02"
                yield Identity(
                    code, f"settlements/{after}/carried_in/{layer}", ((1, f"{at}/carried_over/{layer}"),)
                )
