"""``FileBook``: a workbook file as a ``Book``, without Excel."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from xlbudget.book import BookNotLocal
from xlbudget.book.file import calc, workbookxml
from xlbudget.book.file.cells import set_cells, set_style
from xlbudget.book.file.known import Known
from xlbudget.book.file.names import set_name
from xlbudget.book.file.notereading import read_notes
from xlbudget.book.file.notes import drop_notes, set_note, write_notes
from xlbudget.book.file.opc import content_type, related, relations
from xlbudget.book.file.opening import open_package, read_file, workbook_part
from xlbudget.book.file.replace import replace_sheet
from xlbudget.book.file.rows import insert_rows, remove_rows
from xlbudget.book.file.save import Stamp, check_suffix, save, stamp
from xlbudget.book.file.sheetxml import Styled, read_grid
from xlbudget.book.file.strings import shared_strings
from xlbudget.book.file.styles import read_styles
from xlbudget.book.file.work import Work, sheet_text, unknown
from xlbudget.edits import (
    DropNotes,
    Edit,
    InsertRows,
    RemoveRows,
    ReplaceSheet,
    SetCells,
    SetName,
    SetNote,
    SetStyle,
    Style,
)
from xlbudget.grid import Grid

_HANDLERS: dict[type, Callable[..., tuple[Edit, ...]]] = {
    SetCells: set_cells,
    SetStyle: set_style,
    ReplaceSheet: replace_sheet,
    InsertRows: insert_rows,
    RemoveRows: remove_rows,
    SetNote: set_note,
    DropNotes: drop_notes,
    SetName: set_name,
}


class _Read(NamedTuple):
    """A sheet as it was read: at which version of the package, and from which contents."""

    version: int
    made_of: tuple[object, ...]
    grid: Grid


def _same_parts(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


_LARGEST_KNOWN = 64 << 10
_KNOWN = Known[Grid](32)
"""Sheets that are the same in every copy of a template, by their stored bytes and what these refer to."""


class FileBook:
    """A workbook read from a file or from bytes; nothing reaches the disk before ``save``.

    Only the parts that edits touch are written anew; every other part stays as it is stored.
    """

    def __init__(self, data: bytes, *, styles: Mapping[str, Style] | None = None, name: str = "") -> None:
        self.name = name
        self.path: Path | None = None
        self._stamp: Stamp | None = None
        self._wanted = styles or {}
        self._package = open_package(data, name or "통합 문서")
        self._book = workbook_part(self._package, name or "통합 문서")
        self._sheets: tuple[int, tuple[workbookxml.Sheet, ...]] | None = None
        self._grids: dict[str, _Read] = {}
        self._notices: list[str] = []
        self._owner = object()
        self._stale = False
        self._fresh: Mapping[str, bytes | None] | None = None
        self._entries()

    @classmethod
    def open(cls, path: Path | str, *, styles: Mapping[str, Style] | None = None) -> FileBook:
        """Open a workbook file. ``styles`` are the named styles to bring along where it lacks them.

        Raises ``BookUnreadable``, ``BookEncrypted``, ``BookBusy``.
        """
        path = Path(path)
        data = read_file(path)
        book = cls(data, styles=styles, name=path.name)
        book.path = path
        book._stamp = stamp(path, data)
        return book

    @classmethod
    def from_bytes(
        cls, data: bytes, *, styles: Mapping[str, Style] | None = None, name: str = ""
    ) -> FileBook:
        """Open a workbook that is in memory. Raises ``BookUnreadable``, ``BookEncrypted``."""
        return cls(data, styles=styles, name=name)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know of the edits applied so far, as Korean sentences."""
        return tuple(self._notices)

    def _entries(self) -> tuple[workbookxml.Sheet, ...]:
        version = self._package.version
        if self._sheets is None or self._sheets[0] != version:
            self._sheets = (version, workbookxml.sheets(self._package, self._book))
        return self._sheets[1]

    def sheets(self) -> tuple[str, ...]:
        """Return the sheet names in order, hidden ones too."""
        return tuple(sheet.name for sheet in self._entries())

    def read(self, sheet: str) -> Grid:
        """Return one sheet. Raises ``SheetUnknown``, ``BookUnreadable``."""
        entry = next((entry for entry in self._entries() if entry.name == sheet), None)
        if entry is None:
            raise unknown(sheet, self.sheets())
        if not entry.part:
            return Grid(sheet)
        version = self._package.version
        found = self._grids.get(sheet)
        if found is not None and found.version == version:
            return found.grid
        made_of = self._parts(entry.part)
        if found is None or not _same_parts(found.made_of, made_of):
            found = _Read(version, made_of, self._grid(entry))
        self._grids[sheet] = found._replace(version=version)
        return found.grid

    def may_call(self, prefix: str) -> bool:
        """Return whether a formula may call a function whose name begins so, from the sheets' text alone."""
        wanted = re.compile(re.escape(prefix.encode()), re.IGNORECASE)
        return any(
            self._package.made(
                entry.part, f"calls {prefix}", lambda xml: b"\0" in xml or bool(wanted.search(xml))
            )
            for entry in self._entries()
            if entry.part
        )

    def _parts(self, part: str) -> tuple[object, ...]:
        """Return all parts that a grid is made of, as the package holds them."""
        package = self._package
        names = [part, self._book, *self._single("styles"), *self._single("sharedStrings")]
        names += [*related(package, part, "comments"), *related(package, part, "threadedComment")]
        return tuple([package.held(name) for name in names if package.find(name)])

    def _single(self, kind: str) -> list[str]:
        return [name for name in related(self._package, self._book, kind)[:1] if self._package.find(name)]

    def _grid(self, entry: workbookxml.Sheet) -> Grid:
        package = self._package
        strings = [package.read(name) for name in self._single("sharedStrings")]
        styles = [read_styles(package.read(name)) for name in self._single("styles")]
        given = Styled(
            shared_strings(strings[0]) if strings else (),
            styles[0].names if styles else (),
            styles[0].blanks if styles else (),
            workbookxml.outline(package.read(self._book)).date1904,
        )
        notes = read_notes(package, entry.part)
        packed = package.packed(entry.part)
        if notes or packed is None or len(packed) > _LARGEST_KNOWN:
            return read_grid(sheet_text(package, entry), entry.name, given, notes)
        key = (entry.name, packed, *styles, *strings, given.date1904)
        known = _KNOWN.get(key)
        if known is None:
            known = read_grid(sheet_text(package, entry), entry.name, given, notes)
            _KNOWN.put(key, known)
        return known

    def _recent(self, sheet: str) -> Grid:
        """Return a sheet as it was last read: its formulas that no edit names have not changed since."""
        found = self._grids.get(sheet)
        return found.grid if found else self.read(sheet)

    def apply(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Apply all edits or none; return those that undo them, in the order to apply them.

        Raises ``EditRefused``, ``SheetUnknown``, ``BookUnreadable``; then nothing has changed.
        """
        before, stale = self._package.state(), self._stale
        work = Work(
            self._package,
            self._book,
            styles=self._wanted,
            owner=self._owner,
            read=self.read,
            write_notes=write_notes,
        )
        inverse: list[Edit] = []
        try:
            for edit in edits:
                inverse[:0] = _HANDLERS[type(edit)](work, edit)
            work.flush()
            work.flush_names()
            self._finish(work, before)
        except BaseException:
            self._package.restore(before)
            self._stale = stale
            raise
        self._notices += [notice for notice in work.notices if notice not in self._notices]
        self._notice_signature()
        return tuple(inverse)

    def _finish(self, work: Work, before: Mapping[str, bytes | None]) -> None:
        calc.update_chain(work)
        calc.restore_order(self._package, self._book)
        parts = {sheet.part for sheet in self._entries()}
        if not parts & set(self._package.touched()) or self._package.state() == self._fresh:
            self._stale = False
        elif not self._stale and calc.stale(work, self.read if work.moved else self._recent):
            self._stale, self._fresh = True, before

    def _notice_signature(self) -> None:
        signed = any(relation.kind == "origin" for relation in relations(self._package, ""))
        notice = "이 통합 문서에는 디지털 서명이 있습니다. 내용이 바뀌어 서명은 더 이상 유효하지 않습니다. 다시 서명해 주세요."
        if signed and self._package.touched() and notice not in self._notices:
            self._notices.append(notice)

    @property
    def has_macros(self) -> bool:
        """Whether this is a macro-enabled workbook, whose file name has to end in .xlsm."""
        return b"macroEnabled" in self._package.read("[Content_Types].xml")

    def to_bytes(self) -> bytes:
        """Return the workbook as a file's bytes; without changes exactly those that were opened.

        Where a cached value may have gone stale, the workbook asks to be calculated when it is opened.
        """
        empty = calc.has_empty_chain(self._package, self._book)
        if not self._stale and not empty:
            return self._package.to_bytes()
        before = self._package.state()
        try:
            if empty:
                calc.drop_chain(self._package, self._book)
            if self._stale:
                data = self._package.read(self._book)
                self._package.write(self._book, workbookxml.with_full_calculation(data))
            return self._package.to_bytes()
        finally:
            self._package.restore(before)

    def showing(self, sheet: str) -> bytes:
        """Return the workbook's bytes with one sheet shown and all others hidden, for a program that prints what
        is shown. Raises ``SheetUnknown``.
        """
        if sheet not in self.sheets():
            raise unknown(sheet, self.sheets())
        before = self._package.state()
        try:
            self._package.write(self._book, workbookxml.with_only(self._package.read(self._book), sheet))
            return self.to_bytes()
        finally:
            self._package.restore(before)

    def save(self, path: Path | str | None = None, *, backup: bool = False) -> Path:
        """Write the workbook to a file, by default to where it was opened; return the path.

        See ``xlbudget.book.file.save.save``. Raises ``BookBusy``, ``BookReadOnly``, ``BookNotLocal``.
        """
        if path is None and self.path is None:
            raise BookNotLocal("저장할 파일 이름이 없습니다. 이름을 정해 주세요.")
        target = Path(path) if path is not None else self.path
        assert target is not None
        check_suffix(target, content_type(self._package, self._book))
        data = self.to_bytes()
        own = self.path is not None and target.exists() and self.path.exists() and target.samefile(self.path)
        save(target, data, opened=self._stamp if own else None, backup=backup)
        if own or self.path is None:
            self.path, self._stamp = target, stamp(target, data)
        return target
