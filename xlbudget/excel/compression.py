"""The compression of VBA source text (MS-OVBA 2.4.1), and an independent routine that undoes it.

Text is cut into chunks of 4,096 bytes. A chunk is a row of tokens, eight at a time behind a byte of flags: a
byte as it is, or a copy of bytes that stand further up in the same chunk. How a copy token divides its 16
bits into offset and length depends on how far into the chunk it stands.
"""

from __future__ import annotations

import struct

CHUNK = 4096
_SIGNATURE = 0x01
_COMPRESSED = 0xB000
_RAW = 0x3FFF
_SHORTEST = 3
_CANDIDATES = 64


class CompressionFault(ValueError):
    """Bytes that are no compressed container, or that would not come back as they were."""


def compress(data: bytes) -> bytes:
    """Return data as a compressed container, checked by expanding it again. Raises ``CompressionFault``."""
    container = bytearray((_SIGNATURE,))
    for start in range(0, len(data), CHUNK):
        chunk = data[start : start + CHUNK]
        tokens = _tokens(chunk)
        if len(tokens) <= CHUNK:
            container += struct.pack("<H", (len(tokens) - 1) | _COMPRESSED) + tokens
        else:
            container += struct.pack("<H", _RAW) + chunk.ljust(CHUNK, b"\0")
    if expand(bytes(container)) != data:
        raise CompressionFault("the container does not expand to what was compressed")
    return bytes(container)


def _tokens(chunk: bytes) -> bytes:
    out = bytearray()
    seen: dict[bytes, list[int]] = {}
    at = 0
    while at < len(chunk):
        flags_at = len(out)
        out.append(0)
        for bit in range(8):
            if at >= len(chunk):
                break
            offset, length = _match(chunk, at, seen)
            if length:
                bits = _offset_bits(at)
                out += struct.pack("<H", (offset - 1) << (16 - bits) | length - _SHORTEST)
                out[flags_at] |= 1 << bit
            else:
                out.append(chunk[at])
            for place in range(at, at + max(length, 1)):
                seen.setdefault(chunk[place : place + _SHORTEST], []).append(place)
            at += max(length, 1)
    return bytes(out)


def _offset_bits(at: int) -> int:
    """Return how many bits of a copy token at this place hold its offset: enough for ``at`` itself."""
    return max(4, (at - 1).bit_length())


def _match(chunk: bytes, at: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """Return offset and length of the longest of the latest matches; length 0 where there is none."""
    longest = min((0xFFFF >> _offset_bits(at)) + _SHORTEST, len(chunk) - at)
    best = place = 0
    for candidate in reversed(seen.get(chunk[at : at + _SHORTEST], [])[-_CANDIDATES:]):
        length = _SHORTEST
        while length < longest and chunk[candidate + length] == chunk[at + length]:
            length += 1
        if length > best:
            best, place = length, candidate
        if best == longest:
            break
    return (at - place, best) if _SHORTEST <= best <= longest else (0, 0)


def expand(container: bytes) -> bytes:
    """Return what a compressed container holds.

    Written from the specification's decompression alone, so that it can judge ``compress``. Raises
    ``CompressionFault``.
    """
    if not container or container[0] != 1:
        raise CompressionFault("no signature byte")
    text = bytearray()
    cursor = 1
    while cursor < len(container):
        if cursor + 2 > len(container):
            raise CompressionFault("a chunk header is cut off")
        header = container[cursor] | container[cursor + 1] << 8
        size = (header & 0x0FFF) + 3
        body = container[cursor + 2 : cursor + size]
        if header >> 12 & 0b111 != 0b011 or len(body) != size - 2:
            raise CompressionFault("a chunk header is wrong")
        if header & 0x8000:
            _expand_chunk(body, text)
        else:
            text += body
        cursor += size
    return bytes(text)


def _expand_chunk(body: bytes, text: bytearray) -> None:
    first = len(text)
    cursor = 0
    while cursor < len(body):
        flags = body[cursor]
        cursor += 1
        for token in range(8):
            if cursor >= len(body):
                break
            if not flags >> token & 1:
                text.append(body[cursor])
                cursor += 1
                continue
            if cursor + 2 > len(body) or len(text) == first:
                raise CompressionFault("a copy token is cut off or copies from nowhere")
            word = body[cursor] | body[cursor + 1] << 8
            cursor += 2
            width = 4
            while 1 << width < len(text) - first:
                width += 1
            back = (word >> (16 - width)) + 1
            if back > len(text) - first:
                raise CompressionFault("a copy token reaches out of its chunk")
            for _ in range((word & (1 << (16 - width)) - 1) + 3):
                text.append(text[-back])
