"""A picture read from Excel region by region, where no copy can be read: a workbook with a password, one that
a document-security program encrypts on its way to the disk, or one of an older format.

Values come as raw numbers (``Value2``), without the rounding to four digits of currency cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from xlbudget.book import EditRefused
from xlbudget.book.file.notereading import split_tag
from xlbudget.book.live.differences import NORMAL, PADDING
from xlbudget.book.live.entries import TEXT_FORMAT, canonical, canonical_name
from xlbudget.book.live.hand import Hand, unreadable
from xlbudget.book.live.patience import excel_says, once
from xlbudget.book.live.picture import BARE, Frame, unknown
from xlbudget.book.live.strokes import column_address, row_address
from xlbudget.book.values import tidy
from xlbudget.edits import Edit, Link, ReplaceSheet
from xlbudget.grid import Area, Cell, CellError, Grid, Note, Ref, Value, parse_area
from xlbudget.money import number

_ERRORS = {
    -2146826281: "#DIV/0!",
    -2146826246: "#N/A",
    -2146826259: "#NAME?",
    -2146826288: "#NULL!",
    -2146826252: "#NUM!",
    -2146826265: "#REF!",
    -2146826273: "#VALUE!",
    -2146826243: "#SPILL!",
    -2146826238: "#CALC!",
    -2146826245: "#GETTING_DATA",
}
_OURS = "xlb"
_NOTE_SHAPE = 4
_MANUAL_BREAK = -4135
_HIDDEN_NAME = "_xl"
Found = TypeVar("Found")


class Regions:
    """A workbook as Excel's objects say, each sheet read once. Raises ``BookUnreadable``."""

    def __init__(self, hand: Hand, *, looks: bool = True) -> None:
        """``looks`` false: contents only, which is much quicker."""
        self._hand = hand
        self._looks = looks
        self._grids: dict[str, Grid] = {}
        self._frames: dict[str, Frame] = {}

    @cached_property
    def _sheets(self) -> dict[str, Any]:
        return self._asked(lambda: {sheet.Name: sheet for sheet in self._hand.workbook.Worksheets})

    def _asked(self, question: Callable[[], Found]) -> Found:
        try:
            with once():
                return question()
        except Exception as error:
            said = excel_says(error)
            if said is None:
                raise
            raise unreadable(said) from error

    def sheets(self) -> tuple[str, ...]:
        """Return the sheet names in order."""
        return tuple(self._sheets)

    def grid(self, sheet: str) -> Grid:
        """Return one sheet."""
        if sheet not in self._sheets:
            raise unknown(sheet, self.sheets())
        if sheet not in self._grids:
            self._grids[sheet] = self._asked(lambda: self._read(sheet))
        return self._grids[sheet]

    def _read(self, name: str) -> Grid:
        sheet = self._sheets[name]
        used = sheet.UsedRange
        area = parse_area(used.Address.replace("$", ""))
        contents = _contents(used, area)
        if not self._looks:
            return Grid(name, contents)
        merges = _merges(sheet, used, area)
        rows = (1, area.bottom)
        return Grid(
            name,
            {ref: cell for ref, cell in _styled(sheet, contents).items() if cell != Cell()},
            merges=merges,
            widths=_widths(sheet, area),
            heights={row: float(height) for row, height in _each(sheet, rows, row_address, "RowHeight")},
            hidden_rows=frozenset(row for row, hidden in _each(sheet, rows, row_address, "Hidden") if hidden),
            notes=_notes(sheet),
            date1904=bool(self._hand.workbook.Date1904),
        )

    def frame(self, sheet: str) -> Frame:
        """Return what a sheet has beside its cells."""
        if sheet not in self._frames:
            self._frames[sheet] = self._asked(lambda: _frame(self._sheets[sheet]))
        return self._frames[sheet]

    def names(self) -> Mapping[str, str]:
        """Return the workbook's names."""
        return self._asked(self._names)

    def _names(self) -> dict[str, str]:
        found = {}
        for name in self._hand.workbook.Names:
            text = name.Name
            if "!" not in text and not text.startswith(_HIDDEN_NAME):
                found[text] = canonical_name(name.RefersTo.removeprefix("="))
        return found

    def protected(self, sheet: str) -> bool:
        """Tell whether a sheet is protected."""
        return self._asked(lambda: bool(self._sheets[sheet].ProtectContents))

    @cached_property
    def _styles(self) -> dict[str, Any]:
        return self._asked(lambda: {style.Name: style for style in self._hand.workbook.Styles})

    def has_style(self, name: str) -> bool:
        """Tell whether the workbook has a named style."""
        return name in self._styles

    def text_style(self, name: str) -> bool:
        """Tell whether a named style of the workbook formats cells as text."""
        return name in self._styles and self._asked(lambda: self._styles[name].NumberFormat) == TEXT_FORMAT

    def check(self, edits: Sequence[Edit]) -> None:
        """Refuse to rewrite a sheet on which something of the user's lies. Raises ``EditRefused``."""
        for edit in edits:
            if isinstance(edit, ReplaceSheet) and edit.name in self._sheets:
                self._check_bare(edit.name)

    def _check_bare(self, name: str) -> None:
        sheet = self._sheets[name]
        if any(note.tag is None for note in self.grid(name).notes.values()):
            raise _lies(name, "메모")
        if self._asked(lambda: sheet.ListObjects.Count):
            raise _lies(name, "표")
        for shape in self._asked(lambda: list(sheet.Shapes)):
            if shape.Type != _NOTE_SHAPE and not shape.Name.startswith(_OURS):
                raise _lies(name, f"도형 '{shape.Name}'")

    def backup(self) -> bytes | None:
        """No copy can be read, so none is kept."""
        return None


def _lies(sheet: str, what: str) -> EditRefused:
    return EditRefused(
        f"'{sheet}' 시트에 사용자가 놓은 {what}이(가) 있어 다시 쓰지 않았습니다. 다른 시트로 옮긴 뒤 다시 해 주세요."
    )


def _block(answer: Any) -> tuple[tuple[Any, ...], ...]:
    return answer if isinstance(answer, tuple) else ((answer,),)


def _contents(used: Any, area: Area) -> dict[Ref, Cell]:
    values, formulas = _block(used.Value2), _block(used.Formula)
    found = {}
    for r, row in enumerate(values):
        for c, raw in enumerate(row):
            text = formulas[r][c]
            formula = isinstance(text, str) and text.startswith("=") and text != raw
            found[area.top + r, area.left + c] = Cell(_value(raw), canonical(text[1:]) if formula else None)
    return found


def _value(raw: Any) -> Value:
    if raw is None or isinstance(raw, bool | str):
        return raw
    if isinstance(raw, int):
        return CellError(_ERRORS.get(raw, "#VALUE!"))
    return tidy(number(repr(float(raw))))


def _styled(sheet: Any, contents: Mapping[Ref, Cell]) -> dict[Ref, Cell]:
    found = {}
    for ref, cell in contents.items():
        name = sheet.Cells(*ref).Style.Name
        found[ref] = cell._replace(style=None if name == NORMAL else name)
    return found


def _merges(sheet: Any, used: Any, area: Area) -> tuple[Area, ...]:
    if used.MergeCells is False:
        return ()
    found: dict[Area, None] = {}
    for row in range(area.top, area.bottom + 1):
        line = sheet.Range(str(Area(row, area.left, row, area.right)))
        columns = range(area.left, area.right + 1) if line.MergeCells is not False else ()
        for column in columns:
            if not any(known.holds((row, column)) for known in found):
                cell = sheet.Cells(row, column)
                if cell.MergeCells:
                    found[parse_area(cell.MergeArea.Address.replace("$", ""))] = None
    return tuple(found)


def _each(
    sheet: Any, lines: tuple[int, int], address: Callable[[int, int], str], member: str
) -> Iterator[tuple[int, Any]]:
    """Yield what a member says of each row or column. Excel answers for many at once where they are alike, and
    with nothing where they are not: then for each half.
    """
    first, last = lines
    answer = getattr(sheet.Range(address(first, last)), member)
    if answer is not None or first == last:
        yield from ((line, answer) for line in range(first, last + 1))
        return
    middle = (first + last) // 2
    yield from _each(sheet, (first, middle), address, member)
    yield from _each(sheet, (middle + 1, last), address, member)


def _widths(sheet: Any, area: Area) -> dict[int, float]:
    widths = _each(sheet, (1, area.right), column_address, "ColumnWidth")
    return {column: float(width) + PADDING if width else 0.0 for column, width in widths}


def _notes(sheet: Any) -> dict[Ref, Note]:
    found = {}
    for comment in sheet.Comments:
        cell = comment.Parent
        text, tag = split_tag(comment.Text())
        found[int(cell.Row), int(cell.Column)] = Note(text, tag)
    return found


def _frame(sheet: Any) -> Frame:
    page = sheet.PageSetup
    breaks = [b.Location.Row - 1 for b in sheet.HPageBreaks if b.Type == _MANUAL_BREAK]
    links = {
        (int(link.Range.Row), int(link.Range.Column)): Link(link.SubAddress, link.ScreenTip)
        for link in sheet.Hyperlinks
        if link.SubAddress
    }
    area = str(page.PrintArea).replace("$", "")
    return Frame(tuple(breaks), links, area, str(page.PrintTitleRows)) if page else BARE
