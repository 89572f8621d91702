"""Saving: the old file or the new one, never half of it, and nothing else beside it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import rich
from xlbudget.book import BookBusy, BookNotLocal, BookReadOnly
from xlbudget.book.file import FileBook
from xlbudget.book.file import save as saving
from xlbudget.edits import SetCells

EDIT = [SetCells("시트", {(1, 1): "새 값"})]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "2026년 예산(안).xlsx"
    target.write_bytes(rich.bare(rich.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')))
    return target


def opened(path: Path) -> FileBook:
    book = FileBook.open(path)
    book.apply(EDIT)
    return book


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


def test_in_place_with_backup(path: Path) -> None:
    old = path.read_bytes()
    book = opened(path)
    assert book.save(backup=True) == path
    assert path.read_bytes() == book.to_bytes() != old
    assert names(path) == ["2026년 예산(안).bak.xlsx", path.name]
    assert path.with_name("2026년 예산(안).bak.xlsx").read_bytes() == old
    book.apply([SetCells("시트", {(1, 1): "또"})])
    book.save(backup=True)
    assert path.with_name("2026년 예산(안).bak.xlsx").read_bytes() == old
    assert "2026년 예산(안).bak.2.xlsx" in names(path)
    book.save(backup=True)
    assert len(names(path)) == 3


def test_to_another_name(path: Path) -> None:
    book = opened(path)
    target = book.save(path.with_name("완성.xlsx"))
    assert FileBook.open(target).read("시트").value(1, 1) == "새 값"
    assert FileBook.open(path).read("시트").value(1, 1) == 1
    assert names(path) == sorted([path.name, "완성.xlsx"])


@pytest.mark.skipif(os.name != "posix", reason="POSIX의 파일 권한")
def test_the_mode_stays(path: Path) -> None:
    path.chmod(0o640)
    opened(path).save()
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("owner", ["~$2026년 예산(안).xlsx", ".~lock.2026년 예산(안).xlsx#"])
def test_a_file_that_is_open_elsewhere(path: Path, owner: str) -> None:
    old = path.read_bytes()
    path.with_name(owner).touch()
    with pytest.raises(BookBusy, match="열려 있습니다"):
        opened(path).save()
    assert path.read_bytes() == old


def test_a_file_that_changed_meanwhile(path: Path) -> None:
    book = opened(path)
    other = rich.bare(rich.sheet_xml('<row r="1"><c r="A1"><v>2</v></c></row>'))
    path.write_bytes(other)
    os.utime(path, ns=(1, 1))
    with pytest.raises(BookBusy, match="바뀌었습니다"):
        book.save()
    assert path.read_bytes() == other


def test_a_file_only_touched_meanwhile(path: Path) -> None:
    book = opened(path)
    os.utime(path, ns=(1, 1))
    book.save()
    assert FileBook.open(path).read("시트").value(1, 1) == "새 값"


def test_a_second_save_of_the_same_book(path: Path) -> None:
    book = opened(path)
    book.save()
    book.apply([SetCells("시트", {(2, 1): 5})])
    book.save()
    assert FileBook.open(path).read("시트").value(2, 1) == 5


@pytest.mark.skipif(os.name != "posix", reason="심볼릭 링크")
def test_a_link_stays_a_link(path: Path) -> None:
    link = path.with_name("링크.xlsx")
    link.symlink_to(path)
    opened(link).save()
    assert link.is_symlink()
    assert FileBook.open(path).read("시트").value(1, 1) == "새 값"


def test_targets_that_cannot_be(path: Path) -> None:
    book = opened(path)
    with pytest.raises(BookReadOnly, match="폴더가 없습니다"):
        book.save(path.parent / "없는 폴더" / "a.xlsx")
    folder = path.parent / "폴더.xlsx"
    folder.mkdir()
    with pytest.raises(BookReadOnly, match="같은 이름의 폴더"):
        book.save(folder)


def test_a_read_only_target(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = opened(path)
    monkeypatch.setattr(saving.os, "access", lambda *_: False)
    with pytest.raises(BookReadOnly, match="읽기 전용"):
        book.save()


def test_a_name_that_excel_would_not_open(path: Path) -> None:
    with pytest.raises(BookReadOnly, match=r"매크로가 없는.*\.xlsx"):
        opened(path).save(path.with_suffix(".xlsm"))
    with pytest.raises(BookReadOnly, match=r"매크로가 든.*\.xlsm"):
        FileBook.from_bytes(rich.rich_workbook()).save(path.with_name("매크로.xlsx"))


def test_a_book_without_a_file_needs_a_name() -> None:
    with pytest.raises(BookNotLocal, match="이름"):
        FileBook.from_bytes(rich.plain_workbook()).save()


FAULTS = {
    "꽉 찬 디스크": (OSError(errno.ENOSPC, "x"), "빈 곳이 없어"),
    "권한": (PermissionError(errno.EACCES, "x"), "권한"),
    "사라진 폴더": (FileNotFoundError(errno.ENOENT, "x"), "사라졌습니다"),
    "끊긴 네트워크": (OSError(errno.EIO, "입출력"), "저장하지 못했습니다"),
}


@pytest.mark.parametrize("where", ["fsync", "replace"])
@pytest.mark.parametrize("name", FAULTS)
def test_faults_leave_the_old_file_and_no_other(
    name: str, where: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    error, told = FAULTS[name]
    old = path.read_bytes()
    book = opened(path)

    def fail(*_: object) -> None:
        raise error

    if where == "fsync":
        monkeypatch.setattr(saving.os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(BookReadOnly, match=told):
        book.save()
    monkeypatch.undo()
    assert path.read_bytes() == old
    assert names(path) == [path.name]
    book.save()
    assert FileBook.open(path).read("시트").value(1, 1) == "새 값"


def test_an_interrupt_cleans_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = opened(path)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        book.save()
    assert names(path) == [path.name]


_CHILD = """
import sys
from pathlib import Path
from xlbudget.book.file.save import save
old, new = (Path(name).read_bytes() for name in sys.argv[2:4])
print("ready", flush=True)
while True:
    save(Path(sys.argv[1]), new)
    save(Path(sys.argv[1]), old)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_at_any_moment_the_file_is_the_old_or_the_new_one(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "저장"
    folder.mkdir()
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(path.read_bytes())
    new.write_bytes(opened(path).to_bytes() + b"")
    target = folder / "예산.xlsx"
    for number in range(12):
        target.write_bytes(old.read_bytes())
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(target), str(old), str(new)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout
        child.stdout.readline()
        time.sleep(0.003 + number * 0.0017)
        child.send_signal(signal.SIGKILL)
        child.wait(10)
        child.stdout.close()
        assert target.read_bytes() in {old.read_bytes(), new.read_bytes()}
        FileBook.open(target).save(folder / "다시.xlsx")
