"""Measure the balance engine on injected mistakes, and print the table.

    python tests/benchmarks/balance.py [--records 500] [--documents 10000] [--systems 5000]

Rates are over the mistakes that identities can see at all (``detected``); ``top-1`` counts a record when the first
candidate is exactly the cells that are wrong. Everything is seeded: two runs print the same, but for the times,
which are processor times. The rows under "outside" are mistakes that the ranker was not made for.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.injector import (
    COLUMNS,
    CONVENTIONS,
    KNOWN,
    OUTSIDE,
    Amount,
    Mistake,
    Table,
    inject,
    show,
    table,
)
from xlbudget.checks.balance import Diagnosis, Hints, Identity, Precision, System, diagnose

YEARS = (2018, 2019, 2020)
SIGNED = "예산변경"
ITEMS, LINES = 15, 4


def settlement(years: Sequence[int], layer: str = "", last_year: bool = False) -> list[Identity]:
    """The identities of a settlement table; with ``last_year``, all but its newest year stand in a second book."""
    identities = []
    for year in years:
        name = {column: f"{layer}{year} {column}" for column in COLUMNS}
        plus = {name["최종예산"]: 1, name["전년이월"]: 1, name["예산변경"]: 1, name["예산현액"]: -1}
        minus = {name["예산현액"]: 1, name["집행액"]: -1, name["차년이월"]: -1, name["집행잔액"]: -1}
        identities += [Identity(f"S01 {layer}{year}", plus), Identity(f"S02 {layer}{year}", minus)]
        if year + 1 in years:
            forward = {name["차년이월"]: 1, f"{layer}{year + 1} 전년이월": -1}
            identities.append(Identity(f"S03 {layer}{year}", forward))
        identities += [Identity(f"N01 {f}", {f: 1}, ">=") for c, f in name.items() if c != SIGNED]
        if last_year and year != years[-1]:
            identities += [Identity(f"T02 {f}", {f: 1, f"작년 {f}": -1}) for f in name.values()]
    return identities


def within_total(years: Sequence[int]) -> list[Identity]:
    """The (x) layer stays within the total, cell by cell."""
    cells = [f"{year} {column}" for year in years for column in COLUMNS if column != SIGNED]
    return [Identity(f"X01 {cell}", {cell: 1, f"x{cell}": -1}, ">=") for cell in cells]


def hints(years: Sequence[int], layers: Sequence[str] = ("",)) -> Hints:
    """Adjacent columns and years, total and (x), and the same cell a year before."""
    swappable: list[tuple[str, str]] = []
    neighbours: dict[str, tuple[str, ...]] = {}
    for layer in layers:
        rows = [[f"{layer}{year} {column}" for column in COLUMNS] for year in years]
        for row in rows:
            swappable += pairwise(row)
        for above, below in pairwise(rows):
            swappable += zip(above, below, strict=True)
            neighbours |= {new: (old,) for old, new in zip(above, below, strict=True)}
    if len(layers) == 2:
        cells = [f"{year} {column}" for year in years for column in COLUMNS]
        swappable += [(f"{layers[0]}{cell}", f"{layers[1]}{cell}") for cell in cells]
    return Hints(swappable, neighbours, {f"{layer}{year} {SIGNED}" for layer in layers for year in years})


ALONE = System(settlement(YEARS))
LINKED = System(settlement(YEARS, last_year=True))
LAYERS = System([*settlement(YEARS), *settlement(YEARS, "x")])
BOUND_LAYERS = System([*settlement(YEARS), *settlement(YEARS, "x"), *within_total(YEARS)])
HINTS = hints(YEARS)
LAYER_HINTS = hints(YEARS, ("", "x"))


def last_year(before: Table) -> dict[str, Amount]:
    """What last year's workbook printed of the same table: all but the newest year."""
    return {f"작년 {name}": value for name, value in before.record().items() if not name.startswith("2020")}


def subsidy_layer(before: Table, rng: random.Random) -> dict[str, int]:
    """The (x) layer of a table: a share of each amount, with identities of its own."""
    share = rng.choice((0, 30, 50, 100))
    won = {cell: amount * share // 100 for cell, amount in before.won.items()}
    for year in sorted({year for year, _ in won}):
        available = sum(won[year, column] for column in COLUMNS[:3])
        unspent = available - won[year, "집행액"] - won[year, "차년이월"]
        won[year, "집행액"] += min(unspent, 0)
        won[year, "예산현액"], won[year, "집행잔액"] = available, max(unspent, 0)
    return {
        f"x{year} {column}": show(amount, before.unit, "half up") for (year, column), amount in won.items()
    }


# --- mistakes ---------------------------------------------------------------------------------------------------


@dataclass
class Score:
    """Counts over the records of one kind of mistake."""

    injected: int = 0
    detected: int = 0
    shown: int = 0
    first: int = 0
    proposed: int = 0
    right_cells: int = 0
    right_values: int = 0

    def add(self, mistake: Mistake, before: Table, found: Diagnosis) -> None:
        """Count one record."""
        self.injected += 1
        if found.consistent:
            return
        self.detected += 1
        self.shown += any(mistake.cells <= set(candidate.cells) for candidate in found.candidates)
        self.first += set(found.candidates[0].cells) == mistake.cells
        if found.proposal is not None:
            truth = {name: value for name, value in before.record().items() if name in mistake.cells}
            self.proposed += 1
            self.right_cells += set(found.proposal.cells) == mistake.cells
            self.right_values += dict(found.proposal.values) == truth

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def line(self, kind: str) -> str:
        """One line of the table."""

        def share(part: int, whole: int) -> str:
            return f"{part / whole:10.3f}" if whole else "         -"

        shares = (
            (self.detected, self.injected),
            (self.shown, self.detected),
            (self.first, self.detected),
            (self.proposed, self.detected),
            (self.right_cells, self.proposed),
            (self.right_values, self.proposed),
        )
        return f"{kind:<26}{self.injected:6d}" + "".join(share(part, whole) for part, whole in shares)


HEADING = f"{'':<26}{'n':>6}" + "".join(
    f"{word:>10}" for word in ("detected", "shown", "top-1", "proposed", "cell", "value")
)


def records(kind: str, count: int, scale: int = 1) -> Iterator[tuple[Table, Mistake]]:
    """Tables of three years with a mistake of one kind each."""
    rng = random.Random(f"{kind} {scale}")
    unit = 1_000_000 if "백만원" in kind else 1000
    made = 0
    while made < count:
        before = table(rng, len(YEARS), unit=unit, scale=scale)
        mistake = inject(kind, before, rng)
        if mistake is not None:
            made += 1
            yield before, mistake


def measure(kind: str, count: int, *, linked: bool = False, scale: int = 1) -> Score:
    """Diagnose many tables with one kind of mistake, alone or linked with last year's workbook."""
    score = Score()
    for before, mistake in records(kind, count, scale):
        record = mistake.table.record() | (last_year(before) if linked else {})
        score.add(mistake, before, diagnose(LINKED if linked else ALONE, record, hints=HINTS))
    return score


def mistakes(count: int) -> Iterator[str]:
    """The tables of rates."""
    for linked in (False, True):
        yield f"\n3 years{', linked with last year’s workbook' if linked else ''}"
        yield HEADING
        scores = {kind: measure(kind, count, linked=linked) for kind in KNOWN}
        yield from (score.line(kind) for kind, score in scores.items())
        yield sum(scores.values(), Score()).line("all of these")
        yield "outside:"
        yield from (measure(kind, count, linked=linked).line(kind) for kind in OUTSIDE)
    yield "\nlarger amounts, all known kinds"
    yield HEADING
    for power in (3, 6, 9):
        total = sum((measure(kind, count // 5, scale=10**power) for kind in KNOWN), Score())
        yield total.line(f"× 10^{power}")


# --- clean documents --------------------------------------------------------------------------------------------


def false_errors(documents: int) -> dict[str, int]:
    """Clean tables that the engine would call wrong, by convention; all are judged as rounded to nearest."""
    found = {}
    for convention in CONVENTIONS:
        rng = random.Random(convention)
        found[convention] = sum(not ALONE.check(table(rng, 3, convention).record()) for _ in range(documents))
    return found


# --- speed ------------------------------------------------------------------------------------------------------


def project() -> tuple[System, dict[str, Precision]]:
    """All tables of a project as one system: derivations, overview, funding, schedule, settlement, last year's book."""
    budget: list[Identity] = []
    for layer in ("", "x"):
        for i in range(ITEMS):
            lines = {f"{layer}line {i}.{j}": 1 for j in range(LINES)}
            budget.append(Identity(f"C01 {layer}{i}", {**lines, f"{layer}B {i}": -1}))
            change = {f"{layer}B {i}": 1, f"{layer}A {i}": -1, f"{layer}change {i}": -1}
            budget.append(Identity(f"T03 {layer}{i}", change))
        for column in ("A", "B", "change"):
            cells = {f"{layer}{column} {i}": 1 for i in range(ITEMS)}
            budget.append(Identity(f"T01 {layer}{column}", {**cells, f"{layer}{column}": -1}))
        budget.append(Identity(f"T03 {layer}", {f"{layer}B": 1, f"{layer}A": -1, f"{layer}change": -1}))
        for cell in ("A", "B", *(f"{column} {i}" for column in "AB" for i in range(ITEMS))):
            budget.append(Identity(f"N01 {layer}{cell}", {f"{layer}{cell}": 1}, ">="))
            if layer:
                budget.append(Identity(f"X01 {cell}", {cell: 1, f"x{cell}": -1}, ">="))
            if not cell.startswith("B"):
                copies = {f"{layer}{cell}": 1, f"작년 {layer}{cell}": -1}
                budget.append(Identity(f"T02 {layer}{cell}", copies))
    budget.append(Identity("R01", {"국비": 1, "시비": 1, "구비": 1, "B": -1}))
    budget.append(Identity("P01", {**{f"일정 {k}": 1 for k in range(5)}, "B": -1}))
    exact = {figure: Precision("exact") for identity in budget for figure in identity.terms}
    settled = [*settlement(YEARS, "", True), *settlement(YEARS, "x", True), *within_total(YEARS)]
    return System([*budget, *settled]), exact


def project_record(rng: random.Random) -> dict[str, Amount]:
    """A consistent record of all tables of a project."""
    record: dict[str, Amount] = {}
    for i in range(ITEMS):
        share = rng.choice((0, 0, 30, 50, 100))
        lines = [rng.randrange(100, 100_000) for _ in range(LINES)]
        previous = rng.randrange(100, 400_000)
        for layer, part in (("", 100), ("x", share)):
            own = [line * part // 100 for line in lines]
            record |= {f"{layer}line {i}.{j}": line for j, line in enumerate(own)}
            record |= {f"{layer}B {i}": sum(own), f"{layer}A {i}": previous * part // 100}
            record[f"{layer}change {i}"] = sum(own) - previous * part // 100
    for cell in [f"{layer}{column}" for layer in ("", "x") for column in ("A", "B", "change")]:
        record[cell] = sum(record[f"{cell} {i}"] for i in range(ITEMS))
    for layer in ("", "x"):
        record |= {f"작년 {layer}A {i}": record[f"{layer}A {i}"] for i in range(ITEMS)}
        record[f"작년 {layer}A"] = record[f"{layer}A"]
    rest = int(record["B"]) - int(record["xB"])
    record |= {"국비": record["xB"], "시비": rest // 3, "구비": rest - rest // 3}
    part = int(record["B"]) // 5
    record |= {**{f"일정 {k}": part for k in range(4)}, "일정 4": record["B"] - 4 * part}
    settled = table(rng)
    layers = settled.record() | subsidy_layer(settled, rng)
    return record | layers | {f"작년 {n}": v for n, v in layers.items() if "2020" not in n}


def _timed(work: Iterable[Callable[[], object]], factor: float) -> str:
    """Median and 95th percentile of the processor time of each piece of work."""
    times = []
    for piece in work:
        start = time.process_time()
        piece()
        times.append((time.process_time() - start) * factor)
    return f"median {statistics.median(times):8.1f}   95 % {statistics.quantiles(times, n=20)[-1]:8.1f}"


def speed(count: int) -> Iterator[str]:
    """Times of clean checks and of diagnoses."""
    rng = random.Random("speed")
    clean = [table(rng).record() for _ in range(count)]
    yield f"clean check, 3 years, µs                   {_timed((lambda r=r: ALONE.check(r) for r in clean), 1e6)}"
    mixed = [record for kind in KNOWN for record in records(kind, max(1, count // len(KNOWN)))]
    layered = [mistake.table.record() | subsidy_layer(before, rng) for before, mistake in mixed]
    for name, system in (("3 years × 2 layers", LAYERS), ("the same, (x) bounded by total", BOUND_LAYERS)):
        work = (lambda s=system, r=r: diagnose(s, r, hints=LAYER_HINTS) for r in layered)
        yield f"diagnosis, {name}, µs".ljust(53) + _timed(work, 1e6)
    start = time.process_time()
    system, exact = project()
    taken = (time.process_time() - start) * 1e3
    yield f"a project of {len(system.figures)} figures, {len(system.identities)} identities: compiled in {taken:.1f} ms"
    whole = [project_record(rng) for _ in range(max(20, count // 20))]
    system.check(whole[0], precisions=exact)
    work = (lambda r=r: system.check(r, precisions=exact) for r in whole)
    yield f"clean check, whole project, ms             {_timed(work, 1e3)}"
    wrong = [record | {(name := rng.choice(sorted(record))): record[name] * 10 + 7} for record in whole]
    work = (lambda r=r: diagnose(system, r, precisions=exact) for r in wrong)
    yield f"diagnosis, one figure wrong, ms            {_timed(work, 1e3)}"


def against_oracles(systems: int) -> Iterator[str]:
    """How often the engine agrees with the independent answers of the test module."""
    from tests.test_balance import agrees_on_minimal_sets, agrees_on_possibility

    minimal = sum(agrees_on_minimal_sets(seed) for seed in range(systems))
    yield f"all minimal sets equal to literal brute force: {minimal} of {systems}"
    possible = sum(agrees_on_possibility(seed) for seed in range(systems))
    yield f"consistent exactly where elimination says so: {possible} of {systems}"


def main() -> None:
    """Print everything, line by line as it comes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=500, help="records per kind of mistake")
    parser.add_argument(
        "--documents", type=int, default=10_000, help="clean documents per rounding convention"
    )
    parser.add_argument(
        "--systems", type=int, default=5_000, help="random systems for each independent check"
    )
    options = parser.parse_args()
    for convention, errors in false_errors(options.documents).items():
        print(f"false errors, clean documents, {convention}: {errors} of {options.documents}", flush=True)
    for part in (mistakes(options.records), speed(1000), against_oracles(options.systems)):
        for line in part:
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
