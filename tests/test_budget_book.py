"""Budget-book exports: every 세부사업 a project, every row accounted for, every total reconciled."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget import check
from xlbudget.book.file import FileBook
from xlbudget.exchange import DocumentUnreadable
from xlbudget.exchange.budget_book import Book, csv_rows, fiscal_year, grid_rows, read_book
from xlbudget.exchange.budget_book.names import file_names, safe_part
from xlbudget.figures import compute
from xlbudget.project import Item

TREE, LIST = "book_tree_2027.csv", "book_list.csv"
Rows = list[list[str]]


def rows_of(cases: Path, name: str) -> Rows:
    return csv_rows((cases / "import" / name).read_bytes(), name)


@pytest.fixture
def tree_rows(cases: Path) -> Rows:
    return rows_of(cases, TREE)


@pytest.fixture(scope="session")
def tree(cases: Path) -> Book:
    return read_book(rows_of(cases, TREE), year=2027, name=TREE)


def line_texts(item: Item) -> list[str]:
    return [
        f"{line.depth}{line.marker} {line.label} {line.expression or ''}".strip() for line in item.derivations
    ]


def totals_hold(book: Book) -> bool:
    return all(total.difference == 0 for total in book.reconciliation.levels)


def test_each_detail_is_a_project(tree: Book) -> None:
    projects = [project for _, project in tree.projects()]
    assert [project.name for project in projects] == [
        "별빛 관측소 운영", "어린이 별 학교(국도비)", "마을 회관 고치기", "옛 우물 정비",
    ]  # fmt: skip
    assert [compute(project).cost for project in projects] == [50_180, 12_000, 9_000, 0]
    assert projects[0].organisation.division == "별빛과"
    office, power, travel = projects[0].items
    assert (office.object_code, office.object_name, office.previous.total) == ("201-01", "사무관리비", 40_000)
    assert line_texts(office) == [
        "0◎ 일반수용비",
        "1○ 관측소 안내 책자 및 포스터 제작 5,000원*1,000부*2회",
        "1○ 소모품 19,999,500원",
        "0◎ 청소 용역 19,000원*1명*30시간*12월",
        "0◎ 임차료",
        "1○ 망원경",
        "2- 대형 345,000원*1대*12월",
        "2- 소형 50,000원*1대*12월",
    ]
    assert line_texts(power) == ["0◎ 전기요금 200,000원*12월"]
    assert (line_texts(travel), travel.derivations[0].note) == (
        ["0◎ 관측 행사 출장(일괄) 6,200천원"],
        "산출식 없이 금액만 적힌 줄",
    )


def test_sources_of_funds_and_subsidies(tree: Book) -> None:
    school = tree.project(tree.entries[1])
    assert [(f.source, f.amount) for f in school.funding] == [
        ("국비", 6_000),
        ("도비", 3_000),
        ("군비", 3_000),
    ]
    assert school.items[0].current_subsidy == 9_000
    assert [line.subsidy for line in school.items[0].derivations] == [3_000, 6_000]
    assert [finding for finding in check(school) if finding.severity == "error"] == []


def test_an_advance_that_a_later_one_renews_is_kept_as_its_note(tree: Book) -> None:
    lines = tree.project(tree.entries[1]).items[0].derivations
    assert [(line.label, line.expression) for line in lines] == [
        ("별 학교 운영", "6,000,000원"),
        ("별 학교 천체 강사(성립전)", "6,000,000원"),
    ]
    assert lines[1].note == "추경 1회 성립전 2차, 기정 4,000,000원"
    assert tree.reconciliation.replaced == 1


def test_an_advance_on_an_unknown_old_state_adds_only_its_change(tree_rows: Rows) -> None:
    first = next(at for at, row in enumerate(tree_rows) if "별 학교 천체 강사" in row[8])
    tree_rows[first][8] = "◎다른 이름(성립전)"
    book = read_book(tree_rows, year=2027)
    lines = book.project(book.entries[1]).items[0].derivations
    assert lines[2].expression == "6,000,000원-4000천원"
    assert totals_hold(book)


def test_the_record_proves_that_nothing_is_lost(tree: Book) -> None:
    record = tree.reconciliation
    assert (record.rows, record.placed, record.unplaced) == (70, 70, 0)
    assert [(total.headings, total.printed, total.computed) for total in record.levels] == [
        (2, 71_180, 71_180), (2, 71_180, 71_180), (2, 71_180, 71_180),
        (4, 71_180, 71_180), (5, 71_180, 71_180), (6, 71_180, 71_180),
    ]  # fmt: skip
    assert (record.derivations, record.equal, record.mismatches) == (10, 10, ())
    assert record.complete
    assert record.lines()[0] == "행: 읽음 70 = 놓음 70 + 놓지 못함 0"


def test_a_list_of_lines_with_its_heading_on_row_2(cases: Path) -> None:
    book = read_book(rows_of(cases, LIST), year=2027, name=LIST)
    assert book.round == "추경1"
    assert [entry.file_name for entry in book.entries] == [
        "별빛과_별 관측_관측소 운영_관측소 고치기.xlsx", "별빛과_별 관측_관측소 운영__CON.xlsx",
    ]  # fmt: skip
    repair = book.project(book.entries[0])
    assert [(f.source, f.amount) for f in repair.funding] == [("국비", 10_000), ("자체재원", 33_500)]
    assert [(item.object_code, item.previous.total) for item in repair.items] == [
        ("401-01", 20_000),
        ("201-01", 1_000),
    ]
    assert compute(repair).cost == 43_500
    assert [(lost.row, lost.reason) for lost in book.unplaced] == [
        (7, "회계연도가 2027년이 아닙니다: '2026'."),
        (8, "예산액 칸: 쉼표 자리에 소수점이 있습니다: '1.000'."),
    ]
    assert totals_hold(book)
    assert (book.reconciliation.rows, book.reconciliation.placed) == (7, 5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_encodings(cases: Path, encoding: str) -> None:
    text = (cases / "import" / LIST).read_text(encoding="utf-8")
    assert csv_rows(text.encode(encoding)) == rows_of(cases, LIST)


def test_a_workbook_says_the_same_as_its_csv(cases: Path, tmp_path: Path) -> None:
    sheet = openpyxl.Workbook()
    for row in rows_of(cases, LIST):
        sheet.active.append([int(cell) if re.fullmatch(r"\d+", cell) else cell or None for cell in row])
    sheet.save(tmp_path / "내역.xlsx")
    book = FileBook.open(tmp_path / "내역.xlsx")
    read = read_book(grid_rows(book.read(book.sheets()[0])), year=2027)
    plain = read_book(rows_of(cases, LIST), year=2027)
    assert [project for _, project in read.projects()] == [project for _, project in plain.projects()]
    assert read.reconciliation.levels == plain.reconciliation.levels


def test_amounts_that_slipped_into_the_column_before_are_put_back(tree: Book, tree_rows: Rows) -> None:
    slipped = [number for number, row in enumerate(tree_rows, 1) if row[8] == "◎지붕 수선"]
    assert tree_rows[slipped[0] - 1][9:13] == ["5,000", "", "", ""]
    hall = tree.project(tree.entries[2])
    assert (hall.items[0].previous.total, line_texts(hall.items[0])[0]) == (9_000, "0◎ 지붕 수선 5,000천원")


def without(rows: Rows, text: str, at: int = 0) -> Rows:
    """Return the rows without the one that names a text, as pages lose their last row."""
    found = [number for number, row in enumerate(rows) if any(text in cell for cell in row)]
    return [row for number, row in enumerate(rows) if number != found[at]]


@pytest.mark.parametrize(
    ("text", "at", "level", "amount"),
    [
        ("○소모품", 0, "산출기초", 20_000),
        ("◎전기요금", 0, "산출기초", 2_400),
        ("02 공공운영비", 0, "통계목", 2_400),
        ("202 여비", 0, "편성목", 6_200),
        ("어린이 별 학교", 0, "세부사업", 12_000),
        ("주민 지원", 0, "단위사업", 9_000),
        ("바람면 일반사업", 0, "정책사업", 9_000),
    ],
)
def test_a_row_lost_at_the_foot_of_a_page_is_named(
    tree_rows: Rows, text: str, at: int, level: str, amount: int
) -> None:
    book = read_book(without(tree_rows, text, at), year=2027)
    assert totals_hold(book)
    assert [(lost.level, lost.computed) for lost in book.reconciliation.restored] == [(level, amount)]


def test_a_lost_source_of_funds_is_parked_visibly(tree_rows: Rows) -> None:
    start = next(at for at, row in enumerate(tree_rows) if row[5].startswith("어린이"))
    assert tree_rows[start + 2][10].split() == ["도", "3,000"]
    del tree_rows[start + 2]
    book = read_book(tree_rows, year=2027)
    assert [(f.source, f.amount) for f in book.project(book.entries[1]).funding] == [
        ("국비", 6_000), ("군비", 3_000), ("확인 필요", 3_000),
    ]  # fmt: skip
    assert [str(found) for found in book.reconciliation.differences] == [
        "33행 별빛과 > 별 관측 활성화(문화및관광/관광) > 관측소 운영 > 어린이 별 학교(국도비) [세부사업] "
        "재원의 합이 금액과 다릅니다 (책 12,000, 합계 9,000)"
    ]


@given(st.data())
def test_whichever_row_is_lost_the_totals_hold_or_the_difference_is_named(
    cases: Path, data: st.DataObject
) -> None:
    rows = rows_of(cases, TREE)
    at = data.draw(st.integers(1, len(rows) - 1))
    lost = rows[at]
    book = read_book(rows[:at] + rows[at + 1 :], year=2027)
    record = book.reconciliation
    assert record.rows == record.placed + record.unplaced == len(rows) - 2
    silent = not (record.restored or record.differences or record.unplaced)
    total = sum(compute(project).cost or 0 for _, project in book.projects())
    if lost[2] == "바람면":  # its projects are then counted below the department before, which says less
        assert not silent
    elif silent:  # a row that says nothing new: 본예산, 0, sources below a 세부사업, a heading of lines
        assert total == 71_180
        own_lines = lost[8].startswith(("◎", "○")) and not lost[9]
        assert lost[8] == "본예산" or "0" in lost[10:12] or not any(lost[2:9]) or own_lines
    else:
        assert total == 71_180 or record.differences


@given(st.data())
def test_a_changed_amount_is_never_silent(cases: Path, data: st.DataObject) -> None:
    rows = rows_of(cases, TREE)
    counted = [
        (at, column)
        for at, row in enumerate(rows)
        for column in (10, 9)
        if at and re.fullmatch(r"[\d,]+", row[column]) and any(row[2:9])
    ]
    at, column = data.draw(st.sampled_from(counted))
    rows[at][column] = (
        f"{int(rows[at][column].replace(',', '')) + data.draw(st.sampled_from((1, 10, 1000))):,}"
    )
    record = read_book(rows, year=2027).reconciliation
    assert record.restored or record.differences or record.mismatches or record.unplaced


def test_what_had_money_last_year_alone_is_an_item_of_its_own(tree_rows: Rows) -> None:
    at = next(number for number, row in enumerate(tree_rows) if row[7] == "202 여비")
    book = read_book(tree_rows[:at] + tree_rows[at + 4 :], year=2027)
    assert "사업 합계가 책과 다릅니다" in {found.reason for found in book.reconciliation.differences}
    rows = [row for number, row in enumerate(tree_rows) if not at <= number < at + 4]
    for row in rows:
        if (
            row[2] == "별빛과"
            or row[3].startswith("별 관측")
            or row[4] == "관측소 운영"
            or row[5] == "별빛 관측소 운영"
        ):
            row[10] = f"{int(row[10].replace(',', '')) - 6_200:,}"
            row[12] = (
                f"△{6_200 - int(row[12].replace(',', '')):,}"
                if row[12] == "180"
                else f"{int(row[12].replace(',', '')) - 6_200:,}"
            )
    book = read_book(rows, year=2027)
    project = book.project(book.entries[0])
    assert (project.items[-1].object_name, project.items[-1].previous.total) == (
        "(책에 없는 전년도 과목)",
        8_000,
    )
    assert compute(project).total.previous.total == 50_000
    assert [(found.level, found.printed - found.computed) for found in book.reconciliation.left_out] == [
        ("세부사업", 8_000)
    ]
    assert totals_hold(book)


def test_an_expression_that_does_not_come_to_its_amount_is_explained(tree_rows: Rows) -> None:
    for row in tree_rows:
        if row[8] == "○소모품":
            row[10] = "19,999"
        if row[8] == "-대형":
            row[9] = "345,000원*한 대"
        if row[8] == "◎마루 수선":
            row[9] = "4,000원"
    book = read_book(tree_rows, year=2027)
    found = {mismatch.label: mismatch.reason for mismatch in book.reconciliation.mismatches}
    assert found["○소모품"] == "끝수를 다르게 처리한 금액입니다"
    assert found["◎마루 수선"] == "금액의 단위가 천 배 어긋납니다"
    assert set(found) == {"○소모품", "-대형", "◎마루 수선"}
    line = book.project(book.entries[0]).items[0].derivations[2]
    assert (line.expression, line.stated) == ("19,999,500원", 19_999)


def test_a_supplementary_book_that_prints_only_what_changes(tree_rows: Rows) -> None:
    names = ["쪽", "행", "부서명", "정책사업", "단위사업", "세부사업", "편성목", "통계목", "산출기초명", "산출식",
             "경정액", "기정액", "비교증감", "수준"]  # fmt: skip
    rows = [names, *without(tree_rows[1:], "○소모품")]
    book = read_book(rows, year=2027)
    assert book.round == "추경"
    lines = book.project(book.entries[0]).items[0].derivations
    assert [line.label for line in lines if line.note] == ["(변동이 없어 싣지 않은 산출기초)"]
    assert totals_hold(book)


def broken(change: Callable[[Rows], object]) -> Callable[[Rows], Rows]:
    def applied(rows: Rows) -> Rows:
        change(rows)
        return rows

    return applied


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (broken(lambda rows: rows.pop(0)), "제목 행을 찾지 못했습니다"),
        (broken(lambda rows: rows[0].append("x")), "제목 행을 찾지 못했습니다"),
        (broken(lambda rows: [row.append("") for row in rows[1:]]), "자료는 15칸"),
        (broken(lambda rows: rows.__delitem__(slice(1, None))), "아래에 자료가 없습니다"),
        (lambda rows: [rows[0], *([""] * 2 + ["과"] + [""] * 7 + ["1", "1", "0", "0"] for _ in range(2))], "세부사업이 한 건도"),
        (broken(lambda rows: next(row for row in rows if row[8] == "본예산").__setitem__(8, "경정")), "기정과 경정"),
    ],
)  # fmt: skip
def test_books_that_are_refused(tree_rows: Rows, change: Callable[[Rows], Rows], message: str) -> None:
    with pytest.raises(DocumentUnreadable, match=message):
        read_book(change(tree_rows), year=2027, name="책")


def test_rows_without_a_place_are_listed_and_the_rest_goes_on(tree_rows: Rows) -> None:
    tree_rows.insert(1, [*[""] * 10, "국 5", "", "", "6"])
    tree_rows.insert(2, [*[""] * 8, "◎떠도는 줄", "", "5", "", "", "6"])
    tree_rows.insert(8, [*[""] * 10, "어림셈", "", "", "6"])
    tree_rows.append(["4", "10", *[""] * 6, "◎잘린 줄"])
    tree_rows.append([*[""] * 8, "◎이상한 줄", "", "4,5", "", "", "6"])
    book = read_book(tree_rows, year=2027)
    assert [(lost.row, lost.reason) for lost in book.unplaced] == [
        (2, "어느 사업의 재원인지 알 수 없습니다."),
        (3, "위에 통계목이 없는 산출기초입니다."),
        (9, "이름도 재원도 없는 행입니다."),
        (75, "금액이 없는 행입니다."),
        (
            76,
            "예산액 칸: 금액으로 읽을 수 없습니다: '4,5'. 2번째 글자: 쉼표나 소수점 자리가 맞지 않습니다. 쉼표는 세 자리마다 찍으세요.",
        ),
    ]
    assert book.reconciliation.rows == book.reconciliation.placed + 5
    assert totals_hold(book)
    assert not book.reconciliation.complete


def test_mixed_rounds_and_wrong_bytes_are_refused(cases: Path) -> None:
    rows = rows_of(cases, LIST)
    rows[3][1] = "본예산"
    with pytest.raises(DocumentUnreadable, match="예산구분이 섞여"):
        read_book(rows, year=2027)
    with pytest.raises(DocumentUnreadable, match="책: 3째 줄의 글자"):
        csv_rows(b"a,b\n1,2\n\xff\x81,1\n", "책")
    with pytest.raises(DocumentUnreadable, match="엑셀 파일"):
        csv_rows(b"PK\x03\x04....", "책")


@pytest.mark.parametrize(
    ("asked", "name", "year"),
    [(2028, "book_2026.csv", 2028), (None, "book_2026.csv", 2026), (None, "2026년 예산서(2026).csv", 2026)],
)
def test_the_fiscal_year(asked: int | None, name: str, year: int) -> None:
    assert fiscal_year(asked, name) == year


@pytest.mark.parametrize("name", ["예산서.csv", "2025-2026.csv", "120260.csv"])
def test_a_year_that_nobody_says_is_an_error(name: str) -> None:
    with pytest.raises(DocumentUnreadable, match="--year"):
        fiscal_year(None, name)


parts = st.one_of(
    st.sampled_from(
        ["", "con", "COM1", "lpt².txt", "a/b", 'x:"y"', "끝. ", "가" * 60, "nul.txt", " ", "..", "가\n나"]
    ),
    st.text(max_size=50),
)


@given(st.lists(st.tuples(parts, parts, parts, parts), max_size=30))
def test_file_names_are_unique_and_safe_on_windows(keys: list[Sequence[str]]) -> None:
    names = list(file_names([*keys, *keys]))
    assert len({name.casefold() for name in names}) == len(names) == 2 * len(keys)
    for name in names:
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
        assert name.endswith(".xlsx")
        assert len(name.encode("utf-16-le")) // 2 <= 255
        assert name == name.strip()
    for part in (part for key in keys for part in key):
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", safe_part(part))
        assert safe_part(part)


def test_a_real_county(corpus: Path) -> None:
    source = corpus / "hongseong_2026.csv"
    book = read_book(
        csv_rows(source.read_bytes(), source.name), year=fiscal_year(None, source.name), name=source.name
    )
    record = book.reconciliation
    assert book.year == 2026
    assert (record.rows, record.placed, record.unplaced) == (37_958, 37_958, 0)
    assert [(total.headings - total.missing, total.missing) for total in record.levels] == [
        (40, 0), (192, 5), (402, 14), (1_902, 52), (2_987, 67), (3_558, 87),
    ]  # fmt: skip
    assert (
        {total.printed for total in record.levels}
        == {total.computed for total in record.levels}
        == {915_054_860}
    )
    assert (record.derivations, record.equal, record.mismatches) == (8_781, 8_781, ())
    assert record.replaced == 3
    assert (len(record.restored), record.restored_lines, record.restored_amount) == (469, 244, 10_135_248)
    assert {found.reason for found in record.differences} == {"재원의 합이 금액과 다릅니다"}
    assert len(record.left_out) == 368
    projects = [project for _, project in book.projects()]
    assert len(projects) == len({entry.file_name for entry in book.entries}) == 1_954
    assert sum(compute(project).cost or 0 for project in projects) == 915_054_860
    errors = {
        finding.code for project in projects for finding in check(project) if finding.severity == "error"
    }
    assert errors == set()


def test_csv_written_by_a_spreadsheet_may_use_tabs(cases: Path) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter="\t").writerows(rows_of(cases, LIST))
    assert csv_rows(out.getvalue().encode("utf-16")) == rows_of(cases, LIST)
