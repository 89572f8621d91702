"""Prints the VBA that xlwings' own generator makes for our cell functions; run as a program of its own.

That generator runs on Windows only; here the few names that it imports from there are empty.
"""

from __future__ import annotations

import io
import sys
from types import ModuleType, SimpleNamespace


def main() -> None:
    """Print the wrappers for the workbook or (argument ``addin``) for the add-in."""
    windows = {name: ModuleType(name) for name in ("pythoncom", "pywintypes", "win32com", "win32com.client")}
    windows["pythoncom"].CoInitialize = lambda *_: None
    windows["pywintypes"].com_error = type("com_error", (Exception,), {})
    windows["win32com"].client = windows["win32com.client"]
    windows["win32com.client"].Dispatch = lambda value: value
    sys.modules.update(windows)
    import xlwings
    from xlwings import udfs

    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    import xlbudget.excel.udfs as ours

    name = "budget.xlam" if sys.argv[1:] == ["addin"] else "budget.xlsm"
    out = io.StringIO()
    udfs.generate_vba_wrapper("xlbudget.excel.udfs", ours, out, SimpleNamespace(Name=name))
    print(out.getvalue())


if __name__ == "__main__":
    main()
