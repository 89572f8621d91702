"""Reading the cells of a worksheet part in one pass (ECMA-376 part 1, §18.3.1).

A part is first shown to be well-formed and settled (no comments, no CDATA), so that a pattern can walk over
the rows. Plain cells, as every common program writes them, take the quick pattern; a sheet with anything
else in it (other attribute orders, positions left out, runs, extensions) takes the patient one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from xlbudget.book import BookUnreadable
from xlbudget.book.file import commonrows
from xlbudget.book.file.commonrows import Twice
from xlbudget.book.file.sheettext import (
    COLUMNS,
    SheetText,
    attributes_of,
    column_number,
    merges,
    number_of,
    patient_pattern,
    widths,
)
from xlbudget.book.file.strings import plain, rich_text
from xlbudget.book.file.xmltree import unreadable, whole
from xlbudget.book.formulas import references, shifted
from xlbudget.book.values import LONGEST_FORMULA, read_number, serial
from xlbudget.grid import LAST_ROW, Cell, CellError, Grid, Note, Ref, Value, column_letters

MOST_CELLS = 500_000
MOST_FORMULA_TEXT = 16 << 20
MOST_SHARED_REFERENCES = 500_000
_CHUNK = 1 << 20
_SAFE_DIGITS = 16

_Fields = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]
_NO_FIELDS: _Fields = (b"",) * 12


class Styled(NamedTuple):
    """What cells refer to: the strings, and for each cell format the name of its style and a blank cell."""

    strings: Sequence[str]
    styles: Sequence[str | None]
    blanks: Sequence[Cell]
    date1904: bool = False


_Cells = dict[int, dict[int, Cell]]


class Rows(NamedTuple):
    """What the rows of a sheet hold: all their cells, and those with a value or a formula."""

    cells: _Cells
    filled: _Cells
    heights: dict[int, float]
    hidden: frozenset[int]


@lru_cache(maxsize=8)
def quick_pattern(prefix: str) -> re.Pattern[bytes]:
    """Return the pattern for plain rows: every match is a cell, a row's opening or closing, or (last group)
    everything from what does not belong there.
    """
    p = re.escape(prefix)
    attributes = r"""(?>(?: [A-Za-z_][\w.:-]*+="[^"<]*")*)"""
    return re.compile(
        rf"""<{p}c r="([A-Z]{{1,3}})([0-9]{{1,7}})"(?: s="([0-9]{{1,9}})")?(?: t="([a-zA-Z]+)")?({attributes}) ?(?:/>|>"""
        rf"""(?:<{p}f({attributes}) ?(?:/>|>([^<]*)</{p}f>))?(?:<{p}v>([^<]*)</{p}v>|<{p}v ?/>)?"""
        rf"""(?:<{p}is><{p}t(?: xml:space="preserve")?>([^<]*)</{p}t></{p}is>)?</{p}c>)"""
        rf"""|<{p}row({attributes}) ?(/?)>|</{p}row>|\s+|(\S[\s\S]*)""".encode()
    )


@lru_cache(maxsize=8)
def _inner_patterns(prefix: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes], re.Pattern[bytes]]:
    p = re.escape(prefix)
    attributes = r"""((?>(?:\s+[^\s=<>"'/]++\s*=\s*(?:"[^"]*"|'[^']*'))*))\s*"""
    formula = rf"<{p}f{attributes}(?:/>|>([^<]*)</{p}f\s*>)"
    value = rf"<{p}v{attributes}(?:/>|>([^<]*)</{p}v\s*>)"
    inline = rf"<{p}is\s*>(.*?)</{p}is\s*>"
    return re.compile(formula.encode()), re.compile(value.encode()), re.compile(inline.encode(), re.DOTALL)


def _patient(rows: bytes, prefix: str) -> Iterator[tuple[_Fields, bytes]]:
    """Yield the same fields as the quick pattern, for any rows, with the inside of a rich inline string."""
    formula, value, inline = _inner_patterns(prefix)
    row = column = 0
    for match in patient_pattern(prefix).finditer(rows):
        row_raw, slash, raw, inner = match.groups()
        if raw is not None:
            a = attributes_of(raw)
            position = re.fullmatch(rb"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})", a.get(b"r", b""))
            column += 1
            letters, digits = (
                (column_letters(column).encode(), b"%d" % row) if position is None else position.groups()
            )
            column = column_number(letters)
            f = formula.search(inner) if inner else None
            v = value.search(inner) if inner else None
            i = inline.search(inner) if inner else None
            yield (
                letters, digits, a.get(b"s", b""), a.get(b"t", b""), raw, f[1] if f else b"", (f[2] or b"") if f else b"",
                (v[2] or b"") if v else b"", b"", b"", b"", b"",
            ), i[1] if i else b""  # fmt: skip
        elif row_raw is not None:
            given = attributes_of(row_raw).get(b"r", b"")
            row, column = whole(given, row + 1), 0
            rest = b"".join(b' %s="%s"' % item for item in attributes_of(row_raw).items() if item[0] != b"r")
            yield (*_NO_FIELDS[:9], b' r="%d"%s' % (row, rest), slash, b""), b""
        elif (
            match[0][:1] == b"<"
            and re.match(rb"</?(?:[\w.-]+:)?(?:row|c)[\s/>]", match[0])
            and match[0][1:2] != b"/"
        ):
            raise unreadable("시트의 행")


_HEIGHT = re.compile(rb' ht="([^"]*)"')


class _NotPlain(Exception):
    """The quick pattern does not fit; the patient one has to read the sheet."""


class _Reader:
    """Collects the rows of one sheet."""

    def __init__(self, given: Styled) -> None:
        self.given = given
        self.cells: _Cells = {}
        self.heights: dict[int, float] = {}
        self.hidden: set[int] = set()
        self.masters: dict[bytes, tuple[Ref, str]] = {}
        self.dependants: list[tuple[Ref, bytes]] = []
        self.unstyled = Cell()
        self.row = 0
        self.digits = b""

    def start_row(self, raw: bytes) -> None:
        if raw.startswith(b' r="'):
            self.digits = raw[4 : raw.index(b'"', 4)]
            if not self.digits.isdigit() or not 0 < (number := int(self.digits[:8])) <= LAST_ROW:
                raise unreadable("시트의 행 번호")
            self.row = number
        else:
            raise _NotPlain
        if b" ht=" in raw or b" hidden=" in raw:
            height = _HEIGHT.search(raw)
            if height and (points := number_of(height[1])) is not None:
                self.heights[self.row] = points
            if b' hidden="1"' in raw or b' hidden="true"' in raw:
                self.hidden.add(self.row)

    def value(self, kind: bytes, raw: bytes) -> Value:
        """Return the value of a cell that is neither inline text nor blank."""
        if kind in {b"", b"n"}:
            return _number(raw)
        if kind == b"s":
            number = whole(raw, -1)
            if not 0 <= number < len(self.given.strings):
                raise unreadable("공유 문자열 번호")
            return self.given.strings[number]
        if kind == b"b":
            return raw.strip() in {b"1", b"true"}
        text = plain(raw)
        if kind == b"e":
            return CellError(text)
        if kind == b"d":
            try:
                return serial(text, date1904=self.given.date1904)
            except (ValueError, OverflowError):
                return text
        return text

    def formula(self, ref: Ref, raw: bytes, text: bytes) -> str | None:
        """Return the formula of a cell; what shares another's is filled in at the end."""
        if b"shared" in raw:
            group = attributes_of(raw).get(b"si", b"")
            if not text:
                self.dependants.append((ref, group))
                return None
            self.masters[group] = (ref, plain(text))
        return plain(text) if text else None

    def share(self) -> None:
        """Give the cells that share a formula their own text."""
        length = moved = 0
        for ref, group in self.dependants:
            (row, column), text = self.masters.get(group, (ref, "#REF!"))
            length += len(text)
            moved += len(references(text))
            if length > MOST_FORMULA_TEXT or moved > MOST_SHARED_REFERENCES or len(text) > LONGEST_FORMULA:
                raise BookUnreadable(
                    "안전하지 않은 파일이라 열지 않았습니다(공유 수식이 지나치게 큼). 보낸 곳에 확인해 보세요."
                )
            old = self.cells[ref[0]][ref[1]]
            self.cells[ref[0]][ref[1]] = Cell(
                old.value, shifted(text, ref[0] - row, ref[1] - column), old.style
            )

    def rows(self) -> Rows:
        """Return what was collected."""
        filled: _Cells = {}
        for number, cells in sorted(self.cells.items()):
            told = {at: cell for at, cell in cells.items() if cell[0] is not None or cell[1] is not None}
            if told:
                filled[number] = told
        return Rows(self.cells, filled, self.heights, frozenset(self.hidden))


def _number(raw: bytes) -> Value:
    if raw.isdigit() and len(raw) < 16:
        return int(raw)
    text = plain(raw).strip()
    if not text:
        return None
    try:
        return read_number(text)
    except ValueError:
        return text


def _quick(reader: _Reader, fields: list[_Fields], escaped: bool) -> None:
    """Take over the matches of the quick pattern. Raises ``_NotPlain`` where it does not fit."""
    rows, columns, strings = reader.cells, COLUMNS, reader.given.strings
    names, blanks = reader.given.styles, reader.given.blanks
    known, new, row_digits, row = len(names), tuple.__new__, reader.digits, reader.row
    cells = rows.setdefault(row, {}) if row else {}
    for letters, digits, style, kind, rest, f_raw, f_text, v, inline, row_raw, _, junk in fields:
        if letters:
            if rest and (b" s=" in rest or b" t=" in rest):
                raise _NotPlain
            if digits != row_digits and (not row or int(digits) != row):
                raise _NotPlain
            column = columns.get(letters) or column_number(letters)
            number = int(style) if style else 0
            value: Value
            if kind == b"inlineStr":
                value = plain(inline) if escaped else inline.decode()
            elif v:
                if kind == b"s" and v.isdigit() and (at := int(v[:9])) < len(strings):
                    value = strings[at]
                elif not kind and v.isdigit() and len(v) < _SAFE_DIGITS:
                    value = int(v)
                else:
                    value = reader.value(kind, v)
            elif kind == b"str":
                value = ""
            elif f_raw or f_text:
                value = None
            else:
                cells[column] = blanks[number] if number < known else reader.unstyled
                continue
            formula = reader.formula((row, column), f_raw, f_text) if f_raw or f_text else None
            cells[column] = new(Cell, (value, formula, names[number] if number < known else None))
        elif row_raw:
            reader.start_row(row_raw)
            row_digits, row = reader.digits, reader.row
            cells = rows.setdefault(row, {})
        elif junk:
            raise _NotPlain


def _row(digits: bytes, row: int) -> int:
    """Return the row that a cell names, which must be the one that it stands in."""
    number = int(digits)
    if not 0 < number <= LAST_ROW or number != row:
        raise unreadable("시트의 칸 주소")
    return number


def _chunks(rows: bytes, prefix: str) -> Iterator[tuple[int, int]]:
    """Yield stretches of whole rows, so that no list of matches grows large."""
    mark = f"<{prefix}row".encode()
    at = 0
    while at < len(rows):
        end = rows.find(mark, at + _CHUNK) if len(rows) - at > _CHUNK else -1
        end = end if end > 0 else len(rows)
        yield at, end
        at = end


def read_rows(text: SheetText, given: Styled) -> Rows:
    """Return the cells, heights and hidden rows of a sheet. Raises ``BookUnreadable``."""
    rows, prefix = text.rows, text.prefix
    if len(rows) > MOST_CELLS * len("<c/>") and (
        rows.count(f"<{prefix}c".encode()) > MOST_CELLS or rows.count(f"<{prefix}row".encode()) > MOST_CELLS
    ):
        raise BookUnreadable(
            f"시트에 칸이 {MOST_CELLS:,}개보다 많아 읽지 않았습니다. 쓰지 않는 행을 지우고 다시 저장해 보세요."
        )
    reader = _Reader(given)
    try:
        if text.pieces is None:
            _read_large(reader, rows, prefix)
        else:
            return _read_form(text.pieces, given)
    except _NotPlain:
        reader = _read_patiently(rows, prefix, given)
    except UnicodeDecodeError:
        raise unreadable("시트의 글자") from None
    if reader.dependants:
        reader.share()
    return reader.rows()


def _read_large(reader: _Reader, rows: bytes, prefix: str) -> None:
    pattern = quick_pattern(prefix)
    escaped = _is_escaped(rows)
    for start, end in _chunks(rows, prefix):
        _quick(reader, pattern.findall(rows, start, end), escaped)


def _is_escaped(rows: bytes) -> bool:
    return b"&" in rows or b"_x" in rows or b"\r" in rows


def _read_form(pieces: Sequence[bytes], given: Styled) -> Rows:
    """Read row by row; a row that many copies of a form have in common is remembered."""
    table = _common_rows(given)
    found = Rows({}, {}, {}, frozenset())
    count = 0
    for piece in pieces:
        known = table.get(piece)
        if known is None:
            known = _read_piece(piece, given)
            if b't="s"' not in piece and commonrows.stands_alone(piece):
                table.put(piece, known)
        found.cells.update(known.cells)
        count += len(known.cells)
        if known.filled:
            found.filled.update(known.filled)
        if known.heights:
            found.heights.update(known.heights)
            found = found._replace(hidden=found.hidden | known.hidden) if known.hidden else found
    if count > len(found.cells) or list(found.cells) != sorted(found.cells):
        raise _NotPlain
    return found


def _read_piece(piece: bytes, given: Styled) -> Rows:
    reader = _Reader(given)
    _quick(reader, quick_pattern("").findall(piece), _is_escaped(piece))
    return reader.rows()


_MOST_TEMPLATES = 4
_COMMON: list[tuple[Styled, Twice[Rows]]] = []


def _common_rows(given: Styled) -> Twice[Rows]:
    """Return the rows that sheets with the very same cell formats have in common."""
    for known, table in _COMMON:
        if known.blanks is given.blanks and known.date1904 == given.date1904:
            return table
    made: Twice[Rows] = Twice()
    _COMMON[_MOST_TEMPLATES - 1 :] = []
    _COMMON.insert(0, (given._replace(strings=()), made))
    return made


def _read_patiently(rows: bytes, prefix: str, given: Styled) -> _Reader:
    reader = _Reader(given)
    for fields, inline in _patient(rows, prefix):
        letters, digits, style, kind, _, f_raw, f_text, v = fields[:8]
        if not letters:
            reader.start_row(fields[9])
            continue
        ref = (_row(digits, reader.row), column_number(letters))
        value: Value = None
        if kind == b"inlineStr":
            value = rich_text(inline)
        elif v or kind == b"str":
            value = reader.value(kind, v)
        formula = reader.formula(ref, f_raw, f_text) if f_raw or f_text else None
        number = whole(style)
        name = given.styles[number] if number < len(given.styles) else None
        reader.cells.setdefault(ref[0], {})[ref[1]] = Cell(value, formula, name)
    return reader


def read_grid(text: SheetText, name: str, given: Styled, notes: Mapping[Ref, Note]) -> Grid:
    """Return a sheet as the rest of the package sees it. Raises ``BookUnreadable``."""
    rows = read_rows(text, given)
    return Grid(
        name,
        rows=rows.cells,
        filled=rows.filled,
        merges=merges(text),
        widths=widths(text),
        heights=rows.heights,
        hidden_rows=rows.hidden,
        notes=notes,
        date1904=given.date1904,
    )
