"""사업설명서 as text: read into the model, printed and read again, and whatever has no place listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.made_projects import projects
from xlbudget import check
from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.description_text import print_description, read_description
from xlbudget.exchange.description_text.markup import escape, hide, unescape
from xlbudget.project import Item, Line, Project


@pytest.fixture(scope="session")
def documents(cases: Path) -> Path:
    return cases / "import"


def text_of(documents: Path, name: str) -> str:
    return (documents / name).read_text(encoding="utf-8")


def test_a_document_with_tabs_is_read_into_the_whole_model(documents: Path) -> None:
    read = read_description(text_of(documents, "tabs.txt"))
    assert read.unplaced == ()
    expected = Project.model_validate(json.loads(text_of(documents, "tabs.json")))
    assert read.project.model_dump() == expected.model_dump()


def test_pipes_and_other_headings_say_the_same(documents: Path) -> None:
    tabs, pipes = (read_description(text_of(documents, name)) for name in ("tabs.txt", "pipes.md"))
    assert pipes.unplaced == ()
    assert pipes.project == tabs.project


def test_units_rounds_and_several_labels_in_a_row(documents: Path) -> None:
    read = read_description(text_of(documents, "rounds.txt"))
    project = read.project
    assert read.unplaced == ()
    assert (project.name, project.fiscal_year, project.round) == ("마을 버스 손실 지원", 2026, "제1회 추경")
    assert project.account == "교통특별회계"
    assert [(f.source, f.amount) for f in project.funding] == [("도비", 250_000), ("군비", 1_000_000)]
    assert project.items[0].previous.total == 1_000_000
    assert project.schedule[0].amount == 1_250_000
    assert project.settlements[0].executed.total == 899_000
    assert check(project) == []


def test_what_has_no_place_is_listed_with_its_line(documents: Path) -> None:
    read = read_description(text_of(documents, "lost.txt"))
    listed = "".join(f"{lost.line_number}\t{lost.text}\n" for lost in read.unplaced)
    assert listed == text_of(documents, "lost.unplaced.txt")
    assert all(lost.reason for lost in read.unplaced)


def test_printed_figures_are_kept_beside_the_model_and_judged(documents: Path) -> None:
    text = text_of(documents, "tabs.txt")
    assert check(read_description(text).project) == []
    changed = text.replace("=\t7,200천원", "=\t7,300천원", 1)
    project = read_description(changed).project
    typed = project.evidence.typed["items/0/derivations/0/amount"]
    assert (typed.value, str(typed.place)) == (7300, "원문!D39")
    assert [finding.cells[0] for finding in check(project) if finding.severity == "error"] == ["원문!D39"]


def test_a_wrapped_word_is_joined_only_where_another_spelling_stands(documents: Path) -> None:
    text = text_of(documents, "tabs.txt")
    names = [item.object_name for item in read_description(text).project.items]
    assert names == ["사무관리비", "국내여비", "시책추진업무추진비"]
    alone = read_description(text.replace("시책추진업무추진비\t", "시책추진업무추진 비\t")).project
    assert alone.items[2].object_name == "시책추진업무추진 비"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: "가\n나\n", "제목을 찾지 못했습니다"),
        (lambda text: text + text, "사업이 둘 이상"),
        (lambda text: text.replace("2026", "").replace("2025", ""), "--year"),
    ],
)
def test_documents_that_are_refused(documents: Path, change, message: str) -> None:
    with pytest.raises(DocumentUnreadable, match=message):
        read_description(change(text_of(documents, "tabs.txt")))


def test_the_year_that_is_asked_for_counts_and_others_are_listed(documents: Path) -> None:
    read = read_description(text_of(documents, "tabs.txt"), year=2027)
    assert read.project.fiscal_year == 2027
    assert {lost.line_number for lost in read.unplaced} == {29, 38, 68}


def test_amounts_of_the_other_layer_and_notes_of_lines_survive() -> None:
    line = Line(label="강사료", expression="100,000원*3회", stated=300, subsidy=0, note="단가는 예산편성기준")
    project = Project(
        name="가", fiscal_year=2026, items=(Item(object_name="사무관리비", derivations=(line,)),)
    )
    text = print_description(project)
    assert "○ 강사료 100,000원*3회 = 300천원\t=\t(x0) 300천원\t단가는 예산편성기준" in text
    assert read_description(text).project == project


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(projects)
def test_printing_and_reading_gives_the_same_model(project: Project) -> None:
    read = read_description(print_description(project))
    assert read.unplaced == ()
    assert read.project.model_dump() == project.model_dump()


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from(("{}", "- {}", "{}\t{}", "\t{}", "| {} | 3 |", "### {}", "{} : {}", "{}\t=\t{}")),
)
def test_no_line_is_dropped(documents: Path, at: int, shape: str) -> None:
    lines = text_of(documents, "tabs.txt").split("\n")
    word = "끼워넣은말"
    lines.insert(at % len(lines), shape.format(word, word))
    read = read_description("\n".join(lines))
    found = read.project.model_dump_json().count(word) + sum(lost.text.count(word) for lost in read.unplaced)
    assert found >= shape.count("{}")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_no_changed_cell_is_dropped(documents: Path, at: int, cell: int) -> None:
    lines = text_of(documents, "tabs.txt").split("\n")
    rows = [number for number, line in enumerate(lines) if "\t" in line and "---" not in line]
    number = rows[at % len(rows)]
    cells = lines[number].split("\t")
    cells[cell % len(cells)] = "바뀐말"
    lines[number] = "\t".join(cells)
    read = read_description("\n".join(lines), year=2026)
    texts = [read.project.model_dump_json(), *(lost.text for lost in read.unplaced)]
    typed = [str(typed.value) for typed in read.project.evidence.typed.values()]
    assert any("바뀐말" in text for text in (*texts, *typed))


@settings(max_examples=300)
@given(st.text(max_size=20), st.text("○-=&<>(", max_size=3))
def test_a_cell_reads_back_as_its_text(text: str, also: str) -> None:
    text = "".join(character for character in text if not "\ud800" <= character <= "\udfff")
    for raw in (escape(text, also), hide(text, also)):
        assert not set("\t\n\r") & set(raw)
        assert unescape(raw) == text


def test_the_document_that_the_project_was_asked_for_is_read_and_printed(corpus: Path) -> None:
    found = sorted((corpus.parent / "seed").glob("*.txt"))
    if not found:
        pytest.skip("원본 문서 폴더(seed)가 없어 건너뜁니다")
    read = read_description(found[0].read_text(encoding="utf-8"))
    project = read.project
    assert read.unplaced == ()
    assert (project.fiscal_year, project.account, project.period) == (2021, "일반회계", "연례반복")
    assert [item.object_name for item in project.items] == ["사무관리비", "시책추진업무추진비"]
    assert project.organisation.division == "재정균형발전담당관"
    assert [len(project.summary), len(project.content), len(project.history)] == [2, 3, 4]
    assert [(result.year, len(result.text)) for result in project.results] == [
        (2018, 1),
        (2019, 2),
        (2020, 2),
    ]
    assert project.settlements[0].carried_over.total == 279_576
    assert project.evidence.typed["cost/total"].value == 13_500
    assert check(project) == []
    again = read_description(print_description(project))
    assert (again.unplaced, again.project) == ((), project)
