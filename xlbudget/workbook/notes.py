"""Notes at the cells that findings suspect: what is wrong, by how much, and what probably stood there.

They carry our tag, so that the next run takes away exactly its own. A cell with somebody else's note or a
comment thread is left alone: 점검결과 tells the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xlbudget.edits import DropNotes, Edit, SetNote
from xlbudget.findings import LAST_YEAR_CELLS, Finding, Severity, Suspect
from xlbudget.grid import Grid, parse_a1
from xlbudget.money import format_amount

TAG = "xlbudget 점검"
"""The tag of our notes."""
_MOST_CELLS = 8
_MOST_FINDINGS = 3


def notes(findings: Sequence[Finding], grids: Mapping[str, Grid]) -> list[Edit]:
    """Return the edits that put notes at suspects, and take away those of an earlier run.

    ``grids`` are the sheets that people fill in, by name.
    """
    edits: list[Edit] = [
        DropNotes(TAG, name)
        for name, grid in grids.items()
        if any(note.tag == TAG and not note.threaded for note in grid.notes.values())
    ]
    for cell, texts in _texts(findings).items():
        sheet, _, address = cell.rpartition("!")
        if sheet not in grids:
            continue
        ref = parse_a1(address)
        there = grids[sheet].notes.get(ref)
        if there is None or (there.tag == TAG and not there.threaded):
            edits.append(SetNote(sheet, ref, "\n\n".join(texts[:_MOST_FINDINGS]), TAG))
    return edits


def _texts(findings: Sequence[Finding]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for finding in findings:
        if finding.accepted is None and finding.severity is not Severity.NOTE:
            for cell, text in _of(finding):
                texts.setdefault(cell, []).append(text)
    return texts


def _of(finding: Finding) -> Iterator[tuple[str, str]]:
    head = f"[{finding.severity.word}] {finding.message}"
    told: dict[str, str] = {}
    for suspect in finding.suspects:
        for cell in suspect.cells:
            if len(told) < _MOST_CELLS and not cell.startswith(LAST_YEAR_CELLS):
                told.setdefault(cell, f"{head}\n{_said(cell, suspect)}")
    if not told and finding.cells:
        told[finding.cells[0]] = head
    yield from told.items()


def _said(cell: str, suspect: Suspect) -> str:
    said = f"이 칸: {suspect.mechanism or '틀렸을 수 있음'}"
    if suspect.proposal and cell in suspect.proposal:
        said += f" → 고칠 값 {format_amount(suspect.proposal[cell])}"
    return said
