"""The executors that jobs can go through: in line, processes of this machine, a Dask cluster."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from xlbudget.errors import XlbudgetError

P = ParamSpec("P")
T = TypeVar("T")


class ClusterMissing(XlbudgetError):
    """A cluster was named, but cannot be reached, or the program that talks to it is not installed."""


@dataclass(frozen=True, slots=True)
class Pool:
    """How to get an executor, again and again where its workers die.

    ``lost`` are the exceptions that say so. ``shares_disk``: workers read and write the files themselves.
    """

    start: Callable[[], Executor]
    workers: int = 1
    lost: tuple[type[BaseException], ...] = (BrokenExecutor,)
    shares_disk: bool = True
    close: Callable[[], None] = lambda: None


class InLine(Executor):
    """Does each task at once, in the process that asks."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Do a task; the future is done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def in_line() -> Pool:
    """Return the pool that works in this very process, without another."""
    return Pool(InLine)


def processes(count: int) -> Pool:
    """Return a pool of processes on this machine; a single one is this process itself."""
    return in_line() if count <= 1 else Pool(lambda: _process_pool(count), count)


def processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _process_pool(count: int) -> Executor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # A server that forks is safe beside the threads of a progress bar, and pays for the imports once.
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["xlbudget.batch.jobs", "xlbudget.workflow"])
        return ProcessPoolExecutor(count, mp_context=context, initializer=_start_worker)
    return ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
    )


def _start_worker() -> None:
    """Leave Ctrl-C to the process that waits for us, and get ready for many workbooks."""
    import signal
    from threading import Thread

    import xlbudget.workflow  # noqa: F401

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    collect_calmly()


def collect_calmly() -> None:
    """Keep what stays for ever out of garbage collection, and collect less often.

    A workbook is a few ten thousand small things that are gone with it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _end_with_parent() -> None:
    """End this worker when the process that it works for is gone: it would wait for tasks for ever."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def cluster(address: str) -> Pool:
    """Return the pool of a Dask cluster. Files travel as bytes; a lost worker's chunks are the cluster's to
    do again, and ours where it gives up. Raises ``ClusterMissing``.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise ClusterMissing(
            "클러스터를 쓰려면 xlbudget[cluster]를 설치하세요: pip install 'xlbudget[cluster]'"
        ) from None
    try:
        client = distributed.Client(address, timeout=10, set_as_default=False)
        workers = sum(client.nthreads().values())
    except (OSError, ValueError, TimeoutError):
        raise ClusterMissing(f"{address}: 클러스터에 닿지 않습니다. 주소와 스케줄러를 확인하세요.") from None
    lost = (distributed.scheduler.KilledWorker, CancelledError)
    return Pool(lambda: OnCluster(client), max(2, workers), lost, shares_disk=False, close=client.close)


class OnCluster(Executor):
    """Hands tasks to a Dask cluster, in the manner of any other executor."""

    def __init__(self, client: Any) -> None:
        self._executor = client.get_executor(pure=False)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand over a task."""
        future: Future[T] = self._executor.submit(fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more tasks; those that are under way end, or are dropped."""
        self._executor.shutdown(wait=wait and not cancel_futures)
