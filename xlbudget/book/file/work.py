"""One application of edits under way: the parts being changed, and what has to be told afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from xlbudget.book import EditRefused, SheetUnknown
from xlbudget.book.file import workbookxml
from xlbudget.book.file.definednames import Key, find, with_names
from xlbudget.book.file.newstyle import with_style
from xlbudget.book.file.opc import related
from xlbudget.book.file.package import Package
from xlbudget.book.file.sheettext import SheetText, attributes_of
from xlbudget.book.file.splice import Spans, settle_positions
from xlbudget.book.file.styles import Styles, read_styles
from xlbudget.book.file.xmltree import whole
from xlbudget.book.values import named
from xlbudget.edits import Style
from xlbudget.grid import Cell, Grid, Note, Ref, a1


class SheetState:
    """One sheet being changed: its part cut open, and its cells as they are so far."""

    def __init__(self, sheet: workbookxml.Sheet, text: SheetText, grid: Grid) -> None:
        self.sheet = sheet
        self.text = text
        self.grid = grid
        self.overlay: dict[Ref, Cell] = {}
        self.dirty = False
        self._spans: Spans | None = None

    def cell(self, ref: Ref) -> Cell:
        """Return a cell as it is now."""
        found = self.overlay.get(ref)
        return found if found is not None else self.grid.cell(*ref)

    def cells(self) -> dict[Ref, Cell]:
        """Return all cells as they are now."""
        return {**self.grid.cells, **self.overlay}

    @property
    def spans(self) -> Spans:
        """Where the rows stand."""
        if self._spans is None:
            self._spans = Spans(self.text)
        return self._spans

    def settle(self) -> None:
        """Write out all addresses, in order."""
        settle_positions(self.text)
        self._spans = Spans(self.text)

    def changed(self) -> None:
        """Note that the rows have new bytes."""
        self.dirty = True
        self._spans = None

    def default_format(self, ref: Ref) -> int:
        """Return the cell format that a new cell takes from its row or its column."""
        row = self.spans.row(ref[0])
        if row is not None:
            given = attributes_of(self.text.rows[row.start : row.inner])
            if given.get(b"customFormat") in {b"1", b"true"}:
                return whole(given.get(b"s"))
        return next((style for first, last, style in self._column_formats() if first <= ref[1] <= last), 0)

    def _column_formats(self) -> list[tuple[int, int, int]]:
        if b" style=" not in self.text.head:
            return []
        columns = (node.attrs for node in workbookxml.elements(self.text.frame, "cols", "col"))
        return [
            (whole(a.get("min")), whole(a.get("max")), whole(a.get("style"))) for a in columns if "style" in a
        ]


class Work:
    """What the edits of one ``apply`` work on; nothing of it counts before ``finish``."""

    def __init__(
        self,
        package: Package,
        book: str,
        *,
        styles: Mapping[str, Style],
        owner: object,
        read: Callable[[str], Grid],
        write_notes: Callable[[Work, SheetState, dict[Ref, Note]], None],
    ) -> None:
        self.package = package
        self.book = book
        self.owner = owner
        self.notices: list[str] = []
        self.changed: dict[str, set[Ref] | None] = {}
        self.written: dict[str, set[Ref]] = {}
        self.formulas: dict[str, dict[Ref, bool]] = {}
        self.whole: set[str] = set()
        self._wanted = styles
        self.read = read
        self._write_notes = write_notes
        self.renamed: set[str] = set()
        self.moved = False
        self._states: dict[str, SheetState] = {}
        self._notes: dict[str, dict[Ref, Note]] = {}
        self._defined: dict[Key, str | None] = {}
        self._sheets: tuple[int, tuple[workbookxml.Sheet, ...]] | None = None

    def sheets(self) -> tuple[workbookxml.Sheet, ...]:
        """Return the sheets as they are now."""
        if self._sheets is None or self._sheets[0] != self.package.version:
            self._sheets = (self.package.version, workbookxml.sheets(self.package, self.book))
        return self._sheets[1]

    def has(self, name: str) -> bool:
        """Tell whether there is a sheet of a name."""
        return any(sheet.name == name for sheet in self.sheets())

    def entry(self, name: str) -> workbookxml.Sheet:
        """Return a sheet by name. Raises ``SheetUnknown``."""
        sheets = self.sheets()
        found = next((sheet for sheet in sheets if sheet.name == name), None)
        if found is None:
            raise unknown(name, tuple(sheet.name for sheet in sheets))
        return found

    def state(self, name: str) -> SheetState:
        """Return a sheet, open for changes. Raises ``SheetUnknown``, ``EditRefused``."""
        state = self._states.get(name)
        if state is None:
            sheet = self.entry(name)
            if not sheet.part:
                raise EditRefused(f"{named(name, '은')} 칸이 없는 시트(차트 시트 등)라 고칠 수 없습니다.")
            state = self._states[name] = SheetState(
                sheet, sheet_text(self.package, sheet).copy(), self.read(name)
            )
        return state

    def notes(self, name: str) -> dict[Ref, Note]:
        """Return the notes of a sheet as they shall be, to be changed. Raises ``SheetUnknown``."""
        if name not in self._notes:
            self._notes[name] = dict(self.state(name).grid.notes)
        return self._notes[name]

    def flush(self) -> None:
        """Write the changed sheets and notes into the package and forget them."""
        for name, notes in self._notes.items():
            self._write_notes(self, self.state(name), notes)
        self._notes = {}
        for state in self._states.values():
            if state.dirty:
                part, frame = state.sheet.part, state.text.frame
                blank = not state.text.rows and self.package.stored(part) == frame
                self.package.write(part, frame if blank else state.text.to_bytes())
        self._states = {}

    def forget(self) -> None:
        """Forget the sheets that are open: their parts have been changed in another way."""
        self._states = {}
        self._notes = {}

    def defined(self, key: Key) -> str | None:
        """Return what a name (with its scope) refers to now."""
        if key in self._defined:
            return self._defined[key]
        found = find(workbookxml.outline(self.package.read(self.book)), key)
        return found.text if found is not None else None

    def define(self, key: Key, text: str | None) -> None:
        """Let a name refer to something else, or (``None``) to nothing any more."""
        if self.defined(key) != text:
            self._defined[key] = text

    def flush_names(self) -> None:
        """Write the changed names into the package."""
        if self._defined:
            self.package.write(self.book, with_names(self.package.read(self.book), self._defined))
            self._defined = {}

    def note_change(self, sheet: str, ref: Ref, before: Cell, after: Cell) -> None:
        """Remember that a cell got other contents."""
        refs = self.changed.setdefault(sheet, set())
        if refs is not None:
            refs.add(ref)
        if (before.formula is None) != (after.formula is None):
            self.formulas.setdefault(sheet, {})[ref] = after.formula is not None

    def styles_part(self) -> str:
        """Return the name of the part with the styles."""
        found = related(self.package, self.book, "styles")
        if not found:
            raise EditRefused(
                "통합 문서에 서식 정보(styles.xml)가 없어 고치지 않았습니다. Excel에서 다시 저장한 뒤 해 보세요."
            )
        return found[0]

    def styles(self) -> Styles:
        """Return the styles as they are now."""
        return read_styles(self.package.read(self.styles_part()))

    def format(self, name: str | None, where: str) -> int:
        """Return the cell format of a named style, brought along where the workbook lacks it."""
        styles = self.styles()
        number = styles.formats.get(name)
        if number is not None:
            return number
        if name is not None and name not in styles.known and name not in self._wanted:
            raise EditRefused(
                f"{where}: 셀 스타일 {named(name, '이')} 통합 문서에 없습니다. 표준 통합 문서에서 다시 시작해 주세요."
            )
        self.package.write(self.styles_part(), with_style(styles, name, self._wanted.get(name or "")))
        number = self.styles().formats.get(name)
        if number is None:
            raise EditRefused(
                f"{where}: 통합 문서의 셀 스타일 {named(name or 'Normal', '이')} 손상되어 쓸 수 없습니다. Excel에서 고친 뒤 다시 해 주세요."
            )
        return number

    def place(self, sheet: str, ref: Ref) -> str:
        """Return an address as messages show it."""
        return f"{sheet}!{a1(*ref)}"


def sheet_text(package: Package, sheet: workbookxml.Sheet) -> SheetText:
    """Return the part of a sheet, cut open; not to be changed. Raises ``BookUnreadable``."""
    return package.made(sheet.part, "text", lambda data: SheetText.read(data, sheet.name))


def formula_cells(grid: Grid) -> Iterator[Ref]:
    """Yield where formulas stand on a sheet."""
    for row, cells in grid.filled.items():
        for column, cell in cells.items():
            if cell[1] is not None:
                yield row, column


def unknown(name: str, sheets: tuple[str, ...]) -> SheetUnknown:
    """Return the error for a sheet that is not there."""
    listed = ", ".join(sheets)
    return SheetUnknown(
        f"시트 {named(name, '이')} 없습니다. 이 통합 문서의 시트: {listed}. 시트 이름을 확인해 주세요."
    )
