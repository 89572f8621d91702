"""Edits as data."""

import json
from decimal import Decimal

from xlbudget.edits import (
    DropNotes,
    Formula,
    Held,
    InsertRows,
    RemoveRows,
    ReplaceSheet,
    SetCells,
    SetName,
    SetNote,
    SetStyle,
    SheetImage,
    as_json,
    written_sheets,
)
from xlbudget.grid import Cell

EVERY_EDIT = [
    SetCells(
        "예산총괄",
        {(8, 4): Formula("SUM(B8:C8)", 10500), (9, 1): "=글", (9, 2): None, (9, 3): Decimal("1.5")},
    ),
    SetCells("예산총괄", {(1, 1): Held(Cell(3, "1+2"), b"raw")}),
    SetStyle("예산총괄", ((8, 4), (9, 4)), "xlb 금액"),
    InsertRows("산출근거", 7, 2),
    RemoveRows("산출근거", 7, 2),
    ReplaceSheet("사업설명서", SheetImage({(1, 1): ("제목", "xlb 제목"), (2, 1): (None, "xlb 글")})),
    ReplaceSheet("점검결과", None),
    SetNote("결산현황", (10, 9), "차이 450천원", "xlbudget"),
    DropNotes("xlbudget"),
    DropNotes("xlbudget", "결산현황", ((10, 9),)),
    SetName("지적칸_오류", None),
]


def test_every_edit_prints_as_plain_json() -> None:
    documents = [as_json(edit) for edit in EVERY_EDIT]
    assert json.loads(json.dumps(documents)) == documents
    assert documents[0] == {
        "edit": "SetCells",
        "sheet": "예산총괄",
        "cells": {"D8": {"formula": "=SUM(B8:C8)", "value": 10500}, "A9": "=글", "B9": None, "C9": "1.5"},
    }
    assert documents[1]["cells"]["A1"] == {"formula": "=1+2", "value": 3}
    assert documents[5]["cells"] == {"A1": "제목"}
    assert documents[9] == {"edit": "DropNotes", "tag": "xlbudget", "sheet": "결산현황", "cells": ["I10"]}


def test_written_sheets_in_order_of_first_mention() -> None:
    assert written_sheets(EVERY_EDIT) == ("예산총괄", "산출근거", "사업설명서", "점검결과", "결산현황")
