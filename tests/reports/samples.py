"""Reports made by hand: every outcome and disposition once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pytest_readiness.errors import Position
from pytest_readiness.model import (
    Disposition,
    Evidence,
    Gate,
    GroupScore,
    Held,
    Judged,
    Measurement,
    Outcome,
    Report,
    Result,
    Severity,
    Subject,
    Verdict,
    Waiver,
)

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


class FakeProbe:
    """
    What is it?

    Fails when it is not.

    To fix: make it
    so, or change ``the gate``.

    More text.
    """


def gate(name: str, **more: Any) -> Gate:
    given: dict[str, Any] = {
        "title": name.replace("-", " ").capitalize(),
        "probe": "file",
        "options": FakeProbe(),
        "expectations": (),
        "position": Position("readiness.yaml", 12, 3),
        **more,
    }
    return Gate(id=name, **given)


def judged(
    given: Gate | str,
    outcome: Outcome = Outcome.PASSED,
    disposition: Disposition = Disposition.OK,
    reason: str = "",
    *,
    note: str | None = None,
    **more: Any,
) -> Judged:
    about = gate(given) if isinstance(given, str) else given
    return Judged(Result(gate=about, outcome=outcome, reason=reason, **more), disposition, note)


def report(*gates: Judged, **more: Any) -> Report:
    given: dict[str, Any] = {
        "name": "orders-api",
        "verdict": Verdict.READY,
        "exit_code": 0,
        "score": 100.0,
        "target": None,
        "subject": Subject("readiness.yaml", "5e" * 32),
        "started": NOON,
        "duration": 1.9234567,
        "counts": counted(gates),
        "groups": (),
        **more,
    }
    return Report(gates=gates, **given)


def counted(gates: tuple[Judged, ...]) -> Mapping[Outcome, int]:
    return {outcome: sum(one.result.outcome is outcome for one in gates) for outcome in Outcome}


TESTING, RUNTIME, SQL = ("Testing",), ("Runtime",), ("Runtime", "数据库 🗄️")

COVERAGE = judged(
    gate("unit-coverage", title="Unit tests cover the billing code", probe="coverage", group=TESTING, fix="Test it."),
    Outcome.FAILED,
    Disposition.BREAKS,
    "line is 71.40 %, expected >= 80 %",
    measurements={"line": Measurement(71.4, "%"), "missed": Measurement(412)},
    expectations=(Held("line", ">= 80%", held=False), Held("missed", "< 500", held=True)),
    evidence=(Evidence("worst files", "billing.py 12.00 %\nrefunds.py 40.00 %"),),
    attempts=1,
    started=NOON,
    duration=0.4004,
)
GOLDEN_PATH = judged(
    gate("golden-path", title="An order goes through end to end", probe="tests", group=TESTING),
    measurements={"passed": Measurement(6), "failed": Measurement(0)},
    expectations=(Held("passed", ">= 4", held=True), Held("failed", "0", held=True)),
    attempts=1,
    started=NOON,
    duration=0.01,
)
HEALTH = judged(
    gate("health", probe="http", severity=Severity.CRITICAL, group=RUNTIME, owner="platform", impact="Nobody can pay."),
    Outcome.ERROR,
    Disposition.BREAKS,
    "http://127.0.0.1:1/health: connection refused",
    attempts=3,
)
SCHEMA = judged(
    gate("schema", group=SQL, needs=("health",)), Outcome.BLOCKED, Disposition.BREAKS, "needs health, which is error"
)
REFUNDS = judged(
    gate(
        "refunds",
        group=SQL,
        title="退款表存在",
        waiver=Waiver("refunds ship in 2.1", "payments", "cto", date(2026, 12, 31)),
    ),
    Outcome.FAILED,
    Disposition.TOLERATED,
    "count is 0, expected >= 1",
    note="waived until 2026-12-31 by cto, owner payments: refunds ship in 2.1",
    measurements={"count": Measurement(0)},
    expectations=(Held("count", ">= 1", held=False),),
)
STALE = judged(
    gate("indexes", group=SQL, waiver=Waiver("slow", "dba", "cto", date(2026, 12, 31))),
    Outcome.PASSED,
    Disposition.BREAKS,
    note="the waiver is stale: the gate passes, remove the waiver",
)
KUBERNETES = judged(gate("kubernetes"), Outcome.NOT_APPLICABLE, reason="REGION is none: no cluster there")
MANUAL = judged(
    gate("runbook", severity=Severity.LOW, probe="manual"),
    Outcome.ERROR,
    Disposition.TOLERATED,
    "nobody has attested",
    note="severity low is not enforced",
)
STOPPED = judged(
    gate("backup", links=("https://wiki.example.org/backup",)), Outcome.NOT_RUN, Disposition.BREAKS, "interrupted"
)

EVERYTHING = report(
    COVERAGE,
    GOLDEN_PATH,
    HEALTH,
    SCHEMA,
    REFUNDS,
    STALE,
    KUBERNETES,
    MANUAL,
    STOPPED,
    verdict=Verdict.NOT_READY,
    exit_code=1,
    score=100 / 3,
    target=95.0,
    subject=Subject("readiness.yaml", "5e" * 32, "prod", "a" * 40, dirty=True),
    groups=(
        GroupScore(
            TESTING,
            50.0,
            Outcome.FAILED,
            "score is 50 %, expected >= 75 %",
            (Held("score", ">= 75%", False), Held("deferred", "<= 5", True)),
        ),
        GroupScore(RUNTIME, 0.0, Outcome.FAILED),
        GroupScore(SQL, None, Outcome.FAILED),
    ),
    problems=("waiver of refunds expires in 9 days, on 2026-12-31",),
)
READY = report(GOLDEN_PATH)
PARTIAL = report(GOLDEN_PATH, verdict=Verdict.PARTIAL)
TESTS_FAILED = replace(READY, exit_code=1, problems=("2 tests failed",))
