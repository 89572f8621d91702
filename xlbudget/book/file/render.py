"""A sheet image as worksheet XML: its rows, and the elements around them that belong to the image."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from xlbudget.book.file.splice import content_xml, escape
from xlbudget.book.file.xmltree import attribute
from xlbudget.book.values import kept, plainly_kept
from xlbudget.edits import Link, PageSetup, SheetImage
from xlbudget.grid import LAST_COLUMN, Area, Cell, Ref, a1, column_letters

_A4 = 9
_SHORT_TEXT = 60
_LARGEST_PLAIN = 10**15


class Rendered(NamedTuple):
    """The rows of an image, where formulas stand in them, and the area that they use."""

    rows: bytes
    formulas: set[Ref]
    area: str


def rendered(image: SheetImage, formats: Mapping[str | None, int], prefix: str, sheet: str) -> Rendered:
    """Return the rows of an image. ``formats`` gives the cell format of each style name that it uses.

    Raises ``EditRefused`` where a content does not fit into a cell.
    """
    p = prefix
    marks = {name: f'" s="{number}"' if number else '"' for name, number in formats.items()}
    starts: dict[int, str] = {}
    formulas: set[Ref] = set()
    heights = image.heights
    waiting = sorted(heights, reverse=True)
    out: list[str] = []
    add = out.append
    current, digits = 0, ""
    ordered = sorted(image.cells.items(), key=_address)
    for ref, (content, style) in ordered:
        row, column = ref
        if row != current:
            if current:
                add(f"</{p}row>")
            while waiting and waiting[-1] <= row:
                empty = waiting.pop()
                if empty != row:
                    add(f'<{p}row r="{empty}"{_height(heights[empty])}/>')
            height = heights.get(row)
            add(f'<{p}row r="{row}"{_height(height) if height is not None else ""}>')
            current = row
            digits = str(row)
        start = starts.get(column)
        if start is None:
            start = starts[column] = f'<{p}c r="{column_letters(column)}'
        if content is None:
            add(f"{start}{digits}{marks[style]}/>")
            continue
        if type(content) is str and len(content) <= _SHORT_TEXT and content.isprintable():
            inner = _known_text(content, p)
        else:
            cell = plainly_kept(content) or kept(content, f"{sheet}!{column_letters(column)}{row}")
            if cell[1] is not None:
                formulas.add(ref)
            inner = _inside(cell, p)
        add(f"{start}{digits}{marks[style]}{inner}")
    if current:
        add(f"</{p}row>")
    out += [f'<{p}row r="{row}"{_height(heights[row])}/>' for row in reversed(waiting)]
    area = str(Area(ordered[0][0][0], min(starts), current, max(starts))) if ordered else "A1"
    return Rendered("".join(out).encode(), formulas, area)


def _inside(cell: Cell, p: str) -> str:
    """Return a cell from its type on; most are numbers and formulas with a number."""
    value, formula, _ = cell
    if type(value) is int and -_LARGEST_PLAIN < value < _LARGEST_PLAIN:
        if formula is None:
            return f"><{p}v>{value}</{p}v></{p}c>"
        if formula.isprintable() and formula[0] != " ":
            return f"><{p}f>{escape(formula)}</{p}f><{p}v>{value}</{p}v></{p}c>"
    shape, inner = content_xml(value, formula, p)
    return f"{shape}>{inner}</{p}c>"


@lru_cache(maxsize=1_024)
def _known_text(text: str, p: str) -> str:
    """Return a cell with a short text from its type on: the copies of a form say mostly the same."""
    return _inside(Cell(text), p)


def _address(item: tuple[Ref, object]) -> Ref:
    return item[0]


@lru_cache(maxsize=512)
def _height(points: float) -> str:
    return f' ht="{points:g}" customHeight="1"'


def merges_xml(image: SheetImage, p: str) -> str:
    """Return the merged areas, nothing where there is none."""
    if not image.merges:
        return ""
    items = "".join(
        [
            f'<{p}mergeCell ref="{column_letters(left)}{top}:{column_letters(right)}{bottom}"/>'
            for top, left, bottom, right in image.merges
        ]
    )
    return f'<{p}mergeCells count="{len(image.merges)}">{items}</{p}mergeCells>'


def links_xml(image: SheetImage, p: str) -> str:
    """Return the links to places in the workbook."""
    if not image.links:
        return ""
    items = "".join(_link(ref, link, p) for ref, link in sorted(image.links.items()))
    return f"<{p}hyperlinks>{items}</{p}hyperlinks>"


def _link(ref: Ref, link: Link, p: str) -> str:
    tip = f" tooltip={attribute(link.tip)}" if link.tip else ""
    return f'<{p}hyperlink ref="{a1(*ref)}" location={attribute(link.target)}{tip}/>'


def breaks_xml(image: SheetImage, p: str) -> str:
    """Return the page breaks."""
    if not image.breaks:
        return ""
    count = len(image.breaks)
    items = "".join(f'<{p}brk id="{row}" max="{LAST_COLUMN - 1}" man="1"/>' for row in image.breaks)
    return f'<{p}rowBreaks count="{count}" manualBreakCount="{count}">{items}</{p}rowBreaks>'


def columns_xml(image: SheetImage, p: str) -> str:
    """Return the column widths."""
    if not image.columns:
        return ""
    items = "".join(_column(number, width, p) for number, width in sorted(image.columns.items()))
    return f"<{p}cols>{items}</{p}cols>"


def _column(number: int, width: float | None, p: str) -> str:
    what = (
        f'width="{width:g}" customWidth="1"' if width is not None else 'width="0" hidden="1" customWidth="1"'
    )
    return f'<{p}col min="{number}" max="{number}" {what}/>'


def view_xml(image: SheetImage, p: str) -> str:
    """Return the sheet's view: grid lines and frozen panes."""
    lines = "" if image.gridlines else ' showGridLines="0"'
    if image.freeze is None or image.freeze == (1, 1):
        return f'<{p}sheetViews><{p}sheetView{lines} workbookViewId="0"/></{p}sheetViews>'
    row, column = image.freeze
    split = (f' xSplit="{column - 1}"' if column > 1 else "") + (f' ySplit="{row - 1}"' if row > 1 else "")
    pane = "bottomRight" if row > 1 and column > 1 else "bottomLeft" if row > 1 else "topRight"
    return (
        f'<{p}sheetViews><{p}sheetView{lines} workbookViewId="0">'
        f'<{p}pane{split} topLeftCell="{a1(row, column)}" activePane="{pane}" state="frozen"/>'
        f'<{p}selection pane="{pane}"/></{p}sheetView></{p}sheetViews>'
    )


def page_xml(page: PageSetup, p: str) -> dict[str, str]:
    """Return the elements of the page set-up by name: A4, one page wide and as long as it takes."""
    side = "landscape" if page.landscape else "portrait"
    texts = [("oddHeader", page.header), ("oddFooter", page.footer)]
    shown = "".join(f"<{p}{name}>{escape(text)}</{p}{name}>" for name, text in texts if text)
    return {
        "printOptions": f'<{p}printOptions horizontalCentered="1"/>' if page.centred else "",
        "pageMargins": f'<{p}pageMargins left="{page.left:g}" right="{page.right:g}" top="{page.top:g}" '
        f'bottom="{page.bottom:g}" header="{page.header_margin:g}" footer="{page.footer_margin:g}"/>',
        "pageSetup": f'<{p}pageSetup paperSize="{_A4}" fitToHeight="0" orientation="{side}" firstPageNumber="1" useFirstPageNumber="1"/>',
        "headerFooter": f"<{p}headerFooter>{shown}</{p}headerFooter>" if shown else "",
    }
