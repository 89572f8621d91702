"""The VBA project as modules: ours as text, generated ones, and xlwings' own module from the installed wheel.

xlwings' module and its library for Excel carry the same version and must come from the same wheel, so the
module is never kept here; a few of its lines are replaced (``PATCHES``), each of them counted, so that another
version of xlwings that has changed there stops the build instead of slipping through.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import xlbudget
from xlbudget.errors import XlbudgetError
from xlbudget.excel.ovba import Kind, Module
from xlbudget.excel.wrappers import functions_module, macros_module, texts_module

CONFIGURATION = "xlbudget"
"""Names our settings: the sheet ``xlbudget.conf`` and the file ``.xlbudget/xlbudget.conf`` of the user."""
RUNTIME = "xlwings"
_WRITTEN = (
    ("RibbonBudget", Kind.MODULE),
    ("BudgetHost", Kind.MODULE),
    ("BudgetCells", Kind.MODULE),
    ("BudgetStrokes", Kind.MODULE),
)


class AddinFault(XlbudgetError):
    """The add-in cannot be built or installed with what is on this machine."""


class Host(Enum):
    """The file that the project is for; the value is xlwings' module for such a file."""

    WORKBOOK = "xlwings.bas"
    ADDIN = "xlwings_custom_addin.bas"


class Patch(NamedTuple):
    """A text of xlwings' module that is replaced, how often it stands there, and why."""

    old: str
    new: str
    times: int
    why: str


_COMMON = (
    Patch(
        'GetConfig("ADD_WORKBOOK_TO_PYTHONPATH", "true")',
        'GetConfig("ADD_WORKBOOK_TO_PYTHONPATH", "false")',
        2,
        "a Python file that lies beside a workbook is not to be imported",
    ),
    Patch(
        '" -B -c ""',
        '" -B -P -c ""',
        2,
        "nor one in the folder that Excel happens to stand in",
    ),
    Patch(
        "                uses_embedded_code = True\n",
        "                uses_embedded_code = False\n",
        1,
        "a sheet named .py is not to be run",
    ),
    Patch(
        'If source = "" Or source = "directory" Then',
        'If source = "directory" Then',
        1,
        "a settings file that lies beside a workbook does not choose the interpreter",
    ),
    Patch(
        'WScript.Popup Content, AUTO_DISMISS, "Error", OK_BUTTON_ERROR',
        "BudgetFailed Content",
        1,
        "people read a calm sentence; the details go to a file",
    ),
    Patch(
        'MsgBox "Could not find Interpreter!", vbCritical',
        'BudgetFailed "No interpreter: " & PYTHON_WIN',
        1,
        "people read a calm sentence; the details go to a file",
    ),
)
_NAME = "Public Const PROJECT_NAME As String = "
_SHEET = 'SheetExists(ActiveWorkbook, PROJECT_NAME & ".conf") = True Then\n'
_KEY = "                If GetConfigFromSheet(ActiveWorkbook).Exists(configKey) = True Then\n"
_VALUE = "                    GetConfig = GetConfigFromSheet(ActiveWorkbook).Item(configKey)\n"
PATCHES: Mapping[Host, tuple[Patch, ...]] = {
    Host.WORKBOOK: (
        *_COMMON,
        Patch(f'{_NAME}"xlwings"', f'{_NAME}"{CONFIGURATION}"', 1, "our settings are our own"),
        Patch(
            'If source = "" Or source = "sheet" Then',
            'If source = "sheet" Then',
            1,
            "a sheet of the workbook does not choose the interpreter",
        ),
    ),
    Host.ADDIN: (
        *_COMMON,
        Patch(f'{_NAME}"myaddin"', f'{_NAME}"{CONFIGURATION}"', 1, "our settings are our own"),
        Patch(
            _SHEET + _KEY + _VALUE,
            (_SHEET + _KEY + _VALUE).replace("ActiveWorkbook", "ThisWorkbook"),
            1,
            "settings come from the add-in's own sheet, not from the open workbook's",
        ),
    ),
}


def xlwings_folder() -> Path:
    """Return where xlwings is installed, without importing it. Raises ``AddinFault``."""
    spec = importlib.util.find_spec(RUNTIME)
    if spec is None or spec.origin is None:
        raise AddinFault(
            "xlwings가 설치되어 있지 않습니다. python -m pip install 'xlbudget[addin]' 으로 설치한 뒤 다시 하세요."
        )
    return Path(spec.origin).parent


def xlwings_version() -> str:
    """Return the version of the installed xlwings. Raises ``AddinFault``."""
    xlwings_folder()
    return importlib.metadata.version(RUNTIME)


def runtime_source(host: Host) -> str:
    """Return xlwings' VBA module for a kind of file, with our patches. Raises ``AddinFault``."""
    text = (xlwings_folder() / host.value).read_text(encoding="utf-8").replace("\r\n", "\n")
    version = re.search(r'XLWINGS_VERSION As String = "([^"]+)"', text)
    if version is None or version[1] != xlwings_version():
        raise AddinFault(
            "xlwings의 VBA 모듈과 설치된 판이 다릅니다. pip install --force-reinstall xlwings 로 다시 설치하세요."
        )
    for patch in PATCHES[host]:
        if text.count(patch.old) != patch.times:
            raise AddinFault(
                f"이 판의 xlwings({version[1]})로는 추가 기능을 만들 수 없습니다({patch.why}). 지원하는 판을 설치하세요."
            )
        text = text.replace(patch.old, patch.new)
    return text


def written(name: str) -> str:
    """Return the text of a hand-written module, e.g. ``BudgetHost.bas``."""
    return files("xlbudget.excel").joinpath("vba", name).read_text(encoding="ascii")


def project(host: Host, sheets: Sequence[str], runtime: str | None = None) -> list[Module]:
    """Return the modules of a project, in their order.

    ``sheets`` are the code names of the worksheets. ``runtime`` stands in for xlwings' module where there is
    no Excel. Raises ``AddinFault``.
    """
    addin = host is Host.ADDIN
    macros = macros_module(addin=addin, version=xlbudget.__version__, xlwings=xlwings_version())
    return [
        Module("ThisWorkbook", Kind.WORKBOOK, written("ThisWorkbook.cls")),
        *(Module(name, Kind.SHEET) for name in sheets),
        *(Module(name, kind, written(f"{name}.bas")) for name, kind in _WRITTEN),
        Module("BudgetMacros", Kind.MODULE, macros),
        Module("BudgetFunctions", Kind.MODULE, functions_module(addin=addin)),
        Module("BudgetTexts", Kind.MODULE, texts_module()),
        Module("BudgetEvents", Kind.CLASS, written("BudgetEvents.cls")),
        Module(RUNTIME, Kind.MODULE, runtime if runtime is not None else runtime_source(host)),
    ]
