"""The port to a workbook, and the errors that its adapters raise.

BookError            a workbook cannot be read or written
├── BookUnreadable   not a workbook, damaged, or hostile
├── BookEncrypted    protected by a password or a document-security (DRM) program
├── BookBusy         open elsewhere, or the host does not answer
├── BookProtected    a protected sheet or workbook structure stands in the way
├── BookReadOnly     the target cannot be written: permissions, a full disk, a vanished folder
├── BookNotLocal     the workbook has no path on this machine
├── SheetUnknown     a sheet that an edit names is not there
└── EditRefused      an edit would lose or break something of the user's; the message says what
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from xlbudget.edits import Content, Edit, ReplaceSheet, SetCells, SheetImage
from xlbudget.errors import XlbudgetError
from xlbudget.grid import Cell, Grid, a1


class BookError(XlbudgetError):
    """A workbook cannot be read or written."""


class BookUnreadable(BookError):
    """The file is no workbook, is damaged, or is built to do harm."""


class BookEncrypted(BookUnreadable):
    """The file is protected by a password or by a document-security program."""


class BookBusy(BookError):
    """The file is open elsewhere, or the host does not answer."""


class BookProtected(BookError):
    """A protected sheet or workbook structure stands in the way."""


class BookReadOnly(BookError):
    """The target cannot be written."""


class BookNotLocal(BookError):
    """The workbook has no path on this machine."""


class SheetUnknown(BookError):
    """A sheet that an edit or a reader names is not in the workbook."""


class EditRefused(BookError):
    """An edit would lose or break something of the user's."""


class Book(Protocol):
    """A workbook that can be read sheet by sheet and changed all at once."""

    def sheets(self) -> tuple[str, ...]:
        """Return the sheet names in order, hidden ones too."""
        ...

    def read(self, sheet: str) -> Grid:
        """Return one sheet. Raises ``SheetUnknown``."""
        ...

    def may_call(self, prefix: str) -> bool:
        """Return whether a formula may call a function whose name begins so; ``False`` only where none does."""
        ...

    def apply(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Apply all edits or none, and return those that undo them, in the order to apply them."""
        ...


def conflicts(book: Book, applied: Sequence[Edit]) -> tuple[str, ...]:
    """Return the cells (``시트!A1``) that no longer hold what applied edits wrote into them.

    To be asked before the inverse is applied: what a user has typed since would be lost. A formula counts by
    its text, for a host may have calculated it since. Where several edits wrote a cell, the last one counts.
    """
    written: dict[tuple[str, int, int], Content] = {}
    for edit in applied:
        if isinstance(edit, SetCells):
            written.update({(edit.sheet, *ref): content for ref, content in edit.cells.items()})
        elif isinstance(edit, ReplaceSheet) and isinstance(edit.image, SheetImage):
            written = {place: content for place, content in written.items() if place[0] != edit.name}
            written.update({(edit.name, *ref): content for ref, (content, _) in edit.image.cells.items()})
    there = set(book.sheets())
    grids = {sheet: book.read(sheet) for sheet in {place[0] for place in written} & there}
    return tuple(
        f"{sheet}!{a1(row, column)}"
        for (sheet, row, column), content in sorted(written.items(), key=lambda item: item[0])
        if sheet not in grids or not _holds(grids[sheet].cell(row, column), content)
    )


def _holds(cell: Cell, content: Content) -> bool:
    from xlbudget.book.values import kept, same

    wanted = kept(content, "")
    return cell.formula == wanted.formula if wanted.formula is not None else same(cell, wanted)
