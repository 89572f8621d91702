"""The registry of Windows, tried on a stand-in for the module that Windows' Python has."""

from __future__ import annotations

import sys
from types import SimpleNamespace, TracebackType
from typing import Any

import pytest

from xlbudget.excel.machine import WindowsRegistry, this_machine

KEY = r"HKCU\Software\가\나"


class Key(dict[str, Any]):
    """An open key: its values."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def __enter__(self) -> Key:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class Winreg:
    """As much of ``winreg`` as is used."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, REG_SZ, REG_DWORD, KEY_SET_VALUE = 1, 2, "text", "number", 4

    def __init__(self) -> None:
        self.tree: dict[tuple[int, str], Key] = {}

    def CreateKey(self, root: int, path: str) -> Key:
        return self.tree.setdefault((root, path), Key(path))

    def OpenKey(self, root: int, path: str, reserved: int = 0, access: int = 0) -> Key:
        if (root, path) in self.tree:
            return self.tree[root, path]
        if any(at == root and name.startswith(path + "\\") for at, name in self.tree):
            return Key(path)
        raise FileNotFoundError(path)

    def SetValueEx(self, key: Key, name: str, reserved: int, kind: str, value: object) -> None:
        assert kind == (self.REG_SZ if isinstance(value, str) else self.REG_DWORD)
        key[name] = value

    def QueryValueEx(self, key: Key, name: str) -> tuple[object, int]:
        if name not in key:
            raise FileNotFoundError(name)
        return key[name], 1

    def QueryInfoKey(self, key: Key) -> tuple[int, int, int]:
        return len(self._below(key)), len(key), 0

    def EnumValue(self, key: Key, at: int) -> tuple[str, object, int]:
        return (*list(key.items())[at], 1)

    def EnumKey(self, key: Key, at: int) -> str:
        return self._below(key)[at]

    def _below(self, key: Key) -> list[str]:
        start = key.path + "\\"
        return list(
            dict.fromkeys(
                name.removeprefix(start).partition("\\")[0] for _, name in self.tree if name.startswith(start)
            )
        )

    def DeleteValue(self, key: Key, name: str) -> None:
        if name not in key:
            raise FileNotFoundError(name)
        del key[name]

    def DeleteKey(self, root: int, path: str) -> None:
        del self.tree[root, path]


@pytest.fixture
def winreg(monkeypatch: pytest.MonkeyPatch) -> Winreg:
    made = Winreg()
    monkeypatch.setitem(sys.modules, "winreg", made)  # type: ignore[arg-type]
    return made


def test_values_are_set_read_listed_and_removed(winreg: Winreg) -> None:
    registry = WindowsRegistry()
    assert (registry.value(KEY, "이름"), registry.names(KEY), registry.keys(KEY)) == (None, (), ())
    registry.set(KEY, "이름", "값")
    registry.set(KEY, "수", 3)
    registry.set(KEY + r"\아래", "x", 1)
    assert registry.value(KEY, "이름") == "값"
    assert registry.value(KEY, "없음") is None
    assert registry.names(KEY) == ("이름", "수")
    assert registry.keys(KEY) == ("아래",)
    registry.remove(KEY, "이름")
    registry.remove(KEY, "이름")
    registry.remove(KEY, "수")
    assert (winreg.HKEY_CURRENT_USER, r"Software\가\나") in winreg.tree
    registry.remove(KEY + r"\아래", "x")
    registry.remove(KEY + r"\아래", "x")
    assert registry.keys(KEY) == ()


def test_a_key_goes_with_its_last_value(winreg: Winreg) -> None:
    registry = WindowsRegistry()
    registry.set(r"HKLM\A", "x", 1)
    registry.remove(r"HKLM\A", "x")
    assert winreg.tree == {}


def test_values_of_other_kinds_are_nothing(winreg: Winreg) -> None:
    winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, "A")["bytes"] = b"x"
    assert WindowsRegistry().value(r"HKLM\A", "bytes") is None


def test_windows_is_known(winreg: Winreg, monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes

    windows = SimpleNamespace(
        user32=SimpleNamespace(FindWindowW=lambda name, title: 7 if name == "XLMAIN" else 0)
    )
    monkeypatch.setattr(ctypes, "windll", windows, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("APPDATA", "C:\\Roaming")
    machine = this_machine()
    assert machine.windows and machine.excel_running
    assert machine.encoding == "mbcs"
    assert str(machine.roaming) == "C:\\Roaming"
    assert isinstance(machine.registry, WindowsRegistry)
