"""What measurements mean for one gate: it passes when every expectation was seen to hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pytest_readiness.condition import Condition, parse
from pytest_readiness.errors import ConditionError
from pytest_readiness.model import Expectation, Gate, Held, Measurement, Outcome, Value
from pytest_readiness.units import show

#: How the reason begins where a probe found nothing to look at.
NOTHING = "nothing was looked at"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one gate's measurements come to."""

    outcome: Outcome
    reason: str
    expectations: tuple[Held, ...]


class _Measure(Protocol):
    """What is needed here of the declaration of a measurement."""

    @property
    def type(self) -> type: ...
    @property
    def unit(self) -> str: ...


def weigh(
    gate: Gate,
    measured: Mapping[str, Measurement],
    looked_at: int,
    counter: str | None,
    unknown: Mapping[str, str] | None = None,
    *,
    bounds: Mapping[str, tuple[float, float]] | None = None,
) -> Weighed:
    """
    Return the outcome of a gate whose probe ran to its end.

    *looked_at* is how many things the probe examined, *counter* the measurement that counts them,
    *unknown* says of measurements that could not be had why that is, *bounds* within which ones an
    uncertain number lies in truth.
    """
    if not gate.expectations:
        return Weighed(Outcome.ERROR, "nothing is expected, so nothing can hold: add 'expect'", ())
    if looked_at <= 0 and not _zero_is_said(gate, counter):
        why = (unknown or {}).get(counter or "")
        reason = f"{NOTHING}: {why}" if why else NOTHING
        said = f" (if that is what is wanted, say '{counter}: 0' under 'expect')" if counter else ""
        return Weighed(Outcome.ERROR, reason + said, tuple(_undecided(wanted, reason) for wanted in gate.expectations))
    held = tuple(_held(gate, wanted, measured, unknown or {}, bounds or {}) for wanted in gate.expectations)
    return Weighed(outcome_of(held), _reason(held), held)


def outcome_of(held: Iterable[Held]) -> Outcome:
    """Return what *held* comes to: what could not be decided outweighs what does not hold."""
    decided = {one.held for one in held}
    if decided == {True}:
        return Outcome.PASSED
    return Outcome.FAILED if decided <= {True, False} and decided else Outcome.ERROR


def _reason(held: Sequence[Held]) -> str:
    """Return what a reader needs to know first: what could not be decided, then what does not hold, else all."""
    bad = [*_unmeasured(held), *(one.why for one in held if one.held is False)]
    return "; ".join(bad or [one.why for one in held])


def _unmeasured(held: Sequence[Held]) -> list[str]:
    """Return why expectations could not be decided, a cause that several share only once."""
    causes: dict[str, list[str]] = {}
    for one in held:
        if one.held is None:
            cause = one.why.removeprefix(f"{one.measurement} was not measured")
            causes.setdefault(cause, []).append(one.why if cause == one.why else one.measurement)
    return [_together(cause, names) for cause, names in causes.items()]


def _together(cause: str, names: Sequence[str]) -> str:
    if cause in names:
        return cause
    return f"{', '.join(names)} {'was' if len(names) == 1 else 'were'} not measured{cause}"


def _held(
    gate: Gate,
    wanted: Expectation,
    measured: Mapping[str, Measurement],
    unknown: Mapping[str, str],
    bounds: Mapping[str, tuple[float, float]],
) -> Held:
    name = wanted.measurement
    if name not in measured:
        why = f": {unknown[name]}" if name in unknown else ""
        return _undecided(wanted, f"{name} was not measured{why}")
    found = measured[name]
    try:
        condition = _condition(gate, wanted, found.unit)
        held = condition.holds(found.value)
        if any(condition.holds(bound) is not held for bound in bounds.get(name, ())):
            least, most = (show(bound, found.unit, beside=found.value) for bound in bounds[name])  # type: ignore[arg-type]
            around = f"{show(found.value, found.unit)}, give or take: from {least} to {most}"
            return _undecided(wanted, f"cannot tell: {name} is {around}, which is on both sides of {condition.text}")
        return Held(name, _words(wanted.condition), held, condition.explain(name, found.value, found.unit))
    except ConditionError as error:
        return _undecided(wanted, f"{name}: {error}")


def _undecided(wanted: Expectation, why: str) -> Held:
    return Held(wanted.measurement, _words(wanted.condition), None, why)


def _condition(gate: Gate, wanted: Expectation, unit: str) -> Condition:
    """Return the condition as the probe's declaration types it; where there is none, of any type."""
    declared = _declared(gate, wanted.measurement)
    if declared is None:
        return parse(wanted.condition, object, unit)
    if declared.unit != unit:
        message = f"measured in {unit or 'no unit'} where {declared.unit or 'no unit'} was declared"
        raise ConditionError(message)
    return parse(wanted.condition, declared.type, unit)


def _zero_is_said(gate: Gate, counter: str | None) -> bool:
    """Whether the gate itself, not a default, expects zero of *counter* in so many words."""
    for wanted in gate.expectations:
        if wanted.measurement == counter and not wanted.default:
            try:
                declared = _declared(gate, wanted.measurement)
                return _condition(gate, wanted, declared.unit if declared else "").says_zero
            except ConditionError:
                return False
    return False


def _declared(gate: Gate, name: str) -> _Measure | None:
    """Return how the gate's probe declares measurement *name*, None if it does not."""
    declare: Callable[[str], _Measure | None] | None = getattr(gate.options, "declare", None)
    return declare(name) if declare else None


def _words(condition: Value) -> str:
    return condition if isinstance(condition, str) else show(condition)
