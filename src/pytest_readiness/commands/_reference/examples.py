"""A gate that uses a probe, and what a report says of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from pytest_readiness.commands._reference import trials
from pytest_readiness.condition import parse
from pytest_readiness.model import Better
from pytest_readiness.probe import Probe

#: Values to put to a condition, the likeliest first.
_TRIES: dict[type, tuple[bool | int | float | str, ...]] = {
    bool: (True, False),
    int: (3, 0, 1, 200, 503, 10**9),
    float: (12.5, 93.75, 0.0, 1.0, 100.0, 250.0, 1e6),
    str: ("broken", "ok"),
}


def example(name: str, probe: type[Probe]) -> str:
    """Return a gate in YAML that uses *probe*, made of the examples of its options."""
    return _dumped(_exemplar(name, probe)[0])


def told(name: str, probe: type[Probe]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the example, and what a report says of it when it is green and when it is red."""
    gate, made = _exemplar(name, probe)
    return _dumped(gate), tuple(_outlook(gate, made)) if made else ()


def _dumped(gate: Mapping[str, object]) -> str:
    return str(yaml.safe_dump([gate], sort_keys=False, default_flow_style=None, allow_unicode=True, width=100))


def _exemplar(name: str, probe: type[Probe]) -> tuple[dict[str, Any], Probe | None]:
    trial = trials.example(probe)
    gate: dict[str, Any] = {"id": f"my-{name.replace('_', '-')}", "probe": name}
    given = trial.given if trial else trials.required(probe)
    if given:
        gate["with"] = given
    if not (trial.made.expected() if trial else probe.expect):
        best = next(
            (key for key, it in probe.measures.items() if it.better is Better.HIGHER), next(iter(probe.measures))
        )
        gate["expect"] = {best: ">= 80 %" if probe.measures[best].unit == "%" else ">= 1"}
    return gate, trial.made if trial else None


def _outlook(gate: Mapping[str, Any], made: Probe) -> Iterator[tuple[str, str]]:
    """
    Yield what a report says of the example *gate* when it is green, and when it is red.

    The values are made up, from the first expectation for which that can be done; what is said of them is
    said by the same code as in a report.
    """
    for name, wanted in {**made.expected(), **gate.get("expect", {})}.items():
        measure = made.declare(name)
        if measure is None:
            continue
        condition = parse(wanted, measure.type, measure.unit)
        tries = (*_TRIES.get(measure.type, ()), *(re.findall(r"\w+", str(wanted)) if measure.type is str else ()))
        good = next((value for value in tries if condition.holds(value)), None)
        bad = [value for value in tries if not condition.holds(value)]
        if good is not None and bad:
            yield "green", condition.explain(name, good, measure.unit)
            yield "red", condition.explain(name, min(bad, key=lambda value: _distance(value, good)), measure.unit)
            return


def _distance(one: object, other: object) -> float:
    """Return how far apart two values are, as orders of magnitude; 0 for what is no number."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(math.log((one + 1) / (other + 1)))
    return 0.0
