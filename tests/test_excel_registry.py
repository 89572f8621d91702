"""The registry: names that are unique and speakable, texts in their places, tables for the README."""

from __future__ import annotations

import re

from xlbudget.excel.registry import COMMAND, COMMANDS, FUNCTIONS, GROUPS, command_table, function_table


def test_ids_keys_and_names_are_unique() -> None:
    assert len(COMMAND) == len(COMMANDS) == 14
    assert len({command.key for command in COMMANDS}) == len(COMMANDS)
    assert len({function.name for function in FUNCTIONS}) == len(FUNCTIONS) == 8


def test_ids_are_ascii_and_texts_are_korean() -> None:
    for command in COMMANDS:
        assert re.fullmatch(r"[A-Z][A-Za-z]+", command.id)
        assert command.group in GROUPS
        assert re.search("[가-힣]", command.label) or command.label.isascii()
        assert command.tip.endswith("니다.")
    for function in FUNCTIONS:
        assert re.fullmatch(r"BUDGET_[A-Z]+", function.name)
        names = [argument.name for argument in function.arguments]
        assert all(re.fullmatch(r"[a-z]+", name) for name in names)
        assert [argument.optional for argument in function.arguments] == sorted(
            a.optional for a in function.arguments
        )


def test_the_tables_of_the_readme_list_everything() -> None:
    table = command_table().splitlines()
    assert len(table) == 2 + len(COMMANDS)
    assert all(line.count("|") == 5 for line in table)
    assert all(f"| {command.label} |" in table[at + 2] for at, command in enumerate(COMMANDS))
    functions = function_table().splitlines()
    assert functions[2] == f"| `BUDGET_AMOUNT(text, [unit], [rounding])` | {FUNCTIONS[0].tip} |"
    assert len(functions) == 2 + len(FUNCTIONS)
