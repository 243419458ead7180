"""Reports made by hand for gates made by hand: an outcome for each, judged as a run judges it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from pytest_readiness.checklist.judging.audit import Audit, Finding, audit
from pytest_readiness.checklist.model import Document
from pytest_readiness.checklist.pairing import Pairing
from pytest_readiness.model import Deferral, Gate, Held, Outcome, Report, Verdict, Waiver
from tests.checklist.samples import gate
from tests.reports.samples import judged, report

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WAIVER = Waiver("ships in 2.1", "payments", "cto", date(2026, 12, 31))
EXPIRED = replace(WAIVER, expires=date(2026, 11, 21))
DEFERRAL = Deferral("no load yet", date(2026, 12, 31), "cto")
REASONS = {
    Outcome.PASSED: "line is 83.27 %, expected >= 80 %",
    Outcome.FAILED: "line is 71.40 %, expected >= 80 %",
    Outcome.ERROR: "connection refused",
    Outcome.BLOCKED: "needs health, which is error",
    Outcome.NOT_RUN: "the deadline was over",
    Outcome.NOT_APPLICABLE: "REGION is none: no cluster there",
}


def measuring(name: str, **more: object) -> Gate:
    """A gate that measures, which those made by hand do not."""
    return gate(name, **{"title": name, "probe": "coverage", **more})  # type: ignore[arg-type]


def run(outcomes: dict[str, Outcome], gates: dict[str, Gate], *, partial: bool = False) -> Report:
    """The report of a run of *gates*, in which each came to its outcome; what has none was not selected."""
    told = [
        judged(gates[name], outcome, reason=REASONS[outcome], expectations=(Held("line", ">= 80%", held=True),))
        for name, outcome in outcomes.items()
    ]
    verdict = Verdict.PARTIAL if partial else Verdict.NOT_READY
    passed = sum(outcome is Outcome.PASSED for outcome in outcomes.values())
    return report(*told, verdict=verdict, started=NOON, score=100 * passed / len(told) if told else None, target=95.0)


def held(
    document: Document,
    outcomes: dict[str, Outcome],
    places: dict[str, int],
    *,
    gates: dict[str, Gate] | None = None,
    lost: tuple[Gate, ...] = (),
) -> Audit:
    """An audit of *document*, in which each gate in *places* is for the item with that index."""
    known = {name: measuring(name) for name in (*outcomes, *places)} | (gates or {})
    paired: dict[int, tuple[Gate, ...]] = {}
    for name, index in places.items():
        paired[index] = (*paired.get(index, ()), known[name])
    partial = len(outcomes) < len(places)
    return audit(document, Pairing(paired, lost), run(outcomes, known, partial=partial))


def only(found: Audit) -> Finding:
    (finding,) = found.findings
    return finding
