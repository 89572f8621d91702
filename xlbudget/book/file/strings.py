"""Shared strings, read only: what we write is written inline, so that nobody's strings move."""

from __future__ import annotations

import re
from functools import lru_cache

from xlbudget.book import BookUnreadable
from xlbudget.book.file.xmltree import settled
from xlbudget.book.values import read_text

MOST_STRINGS = 1_000_000

_ITEM = re.compile(
    rb"<(?:\w+:)?si(?:\s[^>]*)?(?:/>|>"
    rb"(?:<(?:\w+:)?t(?: xml:space=\"preserve\")?>([^<]*)</(?:\w+:)?t>)?(.*?)</(?:\w+:)?si\s*>)",
    re.DOTALL,
)
_PHONETIC = re.compile(rb"<(?:\w+:)?rPh[\s>].*?</(?:\w+:)?rPh\s*>", re.DOTALL)
_TEXT = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</(?:\w+:)?t\s*>")
_ENTITY = re.compile(r"((?:&#[0-9]+;)+)|&(?:#x([0-9A-Fa-f]+)|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def _entity(match: re.Match[str]) -> str:
    run, hexadecimal, name = match.groups()
    if run:  # some programs write every Korean letter so: a whole word at once
        return "".join(map(chr, map(int, run[2:-1].split(";&#"))))
    return chr(int(hexadecimal, 16)) if hexadecimal else _NAMED[name]


def plain(raw: bytes) -> str:
    """Return the text that escaped character data of a well-formed part stands for."""
    text = raw.decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return read_text(text)


def rich_text(raw: bytes) -> str:
    """Return the text of the runs inside ``<si>`` or ``<is>``, without phonetic guides."""
    if b"rPh" in raw:
        raw = _PHONETIC.sub(b"", raw)
    return "".join(plain(text) for text in _TEXT.findall(raw))


@lru_cache(maxsize=8)
def shared_strings(data: bytes) -> tuple[str, ...]:
    """Return the strings of the part in order. Raises ``BookUnreadable``."""
    data = settled(data, "sharedStrings.xml")
    found = []
    for match in _ITEM.finditer(data):
        simple, rest = match.groups()
        text = plain(simple) if simple else ""
        found.append(text + rich_text(rest) if rest else text)
        if len(found) > MOST_STRINGS:
            raise BookUnreadable(
                f"공유 문자열이 {MOST_STRINGS:,}개보다 많아 읽지 않았습니다. 쓰지 않는 시트를 지워 보세요."
            )
    return tuple(found)
