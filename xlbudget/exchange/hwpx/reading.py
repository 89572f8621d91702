"""A .hwpx document as rows: every paragraph and table row of the body in its order, with running numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.description_text.markup import BREAK
from xlbudget.exchange.description_text.rows import Row
from xlbudget.exchange.hwpx.package import library, refuse_hostile

DEEPEST_NESTING = 8
MOST_ROWS, MOST_COLUMNS = 100_000, 256
_SPACES = frozenset({"tab", "nbSpace", "fwSpace"})
_RUNNING = frozenset(
    {"header", "footer", "pageNum", "newNum", "autoNum", "secPr", "colPr", "memo", "hiddenComment"}
)
"""Controls whose text is no part of the body."""


def document_rows(data: bytes, name: str) -> list[Row]:
    """Return the rows of a document. Raises ``DocumentUnreadable``."""
    refuse_hostile(data, name)
    hwpx = library()
    from hwpx.opc.package import HwpxPackageError

    try:
        document = hwpx.HwpxDocument.open(data)
        bodies = [section.element for section in document.sections]
        return [row._replace(line=number) for number, row in enumerate(_rows(bodies), 1)]
    except _TooDeep as error:
        raise DocumentUnreadable(
            f"{name}: 표가 너무 깊이 겹쳐 있어 읽을 수 없습니다. 한글에서 겹친 표를 풀고 다시 저장해 보세요."
        ) from error
    except (HwpxPackageError, hwpx.HwpxError, KeyError, ValueError, OSError, SyntaxError) as error:
        raise DocumentUnreadable(
            f"{name}: HWPX로 읽을 수 없습니다. 한글에서 열어 다시 저장해 보세요."
        ) from error


class _TooDeep(Exception):
    """Tables within tables beyond what any form has."""


def _rows(bodies: Iterable[Any]) -> Iterator[Row]:
    for body in bodies:
        for child in body:
            if _tag(child) == "p":
                yield from _paragraph(child, 0)


def _tag(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _paragraph(paragraph: Any, depth: int) -> Iterator[Row]:
    """Yield the rows of a paragraph: its text, then the tables and boxes that hang on it."""
    text, hanging = _content(paragraph)
    if text.strip():
        yield Row(0, (text.strip(),))
    for element in hanging:
        if depth >= DEEPEST_NESTING:
            raise _TooDeep
        if _tag(element) == "tbl":
            yield from _table(element, depth + 1)
        else:
            for inner in element:
                if _tag(inner) == "p":
                    yield from _paragraph(inner, depth + 1)


def _content(paragraph: Any) -> tuple[str, list[Any]]:
    """Return the text of a paragraph as written, and its tables and the lists of paragraphs in its boxes."""
    pieces: list[str] = []
    hanging: list[Any] = []
    for run in paragraph:
        for part in run if _tag(run) == "run" else ():
            if _tag(part) == "t":
                pieces.extend(_text(part))
            elif _tag(part) == "tbl":
                hanging.append(part)
            else:
                hanging.extend(_boxes(part))
    return "".join(pieces), hanging


def _text(element: Any) -> Iterator[str]:
    """Yield the text of a ``t`` element, line breaks and kinds of blanks included."""
    yield element.text or ""
    for child in element:
        tag = _tag(child)
        if tag == "lineBreak":
            yield BREAK
        elif tag in _SPACES:
            yield " "
        elif tag == "hyphen":
            yield "-"
        yield child.tail or ""


def _boxes(element: Any) -> Iterator[Any]:
    """Yield tables and lists of paragraphs inside a control or a drawing, not those of headers and footers."""
    for child in element:
        tag = _tag(child)
        if tag in ("subList", "tbl"):
            yield child
        elif tag not in _RUNNING:
            yield from _boxes(child)


def _table(table: Any, depth: int) -> Iterator[Row]:
    """Yield the rows of a table; a cell that spans several stands at its first place, the others are blank."""
    grid: dict[int, dict[int, str]] = {}
    nested: dict[int, list[Row]] = {}
    width = 0
    for at, line in enumerate(child for child in table if _tag(child) == "tr"):
        for cell in (child for child in line if _tag(child) == "tc"):
            row, column, span = _address(cell, at, len(grid.get(at, ())))
            own, inner = _cell(cell, depth)
            grid.setdefault(row, {})[column] = own
            nested.setdefault(row, []).extend(inner)
            width = max(width, column + span)
    alone = width == 1 and len(grid) == 1
    for row in sorted(grid):
        cells = tuple(grid[row].get(column, "") for column in range(width))
        if alone:
            yield from (Row(0, (part.strip(),)) for part in cells[0].split(BREAK) if part.strip())
        elif any(cells):
            yield Row(0, cells, table=True)
        yield from nested.get(row, ())


def _address(cell: Any, row: int, column: int) -> tuple[int, int, int]:
    """Return row, column and number of columns of a cell."""
    span = 1
    for child in cell:
        if _tag(child) == "cellAddr":
            row, column = int(child.get("rowAddr", row)), int(child.get("colAddr", column))
        elif _tag(child) == "cellSpan":
            span = int(child.get("colSpan", 1))
    if not (0 <= row < MOST_ROWS and 0 <= column < MOST_COLUMNS and 0 < span <= MOST_COLUMNS):
        raise ValueError(f"표의 칸 주소가 맞지 않습니다: {row}, {column}, {span}")
    return row, column, span


def _cell(cell: Any, depth: int) -> tuple[str, list[Row]]:
    """Return the text of a cell, its paragraphs as lines, and the rows of what is nested in it."""
    lines: list[str] = []
    nested: list[Row] = []
    for inner in (child for child in cell if _tag(child) == "subList"):
        for paragraph in (child for child in inner if _tag(child) == "p"):
            text, hanging = _content(paragraph)
            lines.append(text)
            for element in hanging:
                if depth >= DEEPEST_NESTING:
                    raise _TooDeep
                if _tag(element) == "tbl":
                    nested.extend(_table(element, depth + 1))
                else:
                    nested.extend(row for p in element if _tag(p) == "p" for row in _paragraph(p, depth + 1))
    text = BREAK.join(lines).strip()
    while text.startswith(BREAK) or text.endswith(BREAK):
        text = text.removeprefix(BREAK).removesuffix(BREAK).strip()
    return text, nested
