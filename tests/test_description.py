"""The printed 사업설명서: its blocks, its formulas, its texts, and its pages."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import golden
from tests.painter import Painter, convert
from tests.sheets import lay
from xlbudget.edits import Formula, SheetImage
from xlbudget.figures import Settings, compute
from xlbudget.grid import Area, a1, quote_sheet
from xlbudget.project import Project, Step
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook.description import description
from xlbudget.workbook.description.draft import NONE, WIDTHS, bullet
from xlbudget.workbook.description.narrative import period
from xlbudget.workbook.layout import DESCRIPTION
from xlbudget.workbook.overview import calculation, overview
from xlbudget.workbook.pages import CONTINUED, usable_height
from xlbudget.workbook.styles import STYLES
from xlbudget.workbook.text import LONGEST_CELL, height, line_count, room

CASES = Path(__file__).parent / "cases" / "projects"


def load(name: str) -> Project:
    return Project.model_validate_json((CASES / f"{name}.json").read_text(encoding="utf-8"))


def draw(project: Project, **options: Any) -> SheetImage:
    edit = description(project, compute(project), **options)
    assert edit.name == DESCRIPTION
    assert isinstance(edit.image, SheetImage)
    return edit.image


def changed(project: Project, **fields: Any) -> Project:
    return Project.model_validate(project.model_dump() | fields)


@pytest.fixture(scope="module")
def example() -> Project:
    return load("example")


def contents(image: SheetImage) -> Iterator[Any]:
    """What the cells say, row by row; formulas by their cached value."""
    for _, (content, _) in sorted(image.cells.items()):
        if content is not None:
            yield content.value if isinstance(content, Formula) else content


def texts(image: SheetImage) -> list[str]:
    return [content for content in contents(image) if isinstance(content, str)]


def cell_of(image: SheetImage, text: str) -> tuple[int, int]:
    return next(ref for ref, (content, _) in sorted(image.cells.items()) if content == text)


def test_blocks_stand_in_the_order_of_the_form(example: Project) -> None:
    form = [
        "작은도서관 운영 지원",
        "1", "기본 현황", "□ 사업개요", "회 계", "사업기간", "사업내용", "사업비\n(당해년도)", "기타 (예산 외)",
        "□ 사업 담당자", "실·국", "부서명", "과 장", "팀 장", "주무관",
        "2", "예산 설명", "□ 예산 총괄", "(단위 : 천원, %)", "구 분", "2026예산액\n(A)", "2027예산액\n(B)", "증감",
        "(B-A)", "(B-A)*100/A", "계", "사무관리비", "자산및물품취득비", "행사운영비",
        "□ 산출근거", "과목구분", "2027년 예산내역", "=",
        "3", "사업 설명", "□ 사업목적", "□ 사업근거", "□ 사업내용", "□ 추진경위",
        "□ 2027년도 추진일정", "(단위 : 천원)", "사업추진절차", "추진기간", "예산집행금액", "추진세부내용", "계",
        "4", "사업 효과", "□ 최근 3년 추진실적", "연 도", "추진실적", "2024년도", "2025년도", "2026년도",
        "□ 향후 기대효과",
        "5", "최근 3년 결산 현황", "(단위 : 천원)", "연도", "최종예산", "전년이월", "예산변경", "예산현액", "집행액",
        "차년이월", "집행잔액", "2024", "2025",
    ]  # fmt: skip
    found = iter(texts(draw(example)))
    assert all(text in found for text in form)
    assert any(text.startswith("※ 실·국") for text in texts(draw(example)))


@pytest.mark.parametrize("name", ["example", "empty", "long"])
def test_sheet_as_it_was_looked_at(name: str) -> None:
    project, _ = lay(load(name))
    golden.check(f"description_{name}.txt", golden.sheet_text(draw(project)))


def test_amounts_point_at_the_cells_that_hold_them(example: Project) -> None:
    project, sheets = lay(example)
    cells = {
        f"{quote_sheet(place.sheet)}!{a1(place.row, place.column)}": path
        for path, place in project.evidence.cells.items()
    }
    image = draw(project)
    formulas = [content for content, _ in image.cells.values() if isinstance(content, Formula)]
    assert {cells[formula.text].rsplit("/", 1)[0] for formula in formulas} >= {
        "cost", "items/0/previous", "items/0/current", "items/0/change", "items/0/rate", "total/change",
        "items/0/derivations/1", "funding/0", "schedule/1", "settlements/1/unspent",
    }  # fmt: skip
    for formula in formulas:
        place = project.evidence.cells[cells[formula.text]]
        typed = sheets[place.sheet].get((place.row, place.column))
        assert typed is None or typed == formula.value
    numbers = [content for content, _ in image.cells.values() if isinstance(content, int | Decimal)]
    assert not any(numbers), "only the fixed sources of funds are plain zeros"


def test_figures_stand_in_their_rows(example: Project) -> None:
    image = draw(example)
    row, _ = cell_of(image, "사무관리비")
    assert [image.cells[row, column][0] for column in (4, 6, 8, 10)] == [1000, 1500, 500, Decimal("50.0")]
    assert [image.cells[row + 1, column][0] for column in (4, 6, 8, 10)] == [
        9000,
        10828,
        1828,
        Decimal("20.3"),
    ]
    row, _ = cell_of(image, "자산및물품취득비")
    assert [image.cells[row, column][0] for column in (4, 6, 8, 10)] == [0, 2500, 2500, "순증"]
    assert [image.cells[row + 1, column][1] for column in (4, 6, 8, 10)] == [
        "xlb 금액",
        "xlb 금액",
        "xlb 금액",
        "xlb 비율",
    ]


def test_a_project_without_cells_gives_the_same_sheet(example: Project) -> None:
    plain, pointing = draw(example), draw(lay(example)[0])
    assert list(contents(plain)) == list(contents(pointing))
    assert not any(isinstance(content, Formula) for content, _ in plain.cells.values())
    for field in ("merges", "heights", "breaks", "columns", "page", "print_area"):
        assert getattr(plain, field) == getattr(pointing, field)
    assert {ref: style for ref, (_, style) in plain.cells.items()} == {
        ref: style for ref, (_, style) in pointing.cells.items()
    }


def test_an_absent_amount_is_blank_and_an_absent_subsidy_zero(example: Project) -> None:
    item = example.items[0].model_dump() | {"previous": {"total": None, "subsidy": None}}
    project, _ = lay(changed(example, items=[item]))
    image = draw(project)
    row, _ = cell_of(image, "사무관리비")
    assert image.cells[row, 4][0] == Formula("'예산총괄'!C8", 0)
    assert image.cells[row + 1, 4] == (None, "xlb 금액")
    assert image.cells[row + 1, 8] == (None, "xlb 금액")


def test_a_figure_typed_as_text_is_read_out_of_it(example: Project) -> None:
    project, _ = lay(example)
    project.evidence.texts["items/0/previous/total"] = "9,000"
    image = draw(project)
    row, _ = cell_of(image, "사무관리비")
    read = """IFERROR(VALUE(SUBSTITUTE(SUBSTITUTE('예산총괄'!B8," ",""),",","")),0)"""
    assert image.cells[row + 1, 4][0] == Formula(read, 9000)
    project.evidence.texts["items/0/previous/total"] = "9백만원"
    assert draw(project).cells[row + 1, 4][0] == 9000
    assert isinstance(image.cells[row + 1, 6][0], Formula)


def funding_cells(project: Project) -> list[tuple[Any, str | None]]:
    image = draw(project)
    first, _ = cell_of(image, "사업비\n(당해년도)")
    last = image.heights and next(
        row for row in range(first, first + 20) if image.cells[row, 1][1] == "xlb 마감선"
    )
    return [image.cells[row, column] for row in range(first, last) for column in (4, 6, 8)]


def test_fixed_sources_always_stand(example: Project) -> None:
    cells = funding_cells(changed(example, funding=[]))
    assert [cell for cell in cells if cell[1] and "재원" in cell[1]] == [
        (0, "xlb 재원 국비"), (0, "xlb 재원 시비"), (0, "xlb 재원 구비"), (0, "xlb 재원 기타"),
    ]  # fmt: skip


def test_other_sources_get_further_slots() -> None:
    long, _ = lay(load("long"))
    cells = [cell for cell in funding_cells(long) if cell[1] and "재원" in cell[1]]
    formulas = {(cell[0].text, cell[0].value): cell[1] for cell in cells if isinstance(cell[0], Formula)}
    assert formulas["'기본현황'!B16+'기본현황'!B22", 10_000_000_000] == "xlb 재원 시비"
    assert formulas["'기본현황'!B15", -9_999_999_999] == "xlb 재원 국비"
    assert [value for _, value in formulas if isinstance(value, str)] == [
        "(도비) 1,234천원", '(균특 "가") △5천원', "(기금)", "(민간) 77천원",
    ]  # fmt: skip
    text = next(text for text, value in formulas if value == '(균특 "가") △5천원')
    assert text == (
        '"(균특 ""가"")"&IF(\'기본현황\'!B18=0,""," "&TEXT(\'기본현황\'!B18,'
        '"#,##0""천원"";""△""#,##0""천원"""))'
    )


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("연례반복", "☑ 연례반복"),
        (" 신규 ", "☑ 신규"),
        ("2025년 ~ 2029년(5년간)", "2025년 ~ 2029년(5년간)"),
        ("", None),
    ],
)
def test_period(example: Project, written: str, printed: str | None) -> None:
    image = draw(changed(example, period=written))
    row, _ = cell_of(image, "사업기간")
    assert image.cells[row, 4][0] == printed


@pytest.mark.parametrize(
    ("text", "mark", "said"),
    [
        ("주민 모임", "-", "주민 모임"),
        ("- 주민 모임", "-", "주민 모임"),
        ("-주민 모임", "-", "주민 모임"),
        ("○ 주민 모임", "○", "주민 모임"),
        ("ㅇ주민 모임", "○", "주민 모임"),
        ("o 주민 모임", "○", "주민 모임"),
        ("· 주민 모임", "·", "주민 모임"),
        ("※ 따로 정함", "※", "따로 정함"),
        ("○○구 지원", "-", "○○구 지원"),
        ("-5% 조정", "-", "-5% 조정"),
        ("open API", "-", "open API"),
        ("○", "○", ""),
        ("  ", "-", ""),
    ],
)
def test_bullets_bring_their_own_mark(text: str, mark: str, said: str) -> None:
    assert bullet(text, "-") == (mark, said)


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [("2027.01", "2027.12", "2027.01~2027.12"), ("2027.03", "", "2027.03"), ("2027.03", "2027.03", "2027.03"),
     ("", "2027.12", "~2027.12"), ("", "", "")],
)  # fmt: skip
def test_period_of_a_step(start: str, end: str, shown: str) -> None:
    assert period(Step(start=start, end=end)) == shown


def test_bullets_hang_beside_their_mark(example: Project) -> None:
    image = draw(example)
    row, column = cell_of(image, "(장서) 해마다 새 책을 들이고 낡은 책을 바꿈")
    assert column == 3
    assert image.cells[row, 2] == ("-", "xlb 글머리")
    long = draw(load("long"))
    row = next(
        row
        for (row, _), (content, _) in long.cells.items()
        if isinstance(content, str) and content.startswith("2000년")
    )
    assert long.cells[row, 1] == ("○", "xlb 글머리")
    assert Area(row, 2, row, 10) in long.merges


def test_a_supplementary_round_is_named(example: Project) -> None:
    image = draw(changed(example, round="제1회 추경"))
    assert {"기정예산액\n(A)", "경정예산액\n(B)"} <= set(texts(image))
    assert "2027년도 예산 사업설명서(제1회 추경)" in image.page.header


def test_header_and_footer() -> None:
    page = draw(load("long")).page
    left, right = page.header.split("&R")
    assert left == "&L&8&K5B66732027년도 예산 사업설명서(제1회 추경)"
    assert right.startswith('&8&K5B6673강변 산책로 && "자전거 길" 정비와')
    assert right.endswith("…")
    assert page.footer.endswith("&C&8&K5B6673- &P -")
    assert len(page.header) <= 255


def test_nothing_to_say_is_said() -> None:
    image = draw(load("empty"))
    assert texts(image).count(NONE) == 11
    assert not any(isinstance(content, int) and content for content in contents(image))


def test_the_form_has_its_grid(example: Project) -> None:
    image = draw(example)
    assert image.columns == WIDTHS
    assert round(sum(WIDTHS.values()), 1) == 84.3
    assert not image.gridlines
    assert image.print_area == Area(1, 1, max(image.heights), 10)


def test_the_demo_fills_two_pages() -> None:
    demo = Project.model_validate_json(resource(DEMO_PROJECT).read_text(encoding="utf-8"))
    assert len(draw(demo).breaks) == 1


def test_narrower_columns_of_a_user_make_higher_rows(example: Project) -> None:
    usual, narrow = (
        draw(example),
        draw(example, widths={column: width / 2 for column, width in WIDTHS.items()}),
    )
    assert list(contents(usual)) == list(contents(narrow))
    row, _ = cell_of(usual, "※ 실·국과 부서 이름은 예산서를 따른 것으로, 지금의 조직과 다를 수 있습니다.")
    assert narrow.heights[row] > usual.heights[row]
    assert draw(example, widths={}) == usual


def long_texts(project: Project) -> Iterator[str]:
    yield project.name
    yield from project.summary
    for texts in (project.purpose, project.grounds, project.content, project.history, project.effects):
        yield from (bullet(text, "")[1] for text in texts)
    for item in project.items:
        yield item.object_name
        for line in item.derivations:
            yield f"{line.label}{line.expression or ''}"
    for step in project.schedule:
        yield from (step.step, step.detail)
    for year in project.results:
        yield from year.text


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("name", ["example", "long"])
def test_no_text_is_lost(name: str) -> None:
    project = load(name)
    columns: dict[int, str] = {}
    for (_, column), (content, _) in sorted(draw(project).cells.items()):
        if isinstance(content, str):
            columns[column] = columns.get(column, "") + squeezed(content)
    printed = "|".join(columns.values())
    for text in long_texts(project):
        assert squeezed(bullet(text, "")[1]) in printed


@pytest.mark.parametrize("widths", [None, {4: 40.0}, {3: 5.0, 10: 6.0}])
@pytest.mark.parametrize("name", ["example", "long", "empty"])
def test_every_text_has_the_height_that_it_needs(name: str, widths: dict[int, float] | None) -> None:
    image = draw(load(name), widths=widths)
    for area, text, style in wrapped(image):
        columns = WIDTHS | (widths or {})
        space = room(sum(columns[column] for column in range(area.left, area.right + 1)), STYLES[style])
        have = sum(image.heights[row] for row in range(area.top, area.bottom + 1))
        assert have >= height(line_count(text, space), STYLES[style].size), text
        assert max(image.heights.values()) <= 409


def wrapped(image: SheetImage) -> Iterator[tuple[Area, str, str]]:
    areas = {(area.top, area.left): area for area in image.merges}
    for ref, (content, style) in image.cells.items():
        if isinstance(content, str) and style is not None and STYLES[style].wrap:
            yield areas.get(ref, Area(*ref, *ref)), content, style


def pages(image: SheetImage) -> list[range]:
    ends = [*image.breaks, max(image.heights)]
    return [range(start + 1, end + 1) for start, end in pairwise([0, *ends])]


def assert_pages(image: SheetImage) -> None:
    for page in pages(image):
        assert sum(image.heights[row] for row in page) <= usable_height(image.page)
        styles = [
            {image.cells[row, column][1] for column in range(1, 11) if (row, column) in image.cells}
            for row in page
        ]
        assert not styles[-1] & {
            "xlb 절제목",
            "xlb 장제목",
            "xlb 머리",
            "xlb 지원액",
            "xlb 지원율",
            "xlb 단위",
        }
        assert styles[0], "no gap at the top of a page"
        assert styles[-1], "no gap at its foot"
    for area in image.merges:
        assert not any(area.top <= row < area.bottom for row in image.breaks), "no merged area is cut"


@pytest.mark.parametrize("name", ["example", "long", "empty"])
def test_pages_end_well(name: str) -> None:
    assert_pages(draw(load(name)))


def test_a_table_over_pages_repeats_its_heading_and_names_what_goes_on() -> None:
    image = draw(load("long"))
    heads = [row for (row, column), (content, _) in image.cells.items() if content == "과목구분"]
    assert len(heads) > 1
    starts = {page[0] for page in pages(image)}
    assert starts >= set(heads[1:])
    for row in heads[1:]:
        assert image.cells[row - 1, 1][1] == "xlb 마감선"
    assert any(text.endswith(CONTINUED) for text in texts(image))
    assert not any(text.endswith(CONTINUED) and "구 분" in text for text in texts(image))


def test_merged_areas_are_whole() -> None:
    for name in ("example", "long", "empty"):
        assert_merges(draw(load(name)))


def assert_merges(image: SheetImage) -> None:
    seen: set[tuple[int, int]] = set()
    for area in image.merges:
        refs = {
            (row, column)
            for row in range(area.top, area.bottom + 1)
            for column in range(area.left, area.right + 1)
        }
        assert not refs & seen
        seen |= refs
        assert len({image.cells[ref][1] for ref in refs}) == 1
        assert all(image.cells[ref][0] is None for ref in refs - {(area.top, area.left)})
    assert all(style in STYLES for _, style in image.cells.values())
    assert all(1 <= column <= 10 for _, column in image.cells)


amounts = st.none() | st.integers(-(10**12), 10**12)
pairs = st.fixed_dictionaries({"total": amounts, "subsidy": amounts})
words = st.text(st.sampled_from("가나다 ○-※ 123,원*%()\n&\"'=+@"), max_size=60) | st.builds(
    lambda word, times: word * times,
    st.sampled_from(["정비 ", "산책로", "=", "\n", "1,000원*3 "]),
    st.integers(0, 900),
)
line = st.fixed_dictionaries(
    {
        "depth": st.integers(0, 3),
        "label": words,
        "expression": st.none() | st.sampled_from(["1,000원*3", "-5원", "엉터리", "7%"]),
    }
)
item = st.fixed_dictionaries(
    {
        "object_name": words,
        "previous": pairs,
        "current_subsidy": amounts,
        "derivations": st.lists(line, max_size=6),
    }
)
several = st.lists(words, max_size=4)
projects = st.builds(
    Project.model_validate,
    st.fixed_dictionaries(
        {
            "name": words, "fiscal_year": st.integers(1990, 2100), "period": words, "summary": several,
            "funding": st.lists(st.fixed_dictionaries({"source": words, "amount": st.integers(-9, 10**12), "in_budget": st.booleans()}), max_size=5),
            "items": st.lists(item, max_size=5), "purpose": several, "content": several, "effects": several,
            "schedule": st.lists(st.fixed_dictionaries({"step": words, "start": words, "amount": amounts, "detail": words}), max_size=3),
            "results": st.lists(st.fixed_dictionaries({"year": st.integers(2000, 2030), "text": several}), max_size=3),
            "settlements": st.lists(st.fixed_dictionaries({"year": st.integers(2000, 2030), "changes": pairs}), max_size=3),
        }
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(projects, st.booleans())
def test_any_project_gives_a_sound_sheet(project: Project, with_cells: bool) -> None:
    if with_cells:
        project, _ = lay(project)
    image = draw(project)
    assert_merges(image)
    assert max(image.heights.values()) <= 409
    assert all(len(text) <= LONGEST_CELL for text in texts(image))
    for page in pages(image):
        assert page
    printed = squeezed("".join(texts(image)))
    for text in (*project.purpose, *project.content, *project.effects):
        said = squeezed(bullet(text, "")[1])
        assert re.sub(r"\W", "", said) in re.sub(r"\W", "", printed)


def test_rates_in_words(example: Project) -> None:
    figures = compute(changed(example, items=[example.items[1].model_dump()]), Settings(from_nothing="신설"))
    image = description(changed(example, items=[example.items[1].model_dump()]), figures).image
    assert isinstance(image, SheetImage)
    row, _ = cell_of(image, "자산및물품취득비")
    assert image.cells[row, 10] == ("신설", "xlb 지원율")
    assert image.cells[row + 1, 10] == ("신설", "xlb 비율")


@pytest.mark.office
@pytest.mark.parametrize("name", ["example", "long", "empty"])
def test_pdf_holds_every_text_on_the_pages_meant(name: str, tmp_path: Path) -> None:
    project, sheets = lay(load(name))
    figures = compute(project)
    edit = description(project, figures)
    painter = Painter()
    painter.apply([edit])
    for sheet, cells in sheets.items():
        painter.cells(sheet, cells)
        painter.book[sheet].sheet_state = "hidden"
    painter.apply([*calculation(project, figures), *overview(project, figures)])
    (pdf,) = convert([painter.save(tmp_path / f"{name}.xlsx")], tmp_path, "pdf")
    printed = squeezed(run_tool("pdftotext", "-raw", str(pdf), "-"))
    image = draw(project)
    for text in texts(image):
        assert squeezed(text) in printed, text
    assert f"Pages:{len(pages(image))}" in squeezed(run_tool("pdfinfo", str(pdf))).replace("Pagesize", "\n")
    if name == "long":
        assert "△99,999,999,999" in printed
        assert "(x순증)" in printed
        assert "(시비)10,000,000,000천원" in printed


@pytest.mark.office
def test_no_text_is_clipped_where_it_is_drawn(tmp_path: Path) -> None:
    """Each text on a page of its own, in one cell as wide as its own: the drawn lines fit into its rows."""
    painter = Painter()
    heights: list[float] = []
    for name in ("example", "long"):
        image = draw(load(name))
        for area, text, style in wrapped(image):
            width = round(sum(WIDTHS[column] for column in range(area.left, area.right + 1)), 1)
            sheet = painter.sheet(f"{len(heights)}")
            sheet.column_dimensions["A"].width = width
            sheet.row_dimensions[1].height = 409
            sheet.page_setup.paperSize = 8
            sheet.page_setup.orientation = "landscape"
            painter.cells(sheet.title, {(1, 1): text}, {(1, 1): style})
            heights.append(sum(image.heights[at] for at in range(area.top, area.bottom + 1)))
    (pdf,) = convert([painter.save(tmp_path / "texts.xlsx")], tmp_path, "pdf")
    drawn = run_tool("pdftotext", "-bbox", str(pdf), "-").split("<page ")[1:]
    assert len(drawn) == len(heights)
    extents = [drawn_height(page) for page in drawn]
    assert [at for at, (need, have) in enumerate(zip(extents, heights, strict=True)) if need > have] == []
    assert sum(need > 20 for need in extents) > 50, "texts of several lines are among them"


def drawn_height(page: str) -> float:
    """The points from the top of the first line of a page to the foot of its last."""
    tops = [float(top) for top in re.findall(r'yMin="([\d.]+)"', page)]
    feet = [float(foot) for foot in re.findall(r'yMax="([\d.]+)"', page)]
    return max(feet, default=0) - min(tops, default=0)


def run_tool(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, timeout=120).stdout.decode()
