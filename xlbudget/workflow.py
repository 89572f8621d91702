"""What a user can ask for, composed from the parts: read, calculate, fill, check, describe, build.

The ribbon, the command line and Python scripts all come through here: each verb judges the workbook as it
came and returns an ``Outcome`` whose edits a ``Book`` then applies. Nothing in here writes by itself but
``build`` and ``create``, which save a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlbudget.book import Book, BookReadOnly, BookUnreadable
from xlbudget.book.file import FileBook
from xlbudget.book.file.opening import read_file
from xlbudget.checks import Earlier
from xlbudget.checks import judge as judge_figures
from xlbudget.edits import Edit, written_sheets
from xlbudget.errors import XlbudgetError
from xlbudget.exchange.project_json import load
from xlbudget.figures import Figures, Settings, compute
from xlbudget.findings import Finding, Summary
from xlbudget.grid import Grid
from xlbudget.korean import with_particle
from xlbudget.project import Project
from xlbudget.resources import STANDARD_WORKBOOK, resource
from xlbudget.workbook import layout
from xlbudget.workbook.description import description
from xlbudget.workbook.natives import FUNCTION_PREFIX, NOTHING, Natives, natives
from xlbudget.workbook.notes import notes
from xlbudget.workbook.objects import read_objects
from xlbudget.workbook.overview import calculation, overview, placement
from xlbudget.workbook.reading import read_project
from xlbudget.workbook.records import Record, accepted_exceptions, read_records
from xlbudget.workbook.results import results
from xlbudget.workbook.styles import STYLES
from xlbudget.workbook.writing import fill_inputs

FINISHED = "_완성"
"""What the name of a finished copy ends with."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A workbook as it was judged, and the edits that the verb asks for."""

    project: Project
    settings: Settings
    figures: Figures
    findings: tuple[Finding, ...]
    summary: Summary
    edits: tuple[Edit, ...] = ()
    natives: Natives = NOTHING
    out: Path | None = None
    records: tuple[Record, ...] = ()

    @property
    def has_errors(self) -> bool:
        """Whether a finding of severity error stands (exit code 1)."""
        return self.summary.errors > 0


def judge(book: Book, last: Outcome | None = None) -> Outcome:
    """Read, compute and check a workbook as it stands; no edits.

    ``last`` is last year's workbook of the same project, judged: figures printed in both are compared.
    Raises ``LayoutError`` where it is not the standard workbook and ``BookError`` where it cannot be read.
    """
    grids = {name: book.read(name) for name in layout.sheets_to_read(book.sheets())}
    project, settings = read_project(grids)
    figures = compute(project, settings)
    records = read_records(grids.get(layout.SETTINGS))
    findings, summary = judge_figures(
        project,
        figures,
        last=Earlier(last.project, last.figures) if last is not None else None,
        objects=read_objects(book.read(layout.OBJECTS)) if layout.OBJECTS in book.sheets() else None,
        accepted=accepted_exceptions(records),
        settings=settings,
    )
    return Outcome(project, settings, figures, findings, summary, records=records)


Step = Callable[[Book, Outcome], Sequence[Edit]]


def _replace_functions(book: Book) -> Natives:
    """Our cell functions are a convenience: after a calculation the workbook needs none of them."""
    if not book.may_call(FUNCTION_PREFIX):
        return NOTHING
    sheets = (sheet for sheet in book.sheets() if sheet not in layout.WRITTEN_SHEETS)
    return natives({sheet: book.read(sheet) for sheet in sheets})


def _calculate(book: Book, judged: Outcome) -> Sequence[Edit]:
    return calculation(judged.project, judged.figures)


def _fill(book: Book, judged: Outcome) -> Sequence[Edit]:
    return overview(judged.project, judged.figures, _overview_grid(book, judged), judged.settings)


def _describe(book: Book, judged: Outcome) -> Sequence[Edit]:
    # Items that get their row in 예산총괄 by this very run are pointed at there.
    project = placement(judged.project, _overview_grid(book, judged)).project
    return [description(project, judged.figures, widths=_widths(book, layout.DESCRIPTION))]


def _check(book: Book, judged: Outcome) -> Sequence[Edit]:
    grids = {name: book.read(name) for name in layout.sheets_to_read(book.sheets())}
    return [
        *notes(judged.findings, grids),
        *results(
            judged.project,
            judged.findings,
            judged.summary,
            widths=_widths(book, layout.RESULTS),
            records=judged.records,
        ),
    ]


def _overview_grid(book: Book, judged: Outcome) -> Grid | None:
    place = judged.project.evidence.place("total/current/total")
    return book.read(place.sheet) if place is not None else None


def _widths(book: Book, sheet: str) -> Mapping[int, float] | None:
    return book.read(sheet).widths if sheet in book.sheets() else None


VERBS: Mapping[str, tuple[Step, ...]] = {
    "calculate": (_calculate,),
    "fill": (_calculate, _fill),
    "check": (_check,),
    "describe": (_calculate, _fill, _describe),
    "build": (_calculate, _fill, _describe, _check),
}
"""Each verb writes what it depends on too: a description points at computed cells."""


def plan(book: Book, verb: str, last: Outcome | None = None) -> Outcome:
    """Return what a verb would do to a workbook, without doing it; ``last`` as for `judge`."""
    return finish(book, verb, judge(book, last))


def finish(book: Book, verb: str, judged: Outcome) -> Outcome:
    """Return what a verb would do to a workbook that has been judged."""
    found = _replace_functions(book) if _calculate in VERBS[verb] else NOTHING
    edits = (edit for step in VERBS[verb] for edit in step(book, judged))
    return replace(judged, edits=(*found.edits, *edits), natives=found)


def transform(
    data: bytes, name: str, verb: str | None, target: Path | None = None
) -> tuple[Outcome, bytes | None]:
    """Judge the contents of a file and, with a verb, return the workbook that it makes of them.

    ``name`` says by its ending what the file is (.xlsx, .xlsm, .json), ``target`` what the result is to be called.
    No file is read or written. Raises ``BookReadOnly`` where the result cannot have that name.
    """
    book = book_of(data, name)
    if verb is None:
        return judge(book), None
    if target is not None:
        check_name(book, target)
    outcome = plan(book, verb)
    book.apply(outcome.edits)
    return outcome, book.to_bytes()


def is_untouched_result(path: Path) -> bool:
    """Whether a file is a finished workbook as a run left it: building it once more does not change a byte.

    Any other program that saves it writes its parts in its own way.
    """
    try:
        data = path.read_bytes()
        return transform(data, path.name, "build")[1] == data
    except (XlbudgetError, OSError):
        return False


def preview(data: bytes, name: str, verb: str) -> tuple[Outcome, tuple[str, ...]]:
    """Return what a verb would do to the contents of a file, also as lines of text: where, old → new."""
    from xlbudget.exchange.report import edit_lines

    book = book_of(data, name)
    outcome = plan(book, verb)
    there = set(book.sheets())
    grids = {sheet: book.read(sheet) for sheet in written_sheets(outcome.edits) if sheet in there}
    return outcome, tuple(edit_lines(grids, outcome.edits))


def book_of(data: bytes, name: str) -> FileBook:
    """Return the contents of a file as a workbook; a project's JSON is laid out on an empty standard one."""
    if not name.lower().endswith(".json"):
        return FileBook.from_bytes(data, styles=STYLES, name=name)
    try:
        return book_from_json(data.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise BookUnreadable(
            f"{name}: {error.start + 1:,}번째 바이트가 UTF-8 글자가 아닙니다. UTF-8로 다시 저장하세요."
        ) from error


def open_book(path: str | Path) -> FileBook:
    """Open a workbook file, or lay a project's JSON out on an empty standard workbook."""
    path = Path(path)
    if path.suffix.lower() == ".json":
        return book_of(read_file(path), path.name)
    return FileBook.open(path, styles=STYLES)


def standard_book() -> FileBook:
    """Return an empty standard workbook."""
    return FileBook.open(resource(STANDARD_WORKBOOK), styles=STYLES)


def book_from_json(text: str, name: str = "JSON") -> FileBook:
    """Return a standard workbook filled with a project's JSON. Raises ``DocumentUnreadable``."""
    book = standard_book()
    book.apply(fill_inputs(load(text, name), {sheet: book.read(sheet) for sheet in layout.INPUT_SHEETS}))
    return book


def read(path: str | Path) -> Project:
    """Return the project that a workbook (.xlsx, .xlsm) or a JSON file holds."""
    return judge(open_book(path)).project


def check(project: Project, settings: Settings | None = None) -> list[Finding]:
    """Return what is wrong with a project's figures, gravest first."""
    return list(judge_figures(project, compute(project, settings), settings=settings)[0])


def build(path: str | Path, out: str | Path | None = None, *, in_place: bool = False) -> Outcome:
    """Calculate, fill, check and describe a workbook, and save the finished copy.

    ``out`` is the file to write; by default ``이름_완성.xlsx`` beside the input, where an earlier one that
    differs is kept as a backup. ``in_place`` writes the input file itself and keeps a backup of it.
    """
    source = Path(path)
    book = open_book(source)
    outcome = plan(book, "build")
    book.apply(outcome.edits)
    target = source if in_place else Path(out) if out is not None else default_target(source)
    save(book, target, backup=in_place or (out is None and not is_untouched_result(target)))
    return replace(outcome, out=target)


def printed(path: str | Path) -> bytes:
    """Return the 사업설명서 that a workbook (.xlsx, .xlsm) or a JSON file makes, as the bytes of a PDF file.

    Raises ``PdfUnavailable`` where neither Excel nor LibreOffice is there to make it.
    """
    from xlbudget.exchange.pdf import sheet_pdf

    book = open_book(path)
    book.apply(plan(book, "describe").edits)
    return sheet_pdf(book, layout.DESCRIPTION)


def save(book: FileBook, target: Path, *, backup: bool = False) -> None:
    """Save to a file; the folder must be there, and the name must say what the file is."""
    check_name(book, target)
    book.save(target, backup=backup)


def check_name(book: FileBook, target: Path) -> None:
    """Refuse a name that does not say what the file is. Raises ``BookReadOnly``."""
    ending = ".xlsm" if book.has_macros else ".xlsx"
    if target.suffix.lower() != ending:
        kind = "매크로가 든" if book.has_macros else "매크로가 없는"
        raise BookReadOnly(
            f"{target}: {kind} 통합 문서라서 파일 이름이 {with_particle(ending, '로')} 끝나야 합니다. 이름을 고치세요."
        )


def default_target(source: Path) -> Path:
    """Return the name of the finished workbook: ``a.xlsx`` → ``a_완성.xlsx``, ``a.json`` → ``a.xlsx``."""
    if source.suffix.lower() == ".json":
        return source.with_suffix(".xlsx")
    return source.with_name(f"{source.stem}{FINISHED}{source.suffix}")
