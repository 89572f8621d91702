"""Proof that nothing of a book was lost: rows, level totals and derivations, each with its exceptions named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from xlbudget.derivation import derive
from xlbudget.exchange.budget_book.projects import (
    LEFT_OUT,
    funding_lack,
    item_amount,
    lines_of,
    previous_gap,
)
from xlbudget.exchange.budget_book.tree import WORDS, Level, Node
from xlbudget.money import Rounding, format_amount

UNEQUAL = "사업 합계가 책과 다릅니다"
"""The reason of a difference between what a row prints and what the projects below it come to."""
LEVELS = (Level.DEPT, Level.POLICY, Level.UNIT, Level.DETAIL, Level.GROUP, Level.OBJECT)


class LevelTotal(NamedTuple):
    """One level of a book: its headings, those of them that were missing, and two totals, 천원.

    ``printed`` adds up what the headings print (for missing ones what stands below them), ``computed`` what the
    projects below come to, each line computed from its expression.
    """

    level: Level
    headings: int
    missing: int
    printed: int
    computed: int

    @property
    def difference(self) -> int:
        """Printed minus computed."""
        return self.printed - self.computed


class Difference(NamedTuple):
    """A figure of the book that its parts do not come to, or a row that was put back; amounts in 천원."""

    row: int
    level: str
    path: str
    printed: int | None
    computed: int | None
    reason: str

    def __str__(self) -> str:
        printed = "없음" if self.printed is None else format_amount(self.printed)
        figures = f"책 {printed}, 합계 {format_amount(self.computed)}"
        return f"{self.row}행 {self.path} [{self.level}] {self.reason} ({figures})"


class Mismatch(NamedTuple):
    """A line whose expression does not come to the amount printed beside it."""

    row: int
    label: str
    expression: str
    printed: int | None
    computed: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How a book was taken apart, and that the parts add up to it.

    ``equal`` of ``derivations`` expressions come to the amount printed beside them; ``replaced`` counts lines
    that a later advance renews, and that are kept as its note. ``restored`` are nodes whose row is missing;
    ``restored_lines`` of them are lines, which carry ``restored_amount``. ``repeated`` are 세부사업 that have all
    names in common, with their rows. ``left_out`` are headings that had more last year than what the book still
    prints below them.
    """

    rows: int
    placed: int
    unplaced: int
    levels: tuple[LevelTotal, ...]
    derivations: int
    equal: int
    replaced: int
    mismatches: tuple[Mismatch, ...]
    differences: tuple[Difference, ...]
    restored: tuple[Difference, ...]
    restored_lines: int
    restored_amount: int
    repeated: tuple[tuple[str, tuple[int, ...]], ...]
    left_out: tuple[Difference, ...]

    @property
    def restored_line(self) -> str:
        """Say how many rows were missing and put back, and the amount that they carry."""
        headings = len(self.restored) - self.restored_lines
        return (
            f"파일에 없어 되살린 줄: 제목 {headings:,}, 산출기초 {self.restored_lines:,}"
            f"({format_amount(self.restored_amount)}천원)"
        )

    @property
    def complete(self) -> bool:
        """Whether every row has a place and every sum holds."""
        return not (self.unplaced or self.mismatches or self.differences)

    def lines(self) -> list[str]:
        """Return the record for people, one line a check."""
        said = [f"행: 읽음 {self.rows:,} = 놓음 {self.placed:,} + 놓지 못함 {self.unplaced:,}"]
        for total in self.levels:
            said.append(
                f"{WORDS[total.level]} {total.headings:,}건(제목 줄 빠짐 {total.missing:,}): "
                f"책 {format_amount(total.printed)} / 사업 합계 {format_amount(total.computed)} "
                f"/ 차이 {format_amount(total.difference)}천원"
            )
        said.append(
            f"산출식 {self.derivations:,}건: 책의 금액과 같음 {self.equal:,}, 다름 {len(self.mismatches):,} "
            f"(그 가운데 나중 성립전이 대신한 줄 {self.replaced:,})"
        )
        said.append(self.restored_line)
        said.append(
            f"맞지 않는 합계 {len(self.differences):,}건, 이름이 모두 같은 세부사업 {len(self.repeated):,}건"
        )
        return said


def reconcile(
    book: Node, counts: tuple[int, int, int], restored: Sequence[Node], rounding: Rounding
) -> Reconciliation:
    """Compare a book with what its projects come to; ``counts`` are rows read, placed and unplaced."""
    paths = _paths(book)
    computed = _computed(book, rounding)
    expressions = [node for node in book.walk() if node.expression]
    mismatches = tuple(found for node in expressions if (found := _mismatch(node, rounding)) is not None)
    return Reconciliation(
        *counts,
        levels=_level_totals(book, computed),
        derivations=len(expressions),
        equal=len(expressions) - len(mismatches),
        replaced=sum(leaf.replaces is not None for item in _items(book) for leaf in lines_of(item)),
        mismatches=mismatches,
        differences=(
            *_differences(book, computed, paths),
            *_previous_differences(book, paths),
            *_funding_differences(book, paths),
        ),
        restored=tuple(_restored(node, paths) for node in restored),
        restored_lines=sum(node.level > Level.OBJECT for node in restored),
        restored_amount=sum(node.amount() or 0 for node in restored if node.level > Level.OBJECT),
        repeated=_repeated(book, paths),
        left_out=_left_out(book, paths),
    )


def _repeated(book: Node, paths: dict[int, str]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    rows: dict[str, list[int]] = {}
    for node in book.walk():
        if node.level is Level.DETAIL:
            rows.setdefault(paths[id(node)], []).append(node.row)
    return tuple((path, tuple(at)) for path, at in rows.items() if len(at) > 1)


def _items(book: Node) -> list[Node]:
    return [node for node in book.walk() if node.level is Level.OBJECT]


def _paths(book: Node) -> dict[int, str]:
    paths: dict[int, str] = {}

    def walk(node: Node, names: tuple[str, ...]) -> None:
        names = (*names, node.name) if node.level <= Level.OBJECT and node.name else names
        paths[id(node)] = " > ".join(names)
        for child in node.below:
            walk(child, names)

    walk(book, ())
    return paths


def _computed(book: Node, rounding: Rounding) -> dict[int, int]:
    """Return what the lines below each node from 통계목 upward come to."""
    amounts: dict[int, int] = {}

    def walk(node: Node) -> int:
        if node.level is Level.OBJECT:
            total = item_amount(node, rounding)
        else:
            total = sum(walk(child) for child in node.below)
        amounts[id(node)] = total
        return total

    walk(book)
    return amounts


def _level_totals(book: Node, computed: dict[int, int]) -> tuple[LevelTotal, ...]:
    totals = []
    for level in LEVELS:
        nodes = [node for node in book.walk() if node.level is level]
        printed = sum(_printed(node, computed) for node in nodes)
        missing = sum(node.missing for node in nodes)
        totals.append(
            LevelTotal(level, len(nodes), missing, printed, sum(computed[id(node)] for node in nodes))
        )
    return tuple(totals)


def _printed(node: Node, computed: dict[int, int]) -> int:
    if node.current is not None:
        return node.current
    amount = node.below_amount()
    return computed[id(node)] if amount is None else amount


def _differences(book: Node, computed: dict[int, int], paths: dict[int, str]) -> list[Difference]:
    found = []
    for node in book.walk():
        if node.level <= Level.OBJECT and node.current is not None and node.current != computed[id(node)]:
            found.append(
                Difference(node.row, WORDS[node.level], paths[id(node)], node.current, computed[id(node)],
                           UNEQUAL)
            )  # fmt: skip
    return found


def _previous_differences(book: Node, paths: dict[int, str]) -> list[Difference]:
    """Name rows whose parts had more last year than they had, and whose change is not that of its amounts."""
    found = []
    for node in book.walk():
        if node.previous is None:
            continue
        word, path = WORDS[node.level], paths[id(node)]
        gap = previous_gap(node) if node.level < Level.OBJECT else 0
        if gap < 0:
            parts = node.previous - gap
            found.append(
                Difference(node.row, word, path, node.previous, parts, "전년도 합계가 책보다 많습니다")
            )
        if node.current is not None and node.change not in (None, node.current - node.previous):
            change = node.current - node.previous
            found.append(
                Difference(node.row, word, path, node.change, change, "증감이 두 해의 차이와 다릅니다")
            )
    return found


def _left_out(book: Node, paths: dict[int, str]) -> tuple[Difference, ...]:
    """Name what had money last year below a row and is not in this year's book."""
    return tuple(
        Difference(node.row, WORDS[node.level], paths[id(node)], node.previous, node.previous - gap, LEFT_OUT)
        for node in book.walk()
        if node.level <= Level.DETAIL and node.previous is not None and (gap := previous_gap(node)) > 0
    )


def _funding_differences(book: Node, paths: dict[int, str]) -> list[Difference]:
    found = []
    for node in book.walk():
        lack = funding_lack(node)
        if lack and node.level <= Level.DETAIL:
            total = sum(amount for _, amount in node.funding)
            found.append(
                Difference(
                    node.row,
                    WORDS[node.level],
                    paths[id(node)],
                    total + lack,
                    total,
                    "재원의 합이 금액과 다릅니다",
                )
            )
    return found


def _mismatch(node: Node, rounding: Rounding) -> Mismatch | None:
    derived = derive(node.expression, rounding)
    if derived.amount == node.current:
        return None
    reason = derived.error.message if derived.error is not None else _reason(node, rounding)
    return Mismatch(node.row, node.name, node.expression, node.current, derived.amount, reason)


def _reason(node: Node, rounding: Rounding) -> str:
    """Say how a printed amount may have come about."""
    for other in Rounding:
        if other is not rounding and derive(node.expression, other).amount == node.current:
            return "끝수를 다르게 처리한 금액입니다"
    won = derive(node.expression, rounding).won
    if node.current is not None and won is not None and won in (node.current, node.current * 1_000_000):
        return "금액의 단위가 천 배 어긋납니다"
    return "산출식과 금액이 다릅니다"


def _restored(node: Node, paths: dict[int, str]) -> Difference:
    what = "줄을 되살렸습니다" if node.level > Level.OBJECT else "제목 줄을 되살렸습니다"
    return Difference(node.row, WORDS[node.level], paths[id(node)], None, node.amount(), what)
