"""Jobs through an executor: in chunks, in order, whatever becomes of the workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from itertools import islice

from xlbudget.batch.jobs import Done, Job, failed, put, read_steadily, work
from xlbudget.batch.pools import Pool
from xlbudget.errors import XlbudgetError, reason

CHUNK = 50
"""Jobs a task: enough that handing them over costs nothing, few enough that a bar moves."""
LARGEST_CHUNK = 32 << 20
"""Bytes a task where contents travel along."""
WAITING = 3
"""Tasks that wait for each worker."""

_Chunk = tuple[Job, ...]
_Task = tuple[_Chunk, Future[tuple[Done, ...]] | None]
Work = Callable[[_Chunk], tuple[Done, ...]]
"""What a worker does with a chunk of jobs: a result for each, whatever is wrong with it."""


def run(jobs: Iterable[Job], pool: Pool, *, chunk: int = CHUNK, task: Work = work) -> Iterator[Done]:
    """Do jobs and yield what became of each, in their order; at most a few chunks are held at a time.

    ``task`` is what is done with each chunk; a worker has to find it by its name.

    Where workers die (out of memory, killed, crashed), the chunks that were under way are done again by
    workers of their own, halved until the job that kills its worker stands alone: that one has failed, all
    others are done. Closing the iterator lets chunks that have begun end and drops the others.
    """
    chunks = _chunked(jobs, pool, chunk)
    waiting: deque[_Task] = deque()
    window = max(1, pool.workers * WAITING) if pool.workers > 1 else 1
    executor = pool.start()
    try:
        while True:
            for fresh in islice(chunks, window - len(waiting)):
                waiting.append(_submitted(executor, fresh, pool, task))
            if not waiting:
                return
            first, future = waiting.popleft()
            results = _result(future, pool)
            if results is None:
                # Whoever killed the worker is among those that wait: one by one, so that none is blamed wrongly.
                suspects = [first, *(task for task, _ in waiting)]
                waiting.clear()
                executor.shutdown(wait=False, cancel_futures=True)
                for suspect in suspects:
                    yield from _finished(suspect, _alone(suspect, pool, task))
                executor = pool.start()
            else:
                yield from _finished(first, results)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _submitted(executor: Executor, chunk: _Chunk, pool: Pool, task: Work) -> _Task:
    try:
        return chunk, executor.submit(task, chunk)
    except pool.lost:
        return chunk, None


def _result(future: Future[tuple[Done, ...]] | None, pool: Pool) -> tuple[Done, ...] | None:
    """Return what a chunk gave, ``None`` where its worker was lost."""
    if future is None:
        return None
    try:
        return future.result()
    except pool.lost:
        return None


def _alone(chunk: _Chunk, pool: Pool, task: Work) -> tuple[Done, ...]:
    """Do a chunk on workers of its own; halve it where they die."""
    with ExitStack() as stack:
        executor = pool.start()
        stack.callback(executor.shutdown, wait=True, cancel_futures=True)
        results = _result(_submitted(executor, chunk, pool, task)[1], pool)
    if results is not None:
        return results
    if len(chunk) == 1:
        reason = "이 파일을 처리하던 프로세스가 멈춰 버렸습니다. 파일이 지나치게 크지 않은지 확인하세요."
        return (failed(chunk[0], reason),)
    half = len(chunk) // 2
    return (*_alone(chunk[:half], pool, task), *_alone(chunk[half:], pool, task))


def _finished(chunk: _Chunk, results: tuple[Done, ...]) -> Iterator[Done]:
    """Yield the results of a chunk; what travelled back as bytes is written here."""
    for job, done in zip(chunk, results, strict=True):
        yield done if done.result is None or job.target is None else _written(job, done)


def _written(job: Job, done: Done) -> Done:
    assert done.result is not None
    try:
        kept = put(job, done.result)
    except XlbudgetError as error:
        return failed(job, str(error))
    except OSError as error:
        return failed(job, f"저장하지 못했습니다({reason(error)}).")
    return Done(done.name, done.status, done.target, done.reason, done.report, done.made, kept=kept)


def _chunked(jobs: Iterable[Job], pool: Pool, most: int) -> Iterator[_Chunk]:
    chunk: list[Job] = []
    size = 0
    for job in jobs:
        ready = job if pool.shares_disk else _carried(job)
        chunk.append(ready)
        size += len(ready.data or b"")
        if len(chunk) >= most or size > LARGEST_CHUNK:
            yield tuple(chunk)
            chunk, size = [], 0
    if chunk:
        yield tuple(chunk)


def _carried(job: Job) -> Job:
    """Return a job that carries the contents of its file."""
    if job.data is not None or job.fault:
        return job
    from dataclasses import replace

    try:
        return replace(job, data=read_steadily(job.source)[0])
    except XlbudgetError as error:
        return replace(job, fault=str(error))
