"""Coverage-guided fuzzing of the readers (needs atheris: ``pip install -e ".[bench]"``).

Run: ``python tests/fuzz/fuzz.py TARGET SECONDS [options of libFuzzer]``, all targets in turn with ``all``. What
fails is kept in ``tests/cases/fuzz`` under the name of its target; the tests replay it from then on.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

with atheris.instrument_imports(include=["xlbudget"]):
    from tests.fuzz.targets import PARTS, TARGETS, template
    from xlbudget.resources import DEMO_PROJECT, STANDARD_WORKBOOK, resource

CASES = ROOT / "tests" / "cases"
KEPT = CASES / "fuzz"


def seeds(target: str) -> list[bytes]:
    """Return what a target starts from."""
    demo = resource(DEMO_PROJECT).read_bytes()
    match target:
        case "workbook":
            return [resource(STANDARD_WORKBOOK).read_bytes()]
        case "part":
            return [bytes([number]) + template()[name] for number, name in enumerate(PARTS)]
        case "derivation":
            return (CASES / "derivation_lines.tsv").read_bytes().splitlines()
        case "project_json":
            return [demo]
        case "budget_book":
            return [path.read_bytes() for path in sorted(CASES.rglob("*.csv"))]
    return [path.read_bytes() for path in sorted((CASES / "import").rglob("*.txt"))]


def main() -> None:
    target, seconds, *options = sys.argv[1:]
    if target == "all":
        share = str(max(1, int(seconds) // len(TARGETS)))
        failed = [
            name
            for name in TARGETS
            if subprocess.run([sys.executable, __file__, name, share, *options]).returncode
        ]
        sys.exit(f"faults in {', '.join(failed)}" if failed else 0)
    KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(target)):
            (Path(folder) / str(number)).write_bytes(seed)
        known = [
            f"-max_total_time={seconds}", f"-artifact_prefix={KEPT / target}-", "-max_len=200000",
            "-timeout=5", "-rss_limit_mb=600", folder,
        ]  # fmt: skip
        atheris.Setup([sys.argv[0], *known, *options], TARGETS[target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
