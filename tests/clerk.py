"""What people do to a workbook, on grids: type, clear, insert rows and columns, merge, rename and copy sheets.

Shares no code with the adapters: rows and columns are moved here cell by cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from xlbudget.grid import Area, Cell, CellError, Grid, Ref, Value, parse_a1, parse_area

Grids = dict[str, Grid]
COUNT = "count"


def act(grids: Mapping[str, Grid], actions: list[dict[str, Any]]) -> Grids:
    """Return the sheets after some actions, each a table whose first key names the action."""
    sheets = dict(grids)
    for action in actions:
        kind = next(iter(action))
        ACTIONS[kind](sheets, action[kind], action)
    return sheets


def made(grid: Grid, **changes: Any) -> Grid:
    fields = ("cells", "merges", "widths", "heights", "hidden_rows", "notes", "date1904")
    kept = {field: getattr(grid, field) for field in fields}
    return Grid(changes.pop("name", grid.name), **(kept | changes))


def _split(address: str) -> tuple[str, str]:
    sheet, _, rest = address.rpartition("!")
    return sheet, rest


def _type(sheets: Grids, address: str, action: Mapping[str, Any]) -> None:
    sheet, cell = _split(address)
    ref = parse_a1(cell)
    old = sheets[sheet].cell(*ref)
    content = Cell(_value(action), action.get("formula"), old.style)
    sheets[sheet] = made(sheets[sheet], cells={**sheets[sheet].cells, ref: content})


def _value(action: Mapping[str, Any]) -> Value:
    if "text" in action:
        return str(action["text"])
    if "error" in action:
        return CellError(action["error"])
    number = action.get("number")
    return Decimal(number) if isinstance(number, str) else number


def _clear(sheets: Grids, address: str, action: Mapping[str, Any]) -> None:
    sheet, area_text = _split(address)
    area = parse_area(area_text)
    cells = {
        ref: Cell(style=cell.style) if ref in area else cell for ref, cell in sheets[sheet].cells.items()
    }
    sheets[sheet] = made(sheets[sheet], cells=cells)


def _moved(grid: Grid, move: Callable[[Ref], Ref]) -> Grid:
    merges = tuple(Area(*move(area[:2]), *move(area[2:])) for area in grid.merges)
    return made(grid, cells={move(ref): cell for ref, cell in grid.cells.items()}, merges=merges)


def _insert_rows(sheets: Grids, address: str, action: Mapping[str, Any]) -> None:
    sheet, at = _split(address)
    count = action.get(COUNT, 1)
    sheets[sheet] = _moved(sheets[sheet], lambda ref: (ref[0] + count * (ref[0] >= int(at)), ref[1]))


def _insert_columns(sheets: Grids, address: str, action: Mapping[str, Any]) -> None:
    sheet, letter = _split(address)
    at, count = parse_a1(f"{letter}1")[1], action.get(COUNT, 1)
    sheets[sheet] = _moved(sheets[sheet], lambda ref: (ref[0], ref[1] + count * (ref[1] >= at)))


def _merge(sheets: Grids, address: str, action: Mapping[str, Any]) -> None:
    sheet, area_text = _split(address)
    area = parse_area(area_text)
    grid = sheets[sheet]
    cells = {
        ref: Cell(style=cell.style) if ref in area and ref != area[:2] else cell
        for ref, cell in grid.cells.items()
    }
    sheets[sheet] = made(grid, cells=cells, merges=(*grid.merges, area))


def _hide(sheets: Grids, address: str, action: Mapping[str, Any]) -> None:
    sheet, row = _split(address)
    sheets[sheet] = made(sheets[sheet], hidden_rows=sheets[sheet].hidden_rows | {int(row)})


def _rename(sheets: Grids, name: str, action: Mapping[str, Any]) -> None:
    sheets[action["to"]] = made(sheets.pop(name), name=action["to"])


def _copy(sheets: Grids, name: str, action: Mapping[str, Any]) -> None:
    sheets[action["to"]] = made(sheets[name], name=action["to"])


def _delete(sheets: Grids, name: str, action: Mapping[str, Any]) -> None:
    del sheets[name]


ACTIONS: dict[str, Callable[[Grids, str, Mapping[str, Any]], None]] = {
    "type": _type,
    "clear": _clear,
    "insert_rows": _insert_rows,
    "insert_columns": _insert_columns,
    "merge": _merge,
    "hide": _hide,
    "rename": _rename,
    "copy": _copy,
    "delete": _delete,
}
