"""Formulas that cells share: what must move when a cell of a group, or of an array, is overwritten."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from xlbudget.book import EditRefused
from xlbudget.book.file.sheettext import SheetText, area, attributes_of, column_number
from xlbudget.book.file.splice import escape
from xlbudget.book.file.strings import plain
from xlbudget.book.formulas import shifted
from xlbudget.grid import Area, Ref, a1

_ATTRIBUTES = rb"""((?>(?:\s+[^\s=<>"'/]++\s*=\s*(?:"[^"]*"|'[^']*'))*))\s*"""
FORMULA = re.compile(rb"<((?:[\w.-]+:)?)f" + _ATTRIBUTES + rb"(?:/>|>([^<]*)</(?:[\w.-]+:)?f\s*>)")
_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")


class Member(NamedTuple):
    """A cell of a group: its own text is ``None`` where it takes the master's."""

    ref: Ref
    group: bytes
    text: str | None


def _member(ref: Ref, raw: bytes) -> Member | None:
    found = FORMULA.search(raw)
    if found is None:
        return None
    given = attributes_of(found[2])
    if given.get(b"t") != b"shared":
        return None
    return Member(ref, given.get(b"si", b""), plain(found[3]) if found[3] else None)


def _formulas(text: SheetText, kind: bytes) -> list[tuple[Ref, re.Match[bytes]]]:
    """Return the formulas of a kind with their addresses."""
    return [
        (address_before(text, match.start()), match)
        for match in FORMULA.finditer(text.rows)
        if kind in match[2] and attributes_of(match[2]).get(b"t") == kind
    ]


def address_before(text: SheetText, at: int) -> Ref:
    """Return the address of the cell that holds a place in the rows."""
    address = _ADDRESS.search(text.rows, text.rows.rindex(f"<{text.prefix}c".encode(), 0, at))
    assert address
    return int(address[2]), column_number(address[1])


def rehomed(text: SheetText, new: Mapping[Ref, bytes | None], raw: Mapping[Ref, bytes]) -> dict[Ref, bytes]:
    """Return the cells that must change so that every group still has its formula.

    ``new`` are the cells about to be written; where one of them was a group's master, the first cell that is
    left takes the formula over. ``raw`` gives the stored bytes of the cells that are not in ``new``.
    """
    groups: dict[bytes, list[Member]] = {}
    masters: dict[bytes, Member] = {}
    hit = {m.group for ref, cell in new.items() if cell and (m := _member(ref, cell))}
    for ref, match in _formulas(text, b"shared"):
        member = Member(ref, attributes_of(match[2]).get(b"si", b""), plain(match[3]) if match[3] else None)
        if member.text is not None:
            masters[member.group] = member
        if ref in new:
            hit.add(member.group)
        else:
            groups.setdefault(member.group, []).append(member)
    changes: dict[Ref, bytes] = {}
    for group in hit:
        members = groups.get(group, []) + [
            m for r, c in new.items() if c and (m := _member(r, c)) and m.group == group
        ]
        members.sort(key=lambda member: member.ref)
        if not members or any(member.text is not None for member in members):
            continue
        heir, master = members[0], masters.get(group)
        stored = new.get(heir.ref) or raw[heir.ref]
        changes[heir.ref] = _with_formula(stored, heir, master, members)
    return changes


def _with_formula(stored: bytes, heir: Member, master: Member | None, members: Collection[Member]) -> bytes:
    if master is None or master.text is None:
        raise EditRefused(
            f"{a1(*heir.ref)}: 함께 쓰는 수식의 원본이 없어 고치지 않았습니다. Excel에서 다시 저장한 뒤 해 보세요."
        )
    rows, columns = [m.ref[0] for m in members], [m.ref[1] for m in members]
    area = Area(min(rows), min(columns), max(rows), max(columns))
    formula = shifted(master.text, heir.ref[0] - master.ref[0], heir.ref[1] - master.ref[1])
    found = FORMULA.search(stored)
    assert found
    p = found[1].decode()
    element = f'<{p}f t="shared" ref="{area}" si="{heir.group.decode()}">{escape(formula)}</{p}f>'.encode()
    return stored[: found.start()] + element + stored[found.end() :]


def arrays(text: SheetText) -> list[Area]:
    """Return the areas of more than one cell that hold an array formula or a data table."""
    areas: list[Area] = []
    for kind in (b"array", b"dataTable"):
        if kind in text.rows:
            areas += [
                area(attributes_of(m[2])[b"ref"].decode())
                for _, m in _formulas(text, kind)
                if b"ref" in attributes_of(m[2])
            ]
    return [whole for whole in areas if whole[:2] != whole[2:]]


def check_arrays(text: SheetText, refs: Collection[Ref], given: Collection[Ref], sheet: str) -> None:
    """Refuse to change cells of an array (``refs``) unless all of it is ``given``. Raises ``EditRefused``."""
    for whole in arrays(text):
        inside = [ref for ref in refs if whole.holds(ref)]
        size = (whole.bottom - whole.top + 1) * (whole.right - whole.left + 1)
        if inside and sum(whole.holds(ref) for ref in given) < size:
            raise EditRefused(
                f"{sheet}!{a1(*min(inside))}: 배열 수식 {whole}의 일부라 따로 고칠 수 없습니다. 배열 전체를 지우거나 옮긴 뒤 다시 해 주세요."
            )
