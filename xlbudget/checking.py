"""Checking files one after the other, each against last year's workbook of the same project where that is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from xlbudget.errors import XlbudgetError
from xlbudget.workflow import Outcome, judge, open_book


class Checked(NamedTuple):
    """A file with what was found in it, or with the reason why it could not be read."""

    path: Path
    outcome: Outcome | None
    error: XlbudgetError | None = None


def earlier(last: Path | None) -> Outcome | None:
    """Return last year's workbook, read; ``None`` where none is given. Raises ``XlbudgetError``."""
    return None if last is None else judge(open_book(last))


def check_files(paths: Iterable[Path], last: Path | None = None) -> Iterator[Checked]:
    """Yield files as they are checked. Raises ``XlbudgetError`` where last year's workbook cannot be read."""
    before = earlier(last)
    for path in paths:
        try:
            yield Checked(path, judge(open_book(path), before))
        except XlbudgetError as error:
            yield Checked(path, None, error)
