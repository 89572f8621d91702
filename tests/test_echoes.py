"""What is told of a whole workbook: each thing that is wrong once, at the cell to look at first."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from xlbudget.book.file import FileBook
from xlbudget.exchange.assignments import read_assignments
from xlbudget.findings import Finding
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workflow import book_from_json, judge, plan

CASES = tomllib.loads(
    (Path(__file__).parent / "cases" / "checks" / "workbooks.toml").read_text(encoding="utf-8")
)["사례"]


@pytest.fixture(scope="module")
def filled() -> bytes:
    book = book_from_json(resource(DEMO_PROJECT).read_text(encoding="utf-8"))
    book.apply(plan(book, "build").edits)
    return book.to_bytes()


def told(filled: bytes, typed: list[str]) -> list[Finding]:
    book = FileBook.from_bytes(filled)
    book.apply(read_assignments(typed, book.sheets()))
    return list(judge(book).findings)


@pytest.mark.parametrize("case", CASES, ids=[case["이름"] for case in CASES])
def test_everything_that_is_told(filled: bytes, case: dict[str, Any]) -> None:
    found = told(filled, case["적음"])
    assert [f"{f.code} {f.cells[0]}" for f in found] == case["지적"]
    if "말" in case:
        assert case["말"] in found[0].message
    if "고칠 값" in case:
        assert found[0].suspects[0].proposal == case["고칠 값"]
