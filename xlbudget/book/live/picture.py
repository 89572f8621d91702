"""What is known of an open workbook at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from xlbudget.book import SheetUnknown
from xlbudget.book.live.entries import canonical
from xlbudget.edits import Edit, Link
from xlbudget.grid import Cell, Grid, Ref


class Frame(NamedTuple):
    """What a generated sheet has beside its cells: rows after which a page ends, links, print area and title
    rows as Excel writes them (``A1:J86``, ``$5:$5``; empty: none).
    """

    breaks: tuple[int, ...] = ()
    links: Mapping[Ref, Link] = {}
    print_area: str = ""
    titles: str = ""


BARE = Frame()


class Picture(Protocol):
    """A workbook as it was when it was looked at."""

    def sheets(self) -> tuple[str, ...]:
        """Return the sheet names in order."""
        ...

    def grid(self, sheet: str) -> Grid:
        """Return one sheet; formulas name sheets in quotes. Raises ``SheetUnknown``."""
        ...

    def frame(self, sheet: str) -> Frame:
        """Return what a sheet has beside its cells."""
        ...

    def names(self) -> Mapping[str, str]:
        """Return the workbook's names and what they refer to, without ``=``."""
        ...

    def protected(self, sheet: str) -> bool:
        """Tell whether a sheet is protected."""
        ...

    def has_style(self, name: str) -> bool:
        """Tell whether the workbook has a named style."""
        ...

    def text_style(self, name: str) -> bool:
        """Tell whether a named style of the workbook formats cells as text."""
        ...

    def check(self, edits: Sequence[Edit]) -> None:
        """Refuse edits in whose way something of the user's stands. Raises ``EditRefused``."""
        ...

    def backup(self) -> bytes | None:
        """Return the workbook as a file, ``None`` where none can be had."""
        ...


def tidied(grid: Grid) -> Grid:
    """Return a sheet with its formulas as they are compared."""
    changed = {
        ref: Cell(cell.value, text, cell.style)
        for ref, cell in grid.cells.items()
        if cell.formula is not None and (text := canonical(cell.formula)) != cell.formula
    }
    if not changed:
        return grid
    return Grid(
        grid.name,
        {**grid.cells, **changed},
        merges=grid.merges,
        widths=grid.widths,
        heights=grid.heights,
        hidden_rows=grid.hidden_rows,
        notes=grid.notes,
        date1904=grid.date1904,
    )


def unknown(sheet: str, sheets: Sequence[str]) -> SheetUnknown:
    """Return the error for a sheet that is not there."""
    return SheetUnknown(
        f"시트 '{sheet}'이(가) 없습니다. 이 통합 문서의 시트: {', '.join(sheets)}. 시트 이름을 확인해 주세요."
    )
