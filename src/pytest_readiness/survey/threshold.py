"""A threshold that today's value meets, and that nothing worse than today meets for long."""

from __future__ import annotations

import math
from fractions import Fraction

from pytest_readiness.model import Better, Each, Measurement
from pytest_readiness.probe import Measure
from pytest_readiness.units import exact, show

#: Shares and times are cut to this part of their unit, to the lenient side.
_GRAIN = 10


def threshold(measure: Measure, today: Measurement, enough: int | None = None) -> object | None:
    """
    Return the condition that holds *today* to its value, None where there is no better or worse.

    With *enough*, no condition is stricter than that. A number that is not whole is cut to a tenth, never to the
    strict side: 74.996 % becomes ``>= 74.9%``.
    """
    number = _worst(measure, today.value)
    if number is None:
        return today.value if _is_best(measure, today.value) else None
    higher = measure.better is Better.HIGHER
    if enough is not None:
        number = min(number, Fraction(enough)) if higher else max(number, Fraction(enough))
    if number.denominator != 1:
        number = Fraction((math.floor if higher else math.ceil)(number * _GRAIN), _GRAIN)
    if not number:
        return None if higher else 0
    return f"{'>=' if higher else '<='} {_written(number)}{measure.unit}"


def _is_best(measure: Measure, value: object) -> bool:
    """Tell whether *value* is the truth that is the better one."""
    return {Better.HIGHER: True, Better.LOWER: False}.get(measure.better) is value


def _worst(measure: Measure, value: object) -> Fraction | None:
    """Return the number that all others of *value* are at least as good as."""
    if measure.better is Better.NEITHER:
        return None
    numbers = value if isinstance(value, Each) else (value,)
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers):
        return None
    known = [exact(one) for one in numbers if isinstance(one, int | float)]
    return min(known) if measure.better is Better.HIGHER else max(known)


def floor(share: float) -> str:
    """Return *share* cut to a tenth, so that a condition ``>=`` it holds."""
    return _written(Fraction(math.floor(exact(share) * _GRAIN), _GRAIN))


def _written(number: Fraction) -> str:
    return f"{float(number):.1f}" if number.denominator != 1 else str(number.numerator)


def shown(today: Measurement) -> str:
    """Return *today* for people."""
    return show(today.value, today.unit)
