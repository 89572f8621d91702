"""Installing: what is planned, carried out, said and taken back, on a PC made of a folder and a dictionary."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from xlbudget.excel import install
from xlbudget.excel.install import OPTIONS, TRUSTED, SetValue, WriteFile, said
from xlbudget.excel.machine import Machine, NoRegistry, Value, this_machine
from xlbudget.excel.sources import AddinFault, xlwings_version

WORKBOOK = b"workbook"


class Registry:
    """A registry in memory; keys vanish with their last value."""

    def __init__(self, values: Mapping[tuple[str, str], Value] | None = None) -> None:
        self.content = dict(values or {})

    def value(self, key: str, name: str) -> Value | None:
        return self.content.get((key, name))

    def names(self, key: str) -> tuple[str, ...]:
        return tuple(name for at, name in self.content if at == key)

    def keys(self, key: str) -> tuple[str, ...]:
        below = (at.removeprefix(key + "\\") for at, _ in self.content if at.startswith(key + "\\"))
        return tuple(dict.fromkeys(name.partition("\\")[0] for name in below))

    def set(self, key: str, name: str, value: Value) -> None:
        self.content[key, name] = value

    def remove(self, key: str, name: str) -> None:
        self.content.pop((key, name), None)


def pc(folder: Path, registry: Registry | None = None, **changes: object) -> Machine:
    python = folder / "python" / "python.exe"
    python.parent.mkdir(exist_ok=True)
    python.touch()
    (python.parent / "pythonw.exe").touch()
    (python.parent / f"xlwings64-{xlwings_version()}.dll").touch()
    machine = Machine(
        registry or Registry(),
        folder / "home",
        folder / "roaming",
        python,
        python.parent,
        "cp949",
        True,
        False,
    )
    return machine._replace(**changes)  # type: ignore[arg-type]


def build_addin(settings: Mapping[str, str]) -> bytes:
    return repr(sorted(settings.items())).encode()


def put(machine: Machine) -> list[str]:
    lines: list[str] = []
    install.carry_out(machine, install.plan(machine, build_addin, WORKBOOK), lines.append)
    return lines


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_lies_in_the_persons_own_folders(tmp_path: Path) -> None:
    registry = Registry()
    lines = put(pc(tmp_path, registry))
    folder = tmp_path / "roaming" / "Microsoft" / "AddIns" / "xlbudget"
    assert b"INTERPRETER_WIN" in (folder / "xlbudget.xlam").read_bytes()
    assert (folder / "표준예산서.xlsm").read_bytes() == WORKBOOK
    assert registry.content == {
        (rf"{TRUSTED}\Location0", "Path"): f"{folder}\\",
        (rf"{TRUSTED}\Location0", "Description"): "xlbudget 추가 기능",
        (rf"{TRUSTED}\Location0", "AllowSubfolders"): 0,
        (OPTIONS, "OPEN"): f'"{folder / "xlbudget.xlam"}"',
    }
    assert all(key.startswith("HKCU") for key, _ in registry.content)
    assert len(lines) == 3 + len(registry.content)


def test_the_settings_are_what_vba_reads(tmp_path: Path) -> None:
    put(pc(tmp_path))
    path = tmp_path / "home" / ".xlbudget" / "xlbudget.conf"
    said_ = dict(csv.reader(path.read_text(encoding="cp949").splitlines()))
    assert said_["INTERPRETER_WIN"] == str(tmp_path / "python" / "pythonw.exe")
    assert said_["ADD_WORKBOOK_TO_PYTHONPATH"] == "False"
    assert b"\r\n" in path.read_bytes()


def test_other_settings_of_the_file_stay(tmp_path: Path) -> None:
    path = tmp_path / "home" / ".xlbudget" / "xlbudget.conf"
    path.parent.mkdir(parents=True)
    path.write_text('"SHOW CONSOLE","True"\r\n"CONDA ENV","예산"\r\n', encoding="cp949")
    put(pc(tmp_path))
    said_ = dict(csv.reader(path.read_text(encoding="cp949").splitlines()))
    assert said_["CONDA ENV"] == "예산"
    assert said_["SHOW CONSOLE"] == "False"


def test_a_folder_that_vba_cannot_read_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "ไทย"
    folder.mkdir()
    with pytest.raises(AddinFault, match="읽지 못하는 글자"):
        put(pc(folder))
    assert not (folder / "home").exists()


def test_installing_twice_is_installing_once(tmp_path: Path) -> None:
    registry = Registry({(OPTIONS, "OPEN"): '"other.xlam"'})
    machine = pc(tmp_path, registry)
    put(machine)
    first, before = files(tmp_path), dict(registry.content)
    put(machine)
    assert (files(tmp_path), registry.content) == (first, before)


@pytest.mark.parametrize(
    "there",
    [
        {},
        {(OPTIONS, "OPEN"): '"a.xlam"', (OPTIONS, "OPEN1"): '"b.xlam"', (OPTIONS, "Font"): "맑은 고딕,11"},
        {(rf"{TRUSTED}\Location0", "Path"): "C:\\a\\", (rf"{TRUSTED}\Location2", "Path"): "C:\\b\\"},
    ],
)
def test_taking_away_leaves_what_was_there(tmp_path: Path, there: dict[tuple[str, str], Value]) -> None:
    registry = Registry(there)
    machine = pc(tmp_path, registry)
    kept = tmp_path / "home" / ".xlbudget" / "xlbudget.conf"
    kept.parent.mkdir(parents=True)
    kept.write_text('"CONDA ENV","예산"\r\n', encoding="cp949")
    before = files(tmp_path)
    put(machine)
    assert registry.content != there
    put(machine)
    lines: list[str] = []
    install.uninstall(machine, lines.append)
    assert registry.content == there
    assert files(tmp_path) == before
    assert lines[-1].startswith("지웠습니다")
    assert not (tmp_path / "roaming" / "Microsoft" / "AddIns" / "xlbudget").exists()
    with pytest.raises(AddinFault, match="기록이 없어"):
        install.uninstall(machine, lines.append)


def test_what_excel_opens_has_no_gap_afterwards(tmp_path: Path) -> None:
    registry = Registry({(OPTIONS, "OPEN"): '"a.xlam"'})
    machine = pc(tmp_path, registry)
    put(machine)
    registry.set(OPTIONS, "OPEN2", '"later.xlam"')
    install.uninstall(machine, lambda line: None)
    assert registry.content == {(OPTIONS, "OPEN"): '"a.xlam"', (OPTIONS, "OPEN1"): '"later.xlam"'}


def test_what_stops_halfway_can_be_taken_back(tmp_path: Path) -> None:
    class Broken(Registry):
        def set(self, key: str, name: str, value: Value) -> None:
            if name == "AllowSubfolders":
                raise PermissionError("정책")
            super().set(key, name, value)

    registry = Broken()
    machine = pc(tmp_path, registry)
    before = files(tmp_path)
    with pytest.raises(PermissionError):
        put(machine)
    install.uninstall(machine, lambda line: None)
    assert registry.content == {}
    assert files(tmp_path) == before


def test_an_open_excel_is_asked_to_be_closed(tmp_path: Path) -> None:
    machine = pc(tmp_path, excel_running=True)
    with pytest.raises(AddinFault, match="Excel이 열려 있습니다"):
        put(machine)
    with pytest.raises(AddinFault, match="Excel이 열려 있습니다"):
        install.removal(machine)
    assert not (tmp_path / "home").exists()


def test_elsewhere_than_on_windows_it_says_what_to_use(tmp_path: Path) -> None:
    with pytest.raises(AddinFault, match="xlbudget build"):
        put(pc(tmp_path, windows=False))
    with pytest.raises(AddinFault, match="xlbudget build"):
        install.install(this_machine(), lambda line: None)


def test_a_library_that_pip_put_elsewhere_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = pc(tmp_path)
    name = f"xlwings64-{xlwings_version()}.dll"
    (tmp_path / "python" / name).unlink()
    package = tmp_path / "target" / "xlwings"
    package.mkdir(parents=True)
    (package.parent / name).write_bytes(b"library")
    monkeypatch.setattr(install, "xlwings_folder", lambda: package)
    put(machine)
    assert (tmp_path / "python" / name).read_bytes() == b"library"
    install.uninstall(machine, lambda line: None)
    assert not (tmp_path / "python" / name).exists()


def test_changes_are_said_in_korean(tmp_path: Path) -> None:
    assert said(WriteFile(Path("a.conf"), b"12", "까닭")) == "파일 쓰기  a.conf (2바이트): 까닭"
    assert said(SetValue("HKCU\\A", "B", 1, "까닭")) == "레지스트리 쓰기  HKCU\\A [B] = 1: 까닭"
    machine = pc(tmp_path)
    put(machine)
    assert all(
        said(change).startswith(("파일 지우기", "레지스트리 지우기")) for change in install.removal(machine)
    )


def test_the_real_build_goes_into_the_plan(tmp_path: Path) -> None:
    from xlbudget.book.file import FileBook
    from xlbudget.excel.package import CONF_SHEET, addin

    changes = install.plan(pc(tmp_path), addin, WORKBOOK)
    content = next(c.content for c in changes if isinstance(c, WriteFile) and c.path.name == "xlbudget.xlam")
    cells = FileBook.from_bytes(content).read(CONF_SHEET).cells.values()
    assert str(tmp_path / "python" / "pythonw.exe") in {cell.value for cell in cells}


def test_where_there_is_no_registry() -> None:
    registry = NoRegistry()
    assert (registry.value("HKCU", "a"), registry.names("HKCU"), registry.keys("HKCU")) == (None, (), ())
    registry.remove("HKCU", "a")
    with pytest.raises(OSError, match="no registry"):
        registry.set("HKCU", "a", 1)
