"""
Audits as JSON: one object, UTF-8, keys in the order of its schema.

``SCHEMA`` is published by ``readiness schema --audit``. ``VERSION`` rises when a reader would break.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pytest_readiness.model import Verdict
from pytest_readiness.reports._json_schema import object_of

if TYPE_CHECKING:
    from pytest_readiness.checklist.judging.audit import Audit, Finding
    from pytest_readiness.checklist.judging.claims import Recount
    from pytest_readiness.model import Report

VERSION = 1

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_PERCENT = {"type": ["number", "null"], "minimum": 0, "description": "null: there was nothing to count or to measure"}
_WORDS = ("confirmed", "contradicted", "understated", "unproven", "open")

_CLAIM = object_of(
    {
        "line": _COUNT,
        "text": _TEXT,
        "claim": {"enum": ["done", "open", "deferred", "false-positive", "not-applicable"]},
        "measured": {"enum": ["done", "not done", "unknown", "not applicable"]},
        "word": {"enum": list(_WORDS)},
        "why": _TEXT,
        "gates": {**_TEXTS, "description": "the gates that it was judged by; with none it cannot be proven"},
    }
)
_STATED = object_of(
    {
        "line": _COUNT,
        "text": _TEXT,
        "section": _TEXTS,
        "percent": {"type": "number"},
        "boxes": _COUNT,
        "ticked": _COUNT,
        "by_boxes": _PERCENT,
        "gates": _COUNT,
        "by_weight": _PERCENT,
        "without_gate": _COUNT,
        "proven": {**_PERCENT, "description": "what may be stated; null: nothing was measured"},
        "off": {"type": "boolean", "description": "by more than rounding"},
    }
)
_CONTRADICTION = object_of({"done": _COUNT, "open": _COUNT, "text": _TEXT})
_AUDIT = object_of(
    {
        "checklist": _TEXT,
        "damage": _TEXTS,
        "failures": {**_TEXTS, "description": "what of fail_on was found, one sentence each"},
        "counts": object_of(dict.fromkeys(_WORDS, _COUNT)),
        "claims": {"type": "array", "items": _CLAIM},
        "stated": {"type": "array", "items": _STATED},
        "contradictions": {"type": "array", "items": _CONTRADICTION},
        "lost": {"type": "array", "items": object_of({"id": _TEXT, "source": _TEXT})},
    }
)
SCHEMA: dict[str, Any] = object_of(
    {
        "version": {"const": VERSION},
        "exit_code": {**_COUNT, "description": "of the claims only"},
        "fail_on": _TEXTS,
        "verdict": {"enum": [word.value for word in Verdict], "description": "of the gates"},
        "spec": _TEXT,
        "spec_sha256": _TEXT,
        "audits": {"type": "array", "items": _AUDIT, "minItems": 1},
    },
    **{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "pytest-readiness audit"},
)


def render(
    audits: Sequence[tuple[Audit, Sequence[str]]], report: Report, fail_on: Sequence[str], exit_code: int
) -> str:
    """Return *audits*, each with its failures, as JSON text."""
    whole = {
        "version": VERSION,
        "exit_code": exit_code,
        "fail_on": list(fail_on),
        "verdict": report.verdict.value,
        "spec": report.subject.spec,
        "spec_sha256": report.subject.spec_sha256,
        "audits": [_audit(audit, failures) for audit, failures in audits],
    }
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _audit(audit: Audit, failures: Sequence[str]) -> dict[str, Any]:
    items = audit.document.items
    return {
        "checklist": audit.document.text.name,
        "damage": list(audit.document.text.damage),
        "failures": list(failures),
        "counts": {word.value: count for word, count in audit.counts().items()},
        "claims": [_claim(audit, finding) for finding in audit.claims],
        "stated": [_stated(recount) for recount in audit.recounts],
        "contradictions": [
            {"done": items[pair.done].line, "open": items[pair.open].line, "text": items[pair.done].text}
            for pair in audit.contradictions
        ],
        "lost": [{"id": gate.id, "source": gate.source or ""} for gate in audit.lost],
    }


def _claim(audit: Audit, finding: Finding) -> dict[str, Any]:
    item = audit.document.items[finding.item]
    return {
        "line": item.line,
        "text": item.text,
        "claim": finding.claim.value,
        "measured": finding.measured.value,
        "word": finding.word,
        "why": finding.why,
        "gates": list(finding.gates),
    }


def _stated(recount: Recount) -> dict[str, Any]:
    stated = recount.stated
    return {
        "line": stated.line,
        "text": stated.text,
        "section": list(stated.section),
        "percent": stated.percent,
        "boxes": recount.boxes,
        "ticked": recount.ticked,
        "by_boxes": _number(recount.by_boxes),
        "gates": recount.gates,
        "by_weight": _number(recount.by_weight),
        "without_gate": recount.without,
        "proven": _number(recount.proven_share),
        "off": recount.off,
    }


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)
