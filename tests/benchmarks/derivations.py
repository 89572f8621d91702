"""Lines of 산출근거 a second, ours beside eval, simpleeval and lark on the same lines in the same run.

    python tests/benchmarks/derivations.py [--corpus ../shared/corpus] [--passes 5]

The lines have the shapes of a real budget book (of made-up ones where there is none); before each pass all their
digits are drawn anew, so that no line is ever read twice. Times are processor times, the best pass counts. The
others get the expression without its label, which they cannot split off; eval and simpleeval also need the
units stripped, which is part of their work. "wrong" counts amounts in 천원 that differ from exact arithmetic.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import lark
import simpleeval

from tests.benchmarks.timing import Line as Table
from xlbudget.derivation import derive, derive_many, json_line
from xlbudget.derivation.reading import read_line
from xlbudget.money import Rounding

ROOT = Path(__file__).resolve().parents[2]
PIPED = 100_000
GRAMMAR = r"""
?sum: product | sum "+" product -> add | sum "-" product -> subtract
?product: factor | product ("*" | "×") factor -> multiply | product ("/" | "÷") factor -> divide
?factor: NUMBER "%" UNIT? -> percent | NUMBER UNIT? -> number | "△" factor -> negative
       | ("(" | "[") sum (")" | "]") UNIT? -> group
NUMBER: /[0-9][0-9,]*(\.[0-9]+)?/
UNIT: /[^0-9*×\/÷+\-△()\[\]%]+/
"""
GAPS = re.compile(r"\s+")
SCALED = re.compile("[십백천만억조]")
UNITS = re.compile(r"[^0-9.*/+()%-]+")
SIGNS = str.maketrans({"×": "*", "÷": "/", "△": "-", "[": "(", "]": ")", ",": None, " ": None})


class Line(NamedTuple):
    label: str
    expression: str

    @property
    def text(self) -> str:
        return f"{self.label} {self.expression}".strip()


class Row(NamedTuple):
    work: str
    rate: float
    wrong: int | None


@lark.v_args(inline=True)
class Calculate(lark.Transformer[Any, Fraction]):
    """Exact values, while lark parses."""

    def number(self, figure: str, _unit: str = "") -> Fraction:
        return Fraction(figure.replace(",", ""))

    def percent(self, figure: str, _unit: str = "") -> Fraction:
        return Fraction(figure.replace(",", "")) / 100

    def group(self, inner: Fraction, _unit: str = "") -> Fraction:
        return inner

    def negative(self, value: Fraction) -> Fraction:
        return -value

    def add(self, left: Fraction, right: Fraction) -> Fraction:
        return left + right

    def subtract(self, left: Fraction, right: Fraction) -> Fraction:
        return left - right

    def multiply(self, left: Fraction, right: Fraction) -> Fraction:
        return left * right

    def divide(self, left: Fraction, right: Fraction) -> Fraction:
        return left / right


def real_lines(corpus: Path) -> list[Line]:
    """Every distinct line of the corpus that has an amount, without number words (the others know none)."""
    with (corpus / "hongseong_2026.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {Line(row[8].strip(), row[9].strip()) for row in list(csv.reader(file))[1:] if row[9].strip()}
    for text in (corpus / "derivations.jsonl").read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        found.add(Line(line["label"] or "", line["expr"]))
    return sorted(
        line
        for line in found
        if "원" in line.expression and not SCALED.search(line.expression) and derive(line.text).error is None
    )


def made_lines(count: int = 8_000) -> list[Line]:
    """Made-up lines of the usual shapes."""
    chance = random.Random(3)
    labels = ["강사료", "2028년 1분기 참석수당", "○책자 제작(3종)", "- 사무용품 구입", "제3회 한마당 운영"]
    shapes = [
        "99,999원*99명*9회",
        "999,999원",
        "9,999,999원*9%",
        "99,999,999원/99월*99%*9회",
        "9,999원*99명*9월+9,999원*9명*9월",
    ]
    return [Line(f"{chance.choice(labels)} {n}차", chance.choice(shapes)) for n in range(count)]


def drawn(lines: Iterable[Line], chance: random.Random) -> list[Line]:
    """The same shapes with other digits, in another order, all distinct."""

    def digit(_: re.Match[str]) -> str:
        return chance.choice("123456789")

    fresh = list({Line(line.label, re.sub("[1-9]", digit, line.expression)) for line in lines})
    chance.shuffle(fresh)
    return fresh


def ceil_thousand(value: float | Fraction) -> int:
    return math.ceil(value / 1_000)


def cleaned(expression: str) -> str:
    return UNITS.sub("", expression.translate(SIGNS)).replace("%", "/100")


def workers() -> dict[str, tuple[Callable[[list[Line]], list[int | None]], bool]]:
    """What is measured: the work on a list of lines, and whether it gives amounts to compare."""
    parser = lark.Lark(GRAMMAR, parser="lalr", start="sum", transformer=Calculate())
    simple = simpleeval.SimpleEval()

    def ours(lines: list[Line]) -> list[int | None]:
        return [found.amount for found in derive_many([line.expression for line in lines])]

    def ours_with_labels(lines: list[Line]) -> list[int | None]:
        return [found.amount for found in derive_many([line.text for line in lines])]

    def ours_complete(lines: list[Line]) -> list[int | None]:
        return [read_line(line.text, Rounding.CEIL).amount for line in lines]

    def ours_json(lines: list[Line]) -> list[int | None]:
        return [len(json_line(found)) for found in derive_many([line.text for line in lines])]

    def by_eval(lines: list[Line]) -> list[int | None]:
        return [ceil_thousand(eval(cleaned(line.expression))) for line in lines]

    def by_simpleeval(lines: list[Line]) -> list[int | None]:
        return [ceil_thousand(simple.eval(cleaned(line.expression))) for line in lines]

    def by_lark(lines: list[Line]) -> list[int | None]:
        return [ceil_thousand(parser.parse(GAPS.sub("", line.expression))) for line in lines]

    return {
        "xlbudget derive_many, expressions": (ours, True),
        "xlbudget derive_many, labels and all": (ours_with_labels, True),
        "xlbudget, labels and all, without the short cut": (ours_complete, True),
        "xlbudget derive_many + json_line, labels and all": (ours_json, False),
        "eval (floats)": (by_eval, True),
        f"simpleeval {version('simpleeval')} (floats)": (by_simpleeval, True),
        f"lark {version('lark')} LALR (fractions)": (by_lark, True),
    }


def measure(lines: list[Line], passes: int) -> list[Row]:
    best: dict[str, float] = {}
    wrong: dict[str, int] = {}
    works = workers()
    for number in range(passes):
        fresh = drawn(lines, random.Random(number))
        exact = [read_line(line.expression, Rounding.CEIL).amount for line in fresh]
        for name, (work, comparable) in works.items():
            begun = time.process_time()
            found = work(fresh)
            rate = len(fresh) / (time.process_time() - begun)
            best[name] = max(best.get(name, 0.0), rate)
            if comparable:
                wrong[name] = wrong.get(name, 0) + sum(a != b for a, b in zip(found, exact, strict=True))
    return [Row(name, best[name], wrong.get(name)) for name in works]


def table_lines() -> Iterator[Table]:
    """Yield what 1,000 lines take, for the common table."""
    corpus = ROOT.parent / "shared" / "corpus"
    corpus = Path(os.environ.get("XLBUDGET_CORPUS", corpus))
    texts = real_lines(corpus) if (corpus / "hongseong_2026.csv").exists() else made_lines()
    kept = {name: work for name, work in workers().items() if "short cut" not in name and "json" not in name}
    fresh = drawn(texts, random.Random(0))
    for name, (work, _) in kept.items():
        begun = time.process_time()
        work(fresh)
        yield Table("1,000 derivation lines", name, (time.process_time() - begun) * 1e6 / len(fresh))


def piped(lines: list[Line]) -> float:
    """Lines a second through the command line, start-up included, by the clock."""
    chance = random.Random(1_000)
    texts: list[str] = []
    while len(texts) < PIPED:
        texts += (line.text.replace("\n", " ") for line in drawn(lines, chance))
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "lines.txt", Path(folder) / "lines.jsonl"
        source.write_text("\n".join(texts[:PIPED]), encoding="utf-8")
        begun = time.perf_counter()
        with source.open("rb") as given, target.open("wb") as taken:
            command = [sys.executable, "-m", "xlbudget", "derive", "--json"]
            subprocess.run(command, stdin=given, stdout=taken, cwd=ROOT, check=False)
        seconds = time.perf_counter() - begun
        assert target.read_bytes().count(b"\n") == PIPED
    return PIPED / seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--passes", type=int, default=5)
    options = parser.parse_args()
    real = (options.corpus / "hongseong_2026.csv").exists()
    lines = real_lines(options.corpus) if real else made_lines()
    rows = measure(lines, options.passes)
    rows.append(
        Row(f"xlbudget derive --json, {PIPED:,} lines piped (clock, with start-up)", piped(lines), None)
    )
    print(
        f"{len(lines):,} distinct {'real' if real else 'made-up'} lines a pass, Python {sys.version.split()[0]}\n"
    )
    print("| work | lines a second | beside expressions | wrong amounts |\n|---|---:|---:|---:|")
    for row in rows:
        share = f"{row.rate / rows[0].rate:.2f}"
        print(f"| {row.work} | {row.rate:,.0f} | {share} | {'' if row.wrong is None else row.wrong} |")


if __name__ == "__main__":
    main()
