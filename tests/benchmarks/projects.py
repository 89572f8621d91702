"""Workbooks of a whole county: every 세부사업 of a real budget book as a filled standard workbook, cycled.

Run: ``python tests/benchmarks/projects.py DIR [COUNT]``. Amounts and lines are the book's; the texts, the schedule
and the settled years, which the book does not have, are made up so that they add up.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import Any

from xlbudget import workflow
from xlbudget.exchange.budget_book import csv_rows, read_book
from xlbudget.figures import compute
from xlbudget.project import Project

CORPUS = Path(os.environ.get("XLBUDGET_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus"))
BOOK, YEAR = "hongseong_2026.csv", 2026


def projects(count: int) -> Iterator[Project]:
    """Yield so many projects of the book, from the beginning again where it ends; no two are the same."""
    book = read_book(csv_rows((CORPUS / BOOK).read_bytes(), BOOK), year=YEAR, name=BOOK)
    rounds = range(-(-count // len(book.entries)))
    cycled = chain.from_iterable(((number, project) for _, project in book.projects()) for number in rounds)
    return (filled(project, at, number) for at, (number, project) in enumerate(islice(cycled, count)))


def filled(project: Project, number: int, cycle: int) -> Project:
    """Return a project with all that the book leaves open."""
    cost = compute(project).cost or 0
    first = cost // 3
    spent = 1_000 + number * 7 % 50_000
    added: dict[str, Any] = {
        "name": f"{project.name} {cycle + 1}" if cycle else project.name,
        "account": "일반회계",
        "period": "계속",
        "summary": [f"대상: {number % 900 + 20}명", f"기간: {YEAR}년 1월부터 12월까지"],
        "funding": [{"source": "시비", "amount": cost}],
        "purpose": ["맡은 일을 제때 마치도록 필요한 경비를 댄다.", "해마다 되풀이되는 일을 고르게 나눈다."],
        "grounds": ["지방재정법과 관련 조례"],
        "content": [
            f"추진 횟수 {number % 12 + 1}회, 점검 {number % 4 + 1}회",
            "분기마다 진행 상황을 살핀다.",
        ],
        "schedule": [
            {"step": "준비", "start": f"{YEAR}.01", "end": f"{YEAR}.03", "amount": first},
            {"step": "집행", "start": f"{YEAR}.04", "end": f"{YEAR}.12", "amount": cost - first},
        ],
        "results": [{"year": YEAR - 2, "text": [f"계획한 {number % 30 + 3}건을 모두 마침"]}],
        "effects": ["기다리는 시간이 줄어든다."],
        "settlements": [_settled(YEAR - 2, spent), _settled(YEAR - 3, spent + 500)][::-1],
    }
    return Project.model_validate(project.model_dump() | added)


def _settled(year: int, final: int) -> dict[str, Any]:
    unspent = final // 9
    amounts = {
        "final_budget": final, "carried_in": 0, "changes": 0, "available": final,
        "executed": final - unspent, "carried_over": 0, "unspent": unspent,
    }  # fmt: skip
    return {"year": year} | {key: {"total": amount} for key, amount in amounts.items()}


def workbook(project: Project) -> bytes:
    """Return a project as a filled standard workbook, nothing computed yet."""
    return workflow.book_from_json(project.model_dump_json()).to_bytes()


def _save(task: tuple[Path, Project]) -> None:
    task[0].write_bytes(workbook(task[1]))


def write(folder: Path, count: int) -> None:
    """Write so many workbooks into a folder; those that are there already stay."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = ((folder / f"{number:05}.xlsx", p) for number, p in enumerate(projects(count)))
    missing = [task for task in tasks if not task[0].exists()]
    with ProcessPoolExecutor() as pool:
        for _ in pool.map(_save, missing, chunksize=50):
            pass


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 4_000)
