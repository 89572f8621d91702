"""Single characters that mean something in a line of 산출근거."""

from __future__ import annotations

_BREAKS = "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_BLANKS = (
    "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u202f\u205f\u2060\u3000\ufeff₩￦"
)
MAPPED: dict[str, str] = {
    **dict.fromkeys(_BREAKS, "\n"),
    **dict.fromkeys(_BLANKS, " "),
    **dict(zip("０１２３４５６７８９，．％＝＋／（）［］｛｝", "0123456789,.%=+/()[]{}", strict=True)),
    **dict.fromkeys("×✕✖⨯∗＊", "*"),
    **dict.fromkeys("−－–", "-"),
    **dict.fromkeys("▲▵Δ", "△"),
    **dict.fromkeys("·⋅∙・･", "ㆍ"),
    **dict.fromkeys("ｘＸX", "x"),
}
"""What stands for what: full-width signs, line breaks, the many spaces, the look-alikes of the operators.

A currency sign before a figure says nothing that its unit does not say, and counts as a blank.
"""

MARKERS = "○◯◎⊙●◦□■◇◆▷▶※▪•ㅇｏΟο―—"
"""Signs before a label that show the level of a line. ``o``, ``-``, ``*`` and ``ㆍ`` may be one, too."""
