"""What a fuzzer throws at the readers: bytes in; a plain refusal is fine, anything else is a fault.

Each target is also replayed by ``tests/test_fuzz.py`` over the cases that were found so far.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from functools import cache

from xlbudget.book.file import FileBook
from xlbudget.derivation import derive, json_line
from xlbudget.derivation.reading import read_line
from xlbudget.edits import SetCells
from xlbudget.errors import XlbudgetError
from xlbudget.exchange.budget_book import csv_rows, read_book
from xlbudget.exchange.description_text import read_description
from xlbudget.exchange.project_json import load
from xlbudget.money import Rounding
from xlbudget.resources import STANDARD_WORKBOOK, resource
from xlbudget.workbook import layout
from xlbudget.workbook.styles import STYLES
from xlbudget.workflow import transform

PARTS = ("xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml", "xl/styles.xml", "xl/workbook.xml")


@cache
def template() -> dict[str, bytes]:
    """Return the parts of the standard workbook."""
    with zipfile.ZipFile(resource(STANDARD_WORKBOOK)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """Return parts as a container; stored, for that is quick."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(data: bytes) -> None:
    """A whole file: judged, or refused."""
    try:
        transform(data, "a.xlsx", None)
    except XlbudgetError:
        return


def part(data: bytes) -> None:
    """One part of a sound workbook is anything at all: what is written into it reads back."""
    if not data:
        return
    name = PARTS[data[0] % len(PARTS)]
    try:
        book = FileBook.from_bytes(packed(template() | {name: data[1:]}), styles=STYLES)
        if not book.sheets():
            return
        before = {sheet: dict(book.read(sheet).cells) for sheet in book.sheets()}
        sheet = next((s for s in book.sheets() if s == layout.BASICS), book.sheets()[0])
        inverse = book.apply([SetCells(sheet, {(7, 3): "글", (4_000, 2): 12})])
        again = FileBook.from_bytes(book.to_bytes())
        written = again.read(sheet)
        book.apply(inverse)
    except XlbudgetError:
        return
    assert (written.value(7, 3), written.value(4_000, 2)) == ("글", 12)
    assert {sheet: dict(book.read(sheet).cells) for sheet in book.sheets()} == before


def derivation(data: bytes) -> None:
    """A line: never an exception; the short way and the complete way agree; its JSON is JSON."""
    text = data.decode("utf-8", "replace")
    for rounding in Rounding:
        found = derive(text, rounding)
        assert found == read_line(text, rounding)
        assert (found.amount is None) or (found.error is None and found.formula is not None)
        said = json.loads(json_line(found))
        assert said == found.as_json()


def project_json(data: bytes) -> None:
    """A project's JSON."""
    try:
        load(data.decode("utf-8", "replace"))
    except XlbudgetError:
        return


def budget_book(data: bytes) -> None:
    """A budget book as CSV; every project of it can be made."""
    try:
        book = read_book(csv_rows(data), year=2026)
    except XlbudgetError:
        return
    for _ in book.projects():
        pass


def description(data: bytes) -> None:
    """A 사업설명서 as text."""
    try:
        read_description(data.decode("utf-8", "replace"), year=2026)
    except XlbudgetError:
        return


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (workbook, part, derivation, project_json, budget_book, description)
}
