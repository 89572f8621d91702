"""Findings as SARIF 2.1.0: the shape that the format asks for, and what it says of a finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from xlbudget.exchange.sarif import sarif
from xlbudget.findings import Acceptance, Finding, Severity, Suspect, catalogue

FINDING = Finding(
    "BUD-S02",
    Severity.ERROR,
    "집행잔액이 다릅니다.",
    ("결산현황!H8", "결산현황!I8"),
    {"written": 1},
    (Suspect(("결산현황!H8",), "숫자 두 자리가 바뀐 것으로 보임", {"결산현황!H8": 279576}, 0.9), Suspect(("결산현황!I8",))),
    "settlements/0/unspent/total",
    "key",
)  # fmt: skip
NOTE = Finding("BUD-L00", Severity.NOTE, "일부만 살폈습니다.")
ACCEPTED = Finding(
    "BUD-R01", Severity.ERROR, "다릅니다.", ("기본현황!B21",), accepted=Acceptance("x", "POLICY", "지침", "담당", "2026-01-02")
)  # fmt: skip


@pytest.fixture
def log() -> dict[str, Any]:
    return json.loads(
        json.dumps(sarif([("가 나/예산서.xlsx", [FINDING, NOTE]), ("b.xlsx", [ACCEPTED])], "1.2.3"))
    )


def test_it_is_one_run_with_every_rule(log: dict[str, Any]) -> None:
    assert (log["version"], log["$schema"].rpartition("/")[2]) == ("2.1.0", "sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(catalogue())
    for rule in rules:
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
        assert rule["fullDescription"]["text"]
    assert [a["location"]["uri"] for a in run["artifacts"]] == [
        "%EA%B0%80%20%EB%82%98/%EC%98%88%EC%82%B0%EC%84%9C.xlsx",
        "b.xlsx",
    ]


def test_a_result_is_what_the_format_asks_for(log: dict[str, Any]) -> None:
    (run,) = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
        for location in result["locations"]:
            where = location["physicalLocation"]["artifactLocation"]
            assert run["artifacts"][where["index"]]["location"]["uri"] == where["uri"]
        assert [place["id"] for place in result["relatedLocations"]] == list(
            range(1, len(result["relatedLocations"]) + 1)
        )


def test_cells_suspects_and_the_proposal(log: dict[str, Any]) -> None:
    result, note, _ = log["runs"][0]["results"]
    assert result["level"] == "error"
    (cell,) = result["locations"][0]["logicalLocations"]
    assert (cell["name"], cell["fullyQualifiedName"]) == ("H8", "결산현황!H8")
    assert result["relatedLocations"][0]["logicalLocations"][0]["name"] == "I8"
    assert result["properties"]["suspects"][0]["proposal"] == {"결산현황!H8": 279576}
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "279576"
    assert change["artifactLocation"]["uri"].endswith("#%EA%B2%B0%EC%82%B0%ED%98%84%ED%99%A9%21H8")
    assert note["level"] == "note"
    assert "logicalLocations" not in note["locations"][0]
    assert "fixes" not in note


def test_an_exception_is_a_suppression(log: dict[str, Any]) -> None:
    (suppression,) = log["runs"][0]["results"][2]["suppressions"]
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"] == "지침에 따른 예외: 지침"
    assert "suppressions" not in log["runs"][0]["results"][0]


def test_the_command_prints_one_log_for_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from xlbudget.cli import main

    with pytest.raises(SystemExit):
        main(["demo", str(tmp_path)])
    (made,) = tmp_path.iterdir()
    wrong = tmp_path / "틀림.xlsx"
    with pytest.raises(SystemExit):
        main(["set", str(made), "결산현황!H8=279756", "-o", str(wrong)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main(["check", str(made), str(wrong), "--sarif"])
    log = json.loads(capsys.readouterr().out)
    assert stopped.value.code == 1
    (result,) = log["runs"][0]["results"]
    assert len(log["runs"][0]["artifacts"]) == 2
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["index"] == 1
