from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_readiness.units import UNITS, convert, exact, fits, parse_quantity, show, write

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("80%", 80, "%"),
        (" 80 % ", 80, "%"),
        ("200 ms", 200, "ms"),
        ("-1.5s", Fraction(-3, 2), "s"),
        (".5 h", Fraction(1, 2), "h"),
        ("5.", 5, ""),
        ("1e3", 1000, ""),
        ("+2 KiB", 2, "KiB"),
        ("100/s", 100, "/s"),
        ("10m", 10, "min"),
        ("5 µs", 5, "us"),
        ("5 μs", 5, "us"),
        ("0.1", Fraction(1, 10), ""),
    ],
)
def test_a_quantity_is_a_number_and_perhaps_a_unit(text: str, number: Fraction, unit: str) -> None:
    assert parse_quantity(text) == (number, unit)


@pytest.mark.parametrize("text", ["", "ms", "abc", "1 2", "+-3", "1,5", "0x10", "nan", "inf", "1_000", "१", "1e9999"])
def test_what_is_not_a_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number with a unit"):
        parse_quantity(text)


def test_a_quantity_of_a_million_digits_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="is not a number") as refused:
        parse_quantity("9" * 1_000_000)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("text", "hint"),
    [("5 mb", "did you mean MB"), ("5 sec", "did you mean"), ("5 parsecfoo", "the units are B, kB")],
)
def test_an_unknown_unit_names_what_was_probably_meant(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=f"unknown unit .*{hint}"):
        parse_quantity(text)


@pytest.mark.parametrize(
    ("number", "unit", "other", "result"),
    [
        (1, "s", "ms", 1000),
        (90, "min", "h", Fraction(3, 2)),
        (2, "d", "h", 48),
        (1, "MiB", "KiB", 1024),
        (1, "MB", "kB", 1000),
        (60, "/min", "/s", 1),
        (0.3, "", "", Fraction(3, 10)),
    ],
)
def test_units_of_one_dimension_are_converted_exactly(number: float, unit: str, other: str, result: Fraction) -> None:
    assert convert(number, unit, other) == result


@pytest.mark.parametrize(("unit", "other"), [("s", "B"), ("%", ""), ("", "s"), ("%", "/s")])
def test_units_of_different_dimensions_do_not_fit(unit: str, other: str) -> None:
    assert not fits(unit, other)
    with pytest.raises(ValueError, match="cannot be converted"):
        convert(1, unit, other)


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.fractions())
def test_a_conversion_there_and_back_changes_nothing(unit: str, other: str, number: Fraction) -> None:
    if fits(unit, other):
        assert convert(convert(number, unit, other), other, unit) == number


def test_a_float_counts_as_the_decimal_number_it_is_written_as() -> None:
    assert exact(0.3) == Fraction(3, 10)
    assert exact(0.1 + 0.2) != Fraction(3, 10)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_no_number(number: float) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        exact(number)


@pytest.mark.parametrize("thing", [True, "3", None])
def test_truths_and_texts_are_no_numbers(thing: object) -> None:
    with pytest.raises(TypeError, match="is not a number"):
        exact(thing)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (71.4, "%", "71.40 %"),
        (80, "%", "80 %"),
        (80.0, "%", "80 %"),
        (99.996, "%", "99.996 %"),
        (0.0001, "%", "0.0001 %"),
        (0, "%", "0 %"),
        (412, "", "412"),
        (2.5, "", "2.5"),
        (-2.5, "", "-2.5"),
        (1 / 3, "", "0.333333"),
        (0.0034, "s", "3.4 ms"),
        (203.123, "ms", "203 ms"),
        (100, "s", "100 s"),
        (150, "s", "2.5 min"),
        (3 * 3600, "s", "3 h"),
        (30 * 3600, "s", "30 h"),
        (12.4, "d", "12.4 d"),
        (1_500_000, "B", "1.43 MiB"),
        (1500, "kB", "1.5 MB"),
        (0, "B", "0 B"),
        (0.5, "B", "0.5 B"),
        (103, "/s", "103/s"),
        (1e-300, "", "1.000e-300"),
        (1e-300, "s", "1.000e-300 s"),
        (10**15 + 1, "", "1000000000000001"),
        (10**40, "", "1.000e+40"),
        (10**40, "s", "1.000e+40 s"),
        (math.nan, "%", "nan"),
        (True, "", "true"),
        (None, "", "null"),
        ("ok", "", "ok"),
        ("all is well", "", "all is well"),
        ("4", "", '"4"'),
        ("true", "", '"true"'),
        ("", "", '""'),
        ('say "hi"', "", '"say \\"hi\\""'),
        ("two\nlines", "", '"two\\nlines"'),
        ("größer", "", "größer"),
        ((1, "a", None), "", "[1, a, null]"),
        ((), "", "[]"),
        ({1}, "", "a set"),
    ],
)
def test_a_value_is_shown_for_people(value: object, unit: str, shown: str) -> None:
    assert show(value, unit) == shown


def test_a_size_is_shown_in_the_family_of_units_the_other_side_is_written_in() -> None:
    assert show(1_500_000, "B", like="GB") == "1.5 MB"


def test_a_long_text_is_cut() -> None:
    assert show("x" * 1000, width=10) == '"xxxxxxxxxx..."'


def test_a_long_list_is_cut_and_says_how_long_it_is() -> None:
    assert show(tuple(range(100_000)), width=5) == "[0, 1, 2, 3, 4, ... 100000 in all]"


@pytest.mark.parametrize(
    ("value", "unit", "beside", "shown"),
    [
        (74.996, "%", 75, "74.996 %"),
        (74.996, "%", 80, "75.00 %"),
        (74.9999996, "%", 75, "74.9999996 %"),
        (0.2000001, "s", 0.2, "200.0001 ms"),
        (0.1 + 0.2, "", 0.3, "0.30000000000000004"),
        (80, "s", 80, "80 s"),
        (1.0000000000000002, "%", 1, "1.0000000000000002 %"),
        (1.00002e-300, "", [2e-300, 1.00001e-300], "1.00002000e-300"),
        (10**40 + 1, "", 10**40, "10000000000000000000000000000000000000001"),
        (Fraction(200, 3), "%", Fraction(200, 3), "6.6666666666666667e+1 %"),
    ],
)
def test_there_are_as_many_digits_as_a_true_sentence_needs(value: float, unit: str, beside: float, shown: str) -> None:
    assert show(value, unit, beside=beside) == shown


def side(number: Fraction, other: Fraction) -> int:
    return (number > other) - (number < other)


@given(FINITE | st.integers(), FINITE, st.sampled_from(["", "%", "s", "ms", "B", "KiB", "/s", "d"]))
def test_what_is_shown_is_never_on_another_side_of_what_it_stands_beside(value: float, other: float, unit: str) -> None:
    shown = show(value, unit, beside=other)
    number, symbol = (Fraction(shown), "") if not unit else parse_long(shown)
    assert side(convert(number, symbol, unit), exact(other)) == side(exact(value), exact(other))


@given(st.floats(50, 100), st.integers(-20, 20))
def test_a_percentage_close_to_its_limit_is_shown_truly(limit: float, steps: int) -> None:
    value = limit
    for _ in range(abs(steps)):
        value = math.nextafter(value, math.inf if steps > 0 else -math.inf)
    number, _ = parse_long(show(value, "%", beside=limit))
    assert side(number, exact(limit)) == side(exact(value), exact(limit))


def parse_long(text: str) -> tuple[Fraction, str]:
    """Read what ``show`` wrote, however long it is."""
    number = text.rstrip("%/abcdfghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
    return Fraction(number), text[len(number) :].strip()


def test_a_condition_s_number_is_written_with_all_its_digits() -> None:
    assert write(Fraction("80.125"), "%") == "80.125 %"
    assert write(Fraction(1000)) == "1000"
    assert write(Fraction("1e-3"), "/s") == "0.001/s"
