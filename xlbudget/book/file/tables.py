"""Tables (list objects) of a sheet: where they lie, and what must not be changed in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from xlbudget.book import EditRefused
from xlbudget.book.file.opc import related
from xlbudget.book.file.sheettext import area
from xlbudget.book.file.work import SheetState, Work
from xlbudget.book.file.xmltree import parsed, utf8, whole
from xlbudget.edits import Content
from xlbudget.grid import Area, Cell, Ref


class Table(NamedTuple):
    """A table: its part, its name, the cells it covers and how many rows at its top are headings."""

    part: str
    name: str
    area: Area
    headings: int


def tables(work: Work, state: SheetState) -> list[Table]:
    """Return the tables of a sheet."""
    if b"tableParts" not in state.text.tail:
        return []
    found = []
    for part in related(work.package, state.sheet.part, "table"):
        root = parsed(utf8(work.package.read(part), part))
        headings = whole(root.attrs.get("headerRowCount"), 1)
        name = root.attrs.get("displayName", "")
        found.append(Table(part, name, area(root.attrs.get("ref", "A1")), headings))
    return found


def check_headers(work: Work, state: SheetState, wanted: Mapping[Ref, tuple[Content, Cell]]) -> None:
    """Refuse to write over a table's headings: Excel would call the file damaged. Raises ``EditRefused``."""
    for table in tables(work, state):
        heads = table.area._replace(bottom=table.area.top + table.headings - 1)
        hit = sorted(ref for ref in wanted if heads.holds(ref))
        if hit:
            where = work.place(state.sheet.name, hit[0])
            raise EditRefused(
                f"{where}: 표 '{table.name}'의 머리글이라 고칠 수 없습니다. 표의 머리글은 Excel에서 직접 고쳐 주세요."
            )
