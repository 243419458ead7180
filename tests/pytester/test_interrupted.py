"""Runs that do not come to their end: one result for each gate all the same, and never green."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pytester.projects import FAILS, PASSES, Project, Ran

FAILING = "def test_one():\n    assert False\n\n\ndef test_two():\n    pass\n"


def assert_nothing_was_judged(ran: Ran, code: int, why: str) -> None:
    assert (ran.exit_code, ran.report["exit_code"]) == (code, code)
    assert ran.probed == []
    assert ran.report["verdict"] == "NOT READY"
    assert ran.outcomes == {"good": "not_run", "bad": "not_run"}
    assert all(why in gate["reason"] for gate in ran.report["gates"]), ran.report["gates"]


def test_a_failing_test_under_x_leaves_gates_not_run(project: Project) -> None:
    project.write("test_it.py", FAILING)
    project.gates(PASSES, FAILS)
    ran = project.run("-x")
    assert_nothing_was_judged(ran, 1, "stopping after 1 failures")
    assert ran.last_line == "NOT READY: 2 of 2 gates break (good, bad)"


def test_a_failing_test_under_x_and_xdist_leaves_gates_not_run(project: Project) -> None:
    project.write("test_it.py", FAILING)
    project.gates(PASSES, FAILS)
    assert_nothing_was_judged(project.run("-x", "-n", "2"), 2, "stopping after 1 failures")


def test_a_collection_error_leaves_gates_not_run(project: Project) -> None:
    project.write("test_it.py", "import nowhere\n")
    project.gates(PASSES, FAILS)
    assert_nothing_was_judged(project.run(), 2, "1 error during collection")


def test_after_collection_errors_that_are_passed_over_gates_run_and_the_run_fails(project: Project) -> None:
    project.write("test_bad.py", "import nowhere\n")
    project.gates(PASSES)
    ran = project.run("--continue-on-collection-errors")
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert ran.outcomes == {"good": "passed"}
    assert ran.last_line.startswith("FAILED: test_bad.py could not be collected")


def test_ctrl_c_in_the_tests_leaves_gates_not_run(project: Project) -> None:
    project.write("test_it.py", "def test_one():\n    raise KeyboardInterrupt\n")
    project.gates(PASSES, FAILS)
    ran = project.run()
    assert_nothing_was_judged(ran, 2, "interrupted by Ctrl-C")
    assert ran.last_line.startswith("NOT READY: ")


def test_pytest_exit_keeps_its_code_and_leaves_gates_not_run(project: Project) -> None:
    project.write("test_it.py", "import pytest\n\n\ndef test_one():\n    pytest.exit('enough', returncode=7)\n")
    project.gates(PASSES, FAILS)
    ran = project.run()
    assert_nothing_was_judged(ran, 7, "enough")
    assert ran.last_line.startswith("NOT READY: ")


def test_a_path_that_does_not_exist_leaves_gates_not_run(project: Project) -> None:
    project.gates(PASSES, FAILS)
    assert_nothing_was_judged(project.run("nowhere.py"), 4, "the run ended before the gates were reached")


def test_ctrl_c_in_the_gates_keeps_what_is_known(project: Project) -> None:
    project.gates(
        PASSES,
        "- {id: stops, needs: [good], probe: fake, with: {does: interrupt}}",
        FAILS.replace("{id: bad", "{id: bad, needs: [stops]"),
    )
    ran = project.run("-q")
    assert (ran.exit_code, ran.report["exit_code"], ran.report["verdict"]) == (2, 2, "NOT READY")
    assert ran.outcomes["good"] == "passed"
    assert ran.outcomes["stops"] in {"not_run", "error"}
    assert ran.outcomes["bad"] in {"not_run", "blocked"}


def test_a_terminal_that_sends_ctrl_c_gets_its_verdict_at_once(project: Project) -> None:
    project.gates("- {id: slow, probe: fake, with: {does: hang}}")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--readiness",
        "--readiness-report=json:report.json",
        "-p",
        "no:randomly",
    ]
    with subprocess.Popen(command, cwd=project.path, stdout=subprocess.PIPE, text=True) as process:
        wait_for(project.path / "ran.txt")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 2
    assert out.rstrip().splitlines()[-1] == "NOT READY: 1 of 1 gate breaks (slow)"


def wait_for(path: Path) -> None:
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("option", ["--setup-plan", "--setup-only"])
def test_setting_up_without_running_is_not_ready(project: Project, option: str) -> None:
    project.gates(PASSES, FAILS)
    assert_nothing_was_judged(project.run(option), 1, "nothing is run under --setup-only and --setup-plan")


def test_a_spec_of_low_gates_is_not_ready_either_where_nothing_was_run(project: Project) -> None:
    project.gates(PASSES.replace("probe:", "severity: low, probe:"), head="enforce: [critical]")
    ran = project.run("--setup-plan")
    assert (ran.exit_code, ran.report["verdict"]) == (1, "NOT READY")


def test_collecting_lists_gates_and_judges_nothing(project: Project) -> None:
    project.gates(PASSES, FAILS)
    ran = project.run("--collect-only")
    assert ran.exit_code == 0
    assert (ran.probed, ran.report) == ([], {})
    assert "<SpecFile readiness.yaml>\n  <Gate good>\n  <Gate bad>\n" in ran.out
    assert "READY" not in ran.out


@pytest.mark.parametrize(
    ("args", "listed"),
    [
        (("-q",), "readiness.yaml::good\nreadiness.yaml::bad\n"),
        (("-qq",), "readiness.yaml: 2\n"),
        (("-q", "-n", "2"), "readiness.yaml::good\n"),
        (("-q", "--readiness-only"), "readiness.yaml::good\n"),
        (("-p", "no:terminal"), ""),
    ],
)
def test_gates_are_listed_as_tests_are(project: Project, args: tuple[str, ...], listed: str) -> None:
    project.gates(PASSES, FAILS)
    ran = project.run("--collect-only", *args)
    assert ran.exit_code == 0
    assert listed in ran.out


def test_a_plugin_that_breaks_in_the_end_makes_no_green_report(project: Project) -> None:
    conftest = (project.path / "conftest.py").read_text(encoding="utf-8")
    project.write("conftest.py", f"{conftest}\n\ndef pytest_sessionfinish():\n    raise RuntimeError('broken')\n")
    project.gates(PASSES)
    ran = project.run()
    assert ran.exit_code != 0
    assert ran.report["exit_code"] == 3
    assert ran.report["problems"] == ["pytest had an internal error"]


def test_a_plugin_that_breaks_in_the_loop_leaves_gates_not_run(project: Project) -> None:
    conftest = (project.path / "conftest.py").read_text(encoding="utf-8")
    project.write("conftest.py", f"{conftest}\n\ndef pytest_runtest_logstart():\n    raise RuntimeError('broken')\n")
    project.gates(PASSES, FAILS)
    assert_nothing_was_judged(project.run(), 3, "broken")
