"""From two values to a difference, or none; and the cells that they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from xlbudget.comparison.change import Change, Kind, Said, Side
from xlbudget.project import Place

Paths = tuple[str | None, str | None]
"""Where the same thing stands in both models, ``None`` where a model lacks it."""
_IN_ONE_CELL = {"label": "text", "expression": "text", "stated": "text", "level": "text"}


class Told(NamedTuple):
    """What a difference is about: the table, and the figure or text in words."""

    section: str
    what: str


class Sides(NamedTuple):
    """The earlier and the later state."""

    before: Side
    after: Side

    def tell(self, told: Told, said: tuple[Said, Said], paths: Paths) -> Iterator[Change]:
        """Yield the difference of a figure or a text, if there is one."""
        if _key(said[0]) != _key(said[1]):
            yield self.change(told, said, paths)

    def change(self, told: Told, said: tuple[Said, Said], paths: Paths, kind: Kind | None = None) -> Change:
        """Return a difference; by default of the kind that the paths say."""
        if kind is None:
            kind = Kind.NEW if paths[0] is None else Kind.GONE if paths[1] is None else Kind.CHANGED
        places = _place(self.before, paths[0]), _place(self.after, paths[1])
        return Change(kind, *told, *said, paths[1] or paths[0] or "", *places)

    def texts(
        self, told: Told, texts: tuple[Sequence[str], Sequence[str]], paths: tuple[str, str]
    ) -> Iterator[Change]:
        """Compare two lists of paragraphs: those that both have, in order, stay; the others are told."""
        old, new = ([_key(text) for text in side] for side in texts)
        if old == new:
            return
        for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            for step in range(max(i_end - i, j_end - j) if tag != "equal" else 0):
                at = i + step if i + step < i_end else None
                to = j + step if j + step < j_end else None
                number = at if to is None else to
                yield self.change(
                    Told(told.section, f"{told.what} {(number or 0) + 1}째 글"),
                    (None if at is None else texts[0][at], None if to is None else texts[1][to]),
                    (None if at is None else f"{paths[0]}/{at}", None if to is None else f"{paths[1]}/{to}"),
                )


def _key(said: Said) -> Said:
    """Return what counts of a text: white space does not, nor is a blank text anything."""
    return " ".join(said.split()) or None if isinstance(said, str) else said


def _place(side: Side, path: str | None) -> Place | None:
    if path is None:
        return None
    evidence = side.project.evidence
    head, _, leaf = path.rpartition("/")
    known = evidence.place(path) or evidence.place(f"{head}/{_IN_ONE_CELL.get(leaf, leaf)}")
    if known is None and leaf == "object_name":
        known = evidence.place(f"{head}/lines")
    return known


def paths_to(indices: tuple[int | None, int | None], table: str, leaf: str) -> Paths:
    """Return the paths of a field of the same entry in both models."""
    before, after = (None if index is None else f"{table}/{index}/{leaf}" for index in indices)
    return before, after
