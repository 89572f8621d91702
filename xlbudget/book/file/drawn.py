"""What users have laid on a sheet: shapes, pictures, charts, controls and notes."""

from __future__ import annotations

import re

from xlbudget.book import EditRefused
from xlbudget.book.file.notebox import other_shapes
from xlbudget.book.file.opc import relations
from xlbudget.book.file.work import SheetState, Work
from xlbudget.book.file.xmltree import Node, parse, utf8, whole
from xlbudget.grid import LAST_ROW, a1
from xlbudget.korean import with_particle

OURS = "xlb"
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_KINDS = {"pic": "그림", "graphicFrame": "차트", "sp": "도형", "grpSp": "도형 묶음", "cxnSp": "선"}


def check_bare(work: Work, state: SheetState) -> None:
    """Refuse to rewrite a sheet on which a user has laid something. Raises ``EditRefused``."""
    tail, name = state.text.tail, state.sheet.name
    for tag, what in ((b"tableParts", "표"), (b"oleObjects", "개체"), (b"controls", "컨트롤")):
        if re.search(rb"<(?:[\w.-]+:)?" + tag + rb"[\s/>]", tail):
            raise _lies(name, what, "")
    kinds = {relation.kind: relation.target for relation in relations(work.package, state.sheet.part)}
    if b"drawing" in tail and "drawing" in kinds:
        for kind, label, where in shapes(work, kinds["drawing"]):
            raise _lies(name, f"{kind} '{label}'", where)
    vml = drawing_part(work, state)
    if vml is not None and other_shapes(work.package.read(vml)):
        raise _lies(name, "단추나 컨트롤", "")
    if "pivotTable" in kinds:
        raise _lies(name, "피벗 테이블", "")
    for ref, note in sorted(state.grid.notes.items()):
        if note.tag is None:
            raise _lies(name, "댓글" if note.threaded else "메모", a1(*ref))


def _lies(sheet: str, what: str, where: str) -> EditRefused:
    place = f" {where} 칸에" if where else "에"
    return EditRefused(
        f"'{sheet}' 시트{place} 사용자가 놓은 {with_particle(what, '이')} 있어 다시 쓰지 않았습니다. 다른 시트로 옮긴 뒤 다시 해 주세요."
    )


def shapes(work: Work, part: str) -> list[tuple[str, str, str]]:
    """Return the kind, the name and the cell of each shape of a drawing that is not ours."""
    found = []
    for anchor in parse(utf8(work.package.read(part), part), part).children:
        if anchor.tag.rpartition("}")[2] not in _ANCHORS:
            continue
        label = next((n.attrs.get("name", "") for n in anchor.walk() if n.tag.endswith("}cNvPr")), "")
        if label.startswith(OURS):
            continue
        kind = next((k for c in anchor.walk() if (k := _KINDS.get(c.tag.rpartition("}")[2]))), "개체")
        found.append((kind, label, _corner(anchor)))
    return found


def drawing_part(work: Work, state: SheetState) -> str | None:
    """Return the name of the VML drawing with the boxes of a sheet's notes and its old controls."""
    node = (
        parse(state.text.frame, "시트").find("legacyDrawing") if b"legacyDrawing" in state.text.tail else None
    )
    if node is None:
        return None
    found = (r.target for r in relations(work.package, state.sheet.part) if r.id == node.attrs.get("r:id"))
    return next((part for part in found if work.package.find(part)), None)


def corners(work: Work, part: str) -> list[tuple[str, int]]:
    """Return for each shape of a drawing its first cell and its last row."""
    found = []
    for anchor in parse(utf8(work.package.read(part), part), part).children:
        end = next((child for child in anchor.children if child.tag.endswith("}to")), None)
        row = next((c.text.strip() for c in end.children if c.tag.endswith("}row")), "") if end else ""
        if anchor.attrs.get("editAs") == "absolute" or anchor.tag.endswith("}absoluteAnchor"):
            continue
        found.append((_corner(anchor), whole(row, LAST_ROW - 1) + 1))
    return found


def _corner(anchor: Node) -> str:
    start = next((child for child in anchor.children if child.tag.endswith("}from")), None)
    if start is None:
        return ""
    found = {child.tag.rpartition("}")[2]: child.text.strip() for child in start.children}
    row, column = whole(found.get("row"), -1), whole(found.get("col"), -1)
    return a1(row + 1, column + 1) if row >= 0 and column >= 0 else ""
