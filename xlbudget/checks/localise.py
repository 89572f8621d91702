"""From broken sums to the figures that are probably wrong: one finding for each broken part of a project.

A wrong figure breaks every sum that it is in. So the findings of one connected part become one finding: the
first of them, with the suspects of the balance engine; ``facts["codes"]`` names the rules that are broken.
Where the errors of a budget are independent of each other, their findings stay apart, each with its own
suspects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from xlbudget.checks.balance import Candidate, Caps, ComponentDiagnosis, Diagnosis, diagnose
from xlbudget.checks.case import LAST, Case, won
from xlbudget.checks.echoes import POINT, decimal_point, follow_ups, without_echoes
from xlbudget.checks.expressions import EXPRESSION, correction, ranked_expressions
from xlbudget.checks.linking import Linked, Record, budget, settled_years
from xlbudget.checks.naming import figure_name, mechanism_text, superfluous_text
from xlbudget.findings import LAST_YEAR_CELLS, Finding, Severity, Suspect, catalogue
from xlbudget.korean import with_particle
from xlbudget.money import format_amount

SETTLED = frozenset({"BUD-S01", "BUD-S02", "BUD-S03", "BUD-X01", "BUD-X02", "BUD-N01", "BUD-T02"})
BUDGETED = frozenset(
    {"BUD-C01", "BUD-C02", "BUD-C03", "BUD-T01", "BUD-T02", "BUD-T03", "BUD-R01", "BUD-P01", "BUD-X01", "BUD-N01"}
)  # fmt: skip
MOST_SUSPECTS = 12
"""Suspects that a finding lists; how many there are stands in its facts."""
MOST_ALIKE = 3
"""Equally likely sets of several cells that a message names."""
LIKELY = Decimal("0.5")
"""A candidate with more than this share of the evidence is named as the likeliest."""
_COMPUTED = ("/text", "/lines")
"""Ends the path of a figure that is the value of expressions: nobody typed its digits."""
_SEARCH, _FEWEST_NODES = 40_000, 100
_BLAMELESS = frozenset({"unknown", "zero", "missing"})


def localised(case: Case, found: Sequence[Finding]) -> list[Finding]:
    """Return findings with those of one broken part merged, and with suspects."""
    kept = without_echoes(found)
    years = settled_years(case)
    if years is not None and not _clean(years):
        kept = _settled(case, kept, *years)
    if any(finding.code in BUDGETED and not _of_years(finding) for finding in kept):
        kept = _budgeted(case, kept, *budget(case))
    return kept


def _clean(years: tuple[Linked, Record]) -> bool:
    linked, record = years
    return linked.system.check(record, linked.precision)


def _diagnosed(linked: Linked, record: Record) -> Diagnosis:
    # The larger a system, the longer each step: what a clerk waits for stays the same.
    nodes = max(_FEWEST_NODES, _SEARCH // len(linked.system.figures))
    return diagnose(linked.system, record, linked.precision, hints=linked.hints, caps=Caps(nodes=nodes))


def _of_years(finding: Finding) -> bool:
    return finding.path.startswith("settlements/")


def _in(finding: Finding, figures: set[str]) -> bool:
    """Whether a finding tells of one of these figures that it is wrong; warnings stay by themselves."""
    return finding.severity is Severity.ERROR and finding.path in figures


def _settled(case: Case, found: list[Finding], linked: Linked, record: Record) -> list[Finding]:
    """One finding for each broken part of the settled years, S04 where no rule fails on its own."""
    kept = list(found)
    for parts in _stories(_diagnosed(linked, record).components):
        figures = {figure for part in parts for figure in part.figures}
        members = [f for f in kept if f.code in SETTLED and _of_years(f) and _in(f, figures)]
        if not members:
            if all(figure.startswith(LAST) for figure in figures):
                continue
            members = [_joint(case, parts[0])]
        rest = [f for f in kept if f not in members]
        kept = [*rest, *_told(case, parts, members, record)]
    return kept


def _stories(components: Sequence[ComponentDiagnosis]) -> list[list[ComponentDiagnosis]]:
    """Broken parts that one exchange of two figures repairs together are one story."""
    stories: dict[object, list[ComponentDiagnosis]] = {}
    for number, part in enumerate(components):
        best = part.candidates[0] if part.candidates else None
        shared = best is not None and best.mechanism == "swap"
        stories.setdefault(best.cells if best is not None and shared else number, []).append(part)
    return list(stories.values())


def _joint(case: Case, part: ComponentDiagnosis) -> Finding:
    """BUD-S04: each sum holds within its rounding, or cannot be judged, but all of them together cannot hold."""
    paths = [p for c in part.candidates for p in c.cells] or list(part.figures)
    own = [path for path in dict.fromkeys(paths) if path.startswith("settlements/")]
    indices = sorted({int(path.split("/")[1]) for path in part.figures if path.startswith("settlements/")})
    years = ", ".join(f"{case.project.settlements[i].year}년" for i in indices)
    return case.finding(
        "BUD-S04",
        f"하나씩 보면 단수 차이 안이지만, {with_particle(years, '을')} 함께 보면 성립할 수 없는 금액입니다.",
        own,
        years=[case.project.settlements[i].year for i in indices],
    )


def _budgeted(case: Case, found: list[Finding], linked: Linked, record: Record) -> list[Finding]:
    diagnosis = _diagnosed(linked, record)
    kept = follow_ups(case, linked, diagnosis, found)
    for part in diagnosis.components:
        figures = set(part.figures)
        members = [f for f in kept if f.code in BUDGETED and _in(f, figures)]
        if not members or not part.candidates:
            continue
        rest = [f for f in kept if f not in members]
        best = part.candidates[0]
        if len(members) == 1 or len(best.cells) == 1 or best.mechanism == "swap":
            kept = [*rest, *_told(case, [part], members, record)]
        else:
            kept = [*rest, *(_apart(case, part, one, record) for one in members), *_capped(case, [part])]
    return kept


def _told(
    case: Case, parts: Sequence[ComponentDiagnosis], members: Sequence[Finding], record: Record
) -> Iterator[Finding]:
    """One finding of several, with the suspects of their part."""
    part = decimal_point(case, _weighed(case, parts[0], members))
    lead = members[0]
    candidates = part.candidates
    suspects = _suspects(case, candidates, part.proposal, record)
    if _vague(members):
        yield from (replace(member, suspects=suspects) for member in members)
        return
    cells = case.cells(path for c in candidates[:MOST_SUSPECTS] for path in c.cells)
    others = [cell for member in members for cell in member.cells]
    codes = list(dict.fromkeys([*(member.code for member in members), *_pointed(part)]))
    facts: dict[str, object] = dict(lead.facts)
    if len(codes) > 1:
        facts["codes"] = codes
    if len(members) > 1:
        facts["broken"] = [{"code": m.code, "path": m.path, **_amounts(m)} for m in members]
    facts["candidates"] = len(candidates)
    said = " ".join(filter(None, (lead.message, _also(members), _verdict(case, part, record))))
    yield replace(
        lead,
        message=said,
        cells=tuple(dict.fromkeys([*cells, *others])),
        facts=facts,
        suspects=suspects,
        key="|".join(sorted({member.key for member in members})),
    )
    yield from _capped(case, parts)


def _weighed(case: Case, part: ComponentDiagnosis, members: Sequence[Finding]) -> ComponentDiagnosis:
    """The part with each set of cells once, and expressions ranked by the numbers in them."""
    once = {frozenset(c.cells): c for c in reversed(part.candidates)}
    kept = [c for c in part.candidates if once[frozenset(c.cells)] is c]
    return replace(
        part,
        candidates=ranked_expressions(case, kept),
        proposal=None if _vague(members) else part.proposal,
    )


def _vague(members: Sequence[Finding]) -> bool:
    """Whether all that is known is that an (x) amount is larger than its total: too little to name a cell."""
    return all(member.code == "BUD-X01" for member in members)


def _amounts(finding: Finding) -> dict[str, object]:
    return {key: finding.facts[key] for key in ("written", "expected", "difference") if key in finding.facts}


def _also(members: Sequence[Finding]) -> str:
    codes = dict.fromkeys(f.code for f in members[1:] if f.code != members[0].code)
    others = [f"{code}({catalogue()[code].title})" for code in codes]
    return f"같은 곳에서 {', '.join(others)}도 어긋납니다." if others else ""


def _apart(case: Case, part: ComponentDiagnosis, finding: Finding, record: Record) -> Finding:
    """A finding of a part with several independent errors, with those suspects that stand in it; no proposal."""
    own = [
        suspect
        for candidate in part.candidates
        for path in candidate.cells
        if case.cell(path) in finding.cells or path == finding.path
        for suspect in _suspects(case, [_alone(candidate, path)], None, record)
    ]
    suspects = tuple({suspect.cells: suspect for suspect in reversed(own)}.values())[::-1]
    listed = tuple(
        dict.fromkeys([*(c for s in suspects for c in s.cells if c in finding.cells), *finding.cells])
    )
    return replace(finding, cells=listed, suspects=suspects[:MOST_SUSPECTS])


def _alone(candidate: Candidate, path: str) -> Candidate:
    kinds = candidate.mechanism.split("+")
    known = len(kinds) == 1 and not path.endswith(_COMPUTED)
    return Candidate((path,), kinds[0] if known else "unknown", {}, candidate.score)


def _capped(case: Case, parts: Sequence[ComponentDiagnosis]) -> Iterator[Finding]:
    """BUD-L00: the search for suspects stopped early."""
    for part in parts:
        if part.capped:
            yield case.finding(
                "BUD-L00",
                "틀릴 수 있는 칸의 조합이 너무 많아 일부만 살폈습니다. 알려 준 칸부터 고친 뒤 다시 점검하세요.",
                [path for path in part.figures if not path.startswith(LAST)][:1],
                candidates=len(part.candidates),
            )


def _suspects(
    case: Case, candidates: Sequence[Candidate], proposal: Candidate | None, record: Record
) -> tuple[Suspect, ...]:
    return tuple(
        Suspect(
            tuple(dict.fromkeys(case.cell(path) or path for path in candidate.cells)),
            _explained(case, candidate, record, proposed=candidate is proposal),
            _proposal(case, candidate) if candidate is proposal else None,
            float(candidate.score),
        )
        for candidate in candidates[:MOST_SUSPECTS]
    )


def _explained(case: Case, candidate: Candidate, record: Record, *, proposed: bool) -> str:
    path = candidate.cells[0]
    if candidate.mechanism == EXPRESSION:
        return _in_expression(case, candidate)
    if any(figure.endswith(_COMPUTED) for figure in candidate.cells):
        return mechanism_text("unknown")
    if len(candidate.cells) == 1 and candidate.mechanism == "unknown" and candidate.values.get(path) == 0:
        return superfluous_text(path)
    text = mechanism_text(candidate.mechanism, record.get(path), candidate.values.get(path))
    if proposed or candidate.mechanism == "swap" or not candidate.values:
        return text
    values = [candidate.values.get(figure) for figure in candidate.cells]
    fitting = [won(int(value)) for value in values if value is not None and value.denominator == 1]
    return f"{text}(맞추면 {', '.join(fitting)})" if len(fitting) == len(candidate.cells) else text


def _in_expression(case: Case, candidate: Candidate) -> str:
    found = correction(case, candidate)
    if found is None:
        return mechanism_text(candidate.mechanism)
    if "△" in (found.old, found.new):
        sign = "떼면" if found.old else "붙이면"
        return f"{mechanism_text('sign')}: △를 {sign} 맞음"
    if not found.new:
        return "없어야 할 줄이 들어간 것으로 보임: 이 줄을 빼면 맞음"
    return f"{mechanism_text(candidate.mechanism)}: {with_particle(found.old, '을')} {with_particle(found.new, '로')} 고치면 맞음"


def _proposal(case: Case, candidate: Candidate) -> Mapping[str, int] | None:
    """What to write where; ``None`` where the figure stands in a text, or in last year's workbook."""
    found: dict[str, int] = {}
    for path in candidate.cells:
        value, cell = candidate.values.get(path), case.cell(path) or path
        typed = not path.endswith((*_COMPUTED, "/stated")) and not cell.startswith((LAST_YEAR_CELLS, LAST))
        if value is None or value.denominator != 1 or not typed:
            return None
        found[cell] = int(value)
    return found


def _pointed(part: ComponentDiagnosis) -> tuple[str, ...]:
    """BUD-N02 goes with an error that a decimal point explains."""
    return ("BUD-N02",) if part.candidates and part.candidates[0].mechanism == POINT else ()


def _verdict(case: Case, part: ComponentDiagnosis, record: Record) -> str:
    """Say in a sentence or two where the error probably is."""
    candidates = part.candidates
    if not candidates:
        return ""
    best = candidates[0]
    if len(best.cells) > 1 and best.mechanism != "swap":
        return _several(case, candidates)
    if len(candidates) == 1 or (best.score > LIKELY and best.mechanism not in _BLAMELESS):
        return _likeliest(case, best, record)
    listed = [_where(case, path) for c in candidates[:MOST_SUSPECTS] for path in c.cells[:1]]
    names = ", ".join(dict.fromkeys(listed))
    many = len(candidates) > MOST_SUSPECTS
    among = f"{names} 등 {len(candidates)}곳" if many else f"다음 {len(listed)}곳({names})"
    return f"{among} 가운데 하나가 틀린 것으로 보입니다. 셈만으로는 가릴 수 없으니 증빙을 확인하세요."


def _several(case: Case, candidates: Sequence[Candidate]) -> str:
    """Name the cells that are probably wrong together; where others are as likely, those too."""
    best = candidates[0]
    alike = [c for c in candidates if len(c.cells) == len(best.cells) and c.score == best.score]
    said = "두 곳 이상이 틀린 것으로 보여, 고칠 값은 제안하지 않습니다."
    if len(alike) > MOST_ALIKE:
        return f"{said} 틀릴 수 있는 짝이 {len(alike)}가지이니 증빙을 확인하세요."
    joined = [_joined([_where(case, path) for path in c.cells]) for c in alike]
    return f"{said} 가장 의심되는 곳은 {', 또는 '.join(joined)}입니다. 증빙을 확인하세요."


def _joined(names: Sequence[str]) -> str:
    """Return ``a와 b``; more than two names as ``a, b, c``."""
    if len(names) != 2:
        return ", ".join(names)
    return f"{with_particle(names[0], '과')} {names[1]}"


def _likeliest(case: Case, best: Candidate, record: Record) -> str:
    names = _joined([_where(case, path) for path in best.cells])
    path = best.cells[0]
    if best.mechanism == "unknown" and not best.values:
        return ""  # nothing that the message does not say by itself
    reason = _explained(case, best, record, proposed=True)
    said = f"가장 의심되는 곳은 {names}입니다({reason})."
    value = best.values.get(path)
    if best.mechanism not in ("swap", EXPRESSION) and value is not None and value.denominator == 1:
        said += f" {with_particle(format_amount(int(value)) + '천원', '이라')}면 모두 맞습니다."
    return said


def _where(case: Case, path: str) -> str:
    cell = case.cell(path)
    return f"{figure_name(case, path)}({cell})" if cell else figure_name(case, path)
