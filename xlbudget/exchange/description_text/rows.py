"""Rows of a parsed document: lines of text as paragraphs and table rows, and what is mere decoration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from xlbudget.exchange.description_text.markup import numbered, unescape


class Row(NamedTuple):
    """A paragraph (one cell) or a table row of a document, with the number of its line.

    The cells are as written, see ``markup``; blanks around them are left out.
    """

    line: int
    cells: tuple[str, ...]
    table: bool = False

    @property
    def filled(self) -> tuple[str, ...]:
        """The cells that are not blank."""
        return tuple(cell for cell in self.cells if cell)

    @property
    def text(self) -> str:
        """What the row says, for people."""
        return " | ".join(unescape(cell) for cell in self.filled)


_PAGE_NUMBER = re.compile(r"[-–—]\s*\d{1,4}\s*[-–—]|\d{1,4}\s*/\s*\d{1,4}|\d{1,4}쪽")
_RULE = re.compile(r"[-:=_─━]{2,}")
_COMMENT = re.compile(r"<!--.+-->|```\w*")
_PIPE = re.compile(r"(?<!\\)\|")


def is_decoration(row: Row) -> bool:
    """Whether a row is a rule, a page number or a comment: nothing that a document says."""
    filled = row.filled
    if not row.table and _PAGE_NUMBER.fullmatch(filled[0]):
        return True
    return all(_RULE.fullmatch(cell) for cell in filled) or (
        len(filled) == 1 and _COMMENT.fullmatch(filled[0]) is not None
    )


def read_rows(text: str) -> Iterator[Row]:
    """Yield the rows of a text that say something; cells stand between tabs or pipes."""
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = raw.strip("\r\f")
        row = Row(number, _cells(line), "\t" in line or line.lstrip(" ").startswith("|"))
        if row.filled and not is_decoration(row):
            yield row


def _cells(line: str) -> tuple[str, ...]:
    if line.lstrip(" ").startswith("|"):
        inner = line.strip().removeprefix("|")
        if inner.endswith("|") and not inner.endswith("\\|"):
            inner = inner[:-1]
        return tuple(cell.replace("\\|", "|").strip() for cell in _PIPE.split(inner))
    return tuple(cell.strip() for cell in line.split("\t"))


def piped(row: Row) -> Row:
    """Return a paragraph that is a table row with pipes between its cells as such a row."""
    if row.table or " | " not in row.cells[0]:
        return row
    return Row(row.line, tuple(cell.strip() for cell in row.cells[0].split(" | ")), table=True)


def print_line(cells: Iterable[str]) -> str:
    """Return a table row as a line of text."""
    line = "\t".join(cells)
    return numbered("|") + line[1:] if line.startswith("|") else line
