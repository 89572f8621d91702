"""The cell functions as xlwings calls them: each argument as rows of cells, answers as Excel takes them.

xlwings finds its functions by what its decorators leave on them; the names and texts come from the registry.
Elsewhere than on Windows the decorators do nothing, and these are plain functions.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from typing import Any

import xlwings

from xlbudget.excel.registry import CATEGORY, FUNCTIONS, Function

NOT_AVAILABLE = "#N/A"
_LONG = 2**31
_log = logging.getLogger(__name__)


def _excel(answer: Any) -> Any:
    """Return an answer as Excel holds it: a number as a double where it is no short whole one."""
    if isinstance(answer, list):
        return [[_excel(cell) for cell in row] for row in answer]
    if isinstance(answer, Decimal | Fraction) or (isinstance(answer, int) and abs(answer) >= _LONG):
        return float(answer)
    return str(answer) if isinstance(answer, str) else answer


def _exposed(function: Function) -> Callable[..., Any]:
    module, _, name = function.target.partition(":")
    target = getattr(import_module(module), name)

    def call(*arguments: Any) -> Any:
        try:
            return _excel(target(*arguments))
        except Exception:
            # A cell has room for an error value only; a formula that stops Excel would be worse.
            _log.exception("cell function %s", name)
            return NOT_AVAILABLE

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.tip
    call.__annotations__ = {}  # xlwings would convert by them
    call.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                argument.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if argument.optional else inspect.Parameter.empty,
            )
            for argument in function.arguments
        ]
    )
    exposed = xlwings.func(category=CATEGORY)(call)
    for argument in function.arguments:
        exposed = xlwings.arg(argument.name, doc=argument.tip, ndim=2, err_to_str=True)(exposed)
    return exposed


globals().update({function.name: _exposed(function) for function in FUNCTIONS})
