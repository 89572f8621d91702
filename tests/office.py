"""LibreOffice as a judge that knows nothing of this project: conversion, and recalculation from scratch.

Tests that use it carry the mark ``office``.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_SECONDS = 240


def soffice_path() -> str | None:
    """The program, None where LibreOffice is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@cache
def profile() -> Path:
    """The user profile of this test process; it recalculates every formula of a file on load."""
    folder = Path(tempfile.mkdtemp(prefix="xlbudget-office-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = folder / "user" / "registrymodifications.xcu"
    settings.parent.mkdir()
    settings.write_text(_SETTINGS, encoding="utf-8")
    return folder


def convert(path: Path, to: str, outdir: Path) -> Path:
    """Convert a file, for instance to "xlsx", "pdf" or "csv"; return the new file. It must not lie in outdir already."""
    return convert_all([path], to, outdir)[0]


def convert_all(paths: Sequence[Path], to: str, outdir: Path) -> list[Path]:
    """Convert files of different names in one go; return the new files."""
    program = soffice_path()
    assert program is not None, "LibreOffice is missing"
    made = [outdir / f"{path.stem}.{to.partition(':')[0]}" for path in paths]
    assert not any(path.exists() for path in made), f"{made} in the way"
    run = subprocess.run(
        [
            program,
            f"-env:UserInstallation={profile().as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            to,
            "--outdir",
            str(outdir),
            *map(str, paths),
        ],
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    for path in made:
        assert path.exists(), f"{path.name} was not made: {run.stdout}{run.stderr}"
    return made


def recalculate(path: Path) -> dict[str, dict[str, Any]]:
    """Every cell with a value, as LibreOffice calculates it: sheet → address → value. The file stays as it is."""
    return recalculate_all([path])[0]


def recalculate_all(paths: Sequence[Path]) -> list[dict[str, dict[str, Any]]]:
    """The same for files of different names."""
    with tempfile.TemporaryDirectory(prefix="xlbudget-recalculated-") as folder:
        return [values(made) for made in convert_all(paths, "xlsx", Path(folder))]


def values(path: Path) -> dict[str, dict[str, Any]]:
    """Every cell with a value, as it is stored in a file: sheet → address → value."""
    book = openpyxl.load_workbook(path, data_only=True)
    try:
        return {
            sheet.title: {
                cell.coordinate: cell.value
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None
            }
            for sheet in book.worksheets
        }
    finally:
        book.close()
