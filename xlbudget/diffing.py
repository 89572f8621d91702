"""Comparing files: two workbooks, or the workbooks of two folders, project by project.

Files of two folders that are the same to the byte are the same project unchanged; they are not opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from xlbudget import workflow
from xlbudget.batch.find import find_inputs
from xlbudget.batch.pools import InLine, Pool
from xlbudget.book import Book
from xlbudget.book.file import FileBook
from xlbudget.comparison import Change, Matched, Side, compare, conditions, count, project_key
from xlbudget.comparison.matching import Entry
from xlbudget.errors import XlbudgetError
from xlbudget.figures import compute
from xlbudget.project import Project
from xlbudget.workbook import layout
from xlbudget.workbook.changes import change_sheet
from xlbudget.workbook.reading import read_project

_CHUNK = 16
"""Files read by a worker at a time."""


class File(NamedTuple):
    """A workbook or project JSON as it was read."""

    path: Path
    side: Side


@dataclass(frozen=True, slots=True)
class Difference:
    """A project in two states, or in one of them alone, and what differs."""

    name: str
    before: File | None
    after: File | None
    changes: tuple[Change, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether anything does; a project on one side alone does."""
        return self.before is None or self.after is None or count(self.changes) > 0

    @property
    def conditions(self) -> tuple[str, ...]:
        """What a reader has to know about how the differences were found."""
        if self.before is None or self.after is None:
            return ()
        return conditions(self.before.side.project, self.after.side.project, self.changes)

    def as_json(self) -> dict[str, Any]:
        """Return one object of ``diff --json``."""
        return {
            "project": self.name,
            "before": None if self.before is None else str(self.before.path),
            "after": None if self.after is None else str(self.after.path),
            "conditions": list(self.conditions),
            "changes": [change.as_json() for change in self.changes],
        }


@dataclass(slots=True)
class Folders:
    """What came of comparing two folders. ``several`` are files that share name and department."""

    same: int = 0
    differences: list[Difference] = field(default_factory=list)
    several: list[tuple[tuple[Path, ...], tuple[Path, ...]]] = field(default_factory=list)
    faults: list[tuple[Path, str]] = field(default_factory=list)

    def __str__(self) -> str:
        changed = sum(d.before is not None and d.after is not None for d in self.differences)
        new = sum(d.before is None for d in self.differences)
        gone = sum(d.after is None for d in self.differences)
        return (
            f"사업 {self.same + len(self.differences):,}개: 같음 {self.same:,}, 달라짐 {changed:,}, "
            f"새로 생김 {new:,}, 없어짐 {gone:,}, 이름이 겹쳐 견주지 못함 {len(self.several):,}, "
            f"읽지 못함 {len(self.faults):,}"
        )


def side_of(book: Book) -> Side:
    """Read a workbook and compute its figures, without judging them. Raises ``LayoutError``."""
    grids = {name: book.read(name) for name in layout.sheets_to_read(book.sheets())}
    project, settings = read_project(grids)
    return Side(project, compute(project, settings))


def compare_files(before: Path, after: Path) -> Difference:
    """Compare two files. Raises ``XlbudgetError`` where one cannot be read."""
    old, new = (File(path, side_of(workflow.open_book(path))) for path in (before, after))
    return _difference(old, new)


def _difference(old: File, new: File) -> Difference:
    return Difference(_title(new.side.project), old, new, compare(old.side, new.side))


def _title(project: Project) -> str:
    return " ".join(filter(None, (project.organisation.division, project.name)))


def marked_copy(difference: Difference) -> FileBook:
    """Return the later workbook with 변경내역 and marks at what differs; nothing else of it changes."""
    assert difference.before is not None
    assert difference.after is not None
    book = workflow.open_book(difference.after.path)
    grids = {name: book.read(name) for name in layout.sheets_to_read(book.sheets())}
    results = book.read(layout.RESULTS) if layout.RESULTS in book.sheets() else None
    said = (f"{difference.before.path.name}에서 달라진 곳입니다.", *difference.conditions)
    book.apply(change_sheet(difference.changes, said, grids, results))
    return book


def compare_folders(before: Path, after: Path, pool: Pool | None = None) -> Folders:
    """Compare the workbooks of two folders, matched by name and department."""
    found = Folders()
    olds, news = _listed(before, found), _listed(after, found)
    for relative in [r for r, path in news.items() if r in olds and _same_bytes(olds[r], path)]:
        del olds[relative], news[relative]
        found.same += 1
    executor = (pool.start if pool is not None else InLine)()
    with executor:
        sides = [list(_entries(paths, executor, found)) for paths in (olds, news)]
    matched = Matched.of(*sides)
    for old, new in matched.pairs:
        difference = _difference(old.value, new.value)
        if difference.differs:
            found.differences.append(difference)
        else:
            found.same += 1
    found.differences += [Difference(_title(e.value.side.project), None, e.value) for e in matched.new]
    found.differences += [Difference(_title(e.value.side.project), e.value, None) for e in matched.gone]
    found.several += [(_paths(one), _paths(other)) for one, other in matched.several]
    return found


def _listed(folder: Path, found: Folders) -> dict[str, Path]:
    listed: dict[str, Path] = {}
    for file in find_inputs([str(folder)]):
        if file.fault:
            found.faults.append((file.path, file.fault))
        else:
            listed[file.relative.as_posix()] = file.path
    return listed


def _same_bytes(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:
        return False  # reading it will say what is wrong


def _entries(paths: dict[str, Path], executor: Executor, found: Folders) -> Iterator[Entry[File]]:
    names = list(paths)
    chunks = [names[at : at + _CHUNK] for at in range(0, len(names), _CHUNK)]
    futures = [executor.submit(_read_all, [paths[name] for name in chunk]) for chunk in chunks]
    for chunk, future in zip(chunks, futures, strict=True):
        for name, read in zip(chunk, future.result(), strict=True):
            if isinstance(read, str):
                found.faults.append((paths[name], read))
            else:
                yield Entry(project_key(read.project), name, File(paths[name], read))


def _read_all(paths: Sequence[Path]) -> list[Side | str]:
    """Read files; a text says why one cannot be read."""
    read: list[Side | str] = []
    for path in paths:
        try:
            read.append(side_of(workflow.open_book(path)))
        except XlbudgetError as error:
            read.append(str(error))
    return read


def _paths(entries: Sequence[Entry[File]]) -> tuple[Path, ...]:
    return tuple(entry.value.path for entry in entries)
