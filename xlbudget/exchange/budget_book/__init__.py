"""Budget-book exports (e호조 and the like): each 세부사업 becomes a project, and a record proves that none is lost.

``csv_rows(data, name)`` (``grid_rows(sheet)`` for a workbook) gives the rows, ``fiscal_year(asked, name)`` the
year, ``read_book(rows, year=year, name=name)`` the book; ``book.projects()`` makes one project after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.budget_book.columns import (
    Columns,
    csv_rows,
    find_columns,
    fiscal_year,
    grid_rows,
    header_free,
)
from xlbudget.exchange.budget_book.listing import is_list, read_list
from xlbudget.exchange.budget_book.mending import mend
from xlbudget.exchange.budget_book.names import file_names
from xlbudget.exchange.budget_book.projects import own_source, project_of
from xlbudget.exchange.budget_book.reconciliation import (
    Difference,
    LevelTotal,
    Mismatch,
    Reconciliation,
    reconcile,
)
from xlbudget.exchange.budget_book.tree import Level, Node, Tree, UnplacedRow, read_tree
from xlbudget.money import Rounding
from xlbudget.project import Project

__all__ = [
    "Book", "Difference", "Entry", "LevelTotal", "Mismatch", "Reconciliation", "UnplacedRow", "csv_rows",
    "fiscal_year", "grid_rows", "read_book",
]  # fmt: skip

ORIGINAL_ROUND, SUPPLEMENTARY_ROUND = "본예산", "추경"


class Entry(NamedTuple):
    """One 세부사업 of a book: its names from 부서 down, a file name of its own, its row, and its node."""

    key: tuple[str, str, str, str]
    file_name: str
    row: int
    node: Node


@dataclass(frozen=True, slots=True)
class Book:
    """A budget book: its 세부사업, what could not be placed, and the record of both."""

    year: int
    round: str
    rounding: Rounding
    entries: tuple[Entry, ...]
    unplaced: tuple[UnplacedRow, ...]
    reconciliation: Reconciliation
    own: str

    def project(self, entry: Entry) -> Project:
        """Return one 세부사업 as a project."""
        return project_of(entry.key, entry.node, self.year, self.round, self.own, self.rounding)

    def projects(self) -> Iterator[tuple[Entry, Project]]:
        """Yield every 세부사업 with its project, made as they are asked for."""
        for entry in self.entries:
            yield entry, self.project(entry)


def read_book(
    rows: Sequence[Sequence[str]], *, year: int, name: str = "예산서", rounding: Rounding = Rounding.CEIL
) -> Book:
    """Read the rows of a budget book (row 1 first, the heading among the first ten).

    Raises ``DocumentUnreadable`` where there is no heading, no 세부사업, or the columns do not fit the heading.
    """
    columns = find_columns(rows, name)
    listed = is_list(header_free(rows, columns), columns)
    tree = (
        read_list(header_free(rows, columns), columns, year)
        if listed
        else read_tree(header_free(rows, columns), columns)
    )
    _refuse_old_and_new(tree, name)
    restored = () if listed else mend(tree.book, supplementary=columns.supplementary)
    details = list(_details(tree.book, ()))
    if not details:
        raise DocumentUnreadable(
            f"{name}: 세부사업이 한 건도 없습니다. 세출예산 사업명세서를 내보낸 파일인지 확인하세요."
        )
    counts = (tree.rows, tree.placed, len(tree.unplaced))
    return Book(
        year=year,
        round=_round(rows, columns),
        rounding=rounding,
        entries=tuple(_entries(details)),
        unplaced=tuple(tree.unplaced),
        reconciliation=reconcile(tree.book, counts, restored, rounding),
        own=own_source(tree.book),
    )


def _refuse_old_and_new(tree: Tree, name: str) -> None:
    """Raise where old (기정) and new (경정) lines stand below each other, so that no sum of lines holds."""
    for node in tree.book.walk():
        if node.level is Level.ROUND and node.name.startswith(("기정", "경정")):
            raise DocumentUnreadable(
                f"{name}: {node.row}행에 '{node.name}' 줄이 있습니다. 기정과 경정을 위아래로 적은 추경 예산서는 읽지 않습니다. "
                "기정액과 경정액을 칸으로 나눈 파일로 내보내세요."
            )


def _details(node: Node, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Node]]:
    for child in node.below:
        path = (*names, child.name)
        if child.level is Level.DETAIL:
            yield path, child
        else:
            yield from _details(child, path)


def _entries(details: Iterable[tuple[tuple[str, ...], Node]]) -> Iterator[Entry]:
    listed = list(details)
    for (path, node), file_name in zip(listed, file_names(path for path, _ in listed), strict=True):
        dept, policy, unit, detail = path
        yield Entry((dept, policy, unit, detail), file_name, node.row, node)


def _round(rows: Sequence[Sequence[str]], columns: Columns) -> str:
    """Return the round that the column 예산구분 names; several at once are refused."""
    named = sorted({said for _, row in header_free(rows, columns) if (said := columns.cell(row, "round"))})
    if len(named) > 1:
        raise DocumentUnreadable(
            f"예산구분이 섞여 있습니다({', '.join(named)}). 차수 하나씩 내보낸 파일을 쓰세요."
        )
    if named:
        return named[0]
    return SUPPLEMENTARY_ROUND if columns.supplementary else ORIGINAL_ROUND
