"""설정: the hidden sheet with the version of the layout, the rounding, and how rates are shown."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from xlbudget.figures import Settings
from xlbudget.grid import Cell, Grid
from xlbudget.money import Rounding
from xlbudget.project import SCHEMA_VERSION, Place
from xlbudget.workbook import LayoutError, VersionNewer
from xlbudget.workbook.cells import Reader, plain_text, unread
from xlbudget.workbook.layout import SETTING_LABELS, heading_key

ROUNDINGS = {
    "절상": Rounding.CEIL,
    "올림": Rounding.CEIL,
    "ceil": Rounding.CEIL,
    "반올림": Rounding.HALF_UP,
    "half-up": Rounding.HALF_UP,
    "절사": Rounding.FLOOR,
    "버림": Rounding.FLOOR,
    "floor": Rounding.FLOOR,
}
"""Words for a rounding policy."""
_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
MOST_DECIMALS = 6
_NAMES = {heading_key(label): name for label, name in SETTING_LABELS.items()}


def read_settings(reader: Reader, grid: Grid | None) -> tuple[Rounding, Settings, list[LayoutError]]:
    """Return rounding and settings of a workbook, the defaults where it says nothing (an older version)."""
    said = setting_cells(grid) if grid is not None else {}
    problems: list[LayoutError] = []
    version = plain_text(said["schema_version"][1].value) if "schema_version" in said else ""
    if version.isdecimal() and int(version) > SCHEMA_VERSION:
        problems.append(
            VersionNewer(
                f"서식 버전 {version}의 통합문서입니다. 이 프로그램은 {SCHEMA_VERSION}까지 읽습니다. "
                "프로그램을 새 판으로 올린 뒤 다시 여세요."
            )
        )
    rounding = _rounding(reader, said)
    values: dict[str, Any] = {}
    decimals = _decimals(reader, said)
    if decimals is not None:
        values["rate_decimals"] = decimals
    for name in ("from_nothing", "to_nothing"):
        if name in said:
            values[name] = plain_text(said[name][1].value)
    for name, may_be_blank in (("least_executed", True), ("share_tolerance", False)):
        if name in said:
            values |= _threshold(reader, said[name], name, may_be_blank)
    return rounding, Settings(**values), problems


def setting_cells(grid: Grid) -> dict[str, tuple[Place, Cell]]:
    """Return place and cell of each setting: the cell to the right of its key."""
    entries: dict[str, tuple[Place, Cell]] = {}
    for (row, column), cell in sorted(grid.cells.items()):
        name = _NAMES.get(heading_key(cell.value)) if type(cell.value) is str else None
        if name is not None:
            entries.setdefault(name, (Place(grid.name, row, column + 1), grid.cell(row, column + 1)))
    return entries


def _rounding(reader: Reader, said: dict[str, tuple[Place, Cell]]) -> Rounding:
    place, cell = said.get("rounding", (None, None))
    text = plain_text(cell.value) if cell is not None else ""
    rounding = ROUNDINGS.get(heading_key(text))
    if place is not None:
        reader.evidence.cells["rounding"] = place
        if text and rounding is None:
            message = (
                f'반올림 방법으로 읽을 수 없습니다: "{text}". 절상, 반올림, 절사 가운데 하나로 적으세요.'
            )
            reader.report(unread(message), place, "rounding", found=text)
    return rounding or Rounding.CEIL


def _threshold(reader: Reader, said: tuple[Place, Cell], name: str, may_be_blank: bool) -> dict[str, Any]:
    """Return a threshold in percent by its name; nothing where the default stays, ``None`` for no threshold."""
    place, cell = said
    text = plain_text(cell.value).removesuffix("%").removesuffix("%p").strip()
    if not text:
        return {name: None} if may_be_blank else {}
    if _PERCENT.fullmatch(text) and Decimal(text) <= 100:
        return {name: Decimal(text)}
    message = f'기준으로 읽을 수 없습니다: "{text}". 0부터 100까지의 수로 적으세요.'
    reader.report(unread(message), place, "", found=text)
    return {}


def _decimals(reader: Reader, said: dict[str, tuple[Place, Cell]]) -> int | None:
    if "rate_decimals" not in said:
        return None
    place, cell = said["rate_decimals"]
    text = plain_text(cell.value)
    if text.isdecimal() and int(text) <= MOST_DECIMALS:
        return int(text)
    if text:
        message = f'소수 자릿수로 읽을 수 없습니다: "{text}". 0부터 {MOST_DECIMALS}까지의 수로 적으세요.'
        reader.report(unread(message), place, "", found=text)
    return None
