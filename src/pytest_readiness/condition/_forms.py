"""The forms a condition takes once it is read."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from pytest_readiness import patterns
from pytest_readiness.errors import ConditionError
from pytest_readiness.model import Each, Scalar
from pytest_readiness.units import exact, show

#: A value with its kind beside it, so that True is never 1: ("number", Fraction(1)).
Fact: TypeAlias = tuple[str, object]

_NOUNS = {"null": "null", "truth": "true or false", "number": "a number", "text": "a text", "list": "a list"}
_KINDS: dict[type, frozenset[str]] = {
    bool: frozenset({"truth"}),
    int: frozenset({"number"}),
    float: frozenset({"number"}),
    str: frozenset({"text"}),
    object: frozenset(_NOUNS),
}
_FEW = 1000
_FEW_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(ABC):
    """
    One condition on one measurement.

    ``text`` says it in canonical words. ``type`` and ``unit`` are those of the measurement; numbers
    inside are in that unit. ``like`` is the unit that the condition was written in.
    ``says_zero`` tells whether zero was expected in so many words.
    """

    text: str
    type: type
    unit: str = ""
    like: str = ""
    says_zero: bool = False

    def holds(self, value: object) -> bool:
        """
        Whether the condition holds on *value*, unrounded, or on each value of an ``Each``.

        Raises ``ConditionError`` if *value* does not fit.
        """
        if not isinstance(value, Each):
            return self.admits(_fact(value, self.type))
        if not value:
            message = "there is not one value"
            raise ConditionError(message)
        held = [self.admits(_fact(one, self.type)) for one in value]  # all, so that none that does not fit goes unseen
        return all(held)

    def explain(self, name: str, value: object, unit: str | None = None) -> str:
        """Return a sentence such as ``line is 71.40 %, expected >= 80 %``."""
        unit = self.unit if unit is None else unit
        beside = self._bounds() if unit == self.unit else ()
        values = self._telling(value) if isinstance(value, Each) else (value,)
        shown = ", ".join(show(one, unit, beside=beside, like=self.like) for one in values[:_FEW_SHOWN])
        more = f" and {len(values) - _FEW_SHOWN} more" if len(values) > _FEW_SHOWN else ""
        return f"{name} is {shown}{more}, expected {self.text}"

    def _telling(self, values: Each) -> tuple[Scalar, ...]:
        """Return the values that do not hold, or all if they do."""
        return tuple(one for one in values if not self._surely(one)) or values

    def _surely(self, value: object) -> bool:
        try:
            return self.holds(value)
        except ConditionError:
            return False

    @abstractmethod
    def admits(self, fact: Fact) -> bool:
        """Whether *fact*, which fits the type, is permitted."""

    def _bounds(self) -> tuple[Fraction, ...]:
        """Return the numbers that a value shown beside the condition must not be confused with."""
        return ()

    def members(self) -> tuple[Fact, ...] | None:
        """Return all values that are permitted, None if they are too many to tell."""
        truths = (("truth", True), ("truth", False))
        return tuple(fact for fact in truths if self.admits(fact)) if self.type is bool else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Among(Condition):
    """One of some values, or, ``negated``, none of them."""

    facts: tuple[Fact, ...]
    negated: bool = False

    def admits(self, fact: Fact) -> bool:
        kinds = dict.fromkeys(kind for kind, _ in self.facts)
        if fact[0] not in kinds and tuple(kinds) != ("null",):
            raise _misfit(fact, *kinds)
        return (fact in self.facts) != self.negated

    def _bounds(self) -> tuple[Fraction, ...]:
        return tuple(value for _, value in self.facts if isinstance(value, Fraction))

    def members(self) -> tuple[Fact, ...] | None:
        # Named without super(): a dataclass with slots is made anew, which the bare form cannot follow.
        return Condition.members(self) if self.negated else self.facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Within(Condition):
    """A number between two bounds, either of which may be missing (None) or excluded (open)."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    def admits(self, fact: Fact) -> bool:
        kind, number = fact
        if kind != "number" or not isinstance(number, Fraction):
            raise _misfit(fact, "number")
        above = self.low is None or number > self.low or (number == self.low and not self.low_open)
        below = self.high is None or number < self.high or (number == self.high and not self.high_open)
        return above and below

    def _bounds(self) -> tuple[Fraction, ...]:
        return tuple(bound for bound in (self.low, self.high) if bound is not None)

    def members(self) -> tuple[Fact, ...] | None:
        if self.low is None or self.high is None:
            return None
        if self.type is int and self.high - self.low <= _FEW:
            numbers = map(Fraction, range(math.ceil(self.low), math.floor(self.high) + 1))
            return tuple(("number", number) for number in numbers if self.admits(("number", number)))
        return (("number", self.low),) if self.low == self.high else None

    def lies_in(self, other: Within) -> bool:
        """Whether every number permitted here is permitted by *other*."""
        mine, theirs = self._edges(), other._edges()
        return mine[0] >= theirs[0] and mine[1] <= theirs[1]

    def _edges(self) -> tuple[tuple[Fraction | float, int], tuple[Fraction | float, int]]:
        """Return both bounds, each with a step inwards where it is excluded; whole numbers step to the next one."""
        low: tuple[Fraction | float, int] = (-math.inf, 0) if self.low is None else (self.low, int(self.low_open))
        high: tuple[Fraction | float, int] = (math.inf, 0) if self.high is None else (self.high, -int(self.high_open))
        if self.type is int and self.low is not None:
            low = (Fraction(math.floor(self.low) + 1 if self.low_open else math.ceil(self.low)), 0)
        if self.type is int and self.high is not None:
            high = (Fraction(math.ceil(self.high) - 1 if self.high_open else math.floor(self.high)), 0)
        return low, high


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches(Condition):
    """A text in which a regular expression is found, or, ``negated``, is not."""

    pattern: re.Pattern[str]
    negated: bool = False

    def admits(self, fact: Fact) -> bool:
        kind, text = fact
        if kind != "text" or not isinstance(text, str):
            raise _misfit(fact, "text")
        try:
            return patterns.search(self.pattern, text) != self.negated
        except (ValueError, TimeoutError) as error:
            raise ConditionError(str(error)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains(Condition):
    """A text with ``part`` in it, or a list with one of ``facts`` among its items."""

    part: str
    facts: tuple[Fact, ...]

    def admits(self, fact: Fact) -> bool:
        kind, value = fact
        if kind == "text" and isinstance(value, str):
            return self.part in value
        if kind == "list" and isinstance(value, tuple):
            return any(item in value for item in self.facts)
        raise _misfit(fact, *({"text", "list"} & _KINDS[self.type]))


def _fact(value: object, of: type) -> Fact:
    """Return *value* with its kind; raises ``ConditionError`` if it is not of the declared type *of*."""
    fact = fact_of(value)
    if fact[0] not in _KINDS[of]:
        raise _misfit(fact, *_KINDS[of])
    if of is int and isinstance(value, float):
        message = f"{show(value)} was measured where a whole number was declared"
        raise ConditionError(message)
    return fact


def fact_of(value: object) -> Fact:
    """Return any JSON value with its kind; raises ``ConditionError`` for what can hold no condition."""
    if value is None:
        return ("null", None)
    if isinstance(value, bool):
        return ("truth", value)
    if isinstance(value, str):
        return ("text", str(value))
    if isinstance(value, int | float | Fraction):
        try:
            return ("number", exact(value))
        except ValueError as error:
            raise ConditionError(str(error)) from None
    if isinstance(value, list | tuple):
        return ("list", tuple(map(fact_of, value)))
    message = f"a {type(value).__name__} was measured, which no condition can be put to"
    raise ConditionError(message)


def plain(fact: Fact) -> object:
    """Return a fact's value for showing."""
    return [plain(item) for item in fact[1]] if isinstance(fact[1], tuple) else fact[1]


def _misfit(fact: Fact, *kinds: str) -> ConditionError:
    wanted = " or ".join(noun for kind, noun in _NOUNS.items() if kind in kinds)
    return ConditionError(f"{show(plain(fact))} is {_NOUNS[fact[0]]}, but {wanted} is expected")
