"""The JSON Schema of the JSON report."""

from __future__ import annotations

from typing import Any

from pytest_readiness.model import Disposition, Outcome, Severity, Verdict

_TEXT = {"type": "string"}
_TEXT_OR_NULL = {"type": ["string", "null"]}
_PERCENT = {"type": ["number", "null"], "minimum": 0, "maximum": 100}
_COUNT = {"type": "integer", "minimum": 0}
_SECONDS = {"type": "number", "minimum": 0, "description": "seconds"}
_MOMENT = {"type": "string", "format": "date-time", "pattern": "^[0-9T:-]+Z$"}
_SCALAR = {"type": ["boolean", "number", "string", "null"]}
_PATH = {"type": "array", "items": _TEXT}


def object_of(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the schema of an object that has all of *properties*; readers must bear further keys."""
    return {"type": "object", "required": list(properties), "properties": properties, **more}


def _words(enum: type[Outcome | Disposition | Severity | Verdict]) -> dict[str, Any]:
    return {"enum": [word.value for word in enum]}


_SUBJECT = object_of(
    {
        "commit": _TEXT_OR_NULL,
        "dirty": {"type": ["boolean", "null"]},
        "spec": _TEXT,
        "spec_sha256": _TEXT,
        "profile": _TEXT_OR_NULL,
    }
)
_MEASUREMENT = object_of({"value": {"anyOf": [_SCALAR, {"type": ["array", "object"]}]}, "unit": _TEXT})
_EXPECTATION = object_of(
    {
        "measurement": _TEXT,
        "condition": _TEXT,
        "held": {"type": ["boolean", "null"], "description": "null: it could not be decided, which is never a pass"},
    }
)
_WAIVER = object_of(
    {
        "reason": _TEXT,
        "owner": _TEXT,
        "approved_by": _TEXT,
        "expires": {"type": "string", "format": "date"},
    }
)
_GATE = object_of(
    {
        "id": _TEXT,
        "group": _PATH,
        "title": _TEXT,
        "probe": _TEXT,
        "severity": _words(Severity),
        "weight": {"type": "number", "minimum": 0},
        "outcome": _words(Outcome),
        "disposition": _words(Disposition),
        "reason": _TEXT,
        "measurements": {"type": "object", "additionalProperties": _MEASUREMENT},
        "expectations": {"type": "array", "items": _EXPECTATION},
        "evidence": {"type": "array", "items": object_of({"title": _TEXT, "text": _TEXT})},
        "fix": _TEXT_OR_NULL,
        "waiver": {"anyOf": [{"type": "null"}, _WAIVER]},
        "source": {**_TEXT, "description": "FILE:LINE"},
        "started": {"anyOf": [{"type": "null"}, _MOMENT]},
        "duration": _SECONDS,
        "attempts": _COUNT,
        "note": {**_TEXT_OR_NULL, "description": "why the disposition is not the plain one"},
    }
)
_GROUP = object_of(
    {
        "path": _PATH,
        "score": _PERCENT,
        "outcome": _words(Outcome),
        "reason": _TEXT,
        "expectations": {"type": "array", "items": _EXPECTATION},
    }
)

SCHEMA: dict[str, Any] = object_of(
    {
        "version": {"const": 1},
        "name": _TEXT,
        "verdict": _words(Verdict),
        "exit_code": {**_COUNT, "description": "the exit code of the run that wrote this report"},
        "score": _PERCENT,
        "target": _PERCENT,
        "subject": _SUBJECT,
        "started": _MOMENT,
        "duration": _SECONDS,
        "counts": object_of({outcome.value: _COUNT for outcome in Outcome}),
        "gates": {"type": "array", "items": _GATE},
        "groups": {"type": "array", "items": _GROUP},
        "problems": {"type": "array", "items": _TEXT},
    },
    **{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "pytest-readiness report"},
)
