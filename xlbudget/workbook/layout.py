"""The single description of the standard workbook: sheets, tables, headings and their aliases, defined names.

Reading finds a table by its heading texts, writing fills it, and the template is built from the same
description. A heading is compared by its ``heading_key``: white space, middle dots, leading □ and case do
not count, and a bracketed part such as ``(천원)`` only where the whole does not match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from xlbudget.korean import MIDDLE_DOTS

GUIDE = "안내"
BASICS = "기본현황"
DERIVATIONS = "산출근거"
OVERVIEW = "예산총괄"
NARRATIVE = "사업설명"
SCHEDULE = "추진일정"
EFFECTS = "사업효과"
SETTLEMENT = "결산현황"
DESCRIPTION = "사업설명서"
RESULTS = "점검결과"
OBJECTS = "과목코드"
SETTINGS = "설정"

SHEETS = (
    GUIDE, BASICS, DERIVATIONS, OVERVIEW, NARRATIVE, SCHEDULE, EFFECTS, SETTLEMENT,
    DESCRIPTION, RESULTS, OBJECTS, SETTINGS,
)  # fmt: skip
"""Every sheet of the standard workbook, in its order."""

TYPED_SHEETS = (BASICS, DERIVATIONS, OVERVIEW, NARRATIVE, SCHEDULE, EFFECTS, SETTLEMENT)
"""The sheets that people fill in."""

INPUT_SHEETS = (*TYPED_SHEETS, SETTINGS)
"""The sheets that a project is laid out on."""

CHANGES = "변경내역"
"""The sheet of what differs from another state; only in marked copies."""

WRITTEN_SHEETS = frozenset({DESCRIPTION, RESULTS, CHANGES})
"""Sheets that we write; never read as input."""

MARKED_ERRORS = "지적칸_오류"
MARKED_WARNINGS = "지적칸_확인"
"""Defined names of the lists of marked cells on 점검결과: texts such as ``결산현황!H5``."""
MARKS_ROWS = (6, 505)
MARKS_COLUMNS: Mapping[str, str] = MappingProxyType({MARKED_ERRORS: "I", MARKED_WARNINGS: "J"})
"""Where those lists stand at first: hidden columns beside the findings."""


def sheets_to_read(names: Iterable[str]) -> tuple[str, ...]:
    """Return the sheets to read of a workbook: all but the guide, the code list and those that we write.

    Sheets of other names are read too, since a table may stand on a renamed sheet, or stand there twice.
    """
    unread = WRITTEN_SHEETS | {GUIDE, OBJECTS}
    return tuple(name for name in names if name not in unread)


_PRINTED_PARTS = frozenset({"예산총괄", "산출근거", "사업목적", "추진경위", "향후기대효과"})
"""Headings that stand together on a printed 사업설명서 alone."""


def is_printed(texts: Iterable[str]) -> bool:
    """Whether the texts of a sheet are those of a printed 사업설명서, whatever the sheet is called."""
    return {heading_key(text) for text in texts if len(text) <= _LONGEST_PART} >= _PRINTED_PARTS


_LONGEST_PART = 20
_HEADING_SIGNS = str.maketrans("（）［］", "()[]", MIDDLE_DOTS)
_KNOWN_TEXTS = 1_024
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")


@lru_cache(_KNOWN_TEXTS)
def heading_key(text: str) -> str:
    """Return what counts of a heading or label: ``실 · 국`` → ``실국``, ``□ 사업비`` → ``사업비``.

    Kept for the latest texts: every workbook has the same headings.
    """
    return "".join(text.split()).translate(_HEADING_SIGNS).lstrip("□■▢◇◆●※").lower()


def bare_key(key: str) -> str:
    """Return a heading key without its bracketed parts: ``금액(천원)`` → ``금액``."""
    return _BRACKETS.sub("", key) if "(" in key or "[" in key else key


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    ``heading`` is what the template prints; ``aliases`` are further texts by which reading knows it.
    ``parts`` are the columns below a heading of two storeys, column key → texts. A table without an
    ``optional`` column is still read. ``instead_of`` names a column that this one can stand for.
    """

    key: str
    heading: str
    aliases: tuple[str, ...] = ()
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    optional: bool = False
    instead_of: str = ""

    def texts(self) -> tuple[str, ...]:
        """Return the keys of the texts by which this column is known."""
        return tuple(dict.fromkeys(heading_key(text) for text in (self.heading, *self.aliases)))


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an input sheet.

    ``proof`` are labels of which one must stand below the heading, for tables whose heading words alone are
    too common; ``proof_column`` says where. ``beside`` names the table on whose sheet alone this one is
    looked for.
    """

    key: str
    title: str
    sheet: str
    columns: tuple[Column, ...]
    proof: frozenset[str] = frozenset()
    proof_column: str = ""
    beside: str = ""

    @property
    def required(self) -> frozenset[str]:
        """The keys of the columns without which the table is not this table."""
        return frozenset(column.key for column in self.columns if not column.optional)


SUBSIDY_TEXTS = ("(x)", "(x…)", "(x...)", "지원액", "의존재원", "국고보조금", "국비")


def _layers(group: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (f"{group}/total", ("금액", "비율", "전체", "계")), (f"{group}/subsidy", SUBSIDY_TEXTS)


def _group(key: str, heading: str, *aliases: str, optional: bool = False) -> Column:
    return Column(key, heading, aliases, _layers(key), optional)


BASICS_LABELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "name": ("사업명", "세부사업명", "세부사업"),
        "fiscal_year": ("회계연도", "회계년도", "예산연도"),
        "round": ("차수", "예산구분", "예산차수"),
        "account": ("회계", "회계구분", "회계명"),
        "period": ("사업기간",),
        "summary": ("사업내용",),
        "subsidy_rate": ("국비보조율", "보조율", "국고보조율"),
        "bureau": ("실국", "국실", "실국명"),
        "division": ("부서명", "부서", "담당부서"),
        "head": ("과장", "담당관", "부서장"),
        "team_leader": ("팀장", "담당팀장"),
        "officer": ("주무관", "담당자", "담당"),
    }
)
"""Labels of 기본현황 by what they stand for, as heading keys; the first is the one of the template."""

FUNDING_SECTION = ("사업비", "재원", "사업비재원")
OTHER_SECTIONS = ("사업개요", "사업담당자", "담당자현황")
PERSON_HEADING = ("직위", "직책")
PERSON_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"name": ("이름", "성명"), "phone": ("전화번호", "전화", "연락처", "내선", "내선번호")}
)
PERSONS = ("head", "team_leader", "officer")
TOTAL_LABELS = frozenset({"계", "합계", "총계"})
SUBTOTAL_LABELS = frozenset({"소계", "중계"})
"""Labels of a row that people put in to add up what stands above it."""
OUTSIDE_BUDGET = "(예산 외)"
"""Ends the label of a source of funds that stays outside the budget."""

NARRATIVE_SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "purpose": ("사업목적", "목적"),
        "grounds": ("사업근거", "추진근거", "근거", "법적근거"),
        "content": ("사업내용", "주요내용"),
        "history": ("추진경위", "추진경과", "경위"),
    }
)

_SETTLEMENT_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "final_budget": ("최종예산", "최종예산액", "예산액"),
    "carried_in": ("전년이월", "전년이월액", "전년도이월", "전년도이월액"),
    "changes": ("예산변경", "예산변경액", "변경"),
    "available": ("예산현액", "현액"),
    "executed": ("집행액", "지출액"),
    "carried_over": (
        "차년이월",
        "차년이월액",
        "차년도이월",
        "차년도이월액",
        "다음연도이월",
        "다음연도이월액",
    ),
    "unspent": ("집행잔액", "잔액", "불용액"),
}

TABLES: tuple[Table, ...] = (
    Table(
        "basics",
        "기본현황",
        BASICS,
        (
            Column("label", "항목", ("구분",)),
            Column("value", "내용", ("작성내용",)),
            Column("help", "작성 도움말", ("도움말", "비고"), optional=True),
        ),
        frozenset((*BASICS_LABELS["name"], *BASICS_LABELS["fiscal_year"])),
        "label",
    ),
    Table(
        "derivations",
        "산출근거",
        DERIVATIONS,
        (
            Column("object", "과목구분", ("과목", "통계목", "과목명", "예산과목")),
            Column("level", "수준", ("단계", "기호", "표시"), optional=True),
            Column("text", "산출내역 (이름과 산출식)", ("산출내역", "산출기초", "산출근거", "예산내역")),
            Column("amount", "금액 (천원)", ("금액", "계산금액", "예산액")),
            Column("subsidy", "(x )", SUBSIDY_TEXTS, optional=True),
            Column("note", "비고", ("메모",), optional=True),
        ),
    ),
    Table(
        "overview",
        "예산총괄",
        OVERVIEW,
        (
            Column("object", "과목구분", ("과목", "통계목", "과목명", "예산과목", "구분")),
            _group("previous", "전년도 예산액 (A)", "(A)", "전년도예산액", "전년예산액", "기정액"),
            _group("current", "당해연도 예산액 (B)", "(B)", "당해연도예산액", "예산액", "경정액"),
            _group("change", "증감 (B-A)", "증감", "증감액", "비교증감", optional=True),
            _group("rate", "증감률 (%)", "증감률", "증감율", "(B-A)*100/A", "(B-A)/A", optional=True),
        ),
    ),
    Table(
        "narrative",
        "사업설명",
        NARRATIVE,
        (Column("section", "구분"), Column("text", "내용")),
        frozenset(NARRATIVE_SECTIONS[key][0] for key in ("purpose", "grounds", "history")),
        "section",
    ),
    Table(
        "schedule",
        "추진일정",
        SCHEDULE,
        (
            Column("step", "사업추진절차", ("추진절차", "절차")),
            Column("start", "시작", ("시작일", "착수일")),
            Column("end", "종료", ("종료일", "완료일"), optional=True),
            Column(
                "period",
                "추진기간",
                ("기간",),
                (("start", ("시작", "시작일", "착수일")), ("end", ("종료", "종료일", "완료일"))),
                optional=True,
                instead_of="start",
            ),
            Column("amount", "예산집행금액", ("집행금액", "예산집행액", "금액")),
            Column("detail", "추진세부내용", ("세부내용", "세부추진내용", "추진내용"), optional=True),
        ),
    ),
    Table(
        "results",
        "추진실적",
        EFFECTS,
        (
            Column("year", "연도", ("년도",)),
            Column("text", "최근 3년 추진실적", ("추진실적", "실적")),
        ),
    ),
    Table(
        "effects",
        "향후 기대효과",
        EFFECTS,
        (Column("text", "향후 기대효과", ("기대효과",)),),
        beside="results",
    ),
    Table(
        "settlement",
        "결산현황",
        SETTLEMENT,
        (
            Column("year", "연도", ("년도", "회계연도")),
            Column("kind", "구분", ("재원",), optional=True),
            *(Column(key, texts[0], texts[1:]) for key, texts in _SETTLEMENT_HEADINGS.items()),
            Column(
                "check",
                "검산",
                ("점검",),
                (
                    ("check/available", ("예산현액 차이", "현액차이")),
                    ("check/unspent", ("집행잔액 차이", "잔액차이")),
                ),
                optional=True,
            ),
        ),
    ),
)
TABLE: Mapping[str, Table] = MappingProxyType({table.key: table for table in TABLES})

SETTING_VERSION = "서식 버전"
SETTING_ROUNDING = "반올림"
SETTING_LABELS: Mapping[str, str] = MappingProxyType(
    {
        SETTING_VERSION: "schema_version",
        SETTING_ROUNDING: "rounding",
        "증감률 소수 자릿수": "rate_decimals",
        "순증 표시": "from_nothing",
        "순감 표시": "to_nothing",
        "집행률 하한 (%)": "least_executed",
        "보조율 허용 차이 (%p)": "share_tolerance",
    }
)
"""Keys of the sheet 설정 and what they set."""
ROUNDING_WORDS: Mapping[str, str] = MappingProxyType({"ceil": "절상", "half-up": "반올림", "floor": "절사"})

_CODED_OBJECT = re.compile(r"(\d{3}-\d{2})\s+(\S.*)|(\S.*?)\s*\((\d{3}-\d{2})\)", re.DOTALL)
_BRACKETED_OBJECT = re.compile(r"\[([^\[\]]*)\] ?(.*)", re.DOTALL)


def split_object(text: str) -> tuple[str, str]:
    """Split a 과목 cell into code and name: ``201-01 사무관리비`` → (``201-01``, ``사무관리비``).

    Also ``사무관리비(201-01)``, and ``[code] name`` for codes of another shape.
    """
    match = _CODED_OBJECT.fullmatch(text)
    if match is not None:
        return (match[1], match[2]) if match[1] else (match[4], match[3])
    match = _BRACKETED_OBJECT.fullmatch(text)
    return (match[1], match[2]) if match is not None else ("", text)


def join_object(code: str, name: str) -> str:
    """Return the text of a 과목 cell, such that ``split_object`` gives code and name back."""
    text = f"{code} {name}" if code else name
    return text if split_object(text) == (code, name) else f"[{code}] {name}"


_OUTSIDE = re.compile(r"\s*\(예산\s*외\)$")


def split_source(label: str) -> tuple[str, bool]:
    """Split the label of a source of funds: ``구비 (예산 외)`` → (``구비``, False)."""
    source = _OUTSIDE.sub("", label)
    return source, source == label


def join_source(source: str, in_budget: bool) -> str:
    """Return the label of a source of funds."""
    return source if in_budget else f"{source} {OUTSIDE_BUDGET}".strip()


YEAR_HEADINGS: Mapping[str, tuple[str, str, int]] = MappingProxyType(
    {"previous": ("A", "전년도 예산액 (A)", -1), "current": ("B", "당해연도 예산액 (B)", 0)}
)
"""Headings of 예산총괄 that follow the fiscal year: letter, text without a year, years to add."""
FISCAL_YEAR_NAME = "회계연도"
"""Defined name of the cell that holds the fiscal year."""


_YEAR = re.compile(r"([0-9]{4})(?:년.*)?", re.DOTALL)


def year_heading(group: str, fiscal_year: object = None) -> tuple[str, str]:
    """Return the formula of a heading that follows the fiscal year, and what it shows.

    ``fiscal_year`` is what stands in the cell of the year: ``2021``, or a text such as ``2021년``.
    """
    letter, blank, offset = YEAR_HEADINGS[group]
    said = f'SUBSTITUTE({FISCAL_YEAR_NAME}," ","")'
    shown = f'VALUE(LEFT({said},4)){offset or ""}&"예산액 ({letter})"'
    formula = f'IFERROR(IF(MID({said}&"년",5,1)="년",{shown},"{blank}"),"{blank}")'
    match = _YEAR.fullmatch(str(fiscal_year).replace(" ", ""))
    return formula, blank if match is None else f"{int(match[1]) + offset}예산액 ({letter})"


def old_year_heading(group: str) -> str:
    """Return the formula that such a heading had at first; it knew the year only as a number."""
    letter, blank, offset = YEAR_HEADINGS[group]
    year = f"{FISCAL_YEAR_NAME}{offset}" if offset else FISCAL_YEAR_NAME
    return f'IF(ISNUMBER({FISCAL_YEAR_NAME}),{year}&"예산액 ({letter})","{blank}")'
