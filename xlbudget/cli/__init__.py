"""The command line: one thin command a verb. Only the imports that a command needs are paid for.

Exit codes: 0 fine; 1 a finding of severity error or an unreadable derivation; 2 usage, or a file that
cannot be read (the others of a batch are still done). Results go to standard output, the rest to standard
error.
"""

from xlbudget.cli import addin, books, collecting, deriving, documents, judging, rounds
from xlbudget.cli.app import app
from xlbudget.cli.entry import main

__all__ = ["addin", "app", "books", "collecting", "deriving", "documents", "judging", "main", "rounds"]
