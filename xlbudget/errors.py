"""The exceptions of the package: for unreadable files and busy hosts, never for a user's figures.

    XlbudgetError
    ├── BookError            a workbook cannot be read or written (see xlbudget.book)
    └── LayoutError          a workbook is not the standard budget workbook (see xlbudget.workbook)

Each message is one calm Korean sentence or two: where, what was found, what was expected, what to do.
"""


class XlbudgetError(Exception):
    """Base of every error that is told to the user as a plain sentence (exit code 2)."""
