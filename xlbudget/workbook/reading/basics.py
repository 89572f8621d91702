"""기본현황: name, year, round, account, period, 사업내용, sources of funds, and who is in charge."""

from __future__ import annotations

from typing import Any

from xlbudget.grid import Cell
from xlbudget.project import Place
from xlbudget.workbook import LayoutError, SeveralProjects
from xlbudget.workbook.cells import Reader, as_year, passed_over, plain_text, unread
from xlbudget.workbook.layout import (
    BASICS_LABELS,
    FUNDING_SECTION,
    OTHER_SECTIONS,
    PERSON_COLUMNS,
    PERSON_HEADING,
    PERSONS,
    TOTAL_LABELS,
    bare_key,
    heading_key,
    split_source,
)
from xlbudget.workbook.tables import Cells, Found

MEANINGS = {text: name for name, texts in BASICS_LABELS.items() for text in texts}
"""What a label of 기본현황 stands for, by its heading key."""
SECTIONS = frozenset((*FUNDING_SECTION, *OTHER_SECTIONS))
_ORGANISATION = ("bureau", "division")
_PERSON_PARTS = {text: part for part, texts in PERSON_COLUMNS.items() for text in texts}


def read_basics(reader: Reader, found: Found) -> tuple[dict[str, Any], list[LayoutError]]:
    """Return what 기본현황 says, as data of the model, and what stands in the way of using it."""
    basics = _Basics(reader, found)
    for row in found.data():
        basics.read_row(row.number, row.cells)
    return basics.said(), basics.problems


def label_meaning(label: str) -> str | None:
    """Return what a label stands for (``name``, ``summary`` …), ``None`` for an unknown one.

    A number behind it does not count: ``사업내용 2``.
    """
    key = heading_key(label)
    return MEANINGS.get(key) or MEANINGS.get(bare_key(key)) or MEANINGS.get(key.rstrip("0123456789"))


class _Basics:
    """The rows of 기본현황 so far: which label the row continues, and in which section it lies."""

    def __init__(self, reader: Reader, found: Found) -> None:
        self.reader = reader
        self.found = found
        self.label_column = found.columns["label"]
        self.value_column = found.columns["value"]
        self.persons = {"name": self.value_column, "phone": self.value_column + 1}
        self.texts: dict[str, str] = {}
        self.people: dict[str, dict[str, str]] = {}
        self.summary: list[str] = []
        self.funding: list[dict[str, Any]] = []
        self.year: int | None = None
        self.problems: list[LayoutError] = []
        self.seen: dict[str, Place] = {}
        self.current = ""
        self.in_funding = False

    def said(self) -> dict[str, Any]:
        """Return the data of the model."""
        texts = {name: self.texts.get(name, "") for name in ("name", "account", "period", "subsidy_rate")}
        organisation = {name: self.texts.get(name, "") for name in _ORGANISATION} | self.people
        round_ = {"round": self.texts["round"]} if self.texts.get("round") else {}
        return {
            **texts,
            **round_,
            "fiscal_year": self.year,
            "summary": self.summary,
            "funding": self.funding,
            "organisation": organisation,
        }

    def read_row(self, number: int, row: Cells) -> None:
        """Take in one row."""
        label = plain_text(row[self.label_column].value) if self.label_column in row else ""
        if not label:
            self._continue(number, row)
            return
        key = heading_key(label)
        meaning = label_meaning(label)
        if key in SECTIONS or bare_key(key) in SECTIONS:
            self.current = ""
            self.in_funding = bare_key(key) in FUNDING_SECTION
        elif key in PERSON_HEADING:
            self.in_funding = False
            self._person_heading(row)
        elif meaning is not None:
            self._labelled(meaning, number, row)
        elif self.in_funding:
            self._funding(label, number, row)
        else:
            self._unknown(label, number, row)

    def _place(self, number: int, column: int | None = None) -> Place:
        return Place(self.found.sheet, number, column or self.value_column)

    def _continue(self, number: int, row: Cells) -> None:
        if self.in_funding:
            self._funding("", number, row)
        elif self.current == "summary":
            self._bullet(number, row)
        elif self.current in self.texts:
            more = self.reader.text_at(row.get(self.value_column), self._place(number), self.current)
            self.texts[self.current] = f"{self.texts[self.current]}\n{more}".strip()

    def _labelled(self, meaning: str, number: int, row: Cells) -> None:
        self.current = meaning
        self.in_funding = self.in_funding and meaning == "subsidy_rate"
        place = self._place(number)
        if meaning in ("name", "fiscal_year"):
            self._only_one(meaning, place, row)
        if meaning == "summary":
            self._bullet(number, row)
        elif meaning == "fiscal_year":
            self._fiscal_year(place, row.get(place.column))
        elif meaning in PERSONS:
            self._person(meaning, number, row)
        else:
            path = f"organisation/{meaning}" if meaning in _ORGANISATION else meaning
            self.reader.evidence.cells.setdefault(path, place)
            self.texts.setdefault(meaning, self.reader.text_at(row.get(place.column), place, path))

    def _only_one(self, meaning: str, place: Place, row: Cells) -> None:
        if place.column not in row:
            return
        first = self.seen.setdefault(meaning, place)
        if first != place and not self.problems:
            self.problems.append(
                SeveralProjects(
                    f"한 통합문서에 사업이 둘 이상 적혀 있습니다: {first}, {place}. "
                    "통합문서 하나에는 사업 하나만 적습니다. 사업마다 파일을 나누세요."
                )
            )

    def _fiscal_year(self, place: Place, cell: Cell | None) -> None:
        self.reader.evidence.cells.setdefault("fiscal_year", place)
        if cell is None or self.year is not None:
            return
        value = self.reader.content(cell, place, "fiscal_year")
        if value is None:
            return
        self.year = as_year(value)
        self.reader.evidence.texts["fiscal_year"] = plain_text(value)
        if self.year is None:
            found = plain_text(value)
            message = (
                f"회계연도로 읽을 수 없습니다: '{found}'. 네 자리 숫자(예: 2026)로 적으세요. "
                "회계연도와 견주는 점검은 하지 못했습니다."
            )
            self.reader.report(unread(message), place, "fiscal_year", found=found)

    def _bullet(self, number: int, row: Cells) -> None:
        path = f"summary/{len(self.summary)}"
        text = self.reader.text_at(row.get(self.value_column), self._place(number), path)
        if text:
            self.reader.evidence.cells[path] = self._place(number)
            self.summary.append(text)

    def _funding(self, label: str, number: int, row: Cells) -> None:
        place = self._place(number)
        if heading_key(label) in TOTAL_LABELS:
            self.reader.evidence.cells["cost/total"] = place
            self.reader.typed(row.get(place.column), place, "cost/total")
            return
        path = f"funding/{len(self.funding)}"
        if place.column not in row:
            return
        amount = self.reader.amount_at(row[place.column], place, f"{path}/amount")
        if amount is None:
            return
        self.reader.evidence.cells[f"{path}/amount"] = place
        self.reader.evidence.cells[f"{path}/source"] = self._place(number, self.label_column)
        source, in_budget = split_source(label)
        self.funding.append({"source": source, "amount": amount, "in_budget": in_budget})

    def _person_heading(self, row: Cells) -> None:
        for column, cell in row.items():
            part = _PERSON_PARTS.get(heading_key(plain_text(cell.value)))
            if part is not None:
                self.persons[part] = column

    def _person(self, role: str, number: int, row: Cells) -> None:
        person = {}
        for part, column in self.persons.items():
            path = f"organisation/{role}/{part}"
            place = self.reader.evidence.cells[path] = self._place(number, column)
            person[part] = self.reader.text_at(row.get(column), place, path)
        self.people[role] = person

    def _unknown(self, label: str, number: int, row: Cells) -> None:
        self.current = ""
        if self.value_column in row:
            message = (
                f"알지 못하는 항목이라 읽지 않았습니다: {label}. 사업설명서에 넣으려면 사업내용에 적으세요."
            )
            self.reader.report(passed_over(message), self._place(number, self.label_column), "", found=label)
