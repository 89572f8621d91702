"""Korean words: particles that follow the sound before them (이/가, 을/를, 은/는, 과/와, (으)로), and names as people
compare them.
"""

from __future__ import annotations

_PAIRS = {
    "이": ("이", "가"), "가": ("이", "가"),
    "을": ("을", "를"), "를": ("을", "를"),
    "은": ("은", "는"), "는": ("은", "는"),
    "과": ("과", "와"), "와": ("과", "와"),
    "으로": ("으로", "로"), "로": ("으로", "로"),
    "이라": ("이라", "라"), "라": ("이라", "라"),
}  # fmt: skip
_PASSED_OVER = "'\"’”)]}〉》」』…. "
_HANGUL, _HANGUL_END, _FINALS, _RIEUL = 0xAC00, 0xD7A3, 28, 8
# How the last letter or digit of a word is read aloud: no final consonant, ㄹ, or another one.
_OPEN_SOUNDS = frozenset("2459abcdefghijkopqstuvwxyzABCDEFGHIJKOPQSTUVWXYZ%")
_RIEUL_SOUNDS = frozenset("178lrLR")


def _final(word: str) -> tuple[bool, bool]:
    """Return whether a word ends in a consonant, and whether that is ㄹ."""
    spoken = word.rstrip(_PASSED_OVER)
    last = spoken[-1:] or "이"
    code = ord(last)
    if _HANGUL <= code <= _HANGUL_END:
        final = (code - _HANGUL) % _FINALS
        return final != 0, final == _RIEUL
    return last not in _OPEN_SOUNDS, last in _RIEUL_SOUNDS


LONGEST_QUOTE = 40


def quoted(name: str) -> str:
    """Return a name in quotation marks on one line; a long one is cut short."""
    text = " ".join(name.split())
    return f"'{text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + '…'}'"


def with_particle(word: str, particle: str) -> str:
    """Return a word with the fitting form of a particle: ``('집행액', '이')`` → ``집행액이``, ``('13,500', '와')``
    → ``13,500과``. A figure is read as a number, so that a last 0 ends in a consonant (십, 백, 천, 만, 영).
    """
    closed, rieul = _final(word)
    after_consonant, after_vowel = _PAIRS[particle]
    if particle in {"으로", "로"} and rieul:
        return word + after_vowel
    return word + (after_consonant if closed else after_vowel)


MIDDLE_DOTS = "·ㆍ‧・∙•⋅･"
_NOT_COUNTED = str.maketrans("", "", MIDDLE_DOTS)


def name_key(name: str) -> str:
    """Return what counts when names are compared: neither white space nor middle dots."""
    return "".join(name.split()).translate(_NOT_COUNTED)
