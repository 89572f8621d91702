"""예산총괄 and 산출근거 of two states: items by name, lines by their words or their expression."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

from xlbudget.comparison.change import Change, Kind, Said
from xlbudget.comparison.matching import Keys, Pair, align
from xlbudget.comparison.telling import Sides, Told, paths_to
from xlbudget.figures import depths, sum_written
from xlbudget.korean import name_key
from xlbudget.project import LAYERS, Item, Line, Project

T = TypeVar("T")

OVERVIEW, LINES = "예산총괄", "산출근거"
_MARKS = {"total": "", "subsidy": "(x) "}
_CURRENT, _PREVIOUS = "예산액(B)", "전년도 예산액(A)"


def compare_items(sides: Sides, *, same_basis: bool) -> Iterator[Change]:
    """Yield what differs in items, their lines and the totals.

    ``same_basis``: last year's amounts mean the same in both. A later supplementary round of the same year
    prints only what it changes: what it lacks counts as unchanged, also in the sums.
    """
    before, after = sides
    partial = after.project.is_supplementary and before.project.fiscal_year == after.project.fiscal_year
    unprinted: list[int] = []
    pairs = align(*([_item_keys(item) for item in side.project.items] for side in sides))
    for pair in pairs:
        if partial and pair.after is None and pair.before is not None:
            amount = before.figures.items[pair.before].row.current.total
            unprinted += [] if amount is None else [amount]
            yield _item_unprinted(sides, pair.before, amount)
        else:
            yield from _Item(sides, pair, partial, unprinted).changes(same_basis)
    yield from _totals(sides, sum_written(unprinted), same_basis=same_basis)


def _item_keys(item: Item) -> Keys:
    name = name_key(item.object_name)
    return (name, item.object_code), name


def _item_unprinted(sides: Sides, index: int, amount: int | None) -> Change:
    name = sides.before.project.items[index].object_name
    return sides.change(
        Told(OVERVIEW, f"{name} {_CURRENT}"), (amount, None), (f"items/{index}/current/total", None),
        Kind.UNPRINTED,
    )  # fmt: skip


def _totals(sides: Sides, unprinted: int | None, *, same_basis: bool) -> Iterator[Change]:
    before, after = (side.figures.total for side in sides)
    for layer in LAYERS:
        new: int | None = getattr(after.current, layer)
        if layer == "total":
            whole = is_typed(sides.after.project, "total/current/total")
            new = new if whole else sum_written((new, unprinted))
        elif unprinted is not None:
            continue
        path = f"total/current/{layer}"
        told = Told(OVERVIEW, f"계 {_MARKS[layer]}{_CURRENT}")
        yield from sides.tell(told, (getattr(before.current, layer), new), (path, path))
    for layer in LAYERS if same_basis and unprinted is None else ():
        path = f"total/previous/{layer}"
        amounts = getattr(before.previous, layer), getattr(after.previous, layer)
        yield from sides.tell(Told(OVERVIEW, f"계 {_MARKS[layer]}{_PREVIOUS}"), amounts, (path, path))


class _Item:
    """The same item in both states, or an item of one of them."""

    def __init__(self, sides: Sides, pair: Pair, partial: bool, unprinted: list[int]) -> None:
        self.sides, self.pair = sides, pair
        self.partial, self.unprinted = partial, unprinted
        old, new = sides
        self.items = _at(old.project.items, pair.before), _at(new.project.items, pair.after)
        self.figures = _at(old.figures.items, pair.before), _at(new.figures.items, pair.after)
        self.name = next(item.object_name for item in reversed(self.items) if item is not None)
        self.unprinted_lines: list[int] = []
        self.unprinted_below: dict[int, int] = {}

    def changes(self, same_basis: bool) -> Iterator[Change]:
        """Yield what differs."""
        lines = list(self._lines())
        self.unprinted += self.unprinted_lines
        yield from self._names()
        yield from self._amounts("current", _CURRENT)
        if same_basis or None in self.items:
            yield from self._amounts("previous", _PREVIOUS)
        yield from lines

    def _names(self) -> Iterator[Change]:
        before, after = self.items
        if before is not None and after is not None:
            told = Told(OVERVIEW, f"{self.name} 과목 코드")
            codes = before.object_code, after.object_code
            yield from self.sides.tell(told, codes, paths_to(self.pair, "items", "object_name"))

    def _amounts(self, group: str, word: str) -> Iterator[Change]:
        for layer in LAYERS:
            old, new = (None if f is None else getattr(getattr(f.row, group), layer) for f in self.figures)
            if (group, layer) == ("current", "total") and self.unprinted_lines:
                new = sum_written((new, *self.unprinted_lines))
            told = Told(OVERVIEW, f"{self.name} {_MARKS[layer]}{word}")
            yield from self.sides.tell(told, (old, new), paths_to(self.pair, "items", f"{group}/{layer}"))

    def _lines(self) -> Iterator[Change]:
        before, after = (item.derivations if item is not None else () for item in self.items)
        pairs = align(_line_keys(before), _line_keys(after))
        if self.partial and after:
            self._add_unprinted(pairs, depths(before))
        for pair in pairs:
            if pair.after is None and pair.before is not None:
                kind = Kind.UNPRINTED if self.partial and after else Kind.GONE
                yield self._line(pair, before[pair.before], kind)
            elif pair.before is None and pair.after is not None:
                yield self._line(pair, after[pair.after], Kind.NEW)
            elif pair.before is not None and pair.after is not None:
                yield from self._line_changes(pair, before[pair.before], after[pair.after])

    def _add_unprinted(self, pairs: Sequence[Pair], levels: Sequence[int]) -> None:
        """Let lines that are not printed count in the sums above them, up to one that was typed whole."""
        partner = {pair.before: pair.after for pair in pairs}
        above: list[int] = []
        for index, depth in enumerate(levels):
            if depth < 0:
                continue
            del above[depth:]
            amount = self._amount(0, index)
            headings = [partner.get(heading) for heading in above]
            if partner[index] is None and amount is not None and None not in headings:
                self._add_up(amount, [heading for heading in headings if heading is not None])
            above.append(index)

    def _add_up(self, amount: int, headings: Sequence[int]) -> None:
        table = f"items/{self.pair.after}"
        for heading in reversed(headings):
            if is_typed(self.sides.after.project, f"{table}/derivations/{heading}/amount"):
                return
            self.unprinted_below[heading] = self.unprinted_below.get(heading, 0) + amount
        if not is_typed(self.sides.after.project, f"{table}/current/total"):
            self.unprinted_lines.append(amount)

    def _amount(self, side: int, line: int | None) -> int | None:
        figures = self.figures[side]
        amount = None if figures is None or line is None else figures.lines[line].amount
        unprinted = self.unprinted_below.get(line) if side == 1 and line is not None else None
        return sum_written((amount, unprinted))

    def _line(self, pair: Pair, line: Line, kind: Kind) -> Change:
        amounts = self._amount(0, pair.before), self._amount(1, pair.after)
        said = " ".join(filter(None, (line.marker, line.label, line.expression))) or line.note
        told = Told(LINES, f"{self.name} {said}")
        return self.sides.change(told, amounts, self._line_paths(pair, "amount"), kind)

    def _line_changes(self, pair: Pair, before: Line, after: Line) -> Iterator[Change]:
        named = f"{self.name} {after.marker} {after.label}".rstrip()
        amounts = self._amount(0, pair.before), self._amount(1, pair.after)
        said: tuple[tuple[str, str, tuple[Said, Said]], ...] = (
            ("amount", "금액", amounts),
            ("label", "이름", (before.label, after.label)),
            ("expression", "산출식", (before.expression, after.expression)),
            ("stated", "적힌 결과", (before.stated, after.stated)),
            ("subsidy", "(x)", (before.subsidy, after.subsidy)),
            ("level", "수준", (_level(before), _level(after))),
            ("note", "비고", (before.note, after.note)),
        )
        for leaf, word, values in said:
            paths = self._line_paths(pair, leaf)
            yield from self.sides.tell(Told(LINES, f"{named} {word}"), values, paths)

    def _line_paths(self, pair: Pair, leaf: str) -> tuple[str | None, str | None]:
        before, after = (
            None if item is None or line is None else f"items/{item}/derivations/{line}/{leaf}"
            for item, line in zip(self.pair, pair, strict=True)
        )
        return before, after


def is_typed(project: Project, path: str) -> bool:
    """Whether somebody typed the sum at a path: in a supplementary round it then stands for the whole."""
    typed = project.evidence.typed.get(path)
    return typed is not None and typed.formula is None and typed.value is not None


def _at(entries: Sequence[T], index: int | None) -> T | None:
    return None if index is None else entries[index]


def _level(line: Line) -> str:
    return f"{line.depth + 1}단 {line.marker}".rstrip()


def _line_keys(lines: Sequence[Line]) -> list[Keys]:
    """Return the keys of lines: below which headings they stand, what they say and how they are computed."""
    above: list[str] = []
    keys: list[Keys] = []
    for line, depth in zip(lines, depths(tuple(lines)), strict=True):
        if depth >= 0:
            del above[depth:]
        label, expression = name_key(line.label), name_key(line.expression or "")
        where: Hashable = tuple(above)
        named = (depth, where, label) if label else None
        computed = (depth, expression) if expression else None
        keys.append(
            ((depth, where, label, expression), named, (label, expression) if label else None, computed)
        )
        if depth >= 0:
            above.append(label)
    return keys
