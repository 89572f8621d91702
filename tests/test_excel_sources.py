"""The VBA text: ASCII, in lines that VBA takes, parsed by an independent parser, xlwings' wrappers but for a few lines."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import xlbudget
from tests.excel_readers import parse_module
from xlbudget.excel.ovba import Kind, Module, code_lines
from xlbudget.excel.registry import COMMANDS, FUNCTIONS
from xlbudget.excel.sources import (
    PATCHES,
    RUNTIME,
    AddinFault,
    Host,
    project,
    runtime_source,
    xlwings_folder,
    xlwings_version,
)
from xlbudget.excel.wrappers import (
    DIFFERENCES,
    TEXTS,
    ascii_text,
    functions_module,
    macros_module,
    texts_module,
)

LONGEST_LINE = 1_023
MOST_CONTINUED = 24


def modules(host: Host) -> list[Module]:
    return project(host, ["Sheet01"])


@pytest.mark.parametrize("host", Host)
def test_every_source_is_ascii_and_fits_into_vba_lines(host: Host) -> None:
    for module in modules(host):
        assert module.source.isascii(), module.name
        lines = code_lines(module.source)
        assert max(map(len, lines), default=0) <= LONGEST_LINE, module.name
        continued = re.findall(r"(?:[^\n]* _\n)+", module.source)
        assert max((text.count("\n") for text in continued), default=0) <= MOST_CONTINUED, module.name


@pytest.mark.parametrize("host", Host)
def test_an_independent_parser_reads_our_modules(host: Host) -> None:
    for module in modules(host):
        if module.name != RUNTIME:
            # The one word that this parser does not know.
            text = "\n".join(code_lines(module.source)).replace("Public WithEvents ", "Public ")
            parse_module(text, name=module.name, kind="standard")


def test_that_parser_notices_what_is_broken() -> None:
    with pytest.raises(Exception, match=r"If|End|line"):
        parse_module("Sub X()\n    If True Then\nEnd Sub\n", name="X", kind="standard")


def own(line: str) -> str:
    return line.strip()


def expected(text: str, *, addin: bool) -> list[str]:
    """The lines of xlwings' generator with the listed differences applied."""
    texts = {function.name for function in FUNCTIONS if function.answers_text}
    lines, name = [], ""
    for line in map(own, text.splitlines()):
        if found := re.match(r"Function (\w+)\(", line):
            name = found[1]
        for theirs, ours in DIFFERENCES.items():
            if line == theirs.format(name=name):
                line = ours.format(name=name)
        if found := re.fullmatch(rf"{name} = (XLPy\.CallUDF\(.*, Application\.Caller\))", line):
            call = found[1].replace("ActiveWorkbook", "ThisWorkbook") if addin else found[1]
            line = f"{name} = {call}" if name in texts else f"{name} = BudgetWithErrors({call})"
        lines.append(line)
    return [line for line in lines if line]


@pytest.mark.parametrize("addin", [False, True])
def test_our_wrappers_are_xlwings_wrappers_but_for_the_listed_lines(addin: bool) -> None:
    program = Path(__file__).with_name("excel_generator.py")
    made = subprocess.run(
        [sys.executable, str(program), *(["addin"] if addin else [])],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    assert made.count("XLPy.CallUDF") == 2 * len(FUNCTIONS)
    ours = functions_module(addin=addin).partition("Public Function RegisterFunctions")[0]
    head = ('Attribute VB_Name = "BudgetFunctions"', "' Made from", "#Const App")
    lines = [own(line) for line in ours.splitlines() if line.strip() and not line.startswith(head)]
    assert lines == expected(made, addin=addin)


def test_each_command_has_a_macro_and_only_the_registry_is_run() -> None:
    text = macros_module(addin=False, version="1.2", xlwings="3.4")
    subs = re.findall(r"^Public Sub (\w+)\(\)", text, re.MULTILINE)
    assert subs == [f"Budget{command.id}" for command in COMMANDS]
    calls = re.findall(r'BudgetPython = "(.*)"', text)
    assert calls == [
        f"import xlbudget.excel.macros as m; m.run('{command.id}', '1.2', '3.4')" for command in COMMANDS
    ]
    assert not any('"' in call for call in calls)


def decoded(expression: str) -> str:
    """What VBA makes of an expression."""
    parts = re.findall(r'BudgetCodes\("([0-9A-F]*)"\)|"((?:[^"]|"")*)"', expression)
    return "".join(
        bytes.fromhex(codes).decode("utf-16-be") if codes else plain.replace('""', '"')
        for codes, plain in parts
    )


@pytest.mark.parametrize("text", ["", 'say "ok"', "예산", "가" * 255, "천원 (x1,234) ~ △"])
def test_korean_survives_in_ascii(text: str) -> None:
    assert ascii_text(text).isascii()
    assert decoded(ascii_text(text)) == text


def test_every_text_that_vba_shows_is_there() -> None:
    text = texts_module()
    cases = dict(re.findall(r'Case "(\w+)"\n\s+BudgetText = ((?:[^\n]* _\n)*[^\n]*)', text))
    assert {key: decoded(value) for key, value in cases.items()} == {
        **{c.id: c.tip for c in COMMANDS},
        **TEXTS,
    }
    asked = {key for m in modules(Host.WORKBOOK) for key in re.findall(r'BudgetText\("(\w+)"\)', m.source)}
    assert asked <= set(cases)


def test_what_the_function_wizard_says_fits_into_it() -> None:
    for function in FUNCTIONS:
        assert len(function.tip) <= 255
        assert all(0 < len(argument.tip) <= 255 for argument in function.arguments)
    assert [function.name for function in FUNCTIONS] == sorted(function.name for function in FUNCTIONS)


@pytest.mark.parametrize("host", Host)
def test_xlwings_module_is_the_installed_one_with_every_patch(host: Host) -> None:
    original = (xlwings_folder() / host.value).read_text(encoding="utf-8").replace("\r\n", "\n")
    ours = runtime_source(host)
    assert f'XLWINGS_VERSION As String = "{xlwings_version()}"' in ours
    changed = [(a, b) for a, b in zip(original.splitlines(), ours.splitlines(), strict=True) if a != b]
    lines = sum(
        patch.times * sum(x != y for x, y in zip(patch.old.splitlines(), patch.new.splitlines(), strict=True))
        for patch in PATCHES[host]
    )
    assert len(changed) == lines
    assert 'PROJECT_NAME As String = "xlbudget"' in ours


@pytest.mark.parametrize("host", Host)
def test_nothing_of_an_open_workbook_chooses_what_runs(host: Host) -> None:
    ours = runtime_source(host)
    settings = ours[ours.index("Function GetConfig(") : ours.index("Function SaveConfigToFile")]
    assert "ActiveWorkbook, PROJECT_NAME" not in settings
    assert 'If source = "" Or source = "directory"' not in settings
    assert "uses_embedded_code = True\n" not in ours
    assert ours.count('" -B -P -c ""') == 2
    assert '-c ""' not in ours.replace('-P -c ""', "")
    assert 'GetConfig("ADD_WORKBOOK_TO_PYTHONPATH", "true")' not in ours


def test_another_xlwings_stops_the_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = (xlwings_folder() / Host.ADDIN.value).read_text(encoding="utf-8")
    monkeypatch.setattr("xlbudget.excel.sources.xlwings_folder", lambda: tmp_path)
    (tmp_path / Host.ADDIN.value).write_text(
        text.replace("uses_embedded_code = True", "embedded = True"), encoding="utf-8"
    )
    with pytest.raises(AddinFault, match="만들 수 없습니다"):
        runtime_source(Host.ADDIN)
    (tmp_path / Host.ADDIN.value).write_text(text.replace(xlwings_version(), "9.9.9"), encoding="utf-8")
    with pytest.raises(AddinFault, match="판이 다릅니다"):
        runtime_source(Host.ADDIN)


def test_the_document_modules_carry_the_code_names() -> None:
    documents = [module.name for module in modules(Host.WORKBOOK) if module.kind.is_document]
    assert documents == ["ThisWorkbook", "Sheet01"]
    assert [m.name for m in modules(Host.WORKBOOK) if m.kind is Kind.CLASS] == ["BudgetEvents"]
    assert f"'{xlbudget.__version__}', '{xlwings_version()}'" in "".join(
        m.source for m in modules(Host.ADDIN)
    )
