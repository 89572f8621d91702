"""The zip container of a workbook, member by member.

Members that nobody touches are copied as they are stored: local header, compressed bytes, central record.
Rewritten ones are deflated and dated 1980-01-01, in their old place, so that the same contents
always give the same bytes. What a container may claim is bounded before anything is inflated.
Format: PKWARE APPNOTE 6.3, §4.3 to §4.5.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar, cast

from xlbudget.book import BookUnreadable
from xlbudget.book.file.deflate import deflate
from xlbudget.book.file.known import Known

LARGEST_FILE = 128 << 20
LARGEST_PART = 48 << 20
LARGEST_TOTAL = 1 << 30
MOST_MEMBERS = 10_000
BOMB_SIZE = 8 << 20
BOMB_RATIO = 250

Made = TypeVar("Made")

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64 = struct.Struct("<4sIQI")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x2041
_DESCRIPTOR = 0x0008
_UTF8 = 0x0800
_NEW_DATE = 33  # 1980-01-01 in DOS form
_FULL = 0xFFFFFFFF
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Member(NamedTuple):
    """One stored member: where its local record and its data lie, and what the directory says of it."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int
    data: int
    end: int
    central: bytes


def _damaged(what: str) -> BookUnreadable:
    return BookUnreadable(
        f"통합 문서 파일이 손상되어 읽을 수 없습니다({what}). 원본을 다시 받아 열어 보세요."
    )


def _hostile(what: str) -> BookUnreadable:
    return BookUnreadable(f"안전하지 않은 파일이라 열지 않았습니다({what}). 보낸 곳에 확인해 보세요.")


def _directory(data: bytes) -> tuple[int, int, int]:
    """Return where the central directory starts, where it ends, and how many records it claims."""
    at = data.rfind(b"PK\5\6", max(0, len(data) - 65_557))
    if at < 0 or at + _END.size > len(data):
        raise _damaged("압축 목록이 없음")
    _, disk, first_disk, here, count, size, offset, _ = _END.unpack_from(data, at)
    end = at
    locator = at - _LOCATOR64.size
    if locator >= 0 and data[locator : locator + 4] == b"PK\6\7":
        _, _, record, _ = _LOCATOR64.unpack_from(data, locator)
        if record + _END64.size > locator or data[record : record + 4] != b"PK\6\6":
            raise _damaged("압축 목록")
        _, _, _, _, disk, first_disk, here, count, size, offset = _END64.unpack_from(data, record)
        end = record
    if disk or first_disk or here != count or offset + size != end:
        raise _damaged("압축 목록의 위치가 맞지 않음")
    if count > MOST_MEMBERS:
        raise _hostile(f"부분이 {count:,}개로 너무 많음")
    return offset, end, count


def _wide(extra: bytes, packed: int, size: int, offset: int) -> tuple[int, int, int]:
    """Return the sizes and the offset with a Zip64 extra field taken into account."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            words = (
                list(struct.unpack_from(f"<{length // 8}Q", extra, at + 4))
                if at + 4 + length <= len(extra)
                else []
            )
            size = words.pop(0) if size == _FULL and words else size
            packed = words.pop(0) if packed == _FULL and words else packed
            offset = words.pop(0) if offset == _FULL and words else offset
        at += 4 + length
    return packed, size, offset


def _check_name(name: str) -> None:
    pieces = name.split("/")
    if ".." in pieces or pieces[0] == "" or ":" in pieces[0] or "\0" in name:
        raise _hostile("부분 이름이 폴더 밖을 가리킴")


def _record(data: bytes, at: int, end: int) -> tuple[Member, int]:
    """Read one central record; return the member (without its end) and where the next record starts."""
    if at + _CENTRAL.size > end or data[at : at + 4] != b"PK\1\2":
        raise _damaged("압축 목록")
    fields = _CENTRAL.unpack_from(data, at)
    flags, method, crc, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
    name_size, extra_size, comment_size, offset = fields[10], fields[11], fields[12], fields[16]
    body = at + _CENTRAL.size
    after = body + name_size + extra_size + comment_size
    if after > end:
        raise _damaged("압축 목록")
    raw = data[body : body + name_size]
    if _FULL in (packed, size, offset):
        packed, size, offset = _wide(
            data[body + name_size : body + name_size + extra_size], packed, size, offset
        )
    try:
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437").replace("\\", "/")
    except UnicodeDecodeError:
        raise _damaged("부분 이름") from None
    _check_name(name)
    if flags & _ENCRYPTED:
        raise _hostile("암호로 잠긴 부분이 있음")
    if method not in {_STORED, _DEFLATED}:
        raise _damaged("지원하지 않는 압축 방식")
    if offset + _LOCAL.size > len(data) or data[offset : offset + 4] != b"PK\3\4":
        raise _damaged(name)
    local = _LOCAL.unpack_from(data, offset)
    start = offset + _LOCAL.size + local[9] + local[10]
    if data[offset + _LOCAL.size : offset + _LOCAL.size + local[9]] != raw or local[3] != method:
        raise _hostile("압축 목록과 내용이 다름")
    if method == _STORED and packed != size:
        raise _damaged(name)
    return Member(name, method, crc, packed, size, offset, start, start + packed, data[at:after]), after


def _check_size(member: Member) -> None:
    if member.size > BOMB_SIZE and member.size > BOMB_RATIO * max(member.packed, 1):
        raise _hostile("압축을 풀면 지나치게 커지는 파일")


def _close(member: Member, data: bytes, limit: int) -> Member:
    """Give a member its end: after its data descriptor, where it has one; nothing may overlap."""
    if member.end > limit:
        raise _hostile("압축된 부분들이 서로 겹침")
    flags = _LOCAL.unpack_from(data, member.start)[2]
    if not flags & _DESCRIPTOR:
        return member
    gap = limit - member.end
    signed = data[member.end : member.end + 4] == b"PK\7\x08"
    length = gap if gap in {12, 16, 20, 24} else 16 if signed else 12
    return member._replace(end=member.end + min(length, gap))


def read_members(data: bytes) -> dict[str, Member]:
    """Return the members of a container by name, in stored order.

    Raises ``BookUnreadable`` for a damaged container and for one that is built to do harm: overlapping or
    doubled members, names that leave the folder, sizes out of all proportion.
    """
    if len(data) > LARGEST_FILE:
        raise _hostile(f"{len(data) >> 20:,} MiB로 너무 큼")
    at, end, count = _directory(data)
    first = at
    found: list[Member] = []
    for _ in range(count):
        member, at = _record(data, at, end)
        _check_size(member)
        found.append(member)
    if sum(member.size for member in found) > LARGEST_TOTAL:
        raise _hostile("압축을 풀면 지나치게 커지는 파일")
    stored = sorted(found, key=lambda member: member.start)
    limits = [member.start for member in stored[1:]] + [first]
    closed = {id(m): _close(m, data, limit) for m, limit in zip(stored, limits, strict=True)}
    members: dict[str, Member] = {}
    for member in found:
        if member.name in members:
            raise _hostile("같은 이름의 부분이 둘")
        members[member.name] = closed[id(member)]
    return members


_LARGEST_SHARED = 16 << 10
_SHARED = Known[bytes](48)
"""Parts that the copies of a template have in common, by their stored bytes: one object for all of them."""


def inflate(member: Member, data: bytes) -> bytes:
    """Return the contents of a member, checked against its size and checksum."""
    if member.size > LARGEST_PART:
        raise _hostile(f"{member.name}이 {member.size >> 20:,} MiB로 너무 큼")
    raw = data[member.data : member.data + member.packed]
    if member.packed > _LARGEST_SHARED:
        return _inflated(member, raw)
    key = (raw, member.method, member.size, member.crc)
    content = _SHARED.get(key)
    if content is None:
        content = _inflated(member, raw)
        _SHARED.put(key, content)
    return content


def _inflated(member: Member, raw: bytes) -> bytes:
    if member.method == _STORED:
        content = raw
    else:
        engine = zlib.decompressobj(-15)
        try:
            content = engine.decompress(raw, member.size + 1)
        except zlib.error:
            raise _damaged(member.name) from None
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise _damaged(member.name)
    return content


def _fresh(name: str, content: bytes) -> tuple[bytes, bytes]:
    """Return the local record with its data, and the central record (offset still 0), of new contents."""
    packed = deflate(content)
    method = _DEFLATED
    if len(packed) >= len(content):
        packed, method = content, _STORED
    raw = name.encode()
    flags = 0 if name.isascii() else _UTF8
    shared = (20, flags, method, 0, _NEW_DATE, zlib.crc32(content), len(packed), len(content), len(raw), 0)
    local = _LOCAL.pack(b"PK\3\4", *shared) + raw + packed
    return local, _CENTRAL.pack(b"PK\1\2", 20, *shared, 0, 0, 0, 0, 0) + raw


def _moved(central: bytes, offset: int) -> bytes:
    """Return a central record that points at another offset."""
    old = _CENTRAL.unpack_from(central)
    if old[16] != _FULL:
        return central[:42] + struct.pack("<I", offset) + central[46:]
    body = _CENTRAL.size + old[10]
    extra = central[body : body + old[11]]
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            place = body + at + 4 + 8 * ((old[9] == _FULL) + (old[8] == _FULL))
            return central[:place] + struct.pack("<Q", offset) + central[place + 8 :]
        at += 4 + length
    return central


class Package:
    """A container in memory: its members as stored, and what has been written over them since.

    ``version`` is another number after every change.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._members = read_members(data)
        self._folded = {name.lower(): name for name in self._members}
        self._inflated: dict[str, bytes] = {}
        self._written: dict[str, bytes | None] = {}
        self.version = 0
        self._made: dict[tuple[str, str], tuple[bytes, object]] = {}

    def names(self) -> tuple[str, ...]:
        """Return the names of all parts as they are now: stored ones in order, then new ones."""
        kept = [name for name in self._members if self._written.get(name, b"") is not None]
        return (*kept, *(n for n, c in self._written.items() if c is not None and n not in self._members))

    def find(self, name: str) -> str | None:
        """Return the stored spelling of a part name (case does not matter), ``None`` where it is missing."""
        if name not in self._members and self._written.get(name) is None:
            name = self._folded.get(name.lower(), name)
        if name in self._written:
            return name if self._written[name] is not None else None
        return name if name in self._members else None

    def stored(self, name: str) -> bytes | None:
        """Return what the container was opened with under a name."""
        if name not in self._members:
            return None
        content = self._inflated.get(name)
        if content is None:
            content = self._inflated[name] = inflate(self._members[name], self._data)
        return content

    def read(self, name: str) -> bytes:
        """Return a part as it is now. Raises ``BookUnreadable`` where there is none."""
        content = self._written[name] if name in self._written else self.stored(name)
        if content is None:
            raise _damaged(f"{name} 없음")
        return content

    def made(self, name: str, kind: str, make: Callable[[bytes], Made]) -> Made:
        """Return what ``make`` makes of a part, remembered as long as the part stays as it is."""
        content = self.read(name)
        known = self._made.get((name, kind))
        if known is not None and known[0] is content:
            return cast(Made, known[1])
        made = make(content)
        self._made[name, kind] = (content, made)
        return made

    def held(self, name: str) -> object:
        """Return what a part is made of, unread: the very same object as long as the part stays as it is."""
        return self._written[name] if name in self._written else self._members.get(name)

    def packed(self, name: str) -> bytes | None:
        """Return the stored compressed bytes of an untouched part: a cheap key for what was made of it."""
        if name in self._written or name not in self._members:
            return None
        member = self._members[name]
        return self._data[member.data : member.data + member.packed]

    def write(self, name: str, content: bytes) -> None:
        """Give a part new contents; contents as stored leave the part untouched."""
        self.version += 1
        stored = self.stored(name)
        if stored is not None and stored.removeprefix(_BYTE_ORDER_MARK) == content.removeprefix(
            _BYTE_ORDER_MARK
        ):
            self._written.pop(name, None)
        else:
            self._written[name] = content

    def remove(self, name: str) -> None:
        """Take a part away."""
        self.version += 1
        if name in self._members:
            self._written[name] = None
        else:
            self._written.pop(name, None)

    def touched(self) -> tuple[str, ...]:
        """Return the names of the parts that differ from the container as opened."""
        return tuple(self._written)

    def state(self) -> Mapping[str, bytes | None]:
        """Return what has been written so far, for ``restore``."""
        return dict(self._written)

    def restore(self, state: Mapping[str, bytes | None]) -> None:
        """Go back to a state."""
        self.version += 1
        self._written = dict(state)

    def to_bytes(self) -> bytes:
        """Return the whole container; without changes exactly what was opened."""
        if not self._written:
            return self._data
        pieces: list[bytes] = []
        directory: list[bytes] = []
        offset = 0
        for name in self.names():
            content = self._written.get(name)
            if content is None:
                member = self._members[name]
                local, central = self._data[member.start : member.end], member.central
            else:
                local, central = _fresh(name, content)
            pieces.append(local)
            directory.append(_moved(central, offset))
            offset += len(local)
        size = sum(map(len, directory))
        if len(directory) > 0xFFFE or offset + size > LARGEST_FILE:
            raise BookUnreadable("통합 문서가 너무 커서 저장할 수 없습니다. 그림이나 시트를 줄여 보세요.")
        end = _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), size, offset, 0)
        return b"".join([*pieces, *directory, end])
