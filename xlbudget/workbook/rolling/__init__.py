"""A workbook into the next fiscal year, as edits on its own sheets; what is done and left is told in lines.

B becomes A in both layers; 산출근거, its (x…) and the sources of funds stay as drafts of the new year, so that
they still agree with each other. Settled years and 추진실적 move on by a year: the oldest leaves the form, the
newest opens with blank cells, which are no zeros. The schedule is cleared. Words that name the old year are
changed where they can only mean the year of the budget, and listed elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from xlbudget.derivation import derive
from xlbudget.edits import Content, Edit, SetCells
from xlbudget.figures import Figures
from xlbudget.grid import Cell, Grid, Ref
from xlbudget.korean import name_key
from xlbudget.money import format_amount
from xlbudget.project import LAYERS, Place, Project
from xlbudget.workbook.cells import plain_text
from xlbudget.workbook.layout import YEAR_HEADINGS, join_object, split_object
from xlbudget.workbook.rolling.objects import map_objects
from xlbudget.workbook.rolling.years import roll_results, roll_settlements
from xlbudget.workbook.tables import Found, locate

ORIGINAL = "본예산"
_A_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_STEP = ("step", "start", "end", "amount", "detail")
_NARRATIVE = {
    "summary": "사업내용", "purpose": "사업목적", "grounds": "사업근거", "content": "사업내용", "history": "추진경위",
    "effects": "기대효과",
}  # fmt: skip


class Rolled(NamedTuple):
    """The edits that bring a workbook into the next year, and what they do and leave, a line each."""

    edits: tuple[Edit, ...]
    said: tuple[str, ...]


def roll(project: Project, figures: Figures, grids: Mapping[str, Grid]) -> Rolled:
    """Return what brings a workbook with its project into the fiscal year that follows its own.

    ``grids`` are the sheets that the project was read from; every item has its row on 예산총괄.
    Raises ``LayoutError`` where the tables of settled years and results have no cells to type into.
    """
    turn = _Turn(project, figures, grids)
    said = list(turn.said())
    edits: list[Edit] = [SetCells(sheet, cells) for sheet, cells in turn.cells.items()]
    for table in (roll_results, roll_settlements):
        rolled = table(project, grids, turn.year)
        edits += rolled.edits
        said += rolled.said
    return Rolled(tuple(edits), tuple(said))


class _Turn:
    """The cells that change in place; ``year`` is the new fiscal year."""

    def __init__(self, project: Project, figures: Figures, grids: Mapping[str, Grid]) -> None:
        self.project, self.figures, self.grids = project, figures, grids
        self.tables = locate(grids).tables
        self.old = project.fiscal_year or 0
        self.year = self.old + 1
        self.cells: dict[str, dict[Ref, Content]] = {}

    def said(self) -> Iterator[str]:
        """Write the cells, and yield what is done and what is left."""
        yield from self._basics()
        yield from self._previous()
        yield from self._objects()
        yield from self._lines()
        yield from self._headings()
        yield from self._schedule()
        yield from self._mentions()

    def put(self, place: Place | None, content: Content) -> None:
        """Write a cell."""
        if place is not None:
            self.cells.setdefault(place.sheet, {})[place.row, place.column] = content

    def place(self, path: str) -> Place | None:
        """Return the cell of a figure or text."""
        return self.project.evidence.place(path)

    def cell(self, place: Place) -> Cell:
        """Return what stands in a cell."""
        return self.grids[place.sheet].cell(place.row, place.column)

    def _basics(self) -> Iterator[str]:
        project = self.project
        self.put(self.place("fiscal_year"), self.year)
        yield f"회계연도 {self.old} → {self.year}"
        if project.round != ORIGINAL:
            self.put(self.place("round"), ORIGINAL)
            yield f"차수 {project.round} → {ORIGINAL}"
        years = _A_YEAR.findall(project.period)
        place = self.place("period")
        if years and set(years) == {str(self.old)} and place is not None:
            period = plain_text(self.cell(place).value).replace(str(self.old), str(self.year))
            self.put(place, period)
            yield f"사업기간 {project.period} → {period}"

    def _previous(self) -> Iterator[str]:
        if self.project.is_supplementary:
            yield f"전년도 예산액(A)은 {self.old}년 {self.project.round}의 금액입니다. 추경에 적히지 않은 과목이 있으면 A를 더 적으세요."
        for index, item in enumerate(self.figures.items):
            for layer in LAYERS:
                before, now = getattr(item.row.previous, layer), getattr(item.row.current, layer)
                place = self.place(f"items/{index}/previous/{layer}")
                if place is None or (before == now and self.cell(place).formula is None):
                    continue
                formula = " (수식을 값으로)" if self.cell(place).formula is not None else ""
                self.put(place, now)
                mark = "(x) " if layer == "subsidy" else ""
                name = self.project.items[index].object_name
                yield f"{name} {mark}전년도 예산액(A) {_shown(before)} → {_shown(now)}{formula}"

    def _objects(self) -> Iterator[str]:
        mapped = map_objects(self.project.items, self.year)
        yield from mapped.said
        for index, (code, name) in mapped.objects.items():
            old = self.project.items[index]
            text = join_object(code, name)
            for key in ("overview", "derivations"):
                for place in _named_so(self.tables[key], old.object_code, old.object_name):
                    self.put(place, text)

    def _lines(self) -> Iterator[str]:
        count = sum(len(item.derivations) for item in self.project.items)
        if count:
            yield f"산출근거 {count}줄과 (x) 금액, 재원은 {self.year}년의 초안으로 두었습니다. 새 단가와 수량으로 고치세요."
        for index, item in enumerate(self.project.items):
            for at in range(len(item.derivations)):
                yield from self._line(f"items/{index}/derivations/{at}/text")

    def _line(self, path: str) -> Iterator[str]:
        text, place = self.project.evidence.texts.get(path, ""), self.place(path)
        if place is None or str(self.old) not in text:
            return
        new = re.sub(rf"(?<![0-9]){self.old}(?=\s*(?:학년도|년))", str(self.year), text)
        before, after = derive(text, self.project.rounding), derive(new, self.project.rounding)
        same = (before.expression, before.stated) == (after.expression, after.stated)
        if new != text and same and self.cell(place).formula is None:
            self.put(place, new)
            yield f"{place} {text} → {new}"
        else:
            yield f"{place}에 {self.old}이 있습니다. 확인하세요: {text}"

    def _headings(self) -> Iterator[str]:
        """Change years typed into the headings of 예산총괄; those by formula follow by themselves."""
        found = self.tables["overview"]
        for group in YEAR_HEADINGS:
            place = Place(found.sheet, found.head, found.columns[group])
            cell = self.cell(place)
            if cell.formula is None and isinstance(cell.value, str):
                new = _A_YEAR.sub(lambda match: str(int(match[0]) + 1), cell.value)
                if new != cell.value:
                    self.put(place, new)
                    yield f"{place} {cell.value} → {new}"

    def _schedule(self) -> Iterator[str]:
        for at in range(len(self.project.schedule)):
            for key in _STEP:
                self.put(self.place(f"schedule/{at}/{key}"), None)
        if self.project.schedule:
            yield f"추진일정 {len(self.project.schedule)}줄을 비웠습니다."

    def _mentions(self) -> Iterator[str]:
        """Yield the texts that name the old year and stay as they are."""
        for name, word in _NARRATIVE.items():
            for at, text in enumerate(getattr(self.project, name)):
                if str(self.old) in _A_YEAR.findall(text):
                    yield f"{word} {at + 1}째 글에 {self.old}년이 있습니다. 그대로 두었으니 확인하세요."
        years = set(_A_YEAR.findall(self.project.period))
        if str(self.old) in years and len(years) > 1:
            yield f"사업기간은 여러 해에 걸쳐 그대로 두었습니다: {self.project.period}"


def _shown(amount: int | None) -> str:
    return "(빈칸)" if amount is None else format_amount(amount)


def _named_so(found: Found, code: str, name: str) -> Iterator[Place]:
    """Yield the cells of a table that name a 과목; a code counts only where both say one."""
    for row in found.data():
        cell = row.cell("object")
        if cell is not None and cell.formula is None and isinstance(cell.value, str):
            there, named = split_object(cell.value.strip())
            if name_key(named) == name_key(name) and (not there or not code or there == code):
                yield found.place(row.number, "object")
