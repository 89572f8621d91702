"""Formulas that point at the cells of a project's figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from xlbudget.edits import Content, Formula
from xlbudget.grid import Value, a1, quote_sheet
from xlbudget.project import Evidence, Place

LONGEST_FORMULA = 8_192
MOST_ARGUMENTS = 255


class Figure(NamedTuple):
    """A figure that a formula speaks of: its path in the model, and its value in 천원 or percent."""

    path: str
    value: Value


class Pointers:
    """The cells on whose numbers formulas can count.

    A figure typed as text or finer than 천원 was read, but to a spreadsheet its cell holds something else. A
    formula reads such a cell the same way where it can, so that it follows when the cell is mended; else it
    carries the figure itself, as it does for a figure without a cell.
    """

    __slots__ = ("_evidence", "_finer", "_odd")

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._odd = {finding.path for finding in evidence.findings} | evidence.texts.keys()
        self._finer = {finding.path for finding in evidence.findings if finding.code == "BUD-N02"}

    def place(self, path: str) -> Place | None:
        """Return the cell of a figure, ``None`` where its number does not stand in one."""
        return None if self._oddity(path) else self._evidence.place(path)

    def _oddity(self, path: str) -> str:
        """Return the path under which something odd is known of a figure, empty for none."""
        if path in self._odd:
            return path
        typed = path.replace("/current/subsidy", "/current_subsidy")
        return typed if typed in self._odd else ""

    def show(self, path: str, value: Value) -> Content:
        """Return a formula that shows a figure's cell, or the figure itself."""
        place = self.place(path)
        if place is not None:
            return Formula(reference(place), value)
        read = None if value is None else self._read(path, value, "")
        return value if read is None else Formula(read, value)

    def term(self, figure: Figure, sheet: str) -> str:
        """Return a figure as a term of a formula on a sheet."""
        place = self.place(figure.path)
        if place is not None:
            return reference(place, sheet)
        return self._read(figure.path, figure.value, sheet) or number_text(figure.value)

    def _read(self, path: str, value: Value, sheet: str) -> str | None:
        """Return how a formula reads a figure whose cell does not hold just its number, ``None`` where it cannot."""
        oddity = self._oddity(path)
        place = self._evidence.place(path) if oddity else None
        if place is None:
            return None
        cell = reference(place, sheet)
        if oddity in self._finer and oddity not in self._evidence.texts:
            return f"ROUND({cell},0)"
        text = self._evidence.texts.get(oddity)
        if text is None:
            return None
        return _text_read(text, value, cell) if value else f"N({cell})"

    def sum(self, figures: Sequence[Figure], sheet: str, *, fill: bool = False, until: int = 0) -> str:
        """Return the formula that adds figures up.

        ``fill``: over the rows between them too, and down to the row ``until``; not where one of the figures
        is carried itself, since its cell may then lie between.
        """
        places = [place for figure in figures if (place := self.place(figure.path)) is not None]
        fill = fill and len(places) == len(figures)
        runs = _spans(places, until) if fill else _runs(places)
        spans = [_range_reference(run, sheet, whole=fill) for run in runs]
        others = [self.term(f, sheet) for f in figures if self.place(f.path) is None]
        return sum_formula([*spans, *(term for term in others if term != "0")] or ["0"])


_PLAIN = re.compile(r"[+-]?[0-9]{1,15}")


def _text_read(text: str, value: Value, cell: str) -> str | None:
    """Return the formula that reads a number out of a text, ``None`` where that takes more than leaving signs out."""
    read = cell
    for sign, instead in ((" ", ""), (",", ""), ("천원", ""), ("△", "-")):
        if sign in text or sign in " ,":
            text, read = text.replace(sign, instead), f'SUBSTITUTE({read},"{sign}","{instead}")'
    return f"IFERROR(VALUE({read}),0)" if _PLAIN.fullmatch(text) and int(text) == value else None


def reference(place: Place, sheet: str = "") -> str:
    """Return a cell as a formula on ``sheet`` names it: ``D8`` there, ``'예산총괄'!D8`` elsewhere."""
    address = a1(place.row, place.column)
    return address if place.sheet == sheet else f"{quote_sheet(place.sheet)}!{address}"


def number_text(value: Value) -> str:
    """Return a figure as formulas write it: ``1200``, ``(-1200)``, ``0`` for none."""
    text = str(value or 0)
    return f"({text})" if text.startswith("-") else text


def sum_formula(terms: Sequence[str]) -> str:
    """Return ``SUM(…)``, nested where there are more terms than a function takes, or a single cell alone."""
    if len(terms) == 1 and ":" not in terms[0]:
        return terms[0]
    while len(terms) > MOST_ARGUMENTS:
        terms = [
            f"SUM({','.join(terms[first : first + MOST_ARGUMENTS])})"
            for first in range(0, len(terms), MOST_ARGUMENTS)
        ]
    return f"SUM({','.join(terms)})"


class _Run(NamedTuple):
    """Cells one below the other."""

    first: Place
    last: int


def _runs(places: Iterable[Place]) -> Iterator[_Run]:
    """Yield the cells as runs without a row between."""
    run: _Run | None = None
    for place in places:
        if run is not None and place[:3:2] == run.first[:3:2] and place.row == run.last + 1:
            run = _Run(run.first, place.row)
            continue
        if run is not None:
            yield run
        run = _Run(place, place.row)
    if run is not None:
        yield run


def _spans(places: Iterable[Place], until: int) -> Iterator[_Run]:
    """Yield one run a column, from its first row to its last, or to the row ``until`` below."""
    columns: dict[tuple[str, int], list[Place]] = {}
    for place in places:
        columns.setdefault((place.sheet, place.column), []).append(place)
    for column in columns.values():
        yield _Run(min(column), max(max(column).row, until))


def _range_reference(run: _Run, sheet: str, *, whole: bool) -> str:
    """Return ``D8:D9``; for a single cell ``D8``, or ``D8:D8`` (``whole``)."""
    first = reference(run.first, sheet)
    single = run.first.row == run.last and not whole
    return first if single else f"{first}:{a1(run.last, run.first.column)}"
