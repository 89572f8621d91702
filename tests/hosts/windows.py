"""xlwings' own, unmodified Windows engine on another system, with LibreOffice in the place of Excel.

    with Host() as host:
        book = host.open(path)          # an xlwings Book; its api leads to LibreOffice
        host.calls, host.before_call    # counted, and refused by a test

What pywin32 gives the engine is replaced while the engine is imported: one top-level window, whose accessible
object is LibreOffice's Application.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.hosts.bridge import Bridge
from tests.hosts.errors import com_error
from tests.hosts.office import Office
from tests.hosts.proxy import Dispatched, Excel, Proxy
from tests.hosts.shims import Shims

_OK_PRESSED = 1
LACKING = {
    "sheet.ResetAllPageBreaks": "",
    "area.UseStandardWidth = True": "area.ColumnWidth = 8.43",
    'sheet.Hyperlinks.Add cells, "", Mid(fields(3), 2), Mid(fields(4), 2)': "",
    "cells.Hyperlinks.Delete": "",
    "area.Style = book.Styles(value)": "HostStyle book, area, value",
}
"""Words of our VBA that LibreOffice has no member or another name for, and what stands there instead."""


_HOST_STYLE = """
Sub HostStyle(book, area, value)
 ' The standard style has another name, and an error comes after it was set.
 If value <> "Normal" Then
  area.Style = book.Styles(value)
 Else
  On Error Resume Next
  area.Style = book.Styles("Default")
 End If
End Sub
"""


class _Any(types.SimpleNamespace):
    """A library of Windows: any function, doing nothing."""

    def __getattr__(self, name: str) -> Callable[..., int]:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_: 0


class Windows:
    """The stand-ins for pywin32, all of which lead to one application."""

    def __init__(self) -> None:
        self.application: Any = None
        self.boxes: list[str] = []

    def _box(self, _window: int, text: str, _title: str, _style: int) -> int:
        self.boxes.append(text)
        return _OK_PRESSED

    def _modules(self) -> dict[str, dict[str, Any]]:
        error = type("error", (Exception,), {})
        client = {
            "CDispatch": Dispatched,
            "CoClassBaseClass": type("CoClassBaseClass", (), {}),
            "DispatchBaseClass": type("DispatchBaseClass", (), {}),
            "Dispatch": lambda _: self.application,
            "DispatchEx": lambda _: self.application,
        }
        return {
            "pywintypes": {"com_error": com_error, "error": error, "TimeType": datetime, "IID": str},
            "pythoncom": {
                "com_error": com_error,
                "ole_error": com_error,
                "__file__": "pythoncom",
                "CoInitialize": lambda: None,
            },
            "win32api": {"MessageBox": self._box},
            "win32con": {
                "MB_OK": 0,
                "MB_OKCANCEL": 1,
                "MB_YESNO": 4,
                "MB_YESNOCANCEL": 3,
                "MB_ICONWARNING": 0x30,
                "MB_ICONINFORMATION": 0x40,
            },
            "win32gui": {"FindWindowEx": lambda *_: 1},
            "win32process": {"GetWindowThreadProcessId": lambda _: (1, os.getpid())},
            "win32timezone": {"TimeZoneInfo": types.SimpleNamespace(utc=lambda: UTC)},
            "win32com": {},
            "win32com.client": client,
        }

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Put the stand-ins in place, and take them away again."""
        made = {}
        for name, members in self._modules().items():
            made[name] = types.ModuleType(name)
            vars(made[name]).update(members)
        vars(made["win32com"])["client"] = made["win32com.client"]
        before = {name: sys.modules.get(name) for name in made}
        kept = {name: getattr(ctypes, name, None) for name in ("windll", "oledll", "PyDLL")}
        found = type("Found", (), {"__call__": lambda *_: self.application})()
        sys.modules.update(made)
        ctypes.windll = types.SimpleNamespace(user32=_Any(GetTopWindow=lambda _: 1, GetWindow=lambda *_: 0))
        ctypes.oledll = types.SimpleNamespace(ole32=_Any(), oleacc=_Any())
        ctypes.PyDLL = lambda _: types.SimpleNamespace(PyCom_PyObjectFromIUnknown=found)
        try:
            yield
        finally:
            for name, module in before.items():
                sys.modules.pop(name)
                if module is not None:
                    sys.modules[name] = module
            for name, member in kept.items():
                delattr(ctypes, name) if member is None else setattr(ctypes, name, member)


_WINDOWS = Windows()


def _engine() -> Any:
    """Return xlwings with its Windows engine active; the engine is imported once a process."""
    import xlwings

    if "excel" not in {engine.name for engine in xlwings.engines}:
        with _WINDOWS.installed():
            from xlwings import _xlwindows
        atexit.unregister(_xlwindows.cleanup)  # it would run Windows programs
        xlwings._xlwindows = _xlwindows  # where Book.caller looks for it
        xlwings.engines.add(xlwings.Engine(impl=_xlwindows.engine))
    xlwings.engines.active = xlwings.engines["excel"]
    return xlwings


class Host:
    """LibreOffice as the Excel that xlwings talks to."""

    def __init__(self, *, headless: bool = True) -> None:
        self.office = Office(headless=headless)
        self.bridge = Bridge(self.office)
        self.excel = Excel(self.bridge, Shims(self.office))
        self.application = Proxy(self.excel, self.bridge.root())
        self.excel.shims.application = self.application
        _WINDOWS.application = self.application
        _WINDOWS.boxes.clear()
        self.xlwings = _engine()

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop LibreOffice."""
        self.bridge.before_call = None
        self.office.close()

    @property
    def calls(self) -> int:
        """How many calls a client has made so far."""
        return self.bridge.calls

    @property
    def before_call(self) -> Callable[[str, str, Sequence[Any]], None] | None:
        """Asked before each call: kind, member, arguments; may raise ``com_error``."""
        return self.bridge.before_call

    @before_call.setter
    def before_call(self, hook: Callable[[str, str, Sequence[Any]], None] | None) -> None:
        self.bridge.before_call = hook

    @property
    def boxes(self) -> list[str]:
        """The texts of the message boxes so far."""
        return _WINDOWS.boxes

    def open(self, path: Path, *, macros: bool = False) -> Any:
        """Open a workbook file as people do, and return it as an xlwings ``Book``."""
        document = self.office.open(path, macros=macros)
        self.excel.shims.prepare(document)
        return self.xlwings.books[path.name]

    def provide(self, source: Path, function: str, macro: str) -> None:
        """Let ``Application.Run(macro, …)`` run a function of a VBA module, as its text stands."""
        if not self.bridge.library.hasByName(source.stem):
            self._add_module(source)
        self.excel.shims.macros[macro] = lambda *args: self.bridge.run(source.stem, function, args)

    def _add_module(self, source: Path) -> None:
        text = source.read_text(encoding="utf-8").replace("\r\n", "\n")
        body = "\n".join(line for line in text.split("\n") if not line.startswith("Attribute "))
        for lacking, instead in LACKING.items():
            assert body.count(lacking) == 1, lacking
            body = body.replace(lacking, instead)
        self.bridge.library.insertByName(source.stem, f"Option VBASupport 1\n{body}{_HOST_STYLE}")

    def document(self, book: Any) -> Any:
        """Return the UNO document of an xlwings ``Book``."""
        return self.excel.shims.document(book.name)
