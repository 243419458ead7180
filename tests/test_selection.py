from __future__ import annotations

import time

import pytest

from pytest_readiness.errors import Position, UsageError
from pytest_readiness.model import Gate, Severity
from pytest_readiness.selection import near, pick


def gate(name: str, *group: str, severity: Severity = Severity.HIGH, tags: tuple[str, ...] = ()) -> Gate:
    return Gate(
        id=name,
        title=name,
        probe="file",
        options=None,
        expectations=(),
        group=group,
        severity=severity,
        tags=frozenset(tags),
        position=Position("readiness.yaml", 1),
    )


GATES = (
    gate("unit-coverage", "Testing", "Code Quality", tags=("slow",)),
    gate("golden-path", "Testing", tags=("smoke", "slow")),
    gate("health", "Runtime", "Monitoring and Alerting", severity=Severity.CRITICAL, tags=("smoke",)),
    gate("health-db", "Runtime", severity=Severity.LOW),
)
ALL = "unit-coverage golden-path health health-db"


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("health", "health"),
        ("health*", "health health-db"),
        ("*", ALL),
        ("?ealth", "health"),
        ("[gh]*", "golden-path health health-db"),
        ("health, golden-path", "health golden-path"),
        ("health or golden-path", "health golden-path"),
        ("health OR golden-path", "health golden-path"),
        ("tag:smoke", "golden-path health"),
        ("tag:s*", "unit-coverage golden-path health"),
        ("tag:SMOKE", "golden-path health"),
        ("tag:smoke and tag:slow", "golden-path"),
        ("tag:smoke and not tag:slow", "health"),
        ("not tag:smoke", "unit-coverage health-db"),
        ("not not tag:smoke", "golden-path health"),
        ("not tag:nobody-has-it", ALL),
        ("group:Testing", "unit-coverage golden-path"),
        ("group:testing", "unit-coverage golden-path"),
        ("group:T*", "unit-coverage golden-path"),
        ("group:Code Quality", "unit-coverage"),
        ("group:code quality and tag:slow", "unit-coverage"),
        ('group:"Monitoring and Alerting"', "health"),
        ('"group:Monitoring and Alerting"', "health"),
        ("group:Mon*", "health"),
        ("severity:critical", "health"),
        ("severity:P0", "health"),
        ("severity:p3", "health-db"),
        ("severity:medium, health", "health"),
        ("tag:smoke or severity:low and group:Testing", "golden-path health"),
        ("(tag:smoke or severity:low) and group:Runtime", "health health-db"),
        ("((health))", "health"),
        ("not (health or golden-path)", "unit-coverage health-db"),
        ("health,health-db,golden-path", "health health-db golden-path"),
        ("not health and not health-db", "unit-coverage golden-path"),
    ],
)
def test_a_selection_picks_gates(text: str, picked: str) -> None:
    assert pick(GATES, text) == set(picked.split())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is missing at the end"),
        ("   ", "is missing at the end"),
        ("helth", "no gate is called 'helth': did you mean 'health'?"),
        ("health, helth", "no gate is called 'helth'"),
        ("zzz", "no gate is called 'zzz'"),
        ("Health", "no gate is called 'Health'"),
        ("health golden-path", "no gate is called 'health golden-path'"),
        ("tag:smok", "no gate has the tag 'smok': did you mean 'smoke'?"),
        ("tag:", "no gate has the tag ''"),
        ("group:Testin", "no group is called 'Testin': did you mean 'Testing'?"),
        ("severity:urgent", "there is no severity 'urgent': it is one of critical, high, medium, low (or P0 to P3)"),
        ("severity:medium", "it selects no gate"),
        ("health and golden-path", "it selects no gate"),
        ("not *", "it selects no gate"),
        ("(health", "a parenthesis is not closed"),
        ("health)", "')' is not expected there"),
        ("()", "is missing before ')'"),
        ("health and", "is missing at the end"),
        ("or health", "is missing before 'or'"),
        ("health,,health-db", "is missing before ','"),
        ("health,", "is missing at the end"),
        ("not", "is missing at the end"),
        ("health (health-db)", "'(' is not expected there"),
        ('group:"Testing', "a quote is not closed"),
        ("(" * 10_000, "longer than"),
        ("(" * 1000 + "health" + ")" * 1000, "nested too deeply"),
        ("not " * 900 + "health", "nested too deeply"),
    ],
)
def test_a_selection_that_cannot_be_meant_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        pick(GATES, text)
    assert why in str(refused.value)
    assert len(str(refused.value)) < 300


def test_selecting_among_ten_thousand_gates_is_quick() -> None:
    gates = [gate(f"gate-{number}", "All", tags=("even",) if number % 2 else ()) for number in range(10_000)]
    began = time.process_time()
    assert len(pick(gates, "tag:even and not gate-1*")) < 5000
    assert time.process_time() - began < 1


def test_a_near_name_is_found_among_a_few() -> None:
    assert near("helth", ["golden", "health"]) == "health"
    assert near("zzz", ["golden", "health"]) is None


def test_a_near_name_is_found_among_many_in_bounded_time() -> None:
    names = [f"gate-{number:06}" for number in range(200_000)]
    began = time.process_time()
    assert near("gate-00042", names) is not None
    assert near("zzz", names) is None
    assert time.process_time() - began < 2
