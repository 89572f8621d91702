"""One workbook as rows for the database: every figure with its cell. Runs in a worker.

Amounts are whole 천원. Rows are plain data, one dictionary a row, with the names of the table's columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from xlbudget.batch.jobs import Done, Job, Made, Status, digest, failed, read_steadily
from xlbudget.collect.names import text_key
from xlbudget.errors import XlbudgetError
from xlbudget.figures import ItemFigures
from xlbudget.project import LAYERS, SETTLEMENT_COLUMNS, Evidence, Item, Project
from xlbudget.workflow import Outcome, book_of, judge

Row: TypeAlias = dict[str, Any]
Content: TypeAlias = dict[str, list[Row]]
"""The rows of a workbook by table: projects (one), items, derivations, settlements, findings, unplaced."""

LARGEST = 2**63 - 1
"""What the database's whole numbers hold (BIGINT)."""
SUMMARY_SHEETS = ("부서별", "통계목별", "지적별")
"""With these sheets the workbook of a summary begins; it is no workbook to collect."""
_NUL = "\N{SYMBOL FOR NULL}"


def take(jobs: tuple[Job, ...]) -> tuple[Done, ...]:
    """Read a chunk of workbooks, each by itself: a fault of one is its own result.

    A job whose ``made.source`` is the digest of its file has been collected as it is. The rows come as
    ``report``; there are none of a summary that was made by collecting.
    """
    return tuple([_taken(job) for job in jobs])


def _taken(job: Job) -> Done:
    if job.fault:
        return failed(job, job.fault)
    try:
        data = read_steadily(job.source)[0]
        made = Made(digest(data), "")
        if job.made is not None and job.made.source == made.source:
            return Done(job.name, Status.UNCHANGED, made=made)
        book = book_of(data, job.source.name)
        if book.sheets()[: len(SUMMARY_SHEETS)] == SUMMARY_SHEETS:
            return Done(job.name, Status.DONE, reason=f"{job.name}: 취합한 요약이라 모으지 않았습니다.")
        return Done(job.name, Status.DONE, report=content(judge(book)), made=made)
    except XlbudgetError as error:
        return failed(job, str(error))
    except (OSError, MemoryError, RecursionError) as error:
        return failed(job, f"처리하지 못했습니다({error or type(error).__name__}).")


def plain_text(text: str) -> str:
    """Return a text as a database holds it: a NUL as its symbol, a lone surrogate as its escape."""
    return text.replace("\0", _NUL).encode("utf-8", "backslashreplace").decode("utf-8")


def content(outcome: Outcome) -> Content:
    """Return a judged workbook as rows. An amount that no column holds is left blank and listed as unplaced."""
    return _Rows(outcome).content


class _Rows:
    """The rows of a workbook so far."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.project: Project = outcome.project
        self.evidence: Evidence = outcome.project.evidence
        self.content: Content = {
            "projects": [], "items": [], "derivations": [], "settlements": [], "findings": [], "unplaced": [],
        }  # fmt: skip
        self.content["projects"].append(self._project())
        for number, (item, figures) in enumerate(zip(self.project.items, outcome.figures.items, strict=True)):
            self.content["items"].append(self._item(number, item, figures))
            self.content["derivations"] += self._lines(number, item, figures)
        self.content["settlements"] += self._settlements()
        self.content["findings"] += self._findings()

    def _cell(self, *paths: str) -> str | None:
        """Return the first cell that is known of some paths."""
        return next((str(place) for place in map(self.evidence.place, paths) if place is not None), None)

    def _figure(self, column: str, amount: int | None, *paths: str) -> Row:
        """Return an amount and its cell, under the name of the column."""
        cell = self._cell(*paths)
        if amount is not None and abs(amount) > LARGEST:
            listed = self.content["unplaced"]
            text = f"금액이 너무 커서 담지 못했습니다: {amount:,}천원"
            listed.append({"position": len(listed), "cell": cell, "what": column, "text": text})
            amount = None
        return {column: amount, f"{column}_cell": cell}

    def _project(self) -> Row:
        project, total = self.project, self.outcome.figures.total
        named = {
            "name": project.name, "name_cell": self._cell("name"),
            "bureau": project.organisation.bureau, "bureau_cell": self._cell("organisation/bureau"),
            "division": project.organisation.division, "division_cell": self._cell("organisation/division"),
            "round": project.round, "account": project.account, "period": project.period,
            "head": project.organisation.head.name, "team_leader": project.organisation.team_leader.name,
            "officer": project.organisation.officer.name,
        }  # fmt: skip
        return {
            **_plain(named),
            "name_key": plain_text(text_key(project.name)),
            "division_key": plain_text(text_key(project.organisation.division)),
            "fiscal_year": project.fiscal_year,
            "rounding": project.rounding.value,
            **self._figure("previous", total.previous.total, "total/previous/total"),
            **self._figure("previous_subsidy", total.previous.subsidy, "total/previous/subsidy"),
            **self._figure("current", total.current.total, "total/current/total", "cost/total"),
            **self._figure("current_subsidy", total.current.subsidy, "total/current/subsidy"),
        }

    def _item(self, number: int, item: Item, figures: ItemFigures) -> Row:
        path, row = f"items/{number}", figures.row
        lines = f"{path}/lines"
        return {
            "position": number,
            **_plain({"object_name": item.object_name, "object_code": item.object_code}),
            "object_key": plain_text(text_key(item.object_name)),
            "object_cell": self._cell(f"{path}/object_name", lines),
            **self._figure("previous", row.previous.total, f"{path}/previous/total", lines),
            **self._figure("previous_subsidy", row.previous.subsidy, f"{path}/previous/subsidy", lines),
            **self._figure("current", row.current.total, f"{path}/current/total", lines),
            **self._figure("current_subsidy", row.current.subsidy, f"{path}/current/subsidy", lines),
        }

    def _lines(self, number: int, item: Item, figures: ItemFigures) -> Iterator[Row]:
        for at, (line, found) in enumerate(zip(item.derivations, figures.lines, strict=True)):
            path = f"items/{number}/derivations/{at}"
            text = f"{path}/text"
            error = found.derivation.error if found.derivation is not None else None
            told = {
                "marker": line.marker, "label": line.label, "expression": line.expression or "",
                "note": line.note, "error": error.message if error is not None else "",
            }  # fmt: skip
            yield {
                "item": number,
                "position": at,
                "depth": line.depth,
                **_plain(told),
                "text_cell": self._cell(text),
                **self._figure("stated", line.stated, f"{path}/stated", text),
                **self._figure("amount", found.amount, f"{path}/amount", text),
                **self._figure("subsidy", line.subsidy, f"{path}/subsidy", text),
            }

    def _settlements(self) -> Iterator[Row]:
        for number, settlement in enumerate(self.project.settlements):
            row: Row = {"position": number, "year": settlement.year}
            row["year_cell"] = self._cell(f"settlements/{number}/year")
            for column, layer in settlement_columns():
                amount: int | None = getattr(getattr(settlement, column), layer)
                row |= self._figure(
                    column_name(column, layer), amount, f"settlements/{number}/{column}/{layer}"
                )
            yield row

    def _findings(self) -> Iterator[Row]:
        for number, finding in enumerate(self.outcome.findings):
            accepted = finding.accepted
            told = {
                "code": finding.code, "severity": finding.severity.value, "message": finding.message,
                "cells": " ".join(finding.cells), "finding": finding.id,
                "accepted": f"{accepted.reason} {accepted.text} {accepted.by}".strip() if accepted else "",
            }  # fmt: skip
            yield {"position": number, "stands": accepted is None, **_plain(told)}


def settlement_columns() -> Iterator[tuple[str, str]]:
    """Yield the columns of a settled year, each in both layers."""
    for column in SETTLEMENT_COLUMNS:
        for layer in LAYERS:
            yield column, layer


def column_name(column: str, layer: str) -> str:
    """Return the name of a column of the database: ``executed``, ``executed_subsidy``."""
    return column if layer == "total" else f"{column}_{layer}"


def _plain(texts: Mapping[str, str | None]) -> Row:
    convert: Callable[[str | None], str | None] = lambda text: None if text is None else plain_text(text)  # noqa: E731
    return {name: convert(text) for name, text in texts.items()}
