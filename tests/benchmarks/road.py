"""Measure the whole road from a project to what its findings tell, with and without last year's workbook.

    python tests/benchmarks/road.py [--records 200] [--corpus DIR]

The same injected mistakes as for the engine alone, but judged by all rules; a suspect counts as the user sees it.
Then other people's cases, and real rows, where the corpus is at hand.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.balance import HEADING, YEARS, Score, _timed, records
from tests.benchmarks.injector import COLUMNS, KNOWN, OUTSIDE, Table, table
from xlbudget.checks import Earlier, judge
from xlbudget.figures import compute
from xlbudget.findings import Severity
from xlbudget.project import SETTLEMENT_COLUMNS, Project

NAMES = dict(zip(SETTLEMENT_COLUMNS, COLUMNS, strict=True))
WHOLE = [kind for kind in (*KNOWN, *OUTSIDE) if kind != "decimal point for comma"]
"""A project holds whole 천원: a decimal point is met by reading, before the checks."""


def project(settled: Table, year: int) -> Project:
    """A project of a fiscal year with the settled years that its workbook prints."""
    rows = [
        {"year": y} | {name: {"total": int(settled.printed[y, column])} for name, column in NAMES.items()}
        for y in sorted({y for y, _ in settled.printed})
        if y <= year - 2
    ]
    return Project.model_validate({"name": "가로등 정비", "fiscal_year": year, "settlements": rows})


def told(project: Project, last: Project | None) -> SimpleNamespace:
    """What the findings say, in the shape of a diagnosis."""
    earlier = Earlier(last, compute(last)) if last is not None else None
    findings, _ = judge(project, compute(project), last=earlier)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    suspects = [suspect for finding in errors for suspect in finding.suspects]
    candidates = [SimpleNamespace(cells=tuple(map(_name, suspect.cells))) for suspect in suspects]
    repair = next((suspect for suspect in suspects if suspect.proposal), None)
    proposal = None
    if repair is not None and repair.proposal is not None:
        values = {_name(cell): value for cell, value in repair.proposal.items()}
        proposal = SimpleNamespace(cells=tuple(values), values=values)
    nothing = [SimpleNamespace(cells=())]
    return SimpleNamespace(consistent=not errors, candidates=candidates or nothing, proposal=proposal)


def _name(cell: str) -> str:
    """A figure by the name that the tables give it: ``settlements/1/executed/total`` → ``2019 집행액``."""
    if not cell.startswith("settlements/"):
        return cell
    _, number, column, _ = cell.split("/")
    return f"{YEARS[int(number)]} {NAMES[column]}"


def mistakes(count: int) -> Iterator[str]:
    """The tables of rates."""
    for linked in (False, True):
        yield f"\nfrom a project to its findings, {'with' if linked else 'without'} last year’s workbook"
        yield HEADING
        known = Score()
        for kind in WHOLE:
            score = Score()
            for before, mistake in records(kind, count):
                if any(value != int(value) for value in mistake.table.printed.values()):
                    continue
                last = project(before, YEARS[-1] + 1) if linked else None
                score.add(mistake, before, told(project(mistake.table, YEARS[-1] + 2), last))
            known = known + score if kind in KNOWN else known
            yield score.line(kind)
            if kind == list(KNOWN)[-1]:
                yield known.line("all of these")
                yield "outside:"


def speed(count: int) -> Iterator[str]:
    """Times of judging a whole project whose settled years are right, and with one mistake."""
    rng = random.Random("road")
    clean = [project(table(rng), YEARS[-1] + 2) for _ in range(count)]
    work = [(one, compute(one)) for one in clean]
    yield f"all rules on three right years, µs         {_timed((lambda p=p, f=f: judge(p, f) for p, f in work), 1e6)}"
    wrong = [project(m.table, YEARS[-1] + 2) for kind in KNOWN for _, m in records(kind, count // len(KNOWN))]
    work = [(one, compute(one)) for one in wrong]
    yield f"all rules with one mistake, µs             {_timed((lambda p=p, f=f: judge(p, f) for p, f in work), 1e6)}"


def elsewhere(corpus: Path) -> Iterator[str]:
    """Other people's cases, and real rows whose identity holds."""
    from tests.test_balance import LEFT_OUT, anchor_verdicts, called_wrong

    verdicts = anchor_verdicts(json.loads((corpus / "anchor_cases.json").read_text(encoding="utf-8")))
    yield f"anchor cases as expected: {sum(verdicts.values())} of {len(verdicts)}"
    reasons: dict[str, list[str]] = {}
    for case, reason in LEFT_OUT.items():
        reasons.setdefault(reason, []).append(case)
    yield from (f"  left out: {', '.join(cases)} ({reason})" for reason, cases in reasons.items())
    lines = (corpus / "settlements.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["identity_holds"]]
    judged = [row for row in rows if called_wrong(row) is not None]
    wrong = [row for row in judged if called_wrong(row)]
    yield f"real rows whose identity holds: {len(rows)}, of them sums: {len(judged)}, called wrong: {len(wrong)}"


def main() -> None:
    """Print everything, line by line as it comes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=200, help="records per kind of mistake")
    parser.add_argument(
        "--corpus", type=Path, default=Path(__file__).resolve().parents[3] / "shared" / "corpus"
    )
    options = parser.parse_args()
    for part in (mistakes(options.records), speed(options.records)):
        for line in part:
            print(line, flush=True)
    if options.corpus.is_dir():
        for line in elsewhere(options.corpus):
            print(line, flush=True)


if __name__ == "__main__":
    main()
