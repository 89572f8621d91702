"""The sheet 점검결과: every finding with its place, likely cause and link, and the lists of marked cells.

The input sheets mark suspicious cells by a conditional format that looks a cell up in those lists (hidden
columns, two defined names): writing the lists is marking, and nobody's fill is touched. The sheet bears no
date, so that the same workbook gives the same sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from xlbudget.edits import Content, Edit, Link, PageSetup, ReplaceSheet, SetName, SheetImage
from xlbudget.findings import (
    LAST_YEAR_CELLS,
    REASONS,
    Finding,
    Severity,
    Summary,
    Suspect,
    catalogue,
)
from xlbudget.grid import Area, Ref, parse_a1, quote_sheet
from xlbudget.money import format_amount
from xlbudget.project import Project
from xlbudget.workbook import text as measure
from xlbudget.workbook.layout import MARKED_ERRORS, MARKED_WARNINGS, MARKS_COLUMNS, MARKS_ROWS, RESULTS
from xlbudget.workbook.records import Record
from xlbudget.workbook.styles import GREY, STYLES, named

NUMBER, SEVERITY, RULE, PLACE, MESSAGE, CAUSE, LINK, ID = range(1, 9)
WIDTHS: Mapping[int, float] = {
    NUMBER: 6.0, SEVERITY: 9.0, RULE: 10.0, PLACE: 18.0, MESSAGE: 62.0, CAUSE: 44.0, LINK: 12.0, ID: 11.0,
}  # fmt: skip
_HEADINGS = ("번호", "구분", "규칙", "위치", "내용", "짐작되는 원인과 고칠 값", "바로가기", "지적 번호")
_HEAD_ROW = 5
_FIRST = MARKS_ROWS[0]
_MOST_SUSPECTS, _MOST_PAIRS = 8, 4
_ACCEPTED = "승인"
_INTRO = "점검할 때마다 새로 쓰입니다. 입력 칸은 저절로 고치지 않습니다. 셈하는 칸은 다르면 알리고, 그 뒤 수식으로 채웁니다."
_CLEAN = (
    "지적 사항이 없습니다. 적힌 금액끼리 모두 맞습니다. "
    "다만 서로 맞물린 금액을 똑같이 틀리게 적은 것은 셈으로 찾을 수 없습니다."
)
_UNCHECKED = "지적 사항이 없습니다. 다만 서로 견줄 금액이 아직 적혀 있지 않습니다."
_PAGE = PageSetup(
    landscape=True, top=0.6, bottom=0.7, header_margin=0.3, footer_margin=0.3,
    footer=f"&C&8&K{GREY}- &P -", title_rows=(_HEAD_ROW, _HEAD_ROW),
)  # fmt: skip

_Cells = dict[Ref, tuple[Content, str | None]]


def results(
    project: Project,
    findings: Sequence[Finding],
    summary: Summary,
    *,
    widths: Mapping[int, float] | None = None,
    records: Sequence[Record] = (),
) -> list[Edit]:
    """Return the edits that write 점검결과 anew and mark the cells that findings speak of.

    ``records`` are the exceptions and repairs that the workbook keeps; they are shown below the findings.
    ``widths`` are the column widths that the sheet has by now, in characters.
    """
    graded = sorted(findings, key=lambda finding: (finding.accepted is not None, finding.gravity))
    cells = _top(project, graded, summary)
    merges: list[Area] = []
    heights = {1: 27.0, 2: 18.0, 3: 21.0, 4: 6.0, _HEAD_ROW: 21.0}
    links: dict[Ref, Link] = {}
    room = measure.column_widths(widths, WIDTHS)
    for number, finding in enumerate(graded, 1):
        row = _FIRST + number - 1
        cells.update(_finding(row, number, finding))
        heights[row] = _height(cells, row, room)
        if finding.cells:
            links[row, LINK] = Link(_target(finding.cells[0]), f"{finding.cells[0]} 칸으로 갑니다")
    if not graded:
        cells.update({(_FIRST, column): (None, named("점검 글")) for column in WIDTHS})
        cells[_FIRST, NUMBER] = (_CLEAN if summary.checked else _UNCHECKED, named("점검 글"))
        merges.append(Area(_FIRST, NUMBER, _FIRST, LINK))
        heights[_FIRST] = 24.0
    last = _FIRST + max(len(graded), 1) - 1
    cells.update(_kept(records, last + 2))
    merges += [
        Area(row, NUMBER, row, LINK) for row in range(last + 2, last + 2 + bool(records) + len(records))
    ]
    last += 1 + bool(records) + len(records) if records else 0
    lists = marked(graded)
    for name, marks in lists.items():
        cells.update({(_FIRST + at, _marks_column(name)): (mark, None) for at, mark in enumerate(marks)})
    image = SheetImage(
        cells=cells,
        merges=tuple(merges),
        heights=heights,
        links=links,
        columns={**WIDTHS, **dict.fromkeys(map(_marks_column, lists))},
        page=_PAGE,
        print_area=Area(1, NUMBER, last, LINK),
        freeze=(_FIRST, 1),
    )
    names = (SetName(name, _range(name, len(marks))) for name, marks in lists.items())
    return [ReplaceSheet(RESULTS, image), *names]


def marked(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Return the cells to mark by defined name, each cell in one list.

    As errors: the suspects of the errors, or the most telling cell of an error without suspects. To be
    checked: the other members of a broken rule, and the cells of warnings. Notes and accepted exceptions mark
    nothing.
    """
    errors: dict[str, None] = {}
    warnings: dict[str, None] = {}
    for finding in findings:
        if finding.accepted is not None:
            continue
        if finding.severity is Severity.ERROR:
            suspects = [c for s in finding.suspects for c in s.cells if not c.startswith(LAST_YEAR_CELLS)]
            errors.update(dict.fromkeys(suspects or finding.cells[:1]))
        if finding.severity is not Severity.NOTE:
            warnings.update(dict.fromkeys(finding.cells))
    return {MARKED_ERRORS: list(errors), MARKED_WARNINGS: [cell for cell in warnings if cell not in errors]}


def _top(project: Project, findings: Sequence[Finding], summary: Summary) -> _Cells:
    cells: _Cells = {
        (1, NUMBER): (RESULTS, named("시트제목")),
        (2, NUMBER): (f"{_of(project)}. {_INTRO}", named("시트설명")),
    }
    for column, severity in enumerate(Severity, SEVERITY):
        count = sum(f.severity is severity and f.accepted is None for f in findings)
        cells[3, column] = (f"{severity.word} {count}", named(severity.word))
    cells[3, MESSAGE] = (f"   {summary}", named("시트설명"))
    for column, heading in enumerate(_HEADINGS, NUMBER):
        cells[_HEAD_ROW, column] = (heading, named("입력 머리"))
    return cells


def _of(project: Project) -> str:
    name = " ".join(project.name.split())
    return " ".join(filter(None, (name, project.said_year("년도"), project.round)))


def _finding(row: int, number: int, finding: Finding) -> _Cells:
    word = finding.severity.word if finding.accepted is None else Severity.NOTE.word
    shown = word if finding.accepted is None else _ACCEPTED
    rest = len(finding.cells) - 1
    place = finding.cells[0] + (f" 외 {rest}칸" if rest else "") if finding.cells else ""
    contents: tuple[tuple[Content, str], ...] = (
        (number, "점검 코드"),
        (shown, word),
        (finding.code, "점검 코드"),
        (place or None, "점검 글"),
        (_told(finding, shown), f"{word} 글"),
        (_cause(finding) or None, "점검 글"),
        ("열기" if finding.cells else None, "이동"),
        (finding.id, "점검 코드"),
    )
    return {(row, at): (content, named(style)) for at, (content, style) in enumerate(contents, NUMBER)}


def _told(finding: Finding, shown: str) -> str:
    """Return the message behind the severity and the title of the rule, as long as a cell may be."""
    rule = catalogue().get(finding.code)
    title = f"{rule.title}: " if rule is not None else ""
    return f"[{shown}] {title}{finding.message}"[: measure.LONGEST_CELL]


def _kept(records: Sequence[Record], first: int) -> _Cells:
    """Show what people decided, oldest first, a row each."""
    rows = (
        [("예외 승인과 고친 기록", "항목"), *((str(record), "점검 글") for record in records)]
        if records
        else []
    )
    return {(first + at, NUMBER): (text, named(style)) for at, (text, style) in enumerate(rows)}


def _cause(finding: Finding) -> str:
    """Return the likely causes, a line each, best first; without any, what the rule says to do."""
    if finding.accepted is not None:
        said = finding.accepted
        return f"{REASONS.get(said.reason, said.reason)}: {said.text} ({' '.join(filter(None, (said.by, said.on)))})"
    if not finding.suspects:
        rule = catalogue().get(finding.code)
        return rule.remedy if rule is not None else ""
    most = _MOST_SUSPECTS if len(finding.suspects[0].cells) == 1 else _MOST_PAIRS
    lines = [_suspicion(suspect) for suspect in finding.suspects[:most]]
    rest = len(finding.suspects) - most
    return "\n".join([*lines, f"이 밖에 {rest}가지가 더 있습니다."] if rest > 0 else lines)


def _suspicion(suspect: Suspect) -> str:
    said = [f"{', '.join(suspect.cells)}: {suspect.mechanism or '틀렸을 수 있습니다'}"]
    if suspect.proposal:
        several = len(suspect.proposal) > 1
        values = (
            f"{cell} {format_amount(value)}" if several else format_amount(value)
            for cell, value in suspect.proposal.items()
        )
        said.append(f"고칠 값 {', '.join(values)}")
    return " → ".join(said)


def _height(cells: Mapping[Ref, tuple[Content, str | None]], row: int, widths: Mapping[int, float]) -> float:
    need = 0.0
    for column in (PLACE, MESSAGE, CAUSE):
        content, name = cells[row, column]
        if isinstance(content, str) and name is not None:
            style = STYLES[name]
            lines = measure.line_count(content, measure.room(widths[column], style))
            need = max(need, measure.height(lines, style.size))
    return min(max(need, 21.0), measure.TALLEST_ROW)


def _target(cell: str) -> str:
    sheet, _, address = cell.rpartition("!")
    return f"{quote_sheet(sheet)}!{address}"


def _marks_column(name: str) -> int:
    return parse_a1(f"{MARKS_COLUMNS[name]}1")[1]


def _range(name: str, count: int) -> str:
    column = MARKS_COLUMNS[name]
    return f"{quote_sheet(RESULTS)}!${column}${_FIRST}:${column}${_FIRST + max(count, 1) - 1}"
