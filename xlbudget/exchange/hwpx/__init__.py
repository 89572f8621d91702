"""The 사업설명서 as .hwpx: read into a project, and written in the layout of the form.

The package format (zip, OWPML) is the business of python-hwpx, which is loaded only here and only on use. The
paragraphs and tables go through the same reader and the same form as the text of ``description_text``, so what
is written reads back as the same project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlbudget.exchange.description_text.reading import ORIGINAL, Imported, read_blocks
from xlbudget.project import Project

if TYPE_CHECKING:
    from xlbudget.figures import Figures

__all__ = ["read_hwpx", "write_hwpx"]


def read_hwpx(data: bytes, *, year: int | None = None, name: str = ORIGINAL) -> Imported:
    """Read a 사업설명서 from the bytes of a .hwpx file; lines are counted by paragraphs and table rows.

    Raises ``DocumentUnreadable``: a .hwp file, a damaged or hostile package, or no 사업설명서.
    """
    from xlbudget.exchange.hwpx.reading import document_rows

    return read_blocks(document_rows(data, name), year=year, name=ORIGINAL)


def write_hwpx(project: Project, figures: Figures | None = None) -> bytes:
    """Return a project as the bytes of a .hwpx file in the layout of the form; the same project, the same bytes.

    Raises ``DocumentUnreadable`` where python-hwpx is not installed.
    """
    from xlbudget.exchange.hwpx.writing import document_bytes
    from xlbudget.figures import compute

    return document_bytes(project, figures or compute(project))
