"""The table of a budget-book export: bytes to rows, the heading row to columns, the fiscal year.

Two shapes are known. In a *tree* each row says one thing (a 부서, 정책, 단위, 세부사업, 편성목, 통계목, a line
of 산출기초 or a source of funds) and stands below the rows before it. In a *list* each row is one line of
산출기초 that repeats all the names above it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from xlbudget.exchange import DocumentUnreadable
from xlbudget.grid import Grid
from xlbudget.money import PRINTED_UNIT, UNITS
from xlbudget.workbook.layout import bare_key, heading_key

HEADING_ROWS = 10
"""The heading is looked for in so many rows from the top."""
BARE_WIDTH = 14
BARE_NAMES = (
    "page",
    "row_num",
    "dept",
    "policy",
    "unit",
    "detail",
    "label",
    "item",
    "calc",
    "basis",
    "budget",
    "indent",
)
BARE_COLUMNS: Mapping[str, int] = MappingProxyType(
    {
        key: at
        for at, key in enumerate(
            ("page", "row", "dept", "policy", "unit", "detail", "group", "object", "label", "expression",
             "current", "previous", "change", "indent")
        )
    }
)  # fmt: skip
"""The export of 14 cells whose heading has 12 names in other places: its columns by position."""

LEVELS = ("dept", "policy", "unit", "detail", "group", "object")
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "page": ("쪽", "페이지"),
    "dept": ("부서명", "부서", "실과명"),
    "policy": ("정책사업명", "정책사업", "정책"),
    "unit": ("단위사업명", "단위사업", "단위"),
    "detail": ("세부사업명", "세부사업", "세부"),
    "group": ("편성목명", "편성목"),
    "group_code": ("편성목코드",),
    "object": ("통계목명", "통계목"),
    "object_code": ("통계목코드",),
    "label": ("산출근거명", "산출기초명", "부기명", "부기"),
    "expression": ("산출근거식", "산출기초식", "산출식", "산출기초", "산출근거"),
    "change": ("비교증감", "증감", "증감액"),
    "year": ("회계연도", "회계년도"),
    "round": ("예산구분", "차수"),
}
_CURRENT = ("최종예산액", "경정액", "경정예산액", "예산액", "당해연도예산액", "조정액", "요구액")
"""Headings of this year's amount, the one that counts first."""
_PREVIOUS = ("기정액", "기정예산액", "전년도예산액", "전년예산액", "전년도당초예산액")
FUNDING: Mapping[str, str] = MappingProxyType(
    {
        "국고보조금": "국비", "균특보조금": "균특", "기금보조금": "기금", "특별교부세": "특별교부세",
        "광역보조금": "도비", "특별조정금": "특별조정금", "자체재원": "자체재원", "지방채": "지방채", "기타": "기타",
    }
)  # fmt: skip
"""Headings of the amounts by source of funds, and the source that each one means."""
REQUIRED = ("dept", "detail", "current")
_SHOWN = {"dept": "부서명", "detail": "세부사업명", "current": "예산액"}
_REQUESTED = re.compile(r"^[(\[]요구[)\]]")
_UNIT = re.compile(r"단위[:：]?([가-힣]*원)")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in the rows below the heading (columns from 0)."""

    at: Mapping[str, int]
    funding: Mapping[str, int]
    first_row: int
    unit: str = PRINTED_UNIT
    supplementary: bool = False

    def cell(self, row: Sequence[str], key: str) -> str:
        """Return a cell of a row, a blank where the row is shorter or the table lacks the column."""
        at = self.at.get(key)
        return row[at].strip() if at is not None and at < len(row) else ""


def decode(data: bytes, name: str) -> str:
    """Return the text of a document: UTF-8 with or without a mark, UTF-16, CP949 (EUC-KR).

    Raises ``DocumentUnreadable`` with the line where the one that reads furthest stops.
    """
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    reached = 0
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
    line = data.count(b"\n", 0, reached) + 1
    raise DocumentUnreadable(
        f"{name}: {line}째 줄의 글자를 읽을 수 없습니다. UTF-8 또는 CP949(EUC-KR)로 저장한 파일인지 확인하세요."
    )


def csv_rows(data: bytes, name: str = "예산서") -> list[list[str]]:
    """Return the rows of a CSV file. Raises ``DocumentUnreadable``."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise DocumentUnreadable(f"{name}: CSV가 아니라 엑셀 파일입니다. 이름이 .xlsx로 끝나게 하세요.")
    text = decode(data, name)
    head = text[:5000]
    delimiter = "\t" if head.count("\t") > head.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise DocumentUnreadable(
            f"{name}: CSV로 읽을 수 없습니다. 쉼표로 나눈 글자 파일인지 확인하세요."
        ) from error


def grid_rows(grid: Grid) -> list[list[str]]:
    """Return the cells of a sheet as rows of text, row 1 of the sheet first."""
    rows: list[list[str]] = [[] for _ in range(grid.last_row)]  # blank cells at the end of a row are left out
    for (row, column), cell in sorted(grid.cells.items()):
        if cell.value is not None:
            line = rows[row - 1]
            line.extend([""] * (column - len(line)))
            line[column - 1] = str(cell.value)
    return rows


def find_columns(rows: Sequence[Sequence[str]], name: str) -> Columns:
    """Find the heading in the first rows. Raises ``DocumentUnreadable`` naming what was looked for."""
    best: dict[str, int] = {}
    for number, row in enumerate(islice(rows, HEADING_ROWS)):
        if tuple(map(str.strip, row)) == BARE_NAMES:
            return _bare(rows, number, name)
        at, funding, used = _named(row)
        if all(key in at for key in REQUIRED):
            _same_width(rows, number, name)
            above = " ".join(cell for line in rows[: number + 1] for cell in line)
            return Columns(
                at, funding, number + 1, _unit(above, row, at["current"], name), used.startswith("경정")
            )
        best = at if len(at) > len(best) else best
    missing = ", ".join(_SHOWN[key] for key in REQUIRED if key not in best)
    raise DocumentUnreadable(
        f"{name}: 제목 행을 찾지 못했습니다. 위 {HEADING_ROWS}행에서 '{missing}' 칸을 찾았습니다. "
        "예산서의 제목 행을 지우지 말고 내보내세요."
    )


def _bare(rows: Sequence[Sequence[str]], number: int, name: str) -> Columns:
    width = max((len(row) for row in islice(rows, number + 1, None)), default=0)
    if not width:
        raise DocumentUnreadable(f"{name}: {number + 1}행의 제목 아래에 자료가 없습니다. 다시 내보내세요.")
    if width != BARE_WIDTH:
        raise DocumentUnreadable(
            f"{name}: {number + 1}행의 제목은 {len(BARE_NAMES)}칸인데 자료는 {width}칸입니다. "
            f"자료가 {BARE_WIDTH}칸이어야 읽을 수 있습니다."
        )
    return Columns(BARE_COLUMNS, {}, number + 1)


def _named(row: Sequence[str]) -> tuple[dict[str, int], dict[str, int], str]:
    """Return the columns that a heading row names, those of sources of funds, and the heading of the amount."""
    keys: dict[str, int] = {}
    for at, cell in enumerate(row):
        keys.setdefault(bare_key(_REQUESTED.sub("", heading_key(cell))), at)
    found = {
        key: next(keys[text] for text in texts if text in keys)
        for key, texts in _HEADINGS.items()
        if any(text in keys for text in texts)
    }
    used = next((text for text in _CURRENT if text in keys), "")
    if used:
        found["current"] = keys[used]
    previous = next((text for text in _PREVIOUS if text in keys), "")
    if previous:
        found["previous"] = keys[previous]
    return found, {source: keys[text] for text, source in FUNDING.items() if text in keys}, used


def _same_width(rows: Sequence[Sequence[str]], number: int, name: str) -> None:
    width = len(rows[number])
    for at, row in enumerate(islice(rows, number + 1, None), number + 2):
        if any(cell.strip() for cell in row[width:]):
            raise DocumentUnreadable(
                f"{name}: {at}행의 칸이 제목보다 많습니다({len(row)}칸, 제목 {width}칸). 쉼표나 따옴표가 어긋났는지 확인하세요."
            )


def _unit(above: str, heading: Sequence[str], current: int, name: str) -> str:
    """Return the unit of the amounts, as the heading or the lines above it say; 천원 where they do not."""
    own = re.search(r"\(([가-힣]*원)\)", heading[current])
    said = own or _UNIT.search("".join(above.split()))
    unit = said[1] if said is not None else PRINTED_UNIT
    if unit not in UNITS:
        raise DocumentUnreadable(f"{name}: 알지 못하는 금액 단위입니다: {unit}.")
    return unit


def fiscal_year(asked: int | None, name: str) -> int:
    """Return the fiscal year: the one asked for, else the only 20xx in the file's name.

    Raises ``DocumentUnreadable`` where neither says it.
    """
    if asked is not None:
        return asked
    years = sorted(set(map(int, re.findall(r"(?<!\d)20\d{2}(?!\d)", name))))
    if len(years) == 1:
        return years[0]
    found = "에 연도가 없습니다" if not years else f"에 연도가 둘 이상입니다({', '.join(map(str, years))})"
    raise DocumentUnreadable(f"{name}: 파일 이름{found}. --year로 회계연도를 알려 주세요(예: --year 2026).")


def header_free(rows: Iterable[Sequence[str]], columns: Columns) -> Iterable[tuple[int, Sequence[str]]]:
    """Yield the rows below the heading that say anything, with their numbers from 1."""
    for number, row in enumerate(rows, 1):
        if number > columns.first_row and any(cell.strip() for cell in row):
            yield number, row
