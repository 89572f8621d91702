"""A PC as installing and examining see it: its folders, its Python, its registry. Tests bring their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NamedTuple, Protocol

Value = str | int


class Registry(Protocol):
    """The registry. A key is written ``HKCU\\...`` or ``HKLM\\...``; what is missing is ``None`` or empty."""

    def value(self, key: str, name: str) -> Value | None:
        """Return a value."""
        ...

    def names(self, key: str) -> tuple[str, ...]:
        """Return the names of a key's values."""
        ...

    def keys(self, key: str) -> tuple[str, ...]:
        """Return the names of the keys below a key."""
        ...

    def set(self, key: str, name: str, value: Value) -> None:
        """Set a value, making its key where it is missing."""
        ...

    def remove(self, key: str, name: str) -> None:
        """Remove a value, and its key where that is empty then."""
        ...


class Machine(NamedTuple):
    """The PC and the person's folders on it.

    ``encoding`` is that of VBA's text files. ``python`` is the interpreter, ``prefix`` where it is installed.
    """

    registry: Registry
    home: Path
    roaming: Path
    python: Path
    prefix: Path
    encoding: str
    windows: bool
    excel_running: bool


class WindowsRegistry:
    """The registry of this PC."""

    def value(self, key: str, name: str) -> Value | None:
        """Return a value; ``None`` also where it may not be read."""
        import winreg as w

        try:
            with w.OpenKey(*_parts(key)) as opened:  # type: ignore[attr-defined]
                found = w.QueryValueEx(opened, name)[0]  # type: ignore[attr-defined]
        except OSError:
            return None
        return found if isinstance(found, str | int) else None

    def names(self, key: str) -> tuple[str, ...]:
        """Return the names of a key's values."""
        import winreg as w

        try:
            with w.OpenKey(*_parts(key)) as opened:  # type: ignore[attr-defined]
                count = w.QueryInfoKey(opened)[1]  # type: ignore[attr-defined]
                return tuple(w.EnumValue(opened, at)[0] for at in range(count))  # type: ignore[attr-defined]
        except OSError:
            return ()

    def keys(self, key: str) -> tuple[str, ...]:
        """Return the names of the keys below a key."""
        import winreg as w

        try:
            with w.OpenKey(*_parts(key)) as opened:  # type: ignore[attr-defined]
                count = w.QueryInfoKey(opened)[0]  # type: ignore[attr-defined]
                return tuple(w.EnumKey(opened, at) for at in range(count))  # type: ignore[attr-defined]
        except OSError:
            return ()

    def set(self, key: str, name: str, value: Value) -> None:
        """Set a value."""
        import winreg as w

        kind = w.REG_SZ if isinstance(value, str) else w.REG_DWORD  # type: ignore[attr-defined]
        with w.CreateKey(*_parts(key)) as opened:  # type: ignore[attr-defined]
            w.SetValueEx(opened, name, 0, kind, value)  # type: ignore[attr-defined]

    def remove(self, key: str, name: str) -> None:
        """Remove a value, and its key where that is empty then."""
        import winreg as w

        root, path = _parts(key)
        try:
            with w.OpenKey(root, path, 0, w.KEY_SET_VALUE) as opened:  # type: ignore[attr-defined]
                w.DeleteValue(opened, name)  # type: ignore[attr-defined]
        except FileNotFoundError:
            return
        if not self.names(key) and not self.keys(key):
            w.DeleteKey(root, path)  # type: ignore[attr-defined]


def _parts(key: str) -> tuple[int, str]:
    import winreg as w

    root, _, path = key.partition("\\")
    roots = {"HKCU": w.HKEY_CURRENT_USER, "HKLM": w.HKEY_LOCAL_MACHINE}  # type: ignore[attr-defined]
    return roots[root], path


class NoRegistry:
    """The registry where there is none: nothing is in it, and nothing can be put there."""

    def value(self, key: str, name: str) -> Value | None:
        """Return nothing."""
        return None

    def names(self, key: str) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    def keys(self, key: str) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    def set(self, key: str, name: str, value: Value) -> None:
        """Refuse. Raises ``OSError``."""
        raise OSError(f"no registry for {key}")

    def remove(self, key: str, name: str) -> None:
        """Do nothing."""


def this_machine() -> Machine:
    """Return the PC that this runs on."""
    windows = sys.platform == "win32"
    home = Path.home()
    return Machine(
        registry=WindowsRegistry() if windows else NoRegistry(),
        home=home,
        roaming=Path(os.environ.get("APPDATA", home / "AppData" / "Roaming")),
        python=Path(sys.executable),
        prefix=Path(sys.prefix),
        encoding="mbcs" if windows else "utf-8",
        windows=windows,
        excel_running=windows and _excel_window(),
    )


def _excel_window() -> bool:
    import ctypes

    return bool(ctypes.windll.user32.FindWindowW("XLMAIN", None))  # type: ignore[attr-defined]
