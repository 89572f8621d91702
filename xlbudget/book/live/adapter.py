"""``LiveBook``: a workbook that is open in Excel as a ``Book``."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from xlbudget.book import BookError, BookProtected, BookUnreadable, EditRefused
from xlbudget.book.live.copied import Copied
from xlbudget.book.live.differences import holds
from xlbudget.book.live.hand import Hand
from xlbudget.book.live.picture import Picture
from xlbudget.book.live.planning import Plan, planned
from xlbudget.book.live.regions import Regions
from xlbudget.book.live.strokes import Stroke
from xlbudget.edits import Edit, Style
from xlbudget.grid import EMPTY, Cell, Grid, a1

if TYPE_CHECKING:
    import xlwings


class LiveBook:
    """An xlwings ``Book``. Works on the object, never on a path; neither starts nor ends Excel.

    What is read is one picture, taken at the first reading and kept until ``apply`` or ``refresh``.
    ``styles`` are the named styles to bring along where the workbook lacks them; ``macro`` is the name of the
    macro that draws many changes in one call (``'xlbudget.xlam'!BudgetDraw``), empty where there is none.
    """

    def __init__(
        self, book: xlwings.Book, *, styles: Mapping[str, Style] | None = None, macro: str = ""
    ) -> None:
        self._hand = Hand(book, macro)
        self._styles = styles or {}
        self._picture: Picture | None = None
        self._notices: list[str] = []

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know of the edits applied so far, as Korean sentences."""
        return tuple(self._notices)

    def refresh(self) -> None:
        """Forget what was read: the user may have gone on working."""
        self._picture = None

    def sheets(self) -> tuple[str, ...]:
        """Return the names of the worksheets in order, hidden ones too. Raises ``BookBusy``."""
        return self._seen().sheets()

    def read(self, sheet: str) -> Grid:
        """Return one sheet; formulas name sheets in quotes. Raises ``SheetUnknown``, ``BookBusy``."""
        return self._seen().grid(sheet)

    def may_call(self, prefix: str) -> bool:
        """Return ``True``: an open workbook is read at once, with all its formulas."""
        return True

    def backup(self) -> bytes | None:
        """Return the workbook as it was last read, as a file; ``None`` where no copy can be had."""
        return self._seen().backup()

    def _seen(self) -> Picture:
        if self._picture is None:
            self._picture = self._look()
        return self._picture

    def _look(self, *, looks: bool = True) -> Picture:
        data = self._hand.copy()
        if data is None:
            return Regions(self._hand, looks=looks)
        try:
            return Copied(data, self._styles)
        except BookUnreadable:  # encrypted on its way to the disk, or of an older format
            return Regions(self._hand, looks=looks)

    def apply(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        """Apply all edits or none; return those that undo them, in the order to apply them.

        Raises ``EditRefused``, ``SheetUnknown``, ``BookProtected``, ``BookBusy``; then nothing has changed.
        """
        self.refresh()
        with self._hand.quiet():
            before = self._look()
            plan = planned(before, edits, self._styles)
            if plan.moves_sheets:
                self._check_structure()
            if plan.segments:
                self._carry_out(plan, before)
            self._print(plan)
        return plan.inverse

    def _check_structure(self) -> None:
        if self._hand.workbook.ProtectStructure:
            raise BookProtected(
                "통합 문서의 구조가 보호되어 있어 시트를 넣거나 뺄 수 없습니다. [검토] 탭에서 통합 문서 보호를 해제한 뒤 다시 누르세요."
            )

    def _carry_out(self, plan: Plan, before: Picture) -> None:
        done = 0
        try:
            for segment in plan.segments:
                self._hand.draw(segment.do)
                done += 1
            _check_arrived(plan, self._look(looks=False))
        except BaseException:
            self._take_back(plan, done, before)
            raise

    def _take_back(self, plan: Plan, done: int, before: Picture) -> None:
        """Undo what has been drawn. A segment that moves rows or sheets is one stroke: done, or not at all."""
        touched = plan.segments[: done + 1]
        if done < len(plan.segments) and plan.segments[done].moves:
            touched = plan.segments[:done]
        try:
            for segment in reversed(touched):
                self._hand.draw(segment.undo)
        except Exception as error:
            raise _half_done(before.backup()) from error

    def _print(self, plan: Plan) -> None:
        """Excel sets up pages only where there is a printer; that is no reason to go without the sheet."""
        for strokes in _by_sheet(plan.pages):
            try:
                self._hand.draw(strokes)
            except BookError:
                self._notices.append(
                    f"'{strokes[0].sheet}' 시트의 인쇄 설정을 다 하지 못했습니다. 이 PC에 프린터가 있는지, [페이지 레이아웃]의 여백과 방향이 맞는지 확인해 주세요."
                )


def _by_sheet(strokes: Sequence[Stroke]) -> list[list[Stroke]]:
    found: dict[str, list[Stroke]] = {}
    for stroke in strokes:
        found.setdefault(stroke.sheet, []).append(stroke)
    return list(found.values())


def _check_arrived(plan: Plan, after: Picture) -> None:
    """Look whether Excel holds what was written; a formula counts as such, for Excel may write it its own way.

    Raises ``EditRefused``.
    """
    there = set(after.sheets())
    for sheet in plan.touched:
        wanted = plan.after.get(sheet)
        if wanted is None or sheet not in there:
            continue
        grid = after.grid(sheet)
        wrong = [
            ref
            for ref, cell in sorted(wanted.cells.items())
            if not _arrived(cell, grid.cells.get(ref, EMPTY))
        ]
        if wrong:
            raise EditRefused(
                f"{sheet}!{a1(*wrong[0])}: Excel이 적은 대로 받아들이지 않아 모두 되돌렸습니다. 그 칸의 서식과 유효성 검사를 확인해 주세요."
            )


def _arrived(wanted: Cell, found: Cell) -> bool:
    if wanted.formula is not None:
        return found.formula is not None
    return holds(wanted, found)


def _half_done(backup: bytes | None) -> BookError:
    """Return the error for the worst case, with a copy of the workbook as it was."""
    told = "Excel이 중간에 멈춰 일부만 바뀌었습니다. 저장하지 말고 통합 문서를 닫은 뒤 다시 여세요."
    if backup is None:
        return BookError(told)
    with tempfile.NamedTemporaryFile(prefix="xlbudget-backup-", suffix=".xlsm", delete=False) as file:
        file.write(backup)
    return BookError(f"{told} 바꾸기 전의 사본: {Path(file.name)}")
