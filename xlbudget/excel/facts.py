"""What is found on a PC that the add-in depends on: facts, without judging them (see ``doctor``)."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

import xlbudget
from xlbudget.book import BookError
from xlbudget.book.file import FileBook
from xlbudget.excel.install import (
    OFFICE,
    TRUSTED,
    addin_folder,
    configuration_file,
    interpreter,
    library_places,
    opened_addins,
)
from xlbudget.excel.machine import Machine, Registry, Value
from xlbudget.excel.package import ADDIN, CONF_SHEET, VERSION_KEYS

POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
_CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_OUTLOOK_BITS = r"HKLM\SOFTWARE\Microsoft\Office\16.0\Outlook"
_CHILD_PROCESSES = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A"
"""Defender's rule "Block all Office applications from creating child processes"."""
_RULES = (
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
    r"HKLM\SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found on a PC; ``None`` where it could not be told.

    ``addin_versions`` are the versions of xlbudget and xlwings in the installed add-in. ``macro_policy`` is the
    office's setting of VBAWarnings (1 to 4). ``workbook`` is the path or address of the open workbook.
    """

    windows: bool = True
    python: tuple[int, ...] = (3, 11)
    python_bits: int = 64
    interpreter: str = ""
    xlbudget: str = ""
    xlwings: str | None = None
    pywin32: bool = False
    libraries: tuple[str, ...] = ()
    library_seen: bool = False
    excel_version: str | None = None
    excel_bits: int | None = None
    addin: str | None = None
    addin_versions: tuple[str, str] | None = None
    opened_at_start: bool = False
    trusted: bool = False
    trusted_locations_off: bool = False
    mark_of_the_web: bool = False
    macro_policy: int | None = None
    internet_macros_blocked: bool = False
    configured_interpreter: str | None = None
    interpreter_exists: bool = True
    child_processes: str | None = None
    workbook: str | None = None
    workbook_marked: bool = False


def gather(machine: Machine, workbook: str | None = None) -> Facts:
    """Collect the facts of a PC; what cannot be read stays unknown."""
    registry, addin = machine.registry, addin_folder(machine) / ADDIN
    configured = _setting(configuration_file(machine), machine.encoding, "INTERPRETER_WIN")
    libraries = _libraries()
    there = addin.exists()
    macros = _policy(registry, "", "VBAWarnings")
    return Facts(
        windows=machine.windows,
        python=tuple(sys.version_info[:3]),
        python_bits=struct.calcsize("P") * 8,
        interpreter=str(interpreter(machine)),
        xlbudget=xlbudget.__version__,
        xlwings=_version("xlwings"),
        pywin32=importlib.util.find_spec("win32com") is not None,
        libraries=libraries,
        library_seen=any(
            (folder / name).exists() for folder in library_places(machine) for name in libraries
        ),
        excel_version=_text(registry.value(_CLICK_TO_RUN, "VersionToReport"))
        or ("16.0" if registry.keys(OFFICE) else None),
        excel_bits=_excel_bits(registry),
        addin=str(addin) if there else None,
        addin_versions=_addin_versions(addin) if there else None,
        mark_of_the_web=there and _marked(addin),
        configured_interpreter=configured,
        interpreter_exists=configured is not None and Path(configured).exists(),
        workbook=workbook,
        workbook_marked=workbook is not None and "://" not in workbook and _marked(Path(workbook)),
        opened_at_start=any(str(addin).lower() in value.lower() for value in opened_addins(registry)),
        trusted=_is_trusted(registry, addin.parent),
        trusted_locations_off=_policy(registry, r"\Trusted Locations", "AllLocationsDisabled") == 1,
        macro_policy=macros if isinstance(macros, int) else None,
        internet_macros_blocked=_policy(registry, "", "blockcontentexecutionfrominternet") == 1,
        child_processes=next(
            (str(value) for key in _RULES if (value := registry.value(key, _CHILD_PROCESSES)) is not None),
            None,
        ),
    )


def _is_trusted(registry: Registry, folder: Path) -> bool:
    places = (registry.value(rf"{TRUSTED}\{name}", "Path") for name in registry.keys(TRUSTED))
    return any(str(place).rstrip("\\").lower() == str(folder).lower() for place in places)


def _policy(registry: Registry, key: str, name: str) -> Value | None:
    """Return what the office prescribes, for the person or for the PC."""
    values = (registry.value(rf"{root}\{POLICY}{key}", name) for root in ("HKCU", "HKLM"))
    return next((value for value in values if value is not None), None)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _libraries() -> tuple[str, ...]:
    version = _version("xlwings")
    return (f"xlwings64-{version}.dll", f"xlwings32-{version}.dll") if version else ()


def _text(value: Value | None) -> str | None:
    return str(value) if value is not None else None


def _excel_bits(registry: Registry) -> int | None:
    kind = registry.value(_CLICK_TO_RUN, "Platform") or registry.value(_OUTLOOK_BITS, "Bitness")
    if kind is None:
        return None
    return 64 if str(kind) == "x64" else 32


def _setting(path: Path, encoding: str, key: str) -> str | None:
    if not path.exists():
        return None
    for line in path.read_text(encoding=encoding).splitlines():
        name, _, value = line.partition(",")
        if name.strip('" ').upper() == key:
            return value.strip('" ')
    return None


def _addin_versions(addin: Path) -> tuple[str, str] | None:
    """Return the versions that an add-in says of itself, on its sheet of settings."""
    try:
        grid = FileBook.open(addin).read(CONF_SHEET)
    except BookError:
        return None
    said = {str(grid.value(row, 1)): str(grid.value(row, 2)) for row in range(1, grid.last_row + 1)}
    ours, runtime = (said.get(key, "") for key in VERSION_KEYS)
    return ours, runtime


def _marked(path: Path) -> bool:
    """Tell whether Windows has noted that a file came from elsewhere (a stream beside its contents)."""
    return platform.system() == "Windows" and Path(f"{path}:Zone.Identifier").exists()
