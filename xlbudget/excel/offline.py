"""Installs what the bundle holds, with Python's own library alone: no pip, no network, no admin rights.

The bundle carries this file as ``setup.py`` beside the wheels. With the embeddable Python of the bundle the
wheels are unpacked into it; with any other Python they go into an environment of their own.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

SUMS = "SHA256SUMS"
PACKAGES = Path("Lib", "site-packages")
_SCHEMES = {"purelib": PACKAGES, "platlib": PACKAGES, "data": Path(), "scripts": Path("Scripts")}


class DamagedBundle(Exception):
    """A file of the bundle is missing or not what the list of sums says."""


def verify(bundle: Path) -> int:
    """Check every file of the bundle against its sum; return how many there are. Raises ``DamagedBundle``."""
    lines = (bundle / SUMS).read_text(encoding="utf-8").splitlines()
    for line in lines:
        wanted, _, name = line.partition("  ")
        path = bundle / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            raise DamagedBundle(f"{name}: 묶음 파일의 내용이 목록과 다릅니다. 묶음 파일을 다시 받으세요.")
    return len(lines)


def unpack(wheel: Path, prefix: Path) -> None:
    """Unpack a wheel below a Python's folder. Raises ``DamagedBundle`` for a name that leaves it."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("/"):
                continue
            target = prefix / _place(name)
            if not target.resolve().is_relative_to(prefix.resolve()):
                raise DamagedBundle(f"{wheel.name}: 폴더 밖을 가리키는 이름이 있습니다({name}).")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))


def _place(name: str) -> Path:
    top, _, rest = name.partition("/")
    if top.endswith(".data"):
        scheme, _, inner = rest.partition("/")
        return _SCHEMES.get(scheme, PACKAGES) / inner
    return PACKAGES / name


def enable_packages(prefix: Path) -> None:
    """Let an embeddable Python see the packages that were unpacked into it."""
    for settings in prefix.glob("python3*._pth"):
        lines = [
            line
            for line in settings.read_text(encoding="utf-8").splitlines()
            if line.strip() != "#import site"
        ]
        for line in (str(PACKAGES).replace("/", "\\"), "import site"):
            if line not in lines:
                lines.append(line)
        settings.write_text("\n".join(lines) + "\n", encoding="utf-8")


def install(bundle: Path, prefix: Path, run: Callable[[Sequence[str]], object]) -> None:
    """Install the wheels, then the add-in. ``run`` runs a program and raises where it fails."""
    wheels = sorted((bundle / "wheels").glob("*.whl"))
    if any(prefix.glob("python3*._pth")):
        for wheel in wheels:
            unpack(wheel, prefix)
        enable_packages(prefix)
        python = prefix / "python.exe"
    else:
        home = Path.home() / ".xlbudget" / "venv"
        venv.create(home, with_pip=True, clear=True)
        python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        run([str(python), "-m", "pip", "install", "--no-index", "--no-deps", *map(str, wheels)])
    run([str(python), "-m", "xlbudget", "addin", "install"])


def main() -> None:
    """Check the bundle and install it."""
    bundle = Path(__file__).resolve().parent
    sys.stdout.write(f"파일 {verify(bundle)}개를 확인했습니다.\n")
    install(bundle, Path(sys.prefix), lambda command: subprocess.run(command, check=True))  # noqa: S603


if __name__ == "__main__":
    main()
