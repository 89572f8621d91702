"""The order in which findings are told: gravest first, then as the sheets are read."""

from __future__ import annotations

from collections.abc import Callable

from xlbudget.findings import Finding
from xlbudget.grid import parse_a1
from xlbudget.project import Evidence

_LINES = 1
_TABLES = {
    "items": 2,
    "total": 2,
    **dict.fromkeys(("purpose", "grounds", "content", "history"), 3),
    **dict.fromkeys(("schedule", "schedule_total"), 4),
    **dict.fromkeys(("results", "effects"), 5),
    "settlements": 6,
}
"""Where the sheet of a figure comes among the sheets; what is not named stands on the first, 기본현황."""
_LAST = 7

Order = tuple[int, int, tuple[int, ...]]


def telling_order(evidence: Evidence) -> Callable[[Finding], Order]:
    """Return the key to sort findings by: severity, sheet, row and column of the cell that is named first.

    A sheet comes where its figures do, whatever it is called; a finding without a cell comes where its figure
    does in the model.
    """
    sheets: dict[str, int] = {}
    for path, place in (
        *evidence.cells.items(),
        *((path, typed.place) for path, typed in evidence.typed.items()),
    ):
        rank = _rank(path)
        sheets[place.sheet] = min(rank, sheets.get(place.sheet, rank))

    def order(finding: Finding) -> Order:
        if finding.cells:
            sheet, _, address = finding.cells[0].rpartition("!")
            return finding.gravity, sheets.get(sheet, _LAST), parse_a1(address)
        numbers = (int(part) for part in finding.path.split("/") if part.isdecimal())
        return finding.gravity, _rank(finding.path), tuple(numbers)

    return order


def _rank(path: str) -> int:
    table, _, rest = path.partition("/")
    if table == "items" and ("/derivations/" in rest or rest.endswith("/lines")):
        return _LINES
    return _TABLES.get(table, 0)
