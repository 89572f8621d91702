"""What a database of a collection holds, read without the project: by SQL through any DB-API connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TABLES = ("projects", "items", "derivations", "settlements", "findings", "unplaced")
Held = Mapping[tuple[str, str], tuple[Any, ...]]


def held(connection: Any) -> Held:
    """Everything that belongs to a file, by its folder and path; the run that wrote it included."""
    cursor = connection.cursor()
    cursor.execute("SELECT id, folder, path, state, reason, content, rules, run FROM workbooks")
    files = cursor.fetchall()
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for table in TABLES:
        cursor.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in cursor.description]
        at = names.index("workbook")
        for row in cursor.fetchall():
            rows.setdefault(row[at], []).append((table, *row))
    return {(file[1], file[2]): (*file, *sorted(map(repr, rows.get(file[0], [])))) for file in files}


def changed(before: Held, after: Held) -> set[str]:
    """The paths of files that are not held as they were."""
    return {
        path
        for folder, path in before.keys() | after.keys()
        if before.get((folder, path)) != after.get((folder, path))
    }


def ask(connection: Any, question: str) -> list[tuple[Any, ...]]:
    """The rows that answer an SQL question."""
    cursor = connection.cursor()
    cursor.execute(question)
    return [tuple(row) for row in cursor.fetchall()]
