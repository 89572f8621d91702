"""A run that is killed, again and again: what a rerun then gives, beside an undisturbed run.

As a script: ``python -m tests.kills FOLDER POINTS`` kills a run over the workbooks of a folder at so many random
points, reruns it each time, and says whether a byte differs.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def pictures(folder: Path) -> dict[str, str]:
    """Return the digests of all files below a folder, our own hidden ones left out."""
    return {
        path.relative_to(folder).as_posix(): hashlib.blake2b(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".xlbudget" not in path.parts
    }


def started(source: Path, out: Path, jobs: int) -> subprocess.Popen[bytes]:
    """Start a run in a process group of its own."""
    command = [sys.executable, "-m", "xlbudget", "build", str(source), "-o", str(out), "--jobs", str(jobs)]
    return subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def killed(source: Path, out: Path, jobs: int, after: float) -> bool:
    """Run, and kill the whole group after some seconds; return whether it was still at work."""
    run = started(source, out, jobs)
    time.sleep(after)
    at_work = run.poll() is None
    if at_work:
        os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    return at_work


def disturbed(source: Path, points: int, *, jobs: int = 2, seed: int = 1) -> list[str]:
    """Kill a run at random points, rerunning it each time on what is left; return what went wrong."""
    chance = random.Random(seed)
    before = pictures(source)
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.monotonic()
        started(source, Path(scratch) / "wanted", jobs).wait()
        took = time.monotonic() - begun
        wanted = pictures(Path(scratch) / "wanted")
        for point in range(points):
            out = Path(scratch) / "out"
            after = chance.uniform(0.05, took)
            hit = killed(source, out, jobs, after)
            left = [name for name, digest in pictures(out).items() if wanted.get(name) != digest]
            half_written = [name for name in left if not name.endswith(".tmp")]
            started(source, out, jobs).wait()
            if half_written or pictures(out) != wanted or pictures(source) != before:
                faults.append(
                    f"point {point}, {after:.2f} s (still at work: {hit}): {half_written or 'differs'}"
                )
            shutil.rmtree(out)
    return faults


if __name__ == "__main__":
    found = disturbed(Path(sys.argv[1]), int(sys.argv[2]))
    print("\n".join(found) or "no difference")
    sys.exit(bool(found))
