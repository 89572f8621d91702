"""What counts when names are compared, and the table of names that mean the same.

Two names are one when their keys are, or when somebody has said so in the table; likeness alone never counts.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from xlbudget.book.file.opening import read_file
from xlbudget.collect import CollectFault
from xlbudget.korean import name_key, quoted

COLUMNS = ("구분", "적힌 이름", "모을 이름")
KINDS: Mapping[str, str] = {"부서": "division", "사업": "project", "과목": "object"}
"""What a name may be the name of, by the word of the table."""


def text_key(text: str) -> str:
    """Return what counts of a name: its ``name_key``, however its characters are encoded (full or half width,
    upper or lower case, composed or not): the workbooks come from many machines.
    """
    while (plain := _plainer(text)) != text:  # what is left out may bring characters together
        text = plain
    return text


def _plainer(text: str) -> str:
    folded = unicodedata.normalize("NFKC", name_key(text)).casefold()
    return "".join(sign for sign in name_key(folded) if unicodedata.category(sign) != "Cf")


class Alias(NamedTuple):
    """A name as it was written (its key), and the name under which it counts."""

    kind: str
    key: str
    name: str


class Aliases:
    """The table of names that mean the same."""

    def __init__(self, aliases: Iterable[Alias] = ()) -> None:
        self._names = {(alias.kind, alias.key): alias.name for alias in aliases}

    def name(self, kind: str, text: str) -> str:
        """Return the name under which a name counts."""
        return self._names.get((kind, text_key(text)), text)

    def key(self, kind: str, text: str) -> str:
        """Return the key of the name under which a name counts."""
        return text_key(self.name(kind, text))


def read_aliases(path: Path) -> tuple[Alias, ...]:
    """Read a table of names (CSV in UTF-8 or CP949, with the headings `COLUMNS`). Raises ``CollectFault``."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(_text(path)))]
    if not rows or tuple(rows[0][:3]) != COLUMNS:
        raise CollectFault(f"{path.name}: 첫 줄에 '{','.join(COLUMNS)}' 이라고 적혀 있어야 합니다.")
    found: dict[tuple[str, str], Alias] = {}
    for number, row in enumerate(rows[1:], 2):
        if not any(row):
            continue
        alias = _alias(row, f"{path.name} {number}째 줄")
        if found.setdefault((alias.kind, alias.key), alias).name != alias.name:
            raise CollectFault(f"{path.name} {number}째 줄: {quoted(row[1])}의 모을 이름이 둘입니다.")
    for alias in found.values():
        if (alias.kind, text_key(alias.name)) in found and text_key(alias.name) != alias.key:
            raise CollectFault(
                f"{path.name}: 모을 이름 {quoted(alias.name)} 자신이 다른 이름으로 모입니다. 마지막 이름을 바로 적으세요."
            )
    return tuple(sorted(found.values()))


def _alias(row: list[str], where: str) -> Alias:
    kind = KINDS.get(row[0])
    if kind is None:
        raise CollectFault(f"{where}: 구분 {quoted(row[0])}: {', '.join(KINDS)} 가운데 하나를 적으세요.")
    if len(row) < len(COLUMNS) or not text_key(row[1]) or not text_key(row[2]):
        raise CollectFault(f"{where}: 적힌 이름과 모을 이름을 모두 적으세요.")
    return Alias(kind, text_key(row[1]), row[2])


def _text(path: Path) -> str:
    data = read_file(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp949")
    except UnicodeDecodeError as error:
        raise CollectFault(f"{path.name}: UTF-8이나 CP949 글자 파일이 아닙니다.") from error
