"""A screen that nobody sees, for tests that click as people do: Xvfb, xdotool, and ImageMagick for pictures."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SIZE = (1440, 920)
PROGRAMS = ("Xvfb", "xdotool", "import")


def required() -> None:
    """Skip where a program is missing; fail where everything is required."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        reason = f"화면이 없는 곳의 화면({', '.join(missing)})이 없어 건너뜁니다"
        if os.environ.get("XLBUDGET_REQUIRE_OFFICE"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


class Screen:
    """A running Xvfb; ``name`` is what DISPLAY is set to."""

    def __init__(self) -> None:
        reader, writer = os.pipe()
        self._process = subprocess.Popen(
            [
                "Xvfb",
                "-displayfd",
                str(writer),
                "-screen",
                "0",
                f"{SIZE[0]}x{SIZE[1]}x24",
                "-nolisten",
                "tcp",
            ],
            pass_fds=[writer],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(writer)
        with os.fdopen(reader) as answer:
            self.name = f":{answer.readline().strip()}"

    def click(self, x: int, y: int) -> None:
        """Click the left button at a point."""
        self._run("xdotool", "mousemove", "--sync", str(x), str(y), "click", "1")

    def shot(self, path: Path) -> None:
        """Take a picture of everything."""
        self._run("import", "-window", "root", str(path))

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, timeout=60, env={**os.environ, "DISPLAY": self.name})

    def close(self) -> None:
        """Stop the screen."""
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(20)


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something has happened."""
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.2)
