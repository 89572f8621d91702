"""One project (세부사업) of one fiscal year and round: what its 사업설명서 says.

Amounts are whole 천원. ``None`` means that nothing was written, which is not zero. Computed figures are no
part of the model (see ``xlbudget.figures``): an ``figures`` key in JSON is ignored on input.
Where a figure came from stands beside the model, in ``Project.evidence``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    field_validator,
    model_validator,
)

from xlbudget.dates import canonical
from xlbudget.derivation import Derivation, derive
from xlbudget.findings import Finding
from xlbudget.grid import Value, a1
from xlbudget.money import Rounding

SCHEMA_VERSION = 1
REMARK = "※"
"""The marker of a line of 산출근거 that says something and amounts to nothing."""
LARGEST_AMOUNT = 10**15
"""Whole 천원 that a spreadsheet number still holds exactly (15 digits)."""

Amount = Annotated[int, Field(strict=True, ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT)]
Text = Annotated[str, StringConstraints(max_length=32_767, strip_whitespace=True)]


def _without_blanks(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


Bullets = Annotated[tuple[Text, ...], AfterValidator(_without_blanks)]
"""Paragraphs, one a bullet; blank ones do not count."""
Date = Annotated[Text, AfterValidator(canonical)]
"""A month ``2021.01`` or a day ``2021.01.15``; any other text stays as it was written."""
Year = Annotated[int, Field(strict=True, ge=1900, le=2999)]


class Record(BaseModel):
    """Base of the model: unknown keys are refused, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pair(Record):
    """An amount and the part of it that comes from subsidies, printed above it as ``(x…)``; 천원."""

    total: Amount | None = None
    subsidy: Amount | None = None


class Funding(Record):
    """A source of the year's cost (국비, 시비, …). Sources outside the budget (예산 외) stay out of the total."""

    source: Text
    amount: Amount
    in_budget: bool = True


class Person(Record):
    """Somebody in charge."""

    name: Text = ""
    phone: Text = ""


class Organisation(Record):
    """Who is in charge, as the budget book names it: 실·국, 부서, 과장, 팀장, 주무관."""

    bureau: Text = ""
    division: Text = ""
    head: Person = Person()
    team_leader: Person = Person()
    officer: Person = Person()


def _split(text: str) -> Derivation:
    """Split a text into label and expression, such that both together split the same way again."""
    split = derive(text)
    again = " ".join(filter(None, (split.label, split.expression)))
    return split if again == text or len(again) >= len(text) else _split(again)


class Line(Record):
    """One line of 산출근거: a heading (○ with lines below it) or a leaf with an expression.

    ``depth`` 0 is a ○ line, 1 a - line below it. ``stated`` is the result written behind ``=``.
    ``subsidy`` is the (x…) part of the line, where somebody wrote it. Label and expression are kept as the
    text of both is split when it stands in one cell. A line marked ※ is a remark.
    """

    depth: Annotated[int, Field(strict=True, ge=0, le=9)] = 0
    marker: Annotated[str, StringConstraints(max_length=5)] = "○"
    label: Text = ""
    expression: Text | None = None
    stated: Amount | None = None
    subsidy: Amount | None = None
    note: Text = ""

    @property
    def is_remark(self) -> bool:
        """Whether the line only says something (※): it has no amount, and no line belongs to it."""
        return self.marker == REMARK

    @model_validator(mode="before")
    @classmethod
    def _split_as_one_text(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        label, expression = data.get("label", ""), data.get("expression")
        if not isinstance(label, str) or not (expression is None or isinstance(expression, str)):
            return data
        whole = f"{label} {expression or ''}".strip()
        if data.get("marker") == REMARK:
            return data | {"label": whole, "expression": None, "stated": None}
        split = _split(whole)
        depth = data.get("depth", 0)
        below = isinstance(depth, int) and depth > 0
        return (
            {"marker": "-" if below else "○"} | data | {"label": split.label, "expression": split.expression}
        )


class Item(Record):
    """A budget item (과목, 통계목) with last year's amount and this year's lines."""

    object_name: Text
    object_code: Text = ""
    previous: Pair = Pair()
    current_subsidy: Amount | None = None
    derivations: tuple[Line, ...] = ()


class Step(Record):
    """A step of the year's schedule; ``start`` and ``end`` as ``2021.01`` or ``2021.01.15``, amount 천원."""

    step: Text = ""
    start: Date = ""
    end: Date = ""
    amount: Amount | None = None
    detail: Text = ""


class Results(Record):
    """What was done in one of the last years."""

    year: Year
    text: Bullets = ()


class Settlement(Record):
    """A settled year: 최종예산, 전년이월, 예산변경, 예산현액, 집행액, 차년이월, 집행잔액."""

    year: Year
    final_budget: Pair = Pair()
    carried_in: Pair = Pair()
    changes: Pair = Pair()
    available: Pair = Pair()
    executed: Pair = Pair()
    carried_over: Pair = Pair()
    unspent: Pair = Pair()


SettlementColumn = Literal[
    "final_budget", "carried_in", "changes", "available", "executed", "carried_over", "unspent"
]
SETTLEMENT_COLUMNS: tuple[SettlementColumn, ...] = get_args(SettlementColumn)
Layer = Literal["total", "subsidy"]
LAYERS: tuple[Layer, ...] = ("total", "subsidy")


class Place(NamedTuple):
    """A cell of a workbook."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.sheet}!{a1(self.row, self.column)}"


class Typed(NamedTuple):
    """What stood in a cell that is computed by us: a typed value, or a formula with its cached value."""

    value: Value
    formula: str | None
    place: Place


class WrittenSum(NamedTuple):
    """A row 계 or 소계 that somebody put into a table: the amount typed there, and the figures that it sums up.

    ``parts`` are the paths since the sum before it. ``whole`` is a 계 at the foot, which sums up the whole table.
    """

    path: str
    label: str
    amount: int
    parts: tuple[str, ...]
    whole: bool = False


@dataclass(slots=True)
class Evidence:
    """Where a project was read from; empty for a project that came from JSON.

    Keys are paths into the model, such as ``items/0/previous/total`` or ``settlements/1/executed/subsidy``.
    ``typed`` holds what stood in computed cells, under the path of the computed figure
    (``items/0/current/total``, ``items/0/derivations/2/amount``, ``total/change/total``, ``cost/total``,
    ``schedule_total`` …). ``texts`` are the derivation texts as written, and amounts that stand there as text. ``findings`` are what reading found.
    ``sums`` are rows 계 and 소계 of people's own, ``leftovers`` formulas of ours beside which nothing is left, by
    table.
    """

    cells: dict[str, Place] = field(default_factory=dict)
    typed: dict[str, Typed] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    sums: list[WrittenSum] = field(default_factory=list)
    leftovers: dict[str, list[Place]] = field(default_factory=dict)

    def place(self, path: str) -> Place | None:
        """Return the cell of a figure, written or computed."""
        place = self.cells.get(path)
        if place is None and path in self.typed:
            place = self.typed[path].place
        return place


class Project(Record):
    """Everything that one 사업설명서 says, before anything is computed."""

    schema_version: Annotated[int, Field(strict=True, ge=1, le=SCHEMA_VERSION)] = SCHEMA_VERSION
    name: Text
    fiscal_year: Year | None = None
    round: Text = "본예산"
    rounding: Rounding = Rounding.CEIL
    account: Text = ""
    period: Text = ""
    summary: Bullets = ()
    funding: tuple[Funding, ...] = ()
    subsidy_rate: Text = ""
    organisation: Organisation = Organisation()
    items: tuple[Item, ...] = ()
    purpose: Bullets = ()
    grounds: Bullets = ()
    content: Bullets = ()
    history: Bullets = ()
    schedule: tuple[Step, ...] = ()
    results: tuple[Results, ...] = ()
    effects: Bullets = ()
    settlements: tuple[Settlement, ...] = ()

    _evidence: Evidence = PrivateAttr(default_factory=Evidence)

    @model_validator(mode="before")
    @classmethod
    def _drop_figures(cls, data: Any) -> Any:
        if isinstance(data, dict) and "figures" in data:
            return {key: value for key, value in data.items() if key != "figures"}
        return data

    @field_validator("round")
    @classmethod
    def _original_by_default(cls, text: str) -> str:
        return text or "본예산"

    @field_validator("schedule")
    @classmethod
    def _drop_blank_steps(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(step for step in steps if step != Step())

    def said_year(self, behind: str = "", *, later: int = 0, otherwise: str = "") -> str:
        """Return the fiscal year, or one so much later, with what follows it; ``otherwise`` where none is written."""
        return otherwise if self.fiscal_year is None else f"{self.fiscal_year + later}{behind}"

    @property
    def evidence(self) -> Evidence:
        """Where the figures came from."""
        return self._evidence

    def with_evidence(self, evidence: Evidence) -> Project:
        """Return the same project with its evidence."""
        copy = self.model_copy()
        copy._evidence = evidence
        return copy

    def __eq__(self, other: object) -> bool:
        """Two projects are equal when they say the same, wherever it was read."""
        return isinstance(other, Project) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((self.name, self.fiscal_year, self.round))

    @property
    def is_supplementary(self) -> bool:
        """Whether this is a 추경 round, in which only changed lines may be printed."""
        return "추경" in self.round.replace(" ", "")


def settlement_figures(settlement: Settlement, index: int) -> Iterator[tuple[str, int | None]]:
    """Yield path and amount of each figure of a settled year, both layers."""
    for column in SETTLEMENT_COLUMNS:
        pair: Pair = getattr(settlement, column)
        for layer in LAYERS:
            yield f"settlements/{index}/{column}/{layer}", getattr(pair, layer)
