"""Markers of the lines of 산출근거 (○, -, · and what people type for them), and how deep a line stands by its own.

People mix markers: ◎ over ○ lines, ● where others write -, a letter O or a zero for ○. So a marker alone says
little. A line without an expression is a heading and needs lines below it: where another kind of circle or
square follows it directly, that line stands below it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from xlbudget.project import REMARK

_CIRCLES = ("○◯〇⚪⭕ㅇΟｏＯ", "◎⊙◉", "●", "◦∘⚬")
_SQUARES = ("□▢", "■", "◇", "◆")
HEADING_MARKERS = "".join(_CIRCLES)
"""Circles: markers of a line of its own, here and at the head of a paragraph."""
LEAF_MARKERS = "-–―‐−‑—－﹣ㅡ─━"
DEEPER_MARKERS = "·ㆍ•∙‧･⋅▪▫"
DEFAULT_MARKERS = ("○", "-", "·")
_LETTERS = "oO0"
"""What people type for ○; only before a blank."""
_FAMILIES = (_CIRCLES[0] + _LETTERS, *_CIRCLES[1:], *_SQUARES, LEAF_MARKERS, DEEPER_MARKERS)
_KNOWN = "".join(_FAMILIES) + REMARK

_LEADING = re.compile(
    rf"([{HEADING_MARKERS}{''.join(_SQUARES)}{DEEPER_MARKERS}{REMARK}]"
    rf"|[{re.escape(LEAF_MARKERS)}](?![\d(])"
    r"|[oO](?=\s)|0(?=\s+[^\s\d*×xX/÷+\-]))\s*(.*)",
    re.DOTALL,
)
_STRANGE = re.compile(
    "([*☞✓✔\u2043\u204c\u204d\uf000-\uf0ff\u2190-\u21ff\u25a0-\u27bf\u2b00-\u2bff])(?<![△▲▵▽▼])\\s+(.*)",
    re.DOTALL,
)
_LEVEL = re.compile(r"([0-9])|\(([0-9])\)(.*)", re.DOTALL)


def marker_depth(marker: str) -> int:
    """Return the depth that a marker usually stands for: ○ and its look-alikes 0, - 1, · 2; anything else 0."""
    if len(marker) == 1:
        return 1 if marker in LEAF_MARKERS else 2 if marker in DEEPER_MARKERS else 0
    return 0


def is_known(marker: str) -> bool:
    """Whether a marker is one of those whose depth we know."""
    return len(marker) == 1 and marker in _KNOWN


def leading_marker(text: str) -> tuple[str, str]:
    """Split a marker off the head of a text: ``- 회의 수당`` → (``-``, ``회의 수당``).

    Also a sign that stands there like a marker, though nobody can know its depth: ``▶ 회의`` (see ``is_known``).
    """
    match = _LEADING.fullmatch(text) or _STRANGE.fullmatch(text)
    return (match[1], match[2]) if match is not None else ("", text)


class Level(NamedTuple):
    """What a 수준 cell says: a marker, and a depth where it says one outright."""

    marker: str
    depth: int | None = None


def read_level(text: str) -> Level:
    """Read a 수준 cell: a marker, a digit that is the depth (``0`` for ○, ``1`` for -), or both as ``(2)*``."""
    match = _LEVEL.fullmatch(text)
    if match is None:
        return Level(text)
    if match[1]:
        depth = int(match[1])
        return Level(DEFAULT_MARKERS[min(depth, 2)], depth)
    return Level(match[3], int(match[2]))


class _Open(NamedTuple):
    """A line that further lines may stand below or beside: its family, the usual depth of its marker, its own."""

    family: str
    usual: int
    depth: int


class Levels:
    """The depths of the lines of one item, from the first line to the last."""

    __slots__ = ("_bare", "_below_heading", "_open")

    def __init__(self) -> None:
        self._open: tuple[_Open, ...] = ()
        self._bare = False
        self._below_heading = False

    def unmarked(self, *, computes: bool) -> str:
        """Return the marker that stands for none: - for a line with an expression below a heading, else ○."""
        return DEFAULT_MARKERS[1 if self._below_heading and computes else 0]

    def add(self, level: Level, *, computes: bool) -> int:
        """Return how deep the next line stands; ``computes`` says whether it has an expression."""
        if level.marker == REMARK:
            return level.depth or 0
        path, usual = self._path(level)
        self._open = path
        self._bare = not computes
        if usual == 0:
            self._below_heading = not computes
        return path[-1].depth

    def add_as_text(self, marker: str, depth: int, *, computes: bool) -> str:
        """Return the text of the 수준 cell of the next line, such that reading it gives marker and depth back."""
        said = Level(marker)
        if not is_known(marker) or read_level(marker) != said or self._would_stand(said) != depth:
            said = Level(marker, depth)
        self.add(said, computes=computes)
        return marker if said.depth is None else f"({depth}){marker}"

    def _would_stand(self, level: Level) -> int:
        return 0 if level.marker == REMARK else self._path(level)[0][-1].depth

    def _path(self, level: Level) -> tuple[tuple[_Open, ...], int]:
        """Return the lines above a line, itself at the end, and the usual depth of its marker."""
        family = next(
            (family for family in _FAMILIES if level.marker and level.marker in family), level.marker
        )
        if level.depth is not None:
            above = _above(self._open, level.depth, told=True)
            return (*above, _Open(family, level.depth, level.depth)), level.depth
        usual = marker_depth(level.marker)
        beside = next((at for at, line in enumerate(self._open) if line.family == family), None)
        if beside is not None:
            return self._open[: beside + 1], usual
        # A circle below another circle; or anything below the first line of an item.
        nested = self._bare and (len(self._open) == 1 or usual == self._open[-1].usual == 0)
        above = self._open if nested else _above(self._open, usual, told=False)
        depth = max(usual, above[-1].depth + 1) if above else usual
        return (*above, _Open(family, usual, depth)), usual


def _above(lines: tuple[_Open, ...], depth: int, *, told: bool) -> tuple[_Open, ...]:
    """Return the lines that one of this depth stands below; what counts is where they stand, or what is usual."""
    while lines and (lines[-1].depth if told else lines[-1].usual) >= depth:
        lines = lines[:-1]
    return lines
