"""--readiness: tests, then gates, then a verdict."""

from __future__ import annotations

import json

import pytest

from tests.pytester.projects import FAILS, PASSES, Project


def test_gates_that_pass_make_a_green_run(project: Project) -> None:
    project.gates(PASSES)
    ran = project.run()
    assert ran.exit_code == 0
    assert ran.counts == {"passed": 3}
    assert ran.report["verdict"] == "READY"
    assert ran.last_line == "READY: the one gate passed"


def test_a_gate_that_fails_fails_the_run(project: Project) -> None:
    project.gates(PASSES, FAILS)
    ran = project.run()
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert ran.counts == {"passed": 3, "failed": 1}
    assert ran.last_line == "NOT READY: 1 of 2 gates breaks (bad)"


def test_failing_tests_with_gates_that_pass_do_not_read_as_green(project: Project) -> None:
    project.write("test_it.py", "def test_one():\n    assert False\n")
    project.gates(PASSES)
    ran = project.run()
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert ran.last_line.startswith("FAILED: 1 test failed")
    assert "1 test failed" in ran.report["problems"][0]


def test_without_it_gates_are_left_alone(project: Project) -> None:
    project.write("readiness.yaml", "not a spec: [")
    ran = project.run(readiness=False)
    assert ran.exit_code == 0
    assert "readiness:" not in ran.out.replace("plugins:", "")


def test_it_does_not_swallow_a_path(project: Project) -> None:
    project.write("sub/test_sub.py", "def test_sub():\n    pass\n")
    project.gates(PASSES)
    assert project.run("sub").counts == {"passed": 2}


def test_gates_run_once_and_after_the_tests(project: Project) -> None:
    project.write("test_it.py", "def test_one():\n    open('ran.txt', 'a').write('test\\n')\n")
    project.gates(PASSES, FAILS)
    ran = project.run()
    assert ran.probed[0] == "test"
    assert sorted(ran.probed[1:]) == ["bad", "good"]


def test_all_problems_of_a_spec_are_told_at_once_and_without_a_traceback(project: Project) -> None:
    project.gates("- {id: a, probe: fakk}", "- {id: a, probe: fake, expct: {count: 1}}")
    ran = project.run()
    assert ran.exit_code == 4
    assert "readiness.yaml:5:" in ran.err
    assert "readiness.yaml:6:" in ran.err
    assert "Traceback" not in ran.out + ran.err
    assert ran.probed == []


def test_a_spec_that_is_not_there_is_a_usage_error(project: Project) -> None:
    ran = project.run()
    assert ran.exit_code == 4
    assert "readiness.yaml" in ran.err
    assert "Traceback" not in ran.err


def test_no_gates_at_all_is_not_ready(project: Project) -> None:
    project.gates()
    ran = project.run()
    assert ran.exit_code == 1
    assert ran.last_line == "NOT READY: there are no gates"


def test_a_run_without_tests_keeps_its_exit_code(project: Project) -> None:
    project.write("test_it.py", "")
    project.gates(PASSES)
    ran = project.run()
    assert ran.exit_code == ran.report["exit_code"] == 5
    assert ran.last_line == "FAILED: no tests were collected (the gates alone: READY: the one gate passed)"


@pytest.mark.parametrize(("gate", "code"), [(PASSES, 0), (FAILS, 1)])
def test_the_report_and_the_process_agree_on_the_exit_code(project: Project, gate: str, code: int) -> None:
    project.gates(gate)
    ran = project.run("-q")
    assert (ran.exit_code, ran.report["exit_code"]) == (code, code)


def test_a_target_that_is_missed_fails_the_run_though_no_gate_breaks(project: Project) -> None:
    project.gates(
        PASSES, FAILS.replace("probe:", "severity: low, probe:"), head="target: 90%\nenforce: [critical, high]"
    )
    ran = project.run()
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert ran.counts == {"passed": 3, "xfailed": 1}
    assert ran.last_line.startswith("NOT READY: the score of 50 % is below the target of 90 %")


def test_a_run_can_be_nested_in_a_test(project: Project) -> None:
    project.gates(PASSES)
    result = project.pytester.runpytest_inprocess("--readiness", "-p", "no:randomly")
    assert result.ret == 0


def test_a_run_is_told_in_json_too(project: Project) -> None:
    project.gates(FAILS)
    text = json.dumps(project.run().report)
    assert "seen with own eyes" in text
