"""A project laid out on plain sheets: its evidence, and the input cells that a painter can paint.

Not the standard workbook: rows and columns are chosen here, so that what points at cells can be tested
without reading or writing a workbook of ours.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from xlbudget.grid import Ref
from xlbudget.project import LAYERS, SETTLEMENT_COLUMNS, Evidence, Place, Project

Sheets = dict[str, dict[Ref, Any]]
GROUPS = ("previous", "current", "change", "rate")


class Layer:
    """Lays cells down, input cells with their contents, computed cells blank."""

    def __init__(self) -> None:
        self.evidence = Evidence()
        self.sheets: Sheets = defaultdict(dict)

    def put(self, path: str, sheet: str, row: int, column: int, content: Any = None) -> None:
        """Give a figure its cell."""
        self.evidence.cells[path] = Place(sheet, row, column)
        if content is not None:
            self.sheets[sheet][row, column] = content


def lay(project: Project) -> tuple[Project, Sheets]:
    """Return the project with evidence, and the input cells by sheet."""
    layer = Layer()
    layer.put("name", "기본현황", 7, 2, project.name)
    layer.put("cost/total", "기본현황", 14, 2)
    for index, funding in enumerate(project.funding):
        layer.put(f"funding/{index}/source", "기본현황", 15 + index, 1, funding.source)
        layer.put(f"funding/{index}/amount", "기본현황", 15 + index, 2, funding.amount)
    _lay_items(layer, project)
    layer.put("schedule_total", "추진일정", 6, 4)
    for index, step in enumerate(project.schedule):
        layer.put(f"schedule/{index}/amount", "추진일정", 7 + index, 4, step.amount)
    for index, year in enumerate(project.settlements):
        for above, name in enumerate(reversed(LAYERS)):
            row = 7 + 2 * index + above
            for column, key in enumerate(SETTLEMENT_COLUMNS, 3):
                layer.put(
                    f"settlements/{index}/{key}/{name}",
                    "결산현황",
                    row,
                    column,
                    getattr(getattr(year, key), name),
                )
            layer.put(f"settlements/{index}/check/available/{name}", "결산현황", row, 10)
            layer.put(f"settlements/{index}/check/unspent/{name}", "결산현황", row, 11)
    return project.with_evidence(layer.evidence), layer.sheets


def _lay_items(layer: Layer, project: Project) -> None:
    row = 6
    for index, item in enumerate(project.items):
        path = f"items/{index}"
        layer.put(f"{path}/object_name", "예산총괄", 8 + index, 1, item.object_name)
        _lay_row(layer, path, 8 + index)
        for at, name in enumerate(LAYERS):
            layer.put(f"{path}/previous/{name}", "예산총괄", 8 + index, 2 + at, getattr(item.previous, name))
        for key in ("current_subsidy", "current/subsidy"):
            layer.put(f"{path}/{key}", "예산총괄", 8 + index, 5, item.current_subsidy)
        if item.derivations:
            layer.put(f"{path}/lines", "산출근거", row, 1, item.object_name)
        for at, line in enumerate(item.derivations):
            layer.put(
                f"{path}/derivations/{at}/text",
                "산출근거",
                row,
                3,
                f"{line.label} {line.expression or ''}".strip(),
            )
            layer.put(f"{path}/derivations/{at}/amount", "산출근거", row, 4)
            row += 1
    _lay_row(layer, "total", 7)


def _lay_row(layer: Layer, path: str, row: int) -> None:
    for at, group in enumerate(GROUPS):
        for under, name in enumerate(LAYERS):
            layer.put(f"{path}/{group}/{name}", "예산총괄", row, 2 + 2 * at + under)
