"""The 사업설명서 as parsed text: read into a project, and printed so that reading gives the same project.

Text as parsers leave it: headings of any level, tables with tabs or pipes between the cells, ``(x-)`` before
an amount, words broken by their cell, scraps of HTML. What cannot be placed is listed with its line.

Reading brings into one form only what a printer may write in several: a ``-`` before a line of a narrative
section and a ○ before an entry of a cell are left out, dates become ``2021.01``, 부서 names lose the blank
before their last syllable, and a 과목 that is spelled with and without a blank loses the blank. A project
that was printed here reads back exactly, white space included.
"""

from __future__ import annotations

from collections.abc import Iterable

from xlbudget.exchange.description_text.form import Block, Kind, Paragraph, Style, form
from xlbudget.exchange.description_text.reading import ORIGINAL, Imported, read_blocks
from xlbudget.exchange.description_text.rows import print_line, read_rows
from xlbudget.exchange.description_text.sink import Unplaced
from xlbudget.figures import Figures, compute
from xlbudget.project import Project

__all__ = ["Imported", "Unplaced", "print_description", "read_blocks", "read_description"]

IN_TEXT = Style(between=" ")
_BEFORE = {Kind.TITLE: "# ", Kind.CHAPTER: "## ", Kind.SECTION: "### □ "}


def read_description(text: str, *, year: int | None = None, name: str = ORIGINAL) -> Imported:
    """Read a 사업설명서. ``year`` counts before the years that its headings name.

    Raises ``DocumentUnreadable`` where the text is no 사업설명서, names no fiscal year or holds several projects.
    """
    return read_blocks(read_rows(text), year=year, name=name)


def print_description(project: Project, figures: Figures | None = None) -> str:
    """Return a project as the text of its 사업설명서, computed amounts included."""
    return "\n".join(_lines(form(project, figures or compute(project), IN_TEXT))) + "\n"


def _lines(blocks: Iterable[Block]) -> Iterable[str]:
    entries = False
    for block in blocks:
        follows = isinstance(block, Paragraph) and block.kind is Kind.ENTRY
        if not (entries and follows):
            yield ""
        entries = follows
        if isinstance(block, Paragraph):
            yield _BEFORE.get(block.kind, "") + block.text
        else:
            yield from map(print_line, block.rows)
