"""What every adapter of the port must do alike: the same edits give the same grid, and the same way back.

A further host joins by adding itself to ``HOSTS``: a function from a workbook's bytes to a ``Book``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests import rich
from xlbudget.book import Book, EditRefused, SheetUnknown, conflicts
from xlbudget.book.file import FileBook
from xlbudget.book.memory import MemoryBook
from xlbudget.edits import (
    DropNotes,
    Edit,
    Formula,
    InsertRows,
    Link,
    RemoveRows,
    ReplaceSheet,
    SetCells,
    SetName,
    SetNote,
    SetStyle,
    SheetImage,
    Style,
)
from xlbudget.grid import Area, Cell, CellError, Grid

STYLES = {
    "xlb 금액": Style("xlb 금액", horizontal="right", number_format="#,##0"),
    "xlb 머리": Style("xlb 머리", bold=True, fill="E9EDF2", border="Mttt"),
}
HOSTS: dict[str, Callable[[bytes], Book]] = {
    "memory": lambda data: MemoryBook.of(FileBook.from_bytes(data)),
    "file": lambda data: FileBook.from_bytes(data, styles=STYLES),
}
SHEET, OTHER, TAG = "자료", "합계 표", "xlb 점검"

IMAGE = SheetImage(
    {
        (1, 1): ("제목", "xlb 머리"),
        (1, 2): (None, "xlb 머리"),
        (3, 1): ('=글 <그대로> & "같이" ', None),
        (3, 2): (Formula("SUM('자료'!B2:B9)", 36000), "xlb 금액"),
        (4, 2): (Decimal("-0.125"), "xlb 금액"),
        (5, 2): (True, None),
        (6, 1): ("두 줄\n글", None),
    },
    merges=(Area(1, 1, 1, 2),),
    heights={1: 39.0, 2: 6.75, 8: 12.0},
    breaks=(5,),
    links={(3, 1): Link("'자료'!B2", "보기")},
    columns={1: 30.5, 2: 12.0},
)

CASES: dict[str, list[Edit]] = {
    "값 여러 가지": [
        SetCells(
            SHEET,
            {
                (2, 2): 7,
                (3, 2): Decimal("0.1"),
                (4, 2): Decimal("16099.999999999998"),
                (5, 1): "새 글",
                (6, 1): "  앞뒤 빈칸  ",
                (7, 1): "줄\n바꿈\t탭\r끝",
                (8, 1): "=+-@",
                (9, 1): "_x000D_ 그대로",
                (5, 4): False,
                (2, 5): CellError("#N/A"),
                (40, 30): 123456789012345678,
            },
        )
    ],
    "수식과 값": [SetCells(SHEET, {(2, 3): Formula("B2*3", 3000), (12, 1): Formula('"가"&"<"', "가<"), (13, 1): Formula("1=1", True)})],
    "수식을 값으로": [SetCells(SHEET, {(2, 3): 5}), SetCells(OTHER, {(1, 1): "합"})],
    "비우기": [SetCells(SHEET, {(2, 1): None, (3, 3): None, (99, 9): None})],
    "같은 값": [SetCells(SHEET, {(2, 2): 1000, (2, 1): "항목 1", (2, 3): Formula("B2*2", 2000)})],
    "스타일": [SetStyle(SHEET, ((2, 2), (20, 2)), "xlb 금액"), SetStyle(SHEET, ((2, 2),), None)],
    "스타일과 값": [SetStyle(SHEET, ((2, 1),), "xlb 머리"), SetCells(SHEET, {(2, 1): "바뀜"})],
    "새 시트": [ReplaceSheet("사업설명서", IMAGE)],
    "시트 두 번": [ReplaceSheet("결과", IMAGE), ReplaceSheet("결과", SheetImage({(2, 2): ("하나", None)}, heights={2: 20.0}))],
    "행 넣기": [InsertRows(SHEET, 5, 2)],
    "행 넣고 쓰기": [InsertRows(SHEET, 5, 1), SetCells(SHEET, {(5, 1): "끼움", (5, 2): 50, (5, 3): Formula("B5*2", 100)})],
    "머리 위에 행 넣기": [InsertRows(SHEET, 1, 1)],
    "마지막 아래에 행 넣기": [InsertRows(SHEET, 30, 3)],
    "메모": [SetNote(SHEET, (2, 2), "합이 맞지 않습니다.\n확인하세요.", TAG), SetNote(SHEET, (9, 3), "둘", TAG)],
    "메모 고치기": [SetNote(SHEET, (2, 2), "하나", TAG), SetNote(SHEET, (2, 2), "둘", TAG), SetNote(OTHER, (1, 1), "셋", TAG)],
    "메모 지우기": [SetNote(SHEET, (2, 2), "하나", TAG), SetNote(SHEET, (3, 2), "둘", TAG), DropNotes(TAG, SHEET, ((2, 2),))],
    "메모 모두 지우기": [SetNote(SHEET, (2, 2), "하나", TAG), SetNote(OTHER, (3, 2), "둘", TAG), DropNotes(TAG)],
    "메모와 행": [SetNote(SHEET, (6, 2), "여섯", TAG), InsertRows(SHEET, 4, 2)],
    "이름": [SetName("의심칸", "'자료'!$B$2"), SetName("자료합", "'자료'!$B$2:$B$5")],
    "이름 없애기": [SetName("자료합", None)],
}  # fmt: skip


def everything(grid: Grid) -> dict[str, object]:
    """What two hosts must agree on; a cell that stores nothing at all is as good as none."""
    cells = {ref: cell for ref, cell in grid.cells.items() if cell != Cell()}
    return {
        "cells": cells,
        "kinds": {ref: type(cell.value) for ref, cell in cells.items()},
        "merges": sorted(grid.merges),
        "heights": dict(grid.heights),
        "widths": dict(grid.widths),
        "notes": dict(grid.notes),
        "hidden": grid.hidden_rows,
    }


def picture(book: Book) -> dict[str, dict[str, object]]:
    return {sheet: everything(book.read(sheet)) for sheet in book.sheets()}


@pytest.fixture(scope="module")
def data() -> bytes:
    return rich.plain_workbook()


@pytest.fixture(params=HOSTS)
def book(request: pytest.FixtureRequest, data: bytes) -> Book:
    return HOSTS[request.param](data)


@pytest.mark.parametrize("name", CASES)
def test_the_same_edits_give_the_same_grid(name: str, data: bytes) -> None:
    pictures = []
    for make in HOSTS.values():
        book = make(data)
        book.apply(CASES[name])
        pictures.append(picture(book))
    assert all(other == pictures[0] for other in pictures[1:])


@pytest.mark.parametrize("name", CASES)
def test_the_inverse_gives_everything_back(name: str, book: Book) -> None:
    before = picture(book)
    inverse = book.apply(CASES[name])
    assert conflicts(book, CASES[name]) == () or name in {"시트 두 번", "메모와 행"}
    redo = book.apply(inverse)
    assert picture(book) == before
    after_undo = picture(book)
    book.apply(redo)
    book.apply(inverse)
    assert picture(book) == after_undo


SETTLING = [name for name, edits in CASES.items() if not any(isinstance(edit, InsertRows) for edit in edits)]


@pytest.mark.parametrize("name", SETTLING)
def test_a_second_time_changes_nothing(name: str, book: Book) -> None:
    book.apply(CASES[name])
    before = picture(book)
    book.apply(CASES[name])
    assert picture(book) == before


def test_what_is_written_is_read(book: Book) -> None:
    book.apply(CASES["값 여러 가지"])
    grid = book.read(SHEET)
    assert grid.value(2, 2) == 7
    assert grid.value(4, 2) == 16100
    assert grid.value(8, 1) == "=+-@"
    assert grid.cell(8, 1).formula is None
    assert grid.value(9, 1) == "_x000D_ 그대로"
    assert grid.value(7, 1) == "줄\n바꿈\t탭\r끝"
    assert grid.value(5, 4) is False
    assert grid.value(40, 30) == 123456789012346000


def test_calls_of_functions_are_found_in_any_letters(book: Book) -> None:
    assert not book.may_call("BUDGET_")
    book.apply([SetCells(SHEET, {(2, 2): Formula("budget_total(A2:A3)", 3)})])
    assert book.may_call("BUDGET_")


def test_styles_are_named(book: Book) -> None:
    book.apply([SetStyle(SHEET, ((2, 2), (3, 3)), "xlb 금액"), ReplaceSheet("결과", IMAGE)])
    assert book.read(SHEET).cell(2, 2) == Cell(1000, None, "xlb 금액")
    assert book.read(SHEET).cell(3, 3) == Cell(4000, "B3*2", "xlb 금액")
    assert book.read("결과").cell(1, 2).style == "xlb 머리"


def test_rows_move_what_refers_to_them(book: Book) -> None:
    book.apply([SetName("자료합", "'자료'!$B$2:$B$9"), InsertRows(SHEET, 5, 2)])
    grid = book.read(SHEET)
    assert grid.cell(4, 3).formula == "B4*2"
    assert grid.cell(7, 3).formula == "B7*2"
    assert grid.cell(5, 2).value is None
    assert Area(3, 4, 3, 5) in grid.merges
    assert book.read(OTHER).cell(1, 1).formula == "SUM(자료!B2:B11)"
    assert book.read(OTHER).cell(2, 1).formula == "'자료'!C11&\" 원\""


def test_rows_below_a_merged_row_are_merged_too(book: Book) -> None:
    book.apply([InsertRows(SHEET, 4, 2)])
    assert {Area(3, 4, 3, 5), Area(4, 4, 4, 5), Area(5, 4, 5, 5)} <= set(book.read(SHEET).merges)


REFUSED: dict[str, tuple[list[Edit], str]] = {
    "없는 시트": ([SetCells("없음", {(1, 1): 1})], "없음"),
    "긴 글": ([SetCells(SHEET, {(1, 1): "가" * 32768})], "32,767"),
    "깨진 글자": ([SetCells(SHEET, {(1, 1): "\ud800"})], "자료!A1"),
    "빈 수식": ([SetCells(SHEET, {(1, 1): Formula("", 1)})], "자료!A1"),
    "다른 꼬리표의 메모": ([SetNote(SHEET, (2, 2), "가", "남"), SetNote(SHEET, (2, 2), "나", TAG)], "자료!B2"),
    "넣은 행에 다른 글": ([InsertRows(SHEET, 5, 1), SetCells(SHEET, {(5, 2): 1}), RemoveRows(SHEET, 5, 1)], "자료!B5"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_all_or_nothing(name: str, book: Book) -> None:
    edits, told = REFUSED[name]
    before = picture(book)
    with pytest.raises((EditRefused, SheetUnknown), match=told):
        book.apply([SetCells(OTHER, {(1, 1): 99}), *edits])
    assert picture(book) == before


def test_rows_go_out_only_with_what_was_written(book: Book) -> None:
    book.apply([InsertRows(SHEET, 5, 1), SetCells(SHEET, {(5, 2): 1})])
    book.apply([RemoveRows(SHEET, 5, 1, {(5, 2): 1})])
    assert book.read(SHEET).value(5, 1) == "항목 4"


def test_conflicts_name_the_cells_that_changed_since(book: Book) -> None:
    edits = [
        SetCells(SHEET, {(2, 2): 5, (3, 2): 6, (4, 3): Formula("B4*3", 9000)}),
        ReplaceSheet("결과", IMAGE),
    ]
    book.apply(edits)
    assert conflicts(book, edits) == ()
    book.apply(
        [SetCells(SHEET, {(3, 2): 7, (4, 3): Formula("B4*3", 1)}), SetCells("결과", {(1, 1): "딴 제목"})]
    )
    assert conflicts(book, edits) == ("결과!A1", "자료!B3")


def test_a_grid_is_a_picture(book: Book) -> None:
    grid = book.read(SHEET)
    book.apply([SetCells(SHEET, {(2, 2): 5})])
    assert grid.value(2, 2) == 1000
    assert book.read(SHEET).value(2, 2) == 5
