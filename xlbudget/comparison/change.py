"""One difference, as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from xlbudget.figures import Figures
from xlbudget.project import Place, Project


class Side(NamedTuple):
    """A state of a project, computed."""

    project: Project
    figures: Figures


class Kind(StrEnum):
    """How two states differ at one place."""

    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"
    UNPRINTED = "unprinted"
    """Not printed in a supplementary round, which leaves out what it does not change: no difference."""

    @property
    def word(self) -> str:
        """The Korean word."""
        return _WORDS[self]


_WORDS = {Kind.CHANGED: "달라짐", Kind.NEW: "새로 적힘", Kind.GONE: "빠짐", Kind.UNPRINTED: "적히지 않음"}

Said = int | str | None
"""An amount in whole 천원, a text, or nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One figure or text that differs. ``None`` is what was not written, which is not zero.

    ``section`` is the table it belongs to, ``what`` says which figure in words, ``path`` is its path in the
    later model (in the earlier one where it is gone). The places are ``None`` where no cell holds it.
    """

    kind: Kind
    section: str
    what: str
    before: Said
    after: Said
    path: str
    before_place: Place | None = None
    after_place: Place | None = None

    @property
    def by(self) -> int | None:
        """How much the amount grew, 천원; an amount on one side alone counts whole. ``None`` for words."""
        if self.kind is Kind.UNPRINTED or isinstance(self.before, str) or isinstance(self.after, str):
            return None
        if self.before is None and self.after is None:
            return None
        return (self.after or 0) - (self.before or 0)

    def as_json(self) -> dict[str, Any]:
        """Return the difference as JSON data."""
        return {
            "kind": self.kind.value,
            "section": self.section,
            "what": self.what,
            "before": self.before,
            "after": self.after,
            "by": self.by,
            "path": self.path,
            "cells": {
                "before": None if self.before_place is None else str(self.before_place),
                "after": None if self.after_place is None else str(self.after_place),
            },
        }


def count(changes: Iterable[Change]) -> int:
    """Return how many differences there are; what a round does not print is none."""
    return sum(change.kind is not Kind.UNPRINTED for change in changes)
