"""One line of 산출근거, each way: mark, label, expression and what was stated behind ``=``.

The usual form is ``- 회의 수당 150,000원*20명 = 3,000천원``. Where that would read back as something else, the depth
is written as ``〔1〕`` before the mark, and what was stated stands behind ``〔결과〕``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from xlbudget.derivation import derive
from xlbudget.exchange.description_text.cells import read_whole
from xlbudget.exchange.description_text.markup import escape, numbered, unescape
from xlbudget.money import PRINTED_UNIT, NumberUnreadable, Rounding, format_amount
from xlbudget.project import LARGEST_AMOUNT, REMARK, Line
from xlbudget.workbook.markers import DEFAULT_MARKERS, leading_marker, marker_depth

STATED = "〔결과〕"
_DEPTH = re.compile(r"〔([0-9])〕(\S*)\s*")


class Written(NamedTuple):
    """A line as it is written. ``depth`` is ``None`` where it has no mark at all."""

    depth: int | None
    marker: str
    label: str
    expression: str | None
    stated: int | None

    def line(self, *, below_heading: bool) -> Line:
        """Return the line; one without a mark is a ``-`` below a heading, else a ``○``."""
        depth, marker = self.depth, self.marker
        if depth is None:
            depth = 1 if below_heading and self.expression is not None else 0
            marker = DEFAULT_MARKERS[depth]
        return Line(
            depth=depth, marker=marker, label=self.label, expression=self.expression, stated=self.stated
        )


def read_line(raw: str, rounding: Rounding) -> Written:
    """Read the text of a line."""
    match = _DEPTH.match(raw)
    depth: int | None
    if match is not None:
        depth, marker, rest = int(match[1]), unescape(match[2]), raw[match.end() :]
    else:
        marker, rest = leading_marker(raw)
        depth = marker_depth(marker) if marker else None
    if marker == REMARK:
        return Written(depth, marker, unescape(rest), None, None)
    return Written(depth, marker, *_read_parts(rest, rounding))


def _read_parts(raw: str, rounding: Rounding) -> tuple[str, str | None, int | None]:
    body, apart, stated = raw.partition(STATED)
    derived = derive(unescape(body), rounding)
    amount = derived.stated
    if apart:
        try:
            amount = read_whole(stated, PRINTED_UNIT)
        except NumberUnreadable:
            return f"{unescape(body)} {STATED}{unescape(stated)}".strip(), None, None
    fits = amount is None or abs(amount) <= LARGEST_AMOUNT
    return derived.label, derived.expression, amount if fits else None


def print_line(line: Line, rounding: Rounding) -> str:
    """Return the text of a line, in the first form that reads back as the line."""
    said = Written(line.depth, line.marker, line.label, line.expression, line.stated)
    forms = list(_forms(line))
    return next((raw for raw in forms if read_line(raw, rounding) == said), forms[-1])


def _forms(line: Line) -> Iterator[str]:
    marker = "".join(c if c.isprintable() and c not in " &<〔" else numbered(c) for c in line.marker)
    level = f"〔{line.depth}〕{marker}"
    stated = "" if line.stated is None else f"{format_amount(line.stated)}{PRINTED_UNIT}"
    text = " ".join(part for part in (line.label, line.expression) if part)
    plain = escape(f"{text} = {stated}".strip() if stated else text, "〔")
    for head in (line.marker, level):
        for said in (plain, f"{escape(text, '〔')} {STATED} {stated}".strip()):
            yield f"{head} {said}".strip() if head else said
