"""
What a probe makes of each of its options, found out by giving it them.

A probe's measurements and default expectations may depend on its options, and only the probe itself knows how.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_readiness import options as options_
from pytest_readiness.commands._reference.entries import form_of
from pytest_readiness.model import Value
from pytest_readiness.probe import Measure, Probe

#: What a variable in an example may stand for.
_VALUES = ("https://example.org", "postgresql://app@db/shop", "redis://cache:6379/0", "backups")
#: Values of the types that a schema may name.
_SIMPLE: Mapping[str, tuple[Any, ...]] = {
    "boolean": (True, False),
    "integer": (3,),
    "number": (3,),
    "string": ("x",),
}
#: How many other options one may need to make sense.
_MOST_OTHERS = 3

Given = dict[str, object]


@dataclass(frozen=True, slots=True)
class Trial:
    """Options that a probe accepts, and what it makes of them."""

    given: Given
    made: Probe

    @property
    def expected(self) -> dict[str, Value]:
        """Return what is expected then, and what is presumed beside it."""
        return {**self.made.expected(), **self.made.presumed()}


def example(probe: type[Probe]) -> Trial | None:
    """Return options that show what *probe* is for: those that it must have, or else one or few that it may have."""
    samples = _samples(probe)
    least = 0 if required(probe) else min(1, len(samples))
    return next(_accepted(probe, samples, {}, least), None)


def required(probe: type[Probe]) -> Given:
    """Return the examples of the options that *probe* must have."""
    form = form_of(probe)
    return {key: example for key in form.required if (example := form.docs[key].get("example")) is not None}


def trials(probe: type[Probe]) -> Iterator[tuple[str, Trial]]:
    """Yield each option that is not required, and options with it that *probe* accepts, as few as it takes."""
    samples = _samples(probe)
    smallest = base(probe)
    start = smallest.given if smallest else {}
    for key, values in samples.items():
        for value in values if key not in start else ():
            beside_others = _accepted(probe, samples, {**start, key: value}, most=2)
            without_them = _accepted(probe, samples, {key: value}, most=2)
            trial = next(itertools.chain(beside_others, without_them), None)
            if trial is not None:
                yield key, trial


def base(probe: type[Probe]) -> Trial | None:
    """Return the smallest options that *probe* accepts."""
    return next(_accepted(probe, _samples(probe), {}), None)


def alone(probe: type[Probe]) -> Iterator[tuple[str, Trial]]:
    """Yield each option that is not required, with no other that is not, if *probe* accepts that."""
    samples = _samples(probe)
    for key in samples.keys() - required(probe).keys():
        for trial in _accepted(probe, samples, {key: samples[key][0]}, most=0):
            yield key, trial


def named(probe: type[Probe]) -> Mapping[str, Measure]:
    """Return the options whose names become measurements, such as ``extract``, each with one of these."""
    found: dict[str, Measure] = {}
    for key, trial in trials(probe) if probe.declared is not Probe.declared else ():
        value = trial.given[key]
        for name, measure in trial.made.declared().items():
            if isinstance(value, Mapping) and name in value and name not in probe.measures:
                found[key] = measure
    return found


def _accepted(
    probe: type[Probe], samples: Mapping[str, tuple[Any, ...]], given: Given, least: int = 0, most: int = _MOST_OTHERS
) -> Iterator[Trial]:
    """Yield what *probe* makes of *given*, the required options and *least* to *most* others."""
    form = form_of(probe)
    told = {**{key: samples[key][0] for key in form.required if key in samples}, **given}
    others = [key for key in samples if key not in told and form.docs[key].get("example") is not None]
    for number in range(least, min(most, len(others)) + 1):
        for keys in itertools.combinations(others, number):
            whole: Given = {**told, **{key: samples[key][0] for key in keys}}
            for filled in _filled(whole):
                if (made := options_.convert(probe, filled, [])) is not None:
                    yield Trial(whole, made)
                    break


def _samples(probe: type[Probe]) -> dict[str, tuple[Any, ...]]:
    """Return values to give each option: its example, or what its kind allows."""
    form = form_of(probe)
    made = {}
    for key, kind in form.fields.items():
        example = form.docs[key].get("example")
        made[key] = (example,) if example is not None else tuple(_sampled(kind.schema()))
    return {key: values for key, values in made.items() if values}


def _sampled(schema: Mapping[str, Any]) -> Iterator[Any]:
    """Yield values that fit *schema*."""
    if "enum" in schema or "examples" in schema:
        yield from schema.get("enum") or schema["examples"]
    elif "anyOf" in schema:
        yield from next((found for one in schema["anyOf"] if (found := list(_sampled(one)))), [])
    elif schema.get("type") == "array":
        yield from ([item] for item in _sampled(schema["items"]))
    elif schema.get("type") == "object":
        properties = {key: next(_sampled(one), None) for key, one in schema.get("properties", {}).items()}
        if (others := schema.get("additionalProperties")) and not properties:
            yield from ({"x": value} for value in _sampled(others))
        required = {key: properties[key] for key in schema.get("required", ())}
        yield from ({**required, key: value} for key, value in properties.items())
    else:
        kinds = schema.get("type")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        yield from _SIMPLE.get(str(kind), ())


def _filled(told: Mapping[str, object]) -> Iterator[Given]:
    """Yield *told* with its variables (``${DATABASE_URL}``) replaced by what they might stand for."""
    if "${" not in str(told):
        yield dict(told)
        return
    for value in _VALUES:
        text = re.sub(r"\$\{[\w.]+\}", value, json.dumps(told))
        yield json.loads(text)
