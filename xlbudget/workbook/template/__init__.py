"""Building the standard workbook from its sources: layout, styles, texts and the list of 과목.

Development only: this is the one place that needs openpyxl. The same sources give the same bytes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from xlbudget.resources import STANDARD_WORKBOOK, resource
from xlbudget.workbook import layout
from xlbudget.workbook.template import basics, guide, lists, marks, tables
from xlbudget.workbook.template.package import deterministic
from xlbudget.workbook.template.paint import CachedValues, Painter, dress

TEXTS = "texts.toml"
HIDDEN_SHEETS = (layout.OBJECTS, layout.SETTINGS)
TABS = {"help": "7B8794", "input": "C9A227", "output": "1F3A5F"}


def build() -> bytes:
    """Return the standard workbook as a file."""
    workbook = Workbook()
    del workbook[workbook.sheetnames[0]]
    dress(workbook)
    texts = tomllib.loads(resource(TEXTS).read_text(encoding="utf-8"))
    cached: CachedValues = {}
    names = dict(marks.NAMES)
    for number, sheet in enumerate(layout.SHEETS, 1):
        painter = Painter(workbook.create_sheet(sheet), texts.get(sheet, {}), cached, names)
        painter.sheet.sheet_properties.codeName = f"Sheet{number:02d}"
        painter.sheet.sheet_properties.tabColor = TABS[_kind(sheet)]
        painter.sheet.sheet_view.showGridLines = False
        if sheet in HIDDEN_SHEETS:
            painter.sheet.sheet_state = "hidden"
        if sheet in _PAINT:
            _PAINT[sheet](painter)
    for name, refers_to in sorted(names.items()):
        workbook.defined_names[name] = DefinedName(name, attr_text=refers_to)
    return deterministic(workbook, cached)


def _kind(sheet: str) -> str:
    if sheet in layout.WRITTEN_SHEETS:
        return "output"
    return "input" if sheet in layout.TYPED_SHEETS else "help"


_PAINT = {
    layout.GUIDE: guide.paint,
    layout.BASICS: basics.paint,
    layout.DERIVATIONS: tables.paint_derivations,
    layout.OVERVIEW: tables.paint_overview,
    layout.NARRATIVE: tables.paint_narrative,
    layout.SCHEDULE: tables.paint_schedule,
    layout.EFFECTS: tables.paint_effects,
    layout.SETTLEMENT: tables.paint_settlement,
    layout.OBJECTS: lists.paint_objects,
    layout.SETTINGS: lists.paint_settings,
}


def main(arguments: Sequence[str]) -> int:
    """Build the standard workbook to a file, by default the one that is committed."""
    out = Path(arguments[0]) if arguments else resource(STANDARD_WORKBOOK)
    out.write_bytes(build())
    print(out)
    return 0
