"""Settlement tables as offices print them, and the mistakes that really occur in such tables.

The mistakes follow what councils, auditors and data portals reported of local budgets: a 천원 amount pasted into
a 백만원 table, a decimal point where the thousands comma belongs, 만 written for 억, one figure in 원 among figures
in 천원, an entry made twice or left out, last round's figure left standing, a △ lost, columns that slipped, and
slips of the fingers. They know nothing of the engine: each takes a table and returns another table, with the
cells that are now wrong.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

COLUMNS = ("최종예산", "전년이월", "예산변경", "예산현액", "집행액", "차년이월", "집행잔액")
CONVENTIONS = ("half up", "half even", "cut off")
Amount = int | Decimal


@dataclass(frozen=True)
class Table:
    """A settlement table: true amounts in 원, and what is printed in units of ``unit`` 원. Keys: (year, column)."""

    won: dict[tuple[int, str], int]
    printed: dict[tuple[int, str], Amount]
    unit: int = 1000

    def record(self) -> dict[str, Amount]:
        """The printed figures by name, such as ``2019 집행액``."""
        return {f"{year} {column}": value for (year, column), value in self.printed.items()}


@dataclass(frozen=True)
class Mistake:
    """A table with a mistake in it; ``cells`` are the names of the figures that are wrong."""

    table: Table
    cells: frozenset[str]


def show(amount: int, unit: int, convention: str) -> int:
    """Print an amount in 원 in whole units."""
    size, sign = abs(amount), -1 if amount < 0 else 1
    whole, rest = divmod(size, unit)
    if convention == "half up":
        whole += 2 * rest >= unit
    elif convention == "half even":
        whole += 2 * rest > unit or (2 * rest == unit and whole % 2)
    return sign * whole


def table(
    rng: random.Random, years: int = 3, convention: str = "half up", unit: int = 1000, scale: int = 1
) -> Table:
    """A table whose identities hold in 원; budgets are whole 천원, payments are not."""
    won: dict[tuple[int, str], int] = {}
    carried = 0 if rng.random() < 0.5 else rng.randrange(10**5, 10**9) * scale
    for year in range(2021 - years, 2021):
        budget = int(10 ** rng.uniform(4, 7)) * max(1000, unit) * scale
        change = 0 if rng.random() < 0.6 else rng.randrange(-budget // 5000, budget // 5000 + 1) * 1000
        available = budget + carried + change
        forward = 0 if rng.random() < 0.4 else int(available * rng.uniform(0.01, 0.6))
        spent = (
            int((available - forward) * rng.uniform(0.3, 1)) if rng.random() < 0.9 else available - forward
        )
        row = (budget, carried, change, available, spent, forward, available - spent - forward)
        won.update({(year, column): amount for column, amount in zip(COLUMNS, row, strict=True)})
        carried = forward
    return Table(won, {cell: show(amount, unit, convention) for cell, amount in won.items()}, unit)


def _changed(before: Table, cells: dict[tuple[int, str], Amount]) -> Mistake | None:
    really = {cell: value for cell, value in cells.items() if before.printed[cell] != value}
    if not really:
        return None
    names = frozenset(f"{year} {column}" for year, column in really)
    return Mistake(replace(before, printed={**before.printed, **really}), names)


def _some_cell(before: Table, rng: random.Random, least: int = 1) -> tuple[int, str] | None:
    cells = [cell for cell, value in before.printed.items() if abs(value) >= least]
    return rng.choice(cells) if cells else None


def _retyped(
    change: Callable[[str, random.Random], str], least: int = 1
) -> Callable[[Table, random.Random], Mistake | None]:
    """A slip of the fingers in one figure; a number never begins with a zero."""

    def mistake(before: Table, rng: random.Random) -> Mistake | None:
        cell = _some_cell(before, rng, least)
        if cell is None:
            return None
        old = int(before.printed[cell])
        digits = change(str(abs(old)), rng)
        if digits.startswith("0"):
            return None
        return _changed(before, {cell: int(digits) * (-1 if old < 0 else 1)})

    return mistake


def _one_digit(digits: str, rng: random.Random) -> str:
    i = rng.randrange(len(digits))
    return digits[:i] + rng.choice([d for d in "0123456789" if d != digits[i]]) + digits[i + 1 :]


def _added_or_lost(digits: str, rng: random.Random) -> str:
    if rng.random() < 0.5:
        i = rng.randrange(len(digits) + 1)
        return digits[:i] + rng.choice("0123456789") + digits[i:]
    i = rng.randrange(len(digits))
    return digits[:i] + digits[i + 1 :]


def _transposed(digits: str, rng: random.Random) -> str:
    i = rng.randrange(len(digits) - 1)
    return digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]


def _neighbours_swapped(before: Table, rng: random.Random) -> Mistake | None:
    year, column = rng.choice(list(before.printed))
    place = COLUMNS.index(column)
    others = [(year, COLUMNS[place + 1])] if place + 1 < len(COLUMNS) else []
    others += [(year + 1, column)] if (year + 1, column) in before.printed else []
    if not others:
        return None
    one, other = (year, column), rng.choice(others)
    return _changed(before, {one: before.printed[other], other: before.printed[one]})


def _sign(before: Table, rng: random.Random) -> Mistake | None:
    cell = _some_cell(before, rng)
    return None if cell is None else _changed(before, {cell: -before.printed[cell]})


def _unit(before: Table, rng: random.Random) -> Mistake | None:
    """One figure in 원, or in 백만원, among figures in 천원."""
    cell = _some_cell(before, rng, 1000)
    if cell is None:
        return None
    typed = before.won[cell] if rng.random() < 0.5 else show(before.won[cell], before.unit * 1000, "half up")
    return _changed(before, {cell: typed})


def _stale(before: Table, rng: random.Random) -> Mistake | None:
    """The figure of an earlier round: some per cent off, in whole 천원."""
    cell = _some_cell(before, rng, 100)
    if cell is None:
        return None
    old = int(before.printed[cell])
    return _changed(
        before, {cell: old + rng.choice((-1, 1)) * max(3, int(abs(old) * rng.uniform(0.01, 0.15)))}
    )


def _left_out(before: Table, rng: random.Random) -> Mistake | None:
    cell = _some_cell(before, rng, 4)
    return None if cell is None else _changed(before, {cell: 0})


def _entered_twice(before: Table, rng: random.Random) -> Mistake | None:
    cell = _some_cell(before, rng, 4)
    return None if cell is None else _changed(before, {cell: 2 * before.printed[cell]})


def _man_for_eok(before: Table, rng: random.Random) -> Mistake | None:
    """만 read as 억 or the other way round: ten thousand times too much or too little."""
    cell = _some_cell(before, rng, 10_000)
    if cell is None:
        return None
    old = int(before.printed[cell])
    return _changed(before, {cell: old * 10_000 if rng.random() < 0.5 else show(old, 10_000, "cut off")})


def _decimal_point(before: Table, rng: random.Random) -> Mistake | None:
    """38.643 where 38,643 belongs."""
    cell = _some_cell(before, rng, 1000)
    return None if cell is None else _changed(before, {cell: Decimal(int(before.printed[cell])).scaleb(-3)})


def _thousands_in_millions(before: Table, rng: random.Random) -> Mistake | None:
    """A 천원 amount pasted into a table in 백만원, with all its digits."""
    cell = _some_cell(before, rng, 4)
    if cell is None or before.unit != 1_000_000:
        return None
    return _changed(before, {cell: show(before.won[cell], 1000, "half up")})


def _columns_slipped(before: Table, rng: random.Random) -> Mistake | None:
    """Three neighbouring columns of one year, each read one column too far to the left."""
    year = rng.choice(sorted({year for year, _ in before.printed}))
    first = rng.randrange(len(COLUMNS) - 2)
    row = [(year, column) for column in COLUMNS[first : first + 3]]
    return _changed(before, {cell: before.printed[row[(k + 1) % 3]] for k, cell in enumerate(row)})


def _visible(before: Table, mistake: Mistake) -> bool:
    """Whether a mistake is larger than what rounding may leave."""
    return all(
        abs(value - before.printed[cell]) >= 10
        for cell, value in mistake.table.printed.items()
        if value != before.printed[cell]
    )


def _two_mistakes(before: Table, rng: random.Random) -> Mistake | None:
    """Two independent slips in two cells, each larger than any rounding."""
    kinds = (KNOWN["one digit"], KNOWN["transposition"], KNOWN["digit added or lost"], KNOWN["stale figure"])
    first = rng.choice(kinds)(before, rng)
    second = rng.choice(kinds)(before, rng) if first else None
    if first is None or second is None or first.cells == second.cells:
        return None
    if not all(_visible(before, mistake) for mistake in (first, second)):
        return None
    printed = {
        cell: second.table.printed[cell] if second.table.printed[cell] != value else first.table.printed[cell]
        for cell, value in before.printed.items()
    }
    return Mistake(replace(before, printed=printed), first.cells | second.cells)


KNOWN: dict[str, Callable[[Table, random.Random], Mistake | None]] = {
    "transposition": _retyped(_transposed, 10),
    "digit added or lost": _retyped(_added_or_lost, 10),
    "neighbours swapped": _neighbours_swapped,
    "sign": _sign,
    "one digit": _retyped(_one_digit),
    "unit": _unit,
    "left out": _left_out,
    "stale figure": _stale,
}
OUTSIDE: dict[str, Callable[[Table, random.Random], Mistake | None]] = {
    "만 for 억": _man_for_eok,
    "decimal point for comma": _decimal_point,
    "천원 in a 백만원 table": _thousands_in_millions,
    "entered twice": _entered_twice,
    "columns slipped": _columns_slipped,
    "two mistakes": _two_mistakes,
}


def inject(kind: str, before: Table, rng: random.Random, tries: int = 50) -> Mistake | None:
    """Make one mistake of a kind; ``None`` where the table offers no place for it."""
    make = KNOWN.get(kind) or OUTSIDE[kind]
    for _ in range(tries):
        mistake = make(before, rng)
        if mistake is not None:
            return mistake
    return None
