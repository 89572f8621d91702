"""Putting cells into the rows of a sheet: only the bytes of the changed cells are written anew."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from xlbudget.book import EditRefused
from xlbudget.book.file.sheettext import COLUMNS, SheetText, attributes_of, column_number, patient_pattern
from xlbudget.book.file.xmltree import cut, whole, with_attributes
from xlbudget.book.values import write_number, write_text
from xlbudget.grid import Area, Cell, CellError, Ref, Value, a1, column_letters, parse_area


class RowSpan(NamedTuple):
    """Where a row stands in the bytes: its opening tag is ``start``…``inner``, its cells ``inner``…``close``."""

    number: int
    start: int
    inner: int
    close: int
    end: int


class Place(NamedTuple):
    """A cell as stored, and the opening tag of its row; ``None`` where there is none."""

    raw: bytes | None
    row: bytes | None


@lru_cache(maxsize=8)
def _row_pattern(prefix: str) -> re.Pattern[bytes]:
    attributes = r"""((?>(?:\s+[^\s=<>"'/]++\s*=\s*(?:"[^"]*"|'[^']*'))*))\s*"""
    return re.compile(rf"""<{re.escape(prefix)}row(?: r="([0-9]{{1,7}})")?{attributes}(/?)>""".encode())


@lru_cache(maxsize=8)
def _cell_pattern(prefix: str) -> re.Pattern[bytes]:
    p = re.escape(prefix)
    return re.compile(
        rf"""<{p}c(?: r="([A-Z]{{1,3}})[0-9]{{1,7}}"|(?=[\s/>]))((?:[^>"']|"[^"]*"|'[^']*')*?)(?:/>|>.*?</{p}c\s*>)""".encode(),
        re.DOTALL,
    )


TAG = re.compile(rb"""<(?>(?:[^>"']|"[^"]*"|'[^']*')*)>""")
_POSITION = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]{1,3})?\$?([0-9]{1,7})["']""")


class Unsettled(Exception):
    """A row or a cell lacks its address or stands out of order: see ``settle_positions``."""


class Spans:
    """The rows of a sheet, and the cells of the rows that are asked for, by their places in the bytes."""

    __slots__ = ("_cells", "_found", "_numbers", "_rows", "_text")

    def __init__(self, text: SheetText) -> None:
        self._text = text
        self._rows: list[RowSpan] | None = None
        self._numbers: list[int] = []
        self._found: dict[int, RowSpan | None] = {}
        self._cells: dict[int, dict[int, tuple[int, int]]] = {}

    def row(self, number: int) -> RowSpan | None:
        """Return a row, ``None`` where the sheet stores none. Raises ``Unsettled``."""
        if number not in self._found:
            self._found[number] = self._plain_row(number) or self._indexed_row(number)
        return self._found[number]

    def _plain_row(self, number: int) -> RowSpan | None:
        """Find a row without a look at all the others: its opening tag is written in one way by most programs."""
        rows = self._text.rows
        mark = f'<{self._text.prefix}row r="{number}"'.encode()
        start = rows.find(mark)
        if start < 0 or rows.find(mark, start + 1) >= 0:
            return None
        tag = TAG.match(rows, start)
        assert tag
        close = end = tag.end()
        if rows[end - 2 : end] != b"/>":
            close = rows.index(f"</{self._text.prefix}row".encode(), end)
            end = rows.index(b">", close) + 1
        return RowSpan(number, start, tag.end(), close, end)

    def _indexed_row(self, number: int) -> RowSpan | None:
        rows = self.rows()
        at = bisect_left(self._numbers, number)
        return rows[at] if at < len(rows) and self._numbers[at] == number else None

    def rows(self) -> list[RowSpan]:
        """Return all rows in order. Raises ``Unsettled``."""
        if self._rows is None:
            self._rows = _index(self._text)
            self._numbers = [row.number for row in self._rows]
        return self._rows

    def before(self, number: int) -> int:
        """Return where a missing row belongs. Raises ``Unsettled``."""
        rows = self.rows()
        at = bisect_left(self._numbers, number)
        return rows[at].start if at < len(rows) else (rows[-1].end if rows else 0)

    def cells(self, row: RowSpan) -> dict[int, tuple[int, int]]:
        """Return the places of a row's cells by column. Raises ``Unsettled``."""
        found = self._cells.get(row.number)
        if found is None:
            found = {}
            last = 0
            for match in _cell_pattern(self._text.prefix).finditer(self._text.rows, row.inner, row.close):
                letters = match[1]
                if letters is None and (position := _POSITION.search(match[2])):
                    letters = position[1]
                column = (COLUMNS.get(letters) or column_number(letters)) if letters else 0
                if column <= last:
                    raise Unsettled
                found[column] = match.span()
                last = column
            self._cells[row.number] = found
        return found

    def place(self, ref: Ref) -> Place:
        """Return a cell as stored."""
        row = self.row(ref[0])
        if row is None:
            return Place(None, None)
        span = self.cell(row, ref[1])
        tag = self._text.rows[row.start : row.inner]
        return Place(self._text.rows[slice(*span)] if span else None, tag)

    def cell(self, row: RowSpan, column: int) -> tuple[int, int] | None:
        """Return the place of a cell. Raises ``Unsettled``."""
        if row.number not in self._cells:
            rows = self._text.rows
            mark = f'<{self._text.prefix}c r="{column_letters(column)}{row.number}"'.encode()
            at = rows.find(mark, row.inner, row.close)
            if at >= 0 and rows.find(mark, at + 1, row.close) < 0:
                match = _cell_pattern(self._text.prefix).match(rows, at, row.close)
                assert match
                return match.span()
        return self.cells(row).get(column)


def _index(text: SheetText) -> list[RowSpan]:
    """Return the rows of a sheet. Raises ``Unsettled``."""
    rows: list[RowSpan] = []
    data, closing, last = text.rows, f"</{text.prefix}row".encode(), 0
    for match in _row_pattern(text.prefix).finditer(data):
        digits, rest, slash = match.groups()
        if digits is None:
            position = _POSITION.search(rest)
            digits = position[2] if position else b"0"
        number = int(digits)
        if number <= last:
            raise Unsettled
        last = number
        close = end = match.end()
        if not slash:
            close = data.index(closing, end)
            end = data.index(b">", close) + 1
        rows.append(RowSpan(number, match.start(), match.end(), close, end))
    return rows


def settle_positions(text: SheetText) -> None:
    """Make every row and cell say where it stands, in ascending order.

    The format allows addresses to be left out; cells can only be put between others that have one.
    Raises ``EditRefused`` where a row is stored twice.
    """
    prefix = text.prefix
    rows: dict[int, tuple[bytes, dict[int, bytes]]] = {}
    number = column = 0
    for match in patient_pattern(prefix).finditer(text.rows):
        row_raw, slash, raw, _ = match.groups()
        if row_raw is not None:
            given = attributes_of(row_raw).get(b"r", b"")
            number, column = whole(given, number + 1), 0
            if number in rows:
                raise EditRefused(
                    f"시트에 {number}행이 두 번 저장되어 있어 고치지 않았습니다. Excel에서 다시 저장한 뒤 해 보세요."
                )
            rows[number] = (with_attributes(_opened(match[0]) if slash else match[0], {"r": str(number)}), {})
        elif raw is not None:
            position = _POSITION.search(raw)
            column = column_number(position[1]) if position and position[1] else column + 1
            tag = _tag(match[0])
            rows[number][1][column] = with_attributes(tag, {"r": a1(number, column)}) + match[0][len(tag) :]
    closing = f"</{prefix}row>".encode()
    text.rows = b"".join(
        tag + b"".join(cells[c] for c in sorted(cells)) + closing for _, (tag, cells) in sorted(rows.items())
    )


def settle(text: SheetText) -> None:
    """Make sure that every row and cell says where it stands, in ascending order. Raises ``EditRefused``."""
    try:
        spans = Spans(text)
        for row in spans.rows():
            spans.cells(row)
    except Unsettled:
        settle_positions(text)


def put_cells(
    text: SheetText, spans: Spans, cells: Mapping[Ref, bytes | None], tags: Mapping[int, bytes | None]
) -> None:
    """Replace cells (``None``: take away). ``tags`` are the opening tags that rows shall have again: ``None``
    takes a row away when it has become empty.
    """
    if not tags and (spans_of := _all_there(spans, cells)) is not None:
        text.rows = cut(text.rows, [(*span, cells[ref] or b"") for ref, span in spans_of.items()])
        return
    by_row: dict[int, dict[int, bytes | None]] = {}
    for (row, column), raw in cells.items():
        by_row.setdefault(row, {})[column] = raw
    pieces: list[bytes] = []
    at = 0
    for number in sorted(by_row):
        span = spans.row(number)
        start, end = (span.start, span.end) if span else (spans.before(number),) * 2
        pieces += (text.rows[at:start], _row(text, spans, number, span, by_row[number], tags))
        at = end
    pieces.append(text.rows[at:])
    text.rows = b"".join(pieces)


def _all_there(spans: Spans, cells: Mapping[Ref, bytes | None]) -> dict[Ref, tuple[int, int]] | None:
    """Return where cells stand that only get other contents; ``None`` where one is new or goes away."""
    found: dict[Ref, tuple[int, int]] = {}
    for ref, raw in cells.items():
        row = spans.row(ref[0])
        span = spans.cell(row, ref[1]) if row is not None and raw is not None else None
        if span is None:
            return None
        found[ref] = span
    return found


def _row(
    text: SheetText,
    spans: Spans,
    number: int,
    row: RowSpan | None,
    new: dict[int, bytes | None],
    tags: Mapping[int, bytes | None],
) -> bytes:
    """Return a whole row with cells replaced, put in or taken away; all else in it stays as it is."""
    closing = f"</{text.prefix}row>".encode()
    if row is None:
        tag, body, columns = f'<{text.prefix}row r="{number}">'.encode(), b"", []
        body = b"".join(raw for _, raw in sorted(new.items()) if raw is not None)
        columns = added = [column for column, raw in new.items() if raw is not None]
    else:
        tag = text.rows[row.start : row.inner]
        closing = text.rows[row.close : row.end] or closing
        old = spans.cells(row)
        body = _body(text.rows, row, old, new)
        columns = [c for c in {*old, *new} if new.get(c, b"") is not None]
        added = [c for c in columns if c not in old]
    if number in tags:
        tag = _tag_again(tag, tags[number], columns)
    if (given := attributes_of(tag).get(b"spans")) and added and not _within(given, added):
        tag = _without_spans(tag)
    if not tag or (tag.endswith(b"/>") and not columns):
        return tag
    return (_opened(tag) if tag.endswith(b"/>") else tag) + body + closing


def _body(rows: bytes, row: RowSpan, old: dict[int, tuple[int, int]], new: dict[int, bytes | None]) -> bytes:
    order = sorted(old)
    pieces: list[bytes] = []
    at = row.inner
    for column in sorted(new):
        if column in old:
            start, end = old[column]
        else:
            after = bisect_left(order, column)
            start = end = old[order[after]][0] if after < len(order) else row.close
        pieces += (rows[at:start], new[column] or b"")
        at = end
    pieces.append(rows[at : row.close])
    return b"".join(pieces)


def _tag_again(tag: bytes, before: bytes | None, columns: list[int]) -> bytes:
    """Return the opening tag that a row had before, if nothing but our cells has changed in it since."""
    if before is None:
        return b"" if not columns and set(attributes_of(tag)) <= {b"r"} else tag
    return before if _without_spans(before) == _without_spans(tag) else tag


def _opened(tag: bytes) -> bytes:
    return tag[:-2].rstrip() + b">"


def _without_spans(tag: bytes) -> bytes:
    return with_attributes(_opened(tag) if tag.endswith(b"/>") else tag, {"spans": None})


def _within(spans: bytes, cells: Sequence[int]) -> bool:
    try:
        low, high = (int(n) for n in spans.split(b" ")[0].split(b":"))
    except ValueError:
        return False
    return b" " not in spans.strip() and low <= min(cells) and max(cells) <= high


def escape(text: str) -> str:
    """Return text as XML character data of a cell."""
    if "_x" in text or not text.isprintable():
        text = write_text(text)
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def _spaced(text: str) -> str:
    return ' xml:space="preserve"' if text[:1].isspace() or text[-1:].isspace() else ""


def content_xml(value: Value, formula: str | None, p: str) -> tuple[str, str]:
    """Return the type attribute (with a leading space) and the inside of a cell."""
    if formula is not None:
        kind, inner = _result(value, p)
        return kind, f"<{p}f{_spaced(formula)}>{escape(formula)}</{p}f>{inner}"
    if isinstance(value, str) and not isinstance(value, CellError):
        return ' t="inlineStr"', f"<{p}is><{p}t{_spaced(value)}>{escape(value)}</{p}t></{p}is>"
    return _result(value, p)


def _result(value: Value, p: str) -> tuple[str, str]:
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ' t="b"', f"<{p}v>{value:d}</{p}v>"
    if isinstance(value, CellError):
        return ' t="e"', f"<{p}v>{escape(value)}</{p}v>"
    if isinstance(value, str):
        return ' t="str"', f"<{p}v{_spaced(value)}>{escape(value)}</{p}v>"
    return "", f"<{p}v>{write_number(value)}</{p}v>"


_DROPPED = frozenset({b"r", b"s", b"t", b"cm", b"vm"})


_PLAIN_TAG = re.compile(rb"""<c r="[A-Z]+[0-9]+"(?: s="([0-9]+)")?(?: t="[A-Za-z]+")? ?/?>""")


def new_cell(prefix: str, ref: Ref, old: bytes | None, style: int, cell: Cell) -> bytes:
    """Return a cell with new contents and, where it stood before, its own format and other attributes."""
    kind, inner = content_xml(cell.value, cell.formula, prefix)
    extra = ""
    if old is not None and (plain := _PLAIN_TAG.match(old)):
        mark = f' s="{plain[1].decode()}"' if plain[1] else ""
    elif old is not None:
        given = attributes_of(_tag(old))
        extra = "".join(f' {k.decode()}="{v.decode()}"' for k, v in given.items() if k not in _DROPPED)
        number = given.get(b"s")
        mark = f' s="{number.decode()}"' if number is not None else ""
    else:
        mark = f' s="{style}"' if style else ""
    head = f'<{prefix}c r="{column_letters(ref[1])}{ref[0]}"{mark}{kind}{extra}'
    return (f"{head}>{inner}</{prefix}c>" if inner else f"{head}/>").encode()


def styled_cell(prefix: str, ref: Ref, old: bytes | None, style: int) -> bytes:
    """Return a cell with another format and the same contents."""
    if old is None:
        return f'<{prefix}c r="{a1(*ref)}" s="{style}"/>'.encode()
    tag = _tag(old)
    given = attributes_of(tag)
    if b"s" in given:
        return with_attributes(tag, {"s": str(style)}) + old[len(tag) :]
    at = tag.index(given[b"r"]) + len(given[b"r"]) + 1
    return tag[:at] + f' s="{style}"'.encode() + tag[at:] + old[len(tag) :]


def _tag(raw: bytes) -> bytes:
    match = TAG.match(raw)
    assert match
    return match[0]


_DIMENSION = re.compile(rb"""(<(?:[\w.-]+:)?dimension\s[^>]*?ref\s*=\s*["'])([^"']*)""")


def dimension(text: SheetText) -> str | None:
    """Return the area that the sheet says it uses."""
    match = _DIMENSION.search(text.head)
    return match[2].decode() if match else None


def set_dimension(text: SheetText, ref: str) -> None:
    """Let the sheet say that it uses an area; a sheet that says nothing stays so."""
    text.head = _DIMENSION.sub(lambda m: m[1] + ref.encode(), text.head, count=1)


def grow_dimension(text: SheetText, refs: list[Ref]) -> None:
    """Widen the area that the sheet says it uses, so that it holds some cells."""
    stored = dimension(text)
    if stored is None or not refs:
        return
    try:
        area: Area | None = parse_area(stored)
    except ValueError:
        area = None
    rows, columns = [r for r, _ in refs], [c for _, c in refs]
    top, left, bottom, right = min(rows), min(columns), max(rows), max(columns)
    if area is not None and not (stored == "A1" and not text.rows):
        top, left = min(area.top, top), min(area.left, left)
        bottom, right = max(area.bottom, bottom), max(area.right, right)
    grown = Area(top, left, bottom, right)
    if grown != area:
        set_dimension(text, str(grown))
