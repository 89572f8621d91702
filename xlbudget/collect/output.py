"""The summary of a collection as a workbook, its items as CSV, and what is said of it on one line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from xlbudget.batch.report import harmless
from xlbudget.batch.sheet import Table, tables_workbook
from xlbudget.book import BookError
from xlbudget.book.file import FileBook
from xlbudget.collect.extract import SUMMARY_SHEETS
from xlbudget.collect.summary import Balance, Group, Summary
from xlbudget.edits import Content, Formula
from xlbudget.grid import Area
from xlbudget.money import format_amount
from xlbudget.project import LARGEST_AMOUNT

_HEAD = 3
"""Rows above the heading of a table: its title, its balance, a blank one."""
_NUMBER, _TEXT, _WORD = "금액 단독", "점검 글", "점검 코드"
_COUNTS = ("오류", "확인", "참고")
_AMOUNTS = ("사업 수", "전년도 예산액", "예산액", "증감")
_LONGEST = 32_000
"""Characters of a text that a cell takes with room to spare."""


def balance_line(balance: Balance, parts: str = "부서합계") -> str:
    """Return a balance on one line: ``합계 … / 부서합계 … / 차이 …``."""
    total, summed, left = map(format_amount, (balance.total, balance.parts, balance.difference))
    return f"합계 {total} / {parts} {summed} / 차이 {left}"


def summary_workbook(summary: Summary) -> bytes:
    """Return the city's summary as a workbook; the same summary gives the same bytes.

    Sheets: by department, by 통계목, by severity, the projects, what does not fit together.
    """
    by_department, by_object, by_kind = SUMMARY_SHEETS
    return tables_workbook(
        [
            _table(
                by_department,
                "부서별 합계 (단위: 천원)",
                ("회계연도", "차수", "실·국", "부서", *_AMOUNTS, *_COUNTS),
                [(*_named(g), *_amounts(g), g.errors, g.warnings, g.notes) for g in summary.departments],
                ("부서합계", 7, summary.by_department),
                texts=(1, 2, 3),
            ),
            _table(
                by_object,
                "통계목별 합계 (단위: 천원)",
                ("회계연도", "차수", "과목코드", "과목", *_AMOUNTS),
                [(*_named(g), *_amounts(g)) for g in summary.objects],
                ("통계목합계", 7, summary.by_object),
                texts=(1, 2, 3),
            ),
            _table(
                by_kind,
                "지적 건수",
                ("구분", "규칙", "제목", "건수", "통합 문서 수"),
                summary.kinds,
                ("구분합계", 4, summary.by_kind),
                texts=(0, 1, 2),
            ),
            _projects(summary),
            _remarks(summary),
        ]
    )


def is_summary(path: Path) -> bool:
    """Whether a file is a summary that was made here."""
    try:
        return FileBook.open(path).sheets()[: len(SUMMARY_SHEETS)] == SUMMARY_SHEETS
    except BookError:
        return False


def _named(group: Group) -> tuple[Content, ...]:
    return (group.year, group.round, group.over, group.name)


def _amounts(group: Group) -> tuple[Content, ...]:
    return (group.projects, *map(_number, (group.previous, group.current, group.change)))


def _number(amount: int | None) -> Content:
    """Return an amount as a number; one that a spreadsheet would round as text."""
    return amount if amount is None or abs(amount) < LARGEST_AMOUNT else format_amount(amount)


def _table(
    name: str,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Content]],
    balance: tuple[str, int, Balance],
    *,
    texts: Sequence[int],
) -> Table:
    parts, column, found = balance
    last = _HEAD + 1 + max(1, len(rows))
    summed = f"SUM({Area(_HEAD + 2, column, last, column)})"
    line: tuple[tuple[Content, str], ...] = (
        ("합계", "항목 계"), (_number(found.total), "금액 단독 계"),
        (parts, "항목 계"), (_live(summed, found.parts), "금액 단독 계"),
        ("차이", "항목 계"), (_live("B2-D2", found.difference), "금액 단독 계"),
    )  # fmt: skip
    looks = [_TEXT if at in texts else _NUMBER for at in range(len(columns))]
    if columns[0] == "회계연도":
        looks[0] = _WORD
    widths = [30.0 if heading in {"부서", "과목", "제목"} else 16.0 for heading in columns]
    return Table(
        name, columns, [_short(row) for row in rows], widths, looks, (((title, "시트제목"),), line, ())
    )


def _live(formula: str, value: int) -> Content:
    number = _number(value)
    return Formula(formula, number) if isinstance(number, int) else number


def _projects(summary: Summary) -> Table:
    columns = ("회계연도", "차수", "실·국", "부서", "세부사업", *_AMOUNTS[1:], *_COUNTS, "파일", "폴더")
    rows = [
        (
            p["fiscal_year"], p["round"], p["bureau"], p["department"], p["counted"],
            *map(_number, (p["previous"], p["current"], _difference(p["current"], p["previous"]))),
            p["errors"], p["warnings"], p["notes"], p["path"], p["folder"],
        )
        for p in summary.projects
    ]  # fmt: skip
    looks = (_WORD, *(_TEXT,) * 4, *(_NUMBER,) * 6, _TEXT, _TEXT)
    widths = (10.0, 14.0, 18.0, 20.0, 34.0, 16.0, 16.0, 16.0, 7.0, 7.0, 7.0, 40.0, 30.0)
    above = (((f"사업 목록 {len(rows):,}개 (단위: 천원)", "시트제목"),), (), ())
    return Table("사업 목록", columns, [_short(row) for row in rows], widths, looks, above)


def _difference(after: int | None, before: int | None) -> int | None:
    return None if after is None or before is None else after - before


def _remarks(summary: Summary) -> Table:
    rows = [_short((r.severity.word, r.what, r.text, r.file)) for r in summary.remarks]
    above = (((f"취합 확인 {len(rows):,}건", "시트제목"),), (), ())
    widths = (8.0, 18.0, 110.0, 40.0)
    return Table(
        "취합 확인", ("구분", "무엇", "내용", "파일"), rows, widths, (_WORD, _TEXT, _TEXT, _TEXT), above
    )


def _short(row: Sequence[Content]) -> tuple[Content, ...]:
    return tuple(
        value[:_LONGEST] + "…" if isinstance(value, str) and len(value) > _LONGEST else value for value in row
    )


CSV_COLUMNS = (
    "폴더", "파일", "회계연도", "차수", "회계", "실·국", "부서", "세부사업", "과목코드", "과목", "과목 칸",
    "전년도 예산액", "전년도 예산액 칸", "예산액", "예산액 칸", "증감",
)  # fmt: skip


def items_csv(summary: Summary) -> bytes:
    """Return all items as CSV in UTF-8 with a byte order mark; a project without items has a row of its own."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    writer.writerows(map(harmless, _item_rows(summary)))
    return out.getvalue().encode("utf-8-sig")


def _item_rows(summary: Summary) -> Iterator[tuple[object, ...]]:
    placed = set()
    for row in summary.items:
        placed.add(row["workbook"])
        yield (
            row["folder"], row["path"], row["fiscal_year"], row["round"], row["account"], row["bureau"],
            row["department"], row["project"], row["object_code"], row["object"], row["object_cell"],
            row["previous"], row["previous_cell"], row["current"], row["current_cell"],
            _difference(row["current"], row["previous"]),
        )  # fmt: skip
    for row in summary.projects:
        if row["workbook"] not in placed:
            yield (
                row["folder"], row["path"], row["fiscal_year"], row["round"], row["account"], row["bureau"],
                row["department"], row["counted"], *("",) * 8,
            )  # fmt: skip
