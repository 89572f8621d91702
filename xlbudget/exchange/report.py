"""Findings and edits for people and for machines: lines of text, and the JSON of ``check --json``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xlbudget.edits import (
    DropNotes,
    Edit,
    Formula,
    Held,
    InsertRows,
    RemoveRows,
    ReplaceSheet,
    SetCells,
    SetName,
    SetNote,
    SetStyle,
)
from xlbudget.findings import Finding, Rule, Summary, catalogue
from xlbudget.grid import Grid, Value, a1
from xlbudget.money import format_amount, won_text


def finding_lines(findings: Sequence[Finding], summary: Summary) -> Iterator[str]:
    """Yield a line a finding (severity, code and title of the rule, cell, message), then the summary line."""
    for finding in findings:
        where = f" {finding.cells[0]}" if finding.cells else ""
        word = finding.severity.word if finding.accepted is None else "승인"
        yield f"[{word}] {finding.code}({catalogue()[finding.code].title}){where}  {finding.message}"
    yield str(summary)


def rule_lines(rule: Rule) -> Iterator[str]:
    """Yield what a rule asks for, why, what to do, an example of each kind and what it cannot see."""
    yield f"{rule.code}  {rule.title}  [{rule.severity.word}]"
    yield f"  규칙: {rule.rule}"
    yield f"  허용 차이: {rule.tolerance}"
    yield f"  까닭: {rule.reason}"
    yield f"  할 일: {rule.remedy}"
    for word, text in (("맞는 예", rule.right), ("틀린 예", rule.wrong), ("볼 수 없는 것", rule.blind)):
        if text:
            yield f"  {word}: {text}"


def report_json(file: str, findings: Sequence[Finding], summary: Summary) -> dict[str, Any]:
    """Return one object a file, as ``check --json`` prints it."""
    return {
        "file": file,
        "summary": summary.as_json(),
        "findings": [
            {
                "id": finding.id,
                "code": finding.code,
                "severity": finding.severity.value,
                "message": finding.message,
                "cells": list(finding.cells),
                "facts": {key: plain(value) for key, value in finding.facts.items()},
                "suspects": [
                    {
                        "cells": list(suspect.cells),
                        "mechanism": suspect.mechanism,
                        "proposal": dict(suspect.proposal) if suspect.proposal is not None else None,
                        "score": suspect.score,
                    }
                    for suspect in finding.suspects
                ],
                "accepted": asdict(finding.accepted) if finding.accepted is not None else None,
            }
            for finding in findings
        ],
    }


def plain(value: object) -> Any:
    """Return a fact as JSON data; exact numbers that are not whole become text."""
    match value:
        case Fraction():
            return int(value) if value.denominator == 1 else won_text(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case tuple() | list():
            return [plain(item) for item in value]
    return value


def edit_lines(grids: Mapping[str, Grid], edits: Sequence[Edit]) -> Iterator[str]:
    """Yield what edits would change, a line a cell: where, old → new; cells that stay are not named."""
    for edit in edits:
        match edit:
            case SetCells(sheet, cells):
                for ref, content in cells.items():
                    old = _shown(grids[sheet].cell(*ref).value, grids[sheet].cell(*ref).formula)
                    new = _content(content)
                    if old != new:
                        yield f"{sheet}!{a1(*ref)}: {old} → {new}"
            case ReplaceSheet(name):
                yield f"{name}: 시트를 새로 씁니다"
            case SetStyle(sheet, refs, style):
                yield f"{sheet}!{a1(*refs[0])} 외 {len(refs) - 1}칸: 서식 {style}"
            case InsertRows(sheet, at, count):
                yield f"{sheet}: {at}행 앞에 {count}행을 넣습니다"
            case RemoveRows(sheet, at, count):
                yield f"{sheet}: {at}행부터 넣었던 {count}행을 지웁니다"
            case SetNote(sheet, ref, text, _):
                yield f"{sheet}!{a1(*ref)}: 메모 {text!r}"
            case DropNotes(tag, sheet, _):
                yield f"{sheet or '모든 시트'}: 메모 [{tag}]를 지웁니다"
            case SetName(name, refers_to):
                yield f"이름 {name}: {refers_to or '없앰'}"


def _content(content: object) -> str:
    match content:
        case Held(cell):
            return _shown(cell.value, cell.formula)
        case Formula(text, value):
            return _shown(value, text)
    return _shown(content, None)  # type: ignore[arg-type]


def _shown(value: Value, formula: str | None) -> str:
    text = "(빈칸)" if value is None else format_amount(value) if isinstance(value, int) else str(value)
    return f"{text} [={formula}]" if formula else text
