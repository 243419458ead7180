"""Which of two conditions is the stricter one."""

from __future__ import annotations

from enum import Enum

from pytest_readiness.condition._forms import Among, Condition, Contains, Fact, Matches, Within
from pytest_readiness.errors import ConditionError


class Strictness(Enum):
    """How one condition relates to another: STRICTER permits only part of what the other permits."""

    STRICTER = "stricter"
    LOOSER = "looser"
    EQUAL = "equal"
    INCOMPARABLE = "incomparable"


def compare(first: Condition, second: Condition) -> Strictness:
    """Return whether *first* is stricter than *second*, looser, equal, or neither."""
    if (first.type, first.unit) != (second.type, second.unit):
        return Strictness.INCOMPARABLE
    there, back = _implies(first, second), _implies(second, first)
    if there and back:
        return Strictness.EQUAL
    return Strictness.STRICTER if there else Strictness.LOOSER if back else Strictness.INCOMPARABLE


def _implies(first: Condition, second: Condition) -> bool:
    """Whether every value that *first* permits is permitted by *second*, as far as can be told."""
    members = first.members()
    if members is not None:
        return all(_admits(second, fact, unsure=False) for fact in members)
    if isinstance(second, Among) and second.negated:
        if isinstance(first, Among):
            return set(second.facts) <= set(first.facts)
        return not any(_admits(first, fact, unsure=True) for fact in second.facts)
    return _lies_in(first, second)


def _lies_in(first: Condition, second: Condition) -> bool:
    """Whether *first* permits only what *second* permits, where both are of the same form."""
    if isinstance(first, Within) and isinstance(second, Within):
        return first.lies_in(second)
    if isinstance(first, Matches) and isinstance(second, Matches):
        return (first.pattern, first.negated) == (second.pattern, second.negated)
    if isinstance(first, Contains) and isinstance(second, Contains):
        return second.part == first.part or (first.type is str and second.part in first.part)
    return False


def _admits(condition: Condition, fact: Fact, *, unsure: bool) -> bool:
    """Whether *condition* permits *fact*; *unsure* where that cannot be decided."""
    try:
        return condition.admits(fact)
    except ConditionError:
        return unsure
