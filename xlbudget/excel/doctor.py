"""What stands in the way of the add-in on a PC: each thing that is checked, with cause and cure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import PureWindowsPath
from typing import NamedTuple

from xlbudget.excel.facts import Facts, gather
from xlbudget.excel.machine import this_machine

_BLOCKED, _WARNED = "1", "6"
_ALL_MACROS_OFF = 4
_SIGNED_ONLY = 3
_OLDEST_PYTHON = (3, 11)
LIVE = "xlbudget live build"
"""The way in from outside Excel."""


class State(StrEnum):
    """How a check went."""

    FINE = "정상"
    CAREFUL = "확인"
    BLOCKED = "막힘"


class Check(NamedTuple):
    """One thing that was checked: what was found, why that matters, and what to do."""

    name: str
    state: State
    found: str
    cause: str = ""
    cure: str = ""


def examine(workbook: str | None = None) -> list[Check]:
    """Examine this PC."""
    return diagnose(gather(this_machine(), workbook))


def report(checks: Sequence[Check]) -> Iterator[str]:
    """Yield the checks as lines: what is blocked first, each with cause and cure, then what is fine."""
    troubles = [check for check in checks if check.state is not State.FINE]
    for check in sorted(troubles, key=lambda check: check.state is not State.BLOCKED):
        yield f"[{check.state}] {check.name}: {check.found}"
        yield f"  까닭: {check.cause}"
        yield f"  방법: {check.cure}"
    fine = [check.name for check in checks if check.state is State.FINE]
    if fine:
        yield f"[정상] {', '.join(fine)}"


def diagnose(facts: Facts) -> list[Check]:
    """Judge facts, in the order in which things have to work."""
    if not facts.windows:
        return [
            Check(
                "운영체제",
                State.BLOCKED,
                "Windows가 아닙니다",
                "추가 기능은 Windows의 Excel에서만 돕니다.",
                "명령줄로 쓰세요: xlbudget build 파일.xlsx",
            )
        ]
    return [
        _python(facts),
        _xlwings(facts),
        _library(facts),
        _excel(facts),
        _addin(facts),
        _versions(facts),
        _interpreter(facts),
        _loading(facts),
        _trust(facts),
        _mark(facts),
        _macros(facts),
        _children(facts),
        *_workbook(facts),
    ]


def _python(facts: Facts) -> Check:
    found = f"{'.'.join(map(str, facts.python))} ({facts.python_bits}비트)"
    if facts.python[:2] < _OLDEST_PYTHON:
        return Check(
            "파이썬",
            State.BLOCKED,
            found,
            "3.11보다 오래된 파이썬에서는 돌지 않습니다.",
            "묶음 파일에 든 파이썬을 설치하거나 3.11 이상을 설치하세요.",
        )
    return Check("파이썬", State.FINE, found)


def _xlwings(facts: Facts) -> Check:
    if facts.xlwings is None or not facts.pywin32:
        missing = "xlwings" if facts.xlwings is None else "pywin32"
        return Check(
            "Excel 연결(xlwings)",
            State.BLOCKED,
            f"{missing}가 없습니다",
            "Excel과 파이썬을 잇는 꾸러미가 설치되지 않았습니다.",
            "묶음 파일의 install.cmd를 다시 실행하거나, pip install xlwings pywin32 를 실행하세요.",
        )
    return Check("Excel 연결(xlwings)", State.FINE, facts.xlwings)


def _library(facts: Facts) -> Check:
    if not facts.library_seen:
        return Check(
            "xlwings 라이브러리",
            State.BLOCKED,
            f"{' 또는 '.join(facts.libraries) or 'xlwings64.dll'}이 파이썬 폴더에 없습니다",
            "셀 함수와 빠른 실행은 판 번호까지 같은 이 파일이 있어야 합니다. 백신이 지웠을 수도 있습니다.",
            "xlbudget addin install 을 다시 실행하세요. 다시 없어지면 백신의 검역소를 확인하세요.",
        )
    return Check("xlwings 라이브러리", State.FINE, ", ".join(facts.libraries))


def _excel(facts: Facts) -> Check:
    if facts.excel_version is None and facts.excel_bits is None:
        return Check(
            "Excel",
            State.CAREFUL,
            "설치된 Excel을 찾지 못했습니다",
            "한셀만 있거나, 스토어에서 설치한 Office이거나, 2016보다 오래된 Excel일 수 있습니다.",
            f"Excel 2016 이상을 설치하거나, 파일을 닫고 명령줄로 쓰세요: xlbudget build. 스토어 Office는 {LIVE} 로 씁니다.",
        )
    bits = f" ({facts.excel_bits}비트)" if facts.excel_bits else ""
    return Check("Excel", State.FINE, f"{facts.excel_version or '16.0'}{bits}")


def _addin(facts: Facts) -> Check:
    if facts.addin is None:
        return Check(
            "추가 기능 파일",
            State.BLOCKED,
            "설치되어 있지 않습니다",
            "아직 설치하지 않았거나 지워졌습니다.",
            "Excel을 닫고 xlbudget addin install 을 실행하세요.",
        )
    return Check("추가 기능 파일", State.FINE, facts.addin)


def _versions(facts: Facts) -> Check:
    here = (facts.xlbudget, facts.xlwings or "")
    if facts.xlwings is not None and facts.addin_versions is not None and facts.addin_versions != here:
        built = " / ".join(facts.addin_versions)
        return Check(
            "판 번호",
            State.BLOCKED,
            f"추가 기능 {built}, 설치된 것 {' / '.join(here)} (xlbudget / xlwings)",
            "추가 기능과 파이썬 꾸러미는 판이 같아야 합니다. 한쪽만 올리면 함수와 단추가 멈춥니다.",
            "Excel을 닫고 xlbudget addin install 을 다시 실행하세요.",
        )
    return Check("판 번호", State.FINE, " / ".join(here))


def _interpreter(facts: Facts) -> Check:
    if facts.configured_interpreter is None or not facts.interpreter_exists:
        found = facts.configured_interpreter or "정해져 있지 않습니다"
        return Check(
            "매크로가 쓸 파이썬",
            State.BLOCKED,
            found,
            "Excel이 켤 파이썬의 위치가 없거나 옮겨졌습니다.",
            "xlbudget addin install 을 다시 실행하세요.",
        )
    if facts.interpreter and _folder(facts.configured_interpreter) != _folder(facts.interpreter):
        return Check(
            "매크로가 쓸 파이썬",
            State.CAREFUL,
            f"{facts.configured_interpreter} (지금 이것은 {facts.interpreter})",
            "Excel은 지금 이 진단을 실행한 파이썬과 다른 것을 켭니다.",
            "쓰려는 파이썬에서 xlbudget addin install 을 다시 실행하세요.",
        )
    return Check("매크로가 쓸 파이썬", State.FINE, facts.configured_interpreter)


def _folder(path: str) -> PureWindowsPath:
    return PureWindowsPath(path).parent


def _loading(facts: Facts) -> Check:
    if not facts.opened_at_start:
        return Check(
            "Excel 시작 목록",
            State.CAREFUL,
            "추가 기능이 들어 있지 않습니다",
            "Excel이 켜질 때 추가 기능을 열지 않아 예산설명서 탭이 보이지 않습니다.",
            "xlbudget addin install 을 다시 실행하거나, Excel 옵션 > 추가 기능 > 찾아보기로 고르세요.",
        )
    return Check("Excel 시작 목록", State.FINE, "들어 있음")


def _trust(facts: Facts) -> Check:
    if facts.trusted_locations_off:
        return Check(
            "신뢰할 수 있는 위치",
            State.BLOCKED,
            "기관 정책으로 꺼져 있습니다",
            "정책이 모든 신뢰할 수 있는 위치를 막아, 서명 없는 매크로가 돌지 않습니다.",
            f"전산 담당자에게 기관 인증서로 VBA 서명을 부탁하거나, Excel 밖에서 {LIVE} 를 쓰세요.",
        )
    if not facts.trusted:
        return Check(
            "신뢰할 수 있는 위치",
            State.CAREFUL,
            "추가 기능 폴더가 들어 있지 않습니다",
            "Excel이 추가 기능의 매크로를 막고 보안 경고를 띄웁니다.",
            "xlbudget addin install 을 다시 실행하세요.",
        )
    return Check("신뢰할 수 있는 위치", State.FINE, "추가 기능 폴더")


def _mark(facts: Facts) -> Check:
    if facts.mark_of_the_web:
        return Check(
            "인터넷에서 받은 표시",
            State.BLOCKED,
            f"{facts.addin}에 붙어 있습니다",
            "Windows가 다른 곳에서 받은 파일로 알고 매크로를 막습니다.",
            "파일을 오른쪽 단추로 눌러 속성 > 차단 해제를 고르거나, xlbudget addin install 을 다시 실행하세요.",
        )
    return Check("인터넷에서 받은 표시", State.FINE, "없음")


def _macros(facts: Facts) -> Check:
    if facts.macro_policy == _ALL_MACROS_OFF and not facts.trusted:
        return Check(
            "매크로 정책",
            State.BLOCKED,
            "모든 매크로 사용 안 함",
            "기관 정책이 매크로를 알림 없이 막습니다.",
            f"전산 담당자에게 추가 기능 폴더를 신뢰할 수 있는 위치로 넣어 달라고 하거나, {LIVE} 를 쓰세요.",
        )
    if facts.macro_policy == _SIGNED_ONLY and not facts.trusted:
        return Check(
            "매크로 정책",
            State.BLOCKED,
            "서명된 매크로만 사용",
            "이 추가 기능에는 기관의 서명이 없습니다.",
            "전산 담당자에게 기관 인증서로 VBA 서명을 부탁하세요.",
        )
    if facts.internet_macros_blocked:
        return Check(
            "매크로 정책",
            State.CAREFUL,
            "인터넷에서 받은 파일의 매크로 차단",
            "메일이나 메신저로 받은 .xlsm은 열려도 매크로가 돌지 않습니다.",
            "예산서는 .xlsx로 주고받고 추가 기능을 쓰세요. 받은 파일은 속성 > 차단 해제를 고르세요.",
        )
    return Check("매크로 정책", State.FINE, "막는 정책 없음")


def _children(facts: Facts) -> Check:
    if facts.child_processes in {_BLOCKED, _WARNED}:
        return Check(
            "Defender 규칙",
            State.BLOCKED if facts.child_processes == _BLOCKED else State.CAREFUL,
            "Office가 다른 프로그램을 켜지 못하게 합니다",
            "Excel이 파이썬을 켜는 것을 Windows Defender의 공격 표면 감소 규칙이 막습니다.",
            f"Excel 밖에서 {LIVE} 를 쓰세요(열린 통합 문서에 그대로 적용됩니다). 규칙의 예외는 전산 담당자가 넣습니다.",
        )
    return Check("Defender 규칙", State.FINE, "막는 규칙 없음")


def _workbook(facts: Facts) -> Iterator[Check]:
    if facts.workbook is None:
        return
    if "://" in facts.workbook:
        yield Check(
            "통합 문서",
            State.CAREFUL,
            "OneDrive 또는 SharePoint에 있습니다",
            "이 PC의 폴더가 아니어서 PDF 저장처럼 폴더가 필요한 일을 할 수 없습니다.",
            "이 PC의 폴더에 저장하세요. 계산과 점검은 그대로 됩니다.",
        )
    elif facts.workbook_marked:
        yield Check(
            "통합 문서",
            State.CAREFUL,
            "다른 곳에서 받은 파일이어서 제한된 보기로 열립니다",
            "제한된 보기에서는 단추가 아무것도 쓰지 못합니다.",
            "노란 띠의 편집 사용을 누른 뒤 쓰세요. 믿는 파일이면 속성 > 차단 해제를 고르세요.",
        )
    else:
        yield Check("통합 문서", State.FINE, facts.workbook)
