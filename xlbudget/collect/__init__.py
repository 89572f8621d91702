"""The contents of many workbooks in one database, and the city's summary of them.

The database shows what the folders hold now: a workbook that changed is taken in anew in one transaction, one
that did not is left alone, one that is gone or cannot be read gives up its rows and is listed as such.

    names      what counts when names are compared, and the table of other names
    extract    one workbook as rows: every figure with its cell
    schema     the tables
    store      the database: SQLite file or PostgreSQL
    gathering  a folder into a database
    summary    the figures by department, by 통계목 and by severity, and what does not fit together
    output     the summary as a workbook, the items as CSV, both as text
"""

from __future__ import annotations

from xlbudget.errors import XlbudgetError


class CollectFault(XlbudgetError):
    """A collection cannot begin or go on: a missing library, a database out of reach, a faulty list of names."""
