"""The collector in this very process, and its parts with stand-ins for workers and for pytest-cov."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import coverage
import pytest

from pytest_readiness import _session
from pytest_readiness._session.coverage import of_pytest_cov
from pytest_readiness._session.outcomes import RunningTest
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.session import TestCase, TestOutcome

from .collecting import facts

ROWS = [["inner.py", "4", "1", "75.00%", "4"], ["test_inner.py", "3", "0", "100%"]]


@pytest.fixture
def project(pytester: pytest.Pytester) -> Iterator[pytest.Pytester]:
    pytester.makepyfile(
        inner="def f(x):\n    if x:\n        return 1\n    return 2\n",
        test_inner="from inner import f\ndef test_a():\n    assert f(1) == 1\n",
    )
    (pytester.path / ".coveragerc").write_text("[run]\nsource = .\nomit = collecting_plugin.py\n", encoding="utf-8")
    yield pytester
    for name in ("inner", "test_inner"):
        sys.modules.pop(name, None)


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide whoever measures these tests."""
    monkeypatch.setattr(coverage.Coverage, "current", lambda: None)
    monkeypatch.setattr(sys, "gettrace", lambda: None)


def measured(project: pytest.Pytester, *args: str) -> Any:
    project.syspathinsert()
    found = facts(project, "--measured-inside", *args)["coverage"]
    return [line.split() for line in found if "inner.py" in line] if isinstance(found, list) else found


def test_we_measure_where_nobody_else_does(project: pytest.Pytester, unmeasured: None) -> None:
    assert measured(project) == ROWS


def test_another_tracer_is_left_alone(
    project: pytest.Pytester, unmeasured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "gettrace", lambda: print)
    assert "another tracer" in measured(project)


def test_a_configuration_that_cannot_be_used_is_told(project: pytest.Pytester, unmeasured: None) -> None:
    (project.path / ".coveragerc").write_text("[run]\nbranch = perhaps\n", encoding="utf-8")
    assert measured(project).startswith("the coverage configuration cannot be read")


def test_switched_off_coverage_is_told(project: pytest.Pytester) -> None:
    pytest.importorskip("pytest_cov")
    assert measured(project, "--no-cov") == "coverage was switched off by --no-cov"


def test_what_somebody_else_measures_is_read_and_goes_on(project: pytest.Pytester) -> None:
    others = coverage.Coverage(data_file=str(project.path / "others"), config_file=str(project.path / ".coveragerc"))
    with others.collect():
        assert measured(project) == ROWS
        assert coverage.Coverage.current() is others


def test_nothing_is_said_of_coverage_that_nobody_asked_for(project: pytest.Pytester) -> None:
    assert facts(project)["coverage"] is None


# --- workers ------------------------------------------------------------------------------------


@pytest.fixture
def collector(pytester: pytest.Pytester) -> _session.SessionCollector:
    return _session.SessionCollector(pytester.parseconfig("-p", "no:readiness"))


def worker(name: str, **output: Any) -> SimpleNamespace:
    facts = {"readiness": {"collected": 3, "deselected": 2, "coverage": None, **output}} if output else {}
    return SimpleNamespace(gateway=SimpleNamespace(id=name), workeroutput=facts)


def test_workers_agree_on_what_was_deselected(collector: _session.SessionCollector) -> None:
    for name in ("gw0", "gw1"):
        collector.pytest_testnodedown(worker(name, coverage=b"data"), None)
    session = collector.session()
    assert session.deselected == 2
    assert session.broken == ("3 of 3 tests did not run to the end",)


@pytest.mark.parametrize(
    ("node", "error"), [(worker("gw0"), None), (worker("gw0", collected=3), "Not properly terminated")]
)
def test_a_worker_without_an_answer_has_crashed(
    collector: _session.SessionCollector, node: Any, error: str | None
) -> None:
    collector.pytest_testnodedown(node, error)
    assert collector.session().broken == ("worker gw0 crashed", "the tests were not collected")


def test_a_worker_sends_its_counts_and_its_coverage(project: pytest.Pytester, unmeasured: None) -> None:
    config = project.parseconfig("-p", "no:readiness")
    _session.start_coverage(config)
    output: dict[str, Any] = {}
    config.workeroutput = output  # type: ignore[attr-defined]
    _session.SessionCollector(config).pytest_sessionfinish()
    (answer,) = output.values()
    assert (answer["collected"], answer["deselected"], type(answer["coverage"])) == (0, 0, bytes)


def test_a_worker_sends_what_somebody_else_measured(project: pytest.Pytester) -> None:
    others = coverage.Coverage(data_file=str(project.path / "others"), config_file=False)
    config = project.parseconfig("-p", "no:readiness")
    with others.collect():
        _session.start_coverage(config)
        assert isinstance(_session.SessionCollector(config)._coverage.sent(), bytes)


def test_only_the_controller_that_started_us_can_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not _session.ordered()
    for controller, expected in ((os.getppid(), True), (1 << 30, False)):
        order = json.dumps({"controller": controller, "settings": {}})
        monkeypatch.setenv("PYTEST_READINESS_COVERAGE", order)
        assert _session.ordered() is expected


# --- pytest-cov ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("controller", "reason"),
    [
        (None, "pytest-cov measured nothing in this run"),
        (SimpleNamespace(failed_workers=[worker("gw1")]), "no coverage came back from gw1"),
        (SimpleNamespace(failed_workers=[], started=True), "pytest-cov had not finished measuring"),
    ],
)
def test_incomplete_data_of_pytest_cov_is_an_error(controller: Any, reason: str) -> None:
    with pytest.raises(CannotMeasure, match=reason):
        of_pytest_cov(SimpleNamespace(cov_controller=controller))


def test_the_combined_data_of_pytest_cov_is_read(tmp_path: Path) -> None:
    cov = coverage.Coverage(data_file=str(tmp_path / "data"), config_file=False)
    controller = SimpleNamespace(failed_workers=[], started=False, cov=cov)
    parts, wanted = of_pytest_cov(SimpleNamespace(cov_controller=controller))
    assert (parts, wanted["run:branch"]) == ([tmp_path / "data"], cov.get_option("run:branch"))


# --- the phases of a test -----------------------------------------------------------------------


def phase(when: str, outcome: str = "passed", **more: Any) -> pytest.TestReport:
    location = ("test_a.py", 0, "test_a")
    return pytest.TestReport("test_a.py::test_a", location, {}, outcome, None, when, duration=0.5, **more)  # type: ignore[arg-type]


def case_of(*phases: pytest.TestReport) -> TestCase | None:
    test = RunningTest()
    for report in phases:
        test.add(report)
    return test.case("test_a.py::test_a")


def test_a_test_that_never_reached_its_teardown_did_not_pass() -> None:
    assert case_of(phase("setup"), phase("call")) is None


def test_a_test_counts_all_its_phases() -> None:
    case = case_of(phase("setup"), phase("call"), phase("teardown"))
    assert case == TestCase("test_a.py::test_a", TestOutcome.PASSED, duration=1.5)


def test_a_failed_subtest_fails_a_test_that_says_it_passed() -> None:
    parts = [phase("call", outcome, context="part") for outcome in ("passed", "failed", "skipped")]
    case = case_of(phase("setup"), *parts, phase("call"), phase("teardown"))
    assert case is not None
    assert (case.outcome, case.subtests) == (TestOutcome.FAILED, 3)


def test_what_an_attempt_came_to_is_forgotten_when_it_is_repeated() -> None:
    again = (phase("setup"), phase("call"), phase("teardown"))
    case = case_of(phase("setup"), phase("call", "rerun"), *again)
    assert case is not None
    assert (case.outcome, case.reruns) == (TestOutcome.PASSED, 1)


def test_a_test_whose_worker_died_has_failed() -> None:
    case = case_of(phase("???", "failed"))
    assert case is not None
    assert case.outcome is TestOutcome.FAILED
