"""The same work on a Dask cluster: a scheduler and two worker processes on loopback, one killed in the middle."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from xlbudget import workflow
from xlbudget.batch import Plan, Status, cluster, run
from xlbudget.batch.pools import ClusterMissing
from xlbudget.resources import DEMO_PROJECT, resource

distributed = pytest.importorskip("distributed", reason="dask가 없어 건너뜁니다(xlbudget[cluster])")
pytestmark = pytest.mark.filterwarnings("ignore")  # what a cluster says when its workers die

SCHEDULER = [
    sys.executable,
    "-m",
    "distributed.cli.dask_scheduler",
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    "--no-dashboard",
]
WORKER = [
    sys.executable, "-m", "distributed.cli.dask_worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard",
    "--no-nanny", "--death-timeout", "60",
]  # fmt: skip


class Cluster:
    """A scheduler and its workers, as processes."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "scheduler.log"
        self.folder = folder
        self.processes = [self._start([*SCHEDULER], self.log)]
        self.address = self._address()
        self.workers = [
            self._start([*WORKER[:3], self.address, *WORKER[3:]], folder / f"worker{number}.log")
            for number in range(2)
        ]
        self.processes += self.workers

    def _start(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=log.open("wb"), stderr=subprocess.STDOUT, cwd=self.folder)

    def _address(self) -> str:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found = re.search(r"tcp://127\.0\.0\.1:\d+", self.log.read_text(errors="replace"))
            if found:
                return found[0]
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text(errors="replace"))

    def close(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    try:
        client = distributed.Client(made.address, timeout=60)
        client.wait_for_workers(2, timeout=90)
        client.close()
        yield made
    finally:
        made.close()


def test_a_worker_that_is_killed_loses_nothing(dask: Cluster, tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    data = workflow.open_book(resource(DEMO_PROJECT)).to_bytes()
    for number in range(40):
        (source / f"{number:02}.xlsx").write_bytes(b"nonsense" if number == 7 else data)
    results = run(Plan([str(source)], "build", out).jobs(), cluster(dask.address), chunk=4)
    done = [next(results)]
    os.kill(dask.workers[0].pid, signal.SIGKILL)
    done += results
    assert [Path(d.name).stem for d in done] == [f"{number:02}" for number in range(40)]
    assert [Path(d.name).stem for d in done if d.status is not Status.DONE] == ["07"]
    expected, _ = workflow.build(source / "00.xlsx", tmp_path / "alone.xlsx"), None
    assert expected.findings == ()
    made = {path.read_bytes() for path in out.glob("*.xlsx")}
    assert made == {(tmp_path / "alone.xlsx").read_bytes()}


def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(ClusterMissing, match=r"127\.0\.0\.1:9"):
        cluster("tcp://127.0.0.1:9")
