"""One line of 산출근거, each way: mark, label, expression and what was stated behind ``=``.

The usual form is ``- 회의 수당 150,000원*20명``. Where that would read back as something else, the depth is
written as ``〔1〕`` before the mark, and the parts stand behind ``〔식〕`` and ``〔결과〕``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from xlbudget.derivation import derive
from xlbudget.exchange.description_text.cells import read_whole
from xlbudget.exchange.description_text.markup import EMPTY, escape, unescape
from xlbudget.money import PRINTED_UNIT, NumberUnreadable, Rounding, format_amount
from xlbudget.project import LARGEST_AMOUNT, Line
from xlbudget.workbook.layout import DEFAULT_MARKERS, marker_depth
from xlbudget.workbook.reading.items import leading_marker

EXPRESSION, NO_EXPRESSION, STATED = "〔식〕", "〔식 없음〕", "〔결과〕"
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
    return Written(depth, marker, *_read_parts(rest, rounding))


def _read_parts(raw: str, rounding: Rounding) -> tuple[str, str | None, int | None]:
    body, _, stated = raw.partition(STATED)
    if body.rstrip().endswith(NO_EXPRESSION):
        label: str = body.rstrip().removesuffix(NO_EXPRESSION)
        expression: str | None = None
    elif EXPRESSION in body:
        label, _, quoted = body.partition(EXPRESSION)
        expression = unescape(quoted)
    else:
        derived = derive(unescape(raw), rounding)
        fits = derived.stated is None or abs(derived.stated) <= LARGEST_AMOUNT
        return derived.label, derived.expression, derived.stated if fits else None
    try:
        amount = read_whole(stated, PRINTED_UNIT)
        fits = amount is None or abs(amount) <= LARGEST_AMOUNT
    except NumberUnreadable:
        fits = False
    if not fits:
        return f"{unescape(label)} {STATED}{unescape(stated)}".strip(), expression, None
    return unescape(label), expression, amount


def print_line(line: Line, rounding: Rounding) -> str:
    """Return the text of a line, in the first form that reads back as the line."""
    said = Written(line.depth, line.marker, line.label, line.expression, line.stated)
    forms = list(_forms(line))
    return next((raw for raw in forms if read_line(raw, rounding) == said), forms[-1])


def _forms(line: Line) -> Iterator[str]:
    level = (
        f"〔{line.depth}〕{''.join(f'&#{ord(c)};' if c.isspace() or c in '&<〔' else c for c in line.marker)}"
    )
    stated = "" if line.stated is None else f"{format_amount(line.stated)}{PRINTED_UNIT}"
    plain = escape(
        " ".join(part for part in (line.label, line.expression, stated and f"= {stated}") if part), "〔"
    )
    if line.expression is None:
        parts = f"{escape(line.label, '〔')} {NO_EXPRESSION}"
    else:
        parts = f"{escape(line.label, '〔')} {EXPRESSION} {escape(line.expression, '〔') or EMPTY}"
    quoted = f"{parts} {STATED} {stated}" if stated else parts
    for head in (line.marker, level):
        for text in (plain, quoted.strip()):
            yield f"{head} {text}".strip() if head else text
