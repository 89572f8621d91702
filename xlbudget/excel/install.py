"""Putting the add-in onto a PC without admin rights or network, and taking it away again.

First a plan, a list of changes that can be read; then they are carried out one by one, each of them said.
A receipt keeps what stood there before, so that ``uninstall`` puts it back. The add-in lies in a folder of its
own, and only that folder becomes a trusted location.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import Any, NamedTuple

from xlbudget.excel.machine import Machine, Registry, Value
from xlbudget.excel.package import ADDIN, SETTINGS, WORKBOOK
from xlbudget.excel.sources import CONFIGURATION, AddinFault, xlwings_folder, xlwings_version

OFFICE = r"HKCU\Software\Microsoft\Office\16.0\Excel"
"""Excel 2016, 2019, 2021, 2024 and 365 all keep their settings here."""
OPTIONS = rf"{OFFICE}\Options"
TRUSTED = rf"{OFFICE}\Security\Trusted Locations"
RECEIPT = "installed.json"
_DESCRIPTION = "xlbudget 추가 기능"


class WriteFile(NamedTuple):
    """A file to write, and what it is for."""

    path: Path
    content: bytes
    why: str


class RemoveFile(NamedTuple):
    """A file to remove."""

    path: Path
    why: str


class SetValue(NamedTuple):
    """A registry value to set."""

    key: str
    name: str
    value: Value
    why: str


class RemoveValue(NamedTuple):
    """A registry value to remove."""

    key: str
    name: str
    why: str


Change = WriteFile | RemoveFile | SetValue | RemoveValue


def said(change: Change) -> str:
    """Return a change as a line for people."""
    match change:
        case WriteFile(path, content, why):
            return f"파일 쓰기  {path} ({len(content):,}바이트): {why}"
        case RemoveFile(path, why):
            return f"파일 지우기  {path}: {why}"
        case SetValue(key, name, value, why):
            return f"레지스트리 쓰기  {key} [{name}] = {value}: {why}"
        case RemoveValue(key, name, why):
            return f"레지스트리 지우기  {key} [{name}]: {why}"


def addin_folder(machine: Machine) -> Path:
    """Return the folder of the add-in: one of its own below the person's add-ins."""
    return machine.roaming / "Microsoft" / "AddIns" / CONFIGURATION


def configuration_file(machine: Machine) -> Path:
    """Return the file in which xlwings' module looks up the person's settings."""
    return machine.home / f".{CONFIGURATION}" / f"{CONFIGURATION}.conf"


def interpreter(machine: Machine) -> Path:
    """Return the Python that Excel is to start: the one without a window, where there is one."""
    windowless = machine.python.with_name("pythonw.exe")
    return windowless if windowless.exists() else machine.python


def plan(
    machine: Machine, build_addin: Callable[[Mapping[str, str]], bytes], workbook: bytes
) -> list[Change]:
    """Return the changes that install the add-in.

    ``build_addin`` makes the add-in for given settings, ``workbook`` is the standard workbook with macros.
    Raises ``AddinFault`` where Excel is open (it would write its own settings over ours) or is not there.
    """
    if not machine.windows:
        raise AddinFault(
            "추가 기능은 Windows의 Excel에 설치합니다. 이 PC에서는 명령줄(xlbudget build)을 쓰세요."
        )
    if machine.excel_running:
        raise AddinFault(
            "Excel이 열려 있습니다. 열린 통합 문서를 저장하고 Excel을 모두 닫은 뒤 다시 실행하세요."
        )
    folder = addin_folder(machine)
    settings = {"INTERPRETER_WIN": str(interpreter(machine)), **SETTINGS}
    return [
        WriteFile(folder / ADDIN, build_addin(settings), "Excel 추가 기능"),
        WriteFile(folder / WORKBOOK, workbook, "매크로가 든 표준예산서"),
        *_libraries(machine),
        WriteFile(
            configuration_file(machine),
            _configuration(machine, settings),
            "매크로가 쓸 파이썬과 실행 방법",
        ),
        *_trust(machine.registry, folder),
        *_opening(machine.registry, folder / ADDIN),
    ]


def library_places(machine: Machine) -> tuple[Path, Path]:
    """Return the two folders in which xlwings' module looks for its library."""
    folder = interpreter(machine).parent
    return folder, folder.parent


def library_names() -> tuple[str, str]:
    """Return the names of xlwings' libraries for Excel of 64 and of 32 bits."""
    version = xlwings_version()
    return f"xlwings64-{version}.dll", f"xlwings32-{version}.dll"


def _libraries(machine: Machine) -> Iterator[Change]:
    """Copy xlwings' libraries to where its module looks for them, where another installer put them elsewhere."""
    places = library_places(machine)
    package = xlwings_folder()
    elsewhere = (machine.prefix, package.parent, *package.parents[1:4])
    for name in library_names():
        found = next((folder / name for folder in (*places, *elsewhere) if (folder / name).exists()), None)
        if found is not None and found.parent not in places:
            yield WriteFile(places[0] / name, found.read_bytes(), "Excel과 파이썬을 잇는 xlwings 라이브러리")


def _configuration(machine: Machine, settings: Mapping[str, str]) -> bytes:
    """Return the person's settings with ours in them, in the form of VBA's ``Write``."""
    path = configuration_file(machine)
    kept = []
    if path.exists():
        for line in path.read_text(encoding=machine.encoding).splitlines():
            key = line.split(",", 1)[0].strip('" ').upper()
            if key and key not in settings:
                kept.append(line)
    lines = [*kept, *(f'"{key}","{value}"' for key, value in settings.items())]
    try:
        return "".join(f"{line}\r\n" for line in lines).encode(machine.encoding)
    except UnicodeEncodeError:
        raise AddinFault(
            f"파이썬이 있는 폴더 이름({interpreter(machine)})에 Excel 매크로가 읽지 못하는 글자가 있습니다. "
            "영문이나 한글로 된 폴더에 설치하세요."
        ) from None


def _trust(registry: Registry, folder: Path) -> Iterator[Change]:
    path = f"{folder}\\"
    numbers = {}
    for name in registry.keys(TRUSTED):
        known = registry.value(rf"{TRUSTED}\{name}", "Path")
        if isinstance(known, str) and PureWindowsPath(known) == PureWindowsPath(path):
            return
        numbers[name.lower()] = known
    number = next(n for n in range(len(numbers) + 1) if f"location{n}" not in numbers)
    key = rf"{TRUSTED}\Location{number}"
    why = "이 폴더의 매크로만 허용"
    yield SetValue(key, "Path", path, why)
    yield SetValue(key, "Description", _DESCRIPTION, why)
    yield SetValue(key, "AllowSubfolders", 0, why)


def opened_addins(registry: Registry) -> list[str]:
    """Return what Excel opens when it starts, in order: the values OPEN, OPEN1, OPEN2, …"""
    found: list[str] = []
    while (value := registry.value(OPTIONS, _open_name(len(found)))) is not None:
        found.append(str(value))
    return found


def _open_name(number: int) -> str:
    return f"OPEN{number}" if number else "OPEN"


def _opening(registry: Registry, path: Path) -> Iterator[Change]:
    opened = opened_addins(registry)
    if not any(_opens(value, path) for value in opened):
        yield SetValue(OPTIONS, _open_name(len(opened)), f'"{path}"', "Excel을 켤 때 추가 기능 열기")


def _opens(value: str, path: Path) -> bool:
    return str(path).lower() in value.lower()


def carry_out(machine: Machine, changes: Sequence[Change], say: Callable[[str], object]) -> None:
    """Carry changes out one by one, saying each, and keep in the receipt what stood there before.

    The receipt is written before each change, so that whatever stops halfway can be undone.
    """
    receipt = machine.home / f".{CONFIGURATION}" / RECEIPT
    entries: list[dict[str, Any]] = read_receipt(machine)
    known = {_identity(entry) for entry in entries}
    receipt.parent.mkdir(parents=True, exist_ok=True)
    for change in changes:
        entry = _before(machine, change)
        if _identity(entry) not in known:
            entries.append(entry)
        receipt.write_text(json.dumps(entries, ensure_ascii=False, indent=1), encoding="utf-8")
        say(said(change))
        _do(machine, change)


def read_receipt(machine: Machine) -> list[dict[str, Any]]:
    """Return what an installation changed, oldest first; empty where there was none."""
    path = machine.home / f".{CONFIGURATION}" / RECEIPT
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return entries


def _identity(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return entry.get("path"), entry.get("key"), entry.get("name")


def _before(machine: Machine, change: Change) -> dict[str, Any]:
    if isinstance(change, WriteFile | RemoveFile):
        old = change.path.read_bytes() if change.path.exists() else None
        return {"path": str(change.path), "before": old and base64.b64encode(old).decode("ascii")}
    return {"key": change.key, "name": change.name, "before": machine.registry.value(change.key, change.name)}


def _do(machine: Machine, change: Change) -> None:
    match change:
        case WriteFile(path, content, _):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        case RemoveFile(path, _):
            path.unlink(missing_ok=True)
        case SetValue(key, name, value, _):
            machine.registry.set(key, name, value)
        case RemoveValue(key, name, _):
            machine.registry.remove(key, name)


def removal(machine: Machine) -> list[Change]:
    """Return the changes that take an installation away and put back what stood there before.

    Raises ``AddinFault`` where there is none, or where Excel is open.
    """
    if machine.excel_running:
        raise AddinFault(
            "Excel이 열려 있습니다. 열린 통합 문서를 저장하고 Excel을 모두 닫은 뒤 다시 실행하세요."
        )
    entries = read_receipt(machine)
    if not entries:
        raise AddinFault("설치한 기록이 없어 지울 것이 없습니다.")
    changes: list[Change] = []
    for entry in reversed(entries):
        before, why = entry["before"], "설치하기 전으로"
        if "path" in entry:
            path = Path(entry["path"])
            old = base64.b64decode(before) if before is not None else None
            changes.append(WriteFile(path, old, why) if old is not None else RemoveFile(path, why))
        elif entry["key"] != OPTIONS:
            key, name = entry["key"], entry["name"]
            changes.append(
                SetValue(key, name, before, why) if before is not None else RemoveValue(key, name, why)
            )
    return [*_closing(machine.registry, addin_folder(machine) / ADDIN), *changes]


def _closing(registry: Registry, path: Path) -> Iterable[Change]:
    """Take the add-in out of what Excel opens; the rest moves up, since Excel stops at a gap."""
    opened = opened_addins(registry)
    kept = [value for value in opened if not _opens(value, path)]
    why = "Excel을 켤 때 추가 기능 열지 않기"
    for number, value in enumerate(kept):
        if value != opened[number]:
            yield SetValue(OPTIONS, _open_name(number), value, why)
    for number in range(len(kept), len(opened)):
        yield RemoveValue(OPTIONS, _open_name(number), why)


def install(machine: Machine, say: Callable[[str], object]) -> None:
    """Install the add-in, built on this PC's own xlwings. Raises ``AddinFault``."""
    from xlbudget.excel.package import addin, with_macros
    from xlbudget.resources import STANDARD_WORKBOOK, resource

    workbook = with_macros(resource(STANDARD_WORKBOOK).read_bytes())
    carry_out(machine, plan(machine, addin, workbook), say)
    say(
        "설치했습니다. Excel을 켜면 예산설명서 탭이 보입니다. 보이지 않으면 xlbudget addin doctor 를 실행하세요."
    )


def uninstall(machine: Machine, say: Callable[[str], object]) -> None:
    """Take the add-in away again. Raises ``AddinFault``."""
    for change in removal(machine):
        say(said(change))
        _do(machine, change)
    receipt = machine.home / f".{CONFIGURATION}" / RECEIPT
    receipt.unlink(missing_ok=True)
    for folder in (addin_folder(machine), receipt.parent):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    say("지웠습니다. 설치하기 전으로 돌아갔습니다.")
