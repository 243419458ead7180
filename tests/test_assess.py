from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pytest_readiness import assess as module
from pytest_readiness.assess import Assessment, assess, load, registry
from pytest_readiness.engine import Setup
from pytest_readiness.errors import SpecError, UsageError
from pytest_readiness.model import Disposition, Gate, Outcome, Result, Severity, Verdict
from pytest_readiness.plan import Plan
from pytest_readiness.probe import Context, Measure, Measurements, Probe
from pytest_readiness.registry import Registry
from pytest_readiness.session import Session
from pytest_readiness.testing import NOW, fake_gate, fake_plan


@dataclass(frozen=True, kw_only=True)
class Says(Probe):
    """Says what it is told to say."""

    measures: ClassVar = {"n": Measure(int, "a count")}
    expect: ClassVar = {"n": 1}

    n: int = 1

    def measure(self, context: Context) -> Measurements:
        context.keep_secret("not much")
        return Measurements({"n": self.n}, looked_at=1)


SPEC = """\
version: 1
name: orders
enforce: [critical, high]
gates:
  - group: Files
    gates:
      - id: spec
        probe: file
        with: {path: readiness.yaml}
      - id: notes
        severity: medium
        probe: file
        with: {path: notes.md}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "readiness.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def assessment(
    *gates: Gate, plan: Plan | None = None, listener: Any = None, env: dict[str, str] | None = None
) -> Assessment:
    setup = Setup(registry=Registry(), env=env or {}, now=NOW)
    return Assessment(plan or fake_plan(*gates), setup, listener)


class TestOneLine:
    def test_judges_a_project(self, home: Path) -> None:
        report = assess()
        assert (report.name, report.verdict, report.exit_code) == ("orders", Verdict.READY, 0)
        assert report.score == 50.0
        assert report.counts[Outcome.PASSED] == 1
        assert sum(report.counts.values()) == len(report.gates) == 2
        assert [judged.disposition for judged in report.gates] == [Disposition.OK, Disposition.TOLERATED]
        assert report.subject.spec == "readiness.yaml"
        assert len(report.subject.spec_sha256) == 64
        assert report.duration > 0
        (home / "notes.md").touch()
        assert assess("readiness.yaml").score == 100.0

    def test_may_select(self, home: Path) -> None:
        report = assess(home / "readiness.yaml", select="notes")
        assert (report.verdict, report.exit_code) == (Verdict.PARTIAL, 0)
        assert [judged.result.gate.id for judged in report.gates] == ["notes"]

    def test_may_bring_probes_and_forbid_commands(self, home: Path) -> None:
        (home / "readiness.yaml").write_text(
            "version: 1\nname: x\ngates:\n  - {id: a, probe: says, with: {n: 1}}\n"
            "  - {id: b, probe: command, with: {run: ['true']}}\n",
            encoding="utf-8",
        )
        report = assess(probes={"says": Says}, env={}, session=Session(), exec_allowed=False)
        assert [judged.result.outcome for judged in report.gates] == [Outcome.PASSED, Outcome.ERROR]
        assert (report.verdict, report.exit_code) == (Verdict.NOT_READY, 1)

    def test_says_all_that_is_wrong_with_a_spec(self, home: Path) -> None:
        (home / "readiness.yaml").write_text(SPEC.replace("probe: file", "probe: flie"), encoding="utf-8")
        with pytest.raises(SpecError) as caught:
            assess()
        assert len(caught.value.problems) == 2

    def test_needs_a_selection_that_picks_something(self, home: Path) -> None:
        with pytest.raises(UsageError):
            load(home / "readiness.yaml", select="ghost")


class TestReport:
    def test_before_the_run_has_a_result_for_every_gate(self) -> None:
        report = assessment(fake_gate(Says()), fake_gate(Says(), id="b")).report(interrupted="a test broke pytest")
        assert [judged.result.outcome for judged in report.gates] == [Outcome.NOT_RUN] * 2
        assert report.gates[0].result.reason == "a test broke pytest"
        assert (report.verdict, report.exit_code) == (Verdict.NOT_READY, 2)
        assert report.problems[0] == "the run did not come to its end: a test broke pytest"

    def test_of_an_interrupted_run_is_never_ready(self) -> None:
        report = assessment(fake_gate(Says(), severity=Severity.LOW)).report(interrupted="Ctrl-C")
        assert (report.verdict, report.exit_code) == (Verdict.NOT_READY, 2)

    def test_without_a_run_or_a_reason_is_not_ready(self) -> None:
        report = assessment(fake_gate(Says())).report()
        assert (report.verdict, report.exit_code) == (Verdict.NOT_READY, 1)
        assert report.gates[0].result.reason == "the gates were not run"

    def test_after_an_interruption_in_the_middle_is_complete(self) -> None:
        class Interrupts:
            def finished(self, _result: Result) -> None:
                raise KeyboardInterrupt

        stopped = assessment(fake_gate(Says()), fake_gate(Says(), id="b", needs=("gate",)), listener=Interrupts())
        with pytest.raises(KeyboardInterrupt):
            stopped.run()
        report = stopped.report(interrupted="Ctrl-C")
        assert [judged.result.outcome for judged in report.gates] == [Outcome.PASSED, Outcome.NOT_RUN]
        assert report.exit_code == 2
        assert report.duration > 0

    @pytest.mark.parametrize(("failed", "said"), [(1, "1 test failed"), (3, "3 tests failed")])
    def test_of_ready_gates_fails_with_the_tests(self, failed: int, said: str) -> None:
        done = assessment(fake_gate(Says()))
        done.run()
        report = done.report(tests_failed=failed)
        assert (report.verdict, report.exit_code) == (Verdict.READY, 1)
        assert report.problems == (f"{said}, so the run fails whatever the gates say",)

    def test_of_a_selection_speaks_of_these_gates_only(self) -> None:
        plan = replace(fake_plan(fake_gate(Says(n=2))), partial=True)
        done = assessment(plan=plan)
        done.run()
        report = done.report()
        assert (report.verdict, report.exit_code) == (Verdict.PARTIAL, 1)

    def test_without_gates_is_not_ready(self) -> None:
        done = assessment()
        done.run()
        assert done.report().exit_code == 1

    def test_tells_what_went_wrong_beside_the_gates(self) -> None:
        class Breaks:
            def finished(self, _result: Result) -> None:
                raise OSError("gone")

        done = assessment(fake_gate(Says()), listener=Breaks())
        done.run()
        assert done.report().problems == ("progress could not be shown: OSError: gone",)

    def test_holds_no_secret(self) -> None:
        gate = replace(fake_gate(Says(n=2)), fix="use hunter2")
        plan = fake_plan(gate)
        plan = replace(plan, spec=replace(plan.spec, name="orders of hunter2"))
        done = assessment(plan=plan, env={"API_TOKEN": "hunter2"})
        done.run()
        report = done.report(interrupted="hunter2")
        assert "hunter2" not in repr((report.name, report.problems, report.gates[0].result.gate.fix))

    def test_is_dated_and_judged_by_the_clock_it_was_given(self) -> None:
        assert assessment(fake_gate(Says())).report().started == NOW


def git(home: Path, *args: str) -> str:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(["git", *who, *args], cwd=home, check=True, capture_output=True, text=True, env=env)
    return done.stdout.strip()


class TestSubject:
    @pytest.fixture
    def state(self, home: Path) -> Callable[[], tuple[str | None, bool | None]]:
        def look() -> tuple[str | None, bool | None]:
            subject = assessment(plan=load(home / "readiness.yaml")).report().subject
            return subject.commit, subject.dirty

        return look

    def test_is_the_commit_and_whether_anything_differs(self, home: Path, state: Callable[[], Any]) -> None:
        git(home, "init", "-q")
        assert state() == (None, True)
        git(home, "add", ".")
        git(home, "commit", "-qm", "first")
        commit = git(home, "rev-parse", "HEAD")
        assert state() == (commit, False)
        (home / "new.py").touch()
        assert state() == (commit, True)
        git(home, "add", ".")
        assert state() == (commit, True)

    def test_outside_of_a_checkout_is_unknown(self, state: Callable[[], Any]) -> None:
        assert state() == (None, None)

    def test_is_that_of_the_folder_even_inside_a_hook_of_git(
        self, home: Path, state: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        git(home, "init", "-q")
        monkeypatch.setenv("GIT_DIR", "/nowhere")
        assert state() == (None, True)

    def test_without_git_is_unknown(
        self, home: Path, state: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        git(home, "init", "-q")
        monkeypatch.setenv("PATH", str(home))
        assert state() == (None, None)

    def test_is_not_waited_for_for_ever(
        self, home: Path, state: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (home / "git").write_text("#!/bin/sh\nsleep 60\n", encoding="utf-8")
        (home / "git").chmod(0o755)
        monkeypatch.setenv("PATH", str(home), prepend=":")
        monkeypatch.setattr(module, "GIT_SECONDS", 0.2)
        begun = time.monotonic()
        assert state() == (None, None)
        assert time.monotonic() - begun < 3

    def test_names_a_spec_that_is_elsewhere_in_full(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (home / "sub").mkdir()
        monkeypatch.chdir(home / "sub")
        assert assess("../readiness.yaml").subject.spec.endswith("readiness.yaml")
        monkeypatch.chdir(home.parent)
        assert assess(home / "readiness.yaml").subject.spec == f"{home.name}/readiness.yaml"


def test_a_registry_holds_the_answers_of_the_hook() -> None:
    assert registry([{"says": Says}]).get("says") is Says
    assert "file" in registry().names()
