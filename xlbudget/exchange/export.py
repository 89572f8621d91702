"""A project as another document: JSON, the text of a 사업설명서, HWPX."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xlbudget.exchange.description_text import print_description
from xlbudget.exchange.hwpx import write_hwpx
from xlbudget.exchange.project_json import dump
from xlbudget.figures import Figures
from xlbudget.project import Project


def _json(project: Project, figures: Figures) -> bytes:
    return (dump(project, figures) + "\n").encode()


def _text(project: Project, figures: Figures) -> bytes:
    return print_description(project, figures).encode()


EXPORTS: Mapping[str, Callable[[Project, Figures], bytes]] = {"json": _json, "txt": _text, "hwpx": write_hwpx}
"""The kinds of document that a project can become, by the word of ``export --to``."""
PRINTED = "pdf"
"""The kind that is made of a workbook's printed sheet, by another program: see ``xlbudget.exchange.pdf``."""


def exported(project: Project, figures: Figures, kind: str) -> bytes:
    """Return a project as a document of a kind. Raises ``DocumentUnreadable`` where a library is missing."""
    return EXPORTS[kind](project, figures)
