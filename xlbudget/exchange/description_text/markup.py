"""How a text stands in one cell or on one line of a parsed document, so that it can be read back exactly.

Parsed documents carry scraps of HTML; the same few are written here. ``<br>`` is a line feed, ``&#9;`` a
character by its number, ``<!---->`` a text that is there but empty. Whatever could be taken for something
else (a mark, a heading, an entity) is written with its first character as a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

EMPTY = "<!---->"
BREAK = "<br>"

_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": "\u00a0"}
_MARKUP = re.compile(
    r"<br\s*/?>|<!--.*?-->|&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos|nbsp));"
)
_TAKEN_FOR_MARKUP = re.compile(r"&(?=#|amp;|lt;|gt;|quot;|apos;|nbsp;)|<(?=br|!--|input)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\t]")
_RULE = re.compile(r"[-:=_|+\s]{2,}")
_LAST_CHARACTER = 0x10FFFF


def numbered(character: str) -> str:
    """Return a character by its number: ``○`` → ``&#9675;``."""
    return f"&#{ord(character)};"


_AMPERSANDS = {"&": "&amp;", "<": "&lt;"}


def escape(text: str, also: str = "") -> str:
    """Return a text for a cell; ``unescape`` gives it back. Characters of ``also`` are written as numbers."""
    if not text:
        return ""
    if _RULE.fullmatch(text):
        return hide(text, also)
    body = text.strip()
    at = text.find(body) if body else len(text)
    # One pass: what stands for a character must not be taken for text of its own.
    hidden = f"[{re.escape(also)}]|{_TAKEN_FOR_MARKUP.pattern}" if also else _TAKEN_FOR_MARKUP.pattern
    inner = re.sub(
        hidden, lambda match: numbered(match[0]) if match[0] in also else _AMPERSANDS[match[0]], body
    )
    inner = _CONTROL.sub(lambda match: numbered(match[0]), inner).replace("\n", BREAK)
    return "".join(map(numbered, text[:at])) + inner + "".join(map(numbered, text[at + len(body) :]))


def hide(text: str, also: str = "") -> str:
    """Return a text that cannot be taken for anything but text: its first character stands as a number."""
    return numbered(text[0]) + escape(f"x{text[1:]}", also)[1:] if text else EMPTY


_STRUCTURE = re.compile(r"[&<=\-○◎⊙ｏㅇΟ●〇]|\(x")


def hide_raw(raw: str) -> str:
    """Return a cell as written, such that it can no longer be taken for a heading or a label.

    What begins with a mark, a subsidy layer or ``=`` is taken for none as it is.
    """
    return raw if not raw or _STRUCTURE.match(raw) else numbered(raw[0]) + raw[1:]


def guarded(text: str, reads_back: Callable[[str], bool]) -> str:
    """Return a text as it is where that reads back as itself, else hidden."""
    plain = escape(text)
    return plain if reads_back(plain) else hide(text)


def unescape(raw: str) -> str:
    """Return the text that stands in a cell, blanks around it left out."""
    return _MARKUP.sub(_meant, raw.strip()) if "&" in raw or "<" in raw else raw.strip()


def _meant(match: re.Match[str]) -> str:
    if match[0].startswith("<"):
        return "\n" if match[0][1] == "b" else ""
    if match[3]:
        return _NAMED[match[3]]
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if code <= _LAST_CHARACTER and not 0xD800 <= code <= 0xDFFF else match[0]
