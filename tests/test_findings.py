"""The catalogue is whole, findings are told by severity, and the summary counts each once."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from xlbudget.findings import Finding, Rule, Severity, catalogue, summarise

CODES = "C01 C02 C03 C04 T01 T02 T03 R01 P01 S01 S02 S03 S04 S05 S06 X01 X02 X03 N01 N02 N03 N99 M01 K01 D01 D02 D03 F01 L00"
WARNINGS = {"BUD-N02", "BUD-M01", "BUD-K01", "BUD-D01", "BUD-D02", "BUD-D03", "BUD-F01", "BUD-S06"}
NOTES = {"BUD-N99", "BUD-X03", "BUD-L00"}
TEXTS = ("title", "rule", "tolerance", "reason", "remedy", "right", "wrong", "blind")


def test_the_catalogue_lists_every_code_once() -> None:
    assert set(catalogue()) == {f"BUD-{code}" for code in CODES.split()}


def test_severities() -> None:
    of = {
        severity: {code for code, rule in catalogue().items() if rule.severity is severity}
        for severity in Severity
    }
    assert of[Severity.WARNING] == WARNINGS
    assert of[Severity.NOTE] == NOTES


@pytest.mark.parametrize("rule", catalogue().values(), ids=lambda rule: rule.code)
def test_texts_are_sentences_in_plain_korean(rule: Rule) -> None:
    for name in TEXTS:
        text = getattr(rule, name)
        assert text == " ".join(text.split()), name
        assert not re.search(r"이\(가\)|을\(를\)|은\(는\)|과\(와\)|[{}]", text), name
    for name in ("rule", "reason", "remedy"):
        assert getattr(rule, name).endswith("."), name


def test_the_catalogue_is_read_only_when_it_is_asked_for() -> None:
    code = "import sys, xlbudget.findings; sys.exit('tomllib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_severity_words_and_gravity() -> None:
    assert [severity.word for severity in Severity] == ["오류", "확인", "참고"]
    assert [Finding("BUD-C01", severity, ".").gravity for severity in Severity] == [0, 1, 2]


def test_summary_counts_and_reads_aloud() -> None:
    findings = [
        Finding("BUD-C01", Severity.ERROR, "."),
        Finding("BUD-D01", Severity.WARNING, "."),
        Finding("BUD-N99", Severity.NOTE, "."),
        Finding("BUD-X03", Severity.NOTE, "."),
    ]
    summary = summarise(findings, 7)
    assert summary.as_json() == {
        "checked": 7, "errors": 1, "warnings": 1, "notes": 2, "tolerated": 1, "accepted": 0,
    }  # fmt: skip
    assert "오류 1건" in str(summary)
    assert "단수 차이 1건" in str(summary)
