"""Which files an argument names."""

from pathlib import Path

import pytest

from xlbudget.batch import find_inputs
from xlbudget.book import BookUnreadable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ["b.xlsx", "a.xlsm", "~$a.xlsm", "memo.txt", "p.json", "b.bak.xlsx", "하위/c.xlsx"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


def names(folder: Path, *arguments: str) -> list[str]:
    return [
        found.path.relative_to(folder).as_posix()
        for found in find_inputs([str(folder / a) for a in arguments])
    ]


def test_folder_means_all_workbooks_below_it(folder: Path) -> None:
    assert names(folder, "") == ["a.xlsm", "b.xlsx", "하위/c.xlsx"]


def test_pattern_and_file_and_none_twice(folder: Path) -> None:
    assert names(folder, "*.xls*", "b.xlsx", "p.json") == ["a.xlsm", "b.xlsx", "p.json"]
    assert names(folder, "**/c.xlsx") == ["하위/c.xlsx"]


def test_missing_file_is_left_to_the_reader_to_name(folder: Path) -> None:
    assert names(folder, "없음.xlsx") == ["없음.xlsx"]


@pytest.mark.parametrize("argument", ["*.ods", "빈"])
def test_argument_that_names_nothing_is_an_error(folder: Path, argument: str) -> None:
    (folder / "빈").mkdir()
    with pytest.raises(BookUnreadable, match="없습니다"):
        names(folder, argument)
