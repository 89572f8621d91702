"""The named cell styles (``xlb …``): they own the look, so that an office changes fonts and colours in Excel.

All are 맑은 고딕. A style is put on every cell of a merged area, not only on its first. Number formats keep
amounts numbers: △ for negatives, ``(x…)`` for the subsidy line of an amount, ``(x-)`` for a zero there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from xlbudget.edits import Style

PREFIX = "xlb "
FONT = "맑은 고딕"

INK = "1F2933"
NAVY = "1F3A5F"
GREY = "5B6673"
LINE = "9AA5B1"
RED = "9B1C1C"
HEADING_FILL = "E9EDF2"
LABEL_FILL = "F4F6F8"
INPUT_FILL = "FFF9E3"
COMPUTED_FILL = "EEF1F4"
ERROR_FILL, ERROR_INK = "F9DEDC", RED
WARNING_FILL, WARNING_INK = "FFF0CC", "7A4F01"
NOTE_FILL, NOTE_INK = "E1ECF7", "1F4E79"

BORDER_COLOURS = {"t": LINE, "M": NAVY, "T": RED}

# "_)" makes the last digit of an amount stand under the last digit of its (x…) line; "_." is air.
NUM = '#,##0_)_.;"△"#,##0_)_.;0_)_.'
XNUM = '"(x"#,##0")"_.;"(x△"#,##0")"_.;"(x-)"_.'
PCT = '#,##0.0_)_.;"△"#,##0.0_)_.;0_)_.;@_)_.'
XPCT = '"(x"#,##0.0")"_.;"(x△"#,##0.0")"_.;"(x-)"_.;"(x"@")"_.'
WON = '#,##0"천원"_.;"△"#,##0"천원"_.;0"천원"_.'
TOTAL = '#,##0"천원";"△"#,##0"천원";0"천원"'
YEAR = '0"년"'
TEXT = "@"
"""Excel's Text format: ``- 회의`` typed into such a cell stays a text."""


def fund_format(source: str) -> str:
    """Return the number format of a source of funds: ``(국비) 500천원``, the name alone for zero."""
    name = source.replace('"', "")
    return f'"({name}) "#,##0"천원";"({name}) △"#,##0"천원";"({name})"'


def _printed() -> Iterator[Style]:
    """Styles of the printed sheet."""
    yield Style("제목", 18, True, NAVY, "", "M-t-", "center", "center", wrap=True)
    yield Style("장번호", 12, True, "FFFFFF", NAVY, "----", "center", "center")
    yield Style("장제목", 13, True, NAVY, "", "--M-", "left", "center", indent=1)
    yield Style("절제목", 10.5, True, INK, "", "----", "left", "center")
    yield Style("단위", 8.5, False, GREY, "", "----", "right", "center")
    yield Style("주석", 8.5, False, GREY, "", "----", "left", "top", wrap=True)
    yield Style("머리", 9.5, True, NAVY, HEADING_FILL, "Mttt", "center", "center", wrap=True)
    yield Style("머리 아래", 9, True, NAVY, HEADING_FILL, "tttt", "center", "center", wrap=True)
    yield Style("항목", 9.5, False, INK, LABEL_FILL, "tttt", "center", "center", wrap=True)
    yield Style("항목 계", 9.5, True, INK, HEADING_FILL, "tttt", "center", "center", wrap=True)
    yield Style("글", 9.5, False, INK, "", "tttt", "left", "center", wrap=True, indent=1)
    yield Style("글 가운데", 9.5, False, INK, "", "tttt", "center", "center", wrap=True)
    yield Style("산출 ○", 9.5, True, INK, "", "t-tt", "left", "center", wrap=True, indent=1)
    yield Style("산출 -", 9.5, False, INK, "", "t-tt", "left", "center", wrap=True, indent=2)
    yield Style("등호", 9.5, False, GREY, "", "t-t-", "center", "center")
    for mark, bold in (("○", True), ("-", False)):
        yield Style(f"산출금액 {mark}", 9.5, bold, INK, "", "ttt-", "right", shrink=True, number_format=WON)
    yield Style("글머리", 9.5, False, INK, "", "----", "right", "top")
    yield Style("본문", 9.5, False, INK, "", "----", "left", "top", wrap=True)
    yield Style("마감선", 6, False, INK, "", "M---", "left", "center")
    yield Style("개시선", 6, False, INK, "", "--M-", "left", "center")
    yield from _printed_amounts()


def _printed_amounts() -> Iterator[Style]:
    for suffix, fill, bold in (("", "", False), (" 계", LABEL_FILL, True)):
        for upper, lower, upper_format, lower_format in (
            ("지원액", "금액", XNUM, NUM),
            ("지원율", "비율", XPCT, PCT),
        ):
            yield Style(
                upper + suffix, 8, False, GREY, fill, "tt-t", "right", "bottom", False, True, 0, upper_format
            )
            yield Style(
                lower + suffix, 9.5, bold, INK, fill, "-ttt", "right", "top", False, True, 0, lower_format
            )
        yield Style(
            "금액 단독" + suffix, 9.5, bold, INK, fill, "tttt", "right", shrink=True, number_format=NUM
        )
    for source in ("국비", "시비", "구비", "기타"):
        yield Style(
            f"재원 {source}", 9.5, False, INK, "", "tttt", shrink=True, indent=1,
            number_format=fund_format(source),
        )  # fmt: skip
    yield Style("사업비", 9.5, True, INK, "", "tttt", shrink=True, indent=1, number_format=TOTAL)


def _inputs() -> Iterator[Style]:
    """Styles of the input sheets; input cells are unlocked, for offices that protect their sheets."""
    yield Style("시트제목", 15, True, NAVY)
    yield Style("시트설명", 9, False, GREY)
    yield Style("도움말", 8.5, False, GREY, wrap=True, indent=1)
    # A label over several rows that are not merged: people insert and sort rows.
    for name, border in (("위", "tt-t"), ("가운데", "-t-t"), ("아래", "-ttt")):
        yield Style(f"항목 {name}", 9.5, False, INK, LABEL_FILL, border, "center", wrap=True)
    yield Style("입력 머리", 9.5, True, NAVY, HEADING_FILL, "Mttt", "center", "center", wrap=True)
    for name, ink, size, horizontal, number_format in (
        ("글", INK, 10, "left", TEXT),
        ("코드", INK, 10, "center", TEXT),
        ("연도", INK, 10, "center", YEAR),
        ("회계연도", INK, 10, "left", YEAR),
        ("금액", INK, 10, "right", NUM),
        ("지원액", GREY, 9, "right", XNUM),
    ):
        yield Style(
            f"입력 {name}", size, False, ink, INPUT_FILL, "tttt", horizontal, wrap=name == "글",
            indent=1 if horizontal == "left" else 0, number_format=number_format, locked=False,
        )  # fmt: skip
    for name, ink, size, horizontal, number_format in (
        ("글", INK, 10, "left", "General"),
        ("코드", INK, 10, "center", "General"),
        ("금액", INK, 10, "right", NUM),
        ("지원액", GREY, 9, "right", XNUM),
        ("비율", INK, 10, "right", PCT),
        ("지원율", GREY, 9, "right", XPCT),
    ):
        yield Style(
            f"계산 {name}", size, False, ink, COMPUTED_FILL, "tttt", horizontal, wrap=name == "글",
            indent=1 if horizontal == "left" else 0, number_format=number_format,
        )  # fmt: skip
    yield Style("계산 금액 계", 10, True, INK, HEADING_FILL, "tttt", "right", number_format=NUM)
    yield Style("계산 지원액 계", 9, False, GREY, HEADING_FILL, "tttt", "right", number_format=XNUM)
    yield Style("계산 비율 계", 10, True, INK, HEADING_FILL, "tttt", "right", number_format=PCT)
    yield Style("계산 지원율 계", 9, False, GREY, HEADING_FILL, "tttt", "right", number_format=XPCT)


def _findings() -> Iterator[Style]:
    for word, fill, ink in (
        ("오류", ERROR_FILL, ERROR_INK),
        ("확인", WARNING_FILL, WARNING_INK),
        ("참고", NOTE_FILL, NOTE_INK),
    ):
        yield Style(word, 10, True, ink, fill, "tttt", "center")
        yield Style(f"{word} 글", 10, False, INK, fill, "tttt", "left", wrap=True, indent=1)
    yield Style("의심 칸", 10, True, RED, ERROR_FILL, "TTTT", "right", number_format=NUM)
    yield Style("점검 글", 10, False, INK, "", "tttt", "left", wrap=True, indent=1)
    yield Style("점검 코드", 10, False, INK, "", "tttt", "center")
    yield Style("이동", 10, False, NOTE_INK, "", "tttt", "center")


def _all() -> Iterator[Style]:
    for style in (*_printed(), *_inputs(), *_findings()):
        yield replace(style, name=PREFIX + style.name)


STYLES: Mapping[str, Style] = MappingProxyType({style.name: style for style in _all()})
"""Every style by its name, such as ``xlb 입력 금액``."""

INPUT_STYLES = frozenset(name for name in STYLES if name.startswith(f"{PREFIX}입력 ") and "머리" not in name)
"""The styles of cells that people type into."""

COMPUTED_STYLES = frozenset(name for name in STYLES if name.startswith(f"{PREFIX}계산 "))
"""The styles of cells that we fill."""


def named(short: str) -> str:
    """Return the full name of a style: ``금액`` → ``xlb 금액``. Raises ``KeyError`` for an unknown one."""
    return STYLES[PREFIX + short].name
