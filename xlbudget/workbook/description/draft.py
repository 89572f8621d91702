"""What every block of the 사업설명서 needs: the grid, text measured, amounts pointing at their cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlbudget.edits import Content
from xlbudget.figures import Figures
from xlbudget.grid import Value
from xlbudget.project import Project
from xlbudget.workbook import text as measure
from xlbudget.workbook.markers import DEEPER_MARKERS, HEADING_MARKERS, LEAF_MARKERS
from xlbudget.workbook.pages import Box, Label, Row, Table, Unit, gap
from xlbudget.workbook.places import Pointers
from xlbudget.workbook.styles import STYLES, named

A, B, C, D, E, F, G, H, EQ, J = range(1, 11)
WIDTHS: Mapping[int, float] = {
    A: 3.3, B: 3.3, C: 11.1, D: 11.1, E: 11.1, F: 11.1, G: 11.1, H: 7.9, EQ: 3.2, J: 11.1,
}  # fmt: skip
"""A:C is the label rail, I (``EQ``) alone holds ``=``; 84.3 characters fill an A4 page at 100 %."""

NONE = "해당 없음"
ROW = 18.0
TEXT_SIZE = 9.5
"""The size of most texts: a line of it is as high as ``ROW``."""
LONGEST_ROW = 200.0
"""A paragraph that is higher goes on several rows: it would leave a hole at the foot of a page."""

_CHAPTER_NUMBER, _CHAPTER, _SECTION, _UNIT = named("장번호"), named("장제목"), named("절제목"), named("단위")
_HEAD, _LABEL, _TEXT = named("머리"), named("항목"), named("글")
CLOSE = Row(6.0, tuple(Box(column, column, None, named("마감선")) for column in WIDTHS))
OPEN = Row(3.0, tuple(Box(column, column, None, named("개시선")) for column in WIDTHS))


class Draft:
    """One project on one set of column widths."""

    def __init__(self, project: Project, figures: Figures, widths: Mapping[int, float] | None) -> None:
        self.project = project
        self.figures = figures
        self.cells = Pointers(project.evidence)
        self.widths = measure.column_widths(widths, WIDTHS)
        self._rooms: dict[tuple[int, int, str], tuple[float, float, int]] = {}

    def amount(self, path: str, value: Value) -> Content:
        """Return a figure as a formula that points at its cell; blank where nothing was written."""
        return None if value is None else self.cells.show(path, value)

    def subsidy(self, path: str, value: Value) -> Content:
        """Return the ``(x…)`` figure over an amount: 0, shown as ``(x-)``, where nothing was written."""
        return self.cells.show(path, 0 if value is None else value)

    def _room(self, left: int, right: int, style: str) -> tuple[float, float, int]:
        """Return what fits on a line of merged cells, the size of its text, and the most lines of a row."""
        key = (left, right, style)
        found = self._rooms.get(key)
        if found is None:
            characters = sum(self.widths[column] for column in range(left, right + 1))
            size = STYLES[style].size
            found = (measure.room(characters, STYLES[style]), size, measure.lines_within(LONGEST_ROW, size))
            self._rooms[key] = found
        return found

    def height(self, text: str, left: int, right: int, style: str) -> float:
        """Return the height that a text needs in merged cells, in points."""
        space, size, _ = self._room(left, right, style)
        return measure.height(measure.line_count(text, space), size)

    def rows(self, *boxes: Box, least: float = ROW, figures_last: bool = False) -> tuple[Row, ...]:
        """Return a table row; several where a text is too long for one.

        What is no text stands in the first of them, or in the last (``figures_last``).
        """
        need = least
        for box in boxes:
            if _is_text(box):
                space, size, most = self._room(box.left, box.right, box.style)
                lines = measure.line_count(str(box.content), space)
                if lines > most:
                    return self._split_rows(boxes, least, figures_last)
                if lines > 1 or size != TEXT_SIZE:
                    need = max(need, measure.height(lines, size))
        return (Row(need, boxes),)

    def _split_rows(self, boxes: tuple[Box, ...], least: float, figures_last: bool) -> tuple[Row, ...]:
        pieces = [self._pieces(box) for box in boxes]
        count = max(map(len, pieces))
        rows = []
        for number in range(count):
            parts = []
            need = least
            for box, own in zip(boxes, pieces, strict=True):
                at = number - (count - 1) if figures_last and not _is_text(box) else number
                content, points = own[at] if 0 <= at < len(own) else (None, 0.0)
                parts.append(box._replace(content=content))
                need = max(need, points)
            rows.append(Row(need, tuple(parts)))
        return tuple(rows)

    def _pieces(self, box: Box) -> list[tuple[Content, float]]:
        if not _is_text(box):
            return [(box.content, 0.0)]
        space, size, most = self._room(box.left, box.right, box.style)
        return [
            (piece, measure.height(lines, size))
            for piece, lines in measure.split(str(box.content), space, most)
        ]

    def label(self, text: str, right: int = C, style: str = _LABEL) -> Label:
        """Return a label that stands beside several rows, from column A on."""
        space, size, most = self._room(A, right, style)
        lines = min(measure.line_count(text, space), most)
        return Label(A, right, text, style, measure.height(lines, size), measure.height(lines + 1, size))

    def head(self, *boxes: Box) -> Row:
        """Return a heading row of a table."""
        return Row(max(ROW, *(self.height(str(b.content), b.left, b.right, b.style) for b in boxes)), boxes)

    def nothing(self) -> Unit:
        """Return the row of a table in which nothing stands."""
        return Unit(self.rows(Box(A, J, NONE, named("글 가운데"))))


_WRAPPED = frozenset(name for name, style in STYLES.items() if style.wrap)


def _is_text(box: Box) -> bool:
    return isinstance(box.content, str) and box.style in _WRAPPED


def chapter(number: int, title: str) -> list[Unit]:
    """Return the head of a chapter."""
    head = Row(23.25, (Box(A, B, str(number), _CHAPTER_NUMBER), Box(C, J, title, _CHAPTER)))
    return [gap(10.5), Unit((head, Row(4.5)), keep=True)]


def section(title: str, unit: str = "", *, first: bool = False) -> list[Unit]:
    """Return a □ head, with the unit of the amounts at its right; ``first`` in its chapter."""
    boxes = [Box(A, F, f"□ {title}", _SECTION)]
    if unit:
        boxes.append(Box(G, J, f"(단위 : {unit})", _UNIT))
    head = Unit((Row(20.25, tuple(boxes)),), keep=True)
    return [head] if first else [gap(5.25), head]


def heading(left: int, right: int, text: str, rows: int = 1) -> Box:
    """Return a cell of a heading row."""
    return Box(left, right, text, _HEAD, rows)


def written(texts: Sequence[str]) -> list[str]:
    """Return the texts that say something."""
    return [text for text in texts if text.strip()]


def bullet(text: str, default: str) -> tuple[str, str]:
    """Split a text into its mark and what it says: its own mark where it brings one, else ``default``.

    ``○○구 지원`` and ``-5% 조정`` bring none.
    """
    text = text.strip()
    if not text:
        return default, text
    mark, rest = text[0], text[1:]
    circle = mark in HEADING_MARKERS and not rest.startswith(tuple(HEADING_MARKERS))
    if circle or (mark in "oO" and rest.startswith(" ")):
        return "○", rest.lstrip()
    if mark in LEAF_MARKERS and not rest[:1].isdigit():
        return "-", rest.lstrip()
    if mark in DEEPER_MARKERS:
        return "·", rest.lstrip()
    if mark == "※":
        return mark, rest.lstrip()
    return default, text


def line_table(draft: Draft, texts: Sequence[str]) -> list[tuple[Row, ...]]:
    """Return the ○ lines that stand in a table beside a label: the rows of each."""
    lines = []
    for text in written(texts):
        mark, body = bullet(text, "○")
        lines.append(draft.rows(Box(D, J, f"{mark} {body}", _TEXT)))
    return lines or [draft.rows(Box(D, J, NONE, _TEXT))]


def one_table(head: Sequence[Row]) -> Table:
    """Return a table that is closed by a rule and repeats its heading rows."""
    return Table(tuple(head), CLOSE)
