"""What the adapter does to Excel: look, keep it quiet, draw."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from xlbudget.book import BookBusy, BookUnreadable, EditRefused
from xlbudget.book.live.batch import batched, joins
from xlbudget.book.live.drawing import Sheets, draw
from xlbudget.book.live.patience import Patient, excel_says, once
from xlbudget.book.live.strokes import Stroke

_MANUAL = -4135
_QUIET: dict[str, Any] = {
    "ScreenUpdating": False,
    "EnableEvents": False,
    "DisplayAlerts": False,
    "Calculation": _MANUAL,
}
_RESTORING = 3


class Hand:
    """One open workbook, and the Excel that it is open in.

    ``macro`` is a macro of ours that draws many strokes in one call (``BudgetStrokes.bas``); without it, or
    where it cannot be run, strokes are drawn one by one.
    """

    def __init__(self, book: Any, macro: str = "") -> None:
        self.workbook = Patient(book.api)
        self.macro = macro
        self._application: Any = None
        self._name = ""
        self._quiet: frozenset[str] = frozenset()

    @property
    def application(self) -> Any:
        """The Application."""
        if self._application is None:
            self._application = self.workbook.Application
        return self._application

    @contextmanager
    def quiet(self, *settings: str) -> Iterator[None]:
        """Keep Excel from showing, asking, calculating and running other people's handlers meanwhile; by
        default all four. Every setting gets its value back, whatever happens.
        """
        with once():
            quiet = self._quiet
            before: dict[str, Any] = {}
            try:
                for setting in settings or _QUIET:
                    if setting in quiet:
                        continue
                    before[setting] = getattr(self.application, setting)
                    if before[setting] != _QUIET[setting]:
                        setattr(self.application, setting, _QUIET[setting])
                self._quiet = quiet.union(before)
                yield
            finally:
                self._quiet = quiet
                self._restore({s: v for s, v in before.items() if v != _QUIET[s]})

    def _restore(self, settings: dict[str, Any]) -> None:
        failures: list[BaseException] = []
        for setting, value in reversed(settings.items()):
            for attempt in range(_RESTORING):
                try:
                    setattr(self.application, setting, value)
                    break
                except Exception as error:
                    if attempt == _RESTORING - 1:
                        failures.append(error)
        if failures:
            raise BookBusy(
                "Excel의 화면 갱신이나 자동 계산을 되돌리지 못했습니다. [수식] 탭의 계산 옵션을 확인해 주세요."
            ) from failures[0]

    def copy(self) -> bytes | None:
        """Return the workbook as a file that Excel saves aside, ``None`` where it cannot save one."""
        with tempfile.TemporaryDirectory(prefix="xlbudget-") as folder:
            path = Path(folder) / "copy.xlsm"
            try:
                with self.quiet("EnableEvents"):
                    self.workbook.SaveCopyAs(str(path))
                return path.read_bytes()
            except Exception as error:
                if isinstance(error, OSError) or excel_says(error) is not None:
                    return None
                raise

    def draw(self, strokes: Sequence[Stroke]) -> None:
        """Draw strokes in their order. Raises ``EditRefused`` at the first that Excel does not take, and
        ``BookBusy``; those before it are drawn then.
        """
        sheets = Sheets(self.workbook)
        with once():
            for together, some in groupby(strokes, joins):
                group = list(some)
                text = batched(group) if together and self.macro and len(group) > 1 else None
                if text is None or not self._together(text, group):
                    _one_by_one(sheets, group)

    def _together(self, text: str, strokes: Sequence[Stroke]) -> bool:
        """Let the macro draw; tell whether there was one. It says how far it came, and what stopped it."""
        self._name = self._name or self.workbook.Name
        try:
            done, said = self.application.Run(self.macro, self._name, text)
        except Exception as error:
            if excel_says(error) is None:
                raise
            self.macro = ""
            return False
        if said:
            raise _not_taken(strokes[int(done)], str(said))
        return True


def _one_by_one(sheets: Sheets, strokes: Sequence[Stroke]) -> None:
    for stroke in strokes:
        try:
            draw(sheets, stroke)
        except Exception as error:
            said = excel_says(error)
            if said is None:
                raise
            raise _not_taken(stroke, said) from error


def _not_taken(stroke: Stroke, said: str) -> EditRefused:
    where = f"{stroke.sheet}!{stroke.where}" if stroke.sheet else stroke.where
    return EditRefused(
        f"{where}: Excel이 받아들이지 않아 아무것도 바꾸지 않았습니다({said.strip()}). 시트의 상태를 확인한 뒤 다시 누르세요."
    )


def unreadable(said: str) -> BookUnreadable:
    """Return the error for a workbook that Excel does not let be read."""
    return BookUnreadable(
        f"열린 통합 문서를 Excel에서 읽지 못했습니다({said.strip()}). 통합 문서를 저장하고 닫았다가 다시 열어 주세요."
    )
