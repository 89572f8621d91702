"""What figures are called in messages, and how people say what may have happened to one."""

from __future__ import annotations

from collections.abc import Mapping

from xlbudget.checks.case import COLUMN_WORDS, LAST, Case
from xlbudget.checks.derivations import line_name
from xlbudget.korean import quoted
from xlbudget.project import Project

MECHANISMS: Mapping[str, str] = {
    "transposition": "숫자 두 자리가 바뀐 것으로 보임",
    "typo": "숫자 하나를 잘못 적은 것으로 보임",
    "sign": "부호(△)가 빠지거나 잘못 붙은 것으로 보임",
    "unit": "단위를 잘못 적은 것으로 보임",
    "tenfold": "0이 하나 더 붙거나 빠진 것으로 보임",
    "swap": "두 칸의 금액이 서로 바뀐 것으로 보임",
    "copied": "이웃 칸의 금액을 그대로 옮긴 것으로 보임",
    "zero": "금액을 적지 않고 0으로 둔 것으로 보임",
    "missing": "적지 않은 것으로 보임",
    "expression": "산출식의 단가나 수량이 틀린 것으로 보임",
    "point": "쉼표 자리에 소수점(.)을 찍은 것으로 보임",
    "unknown": "어떻게 틀렸는지는 알 수 없음",
}
"""The mechanisms of the engine in plain Korean."""
_UNITS = {1_000: "천 배: 원 단위로 적은 것으로 보임", 1_000_000: "백만 배: 단위를 잘못 적은 것으로 보임"}


def mechanism_text(mechanism: str, old: object = None, new: object = None) -> str:
    """Return what may have happened; with the figure that stands there and the one that should, in more detail."""
    if mechanism == "unit" and isinstance(old, int) and isinstance(new, int) and old and new:
        large, small = max(abs(old), abs(new)), min(abs(old), abs(new))
        factor = min(_UNITS, key=lambda f: abs(large - small * f))
        if abs(old) > abs(new):
            return _UNITS[factor]
        return f"{factor:,}분의 1: 더 큰 단위로 적은 것으로 보임"
    if mechanism == "typo" and isinstance(old, int) and isinstance(new, int):
        gone = len(str(abs(new))) - len(str(abs(old)))
        if gone:
            return "숫자 하나가 빠진 것으로 보임" if gone > 0 else "숫자 하나가 더 들어간 것으로 보임"
    kinds = mechanism.split("+")
    known = [kind for kind in kinds if kind != "unknown"] or kinds
    return ", ".join(MECHANISMS[kind] for kind in known)


def superfluous_text(path: str) -> str:
    """Return what may have happened to a figure without which all is right."""
    if path.startswith("funding/"):
        return "사업비 밖의 재원으로 보임: 예산 외 재원이면 이름 끝에 (예산 외)를 붙이면 맞음"
    return "없어야 할 금액으로 보임: 빼면 맞음"


def figure_name(case: Case, path: str) -> str:
    """Return what a figure is called: ``2019년 차년이월``, ``'사무관리비'의 예산액(B)``."""
    if path.startswith(LAST):
        return f"작년 설명서의 {_named(case.last.project, path.removeprefix(LAST)) if case.last else path}"
    return _named(case.project, path)


def _named(project: Project, path: str) -> str:
    table, *rest = path.split("/")
    if table == "settlements":
        year = project.settlements[int(rest[0])].year
        return f"{year}년 {_layer(rest[2])}{COLUMN_WORDS[rest[1]]}"
    if table == "funding":
        return f"재원 {quoted(project.funding[int(rest[0])].source)}"
    if table == "schedule":
        return f"추진일정 {quoted(project.schedule[int(rest[0])].step)}의 집행금액"
    if table == "items":
        item = project.items[int(rest[0])]
        if rest[1] == "derivations":
            words = {"text": "산출식", "stated": "적힌 금액", "amount": "금액"}
            return f"{line_name(item.derivations[int(rest[2])])} 줄의 {words.get(rest[3], '(x) 금액')}"
        if rest[1] in ("lines", "stated"):
            return f"{quoted(item.object_name)}의 산출근거"
        return f"{quoted(item.object_name)}의 {_layer(rest[-1])}{COLUMN_WORDS[rest[1]]}"
    if table == "total":
        return f"예산총괄 계의 {_layer(rest[-1])}{COLUMN_WORDS[rest[0]]}"
    return {"cost": "기본현황의 사업비", "schedule_total": "추진일정의 계"}[table]


def _layer(layer: str) -> str:
    return "(x) " if layer == "subsidy" else ""
