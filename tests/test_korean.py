"""Particles follow the sound before them."""

import pytest

from xlbudget.korean import quoted, with_particle


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("집행액", "이", "집행액이"),
        ("예산총괄", "과", "예산총괄과"),
        ("계", "를", "계를"),
        ("13,500", "와", "13,500과"),
        ("10", "은", "10은"),
        ("0", "가", "0이"),
        ("3,002", "을", "3,002를"),
        ("1,001", "로", "1,001로"),
        ("1,003", "로", "1,003으로"),
        ("1,004", "로", "1,004로"),
        ("△2,677", "으로", "△2,677로"),
        ("예산총괄", "로", "예산총괄로"),
        ("결산현황", "로", "결산현황으로"),
        ("'사무관리비'", "는", "'사무관리비'는"),
        ("시설비(예산 외)", "가", "시설비(예산 외)가"),
        ("9,000천원", "이", "9,000천원이"),
        ("A", "라", "A라"),
        ("", "가", "가"),
    ],
)
def test_particle(word: str, particle: str, expected: str) -> None:
    assert with_particle(word, particle) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("사무관리비", "'사무관리비'"),
        ("시책추진\n업무추진비", "'시책추진 업무추진비'"),
        (" 의원's  수당 ", "'의원's 수당'"),
        ("가" * 40, f"'{'가' * 40}'"),
        ("가" * 41, f"'{'가' * 40}…'"),
        ("", "''"),
    ],
)
def test_quoted(name: str, expected: str) -> None:
    assert quoted(name) == expected
