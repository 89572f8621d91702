"""One stroke, done through Excel's own objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlbudget.book.live.entries import goes_as_value
from xlbudget.book.live.strokes import Kind, Stroke, below
from xlbudget.edits import Style

_DOWN, _UP, _LIKE_ABOVE = -4121, -4162, 0
_GENERAL, _LEFT, _CENTRE, _RIGHT, _TOP, _BOTTOM = 1, -4131, -4108, -4152, -4160, -4107
_HORIZONTAL = {"general": _GENERAL, "left": _LEFT, "center": _CENTRE, "right": _RIGHT}
_VERTICAL = {"top": _TOP, "center": _CENTRE, "bottom": _BOTTOM}
_SIDES = (-4160, -4152, -4107, -4131)
_LINES = {"t": (2, "9AA5B1"), "M": (-4138, "1F3A5F"), "T": (4, "9B1C1C")}
_CONTINUOUS, _NONE = 1, -4142


class Sheets:
    """The worksheets of a workbook, each fetched once."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self._all: Any = None
        self._found: dict[str, Any] = {}
        self._pages: dict[str, Any] = {}

    @property
    def all(self) -> Any:
        """The collection."""
        if self._all is None:
            self._all = self.workbook.Worksheets
        return self._all

    def __getitem__(self, name: str) -> Any:
        if name not in self._found:
            self._found[name] = self.all(name)
        return self._found[name]

    def page(self, name: str) -> Any:
        """Return how a sheet prints."""
        if name not in self._pages:
            self._pages[name] = self[name].PageSetup
        return self._pages[name]

    def forget(self, name: str) -> None:
        """Forget a sheet that is gone."""
        self._found.pop(name, None)
        self._pages.pop(name, None)


def draw(sheets: Sheets, stroke: Stroke) -> None:
    """Do one stroke."""
    _DRAWN[stroke.kind](sheets, stroke)


def _range(sheets: Sheets, stroke: Stroke) -> Any:
    return sheets[stroke.sheet].Range(stroke.where)


def _enter(sheets: Sheets, stroke: Stroke) -> None:
    rows = stroke.value
    target = _range(sheets, stroke)
    given = rows[0][0] if len(rows) == len(rows[0]) == 1 else rows
    if not isinstance(given, tuple) and goes_as_value(given):
        target.Value = given
    else:
        target.Formula = given


def _style(sheets: Sheets, stroke: Stroke) -> None:
    _range(sheets, stroke).Style = stroke.value


def _merge(sheets: Sheets, stroke: Stroke) -> None:
    _range(sheets, stroke).Merge()


def _unmerge(sheets: Sheets, stroke: Stroke) -> None:
    _range(sheets, stroke).UnMerge()


def _height(sheets: Sheets, stroke: Stroke) -> None:
    target = _range(sheets, stroke)
    if stroke.value is None:
        target.EntireRow.AutoFit()
    else:
        target.RowHeight = stroke.value


def _hide(sheets: Sheets, stroke: Stroke) -> None:
    _range(sheets, stroke).EntireRow.Hidden = stroke.value


def _width(sheets: Sheets, stroke: Stroke) -> None:
    target = _range(sheets, stroke)
    if stroke.value is None:
        target.UseStandardWidth = True
    elif stroke.value:
        target.ColumnWidth = stroke.value
    else:
        target.EntireColumn.Hidden = True


def _note(sheets: Sheets, stroke: Stroke) -> None:
    target = _range(sheets, stroke)
    _without_note(target)
    target.AddComment(stroke.value)


def _unnote(sheets: Sheets, stroke: Stroke) -> None:
    _without_note(_range(sheets, stroke))


def _without_note(target: Any) -> None:
    note = target.Comment
    if note is not None:
        note.Delete()


def _link(sheets: Sheets, stroke: Stroke) -> None:
    target, tip = stroke.value
    sheets[stroke.sheet].Hyperlinks.Add(_range(sheets, stroke), "", target, tip)


def _unlink(sheets: Sheets, stroke: Stroke) -> None:
    _range(sheets, stroke).Hyperlinks.Delete()


def _breaks(sheets: Sheets, stroke: Stroke) -> None:
    sheet = sheets[stroke.sheet]
    sheet.ResetAllPageBreaks()
    for row in stroke.value:
        sheet.HPageBreaks.Add(sheet.Range(below(row)))


def _page(sheets: Sheets, stroke: Stroke) -> None:
    setattr(sheets.page(stroke.sheet), stroke.where, stroke.value)


def _freeze(sheets: Sheets, stroke: Stroke) -> None:
    """What belongs to a window can be set of the sheet in front only."""
    before = sheets.workbook.ActiveSheet
    sheet = sheets[stroke.sheet]
    sheet.Activate()
    window = sheets.workbook.Windows(1)
    window.DisplayGridlines = stroke.value
    if stroke.where:
        cell = sheet.Range(stroke.where)
        window.FreezePanes = False
        window.SplitColumn, window.SplitRow = cell.Column - 1, cell.Row - 1
        window.FreezePanes = True
    before.Activate()


def _name(sheets: Sheets, stroke: Stroke) -> None:
    sheets.workbook.Names.Add(stroke.where, "=" + stroke.value)


def _unname(sheets: Sheets, stroke: Stroke) -> None:
    for name in sheets.workbook.Names:
        if name.Name == stroke.where:
            name.Delete()
            return


def _insert(sheets: Sheets, stroke: Stroke) -> None:
    _range(sheets, stroke).Insert(_DOWN, _LIKE_ABOVE)


def _delete(sheets: Sheets, stroke: Stroke) -> None:
    _range(sheets, stroke).Delete(_UP)


def _add(sheets: Sheets, stroke: Stroke) -> None:
    before = sheets.workbook.ActiveSheet
    made = sheets.all.Add(After=sheets.all(sheets.all.Count))
    try:
        made.Name = stroke.sheet
        before.Activate()
    except BaseException:
        made.Delete()
        raise


def _drop(sheets: Sheets, stroke: Stroke) -> None:
    sheets[stroke.sheet].Delete()
    sheets.forget(stroke.sheet)


def _forget(sheets: Sheets, stroke: Stroke) -> None:
    for style in sheets.workbook.Styles:
        if style.Name == stroke.where:
            style.Delete()
            return


def _define(sheets: Sheets, stroke: Stroke) -> None:
    _forget(sheets, stroke)
    wanted: Style = stroke.value
    made = sheets.workbook.Styles.Add(stroke.where)
    made.NumberFormat = wanted.number_format
    made.Font.Size, made.Font.Bold, made.Font.Color = wanted.size, wanted.bold, colour(wanted.ink)
    if wanted.fill:
        made.Interior.Color = colour(wanted.fill)
    made.HorizontalAlignment = _HORIZONTAL[wanted.horizontal]
    made.VerticalAlignment = _VERTICAL[wanted.vertical]
    made.WrapText, made.ShrinkToFit = wanted.wrap, wanted.shrink
    made.IndentLevel, made.Locked = wanted.indent, wanted.locked
    for side, code in zip(_SIDES, wanted.border, strict=True):
        border = made.Borders(side)
        if code == "-":
            border.LineStyle = _NONE
            continue
        weight, ink = _LINES[code]
        border.LineStyle, border.Weight, border.Color = _CONTINUOUS, weight, colour(ink)


def colour(text: str) -> int:
    """Return RRGGBB as Excel numbers colours: blue, green, red."""
    return int(text[4:6] + text[2:4] + text[0:2], 16)


_DRAWN: dict[Kind, Callable[[Sheets, Stroke], None]] = {
    Kind.UNMERGE: _unmerge,
    Kind.STYLE: _style,
    Kind.ENTER: _enter,
    Kind.UNNOTE: _unnote,
    Kind.NOTE: _note,
    Kind.HEIGHT: _height,
    Kind.HIDE: _hide,
    Kind.MERGE: _merge,
    Kind.UNLINK: _unlink,
    Kind.LINK: _link,
    Kind.WIDTH: _width,
    Kind.BREAKS: _breaks,
    Kind.PAGE: _page,
    Kind.FREEZE: _freeze,
    Kind.NAME: _name,
    Kind.UNNAME: _unname,
    Kind.DEFINE: _define,
    Kind.FORGET: _forget,
    Kind.INSERT: _insert,
    Kind.DELETE: _delete,
    Kind.ADD: _add,
    Kind.DROP: _drop,
}
