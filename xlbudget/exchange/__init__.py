"""Other documents in and out: project JSON, reports of findings, assignments of cells.

DocumentUnreadable   a document that is not what it should be; the message names the place
"""

from __future__ import annotations

from xlbudget.errors import XlbudgetError


class DocumentUnreadable(XlbudgetError):
    """A document cannot be read as what it should be."""
