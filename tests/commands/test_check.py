"""``readiness check``: gates without pytest, with the same outcomes and exit codes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import CONFTEST, GREEN, HEAD, RED, Run
from .test_commands import SCRIPT


def test_gates_that_pass_are_exit_code_0_and_the_verdict_is_the_last_line(run: Run) -> None:
    ran = run("check")
    assert ran.exit_code == 0
    assert ran.output.splitlines()[0] == "readiness: readiness.yaml, 1 gate"
    assert ran.output.splitlines()[-1].startswith("READY")
    assert ran.errors == ""


def test_a_gate_that_fails_is_exit_code_1_with_evidence_and_what_to_do(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text(RED)
    ran = run("check")
    assert ran.exit_code == 1
    assert "missing is 1, expected 0" in ran.output
    assert "fix: Add a licence." in ran.output
    assert "-- not there --" in ran.output
    assert ran.output.splitlines()[-1].startswith("NOT READY")


def test_quiet_shows_only_what_is_not_met(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text(RED)
    ran = run("check", "-q")
    assert "(gone)" in ran.output
    assert "(there)" not in ran.output
    assert "readiness: " not in ran.output


def test_verbose_shows_everything_measured(run: Run) -> None:
    assert "measured: count 1" in run("check", "-v").output


def test_a_spec_with_problems_is_exit_code_4_with_all_of_them(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text(HEAD + "  - {id: a, probe: fiel}\n  - {id: b, probe: file, wiht: {}}\n")
    ran = run("check")
    assert ran.exit_code == 4
    assert ran.output == ""
    lines = ran.errors.splitlines()
    assert lines[0].startswith("readiness.yaml:4:")
    assert "did you mean 'file'?" in lines[0]
    assert any(line.startswith("readiness.yaml:5:") for line in lines[1:])


def test_a_spec_that_is_not_there_is_exit_code_4(run: Run) -> None:
    ran = run("check", "--spec", "other.yaml")
    assert ran.exit_code == 4
    assert "other.yaml" in ran.errors


def test_some_of_the_gates_are_a_partial_run(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text(RED)
    ran = run("check", "--select", "there")
    assert ran.exit_code == 0
    assert ran.output.splitlines()[-1].startswith("PARTIAL")
    assert run("check", "--select", "nowhere").exit_code == 4


def test_a_profile_is_applied(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text("profiles: {prod: {}}\n" + GREEN)
    assert "profile prod" in run("check", "--profile", "prod").output
    assert run("check", "--profile", "pord").exit_code == 4


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_no_gate_at_a_time_is_refused(run: Run, jobs: str) -> None:
    assert run("check", f"--jobs={jobs}").exit_code == 4


def test_one_gate_at_a_time_is_enough(run: Run) -> None:
    assert run("check", "--jobs", "1").exit_code == 0


def test_commands_can_be_refused(project: Path, run: Run) -> None:
    (project / "readiness.yaml").write_text(
        HEAD + f"  - {{id: a, probe: command, with: {{run: [{sys.executable}, -V]}}}}\n"
    )
    assert run("check").exit_code == 0
    ran = run("check", "--no-exec")
    assert ran.exit_code == 1
    assert "switched off" in ran.output


class TestReports:
    def test_a_report_says_what_the_exit_code_says(self, project: Path, run: Run) -> None:
        (project / "readiness.yaml").write_text(RED)
        assert run("check", "--report", "json:out/report.json").exit_code == 1
        report = json.loads((project / "out" / "report.json").read_text())
        assert report["exit_code"] == 1
        assert {gate["id"]: gate["outcome"] for gate in report["gates"]} == {"there": "passed", "gone": "failed"}

    def test_a_report_that_cannot_be_written_fails_the_run_and_the_others_say_so(self, project: Path, run: Run) -> None:
        (project / "file").write_text("")
        ran = run("check", "--report", "json:file/report.json", "--report", "json:good.json")
        assert ran.exit_code == 1
        assert "could not be written" in ran.output
        good = json.loads((project / "good.json").read_text())
        assert good["exit_code"] == 1
        assert "could not be written" in good["problems"][-1]

    def test_one_over_the_spec_is_refused_and_the_spec_stays(self, project: Path, run: Run) -> None:
        ran = run("check", "--report", "json:./readiness.yaml")
        assert (ran.exit_code, (project / "readiness.yaml").exists()) == (4, True)
        assert "would be written over the spec" in ran.errors

    def test_none_of_an_earlier_run_outlives_a_spec_with_problems(self, project: Path, run: Run) -> None:
        run("check", "--report", "json:report.json")
        assert (project / "report.json").exists()
        (project / "readiness.yaml").write_text("version: 1\nunknown: 1\n")
        assert run("check", "--report", "json:report.json").exit_code == 4
        assert not (project / "report.json").exists()

    def test_an_unknown_format_is_refused_before_anything_runs(self, run: Run) -> None:
        ran = run("check", "--report", "jsn:report.json")
        assert ran.exit_code == 4
        assert "did you mean json:report.json?" in ran.errors


class TestProbesOfTheProject:
    def test_the_conftest_beside_the_spec_may_bring_the_probe(self, project: Path, run: Run) -> None:
        (project / "conftest.py").write_text(CONFTEST)
        (project / "readiness.yaml").write_text(HEAD + "  - {id: a, probe: answer, expect: {answer: 42}}\n")
        ran = run("check")
        assert (ran.exit_code, ran.errors) == (0, "")

    def test_a_conftest_that_is_not_needed_is_not_imported(self, project: Path, run: Run) -> None:
        (project / "conftest.py").write_text("raise RuntimeError  # pytest_readiness_probes")
        assert run("check").exit_code == 0

    def test_a_conftest_without_probes_is_not_imported(self, project: Path, run: Run) -> None:
        (project / "conftest.py").write_text("raise RuntimeError")
        (project / "readiness.yaml").write_text(HEAD + "  - {id: a, probe: answer}\n")
        assert "unknown probe 'answer'" in run("check").errors

    @pytest.mark.parametrize(
        "text",
        ["raise ImportError('no such thing')", "import pytest\npytest.skip('not now', allow_module_level=True)"],
    )
    def test_a_conftest_that_cannot_be_imported_is_one_line(self, project: Path, run: Run, text: str) -> None:
        (project / "conftest.py").write_text(f"{text}\ndef pytest_readiness_probes(): ...\n")
        (project / "readiness.yaml").write_text(HEAD + "  - {id: a, probe: answer}\n")
        ran = run("check")
        assert ran.exit_code == 4
        assert ran.errors.startswith("readiness: the probes of conftest.py cannot be loaded: ")
        assert len(ran.errors.splitlines()) == 1

    def test_ctrl_c_while_it_is_imported_is_one(self, project: Path, run: Run) -> None:
        (project / "conftest.py").write_text("raise KeyboardInterrupt  # pytest_readiness_probes")
        (project / "readiness.yaml").write_text(HEAD + "  - {id: a, probe: answer}\n")
        assert run("check").exit_code == 2

    def test_a_marked_function_will_do_as_well(self, project: Path, run: Run) -> None:
        marked = "from pytest_readiness import hookimpl\n" + CONFTEST.replace("\ndef pytest", "\n@hookimpl\ndef pytest")
        (project / "conftest.py").write_text(marked)
        (project / "readiness.yaml").write_text(HEAD + "  - {id: a, probe: answer, expect: {answer: 42}}\n")
        assert run("check").exit_code == 0


class TestTestRun:
    def test_junit_xml_stands_in_for_the_tests(self, project: Path, run: Run) -> None:
        (project / "readiness.yaml").write_text(HEAD + "  - {id: a, probe: tests, with: {select: all}}\n")
        case = '<testcase classname="test_x" name="test_y" time="1"/>'
        (project / "junit.xml").write_text(f'<testsuites><testsuite time="1">{case}</testsuite></testsuites>')
        assert run("check", "--junit", "junit.xml").exit_code == 0

    def test_without_it_there_is_nothing_to_judge_the_tests_on(self, project: Path, run: Run) -> None:
        (project / "readiness.yaml").write_text(HEAD + "  - {id: a, probe: tests, with: {select: all}}\n")
        assert run("check").exit_code == 1

    def test_a_file_that_is_not_there_is_refused(self, run: Run) -> None:
        ran = run("check", "--junit", "junit.xml")
        assert ran.exit_code == 4
        assert "junit.xml" in ran.errors


def test_ctrl_c_among_the_gates_leaves_one_result_for_each(project: Path) -> None:
    sleep = f"[{sys.executable}, -c, 'import pathlib, time; pathlib.Path(\"begun\").touch(); time.sleep(60)']"
    (project / "readiness.yaml").write_text(GREEN + f"  - {{id: slow, probe: command, with: {{run: {sleep}}}}}\n")
    process = subprocess.Popen(
        [*SCRIPT, "check", "--report", "json:out.json"], cwd=project, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    until = time.monotonic() + 20
    while not (project / "begun").exists() and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    with process.stdout as output:
        said = output.read()
    assert process.wait(20) == 2
    assert time.monotonic() < until
    assert said.splitlines()[-1].startswith("NOT READY")
    report = json.loads((project / "out.json").read_text())
    assert report["exit_code"] == 2
    outcomes = {gate["id"]: gate["outcome"] for gate in report["gates"]}
    assert outcomes.keys() == {"there", "slow"}
    assert outcomes["slow"] in {"error", "not_run"}
