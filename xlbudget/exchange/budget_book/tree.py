"""The rows of a budget book as a tree: 부서, 정책, 단위, 세부사업, 편성목, 통계목, round, ◎, ○ and deeper lines.

Each row is placed at one node, as a source of funds of one node, or is listed as unplaced; nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from xlbudget.exchange.budget_book.columns import LEVELS, Columns
from xlbudget.money import PRINTED_UNIT, UNITS, NumberUnreadable, read_number


class Level(IntEnum):
    """What a node is, from the book as a whole down to a line of 산출기초."""

    BOOK = -1
    DEPT = 0
    POLICY = 1
    UNIT = 2
    DETAIL = 3
    GROUP = 4
    OBJECT = 5
    ROUND = 6
    HEADING = 7
    LINE = 8
    PART = 9


WORDS = {
    Level.BOOK: "전체", Level.DEPT: "부서", Level.POLICY: "정책사업", Level.UNIT: "단위사업",
    Level.DETAIL: "세부사업", Level.GROUP: "편성목", Level.OBJECT: "통계목", Level.ROUND: "차수",
    Level.HEADING: "산출기초", Level.LINE: "산출기초", Level.PART: "산출기초",
}  # fmt: skip
COLUMN_WORDS = {"current": "예산액", "previous": "전년도(기정) 예산액", "change": "증감"}
TOTAL_NAMES = frozenset({"계", "합계", "총계", "세출합계", "세출총계"})
SOURCES = {
    "국": "국비", "기": "기금", "균": "균특", "특": "특별교부세", "조": "특별조정금", "도": "도비", "시": "시비",
    "군": "군비", "구": "구비", "교": "교부세", "지": "지방채", "자": "자체재원", "타": "기타",
}  # fmt: skip
"""What the letter before the amount of a source of funds stands for."""


@dataclass(slots=True, eq=False)
class Node:
    """One row of the book and what stands below it.

    ``current``, ``previous`` and ``change`` are what the row prints, 천원; ``None`` where it prints nothing.
    ``in_brackets`` marks an advance (성립전) row, whose amounts are the new state, the old one and what it adds.
    ``missing`` marks a node whose own row is not in the file. ``funding`` is (source, 천원) in the book's order.
    """

    level: Level
    name: str
    row: int = 0
    page: str = ""
    current: int | None = None
    previous: int | None = None
    change: int | None = None
    expression: str = ""
    in_brackets: bool = False
    missing: bool = False
    funding: list[tuple[str, int]] = field(default_factory=list)
    below: list[Node] = field(default_factory=list)

    def amount(self) -> int | None:
        """Return what the node adds to the one above it: its change where it is an advance, else its amount."""
        if self.in_brackets and self.change is not None:
            return self.change
        return self.below_amount() if self.current is None else self.current

    def below_amount(self) -> int | None:
        """Return the sum of what stands directly below, ``None`` where nothing does."""
        amounts = [amount for node in self.below if (amount := node.amount()) is not None]
        return sum(amounts) if amounts else None

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, in the book's order."""
        yield self
        for node in self.below:
            yield from node.walk()


class UnplacedRow(NamedTuple):
    """A row that has no place: its number (from 1, as a spreadsheet counts), its text, and why."""

    row: int
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.row}행 '{self.text}': {self.reason}"


@dataclass(slots=True)
class Tree:
    """A book as it was read; ``rows`` counts the rows below the heading that say anything."""

    book: Node
    rows: int
    placed: int
    unplaced: list[UnplacedRow]


_BROKEN = re.compile(r"\s{3,}|\s*\n\s*")
_DOUBLE = re.compile(r"\s{2}")
_GROUP = re.compile(r"\d{3} \S")
_OBJECT = re.compile(r"\d{2} \S")
_ROUND = re.compile(r"본예산|(?:제?\s*\d+\s*회\s*)?(?:추경|추가경정)|수정예산|기정|경정")
_FUNDING = re.compile(rf"\(?\s*([{''.join(SOURCES)}])\s*([△▲\-]?[\d,]+)\s*\)?")
_POINT_FOR_COMMA = re.compile(r"\D*\d{1,3}(?:\.\d{3})+")
_AMOUNT = re.compile(r"[△▲]?(?:\d{1,3}(?:,\d{3})+|\d+)")


def joined(text: str) -> str:
    """Return a name or label whose cell was too narrow for it: the blanks at which it was cut are closed."""
    return _DOUBLE.sub(" ", _BROKEN.sub("", text.strip()))


def read_tree(numbered: Iterable[tuple[int, Sequence[str]]], columns: Columns) -> Tree:
    """Return the rows below the heading as a tree."""
    builder = _Builder(columns)
    rows = 0
    for number, row in numbered:
        rows += 1
        builder.take(number, row)
    return Tree(builder.book, rows, rows - len(builder.unplaced), builder.unplaced)


class Unreadable(Exception):
    """An amount of a row cannot be read; the message says which."""


def read_figure(text: str, unit: int) -> int | None:
    """Return a figure in whole 천원; ``unit`` is the won in one of what the table counts.

    Raises ``Unreadable``.
    """
    if unit == UNITS[PRINTED_UNIT] and _AMOUNT.fullmatch(text):
        return int(text.replace(",", "").replace("△", "-").replace("▲", "-"))
    try:
        value = read_number(text)
    except NumberUnreadable as error:
        raise Unreadable(f"금액으로 읽을 수 없습니다: '{text}'. {error}") from error
    if value is None:
        return None
    if _POINT_FOR_COMMA.fullmatch(text):
        raise Unreadable(f"쉼표 자리에 소수점이 있습니다: '{text}'.")
    thousands = value * unit
    if thousands % UNITS[PRINTED_UNIT]:
        raise Unreadable(f"천원보다 작은 자릿수가 있습니다: '{text}'.")
    return int(thousands // UNITS[PRINTED_UNIT])


class _Builder:
    """Places row after row; ``open`` is the path from the book to the row last placed."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.book = Node(Level.BOOK, "")
        self.open = [self.book]
        self.unplaced: list[UnplacedRow] = []
        self.unit = UNITS[columns.unit]

    def take(self, number: int, row: Sequence[str]) -> None:
        """Place one row, or list it."""
        try:
            reason = self._take(number, _Cells(row, self.columns))
        except Unreadable as error:
            reason = str(error)
        if reason:
            text = " | ".join(cell.strip() for cell in row if cell.strip())
            self.unplaced.append(UnplacedRow(number, text, reason))

    def _take(self, number: int, cells: _Cells) -> str:
        names = [(level, text) for level in range(len(LEVELS)) if (text := cells[LEVELS[level]])]
        label = cells["label"]
        if not names and not label:
            return self._funding(cells)
        if len(names) > 1:
            return "한 행에 여러 단계의 이름이 있습니다."
        node = Node(*self._kind(names[0] if names else None, label, cells), row=number, page=cells["page"])
        self._amounts(node, cells)
        if node.current is None:
            return "금액이 없는 행입니다."
        if node.level is Level.DEPT and node.name in TOTAL_NAMES:
            self.book.current, self.book.previous = node.current, node.previous
            return ""
        above = next(at for at in range(len(self.open) - 1, -1, -1) if self.open[at].level < node.level)
        if node.level > Level.OBJECT and not any(n.level >= Level.GROUP for n in self.open[: above + 1]):
            return "위에 통계목이 없는 산출기초입니다."
        del self.open[above + 1 :]
        self.open[-1].below.append(node)
        self.open.append(node)
        return ""

    def _kind(self, named: tuple[int, str] | None, label: str, cells: _Cells) -> tuple[Level, str]:
        if named is not None:
            return self._named(Level(named[0]), joined(named[1]))
        text = joined(label)
        if _OBJECT.match(text) and (cells["previous"] or cells["change"]):
            return Level.OBJECT, text
        if _ROUND.match(text) and not cells["expression"]:
            return Level.ROUND, text
        return {"◎": Level.HEADING, "○": Level.LINE}.get(text[0], Level.PART), text

    @staticmethod
    def _named(level: Level, name: str) -> tuple[Level, str]:
        """Return the level of a name; 편성목 and 통계목 are told by their codes, whichever column holds them."""
        if level in (Level.GROUP, Level.OBJECT):
            level = Level.GROUP if _GROUP.match(name) else Level.OBJECT if _OBJECT.match(name) else level
        return level, name

    def _amounts(self, node: Node, cells: _Cells) -> None:
        node.expression = joined(cells["expression"])
        node.in_brackets = cells["current"].startswith("(")
        node.current, node.previous, node.change = (
            self._amount(cells, key) for key in ("current", "previous", "change")
        )

    def _amount(self, cells: _Cells, key: str) -> int | None:
        text = cells[key]
        if text.startswith("(") and text.endswith(")"):
            text = text[1:-1].strip()
        try:
            return read_figure(text, self.unit)
        except Unreadable as error:
            raise Unreadable(f"{COLUMN_WORDS[key]} 칸: {error}") from error

    def _funding(self, cells: _Cells) -> str:
        match = _FUNDING.fullmatch(cells["current"])
        if match is None:
            return "이름도 재원도 없는 행입니다."
        if self.open[-1] is self.book:
            return "어느 사업의 재원인지 알 수 없습니다."
        self.open[-1].funding.append((SOURCES[match[1]], read_figure(match[2], self.unit) or 0))
        return ""


class _Cells:
    """The cells of a row by name; amounts that slipped into the column before theirs are put back."""

    __slots__ = ("at", "row")

    def __init__(self, row: Sequence[str], columns: Columns) -> None:
        self.row = row
        self.at = columns.at
        if columns.cell(row, "expression") and self._slipped(columns):
            expression = self.at["expression"]
            self.row = [*row[:expression], "", *row[expression : columns.at["change"]]]

    def _slipped(self, columns: Columns) -> bool:
        order = [self.at.get(key, -1) for key in ("expression", "current", "previous", "change")]
        if order != list(range(order[0], order[0] + 4)):
            return False
        slipped = columns.cell(self.row, "expression")
        current, previous, change = (columns.cell(self.row, key) for key in ("current", "previous", "change"))
        if not (_AMOUNT.fullmatch(slipped) or _FUNDING.fullmatch(slipped)) or change:
            return False
        return not current or bool(_AMOUNT.fullmatch(current) and _AMOUNT.fullmatch(previous))

    def __getitem__(self, key: str) -> str:
        at = self.at.get(key)
        return self.row[at].strip() if at is not None and at < len(self.row) else ""
