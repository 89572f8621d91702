"""From the text of a line to tokens: numbers, operators, brackets, words.

The text is never normalised (NFKC turns ㎡ into m2): single characters are mapped one to one, so that each
position in the mapped text is a position in the user's text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from xlbudget.derivation.signs import MAPPED
from xlbudget.money import SCALES, compound

NUMBER, OPERATOR, OPEN, CLOSE, EQUALS, WORD = range(1, 7)

_TABLE = str.maketrans(MAPPED)
# "-", "/", "x" and their like are operators only before a number or a bracket; elsewhere they belong to words.
_OPERAND_NEXT = r"[\ \n]*+(?>(?:[*÷+\-/△ㆍx][\ \n]*+)?)[0-9(\[{]"
_TOKEN = re.compile(
    rf"""([0-9]++(?>(?:[,.\ \n]++[0-9]++)*))                # a number, perhaps with gaps
    |([*÷] | [+\-/△ㆍ](?={_OPERAND_NEXT}) | (?<![A-Za-z])x(?={_OPERAND_NEXT}))
    |([(\[{{])
    |([)\]}}])
    |(=)
    |((?:[^0-9\ \n()\[\]{{}}=*÷+\-/△ㆍx]++               # a word
       |[+\-/△ㆍ](?!{_OPERAND_NEXT})
       |(?<=[A-Za-z])x | x(?!{_OPERAND_NEXT})
       |(?<=[mM])[23](?![0-9,.]) )+)                    # the 2 of m2""",
    re.VERBOSE,
)
# A comma and one space part two figures; a comma at a line break or in a wide gap stands inside one.
_TWO_FIGURES = re.compile(r"[,.]++ (?![ ])")
_PIECE = re.compile(r"[0-9]++(?>(?:[,.]++[0-9]++)*)")
_WELL_FORMED = re.compile(r"(?:[1-9][0-9]{0,2}(?>(?:,[0-9]{3})+)|0|[1-9][0-9]*+)(?:\.[0-9]++)?")
_SCALE = re.compile(r"[십백천]?[만억조]?(?=원|$)")
_MOST_PARTS = 8


class Token(NamedTuple):
    """A piece of the mapped text. The text of a number is closed up; positions count in the user's text."""

    kind: int
    text: str
    start: int
    end: int


def map_signs(text: str) -> str:
    """Return the text with each look-alike replaced by the one sign that it stands for."""
    return text.translate(_TABLE)


def well_formed(digits: str) -> bool:
    """Whether digits are a number: commas, where there are any, every three digits; no leading zeros."""
    return _WELL_FORMED.fullmatch(digits) is not None


def tokenise(text: str, start: int = 0) -> list[Token]:
    """Return the tokens of a mapped text from a position on. White space only parts them.

    Gaps inside numbers are closed up where no two numbers can be meant, and 3억 5천만 becomes one number.
    """
    tokens: list[Token] = []
    scaled = False
    for match in _TOKEN.finditer(text, start):
        kind, piece = match.lastindex or WORD, match[0]
        if kind == NUMBER and (" " in piece or "\n" in piece):
            tokens += _close_up(match, tokens)
            continue
        scaled = scaled or piece in SCALES
        tokens.append(Token(kind, piece, match.start(), match.end()))
    return _merge_compounds(tokens) if scaled else tokens


def _close_up(match: re.Match[str], before: list[Token]) -> list[Token]:
    """Return the numbers in digits with gaps: ``112,65   0`` is one, ``2027 300,000`` are two.

    Joined from the right: the last number is the one that an expression begins with.
    """
    raw, offset = match[0], match.start()
    closed = raw.replace(" ", "").replace("\n", "")
    opens = not before or before[-1].kind in {OPERATOR, OPEN}
    pieces = list(_PIECE.finditer(raw))
    torn = "\n" in raw or "  " in raw or not all(well_formed(piece[0]) for piece in pieces)
    if opens and torn and well_formed(closed) and not _TWO_FIGURES.search(raw):
        return [Token(NUMBER, closed, offset, match.end())]
    last = pieces.pop()
    digits, start, end = last[0], last.start(), last.end()
    result: list[Token] = []
    while pieces:
        left = pieces.pop()
        gap = raw[left.end() : start]
        sign = gap.strip(" \n")
        joined = f"{left[0]}{sign}{digits}"
        torn = bool(sign) or not (well_formed(left[0]) and well_formed(digits))
        if torn and well_formed(joined) and not _TWO_FIGURES.fullmatch(gap):
            digits, start = joined, left.start()
            continue
        result.append(Token(NUMBER, digits, offset + start, offset + end))
        digits, start, end = left[0], left.start(), left.end()
    result.append(Token(NUMBER, digits, offset + start, offset + end))
    return result[::-1]


def _merge_compounds(tokens: list[Token]) -> list[Token]:
    """Make one number of figures and number words, such as 3억 5천만 원."""
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        merged, index = _compound_at(tokens, index)
        result += merged
    return result


def _compound_at(tokens: list[Token], index: int) -> tuple[list[Token], int]:
    """Return what stands for the tokens from an index on, and the index behind them."""
    parts: list[tuple[str, str]] = []
    at = index
    while at + 1 < len(tokens) and len(parts) < _MOST_PARTS:
        figure, word = tokens[at], tokens[at + 1]
        scale = _SCALE.match(word.text) if word.kind == WORD else None
        if scale is None or figure.kind != NUMBER or not well_formed(figure.text):
            break
        parts.append((figure.text.replace(",", ""), scale[0]))
        at += 2
        if scale.end() == len(word.text) and at < len(tokens) and tokens[at].kind == NUMBER:
            continue
        won = compound(parts) if len(parts) > 1 else None
        if won is None or won.denominator != 1:
            break
        border = word.start + scale.end()
        merged = [Token(NUMBER, str(won.numerator), tokens[index].start, border)]
        rest = word.text[scale.end() :]
        return merged + ([Token(WORD, rest, border, word.end)] if rest else []), at
    return [tokens[index]], index + 1
