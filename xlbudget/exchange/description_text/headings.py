"""The headings of a 사업설명서, known by their words: levels, marks and numbers before them cannot be trusted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from xlbudget.exchange.description_text.rows import Row
from xlbudget.workbook.layout import (
    BASICS_LABELS,
    FUNDING_SECTION,
    NARRATIVE_SECTIONS,
    SETTING_ROUNDING,
    bare_key,
    heading_key,
)

CHAPTERS: Mapping[str, int] = MappingProxyType(
    {
        "기본현황": 1,
        "예산설명": 2,
        "사업설명": 3,
        "사업효과": 4,
        "최근3년결산현황": 5,
        "결산현황": 5,
        "결산": 5,
    }
)
CHAPTER_STARTS: Mapping[int, str] = MappingProxyType({1: "outline", 5: "settlement"})
"""The section that a chapter opens with where it has no heading of its own."""

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "사업개요": "outline",
        "사업담당자": "people",
        "담당자": "people",
        "예산총괄": "overview",
        "예산총괄표": "overview",
        "산출근거": "derivations",
        "산출내역": "derivations",
        **{text: name for name, texts in NARRATIVE_SECTIONS.items() for text in texts},
        "추진일정": "schedule",
        "최근3년추진실적": "results",
        "추진실적": "results",
        "향후기대효과": "effects",
        "기대효과": "effects",
    }
)

OUTLINE: Mapping[str, str] = MappingProxyType(
    {text: name for name, texts in BASICS_LABELS.items() for text in map(heading_key, texts)}
    | dict.fromkeys(map(heading_key, FUNDING_SECTION), "funding")
    | {"총사업비": "funding", heading_key(SETTING_ROUNDING): "rounding"}
)
"""Labels of 사업개요 and 사업 담당자 by what they stand for."""

_TITLE = re.compile(r"(?:((?:19|20)\d{2})(?:회계)?(?:년도?)?)?(?:예산|세출예산|본예산)*(?:세부)?사업설명서")
_SHARP = re.compile(r"^#{1,6}\s+")
_LEAD = re.compile(
    r"^(?:[□■▣◇◆▷▶]\s*)?(?:(?:[1-9]|[가나다라마]|[ⅠⅡⅢⅣⅤ])(?:\s*[.)]\s*|\s+))?(?:[□■▣◇◆▷▶]\s*)?"
)
_UNIT = re.compile(r"[(\[]?\s*단위\s*[:：]?\s*([가-힣]*원)(?:\s*[,·/]\s*[%가-힣]+)*\s*[)\]]?")
_YEAR = re.compile(r"((?:19|20)\d{2})(?:회계)?(?:년도?)?")
_AGAIN = "(계속)"


class Heading(NamedTuple):
    """A heading: the chapter's number or the section that it opens, the year and the unit that it names."""

    chapter: int | None
    section: str | None
    year: int | None = None
    unit: str | None = None


def without_sharp(raw: str) -> str:
    """Return a line without the sharps of a Markdown heading."""
    return _SHARP.sub("", raw)


def unit_of(raw: str) -> str | None:
    """Return the unit that a line such as ``(단위 : 천원, %)`` names, ``None`` where it says anything else."""
    match = _UNIT.fullmatch(without_sharp(raw))
    return match[1] if match is not None else None


def heading_of(row: Row) -> Heading | None:
    """Return the heading that a row is, ``None`` where it is none."""
    filled = row.filled
    if len(filled) > 3:
        return None
    unit = unit_of(filled[-1]) if len(filled) > 1 else None
    text = " ".join(filled[:-1] if unit else filled)
    if unit is None:
        tail = re.search(r"\(\s*단위[^()]*\)$", text)
        if tail is not None and tail.start():
            unit, text = unit_of(tail[0]), text[: tail.start()]
    key = heading_key(_LEAD.sub("", without_sharp(text))).removesuffix(_AGAIN)
    year = _YEAR.match(key)
    if year is not None:
        key = key[year.end() :]
    chapter = CHAPTERS.get(key)
    section = CHAPTER_STARTS.get(chapter) if chapter is not None else SECTIONS.get(key)
    if chapter is None and section is None:
        return None
    if len(filled) - bool(unit) > 1 and not (chapter and len(filled[0]) <= 3):
        return None
    return Heading(chapter, section, int(year[1]) if year else None, unit)


def _is_overview(keys: list[str]) -> bool:
    joined = " ".join(keys[1:])
    return keys[0] in {"구분", "과목", "과목구분", "통계목"} and (
        ("(a)" in joined and "(b)" in joined)
        or ("기정" in joined and "경정" in joined)
        or "전년도예산액" in joined
    )


def _is_derivations(keys: list[str]) -> bool:
    return keys[0].startswith("과목") and any(
        key.endswith(("예산내역", "산출내역", "산출근거", "산출기초")) for key in keys[1:]
    )


def table_of(row: Row) -> str | None:
    """Return the section whose table has this row as its heading, ``None`` where it heads no table."""
    keys = [heading_key(cell) for cell in row.filled]
    if not row.table or len(keys) < 2:
        return None
    if _is_overview(keys):
        return "overview"
    if _is_derivations(keys):
        return "derivations"
    if "추진기간" in keys and any(key.endswith("추진절차") for key in keys):
        return "schedule"
    if "집행액" in keys and any(key.startswith("최종예산") for key in keys):
        return "settlement"
    if "부서명" in keys and any(key.endswith("과장") or key == "주무관" for key in keys):
        return "people"
    return (
        "results" if keys[0] in {"연도", "년도"} and keys[1].endswith("추진실적") and len(keys) == 2 else None
    )


def outline_label(raw: str) -> str | None:
    """Return what a cell of 사업개요 is the label of, ``None`` where it is none."""
    key = heading_key(raw)
    return OUTLINE.get(key) or OUTLINE.get(bare_key(key))


def document_title(raw: str) -> re.Match[str] | None:
    """Return the match of a line such as ``2021년도 예산 사업설명서``; its first group is the year."""
    return _TITLE.fullmatch(heading_key(without_sharp(raw)))


def year_of(raw: str) -> int | None:
    """Return the year with which a heading begins: ``2021예산액 (B)`` → 2021."""
    match = _YEAR.match(heading_key(raw))
    return int(match[1]) if match is not None else None
