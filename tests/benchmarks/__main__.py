"""Everything beside its peers, in one run and one table. Run: ``python -m tests.benchmarks``.

Needs ``pip install -e ".[test,bench,fast]"``; a peer that is not installed is left out. Times are processor times
(lower quartiles) unless a line says otherwise. ``python -m tests.benchmarks.batch`` has the whole runs over 4,000 workbooks.
"""

from __future__ import annotations

from itertools import chain

from tests.benchmarks import batch, derivations, reading, recalculation, writing
from tests.benchmarks.timing import print_table

LIBRARIES = (
    "xlbudget", "isal", "openpyxl", "XlsxWriter", "rvgsrust-xlsxwriter", "python-calamine", "fastexcel",
    "simpleeval", "lark", "pycel", "formulas",
)  # fmt: skip

if __name__ == "__main__":
    tables = (
        batch.one_by_one(),
        writing.lines(),
        reading.lines(),
        derivations.table_lines(),
        recalculation.lines(),
    )
    print_table(chain.from_iterable(tables), LIBRARIES)
