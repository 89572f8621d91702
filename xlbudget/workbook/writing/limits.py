"""What the cells of the standard workbook cannot hold: told before anything is written, all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from xlbudget.derivation import derive
from xlbudget.korean import name_key
from xlbudget.money import Rounding, format_amount
from xlbudget.project import REMARK, Item, Line, Project
from xlbudget.workbook import LayoutError, NotWritable
from xlbudget.workbook.layout import (
    PERSON_HEADING,
    TOTAL_LABELS,
    bare_key,
    heading_key,
    join_object,
    join_source,
    split_object,
    split_source,
)
from xlbudget.workbook.reading.basics import SECTIONS, label_meaning
from xlbudget.workbook.reading.sums import sum_label

LONGEST_TEXT = 32_767
"""Characters that a cell holds."""


def unwritable(project: Project) -> list[LayoutError]:
    """Return what a standard workbook cannot say of a project without changing it."""
    return [
        NotWritable(reason)
        for reasons in (_items(project), _lines(project), _funding(project), _others(project))
        for reason in reasons
    ]


def line_text(line: Line, rounding: Rounding) -> str | None:
    """Return the text of a line of 산출근거, ``None`` where reading would take it for something else."""
    text = " ".join(part for part in (line.label.strip(), line.expression) if part)
    if line.is_remark:
        return text if len(text) <= LONGEST_TEXT else None
    if sum_label(line.label):
        return None
    if line.stated is not None:
        text = f"{text} = {format_amount(line.stated)}천원".strip()
    derived = derive(text, rounding)
    read = derived.label, derived.expression, derived.stated
    same = read == (line.label.strip(), line.expression, line.stated)
    return text if same and len(text) <= LONGEST_TEXT else None


def _items(project: Project) -> Iterator[str]:
    seen: dict[str, list[Item]] = {}
    for number, item in enumerate(project.items, 1):
        code, name = item.object_code.strip(), item.object_name.strip()
        if not name:
            yield f"items {number}번째: 과목 이름이 비어 있습니다. 이름을 적으세요."
        elif sum_label(name) or name.startswith(REMARK):
            yield f"과목 '{name}': 표에서 합계나 참고로 쓰는 말입니다. 다른 이름으로 적으세요."
        elif split_object(join_object(code, name)) != (code, name):
            yield f"과목 '{name}': 코드 '{code}'와 함께 한 칸에 적을 수 없습니다. 대괄호를 빼세요."
        twins = seen.setdefault(name_key(name), [])
        if any(not code or not twin.object_code or code == twin.object_code.strip() for twin in twins):
            yield f"과목 '{name}': 두 번 있습니다. 하나로 합치세요."
        twins.append(item)


def _lines(project: Project) -> Iterator[str]:
    for item in project.items:
        for number, line in enumerate(item.derivations, 1):
            if line_text(line, project.rounding) is None:
                said = " ".join(part for part in (line.label, line.expression) if part)
                yield (
                    f"산출근거 '{item.object_name}' {number}번째 줄: 이름과 산출식을 한 칸에 적으면 다르게 "
                    f"읽힙니다: '{said[:60]}'. 이름 앞의 글머리표와 이름 끝의 수를 빼고 식을 확인하세요."
                )


def _funding(project: Project) -> Iterator[str]:
    for funding in project.funding:
        label = join_source(funding.source.strip(), funding.in_budget)
        key = heading_key(label)
        taken = {key, bare_key(key)} & (TOTAL_LABELS | SECTIONS | set(PERSON_HEADING))
        if (
            taken
            or label_meaning(label)
            or split_source(label) != (funding.source.strip(), funding.in_budget)
        ):
            yield f"재원 '{funding.source}': 표에서 다른 뜻으로 쓰는 말입니다. 다른 이름으로 적으세요."


def _others(project: Project) -> Iterator[str]:
    for step in project.schedule:
        if sum_label(step.step):
            yield f"추진일정 '{step.step}': 표에서 합계로 쓰는 말입니다. 다른 이름으로 적으세요."
    years = [results.year for results in project.results]
    for year, following in pairwise(years):
        if year == following:
            yield f"추진실적 {year}년: 잇달아 두 번 있습니다. 하나로 합치세요."
