"""Cell formats and named cell styles (``styles.xml``, ECMA-376 part 1, §18.8)."""

from __future__ import annotations

from functools import lru_cache

from xlbudget.book.file.xmltree import Node, parse, utf8, whole
from xlbudget.grid import Cell

NORMAL = 0  # the first cell format is what cells without one have
_SAME = ("numFmtId", "fontId", "fillId", "borderId")


class Styles:
    """What the part says: the style name of each cell format, and a cell format for each style name.

    ``names[s]`` is ``None`` for Normal; ``blanks[s]`` is an empty cell of that style. ``formats[name]`` is the
    cell format that adds nothing to the style.
    """

    __slots__ = ("blanks", "data", "formats", "known", "names", "root")

    def __init__(self, data: bytes) -> None:
        self.data = utf8(data, "styles.xml")
        self.root = parse(self.data, "styles.xml")
        masters = _children(self.root, "cellStyleXfs", "xf")
        self.known: dict[str, int] = {}
        by_master: dict[int, str | None] = {}
        for node in _children(self.root, "cellStyles", "cellStyle"):
            master = whole(node.attrs.get("xfId"))
            name = None if node.attrs.get("builtinId") == "0" else node.attrs.get("name")
            by_master.setdefault(master, name)
            if name:
                self.known.setdefault(name, master)
        names: list[str | None] = []
        self.blanks: list[Cell] = []
        self.formats: dict[str | None, int] = {None: NORMAL}
        for number, xf in enumerate(_children(self.root, "cellXfs", "xf")):
            master = whole(xf.attrs.get("xfId"))
            name = by_master.get(master)
            names.append(name)
            self.blanks.append(Cell(None, None, name))
            if (
                name is not None
                and name not in self.formats
                and master < len(masters)
                and _pure(xf, masters[master])
            ):
                self.formats[name] = number
        self.names = tuple(names)


def _children(root: Node, group: str, tag: str) -> list[Node]:
    node = root.find(group)
    return node.all(tag) if node else []


def _shape(xf: Node) -> list[object]:
    """Return what makes two formats look alike: their parts, alignment and protection."""
    sides = [
        sorted(node.attrs.items()) if (node := xf.find(tag)) else [] for tag in ("alignment", "protection")
    ]
    numbers: list[object] = [whole(xf.attrs.get(name)) for name in _SAME]
    return numbers + [[p for p in side if p[0] == "locked" or p[1] not in {"0", "false"}] for side in sides]


def _pure(xf: Node, master: Node) -> bool:
    extras = (xf.attrs.get(name, "0") in {"0", "false"} for name in ("quotePrefix", "pivotButton"))
    return all(extras) and _shape(xf) == _shape(master)


@lru_cache(maxsize=16)
def read_styles(data: bytes) -> Styles:
    """Return the styles of a part, remembered by its bytes. Raises ``BookUnreadable``."""
    return Styles(data)
