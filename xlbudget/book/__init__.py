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

from xlbudget.edits import Edit
from xlbudget.errors import XlbudgetError
from xlbudget.grid import Grid


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

    def apply(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Apply all edits or none, and return those that undo them, in the order to apply them."""
        ...
