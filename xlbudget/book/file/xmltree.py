"""Small XML parts as trees that remember where each element stands in the bytes.

An edit of such a part cuts and pastes bytes; everything else stays as it was written. Document types and
entities are refused (expat itself refuses what is not well-formed), and depth and size are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.parsers import expat

from xlbudget.book import BookUnreadable

MAIN = frozenset(
    {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    }
)
_RELATIONS = frozenset(
    {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
)
_PLAIN = frozenset(
    {
        *MAIN,
        "http://schemas.openxmlformats.org/package/2006/relationships",
        "http://schemas.openxmlformats.org/package/2006/content-types",
    }
)
DEEPEST = 256
_LONGEST_NUMBER = 10
MOST_NODES = 400_000

_TAG_END = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*>""")
_ODD = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?(?!xml\s).*?\?>", re.DOTALL)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")
ATTRIBUTE = re.compile(rb"""\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class Node:
    """An element: ``start``…``inner`` is its opening tag, ``close``…``end`` its closing one (empty where the
    opening tag closes itself). Names of the workbook's own namespaces are given without one, attributes of
    the relationship namespace as ``r:id``, everything else as ``uri}name``.
    """

    __slots__ = ("attrs", "children", "close", "end", "inner", "start", "tag", "text")

    def __init__(self, tag: str, attrs: dict[str, str], start: int, inner: int) -> None:
        self.tag = tag
        self.attrs = attrs
        self.children: list[Node] = []
        self.start = start
        self.inner = inner
        self.close = inner
        self.end = inner
        self.text = ""

    def find(self, tag: str) -> Node | None:
        """Return the first child of a name."""
        return next((child for child in self.children if child.tag == tag), None)

    def all(self, tag: str) -> list[Node]:
        """Return the children of a name."""
        return [child for child in self.children if child.tag == tag]

    def walk(self) -> Iterator[Node]:
        """Yield the element and everything below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


def unreadable(what: str) -> BookUnreadable:
    """Return the error for a part that cannot be read."""
    return BookUnreadable(
        f"통합 문서의 내용({what})이 올바르지 않아 읽을 수 없습니다. Excel에서 열어 다시 저장해 보세요."
    )


def _refuse(*_: object) -> None:
    raise BookUnreadable(
        "안전하지 않은 파일이라 열지 않았습니다(XML에 문서 형식 또는 개체 선언이 있음). 보낸 곳에 확인해 보세요."
    )


def _parser(separator: str | None) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=separator)
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    return parser


def check(data: bytes, what: str) -> None:
    """Raise ``BookUnreadable`` unless a part is well-formed and free of document types."""
    try:
        _parser(None).Parse(data, True)
    except expat.ExpatError:
        raise unreadable(what) from None


def utf8(data: bytes, what: str) -> bytes:
    """Return a part in UTF-8 without byte order mark, the very same bytes where it already is."""
    data = in_utf8(data, what)
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            raise unreadable(what) from None
    return data


def in_utf8(data: bytes, what: str) -> bytes:
    """Return a part in what it says is UTF-8; its letters are not looked at where it is so already."""
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    elif data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        data = _recoded(data, "utf-16", what)
    found = _DECLARED.match(data)
    if found and found[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
        data = _recoded(data, found[1].decode("ascii"), what)
    return data


def _recoded(data: bytes, encoding: str, what: str) -> bytes:
    try:
        data = data.decode(encoding).encode()
    except (LookupError, ValueError):
        raise unreadable(what) from None
    found = _DECLARED.match(data)
    return data[: found.start(1)] + b"UTF-8" + data[found.end(1) :] if found else data


def settled(data: bytes, what: str) -> bytes:
    """Return a part in UTF-8, well-formed, without comments, processing instructions and CDATA sections.

    The very same bytes where it already is so; then ``<`` in it always opens a tag.
    """
    data = utf8(data, what)
    check(data, what)
    if b"<!" in data or data.find(b"<?", 1) > 0:
        data = _ODD.sub(lambda m: escaped(m[1].decode()).encode() if m[1] is not None else b"", data)
    return data


def _shorten(name: str) -> str:
    uri, _, local = name.rpartition("}")
    if uri in _PLAIN:
        return local
    return "r:" + local if uri in _RELATIONS else name


def parse(data: bytes, what: str) -> Node:
    """Return the tree of a part. Raises ``BookUnreadable``."""
    parser = _parser("}")
    parser.buffer_text = True
    document = Node("", {}, 0, 0)
    stack = [document]
    texts: list[list[str]] = [[]]
    count = 0

    def start(name: str, attrs: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) > DEEPEST or count > MOST_NODES:
            raise BookUnreadable(
                "안전하지 않은 파일이라 열지 않았습니다(XML이 지나치게 깊거나 큼). 보낸 곳에 확인해 보세요."
            )
        at = parser.CurrentByteIndex
        tag_end = _TAG_END.match(data, at)
        node = Node(
            _shorten(name), {_shorten(k): v for k, v in attrs.items()}, at, tag_end.end() if tag_end else at
        )
        stack[-1].children.append(node)
        stack.append(node)
        texts.append([])

    def stop(_: str) -> None:
        node = stack.pop()
        node.text = "".join(texts.pop())
        if data[node.inner - 2 : node.inner] != b"/>":
            node.close = parser.CurrentByteIndex
            node.end = data.index(b">", node.close) + 1

    def characters(text: str) -> None:
        texts[-1].append(text)

    parser.StartElementHandler = start
    parser.EndElementHandler = stop
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise unreadable(what) from None
    return document.children[0]


@lru_cache(maxsize=128)
def parsed(data: bytes) -> Node:
    """Return the tree of a small part, remembered by its bytes; not to be changed."""
    return parse(data, "XML")


def whole(text: str | bytes | None, default: int = 0) -> int:
    """Return a small whole number as parts write it, ``default`` for anything else."""
    text = text.strip() if text is not None else ""
    return int(text) if len(text) < _LONGEST_NUMBER and text.isascii() and text.isdigit() else default


def prefix(data: bytes, node: Node) -> str:
    """Return the namespace prefix that an element is written with, with its colon, or an empty text."""
    head, colon, _ = data[node.start + 1 : node.inner].partition(b":")
    return head.decode() + ":" if colon and re.fullmatch(rb"[\w.-]+", head) else ""


def attribute(value: str) -> str:
    """Return an attribute value, quoted and escaped."""
    text = escaped(value).replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
    if '"' in text and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace('"', "&quot;") + '"'


def escaped(text: str) -> str:
    """Return text as it stands between tags. The standard library's own loads all that speaks HTTP."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_attributes(tag: bytes, changes: dict[str, str | None]) -> bytes:
    """Return an opening tag with attributes changed, added at its end or (``None``) taken away."""
    left = dict(changes)

    def swap(match: re.Match[bytes]) -> bytes:
        name = match[1].decode()
        if name not in left:
            return match[0]
        value = left.pop(name)
        return b"" if value is None else f" {name}={attribute(value)}".encode()

    tag = ATTRIBUTE.sub(swap, tag)
    added = "".join(
        f" {name}={attribute(value)}" for name, value in left.items() if value is not None
    ).encode()
    stem = tag[:-2].rstrip() if tag.endswith(b"/>") else tag[:-1]
    return stem + added + tag[len(stem) :] if added else tag


def cut(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """Return bytes with spans (start, end) replaced; the spans do not overlap."""
    pieces: list[bytes] = []
    at = 0
    for start, end, content in sorted(changes, key=lambda change: change[:2]):
        pieces += (data[at:start], content)
        at = end
    pieces.append(data[at:])
    return b"".join(pieces)


def inside(data: bytes, node: Node, content: bytes) -> tuple[int, int, bytes]:
    """Return the change that puts content at the end of an element, opening it where it closes itself."""
    if node.end != node.inner:
        return node.close, node.close, content
    tag = data[node.start : node.inner]
    name = re.match(rb"<([^\s/>]+)", tag)
    opened = tag[:-2].rstrip() + b">"
    return node.start, node.inner, opened + content + b"</" + (name[1] if name else b"") + b">"
