"""What a person decides about one finding: to make the proposed repair, or to let the finding stand.

Both are separate, explicit acts on a single finding. A finding goes by its id, which holds the figures
involved: once a figure has changed, the id is another one, and an old decision no longer applies.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlbudget.book import Book
from xlbudget.checks.accepting import overwritten
from xlbudget.edits import Content, Edit, Formula, Held, InsertRows, SetCells
from xlbudget.errors import XlbudgetError
from xlbudget.findings import REASONS, Acceptance, Finding
from xlbudget.grid import Ref, Value, a1, parse_a1
from xlbudget.korean import quoted, with_particle
from xlbudget.money import format_amount
from xlbudget.workbook import layout
from xlbudget.workbook.records import EXCEPTION, REPAIR, Record, add_records
from xlbudget.workflow import Outcome, finish, judge, plan


class DecisionRefused(XlbudgetError):
    """A decision cannot be carried out: the finding is not there, or proposes nothing."""


def repair(book: Book, finding: str, *, by: str = "", on: str = "", last: Outcome | None = None) -> Outcome:
    """Write the proposal of one finding into its cells, record it on 설정 and renew 점검결과.

    Raises ``DecisionRefused`` where no finding has this id (its figures may have changed), or where it
    proposes nothing.
    """
    judged = judge(book, last)
    found = _found(judged, finding)
    proposed = next((suspect.proposal for suspect in found.suspects if suspect.proposal), None)
    proposal: Mapping[str, Content] = _computed(book, judged, found) or proposed or {}
    if not proposal:
        raise DecisionRefused(
            f"지적 {found.id}({found.code})에는 고칠 값의 제안이 없습니다. 증빙을 보고 직접 고치세요."
        )
    records = [
        Record(
            REPAIR, found.id, found.code, cell, _text(_value(book, cell)), _text(_shown(value)), by=by, on=on
        )
        for cell, value in proposal.items()
    ]
    book.apply([*_written(proposal), *_recorded(book, records)])
    return _renewed(book, last)


def let_stand(book: Book, exception: Acceptance, *, last: Outcome | None = None) -> Outcome:
    """Let a finding stand for a reason, record who says so on 설정 and renew 점검결과.

    Raises ``DecisionRefused`` for an unknown finding or reason, or without a text and a name.
    """
    if exception.reason not in REASONS:
        known = ", ".join(f"{code}({word})" for code, word in REASONS.items())
        raise DecisionRefused(
            f"까닭 {with_particle(quoted(exception.reason), '을')} 알지 못합니다. 쓸 수 있는 까닭: {known}."
        )
    if not exception.text.strip() or not exception.by.strip():
        raise DecisionRefused("예외로 두려면 까닭을 풀어 쓴 글(--text)과 이름(--by)이 있어야 합니다.")
    judged = judge(book, last)
    found = _found(judged, exception.finding)
    computed = overwritten(judged.project, judged.figures, found)
    if computed:
        raise DecisionRefused(
            f"{', '.join(computed)}: 셈하는 칸이라 build('한번에')를 하면 적은 값이 남지 않으므로 예외로 둘 수 없습니다. "
            "근거가 되는 칸(산출식이나 금액)을 고치거나, --accept 로 셈한 값을 받아들이세요."
        )
    text, by = " ".join(exception.text.split()), " ".join(exception.by.split())
    cell = found.cells[0] if found.cells else ""
    record = Record(
        EXCEPTION, found.id, found.code, cell, reason=exception.reason, text=text, by=by, on=exception.on
    )
    book.apply(_recorded(book, [record]))
    return _renewed(book, last)


def _found(outcome: Outcome, wanted: str) -> Finding:
    found = [f for f in outcome.findings if f.id == wanted.strip().lower()]
    if not found:
        listed = ", ".join(f"{f.id}({f.code})" for f in outcome.findings) or "없음"
        raise DecisionRefused(
            f"지적 번호 {with_particle(wanted, '은')} 지금 없습니다. 금액이 바뀌면 번호도 바뀝니다. 지금의 지적: {listed}."
        )
    return found[0]


def _computed(book: Book, judged: Outcome, found: Finding) -> dict[str, Content]:
    """Return what filling writes into the computed cells of a finding; nothing where rows would have to move."""
    wanted = overwritten(judged.project, judged.figures, found)
    edits = finish(book, "fill", judged).edits if wanted else ()
    if any(isinstance(edit, InsertRows) for edit in edits):
        return {}
    filled = {
        f"{edit.sheet}!{a1(*ref)}": content
        for edit in edits
        if isinstance(edit, SetCells)
        for ref, content in edit.cells.items()
    }
    return {cell: filled[cell] for cell in wanted if filled.get(cell) is not None}


def _shown(content: Content) -> Value:
    if isinstance(content, Held):
        return content.cell.value
    return content.value if isinstance(content, Formula) else content


def _written(proposal: Mapping[str, Content]) -> list[Edit]:
    sheets: dict[str, dict[Ref, Content]] = {}
    for cell, value in proposal.items():
        sheet, _, address = cell.rpartition("!")
        sheets.setdefault(sheet, {})[parse_a1(address)] = value
    return [SetCells(sheet, cells) for sheet, cells in sheets.items()]


def _value(book: Book, cell: str) -> Value:
    sheet, _, address = cell.rpartition("!")
    return book.read(sheet).value(*parse_a1(address))


def _text(value: Value) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return format_amount(value)
    return "(빈칸)" if value is None else str(value)


def _recorded(book: Book, records: list[Record]) -> list[Edit]:
    if layout.SETTINGS not in book.sheets():
        raise DecisionRefused(
            f"'{layout.SETTINGS}' 시트가 없어 기록을 남길 수 없습니다. 새 표준예산서로 옮긴 뒤 다시 하세요."
        )
    return add_records(book.read(layout.SETTINGS), records)


def _renewed(book: Book, last: Outcome | None) -> Outcome:
    outcome = plan(book, "check", last)
    book.apply(outcome.edits)
    return outcome
