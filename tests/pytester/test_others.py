"""Other plugins that have a say in the exit code, or in where tests run."""

from __future__ import annotations

import pytest

from tests.pytester.projects import FAILS, PASSES, TESTS, Project

SUITE = "- {id: suite, probe: tests, with: {select: all}, expect: {passed: 2}}"
MODULE = "def f(x):\n    if x:\n        return 1\n    return 2\n"
COVERED = "from shop import f\n\n\ndef test_one():\n    assert f(1) == 1\n\n\ndef test_two():\n    assert f(1) == 1\n"
COVERAGE = "- {id: lines, probe: coverage, with: {include: [shop.py]}, expect: {line: 75 %}}"


@pytest.fixture(autouse=True)
def _with_others(project: Project, unmeasured: None) -> None:
    project.others = True


@pytest.mark.parametrize("args", [(), ("-n", "2"), ("-n", "0"), ("-p", "no:xdist"), ("-n", "2", "--dist=loadfile")])
@pytest.mark.parametrize("cov", [(), ("--cov=shop",), ("-p", "no:pytest_cov")], ids=["", "cov", "no cov"])
def test_gates_are_judged_once_wherever_tests_run(
    project: Project, args: tuple[str, ...], cov: tuple[str, ...]
) -> None:
    project.write("shop.py", MODULE)
    project.write("test_it.py", COVERED)
    project.gates(PASSES, SUITE, COVERAGE)
    ran = project.run(*args, *cov)
    assert ran.outcomes == {"good": "passed", "suite": "passed", "lines": "passed"}, ran.out
    assert ran.exit_code == 0
    assert ran.probed == ["good"]
    assert ran.counts["passed"] == 5


def test_coverage_is_measured_for_gates_of_included_files(project: Project) -> None:
    project.write("shop.py", MODULE)
    project.write("test_it.py", COVERED)
    project.write("ops/more.yaml", f"gates:\n  {COVERAGE}\n")
    project.gates(PASSES, head="include: [ops/more.yaml]")
    assert project.run().outcomes["lines"] == "passed"


def test_without_a_coverage_gate_nothing_is_measured(project: Project) -> None:
    project.write("test_it.py", "import sys\n\n\ndef test_one():\n    assert 'coverage' not in sys.modules\n")
    project.gates(PASSES)
    assert project.run("-p", "no:pytest_cov").exit_code == 0


def test_a_crashed_worker_makes_gates_on_tests_an_error(project: Project) -> None:
    project.write("test_it.py", f"{TESTS}\n\ndef test_crash():\n    import os\n    os._exit(1)\n")
    project.gates(PASSES, SUITE)
    ran = project.run("-n", "2", "--max-worker-restart=0")
    assert ran.exit_code == ran.report["exit_code"] != 0
    assert ran.outcomes["suite"] in {"error", "not_run"}
    assert ran.report["verdict"] == "NOT READY"


def test_coverage_under_its_own_limit_fails_the_run_and_says_so(project: Project) -> None:
    project.write("shop.py", MODULE)
    project.write("test_it.py", COVERED)
    project.gates(PASSES)
    ran = project.run("--cov=shop", "--cov-fail-under=90")
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert ran.last_line.startswith("FAILED: pytest ended with exit code 1, see above")


def test_a_plugin_that_sets_the_exit_status_in_the_end_is_heard(project: Project) -> None:
    conftest = (project.path / "conftest.py").read_text(encoding="utf-8")
    late = "@pytest.hookimpl(trylast=True)\ndef pytest_sessionfinish(session):\n    session.exitstatus = 9\n"
    project.write("conftest.py", f"import pytest\n{conftest}\n\n{late}")
    project.gates(PASSES)
    ran = project.run()
    assert (ran.exit_code, ran.report["exit_code"]) == (9, 9)
    assert ran.last_line.startswith("FAILED: pytest ended with exit code 9")


@pytest.mark.skipif(not hasattr(pytest.ExitCode, "MAX_WARNINGS_ERROR"), reason="--max-warnings is pytest 9.1's")
def test_too_many_warnings_fail_the_run_and_the_report_says_so(project: Project) -> None:
    project.write("test_it.py", "import warnings\n\n\ndef test_one():\n    warnings.warn('hm')\n")
    project.gates(PASSES)
    ran = project.run("--max-warnings=0")
    assert ran.exit_code == ran.report["exit_code"] != 0
    assert not ran.last_line.startswith("READY")


@pytest.mark.parametrize("gate", [PASSES, FAILS])
def test_the_plugin_can_be_switched_off(project: Project, gate: str) -> None:
    project.gates(gate)
    ran = project.run("-p", "no:readiness", readiness=False)
    assert ran.exit_code == 0
    ran = project.run("-p", "no:readiness")
    assert ran.exit_code == 4
    assert "unrecognized arguments" in ran.err


def test_the_plugin_can_be_loaded_by_name_alone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    project.gates(PASSES)
    assert project.run("-p", "pytest_readiness.plugin").exit_code == 0


def test_a_run_that_a_test_of_a_distributed_run_starts_judges_its_gates(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    project.write("shop.py", MODULE)
    project.write("test_it.py", COVERED)
    project.gates(FAILS, COVERAGE)
    ran = project.run()
    assert (ran.exit_code, ran.outcomes) == (1, {"bad": "failed", "lines": "passed"})
