"""Amounts into the input sheets: the formulas, what stays blank, and LibreOffice's opinion of their values."""

from __future__ import annotations

import math
import random
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example as with_example
from hypothesis import given
from hypothesis import strategies as st

from tests import golden
from tests.painter import Painter, convert
from tests.sheets import Sheets, lay
from xlbudget.derivation import derive
from xlbudget.edits import Content, Edit, Formula, InsertRows, SetCells
from xlbudget.figures import Figures, ItemFigures, LineFigures, Settings, compute, rate
from xlbudget.findings import Finding, Severity
from xlbudget.grid import Cell, Grid, a1
from xlbudget.money import Rounding
from xlbudget.project import Place, Project
from xlbudget.workbook.description import description
from xlbudget.workbook.layout import OVERVIEW, TABLE, year_heading
from xlbudget.workbook.overview import calculation, overview, placement, rate_formula
from xlbudget.workbook.places import Figure, Pointers, sum_formula

CASES = Path(__file__).parent / "cases" / "projects"
INPUT = "xlb 입력 글"


def load(name: str) -> Project:
    return Project.model_validate_json((CASES / f"{name}.json").read_text(encoding="utf-8"))


def changed(project: Project, **fields: Any) -> Project:
    return Project.model_validate(project.model_dump() | fields)


def written(edits: list[Edit]) -> dict[str, Content]:
    """What edits write, by address."""
    found: dict[str, Content] = {}
    for edit in edits:
        assert isinstance(edit, SetCells)
        found |= {f"{edit.sheet}!{a1(*ref)}": content for ref, content in edit.cells.items()}
    return found


@pytest.fixture(scope="module")
def project() -> Project:
    return lay(load("example"))[0]


@pytest.mark.parametrize("name", ["example", "long"])
def test_edits_as_they_were_looked_at(name: str) -> None:
    project, _ = lay(load(name))
    figures = compute(project)
    cells = written(calculation(project, figures)) | written(overview(project, figures))
    golden.check(
        f"overview_{name}.txt", "".join(f"{at} {golden.shown(content)}\n" for at, content in cells.items())
    )


def test_a_line_gets_its_expression_and_a_heading_its_sum(project: Project) -> None:
    cells = written(calculation(project, compute(project)))
    assert (
        cells
        == {
            "산출근거!D6": Formula("SUM(D7:D8)", 7400),
            "산출근거!D7": Formula(derive("120,000원*25회*2개소", Rounding.CEIL).formula[1:], 6000),  # type: ignore[index]
            "산출근거!D8": Formula(derive("3,500원*400부", Rounding.CEIL).formula[1:], 1400),  # type: ignore[index]
            "산출근거!D9": Formula(derive("85,680원*2명*20일", Rounding.CEIL).formula[1:], 3428),  # type: ignore[index]
            "산출근거!D10": Formula(derive("591,660원*14대", Rounding.CEIL).formula[1:], 8284),  # type: ignore[index]
            "산출근거!D11": Formula(derive("1,386,000원", Rounding.CEIL).formula[1:], 1386),  # type: ignore[index]
        }
    )


def test_a_row_of_the_overview(project: Project) -> None:
    cells = written(overview(project, compute(project)))
    assert cells["예산총괄!D8"] == Formula("SUM('산출근거'!D6,'산출근거'!D9)", 10828)
    assert cells["예산총괄!D9"] == Formula("'산출근거'!D10", 8284)
    assert cells["예산총괄!F8"] == Formula("D8-B8", 1828)
    assert cells["예산총괄!G8"] == Formula("E8-C8", 500)
    rate = 'IF(B8=0,IF(D8=0,0,"순증"),ROUND((D8-B8)*1000/B8,0)/10)'
    assert cells["예산총괄!H8"] == Formula(rate, Decimal("20.3"))
    assert cells["예산총괄!H9"] == Formula(rate.replace("8", "9"), "순증")
    assert cells["예산총괄!D7"] == Formula("SUM(D8:D10)", 20498)
    assert cells["예산총괄!F7"] == Formula("D7-B7", 10112)
    assert "예산총괄!E8" not in cells, "the subsidy of this year is typed by people"


def test_totals_elsewhere(project: Project) -> None:
    cells = written(overview(project, compute(project)))
    assert cells["기본현황!B14"] == Formula("'예산총괄'!D7", 20498)
    assert cells["추진일정!D6"] == Formula("SUM(D7:D8)", 20500)
    assert cells["결산현황!J8"] == Formula("F8-(C8+D8+E8)", 0)
    assert cells["결산현황!K8"] == Formula("I8-(F8-G8-H8)", 0)
    assert cells["결산현황!J7"] is None, "a subsidy figure is missing"


def test_what_is_absent_stays_blank(project: Project) -> None:
    item = project.items[0].model_dump() | {"previous": {"total": None, "subsidy": 3}}
    item["derivations"][1]["expression"] = "엉터리"
    bare, _ = lay(changed(project, items=[item], schedule=[]))
    cells = written(calculation(bare, compute(bare))) | written(overview(bare, compute(bare)))
    assert cells["산출근거!D7"] is None, "no old number may stay beside a line that cannot be read"
    assert cells["산출근거!D6"] == Formula("SUM(D7:D8)", 1400)
    assert cells["예산총괄!F8"] is cells["예산총괄!H8"] is None
    assert cells["예산총괄!B7"] is cells["추진일정!D6"] is None
    assert cells["예산총괄!G8"] == Formula("E8-C8", 1497)


def test_nothing_is_written_without_cells() -> None:
    bare = load("example")
    assert calculation(bare, compute(bare)) == overview(bare, compute(bare)) == []


def test_a_figure_that_its_cell_does_not_hold_as_such_is_read_as_we_read_it(project: Project) -> None:
    """△1,200 and 2백만원 typed as text, 3,000.4 in a 천원 table: a spreadsheet would add something else."""
    items = [item.model_dump() for item in project.items]
    items[0]["previous"]["total"] = -1200
    odd, _ = lay(changed(project, items=items))
    odd.evidence.texts["items/0/previous/total"] = "△1,200"
    odd.evidence.texts["items/0/current_subsidy"] = "1.5백만원"
    odd.evidence.texts["items/1/previous/subsidy"] = "(x-)"
    place = str(odd.evidence.cells["items/2/previous/total"])
    odd.evidence.findings.append(
        Finding("BUD-N02", Severity.WARNING, "", (place,), path="items/2/previous/total")
    )
    cells = written(overview(odd, compute(odd)))
    typed = 'IFERROR(VALUE(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(B8," ",""),",",""),"△","-")),0)'
    assert cells["예산총괄!F8"] == Formula(f"D8-{typed}", 12028)
    assert cells["예산총괄!G8"] == Formula("1500-C8", 500)
    assert cells["예산총괄!B7"] == Formula(f"SUM(B9,{typed},ROUND(B10,0))", 186)
    assert cells["예산총괄!C7"].text.endswith(",N(C9))")


def test_total_leaves_out_what_is_no_item(project: Project) -> None:
    """A number of somebody's between the items is no part of 계."""
    moved = project.with_evidence(project.evidence.__class__(dict(project.evidence.cells)))
    for path, place in project.evidence.cells.items():
        if path.startswith("items/2/") and place.sheet == OVERVIEW:
            moved.evidence.cells[path] = Place(OVERVIEW, 12, place.column)
    grid = Grid(OVERVIEW, {(11, 4): Cell(77)})
    cells = written(overview(moved, compute(moved), grid))
    assert cells["예산총괄!D7"] == Formula("SUM(D8:D9,D12)", 20498)
    assert cells["예산총괄!B7"] == Formula("SUM(B8:B12)", 10386)


def spare_grid(rows: range, **others: Any) -> Grid:
    columns = {"object": 1, "previous": 2, "current": 4, "change": 6, "rate": 8}
    cells = {(5, columns[c.key]): Cell(c.heading, None, "xlb 입력 머리") for c in TABLE["overview"].columns}
    for column in range(2, 10):
        cells[6, column] = Cell("(x )" if column % 2 else "금액", None, "xlb 머리 아래")
    cells[7, 1] = Cell("계", None, "xlb 항목 계")
    cells |= {(row, 1): Cell(None, None, INPUT) for row in rows}
    return Grid(OVERVIEW, cells | {tuple(ref): cell for ref, cell in others.get("cells", {}).items()})


def test_total_reaches_over_the_free_rows_below(project: Project) -> None:
    cells = {(row, 1): Cell(name, None, INPUT) for row, name in ((8, "가"), (9, "나"), (10, "다"))}
    found = written(overview(project, compute(project), spare_grid(range(11, 15), cells=cells)))
    assert found["예산총괄!D7"] == Formula("SUM(D8:D14)", 20498)


def test_headings_that_follow_the_year_show_it(project: Project) -> None:
    formula, shown = year_heading("previous", project.fiscal_year)
    grid = spare_grid(range(11, 12), cells={(5, 2): Cell("전년도 예산액 (A)", formula, "xlb 입력 머리")})
    cells = written(overview(project, compute(project), grid))
    assert cells["예산총괄!B5"] == Formula(formula, "2026예산액 (A)") == Formula(formula, shown)
    assert "예산총괄!D5" not in cells, "a heading that somebody typed stays"


def alone(project: Project, *names: str) -> Project:
    """Items of these names stand in 산출근거 alone."""
    evidence = project.evidence.__class__(dict(project.evidence.cells))
    for index, item in enumerate(project.items):
        if item.object_name in names:
            for path in [path for path in evidence.cells if path.startswith(f"items/{index}/")]:
                if evidence.cells[path].sheet == OVERVIEW:
                    del evidence.cells[path]
    return project.with_evidence(evidence)


def test_an_item_of_derivations_alone_gets_the_next_free_row(project: Project) -> None:
    lone = alone(project, "행사운영비")
    named = {(8, 1): Cell("사무관리비", None, INPUT), (9, 1): Cell("자산및물품취득비", None, INPUT)}
    grid = spare_grid(range(10, 13), cells=named)
    cells = written(overview(lone, compute(lone), grid))
    assert cells["예산총괄!A10"] == "행사운영비"
    assert cells["예산총괄!D10"] == Formula("'산출근거'!D11", 1386)
    assert cells["예산총괄!D7"] == Formula("SUM(D8:D12)", 20498)
    placed = placement(lone, grid).project
    assert placed.evidence.place("items/2/rate/subsidy") == Place(OVERVIEW, 10, 9)
    assert placed == lone
    image = description(placed, compute(placed)).image
    assert any(content == Formula("'예산총괄'!D10", 1386) for content, _ in image.cells.values())  # type: ignore[union-attr]


def test_an_item_with_a_code_keeps_it(project: Project) -> None:
    lone = alone(project, "사무관리비", "자산및물품취득비", "행사운영비")
    placed = placement(lone, spare_grid(range(8, 12)))
    assert placed.edits == (
        SetCells(OVERVIEW, {(8, 1): "201-01 사무관리비", (9, 1): "자산및물품취득비", (10, 1): "행사운영비"}),
    )


def test_rows_are_inserted_where_none_is_free(project: Project) -> None:
    lone = alone(project, "자산및물품취득비", "행사운영비")
    placed = placement(lone, spare_grid(range(8, 9), cells={(8, 1): Cell("사무관리비", None, INPUT)}))
    assert placed.edits[0] == InsertRows(OVERVIEW, 9, 2)
    assert placed.project.evidence.place("items/2/current/total") == Place(OVERVIEW, 10, 4)


def test_nothing_is_inserted_above_a_total(project: Project) -> None:
    lone = alone(project, "행사운영비")
    for path in [path for path in lone.evidence.cells if path.startswith("total/")]:
        lone.evidence.cells[path] = Place(OVERVIEW, 30, lone.evidence.cells[path].column)
    grid = spare_grid(
        range(8, 9), cells={(8, 1): Cell("사무관리비", None, INPUT), (9, 1): Cell("자산", None, INPUT)}
    )
    assert placement(lone, grid).edits == ()


def test_nothing_is_added_where_a_name_may_be_misspelled(project: Project) -> None:
    items = [item.model_dump() for item in project.items]
    items[0]["derivations"] = []
    lone = alone(lay(changed(project, items=items))[0], "행사운영비")
    assert placement(lone, spare_grid(range(8, 20))).edits == ()
    assert placement(lone, None).edits == ()


def test_a_sum_of_many_parts_is_nested() -> None:
    terms = [f"A{row}" for row in range(1, 1001)]
    text = sum_formula(terms)
    assert text.count("SUM(") == 5
    inner = re.findall(r"SUM\(([^()]*)\)", text)
    assert [cells.count(",") + 1 for cells in inner] == [255, 255, 255, 235]
    assert ",".join(inner) == ",".join(terms)
    assert sum_formula(["A1"]) == "A1"
    assert sum_formula(["A1:A3"]) == "SUM(A1:A3)"


def test_a_formula_longer_than_a_cell_takes_is_written_as_its_value(project: Project) -> None:
    figures = compute(project)
    long = derive("1,000원*1" + "*1" * 5000, Rounding.CEIL)
    item = figures.items[1]
    lines = (LineFigures(1, (), long), *item.lines[1:])
    many = Figures(
        **{n: getattr(figures, n) for n in Figures.__slots__}
        | {"items": (figures.items[0], ItemFigures(item.row, lines), figures.items[2])}
    )  # type: ignore[arg-type]
    assert written(calculation(project, many))["산출근거!D10"] == 1


def test_pointers_know_runs(project: Project) -> None:
    pointers = Pointers(project.evidence)
    parts = [Figure(f"items/0/derivations/{at}/amount", at) for at in (0, 1, 3)]
    assert pointers.sum(parts, "산출근거") == "SUM(D6:D7,D9)"
    assert pointers.sum(parts, "산출근거", fill=True) == "SUM(D6:D9)"
    assert (
        pointers.sum([*parts, Figure("nowhere", -5)], "딴 시트", fill=True)
        == "SUM('산출근거'!D6:D7,'산출근거'!D9,(-5))"
    )


def in_floating_point(formula: str, **cells: float) -> Any:
    """Evaluate a rate formula in Python's binary floating point, as a spreadsheet does."""
    functions = {
        "IF": lambda test, yes, no: yes if test else no,
        "ROUND": lambda number, _: math.copysign(math.floor(abs(number) + 0.5), number),
    }
    return eval(formula.replace("=0", "==0"), {"__builtins__": {}}, functions | cells)


amounts = st.integers(-(10**11), 10**11)


@given(amounts.filter(bool), amounts, st.integers(0, 2), st.sampled_from(["", "순감"]))
@with_example(2000, 2023, 1, "")
@with_example(8000, 8001, 1, "")
@with_example(-8000, -8001, 1, "")
def test_a_rate_in_floating_point_meets_the_exact_one(
    previous: int, current: int, decimals: int, gone: str
) -> None:
    rules = Settings(rate_decimals=decimals, to_nothing=gone)
    exact = rate(previous, current, rules)
    found = in_floating_point(rate_formula("A", "B", rules), A=float(previous), B=float(current))
    assert found == (exact if isinstance(exact, str) else float(exact or 0))


def test_rate_formula_by_settings() -> None:
    assert rate_formula("B8", "D8", Settings()) == 'IF(B8=0,IF(D8=0,0,"순증"),ROUND((D8-B8)*1000/B8,0)/10)'
    assert rate_formula("B8", "D8", Settings(0, 'a"b', "순감")) == (
        'IF(B8=0,IF(D8=0,0,"a""b"),IF(D8=0,"순감",ROUND((D8-B8)*100/B8,0)))'
    )


EXPRESSIONS = (
    "150,000원*20명*3회", "85,680원*2명*20일", "230,000,000원*7%", "-2,677,500원", "3,427,200원*2.716%",
    "48,480원*1,349㎡*70/100", "1,584,400원*(60+(120-60)/2)월*6명", "500원", "0원", "엉터리", None,
)  # fmt: skip


def any_project(seed: int) -> Project:
    """A project of chance: blanks, zeros, negative and huge figures, headings within headings."""
    chance = random.Random(seed)

    def amount() -> int | None:
        return chance.choice(
            [None, 0, 0, 1, 8, 2000, -3, 13_500, 99_999_999_999, chance.randint(-(10**7), 10**9)]
        )

    def pair() -> dict[str, int | None]:
        return {"total": amount(), "subsidy": amount()}

    def lines() -> list[dict[str, Any]]:
        count = chance.choice([0, 1, 2, 5, 9])
        return [
            {
                "depth": 0 if n == 0 else chance.randint(0, 2),
                "label": "강사료",
                "expression": chance.choice(EXPRESSIONS),
            }
            for n in range(count)
        ]

    return Project.model_validate(
        {
            "name": f"사업 {seed}", "fiscal_year": 2027, "rounding": chance.choice(["ceil", "half-up", "floor"]),
            "funding": [{"source": s, "amount": amount() or 0} for s in chance.sample(["국비", "시비", "도비", '특"별"', "기금"], 3)],
            "items": [
                {"object_name": f"과목 {n}", "previous": pair(), "current_subsidy": amount(), "derivations": lines()}
                for n in range(chance.randint(0, 5))
            ],
            "schedule": [{"step": "단계", "amount": amount()} for _ in range(chance.randint(0, 3))],
            "settlements": [
                {"year": 2020 + n, **{key: pair() for key in ("final_budget", "carried_in", "changes", "available", "executed", "carried_over", "unspent")}}
                for n in range(chance.randint(0, 3))
            ],
        }
    )  # fmt: skip


def paint(project: Project, sheets: Sheets, rules: Settings, path: Path) -> dict[str, Content]:
    """Paint a project with everything that we write; return what our formulas say."""
    figures = compute(project, rules)
    edits = [*calculation(project, figures), *overview(project, figures, None, rules)]
    sheet = description(project, figures)
    painter = Painter()
    for name, cells in sheets.items():
        painter.cells(name, cells)
    painter.apply([*edits, sheet])
    painter.save(path)
    image: Any = sheet.image
    return written(edits) | {f"{sheet.name}!{a1(*ref)}": content for ref, (content, _) in image.cells.items()}


@pytest.mark.office
def test_libreoffice_calculates_every_formula_to_its_cached_value(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    expected: dict[Path, dict[str, Content]] = {}
    named = [lay(load(name)) for name in ("example", "long", "empty")]
    for number, (project, sheets) in enumerate([*named, *(lay(any_project(seed)) for seed in range(25))]):
        rules = Settings(number % 3, "순증", "순감" if number % 4 == 3 else "")
        path = tmp_path / f"{number}.xlsx"
        expected[path] = paint(project, sheets, rules, path)
    folder = tmp_path / "calculated"
    folder.mkdir()
    formulas = 0
    differences = []
    for path, made in zip(expected, convert(list(expected), folder, "xlsx"), strict=True):
        book = load_workbook(made, data_only=True)
        for address, content in expected[path].items():
            if isinstance(content, Formula):
                formulas += 1
                sheet, _, cell = address.partition("!")
                found = book[sheet][cell].value
                wanted = float(content.value) if isinstance(content.value, int | Decimal) else content.value
                if (float(found) if isinstance(found, int | float) else found) != wanted:
                    differences.append((path.name, address, content, found))
    assert formulas > 1500
    assert differences == []
