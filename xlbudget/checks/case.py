"""What the rules look at: one project, its figures, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property

from xlbudget.checks.identities import Identity
from xlbudget.figures import Amounts, Figures
from xlbudget.findings import Finding, Suspect, catalogue
from xlbudget.korean import with_particle
from xlbudget.money import format_amount
from xlbudget.project import LAYERS, Project, settlement_figures

COLUMN_WORDS: Mapping[str, str] = {
    "final_budget": "최종예산",
    "carried_in": "전년이월",
    "changes": "예산변경",
    "available": "예산현액",
    "executed": "집행액",
    "carried_over": "차년이월",
    "unspent": "집행잔액",
    "previous": "전년도 예산액(A)",
    "current": "예산액(B)",
    "change": "증감",
    "rate": "증감률",
}


class Case:
    """A project under judgement. Figures go by their paths; amounts are whole 천원."""

    def __init__(self, project: Project, figures: Figures) -> None:
        self.project = project
        self.figures = figures
        self.evidence = project.evidence

    @cached_property
    def computed(self) -> dict[str, int]:
        """Every figure that follows from what was written, and every written amount, by path."""
        found: dict[str, int | None] = {}
        for i, item in enumerate(self.figures.items):
            for group in ("previous", "current", "change"):
                _put(found, f"items/{i}/{group}", getattr(item.row, group))
            for j, line in enumerate(item.lines):
                found[f"items/{i}/derivations/{j}/amount"] = line.amount
                found[f"items/{i}/derivations/{j}/subsidy"] = self.project.items[i].derivations[j].subsidy
        for group in ("previous", "current", "change"):
            _put(found, f"total/{group}", getattr(self.figures.total, group))
        found["cost/total"] = self.figures.cost
        found["schedule_total"] = self.figures.schedule_total
        for i, source in enumerate(self.project.funding):
            found[f"funding/{i}/amount"] = source.amount
        for i, step in enumerate(self.project.schedule):
            found[f"schedule/{i}/amount"] = step.amount
        for i, settled in enumerate(self.project.settlements):
            found.update(settlement_figures(settled, i))
        return {path: value for path, value in found.items() if value is not None}

    @cached_property
    def written(self) -> dict[str, int | Decimal]:
        """Numbers that somebody typed into computed cells, by path; formulas do not count."""
        return {
            path: typed.value
            for path, typed in self.evidence.typed.items()
            if typed.formula is None
            and isinstance(typed.value, int | Decimal)
            and not isinstance(typed.value, bool)
        }

    def can_judge(self, identity: Identity) -> bool:
        """Whether every figure of an identity is there."""
        return identity.target in self.computed and all(p in self.computed for _, p in identity.parts)

    def parts_sum(self, identity: Identity) -> int:
        """Return the signed sum of an identity's parts."""
        return sum(sign * self.computed[path] for sign, path in identity.parts)

    def cells(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return the cells of figures, without those that have none, each once."""
        places = (self.evidence.place(path) for path in paths)
        return tuple(dict.fromkeys(str(place) for place in places if place is not None))

    def finding(
        self,
        code: str,
        message: str,
        paths: Iterable[str],
        suspects: tuple[Suspect, ...] = (),
        **facts: object,
    ) -> Finding:
        """Return a finding of a rule; its severity is the catalogue's."""
        listed = tuple(paths)
        return Finding(
            code,
            catalogue()[code].severity,
            message,
            self.cells(listed),
            facts,
            suspects,
            listed[0] if listed else "",
        )


def _put(found: dict[str, int | None], path: str, amounts: Amounts) -> None:
    for layer in LAYERS:
        found[f"{path}/{layer}"] = getattr(amounts, layer)


def won(value: int | Decimal) -> str:
    """Print an amount with its unit: ``13,500천원``."""
    return f"{format_amount(value)}천원"


def differs(left: str, found: int | Decimal, right: str, expected: int | Decimal) -> str:
    """Say that two amounts differ, and by how much, in one sentence."""
    gap = format_amount(abs(Decimal(found) - expected))
    return (
        f"{with_particle(f'{left} {won(found)}', '이')} "
        f"{with_particle(f'{right} {won(expected)}', '과')} {gap}천원 다릅니다."
    )
