"""과목 from one fiscal year to the next: renamed, moved to another code, merged.

The table ``object_changes.csv`` says what happens to a 과목 in a year. What it leaves open, and what a workbook
writes otherwise than the table, is told and stays as it is: a code that is used again for something else must
not be mapped by its number alone.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from xlbudget.korean import name_key, with_particle
from xlbudget.project import Item
from xlbudget.resources import resource
from xlbudget.workbook.layout import join_object

TABLE = "object_changes.csv"
_OPEN = "확인"


class ObjectChange(NamedTuple):
    """What becomes of a 과목 in a fiscal year; ``way`` is 이동, 통합 or 확인 (not known)."""

    year: int
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    way: str
    remark: str


@cache
def object_changes() -> Mapping[int, tuple[ObjectChange, ...]]:
    """Return the changes that are known, by fiscal year."""
    known: dict[int, tuple[ObjectChange, ...]] = {}
    with resource(TABLE).open(encoding="utf-8", newline="") as file:
        for year, *texts in list(csv.reader(file))[1:]:
            known[int(year)] = (*known.get(int(year), ()), ObjectChange(int(year), *texts))
    return known


class Mapped(NamedTuple):
    """The 과목 of items in the new year, by index; and what was done or left, a sentence each."""

    objects: Mapping[int, tuple[str, str]]
    said: tuple[str, ...]


def map_objects(items: Sequence[Item], year: int) -> Mapped:
    """Return what the items of the year before are called in a fiscal year.

    An item is the table's 과목 where the names agree, and the codes where it has one. Two items that would
    become one are left to people: their lines have to be brought together.
    """
    changes = object_changes().get(year, ())
    if not changes:
        return Mapped({}, (f"과목: {year}년에 바뀐 과목의 자료가 없어 그대로 두었습니다.",))
    wanted: dict[int, ObjectChange] = {}
    said: list[str] = []
    for index, item in enumerate(items):
        found = _change(item, changes)
        if isinstance(found, str):
            said.append(found)
        elif found is not None:
            wanted[index] = found
    names = Counter(
        name_key(wanted[index].new_name if index in wanted else item.object_name)
        for index, item in enumerate(items)
    )
    objects: dict[int, tuple[str, str]] = {}
    for index, change in wanted.items():
        old = _named(items[index].object_code, items[index].object_name)
        code = change.new_code if items[index].object_code else ""
        new = _named(code, change.new_name)
        if names[name_key(change.new_name)] > 1:
            said.append(
                f"과목 {old}: {year}년에는 {new}에 들어갑니다. 같은 과목이 또 있으니 손으로 합치세요."
            )
        elif old != new:
            objects[index] = code, change.new_name
            said.append(f"과목 {old} → {new}" + (f" ({change.remark})" if change.remark else ""))
    return Mapped(objects, tuple(said))


def _change(item: Item, changes: Sequence[ObjectChange]) -> ObjectChange | str | None:
    """Return what becomes of an item, a sentence where that is not known, ``None`` for nothing."""
    name, code = name_key(item.object_name), item.object_code.strip()
    same_name = [change for change in changes if name_key(change.old_name) == name]
    fitting = [change for change in same_name if not code or change.old_code == code]
    shown = _named(code, item.object_name)
    if len(fitting) == 1 and fitting[0].way != _OPEN:
        return fitting[0]
    if fitting:
        return f"과목 {shown}: {fitting[0].year}년의 과목을 알 수 없어 그대로 두었습니다({fitting[0].remark}). 확인하세요."
    same_code = [change for change in changes if code and change.old_code == code]
    for change in (*same_name, *same_code):
        listed = _named(change.old_code, change.old_name)
        return f"과목 {shown}: 표의 {with_particle(listed, '과')} 코드나 이름이 달라 그대로 두었습니다. 확인하세요."
    return None


def _named(code: str, name: str) -> str:
    return join_object(code.strip(), name)
