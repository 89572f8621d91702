"""The ribbon as customUI XML (2009/07), made from the registry, and the checker of such XML.

Captions and tips are Korean and stand in the XML; what depends on the open workbook is asked of VBA. The
checker knows the elements, attributes and limits that we use, and that every callback is a public Sub.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from xlbudget.excel.registry import COMMANDS, GROUPS, TAB, TAB_KEY, Command

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
MODULE = "RibbonBudget"
"""The VBA module of the callbacks."""

ON_LOAD, ON_ACTION, GET_ENABLED, GET_TIP, GET_VISIBLE = (
    f"{MODULE}.{name}" for name in ("OnRibbonLoad", "OnCommand", "GetEnabled", "GetTip", "GetTabVisible")
)
CALLBACKS: Mapping[str, tuple[str, ...]] = {
    "onLoad": ("IRibbonUI",),
    "onAction": ("IRibbonControl",),
    "getEnabled": ("IRibbonControl", "Variant"),
    "getVisible": ("IRibbonControl", "Variant"),
    "getSupertip": ("IRibbonControl", "Variant"),
}
"""The attributes that name a callback, and the types of its parameters (untyped ones are Variant)."""

_ELEMENTS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "customUI": (frozenset({"onLoad"}), frozenset({"ribbon"})),
    "ribbon": (frozenset({"startFromScratch"}), frozenset({"tabs"})),
    "tabs": (frozenset(), frozenset({"tab"})),
    "tab": (
        frozenset({"id", "label", "keytip", "insertAfterMso", "visible", "getVisible"}),
        frozenset({"group"}),
    ),
    "group": (frozenset({"id", "label", "keytip"}), frozenset({"button"})),
    "button": (
        frozenset(
            {"id", "label", "keytip", "imageMso", "size", "screentip", "supertip", "onAction"}
            | {"getEnabled", "getSupertip"}
        ),
        frozenset(),
    ),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,254}")
_KEY = re.compile(r"[A-Z0-9]{1,3}")
_LONGEST = 1024
_PUBLIC_SUB = re.compile(r"^Public Sub (\w+)\(([^)]*)\)", re.MULTILINE)
_PARAMETER = re.compile(r"(?:ByVal |ByRef )?\w+(?: As (\w+))?")


@cache
def icons() -> frozenset[str]:
    """Return the names of Office's images that may be used."""
    lines = files("xlbudget.excel").joinpath("icons.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def ribbon(tab: str) -> bytes:
    """Return the XML of a ribbon whose tab has this id."""
    groups = "".join(_group(group, label, tab) for group, label in GROUPS.items())
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<customUI xmlns="{NAMESPACE}"{_attributes(onLoad=ON_LOAD)}>\n  <ribbon>\n    <tabs>\n'
        f"      <tab{_attributes(id=tab, label=TAB, keytip=TAB_KEY, getVisible=GET_VISIBLE)}>\n"
        f"{groups}      </tab>\n    </tabs>\n  </ribbon>\n</customUI>\n"
    )
    return text.encode()


def _group(group: str, label: str, tab: str) -> str:
    buttons = "".join(_button(command) for command in COMMANDS if command.group == group)
    return f"        <group{_attributes(id=f'{tab}_{group}', label=label)}>\n{buttons}        </group>\n"


def _button(command: Command) -> str:
    # The tip is asked for, so that a grey button says why it is grey.
    return (
        "          <button"
        + _attributes(
            id=command.id,
            label=command.label,
            keytip=command.key,
            imageMso=command.icon,
            size="large" if command.large else "normal",
            screentip=command.label,
            getSupertip=GET_TIP,
            onAction=ON_ACTION,
            getEnabled=GET_ENABLED,
        )
        + "/>\n"
    )


def _attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())


def faults(xml: bytes, sources: Mapping[str, str]) -> list[str]:
    """Return what is wrong with a ribbon; ``sources`` are the VBA modules by name."""
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314  our own text
    except ElementTree.ParseError as error:
        return [f"not well-formed: {error}"]
    if root.tag != f"{{{NAMESPACE}}}customUI":
        return [f"the root is {root.tag}"]
    subs = {name: _public_subs(source) for name, source in sources.items()}
    return [
        *_structure(root),
        *(fault for node in root.iter() for fault in _node_faults(node, subs)),
        *_doubled(root, "id", root.iter()),
        *(fault for tab in root.iter(f"{{{NAMESPACE}}}tab") for fault in _doubled(tab, "keytip", tab.iter())),
    ]


def _public_subs(source: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, parameters in _PUBLIC_SUB.findall(source):
        types = (_PARAMETER.fullmatch(p.strip()) for p in parameters.split(",") if p.strip())
        found[name] = tuple((match[1] or "Variant") if match else "?" for match in types)
    return found


def _local(node: ElementTree.Element) -> str:
    return node.tag.removeprefix(f"{{{NAMESPACE}}}")


def _structure(node: ElementTree.Element) -> Iterator[str]:
    name = _local(node)
    allowed = _ELEMENTS.get(name, (frozenset(), frozenset()))[1]
    for child in node:
        if _local(child) not in allowed:
            yield f"<{_local(child)}> inside <{name}>"
        yield from _structure(child)


def _node_faults(
    node: ElementTree.Element, subs: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> Iterator[str]:
    name = _local(node)
    for attribute, value in node.attrib.items():
        where = f"{name} {node.get('id', '')} {attribute}={value[:40]!r}"
        if attribute not in _ELEMENTS.get(name, (frozenset(), frozenset()))[0]:
            yield f"{where}: no such attribute"
        elif attribute in CALLBACKS:
            module, _, sub = value.rpartition(".")
            if subs.get(module, {}).get(sub) != CALLBACKS[attribute]:
                yield f"{where}: no such public Sub"
        elif not _fits(attribute, value):
            yield f"{where}: not allowed"
    if name in {"tab", "group", "button"} and not node.get("id"):
        yield f"{name}: no id"


def _fits(attribute: str, value: str) -> bool:
    match attribute:
        case "id":
            return _NAME.fullmatch(value) is not None
        case "keytip":
            return _KEY.fullmatch(value) is not None
        case "size":
            return value in {"normal", "large"}
        case "imageMso":
            return value in icons()
    return 0 < len(value) <= _LONGEST


def _doubled(
    scope: ElementTree.Element, attribute: str, nodes: Iterable[ElementTree.Element]
) -> Iterator[str]:
    seen: set[str] = set()
    for node in nodes:
        value = node.get(attribute) if node is not scope or attribute == "id" else None
        if value is not None and value in seen:
            yield f"{attribute} {value!r} twice"
        seen.add(value or "")
