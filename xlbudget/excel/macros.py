"""What a click runs: each command is one function of a desk, and says in a sentence what it did.

``run`` is the only way in from VBA, and the only place where errors end: a command that is not in the registry
is not run, and nobody ever sees a traceback. Whatever a command changes goes through the book's edits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import xlbudget
from xlbudget.book.live.patience import once
from xlbudget.edits import Edit, SetCells
from xlbudget.errors import XlbudgetError
from xlbudget.excel.desk import Desk, ExcelDesk, address
from xlbudget.excel.registry import COMMAND, COMMANDS, TITLE, Command
from xlbudget.excel.trouble import explained, shortened
from xlbudget.excel.undo import Step
from xlbudget.grid import Ref, parse_a1
from xlbudget.korean import with_particle

if TYPE_CHECKING:
    from xlbudget.book import Book
    from xlbudget.workflow import Outcome

STROKES_MACRO = "BudgetDraw"
"""The function of our VBA that makes many changes in one call."""
_PREVIEWED = 12


class CommandRefused(XlbudgetError):
    """A command cannot be run as things stand."""


def run(command: str, addin: str = "", runtime: str = "", home: str = "") -> None:
    """Run a command on the workbook that called, for VBA; nothing is raised.

    ``addin`` and ``runtime`` are the versions of xlbudget and xlwings that the add-in was built with; ``home``
    is the file that our VBA stands in, empty for the workbook itself.
    """
    desk: Desk | None = None
    try:
        import xlwings

        with once():
            desk = ExcelDesk(xlwings.Book.caller(), partial(live_book, home=home))
            text = perform(desk, command, addin, runtime, xlwings.__version__)
    except Exception as error:
        text = explained(error)
    if text:
        with once():
            _tell(desk, text)


def live_book(workbook: Any, home: str = "") -> Book:
    """Return the adapter of an open workbook; ``home`` as in ``run``."""
    from xlbudget.book.live import LiveBook
    from xlbudget.workbook.styles import STYLES

    file = (home or str(workbook.name)).replace("'", "''")
    return LiveBook(workbook, styles=STYLES, macro=f"'{file}'!{STROKES_MACRO}")


def perform(desk: Desk, command: str, addin: str, runtime: str, installed: str) -> str:
    """Run a command of the registry on a desk and return what to tell. Raises ``XlbudgetError``."""
    known = COMMAND.get(command)
    if known is None:
        raise CommandRefused(f"{command}: 그런 명령은 없습니다. 추가 기능을 다시 설치하세요.")
    _check_versions(addin, runtime, installed)
    desk.status(f"{TITLE}: {known.label}, 일하는 중입니다…")
    try:
        return shortened(target(known)(desk))
    finally:
        desk.status("")


def target(command: Command) -> Callable[[Desk], str]:
    """Return the function of a command."""
    module, _, name = command.target.partition(":")
    function: Callable[[Desk], str] = getattr(import_module(module), name)
    return function


def _check_versions(addin: str, runtime: str, installed: str) -> None:
    for what, built, here in (("xlbudget", addin, xlbudget.__version__), ("xlwings", runtime, installed)):
        if built and built != here:
            raise CommandRefused(
                f"추가 기능은 {what} {built}판으로 만들어졌는데, 이 PC에는 {here}판이 설치되어 있습니다. "
                "Excel을 닫고 명령줄에서 xlbudget addin install 을 다시 실행하세요."
            )


def _tell(desk: Desk | None, text: str) -> None:
    """Show a text even where Excel does not answer."""
    try:
        if desk is not None:
            desk.tell(text)
            return
    except Exception as error:
        text = f"{text}\n\n{explained(error)}"
    _window(text)


def _window(text: str) -> None:
    try:
        import ctypes

        ctypes.windll.user32.MessageBoxW(0, text, TITLE, 0x40)  # type: ignore[attr-defined]
    except AttributeError:  # not Windows
        import sys

        sys.stderr.write(text + "\n")


def calculate(desk: Desk) -> str:
    """산출근거 계산."""
    return _write(desk, "calculate")


def fill(desk: Desk) -> str:
    """예산총괄 채우기."""
    return _write(desk, "fill")


def check(desk: Desk) -> str:
    """결산 점검."""
    from xlbudget.workbook.layout import RESULTS

    return _write(desk, "check", show=RESULTS)


def describe(desk: Desk) -> str:
    """사업설명서 만들기."""
    from xlbudget.workbook.layout import DESCRIPTION

    return _write(desk, "describe", show=DESCRIPTION)


def build(desk: Desk) -> str:
    """한번에."""
    from xlbudget.workbook.layout import DESCRIPTION

    return _write(desk, "build", show=DESCRIPTION)


def _write(desk: Desk, verb: str, show: str = "") -> str:
    from xlbudget.workflow import plan

    label = COMMAND[verb.capitalize()].label
    outcome = plan(desk.book, verb)
    changed = _apply(desk, label, outcome.edits)
    if show:
        desk.show(show, (1, 1))
    return f"{label}: {'마쳤습니다.' if changed else '바뀐 칸이 없습니다.'}{_natives(outcome)}\n{_findings(outcome)}"


def _natives(outcome: Outcome) -> str:
    """Say what became of our cell functions."""
    found, told = outcome.natives, ""
    if found.replaced:
        told += f"\n셀 함수 {found.replaced}칸을 엑셀 수식으로 바꿨습니다."
    if found.valued:
        told += f"\n셀 함수가 든 식 {found.valued}칸은 엑셀 수식으로 옮길 수 없어 보이던 값으로 적었습니다."
    if found.left:
        told += f"\n범위로 답하는 셀 함수 {found.left}칸은 그대로 두었습니다. 추가 기능이 없는 PC에서는 계산되지 않습니다."
    return told


def _apply(desk: Desk, label: str, edits: Sequence[Edit]) -> bool:
    """Apply edits and remember how to undo them; tell whether anything changed."""
    inverse = desk.book.apply(edits)
    if inverse:
        desk.undo.push(Step(label, tuple(edits), tuple(inverse)))
    return bool(inverse)


def _findings(outcome: Outcome) -> str:
    told = f"{outcome.summary}"
    if outcome.has_errors:
        told += "\n점검결과 시트에서 까닭과 고칠 곳을 보세요."
    return told


def preview(desk: Desk) -> str:
    """미리보기."""
    from xlbudget.edits import written_sheets
    from xlbudget.exchange.report import edit_lines
    from xlbudget.workflow import plan

    outcome = plan(desk.book, "build")
    there = set(desk.book.sheets())
    grids = {sheet: desk.book.read(sheet) for sheet in written_sheets(outcome.edits) if sheet in there}
    lines = list(edit_lines(grids, outcome.edits))
    if not lines:
        return "바뀔 칸이 없습니다."
    more = f"\n… 외 {len(lines) - _PREVIEWED}줄" if len(lines) > _PREVIEWED else ""
    return "한번에를 누르면 이렇게 바뀝니다.\n" + "\n".join(lines[:_PREVIEWED]) + more


def undo(desk: Desk) -> str:
    """되돌리기."""
    from xlbudget.book import conflicts

    step = desk.undo.last()
    if step is None:
        return "되돌릴 것이 없습니다."
    changed = conflicts(desk.book, step.applied)
    if changed:
        return (
            f"{step.label} 뒤에 직접 고친 칸이 있어 되돌리지 않았습니다: {_some(changed)}. "
            "그 칸을 적힌 대로 돌려놓은 뒤 다시 누르세요."
        )
    desk.book.apply(step.inverse)
    desk.undo.drop()
    return f"{with_particle(step.label, '을')} 되돌렸습니다."


def clear_marks(desk: Desk) -> str:
    """표시 지우기."""
    from xlbudget.workbook.layout import RESULTS

    places = _marks(desk)
    if not places:
        return "지울 표시가 없습니다."
    _apply(desk, COMMAND["ClearMarks"].label, [SetCells(RESULTS, dict.fromkeys(ref for ref, _ in places))])
    return "의심 칸의 표시를 지웠습니다. 다시 표시하려면 결산 점검을 누르세요."


def next_finding(desk: Desk) -> str:
    """다음 지적으로."""
    cells = list(dict.fromkeys(cell for _, cell in _marks(desk)))
    if not cells:
        return "표시된 칸이 없습니다. 먼저 결산 점검을 누르세요."
    here = address(*desk.selected())
    following = cells[(cells.index(here) + 1) % len(cells) if here in cells else 0]
    sheet, _, place = following.rpartition("!")
    desk.show(sheet, parse_a1(place))
    return ""


def _marks(desk: Desk) -> list[tuple[Ref, str]]:
    """Return where the lists of marked cells stand on 점검결과 and what they name, errors first."""
    from xlbudget.grid import parse_area
    from xlbudget.workbook.layout import MARKS_COLUMNS, MARKS_ROWS, RESULTS

    if RESULTS not in desk.book.sheets():
        return []
    grid = desk.book.read(RESULTS)
    columns = [parse_area(f"{letters}1").left for letters in MARKS_COLUMNS.values()]
    refs = [(row, column) for column in columns for row in range(MARKS_ROWS[0], grid.last_row + 1)]
    return [(ref, value) for ref in refs if isinstance(value := grid.value(*ref), str) and value]


def save_pdf(desk: Desk) -> str:
    """PDF 저장."""
    from xlbudget.workbook.layout import DESCRIPTION

    if DESCRIPTION not in desk.book.sheets() or not desk.book.read(DESCRIPTION).last_row:
        return "사업설명서가 아직 없습니다. 먼저 사업설명서 만들기를 누르세요."
    return f"PDF로 저장했습니다.\n{desk.save_pdf(DESCRIPTION)}"


def new_workbook(desk: Desk) -> str:
    """새 표준예산서."""
    from xlbudget.resources import STANDARD_WORKBOOK, resource

    desk.open_new(resource(STANDARD_WORKBOOK))
    return ""


def settings(desk: Desk) -> str:
    """설정."""
    from xlbudget.workbook.layout import SETTINGS

    if SETTINGS not in desk.book.sheets():
        return f"'{SETTINGS}' 시트가 없습니다. 새 표준예산서에는 들어 있습니다."
    desk.show(SETTINGS, (1, 1))
    return ""


def diagnose(desk: Desk) -> str:
    """진단."""
    from xlbudget.excel.doctor import examine, report

    return "\n".join(report(examine(desk.place)))


def help(desk: Desk) -> str:
    """도움말."""
    from xlbudget.workbook.layout import GUIDE

    if GUIDE in desk.book.sheets():
        desk.show(GUIDE, (1, 1))
        return ""
    steps = (command.label for command in COMMANDS if command.group == "make" and command.id != "Build")
    return f"새 표준예산서를 열어 노란 칸을 채운 뒤, {' → '.join(steps)} 차례로 누르세요. 한번에를 누르면 모두 합니다."


def _some(cells: Iterable[str], most: int = 5) -> str:
    listed = list(cells)
    rest = len(listed) - most
    return ", ".join(listed[:most]) + (f" 외 {rest}칸" if rest > 0 else "")
