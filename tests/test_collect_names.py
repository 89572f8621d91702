"""Names of a collection: what counts, and the table of names that mean the same."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.collect import CollectFault
from xlbudget.collect.names import Aliases, read_aliases, text_key


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file, delimiter="\t") if not row[0].startswith("#")]


def test_names_are_the_same_only_by_their_key(cases: Path) -> None:
    table = lines(cases / "collect" / "names.tsv")
    assert len(table) > 10
    wrong = [row for row in table if (text_key(row[1]) == text_key(row[2])) != (row[0] == "예")]
    assert wrong == []


@given(st.text(max_size=20))
def test_a_key_is_its_own_key_and_blanks_never_count(text: str) -> None:
    assert text_key(text_key(text)) == text_key(text)
    assert text_key(" ".join(text)) == text_key(f"\u3000{text}\n")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp949"])
def test_a_table_of_names_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "이름.csv"
    path.write_text(
        "구분,적힌 이름,모을 이름\n부서,총무 과,자치행정과\n\n과목,사무관리 비용,사무관리비\n",
        encoding=encoding,
    )
    names = Aliases(read_aliases(path))
    assert names.name("division", "총무과") == "자치행정과"
    assert names.key("division", " 총무과 ") == names.key("division", "자치 행정과")
    assert names.name("project", "총무과") == "총무과", "a kind has names of its own"
    assert names.name("object", "사무관리비용") == "사무관리비"


def test_faults_of_a_table_are_named(cases: Path, tmp_path: Path) -> None:
    table = lines(cases / "collect" / "aliases_wrong.tsv")
    assert len(table) >= 5
    for text, told in table:
        path = tmp_path / "이름.csv"
        path.write_text(text.replace("\\n", "\n"), encoding="utf-8")
        with pytest.raises(CollectFault, match=told):
            read_aliases(path)


def test_a_table_in_no_known_encoding(tmp_path: Path) -> None:
    (tmp_path / "이름.csv").write_bytes(b"\xff\xfe\x81")
    with pytest.raises(CollectFault, match="CP949"):
        read_aliases(tmp_path / "이름.csv")
