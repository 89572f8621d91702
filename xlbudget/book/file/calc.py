"""The calculation chain, and whether cached values have gone stale (ECMA-376 part 1, §18.6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

from xlbudget.book import BookUnreadable
from xlbudget.book.file.opc import related, undeclare, unrelate
from xlbudget.book.file.package import Package
from xlbudget.book.file.sheettext import address
from xlbudget.book.file.work import Work
from xlbudget.book.file.workbookxml import outline
from xlbudget.book.file.xmltree import Node, cut, inside, parse, parsed, prefix, utf8, whole, with_attributes
from xlbudget.book.formulas import between, reach, touches
from xlbudget.grid import Area, Grid, Ref, a1


def chain_part(package: Package, book: str) -> str | None:
    """Return the name of the part with the calculation chain."""
    found = related(package, book, "calcChain")
    return found[0] if found and package.find(found[0]) else None


def _entries(data: bytes) -> list[tuple[Node, int, Ref]] | None:
    """Return the chain's elements with the sheet and the cell of each; a sheet left out is the last one's.

    ``None`` where the chain is damaged: it is a hint that Excel makes anew, so nobody needs to hear of it.
    """
    found, sheet = [], 0
    try:
        for node in parse(data, "calcChain.xml").children:
            sheet = whole(node.attrs.get("i"), sheet)
            found.append((node, sheet, address(node.attrs.get("r", ""))))
    except BookUnreadable:
        return None
    return found


def _flagged(work: Work, numbers: Mapping[str, int], *, has: bool) -> set[tuple[int, Ref]]:
    """Return the cells (sheet number, address) that got a formula, or lost theirs."""
    return {
        (numbers[sheet], ref)
        for sheet, refs in work.formulas.items()
        if sheet in numbers
        for ref, flag in refs.items()
        if flag is has
    }


def update_chain(work: Work, moved: Callable[[int, Ref], Ref | None] | None = None) -> None:
    """Take cells that lost their formula out of the chain, and put in those that got one.

    ``moved`` tells where a cell (sheet number, address) stands now, ``None`` where it went out.
    """
    part = chain_part(work.package, work.book)
    if part is None or not (work.formulas or moved):
        return
    data = utf8(work.package.read(part), part)
    entries = _entries(data)
    numbers = {sheet.name: sheet.id for sheet in work.sheets()}
    gone = _flagged(work, numbers, has=False)
    changes: list[tuple[int, int, bytes]] = []
    there: set[tuple[int, Ref]] = set()
    last = 0  # the sheet that an element without a number belongs to
    for node, sheet, ref in entries or ():
        now = moved(sheet, ref) if moved else ref
        if now is None or (sheet, now) in gone or sheet not in numbers.values():
            changes.append((node.start, node.end, b""))
            continue
        there.add((sheet, now))
        wanted: dict[str, str | None] = {"r": a1(*now)} if now != ref else {}
        if "i" not in node.attrs and sheet != last:
            wanted["i"] = str(sheet)
        last = sheet
        if wanted:
            changes.append((node.start, node.inner, with_attributes(data[node.start : node.inner], wanted)))
    added = sorted(_flagged(work, numbers, has=True) - there)
    if entries is None:
        drop_chain(work.package, work.book)
        return
    if added:
        root = parsed(data)
        p = prefix(data, root)
        elements = "".join(f'<{p}c r="{a1(*ref)}" i="{sheet}"/>' for sheet, ref in added)
        changes.append(inside(data, root, elements.encode()))
    work.package.write(part, cut(data, changes))


def drop_chain(package: Package, book: str) -> None:
    """Take the whole chain away; Excel makes a new one."""
    part = chain_part(package, book)
    if part is not None:
        package.remove(part)
        undeclare(package, part)
        unrelate(package, book, part)


def has_empty_chain(package: Package, book: str) -> bool:
    """Tell whether the chain lists nothing any more: Excel would call such a part damaged."""
    part = chain_part(package, book)
    return (
        part is not None and part in package.touched() and not parsed(utf8(package.read(part), part)).children
    )


def restore_order(package: Package, book: str) -> None:
    """Put the chain back as it was opened where it lists the same cells: its order is a mere hint."""
    part = chain_part(package, book)
    before = package.stored(part) if part else None
    if part is None or before is None or part not in package.touched():
        return
    now, then = _entries(utf8(package.read(part), part)), _entries(utf8(before, part))
    if now and then and {entry[1:] for entry in now} == {entry[1:] for entry in then}:
        package.write(part, before)


def stale(work: Work, read: Callable[[str], Grid]) -> bool:
    """Tell whether a formula that was not written along depends on a cell that has changed."""
    if not work.changed and not work.renamed and not work.moved:
        return False
    order = tuple([sheet.name for sheet in work.sheets()])
    known = {n.name.lower(): n.text for n in outline(work.package.read(work.book)).names if n.scope is None}
    changed = {sheet.lower(): refs for sheet, refs in work.changed.items()}

    def hit(sheet: str, area: Area) -> bool:
        return _holds(area, changed.get(sheet.lower(), ()))

    def depends(formulas: frozenset[str], sheet: str) -> bool:
        read = _reads(formulas, sheet, order)
        if read.anywhere or (work.moved and any("ROW(" in formula.upper() for formula in formulas)):
            return True
        if any(_holds(area, changed.get(where, ())) for where, area in read.areas):
            return True
        return any(
            word in work.renamed or (word in known and touches(known[word], sheet, hit, order))
            for word in read.names
        )

    return any(
        depends(_formulas(read(sheet), work.written.get(sheet, set())), sheet)
        for sheet in order
        if sheet not in work.whole
    )


class _Reads(NamedTuple):
    """What formulas of a sheet depend on: areas with the sheet of each in small letters, and defined names."""

    areas: tuple[tuple[str, Area], ...]
    names: frozenset[str]
    anywhere: bool


@lru_cache(maxsize=64)
def _reads(formulas: frozenset[str], own: str, order: tuple[str, ...]) -> _Reads:
    areas: dict[tuple[str, Area], None] = {}
    reached = [reach(formula) for formula in formulas]
    for one in reached:
        for named, area in one.areas:
            areas.update(dict.fromkeys((sheet.lower(), area) for sheet in between(named, own, order)))
    words = frozenset(word for one in reached for word in one.names)
    return _Reads(tuple(areas), words, any(one.anywhere for one in reached))


def _formulas(grid: Grid, written: set[Ref]) -> frozenset[str]:
    """Return the formulas of a sheet that were not written along."""
    return frozenset(
        [
            cell[1]
            for row, cells in grid.filled.items()
            for column, cell in cells.items()
            if cell[1] and (row, column) not in written
        ]
    )


def _holds(area: Area, refs: Collection[Ref] | None) -> bool:
    """Tell whether an area holds one of some cells; ``None``: all have changed."""
    if not refs:
        return refs is None
    top, left, bottom, right = area
    if top == bottom and left == right:
        return (top, left) in refs
    return any(top <= row <= bottom and left <= column <= right for row, column in refs)
