"""A picture read from a copy that Excel saves: the whole workbook in one call, read by the file adapter.

What the file adapter refuses is refused here in the same words, since the edits are tried on the copy first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from xlbudget.book.file import FileBook, workbookxml
from xlbudget.book.file.opc import related
from xlbudget.book.file.opening import open_package, workbook_part
from xlbudget.book.file.sheettext import address
from xlbudget.book.file.styles import Styles, read_styles
from xlbudget.book.file.work import sheet_text
from xlbudget.book.file.xmltree import Node, parsed, whole
from xlbudget.book.live.entries import TEXT_FORMAT, canonical_name
from xlbudget.book.live.picture import BARE, Frame, tidied, unknown
from xlbudget.edits import (
    Edit,
    Formula,
    Held,
    Link,
    RemoveRows,
    ReplaceSheet,
    SetCells,
    SheetImage,
    Style,
)
from xlbudget.grid import Grid, Value

NAME = "열린 통합 문서"
_BUILT_IN_TEXT = 49
_YES = frozenset({"1", "true"})


class Copied:
    """A workbook as its copy says."""

    def __init__(self, data: bytes, styles: Mapping[str, Style]) -> None:
        """Raises ``BookUnreadable`` where the copy is no workbook that can be read, an encrypted one too."""
        self._data = data
        self._wanted = styles
        self._book = FileBook.from_bytes(data, styles=styles, name=NAME)
        self._package = open_package(data, NAME)
        self._part = workbook_part(self._package, NAME)
        self._grids: dict[str, Grid] = {}

    @cached_property
    def _entries(self) -> dict[str, workbookxml.Sheet]:
        return {entry.name: entry for entry in workbookxml.sheets(self._package, self._part)}

    @cached_property
    def _outline(self) -> workbookxml.Outline:
        return workbookxml.outline(self._package.read(self._part))

    @cached_property
    def _styles(self) -> Styles | None:
        found = related(self._package, self._part, "styles")
        return read_styles(self._package.read(found[0])) if found else None

    def sheets(self) -> tuple[str, ...]:
        """Return the sheet names in order."""
        return tuple(self._entries)

    def grid(self, sheet: str) -> Grid:
        """Return one sheet."""
        if sheet not in self._entries:
            raise unknown(sheet, self.sheets())
        if sheet not in self._grids:
            self._grids[sheet] = tidied(self._book.read(sheet))
        return self._grids[sheet]

    def frame(self, sheet: str) -> Frame:
        """Return what a sheet has beside its cells."""
        entry = self._entries.get(sheet)
        if entry is None or not entry.part:
            return BARE
        frame = sheet_text(self._package, entry).frame
        breaks = (whole(n.attrs.get("id")) for n in workbookxml.elements(frame, "rowBreaks", "brk"))
        links = {
            address(node.attrs["ref"].partition(":")[0]): Link(
                node.attrs["location"], node.attrs.get("tooltip", "")
            )
            for node in workbookxml.elements(frame, "hyperlinks", "hyperlink")
            if node.attrs.get("location") and "ref" in node.attrs
        }
        return Frame(
            tuple(breaks),
            links,
            self._own_name(sheet, "_xlnm.Print_Area"),
            self._own_name(sheet, "_xlnm.Print_Titles"),
        )

    def _own_name(self, sheet: str, name: str) -> str:
        scope = list(self._entries).index(sheet)
        text = next((n.text for n in self._outline.names if n.name == name and n.scope == scope), "")
        return text.rpartition("!")[2].replace("$", "") if name.endswith("Area") else text.rpartition("!")[2]

    def names(self) -> Mapping[str, str]:
        """Return the workbook's names."""
        return {n.name: canonical_name(n.text) for n in self._outline.names if n.scope is None}

    def protected(self, sheet: str) -> bool:
        """Tell whether a sheet is protected."""
        entry = self._entries.get(sheet)
        if entry is None or not entry.part:
            return False
        node = parsed(sheet_text(self._package, entry).frame).find("sheetProtection")
        return node is not None and node.attrs.get("sheet") in _YES

    def has_style(self, name: str) -> bool:
        """Tell whether the workbook has a named style."""
        return self._styles is not None and name in self._styles.known

    def text_style(self, name: str) -> bool:
        """Tell whether a named style of the workbook formats cells as text."""
        if self._styles is None or name not in self._styles.known:
            return False
        masters = _children(self._styles.root, "cellStyleXfs")
        number = whole(masters[self._styles.known[name]].attrs.get("numFmtId"))
        codes = {
            whole(n.attrs.get("numFmtId")): n.attrs.get("formatCode")
            for n in _children(self._styles.root, "numFmts")
        }
        return number == _BUILT_IN_TEXT or codes.get(number) == TEXT_FORMAT

    def check(self, edits: Sequence[Edit]) -> None:
        """Try edits on the copy. Raises what the file adapter raises."""
        trial = FileBook.from_bytes(self._data, styles=self._wanted, name=NAME)
        trial.apply([tried for edit in edits for tried in _tried(edit, trial.sheets())])

    def backup(self) -> bytes | None:
        """Return the copy."""
        return self._data


def _children(root: Node, group: str) -> list[Node]:
    node = root.find(group)
    return node.children if node else []


def _tried(edit: Edit, sheets: Sequence[str]) -> list[Edit]:
    """Return an edit without what only a host that made it can read; one that cannot be tried is left out."""
    match edit:
        case SetCells(sheet, cells):
            plain = {ref: _plain(c) if isinstance(c, Held) else c for ref, c in cells.items()}
            return [SetCells(sheet, plain)]
        case ReplaceSheet(name, image) if not isinstance(image, SheetImage):
            return [ReplaceSheet(name, SheetImage({}))] if name in sheets else []
        case RemoveRows(sheet, at, count, written):
            return [RemoveRows(sheet, at, count, written)]
        case _:
            return [edit]


def _plain(held: Held) -> Formula | Value:
    cell = held.cell
    return Formula(cell.formula, cell.value) if cell.formula is not None else cell.value
