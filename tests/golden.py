"""Golden files: what was looked at once and found right. ``XLBUDGET_WRITE_GOLDENS=1`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

from xlbudget.edits import Content, Formula, SheetImage
from xlbudget.grid import a1

GOLDENS = Path(__file__).parent / "goldens"


def check(name: str, text: str) -> None:
    """Compare a text with a golden file."""
    path = GOLDENS / name
    if os.environ.get("XLBUDGET_WRITE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def sheet_text(image: SheetImage) -> str:
    """Return a sheet as lines: rows with height and cells, page breaks, merged areas behind their first cell."""
    merged = {(area.top, area.left): f" [{area}]" for area in image.merges}
    rows: dict[int, list[str]] = {row: [] for row in image.heights}
    for (row, column), (content, style) in sorted(image.cells.items()):
        if content is not None or (row, column) in merged:
            place = a1(row, column) + merged.get((row, column), "")
            rows.setdefault(row, []).append(f"  {place} <{style}> {shown(content)}")
    lines = []
    for row, cells in rows.items():
        lines += [f"{row}: {image.heights.get(row)}", *cells]
        if row in image.breaks:
            lines.append("-" * 20)
    return "\n".join(lines) + "\n"


def shown(content: Content) -> str:
    """Return a content on one line."""
    if isinstance(content, Formula):
        return f"={content.text} → {content.value!r}"
    return repr(content)
