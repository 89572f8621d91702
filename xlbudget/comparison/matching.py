"""Which entry of one list is which of another: by equal keys, never by likeness."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from xlbudget.korean import name_key
from xlbudget.project import Project

Keys = Sequence[Hashable]
"""The keys of an entry, the strictest first; ``None`` matches nothing."""


class Pair(NamedTuple):
    """Indices of the same entry in both lists, ``None`` where a list lacks it."""

    before: int | None
    after: int | None


def align(before: Sequence[Keys], after: Sequence[Keys]) -> list[Pair]:
    """Match entries by their first key, those left over by the next; equal keys in the order of the lists.

    Pairs come in the order of ``after``; what it lacks follows in the order of ``before``.
    """
    partner: dict[int, int] = {}
    free = set(range(len(before)))
    for level in range(max((len(keys) for keys in after), default=0)):
        waiting: dict[Hashable, deque[int]] = {}
        for index in sorted(free):
            waiting.setdefault(before[index][level], deque()).append(index)
        for index, keys in enumerate(after):
            queue = waiting.get(keys[level]) if index not in partner and keys[level] is not None else None
            if queue:
                partner[index] = queue.popleft()
                free.discard(partner[index])
    return [
        *(Pair(partner.get(index), index) for index in range(len(after))),
        *(Pair(index, None) for index in sorted(free)),
    ]


ProjectKey = tuple[str, str]


def project_key(project: Project) -> ProjectKey:
    """Return what a project goes by in two folders: name and department, without white space and middle dots."""
    return name_key(project.name), name_key(project.organisation.division)


T = TypeVar("T")


class Entry(NamedTuple, Generic[T]):
    """A project of a folder: its key, its file's path below the folder, and what is known of it."""

    key: ProjectKey
    relative: str
    value: T


@dataclass(frozen=True, slots=True)
class Matched(Generic[T]):
    """Projects of two folders: pairs, those on one side alone, and those whose key several files share."""

    pairs: tuple[tuple[Entry[T], Entry[T]], ...]
    gone: tuple[Entry[T], ...]
    new: tuple[Entry[T], ...]
    several: tuple[tuple[tuple[Entry[T], ...], tuple[Entry[T], ...]], ...]

    @classmethod
    def of(cls, before: Iterable[Entry[T]], after: Iterable[Entry[T]]) -> Matched[T]:
        """Match projects by key; files that share a key by their path, then the one left on each side."""
        pairs: list[tuple[Entry[T], Entry[T]]] = []
        gone: list[Entry[T]] = []
        new: list[Entry[T]] = []
        several: list[tuple[tuple[Entry[T], ...], tuple[Entry[T], ...]]] = []
        for olds, news in _by_key(before, after):
            there = {entry.relative: entry for entry in olds}
            same = [(there.pop(entry.relative), entry) for entry in news if entry.relative in there]
            pairs += same
            taken = {entry.relative for _, entry in same}
            left, right = tuple(there.values()), tuple(e for e in news if e.relative not in taken)
            if len(left) == len(right) == 1:
                pairs.append((left[0], right[0]))
            elif left and right:
                several.append((left, right))
            else:
                gone += left
                new += right
        return cls(tuple(pairs), tuple(gone), tuple(new), tuple(several))


def _by_key(
    before: Iterable[Entry[T]], after: Iterable[Entry[T]]
) -> Iterator[tuple[list[Entry[T]], list[Entry[T]]]]:
    groups: dict[ProjectKey, tuple[list[Entry[T]], list[Entry[T]]]] = {}
    for side, entries in enumerate((before, after)):
        for entry in entries:
            groups.setdefault(entry.key, ([], []))[side].append(entry)
    yield from groups.values()
