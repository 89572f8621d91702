"""A headless LibreOffice of its own: started on a private profile, stopped by the one who started it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.excel_office import property_value, uno_modules

WITH_MACROS, WITHOUT_MACROS = 4, 0
_FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}


class Office:
    """A running program and the documents that are open in it."""

    def __init__(self, *, headless: bool = True) -> None:
        uno, self.unohelper = uno_modules()
        self.folder = Path(tempfile.mkdtemp(prefix="xlbudget-host-"))
        self.pipe = f"xlbudget-{uuid.uuid4().hex[:12]}"
        self._process = subprocess.Popen(
            [
                "soffice", *(["--headless"] if headless else []), "--norestore", "--nologo", "--nodefault",
                "--nolockcheck", "--nofirststartwizard",
                f"-env:UserInstallation={(self.folder / 'profile').as_uri()}",
                f"--accept=pipe,name={self.pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        self.context = self._connect(resolver, f"uno:pipe,name={self.pipe};urp;StarOffice.ComponentContext")
        self.types = self.context.getByName("/singletons/com.sun.star.reflection.theTypeDescriptionManager")
        self.desktop = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", self.context
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

    def new(self, *, hidden: bool) -> Any:
        """Open an empty spreadsheet."""
        return self._load("private:factory/scalc", hidden=hidden)

    def open(self, path: Path, *, hidden: bool = False, macros: bool = False) -> Any:
        """Open a workbook file."""
        return self._load(path.as_uri(), hidden=hidden, macros=macros)

    def _load(self, url: str, *, hidden: bool, macros: bool = False) -> Any:
        mode = WITH_MACROS if macros else WITHOUT_MACROS
        options = (property_value("Hidden", hidden), property_value("MacroExecutionMode", mode))
        opened = self.desktop.loadComponentFromURL(url, "_blank", 0, options)
        assert opened is not None, url
        return opened

    @staticmethod
    def store(document: Any, path: Path, *, copy: bool) -> None:
        """Write a document to a file in the format that the name says; ``copy`` leaves the document's own name."""
        options = (
            property_value("FilterName", _FILTERS[path.suffix.lower()]),
            property_value("Overwrite", True),
        )
        (document.storeToURL if copy else document.storeAsURL)(path.as_uri(), options)

    def documents(self) -> Iterator[Any]:
        """Yield every open document."""
        yield from self.desktop.Components

    def alive(self) -> bool:
        """Whether the program still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """Stop the program."""
        if self.alive():
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)
