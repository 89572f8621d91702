"""The bundle: what is in the zip, what stops it, and that its own set-up installs from it, with wheels made here."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from xlbudget.excel import bundle as bundling
from xlbudget.excel import offline
from xlbudget.excel.bundle import DISTRIBUTIONS, bundle, download_command, lacking, read_wheels, summary
from xlbudget.excel.sources import AddinFault

TAGS = {
    "pydantic-core": "cp311-cp311-win_amd64",
    "pywin32": "cp311-cp311-win_amd64",
}
REQUIRES = {
    "xlwings": [
        'pywin32>=224; platform_system == "Windows"',
        'psutil>=2; platform_system == "Darwin"',
        "jinja2; extra == 'reports'",
    ],
    "rich": ['colorama; platform_system == "Windows"'],
    "pydantic": ["pydantic-core==2.0", "typing-extensions>=1"],
    "xlbudget": ['xlwings>=0.37.8,<0.38; sys_platform == "win32" or sys_platform == "darwin"', "filelock>=1"],
}
VERSIONS = {"xlwings": "0.37.8", "pydantic-core": "2.0", "pywin32": "311"}


def wheel(
    folder: Path,
    name: str,
    tag: str = "py3-none-any",
    requires: Sequence[str] = (),
    version: str = "1.0",
    **files: bytes,
) -> Path:
    stem = name.replace("-", "_")
    path = folder / f"{stem}-{version}-{tag}.whl"
    head = "".join(f"Requires-Dist: {line}\n" for line in requires)
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(f"{stem}/__init__.py", "")
        target.writestr(
            f"{stem}-{version}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{head}\nText\nRequires-Dist: no-such-thing\n",
        )
        for inner, content in files.items():
            target.writestr(inner.replace("__", "/"), content)
    return path


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in DISTRIBUTIONS:
        wheel(folder, name, TAGS.get(name, "py3-none-any"), REQUIRES.get(name, ()), VERSIONS.get(name, "1.0"))
    return folder


def embeddable(path: Path, version: str = "311") -> Path:
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("python.exe", "MZ")
        target.writestr(f"python{version}._pth", f"python{version}.zip\n.\n\n# comment\n#import site\n")
    return path


def test_the_zip_holds_everything_and_its_sums(wheels: Path, tmp_path: Path) -> None:
    python = embeddable(tmp_path / "python-3.11.9-embed-amd64.zip")
    out = tmp_path / "xlbudget-windows.zip"
    sums = bundle(out, wheels, b"addin", b"workbook", python)
    with zipfile.ZipFile(out) as made:
        names = made.namelist()
        contents = {name: made.read(name) for name in names}
        dates = {entry.date_time for entry in made.infolist()}
    expected = {f"wheels/{path.name}" for path in wheels.iterdir()} | {
        "addin/xlbudget.xlam", "addin/표준예산서.xlsm", "python/python-3.11.9-embed-amd64.zip",
        "읽어보세요.txt", "전산담당자.txt", "install.cmd", "setup.py", "SHA256SUMS",
    }  # fmt: skip
    assert set(names) == expected
    assert dates == {(1980, 1, 1, 0, 0, 0)}
    assert sums == {
        name: hashlib.sha256(content).hexdigest()
        for name, content in contents.items()
        if name != "SHA256SUMS"
    }
    assert contents["SHA256SUMS"].decode().splitlines() == [
        f"{digest}  {name}" for name, digest in sorted(sums.items())
    ]
    assert contents["읽어보세요.txt"].startswith("\ufeff예산".encode())
    assert contents["install.cmd"].isascii() and b"\r\n" in contents["install.cmd"]
    assert contents["setup.py"] == Path(offline.__file__).read_bytes()
    assert summary(out, sums)[-1].startswith(hashlib.sha256(out.read_bytes()).hexdigest())
    first = out.read_bytes()
    bundle(out, wheels, b"addin", b"workbook", python)
    assert out.read_bytes() == first


def test_what_windows_alone_asks_for_is_named() -> None:
    assert {"pywin32", "colorama", "xlwings"} <= set(DISTRIBUTIONS)
    command = download_command(Path("wheels"), Path("xlbudget-0.1.0-py3-none-any.whl"))
    assert "pywin32" in command and command[command.index("--platform") + 1] == "win_amd64"
    assert "xlbudget" not in command


def test_the_named_ones_are_what_our_requirements_come_to() -> None:
    """Follow the requirements of what is installed here, as Windows would; only what is not here is passed over."""
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement

    windows = {
        "sys_platform": "win32",
        "os_name": "nt",
        "platform_system": "Windows",
        "extra": "",
        "python_version": "3.11",
    }
    found, waiting = set(), ["xlbudget"]
    while waiting:
        name = bundling.canonical(waiting.pop())
        if name in found:
            continue
        found.add(name)
        try:
            listed = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:
            continue
        waiting += [r.name for r in listed if r.marker is None or r.marker.evaluate(windows)]
    assert found == set(DISTRIBUTIONS)


@pytest.mark.parametrize("gone", ["pywin32", "colorama", "filelock"])
def test_a_missing_wheel_stops_the_bundle(wheels: Path, tmp_path: Path, gone: str) -> None:
    next(wheels.glob(f"{gone}-*")).unlink()
    with pytest.raises(AddinFault, match=gone):
        bundle(tmp_path / "out.zip", wheels, b"", b"")
    assert not (tmp_path / "out.zip").exists()


def test_a_wheel_that_asks_for_more_or_for_another_version_stops_it(wheels: Path) -> None:
    wheel(wheels, "extra-thing", requires=["not-here", "lxml>=99", 'only-elsewhere; sys_platform == "linux"'])
    assert lacking(read_wheels(wheels)) == ["not-here (extra-thing)", "lxml>=99 (extra-thing)"]


@pytest.mark.parametrize(
    ("tag", "fits"),
    [
        ("py3-none-any", True), ("cp311-cp311-win_amd64", True), ("cp39-abi3-win_amd64", True), ("py2.py3-none-any", True),
        ("py3-none-win_amd64", True), ("cp311-cp311-manylinux_2_17_x86_64", False), ("cp312-cp312-win_amd64", False),
        ("cp312-abi3-win_amd64", False), ("cp311-cp311-win32", False),
    ],
)  # fmt: skip
def test_wheels_of_another_system_are_refused(tmp_path: Path, tag: str, fits: bool) -> None:
    wheel(tmp_path, "lxml", tag)
    if fits:
        assert [found.name for found in read_wheels(tmp_path)] == ["lxml"]
    else:
        with pytest.raises(AddinFault, match="쓸 수 없는"):
            read_wheels(tmp_path)


def test_the_same_distribution_twice_is_refused(wheels: Path) -> None:
    wheel(wheels, "rich", version="2.0")
    with pytest.raises(AddinFault, match="둘 있습니다"):
        read_wheels(wheels)


@pytest.mark.parametrize("content", [b"no zip", None])
def test_another_python_is_refused(wheels: Path, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "python.zip"
    if content is None:
        embeddable(path, "312")
    else:
        path.write_bytes(content)
    with pytest.raises(AddinFault, match="embeddable"):
        bundle(tmp_path / "out.zip", wheels, b"", b"", path)


@pytest.fixture
def unpacked(wheels: Path, tmp_path: Path) -> Path:
    wheel(
        wheels,
        "tools",
        version="3.1",
        **{
            "tools-3.1.data__data__xlwings64-9.dll": b"dll",
            "tools-3.1.data__scripts__run.py": b"",
            "tools-3.1.data__platlib__tools__deep.py": b"x",
        },
    )
    bundle(tmp_path / "out.zip", wheels, b"addin", b"workbook")
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(tmp_path / "out.zip") as made:
        made.extractall(folder)
    return folder


def test_its_set_up_installs_into_the_embeddable_python(unpacked: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "python"
    with zipfile.ZipFile(embeddable(tmp_path / "e.zip")) as made:
        made.extractall(prefix)
    ran: list[Sequence[str]] = []
    assert offline.verify(unpacked) == len(DISTRIBUTIONS) + 7
    offline.install(unpacked, prefix, ran.append)
    assert (prefix / "Lib" / "site-packages" / "xlwings" / "__init__.py").exists()
    assert (prefix / "xlwings64-9.dll").read_bytes() == b"dll"
    assert (prefix / "Scripts" / "run.py").exists()
    assert (prefix / "Lib" / "site-packages" / "tools" / "deep.py").read_bytes() == b"x"
    lines = (prefix / "python311._pth").read_text().splitlines()
    assert lines[-2:] == [r"Lib\site-packages", "import site"] and "#import site" not in lines
    assert ran == [[str(prefix / "python.exe"), "-m", "xlbudget", "addin", "install"]]
    offline.enable_packages(prefix)
    assert (prefix / "python311._pth").read_text().splitlines() == lines


def test_its_set_up_makes_an_environment_for_another_python(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    monkeypatch.setattr(offline.Path, "home", lambda: tmp_path)
    monkeypatch.setattr(offline.venv, "create", lambda folder, **_: made.append(folder))
    ran: list[Sequence[str]] = []
    offline.install(unpacked, tmp_path / "no-python", ran.append)
    assert made == [tmp_path / ".xlbudget" / "venv"]
    assert "--no-index" in ran[0] and sum(part.endswith(".whl") for part in ran[0]) == len(DISTRIBUTIONS) + 1
    assert list(ran[1][1:]) == ["-m", "xlbudget", "addin", "install"]


@pytest.mark.parametrize("damage", ["change", "remove"])
def test_a_damaged_bundle_is_noticed(unpacked: Path, damage: str) -> None:
    path = unpacked / "addin" / "xlbudget.xlam"
    if damage == "change":
        path.write_bytes(b"other")
    else:
        path.unlink()
    with pytest.raises(offline.DamagedBundle, match=r"xlbudget\.xlam"):
        offline.verify(unpacked)


def test_a_wheel_cannot_write_outside(tmp_path: Path) -> None:
    path = tmp_path / "bad.whl"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("../../../evil.py", "x")
    with pytest.raises(offline.DamagedBundle, match="밖을"):
        offline.unpack(path, tmp_path / "prefix")


def test_the_set_up_needs_nothing_but_python() -> None:
    import ast
    import sys

    tree = ast.parse(Path(offline.__file__).read_text(encoding="utf-8"))
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    }
    imported |= {
        (node.module or "").partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }
    assert imported <= set(sys.stdlib_module_names)


def test_an_empty_zip_is_no_wheel(tmp_path: Path) -> None:
    (tmp_path / "odd.whl").write_bytes(io.BytesIO().getvalue())
    with pytest.raises(AddinFault, match="쓸 수 없는"):
        read_wheels(tmp_path)
