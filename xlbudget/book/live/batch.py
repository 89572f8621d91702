"""Strokes as one text, for the macro that draws them inside Excel: a hundred calls become one.

Strokes are divided by one sign, their fields (kind, sheet, address, then values) by another, so that nothing
but text goes over. A value begins with a letter that says what it is; numbers are written as Basic's ``Val``
reads them in every language.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlbudget.book.live.strokes import Kind, Stroke

STROKES, FIELDS = "\x1e", "\x1f"
_ALONE = frozenset({Kind.DEFINE, Kind.FORGET})


def joins(stroke: Stroke) -> bool:
    """Tell whether a stroke can go with others; what makes a style has too many members."""
    return stroke.kind not in _ALONE


def batched(strokes: Sequence[Stroke]) -> str | None:
    """Return strokes as one text, ``None`` where a text of theirs holds the dividing signs."""
    parts = []
    for stroke in strokes:
        fields = [stroke.kind.value, stroke.sheet, stroke.where, *_values(stroke)]
        if any(sign in field for field in fields for sign in (STROKES, FIELDS)):
            return None
        parts.append(FIELDS.join(fields))
    return STROKES.join(parts)


def _values(stroke: Stroke) -> list[str]:
    value = stroke.value
    if stroke.kind is Kind.ENTER:
        return [str(len(value)), str(len(value[0])), *(_value(v) for row in value for v in row)]
    if isinstance(value, tuple):
        return [_value(v) for v in value]
    return [_value(value)]


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return f"b{int(value)}"
    return f"s{value}" if isinstance(value, str) else f"n{value!r}"
