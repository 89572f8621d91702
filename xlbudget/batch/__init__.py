"""Many workbooks at once: find them, work on them in processes or on a cluster, keep a ledger, report.

A job is done by itself: one bad file never stops the others, results come in the order of the inputs, and a
run that was cut off goes on where it stopped.

    find       which files the arguments of a command name
    plan       where each result goes; what speaks against a run before anything is done
    jobs       one workbook: what a worker does
    run        chunks of jobs through an executor; workers that died
    pools      the executors: in line, processes, a Dask cluster
    ledger     what was made from what, so that a second run passes over what has not changed
    folder     an output folder: its lock, its ledger, what an earlier run left behind
    report     what became of each file, as JSON, CSV or a workbook
"""

from xlbudget.batch.find import Found, find_inputs
from xlbudget.batch.jobs import Done, Job, Status
from xlbudget.batch.plan import Plan
from xlbudget.batch.pools import Pool, cluster, in_line, processes
from xlbudget.batch.run import run

__all__ = [
    "Done", "Found", "Job", "Plan", "Pool", "Status", "cluster", "find_inputs", "in_line",
    "processes", "run",
]  # fmt: skip
