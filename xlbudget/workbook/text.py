"""How much room a text needs: widths in em, line breaks, row heights.

No font is asked: the widths are those of 맑은 고딕, a little on the wide side, so that a text which fits here
also fits where a font of nearly the same widths stands in for it. Widths are whole thousandths of an em,
heights points, columns characters of the Normal font (a digit of it is 8 px wide).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from unicodedata import east_asian_width

from xlbudget.edits import Style

DIGIT_PX = 8
CELL_PADDING_PX = 7
INDENT_PX = 9
TALLEST_ROW = 409.0
LONGEST_CELL = 32_767
_STEP = 750  # Excel keeps row heights in steps of a pixel: 0.75 pt
_PITCH = 145  # a line is 1.45 times the size high: the tallest pitch of the fonts met
_AIR = 4_200  # what a row needs besides its lines, in thousandths of a point
_SAFETY = 1.02
_BOLD = 1.03

_EXACT = {
    **dict.fromkeys(" .,:;'!|·", 300),
    **dict.fromkeys("()[]-/", 380),
    **dict.fromkeys("0123456789", 556),
    "*": 480,
    "%": 920,
}


class _Widths(dict[str, int]):
    """Width of each character, in thousandths of an em; filled as characters are met."""

    def __missing__(self, character: str) -> int:
        if "가" <= character <= "힣":
            width = 930
        elif east_asian_width(character) in "WFA":
            width = 1000
        else:
            width = 680 if character.isupper() else 560
        if character <= "\uffff":
            self[character] = width
        return width


_WIDTH = _Widths(_EXACT)
_width_of = _WIDTH.__getitem__
_SPACE = _EXACT[" "]


def width(text: str) -> int:
    """Return the width of a text on one line, in thousandths of an em."""
    return sum(map(_width_of, text))


def room(characters: float, style: Style) -> float:
    """Return what fits on a line of cells that are so many characters wide, in thousandths of an em.

    Cells that a user made too narrow for a single character show nothing, and hold anything.
    """
    pixels = characters * DIGIT_PX - CELL_PADDING_PX - INDENT_PX * style.indent
    em = style.size * 96 / 72 * _SAFETY * (_BOLD if style.bold else 1)
    return pixels * 1000 / em if pixels >= em else inf


def line_count(text: str, space: float) -> int:
    """Return how many lines a text takes where ``space`` fits on one."""
    if "\n" not in text and width(text) <= space:
        return 1
    return len(break_lines(text, space))


def break_lines(text: str, space: float) -> list[str]:
    """Break a text at spaces, a word longer than the line where the line ends, and at line feeds.

    The lines joined are the text: the space or line feed at which it broke ends its line.
    """
    lines: list[str] = []
    start = position = used = 0
    for paragraph in text.split("\n"):
        first = True
        for word in paragraph.split(" "):
            need = width(word)
            if not first:
                position += 1
                if used + _SPACE + need <= space:
                    used += _SPACE + need
                    position += len(word)
                    continue
                lines.append(text[start:position])
                start = position
            first = False
            used = need
            if need > space:
                *full, rest = _cut(word, space)
                for piece in full:
                    lines.append(piece)
                    start += len(piece)
                used = width(rest)
            position += len(word)
        position += 1
        lines.append(text[start:position])
        start = position
    return lines


def _cut(word: str, space: float) -> list[str]:
    """Cut a word that is wider than a line; every piece has at least one character."""
    pieces: list[str] = []
    start = used = 0
    for end, character in enumerate(word):
        need = _width_of(character)
        if used + need > space and end > start:
            pieces.append(word[start:end])
            start, used = end, 0
        used += need
    pieces.append(word[start:])
    return pieces


def height(lines: int, size: float) -> float:
    """Return the height of a row of so many lines, in points."""
    thousandths = lines * round(size * 10) * _PITCH + _AIR
    return -(-thousandths // _STEP) * _STEP / 1000


def lines_within(points: float, size: float) -> int:
    """Return how many lines a row of a height holds; at least one."""
    return max(1, (round(points * 1000) - _AIR) // (round(size * 10) * _PITCH))


def split(text: str, space: float, most: int) -> list[tuple[str, int]]:
    """Split a text into pieces of at most ``most`` lines: each piece with its number of lines.

    White space at which a piece ends is dropped, nothing else.
    """
    if "\n" not in text and width(text) <= space:
        return [(text, 1)]
    lines = break_lines(text, space)
    if len(lines) <= most:
        return [(text, len(lines))]
    parts = [lines[first : first + most] for first in range(0, len(lines), most)]
    return [("".join(part).rstrip(" \n"), len(part)) for part in parts]


def stretched(heights: tuple[float, ...], need: float) -> tuple[float, ...]:
    """Return row heights that together are at least ``need`` high: the lack is spread evenly."""
    lack = need - sum(heights)
    if lack <= 0:
        return heights
    steps = -(-round(lack * 1000) // (_STEP * len(heights)))
    return tuple(min(points + steps * _STEP / 1000, TALLEST_ROW) for points in heights)


def column_widths(widths: Mapping[int, float] | None, default: Mapping[int, float]) -> dict[int, float]:
    """Return the widths to measure with: the user's where there are any, else ours."""
    return {column: (widths or {}).get(column, own) for column, own in default.items()}
