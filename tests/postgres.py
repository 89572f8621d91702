"""A PostgreSQL of the tests' own: made in a temporary folder, reached through a socket there, ended afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SECONDS = 90


def program(name: str) -> str | None:
    """A program of PostgreSQL, None where it is not installed; Debian keeps most of them out of the path."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or next((str(place) for place in places), None)


def _user() -> str | None:
    """Whom to run as: PostgreSQL refuses the administrator."""
    return "nobody" if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def _call(folder: Path, *command: str) -> None:
    who: Any = _user()
    done = subprocess.run(
        command, cwd=folder, user=who, capture_output=True, text=True, timeout=_SECONDS, check=False,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )  # fmt: skip
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


@contextmanager
def server() -> Iterator[str]:
    """Start a server and give its URL; it listens on a socket in its folder only."""
    initdb, control = program("initdb"), program("pg_ctl")
    assert initdb is not None
    assert control is not None
    folder = Path(tempfile.mkdtemp(prefix="xlb-pg-", dir="/tmp"))  # a socket's path has to be short
    if (who := _user()) is not None:
        shutil.chown(folder, who)
    data = folder / "data"
    try:
        _call(folder, initdb, "-D", str(data), "-U", "budget", "--auth=trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        _call(folder, control, "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql://budget@/postgres?host={folder}"
        finally:
            _call(folder, control, "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
