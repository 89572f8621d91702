"""Bringing a named cell style into a workbook that lacks it, or giving one a cell format."""

from __future__ import annotations

from collections.abc import Callable

from xlbudget.book.file.styles import Styles
from xlbudget.book.file.workbookxml import place
from xlbudget.book.file.xmltree import Node, attribute, cut, inside, prefix, whole, with_attributes
from xlbudget.edits import Style

_ORDER = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
]
_BORDERS = {"t": ("thin", "FF9AA5B1"), "M": ("medium", "FF1F3A5F"), "T": ("thick", "FF9B1C1C")}
_FIRST_FORMAT = 164
_BUILT_IN = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "@": 49}
_DEFAULT_FONT = "맑은 고딕"


class _Additions:
    """Elements to add at the end of the lists of ``styles.xml``, all at once."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.prefix = prefix(styles.data, styles.root)
        self.added: dict[str, list[str]] = {}

    def nodes(self, group: str) -> list[Node]:
        node = self.styles.root.find(group)
        return node.children if node else []

    def add(self, group: str, element: str) -> int:
        """Add an element to a list; return its number, an old one's where the same stands there."""
        data = self.styles.data
        old = self.nodes(group)
        if group in {"fonts", "fills", "borders"}:
            raw = element.encode()
            same = next((i for i, node in enumerate(old) if data[node.start : node.end] == raw), None)
            if same is not None:
                return same
        self.added.setdefault(group, []).append(element)
        return len(old) + len(self.added[group]) - 1

    def to_bytes(self) -> bytes:
        """Return the part with the additions and the counts right."""
        data, root = self.styles.data, self.styles.root
        changes: list[tuple[int, int, bytes]] = []
        for group, elements in self.added.items():
            content = "".join(elements).encode()
            node = root.find(group)
            if node is None:
                at = place(root, group, _ORDER)
                name = self.prefix + group
                changes.append(
                    (at, at, f'<{name} count="{len(elements)}">'.encode() + content + f"</{name}>".encode())
                )
                continue
            tag = with_attributes(
                data[node.start : node.inner], {"count": str(len(node.children) + len(elements))}
            )
            if node.end == node.inner:
                tag = inside(tag, _alone(tag), content)[2]
                changes.append((node.start, node.inner, tag))
            else:
                changes += [(node.start, node.inner, tag), (node.close, node.close, content)]
        return cut(data, changes)


def _alone(tag: bytes) -> Node:
    return Node("", {}, 0, len(tag))


def with_style(styles: Styles, name: str | None, wanted: Style | None) -> bytes:
    """Return ``styles.xml`` with a cell format for a named style, and the style itself where it is missing."""
    more = _Additions(styles)
    masters = styles.root.find("cellStyleXfs")
    known = styles.known.get(name) if name is not None else _normal(styles)
    if known is not None and masters is not None and known < len(masters.children):
        node = masters.children[known]
        more.add("cellXfs", _referring(styles.data[node.start : node.end], known, _alone_end(node)))
        return more.to_bytes()
    if wanted is None:
        wanted = Style(name or "")
    xf = _format(more, wanted)
    master = more.add("cellStyleXfs", xf(None))
    more.add("cellXfs", xf(master))
    more.add("cellStyles", f'<{more.prefix}cellStyle name={attribute(wanted.name)} xfId="{master}"/>')
    return more.to_bytes()


def _normal(styles: Styles) -> int:
    group = styles.root.find("cellStyles")
    nodes = group.children if group else []
    return next((whole(n.attrs.get("xfId")) for n in nodes if n.attrs.get("builtinId") == "0"), 0)


def _alone_end(node: Node) -> int:
    return node.inner - node.start


def _referring(raw: bytes, master: int, inner: int) -> str:
    """Return a cell format that adds nothing to a style's own."""
    return (with_attributes(raw[:inner], {"xfId": str(master)}) + raw[inner:]).decode()


def _format(more: _Additions, style: Style) -> Callable[[int | None], str]:
    """Add what a style is made of; return the format element for a master (``None``: the master itself)."""
    p = more.prefix
    numbers = (
        f'numFmtId="{_number_format(more, style.number_format)}" fontId="{more.add("fonts", _font(more, style))}" '
        f'fillId="{_fill(more, style)}" borderId="{more.add("borders", _border(p, style.border))}"'
    )
    alignment = f'<{p}alignment horizontal="{style.horizontal}" vertical="{style.vertical}"'
    alignment += ' wrapText="1"' if style.wrap else ""
    alignment += f' indent="{style.indent}"' if style.indent else ""
    alignment += ' shrinkToFit="1"' if style.shrink else ""
    inner = alignment + "/>" + ("" if style.locked else f'<{p}protection locked="0"/>')
    applied = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1" applyProtection="1"'

    def element(master: int | None) -> str:
        mark = f' xfId="{master}"' if master is not None else ""
        return f"<{p}xf {numbers}{mark} {applied}>{inner}</{p}xf>"

    return element


def _number_format(more: _Additions, code: str) -> int:
    if code in _BUILT_IN:
        return _BUILT_IN[code]
    nodes = more.nodes("numFmts")
    for node in nodes:
        if node.attrs.get("formatCode") == code:
            return whole(node.attrs.get("numFmtId"))
    number = max([_FIRST_FORMAT - 1, *(whole(node.attrs.get("numFmtId")) for node in nodes)]) + 1
    more.add("numFmts", f'<{more.prefix}numFmt numFmtId="{number}" formatCode={attribute(code)}/>')
    return number


def _font(more: _Additions, style: Style) -> str:
    p = more.prefix
    first = more.nodes("fonts")
    name = first[0].find("name") if first else None
    face = name.attrs.get("val", _DEFAULT_FONT) if name else _DEFAULT_FONT
    charset = first[0].find("charset") if first else None
    mark = f'<{p}charset val="{charset.attrs.get("val", "129")}"/>' if charset else ""
    family = f'<{p}family val="3"/>'
    bold = f"<{p}b/>" if style.bold else ""
    return (
        f'<{p}font>{bold}<{p}sz val="{style.size:g}"/><{p}color rgb="FF{style.ink}"/>'
        f"<{p}name val={attribute(face)}/>{family}{mark}</{p}font>"
    )


def _fill(more: _Additions, style: Style) -> int:
    p = more.prefix
    if not style.fill:
        return 0
    return more.add(
        "fills",
        f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{style.fill}"/>'
        f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>',
    )


def _border(p: str, border: str) -> str:
    top, right, bottom, left = tuple(border)
    sides = (("left", left), ("right", right), ("top", top), ("bottom", bottom))
    return (
        f"<{p}border>" + "".join(_side(p, name, code) for name, code in sides) + f"<{p}diagonal/></{p}border>"
    )


def _side(p: str, name: str, code: str) -> str:
    if code == "-":
        return f"<{p}{name}/>"
    kind, colour = _BORDERS[code]
    return f'<{p}{name} style="{kind}"><{p}color rgb="{colour}"/></{p}{name}>'
