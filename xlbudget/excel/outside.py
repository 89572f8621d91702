"""A command on the open workbook from outside Excel, for offices that forbid Excel to start programs.

The same commands, on the same objects of Excel; only what would be a box is a line of text. What was done is
forgotten when the program ends, so a copy of the workbook as it was is kept instead.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from xlbudget.book import Book
from xlbudget.book.live import LiveBook
from xlbudget.book.live.patience import once
from xlbudget.errors import XlbudgetError
from xlbudget.excel.desk import ExcelDesk
from xlbudget.excel.macros import CommandRefused, live_book, perform
from xlbudget.excel.registry import COMMANDS, Command
from xlbudget.excel.trouble import explained, log_path
from xlbudget.excel.wrappers import ADDIN_FILE

_WINDOWS_ENGINE = "xlwings._xlwindows"
_MACROS = ".xlsm"
_NOT_HERE = frozenset({"Undo", "NewWorkbook", "Settings", "Diagnose", "Help"})


class NoOpenWorkbook(XlbudgetError):
    """There is no Excel on this machine, or no workbook is open in it."""


def _verb(command: Command) -> str:
    return command.target.partition(":")[2].replace("_", "-")


VERBS: Mapping[str, Command] = {_verb(c): c for c in COMMANDS if c.id not in _NOT_HERE}
"""What can be asked for, and the command of the ribbon that does it."""


class OutsideDesk(ExcelDesk):
    """The open workbook, with its user before a console."""

    def __init__(self, workbook: Any, adapt: Callable[[Any], Book], say: Callable[[str], None]) -> None:
        super().__init__(workbook, adapt)
        self._say = say

    def tell(self, text: str) -> None:
        """Print a text."""
        self._say(text)


def run(verb: str, say: Callable[[str], None]) -> bool:
    """Run a command on the workbook in front and say what it did; tell whether errors stand in the workbook.

    Raises ``NoOpenWorkbook``, ``CommandRefused``, and what the command raises.
    """
    command = VERBS.get(verb)
    if command is None:
        raise CommandRefused(f"{verb}: 그런 동사는 없습니다. 쓸 수 있는 것: {', '.join(VERBS)}")
    workbook = open_workbook()
    try:
        with once():
            desk = OutsideDesk(workbook, partial(live_book, home=_home(workbook)), say)
            return _performed(desk, command, say)
    except XlbudgetError:
        raise
    except Exception as error:
        raise CommandRefused(explained(error)) from error


def open_workbook() -> Any:
    """Return the workbook in front as an xlwings ``Book``; Excel is never started. Raises ``NoOpenWorkbook``."""
    try:
        import xlwings
    except ImportError as error:
        raise _only_windows() from error
    if _WINDOWS_ENGINE not in sys.modules:
        raise _only_windows()
    with once():
        app = xlwings.apps.active
        if app is None or app.api.ActiveWorkbook is None:
            raise NoOpenWorkbook(
                "Excel에 열린 통합 문서가 없습니다. 표준예산서를 Excel에서 연 뒤 다시 실행하세요."
            )
        return app.books.active


def _only_windows() -> NoOpenWorkbook:
    return NoOpenWorkbook(
        "이 명령은 Windows에서 Excel에 열어 둔 통합 문서에 씁니다. 파일이라면 xlbudget build 파일.xlsx 를 쓰세요."
    )


def _home(workbook: Any) -> str:
    """Return the file whose macro draws in one call; where it is not loaded, cells are written one by one."""
    return "" if str(workbook.name).lower().endswith(_MACROS) else ADDIN_FILE


def _performed(desk: OutsideDesk, command: Command, say: Callable[[str], None]) -> bool:
    from xlbudget.workflow import VERBS as JUDGING
    from xlbudget.workflow import judge

    errors = _verb(command) in JUDGING and judge(desk.book).has_errors  # as it came
    before = desk.book.backup() if isinstance(desk.book, LiveBook) else None
    text = perform(desk, command.id, "", "", "")
    if text:
        say(text)
    if before is not None and desk.undo.last() is not None:
        say(f"바꾸기 전의 사본: {_kept(before, desk.place)}")
    return errors


def _kept(before: bytes, place: str) -> Path:
    """Keep the copy of the last run on this workbook and return where."""
    folder = log_path().parent / "backup"
    folder.mkdir(parents=True, exist_ok=True)
    name = place.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    path = folder / f"{name}_바꾸기 전{_MACROS}"
    path.write_bytes(before)
    return path
