"""Findings as SARIF 2.1.0, the format of code scanning tools: all rules, one result a finding.

A cell is a logical location (``결산현황!H5``, kind ``cell``) of the workbook, which is the artifact. The suspects
come as ``properties``, a proposal also as a ``fix``, an accepted exception as a ``suppression``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from xlbudget.exchange.report import plain
from xlbudget.findings import REASONS, Finding, Rule, Severity, Suspect, catalogue

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
VERSION = "2.1.0"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_FINGERPRINT = "xlbudget/v1"


def sarif(files: Sequence[tuple[str, Sequence[Finding]]], version: str) -> dict[str, Any]:
    """Return the log of one run over workbooks: their names and findings. ``version`` is the program's."""
    rules = list(catalogue())
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "xlbudget",
                        "semanticVersion": version,
                        "language": "ko",
                        "rules": [_rule(rule) for rule in catalogue().values()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": {"uri": _uri(name)}} for name, _ in files],
                "results": [
                    _result(finding, name, index, rules)
                    for index, (name, findings) in enumerate(files)
                    for finding in findings
                ],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    blind = f"\n볼 수 없는 것: {rule.blind}" if rule.blind else ""
    return {
        "id": rule.code,
        "name": rule.title,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.rule},
        "help": {"text": f"까닭: {rule.reason}\n할 일: {rule.remedy}{blind}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tolerance": rule.tolerance},
    }


def _result(finding: Finding, name: str, index: int, rules: Sequence[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rules.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [_location(name, index, finding.cells[:1])],
        "relatedLocations": [
            _location(name, index, (cell,)) | {"id": number}
            for number, cell in enumerate(finding.cells[1:], 1)
        ],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
        "properties": {
            "id": finding.id,
            "path": finding.path,
            "facts": {key: plain(value) for key, value in finding.facts.items()},
            "suspects": [_suspect(suspect) for suspect in finding.suspects],
        },
    }
    fixes = [_fix(suspect, name) for suspect in finding.suspects if suspect.proposal]
    if fixes:
        result["fixes"] = fixes
    if finding.accepted is not None:
        said = finding.accepted
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": f"{REASONS.get(said.reason, said.reason)}: {said.text}",
                "properties": {"reason": said.reason, "by": said.by, "on": said.on},
            }
        ]
    return result


def _location(name: str, index: int, cells: Sequence[str]) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(name), "index": index}},
    }
    if cells:
        location["logicalLocations"] = [
            {"name": cell.rpartition("!")[2], "fullyQualifiedName": cell, "kind": "cell"} for cell in cells
        ]
    return location


def _suspect(suspect: Suspect) -> dict[str, Any]:
    return {
        "cells": list(suspect.cells),
        "mechanism": suspect.mechanism,
        "proposal": dict(suspect.proposal) if suspect.proposal is not None else None,
        "score": suspect.score,
    }


def _fix(suspect: Suspect, name: str) -> dict[str, Any]:
    """A proposed repair. What is to be replaced is the content of a cell, named behind the file's name."""
    assert suspect.proposal is not None
    return {
        "description": {"text": suspect.mechanism},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": f"{_uri(name)}#{quote(cell)}"},
                "replacements": [
                    {"deletedRegion": {"startLine": 1}, "insertedContent": {"text": str(value)}}
                ],
            }
            for cell, value in suspect.proposal.items()
        ],
    }


def _uri(name: str) -> str:
    return quote(name.replace("\\", "/"), safe="/:")
