"""Many workbooks through an executor: order, bad files, dead workers, lost and changing files."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from tests.kills import disturbed
from xlbudget import workflow
from xlbudget.batch import Done, Job, Plan, Pool, Status, in_line, processes, run
from xlbudget.batch import jobs as jobs_module
from xlbudget.batch.jobs import one, read_steadily
from xlbudget.batch.plan import Collision
from xlbudget.book import BookBusy, BookReadOnly
from xlbudget.resources import DEMO_PROJECT, resource


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("filled") / "a.xlsx"
    workflow.save(workflow.open_book(resource(DEMO_PROJECT)), path)
    return path.read_bytes()


@pytest.fixture
def folder(tmp_path: Path, filled: bytes) -> Path:
    source = tmp_path / "in"
    for number in range(7):
        path = source / ("하위" if number > 4 else "") / f"{number}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"nonsense" if number == 2 else filled)
    return source


def built(folder: Path, out: Path, pool: Pool, chunk: int = 2) -> list[Done]:
    return list(run(Plan([str(folder)], "build", out).jobs(), pool, chunk=chunk))


POOLS = {
    "in line": in_line(),
    "threads": Pool(lambda: ThreadPoolExecutor(2), 2),
    "processes": processes(2),
    "bytes in, bytes out": Pool(lambda: ThreadPoolExecutor(2), 2, shares_disk=False),
}


@pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS)
def test_any_executor_gives_the_same_files_in_order(folder: Path, tmp_path: Path, pool: Pool) -> None:
    done = built(folder, tmp_path / "out", pool)
    assert [Path(d.name).stem for d in done] == list("0123456")
    assert [d.status for d in done if d.status is not Status.DONE] == [Status.FAILED]
    assert "2.xlsx" in done[2].reason
    made = sorted(p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.xlsx"))
    assert made == [
        "0_완성.xlsx", "1_완성.xlsx", "3_완성.xlsx", "4_완성.xlsx", "하위/5_완성.xlsx", "하위/6_완성.xlsx",
    ]  # fmt: skip
    workflow.build(folder / "0.xlsx", tmp_path / "alone.xlsx")
    for name in made:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "alone.xlsx").read_bytes()


def test_files_are_found_while_others_are_worked_on(folder: Path) -> None:
    asked = []

    def lazily() -> Iterator[Job]:
        for job in Plan([str(folder)]).jobs():
            asked.append(job.name)
            yield job

    results = run(lazily(), in_line(), chunk=1)
    next(results)
    assert len(asked) == 1


class Killer(Executor):
    """Loses its worker whenever a job of a certain name comes along, or a given number of times."""

    poison = ""
    deaths = 0
    asked: list[tuple[str, ...]]

    def __init__(self) -> None:
        self.broken = False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        from concurrent.futures import Future

        future: Future[Any] = Future()
        names = tuple(Path(job.name).stem for job in args[0])
        Killer.asked.append(names)
        if Killer.deaths > 0 or Killer.poison in names:
            Killer.deaths -= 1
            self.broken = True
        if self.broken:
            future.set_exception(BrokenProcessPool("gone"))
        else:
            future.set_result(fn(*args))
        return future


@pytest.mark.parametrize(("poison", "deaths"), [("4", 0), ("", 1), ("", 2), ("0", 0), ("6", 0)])
def test_a_dead_worker_costs_only_the_file_that_kills(folder: Path, poison: str, deaths: int) -> None:
    Killer.poison, Killer.deaths, Killer.asked = poison or "none", deaths, []
    done = list(run(Plan([str(folder)]).jobs(), Pool(Killer, 2), chunk=3))
    assert [Path(d.name).stem for d in done] == list("0123456")
    failed = {Path(d.name).stem for d in done if d.status is Status.FAILED}
    assert failed == {"2"} | ({poison} if poison else set())
    if poison:
        assert "프로세스" in done[int(poison)].reason


def test_processes_that_are_killed_are_replaced(tmp_path: Path, filled: bytes) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for number in range(60):
        (source / f"{number:02}.xlsx").write_bytes(filled)
    pools: list[Any] = []
    pool = processes(2)

    def start() -> Executor:
        pools.append(pool.start())
        return pools[-1]

    results = run(Plan([str(source)], "build", tmp_path / "out").jobs(), Pool(start, 2), chunk=5)
    done = [next(results)]
    os.kill(next(iter(pools[0]._processes)), signal.SIGKILL)
    done += results
    assert len(pools) > 1
    assert [d.status for d in done] == [Status.DONE] * 60
    assert len(list((tmp_path / "out").glob("*.xlsx"))) == 60


def test_stopping_ends_the_run_and_leaves_whole_files(folder: Path, tmp_path: Path) -> None:
    results = run(Plan([str(folder)], "build", tmp_path / "out").jobs(), processes(2), chunk=1)
    first = next(results)
    results.close()  # what Ctrl-C does to it
    assert first.status is Status.DONE
    assert not [p for p in (tmp_path / "out").rglob("*") if p.suffix == ".tmp"]


def test_results_of_the_same_name_are_refused_before_anything_is_done(tmp_path: Path, filled: bytes) -> None:
    for name in ("a/x.xlsx", "b/X.xlsx"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(filled)
    plan = Plan([str(tmp_path / "a"), str(tmp_path / "b")], "build", tmp_path / "out")
    with pytest.raises(Collision, match=r"x\.xlsx"):
        plan.survey()
    assert Plan([str(tmp_path / "a")], "build", tmp_path / "out").survey().files == 1
    assert not (tmp_path / "out").exists()


def test_space_is_asked_for_before_anything_is_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10_000})())
    with pytest.raises(BookReadOnly, match="빈 곳"):
        Plan([str(folder)], "build", folder / "out").survey()


def test_a_full_disk_is_named_for_each_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.open("/dev/full", os.O_WRONLY) if Path("/dev/full").exists() else None
    if full is None:
        pytest.skip("/dev/full 이 없는 컴퓨터입니다")
    os.close(full)
    real = os.open

    def to_a_full_disk(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if str(path).endswith(".tmp"):
            os.close(real(path, os.O_CREAT | os.O_WRONLY))
            return real("/dev/full", os.O_WRONLY)
        return real(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", to_a_full_disk)
    done = built(folder, tmp_path / "out", in_line())
    assert [d.status for d in done] == [Status.FAILED] * 7
    assert "빈 곳이 없어" in done[0].reason
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_a_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"one")
    real, changes = jobs_module.read_file, iter([b"two!", b"three"])

    def changing(asked: Path) -> bytes:
        data = real(asked)
        path.write_bytes(next(changes, path.read_bytes()))
        return data

    monkeypatch.setattr(jobs_module, "read_file", changing)
    monkeypatch.setattr(jobs_module, "_looks", lambda p: p.stat().st_size)
    assert read_steadily(path)[0] == b"three"
    changes = iter([b"1", b"22", b"333", b"4444"])
    with pytest.raises(BookBusy, match="바뀝니다"):
        read_steadily(path)


def test_files_and_folders_that_vanish_are_named(folder: Path, tmp_path: Path) -> None:
    jobs = list(Plan([str(folder)], "build", tmp_path / "out").jobs())
    (folder / "3.xlsx").unlink()
    done = list(run(jobs, in_line()))
    assert [Path(d.name).stem for d in done if d.status is Status.FAILED] == ["2", "3"]
    assert "없습니다" in done[3].reason
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    lost = one(Job("0", folder / "0.xlsx", blocked / "below" / "0.xlsx", "build"))
    assert lost.status is Status.FAILED
    assert "0" in lost.reason


def test_memory_does_not_grow_with_the_files(filled: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(filled)

    def after(count: int) -> int:
        for _ in run((Job(str(n), path, tmp_path / "out.xlsx", "build") for n in range(count)), in_line()):
            pass
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        first = after(60)  # what is remembered of the template is there by then
        assert after(120) - first < 400_000
    finally:
        tracemalloc.stop()


def test_killed_runs_are_finished_by_a_rerun(folder: Path) -> None:
    assert disturbed(folder, 4) == []


def test_a_worker_ends_when_its_parent_is_gone(folder: Path, tmp_path: Path) -> None:
    psutil = pytest.importorskip("psutil", reason="psutil이 없어 건너뜁니다")
    from tests.kills import started

    parent = started(folder, tmp_path / "out", 2)
    family: list[Any] = []
    until = time.monotonic() + 20
    while len(family) < 3 and parent.poll() is None and time.monotonic() < until:
        family = psutil.Process(parent.pid).children(recursive=True)
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(family, timeout=15)
    assert alive == []


def test_threads_beside_a_run_do_no_harm(folder: Path) -> None:
    stop = threading.Event()
    beside = threading.Thread(target=stop.wait)
    beside.start()
    try:
        assert len(list(run(Plan([str(folder)]).jobs(), processes(2), chunk=2))) == 7
    finally:
        stop.set()
        beside.join()
