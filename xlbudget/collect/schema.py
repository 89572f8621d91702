"""The tables of a collection. Amounts are whole 천원; a column ``…_cell`` names the cell of the figure before it.

A row of ``workbooks`` is a file; ``state`` is ``collected``, ``failed`` (with the reason) or ``removed``. The rows
of the other tables belong to a collected file. ``run`` is the run that last changed the row.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from xlbudget.collect.extract import column_name, settlement_columns

COUNTS = ("found", "added", "changed", "unchanged", "failed", "removed")
"""What a run counts: files found = added + changed + unchanged + failed; files that are gone."""
metadata = MetaData()


def _text(*names: str) -> Iterator[Column[str]]:
    for name in names:
        yield Column(name, Text, nullable=False, default="")


def _figure(name: str) -> Iterator[Column[int] | Column[str]]:
    yield Column(name, BigInteger)
    yield Column(f"{name}_cell", Text)


def _figures(*names: str) -> Iterator[Column[int] | Column[str]]:
    for name in names:
        yield from _figure(name)


def _of_workbook(*more: str) -> Iterator[Column[int]]:
    """The key of a row that belongs to a workbook."""
    yield Column("workbook", ForeignKey("workbooks.id", ondelete="CASCADE"), primary_key=True)
    for name in more:
        yield Column(name, Integer, primary_key=True, autoincrement=False)


runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    *_text("folder", "started", "by", "program"),
    *(Column(name, Integer, nullable=False, default=0) for name in COUNTS),
    Column("complete", Boolean, nullable=False, default=False),
)

workbooks = Table(
    "workbooks",
    metadata,
    Column("id", Integer, primary_key=True),
    *_text("folder", "path", "state", "reason", "content", "rules"),
    Column("run", ForeignKey("runs.id"), nullable=False),
    UniqueConstraint("folder", "path"),
)

projects = Table(
    "projects",
    metadata,
    *_of_workbook(),
    *_text("name", "name_key"),
    Column("name_cell", Text),
    Column("fiscal_year", Integer, nullable=False),
    *_text("round", "rounding", "account", "period", "bureau"),
    Column("bureau_cell", Text),
    *_text("division", "division_key"),
    Column("division_cell", Text),
    *_text("head", "team_leader", "officer"),
    *_figures("previous", "previous_subsidy", "current", "current_subsidy"),
)

items = Table(
    "items",
    metadata,
    *_of_workbook("position"),
    *_text("object_name", "object_code", "object_key"),
    Column("object_cell", Text),
    *_figures("previous", "previous_subsidy", "current", "current_subsidy"),
)

derivations = Table(
    "derivations",
    metadata,
    *_of_workbook("item", "position"),
    Column("depth", Integer, nullable=False),
    *_text("marker", "label", "expression", "note", "error"),
    Column("text_cell", Text),
    *_figures("stated", "amount", "subsidy"),
)

settlements = Table(
    "settlements",
    metadata,
    *_of_workbook("position"),
    Column("year", Integer, nullable=False),
    Column("year_cell", Text),
    *_figures(*(column_name(column, layer) for column, layer in settlement_columns())),
)

findings = Table(
    "findings",
    metadata,
    *_of_workbook("position"),
    *_text("code", "severity", "message", "cells", "finding", "accepted"),
    Column("stands", Boolean, nullable=False),
)

unplaced = Table(
    "unplaced",
    metadata,
    *_of_workbook("position"),
    Column("cell", Text),
    *_text("what", "text"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    *_text("name"),
)

CONTENT: tuple[Table, ...] = (projects, items, derivations, settlements, findings, unplaced)
"""The tables whose rows belong to one workbook."""
