"""Every command and every cell function of the add-in, once.

The ribbon, the buttons, the VBA, the help of the function wizard, the README's tables and the tests are made
from this list, and a macro that does not stand here cannot be run.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

TAB = "예산설명서"
TAB_KEY = "YB"
TITLE = "예산 사업설명서"
CATEGORY = "예산설명서"
"""The category of our functions in the function wizard."""
MACROS = "xlbudget.excel.macros"
FUNCTIONS_MODULE = "xlbudget.excel.udfs"
"""The module that xlwings imports for the cell functions."""


class Command(NamedTuple):
    """A button.

    ``id`` is its name in XML, VBA and Python. ``tip`` says what it does. ``icon`` is an image of Office's own.
    ``key`` is typed after Alt and the tab's key. ``target`` is the dotted name of the Python function.
    ``anywhere``: it also works where no standard workbook is open. ``step`` names the sheet beside whose line
    on 안내 the button stands.
    """

    id: str
    label: str
    tip: str
    icon: str
    key: str
    group: str
    target: str
    large: bool = False
    anywhere: bool = False
    step: str = ""


class Argument(NamedTuple):
    """An argument of a cell function, and what the function wizard says of it."""

    name: str
    tip: str
    optional: bool = False


class Function(NamedTuple):
    """A cell function. ``answers_text``: what it returns is text, and text such as ``#N/A`` in it is text."""

    name: str
    tip: str
    arguments: tuple[Argument, ...]
    target: str
    answers_text: bool = False


GROUPS: Mapping[str, str] = MappingProxyType(
    {"make": "작성", "check": "점검", "undo": "확인과 취소", "files": "문서", "tools": "도구"}
)
"""The groups of the tab, in order: id and label."""


def _command(verb: str, label: str, tip: str, icon: str, key: str, group: str, **more: bool | str) -> Command:
    name = "".join(word.capitalize() for word in verb.split("_"))
    return Command(name, label, tip, icon, key, group, f"{MACROS}:{verb}", **more)  # type: ignore[arg-type]


COMMANDS: tuple[Command, ...] = (
    _command(
        "build",
        "한번에",
        "산출근거를 계산하고, 예산총괄을 채우고, 점검하고, 사업설명서를 만듭니다. 되돌리기로 한 번에 되돌릴 수 있습니다.",
        "MacroPlay",
        "A",
        "make",
        large=True,
        step="안내",
    ),
    _command(
        "calculate",
        "산출근거 계산",
        "산출근거의 글에서 식을 읽어 줄마다 금액(천원)을 엑셀 수식으로 적습니다. 읽을 수 없는 줄은 점검결과에 까닭이 적힙니다.",
        "Calculator",
        "C",
        "make",
        large=True,
        step="산출근거",
    ),
    _command(
        "fill",
        "예산총괄 채우기",
        "산출근거의 합계를 예산총괄에 넣고, 증감과 증감률, 계를 수식으로 적습니다.",
        "FillDown",
        "F",
        "make",
        large=True,
        step="예산총괄",
    ),
    _command(
        "describe",
        "사업설명서 만들기",
        "인쇄할 사업설명서 시트를 새로 씁니다. 금액은 원래 시트를 가리키는 수식이어서 두 번 누르면 어디서 왔는지 보입니다.",
        "ViewPageLayoutView",
        "D",
        "make",
        large=True,
        step="사업설명서",
    ),
    _command(
        "check",
        "결산 점검",
        "금액끼리 맞는지 점검해 점검결과 시트에 적고, 의심스러운 칸을 표시합니다. 적힌 값은 바꾸지 않습니다.",
        "ErrorChecking",
        "K",
        "check",
        large=True,
        step="점검결과",
    ),
    _command(
        "next_finding",
        "다음 지적으로",
        "지적된 다음 칸으로 갑니다. 끝까지 가면 처음으로 돌아갑니다.",
        "ReviewNextComment",
        "N",
        "check",
    ),
    _command(
        "clear_marks",
        "표시 지우기",
        "의심 칸의 표시만 지웁니다. 점검결과의 글과 적힌 값은 그대로입니다.",
        "ClearAll",
        "E",
        "check",
    ),
    _command(
        "preview",
        "미리보기",
        "한번에를 누르면 어느 칸이 어떻게 바뀌는지 먼저 보여 줍니다. 아무것도 바꾸지 않습니다.",
        "FilePrintPreview",
        "V",
        "undo",
    ),
    _command(
        "undo",
        "되돌리기",
        "이 프로그램이 마지막으로 쓴 것을 되돌립니다. 그 뒤에 직접 고친 칸이 있으면 되돌리지 않고 알려 줍니다.",
        "Undo",
        "Z",
        "undo",
    ),
    _command(
        "save_pdf",
        "PDF 저장",
        "사업설명서 시트를 PDF로 저장합니다. 같은 이름의 파일이 있으면 번호를 붙입니다.",
        "FileSaveAsPdfOrXps",
        "P",
        "files",
    ),
    _command(
        "new_workbook",
        "새 표준예산서",
        "빈 표준예산서를 새 통합 문서로 엽니다.",
        "FileNew",
        "W",
        "files",
        anywhere=True,
    ),
    _command(
        "settings",
        "설정",
        "반올림, 증감률 자릿수 등을 정하는 설정 시트를 엽니다.",
        "PropertySheet",
        "S",
        "tools",
    ),
    _command(
        "diagnose",
        "진단",
        "파이썬, 추가 기능, 매크로 차단 등 이 PC에서 무엇이 막혀 있는지와 고치는 방법을 보여 줍니다.",
        "AddInManager",
        "G",
        "tools",
        anywhere=True,
    ),
    _command(
        "help",
        "도움말",
        "안내 시트를 엽니다. 표준예산서가 아니면 쓰는 차례를 보여 줍니다.",
        "Help",
        "H",
        "tools",
        anywhere=True,
    ),
)

COMMAND: Mapping[str, Command] = MappingProxyType({command.id: command for command in COMMANDS})


def _function(name: str, tip: str, *arguments: Argument, answers_text: bool = False) -> Function:
    return Function(name, tip, arguments, f"xlbudget.workbook.functions:{name}", answers_text)


_TEXT = Argument("text", "산출내역이 적힌 칸이나 범위. 예: 회의 참석수당 150,000원*20명*3회")
_PREVIOUS = Argument("previous", "전년도 예산액(A), 칸이나 범위")
_CURRENT = Argument("current", "당해연도 예산액(B), 칸이나 범위")

FUNCTIONS: tuple[Function, ...] = (
    _function(
        "BUDGET_AMOUNT",
        "산출내역의 금액을 셈합니다. 단위는 천원이고 천원 미만은 절상합니다. 읽을 수 없으면 #VALUE!입니다.",
        _TEXT,
        Argument("unit", "단위: 천원(기본), 원, 만원, 백만원, 억원 등", optional=True),
        Argument("rounding", "단위 미만: 절상(기본), 반올림, 절사", optional=True),
    ),
    _function(
        "BUDGET_CHANGE",
        "증감(B-A)입니다. 어느 한쪽이 빈칸이면 빈칸입니다.",
        _PREVIOUS,
        _CURRENT,
    ),
    _function(
        "BUDGET_CHECK",
        "결산 한 해의 일곱 금액이 서로 맞는지 글로 알려 줍니다. 단수 차이(2천원까지)는 맞는 것으로 봅니다.",
        Argument(
            "settlement",
            "일곱 칸: 최종예산, 전년이월, 예산변경, 예산현액, 집행액, 차년이월, 집행잔액. 여러 줄도 됩니다.",
        ),
        answers_text=True,
    ),
    _function(
        "BUDGET_LABEL",
        "산출내역에서 식을 뺀 이름입니다.",
        _TEXT,
        answers_text=True,
    ),
    _function(
        "BUDGET_RATE",
        "증감률(%)입니다. 전년도가 0이면 순증, 둘 다 0이면 0입니다. 소수 첫째 자리까지 반올림합니다.",
        _PREVIOUS,
        _CURRENT,
    ),
    _function(
        "BUDGET_SUBSIDY",
        "의존재원 금액을 (x1,234)처럼 적습니다. 0이면 (x-)입니다.",
        Argument("amount", "의존재원 금액(천원), 칸이나 범위"),
        answers_text=True,
    ),
    _function(
        "BUDGET_TOTAL",
        "금액의 합계입니다. 1,234와 △1,234, (x1,234)처럼 글로 적힌 금액도 더합니다. 금액이 아닌 글이 있으면 #VALUE!입니다.",
        Argument("amounts", "더할 금액이 적힌 범위. 빈칸은 지나칩니다."),
    ),
    _function(
        "BUDGET_WON",
        "산출내역을 원 단위로, 반올림하지 않고 셈합니다. 읽을 수 없으면 #VALUE!입니다.",
        _TEXT,
    ),
)
"""In alphabetical order, which is the order of xlwings' own generator."""


def command_table() -> str:
    """Return the commands as a Markdown table, for the README."""
    rows = (f"| {GROUPS[c.group]} | {c.label} | Alt, {TAB_KEY}, {c.key} | {c.tip} |" for c in COMMANDS)
    return "\n".join(("| 묶음 | 단추 | 글쇠 | 하는 일 |", "| --- | --- | --- | --- |", *rows)) + "\n"


def function_table() -> str:
    """Return the cell functions as a Markdown table, for the README."""

    def call(function: Function) -> str:
        return ", ".join(f"[{a.name}]" if a.optional else a.name for a in function.arguments)

    rows = (f"| `{f.name}({call(f)})` | {f.tip} |" for f in FUNCTIONS)
    return "\n".join(("| 함수 | 하는 일 |", "| --- | --- |", *rows)) + "\n"
