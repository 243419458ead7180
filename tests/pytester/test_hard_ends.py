"""Hangs, Ctrl-C, killed workers, full disks: one result for each gate, the right exit code, nobody left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.pytester.projects import FAILS, PASSES, TESTS, Project, Ran

SUITE = "- {id: suite, probe: tests, with: {select: all}}"
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])


@pytest.fixture
def nap() -> Iterator[str]:
    """Return how long to sleep, in words that no other process on this machine uses; whoever does so is ended after."""
    words = f"1000.{os.getpid()}{time.monotonic_ns()}"
    yield words
    for pid in sleepers(words):
        os.kill(pid, signal.SIGKILL)


def sleepers(words: str) -> list[int]:
    """Return the processes that have *words* on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if words.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found


def until(met: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not met():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def silent() -> Iterator[str]:
    """Return the URL of a server that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=500) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_a_third_of_200_gates_hanging_end_within_their_deadline_and_a_second(
    project: Project, nap: str, silent: str
) -> None:
    well = [PASSES.replace("good", f"good{number}") for number in range(133)]
    sleep = f"- {{id: sleep%d, probe: command, with: {{run: [sleep, '{nap}']}}, timeout: 2s}}"
    waits = f"- {{id: waits%d, probe: http, with: {{url: '{silent}'}}, timeout: 2s}}"
    hangs = "- {id: hangs%d, probe: fake, with: {does: hang}, timeout: 2s}"
    hang = [text % number for number in range(23) for text in (sleep, waits, hangs)][:67]
    project.gates(*well[:60], *hang, *well[60:])
    begun = time.monotonic()
    ran = project.run()
    took = time.monotonic() - begun
    assert Counter(ran.outcomes.values()) == {"passed": 133, "error": 67}
    assert (ran.exit_code, ran.report["exit_code"]) == (1, 1)
    assert ran.report["duration"] < 2 + 1
    # What is left of the time is pytest's own: starting up, telling of 200 items, and no waiting for threads.
    assert took - ran.report["duration"] < 5
    assert sleepers(nap) == []


def start(project: Project, *args: str) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--readiness",
        "--readiness-report=json:report.json",
        "-p",
        "no:randomly",
    ]
    return subprocess.Popen(
        [*command, "-p", "no:cacheprovider", *args],
        cwd=project.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def interrupted(project: Project, nap: str, *args: str) -> Ran:
    """Run pytest, press Ctrl-C once *nap* is being slept, and wait until nobody does so any more."""
    with start(project, *args) as process:
        until(lambda: sleepers(nap))
        pressed = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert time.monotonic() - pressed < 10
    # A test's own processes are the test's to end, and pytest's; a gate's are gone before pytest is.
    until(lambda: not sleepers(nap))
    return Ran(project.path, pytest.RunResult(process.returncode, out.splitlines(), err.splitlines(), 0))


@WORKERS
def test_ctrl_c_in_the_middle_of_tests(project: Project, nap: str, workers: tuple[str, ...]) -> None:
    sleeping = f"import subprocess\n\n\ndef test_sleeps():\n    subprocess.run(['sleep', '{nap}'])\n"
    project.write("test_it.py", f"{TESTS}\n\n{sleeping}")
    project.gates(PASSES, SUITE, FAILS)
    ran = interrupted(project, nap, *workers)
    assert (ran.exit_code, ran.report["exit_code"]) == (2, 2)
    assert ran.outcomes == {"good": "not_run", "suite": "not_run", "bad": "not_run"}
    assert ran.probed == []


@WORKERS
def test_ctrl_c_in_the_middle_of_gates(project: Project, nap: str, workers: tuple[str, ...]) -> None:
    project.write("family.py", f"import subprocess, sys\nsubprocess.run(['sleep', '{nap}'])\n")
    service = f"services:\n  api: {{command: [sh, -c, 'sleep {nap} & wait'], ready: {{log: never, within: 60s}}}}"
    sleeps = "- {id: sleeps, needs: [good], probe: command, with: {run: [python, family.py]}}"
    served = "- {id: served, needs: [good], uses: [api], probe: fake}"
    project.gates(PASSES, SUITE, sleeps, served, "- {id: later, needs: [sleeps], probe: fake}", head=service)
    ran = interrupted(project, nap, *workers)
    assert (ran.exit_code, ran.report["exit_code"], ran.report["verdict"]) == (2, 2, "NOT READY")
    assert (ran.outcomes["good"], ran.outcomes["suite"]) == ("passed", "passed")
    assert ran.outcomes["sleeps"] in {"not_run", "error"}
    assert ran.outcomes["served"] in {"not_run", "error"}
    assert ran.outcomes["later"] in {"not_run", "blocked"}
    assert len(ran.outcomes) == 5


@WORKERS
def test_a_failing_test_under_x(project: Project, workers: tuple[str, ...]) -> None:
    project.write("test_it.py", "def test_one():\n    assert False\n")
    project.gates(PASSES, SUITE, FAILS)
    ran = project.run("-x", *workers)
    assert ran.exit_code == ran.report["exit_code"] != 0
    assert set(ran.outcomes.values()) == {"not_run"}
    assert len(ran.outcomes) == 3


@pytest.mark.parametrize("restart", [(), ("--max-worker-restart=0",)], ids=["replaced", "lost"])
def test_a_killed_worker(project: Project, restart: tuple[str, ...]) -> None:
    killed = "import os, signal\n\n\ndef test_dies():\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    project.write("test_it.py", f"{TESTS}\n\n{killed}")
    project.write("shop.py", "x = 1\n")
    coverage = "- {id: lines, probe: coverage, with: {include: [shop.py]}, expect: {line: 100%}}"
    project.gates(PASSES, SUITE, coverage)
    ran = project.run("-n", "2", *restart)
    assert ran.exit_code == ran.report["exit_code"] != 0
    assert ran.report["verdict"] == "NOT READY"
    assert set(ran.outcomes) == {"good", "suite", "lines"}
    assert {ran.outcomes["suite"], ran.outcomes["lines"]} <= {"error", "not_run"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_for_the_report(project: Project) -> None:
    project.gates(PASSES)
    ran = project.run("--readiness-report=json:/dev/full")
    assert ran.exit_code == 1
    assert ran.outcomes == {"good": "passed"}
    assert ran.report["exit_code"] == 1
    assert ran.last_line.startswith("FAILED: ")
    assert "/dev/full" in ran.last_line
    assert "Traceback" not in ran.out + ran.err
    assert Path("/dev/full").is_char_device()


def test_tests_killed_by_the_deadline_leave_no_server_behind(project: Project, nap: str) -> None:
    server = f"import subprocess\n\n\ndef test_serves():\n    subprocess.Popen(['sleep', '{nap}']).wait()\n"
    project.write("inner/test_inner.py", server)
    project.write("conftest.py", "")
    project.pytester.makeini("[pytest]\ntestpaths = test_it.py\n")
    inner = "[python, -m, pytest, -q, -p, 'no:readiness', -p, 'no:xdist', inner]"
    project.gates(f"- {{id: inner, probe: command, with: {{run: {inner}}}, timeout: 4s}}")
    ran = project.run()
    assert ran.outcomes == {"inner": "error"}
    assert "4 s" in ran.report["gates"][0]["reason"]
    assert sleepers(nap) == []


def test_the_suite_interrupted_by_its_own_time_limit_leaves_gates_their_results(project: Project, nap: str) -> None:
    pytest.importorskip("pytest_timeout")
    project.write("test_it.py", f"import subprocess\n\n\ndef test_hangs():\n    subprocess.run(['sleep', '{nap}'])\n")
    project.gates(PASSES, SUITE)
    ran = project.run("-p", "pytest_timeout", "--timeout=1")
    assert ran.exit_code == ran.report["exit_code"] == 1
    assert ran.outcomes == {"good": "passed", "suite": "failed"}


@pytest.mark.parametrize(
    ("name", "text", "args"),
    [
        ("readiness.yaml", "version: 1\ngates: [{id: a, probe: nowhere}]\n", ()),
        ("conftest.py", "import nowhere\n", ()),
        ("conftest.py", "import nowhere\n", ("--readiness-only",)),
        ("shop.py", "", ("--no-such-option",)),
        ("shop.py", "", ("--readiness-report=nothing:like.this",)),
        ("shop.py", "", ("--readiness-report=json:readiness.yaml",)),
    ],
    ids=["spec", "conftest", "conftest, gates only", "option", "format", "over the spec"],
)
def test_a_run_that_cannot_even_start_leaves_no_earlier_report(
    project: Project, name: str, text: str, args: tuple[str, ...]
) -> None:
    project.gates(PASSES)
    assert project.run().report["verdict"] == "READY"
    project.write(name, text)
    ran = project.run(*args)
    assert ran.exit_code == 4
    assert ran.report == {}
    assert (project.path / "readiness.yaml").exists()


@pytest.mark.parametrize("option", ["--help", "--version", "--collect-only", "--readiness-explain"])
def test_what_runs_no_gate_leaves_the_report_as_it_is(project: Project, option: str) -> None:
    project.gates(PASSES)
    project.run()
    assert project.run(option).report["verdict"] == "READY"
