"""Ten of the workbooks of a whole county, built and calculated again by LibreOffice."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from tests import office
from xlbudget import workflow

EVERY, COUNT = 180, 10
"""Of the 1,954 projects of the book every so many, ten in all."""


@pytest.mark.office
def test_ten_built_workbooks_are_calculated_to_the_same_values(corpus: Path, tmp_path: Path) -> None:
    from tests.benchmarks import projects

    paths: list[Path] = []
    wanted = islice(projects.projects(EVERY * COUNT), 0, None, EVERY)
    for number, project in enumerate(wanted):
        paths.append(tmp_path / f"{number}.xlsx")
        built = workflow.transform(projects.workbook(project), paths[-1].name, "build")[1]
        paths[-1].write_bytes(built or b"")
    assert len(paths) == COUNT
    for path, calculated in zip(paths, office.recalculate_all(paths), strict=True):
        assert calculated == office.values(path)


@pytest.mark.office
def test_a_wrong_cached_value_is_caught(corpus: Path, tmp_path: Path) -> None:
    """The comparison above can fail: one planted value is found."""
    from tests.benchmarks import projects

    project = next(projects.projects(1))
    data = workflow.transform(projects.workbook(project), "a.xlsx", "build")[1] or b""
    path = tmp_path / "a.xlsx"
    path.write_bytes(planted(data))
    assert office.recalculate(path) != office.values(path)


def planted(data: bytes) -> bytes:
    """Return a workbook in which one formula has a wrong result beside it."""
    from tests import rich
    from xlbudget.book.file import FileBook

    book = FileBook.from_bytes(data)
    grid = book.read("산출근거")
    ref, cell = next((ref, cell) for ref, cell in grid.cells.items() if cell.formula and cell.value)
    part = next(sheet.part for sheet in book._entries() if sheet.name == "산출근거")
    mark = f"{cell.formula}</f><v>{cell.value}</v>".encode()
    content = rich.parts(data)[part]
    assert mark in content, ref
    wrong = content.replace(mark, mark.replace(b"<v>", b"<v>9"), 1)
    return rich.operated(data, {part: wrong})
