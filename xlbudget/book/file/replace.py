"""``ReplaceSheet``: a generated sheet is cleared and written anew, and given back byte for byte."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from xlbudget.book import EditRefused
from xlbudget.book.file import opc, render, workbookxml
from xlbudget.book.file.drawn import check_bare
from xlbudget.book.file.opc import SHEETML
from xlbudget.book.file.styles import NORMAL
from xlbudget.book.file.work import SheetState, Work, formula_cells
from xlbudget.book.file.workbookxml import with_child
from xlbudget.book.file.xmltree import Node, attribute, cut, inside, parsed, prefix, utf8, with_attributes
from xlbudget.book.values import named
from xlbudget.edits import Edit, Held, ReplaceSheet, SheetImage
from xlbudget.grid import Area, Cell, Ref, quote_sheet

ORDER = [
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
]
_PRINT_AREA, _PRINT_TITLES = "_xlnm.Print_Area", "_xlnm.Print_Titles"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_NEW = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{}"><sheetData/></worksheet>'
)


class SheetHeld(NamedTuple):
    """A sheet as its part stored it, its print area and titles, and the book that can read this."""

    data: bytes
    names: Mapping[str, str | None]
    owner: object


def replace_sheet(work: Work, edit: ReplaceSheet) -> tuple[Edit, ...]:
    """Write a generated sheet, make it where it is missing, give it back, or take a made one away.

    Raises ``EditRefused`` where something of the user's lies on the sheet.
    """
    work.flush()
    if edit.image is None:
        return _take_away(work, edit.name)
    if isinstance(edit.image, Held):
        return _give_back(work, edit.name, edit.image)
    made = not work.has(edit.name)
    if made:
        _make(work, edit.name)
    state = work.state(edit.name)
    check_bare(work, state)
    before = _held(work, state)
    _write(work, state, edit.image)
    work.flush()
    names = _print_names(edit.name, edit.image, first=made or not state.grid.cells)
    _set_names(work, edit.name, names)
    if made:
        return (ReplaceSheet(edit.name, None),)
    if work.package.read(state.sheet.part) == before.data and _names(work, edit.name) == before.names:
        return ()
    return (ReplaceSheet(edit.name, Held(Cell(), before)),)


def _held(work: Work, state: SheetState) -> SheetHeld:
    return SheetHeld(work.package.read(state.sheet.part), _names(work, state.sheet.name), work.owner)


def _scope(work: Work, name: str) -> int:
    return [sheet.name for sheet in work.sheets()].index(name)


def _names(work: Work, name: str) -> dict[str, str | None]:
    scope = _scope(work, name)
    return {kind: work.defined((kind, scope)) for kind in (_PRINT_AREA, _PRINT_TITLES)}


def _set_names(work: Work, name: str, names: Mapping[str, str | None]) -> None:
    scope = _scope(work, name)
    for kind, refers_to in names.items():
        work.define((kind, scope), refers_to)


def _print_names(name: str, image: SheetImage, *, first: bool) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    if image.print_area is not None:
        found[_PRINT_AREA] = f"{quote_sheet(name)}!{_fixed(image.print_area)}"
    if image.page.title_rows is not None:
        top, bottom = image.page.title_rows
        found[_PRINT_TITLES] = f"{quote_sheet(name)}!${top}:${bottom}"
    elif first:
        found[_PRINT_TITLES] = None
    return found


def _fixed(area: Area) -> str:
    return re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", str(area))


def _write(work: Work, state: SheetState, image: SheetImage) -> None:
    name, text = state.sheet.name, state.text
    first = b"<" not in text.rows
    styles = {style for _, style in image.cells.values()}
    plain: Mapping[str | None, int] = {None: NORMAL}
    known = plain if styles <= {None} else work.styles().formats
    formats = {style: known[style] if style in known else work.format(style, name) for style in styles}
    old = text.to_bytes()
    drawn = render.rendered(image, formats, text.prefix, name)
    text.rows = drawn.rows
    wanted = _around(text.frame, text.prefix, image, drawn.area, first=first)
    text.frame = _with_elements(text.frame, wanted)
    if text.to_bytes() == old:
        return
    _note_formulas(work, state, drawn.formulas)
    state.changed()


def _note_formulas(work: Work, state: SheetState, formulas: set[Ref]) -> None:
    """Remember that the whole sheet is new, and where its formulas are."""
    name = state.sheet.name
    work.changed[name] = None
    work.whole.add(name)
    flags = work.formulas.setdefault(name, {})
    flags.update(dict.fromkeys(formula_cells(state.grid), False))
    flags.update(dict.fromkeys(formulas, True))


def _around(frame: bytes, p: str, image: SheetImage, area: str, *, first: bool) -> dict[str, str]:
    """Return the elements around the rows that the image owns, by name; an empty text takes one away."""
    wanted = {
        "dimension": f'<{p}dimension ref="{area}"/>',
        "mergeCells": render.merges_xml(image, p),
        "hyperlinks": render.links_xml(image, p),
        "rowBreaks": render.breaks_xml(image, p),
    }
    if first:
        wanted |= {"sheetViews": render.view_xml(image, p), **render.page_xml(image.page, p)}
        if image.columns:
            wanted["cols"] = render.columns_xml(image, p)
        wanted["sheetPr"] = _fitting(frame, p)
    return wanted


def _fitting(frame: bytes, p: str) -> str:
    """Return the sheet's properties with "fit to page" switched on."""
    root = parsed(frame)
    node = root.find("sheetPr")
    fit = f'<{p}pageSetUpPr fitToPage="1"/>'
    if node is None:
        return f"<{p}sheetPr>{fit}</{p}sheetPr>"
    old = node.find("pageSetUpPr")
    if old is not None:
        tag = with_attributes(frame[old.start : old.inner], {"fitToPage": "1"})
        return (frame[node.start : old.start] + tag + frame[old.inner : node.end]).decode()
    start, end, content = inside(frame, node, fit.encode())
    return (frame[node.start : start] + content + frame[end : max(node.end, end)]).decode()


def _with_elements(frame: bytes, wanted: Mapping[str, str]) -> bytes:
    root = parsed(frame)
    changes: list[tuple[int, int, bytes]] = []
    for tag in sorted(wanted, key=ORDER.index):
        content = wanted[tag].encode()
        if not content and root.find(tag) is None:
            continue
        if tag == "pageSetup" and (old := root.find(tag)) is not None:
            content = _with_printer(frame, old, content)
        changes.append(with_child(frame, root, tag, content, ORDER))
    return cut(frame, changes)


def _with_printer(frame: bytes, old: Node, content: bytes) -> bytes:
    """Keep the link to the stored printer settings."""
    printer = re.search(rb"""\s[\w.-]+:id\s*=\s*(?:"[^"]*"|'[^']*')""", frame[old.start : old.inner])
    return content[:-2] + printer[0] + b"/>" if printer and content else content


def _give_back(work: Work, name: str, held: Held) -> tuple[Edit, ...]:
    payload = held.payload
    if not isinstance(payload, SheetHeld) or payload.owner is not work.owner:
        raise EditRefused(
            f"'{name}' 시트: 다른 통합 문서에서 만든 되돌리기라 쓸 수 없습니다. 그 문서를 연 상태에서 되돌려 주세요."
        )
    made = not work.has(name)
    if made:
        _make(work, name)
    state = work.state(name)
    check_bare(work, state)
    before = _held(work, state)
    work.package.write(state.sheet.part, payload.data)
    _note_formulas(work, state, set(formula_cells(work.read(name))))
    work.forget()
    _set_names(work, name, payload.names)
    return (ReplaceSheet(name, None if made else Held(Cell(), before)),)


def _make(work: Work, name: str) -> None:
    """Add an empty sheet at the end of the workbook."""
    check_sheet_name(name)
    taken = next((sheet.name for sheet in work.sheets() if sheet.name.lower() == name.lower()), None)
    if taken is not None:
        raise EditRefused(
            f"'{name}': 이름이 같은 시트 {named(taken, '이')} 있습니다(대소문자만 다름). 시트 이름을 확인해 주세요."
        )
    work.flush_names()
    package, data = work.package, utf8(work.package.read(work.book), work.book)
    found = workbookxml.outline(data)
    folder = work.book.rpartition("/")[0]
    part = opc.free_name(package, f"{folder}/worksheets/sheet" if folder else "worksheets/sheet", "xml")
    strict = _STRICT.encode() in data[found.root.start : found.root.inner]
    package.write(part, _NEW.format(_STRICT if strict else _MAIN).encode())
    opc.declare(package, part, f"{SHEETML}.worksheet+xml")
    rid = opc.relate(package, work.book, "worksheet", part)
    number = max((entry[1] for entry in found.entries), default=0) + 1
    locked = found.root.find("workbookProtection")
    if locked is not None and locked.attrs.get("lockStructure") in {"1", "true"}:
        work.notices.append(
            f"통합 문서의 구조가 보호되어 있습니다. 보호는 그대로 두고 '{name}' 시트를 넣었습니다."
        )
    group = found.root.find("sheets")
    assert group is not None
    key = opc.id_attribute(found.data[found.root.start : found.root.inner], strict=strict)
    element = f'<{prefix(found.data, group)}sheet name={attribute(name)} sheetId="{number}" {key}="{rid}"/>'
    package.write(work.book, cut(found.data, [inside(found.data, group, element.encode())]))


def check_sheet_name(name: str) -> None:
    """Refuse a sheet name that Excel would not take. Raises ``EditRefused``."""
    if not 0 < len(name) <= 31 or re.search(r"[\[\]:*?/\\\x00-\x1f]", name) or name.strip("'") != name:
        raise EditRefused(
            f"{named(name, '은')} 시트 이름으로 쓸 수 없습니다. 31자까지, : \\ / ? * [ ] 없이 지어 주세요."
        )


def _take_away(work: Work, name: str) -> tuple[Edit, ...]:
    state = work.state(name)
    check_bare(work, state)
    scope, part, package = _scope(work, name), state.sheet.part, work.package
    if package.stored(part) is not None:
        raise EditRefused(
            f"'{name}' 시트는 처음부터 있던 시트라 없애지 않습니다. 필요하면 Excel에서 직접 지워 주세요."
        )
    held = _held(work, state)
    _note_formulas(work, state, set())
    _set_names(work, name, {_PRINT_AREA: None, _PRINT_TITLES: None})
    work.flush_names()
    found = workbookxml.outline(package.read(work.book))
    group = found.root.find("sheets")
    assert group is not None
    node = group.all("sheet")[scope]
    changes = [(node.start, node.end, b"")]
    for other in found.names:
        if other.scope is not None and other.scope > scope:
            tag = with_attributes(
                found.data[other.node.start : other.node.inner], {"localSheetId": str(other.scope - 1)}
            )
            changes.append((other.node.start, other.node.inner, tag))
    package.write(work.book, cut(found.data, changes))
    work.flush()
    package.remove(part)
    opc.undeclare(package, part)
    opc.unrelate(package, work.book, part)
    return (ReplaceSheet(name, Held(Cell(), held)),)
