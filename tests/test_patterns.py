"""Patterns mean the same on every Python that is supported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import xlbudget

SOURCES = sorted(Path(xlbudget.__file__).parent.rglob("*.py"))
POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{[0-9,]+\})\+")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_possessive_repeat_of_a_group(source: Path) -> None:
    """Before 3.11.5 such a repeat keeps what a last, failed turn has read; ``(?>(…)*)`` does not."""
    assert not POSSESSIVE_GROUP.search(source.read_text(encoding="utf-8"))


def test_what_a_failed_turn_read_is_given_back() -> None:
    match = re.match(r"(?>(?:ab?c)*)", "aca")
    assert match is not None
    assert match[0] == "ac"
