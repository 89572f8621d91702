"""Documents that become workbooks: a 사업설명서 as text or HWPX, and the budget system's book of many 세부사업.

Nothing of a document is dropped: what cannot be placed is listed on 점검결과 with its line, and a book is
reconciled, rows and level totals, with what was made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from xlbudget import workflow
from xlbudget.batch.jobs import Done, Job
from xlbudget.batch.pools import processes
from xlbudget.batch.run import run
from xlbudget.book.file import FileBook
from xlbudget.book.file.opening import read_file
from xlbudget.checks import judge as judge_figures
from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.budget_book import Book, csv_rows, fiscal_year, grid_rows, read_book
from xlbudget.exchange.budget_book.columns import decode
from xlbudget.exchange.budget_book.projects import LEFT_OUT
from xlbudget.exchange.budget_book.reconciliation import UNEQUAL
from xlbudget.exchange.budget_book.tree import WORDS
from xlbudget.exchange.description_text import Imported, Unplaced, read_description
from xlbudget.exchange.hwpx import read_hwpx
from xlbudget.figures import compute
from xlbudget.findings import Finding, Severity, summarise
from xlbudget.workbook import layout
from xlbudget.workbook.writing import fill_inputs

DESCRIPTIONS = frozenset({".txt", ".md", ".hwpx", ".hwp"})
BOOKS = frozenset({".csv", ".tsv", ".xlsx", ".xlsm"})
_LONGEST_QUOTE = 80


def is_book(path: Path) -> bool:
    """Whether a document is a budget book (.csv, .xlsx) rather than one 사업설명서 (.txt, .md, .hwpx).

    Raises ``DocumentUnreadable`` for any other kind.
    """
    kind = path.suffix.lower()
    if kind not in DESCRIPTIONS | BOOKS:
        raise DocumentUnreadable(
            f"{path.name}: 읽을 수 있는 문서는 사업설명서(.txt .md .hwpx)와 예산서 내려받기(.csv .xlsx)입니다."
        )
    return kind in BOOKS


def take_description(path: Path, out: Path, *, year: int | None = None) -> workflow.Outcome:
    """Read a 사업설명서 and save the finished workbook of it; what was not placed is among the findings."""
    imported = _read_description(path, year)
    book = workflow.standard_book()
    book.apply(fill_inputs(imported.project, {sheet: book.read(sheet) for sheet in layout.INPUT_SHEETS}))
    judged = workflow.judge(book)
    known = {(finding.code, finding.path) for finding in judged.findings}
    original, _ = judge_figures(imported.project, compute(imported.project, judged.settings))
    findings = (
        *map(_unplaced, imported.unplaced),
        *(finding for finding in original if (finding.code, finding.path) not in known),
        *judged.findings,
    )
    judged = replace(judged, findings=findings, summary=summarise(findings, judged.summary.checked))
    outcome = workflow.finish(book, "build", judged)
    book.apply(outcome.edits)
    workflow.save(book, out)
    return replace(outcome, out=out)


def _read_description(path: Path, year: int | None) -> Imported:
    data = read_file(path)
    if path.suffix.lower() in {".hwpx", ".hwp"}:
        return read_hwpx(data, year=year, name=path.name)
    return read_description(decode(data, path.name), year=year)


def _unplaced(line: Unplaced) -> Finding:
    text = " ".join(line.text.split())
    shown = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
    message = f"원문 {line.line_number}째 줄을 옮기지 못했습니다: '{shown}'. {line.reason} 알맞은 칸에 직접 적으세요."
    return Finding("BUD-N03", Severity.ERROR, message, facts={"line": line.line_number, "text": line.text})


@dataclass(frozen=True, slots=True)
class TakenBook:
    """A budget book on its way into workbooks: one job an entry, done as ``results`` is walked over."""

    book: Book
    folder: Path
    processes: int = 1

    def __len__(self) -> int:
        return len(self.book.entries)

    def results(self) -> Iterator[Done]:
        """Make the workbooks, in the order of the book; yield what became of each."""
        self.folder.mkdir(parents=True, exist_ok=True)
        yield from run(self._jobs(), processes(self.processes))

    def _jobs(self) -> Iterator[Job]:
        for entry, project in self.book.projects():
            name = entry.file_name
            data = project.model_dump_json().encode()
            yield Job(name, Path(name).with_suffix(".json"), self.folder / name, "build", data=data)


def take_book(path: Path, folder: Path, *, year: int | None = None, processes: int = 1) -> TakenBook:
    """Read a budget book (.csv in UTF-8 or CP949, .xlsx); nothing is written yet."""
    asked = fiscal_year(year, path.name)
    data = read_file(path)
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        workbook = FileBook.from_bytes(data, name=path.name)
        rows = grid_rows(workbook.read(workbook.sheets()[0]))
    else:
        rows = csv_rows(data, path.name)
    return TakenBook(read_book(rows, year=asked, name=path.name), folder, processes)


class Line(NamedTuple):
    """A line of the record of a book, and whether it speaks of something wrong."""

    text: str
    wrong: bool = False


def record(book: Book) -> Iterator[Line]:
    """Yield how a book was taken apart: rows, derivations, level totals, and each exception."""
    kept = book.reconciliation
    yield Line(
        f"행: 읽음 {kept.rows:,} = 옮김 {kept.placed:,} + 옮기지 못함 {kept.unplaced:,}", kept.unplaced > 0
    )
    yield Line(
        f"산출식: {kept.derivations:,}줄 가운데 {kept.equal:,}줄이 책의 금액과 같음", bool(kept.mismatches)
    )
    for level in kept.levels:
        yield Line(
            f"{WORDS[level.level]}: 책 {level.printed:,} / 합계 {level.computed:,} / 차이 {level.difference:,}",
            level.difference != 0,
        )
    yield Line(kept.restored_line)
    yield Line(f"전년도에만 있어 '{LEFT_OUT}'으로 모은 곳: {len(kept.left_out):,}건")
    for row in book.unplaced:
        yield Line(f"옮기지 못함: {row}", wrong=True)
    for mismatch in kept.mismatches:
        yield Line(f"{mismatch.row}행 {mismatch.label} {mismatch.expression}: {mismatch.reason}", wrong=True)
    for difference in kept.differences:
        yield Line(f"차이: {difference}", wrong=difference.reason == UNEQUAL)
    for restored in kept.restored:
        yield Line(f"되살림: {restored}")
    for path, rows in kept.repeated:
        at = ", ".join(f"{row}행" for row in rows)
        yield Line(
            f"이름이 모두 같은 세부사업: {path} ({at}). 통합 문서를 따로 만들었으니 같은 사업인지 확인하세요."
        )
