"""The JSON Schema of readiness.yaml, composed of the same forms and probes that the loader reads with."""

from __future__ import annotations

import inspect
from typing import Any

from pytest_readiness import options
from pytest_readiness.judge import GROUP_MEASURES
from pytest_readiness.model import Value
from pytest_readiness.probe import Measure
from pytest_readiness.registry import Registry
from pytest_readiness.spec._forms import GATE, GROUP, SERVICE, SPEC
from pytest_readiness.spec._probes import Known, Probes

_SCALARS = ["string", "number", "boolean"]


def schema(registry: Registry) -> dict[str, object]:
    """
    Return the JSON Schema (2020-12) of readiness.yaml, with the options and measurements of every probe of *registry*.

    A probe that cannot be loaded may have any options.
    """
    top: dict[str, Any] = SPEC.schema()
    top["properties"]["services"]["additionalProperties"] = {"$ref": "#/$defs/service"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "readiness.yaml",
        "description": "A production-readiness checklist as gates for pytest-readiness.",
        **top,
        "$defs": {
            "condition": _condition(),
            "service": SERVICE.schema(),
            "item": {
                "if": {"required": ["group"]},
                "then": {"$ref": "#/$defs/group"},
                "else": {"$ref": "#/$defs/gate"},
            },
            "group": _group(),
            "gate": _gate(registry),
        },
    }


def _condition() -> dict[str, object]:
    return {
        "description": "A value it must equal, or '>= 80%', '< 200 ms', '!= 0', '~ regex', 'in a, b', '10..50'.",
        "anyOf": [{"type": _SCALARS}, {"type": "array", "items": {"type": [*_SCALARS, "null"]}}],
    }


def _group() -> dict[str, object]:
    made: dict[str, Any] = GROUP.schema()
    made["properties"]["expect"] |= {
        "properties": {
            name: {"description": meaning + (" (%)" if name == "score" else ""), "$ref": "#/$defs/condition"}
            for name, meaning in GROUP_MEASURES.items()
        },
        "additionalProperties": False,
    }
    made["anyOf"] = [{"required": ["gates"]}, {"required": ["of"]}]
    return made


def _gate(registry: Registry) -> dict[str, object]:
    made: dict[str, Any] = GATE.schema()
    made["properties"]["probe"] = {"description": made["properties"]["probe"]["description"], "enum": []}
    for key in ("expect", "when"):
        made["properties"][key]["additionalProperties"] = {"$ref": "#/$defs/condition"}
    made["anyOf"] = [{"required": ["id"]}, {"required": ["title"]}]
    probes = Probes(registry)
    names = [*registry.names(), *(name for name in registry.broken if name not in registry.names())]
    made["properties"]["probe"]["enum"] = names
    made["allOf"] = [_case(name, known) for name in names if isinstance(known := probes.get(name), Known)]
    return made


def _case(name: str, known: Known) -> dict[str, object]:
    """Return what holds of gates with probe *name*."""
    given: dict[str, Any] = options.schema(known.probe)
    doc = (inspect.getdoc(known.probe) or "").strip()
    given["description"] = doc.partition("\n\n")[0]
    expect: dict[str, Any] = {
        "properties": {measure: _expectation(known.measures[measure], known, measure) for measure in known.measures}
    }
    if known.fixed:
        expect["additionalProperties"] = False
    then: dict[str, Any] = {"properties": {"with": given, "expect": expect}}
    required = [key for key, wanted in (("with", "required" in given), ("expect", _must_expect(known))) if wanted]
    if required:
        then["required"] = required
    return {"if": {"properties": {"probe": {"const": name}}, "required": ["probe"]}, "then": then}


def _must_expect(known: Known) -> bool:
    return known.silent and bool(known.measures)


def _expectation(measure: Measure, known: Known, name: str) -> dict[str, object]:
    """Return the schema of an expectation: its meaning, unit and default are what an editor shows."""
    unit = f" ({measure.unit})" if measure.unit else ""
    default: list[Value] = [each.condition for each in known.defaults if each.measurement == name]
    said = f"{measure.meaning}{unit}" + (f"; expected: {default[0]}" if default else "")
    return {"description": said, "$ref": "#/$defs/condition"}
