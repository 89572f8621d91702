"""Usage faults in Korean. The library that parses the command line says them in English, in words of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from xlbudget.korean import with_particle

_COMMAND = re.compile(r"No such command '(.*)'")
_EXTRA = re.compile(r"extra arguments?(?:\(s\))? \((.*)\)")
_VALUE = re.compile(r"Option '(.*)' (requires|does not take)")
_LEAST = re.compile(r"(?:greater than or equal to|not in the range x>=) ?(-?[0-9]+)")


def usage_fault(error: Any) -> str:
    """Say a usage fault in one Korean sentence; what we raised ourselves is in Korean already."""
    said = str(error.message)
    for kind, words in _BY_KIND.items():
        if type(error).__name__ == kind:
            return words(error)
    if type(error).__name__ == "BadParameter" and error.param is None:
        return said  # ours
    return _by_words(said, _name(error))


def _by_words(said: str, name: str) -> str:
    if found := _COMMAND.search(said):
        return (
            f"{with_particle(repr(found[1]), '이라')}는 명령은 없습니다. 명령을 모두 보려면 --help 를 쓰세요."
        )
    if found := _EXTRA.search(said):
        return f"쓰이지 않는 값이 있습니다: {found[1]}. 빈칸이 든 이름은 따옴표로 묶으세요."
    if found := _VALUE.search(said):
        return (
            f"{found[1]} 뒤에 값을 적으세요."
            if found[2] == "requires"
            else f"{found[1]} 에는 값을 적지 않습니다."
        )
    if found := _LEAST.search(said):
        return f"{name}: {found[1]} 이상의 수를 적으세요."
    if "integer" in said:
        return f"{name}: 정수를 적으세요."
    return f"{name}: 쓸 수 없는 값입니다." if name else "명령을 알아듣지 못했습니다."


def _no_such_option(error: Any) -> str:
    name = str(error.option_name)
    if error.ctx is not None and error.ctx.info_name == "derive":
        return f"{name.strip()} 로 시작하는 글은 선택으로 읽힙니다. 앞에 -- 를 적으세요: xlbudget derive -- '- 수당 150,000원*2'"
    return f"{with_particle(name, '이라')}는 선택은 없습니다."


def _missing(error: Any) -> str:
    return f"빠진 것이 있습니다: {_name(error)}"


def _name(error: Any) -> str:
    """Return what a person knows a parameter by: its options, or what an argument stands for."""
    param = getattr(error, "param", None)
    if param is None:
        return ""
    options = [name for name in param.opts if name.startswith("-")]
    return " ".join(options) if options else str(getattr(param, "help", "") or param.name)


_BY_KIND: dict[str, Callable[[Any], str]] = {"NoSuchOption": _no_such_option, "MissingParameter": _missing}
