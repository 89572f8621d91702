"""A list export (one line of 산출기초 a row, all names repeated) as the same tree as a printed book."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xlbudget.exchange.budget_book.columns import LEVELS, Columns
from xlbudget.exchange.budget_book.tree import (
    COLUMN_WORDS,
    TOTAL_NAMES,
    Level,
    Node,
    Tree,
    UnplacedRow,
    Unreadable,
    joined,
    read_figure,
)
from xlbudget.money import UNITS

NAMED_ROWS = 50
"""So many rows are looked at to tell a list from a tree."""


def is_list(numbered: Iterable[tuple[int, Sequence[str]]], columns: Columns) -> bool:
    """Whether the rows repeat the names above them; in a tree a row says one name."""
    for seen, (_, row) in enumerate(numbered):
        if columns.cell(row, "dept") and columns.cell(row, "detail"):
            return True
        if seen >= NAMED_ROWS:
            break
    return False


def read_list(numbered: Iterable[tuple[int, Sequence[str]]], columns: Columns, year: int) -> Tree:
    """Return the rows below the heading as a tree; the amounts of headings are those of their lines."""
    book = Node(Level.BOOK, "")
    known: dict[tuple[str, ...], Node] = {}
    unplaced: list[UnplacedRow] = []
    rows = 0
    for number, row in numbered:
        rows += 1
        try:
            reason = _take(number, row, columns, year, book, known)
        except Unreadable as error:
            reason = str(error)
        if reason:
            text = " | ".join(cell.strip() for cell in row if cell.strip())
            unplaced.append(UnplacedRow(number, text, reason))
    return Tree(book, rows, rows - len(unplaced), unplaced)


def _take(
    number: int,
    row: Sequence[str],
    columns: Columns,
    year: int,
    book: Node,
    known: dict[tuple[str, ...], Node],
) -> str:
    unit = UNITS[columns.unit]
    current = _figure(columns, row, "current")
    names = [joined(columns.cell(row, level)) for level in LEVELS]
    if names[Level.DEPT] in TOTAL_NAMES and not names[Level.DETAIL]:
        book.current = current
        return ""
    said = columns.cell(row, "year")
    if said and said != str(year):
        return f"회계연도가 {year}년이 아닙니다: '{said}'."
    if not names[Level.DEPT] or not names[Level.DETAIL]:
        return "부서나 세부사업의 이름이 없습니다."
    if current is None:
        return "예산액이 비어 있습니다."
    funding = [
        (source, amount)
        for source, at in columns.funding.items()
        if at < len(row) and (amount := read_figure(row[at].strip(), unit))
    ]
    names[Level.GROUP] = _coded(columns.cell(row, "group_code"), names[Level.GROUP])
    names[Level.OBJECT] = _coded(columns.cell(row, "object_code").rpartition("-")[2], names[Level.OBJECT])
    label, expression = joined(columns.cell(row, "label")), joined(columns.cell(row, "expression"))
    previous = _figure(columns, row, "previous")
    path = _open(number, names, book, known)
    for node in path:
        node.previous = _sum(node.previous, previous)
    for source, amount in funding:
        _fund(path[Level.DETAIL], source, amount)
    line = Node(
        Level.HEADING,
        label or path[-1].name,
        number,
        current=current,
        expression=expression,
        previous=previous,
    )
    path[-1].below.append(line)
    return ""


def _figure(columns: Columns, row: Sequence[str], key: str) -> int | None:
    try:
        return read_figure(columns.cell(row, key), UNITS[columns.unit])
    except Unreadable as error:
        raise Unreadable(f"{COLUMN_WORDS[key]} 칸: {error}") from error


def _coded(code: str, name: str) -> str:
    return f"{code} {name}" if code and not name.startswith(code) else name


def _open(number: int, names: Sequence[str], book: Node, known: dict[tuple[str, ...], Node]) -> list[Node]:
    """Return the nodes of a row from 부서 to 통계목, made where they are new."""
    path: list[Node] = []
    above = book
    for level, _ in enumerate(LEVELS):
        key = tuple(names[: level + 1])
        node = known.get(key)
        if node is None:
            node = known[key] = Node(Level(level), names[level], number)
            above.below.append(node)
        path.append(node)
        above = node
    return path


def _sum(first: int | None, second: int | None) -> int | None:
    return second if first is None else first + (second or 0)


def _fund(node: Node, source: str, amount: int) -> None:
    for at, (known, so_far) in enumerate(node.funding):
        if known == source:
            node.funding[at] = (source, so_far + amount)
            return
    node.funding.append((source, amount))
