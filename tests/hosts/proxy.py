"""Objects that behave as pywin32's late-bound COM objects do, with LibreOffice's Excel objects behind them."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tests.hosts.bridge import Bridge, Handle
from tests.hosts.errors import com_error

if TYPE_CHECKING:
    from tests.hosts.shims import Shims

# LibreOffice declares as methods what Excel has as properties with optional arguments. pywin32 reads those
# without arguments; of these two kinds the first gives a value, the second an object.
_VALUES = frozenset({"address", "offset", "resize", "characters"})
_OBJECTS = frozenset(
    [
        "cells",
        "rows",
        "columns",
        "areas",
        "borders",
        "worksheets",
        "workbooks",
        "sheets",
        "windows",
        "names",
        "hyperlinks",
        "comments",
        "shapes",
        "styles",
        "colors",
        "chartobjects",
        "pivottables",
        "hpagebreaks",
        "vpagebreaks",
        "selectedsheets",
        "panes",
    ]
)
_ALWAYS_CALLED = frozenset({"undo", "text"})
_ALIASES = {"NamedRanges": "Names", "NamedRange": "Name"}
_MORE_TYPES = {
    "Application": ["ooo.vba.XApplicationBase"],
    "Workbook": ["ooo.vba.XDocumentBase"],
    "Workbooks": ["ooo.vba.XDocumentsBase"],
    "Window": ["ooo.vba.XWindowBase"],
    "Font": ["ooo.vba.XFontBase"],
    "PageSetup": ["ooo.vba.XPageSetupBase"],
}


class Members:
    """What LibreOffice's type library says of each type: member → names of its parameters, or ``None`` where
    it reads as a property.
    """

    def __init__(self, types_of: Any) -> None:
        self._types = types_of
        self._known: dict[str, dict[str, list[str] | None]] = {}

    def of(self, kind: str) -> dict[str, list[str] | None]:
        """Return the members of a type, by lower-case name."""
        if kind not in self._known:
            self._known[kind] = self._read(kind)
        return self._known[kind]

    def _read(self, kind: str) -> dict[str, list[str] | None]:
        from com.sun.star.container import NoSuchElementException

        found: dict[str, list[str] | None] = {}
        todo = [f"ooo.vba.excel.X{kind}", f"ooo.vba.X{kind}", *_MORE_TYPES.get(kind, [])]
        todo += ["ooo.vba.XCollection", "ooo.vba.XHelperInterface"]
        while todo:
            try:
                described = self._types.getByHierarchicalName(todo.pop(0))
            except NoSuchElementException:
                continue
            todo += [base.Name for base in described.getBaseTypes()]
            todo += [base.Name for base in getattr(described, "getOptionalBaseTypes", lambda: ())()]
            for member in described.getMembers():
                found.setdefault(member.MemberName.lower(), _parameters(member))
        return found


def _parameters(member: Any) -> list[str] | None:
    if not hasattr(member, "ReturnType"):
        return None
    names = [parameter.Name for parameter in member.getParameters()]
    reads = not names and member.ReturnType.Name != "void"
    return None if reads and member.MemberName.lower() not in _ALWAYS_CALLED else names


class Dispatched:
    """What xlwings takes for a COM object (``win32com.client.CDispatch``)."""


class Excel:
    """What all proxies share."""

    def __init__(self, bridge: Bridge, shims: Shims) -> None:
        self.bridge = bridge
        self.shims = shims
        self.members = Members(bridge.office.types)


class Proxy(Dispatched):
    """An object in LibreOffice. One that is not fetched yet knows its parent and its member's name."""

    def __init__(self, excel: Excel, handle: Handle | None, source: tuple[Proxy, str] | None = None) -> None:
        kind = _ALIASES.get(handle.kind, handle.kind) if handle else ""
        vars(self).update(excel=excel, _held=handle, _kind=kind, _source=source, book=None, via=None)

    @property
    def handle(self) -> Handle:
        """The object's number, fetched where it is not known yet."""
        if self._held is None:
            parent, member = self._source
            got = parent.fetch(member)
            if not isinstance(got, Proxy):
                raise com_error(f"{member}: no object")
            vars(self).update(_held=got._held, _kind=got._kind, book=got.book, via=got.via)
            vars(got).update(_held=None)
        return self._held

    @property
    def kind(self) -> str:
        """The name of its type, as Excel calls it."""
        return self.handle and self._kind

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") and name != "_oleobj_":
            raise AttributeError(name)
        try:  # xlwings repeats after an AttributeError, for ever
            return self._read(name)
        except AttributeError as error:
            raise com_error(f"{name}: {error}") from error

    def _read(self, name: str) -> Any:
        kind, excel = self.kind, self.excel
        method = excel.shims.method(kind, name)
        if method is not None:
            return types.MethodType(lambda me, *args, **named: method(me)(*args, **named), self)
        shim = excel.shims.read(kind, name)
        members, low = excel.members.of(kind), name.lower()
        if shim is None and low not in members and low.startswith("get") and low[3:] in members:
            return self._method(name[3:])  # GetAddress and the like
        if shim is None and (
            kind == "WorksheetFunction"
            or (members.get(low) is not None and low not in _VALUES and low not in _OBJECTS)
        ):
            return self._method(name)
        excel.bridge.knock("get", name)
        if shim is not None:
            return shim(self)
        if low in _OBJECTS and members.get(low) is not None:
            return Proxy(excel, None, (self, name))
        return self.fetch(name)

    def _method(self, name: str) -> types.MethodType:
        """Return a bound method: xlwings puts its own wrapper around those."""
        return types.MethodType(lambda me, *args, **named: me.call(name, args, named), self)

    def call(self, name: str, args: Sequence[Any] = (), named: dict[str, Any] | None = None) -> Any:
        """Call a method as a client does."""
        self.excel.bridge.knock("call", name, args)
        self.excel.shims.check(self, name)
        return self.fetch(name, self._ordered(name, args, named or {}))

    def _ordered(self, name: str, args: Sequence[Any], named: dict[str, Any]) -> list[Any]:
        ordered = list(args)
        known = [p.lower() for p in self.excel.members.of(self.kind).get(name.lower()) or []]
        for key, value in named.items():
            if key.lower() not in known:
                raise com_error(f"{name}: LibreOffice knows no parameter {key}")
            at = known.index(key.lower())
            ordered += [None] * (at + 1 - len(ordered))
            ordered[at] = value
        return ordered

    def fetch(self, name: str, args: Sequence[Any] = ()) -> Any:
        """Read or call without being counted."""
        given = [a.handle if isinstance(a, Proxy) else a for a in map(unwrapped, args)]
        got = self.excel.bridge.get(self.handle, name, given)
        if not isinstance(got, Handle):
            return got
        proxy = Proxy(self.excel, got)
        vars(proxy).update(book=self if self.kind == "Workbook" else self.book, via=(self, name, tuple(args)))
        return proxy

    def store(self, name: str, value: Any) -> None:
        """Set a property without being counted."""
        value = unwrapped(value)
        given = value.handle if isinstance(value, Proxy) else value
        self.excel.bridge.put(self.handle, name, given)

    def __call__(self, *args: Any, **named: Any) -> Any:
        if not args and not named:
            return self
        if self._held is None:
            parent, member = self._source
            return parent.call(member, args, named)
        return self.call("Item", args, named)

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            self.excel.bridge.knock("set", name, [value])
            self.excel.shims.check(self, name)
            shim = self.excel.shims.write(self.kind, name)
            if shim is not None:
                shim(self, unwrapped(value))
            else:
                self.store(name, value)
        except AttributeError as error:
            raise com_error(f"{name}: {error}") from error

    def __iter__(self) -> Iterator[Any]:
        for number in range(1, int(self.Count) + 1):
            yield self.call("Item", (number,))

    def __del__(self) -> None:
        if self._held is not None:
            self.excel.bridge.free(self._held.slot)


def unwrapped(value: Any) -> Any:
    """Return the object inside xlwings' own wrapper."""
    return value if isinstance(value, Proxy) else getattr(value, "_inner", value)
