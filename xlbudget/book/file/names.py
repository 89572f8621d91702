"""``SetName``: workbook names in the workbook part."""

from __future__ import annotations

import re

from xlbudget.book import EditRefused
from xlbudget.book.file.work import Work
from xlbudget.book.values import named
from xlbudget.edits import Edit, SetName

_NAME = re.compile(r"(?:[^\W\d]|\\)[\w.\\?]{0,254}")
_ADDRESS = re.compile(r"[A-Za-z]{1,3}[0-9]{1,7}|[Rr][0-9]*(?:[Cc][0-9]*)?|[Cc][0-9]*")


def check_name(name: str) -> None:
    """Refuse a name that Excel would not take. Raises ``EditRefused``."""
    if not _NAME.fullmatch(name) or _ADDRESS.fullmatch(name):
        raise EditRefused(
            f"{named(name, '은')} 이름으로 쓸 수 없습니다. 글자나 밑줄로 시작하고 칸 주소와 다른 이름을 지어 주세요."
        )


def set_name(work: Work, edit: SetName) -> tuple[Edit, ...]:
    """Define, change or remove a workbook name. Raises ``EditRefused``."""
    check_name(edit.name)
    key = (edit.name, None)
    old = work.defined(key)
    if old == edit.refers_to:
        return ()
    work.define(key, edit.refers_to)
    work.renamed.add(edit.name.lower())
    return (SetName(edit.name, old),)
