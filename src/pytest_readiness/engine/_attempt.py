"""One attempt at one gate: measure, look at what came back, weigh it. Never raises, whatever the probe does."""

from __future__ import annotations

import dataclasses
import math
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from pytest_readiness import options
from pytest_readiness.errors import CannotMeasure, OptionError, ReadinessError
from pytest_readiness.judge import weigh
from pytest_readiness.model import Each, Evidence, Gate, Held, Measurement, Outcome, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe
from pytest_readiness.redact import Redactor

#: How much of it a result keeps: characters of a reason, a measured text, a title and a piece of evidence; pieces.
REASON, TEXT, TITLE, EVIDENCE, PIECES = 2_000, 4_000, 200, 16_000, 50

#: How many items of a measured list a result keeps.
ITEMS = 1_000

_FRAMES = 6


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    What came of one attempt: a result without the gate and the clock.

    ``raw`` are the measured values that other gates use, neither cut nor without their secrets.
    """

    outcome: Outcome
    reason: str
    measurements: Mapping[str, Measurement] = field(default_factory=dict)
    expectations: tuple[Held, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    raw: Mapping[str, Value] = field(default_factory=dict)


def attempt(
    gate: Gate, context: Context, known: Mapping[str, object], redactor: Redactor, used: Collection[str] = ()
) -> Attempt:
    """
    Put *gate* to its probe once.

    *known* are the values behind ``${api.url}`` and its like; *used* names the measurements that other
    gates use. Texts are cut here already, in the thread that made them.
    """
    try:
        made = _made(gate, context, known, redactor)
        raw = {name: made.measurements[name].value for name in used if name in made.measurements}
        return dataclasses.replace(tidy(made, redactor), raw=raw)
    except BaseException as error:  # noqa: BLE001 - a probe may raise anything; the gate is an error, the run goes on
        return tidy(broken(gate, error), redactor)


def _made(gate: Gate, context: Context, known: Mapping[str, object], redactor: Redactor) -> Attempt:
    probe = cast("Probe", gate.options)
    if gate.binds is not None:
        probe = options.bind(type(probe), gate.binds, known)
        for secret in options.secrets(probe):
            redactor.add(secret)
    measured: object = probe.measure(context)
    values, wrong, evidence = _look_at(probe, measured)
    if wrong:
        return Attempt(Outcome.ERROR, "; ".join(wrong), values, undecided(gate), evidence)
    assert isinstance(measured, Measurements)
    weighed = weigh(gate, values, measured.looked_at, probe.counter, measured.unknown, bounds=measured.bounds)
    return Attempt(weighed.outcome, weighed.reason, values, weighed.expectations, evidence)


def undecided(gate: Gate) -> tuple[Held, ...]:
    """Return the expectations of a gate that was not measured: none of them is held or broken."""
    return weigh(gate, {}, 1, None).expectations


# --- what went wrong ----------------------------------------------------------------------------


def broken(gate: Gate, error: BaseException) -> Attempt:
    """Return the attempt that ended in *error*, with the error's notes or its traceback as evidence."""
    if isinstance(error, ReadinessError):
        reason = _said(error) or "the probe could not find out, and does not say why"
        if isinstance(error, OptionError) and error.option:
            reason = f"{error.option}: {reason}"
        elif not isinstance(error, (CannotMeasure, OptionError)):
            reason = f"{type(error).__name__}: {reason}"
        notes = "\n".join(map(str, getattr(error, "__notes__", ())))
        evidence = (Evidence("details", notes),) if notes else ()
    else:
        said = _said(error)
        reason = f"the probe broke: {type(error).__name__}{said and ': '}{said}"
        evidence = (Evidence("traceback", _traceback(error)),)
    return Attempt(Outcome.ERROR, reason, {}, undecided(gate), evidence)


def _said(error: BaseException) -> str:
    try:
        return str(error).strip()
    except Exception:  # noqa: BLE001 - even this may be broken
        return ""


def _traceback(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error, limit=-_FRAMES)).rstrip()
    except Exception:  # noqa: BLE001 - even this may be broken
        return type(error).__name__


# --- what came back -----------------------------------------------------------------------------


def _look_at(probe: Probe, measured: object) -> tuple[dict[str, Measurement], list[str], tuple[Evidence, ...]]:
    """Return what is right in what a probe returned, what is wrong with it, and its evidence."""
    if not isinstance(measured, Measurements):
        return {}, [f"the probe returned {_kind(measured)}, not Measurements"], ()
    values: dict[str, Measurement] = {}
    wrong: list[str] = []
    for name, value in _pairs(measured.values, wrong):
        measure = probe.declare(name)
        if measure is None:
            wrong.append(f"the probe measured {name!r}, which it does not declare")
            continue
        try:
            values[name] = Measurement(fitting(value, measure), measure.unit)
        except ValueError as error:
            wrong.append(f"{name} {error}")
    looked_at: object = measured.looked_at
    if isinstance(looked_at, bool) or not isinstance(looked_at, int) or looked_at < 0:
        wrong.append(f"the probe does not say how much it looked at, but {looked_at!r:.100}")
    unknown: object = measured.unknown
    if not isinstance(unknown, Mapping) or not all(isinstance(text, str) for pair in unknown.items() for text in pair):
        wrong.append("the probe's reasons for what is unknown are not texts by name")
    if not _are_bounds(measured.bounds):
        wrong.append("the probe's bounds are not pairs of numbers by name")
    return values, wrong, _evidence(measured.evidence, wrong)


def _are_bounds(given: object) -> bool:
    return isinstance(given, Mapping) and all(
        isinstance(name, str) and isinstance(pair, tuple) and len(pair) == 2 and all(map(_is_number, pair))  # noqa: PLR2004
        for name, pair in given.items()
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _pairs(values: object, wrong: list[str]) -> Iterator[tuple[str, object]]:
    if not isinstance(values, Mapping):
        wrong.append(f"the probe's values are {_kind(values)}, not a mapping")
        return
    for name, value in values.items():
        if isinstance(name, str):
            yield name, value
        else:
            wrong.append(f"the name of a measurement is {_kind(name)}, not a text")


def _evidence(given: object, wrong: list[str]) -> tuple[Evidence, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        wrong.append(f"the probe's evidence is {_kind(given)}, not a list")
        return ()
    right = tuple(item for item in given if isinstance(item, Evidence))
    if len(right) != len(given):
        wrong.append("the probe's evidence holds something that is not Evidence")
    return right


def fitting(value: object, measure: Measure) -> Value:
    """Return *value* as *measure* declares it; raises ``ValueError`` if it is something else."""
    if isinstance(value, Each):
        return _each(value, measure)
    if measure.type is object:
        return _json(value)
    if measure.type is bool:
        if isinstance(value, bool):
            return value
    elif measure.type is str:
        if isinstance(value, str):
            return str(value)
    elif isinstance(value, int if measure.type is int else (int, float)) and not isinstance(value, bool):
        return _finite(value)
    wanted = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}.get(measure.type)
    raise ValueError(f"is {_kind(value)} ({value!r:.100}), not {wanted or measure.type.__name__}")


def _each(values: Each, measure: Measure) -> Each:
    """Return *values*, each of which must be a single one that fits."""
    fit = [fitting(one, measure) for one in values]
    scalars = [one for one in fit if not isinstance(one, tuple)]
    if not scalars or len(scalars) != len(fit):
        raise ValueError("is not several single values")
    return Each(scalars)


def _json(value: object) -> Value:
    if isinstance(value, (list, tuple)):
        return tuple(_scalar(item) for item in value)
    return _scalar(value)


def _scalar(value: object) -> bool | int | float | str | None:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return _finite(value)
    raise ValueError(f"is {_kind(value)}, not one value or a flat list of values")


def _finite(value: float) -> int | float:
    if not isinstance(value, int) and not math.isfinite(value):
        raise ValueError(f"is {value}, which is no number")
    # Subclasses (an IntEnum, a float of some library) may compare or print as they like.
    return int(value) if isinstance(value, int) else float(value)


def _kind(value: object) -> str:
    return "nothing (None)" if value is None else f"a {type(value).__name__}"


# --- limits and secrets -------------------------------------------------------------------------


def tidy(made: Attempt, redactor: Redactor) -> Attempt:
    """
    Return *made* with everything cut to size.

    Secrets are replaced in what is cut, before it is cut: half a secret would not be found any more. The
    rest is searched when the result is made.
    """

    def fit(text: str, longest: int) -> str:
        return text if len(text) <= longest else cut(redactor.text(text), longest)

    def fit_value(value: Value) -> Value:
        if isinstance(value, str):
            return fit(value, TEXT)
        if not isinstance(value, tuple):
            return value
        kept = tuple(fit(item, TEXT) if isinstance(item, str) else item for item in value[:ITEMS])
        if len(value) > ITEMS:
            kept = (*kept, f"… ({len(value) - ITEMS} more)")
        return Each(kept) if isinstance(value, Each) else kept

    pieces = [Evidence(fit(item.title, TITLE), fit(item.text, EVIDENCE)) for item in made.evidence[:PIECES]]
    if len(made.evidence) > PIECES:
        pieces.append(Evidence("more", f"{len(made.evidence) - PIECES} more pieces of evidence are not shown"))
    return dataclasses.replace(
        made,
        reason=fit(made.reason, REASON),
        measurements={
            name: Measurement(fit_value(measured.value), measured.unit) for name, measured in made.measurements.items()
        },
        expectations=tuple(
            held if len(held.why) <= REASON else dataclasses.replace(held, why=fit(held.why, REASON))
            for held in made.expectations
        ),
        evidence=tuple(pieces),
    )


def cut(text: str, longest: int) -> str:
    """Return *text*, or its beginning and how much is missing."""
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest} more characters)"
