"""VBA that is made from the registry: macros, cell functions, and Korean texts written in ASCII."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlbudget.excel.registry import CATEGORY, COMMANDS, FUNCTIONS, FUNCTIONS_MODULE, MACROS, TITLE, Function
from xlbudget.workbook.layout import DERIVATIONS, OVERVIEW

_MADE = "' Made from the registry of commands and functions; changes here are lost."
_LETTERS_A_LINE = 100
_INDENT = "    "

TEXTS: Mapping[str, str] = {
    "Title": TITLE,
    "NotOurs": "표준예산서가 열려 있을 때 쓸 수 있습니다. 표준예산서를 열거나, 새 표준예산서를 누르세요.",
    "NoBook": "통합 문서를 하나 연 뒤 다시 누르세요.",
    "Working": "예산 사업설명서: 일하는 중입니다…",
    "Starting": "예산 사업설명서: 준비 중입니다…",
    "Failed": (
        "파이썬을 시작하지 못했거나 일을 마치지 못했습니다. 통합 문서는 그대로입니다. "
        "진단을 누르거나, 아래 기록 파일을 담당자에게 보내 주세요."
    ),
}
"""What VBA itself says, beside the tips of the commands."""

ADDIN_FILE = "xlbudget.xlam"

MARKS = (DERIVATIONS, OVERVIEW, f"표_{DERIVATIONS}", f"표_{OVERVIEW}")
"""Sheets and defined names by which VBA knows a standard workbook."""

DIFFERENCES: Mapping[str, str] = {
    "If TypeOf Application.Caller Is Range Then On Error GoTo failed": "On Error GoTo failed",
    "{name} = Err.Description": "{name} = BudgetUnavailable()",
}
"""Lines of xlwings' own wrappers, and what ours have instead.

An error is one also where another program than Excel calls, and what the cell shows is an error that sums
pass on, not a text that they skip. Beyond these, error texts in an answer become error values
(``BudgetWithErrors``), and the add-in names itself as the workbook, since the functions look at no workbook."""


def ascii_text(text: str) -> str:
    """Return a VBA expression for a text: plain ASCII as it is, all else by its UTF-16 codes."""
    if text.isascii():
        return '"' + text.replace('"', '""') + '"'
    parts = (text[at : at + _LETTERS_A_LINE] for at in range(0, len(text), _LETTERS_A_LINE))
    return f" & _\n{_INDENT * 3}".join(
        f'BudgetCodes("{part.encode("utf-16-be").hex().upper()}")' for part in parts
    )


def macros_module(*, addin: bool, version: str, xlwings: str) -> str:
    """Return the module of the macros: one a command, and which Python each of them is."""
    lines = ['Attribute VB_Name = "BudgetMacros"', "Option Explicit", _MADE, ""]
    for command in COMMANDS:
        lines += [f"Public Sub Budget{command.id}()", f'    BudgetRun "{command.id}"', "End Sub", ""]
    lines += [
        "Public Function BudgetIsAddin() As Boolean",
        f"    BudgetIsAddin = {addin}",
        "End Function",
        "",
        "Public Function BudgetTarget() As Object",
        "    ' What xlwings' module of this file hands to Python.",
        f"    Set BudgetTarget = {'ActiveWorkbook' if addin else 'ThisWorkbook'}",
        "End Function",
        "",
        "Public Function BudgetPython(command As String) As String",
        "    Select Case command",
    ]
    for command in COMMANDS:
        home = f", '{ADDIN_FILE}'" if addin else ""
        call = f"import {MACROS} as m; m.run('{command.id}', '{version}', '{xlwings}'{home})"
        lines += [f'        Case "{command.id}"', f'            BudgetPython = "{call}"']
    lines += [
        "    End Select",
        "End Function",
        "",
        "Public Function BudgetAnywhere(command As String) As Boolean",
    ]
    anywhere = ", ".join(f'"{command.id}"' for command in COMMANDS if command.anywhere)
    lines += [
        "    Select Case command",
        f"        Case {anywhere}",
        "            BudgetAnywhere = True",
        "    End Select",
        "End Function",
        "",
        "Public Function BudgetMarks() As Variant",
        "    BudgetMarks = Array( _",
        f"        {f', _{chr(10)}        '.join(map(ascii_text, MARKS))})",
        "End Function",
    ]
    return "\n".join(lines) + "\n"


def texts_module() -> str:
    """Return the module of the texts that VBA shows."""
    lines = [
        'Attribute VB_Name = "BudgetTexts"',
        "Option Explicit",
        "Option Private Module",
        _MADE,
        "",
        "Public Function BudgetText(key As String) As String",
        "    Select Case key",
    ]
    for key, text in {**{command.id: command.tip for command in COMMANDS}, **TEXTS}.items():
        lines += [f'        Case "{key}"', f"            BudgetText = {ascii_text(text)}"]
    lines += [
        "    End Select",
        "End Function",
        "",
        "Public Function BudgetCodes(codes As String) As String",
        "    ' Four hexadecimal digits a letter.",
        "    Dim at As Long",
        "    For at = 1 To Len(codes) Step 4",
        '        BudgetCodes = BudgetCodes & ChrW(CLng("&H" & Mid(codes, at, 4)))',
        "    Next at",
        "End Function",
    ]
    return "\n".join(lines) + "\n"


def functions_module(*, addin: bool) -> str:
    """Return the module of the cell functions; ``addin`` says which file it is for."""
    lines = ['Attribute VB_Name = "BudgetFunctions"', _MADE, '#Const App = "Microsoft Excel"']
    for function in FUNCTIONS:
        lines += _wrapper(function)
    lines += [*_registration(), ""]
    return "\n".join(lines)


def _wrapper(function: Function) -> Iterator[str]:
    """Yield the wrapper of a cell function, line by line as xlwings writes them, apart from ``DIFFERENCES``."""
    name = function.name
    signature = ", ".join(("Optional " if a.optional else "") + a.name for a in function.arguments)
    arguments = f"Array({', '.join(a.name for a in function.arguments)})"
    call = f'XLPy.CallUDF("{FUNCTIONS_MODULE}", "{name}", {arguments}'
    yield f"Function {name}({signature})"
    yield '    #If App = "Microsoft Excel" Then'
    yield "        On Error GoTo failed"
    answer = f"{call}, ThisWorkbook, Application.Caller)"
    yield f"        {name} = {answer if function.answers_text else f'BudgetWithErrors({answer})'}"
    yield "        Exit Function"
    yield "    #Else"
    yield f"        {name} = {call})"
    yield "        Exit Function"
    yield "    #End If"
    yield "failed:"
    yield f"    {name} = BudgetUnavailable()"
    yield "End Function"
    yield ""


def _registration() -> Iterator[str]:
    """Yield what tells Excel's function wizard of the functions, in Korean."""
    yield "Public Function RegisterFunctions() As Boolean"
    yield "    ' Excel takes a description only while a workbook is open; it counts as no change of this one."
    yield "    Dim saved As Boolean"
    yield "    saved = ThisWorkbook.Saved"
    yield "    On Error GoTo failed"
    for function in FUNCTIONS:
        tips = f", _\n{_INDENT * 3}".join(ascii_text(argument.tip) for argument in function.arguments)
        yield f'    RegisterFunction "{function.name}", _'
        yield f"        {ascii_text(function.tip)}, _"
        yield f"        Array({tips})"
    yield "    RegisterFunctions = True"
    yield "failed:"
    yield "    ThisWorkbook.Saved = saved"
    yield "End Function"
    yield ""
    yield "Private Sub RegisterFunction(name As String, tip As String, tips As Variant)"
    yield "    Application.MacroOptions _"
    yield '        Macro:="\'" & Replace(ThisWorkbook.Name, "\'", "\'\'") & "\'!" & name, _'
    yield "        Description:=tip, _"
    yield f"        Category:={ascii_text(CATEGORY)}, _"
    yield "        ArgumentDescriptions:=tips"
    yield "End Sub"
