"""Exact budget derivations, a lossless standard workbook and checked figures for Korean local government.

>>> derive("회의 참석수당 150,000원*20명*3회").amount
9000
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlbudget.derivation import derive
    from xlbudget.project import Project
    from xlbudget.workflow import build, check, read

__version__ = "0.1.0"
__all__ = ["Project", "__version__", "build", "check", "derive", "read"]

_HOMES = {
    "derive": "xlbudget.derivation",
    "Project": "xlbudget.project",
    "read": "xlbudget.workflow",
    "check": "xlbudget.workflow",
    "build": "xlbudget.workflow",
}


def __getattr__(name: str) -> Any:
    # Loaded on first use: a cell function or `xlbudget derive` must not pay for the model and the workbook.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
