"""Changes to a workbook as data: pure code returns them, a ``Book`` applies them.

Applying a list of edits gives back the list that undoes it. Preview, dry run, diff, undo and tests
all look at the same lists, so no two ways into the workbook can disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from xlbudget.grid import Area, Cell, Ref, Value, a1


class Formula(NamedTuple):
    """A formula to write (without ``=``) together with its value, so that readers that do not calculate
    show the number.
    """

    text: str
    value: Value


@dataclass(frozen=True, slots=True)
class Held:
    """What a host held, to be put back exactly as it was. Only inverse edits carry it; only the adapter
    that made it can read ``payload``. ``cell`` tells others what it amounts to.
    """

    cell: Cell
    payload: Any = field(compare=False, repr=False)


Content = Value | Formula | Held


class Link(NamedTuple):
    """A link from a cell to a place in the same workbook, e.g. ``'결산현황'!H5``."""

    target: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """A named cell style, so that an adapter can bring it along where a workbook lacks it.

    ``border`` is top, right, bottom, left: ``t`` thin grey, ``M`` medium navy, ``T`` thick red, ``-`` none.
    Colours are RRGGBB; ``fill`` empty means no fill.
    """

    name: str
    size: float = 9.5
    bold: bool = False
    ink: str = "1F2933"
    fill: str = ""
    border: str = "----"
    horizontal: str = "left"
    vertical: str = "center"
    wrap: bool = False
    shrink: bool = False
    indent: int = 0
    number_format: str = "General"
    locked: bool = True


@dataclass(frozen=True, slots=True)
class PageSetup:
    """How a generated sheet prints; used on the first build only, afterwards it belongs to the user.

    Margins in inches. Header and footer are Excel's codes (``&L…&C…&R…``, a literal ``&`` doubled).
    """

    landscape: bool = False
    left: float = 0.5
    right: float = 0.5
    top: float = 0.75
    bottom: float = 0.71
    header_margin: float = 0.35
    footer_margin: float = 0.35
    header: str = ""
    footer: str = ""
    centred: bool = True
    title_rows: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class SheetImage:
    """A whole generated sheet.

    ``cells`` maps an address to content and style name (``None`` content: a styled blank). ``heights`` in
    points; ``breaks`` are rows after which a page ends; ``columns`` (width in characters, or ``None`` for a
    hidden column) and ``page`` count on the first build only. The print area is ``print_area``.
    """

    cells: Mapping[Ref, tuple[Content, str | None]]
    merges: tuple[Area, ...] = ()
    heights: Mapping[int, float] = field(default_factory=dict)
    breaks: tuple[int, ...] = ()
    links: Mapping[Ref, Link] = field(default_factory=dict)
    columns: Mapping[int, float | None] = field(default_factory=dict)
    page: PageSetup = PageSetup()
    print_area: Area | None = None
    freeze: Ref | None = None
    gridlines: bool = False


@dataclass(frozen=True, slots=True)
class SetCells:
    """Write contents; styles stay. Text stays text, also when it begins with ``=``, ``+``, ``-`` or ``@``."""

    sheet: str
    cells: Mapping[Ref, Content]


@dataclass(frozen=True, slots=True)
class SetStyle:
    """Give cells a named style."""

    sheet: str
    refs: tuple[Ref, ...]
    style: str | None


@dataclass(frozen=True, slots=True)
class InsertRows:
    """Insert ``count`` blank rows before row ``at``, made like the row above: its height, styles, merges
    within the row, validations and conditional formats. What lies below moves, and so do the references
    to it in the workbook.
    """

    sheet: str
    at: int
    count: int


@dataclass(frozen=True, slots=True)
class RemoveRows:
    """Undo an ``InsertRows``; refused where the rows hold anything else than what was written into them.

    ``written`` is what may stand there. Never part of a forward list: a user's rows are never deleted.
    """

    sheet: str
    at: int
    count: int
    written: Mapping[Ref, Content] = field(default_factory=dict)
    payload: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ReplaceSheet:
    """Clear a generated sheet and write it anew; the sheet itself (its id, references to it, its column
    widths, margins, header and footer after the first build) stays. Made where it is missing; ``None``
    takes such a made sheet away again.
    """

    name: str
    image: SheetImage | Held | None


@dataclass(frozen=True, slots=True)
class SetNote:
    """Put a note at a cell. ``tag`` closes the text as a line ``[tag]`` and marks the note as ours."""

    sheet: str
    ref: Ref
    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class DropNotes:
    """Take away every note with our tag, on one sheet or (``None``) on all, or at given cells only."""

    tag: str
    sheet: str | None = None
    refs: tuple[Ref, ...] | None = None


@dataclass(frozen=True, slots=True)
class SetName:
    """Define a workbook name (``refers_to`` without ``=``), or remove it (``None``)."""

    name: str
    refers_to: str | None


Edit = SetCells | SetStyle | InsertRows | RemoveRows | ReplaceSheet | SetNote | DropNotes | SetName


def _content_json(content: Content) -> Any:
    if isinstance(content, Held):
        content = (
            Formula(content.cell.formula, content.cell.value) if content.cell.formula else content.cell.value
        )
    if isinstance(content, Formula):
        return {"formula": "=" + content.text, "value": _content_json(content.value)}
    if content is None or isinstance(content, bool | int | str):
        return content
    return str(content)


def as_json(edit: Edit) -> dict[str, Any]:
    """Return an edit as plain JSON data, for previews and dry runs."""
    kind = type(edit).__name__
    match edit:
        case SetCells(sheet, cells):
            return {
                "edit": kind,
                "sheet": sheet,
                "cells": {a1(*r): _content_json(c) for r, c in cells.items()},
            }
        case SetStyle(sheet, refs, style):
            return {"edit": kind, "sheet": sheet, "cells": [a1(*r) for r in refs], "style": style}
        case InsertRows(sheet, at, count) | RemoveRows(sheet, at, count):
            return {"edit": kind, "sheet": sheet, "at": at, "count": count}
        case ReplaceSheet(name, image):
            painted = image.cells if isinstance(image, SheetImage) else {}
            return {
                "edit": kind,
                "sheet": name,
                "cells": {a1(*r): _content_json(c) for r, (c, _) in painted.items() if c is not None},
            }
        case SetNote(sheet, ref, text, tag):
            return {"edit": kind, "sheet": sheet, "cell": a1(*ref), "text": text, "tag": tag}
        case DropNotes(tag, sheet, refs):
            return {"edit": kind, "tag": tag, "sheet": sheet, "cells": refs and [a1(*r) for r in refs]}
        case SetName(name, refers_to):
            return {"edit": kind, "name": name, "refers_to": refers_to}


def written_sheets(edits: Sequence[Edit]) -> tuple[str, ...]:
    """Return the names of the sheets that a list of edits touches, in order of first mention."""
    names: dict[str, None] = {}
    for edit in edits:
        sheet = edit.name if isinstance(edit, ReplaceSheet) else getattr(edit, "sheet", None)
        if sheet is not None:
            names[sheet] = None
    return tuple(names)
