from __future__ import annotations

import pytest

from pytest_readiness.condition import parse
from pytest_readiness.model import Better, Each, Measurement, Value
from pytest_readiness.probe import Measure
from pytest_readiness.survey.threshold import floor, shown, threshold

MORE = Measure(float, "share", unit="%", better=Better.HIGHER)
LESS = Measure(int, "lines", better=Better.LOWER)
TIME = Measure(float, "time", unit="s", better=Better.LOWER)


@pytest.mark.parametrize(
    ("measure", "value", "condition"),
    [
        (MORE, 83.24, ">= 83.2%"),
        (MORE, 74.996, ">= 74.9%"),
        (MORE, 75.0, ">= 75%"),
        (MORE, 99.99999, ">= 99.9%"),
        (MORE, 0.04, None),
        (LESS, 812, "<= 812"),
        (LESS, 0, 0),
        (TIME, 1.2301, "<= 1.3s"),
        (LESS, Each((3, 7, 5)), "<= 7"),
        (MORE, Each((80.19, 90.0)), ">= 80.1%"),
        (Measure(bool, "there", better=Better.HIGHER), True, True),
        (Measure(bool, "there", better=Better.LOWER), False, False),
        (Measure(bool, "there", better=Better.LOWER), True, None),
        (Measure(bool, "there"), True, None),
        (Measure(int, "files"), 4, None),
        (Measure(str, "name"), "main", None),
    ],
)
def test_the_threshold_is_todays_value_cut_to_the_lenient_side(
    measure: Measure, value: Value, condition: object
) -> None:
    assert threshold(measure, Measurement(value, measure.unit)) == condition


@pytest.mark.parametrize("value", [74.996, 83.2, 0.15, 100.0, 12.35, 66.66666666666667])
@pytest.mark.parametrize("measure", [MORE, TIME])
def test_todays_value_always_meets_it(measure: Measure, value: float) -> None:
    condition = threshold(measure, Measurement(value, measure.unit))
    assert isinstance(condition, str)
    assert parse(condition, float, measure.unit).holds(value)


def test_it_is_no_stricter_than_what_is_enough() -> None:
    assert threshold(LESS, Measurement(42), 500) == "<= 500"
    assert threshold(LESS, Measurement(812), 500) == "<= 812"
    assert threshold(MORE, Measurement(99.0, "%"), 90) == ">= 90%"


def test_a_share_is_cut_to_a_tenth() -> None:
    assert floor(83.29) == "83.2"
    assert floor(80.0) == "80"


def test_todays_value_is_shown_with_its_unit() -> None:
    assert shown(Measurement(71.4, "%")) == "71.40 %"
