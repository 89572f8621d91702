"""A made-up county: small projects of a few departments as filled standard workbooks, with the sums they amount to."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.edits import SetCells
from xlbudget.grid import Ref, Value

YEAR = 2026
LARGE = 500
DIVISIONS = ("기획예산과", "총무과", "도로과", "복지정책과", "농정과", "문화관광과")
OBJECTS = (("201-01", "사무관리비"), ("202-01", "국내여비"), ("401-01", "시설비"), ("307-05", "민간위탁금"))
FIRST_LINE: Ref = (6, 3)
FIRST_PREVIOUS: Ref = (8, 2)


class County(NamedTuple):
    """What its generator knows: the budget of each department and of each 과목, 천원."""

    divisions: Counter[str]
    objects: Counter[str]


def project(number: int, **changed: Any) -> dict[str, Any]:
    """The JSON of one project; each has figures of its own."""
    people, days = number % 40 + 1, number % 9 + 1
    first, second = OBJECTS[number % 4], OBJECTS[(number + 1) % 4]
    cost = 20 * people * days + 500
    final = 1_000 + number
    settled = {
        "final_budget": final, "carried_in": 0, "changes": 0, "available": final,
        "executed": final - 300, "carried_over": 100, "unspent": 200,
    }  # fmt: skip
    return {
        "name": f"사업 {number:04}",
        "fiscal_year": YEAR,
        "account": "일반회계",
        "funding": [{"source": "시비", "amount": cost}],
        "organisation": {"bureau": "본청", "division": DIVISIONS[number % len(DIVISIONS)]},
        "items": [
            {
                "object_name": first[1], "object_code": first[0], "previous": {"total": 10 * number},
                "derivations": [{"label": "여비", "expression": f"20,000원*{people}명*{days}일"}],
            },
            {
                "object_name": second[1], "object_code": second[0],
                "derivations": [{"label": "자료 인쇄", "expression": "500,000원"}],
            },
        ],
        "schedule": [{"step": "집행", "start": f"{YEAR}.01", "end": f"{YEAR}.12", "amount": cost}],
        "settlements": [{"year": YEAR - 2} | {key: {"total": value} for key, value in settled.items()}],
    } | changed  # fmt: skip


def workbook(said: dict[str, Any]) -> bytes:
    """A project as a filled workbook."""
    return workflow.book_from_json(json.dumps(said)).to_bytes()


def write(folder: Path, count: int) -> County:
    """Write so many workbooks, by departments in folders of their own; return what they amount to."""
    county = County(Counter(), Counter())
    for number in range(count):
        said = project(number)
        division = said["organisation"]["division"]
        path = folder / division / f"{number:04}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(workbook(said))
        cost = said["funding"][0]["amount"]
        county.divisions[division] += cost
        county.objects[OBJECTS[number % 4][1]] += cost - 500
        county.objects[OBJECTS[(number + 1) % 4][1]] += 500
    return county


@cache
def large() -> tuple[Path, County]:
    """The folder of five hundred workbooks, made once a test process; to be copied, not to be changed."""
    folder = Path(tempfile.mkdtemp(prefix="xlbudget-county-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder, write(folder, LARGE)


def edit(path: Path, sheet: str, cells: dict[Ref, Value]) -> None:
    """Write into a workbook, as somebody would who works on it."""
    book = FileBook.open(path)
    book.apply([SetCells(sheet, cells)])
    path.write_bytes(book.to_bytes())
