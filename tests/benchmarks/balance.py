"""Measure the balance engine on injected mistakes and print the table.

    python tests/benchmarks/balance.py [--records 500] [--documents 10000]

Rates are over the mistakes that identities can see at all (``detected``); ``top-1`` counts a record when the
first candidate is exactly the cells that are wrong. Everything is seeded: two runs print the same, but for the times.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from injector import COLUMNS, CONVENTIONS, KNOWN, OUTSIDE, Mistake, Table, inject, table

from xlbudget.checks.balance import Diagnosis, Hints, Identity, System, diagnose

SIGNED = "예산변경"


def settlement(years: Sequence[int], layer: str = "", last_year: bool = False) -> list[Identity]:
    """The identities of a settlement table; with ``last_year``, all but its newest year stand in a second book."""
    identities = []
    for year in years:
        name = {column: f"{layer}{year} {column}" for column in COLUMNS}
        plus = {name["최종예산"]: 1, name["전년이월"]: 1, name["예산변경"]: 1, name["예산현액"]: -1}
        identities.append(Identity(f"{layer}{year} 예산현액", plus))
        minus = {name["예산현액"]: 1, name["집행액"]: -1, name["차년이월"]: -1, name["집행잔액"]: -1}
        identities.append(Identity(f"{layer}{year} 집행잔액", minus))
        if year + 1 in years:
            terms = {name["차년이월"]: 1, f"{layer}{year + 1} 전년이월": -1}
            identities.append(Identity(f"{layer}{year} 이월", terms))
        identities += [
            Identity(f"{figure} ≥ 0", {figure: 1}, ">=") for column, figure in name.items() if column != SIGNED
        ]
        if last_year and year != years[-1]:
            identities += [
                Identity(f"{figure} 지난해", {figure: 1, f"작년 {figure}": -1}) for figure in name.values()
            ]
    return identities


def hints(years: Sequence[int], layers: Sequence[str] = ("",)) -> Hints:
    """Adjacent columns and years, total and (x), and the same cell a year before."""
    swappable, neighbours, signed = [], {}, set()
    for layer in layers:
        for year in years:
            row = [f"{layer}{year} {column}" for column in COLUMNS]
            swappable += list(zip(row, row[1:], strict=False))
            signed.add(f"{layer}{year} {SIGNED}")
            if year + 1 in years:
                below = [f"{layer}{year + 1} {column}" for column in COLUMNS]
                swappable += list(zip(row, below, strict=True))
                neighbours |= {new: (old,) for old, new in zip(row, below, strict=True)}
    if len(layers) == 2:
        cells = [f"{year} {column}" for year in years for column in COLUMNS]
        swappable += [(f"{layers[0]}{cell}", f"{layers[1]}{cell}") for cell in cells]
    return Hints(swappable, neighbours, signed)


YEARS = (2018, 2019, 2020)
ALONE = System(settlement(YEARS))
LINKED = System(settlement(YEARS, last_year=True))
HINTS = hints(YEARS)


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
    near_values: int = 0
    times: list[float] = field(default_factory=list)

    def add(self, mistake: Mistake, before: Table, found: Diagnosis) -> None:
        """Count one record."""
        self.injected += 1
        if found.consistent:
            return
        self.detected += 1
        cells = mistake.cells
        self.shown += any(cells <= set(c.cells) for c in found.candidates)
        self.first += set(found.candidates[0].cells) == cells
        if found.proposal is not None:
            self.proposed += 1
            right = set(found.proposal.cells) == cells
            truth = {name: value for name, value in before.record().items() if name in cells}
            self.right_cells += right
            self.right_values += right and dict(found.proposal.values) == truth
            self.near_values += right and all(abs(found.proposal.values[n] - truth[n]) <= 1 for n in cells)

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, f) + getattr(other, f) for f in self.__dataclass_fields__))

    def line(self, kind: str) -> str:
        """One line of the table."""

        def share(part: int, whole: int) -> str:
            return f"{part / whole:9.3f}" if whole else "        -"

        return (
            f"{kind:<26}{self.injected:6d}{share(self.detected, self.injected)}{share(self.shown, self.detected)}"
            f"{share(self.first, self.detected)}{share(self.proposed, self.detected)}"
            f"{share(self.right_cells, self.proposed)}{share(self.right_values, self.proposed)}"
        )


def measure(kind: str, records: int, linked: bool = False, years: Sequence[int] = YEARS, scale: int = 1) -> Score:
    """Inject one kind of mistake into many tables and diagnose each."""
    rng = random.Random(f"{kind} {len(years)} {scale}")
    system = LINKED if linked else ALONE
    score = Score()
    unit = 1_000_000 if "백만원" in kind else 1000
    while score.injected < records:
        before = table(rng, len(years), "half up", unit, scale)
        mistake = inject(kind, before, rng)
        if mistake is None:
            continue
        record = mistake.table.record()
        if linked:
            record |= {f"작년 {name}": value for name, value in before.record().items() if not name.startswith("2020")}
        start = time.perf_counter()
        found = diagnose(system, record, hints=HINTS)
        score.times.append(time.perf_counter() - start)
        score.add(mistake, before, found)
    return score


def false_errors(documents: int) -> dict[str, int]:
    """Clean tables that the engine would call wrong, by rounding convention (judged as rounded to nearest)."""
    found = {}
    for convention in CONVENTIONS:
        rng = random.Random(convention)
        found[convention] = sum(not ALONE.check(table(rng, 3, convention).record()) for _ in range(documents))
    return found


HEADING = f"{'mistake':<26}{'n':>6}{'detected':>9}{'shown':>9}{'top-1':>9}{'proposed':>9}{'cell':>9}{'value':>9}"


def report(records: int, documents: int) -> Iterator[str]:
    """The table, line by line."""
    for convention, errors in false_errors(documents).items():
        yield f"false errors, {convention}: {errors} of {documents}"
    for linked in (False, True):
        yield ""
        yield f"3 years{', with last year’s workbook' if linked else ''}"
        yield HEADING
        total = Score()
        for kind in KNOWN:
            score = measure(kind, records, linked)
            total += score
            yield score.line(kind)
        yield total.line("all of these")
        for kind in OUTSIDE:
            yield measure(kind, records, linked).line(kind)
    for scale, name in ((10**3, "×10³"), (10**9, "×10⁹")):
        yield sum((measure(kind, records // 5, scale=scale) for kind in KNOWN), Score()).line(f"all, amounts {name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=500, help="records per kind of mistake")
    parser.add_argument("--documents", type=int, default=10_000, help="clean documents per rounding convention")
    options = parser.parse_args()
    for line in report(options.records, options.documents):
        print(line, flush=True)


if __name__ == "__main__":
    main()
