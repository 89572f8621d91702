"""On a real screen: the button on 안내 is clicked with the mouse, and the 사업설명서 is there.

XLBUDGET_PICTURES=FOLDER python -m pytest tests/test_excel_screen.py     keeps pictures of it
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.excel_office import CASES, uno_modules
from tests.hosts.screen import SIZE, Screen, required, wait_for
from tests.test_book_live import VBA
from tests.test_excel_live import NAME, Desk
from xlbudget import workflow
from xlbudget.excel.macros import STROKES_MACRO
from xlbudget.excel.package import with_macros
from xlbudget.excel.registry import COMMAND
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.layout import DESCRIPTION, GUIDE

pytestmark = pytest.mark.office
_ALL_SIDES = 15


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    required()
    made = Screen()
    monkeypatch.setenv("DISPLAY", made.name)
    monkeypatch.setenv("SAL_USE_VCLPLUGIN", "gen")
    yield made
    made.close()


@pytest.fixture
def host(screen: Screen) -> Iterator[Any]:
    uno_modules()
    from tests.hosts.windows import Host

    with Host(headless=False) as made:
        yield made


def middle_of_button(document: Any, label: str) -> tuple[int, int]:
    """Where on the screen a button of 안내 is."""
    (form,) = list(document.Sheets.getByName(GUIDE).DrawPage.Forms)
    model = next(form[at] for at in range(form.Count) if form[at].Label == label)
    shown = document.CurrentController.getControl(model).AccessibleContext
    place, size = shown.getLocationOnScreen(), shown.getSize()
    return place.X + size.Width // 2, place.Y + size.Height // 2


def keep(screen: Screen, name: str) -> None:
    if folder := os.environ.get("XLBUDGET_PICTURES"):
        time.sleep(2)  # until everything is drawn
        screen.shot(Path(folder) / name)


def test_the_button_on_the_guide_makes_the_description(
    host: Any, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = (CASES / "xlwings.bas").read_text(encoding="ascii")
    path = tmp_path / NAME
    path.write_bytes(with_macros(workflow.open_book(resource(DEMO_PROJECT)).to_bytes(), shim))
    host.provide(VBA, STROKES_MACRO, f"'{NAME}'!{STROKES_MACRO}")
    desk = Desk(host, path)
    monkeypatch.setattr("xlwings.Book.caller", lambda: desk.book)
    document = host.document(desk.book)
    document.CurrentController.Frame.ContainerWindow.setPosSize(0, 0, *SIZE, _ALL_SIDES)
    sheets = document.Sheets
    assert document.CurrentController.ActiveSheet.Name == GUIDE
    assert not sheets.getByName(DESCRIPTION).getCellRangeByName("A1").String
    keep(screen, "누르기-전.png")
    screen.click(*middle_of_button(document, COMMAND["Describe"].label))
    wait_for(lambda: bool(host.boxes))
    assert "사업설명서 만들기: 마쳤습니다." in host.boxes[-1]
    assert len(desk.ran) == 1 and "m.run('Describe'" in desk.ran[0]
    wait_for(lambda: document.CurrentController.ActiveSheet.Name == DESCRIPTION)
    assert sheets.getByName(DESCRIPTION).getCellRangeByName("A1").String
    keep(screen, "누른-뒤.png")
    desk.book.close()
