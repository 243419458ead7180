from __future__ import annotations

import math
import time
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_readiness import patterns
from pytest_readiness.condition import Condition, Strictness, compare, parse
from pytest_readiness.errors import ConditionError
from pytest_readiness.model import Each, Value

TYPES = st.sampled_from([bool, int, float, str, object])
UNITS = st.sampled_from(["", "%", "ms", "B", "/s"])


# --- holding ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "of", "unit", "holding", "failing"),
    [
        (4, int, "", [4], [3, 5]),
        (4, float, "", [4, 4.0], [4.0000001]),
        (0, float, "%", [0, 0.0], [0.001]),
        (1.5, float, "", [1.5], [1.5000000001]),
        (True, bool, "", [True], [False]),
        (False, bool, "", [False], [True]),
        ("true", bool, "", [True], [False]),
        ("!= true", bool, "", [False], [True]),
        ("ok", str, "", ["ok"], ["OK", " ok", "ok ", ""]),
        ("", str, "", [""], [" "]),
        ("4", int, "", [4], [5]),
        ("80%", float, "%", [80], [80.1]),
        (">= 80%", float, "%", [80, 80.0, 100], [79.9999999999]),
        ("≥ 80%", float, "%", [80], [79]),
        ("> 80 %", float, "%", [80.0000001], [80]),
        ("<= 80%", float, "%", [80, 0], [80.0000001]),
        ("≤ 80%", float, "%", [80], [81]),
        ("< 3 ms", float, "ms", [2.999], [3]),
        ("< 3 ms", float, "s", [0.0029], [0.003, 1]),
        ("< 1 min", int, "s", [59], [60]),
        ("<= 1 MiB", int, "B", [1048576], [1048577]),
        ("<= 1 MB", int, "B", [1000000], [1000001]),
        (">= 60/min", float, "/s", [1], [0.99]),
        ("!= 0", int, "", [1, -1], [0]),
        ("≠ 0", int, "", [1], [0]),
        ("== 0", int, "", [0], [1]),
        ("= 3", int, "", [3], [4]),
        ("= >= 3", str, "", [">= 3"], ["3"]),
        ('= ""', str, "", [""], ['""']),
        ('= " x "', str, "", [" x "], ["x"]),
        ("= in progress", str, "", ["in progress"], ["progress"]),
        ("!= down", str, "", ["up"], ["down"]),
        ("inside", str, "", ["inside"], ["side"]),
        ('= "half', str, "", ['"half'], ["half"]),
        ("containing", str, "", ["containing"], ["ing"]),
        ("~ ^v2", str, "", ["v2", "v2.1"], ["v1", " v2"]),
        ("~^v2", str, "", ["v2"], ["v1"]),
        ("!~ error", str, "", ["fine"], ["an error"]),
        ("in a, b", str, "", ["a", "b"], ["c", "a, b"]),
        ('in "a, b", c', str, "", ["a, b", "c"], ["a"]),
        ("in 200, 204", int, "", [200, 204], [201]),
        ("in 200", int, "", [200], [201]),
        ("in 1 s, 2 s", float, "ms", [1000, 2000], [1]),
        ("in true, false", bool, "", [True, False], []),
        ("contains x", str, "", ["axb"], ["ab"]),
        ('contains ", "', str, "", ["a, b"], ["a,b"]),
        ("10..50", int, "", [10, 30, 50], [9, 51]),
        ("10 .. 50 ms", float, "s", [0.01, 0.05], [0.0099, 0.0501]),
        ("500 ms..2 s", float, "s", [0.5, 2], [0.49, 2.01]),
        ("-5..5", float, "", [-5, 0, 5], [-5.1, 5.1]),
        ("8800 ± 5%", int, "", [8360, 9240], [8359, 9241]),
        ("8800 +- 5%", int, "", [8360], [8359]),
        ("8800 +/- 5 %", int, "", [8360], [8359]),
        ("-100 ± 5%", int, "", [-95, -105], [-94, -106]),
        ("20 ms ± 2 ms", float, "ms", [18, 22], [17.9, 22.1]),
        ("20 ms ± 2", float, "s", [0.018], [0.017]),
        ("100 ± 5", int, "", [95, 105], [94]),
        ([1, "a", True], object, "", [(1, "a", True), [1, "a", True], [1.0, "a", True]], [(1, "a"), (True, "a", 1)]),
        ([1], object, "", [[1]], [[True]]),
        ([True], object, "", [[True]], [[1]]),
        ([], object, "", [()], [[None]]),
        (4, object, "", [4, 4.0], [5]),
        ("ok", object, "", ["ok"], ["down"]),
        ("4", object, "", ["4"], ["5"]),
        ("= 1.2", object, "", ["1.2", 1.2], ["1.3", 1.3]),
        ('= "4"', object, "", ["4"], ["5"]),
        ("= true", object, "", [True, "true"], [False, "false"]),
        ("= null", object, "", [None, "null"], ["x"]),
        ("!= null", object, "", [4, "x", True, ("a",)], [None]),
        ("!= ok", object, "", ["down"], ["ok"]),
        ("!= 0", object, "", [1], [0]),
        (">= 4", object, "", [4, 4.5], [3]),
        ("1..3", object, "", [2], [4]),
        ("8 ± 1", object, "", [9], [10]),
        ("in 1, b", object, "", [1, "b", "1"], [2, "c"]),
        ("contains 4", object, "", [[4], ["4"], "a4"], [[5], "a", [True]]),
        ("contains a", object, "", [("a", 1)], [("b",)]),
        ("~ o", object, "", ["ok"], ["no"[:1]]),
        ("2026-01..2026-02", object, "", ["2026-01..2026-02"], ["2026"]),
        ("a±b", str, "", ["a±b"], ["a"]),
        ("baseline-report", str, "", ["baseline-report"], ["baseline"]),
    ],
)
def test_a_condition_holds_for_just_what_it_says(
    condition: Value, of: type, unit: str, holding: list[object], failing: list[object]
) -> None:
    read = parse(condition, of, unit)
    assert [value for value in holding if not read.holds(value)] == []
    assert [value for value in failing if read.holds(value)] == []


@pytest.mark.parametrize(
    ("condition", "of", "value", "why"),
    [
        (">= 80%", float, "80", "a text, but a number"),
        (">= 80%", float, None, "null is null"),
        (">= 80%", float, True, "true or false, but a number"),
        (">= 80%", float, math.nan, "nan is not a finite number"),
        (">= 80%", float, math.inf, "inf is not a finite number"),
        (">= 80%", float, [80], "a list, but a number"),
        (">= 80%", float, {"a": 1}, "a dict was measured"),
        (0, int, False, "true or false, but a number"),
        (0, int, "", "a text, but a number"),
        (3, int, 3.0, "where a whole number was declared"),
        (False, bool, 0, "a number, but true or false"),
        ("ok", str, None, "null, but a text"),
        ("ok", str, 3, "a number, but a text"),
        ("ok", object, None, "null, but a text"),
        (4, object, "4", "a text, but a number"),
        ("4", object, 4, "a number, but a text"),
        ("!= 0", object, "0", "a text, but a number"),
        ("!= 0", object, None, "null, but a number"),
        ("!= ok", object, None, "null, but a text"),
        (">= 4", object, "5", "a text, but a number"),
        (">= 4", object, [5], "a list, but a number"),
        ("~ x", object, 4, "a number, but a text"),
        ("!~ x", object, None, "null, but a text"),
        ("contains x", object, 4, "a text or a list"),
        (["a"], object, "a", "a text, but a list"),
        ("a", object, ["a"], "a list, but a text"),
        (4, object, [math.nan], "not a finite number"),
        (4, object, b"4", "a bytes was measured"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error_and_never_decided(
    condition: Value, of: type, value: object, why: str
) -> None:
    read = parse(condition, of, "%" if of is float else "")
    with pytest.raises(ConditionError, match=why):
        read.holds(value)


def test_each_of_several_values_has_to_hold() -> None:
    read = parse(200, int)
    assert read.holds(Each((200, 200)))
    assert not read.holds(Each((200, 503)))
    assert read.explain("status", Each((200, 503, 500))) == "status is 503, 500, expected 200"
    assert parse("in 200, 204", int).explain("status", Each((200, 204))) == "status is 200, 204, expected in 200, 204"


def test_several_values_that_are_none_are_an_error() -> None:
    with pytest.raises(ConditionError, match="not one value"):
        parse(200, int).holds(Each())


def test_one_wrong_type_among_several_values_is_an_error_even_behind_one_that_fails() -> None:
    read = parse(200, int)
    with pytest.raises(ConditionError):
        read.holds(Each((503, "x")))
    assert read.explain("status", Each((200, "x"))) == "status is x, expected 200"


def test_of_many_values_only_some_are_shown() -> None:
    assert parse(0, int).explain("n", Each(range(1, 9))) == "n is 1, 2, 3, 4, 5 and 3 more, expected 0"


# --- refusing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "of", "unit", "why"),
    [
        (">= 0.8", float, "%", "0.8 has no unit, and the measurement is in %: write '0.8 %' or '80 %'"),
        (0.8, float, "%", "0.8 has no unit, and the measurement is in %: write '0.8 %' or '80 %'"),
        (80, float, "%", "80 has no unit, and the measurement is in %: write '80 %'"),
        ("< 200", float, "ms", "200 has no unit, and the measurement is in ms: write '200 ms'"),
        ("<= 5", int, "B", "5 has no unit, and the measurement is in B: write '5 B'"),
        ("10..50", float, "ms", "10 has no unit"),
        ("10 ms..50", float, "ms", "50 has no unit"),
        ("in 0, 5", float, "ms", "5 has no unit"),
        ("20 ± 5%", float, "ms", "20 has no unit"),
        ("< 5 ms", float, "%", "5 ms does not fit: the measurement is in %"),
        ("< 5 ms", int, "", "5 ms does not fit: the measurement is a plain number"),
        (
            "!= 128MB",
            object,
            "",
            "the measurement may be any value, and has no unit: write '\"128MB\"' to mean the text",
        ),
        ("approx 400", int, "", "say how near it must be: write '400 ± 10%'"),
        ("ca. 400 MB", int, "B", "say how near it must be: write '400 MB ± 10%'"),
        ("about 80%", float, "%", "say how near it must be: write a range, such as 75 %..85 %"),
        (">= 80%", int, "", "80% does not fit: the measurement is a plain number"),
        ("0 ms", float, "%", "0 ms does not fit"),
        ("< 5 mb", int, "B", "unknown unit 'mb': did you mean MB?"),
        ("abc", int, "", "'abc' is not a number with a unit"),
        (">= many", int, "", "'many' is not a number"),
        (True, int, "", "the measurement is a whole number"),
        (True, float, "", "the measurement is a number"),
        (1, bool, "", "the measurement is true or false"),
        ("yes", bool, "", "'yes' is not true or false"),
        (">= true", bool, "", "which '>=' cannot be put to"),
        ("1..2", bool, "", "is true or false, not a number"),
        ("~ t", bool, "", "which '~' cannot be put to"),
        ("contains 4", int, "", "which 'contains' cannot be put to"),
        ("!~ 4", int, "", "which '!~' cannot be put to"),
        (">= 3", str, "", "the measurement is a text, which '>=' cannot be put to"),
        ("1..3", str, "", "write '= 1..3' to mean the text"),
        ("3 ± 1", str, "", "write '= 3 ± 1' to mean the text"),
        (3.11, str, "", "the measurement is a text: write '\"3.11\"', in quotes"),
        (True, str, "", "the measurement is a text: write '\"true\"', in quotes"),
        ([200, 204], int, "", "a list never equals a whole number: write 'in 200, 204'"),
        (["a", "b"], str, "", "a list never equals a text: write 'in a, b'"),
        (None, object, "", "nothing is said"),
        (None, int, "", "nothing is said"),
        (math.nan, float, "", "nan is not a finite number"),
        (math.inf, float, "", "inf is not a finite number"),
        ("nan", float, "", "'nan' is not a number"),
        ("50..10", int, "", "no number lies in it: write '10..50'"),
        ("10 ± -5", int, "", "not negative"),
        ("80% ± 5%", float, "%", "Write a range such as"),
        (">=", int, "", "nothing follows '>='"),
        ("= ", str, "", "write '= \"\"' to expect an empty text"),
        ("in", str, "", "nothing follows 'in'"),
        ("in progress", str, "", "write '= progress', or '= in progress' to mean that text"),
        ("in a,,b", str, "", "one comma between"),
        ("in a,", str, "", "one comma between"),
        ('in "a, b', str, "", "one comma between"),
        ("~ (a", str, "", "is not a regular expression"),
        ("~ " + "a" * 3000, str, "", "too long"),
        ("a" * 5000, str, "", "too long"),
        ("=> 4", int, "", "'=>' is no operator: write '>='"),
        ("=< 4", int, "", "write '<='"),
        ("=~ x", str, "", "write '~'"),
        ("<> 4", int, "", "write '!='"),
        ("=== 4", int, "", "write '='"),
        (">= baseline", float, "%", "baseline is not available yet"),
        ("<= baseline + 10%", float, "ms", "baseline is not available yet"),
        ("baseline", int, "", "baseline is not available yet"),
        ("= baseline", object, "", "baseline is not available yet"),
        ("baseline..5", int, "", "baseline is not available yet"),
        ("baseline ± 5%", int, "", "baseline is not available yet"),
        ("5 ± baseline", int, "", "baseline is not available yet"),
        ({"a": 1}, int, "", "one value, or a flat list"),
        ([[1]], object, "", "one value, or a flat list"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(condition: Value, of: type, unit: str, why: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(condition, of, unit)
    assert why in str(refused.value)
    assert len(str(refused.value)) < 2500


@given(st.text(max_size=40) | st.floats() | st.integers() | st.booleans() | st.none(), TYPES, UNITS)
def test_whatever_is_written_is_read_or_refused(condition: Value, of: type, unit: str) -> None:
    try:
        read = parse(condition, of, unit)
    except ConditionError as refused:
        assert str(refused)  # noqa: PT017 - being refused is fine, as long as it says why
    else:
        assert read.text


@given(st.from_regex(r"(>=|<|=|!=|in|contains|~|)[ 0-9.%msab,±\"-]{0,12}", fullmatch=True), TYPES, UNITS, st.data())
def test_whatever_was_read_decides_or_says_why_not(condition: str, of: type, unit: str, data: st.DataObject) -> None:
    try:
        read = parse(condition, of, unit)
    except ConditionError:
        assume(False)
    value = data.draw(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()))
    try:
        assert read.holds(value) in {True, False}
    except ConditionError as undecided:
        assert str(undecided)  # noqa: PT017 - as above
    assert read.text in read.explain("x", value)


# --- explaining ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "of", "unit", "value", "sentence"),
    [
        (">= 80%", float, "%", 71.4, "x is 71.40 %, expected >= 80 %"),
        (">= 75%", float, "%", 74.996, "x is 74.996 %, expected >= 75 %"),
        (">=75.125 %", float, "%", 75.12499, "x is 75.12 %, expected >= 75.125 %"),
        (0, int, "", 2, "x is 2, expected 0"),
        ("0", int, "", 2, "x is 2, expected 0"),
        ("!= 0", int, "", 0, "x is 0, expected != 0"),
        ("ok", str, "", "down", "x is down, expected ok"),
        ("< 200 ms", float, "s", 0.2034, "x is 203 ms, expected < 200 ms"),
        ("< 200 ms", float, "s", 0.2000001, "x is 200.0001 ms, expected < 200 ms"),
        ("<= 1 MB", int, "B", 1_500_000, "x is 1.5 MB, expected <= 1 MB"),
        ("<= 1 MiB", int, "B", 1_500_000, "x is 1.43 MiB, expected <= 1 MiB"),
        ("8800±5%", int, "", 8000, "x is 8000, expected 8800 ± 5 %"),
        ("20 ms±2", float, "ms", 30, "x is 30 ms, expected 20 ms ± 2 ms"),
        ("10..50ms", float, "ms", 51, "x is 51 ms, expected 10..50 ms"),
        ("500ms..2s", float, "s", 3, "x is 3 s, expected 500 ms..2 s"),
        (True, bool, "", False, "x is false, expected true"),
        ("in a,b", str, "", "c", "x is c, expected in a, b"),
        ("~ ^v2", str, "", "v1", "x is v1, expected ~ ^v2"),
        ("!= down", str, "", "down", "x is down, expected != down"),
        ([1, "a"], object, "", (2,), "x is [2], expected [1, a]"),
        ("= >= 3", str, "", "4", 'x is "4", expected = ">= 3"'),
        ("", str, "", "y", 'x is y, expected = ""'),
    ],
)
def test_a_condition_explains_itself(condition: Value, of: type, unit: str, value: object, sentence: str) -> None:
    assert parse(condition, of, unit).explain("x", value) == sentence


def test_a_value_in_another_unit_than_declared_is_shown_in_its_own() -> None:
    assert parse(">= 80%", float, "%").explain("x", 3, "s") == "x is 3 s, expected >= 80 %"


LIMITS = st.decimals(0, 100, places=3)


@given(LIMITS, st.sampled_from([">=", ">", "<=", "<", "=", "!="]), st.floats(0, 100) | st.just(None))
def test_the_sentence_is_true(limit: Fraction, operator: str, value: float | None) -> None:
    """Whoever reads the numbers in the sentence comes to the same answer as the comparison of the unrounded values."""
    value = float(limit) if value is None else value
    read = parse(f"{operator} {limit}%", float, "%")
    left, right = read.explain("x", value).removeprefix("x is ").split(", expected ")
    shown, bound = (Fraction(side.strip("<>=! %")) for side in (left, right))
    same = {">=": shown >= bound, ">": shown > bound, "<=": shown <= bound, "<": shown < bound}
    assert (same | {"=": shown == bound, "!=": shown != bound})[operator] == read.holds(value)


@given(st.integers(-30, 30), st.floats(1, 100))
def test_values_are_compared_unrounded(steps: int, limit: float) -> None:
    value = limit
    for _ in range(abs(steps)):
        value = math.nextafter(value, math.inf * steps)
    assert parse(f">= {limit!r} %", float, "%").holds(value) == (value >= limit)


# --- saying zero --------------------------------------------------------------------------------


@pytest.mark.parametrize("condition", [0, "0", "= 0", "== 0", "0..4", "<= 0", "in 0, 1", 0.0, "0.0"])
def test_zero_is_said_in_so_many_words(condition: Value) -> None:
    assert parse(condition, int).says_zero
    assert parse(condition, float).says_zero


@pytest.mark.parametrize("condition", [1, "< 1", ">= 0", "!= 1", "<= 5", "-5..5", "0 ± 5", "in 1, 2", "!= 0", "> 0"])
def test_zero_that_is_only_permitted_is_not_said(condition: Value) -> None:
    assert not parse(condition, int).says_zero


def test_an_extracted_value_may_be_expected_to_be_zero() -> None:
    assert parse(0, object).says_zero
    assert parse("= 0", object).says_zero
    assert parse("in 0, 1", object).says_zero
    assert not parse("0", object).says_zero


# --- comparing ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "of", "unit", "expected"),
    [
        (">= 80%", ">= 70%", float, "%", Strictness.STRICTER),
        (">= 70%", ">= 80%", float, "%", Strictness.LOOSER),
        (">= 80%", ">= 80 %", float, "%", Strictness.EQUAL),
        ("> 80%", ">= 80%", float, "%", Strictness.STRICTER),
        ("< 3 ms", "< 0.003 s", float, "ms", Strictness.EQUAL),
        ("< 3 ms", "> 3 ms", float, "ms", Strictness.INCOMPARABLE),
        (">= 3", "<= 5", int, "", Strictness.INCOMPARABLE),
        ("> 3", ">= 4", int, "", Strictness.EQUAL),
        ("> 3", ">= 4", float, "", Strictness.LOOSER),
        ("< 4", "<= 3", int, "", Strictness.EQUAL),
        ("> 3.5", ">= 4", int, "", Strictness.EQUAL),
        ("0..3", "in 0, 1, 2, 3", int, "", Strictness.EQUAL),
        ("0..3", "in 0, 1, 2, 3", float, "", Strictness.LOOSER),
        ("3..3", "3", float, "", Strictness.EQUAL),
        ("10..20", "5..30", float, "", Strictness.STRICTER),
        ("10..20", "15..30", float, "", Strictness.INCOMPARABLE),
        ("0..5000", "0..6000", int, "", Strictness.STRICTER),
        ("100 ± 5", "95..105", float, "", Strictness.EQUAL),
        (0, "<= 3", int, "", Strictness.STRICTER),
        (0, "!= 1", int, "", Strictness.STRICTER),
        (0, 1, int, "", Strictness.INCOMPARABLE),
        (">= 1", "!= 0", int, "", Strictness.STRICTER),
        (">= 0", "!= 0", int, "", Strictness.INCOMPARABLE),
        ("!= 0", "!= 0", int, "", Strictness.EQUAL),
        ("!= 0", "!= 1", int, "", Strictness.INCOMPARABLE),
        ("ok", "in ok, fine", str, "", Strictness.STRICTER),
        ("ok", "~ o", str, "", Strictness.STRICTER),
        ("~ o", "~ o", str, "", Strictness.EQUAL),
        ("~ o", "!~ o", str, "", Strictness.INCOMPARABLE),
        ("~ ^v2", "!= v1", str, "", Strictness.STRICTER),
        ("~ x", "contains x", str, "", Strictness.INCOMPARABLE),
        ("contains ab", "contains a", str, "", Strictness.STRICTER),
        ("contains ab", "contains a", object, "", Strictness.INCOMPARABLE),
        ("contains a", "contains a", object, "", Strictness.EQUAL),
        (True, "!= false", bool, "", Strictness.EQUAL),
        (True, "in true, false", bool, "", Strictness.STRICTER),
        (">= 4", "ok", object, "", Strictness.INCOMPARABLE),
        (">= 4", "!= ok", object, "", Strictness.INCOMPARABLE),
        (5, ">= 4", object, "", Strictness.STRICTER),
    ],
)
def test_of_two_conditions_one_can_be_stricter(
    first: Value, second: Value, of: type, unit: str, expected: Strictness
) -> None:
    assert compare(parse(first, of, unit), parse(second, of, unit)) is expected


def test_conditions_on_different_measurements_cannot_be_compared() -> None:
    assert compare(parse(0, int), parse(0, float)) is Strictness.INCOMPARABLE
    assert compare(parse(0, float, "%"), parse(0, float, "ms")) is Strictness.INCOMPARABLE


@st.composite
def numeric(draw: st.DrawFn) -> str:
    small = st.integers(-4, 8).map(lambda halves: Fraction(halves, 2)).map(float)
    low, high = sorted((draw(small), draw(small)))
    operator = draw(st.sampled_from([">=", ">", "<=", "<", "=", "!="]))
    return draw(st.sampled_from([f"{operator} {low}", f"{low}..{high}", f"in {low}, {high}", f"{low} ± {abs(high)}"]))


@given(numeric(), numeric(), st.sampled_from([int, float]))
def test_strictness_agrees_with_what_holds(first: str, second: str, of: type) -> None:
    one, other = parse(first, of), parse(second, of)
    values = range(-15, 20) if of is int else [quarters / 4 for quarters in range(-60, 80)]
    permitted = {value for value in values if one.holds(value)}
    too = {value for value in values if other.holds(value)}
    answer = compare(one, other)
    if answer in {Strictness.STRICTER, Strictness.EQUAL}:
        assert permitted <= too
    if answer in {Strictness.LOOSER, Strictness.EQUAL}:
        assert permitted >= too
    assert compare(other, one) is _mirrored(answer)
    assert compare(one, one) is Strictness.EQUAL


def _mirrored(answer: Strictness) -> Strictness:
    swapped = {Strictness.STRICTER: Strictness.LOOSER, Strictness.LOOSER: Strictness.STRICTER}
    return swapped.get(answer, answer)


@given(numeric() | st.text(max_size=12), st.sampled_from([int, float, str]))
def test_the_canonical_words_mean_the_same(condition: str, of: type) -> None:
    try:
        read = parse(condition, of)
    except ConditionError:
        assume(False)
    again = parse(read.text, of)
    assert compare(read, again) is Strictness.EQUAL
    assert again.text == read.text


# --- cost ---------------------------------------------------------------------------------------


def test_a_condition_is_read_once() -> None:
    assert parse(">= 81%", float, "%") is parse(">= 81%", float, "%")


def test_truths_and_numbers_are_not_confused_by_remembering() -> None:
    assert parse(1, object).holds(1)
    assert parse(True, object).holds(True)
    assert parse(1.0, object).holds(1)
    with pytest.raises(ConditionError):
        parse(True, object).holds(1)


def test_reading_the_conditions_of_ten_thousand_gates_is_cheap() -> None:
    began = time.process_time()
    for _ in range(10_000):
        parse(">= 80%", float, "%")
        parse(0, int)
    assert time.process_time() - began < 0.5


def test_a_pattern_that_takes_for_ever_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns.search, "__defaults__", (0.3,))
    read: Condition = parse("!~ (a+)+$", str)
    with pytest.raises(ConditionError, match="took longer"):
        read.holds("a" * 100 + "!")


def test_a_text_too_long_to_be_searched_is_undecided() -> None:
    with pytest.raises(ConditionError, match="too long"):
        parse("!~ x", str).holds("a" * (patterns.LONGEST_TEXT + 1))
