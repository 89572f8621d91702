"""Calls to Excel that wait a little while it is busy, and no longer."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from xlbudget.book import BookBusy

WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.2)
"""Seconds between attempts."""
_REJECTED = -2147418111  # RPC_E_CALL_REJECTED: a dialog is open
_LATER = -2147417846  # RPC_E_SERVERCALL_RETRYLATER
_EDITING = -2146777998  # VBA_E_IGNORE: a cell is being edited
_BUSY = frozenset({_REJECTED, _LATER, _EDITING})
_GIVEN_UP = "ExcelBusyError"  # xlwings' own
_ENGINE = "xlwings._xlwindows"
_VALUES = (str, int, float, bool, tuple, bytes, datetime, type(None))
Answer = TypeVar("Answer")


def excel_says(error: BaseException) -> str | None:
    """Return the text of an error that Excel answered with, ``None`` for any other error."""
    if not hasattr(error, "hresult"):
        return None
    details = getattr(error, "excepinfo", None)
    return str((details and details[2]) or getattr(error, "strerror", "") or error)


def is_busy(error: BaseException) -> bool:
    """Tell whether Excel would not listen, so that nothing has been done. pywin32 says of a member that it is
    not there (``AttributeError``) when Excel did not say which member it is.
    """
    if isinstance(error, AttributeError) or type(error).__name__ == _GIVEN_UP:
        return True
    details = getattr(error, "excepinfo", None)
    return bool({getattr(error, "hresult", None), details[5] if details else None} & _BUSY)


def patiently(call: Callable[[], Answer]) -> Answer:
    """Return what one call answers. Raises ``BookBusy``."""
    for wait in (*WAITS, None):
        try:
            return call()
        except Exception as error:
            if not is_busy(error):
                raise
            if wait is None:
                raise BookBusy(
                    "Excel이 다른 일을 하고 있어 답하지 않습니다. 셀 편집을 마치고 다시 누르세요(Enter 또는 Esc). 열린 창이 있으면 닫아 주세요."
                ) from error
            time.sleep(wait)
    raise AssertionError


class Patient:
    """An object of Excel's, each call of which is made patiently."""

    __slots__ = ("_it",)

    def __init__(self, it: Any) -> None:
        object.__setattr__(self, "_it", it)

    def __getattr__(self, name: str) -> Any:
        return _patient(patiently(lambda: getattr(self._it, name)))

    def __setattr__(self, name: str, value: Any) -> None:
        patiently(lambda: setattr(self._it, name, _plain(value)))

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call a method, or fetch an item of a collection."""
        plain = [_plain(a) for a in args]
        return _patient(patiently(lambda: self._it(*plain, **{k: _plain(v) for k, v in named.items()})))

    def __iter__(self) -> Iterator[Any]:
        for number in range(1, int(self.Count) + 1):
            yield self(number)


def _patient(answer: Any) -> Any:
    return answer if isinstance(answer, _VALUES) else Patient(answer)


def _plain(value: Any) -> Any:
    return value._it if isinstance(value, Patient) else value


@contextmanager
def once() -> Iterator[None]:
    """Let xlwings try each call once: left alone it repeats for ever while Excel is busy."""
    engine: Any = sys.modules.get(_ENGINE)
    if engine is None:
        yield
        return
    before = engine.N_COM_ATTEMPTS
    engine.N_COM_ATTEMPTS = 1
    try:
        yield
    finally:
        engine.N_COM_ATTEMPTS = before
