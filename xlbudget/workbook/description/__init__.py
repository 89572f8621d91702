"""The printed 사업설명서: every block of the paper form in its order, on A4, as one ``ReplaceSheet``.

Amounts are formulas that point at the cells they come from, so that a figure can be traced by a double
click; where a project has no cells (it came from JSON) they are the figures themselves. Texts are values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlbudget.edits import PageSetup, ReplaceSheet
from xlbudget.figures import Figures
from xlbudget.project import Project
from xlbudget.workbook.description.basics import basics
from xlbudget.workbook.description.budget import budget
from xlbudget.workbook.description.draft import WIDTHS, A, Draft, J
from xlbudget.workbook.description.narrative import effects, explanation, settlement
from xlbudget.workbook.layout import DESCRIPTION
from xlbudget.workbook.pages import Box, Unit, image, paginate, usable_height
from xlbudget.workbook.styles import GREY, named
from xlbudget.workbook.text import DIGIT_PX

_TITLE = named("제목")
_LONGEST_HEADER = 40
_HEADER_FONT = f"&8&K{GREY}"


def description(
    project: Project, figures: Figures, *, widths: Mapping[int, float] | None = None
) -> ReplaceSheet:
    """Return the edit that writes the 사업설명서 anew.

    ``widths`` are the column widths that the sheet has by now, in characters: row heights are measured
    with them. Without them, or for columns that are not among them, the widths of the form count.
    """
    draft = Draft(project, figures, widths)
    page = _page(project)
    usable = usable_height(page, sum(draft.widths.values()) * DIGIT_PX)
    pages = paginate(_units(draft), usable)
    return ReplaceSheet(DESCRIPTION, image(pages, J, dict(WIDTHS), page))


def _units(draft: Draft) -> Iterator[Unit]:
    for row in draft.rows(Box(A, J, draft.project.name, _TITLE), least=39.0):
        yield Unit((row,))
    yield from basics(draft)
    yield from budget(draft)
    yield from explanation(draft)
    yield from effects(draft)
    yield from settlement(draft)


def _page(project: Project) -> PageSetup:
    """Return the header and footer: year and 사업명 above, 부서명 and page number below."""
    title = f"{project.said_year('년도 ')}예산 사업설명서"
    if project.is_supplementary:
        title += f"({_short(project.round)})"
    return PageSetup(
        header=f"&L{_HEADER_FONT}{title}&R{_HEADER_FONT}{_short(project.name)}",
        footer=f"&L{_HEADER_FONT}{_short(project.organisation.division)}&C{_HEADER_FONT}- &P -",
    )


def _short(text: str) -> str:
    """Return a text as a header takes it: on one line, cut, ``&`` doubled."""
    text = " ".join(text.split())
    if len(text) > _LONGEST_HEADER:
        text = text[: _LONGEST_HEADER - 1].rstrip() + "…"
    return text.replace("&", "&&")
