from __future__ import annotations

import csv
import json
import random
import re
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.office import convert, recalculate
from xlbudget.derivation import (
    Derivation,
    Fault,
    canonical,
    derive,
    derive_many,
    evaluate,
    json_line,
    native_formula,
    parse,
)
from xlbudget.derivation.fast import read_common
from xlbudget.derivation.formula import LONGEST_FORMULA, common_formula
from xlbudget.derivation.parsing import Group, Negative, Number, Product, Sum
from xlbudget.derivation.reading import read_line
from xlbudget.money import Rounding, round_won, won_text

CASES = Path(__file__).parent / "cases"
POLICY = {
    "exact": Rounding.CEIL,
    "ceil": Rounding.CEIL,
    "ceil(=half-up)": Rounding.CEIL,
    "floor": Rounding.FLOOR,
}


def rows(name: str) -> list[list[str]]:
    """The lines of a case file without its heading and remarks, signs for the several spaces put back."""
    text = (CASES / name).read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.split("\n") if line and not line.startswith("# ")][1:]
    return [
        [cell.replace("⏎", "\n").replace("␣", "\u3000").replace("⍽", "\xa0") for cell in line]
        for line in lines
    ]


@pytest.mark.parametrize("row", rows("derivation_lines.tsv"), ids=lambda row: row[0])
def test_lines(row: list[str]) -> None:
    text, label, expression, won, *amounts = row
    for rounding, amount in zip(Rounding, amounts, strict=True):
        derivation = derive(text, rounding)
        assert derivation.error is None
        assert (derivation.label, derivation.expression) == (label, expression)
        assert won_text(derivation.won or 0) == won
        assert derivation.amount == int(amount)
        assert derivation == read_line(text, rounding)
        assert derive(expression, rounding).won == derivation.won


@pytest.mark.parametrize("row", rows("derivation_errors.tsv"), ids=lambda row: row[0])
def test_errors(row: list[str]) -> None:
    text, fault, place = row
    derivation = derive(text)
    assert derivation.error is not None
    assert (derivation.won, derivation.amount, derivation.formula) == (None, None, None)
    assert derivation.error.fault == Fault(fault)
    assert text[derivation.error.position :].startswith(place)
    assert (derivation.expression is None) == (fault == "no-expression")
    assert re.search("[가-힣]+세요|하지 않습니다", derivation.error.message)


@pytest.mark.parametrize("row", rows("derivation_stated.tsv"), ids=lambda row: row[0])
def test_stated_results(row: list[str]) -> None:
    text, amount, stated, stated_won, stated_text = row
    derivation = derive(text)
    assert derivation.amount == (int(amount) if amount else None)
    assert derivation.stated == (int(stated) if stated else None)
    assert derivation.stated_won == (Fraction(stated_won) if stated_won else None)
    assert derivation.stated_text == (stated_text or None)
    assert derivation.label.startswith(("간담회", "사무관리비"))


def test_every_fault_has_a_case() -> None:
    tried = {row[1] for row in rows("derivation_errors.tsv")}
    assert {fault.value for fault in Fault} - tried == {"too-long", "too-deep"}


# Real lines


def lines_of(corpus: Path) -> list[dict[str, Any]]:
    text = (corpus / "derivations.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def printed(line: dict[str, Any]) -> tuple[int, str]:
    """The amount that the book prints, and its unit."""
    if line["column_amount"] is not None:
        return line["column_amount"], line["column_unit"]
    return line["stated"], line["stated_unit"]


def test_real_lines_give_the_printed_amount(corpus: Path) -> None:
    checked = [line for line in lines_of(corpus) if line["checks"]]
    assert len(checked) == 1_043
    for line in checked:
        amount, unit = printed(line)
        for text in (line["expr"], f"{line['label'] or ''} {line['expr']}"):
            derivation = derive(text, POLICY[line["rounding"]])
            found = derivation.amount if unit == "천원" else derivation.won
            assert found == amount, text
            assert derivation == read_line(text, POLICY[line["rounding"]])
        assert derivation.label == (line["label"] or "")


def test_real_lines_with_words_inside_are_refused(corpus: Path) -> None:
    for line in lines_of(corpus):
        if not line["checks"]:
            error = derive(line["expr"]).error
            assert error is not None
            assert error.fault is Fault.WORD_INSIDE


def book(corpus: Path) -> list[tuple[str, str, str]]:
    """Label, expression and printed amount of every row of a whole budget book."""
    with (corpus / "hongseong_2026.csv").open(encoding="utf-8-sig", newline="") as file:
        return [
            (row[8].strip(), row[9].strip(), re.sub("[^0-9]", "", row[10]))
            for row in list(csv.reader(file))[1:]
        ]


def test_a_whole_book_gives_its_printed_amounts(corpus: Path) -> None:
    # Rows of the supplementary budget carry last year's amounts where an expression would stand: bare figures.
    checked = [row for row in book(corpus) if "원" in row[1] or "*" in row[1]]
    assert len(checked) > 8_700
    for label, expression, amount in checked:
        alone, joined = derive(expression), derive(f"{label} {expression}")
        assert alone.amount == int(amount), expression
        assert (joined.won, joined.expression) == (alone.won, alone.expression), label


def test_headings_of_a_whole_book_have_no_expression(corpus: Path) -> None:
    headings = {label for label, expression, _ in book(corpus) if label and not expression}
    assert len(headings) > 500
    for heading in headings:
        error = derive(heading).error
        assert error is not None
        assert error.fault is Fault.NO_EXPRESSION, heading


# Made-up lines

FIGURES = st.tuples(st.integers(0, 10**9), st.integers(0, 4), st.booleans())
UNITS = st.sampled_from(
    ["", "원", "천원", "명", "%", "개 읍·면", "억원", "㎡", "m2", "원/월", "회(분기별)", "box", "조"]
)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 2) -> tuple[str, Fraction]:
    """A text, and its value by plain fractions."""
    spaced = draw(st.sampled_from(["", " ", "\n", "\u3000"]))

    def factor() -> tuple[str, Fraction]:
        if depth and draw(st.integers(0, 5)) == 0:
            text, value = draw(expressions(depth=depth - 1))
            brackets = draw(st.sampled_from(["()", "[]", "{}", "（）"]))
            return f"{brackets[0]}{text}{brackets[1]}", value
        digits, places, commas = draw(FIGURES)
        whole, decimals = divmod(digits, 10**places)
        text = f"{whole:,}" if commas else str(whole)
        text += f".{decimals:0{places}}" if places else ""
        unit = draw(UNITS)
        scale = {"천원": Fraction(1_000), "억원": Fraction(10**8), "%": Fraction(1, 100)}.get(
            unit, Fraction(1)
        )
        sign = draw(st.sampled_from(["", "", "", "△"]))
        return f"{sign}{text}{unit}", (-1 if sign else 1) * Fraction(digits, 10**places) * scale

    def product() -> tuple[str, Fraction]:
        text, value = factor()
        for _ in range(draw(st.integers(0, 3))):
            more, other = factor()
            sign = draw(st.sampled_from(["*", "×", "÷", "/"]))
            if sign in "÷/" and other == 0:
                sign = "*"
            text = f"{text}{spaced}{sign}{spaced}{more}"
            value = value / other if sign in "÷/" else value * other
        return text, value

    text, value = product()
    for _ in range(draw(st.integers(0, 2))):
        more, other = product()
        sign = draw(st.sampled_from("+-−"))
        text, value = f"{text}{spaced}{sign}{spaced}{more}", value + other if sign == "+" else value - other
    return text, value


@settings(max_examples=300, deadline=None)
@given(expressions())
def test_values_are_exact(made: tuple[str, Fraction]) -> None:
    text, value = made
    assert Fraction(*evaluate(parse(text))) == value
    derivation = derive(text)
    if derivation.error is None:
        assert derivation.won == value
    else:
        assert derivation.error.fault in {
            Fault.TOO_LARGE,
            Fault.UNCLEAR_SIGN,
            Fault.NO_EXPRESSION,
            Fault.NO_AMOUNT,
        }


@settings(max_examples=300, deadline=None)
@given(expressions())
def test_a_printed_expression_reads_as_the_same(made: tuple[str, Fraction]) -> None:
    expression = parse(made[0])
    text = canonical(expression)
    assert parse(text) == expression
    assert canonical(parse(text)) == text


NUMBERS = st.builds(
    Number,
    st.integers(0, 10**12),
    st.integers(0, 6),
    st.sampled_from(["", "원", "천원", "명", "%", "퍼센트", "㎡", "회(반기)"]),
)


def operands(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    group = st.builds(Group, inner, st.sampled_from(["", "월", "천원", "%"]))
    return NUMBERS | group | st.builds(Negative, NUMBERS | group)


def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    factors = st.lists(st.tuples(st.sampled_from("*/"), operands(inner)), min_size=2, max_size=4)
    products = factors.map(lambda made: Product((("*", made[0][1]), *made[1:])))
    terms = st.lists(st.tuples(st.sampled_from("+-"), operands(inner) | products), min_size=2, max_size=3)
    return products | terms.map(lambda made: Sum((("+", made[0][1]), *made[1:])))


TREES = st.recursive(NUMBERS, composed, max_leaves=12)


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_a_tree_survives_printing(tree: Any) -> None:
    try:
        evaluate(tree)
    except ZeroDivisionError:
        return
    assert parse(canonical(tree)) == tree


LABELS = st.sampled_from(
    ["", "강사료 ", "2028년 1분기 강사료 ", "- 참석수당(외부) ", "○제3회 한마당 ", "A/S 2/4분기 ", "국비 50% 지원 ", "6·7급 ",
     "물품(5종, L=3m) ", "[본청] 전기 ", "x선 촬영 ", "출자ㆍ출연 ", "A-1 구역 ", "3.1절 ", "5만원권 ", "「조례」 제정, 홍보 ", "가나다\n", "1) 책자 ", "라면 3 x "]
)  # fmt: skip
PIECES = st.lists(
    st.sampled_from(
        [
            *"0123456789,,..**×/+-−△()[]= \n",
            "10,000",
            "2,5",
            "원",
            "원*",
            "천원",
            "억",
            "만원",
            "명",
            "%",
            "3회",
            "x",
            " x ",
            "가",
            "강사료 ",
            "ㆍ",
            "·",
            "L=",
            "○ ",
            "- ",
            "m2",
        ]
    ),
    max_size=14,
).map("".join)
TYPED = st.one_of(
    PIECES,
    st.tuples(LABELS, PIECES).map("".join),
    st.tuples(LABELS, expressions()).map(lambda t: t[0] + t[1][0]),
)


@settings(max_examples=600, deadline=None)
@given(TYPED, st.sampled_from(Rounding))
def test_the_short_cut_agrees_with_the_complete_way(text: str, rounding: Rounding) -> None:
    common = read_common(text, rounding)
    complete = read_line(text, rounding)
    if common is not None:
        assert common == complete
    formula = common_formula(complete)
    if formula is not None:
        assert formula == native_formula(parse(complete.expression or ""), rounding)


COMMON = st.tuples(
    LABELS,
    st.integers(0, 10**8),
    st.lists(
        st.tuples(
            st.sampled_from(["*", "×", "/", " * ", " + ", "+", "-", " - "]),
            st.integers(0, 40_000),
            st.sampled_from([0, 0, 1, 3]),
            st.sampled_from(["", "명", "%", "월", "ℓ", " 개", "원", "천원", "원"]),
        ),
        max_size=5,
    ),
)


@settings(max_examples=600, deadline=None)
@given(COMMON, st.sampled_from(Rounding))
def test_the_short_cut_agrees_on_common_lines(
    made: tuple[str, int, list[tuple[str, int, int, str]]], rounding: Rounding
) -> None:
    label, price, factors = made
    text = f"{label}{price:,}원" + "".join(
        f"{sign}{digits // 10**places}{f'.{digits % 10**places:0{places}}' if places else ''}{unit}"
        for sign, digits, places, unit in factors
    )
    complete = read_line(text, rounding)
    common = read_common(text, rounding)
    assert common is None or common == complete
    if complete.error is None:
        formula = native_formula(parse(complete.expression or ""), rounding)
        assert complete.formula == formula


@settings(max_examples=400, deadline=None)
@given(TYPED | st.text(max_size=40), st.sampled_from(Rounding))
def test_no_text_raises_and_every_result_is_whole(text: str, rounding: Rounding) -> None:
    derivation = derive(text, rounding)
    assert derivation.text == text
    if derivation.error is None:
        assert derivation.won is not None
        assert derivation.amount == round_won(derivation.won, rounding)
        assert derivation.label in text
        assert (derivation.expression or "?") in text
    else:
        assert derivation.amount is None
        assert derivation.won is None
        assert 0 <= derivation.error.position <= len(text)
    assert json_line(derivation) == json.dumps(derivation.as_json(), ensure_ascii=False)


@settings(max_examples=400, deadline=None)
@given(TYPED)
def test_an_expression_alone_gives_what_it_gave_behind_its_label(text: str) -> None:
    derivation = derive(text)
    if derivation.expression is not None:
        again = derive(derivation.expression)
        assert again.won == derivation.won
        assert (again.error is None) == (derivation.error is None)
        if derivation.error is None:
            assert (again.label, again.expression) == ("", derivation.expression)
            joined = derive(f"{derivation.label} {derivation.expression}".strip())
            assert (joined.label, joined.expression) == (derivation.label, derivation.expression)


@settings(deadline=None)
@given(
    st.integers(1, 10**6),
    st.integers(1, 99),
    st.sampled_from([("천원", 1_000), ("만원", 10_000), ("백만원", 10**6), ("억원", 10**8)]),
)
def test_money_words_scale(price: int, count: int, word: tuple[str, int]) -> None:
    unit, won = word
    assert (
        derive(f"비품 {price:,}{unit}*{count}개").won
        == derive(f"비품 {price * won:,}원*{count}개").won
        == price * won * count
    )


HANGUL = st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣"))


@settings(deadline=None)
@given(
    st.text(HANGUL, min_size=1, max_size=5).filter(lambda unit: unit[0] not in "십백천만억조퍼"),
    st.sampled_from(["", "㎡", "ℓ", "kg", "·면", "(분기별)"]),
)
def test_units_are_an_open_set(word: str, tail: str) -> None:
    assert derive(f"물품 1,000원*7{word}{tail}").won == 7_000
    assert derive(f"물품 7{word}{tail}*1,000원").won == 7_000


def test_the_short_cut_is_taken_for_common_lines() -> None:
    taken = [row[0] for row in rows("derivation_lines.tsv") if read_common(row[0], Rounding.CEIL) is not None]
    assert len(taken) > 40
    assert {"700천원*3회", "○ 간담회 다과 5,000원*8명", "300,000원*3회-4,000원", "5,000원×8명×2회"} <= set(
        taken
    )


def test_many_lines_are_read_as_single_ones_are() -> None:
    texts = [row[0] for name in ("lines", "errors", "stated") for row in rows(f"derivation_{name}.tsv")]
    for rounding in Rounding:
        assert list(derive_many(iter(texts), rounding)) == [derive(text, rounding) for text in texts]


def test_a_derivation_cannot_be_changed() -> None:
    derivation = derive("5,000원*8명")
    with pytest.raises(AttributeError):
        derivation.amount = 1  # type: ignore[misc]
    with pytest.raises(AttributeError):
        derivation.other = 1  # type: ignore[attr-defined]
    assert not hasattr(derivation, "__dict__")


def test_json_has_its_keys_in_order() -> None:
    line = json_line(derive("- 참석수당 150,000원*20명*3회 = 9,000천원"))
    assert line == (
        '{"text": "- 참석수당 150,000원*20명*3회 = 9,000천원", "label": "참석수당", "expression": "150,000원*20명*3회", '
        '"won": "9000000", "amount": 9000, "unit": "천원", "formula": "=ROUNDUP(ROUND(150000*20*3/1000,6),0)", '
        '"stated": 9000, "error": null}'
    )
    failed = json.loads(json_line(derive('5,000원*"명"')))
    assert list(failed["error"]) == ["message", "position"]
    assert (failed["amount"], failed["won"], failed["formula"]) == (None, None, None)


# Hostile text

LONG = 32_000
HOSTILE = {
    "spaces": " " * LONG,
    "a figure and spaces": "1" + " " * LONG + "x",
    "commas": "1" + "," * LONG,
    "comma pairs": "1, " * (LONG // 3),
    "opening brackets": "(" * LONG,
    "closing brackets": ")" * LONG,
    "bracket pairs": "()" * (LONG // 2),
    "groups": "(1)" * (LONG // 3),
    "deep notes": ("1원(" * 60 + "가" + ")" * 60) * 60,
    "deep sums": ("(" * 63 + "1원" + ")" * 63 + "+") * 200 + "1",
    "dashes": "-" * LONG,
    "dashes apart": "- " * (LONG // 2),
    "minus figures": "-1" * (LONG // 2),
    "signs before blanks": "- △ " * (LONG // 4) + "가",
    "signs behind a label": "가 " + "△1" * 15_000 + "원",
    "letters x": "x" * LONG,
    "factors": "9*" * (LONG // 2) + "9",
    "divisors": "1" + "/7" * 10_000,
    "distinct divisors": "+".join(f"1/{n}" for n in range(10**6, 10**6 + 3_000)),
    "one huge figure": "9" * 5_000,
    "huge figures": ("9" * 29 + "*") * 1_000 + "9",
    "number words": "3억 " * (LONG // 3),
    "equals signs": "1=" * (LONG // 2),
    "label words": "가1 " * (LONG // 3),
    "label brackets": "(가)" * (LONG // 3),
    "broken figures": "1 " * (LONG // 2),
    "line breaks": "1\n" * (LONG // 2),
    "wide blanks": "\u3000" * LONG + "1원",
    "missing operators": "1원 가" * (LONG // 5),
    "too long": "1" * 40_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_done_with_quickly(text: str) -> None:
    begun = time.process_time()
    derivation = derive(text)
    line = json_line(derivation)
    assert time.process_time() - begun < 5
    assert json.loads(line)["text"] == text
    assert derivation.won is None or abs(derivation.won) < 10**18


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1" * 32_768, Fault.TOO_LONG),
        ("1" * 31 + "원", Fault.TOO_LARGE),
        ("(" * 65 + "1원" + ")" * 65, Fault.TOO_DEEP),
        ("1원" + "/7" * 2_000, Fault.TOO_LARGE),
    ],
)
def test_bounds(text: str, fault: Fault) -> None:
    error = derive(text).error
    assert error is not None
    assert error.fault is fault


def test_what_lies_within_the_bounds() -> None:
    assert derive("(" * 64 + "1,000원" + ")" * 64).amount == 1
    assert derive("0.00000000000000000000000000001원").won == Fraction(1, 10**29)
    assert derive("가" * 32_700 + " 1,000원").amount == 1


def test_a_light_import() -> None:
    code = "import sys, xlbudget.derivation as d; d.derive('2,000원*3명'); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = {"pydantic", "openpyxl", "lxml", "xlwings", "typer", "rich", "json", "dataclasses", "inspect"}
    assert not heavy & set(loaded)


# Native formulas


@pytest.mark.parametrize(
    ("text", "rounding", "unit", "formula"),
    [
        ("150,000원*20명*3회", Rounding.CEIL, 1_000, "=ROUNDUP(ROUND(150000*20*3/1000,6),0)"),
        ("△9천원*7명/3", Rounding.CEIL, 1_000, "=ROUNDDOWN(ROUND(-9000*7/3/1000,6),0)"),
        ("△9천원*7명/3", Rounding.FLOOR, 1_000, "=ROUNDUP(ROUND(-9000*7/3/1000,6),0)"),
        ("△9천원*7명/3", Rounding.HALF_UP, 1_000, "=ROUND(ROUND(-9000*7/3/1000,6),0)"),
        ("1,500원*7%", Rounding.FLOOR, 1, "=ROUNDDOWN(ROUND(1500*7/100,6),0)"),
        ("1,500원/7%", Rounding.CEIL, 1_000, "=ROUNDUP(ROUND(1500/(7/100)/1000,6),0)"),
        ("3억원+2원*△3회", Rounding.CEIL, 1_000, "=ROUNDUP(ROUND((300000000+2*(-3))/1000,6),0)"),
        ("(5+3)천원/(2+2)%", Rounding.CEIL, 1_000, "=ROUNDUP(ROUND((5+3)*1000/((2+2)/100)/1000,6),0)"),
        ("123,456,789,012,345,678원", Rounding.CEIL, 1_000, "=123456789012346"),
        ("1,000,000.0001원", Rounding.CEIL, 1_000, "=ROUNDUP(ROUND(1000000.0001/1000,9),0)"),
        ("1,000,000.0000001원", Rounding.CEIL, 1_000, "=1001"),
        ("2,000,000,000,001원", Rounding.CEIL, 1_000, "=-INT(-ROUND(2000000000001/1000,4))"),
        ("2,000,000,000,001원", Rounding.FLOOR, 1_000, "=INT(ROUND(2000000000001/1000,4))"),
    ],
)
def test_formulas(text: str, rounding: Rounding, unit: int, formula: str) -> None:
    assert native_formula(parse(text), rounding, unit) == formula


@settings(max_examples=300, deadline=None)
@given(expressions(), st.sampled_from(Rounding))
def test_formulas_are_plain(made: tuple[str, Fraction], rounding: Rounding) -> None:
    formula = native_formula(parse(made[0]), rounding)
    assert formula.isascii()
    assert len(formula) <= LONGEST_FORMULA
    assert set(re.findall("[A-Z]+", formula)) <= {"ROUND", "ROUNDUP", "ROUNDDOWN", "INT"}
    if "(" not in formula:
        assert int(formula[1:]) == round_won(made[1], rounding)


def test_a_long_expression_becomes_its_amount() -> None:
    derivation = derive("1,000원*1명+" * 2_000 + "1,000원")
    assert (derivation.amount, derivation.formula) == (2_001, "=2001")


def write_formulas(path: Path, columns: list[list[str]]) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for column, formulas in enumerate(columns, start=1):
        for row, formula in enumerate(formulas, start=1):
            sheet.cell(row, column, formula)
    workbook.save(path)


def plant_wrong_results(path: Path, target: Path) -> None:
    """Copy a workbook, giving each formula a wrong cached value."""
    import zipfile

    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"<v\s*/>|<v></v>", b"<v>999</v>", data)
            copy.writestr(name, data)


@pytest.mark.office
def test_the_judge_sees_a_wrong_result(tmp_path: Path) -> None:
    formula = derive("82,560원*1명").formula
    assert formula is not None
    write_formulas(tmp_path / "made.xlsx", [[formula]])
    plant_wrong_results(tmp_path / "made.xlsx", tmp_path / "wrong.xlsx")
    assert openpyxl.load_workbook(tmp_path / "wrong.xlsx", data_only=True)["Sheet"]["A1"].value == 999
    assert recalculate(tmp_path / "wrong.xlsx")["Sheet"]["A1"] == 83
    assert convert(tmp_path / "wrong.xlsx", "csv", tmp_path).read_text().strip() == "83"


def judged(path: Path, derivations: list[list[Derivation]]) -> list[str]:
    """What LibreOffice calculates otherwise than we do; a column each policy."""
    write_formulas(path, [[derivation.formula or "" for derivation in column] for column in derivations])
    found = recalculate(path)["Sheet"]
    letters = "ABC"
    return [
        f"{derivation.text} {derivation.rounding}: {found.get(f'{letters[at]}{row}')} for {derivation.amount}"
        for at, column in enumerate(derivations)
        for row, derivation in enumerate(column, start=1)
        if found.get(f"{letters[at]}{row}") != derivation.amount
    ]


@pytest.mark.office
def test_formulas_recalculate_to_the_amounts_of_real_lines(corpus: Path, tmp_path: Path) -> None:
    lines = [line for line in lines_of(corpus) if line["checks"]]
    columns = [list(derive_many([line["expr"] for line in lines], rounding)) for rounding in Rounding]
    assert judged(tmp_path / "real.xlsx", columns) == []
    assert all("ROUND" in (derivation.formula or "") for column in columns for derivation in column)


@pytest.mark.office
def test_formulas_in_won_recalculate_to_the_printed_amounts(corpus: Path, tmp_path: Path) -> None:
    lines = [line for line in lines_of(corpus) if line["checks"] and printed(line)[1] == "원"]
    assert lines
    write_formulas(tmp_path / "won.xlsx", [[native_formula(parse(line["expr"]), unit=1) for line in lines]])
    found = recalculate(tmp_path / "won.xlsx")["Sheet"]
    assert [found[f"A{row}"] for row in range(1, len(lines) + 1)] == [printed(line)[0] for line in lines]


def random_line(chance: random.Random) -> str:
    """A line of a kind that strains binary arithmetic: rates, thirds, differences, large amounts."""
    price = f"{chance.randrange(1, 10 ** chance.randrange(3, 12)):,}원"
    rate = chance.choice(
        [
            f"{chance.randrange(1, 2000) / 10:g}%",
            f"{chance.randrange(1, 9999)}/10,000",
            f"0.{chance.randrange(1, 999):03}",
        ]
    )
    count = f"{chance.randrange(1, 400)}명"
    shapes = [
        f"{price}*{count}*{rate}",
        f"{price}/{chance.randrange(1, 97)}월*{rate}*{chance.randrange(1, 97)}회",
        f"{price}*({count}-{chance.randrange(1, 400)}/{chance.randrange(1, 12)})",
        f"({price}+{price}*{rate})*{count}-{price}",
        f"△{price}*{rate}*{chance.randrange(1, 12)}/12개월",
        f"{price}/{rate}",
    ]
    return chance.choice(shapes)


@pytest.mark.office
def test_formulas_recalculate_to_the_amounts_of_straining_lines(tmp_path: Path) -> None:
    chance = random.Random(20)
    texts = [text for text in (random_line(chance) for _ in range(3_000)) if derive(text).error is None]
    assert len(texts) > 2_500
    columns = [list(derive_many(texts, rounding)) for rounding in Rounding]
    assert judged(tmp_path / "straining.xlsx", columns) == []
