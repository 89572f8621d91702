"""Repairs and exceptions: one finding at a time, recorded in the workbook; notes that come and go."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlbudget import decisions, workflow
from xlbudget.book.file import FileBook
from xlbudget.decisions import DecisionRefused
from xlbudget.edits import SetCells, SetNote
from xlbudget.findings import Acceptance
from xlbudget.grid import Note
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook import layout
from xlbudget.workbook.notes import TAG, notes
from xlbudget.workbook.records import EXCEPTION, REPAIR, read_records

H8, CELL = (8, 8), "결산현황!H8"


@pytest.fixture
def wrong() -> FileBook:
    """The finished example with two digits of 차년이월 exchanged."""
    book = workflow.open_book(resource(DEMO_PROJECT))
    book.apply(workflow.plan(book, "build").edits)
    book.apply([SetCells("결산현황", {H8: 279756})])
    book.apply(workflow.plan(book, "build").edits)
    return book


def only_id(book: FileBook) -> str:
    (finding,) = workflow.judge(book).findings
    return finding.id


def test_a_repair_writes_the_proposal_and_is_logged(wrong: FileBook) -> None:
    wanted = only_id(wrong)
    outcome = decisions.repair(wrong, wanted, by="담당", on="2026-11-23")
    assert outcome.findings == ()
    assert wrong.read("결산현황").value(*H8) == 279576
    (record,) = read_records(wrong.read(layout.SETTINGS))
    assert record[:6] == (REPAIR, wanted, "BUD-S02", CELL, "279,756", "279,576")
    shown = [cell.value for cell in wrong.read(layout.RESULTS).cells.values() if isinstance(cell.value, str)]
    assert any(f"{CELL} 279,756 → 279,576 (담당 2026-11-23)" in text for text in shown)
    wrong.apply(workflow.plan(wrong, "build").edits)
    assert read_records(wrong.read(layout.SETTINGS)) == (record,), "the log outlives a further run"


def test_a_repair_is_refused_once_a_figure_has_changed(wrong: FileBook) -> None:
    old = only_id(wrong)
    wrong.apply([SetCells("결산현황", {H8: 279757})])
    with pytest.raises(DecisionRefused, match=old):
        decisions.repair(wrong, old)
    assert wrong.read("결산현황").value(*H8) == 279757


def test_a_repair_is_refused_where_nothing_is_proposed(wrong: FileBook) -> None:
    wrong.apply([SetCells("결산현황", {H8: 279576, (8, 9): 17000})])
    with pytest.raises(DecisionRefused, match="제안이 없습니다"):
        decisions.repair(wrong, only_id(wrong))


def test_an_exception_stands_until_the_figure_changes(wrong: FileBook) -> None:
    wanted = only_id(wrong)
    exception = Acceptance(wanted, "SOURCE", "결산서\n그대로", "담당", "2026-11-23")
    outcome = decisions.let_stand(wrong, exception)
    assert (outcome.summary.errors, outcome.summary.accepted, outcome.has_errors) == (0, 1, False)
    assert read_records(wrong.read(layout.SETTINGS))[0].kind == EXCEPTION
    assert wrong.read("결산현황").notes == {}, "an accepted finding bears no note"
    names = {cell.value for cell in wrong.read(layout.RESULTS).cells.values()}
    assert "승인" in names
    wrong.apply([SetCells("결산현황", {H8: 279766})])
    again = workflow.judge(wrong)
    assert (again.summary.errors, again.summary.accepted) == (1, 0)


@pytest.mark.parametrize(
    ("reason", "text", "by", "said"),
    [("NONE", "글", "담당", "까닭 'NONE'"), ("ROUND", " ", "담당", "--text"), ("ROUND", "글", "", "--by")],
)
def test_an_exception_needs_a_reason_a_text_and_a_name(
    wrong: FileBook, reason: str, text: str, by: str, said: str
) -> None:
    before = wrong.to_bytes()
    with pytest.raises(DecisionRefused, match=said):
        decisions.let_stand(wrong, Acceptance(only_id(wrong), reason, text, by))
    assert wrong.to_bytes() == before


def test_records_do_not_disturb_the_settings(wrong: FileBook) -> None:
    before = workflow.judge(wrong)
    decisions.let_stand(wrong, Acceptance(only_id(wrong), "OTHER", "절사", "반올림"))
    after = workflow.judge(wrong)
    assert (after.project, after.settings) == (before.project, before.settings)


@pytest.mark.parametrize(
    ("sheet", "ref", "typed", "right"),
    [
        ("산출근거", (7, 4), 9500, 9000),
        ("예산총괄", (8, 4), 12000, 10500),
        ("추진일정", (6, 4), 12000, 13500),
    ],
)
def test_a_computed_cell_takes_its_computed_amount_and_no_exception(
    sheet: str, ref: tuple[int, int], typed: int, right: int
) -> None:
    book = workflow.open_book(resource(DEMO_PROJECT))
    book.apply(workflow.plan(book, "build").edits)
    book.apply([SetCells(sheet, {ref: typed})])
    wanted, before = only_id(book), book.to_bytes()
    with pytest.raises(DecisionRefused, match="셈하는 칸이라"):
        decisions.let_stand(book, Acceptance(wanted, "SOURCE", "그대로", "담당"))
    assert book.to_bytes() == before
    assert decisions.repair(book, wanted, by="담당").findings == ()
    cell = book.read(sheet).cells[ref]
    assert (cell.value, cell.formula is not None) == (right, True)
    (record,) = read_records(book.read(layout.SETTINGS))
    assert record[4:6] == (f"{typed:,}", f"{right:,}")


# --- notes -----------------------------------------------------------------------------------------------


def test_a_suspect_bears_a_note_that_says_what_it_probably_was(wrong: FileBook) -> None:
    note = wrong.read("결산현황").notes[H8]
    assert note.tag == TAG
    for part in ("[오류]", "180천원 다릅니다", "숫자 두 자리가 바뀐 것으로 보임", "고칠 값 279,576"):
        assert part in note.text


def test_notes_go_with_what_they_tell_of(wrong: FileBook, tmp_path: Path) -> None:
    first = wrong.to_bytes()
    wrong.apply(workflow.plan(wrong, "build").edits)
    assert wrong.to_bytes() == first, "the same findings give the same bytes"
    wrong.apply([SetCells("결산현황", {H8: 279576})])
    wrong.apply(workflow.plan(wrong, "build").edits)
    assert wrong.read("결산현황").notes == {}


def test_notes_of_others_stay_and_their_cells_get_none_of_ours(wrong: FileBook) -> None:
    wrong.apply([SetCells("결산현황", {H8: 279576})])
    wrong.apply(workflow.plan(wrong, "build").edits)
    wrong.apply([SetNote("결산현황", H8, "확인했음", "남의 것"), SetCells("결산현황", {H8: 279756})])
    wrong.apply(workflow.plan(wrong, "build").edits)
    there = wrong.read("결산현황").notes
    assert there[H8] == Note("확인했음", "남의 것")
    assert {note.tag for ref, note in there.items() if ref != H8} == {TAG}


def test_a_comment_thread_is_left_alone(wrong: FileBook) -> None:
    from xlbudget.grid import Grid

    findings = workflow.judge(wrong).findings
    sheet = Grid("결산현황", notes={H8: Note("의견", threaded=True)})
    edits = notes(findings, {"결산현황": sheet})
    assert edits
    assert all(isinstance(edit, SetNote) and edit.ref != H8 for edit in edits)
