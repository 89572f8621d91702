"""From an openpyxl workbook to a file whose bytes depend on nothing but its contents."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime

from lxml import etree
from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties

from xlbudget.workbook.template.paint import CachedValues

MADE = datetime(2026, 1, 1)
"""The date that the file bears, whenever it is built."""
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def deterministic(workbook: Workbook, cached: CachedValues) -> bytes:
    """Return a workbook as a file: formulas with their cached values, fixed dates, nobody's name."""
    workbook.properties = DocumentProperties(creator="", title="표준예산서", created=MADE, modified=MADE)
    raw = io.BytesIO()
    workbook.save(raw)
    by_sheet: dict[str, dict[str, str | int]] = {}
    for (sheet, address), value in cached.items():
        number = workbook.sheetnames.index(sheet) + 1
        by_sheet.setdefault(f"xl/worksheets/sheet{number}.xml", {})[address] = value
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = _with_cached(data, by_sheet.get(name, {}))
            elif name == "docProps/core.xml":
                data = _MODIFIED.sub(rf"\g<1>{MADE:%Y-%m-%dT%H:%M:%SZ}\g<2>".encode(), data)
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, data, compresslevel=9)
    return out.getvalue()


def _with_cached(data: bytes, values: Mapping[str, str | int]) -> bytes:
    """Return a sheet with the values of its formulas, its text as UTF-8 rather than as character references."""
    root = etree.fromstring(data)
    for cell in root.iter(f"{_MAIN}c"):
        address = cell.get("r")
        value = values.get(address or "")
        if value is not None:
            if isinstance(value, str):
                cell.set("t", "str")
            shown = cell.find(f"{_MAIN}v")
            if shown is None:
                shown = etree.SubElement(cell, f"{_MAIN}v")
            shown.text = str(value)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
