"""The form as a .hwpx document: A4 portrait, the columns of the printed sheet, amounts under their ``(x…)``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from xlbudget.exchange.description_text.form import Block, Kind, Style, Table, form
from xlbudget.exchange.description_text.markup import BREAK, unescape
from xlbudget.exchange.hwpx.package import library
from xlbudget.figures import Figures
from xlbudget.project import Project
from xlbudget.workbook.text import width

STACKED = Style(between=BREAK)
UNITS_PER_INCH = 7_200
TEXT_WIDTH = 52_328
"""Width of the text in units of 1/7200 inch: A4 without margins of half an inch."""
_MARGINS = {"left": 0.5, "right": 0.5, "top": 0.75, "bottom": 0.71, "header": 0.35, "footer": 0.35}
UNITS_PER_POINT = 100
LINE_HEIGHT, CELL_AIR, CELL_PADDING, SAFETY = 1_350, 350, 1_100, 1.08
"""Height of a line at 9.5 points and 140 %, what a cell needs besides, and the blanks beside its text."""
FONT = "맑은 고딕"
INK, NAVY, GREY, RULE = "#1F2933", "#1F3A5F", "#5B6673", "#9AA5B1"
HEADING_FILL, LABEL_FILL = "#E9EDF2", "#F4F6F8"
LONGEST_HEADER = 40
DRAWN_ID, FIRST_ID = 4, 10_001
"""Ids of more digits than the first are drawn at random by the library; they are counted from the second."""

_COLUMNS = {
    "outline": (17.7, 22.2, 22.2, 22.2),
    "people": (17.7, 22.2, 11.1, 11.1, 22.2),
    "overview": (17.7, 22.2, 22.2, 11.1, 11.1),
    "derivations": (17.7, 52.3, 3.2, 11.1),
    "schedule": (17.7, 22.2, 11.1, 33.3),
    "results": (17.7, 66.6),
    "settlement": (6.6, *[11.1] * 7),
}
"""Widths of the columns of each table, in characters of the printed sheet."""
_NOTED = (17.7, 41.2, 3.2, 11.1, 11.1)
_AMOUNTS = {"overview": (1, 2, 3, 4), "derivations": (3,), "schedule": (2,), "settlement": tuple(range(1, 8))}
_CENTRED = {"people": (0, 1, 2, 3, 4), "schedule": (1,), "derivations": (2,)}


class Look(NamedTuple):
    """How a paragraph looks: size in points, ink, weight, alignment, indent in mm, space above in points."""

    size: float = 9.5
    ink: str = INK
    bold: bool = False
    align: str = "LEFT"
    indent: float = 0.0
    hanging: float = 0.0
    above: float = 0.0
    below: float = 0.0
    keep: bool = False
    rule: bool = False


_LOOKS = {
    Kind.TITLE: Look(18, NAVY, bold=True, align="CENTER", below=6),
    Kind.CHAPTER: Look(13, NAVY, bold=True, above=12, below=3, keep=True, rule=True),
    Kind.SECTION: Look(10.5, INK, bold=True, above=6, below=2, keep=True),
    Kind.UNIT: Look(8.5, GREY, align="RIGHT", keep=True),
    Kind.ENTRY: Look(indent=6.0, hanging=-3.0, below=1),
    Kind.REMARK: Look(8.5, GREY, above=2),
}
_HEAD = Look(9.5, NAVY, bold=True, align="CENTER", keep=True)
_LABEL = Look(align="CENTER")
_SUM = Look(bold=True, align="CENTER")
_TEXT = Look()
_AMOUNT = Look(align="RIGHT")
_TOTAL = Look(bold=True, align="RIGHT")
_RUNNING = Look(8, GREY)
_SUBSIDY = Look(8, GREY, align="RIGHT")


def document_bytes(project: Project, figures: Figures) -> bytes:
    """Return the form of a project as the bytes of a .hwpx file."""
    writer = _Writer()
    writer.page(project)
    for block in form(project, figures, STACKED):
        writer.block(block)
    return writer.finish()


class _Writer:
    """A document in the making; looks are registered once and found again by what they are."""

    def __init__(self) -> None:
        self.document = library().HwpxDocument.new()
        self.looks: dict[Look, tuple[str, str]] = {}
        self.borders: dict[str | None, str] = {}
        self.first = True

    def page(self, project: Project) -> None:
        """Set margins, header and page number."""
        margins = {key: round(inches * UNITS_PER_INCH) for key, inches in _MARGINS.items()}
        self.document.page.set_margins(**margins)
        name = " ".join(project.name.split())
        short = name if len(name) <= LONGEST_HEADER else f"{name[:LONGEST_HEADER]}…"
        text = f"{project.said_year('년도 ')}예산 사업설명서  {_plain(short)}".strip()
        header = self.document.page.set_header(text=text)
        footer = self.document.page.set_page_number(prefix="- ", suffix=" -")
        _, char = self.look(_RUNNING)
        for run in (*_runs(header.element), *_runs(footer.element)):
            run.set("charPrIDRef", char)
        self.document.package.clear_document_metadata(keep=("language",))
        self.document.package.set_document_metadata(
            title=_plain(name), creator=_plain(project.organisation.division), subject="예산 사업설명서"
        )

    def look(self, look: Look) -> tuple[str, str]:
        """Return the ids of the paragraph and character shapes of a look."""
        if look not in self.looks:
            char = self.document.styles.ensure_run(bold=look.bold, color=look.ink, font=FONT, size=look.size)
            self.document.add_paragraph("", inherit_style=False)
            at = len(self.document.paragraphs) - 1
            self.document.styles.apply_paragraph_format(
                paragraphs=[self.document.paragraphs[at]],
                alignment=look.align,
                line_spacing_percent=140,
                indent_left_mm=look.indent,
                first_line_indent_mm=look.hanging,
                spacing_before_pt=look.above,
                spacing_after_pt=look.below,
                keep_with_next=look.keep,
                bottom_border=look.rule,
                border_color=NAVY,
                border_width="0.4 mm",
            )
            paragraph = self.document.paragraphs[at]
            self.looks[look] = (str(paragraph.para_pr_id_ref), str(char))
            paragraph.remove()
        return self.looks[look]

    def block(self, block: Block) -> None:
        """Append a paragraph or a table."""
        if isinstance(block, Table):
            self._table(block)
            return
        look = _LOOKS[block.kind]
        para, char = self.look(look)
        text = f"□ {block.text}" if block.kind is Kind.SECTION else block.text
        first, *rest = text.split(BREAK)
        if self.first:
            paragraph = self.document.paragraphs[0]
            paragraph.para_pr_id_ref = para
            paragraph.add_run(first, char_pr_id_ref=char)
            self.first = False
        else:
            paragraph = self.document.add_paragraph(
                first, para_pr_id_ref=para, char_pr_id_ref=char, inherit_style=False
            )
        for line in rest:
            _break_line(paragraph, line)

    def _table(self, table: Table) -> None:
        rows = [row for row in table.rows if any(row)] or list(table.rows)
        widths = (
            _NOTED
            if table.section == "derivations" and len(rows[0]) == len(_NOTED)
            else _COLUMNS[table.section]
        )
        areas = list(_merges(table, rows))
        heights = _heights(rows, widths, areas)
        made = self.document.add_table(
            len(rows),
            len(widths),
            width=TEXT_WIDTH,
            height=sum(heights),
            border_fill_id_ref=self._border(None),
        )
        made.set_column_widths(widths)
        for at, (row, line) in enumerate(zip(rows, made.rows, strict=True)):
            for column, (raw, cell) in enumerate(zip(row, line.cells, strict=True)):
                cell.set_size(height=heights[at])
                self._cell(cell, *_cell_look(table, rows, at, column), raw)
                if at < table.headings:
                    cell.element.set("header", "1")
        made.element.set("repeatHeader", "1" if table.headings else "0")
        for area in areas:
            made.merge_cells(*area)

    def _border(self, fill: str | None) -> str:
        if fill not in self.borders:
            self.borders[fill] = self._new_border(fill)
        return self.borders[fill]

    def _new_border(self, fill: str | None) -> str:
        return str(
            self.document.styles.ensure_border_fill(
                border_color=RULE, border_width="0.12 mm", fill_color=fill
            )
        )

    def _cell(self, cell: Any, look: Look, fill: str | None, raw: str) -> None:
        cell.element.set("borderFillIDRef", self._border(fill))
        lines = raw.split(BREAK)
        paragraph = cell.paragraphs[0]
        for number, line in enumerate(lines):
            own = _SUBSIDY if look.align == "RIGHT" and len(lines) > 1 and number == 0 else look
            para, char = self.look(own)
            if number:
                cell.add_paragraph(line, para_pr_id_ref=para, char_pr_id_ref=char)
                continue
            paragraph.para_pr_id_ref = para
            paragraph.runs[0].char_pr_id_ref = char
            if line:
                paragraph.runs[0].text = line

    def finish(self) -> bytes:
        """Return the bytes; ids count up, so that the same form gives the same bytes."""
        for section in self.document.sections:
            drawn = [element for element in section.element.iter() if len(element.get("id", "")) > DRAWN_ID]
            counted = {element.get("id"): str(number) for number, element in enumerate(drawn, FIRST_ID)}
            for element in section.element.iter():
                for key in ("id", "idRef"):
                    if element.get(key) in counted:
                        element.set(key, counted[element.get(key)])
            section.mark_dirty()
        return bytes(self.document.to_bytes())


def _heights(
    rows: Sequence[Sequence[str]], widths: Sequence[float], areas: Sequence[tuple[int, int, int, int]]
) -> list[int]:
    """Return the height that each row needs for its text; the word processor lets rows grow, never shrink."""
    wide = {(top, left): right for top, left, bottom, right in areas if top == bottom}
    tall = {(top, left) for top, left, bottom, _ in areas if top != bottom}
    unit = TEXT_WIDTH / sum(widths)
    heights = []
    for at, row in enumerate(rows):
        most = 1
        for column, raw in enumerate(row):
            if raw and (at, column) not in tall:
                room = sum(widths[column : wide.get((at, column), column) + 1]) * unit - CELL_PADDING
                most = max(most, sum(_line_count(line, room) for line in raw.split(BREAK)))
        heights.append(most * LINE_HEIGHT + CELL_AIR)
    return heights


def _line_count(line: str, room: float) -> int:
    need = width(line) / 1000 * _TEXT.size * UNITS_PER_POINT * SAFETY
    return max(1, -int(-need // room))


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _runs(element: Any) -> Iterator[Any]:
    return (child for child in element.iter() if _local(child) == "run")


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def _break_line(paragraph: Any, line: str) -> None:
    """Append a line break and a line to the last run of a paragraph."""
    text = next(child for child in reversed(paragraph.runs[-1].element) if _local(child) == "t")
    mark = text.makeelement(f"{text.tag.rpartition('}')[0]}}}lineBreak", {})
    mark.tail = line
    text.append(mark)


def _cell_look(table: Table, rows: Sequence[Sequence[str]], at: int, column: int) -> tuple[Look, str | None]:
    section = table.section
    if at < table.headings:
        return _HEAD, HEADING_FILL
    total = unescape(rows[at][0]) == "계" and section in ("overview", "schedule")
    if column == 0 and section != "people":
        return (_SUM, HEADING_FILL) if total else (_LABEL, LABEL_FILL)
    if column in _AMOUNTS.get(section, ()):
        return (_TOTAL, LABEL_FILL) if total else (_AMOUNT, None)
    return (_LABEL if column in _CENTRED.get(section, ()) else _TEXT), None


def _merges(table: Table, rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the areas that are one cell: two-storey headings, labels of several rows, texts over columns."""
    if table.section == "overview":
        yield from ((0, column, 1, column) for column in range(3))
        yield (0, 3, 0, 4)
    if table.section == "derivations":
        yield (0, 1, 0, 3)
    if table.section == "outline":
        yield from ((at, 1, at, 3) for at, row in enumerate(rows) if not any(row[2:]))
    if table.section in ("outline", "derivations"):
        starts = [at for at in range(table.headings, len(rows)) if rows[at][0]]
        for start, end in pairwise([*starts, len(rows)]):
            if end - start > 1:
                yield (start, 0, end - 1, 0)
