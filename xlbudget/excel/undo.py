"""What the commands have done to a workbook, so that it can be undone: Excel forgets its own list meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from xlbudget.edits import Edit

MOST_STEPS = 20


class Step(NamedTuple):
    """One command: its name, the edits it applied, and those that undo them, in the order to apply them."""

    label: str
    applied: tuple[Edit, ...]
    inverse: tuple[Edit, ...]


class UndoStore(Protocol):
    """The steps of one workbook, the latest last. An adapter may keep them as long as the workbook lives."""

    def push(self, step: Step) -> None:
        """Remember a step."""
        ...

    def last(self) -> Step | None:
        """Return the latest step, ``None`` where there is none."""
        ...

    def drop(self) -> None:
        """Forget the latest step."""
        ...


class MemoryUndo:
    """Steps that live as long as Python does."""

    def __init__(self, steps: Sequence[Step] = ()) -> None:
        self._steps = list(steps)

    def push(self, step: Step) -> None:
        """Remember a step; the oldest one goes where there are too many."""
        self._steps = [*self._steps[1 - MOST_STEPS :], step]

    def last(self) -> Step | None:
        """Return the latest step."""
        return self._steps[-1] if self._steps else None

    def drop(self) -> None:
        """Forget the latest step."""
        del self._steps[-1:]
