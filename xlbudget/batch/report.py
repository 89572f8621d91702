"""What became of each file, for machines and for people: JSON, CSV, or a workbook.

JSON and CSV are written as the results come; a workbook is made at the end.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol, TextIO

from xlbudget.batch.jobs import Done, Status
from xlbudget.book import BookReadOnly
from xlbudget.errors import XlbudgetError, reason
from xlbudget.findings import Severity

COLUMNS = ("파일", "상태", "결과", "까닭", "오류", "확인", "참고", "구분", "규칙", "위치", "내용")
_WORDS = {Status.DONE: "완료", Status.UNCHANGED: "그대로", Status.FAILED: "실패"}
_STARTS = (b'{"files": [', f"\ufeff{','.join(COLUMNS)}".encode())
_LONGEST_START = max(map(len, _STARTS))
"""How a report of ours begins, as JSON and as CSV."""
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet would take for a formula when it opens a CSV file."""


class Row(NamedTuple):
    """A line of the table: a file, and one of its findings."""

    file: str
    status: str
    target: str
    reason: str
    errors: int | None
    warnings: int | None
    notes: int | None
    severity: str = ""
    code: str = ""
    cell: str = ""
    message: str = ""


class _Writer(Protocol):
    def add(self, done: Done) -> None: ...

    def finish(self, totals: dict[str, int]) -> None: ...


class Totals:
    """Counts of a run so far."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(("files", *Status, "findings", "errors", "files_with_errors"), 0)

    def add(self, done: Done) -> None:
        """Count a file."""
        counts = self.counts
        counts["files"] += 1
        counts[done.status] += 1
        counts["findings"] += done.findings
        counts["errors"] += done.report["summary"]["errors"] if done.report else 0
        counts["files_with_errors"] += done.has_errors

    def __str__(self) -> str:
        counts = self.counts
        return (
            f"파일 {counts['files']:,}개: 완료 {counts[Status.DONE]:,}, 그대로 {counts[Status.UNCHANGED]:,}, "
            f"실패 {counts[Status.FAILED]:,}; 지적 {counts['findings']:,}건(오류 {counts['errors']:,}건)"
        )


def rows(done: Done) -> Iterator[Row]:
    """Yield a row for each finding of a file, one row where there is none."""
    summary = done.report["summary"] if done.report else {}
    first = (
        done.name, _WORDS[done.status], str(done.target or ""), done.reason,
        summary.get("errors"), summary.get("warnings"), summary.get("notes"),
    )  # fmt: skip
    findings = done.report["findings"] if done.report else ()
    if not findings:
        yield Row(*first)
    for finding in findings:
        where = finding["cells"][0] if finding["cells"] else ""
        yield Row(*first, Severity(finding["severity"]).word, finding["code"], where, finding["message"])


class Report:
    """A report file; it stands under its name when it is closed, also after a run that was cut off."""

    def __init__(self, path: Path) -> None:
        """Begin a report. Raises ``BookReadOnly`` where it cannot be written there."""
        self.path = path
        self.totals = Totals()
        self._fresh = path.with_name(f".{path.name}.{os.getpid():012x}.tmp")
        kind = KINDS.get(path.suffix.lower())
        if kind is None:
            raise XlbudgetError(f"--report {path}: 이름이 .json, .csv, .xlsx 가운데 하나로 끝나야 합니다.")
        _refuse_another(path)
        try:
            self._file = self._fresh.open("w+", encoding="utf-8", newline="")
        except OSError as error:
            raise _unwritable(path, error) from None
        self._writer = kind(self._file)

    def add(self, done: Done) -> None:
        """Take in what became of a file. Raises ``BookReadOnly``."""
        self.totals.add(done)
        try:
            self._writer.add(done)
        except OSError as error:
            raise _unwritable(self.path, error) from None

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writer.finish(dict(self.totals.counts))
            self._file.close()
            _refuse_another(self.path)  # a result of this run may stand there by now
            self._fresh.replace(self.path)
        except BookReadOnly:
            with suppress(OSError):
                self._fresh.unlink()
            raise
        except OSError as failure:
            with suppress(OSError):
                self._file.close()
                self._fresh.unlink()
            raise _unwritable(self.path, failure) from None


def _refuse_another(path: Path) -> None:
    """Raise ``BookReadOnly`` where something else than an earlier report stands under the name."""
    if path.exists() and not _is_report(path):
        raise BookReadOnly(
            f"--report {path}: 이미 있는 다른 파일이라 덮어쓰지 않았습니다. 보고서에는 다른 이름을 주세요."
        )


def _is_report(path: Path) -> bool:
    from xlbudget.batch.sheet import is_report

    if not path.is_file():
        return False
    if path.suffix.lower() == ".xlsx":
        return is_report(path)
    with path.open("rb") as file:
        start = file.read(_LONGEST_START)
    return start.startswith(_STARTS) or not start


def _unwritable(path: Path, error: OSError) -> BookReadOnly:
    return BookReadOnly(
        f"{path}: 보고서를 쓸 수 없습니다({reason(error)}). 폴더, 권한, 남은 공간을 확인하세요."
    )


class _Json:
    def __init__(self, file: TextIO) -> None:
        self.file = file
        file.write('{"files": [')
        self.between = "\n"

    def add(self, done: Done) -> None:
        self.file.write(self.between + json.dumps(as_json(done), ensure_ascii=False))
        self.between = ",\n"

    def finish(self, totals: dict[str, int]) -> None:
        self.file.write(f'\n], "totals": {json.dumps(totals)}}}\n')


def as_json(done: Done) -> dict[str, Any]:
    """Return what became of a file as JSON data: what ``check --json`` says of it, and how it went."""
    said = dict(done.report) if done.report else {"file": done.name, "summary": None, "findings": []}
    out = str(done.target) if done.target else None
    return {**said, "status": done.status.value, "out": out, "reason": done.reason or None}


class _Csv:
    def __init__(self, file: TextIO) -> None:
        file.write("\ufeff")  # or Excel takes it for another encoding
        self.writer = csv.writer(file)
        self.writer.writerow(COLUMNS)

    def add(self, done: Done) -> None:
        self.writer.writerows(map(harmless, rows(done)))

    def finish(self, totals: dict[str, int]) -> None:
        """Nothing follows the last row."""


def harmless(row: Iterable[object]) -> list[object]:
    """Return a row of a CSV file in which no text begins as a formula does."""
    return [f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value for value in row]


class _Workbook:
    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.rows: list[Row] = []

    def add(self, done: Done) -> None:
        self.rows += rows(done)

    def finish(self, totals: dict[str, int]) -> None:
        from xlbudget.batch.sheet import workbook

        binary = self.file.buffer if isinstance(self.file, io.TextIOWrapper) else None
        assert binary is not None
        binary.write(workbook(COLUMNS, self.rows))


KINDS: dict[str, Callable[[TextIO], _Writer]] = {".json": _Json, ".csv": _Csv, ".xlsx": _Workbook}
