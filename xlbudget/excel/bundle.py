"""One zip that installs everything on a PC without a network: wheels, add-in, sums, a page for each reader.

The wheels come from a folder. Every distribution that Windows needs is named here, those too that a resolver
on another system leaves out; what a wheel asks for on Windows and is not there stops the bundle.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from xlbudget.excel.offline import SUMS
from xlbudget.excel.package import ADDIN, WORKBOOK
from xlbudget.excel.sources import AddinFault

DISTRIBUTIONS = (
    "xlbudget", "annotated-doc", "annotated-types", "colorama", "filelock", "markdown-it-py", "mdurl",
    "pydantic", "pydantic-core", "pygments", "pywin32", "rich", "shellingham", "typer", "typing-extensions",
    "typing-inspection", "xlwings",
)  # fmt: skip
"""What is installed on Windows; pywin32 and colorama are asked for there only."""
PYTHON = "3.11"
PLATFORM = "win_amd64"
GUIDE, IT_GUIDE, COMMAND, SETUP = "읽어보세요.txt", "전산담당자.txt", "install.cmd", "setup.py"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_WHEEL = re.compile(r"([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl")
_TEXTS = {GUIDE: "guide.txt", IT_GUIDE: "it.txt", COMMAND: "install.cmd"}


class Wheel(NamedTuple):
    """A wheel: its file, distribution, version, and what it asks for (as its metadata writes it)."""

    path: Path
    name: str
    version: str
    requires: tuple[str, ...]


def canonical(name: str) -> str:
    """Return the name of a distribution as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_wheels(folder: Path, python: str = PYTHON, platform: str = PLATFORM) -> list[Wheel]:
    """Return the wheels of a folder by name. Raises ``AddinFault`` for one that does not fit the target."""
    found: dict[str, Wheel] = {}
    for path in sorted(folder.glob("*.whl")):
        match = _WHEEL.fullmatch(path.name)
        if match is None or not _fits(match[3], match[4], match[5], python, platform):
            raise AddinFault(
                f"{path.name}: Windows({platform})의 파이썬 {python}에서 쓸 수 없는 꾸러미입니다."
            )
        name = canonical(match[1])
        if name in found:
            raise AddinFault(
                f"{path.name}: 같은 꾸러미가 둘 있습니다({found[name].path.name}). 하나만 두세요."
            )
        found[name] = Wheel(path, name, match[2], _requires(path))
    return list(found.values())


def _fits(tag: str, abi: str, system: str, python: str, platform: str) -> bool:
    version = python.replace(".", "")
    if not {"any", platform} & set(system.split(".")):
        return False
    if abi in {"abi3", "none"}:
        oldest = (int(found[1]) for t in tag.split(".") if (found := re.fullmatch(r"cp3(\d+)", t)))
        return any(t in {"py3", f"cp{version}"} for t in tag.split(".")) or any(
            minor <= int(version[1:]) for minor in oldest
        )
    return f"cp{version}" in tag.split(".")


def _requires(path: Path) -> tuple[str, ...]:
    with zipfile.ZipFile(path) as archive:
        metadata = next((n for n in archive.namelist() if n.endswith(".dist-info/METADATA")), None)
        text = archive.read(metadata).decode() if metadata else ""
    head = text.replace("\r\n", "\n").partition("\n\n")[0]
    return tuple(
        line.partition(":")[2].strip()
        for line in head.splitlines()
        if line.lower().startswith("requires-dist:")
    )


def lacking(wheels: Iterable[Wheel], python: str = PYTHON) -> list[str]:
    """Return what Windows needs and is not among the wheels: the named ones, and what any wheel asks for."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        raise AddinFault("묶음 파일을 만들려면 packaging이 있어야 합니다: pip install packaging") from None
    there = {wheel.name: wheel.version for wheel in wheels}
    windows = {
        "sys_platform": "win32", "os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64",
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
        "python_version": python, "python_full_version": f"{python}.0", "extra": "",
    }  # fmt: skip
    missing = [name for name in DISTRIBUTIONS if name not in there]
    for wheel in wheels:
        for requirement in map(Requirement, wheel.requires):
            if requirement.marker is not None and not requirement.marker.evaluate(windows):
                continue
            version = there.get(canonical(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                missing.append(f"{requirement.name}{requirement.specifier} ({wheel.name})")
    return list(dict.fromkeys(missing))


def download_command(
    folder: Path, project: Path, python: str = PYTHON, platform: str = PLATFORM
) -> list[str]:
    """Return the command that fetches the wheels for Windows, for a developer with a package index.

    ``project`` is our own wheel. Every distribution is named, since pip judges markers by its own system.
    """
    others = [name for name in DISTRIBUTIONS if name != "xlbudget"]
    return [
        sys.executable, "-m", "pip", "download", "--only-binary=:all:", "--platform", platform,
        "--python-version", python, "--implementation", "cp", "--dest", str(folder), str(project), *others,
    ]  # fmt: skip


def bundle(
    out: Path,
    wheels: Path,
    addin: bytes,
    workbook: bytes,
    python: Path | None = None,
    *,
    version: str = PYTHON,
) -> Mapping[str, str]:
    """Write the zip and return the SHA-256 sum of each file in it.

    ``wheels`` is the folder of the wheels, ``python`` IT's own download of the embeddable Python. Raises
    ``AddinFault`` where something is missing or does not fit.
    """
    listed = read_wheels(wheels, version)
    missing = lacking(listed, version)
    if missing:
        raise AddinFault(
            f"묶음 파일에 빠진 꾸러미가 있습니다: {', '.join(missing)}. wheel 폴더에 넣은 뒤 다시 하세요."
        )
    contents = {f"wheels/{wheel.path.name}": wheel.path.read_bytes() for wheel in listed}
    contents |= {f"addin/{ADDIN}": addin, f"addin/{WORKBOOK}": workbook}
    if python is not None:
        contents[f"python/{python.name}"] = _embeddable(python, version)
    package = files("xlbudget.excel")
    contents[SETUP] = package.joinpath("offline.py").read_bytes()
    for name, source in _TEXTS.items():
        text = package.joinpath("setup", source).read_text(encoding="utf-8")
        contents[name] = _windows_text(text, mark=name.endswith(".txt"))
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(contents.items())}
    contents[SUMS] = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(_zipped(contents))
    return sums


def _windows_text(text: str, *, mark: bool) -> bytes:
    """Return a text as Windows' editor reads it: CRLF, and a byte order mark before Korean."""
    return text.replace("\n", "\r\n").encode("utf-8-sig" if mark else "ascii")


def _embeddable(path: Path, version: str) -> bytes:
    """Return the embeddable Python. Raises ``AddinFault`` where the file is something else."""
    stem = f"python{version.replace('.', '')}"
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        names = set()
    if not {"python.exe", f"{stem}._pth"} <= names:
        raise AddinFault(
            f"{path.name}: 파이썬 {version}의 embeddable package가 아닙니다. python-{version}.x-embed-amd64.zip 을 주세요."
        )
    return content


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            stored = name.endswith((".whl", ".zip", ".xlam", ".xlsm"))
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            target.writestr(entry, content)
    return out.getvalue()


def summary(out: Path, sums: Mapping[str, str]) -> Sequence[str]:
    """Return what to say of a finished bundle: each file with its sum, then the bundle itself."""
    whole = hashlib.sha256(out.read_bytes()).hexdigest()
    return [*(f"{digest}  {name}" for name, digest in sums.items()), f"{whole}  {out.name}"]
