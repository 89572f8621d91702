"""A project as JSON: the contract that scripts rely on. Amounts are whole 천원, expressions are in 원."""

from __future__ import annotations

import json
import re

from pydantic import ValidationError

from xlbudget.exchange import DocumentUnreadable
from xlbudget.figures import Figures
from xlbudget.figures import as_json as figures_json
from xlbudget.project import Project

LARGEST_DOCUMENT = 20_000_000
"""Characters; a project of ten thousand lines has about two million."""


def dump(project: Project, figures: Figures) -> str:
    """Return the project with its computed amounts under ``figures``, as indented JSON text."""
    document = project.model_dump(mode="json")
    document["figures"] = figures_json(figures)
    return json.dumps(document, ensure_ascii=False, indent=2)


def load(text: str, name: str = "JSON") -> Project:
    """Read a project; ``figures`` are ignored.

    Raises ``DocumentUnreadable`` naming each wrong key.
    """
    if len(text) > LARGEST_DOCUMENT:
        raise DocumentUnreadable(f"{name}: 사업 하나의 JSON으로는 너무 큽니다({len(text):,}자).")
    try:
        return Project.model_validate_json(text)
    except ValidationError as error:
        faults = "\n".join(
            f"  {'.'.join(str(part) for part in fault['loc']) or '(전체)'}: {_fault(fault['type'], fault['msg'])}"
            for fault in error.errors(include_url=False)[:20]
        )
        raise DocumentUnreadable(
            f"{name}: 사업 JSON으로 읽을 수 없습니다. 다음 항목을 고치세요(형식은 xlbudget schema).\n{faults}"
        ) from error


_FAULTS = {
    "missing": "항목이 빠졌습니다",
    "extra_forbidden": "없는 항목입니다",
    "int_type": "정수(천원)여야 합니다",
    "int_from_float": "정수(천원)여야 합니다",
    "string_type": "글자여야 합니다",
    "bool_type": "true 또는 false여야 합니다",
    "tuple_type": "목록이어야 합니다",
    "model_type": "이름과 값의 묶음이어야 합니다",
    "json_invalid": "JSON 글이 아닙니다",
    "enum": "ceil, half-up, floor 가운데 하나여야 합니다",
    "greater_than_equal": "너무 작은 수입니다",
    "less_than_equal": "너무 큰 수입니다",
    "string_too_long": "글이 너무 깁니다",
    "int_parsing": "정수(천원)여야 합니다",
    "none_required": "비어 있어야 합니다",
    "dict_type": "이름과 값의 묶음이어야 합니다",
}


_JSON_PLACE = re.compile(r"line ([0-9]+) column ([0-9]+)")


def _fault(kind: str, message: str) -> str:
    place = _JSON_PLACE.search(message) if kind == "json_invalid" else None
    where = f"({int(place[1]):,}번째 줄 {int(place[2]):,}번째 글자에서)" if place is not None else ""
    return f"{_FAULTS.get(kind, '쓸 수 없는 값입니다')}{where}"
