"""Rows that an export lost at the foot of its pages: found by the sums, and put back without a name.

Where a heading is missing, what belongs below it hangs on the node before. Two signs tell: a level is skipped,
or the first nodes below a heading already make up its amount and more follow. Then a node without a name
takes the rest. Where a line of 산출기초 is missing, a line without a name takes what the sum lacks. Nothing is
put back in silence: each such node is ``missing`` and is returned.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlbudget.exchange.budget_book.tree import WORDS, Level, Node

UNCHANGED = "(변동이 없어 싣지 않은 산출기초)"


def mend(book: Node, *, supplementary: bool = False) -> tuple[Node, ...]:
    """Put missing headings and lines back into the tree; return them, headings first.

    A ``supplementary`` book prints only the lines that change: there a line stands for those that do not.
    """
    headings: list[Node] = []
    _mend(book, headings)
    lines: list[Node] = []
    for node in book.walk():
        if node.level >= Level.OBJECT:
            _complete(node, lines, UNCHANGED if supplementary else "")
    for node in book.walk():
        _pass_on_funding(node)
    return (*headings, *lines)


def _mend(node: Node, found: list[Node]) -> list[Node]:
    """Mend below a node; return the nodes that belong beside it, since their own heading is missing."""
    below: list[Node] = []
    for child in node.below:
        beside = _mend(child, found)
        below += [child, *beside]
    node.below = _with_skipped_levels(node, below, found)
    rest = _overflow(node)
    if not rest:
        return []
    del node.below[len(node.below) - len(rest) :]
    return [_heading(node.level, rest, found)]


def _heading(level: Level, below: Sequence[Node], found: list[Node]) -> Node:
    first = below[0]
    name = f"({first.page}쪽 " if first.page else "("
    name += f"{first.row}행 앞 {WORDS[level]} 줄 빠짐)"
    node = Node(level, name, first.row, first.page, missing=True, below=[*below])
    found.append(node)
    return node


def _missing_name(level: Level, page: str) -> str:
    return f"({page}쪽 {WORDS[level]} 줄 빠짐)" if page else f"({WORDS[level]} 줄 빠짐)"


def _with_skipped_levels(node: Node, below: list[Node], found: list[Node]) -> list[Node]:
    """Return what stands below a node, with a heading over the first nodes where their own is missing."""
    if (
        node.level >= Level.OBJECT or not below
    ):  # lines may stand below a 통계목 without a row that says 본예산
        return below
    expected = Level(node.level + 1)
    if below[0].level == expected:
        return below
    end = next((at for at, child in enumerate(below) if child.level == expected), len(below))
    heading = _heading(expected, below[:end], found)
    heading.below = _with_skipped_levels(heading, heading.below, found)
    return [heading, *below[end:]]


def _overflow(node: Node) -> list[Node]:
    """Return the last nodes below a heading that are more than its amount: those of a missing heading."""
    if node.current is None or node.in_brackets or node.level < Level.DEPT or not node.below:
        return []
    amounts = [child.amount() or 0 for child in node.below]
    if sum(amounts) == node.current:
        return []
    if node.expression:
        return [*node.below]
    so_far = 0
    for at, amount in enumerate(amounts[:-1], 1):
        so_far += amount
        if so_far == node.current and sum(amounts[at:]) != 0:
            return node.below[at:]
    return []


def _complete(node: Node, found: list[Node], name: str) -> None:
    """Put a line below a node that takes what the sum of its lines lacks."""
    own = node.change if node.in_brackets else node.current
    if not own or node.expression or not (node.below or node.level <= Level.ROUND):
        return
    lack = own - (node.below_amount() or 0)
    if lack == 0:
        return
    level = node.below[-1].level if node.below else Level.HEADING
    if level <= Level.ROUND:
        level = Level.HEADING
    page = node.below[-1].page if node.below else node.page
    name = name or _missing_name(level, page)
    line = Node(level, name, node.row, page, current=lack, missing=True)
    node.below.append(line)
    found.append(line)


def _pass_on_funding(node: Node) -> None:
    """Give sources of funds that are more than a node's amount to the missing node below, whose they are."""
    own = node.change if node.in_brackets else node.amount()
    so_far = 0
    for at, (_, amount) in enumerate(node.funding, 1):
        so_far += amount
        if so_far == own and at < len(node.funding):
            missing = next((child for child in node.below if child.missing), None)
            if missing is not None and not missing.funding:
                missing.funding = node.funding[at:]
                del node.funding[at:]
            return
