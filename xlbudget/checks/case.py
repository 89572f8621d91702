"""What the rules look at: one project, its figures, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from xlbudget.checks.identities import Identity
from xlbudget.figures import Amounts, Figures, Settings
from xlbudget.findings import LAST_YEAR_CELLS, Finding, Suspect, catalogue
from xlbudget.grid import CellError, Value
from xlbudget.korean import with_particle
from xlbudget.money import NumberUnreadable, format_amount, read_amount
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


LAST = "last/"
"""Begins the path of a figure of last year's workbook."""
Objects = frozenset[tuple[int, str]]
"""The 과목 of 과목코드: fiscal year and name without white space and middle dots."""


class Earlier(NamedTuple):
    """Last year's workbook of the same project."""

    project: Project
    figures: Figures


class Case:
    """A project under judgement. Figures go by their paths; amounts are whole 천원."""

    def __init__(
        self,
        project: Project,
        figures: Figures,
        last: Earlier | None = None,
        objects: Objects | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.project = project
        self.figures = figures
        self.evidence = project.evidence
        self.last = last
        self.objects = objects
        self.settings = settings or Settings()

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
        """Numbers that somebody typed into computed cells, also as text, by path; formulas do not count."""
        return {
            path: number
            for path, typed in self.evidence.typed.items()
            if typed.formula is None and (number := _number(typed.value)) is not None
        }

    def can_judge(self, identity: Identity) -> bool:
        """Whether every figure of an identity is there."""
        return identity.target in self.computed and all(p in self.computed for _, p in identity.parts)

    def parts_sum(self, identity: Identity) -> int:
        """Return the signed sum of an identity's parts."""
        return sum(sign * self.computed[path] for sign, path in identity.parts)

    def cell(self, path: str) -> str:
        """Return the cell of a figure; one of last year's workbook as ``[작년]결산현황!H5``, empty for none."""
        if path.startswith(LAST):
            place = self.last.project.evidence.place(path.removeprefix(LAST)) if self.last else None
            return f"{LAST_YEAR_CELLS}{place}" if place is not None else ""
        if path.endswith("/stated"):
            path = f"{path.removesuffix('stated')}text"
        place = self.evidence.place(path)
        return "" if place is None else str(place)

    def cells(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return the cells of this workbook in which figures stand, each once."""
        return tuple(
            dict.fromkeys(c for path in paths if not path.startswith(LAST) and (c := self.cell(path)))
        )

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
            self._key(listed, facts),
        )

    def _key(self, paths: Iterable[str], facts: Mapping[str, object]) -> str:
        figures = "|".join(f"{self.meaning(p)}={self.written.get(p, self.computed.get(p))}" for p in paths)
        return f"{figures}|{facts.get('written')}|{facts.get('expected')}"

    def meaning(self, path: str) -> str:
        """Return a path with names and years instead of numbers, so that it means the same after a row moved."""
        table, _, rest = path.partition("/")
        number, _, column = rest.partition("/")
        rows = getattr(self.project, table, ())
        if not isinstance(rows, tuple) or not number.isdecimal() or int(number) >= len(rows):
            return path
        row = rows[int(number)]
        for attribute in ("object_name", "source", "step", "year"):
            named = getattr(row, attribute, None)
            if named:
                return f"{table}/{''.join(str(named).split())}/{column}"
        return path


def _number(value: Value) -> int | Decimal | None:
    """Return the number that a cell says, in figures or as text such as ``9,000천원``."""
    if value is None or isinstance(value, bool | CellError):
        return None
    if not isinstance(value, str):
        return value
    try:
        read = read_amount(value)
    except NumberUnreadable:
        return None
    if read is None or read.denominator == 1:
        return None if read is None else int(read)
    return Decimal(read.numerator) / read.denominator


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


def filled_with(amount: str) -> str:
    """Say what filling writes into a computed cell; true of a check, which fills nothing, as of a build."""
    return f"이 칸은 셈하는 칸이라, build('한번에')를 하면 {with_particle(amount, '로')} 채워집니다."
