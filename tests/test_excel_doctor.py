"""The diagnosis: each fact that stands in the way is named with its cause and its cure, and nothing else is."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.test_excel_install import Registry, build_addin, pc, put
from xlbudget.excel.doctor import Check, State, diagnose, examine, report
from xlbudget.excel.facts import POLICY, Facts, gather
from xlbudget.excel.install import plan
from xlbudget.excel.package import addin
from xlbudget.excel.sources import xlwings_version

HEALTHY = Facts(
    interpreter=r"C:\py\pythonw.exe",
    xlbudget="0.1.0",
    xlwings="0.37.8",
    pywin32=True,
    libraries=("xlwings64-0.37.8.dll",),
    library_seen=True,
    excel_version="16.0.1",
    addin=r"C:\a\xlbudget.xlam",
    addin_versions=("0.1.0", "0.37.8"),
    opened_at_start=True,
    trusted=True,
    configured_interpreter=r"C:\py\pythonw.exe",
    workbook=r"C:\예산\a.xlsx",
)


def rows() -> list[list[str]]:
    with (Path(__file__).parent / "cases" / "excel" / "doctor.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        return list(csv.reader(file))[1:]


def troubles(checks: list[Check]) -> list[Check]:
    return [check for check in checks if check.state is not State.FINE]


def test_a_healthy_pc_has_no_trouble() -> None:
    assert troubles(diagnose(HEALTHY)) == []
    assert next(report(diagnose(HEALTHY))).startswith("[정상] 파이썬, Excel 연결")


@pytest.mark.parametrize(("fact", "value", "name", "cure"), rows())
def test_one_wrong_fact_is_one_trouble_with_its_cure(fact: str, value: str, name: str, cure: str) -> None:
    given = json.loads(value)
    checks = troubles(
        diagnose(replace(HEALTHY, **{fact: tuple(given) if isinstance(given, list) else given}))
    )
    assert [check.name for check in checks] == [name]
    assert cure in checks[0].cure
    assert checks[0].cause
    lines = list(report(checks))
    assert len(lines) == 3 and lines[0].startswith(f"[{checks[0].state}] {name}: ")


@pytest.mark.parametrize(("policy", "blocked"), [(1, False), (2, False), (3, True), (4, True), (None, False)])
def test_macro_policies_matter_outside_trusted_places(policy: int | None, blocked: bool) -> None:
    facts = replace(HEALTHY, trusted=False, macro_policy=policy)
    assert ("매크로 정책" in [check.name for check in troubles(diagnose(facts))]) == blocked
    assert troubles(diagnose(replace(HEALTHY, macro_policy=policy))) == []


def test_what_is_blocked_comes_first() -> None:
    lines = list(report(diagnose(replace(HEALTHY, opened_at_start=False, mark_of_the_web=True))))
    assert lines[0].startswith("[막힘]") and lines[3].startswith("[확인]")


def test_facts_of_an_installed_pc(tmp_path: Path) -> None:
    registry = Registry({(r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "Platform"): "x64"})
    machine = pc(tmp_path, registry)
    empty = gather(machine)
    assert (empty.addin, empty.opened_at_start, empty.trusted, empty.configured_interpreter) == (
        None,
        False,
        False,
        None,
    )
    put(machine)
    facts = gather(machine, r"https://a.sharepoint.com/b.xlsx")
    assert facts.addin is not None
    assert facts.addin_versions is None
    assert facts.opened_at_start and facts.trusted and facts.library_seen and facts.interpreter_exists
    assert facts.configured_interpreter == facts.interpreter
    assert facts.excel_bits == 64
    assert facts.workbook == "https://a.sharepoint.com/b.xlsx"
    Path(facts.addin).write_bytes(addin())
    found = gather(machine).addin_versions
    assert found is not None and found[1] == xlwings_version()
    assert "판 번호" not in [check.name for check in troubles(diagnose(gather(machine)))]


def test_facts_of_an_offices_policies(tmp_path: Path) -> None:
    rules = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
    registry = Registry(
        {
            (rf"HKCU\{POLICY}", "VBAWarnings"): 3,
            (rf"HKLM\{POLICY}\Trusted Locations", "AllLocationsDisabled"): 1,
            (rf"HKCU\{POLICY}", "blockcontentexecutionfrominternet"): 1,
            (rules, "D4F940AB-401B-4EFC-AADC-AD5F3C50688A"): "1",
        }
    )
    facts = gather(pc(tmp_path, registry))
    assert (
        facts.macro_policy,
        facts.trusted_locations_off,
        facts.internet_macros_blocked,
        facts.child_processes,
    ) == (3, True, True, "1")


def test_this_machine_can_be_examined() -> None:
    checks = examine()
    assert checks and all(check.cure for check in troubles(checks))


def test_the_plan_and_the_facts_agree(tmp_path: Path) -> None:
    machine = pc(tmp_path)
    assert {type(change).__name__ for change in plan(machine, build_addin, b"")} == {"WriteFile", "SetValue"}
