"""A 세부사업 of a budget book as a project: its items with derivations, last year's amounts and its funding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from xlbudget.derivation import derive
from xlbudget.exchange.budget_book.tree import Level, Node
from xlbudget.money import PRINTED_UNIT, Rounding, format_amount
from xlbudget.project import Project

AMOUNT_ONLY = "산출식 없이 금액만 적힌 줄"
LOST_LINE = "파일에 없는 줄: 합계에서 되살린 금액"
REPLACED = "기정 {}"
LEFT_OUT = "(책에 없는 전년도 과목)"
_NOTHING: dict[str, Any] = {"label": "편성 없음", "expression": "0원"}
LOST_SOURCE = "확인 필요"
"""The source of what a book's sources of funds lack, where the row of one is not in the file."""
OWN_SOURCES = ("구비", "군비", "시비", "도비", "자체재원")
"""Sources that may be a government's own, the most local first; the others are subsidies."""

_MARK = re.compile(r"([◎○\-])\s*(.*)", re.DOTALL)
_ADVANCE = re.compile(r"\(?성립전\)?")
_CODE = re.compile(r"(\d+)\s+(.*)", re.DOTALL)


class Leaf(NamedTuple):
    """A line of 산출기초 as it goes into the model; ``replaces`` is the older state that it takes the place of."""

    node: Node
    depth: int
    note: str
    replaces: Node | None = None


def lines_of(item: Node) -> Iterator[Leaf]:
    """Yield the lines of a 통계목 with their depth; an advance that a later one renews is left out."""
    leaves = list(_all_lines(item))
    replaced: dict[int, Node] = {}
    gone: set[int] = set()
    for at, leaf in enumerate(leaves):
        node = leaf.node
        if node.in_brackets and node.previous and not node.below:
            older = _older(leaves[:at], node, gone)
            if older is not None:
                gone.add(id(older))
                replaced[id(node)] = older
    for leaf in leaves:
        if id(leaf.node) not in gone:
            yield leaf._replace(replaces=replaced.get(id(leaf.node)))


def _older(before: Sequence[Leaf], node: Node, gone: set[int]) -> Node | None:
    """Return the line that an advance renews: the same words, and the amount that it gives as the old one."""
    key = _ADVANCE.sub("", "".join(node.name.split()))
    for leaf in reversed(before):
        other = leaf.node
        same = _ADVANCE.sub("", "".join(other.name.split())) == key
        if same and id(other) not in gone and not other.below and other.current == node.previous:
            return other
    return None


def _all_lines(item: Node) -> Iterator[Leaf]:
    for child in item.below:
        if child.level is Level.ROUND:
            note = child.name if child.in_brackets else ""
            for line in child.below:
                yield from _below(line, 0, note)
        else:
            yield from _below(child, 0, "")


def _below(node: Node, depth: int, note: str) -> Iterator[Leaf]:
    yield Leaf(node, depth, note)
    for child in node.below:
        yield from _below(child, depth + 1, note)


def line_amount(leaf: Leaf, rounding: Rounding) -> int | None:
    """Return what a line without lines below it adds to its item: computed from its expression, 천원."""
    node = leaf.node
    if not node.expression:
        return node.amount()
    amount = derive(node.expression, rounding).amount
    if amount is None or leaf.replaces is not None:
        return amount
    return amount - (node.previous or 0) if node.in_brackets else amount


def item_amount(item: Node, rounding: Rounding) -> int:
    """Return the amount of a 통계목: the sum of its lines, each computed."""
    return sum(line_amount(leaf, rounding) or 0 for leaf in lines_of(item) if not leaf.node.below)


def items_of(detail: Node) -> Iterator[tuple[Node, Node]]:
    """Yield 편성목 and 통계목 of a 세부사업."""
    for group in detail.below:
        for item in group.below:
            yield group, item


def own_source(book: Node) -> str:
    """Return the source that is the government's own money: the most local one that the book names."""
    named = {source for node in book.walk() for source, _ in node.funding}
    return next((source for source in OWN_SOURCES if source in named), "")


def project_of(
    path: Sequence[str], detail: Node, year: int, round_: str, own: str, rounding: Rounding
) -> Project:
    """Return a 세부사업 as a project; ``path`` names 부서, 정책, 단위 and 세부사업."""
    return Project.model_validate(
        {
            "name": detail.name,
            "fiscal_year": year,
            "round": round_,
            "rounding": rounding,
            "organisation": {"division": path[0]},
            "funding": _funding(detail),
            "items": [_item(group, item, own, rounding) for group, item in items_of(detail)] + _gone(detail),
        }
    )


def previous_gap(node: Node) -> int:
    """Return what last year's amounts below a node lack of its own; 0 where it prints none.

    A book leaves out what had money last year and has none now.
    """
    if node.previous is None:
        return 0
    if node.level is Level.DETAIL:
        parts = [item.previous for _, item in items_of(node)]
    else:
        parts = [child.previous for child in node.below]
    return node.previous - sum(part or 0 for part in parts)


def _gone(detail: Node) -> list[dict[str, Any]]:
    """Return an item for what a 세부사업 had last year for objects that this year's book leaves out."""
    gap = previous_gap(detail)
    if gap <= 0:
        return []
    return [{"object_name": LEFT_OUT, "previous": {"total": gap}, "derivations": [_NOTHING]}]


def _funding(detail: Node) -> list[dict[str, Any]]:
    said = [{"source": source, "amount": amount} for source, amount in detail.funding]
    lack = funding_lack(detail)
    return [*said, {"source": LOST_SOURCE, "amount": lack}] if lack else said


def funding_lack(node: Node) -> int:
    """Return what a node's sources of funds lack of its amount; 0 where it names none.

    An advance line names the sources of its whole new amount.
    """
    if not node.funding:
        return 0
    amount = (node.current if node.in_brackets else node.amount()) or 0
    return amount - sum(part for _, part in node.funding)


def _subsidy(node: Node, own: str) -> int | None:
    """Return the part of a node's amount that is no own money, where its sources are all there."""
    if not node.funding or funding_lack(node):
        return None
    return sum(amount for source, amount in node.funding if source != own)


def _item(group: Node, item: Node, own: str, rounding: Rounding) -> dict[str, Any]:
    code, name = _coded(item.name)
    group_code, _ = _coded(group.name)
    derivations = [_line(leaf, own, rounding) for leaf in lines_of(item)]
    if not derivations and item.current == 0:
        derivations = [_NOTHING]
    return {
        "object_name": name or group.name,
        "object_code": f"{group_code}-{code}" if group_code and code else "",
        "previous": {"total": item.previous},
        "current_subsidy": _subsidy(item, own),
        "derivations": derivations,
    }


def _coded(name: str) -> tuple[str, str]:
    match = _CODE.fullmatch(name)
    return (match[1], match[2]) if match is not None else ("", name)


def _line(leaf: Leaf, own: str, rounding: Rounding) -> dict[str, Any]:
    node = leaf.node
    match = _MARK.fullmatch(node.name)
    marker, label = (
        (match[1], match[2]) if match is not None else ("○" if leaf.depth == 0 else "-", node.name)
    )
    notes = [leaf.note] if leaf.note else []
    said: dict[str, Any] = {
        "depth": leaf.depth,
        "marker": marker,
        "label": label,
        "subsidy": None if _adds_to_unknown(leaf) else _subsidy(node, own),
    }
    if not node.below:
        said |= _expression(leaf, rounding)
        if node.missing:
            notes.append(LOST_LINE)
        elif not node.expression:
            notes.append(AMOUNT_ONLY)
    if leaf.replaces is not None:
        notes.append(
            REPLACED.format(leaf.replaces.expression or format_amount(leaf.replaces.current) + PRINTED_UNIT)
        )
    return said | {"note": ", ".join(notes)}


def _adds_to_unknown(leaf: Leaf) -> bool:
    """Whether an advance line names an old state that stands on no line of the book."""
    return leaf.node.in_brackets and bool(leaf.node.previous) and leaf.replaces is None


def _expression(leaf: Leaf, rounding: Rounding) -> dict[str, Any]:
    """Return expression and, where it does not come to it, the amount that the book prints."""
    node = leaf.node
    if not node.expression:
        return {"expression": f"{format_amount(node.amount() or 0)}{PRINTED_UNIT}"}
    expression = node.expression
    if _adds_to_unknown(leaf):
        return {"expression": f"{expression}-{node.previous}{PRINTED_UNIT}"}
    computed = derive(expression, rounding).amount
    return {"expression": expression, "stated": node.current if computed != node.current else None}
