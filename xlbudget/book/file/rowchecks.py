"""What stands in the way of rows that come in or go out; nothing is changed before all of it is looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlbudget.book import EditRefused
from xlbudget.book.file.drawn import corners, drawing_part
from xlbudget.book.file.notebox import other_shapes
from xlbudget.book.file.opc import related, relations
from xlbudget.book.file.rowmove import Move
from xlbudget.book.file.shared import FORMULA, address_before
from xlbudget.book.file.sheettext import area, attributes_of
from xlbudget.book.file.strings import plain
from xlbudget.book.file.tables import tables
from xlbudget.book.file.work import SheetState, Work
from xlbudget.book.file.xmltree import parse, utf8, whole
from xlbudget.book.values import named
from xlbudget.grid import LAST_ROW, a1
from xlbudget.korean import with_particle

_CHART_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^>]*)?>([^<]*)</")
_LINKED = re.compile(rb"""\b(?:textlink|fmlaLink|fmlaRange|fmlaTxbx|fmlaGroup)\s*=\s*["']([^"']*)["']""")
_ANCHOR = re.compile(rb"<[\w.-]+:Anchor>([0-9,\s]+)")
_BOUND = re.compile(rb"<[\w.-]+:(?:FmlaLink|FmlaRange|FmlaTxbx|FmlaPict)>([^<]*)<")
_OBSTACLES = ("scenarios", "customSheetViews", "dataConsolidate", "oleObjects", "controls")


def check_move(work: Work, state: SheetState, move: Move) -> None:
    """Refuse where something would have to move that we do not move. Raises ``EditRefused``."""
    for reason in _reasons(work, state, move):
        raise EditRefused(
            f"'{move.sheet}' 시트 {move.at}행: {reason} 때문에 행을 넣거나 뺄 수 없습니다. "
            "Excel에서 직접 행을 넣은 뒤 다시 해 주세요."
        )


def _reasons(work: Work, state: SheetState, move: Move) -> Iterator[str]:
    last = state.spans.rows()[-1].number if state.spans.rows() else 0
    if move.count > 0 and max(last, move.at) + move.count > LAST_ROW:
        yield "시트의 마지막 행을 넘기기"
    yield from _own_formulas(state, move)
    yield from _own_tables(work, state, move)
    yield from _own_objects(work, state, move)
    yield from _elsewhere(work, move)


def _own_formulas(state: SheetState, move: Move) -> Iterator[str]:
    """Arrays and data tables at or below the place."""
    for match in FORMULA.finditer(state.text.rows) if b"<" in state.text.rows else ():
        given = attributes_of(match[2])
        kind = given.get(b"t")
        if kind == b"dataTable":
            yield "데이터 표가 있기"
        elif kind == b"array":
            held = area(given.get(b"ref", b"A1").decode())
            if held.bottom >= move.at:
                yield f"배열 수식 {with_particle(str(held), '을')} 옮겨야 하기"
        elif kind is not None and kind not in {b"shared", b"normal"}:
            yield f"{a1(*address_before(state.text, match.start()))} 칸의 알 수 없는 수식"


def _own_tables(work: Work, state: SheetState, move: Move) -> Iterator[str]:
    for table in tables(work, state):
        if table.area.top < move.at <= table.area.top + table.headings:
            yield f"표 '{table.name}'의 머리글 바로 아래이기"
        if move.count < 0 and table.area.top < move.at <= table.area.bottom + 1:
            yield f"표 {named(table.name, '이')} 걸쳐 있기"
    if related(work.package, state.sheet.part, "tableSingleCells"):
        yield "XML에 연결된 칸이 있기"


def _own_objects(work: Work, state: SheetState, move: Move) -> Iterator[str]:
    package, part, tail = work.package, state.sheet.part, state.text.tail
    for tag in _OBSTACLES:
        if re.search(rb"<(?:[\w.-]+:)?" + tag.encode() + rb"[\s/>]", tail):
            yield f"시트에 함께 옮길 수 없는 것({tag})이 있기"
    for relation in relations(package, part):
        if relation.kind == "drawing":
            for where, bottom in corners(work, relation.target):
                if bottom >= move.at:
                    yield f"{where} 칸의 그림이나 도형, 차트를 옮겨야 하기"
        elif relation.kind == "pivotTable":
            location = parse(utf8(package.read(relation.target), "피벗"), "피벗").find("location")
            if location is None or area(location.attrs.get("ref", "A1")).bottom >= move.at:
                yield "피벗 테이블을 옮겨야 하기"
    vml = drawing_part(work, state)
    if vml is not None:
        yield from _controls(package.read(vml), move)


def _controls(data: bytes, move: Move) -> Iterator[str]:
    for shape in other_shapes(data):
        found = _ANCHOR.search(shape)
        numbers = found[1].split(b",") if found else []
        if len(numbers) == 8 and whole(numbers[6]) + 1 >= move.at:
            yield f"{a1(whole(numbers[2]) + 1, whole(numbers[0]) + 1)} 칸의 단추나 컨트롤을 옮겨야 하기"


def _elsewhere(work: Work, move: Move) -> Iterator[str]:
    """References in charts, pivot caches, text boxes and controls."""
    package = work.package
    for name in package.names():
        folded = name.lower()
        if "/charts/" in folded and folded.endswith(".xml"):
            if _moves(_CHART_FORMULA.findall(utf8(package.read(name), name)), move):
                yield "차트가 이 시트의 아래쪽 칸을 쓰기"
        elif "/drawings/" in folded and folded.endswith((".xml", ".vml")):
            data = utf8(package.read(name), name)
            if _moves(_LINKED.findall(data) + _BOUND.findall(data), move):
                yield "도형이나 단추가 이 시트의 아래쪽 칸에 이어져 있기"
        elif "/ctrlprops/" in folded and _moves(_LINKED.findall(utf8(package.read(name), name)), move):
            yield "컨트롤이 이 시트의 아래쪽 칸에 이어져 있기"
        elif "/pivotcache/" in folded and "definition" in folded and folded.endswith(".xml"):
            yield from _pivot_source(package.read(name), move)


def _moves(formulas: list[bytes], move: Move) -> bool:
    return any(move.formula(text, move.sheet) != text for text in map(plain, formulas))


def _pivot_source(data: bytes, move: Move) -> Iterator[str]:
    for node in parse(utf8(data, "피벗"), "피벗").walk():
        if node.tag != "worksheetSource" or node.attrs.get("sheet", "").lower() != move.sheet.lower():
            continue
        ref = node.attrs.get("ref")
        if ref and area(ref).bottom >= move.at:
            yield "피벗 테이블이 이 시트의 아래쪽 칸을 쓰기"
