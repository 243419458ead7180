from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.proposed import proposed


@pytest.mark.parametrize(
    ("text", "options", "expect"),
    [
        ("No errors in `logs/app.log`", {"path": "logs/app.log"}, {"lines": ">= 1", "errors": 0}),
        (
            "No errors in the logs for 24 hours",
            {"glob": "logs/**/*.log", "since": "24h"},
            {"lines": ">= 1", "errors": 0},
        ),
        (
            "No errors in the logs for 2 weeks",
            {"glob": "logs/**/*.log", "since": "14d"},
            {"lines": ">= 1", "errors": 0},
        ),
        (
            "Structured JSON logs",
            {"glob": "logs/**/*.log", "json": True, "fields": ["timestamp", "level"]},
            {"lines": ">= 1", "malformed": 0},
        ),
        (
            "Logs carry correlation IDs",
            {"glob": "logs/**/*.log", "json": True, "fields": ["timestamp", "level", "correlation_id"]},
            {"lines": ">= 1", "malformed": 0},
        ),
        (
            "Application log written",
            {"glob": "logs/**/*.log"},
            {"lines": ">= 1", "age": "TODO: how old the newest line may be, such as <= 24 h"},
        ),
    ],
)
def test_logs(text: str, options: dict[str, Any], expect: dict[str, Any]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options, proposal.expect) == ("logs", options, expect)


def test_secrets_are_not_in_logs() -> None:
    assert proposed("No secrets in the logs").expect["matches"] == 0


def test_events_are_in_the_audit_log() -> None:
    assert proposed("Audit log of logins").expect["matches"] == ">= 1"


def test_critical_alerts_are_among_the_rules() -> None:
    proposal = proposed("Alert rules for critical errors")
    assert proposal.options["names"] == {"severities": ["critical"]}
    assert proposal.expect == {"rules": ">= 1", "without_expression": 0, "missing": 0}


def test_dashboards_show_something() -> None:
    assert proposed("Grafana dashboards").expect == {"dashboards": ">= 1", "panels": ">= 1", "without_queries": 0}


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("Error rate below 0.1%", {"value": "< 0.1"}),
        ("Cache hit rate > 90%", {"value": "> 90"}),
        ("Monitor p95 latency metric below 200 ms", {"value": "< 0.2"}),
        ("Uptime is monitored", {"uptime": "TODO: how much, such as >= 99.9 %"}),
    ],
)
def test_prometheus(text: str, expect: dict[str, str]) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.expect) == ("prometheus", expect)


def test_an_objective_is_that_of_the_item() -> None:
    assert proposed("99.95% availability").options["objective"] == "99.95 %"


@pytest.mark.parametrize(
    ("text", "role"),
    [("GDPR assessment done", "compliance"), ("Security sign-off", "security"), ("Budget approved", "management")],
)
def test_a_question_goes_to_whoever_can_answer(text: str, role: str) -> None:
    proposal = proposed(text)
    assert (proposal.probe, proposal.options["role"]) == ("manual", role)
    assert text in str(proposal.options["question"])


def test_the_owner_of_an_item_is_asked_first() -> None:
    assert proposed("Launch approved", owner="Ada").options["role"] == "Ada"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Overall readiness: 82%", ">= 82 %"),
        ("Overall completion 6/8", ">= 75 %"),
        ("Ready for production", ">= 100 %"),
    ],
)
def test_a_whole_has_to_reach_what_it_claims(text: str, score: str) -> None:
    assert proposed(text).expect == {"score": score}
