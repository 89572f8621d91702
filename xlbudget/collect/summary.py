"""What a collection amounts to: by department, by 통계목, by severity, and what does not fit together.

Amounts are whole 천원 and summed here, where whole numbers have no end. Departments and 통계목 are sums of items,
the total is the sum of the projects' own: a difference between them means that something was not placed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from xlbudget.collect.names import Aliases
from xlbudget.collect.store import COLLECTED, FAILED, REMOVED, Store
from xlbudget.findings import Severity, catalogue
from xlbudget.korean import quoted
from xlbudget.money import format_amount

NO_DIVISION, NO_OBJECT = "(부서 없음)", "(과목 없음)"
ACCEPTED = "승인"
_Row = Mapping[str, Any]


class Group(NamedTuple):
    """A line of the summary: what it is of, how many projects, their amounts and findings."""

    year: int
    round: str
    over: str
    name: str
    projects: int
    previous: int
    current: int
    errors: int = 0
    warnings: int = 0
    notes: int = 0

    @property
    def change(self) -> int:
        """The amount of the year less that of the year before."""
        return self.current - self.previous


class Kind(NamedTuple):
    """Findings of one severity and rule: how many, and in how many workbooks."""

    word: str
    code: str
    title: str
    findings: int
    workbooks: int


class Remark(NamedTuple):
    """A line about the collection as a whole; ``run`` is the run that brought it about, where one did."""

    severity: Severity
    what: str
    text: str
    file: str = ""
    run: int | None = None


class Balance(NamedTuple):
    """A total and the sum of its parts."""

    total: int
    parts: int

    @property
    def difference(self) -> int:
        """What is left over; 0 where nothing was lost."""
        return self.total - self.parts


@dataclass(frozen=True, slots=True)
class Summary:
    """A collection in figures. ``projects`` and ``items`` are the rows with the names under which they count."""

    projects: Sequence[_Row]
    items: Sequence[_Row]
    departments: Sequence[Group]
    objects: Sequence[Group]
    kinds: Sequence[Kind]
    remarks: Sequence[Remark]
    by_department: Balance
    by_object: Balance
    by_kind: Balance

    @property
    def has_errors(self) -> bool:
        """Whether a finding or a remark of severity error stands."""
        words = {Severity.ERROR.word}
        return any(kind.word in words for kind in self.kinds) or any(
            remark.severity is Severity.ERROR for remark in self.remarks
        )


def summarise(store: Store) -> Summary:
    """Return the summary of everything that a database holds. Raises ``CollectFault``."""
    from xlbudget.collect import schema

    names = store.aliases()
    workbooks = store.rows(schema.workbooks, "folder", "path")
    files = {row["id"]: row for row in workbooks}
    found = store.rows(schema.findings, "workbook", "position")
    standing = Counter((row["workbook"], row["severity"]) for row in found if row["stands"])
    projects = sorted(
        (_project(row, files[row["workbook"]], names, standing) for row in store.rows(schema.projects)),
        key=lambda row: (row["folder"], row["path"]),
    )
    by_workbook = {row["workbook"]: row for row in projects}
    items = [
        _item(row, by_workbook[row["workbook"]], names)
        for row in store.rows(schema.items, "workbook", "position")
    ]
    items.sort(key=lambda row: (row["folder"], row["path"], row["position"]))
    departments = _departments(projects, items)
    objects = _objects(items)
    kinds = _kinds(found)
    total = _sum(row["current"] for row in projects)
    balances = (
        Balance(total, sum(group.current for group in departments)),
        Balance(total, sum(group.current for group in objects)),
        Balance(len(found), sum(kind.findings for kind in kinds)),
    )
    remarks = [
        *_state_remarks(workbooks),
        *_unplaced(store.rows(schema.unplaced, "workbook", "position"), files),
        *_balance_remarks(balances),
        *_mixed(projects),
        *_doubles(projects),
        *_nameless(projects, items),
    ]
    remarks.sort(key=lambda remark: list(Severity).index(remark.severity))
    return Summary(projects, items, departments, objects, kinds, remarks, *balances)


def _sum(amounts: Iterable[int | None]) -> int:
    return sum(amount for amount in amounts if amount is not None)


def _project(row: _Row, file: _Row, names: Aliases, standing: Mapping[tuple[int, str], int]) -> _Row:
    return {
        **row,
        **{name: file[name] for name in ("folder", "path", "run", "content")},
        "counted": names.name("project", row["name"]),
        "key": names.key("project", row["name"]),
        "department": names.name("division", row["division"]),
        "department_key": names.key("division", row["division"]),
        **{f"{s.value}s": standing.get((row["workbook"], s.value), 0) for s in Severity},
    }


def _item(row: _Row, project: _Row, names: Aliases) -> _Row:
    shared = ("folder", "path", "fiscal_year", "round", "account", "bureau", "department", "department_key")
    return {
        **row,
        **{name: project[name] for name in shared},
        "project": project["counted"],
        "object": names.name("object", row["object_name"]),
        "key": names.key("object", row["object_name"]),
    }


def _usual(texts: Iterable[str]) -> str:
    """Return the text that occurs most often, of several the first by its letters."""
    return min(Counter(texts).items(), key=lambda item: (-item[1], item[0]))[0]


def _grouped(rows: Iterable[_Row], key: Callable[[_Row], tuple[Any, ...]]) -> Iterator[list[_Row]]:
    groups: dict[tuple[Any, ...], list[_Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    yield from groups.values()


def _round_key(row: _Row) -> tuple[int, str]:
    return row["fiscal_year"], "".join(row["round"].split())


def _department_key(row: _Row) -> tuple[Any, ...]:
    return *_round_key(row), row["department_key"]


def _departments(projects: Sequence[_Row], items: Sequence[_Row]) -> list[Group]:
    """Return the departments; amounts are sums of items, counts are of projects."""
    of_items = {_department_key(rows[0]): rows for rows in _grouped(items, _department_key)}
    found = []
    for rows in _grouped(projects, _department_key):
        placed = of_items.get(_department_key(rows[0]), ())
        found.append(
            Group(
                rows[0]["fiscal_year"],
                _usual(row["round"] for row in rows),
                _usual(row["bureau"] for row in rows),
                _usual(row["department"] for row in rows) or NO_DIVISION,
                len(rows),
                _sum(row["previous"] for row in placed),
                _sum(row["current"] for row in placed),
                *(sum(row[f"{s.value}s"] for row in rows) for s in Severity),
            )
        )
    return sorted(found)


def _objects(items: Sequence[_Row]) -> list[Group]:
    codes: dict[str, set[str]] = defaultdict(set)
    for row in items:
        codes[row["key"]] |= {row["object_code"]} - {""}

    def code(row: _Row) -> str:
        """A name that has one code everywhere has it also where none is written."""
        known = codes[row["key"]]
        return row["object_code"] or (next(iter(known)) if len(known) == 1 else "")

    found = [
        Group(
            rows[0]["fiscal_year"],
            _usual(row["round"] for row in rows),
            code(rows[0]),
            _usual(row["object"] for row in rows) or NO_OBJECT,
            len({row["workbook"] for row in rows}),
            _sum(row["previous"] for row in rows),
            _sum(row["current"] for row in rows),
        )
        for rows in _grouped(items, lambda row: (*_round_key(row), code(row), row["key"]))
    ]
    return sorted(found)


def _kinds(found: Sequence[_Row]) -> list[Kind]:
    words = [*(severity.word for severity in Severity), ACCEPTED]
    rules = catalogue()

    def word(row: _Row) -> str:
        return Severity(row["severity"]).word if row["stands"] else ACCEPTED

    kinds = [
        Kind(
            word(rows[0]),
            rows[0]["code"],
            rules[rows[0]["code"]].title if rows[0]["code"] in rules else "",
            len(rows),
            len({row["workbook"] for row in rows}),
        )
        for rows in _grouped(found, lambda row: (word(row), row["code"]))
    ]
    return sorted(kinds, key=lambda kind: (words.index(kind.word), kind.code))


def _state_remarks(workbooks: Sequence[_Row]) -> Iterator[Remark]:
    for row in workbooks:
        if row["state"] == FAILED:
            yield Remark(Severity.ERROR, "읽지 못한 파일", row["reason"], row["path"], row["run"])
        elif row["state"] == REMOVED:
            text = f"폴더에서 없어졌습니다: {row['path']}. 합계에 들어 있지 않습니다."
            yield Remark(Severity.NOTE, "없어진 파일", text, row["path"], row["run"])
        else:
            assert row["state"] == COLLECTED


def _unplaced(rows: Sequence[_Row], files: Mapping[int, _Row]) -> Iterator[Remark]:
    for row in rows:
        file = files[row["workbook"]]
        where = f"{row['cell']} " if row["cell"] else ""
        yield Remark(Severity.ERROR, "담지 못한 금액", f"{where}{row['text']}", file["path"], file["run"])


def _balance_remarks(balances: Sequence[Balance]) -> Iterator[Remark]:
    for what, balance in zip(("부서합계", "통계목합계", "구분합계"), balances, strict=True):
        if balance.difference:
            text = (
                f"합계와 {what}가 {format_amount(balance.difference)} 다릅니다. 담지 못한 금액을 확인하세요."
            )
            yield Remark(Severity.ERROR, "합계 차이", text)


def _mixed(projects: Sequence[_Row]) -> Iterator[Remark]:
    """Years and rounds side by side: all but the most frequent one are named file by file."""
    groups = sorted(_grouped(projects, _round_key), key=lambda rows: (-len(rows), _round_key(rows[0])))
    if len(groups) < 2:
        return
    said = ", ".join(f"{_round(rows)} {len(rows):,}개" for rows in groups)
    yield Remark(Severity.WARNING, "연도·차수 섞임", f"회계연도나 차수가 섞여 있습니다: {said}.")
    for rows in groups[1:]:
        for row in rows:
            yield Remark(
                Severity.WARNING,
                "연도·차수 섞임",
                f"{row['path']}: {_round([row])}입니다.",
                row["path"],
                row["run"],
            )


def _round(rows: Sequence[_Row]) -> str:
    return f"{rows[0]['fiscal_year']}년 {_usual(row['round'] for row in rows)}"


def _doubles(projects: Sequence[_Row]) -> Iterator[Remark]:
    """The same project of the same department, year and round in several files."""
    for rows in _grouped(projects, lambda row: (*_department_key(row), row["key"])):
        if len(rows) < 2 or not rows[0]["key"]:
            continue
        paths = [row["path"] for row in rows]
        same = "내용이 같은 파일입니다. " if len({row["content"] for row in rows}) == 1 else ""
        extra = format_amount(_sum(row["current"] for row in rows[1:]))
        text = (
            f"{quoted(rows[0]['counted'])}({rows[0]['department'] or NO_DIVISION}, {_round(rows)})이 "
            f"{len(rows)}개 파일에 있습니다: {', '.join(paths)}. {same}둘째부터의 {extra}천원도 합계에 들어 있습니다."
        )
        yield Remark(Severity.WARNING, "중복 사업", text, paths[1], rows[1]["run"])


def _nameless(projects: Sequence[_Row], items: Sequence[_Row]) -> Iterator[Remark]:
    for row in projects:
        if not row["department_key"]:
            text = f"{row['path']}: 부서가 적혀 있지 않아 '{NO_DIVISION}'에 모았습니다."
            yield Remark(Severity.WARNING, "부서 없음", text, row["path"], row["run"])
    for row in items:
        if not row["key"]:
            text = (
                f"{row['path']} {row['object_cell'] or ''}: 과목이 적혀 있지 않아 '{NO_OBJECT}'에 모았습니다."
            )
            yield Remark(Severity.WARNING, "과목 없음", text, row["path"])
