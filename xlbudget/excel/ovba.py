"""A VBA project from source text (MS-OVBA): source only, no performance cache, the same bytes each time.

Code page 949, and text that it cannot hold is refused. The records of the ``dir`` stream come in the order
in which Office writes them; without a cache, Office compiles the sources when the file is opened.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import NamedTuple

from xlbudget.excel.cfb import compound_file
from xlbudget.excel.compression import compress

CODE_PAGE = 949
KOREAN = 0x0412
"""The language of the project (LCID)."""
WIN64 = 3
PROJECT_NAME = "VBAProject"
_VERSION = (0x65BE0257, 17)
_COMPATIBILITY = 6
_VERSION_CACHELESS = bytes.fromhex("CC61FFFF000100")
_COOKIE = 0xFFFF
_ENCRYPTION_VERSION = 2
_MOST_MODULES = 255


class Kind(Enum):
    """What a module is; the value is its base class, where it has one."""

    MODULE = ""
    CLASS = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"
    WORKBOOK = "0{00020819-0000-0000-C000-000000000046}"
    SHEET = "0{00020820-0000-0000-C000-000000000046}"

    @property
    def is_document(self) -> bool:
        """Whether the module belongs to the workbook or to a sheet."""
        return self in {Kind.WORKBOOK, Kind.SHEET}


class Module(NamedTuple):
    """One module: its name, what it is, and its source (line ends and attribute lines do not matter)."""

    name: str
    kind: Kind
    source: str = ""


class Reference(NamedTuple):
    """A type library that the project uses."""

    name: str
    library: str


REFERENCES = (
    Reference(
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    Reference(
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
        r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
"""Office holds the ribbon's types; the libraries of VBA and Excel are always there."""


class ProjectFault(ValueError):
    """Sources that cannot become a project: a doubled or impossible name, or text outside code page 949."""


def vba_project(modules: Sequence[Module], name: str = PROJECT_NAME) -> bytes:
    """Return ``vbaProject.bin``. Raises ``ProjectFault``, ``CompressionFault``."""
    _check(modules)
    streams = {"VBA/" + module.name: compress(_encoded(_stream_text(module))) for module in modules}
    streams["VBA/_VBA_PROJECT"] = _VERSION_CACHELESS
    streams["VBA/dir"] = compress(b"".join(_directory(modules, name)))
    streams["PROJECT"] = _encoded(_project_text(modules, name))
    streams["PROJECTwm"] = b"".join(_names_of(module.name) for module in modules) + b"\0\0"
    return compound_file(streams)


def _check(modules: Sequence[Module]) -> None:
    names = [module.name.lower() for module in modules]
    doubled = sorted({name for name in names if names.count(name) > 1})
    odd = [m.name for m in modules if not m.name.isidentifier() or not m.name.isascii() or len(m.name) > 31]
    if doubled or odd or not names or len(names) > _MOST_MODULES:
        raise ProjectFault(f"module names: doubled {doubled}, impossible {odd}, {len(names)} in all")


def _encoded(text: str) -> bytes:
    try:
        return text.encode(f"cp{CODE_PAGE}")
    except UnicodeEncodeError as error:
        raise ProjectFault(
            f"not in code page {CODE_PAGE}: {error.object[error.start : error.end]!r}"
        ) from None


def code_lines(source: str) -> list[str]:
    """Return the lines of a module without the header that an exported file carries."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    if lines[0].startswith("VERSION "):
        end = next(number for number, line in enumerate(lines) if line.strip() == "END")
        del lines[: end + 1]
    while lines and lines[0].startswith("Attribute VB_"):
        del lines[0]
    return lines if any(lines) else []


def _stream_text(module: Module) -> str:
    header = [f'Attribute VB_Name = "{module.name}"']
    if module.kind is not Kind.MODULE:
        document = module.kind.is_document
        header += [
            f'Attribute VB_Base = "{module.kind.value}"',
            "Attribute VB_GlobalNameSpace = False",
            "Attribute VB_Creatable = False",
            f"Attribute VB_PredeclaredId = {document}",
            f"Attribute VB_Exposed = {document}",
            "Attribute VB_TemplateDerived = False",
            f"Attribute VB_Customizable = {document}",
        ]
    return "".join(f"{line}\r\n" for line in (*header, *code_lines(module.source)))


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def _both(narrow: int, wide: int, text: str) -> bytes:
    """Return a text in the code page and again in UTF-16."""
    return _record(narrow, _encoded(text)) + _record(wide, text.encode("utf-16-le"))


def _directory(modules: Sequence[Module], name: str) -> Iterator[bytes]:
    yield _record(0x01, struct.pack("<I", WIN64))
    yield _record(0x4A, struct.pack("<I", _COMPATIBILITY))
    yield _record(0x02, struct.pack("<I", KOREAN))
    yield _record(0x14, struct.pack("<I", KOREAN))
    yield _record(0x03, struct.pack("<H", CODE_PAGE))
    yield _record(0x04, _encoded(name))
    yield _both(0x05, 0x40, "")  # description
    yield _record(0x06, b"") + _record(0x3D, b"")  # help files
    yield _record(0x07, struct.pack("<I", 0))  # help context
    yield _record(0x08, struct.pack("<I", 0))  # library flags
    yield struct.pack("<HIIH", 0x09, 4, *_VERSION)
    yield _both(0x0C, 0x3C, "")  # compilation constants
    for reference in REFERENCES:
        yield _both(0x16, 0x3E, reference.name)
        library = _encoded(reference.library)
        yield _record(0x0D, struct.pack("<I", len(library)) + library + bytes(6))
    yield _record(0x0F, struct.pack("<H", len(modules)))
    yield _record(0x13, struct.pack("<H", _COOKIE))
    for module in modules:
        yield from _module_records(module)
    yield _record(0x10, b"")


def _module_records(module: Module) -> Iterator[bytes]:
    yield _both(0x19, 0x47, module.name)
    yield _both(0x1A, 0x32, module.name)  # the stream
    yield _both(0x1C, 0x48, "")  # description
    yield _record(0x31, struct.pack("<I", 0))  # the source begins at once: no cache before it
    yield _record(0x1E, struct.pack("<I", 0))  # help context
    yield _record(0x2C, struct.pack("<H", _COOKIE))
    yield _record(0x21 if module.kind is Kind.MODULE else 0x22, b"")
    yield _record(0x2B, b"")


def _project_text(modules: Sequence[Module], name: str) -> str:
    number = f"{{{uuid.uuid5(uuid.NAMESPACE_URL, f'xlbudget:{name}')}}}".upper()
    lines = [f'ID="{number}"']
    for module in modules:
        if module.kind.is_document:
            lines.append(f"Document={module.name}/&H00000000")
        else:
            lines.append(f"{'Module' if module.kind is Kind.MODULE else 'Class'}={module.name}")
    lines += [
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_veiled(bytes(4), number)}"',  # nothing protected
        f'DPB="{_veiled(bytes(1), number)}"',  # no password
        f'GC="{_veiled(bytes((0xFF,)), number)}"',  # visible
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
    ]
    lines += [f"{module.name}=0, 0, 0, 0, C" for module in modules]
    return "".join(f"{line}\r\n" for line in lines)


def _names_of(name: str) -> bytes:
    return _encoded(name) + b"\0" + name.encode("utf-16-le") + b"\0\0"


def _veiled(data: bytes, number: str) -> str:
    """Return data in the project's light encryption (MS-OVBA 2.4.3.2), as hexadecimal digits.

    The seed may be any byte; a fixed one keeps the bytes the same.
    """
    seed = len(data) * 37 & 0xFF
    key = sum(number.encode("ascii")) & 0xFF
    veiled = [seed, seed ^ _ENCRYPTION_VERSION, seed ^ key]
    plain, last, before = key, veiled[2], veiled[1]
    filler = bytes([7]) * ((seed & 6) // 2)
    for byte in filler + struct.pack("<I", len(data)) + data:
        veiled.append(byte ^ (before + plain & 0xFF))
        plain, last, before = byte, veiled[-1], last
    return bytes(veiled).hex().upper()
