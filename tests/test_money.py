from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlbudget.money import (
    SCALES,
    UNITS,
    NumberUnreadable,
    Rounding,
    format_amount,
    format_rate,
    format_subsidy,
    number,
    read_amount,
    read_number,
    round_won,
    won_text,
)

CASES = Path(__file__).parent / "cases"
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12)
ORACLE = {Rounding.CEIL: ROUND_CEILING, Rounding.HALF_UP: ROUND_HALF_UP, Rounding.FLOOR: ROUND_FLOOR}


def rows(name: str) -> list[tuple[str, str]]:
    lines = (CASES / name).read_text(encoding="utf-8").split("\n")
    cells = [line.split("\t") for line in lines if "\t" in line or (line and not line.startswith("#"))]
    return [(cell[0], cell[1] if len(cell) > 1 else "") for cell in cells[1:]]


@pytest.mark.parametrize(("typed", "expected"), rows("money.tsv"))
def test_typed_figures(typed: str, expected: str) -> None:
    if expected.startswith("!"):
        with pytest.raises(NumberUnreadable) as caught:
            read_number(typed)
        assert (caught.value.text, caught.value.position) == (typed, int(expected[1:]))
        assert caught.value.reason == str(caught.value)
    else:
        assert read_number(typed) == (Decimal(expected) if expected else None)


@pytest.mark.parametrize(("typed", "expected"), rows("money_amounts.tsv"))
def test_amounts_with_units(typed: str, expected: str) -> None:
    if expected.startswith("!"):
        with pytest.raises(NumberUnreadable) as caught:
            read_amount(typed)
        assert caught.value.position == int(expected[1:])
    else:
        assert read_amount(typed) == (Fraction(expected) if expected else None)


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_read_and_counted(unit: str) -> None:
    assert read_amount(f"1{unit}", "원") == UNITS[unit]
    assert read_amount("7", unit) == 7
    assert unit == "원" or SCALES[unit.removesuffix("원")] == UNITS[unit]


@settings(deadline=None)
@given(st.one_of(st.integers(-(10**18), 10**18), DECIMALS))
def test_what_is_printed_is_read_again(value: int | Decimal) -> None:
    assert read_number(format_amount(value)) == value
    assert read_number(format_subsidy(value)) == value
    assert read_number(f"({format_amount(abs(value))})") == -abs(value)


@settings(deadline=None)
@given(st.integers(-(10**18), 10**18))
def test_whole_figures_are_read_as_int(value: int) -> None:
    assert type(read_number(format_amount(value))) is int


@settings(deadline=None)
@given(
    st.fractions(max_denominator=997, min_value=-(10**9), max_value=10**9) | DECIMALS.map(Fraction),
    st.sampled_from(Rounding),
    st.sampled_from([1, 1_000, 1_000_000]),
)
def test_rounding(value: Fraction, rounding: Rounding, unit: int) -> None:
    scaled = value / unit
    rounded = round_won(value, rounding, unit)
    assert abs(rounded - scaled) < 1
    if 10**9 % scaled.denominator == 0:
        exact = Decimal(scaled.numerator) / Decimal(scaled.denominator)
        assert rounded == exact.quantize(Decimal(1), rounding=ORACLE[rounding])
    if rounding is Rounding.CEIL:
        assert rounded >= scaled
    elif rounding is Rounding.FLOOR:
        assert rounded <= scaled
    else:
        assert abs(rounded - scaled) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("won", "ceil", "half_up", "floor"),
    [(2_677_500, 2_678, 2_678, 2_677), (-2_677_500, -2_677, -2_678, -2_678), (-400, 0, 0, -1), (0, 0, 0, 0)],
)
def test_rounding_of_negative_amounts(won: int, ceil: int, half_up: int, floor: int) -> None:
    assert [round_won(won, rounding) for rounding in Rounding] == [ceil, half_up, floor]


def test_a_policy_is_known_by_its_name_and_no_other_is_taken() -> None:
    assert round_won(1_500, "floor") == 1  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="up"):
        round_won(1_500, "up")  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.integers(-(10**14), 10**14), st.integers(0, 6))
def test_floats_of_a_spreadsheet_count_with_fifteen_digits(digits: int, places: int) -> None:
    exact = Decimal(digits).scaleb(-places)
    assert number(float(exact)) == exact


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.1 + 0.2, Decimal("0.3")),
        (16_100.0, 16_100),
        (1e22, 10**22),
        ("-12.50", Decimal("-12.5")),
        ("1E+3", 1_000),
        (Decimal("7.000"), 7),
        (Fraction(1, 8), Decimal("0.125")),
        (10**40 + 1, 10**40 + 1),
        (Decimal("123456789012345678901234567890.125"), Decimal("123456789012345678901234567890.125")),
    ],
)
def test_numbers_of_hosts(value: object, expected: int | Decimal) -> None:
    found = number(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "value",
    [True, False, float("nan"), float("inf"), "", "1,234", "십", "1e999", Fraction(1, 3), None, [], b"1"],
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(NumberUnreadable):
        number(value)


@pytest.mark.parametrize(
    "text", ["1" * 30_000, "1," * 15_000, " " * 30_000 + "x", "1만" * 10_000 + "원", "(" * 30_000]
)
def test_overlong_text_is_refused(text: str) -> None:
    for read in (read_number, read_amount):
        with pytest.raises(NumberUnreadable):
            read(text)


@settings(deadline=None)
@given(st.fractions())
def test_exact_amounts_as_text(value: Fraction) -> None:
    text = won_text(value)
    assert Fraction(text) == value
    finite = 10 ** value.denominator.bit_length() % value.denominator == 0
    assert ("/" in text) == (not finite)


def test_printing() -> None:
    assert [format_amount(value) for value in (1_234, -1_234, 0, None)] == ["1,234", "△1,234", "0", ""]
    assert format_amount(Decimal("-1234.50")) == "△1,234.50"
    assert [format_subsidy(value) for value in (1_234, -1_234, 0, None)] == [
        "(x1,234)",
        "(x△1,234)",
        "(x-)",
        "(x-)",
    ]


@pytest.mark.parametrize(
    ("rate", "decimals", "expected"),
    [
        (Fraction(25, 8), 1, "3.1"),
        (Fraction(-25, 8), 2, "△3.13"),
        (Decimal("0.25"), 1, "0.3"),
        (Fraction(1, 40), 1, "0.0"),
        (Fraction(-1, 40), 1, "0.0"),
        (-100, 1, "△100.0"),
        (12_345, 0, "12,345"),
        (0, 1, "0"),
        (None, 1, ""),
        ("순증", 1, "순증"),
    ],
)
def test_rates(rate: Fraction | Decimal | int | str | None, decimals: int, expected: str) -> None:
    assert format_rate(rate, decimals) == expected
