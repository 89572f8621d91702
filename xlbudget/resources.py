"""The files that come with the package: the standard workbook and what it is built from.

In a wheel they lie inside the package, in a checkout beside it; both hold the same files.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

STANDARD_WORKBOOK = "표준예산서.xlsx"
DEMO_PROJECT = "demo.json"


@cache
def folder() -> Path:
    """Return the folder ``workbook_templates``."""
    package = Path(__file__).resolve().parent
    inside = package / "workbook_templates"
    return inside if inside.is_dir() else package.parent / "workbook_templates"


def resource(name: str) -> Path:
    """Return the path of one file of ``workbook_templates``."""
    return folder() / name
