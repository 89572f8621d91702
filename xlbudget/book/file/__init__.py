"""A workbook on disk: read in one pass, changed by splicing only the parts that edits touch."""

from xlbudget.book.file.adapter import FileBook

__all__ = ["FileBook"]
