"""An open workbook in Excel as a ``Book``; it neither starts nor ends Excel, and needs no path.

adapter    LiveBook: one picture of the workbook, a plan, and the plan carried out all or nothing
picture    what is known of the workbook; copied from a copy that Excel saves, regions cell by cell where such
           a copy cannot be read
planning   edits → strokes, pure; differences between two states of a sheet; entries as Excel takes them
hand       calls to Excel: bounded patience, settings put back; drawing stroke by stroke, batch in one call
"""

from xlbudget.book.live.adapter import LiveBook

__all__ = ["LiveBook"]
