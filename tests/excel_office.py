"""A headless LibreOffice for tests of VBA text: opens a workbook with macros and runs procedures of it.

Errors in Basic are silent there, so tests look at effects, never at the absence of an error.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_SYSTEM_PACKAGES = "/usr/lib/python3/dist-packages"
_MACROS_RUN = 4
CASES = Path(__file__).parent / "cases" / "excel"


def uno_modules() -> tuple[Any, Any]:
    """Return LibreOffice's modules ``uno`` and ``unohelper``; skip where they are missing."""
    if _SYSTEM_PACKAGES not in sys.path:
        sys.path.append(_SYSTEM_PACKAGES)
    try:
        import uno
        import unohelper
    except ImportError as error:
        reason = f"LibreOffice의 파이썬 연결(python3-uno)이 없어 건너뜁니다: {error}"
        if os.environ.get("XLBUDGET_REQUIRE_OFFICE"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return uno, unohelper


def property_value(name: str, value: object) -> Any:
    """Return a UNO property."""
    from com.sun.star.beans import PropertyValue

    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


class Document:
    """An open workbook and its macros."""

    def __init__(self, document: Any) -> None:
        self.uno = document
        self.library = document.BasicLibraries.getByName("VBAProject")
        self._provider = document.getScriptProvider()

    def add(self, name: str, source: str) -> None:
        """Add a Basic module."""
        self.library.insertByName(name, source)

    def run(self, procedure: str, *arguments: object) -> Any:
        """Run ``Module.Procedure`` and return what a function returns."""
        script = self._provider.getScript(
            f"vnd.sun.star.script:VBAProject.{procedure}?language=Basic&location=document"
        )
        return script.invoke(arguments, (), ())[0]

    def cell(self, sheet: str, address: str) -> Any:
        """Return a cell."""
        return self.uno.Sheets.getByName(sheet).getCellRangeByName(address)


class Office:
    """A running LibreOffice with a profile of its own."""

    def __init__(self) -> None:
        uno, self._unohelper = uno_modules()
        self._folder = tempfile.mkdtemp(prefix="xlbudget-office-")
        self.temp = Path(self._folder)
        pipe = f"xlbudget{os.getpid()}"
        self._process = subprocess.Popen(
            [
                "soffice", "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
                f"-env:UserInstallation=file://{self._folder}/profile",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "TEMP": self._folder},
        )  # fmt: skip
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        context = self._connect(resolver, f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        self._desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )

    def _connect(self, resolver: Any, url: str) -> Any:
        from com.sun.star.connection import NoConnectException

        for _ in range(300):
            try:
                return resolver.resolve(url)
            except NoConnectException:
                time.sleep(0.2)
        self.close()
        raise TimeoutError("soffice did not start")

    def close(self) -> None:
        """Stop the program that this object started."""
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def document(self, path: Path) -> Iterator[Document]:
        """Open a workbook file with its macros allowed. The program is told what it is: it knows no add-ins."""
        options = (
            property_value("Hidden", True),
            property_value("MacroExecutionMode", _MACROS_RUN),
            property_value("FilterName", "Calc MS Excel 2007 VBA XML"),
        )
        opened = self._desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, options)
        assert opened is not None, path
        try:
            yield Document(opened)
        finally:
            opened.close(True)

    def job(self, answer: Callable[[dict[str, Any]], Any]) -> Any:
        """Return an object that Basic can call: its named arguments go to ``answer``."""
        from com.sun.star.task import XJob

        class Job(self._unohelper.Base, XJob):  # type: ignore[misc]
            def execute(self, arguments: Any) -> Any:
                return answer({argument.Name: argument.Value for argument in arguments})

        return Job()
