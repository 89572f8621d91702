"""What a macro may ask of the program that shows the workbook: a short protocol, and Excel behind it.

Macros know nothing else of Excel. A desk of memory and a log stands in for it in tests.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from xlbudget.book import Book, BookNotLocal
from xlbudget.book.live.patience import Patient
from xlbudget.excel.registry import TITLE
from xlbudget.excel.undo import MemoryUndo, UndoStore
from xlbudget.grid import Ref, a1


class Desk(Protocol):
    """The open workbook, and the person before it."""

    @property
    def book(self) -> Book:
        """The open workbook."""
        ...

    @property
    def undo(self) -> UndoStore:
        """What was done to it."""
        ...

    @property
    def place(self) -> str:
        """Where the workbook is stored: a path, an address, or only a name. To be told, not to be opened."""
        ...

    def tell(self, text: str) -> None:
        """Show a short box."""
        ...

    def status(self, text: str) -> None:
        """Show what is being done; an empty text ends it."""
        ...

    def show(self, sheet: str, ref: Ref | None = None) -> None:
        """Bring a sheet to the front, a hidden one too, and select a cell."""
        ...

    def selected(self) -> tuple[str, Ref]:
        """Return the sheet in front and its selected cell."""
        ...

    def save_pdf(self, sheet: str) -> Path:
        """Save a sheet as PDF beside the workbook, under a name that is free, and return the file."""
        ...

    def open_new(self, template: Path) -> None:
        """Open a new, unsaved workbook made from a file."""
        ...


_VISIBLE = -1
_PDF = 0
_STEPS: dict[str, MemoryUndo] = {}
"""Steps by workbook, for as long as this Python lives."""


class ExcelDesk:
    """An xlwings ``Book`` as a desk. It works on the object, never on a path, and never starts or ends Excel.

    It asks Excel's own objects, for each of xlwings' members takes several calls.
    """

    def __init__(self, workbook: Any, adapt: Callable[[Any], Book], undo: UndoStore | None = None) -> None:
        self._workbook = workbook
        self._excel = Patient(workbook.api)
        self._adapt = adapt
        self._undo = undo

    @cached_property
    def _application(self) -> Any:
        return self._excel.Application

    @cached_property
    def book(self) -> Book:
        """The open workbook, by the adapter that was given."""
        return self._adapt(self._workbook)

    @property
    def undo(self) -> UndoStore:
        """What was done to it while this Python has been running."""
        if self._undo is None:
            self._undo = _STEPS.setdefault(self.place, MemoryUndo())
        return self._undo

    @cached_property
    def place(self) -> str:
        """Where the workbook is stored."""
        return str(self._excel.FullName)

    def tell(self, text: str) -> None:
        """Show a short box."""
        self._workbook.app.alert(text, TITLE)

    def status(self, text: str) -> None:
        """Show text in the status bar; an empty one gives it back to Excel."""
        self._application.StatusBar = text or False

    def show(self, sheet: str, ref: Ref | None = None) -> None:
        """Bring a sheet to the front and select a cell."""
        shown = self._excel.Worksheets(sheet)
        if shown.Visible != _VISIBLE:
            shown.Visible = _VISIBLE
        shown.Activate()
        if ref is not None:
            shown.Range(a1(*ref)).Select()

    def selected(self) -> tuple[str, Ref]:
        """Return the sheet in front and its selected cell; A1 where there is none, as on a chart's sheet."""
        cell = self._application.ActiveCell
        ref = (int(cell.Row), int(cell.Column)) if cell is not None else (1, 1)
        return str(self._excel.ActiveSheet.Name), ref

    def save_pdf(self, sheet: str) -> Path:
        """Save a sheet as PDF. Raises ``BookNotLocal`` where the workbook has no folder on this machine."""
        home = Path(self.place)
        if not home.is_absolute() or not home.parent.is_dir():
            raise BookNotLocal(
                "통합 문서가 이 PC의 폴더에 저장되어 있지 않아 PDF를 둘 곳이 없습니다. 이 PC에 저장한 뒤 다시 누르세요."
            )
        path = free_path(home.with_name(f"{home.stem}_{sheet}.pdf"))
        self._excel.Worksheets(sheet).ExportAsFixedFormat(_PDF, str(path))
        return path

    def open_new(self, template: Path) -> None:
        """Open a new workbook made from a file; it has no name yet, so the file stays as it is."""
        self._application.Workbooks.Add(str(template))


def free_path(path: Path) -> Path:
    """Return a path that is not taken: ``a.pdf``, ``a (2).pdf``, …"""
    free, number = path, 1
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free


def address(sheet: str, ref: Ref) -> str:
    """Return a cell as findings name it: ``결산현황!H5``."""
    return f"{sheet}!{a1(*ref)}"
