"""
No false green: what the product is for, rule by rule, from the outside.

Each test here goes red when the rule it names is broken in the code.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.no_false_green

#: Probes of a project's own, which do what probes should not.
CONFTEST = '''
import time
from dataclasses import dataclass

from pytest_readiness import Better, CannotMeasure, Evidence, Measure, Measurements, Probe, hookimpl, option


@dataclass(frozen=True, kw_only=True)
class Fake(Probe):
    """
    Returns what it is told.

    Fails when told so.

    To fix: tell it otherwise.
    """

    measures = {
        "count": Measure(int, "a count"),
        "share": Measure(float, "a share", unit="%", better=Better.HIGHER),
        "text": Measure(str, "a text"),
    }
    counter = "count"
    returns: object = option("What it returns.", factory=dict)
    looked_at: int = option("How many things it claims to have looked at.", 1)
    does: str = option("raise, exit, hang or garbage.", "")

    def measure(self, context):
        if self.does == "raise":
            raise RuntimeError("a bug")
        if self.does == "exit":
            raise SystemExit(0)
        if self.does == "hang":
            time.sleep(3600)
        if self.does == "garbage":
            return True
        return Measurements(dict(self.returns), looked_at=self.looked_at)


@hookimpl
def pytest_readiness_probes():
    return {"fake": Fake}
'''


class Ran:
    """One run of pytest in a small project: its exit code, what it printed, and the report it wrote."""

    def __init__(self, folder: Path, done: subprocess.CompletedProcess[str]) -> None:
        self.exit_code = done.returncode
        self.output = done.stdout + done.stderr
        path = folder / "report.json"
        self.report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    @property
    def outcomes(self) -> dict[str, str]:
        return {gate["id"]: gate["outcome"] for gate in self.report["gates"]}

    def reason(self, gate: str) -> str:
        return next(str(each["reason"]) for each in self.report["gates"] if each["id"] == gate)

    @property
    def last_line(self) -> str:
        return self.output.rstrip().splitlines()[-1]


Run = Callable[..., Ran]
#: Only the plugin in question is loaded, which makes each run four times as fast.
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
COMMAND = [sys.executable, "-m", "pytest", "-p", "pytest_readiness.plugin", "--readiness"]
COMMAND += ["--readiness-report=json:report.json", "-p", "no:cacheprovider"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Write gates (YAML below ``gates:``) and tests, and run them."""

    def _run(gates: str, *args: str, tests: str = "def test_one():\n    assert True\n", head: str = "") -> Ran:
        write(tmp_path, gates, tests, head)
        command = [*COMMAND, *args]
        done = subprocess.run(
            command, cwd=tmp_path, env={**os.environ, **ALONE}, capture_output=True, text=True, timeout=120, check=False
        )
        return Ran(tmp_path, done)

    return _run


def write(folder: Path, gates: str, tests: str, head: str = "") -> None:
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_one.py").write_text(tests, encoding="utf-8")
    (folder / "readiness.yaml").write_text(f"version: 1\nname: project\n{head}\ngates:\n{gates}\n", encoding="utf-8")


def gate(rest: str, name: str = "g") -> str:
    return f"  - {{id: {name}, {rest}}}"


# --- 1: a pass is a probe that came to its end, looked at something, and every expectation held ---


def test_what_is_measured_and_as_expected_passes(run: Run) -> None:
    ran = run(gate("probe: fake, with: {returns: {count: 3}}, expect: {count: 3}"))
    assert (ran.exit_code, ran.outcomes, ran.report["verdict"]) == (0, {"g": "passed"}, "READY")


@pytest.mark.parametrize("does", ["raise", "exit", "garbage"])
def test_a_probe_that_does_not_come_to_its_end_is_an_error(run: Run, does: str) -> None:
    ran = run(gate(f"probe: fake, with: {{does: {does}, returns: {{count: 3}}}}, expect: {{count: 3}}"))
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "error"})


def test_one_expectation_that_does_not_hold_fails_the_gate(run: Run) -> None:
    ran = run(gate("probe: fake, with: {returns: {count: 3, text: a}}, expect: {count: 3, text: b}"))
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "failed"})


# --- 2: looking at nothing is an error -----------------------------------------------------------


@pytest.mark.parametrize(
    "rest",
    [
        'probe: fake, with: {returns: {count: 0}, looked_at: 0}, expect: {count: ">= 0"}',
        "probe: fake, with: {returns: {count: 0, share: 100}, looked_at: 0}, expect: {share: 100 %}",
        'probe: file, with: {glob: "*.nothing"}, expect: {count: "<= 5"}',
        "probe: syntax, with: {paths: [nowhere]}",
        "probe: import_cycles, with: {packages: [nowhere]}",
        "probe: imports, with: {packages: [nowhere]}",
        'probe: tests, with: {select: "keyword:nothing"}',
        'probe: tests, with: {select: "marker:nothing"}, expect: {failed: 0}',
        "probe: tests",
        'probe: coverage, with: {include: ["nowhere/*"]}, expect: {missed: 0}',
        "probe: dotenv, with: {path: nowhere.env}",
        "probe: env, with: {file: nowhere.env, variables: [A]}",
    ],
)
def test_looking_at_nothing_is_an_error(run: Run, rest: str) -> None:
    ran = run(gate(rest))
    assert (ran.exit_code, ran.outcomes, ran.report["verdict"]) == (1, {"g": "error"}, "NOT READY"), ran.output


@pytest.mark.parametrize(
    "rest",
    [
        "probe: http, with: {urls: []}",
        "probe: env, with: {variables: []}",
        "probe: imports, with: {modules: []}",
        "probe: package, with: {requires: []}",
        "probe: file, with: {paths: []}",
        "probe: command, with: {run: []}",
    ],
)
def test_an_empty_list_is_refused_before_anything_runs(run: Run, rest: str) -> None:
    ran = run(gate(rest))
    assert ran.exit_code == 4, ran.output
    assert "readiness.yaml:5:" in ran.output


def test_zero_passes_where_it_is_said(run: Run) -> None:
    ran = run(gate('probe: file, with: {glob: "*.nothing"}, expect: {count: 0}'))
    assert (ran.exit_code, ran.outcomes) == (0, {"g": "passed"})


# --- 3: what is missing or of the wrong kind is an error, never 0 -----------------------------


@pytest.mark.parametrize(
    ("returns", "expect"),
    [
        ("{text: a}", "{count: 0}"),
        ("{count: null}", "{count: 0}"),
        ("{count: '3'}", "{count: 3}"),
        ("{count: true}", "{count: 1}"),
        ("{share: a lot}", "{share: '>= 0 %'}"),
        ("{text: 3}", "{text: '3'}"),
    ],
)
def test_a_value_that_is_missing_or_of_the_wrong_kind_is_an_error(run: Run, returns: str, expect: str) -> None:
    ran = run(gate(f"probe: fake, with: {{returns: {returns}}}, expect: {expect}"))
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "error"}), ran.output


def test_a_unit_that_does_not_fit_is_refused_with_its_place(run: Run) -> None:
    ran = run(gate("probe: fake, with: {returns: {share: 80}}, expect: {share: '>= 80 ms'}"))
    assert ran.exit_code == 4
    assert "readiness.yaml:5:" in ran.output


def test_a_share_without_a_unit_is_not_guessed(run: Run) -> None:
    ran = run(gate("probe: fake, with: {returns: {share: 1}}, expect: {share: '>= 0.8'}"))
    assert ran.exit_code == 4


# --- 4: compared unrounded, shown so that the sentence is true -----------------------------------


def test_a_value_just_below_the_limit_fails_and_is_not_shown_as_the_limit(run: Run) -> None:
    ran = run(gate("probe: fake, with: {returns: {share: 74.996}}, expect: {share: '>= 75 %'}"))
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "failed"})
    assert "share is 74.996 %" in ran.reason("g")
    assert "is 75 %" not in ran.output
    assert "is 75.00 %" not in ran.output


# --- 5: whatever keeps a gate from being evaluated leaves it red --------------------------------

GREEN = gate("probe: fake, with: {returns: {count: 1}}, expect: {count: 1}")


def test_x_leaves_the_gates_not_run_and_red(run: Run) -> None:
    ran = run(GREEN, "-x", tests="def test_one():\n    assert False\n\n\ndef test_two():\n    pass\n")
    assert (ran.exit_code, ran.outcomes, ran.report["verdict"]) == (1, {"g": "not_run"}, "NOT READY")


def test_a_collection_error_leaves_them_not_run_and_red(run: Run) -> None:
    ran = run(GREEN, tests="import nothing_of_the_kind\n")
    assert ran.exit_code == 2
    assert (ran.outcomes, ran.report["verdict"]) == ({"g": "not_run"}, "NOT READY")


@pytest.mark.parametrize("select", ["all", "keyword:one"])
def test_a_collection_error_that_is_passed_over_breaks_gates_on_tests(run: Run, tmp_path: Path, select: str) -> None:
    (tmp_path / "test_broken.py").write_text("import nothing_of_the_kind\n", encoding="utf-8")
    ran = run(gate(f"probe: tests, with: {{select: '{select}'}}"), "--continue-on-collection-errors")
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "error"})


def test_a_crashed_worker_breaks_gates_on_tests(run: Run) -> None:
    tests = "import os\n\ndef test_one():\n    os._exit(3)\n\n\ndef test_two():\n    pass\n"
    ran = run(gate("probe: tests, with: {select: 'keyword:two'}"), "-p", "xdist", "-n", "1", tests=tests)
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "error"}), ran.output


def test_a_hung_probe_is_an_error_at_its_deadline(run: Run) -> None:
    begun = time.monotonic()
    ran = run(gate("probe: fake, timeout: 1s, with: {does: hang}, expect: {count: 1}"))
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "error"})
    assert time.monotonic() - begun < 30


def test_the_deadline_of_the_run_leaves_the_rest_red(run: Run) -> None:
    gates = (
        gate("probe: fake, with: {does: hang}, expect: {count: 1}", "hangs")
        + "\n"
        + gate("probe: fake, needs: [hangs], with: {returns: {count: 1}}, expect: {count: 1}", "after")
    )
    ran = run(gates, head="timeout: 1s")
    assert ran.exit_code == 1
    assert ran.outcomes["hangs"] in {"error", "not_run"}
    assert ran.outcomes["after"] in {"blocked", "not_run"}


@pytest.mark.parametrize("option", ["--setup-only", "--setup-plan"])
def test_a_run_that_only_sets_up_is_not_ready(run: Run, option: str) -> None:
    ran = run(GREEN, option)
    assert ran.report.get("verdict") != "READY"
    assert "READY" not in ran.last_line or "NOT READY" in ran.last_line


def interrupted(folder: Path, when: str) -> tuple[int, dict[str, Any]]:
    """Start pytest, send Ctrl-C as soon as the file *when* appears, and return exit code and report."""
    process = subprocess.Popen(
        COMMAND,
        cwd=folder,
        env={**os.environ, **ALONE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (folder / when).exists():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    return process.returncode, json.loads((folder / "report.json").read_text(encoding="utf-8"))


def test_ctrl_c_in_the_tests_leaves_every_gate_not_run(tmp_path: Path) -> None:
    tests = "import pathlib, time\n\n\ndef test_one():\n    pathlib.Path('begun').touch()\n    time.sleep(60)\n"
    write(tmp_path, GREEN, tests)
    exit_code, report = interrupted(tmp_path, "begun")
    assert (exit_code, report["verdict"], report["exit_code"]) == (2, "NOT READY", 2)
    assert [each["outcome"] for each in report["gates"]] == ["not_run"]


def test_ctrl_c_in_the_gates_leaves_one_result_for_each(tmp_path: Path) -> None:
    sleeper = f"[{sys.executable}, -c, \"import pathlib, time; pathlib.Path('begun').touch(); time.sleep(60)\"]"
    slow = gate(f"probe: command, with: {{run: {sleeper}}}", "slow")
    after = gate("probe: fake, needs: [slow], with: {returns: {count: 1}}, expect: {count: 1}", "after")
    write(tmp_path, f"{slow}\n{after}", "def test_one():\n    pass\n")
    exit_code, report = interrupted(tmp_path, "begun")
    assert (exit_code, report["verdict"]) == (2, "NOT READY")
    outcomes = {each["id"]: each["outcome"] for each in report["gates"]}
    assert outcomes.keys() == {"slow", "after"}
    assert set(outcomes.values()) <= {"error", "not_run"}


# --- 6: options choose tests, never gates ---------------------------------------------------------

TWO = "import pytest\n\n\ndef test_one():\n    pass\n\n\n@pytest.mark.skip\ndef test_two():\n    pass\n"
SUITE = gate("probe: tests, with: {select: all}, expect: {failed: 0}")


@pytest.mark.parametrize("args", [["-k", "one"], ["--deselect", "test_one.py::test_two"], ["test_one.py::test_one"]])
def test_a_narrowed_run_proves_nothing_about_the_tests(run: Run, args: list[str]) -> None:
    ran = run(SUITE + "\n" + GREEN.replace("id: g", "id: other"), *args, tests=TWO)
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "error", "other": "passed"}), ran.output


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("args", [["-k", "one"], ["test_one.py::test_one"]])
def test_a_narrowed_run_proves_nothing_about_coverage(run: Run, tmp_path: Path, args: list[str]) -> None:
    (tmp_path / "code.py").write_text("A = 1\n", encoding="utf-8")
    tests = "import code_under_test\n" + TWO
    (tmp_path / "code_under_test.py").write_text("A = 1\n", encoding="utf-8")
    whole = gate('probe: coverage, with: {include: ["code_under_test.py"]}, expect: {missed: 0}')
    assert run(whole, tests=tests).outcomes == {"g": "passed"}
    ran = run(whole, *args, tests=tests)
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "error"})


def test_a_scope_names_the_very_selection_as_the_whole(run: Run) -> None:
    scoped = gate("probe: tests, scope: -k one, with: {select: all}")
    assert run(scoped, "-k", "one", tests=TWO).outcomes == {"g": "passed"}
    assert run(scoped, "-k", "two", tests=TWO).outcomes == {"g": "error"}


# --- 7: a spec that is not understood is refused whole --------------------------------------------


def test_every_mistake_is_reported_at_once(run: Run) -> None:
    gates = "\n".join(
        [
            gate("probe: fak, expect: {count: 1}", "a"),
            gate("probe: fake, expekt: {count: 1}", "b"),
            gate("probe: fake, needs: [nobody], expect: {count: 1}", "c"),
            gate("probe: fake, expect: {count: no}", "d"),
            gate("probe: fake, expect: {count: 1}", "a"),
        ]
    )
    ran = run(gates)
    assert ran.exit_code == 4
    assert [number for number in range(5, 10) if f"readiness.yaml:{number}:" not in ran.output] == []
    assert "Traceback" not in ran.output


WAIVER = "waiver: {{reason: r, owner: o, approved_by: a, expires: {}}}"


def test_an_expired_waiver_has_no_force(run: Run) -> None:
    ran = run(
        gate(f"probe: fake, {WAIVER.format('2020-01-01')}, with: {{returns: {{count: 1}}}}, expect: {{count: 2}}")
    )
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "failed"})
    assert "expired" in ran.output


def test_a_waiver_on_a_gate_that_passes_breaks_the_run(run: Run) -> None:
    ran = run(
        gate(f"probe: fake, {WAIVER.format('2999-01-01')}, with: {{returns: {{count: 1}}}}, expect: {{count: 1}}")
    )
    assert (ran.exit_code, ran.report["verdict"]) == (1, "NOT READY")
    assert "stale" in ran.output


# --- 8: permission to fail is not a pass ----------------------------------------------------------


@pytest.mark.parametrize("permission", [WAIVER.format("2999-01-01"), "deferred: {reason: later, until: 2999-01-01}"])
def test_permission_to_fail_does_not_count_as_passed_and_is_named(run: Run, permission: str) -> None:
    gates = (
        GREEN
        + "\n"
        + gate(f"probe: fake, {permission}, with: {{returns: {{count: 1}}}}, expect: {{count: 2}}", "let-off")
    )
    ran = run(gates)
    assert (ran.exit_code, ran.report["score"]) == (0, 50.0)
    assert "let-off" in ran.output or "Let off" in ran.output


def test_nobody_has_attested_is_not_a_pass(run: Run) -> None:
    ran = run(gate("probe: manual, with: {role: operations, question: Is somebody on call}"))
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "error"})


@pytest.mark.parametrize(
    "rest",
    [
        "with: {returns: {text: TODO}}, expect: {text: TODO}",
        "with: {returns: {count: 3}}, expect: {count: 'TODO: how many'}",
        "with: {returns: {count: 3}}, expect: {count: 3}, deferred: {reason: later, until: TODO}",
    ],
)
def test_what_is_still_to_be_filled_in_is_not_a_pass(run: Run, rest: str) -> None:
    ran = run(gate(f"probe: fake, {rest}"))
    assert (ran.exit_code, ran.outcomes) == (1, {"g": "error"})
    assert "still to be filled in" in ran.output


def test_no_gates_is_not_ready(run: Run) -> None:
    ran = run("  []")
    assert (ran.exit_code, ran.report["verdict"]) == (1, "NOT READY")


def test_no_gate_that_applies_is_not_ready(run: Run) -> None:
    ran = run(gate("probe: fake, profiles: [prod], expect: {count: 1}"), head="profiles: {prod: {}}")
    assert (ran.exit_code, ran.report["verdict"]) == (1, "NOT READY")


# --- 9: a report that cannot be written fails the run; a broken probe is one error ----------------


def test_a_report_that_cannot_be_written_fails_the_run(run: Run) -> None:
    ran = run(GREEN, "--readiness-report=json:/dev/full")
    assert ran.exit_code == 1
    assert "/dev/full" in ran.output
    assert not ran.last_line.startswith("READY")


def test_a_broken_probe_is_one_error_and_the_rest_goes_on(run: Run) -> None:
    ran = run(gate("probe: fake, with: {does: raise}, expect: {count: 1}", "broken") + "\n" + GREEN)
    assert (ran.exit_code, ran.outcomes) == (1, {"broken": "error", "g": "passed"})


# --- 10: everything says the same -----------------------------------------------------------------


@pytest.mark.parametrize(("count", "exit_code", "verdict"), [(1, 0, "READY"), (2, 1, "NOT READY")])
def test_exit_code_terminal_and_reports_say_the_same(
    run: Run, tmp_path: Path, count: int, exit_code: int, verdict: str
) -> None:
    ran = run(gate(f"probe: fake, with: {{returns: {{count: 1}}}}, expect: {{count: {count}}}"), "--junitxml=junit.xml")
    junit = (tmp_path / "junit.xml").read_text(encoding="utf-8")
    assert (ran.exit_code, ran.report["exit_code"], ran.report["verdict"]) == (exit_code, exit_code, verdict)
    assert ran.last_line.startswith(verdict)
    assert f'failures="{exit_code}"' in junit


def test_a_failing_test_is_not_made_up_for_by_green_gates(run: Run) -> None:
    ran = run(GREEN, tests="def test_one():\n    assert False\n")
    assert (ran.exit_code, ran.report["exit_code"]) == (1, 1)
    assert not ran.last_line.startswith("READY")


def test_part_of_the_gates_is_never_ready(run: Run) -> None:
    ran = run(GREEN + "\n" + GREEN.replace("id: g", "id: h"), "--readiness-select", "g")
    assert (ran.exit_code, ran.report["verdict"]) == (0, "PARTIAL")
    assert not ran.last_line.startswith("READY")
