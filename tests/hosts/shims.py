# ruff: noqa: N803 (the arguments have Excel's own names)
"""What LibreOffice's Excel objects lack, or only pretend to do, done as Excel does it.

Each entry is ``(type, member)``; ``*`` stands for any type. What is not here is LibreOffice's own answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.hosts.bridge import to_uno
from tests.hosts.errors import com_error
from tests.hosts.proxy import Dispatched, Proxy

if TYPE_CHECKING:
    from tests.hosts.office import Office

ERRORS = {
    "#DIV/0!": -2146826281,
    "#N/A": -2146826246,
    "#NAME?": -2146826259,
    "#NULL!": -2146826288,
    "#NUM!": -2146826252,
    "#REF!": -2146826265,
    "#VALUE!": -2146826273,
}
_NORMAL = {"Normal": "Default"}
_LETTERS = {"Default": "Normal"}
_XLSX = 51
_SUFFIXES = {_XLSX: ".xlsx", 52: ".xlsm"}
_FORMULA_ERRORS = 4
_SYNTAX = frozenset({501, 504, 505, 507, 508, 509, 510, 511, 512})
_LAST_COLUMN = 255
_STANDARD_WIDTH = 2258
_WAYS_IN = frozenset(["value", "value2", "formula", "formula2", "formular1c1", "clearcontents"])
_WAYS_AROUND = frozenset(
    [
        "insert",
        "delete",
        "merge",
        "unmerge",
        "clear",
        "clearformats",
        "style",
        "numberformat",
        "rowheight",
        "columnwidth",
        "hidden",
        "addcomment",
        "autofit",
    ]
)
_SHOWN = -1
_RENAMING = frozenset(["add", "close", "open", "saveas"])
_AUTOMATIC = -4105
_KEPT = {
    "ScreenUpdating": True,
    "StatusBar": False,
    "Interactive": True,
    "DisplayAlerts": True,
    "EnableEvents": True,
    "Calculation": _AUTOMATIC,
}
"""Settings that are only remembered: there is nobody to see, and formulas are calculated as they come."""


def uno_range(range_: Proxy) -> Any:
    """Return the plain UNO cells of a Range (the first area where there are several)."""
    return range_.excel.bridge.uno(range_.handle, "getCellRange")


def areas(range_: Proxy) -> Iterator[Any]:
    """Yield the plain UNO cells of each area of a Range."""
    document = range_.excel.shims.document(range_.book.fetch("Name"))
    name = range_.fetch("Worksheet").fetch("Name")
    for address in range_.fetch("Address").replace("$", "").split(","):
        sheet = document.Sheets.getByName(name)
        first, _, last = address.partition(":")
        if first.isdigit():
            address = f"A{first}:XFD{last or first}"
        elif first.isalpha():
            address = f"{first}1:{last or first}1048576"
        yield sheet.getCellRangeByName(address)


class Empty(Dispatched):
    """A collection of which LibreOffice has nothing."""

    Count = 0

    def __call__(self, *_: Any) -> Any:
        raise com_error("no such item")

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class Styles(Dispatched):
    """The cell styles of a workbook, which LibreOffice can neither add nor delete by Excel's way."""

    def __init__(self, book: Proxy) -> None:
        self._document = book.excel.shims.document(book.fetch("Name"))
        self._family = self._document.StyleFamilies.getByName("CellStyles")

    @property
    def Count(self) -> int:
        return int(self._family.Count)

    def __call__(self, name: str | int) -> Style:
        if isinstance(name, int):
            found = self._family.getByIndex(name - 1).Name
            return Style(_LETTERS.get(found, found), self._family)
        if not self._family.hasByName(_NORMAL.get(name, name)):
            raise com_error(f"Styles: no style {name}")
        return Style(name, self._family)

    def Add(self, Name: str) -> Style:
        made = self._document.createInstance("com.sun.star.style.CellStyle")
        self._family.insertByName(Name, made)
        return Style(Name, self._family)


class _Loose(Dispatched):
    """An object that takes any property: what a style is made of is not looked at here."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Loose()

    def __call__(self, *_: Any) -> _Loose:
        return _Loose()


class Style(_Loose):
    """One cell style; its number format counts, the rest of its look does not."""

    def __init__(self, name: str, family: Any = None) -> None:
        vars(self).update(Name=name, _family=family)

    def Delete(self) -> None:
        self._family.removeByName(self.Name)


class Shims:
    """The replacements, and the memory of what LibreOffice forgets."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.application: Any = None
        self.macros: dict[str, Callable[..., Any]] = {}
        self.links: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._state: dict[str, Any] = {}
        self._copies: dict[str, bytes] = {}
        self._documents: dict[str, Any] = {}
        self._protects = False

    def read(self, kind: str, name: str) -> Callable[[Proxy], Any] | None:
        """Return what reads a member, ``None`` where LibreOffice does it right."""
        if kind == "Application" and name in _KEPT:
            return lambda _: self._state.get(name, _KEPT[name])
        return _READ.get((kind, name)) or _READ.get(("*", name))

    def method(self, kind: str, name: str) -> Callable[[Proxy], Callable[..., Any]] | None:
        """Return what gives a method; it counts its call itself."""
        return _METHODS.get((kind, name))

    def write(self, kind: str, name: str) -> Callable[[Proxy, Any], None] | None:
        """Return what sets a member."""
        if kind == "Application" and name in _KEPT:
            return lambda _, value: self._state.update({name: value})
        return _WRITE.get((kind, name))

    def document(self, name: str) -> Any:
        """Return the UNO document of a workbook's name."""
        if name not in self._documents:
            self._documents[name] = self._find(name)
        return self._documents[name]

    def _find(self, name: str) -> Any:
        for document in self.office.documents():
            if name in {document.Title, Path(document.URL).name if document.URL else ""}:
                return document
            if document.URL and _file(document.URL).name == name:
                return document
        raise com_error(f"{name}: not open")

    def copy(self, document: Any) -> bytes:
        """Return a workbook as a file; one that did not change since is not written again."""
        key = document.RuntimeUID
        if key not in self._copies or document.isModified():
            path = self.office.folder / "copy.xlsx"
            self.office.store(document, path, copy=True)
            document.setModified(False)
            self._copies[key] = path.read_bytes()
        return self._copies[key]

    def prepare(self, document: Any) -> None:
        """Let every column exist: LibreOffice makes them on demand, and a cell in none has no style. What it
        could undo itself it need not remember.
        """
        self._documents.clear()
        document.UndoManager.lock()
        for number in range(document.Sheets.Count):
            sheet = document.Sheets.getByIndex(number)
            self._protects |= sheet.isProtected()
            far = sheet.getCellByPosition(_LAST_COLUMN, 0)
            far.String = " "
            far.String = ""

    def check(self, proxy: Proxy, member: str) -> None:
        """Raise where Excel refuses: LibreOffice ignores writes into a protected sheet without a word."""
        low = member.lower()
        if low in _RENAMING:
            self._documents.clear()
        self._protects |= low == "protect"
        if not self._protects or proxy.kind != "Range" or low not in _WAYS_IN | _WAYS_AROUND:
            return
        if proxy.fetch("Worksheet").fetch("ProtectContents") and (
            low in _WAYS_AROUND or proxy.fetch("Locked") is not False
        ):
            raise com_error(f"{member}: the sheet is protected")


def _file(url: str) -> Path:
    from tests.excel_office import uno_modules

    return Path(uno_modules()[0].fileUrlToSystemPath(url))


def _value(range_: Proxy) -> Any:
    """Errors read as 0 in LibreOffice; Excel gives their numbers."""
    value = range_.fetch("Value")
    cells = uno_range(range_)
    wrong = cells.queryFormulaCells(_FORMULA_ERRORS)
    if not wrong.Count:
        return value
    top = cells.RangeAddress
    rows = [list(row) for row in value] if isinstance(value, tuple) else [[value]]
    for area in wrong.RangeAddresses:
        for r in range(area.StartRow - top.StartRow, area.EndRow - top.StartRow + 1):
            for c in range(area.StartColumn - top.StartColumn, area.EndColumn - top.StartColumn + 1):
                rows[r][c] = ERRORS.get(cells.getCellByPosition(c, r).String, ERRORS["#VALUE!"])
    return tuple(map(tuple, rows)) if isinstance(value, tuple) else rows[0][0]


def _write_formula(range_: Proxy, value: Any) -> None:
    if isinstance(value, str) and value.startswith("=") and range_.fetch("Count") > 1:
        first = range_.fetch("Cells", (1, 1))  # Excel adjusts relative references
        first.store("Formula", value)
        range_.store("FormulaR1C1", first.fetch("FormulaR1C1"))
    else:
        range_.store("Formula", value)
    if isinstance(value, str) and value.startswith("="):
        cell = uno_range(range_).getCellByPosition(0, 0)
        if cell.getError() in _SYNTAX:  # Excel refuses these
            cell.Formula = ""
            raise com_error(f"Formula: cannot read {value}")


def _write_style(range_: Proxy, style: Any) -> None:
    name = style if isinstance(style, str) else style.Name
    for cells in areas(range_):
        cells.CellStyle = _NORMAL.get(name, name)


def _read_style(range_: Proxy) -> Any:
    name = uno_range(range_).CellStyle
    return Style(_LETTERS.get(name, name))


def _merge(range_: Proxy) -> Callable[..., None]:
    def merge(Across: bool = False) -> None:
        _called(range_, "Merge")
        for cells in areas(range_):
            cells.merge(True)

    return merge


def _unmerge(range_: Proxy) -> Callable[[], None]:
    def unmerge() -> None:
        _called(range_, "UnMerge")
        for cells in areas(range_):
            cells.merge(False)

    return unmerge


def _called(proxy: Proxy, member: str, arguments: Sequence[Any] = ()) -> None:
    """Count a method that is done here."""
    proxy.excel.bridge.knock("call", member, arguments)
    proxy.excel.shims.check(proxy, member)


def _write_height(range_: Proxy, points: float) -> None:
    for cells in areas(range_):
        cells.Rows.Height = round(points * 2540 / 72)


def _write_standard_width(range_: Proxy, _: bool) -> None:
    for cells in areas(range_):
        cells.Columns.Width = _STANDARD_WIDTH


def _write_width(range_: Proxy, characters: float) -> None:
    """LibreOffice minds the first of several areas only."""
    found = range_.fetch("Areas")
    for number in range(1, int(found.fetch("Count")) + 1):
        found.fetch("Item", (number,)).store("ColumnWidth", characters)


def _hidden(range_: Proxy) -> bool | None:
    """Whether rows are hidden, ``None`` where some are; LibreOffice looks at the first."""
    rows = uno_range(range_)
    place = rows.RangeAddress
    shown = sum(a.EndRow - a.StartRow + 1 for a in rows.queryVisibleCells().RangeAddresses)
    if shown == 0:
        return True
    return False if shown == place.EndRow - place.StartRow + 1 else None


def _write_sheet_name(sheet: Proxy, name: str) -> None:
    taken = {s.fetch("Name").lower() for s in _sheets(sheet.book)} - {sheet.fetch("Name").lower()}
    if not 0 < len(name) <= 31 or set(name) & set("[]:*?/\\") or name.lower() in taken:
        raise com_error(f"cannot name a sheet {name!r}")
    sheet.store("Name", name)


def _sheets(book: Proxy) -> Iterator[Proxy]:
    sheets = book.fetch("Worksheets")
    for number in range(1, int(sheets.fetch("Count")) + 1):
        yield sheets.fetch("Item", (number,))


def _save_as(book: Proxy) -> Callable[..., None]:
    def save_as(Filename: str, FileFormat: int = _XLSX, **_: Any) -> None:
        _called(book, "SaveAs")
        path = Path(Filename).with_suffix(_SUFFIXES[FileFormat])
        book.excel.shims.office.store(book.excel.shims.document(book.fetch("Name")), path, copy=False)

    return save_as


def _save_copy(book: Proxy) -> Callable[[str], None]:
    def save_copy_as(Filename: str) -> None:
        _called(book, "SaveCopyAs", (Filename,))
        document = book.excel.shims.document(book.fetch("Name"))
        Path(Filename).write_bytes(book.excel.shims.copy(document))

    return save_copy_as


def _export(sheet: Proxy) -> Callable[..., None]:
    """Print one sheet to a PDF file."""

    def export(Type: int = 0, Filename: str = "", **_: Any) -> None:
        from tests.excel_office import property_value, uno_modules

        _called(sheet, "ExportAsFixedFormat", (Filename,))
        document = sheet.excel.shims.document(sheet.book.fetch("Name"))
        area = document.Sheets.getByName(sheet.fetch("Name"))
        cursor = area.createCursor()
        cursor.gotoEndOfUsedArea(False)
        whole = area.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)
        selection = uno_modules()[0].Any(
            "[]com.sun.star.beans.PropertyValue", (property_value("Selection", whole),)
        )
        options = (
            property_value("FilterName", "calc_pdf_Export"),
            property_value("FilterData", selection),
        )
        document.storeToURL(Path(Filename).as_uri(), options)

    return export


class Links(Dispatched):
    """Links of cells, remembered only: LibreOffice would turn the cell into a text field."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._known = proxy.excel.shims.links

    @property
    def _here(self) -> list[tuple[str, str, str]]:
        place = _place(self._proxy)
        return [key for key in self._known if key[:2] == place[:2] and place[2] in {"", key[2]}]

    @property
    def Count(self) -> int:
        return len(self._here)

    def __call__(self, number: int) -> Link:
        place = self._here[number - 1]
        return Link(self._proxy.fetch("Range", (place[2],)), *self._known[place])

    def Add(self, Anchor: Any, Address: str, SubAddress: str = "", ScreenTip: str = "") -> None:
        _called(self._proxy, "Hyperlinks.Add", (SubAddress,))
        self._known[_place(unwrapped_range(Anchor))] = (SubAddress, ScreenTip)

    def Delete(self) -> None:
        _called(self._proxy, "Hyperlinks.Delete")
        for place in self._here:
            del self._known[place]


class Link(Dispatched):
    """One remembered link."""

    def __init__(self, range_: Proxy, target: str, tip: str) -> None:
        self.Range, self.SubAddress, self.ScreenTip = range_, target, tip


def unwrapped_range(value: Any) -> Proxy:
    """Return the Range inside xlwings' wrapper."""
    from tests.hosts.proxy import unwrapped

    found = unwrapped(value)
    assert isinstance(found, Proxy)
    return found


def _place(range_: Proxy) -> tuple[str, str, str]:
    if range_.kind == "Worksheet":
        return range_.book.fetch("Name"), range_.fetch("Name"), ""
    return range_.book.fetch("Name"), range_.fetch("Worksheet").fetch("Name"), range_.fetch("Address")


def _reset_breaks(sheet: Proxy) -> Callable[[], None]:
    def reset() -> None:
        _called(sheet, "ResetAllPageBreaks")
        document = sheet.excel.shims.document(sheet.book.fetch("Name"))
        document.Sheets.getByName(sheet.fetch("Name")).removeAllManualPageBreaks()

    return reset


def _run(application: Proxy) -> Callable[..., Any]:
    """Run a macro that a test has provided."""

    def run(macro: str, *args: Any) -> Any:
        _called(application, "Run", (macro,))
        found = application.excel.shims.macros.get(macro)
        if found is None:
            raise com_error(f"Cannot run the macro '{macro}'.")
        return found(*args)

    return run


def _noted(comment: Proxy) -> Proxy:
    """Return the cell of a note; LibreOffice says none."""
    comments, _, (number,) = comment.via
    sheet = comments.via[0]
    document = comment.excel.shims.document(sheet.book.fetch("Name"))
    place = document.Sheets.getByName(sheet.fetch("Name")).Annotations.getByIndex(number - 1).Position
    found = sheet.fetch("Cells", (place.Row + 1, place.Column + 1))
    assert isinstance(found, Proxy)
    return found


def _titled(page: Proxy) -> Any:
    sheet = page.via[0]
    document = page.excel.shims.document(sheet.book.fetch("Name"))
    return document.Sheets.getByName(sheet.fetch("Name"))


def _titles(page: Proxy) -> str:
    sheet = _titled(page)
    rows = sheet.TitleRows
    return f"${rows.StartRow + 1}:${rows.EndRow + 1}" if sheet.PrintTitleRows else ""


def _write_titles(page: Proxy, rows: str) -> None:
    """LibreOffice takes the address and does nothing with it."""
    sheet = _titled(page)
    if rows:
        first, _, last = rows.replace("$", "").partition(":")
        area = sheet.getCellRangeByName(f"A{first}:A{last}").RangeAddress
        sheet.setTitleRows(area)
    sheet.setPrintTitleRows(bool(rows))


def _full_name(book: Proxy) -> str:
    folder, name = book.fetch("Path"), book.fetch("Name")
    return str(Path(folder) / name) if folder else name


_READ: dict[tuple[str, str], Callable[[Proxy], Any]] = {
    ("Application", "Hwnd"): lambda p: 1,
    ("*", "Application"): lambda p: p.excel.shims.application,
    ("Worksheet", "Parent"): lambda p: p.book,
    ("Worksheet", "Visible"): lambda p: _SHOWN if p.fetch("Visible") else 0,
    ("Worksheet", "ListObjects"): lambda p: Empty(),
    ("Worksheet", "Hyperlinks"): Links,
    ("Workbooks", "Count"): lambda p: p.fetch("Count") - 1,  # the hidden document comes last
    ("Workbook", "Date1904"): lambda p: False,
    ("Workbook", "FullName"): _full_name,
    ("Workbook", "Styles"): Styles,
    ("PageSetup", "PrintTitleRows"): _titles,
    ("Comment", "Parent"): _noted,
    ("Range", "Value"): _value,
    ("Range", "Value2"): lambda p: to_uno(_value(p)),
    ("Range", "Formula2"): lambda p: p.fetch("Formula"),
    ("Range", "Style"): _read_style,
    ("Range", "Hidden"): _hidden,
    ("Range", "Hyperlinks"): Links,
    ("Range", "HasArray"): lambda p: bool(uno_range(p).ArrayFormula),
    ("Range", "CountLarge"): lambda p: p.fetch("Count"),
}
_METHODS: dict[tuple[str, str], Callable[[Proxy], Callable[..., Any]]] = {
    ("Workbook", "SaveAs"): _save_as,
    ("Workbook", "SaveCopyAs"): _save_copy,
    ("Worksheet", "ResetAllPageBreaks"): _reset_breaks,
    ("Worksheet", "ExportAsFixedFormat"): _export,
    ("Application", "Run"): _run,
    ("Range", "Merge"): _merge,
    ("Range", "UnMerge"): _unmerge,
}
_WRITE: dict[tuple[str, str], Callable[[Proxy, Any], None]] = {
    ("Range", "Formula"): _write_formula,
    ("Range", "Formula2"): _write_formula,
    ("Range", "Value2"): lambda p, value: p.store("Value", value),
    ("Range", "Style"): _write_style,
    ("Range", "RowHeight"): _write_height,
    ("Range", "ColumnWidth"): _write_width,
    ("Range", "UseStandardWidth"): _write_standard_width,
    ("Worksheet", "Name"): _write_sheet_name,
    ("PageSetup", "PrintTitleRows"): _write_titles,
}
