"""What the cells of a 사업설명서 hold, each way: read from the document and printed so that it reads back.

Every pair of functions is a reader and its printer. Cells are as written (see ``markup``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from typing import NamedTuple

from xlbudget import dates
from xlbudget.exchange.description_text.markup import BREAK, EMPTY, escape, hide, unescape
from xlbudget.money import (
    PRINTED_UNIT,
    UNITS,
    NumberUnreadable,
    format_amount,
    format_subsidy,
    read_amount,
    read_number,
)
from xlbudget.project import Funding, Person
from xlbudget.workbook.markers import HEADING_MARKERS

OUTSIDE_BUDGET = "기타 (예산 외)"
SMALL_UNITS = frozenset({"원", "천원"})
POINT_FOR_COMMA = re.compile(r"\D*\d{1,3}(?:\.\d{3})+(?:천?원)?")
"""A figure whose thousands stand behind points; in 원 and 천원 nobody writes three decimals."""
NO_SUBSIDY = frozenset({"", "-", "–", "—", "−"})

_LAYER = re.compile(r"\(\s*[xX×]\s*([^()]*)\)")


def read_whole(text: str, unit: str) -> int | None:
    """Return an amount in whole 천원; a unit behind the figure counts before that of the table.

    Raises ``NumberUnreadable`` for what is no number, finer than 천원, or written ``12.500`` for ``12,500``.
    """
    if unit in SMALL_UNITS and POINT_FOR_COMMA.fullmatch(text):
        raise NumberUnreadable(text, text.index("."), "쉼표 자리에 소수점이 있습니다.")
    amount = read_amount(text, unit)
    if amount is None:
        return None
    thousands = amount * Fraction(UNITS[unit], UNITS[PRINTED_UNIT])
    if thousands.denominator != 1:
        raise NumberUnreadable(text, 0, "천원보다 작은 자릿수가 있습니다.")
    return int(thousands)


def read_pair(raw: str, unit: str) -> tuple[int | None, int | None]:
    """Return total and subsidy of a cell such as ``(x-) 13,500``. Raises ``NumberUnreadable``."""
    total, subsidy = split_pair(raw)
    return read_whole(total, unit), None if subsidy in NO_SUBSIDY else read_whole(subsidy, unit)


def split_pair(raw: str) -> tuple[str, str]:
    """Return what a cell says outside of ``(x…)`` and inside of it."""
    text = unescape(raw)
    layer = _LAYER.search(text)
    if layer is None:
        return text, ""
    return (text[: layer.start()] + " " + text[layer.end() :]).strip(), layer[1].strip()


def is_subsidy_only(raw: str) -> bool:
    """Whether a cell holds the ``(x…)`` line of an amount and nothing else."""
    return _LAYER.fullmatch(unescape(raw)) is not None


def print_pair(total: int | None, subsidy: int | None, between: str = " ") -> str:
    """Return an amount with its subsidy above or before it: ``(x-) 13,500``; a subsidy of 0 is ``(x0)``."""
    layer = "(x0)" if subsidy == 0 else format_subsidy(subsidy)
    return layer if total is None else f"{layer}{between}{format_amount(total)}"


def read_rate(raw: str) -> tuple[int | Decimal | str | None, int | Decimal | str | None]:
    """Return a rate and its subsidy layer; words such as 순증 stay words."""
    total, subsidy = split_pair(raw)
    return _rate(total), None if subsidy in NO_SUBSIDY else _rate(subsidy)


def _rate(text: str) -> int | Decimal | str | None:
    try:
        return read_number(text.removesuffix("%"))
    except NumberUnreadable:
        return text


_CHECKED = r"<input\b[^<>]*\bchecked\b[^<>]*>|[☑☒■▣✔✓]|\[[vVxX✓]\]"
_UNCHECKED = r"<input\b[^<>]*>|[☐□]|\[ ?\]"
_BOX = re.compile(rf"({_CHECKED})|({_UNCHECKED})")
CHECK = "☑ "


def read_choice(raw: str) -> str:
    """Return what is ticked in a cell such as ``☐ 신규 ☑ 연례반복``, or the text where there are no boxes."""
    pieces = _BOX.split(raw)
    if len(pieces) == 1:
        return unescape(raw)
    said = [unescape(pieces[0])]
    for at in range(1, len(pieces), 3):
        if pieces[at]:
            said.append(unescape(pieces[at + 2]))
    return ", ".join(text for text in said if text)


def print_choice(text: str) -> str:
    """Return a choice with its ticked box; what says when, in figures, stands without one."""
    if not text:
        return ""
    if not any(character.isdigit() for character in text) and read_choice(CHECK + escape(text)) == text:
        return CHECK + escape(text)
    plain = escape(text)
    return plain if read_choice(plain) == text else escape(text, "☑☒■▣✔✓☐□[<")


_PHONE = re.compile(r"(?s)(.*?)\s*\(?((?:0\d{1,2}[-)]\s?)?\d{3,4}-\d{4})\)?")


def read_person(raw: str) -> Person:
    """Return who stands in a cell such as ``홍길동 2133-0000``, the telephone also on a line of its own."""
    first, apart, rest = raw.partition(BREAK)
    if apart:
        return Person(name=unescape(first), phone=unescape(rest))
    text = unescape(raw)
    match = _PHONE.fullmatch(text)
    return Person(name=match[1], phone=match[2]) if match is not None else Person(name=text)


def print_person(person: Person, between: str = " ") -> str:
    """Return a person with telephone."""
    if not person.phone:
        plain = escape(person.name, "\n")
        return plain if read_person(plain) == person else f"{plain or EMPTY}{BREAK}{EMPTY}"
    if between == " ":
        plain = escape(f"{person.name} {person.phone}".strip(), "\n")
        if read_person(plain) == person:
            return plain
    return BREAK.join(escape(text, "\n") or EMPTY for text in (person.name, person.phone))


_ENTRY = re.compile(
    rf"(?:^|(?<=\s)|(?<={BREAK}))([{HEADING_MARKERS}])(?![{HEADING_MARKERS}])(?=(\s|$|{BREAK})?)"
)
_NEED_ROOM = frozenset("ㅇΟｏ")


def read_entries(raw: str) -> list[str]:
    """Split a cell of ○ entries: ``○ 가 ○ 나`` → 가, 나. Marks other than ○ stay with their text."""
    starts = [m for m in _ENTRY.finditer(raw) if m[2] is not None or m[1] not in _NEED_ROOM]
    entries = [unescape(part) for part in raw[: starts[0].start() if starts else None].split(BREAK)]
    entries = [text for text in entries if text]
    for match, after in zip_longest(starts, starts[1:]):
        body = raw[match.end() : after.start() if after else None].strip()
        if after:
            body = body.removesuffix(BREAK)
        said = unescape(body)
        entries.append(said if match[1] == "○" else f"{match[1]} {said}")
    return entries


def print_entries(entries: Sequence[str], between: str = " ") -> str:
    """Return the entries of a cell, each with its mark."""
    return between.join(_print_entry(text) for text in entries)


def _print_entry(text: str) -> str:
    plain = escape(text)
    candidates = (plain, f"○ {plain}") if text[:1] in HEADING_MARKERS else (f"○ {plain}",)
    for raw in candidates:
        if text and read_entries(f"○ a{BREAK}{raw} ○ b") == ["a", text, "b"] == read_entries(
            f"○ a {raw}{BREAK}○ b"
        ):
            return raw
    return f"○ {escape(text, HEADING_MARKERS + chr(10))}"


def read_period(raw: str) -> tuple[str, str]:
    """Return start and end of a step, dates as the model keeps them where they are dates."""
    whole = unescape(raw)
    both = dates.split_range(whole) if "&" not in raw else None
    if both is not None:
        return both
    start, _, end = raw.partition("~")
    return _date(start), _date(end)


def _date(raw: str) -> str:
    return unescape(raw) if "&" in raw else dates.canonical(unescape(raw))


def print_period(start: str, end: str) -> str:
    """Return when a step runs: ``2021.01~2021.12``."""
    plain = f"{escape(start)}~{escape(end)}" if end else escape(start)
    if read_period(plain) == (start, end):
        return plain
    hidden = [hide(text, "~") if text else "" for text in (start, end)]
    return "~".join(hidden) if end else hidden[0]


class Source(NamedTuple):
    """A source of funds as a cell names it; ``amount`` is the figure as written, blank for none."""

    name: str
    amount: str
    in_budget: bool


_SOURCE = re.compile(r"\(([^()]*)\)\s*([^()]*)")
_OUTSIDE = re.compile(r"(?:기타\s*)?\(?\s*예산\s*외\s*\)?\s*")
_BRACKETS = str.maketrans("（）", "()")


def read_sources(cells: Sequence[str]) -> Iterator[Source | str]:
    """Yield the sources in the cells of a row of 사업비; text that is none comes as it is.

    What follows ``기타 (예산 외)`` stays outside the budget.
    """
    in_budget = True
    for raw in cells:
        rest = raw.translate(_BRACKETS)
        outside = _OUTSIDE.match(rest)
        if outside is not None:
            in_budget = False
            rest = rest[outside.end() :]
        before, bracket, _ = rest.partition("(")
        if before.strip():
            yield before.strip()
        rest = rest[len(before) :] if bracket else ""
        found = list(_SOURCE.finditer(rest))
        if "".join(match[0] for match in found) != rest:
            yield rest
            continue
        for match in found:
            yield Source(unescape(match[1]), unescape(match[2]), in_budget)


def print_source(funding: Funding) -> str:
    """Return a source of funds: ``(시비)13,500천원``."""
    name = escape(funding.source, "()（）") or EMPTY
    if _OUTSIDE.match(f"({name})"):
        name = hide(funding.source, "()（）")
    return f"({name}){format_amount(funding.amount)}{PRINTED_UNIT}"


_SUFFIX = re.compile(r"(.*\S)\s+(담당\s*관|관|과|국|실|단|소|팀)", re.DOTALL)


def read_office(raw: str) -> str:
    """Return the name of a 실·국 or 부서; its last syllable is joined where the cell broke before it."""
    text = unescape(raw)
    match = _SUFFIX.fullmatch(text)
    return match[1] + "".join(match[2].split()) if match is not None and "&" not in raw else text


def print_office(text: str) -> str:
    """Return the name of an office."""
    plain = escape(text)
    return plain if read_office(plain) == text else hide(text)


def join_spellings(names: Sequence[str]) -> dict[str, str]:
    """Return for each name the spelling with the fewest blanks among those that differ by blanks alone.

    A cell that is too narrow puts a blank into a word and never takes one out.
    """
    best: dict[str, str] = {}
    for name in names:
        key = "".join(name.split())
        if key not in best or len(name) < len(best[key]):
            best[key] = name
    return {name: best["".join(name.split())] for name in names}
