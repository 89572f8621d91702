"""A compound file (MS-CFB version 3) from named streams: the container of ``vbaProject.bin``.

Only what that needs: one level of storages, no time stamps, a FAT that the header can list by itself
(about 7 MB). The same streams give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

SECTOR = 512
MINI_SECTOR = 64
MINI_STREAM_LIMIT = 4096
_SIGNATURE = bytes.fromhex("D0CF11E0A1B11AE1")
_FREE, _END, _FAT_SECTOR, _NOBODY = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_HEADER_FAT_ENTRIES = 109
_PER_SECTOR = SECTOR // 4


class ContainerTooLarge(ValueError):
    """The streams do not fit into a file whose FAT the header can list."""


@dataclass(slots=True)
class _Entry:
    """A directory entry; children form a binary tree of siblings."""

    name: str
    kind: int
    data: bytes = b""
    start: int = _END
    size: int = 0
    left: int = _NOBODY
    right: int = _NOBODY
    child: int = _NOBODY
    colour: int = _BLACK
    children: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Sectors:
    """Sectors and the table that chains them."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    table: list[int] = field(default_factory=list)

    def add(self, data: bytes) -> int:
        """Append data as a chain of sectors; return its first sector."""
        count = -(-len(data) // self.size)
        if not count:
            return _END
        first = len(self.table)
        self.table += [*range(first + 1, first + count), _END]
        self.data += data.ljust(count * self.size, b"\0")
        return first


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """Return a compound file of streams named ``name`` or ``storage/name``. Raises ``ContainerTooLarge``."""
    entries = _directory(streams)
    sectors, minis = _Sectors(SECTOR), _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (minis if entry.size < MINI_STREAM_LIMIT else sectors).add(entry.data)
    entries[0].start, entries[0].size = sectors.add(bytes(minis.data)), len(minis.data)
    mini_table = _words(minis.table)
    first_mini = sectors.add(mini_table)
    first_directory = sectors.add(_records(entries))
    return _with_tables(sectors, first_directory, first_mini, len(mini_table) // SECTOR)


def _directory(streams: Mapping[str, bytes]) -> list[_Entry]:
    entries = [_Entry("Root Entry", _ROOT)]
    storages = {"": 0}
    for storage in sorted({name.rpartition("/")[0] for name in streams} - {""}):
        storages[storage] = len(entries)
        entries[0].children.append(len(entries))
        entries.append(_Entry(storage, _STORAGE))
    for path, data in streams.items():
        storage, _, name = path.rpartition("/")
        entries[storages[storage]].children.append(len(entries))
        entries.append(_Entry(name, _STREAM, data))
    for index in storages.values():
        _grow(entries, entries[index])
    return entries


def _grow(entries: list[_Entry], parent: _Entry) -> None:
    """Arrange the children as a red-black tree: split in the middle, and red where the last level has gaps."""

    def key(index: int) -> tuple[int, str]:
        name = entries[index].name
        return len(name.encode("utf-16-le")), name.upper()

    ordered = sorted(parent.children, key=key)
    full = len(ordered) + 1 & len(ordered) == 0
    deepest = len(ordered).bit_length()

    def tree(part: list[int], depth: int) -> int:
        if not part:
            return _NOBODY
        middle = len(part) // 2
        top = entries[part[middle]]
        top.left, top.right = tree(part[:middle], depth + 1), tree(part[middle + 1 :], depth + 1)
        top.colour = _RED if depth == deepest and depth > 1 and not full else _BLACK
        return part[middle]

    parent.child = tree(ordered, 1)


def _records(entries: list[_Entry]) -> bytes:
    listed = [_record(entry) for entry in entries]
    blank = struct.pack("<64xHBBIII16xIQQIQ", 0, 0, 0, _NOBODY, _NOBODY, _NOBODY, 0, 0, 0, 0, 0)
    listed += [blank] * (-len(listed) % 4)
    return b"".join(listed)


def _record(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\0\0"
    start = 0 if entry.kind == _STORAGE else entry.start
    return name.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xIQQIQ",
        len(name), entry.kind, entry.colour, entry.left, entry.right, entry.child, 0, 0, 0, start, entry.size,
    )  # fmt: skip


def _words(table: list[int]) -> bytes:
    padded = table + [_FREE] * (-len(table) % _PER_SECTOR)
    return struct.pack(f"<{len(padded)}I", *padded)


def _with_tables(sectors: _Sectors, first_directory: int, first_mini: int, mini_count: int) -> bytes:
    used = len(sectors.table)
    count = next(n for n in range(1, used + 2) if n * _PER_SECTOR >= used + n)
    if count > _HEADER_FAT_ENTRIES:
        raise ContainerTooLarge(f"{used} sectors")
    fat = _words(sectors.table + [_FAT_SECTOR] * count)
    places = [used + n for n in range(count)] + [_FREE] * (_HEADER_FAT_ENTRIES - count)
    header = _SIGNATURE + struct.pack(
        "<16xHHHHH6xIIIIIIIII",
        0x003E, 3, 0xFFFE, 9, 6, 0, count, first_directory, 0, MINI_STREAM_LIMIT, first_mini, mini_count, _END, 0,
    )  # fmt: skip
    return header + struct.pack(f"<{_HEADER_FAT_ENTRIES}I", *places) + bytes(sectors.data) + fat
