"""
For authors of probes: run a probe through the real engine in one line.

::

    def test_a_missing_file_fails(tmp_path):
        result = run_probe(Files(glob="*.md"), root=tmp_path)
        assert result.outcome is Outcome.FAILED
        assert result.reason == "count is 0, expected >= 1"

Nothing is faked here but the gate around the probe: deadlines, limits, redaction and judgement
are the ones that users get.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.engine import Engine, Setup
from pytest_readiness.errors import Position
from pytest_readiness.model import Expectation, Gate, Result, Retry, Service, Severity, Spec, Value
from pytest_readiness.plan import Plan
from pytest_readiness.probe import Context, Facts, Probe
from pytest_readiness.redact import Redactor
from pytest_readiness.registry import Registry
from pytest_readiness.session import Session, TestCase, TestOutcome

__all__ = ["fake_case", "fake_context", "fake_gate", "fake_plan", "fake_session", "run_probe"]

#: The moment at which gates are judged where a test does not say: always the same.
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)

_HERE = Position("readiness.yaml", 1)


def run_probe(
    probe: Probe,
    *,
    root: Path | None = None,
    env: Mapping[str, str] | None = None,
    session: Session | None = None,
    expect: Mapping[str, Value] | None = None,
    timeout: float = 5.0,
    retry: Retry | None = None,
    scope: tuple[str, ...] = (),
    secrets: Iterable[str] = (),
    exec_allowed: bool = True,
    side_effects_allowed: bool = False,
    cache: Path | None = None,
    now: datetime = NOW,
) -> Result:
    """
    Return what happens to a gate with this *probe*.

    *expect* adds to the probe's default expectations and overrides them by name, as it does in
    a spec. *root* is the folder that relative paths start from: the current one if it is not given.
    *env* is the environment to judge and to hand to commands: only ``PATH`` if it is not given.
    *timeout* is in seconds. Values in *secrets*, of ``Secret`` options and of variables whose names
    look secret must not turn up in the result: this is the place to see that they don't.
    """
    gate = fake_gate(probe, expect=expect, timeout=timeout, retry=retry, scope=scope)
    setup = Setup(
        registry=Registry(),
        env=_environment(env),
        now=now,
        session=session,
        exec_allowed=exec_allowed,
        side_effects_allowed=side_effects_allowed,
        cache=cache,
        redactor=Redactor(secrets),
        deadline=max(60.0, 2 * timeout + (retry.within if retry else 0.0)),
    )
    engine = Engine(fake_plan(gate, root=root), setup)
    engine.run()
    (result,) = engine.results()
    return result


def fake_gate(
    probe: Probe,
    *,
    id: str = "gate",  # noqa: A002 - the word of the spec
    expect: Mapping[str, Value] | None = None,
    needs: tuple[str, ...] = (),
    uses: tuple[str, ...] = (),
    timeout: float = 5.0,
    retry: Retry | None = None,
    scope: tuple[str, ...] = (),
    severity: Severity = Severity.HIGH,
) -> Gate:
    """Return a gate with *probe*: its default expectations, and those of *expect* over them."""
    wanted = dict(expect or {})
    expectations = [
        *(
            Expectation(name, condition, default=True)
            for name, condition in _defaults(probe, wanted).items()
            if name not in wanted
        ),
        *(Expectation(name, condition) for name, condition in wanted.items()),
    ]
    declared = (probe.declare(item.measurement) for item in expectations)
    return Gate(
        id=id,
        title=id.replace("-", " ").capitalize(),
        probe=type(probe).name(),
        options=probe,
        expectations=tuple(expectations),
        needs=needs,
        uses=uses,
        timeout=timeout,
        retry=retry,
        scope=scope,
        severity=severity,
        exclusive=any(measure is not None and measure.exclusive for measure in declared),
        position=_HERE,
    )


def _defaults(probe: Probe, wanted: Mapping[str, Value]) -> Mapping[str, Value]:
    expected = probe.expected()
    return {**expected, **(probe.presumed() if expected or wanted else {})}


def fake_plan(*gates: Gate, root: Path | None = None, services: Mapping[str, Service] | None = None) -> Plan:
    """Return a plan of these *gates*, as if a spec in the folder *root* had them."""
    home = root or Path.cwd()
    spec = Spec(
        path=home / "readiness.yaml",
        root=home,
        name="test",
        gates=gates,
        groups=(),
        services=services or {},
        enforce=frozenset({Severity.CRITICAL, Severity.HIGH}),
    )
    return Plan(spec, gates, partial=False, graph={gate.id: gate.needs for gate in gates})


def fake_context(
    *,
    root: Path | None = None,
    env: Mapping[str, str] | None = None,
    session: Session | None = None,
    timeout: float = 5.0,
    exec_allowed: bool = True,
    now: datetime = NOW,
) -> Context:
    """Return a context to call ``measure`` with by hand; *timeout* is in seconds from now."""
    deadline = Deadline.after(timeout)
    return Context(
        root=root or Path.cwd(),
        env=_environment(env),
        deadline=deadline,
        now=now,
        facts=Facts(deadline),
        gate="gate",
        session=session,
        exec_allowed=exec_allowed,
    )


def fake_case(
    nodeid: str,
    outcome: TestOutcome | str = TestOutcome.PASSED,
    *,
    markers: Iterable[str] = (),
    gates: Iterable[str] = (),
    duration: float = 0.0,
    reruns: int = 0,
) -> TestCase:
    """Return one test of a pytest run."""
    names = frozenset(markers)
    return TestCase(
        nodeid, TestOutcome(outcome), duration, names, names | {*nodeid.split("::")}, frozenset(gates), reruns
    )


def fake_session(*tests: TestCase, narrowed: tuple[str, ...] = (), broken: tuple[str, ...] = ()) -> Session:
    """Return a pytest run with these *tests*."""
    return Session(tests=tests, duration=sum(test.duration for test in tests), narrowed=narrowed, broken=broken)


def _environment(env: Mapping[str, str] | None) -> Mapping[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath)} if env is None else env
