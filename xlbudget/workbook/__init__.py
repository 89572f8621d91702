"""The standard budget workbook: what its sheets are, how they are read, and the sheets written into it.

    LayoutError             a workbook is not the standard budget workbook, or cannot be used as one
    ├── NotStandard         none of its tables is there
    ├── SheetMissing        a sheet is not there, nor its table anywhere else
    ├── HeadingMissing      a sheet is there, but not the heading of its table
    ├── TableTwice          the same table stands in two places
    ├── SeveralProjects     more than one project in one workbook
    ├── VersionNewer        made by a newer version of this program
    └── NotWritable         a project says something that the cells of the workbook cannot hold

Where several things are wrong, the first decides the class and the message names them all, a line each.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlbudget.errors import XlbudgetError


class LayoutError(XlbudgetError):
    """A workbook is not the standard budget workbook, or cannot be used as one."""


class NotStandard(LayoutError):
    """None of the tables of the standard workbook is in the workbook."""


class SheetMissing(LayoutError):
    """A sheet is not in the workbook, nor is its table on any other sheet."""


class HeadingMissing(LayoutError):
    """A sheet is in the workbook, but the heading of its table, or a column of it, is not on it."""


class TableTwice(LayoutError):
    """The same table stands in two places, so that nobody can say which one counts."""


class SeveralProjects(LayoutError):
    """The workbook holds more than one project."""


class VersionNewer(LayoutError):
    """The workbook was made by a newer version of this program."""


class NotWritable(LayoutError):
    """A project says something that the cells of the standard workbook cannot hold without changing it."""


def refuse(problems: Sequence[LayoutError]) -> None:
    """Raise what stands in the way, all at once; do nothing where nothing does."""
    if not problems:
        return
    if len(problems) == 1:
        raise problems[0]
    lines = "\n".join(f"- {problem}" for problem in problems)
    raise type(problems[0])(f"통합문서를 쓸 수 없는 까닭이 {len(problems)}가지입니다.\n{lines}")
