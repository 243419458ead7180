from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Evidence, Outcome, Retry
from pytest_readiness.options import Secret
from pytest_readiness.probe import Context, Measure, Measurements, Probe, option
from pytest_readiness.session import Session, TestOutcome
from pytest_readiness.testing import NOW, fake_case, fake_context, fake_gate, fake_plan, fake_session, run_probe


@dataclass(frozen=True, kw_only=True)
class Files(Probe):
    """How many files are there?"""

    measures: ClassVar = {
        "count": Measure(int, "files that match"),
        "tests": Measure(int, "tests that were run"),
    }
    expect: ClassVar = {"count": ">= 1"}
    counter: ClassVar = "count"

    glob: str = option("Which files.")
    key: Secret = field(default=Secret("none"), metadata={"doc": "A key."})

    def measure(self, context: Context) -> Measurements:
        found = sorted(context.root.glob(self.glob))
        values = {"count": len(found)}
        if context.session is not None:
            values["tests"] = len(context.session.tests)
        seen = f"{self.key} {context.env} {context.scope} {context.cache}"
        return Measurements(values, looked_at=len(found), evidence=[Evidence("seen", seen)])


@dataclass(frozen=True, kw_only=True)
class Runs(Probe):
    """Runs a command."""

    measures: ClassVar = {"out": Measure(str, "what it says")}
    run: tuple[str, ...] = ()

    def measure(self, context: Context) -> Measurements:
        return Measurements({"out": context.run(self.run).stdout}, looked_at=1)


class TestRunProbe:
    def test_shows_a_probe_pass_and_fail(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").touch()
        assert run_probe(Files(glob="*.md"), root=tmp_path).outcome is Outcome.PASSED
        result = run_probe(Files(glob="*.md"), root=tmp_path, expect={"count": 2})
        assert (result.outcome, result.reason) == (Outcome.FAILED, "count is 1, expected 2")

    def test_shows_a_probe_look_at_nothing(self, tmp_path: Path) -> None:
        assert run_probe(Files(glob="*.md"), root=tmp_path).outcome is Outcome.ERROR
        assert run_probe(Files(glob="*.md"), root=tmp_path, expect={"count": 0}).outcome is Outcome.PASSED

    def test_adds_to_the_default_expectations(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").touch()
        session = fake_session(fake_case("test_a.py::test_a"), fake_case("test_a.py::test_b", "failed"))
        result = run_probe(Files(glob="*.md"), root=tmp_path, session=session, expect={"tests": 2})
        assert [held.measurement for held in result.expectations] == ["count", "tests"]
        assert result.outcome is Outcome.PASSED

    def test_runs_in_the_current_folder_with_the_search_path_alone(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLOUR", "blue")
        (tmp_path / "a.md").touch()
        (evidence,) = run_probe(Files(glob="*.md")).evidence
        assert os.environ["PATH"] in evidence.text
        assert "blue" not in evidence.text

    def test_hides_secrets(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").touch()
        result = run_probe(
            Files(glob="*.md", key=Secret("one-secret")),
            root=tmp_path,
            env={"API_KEY": "two-secret", "A": "three-secret"},
            secrets=["three-secret"],
            scope=("-k x",),
            cache=tmp_path,
        )
        assert result.evidence[0].text == f"*** {{'API_KEY': '***', 'A': '***'}} ('-k x',) {tmp_path}"

    def test_keeps_to_the_deadline(self) -> None:
        result = run_probe(Runs(run=("sleep", "60")), timeout=0.2, expect={"out": ""})
        assert (result.outcome, result.reason) == (Outcome.ERROR, "sleep timed out after 0.2 s")

    def test_may_forbid_commands(self) -> None:
        result = run_probe(Runs(run=("true",)), expect={"out": ""}, exec_allowed=False)
        assert result.outcome is Outcome.ERROR
        assert "--readiness-no-exec" in result.reason

    def test_may_retry(self) -> None:
        result = run_probe(Runs(run=("echo",)), expect={"out": "x"}, retry=Retry(within=0.1, every=0.01))
        assert result.outcome is Outcome.FAILED
        assert result.attempts > 1


class TestFakes:
    def test_a_context_for_calling_a_probe_by_hand(self, tmp_path: Path) -> None:
        context = fake_context(root=tmp_path, env={"A": "1"}, timeout=2, session=Session(), exec_allowed=False)
        assert context.env == {"A": "1"}
        assert context.now == NOW
        assert 0 < context.deadline.remaining() <= 2
        assert context.fact("a", lambda _: 1) == 1
        with pytest.raises(CannotMeasure):
            context.run(["true"])
        assert fake_context().root == Path.cwd()

    def test_a_plan(self, tmp_path: Path) -> None:
        gates = (fake_gate(Files(glob="*")), fake_gate(Files(glob="*"), id="some-thing", needs=("gate",)))
        plan = fake_plan(*gates, root=tmp_path)
        assert plan.gates == gates
        assert plan.graph == {"gate": (), "some-thing": ("gate",)}
        assert gates[1].title == "Some thing"
        assert gates[1].probe == "test_testing"

    def test_a_session(self) -> None:
        case = fake_case("test_a.py::test_b", "failed", markers=["slow"], gates=["g"], duration=1.5, reruns=2)
        assert case.outcome is TestOutcome.FAILED
        assert case.markers == {"slow"}
        assert {"slow", "test_b"} <= case.keywords
        assert case.gates == {"g"}
        session = fake_session(case, case, narrowed=("-k x",), broken=("crash",))
        assert (session.duration, session.failed) == (3.0, 2)
        assert (session.narrowed, session.broken) == (("-k x",), ("crash",))
