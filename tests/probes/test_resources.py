"""Memory and processor time of processes that are really there."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_readiness.errors import OptionError
from pytest_readiness.model import Outcome, Ready, Result, Service, Value
from pytest_readiness.probes._resources import Course, Gone, Tree
from pytest_readiness.probes.resources import Resources
from pytest_readiness.testing import run_probe

psutil = pytest.importorskip("psutil")

MIB = 2**20
Start = Callable[[str], int]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a Python process that says when it is ready; return its number."""
    running: list[subprocess.Popen[str]] = []

    def begin(code: str) -> int:
        process = subprocess.Popen(
            [sys.executable, "-c", f"{code}\nprint('ready', flush=True)\nimport time; time.sleep(60)"],
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process.pid

    yield begin
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def value(result: Result, name: str) -> float:
    found = result.measurements[name].value
    assert isinstance(found, int | float)
    return found


class TestARunningProcess:
    def test_memory_passes_or_fails(self, start: Start) -> None:
        pid = start("block = bytearray(64 * 2**20)")
        assert run_probe(Resources(pid=pid, over=0.3), expect={"rss_max": "64 MiB..200 MiB"}).outcome is Outcome.PASSED
        assert run_probe(Resources(pid=pid, over=0.3), expect={"rss_mean": "< 32 MiB"}).outcome is Outcome.FAILED

    def test_what_it_started_counts_too(self, start: Start) -> None:
        child = "bytearray(64 * 2**20); print(1, flush=True); import time; time.sleep(60)"
        pid = start(
            "import subprocess, sys\n"
            f"p = subprocess.Popen([sys.executable, '-c', 'a = ' + {child!r}], stdout=-1); p.stdout.readline()"
        )
        result = run_probe(Resources(pid=pid, over=0.3), expect={"processes": 2, "rss_max": ">= 64 MiB"})
        assert result.outcome is Outcome.PASSED, result.reason

    def test_one_that_works_keeps_a_core_busy_and_one_that_sleeps_does_not(self, start: Start) -> None:
        busy = start(
            "import threading\ndef work():\n    while True: pass\nthreading.Thread(target=work, daemon=True).start()"
        )
        idle = start("pass")
        assert value(run_probe(Resources(pid=busy, over=1.5), expect={"samples": ">= 2"}), "cores") > 0.3
        result = run_probe(Resources(pid=idle, over=1.5), expect={"cpu": "< 5 %", "cpu_max": "< 10 %"})
        assert result.outcome is Outcome.PASSED, result.reason

    def test_growth_is_seen(self, start: Start) -> None:
        pid = start(
            "import threading, time\nkept = []\ndef grow():\n"
            "    while True:\n        kept.append(bytearray(2**20)); time.sleep(0.01)\n"
            "threading.Thread(target=grow, daemon=True).start()"
        )
        assert run_probe(Resources(pid=pid, over=1.2), expect={"growth": "> 10 %"}).outcome is Outcome.PASSED

    def test_a_file_may_name_it(self, start: Start, tmp_path: Path) -> None:
        (tmp_path / "worker.pid").write_text(f"{start('pass')}\n")
        result = run_probe(Resources(pid_file="worker.pid", over=0.2), root=tmp_path, expect={"samples": ">= 2"})
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.no_false_green
    def test_one_that_is_not_there_is_an_error(self) -> None:
        process = subprocess.Popen([sys.executable, "-c", ""])
        process.wait()
        result = run_probe(Resources(pid=process.pid, over=0.2), expect={"rss_max": "< 1 GiB"})
        assert (result.outcome, result.reason) == (Outcome.ERROR, f"there is no process {process.pid}")

    @pytest.mark.no_false_green
    def test_one_that_ends_meanwhile_is_an_error(self, start: Start) -> None:
        pid = start(
            "import threading, os, time\n"
            "threading.Thread(target=lambda: (time.sleep(0.3), os._exit(0)), daemon=True).start()"
        )
        result = run_probe(Resources(pid=pid, over=3.0), expect={"rss_max": "< 1 GiB"})
        assert result.outcome is Outcome.ERROR
        assert re.search(r"after 0\.\d+ s of 3 s", result.reason)

    def test_more_time_than_there_is_is_an_error_at_once(self, start: Start) -> None:
        started = time.monotonic()
        result = run_probe(Resources(pid=start("pass"), over=30.0), expect={"rss_max": "< 1 GiB"}, timeout=2)
        assert (result.outcome, "raise the gate's timeout" in result.reason) == (Outcome.ERROR, True)
        assert time.monotonic() - started < 2

    @pytest.mark.parametrize("text", ["", "none", "-1", "0", "99999999999"])
    def test_a_file_without_a_number_is_an_error(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "pid").write_text(text)
        result = run_probe(Resources(pid_file="pid"), root=tmp_path, expect={"rss_max": "< 1 GiB"})
        assert (result.outcome, "holds no number" in result.reason) == (Outcome.ERROR, True)

    def test_a_file_that_is_not_there_is_an_error(self, tmp_path: Path) -> None:
        result = run_probe(Resources(pid_file="pid"), root=tmp_path, expect={"rss_max": "< 1 GiB"})
        assert result.reason == "pid cannot be read: No such file or directory"

    def test_too_short_a_time_tells_less(self, start: Start) -> None:
        result = run_probe(
            Resources(pid=start("pass"), over=0.1), expect={"growth": "< 5 %", "cpu_max": "< 5 %", "exit_code": 0}
        )
        assert "growth was not measured: there were only" in result.reason
        assert "cpu_max was not measured: it was watched for less than a second" in result.reason
        assert "exit_code was not measured: it is still running" in result.reason


class TestACommand:
    def python(self, code: str) -> Resources:
        return Resources(run=(sys.executable, "-c", code), every=0.02)

    def test_is_watched_to_its_end(self) -> None:
        probe = self.python("block = bytearray(64 * 2**20); import time; time.sleep(0.4)")
        result = run_probe(probe, expect={"rss_max": "64 MiB..300 MiB", "samples": ">= 3"})
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.no_false_green
    def test_that_ends_badly_fails_however_little_it_took(self) -> None:
        result = run_probe(
            self.python("import sys, time; time.sleep(0.3); sys.exit('no memory')"), expect={"rss_max": "< 1 GiB"}
        )
        assert result.outcome is Outcome.FAILED
        assert "exit_code is 1" in result.reason
        assert "no memory" in {item.title: item.text for item in result.evidence}["stderr"]

    def test_that_hangs_is_ended(self) -> None:
        result = run_probe(self.python("import time; time.sleep(60)"), timeout=1)
        assert (result.outcome, "timed out" in result.reason) == (Outcome.ERROR, True)

    def test_that_is_not_there_is_an_error(self) -> None:
        assert run_probe(Resources(run=("no-such-program",))).outcome is Outcome.ERROR

    def test_can_be_forbidden(self) -> None:
        assert "--readiness-no-exec" in run_probe(Resources(run=("true",)), exec_allowed=False).reason

    def test_a_secret_it_prints_is_not_shown(self) -> None:
        result = run_probe(
            self.python("import sys, time; time.sleep(0.1); print('t0ps3cret', file=sys.stderr)"), secrets=["t0ps3cret"]
        )
        assert "t0ps3cret" not in repr(result.evidence)


class TestACommandShorterThanTheFirstSample:
    @pytest.fixture(autouse=True)
    def _unseen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let every process be gone when it is looked at, as one that ends at once is now and then."""

        def gone(_tree: Tree) -> None:
            raise Gone("process 1 has ended")

        monkeypatch.setattr(Tree, "look", gone)

    def test_is_measured_by_what_the_system_tells(self) -> None:
        probe = Resources(run=(sys.executable, "-c", "sum(range(10**6))"))
        expect: dict[str, Value] = {"cpu_time": "1 ms..10 s", "cores": "> 0", "rss_max": "< 4 GiB", "samples": 0}
        result = run_probe(probe, expect=expect)
        assert result.outcome is Outcome.PASSED, result.reason

    @pytest.mark.no_false_green
    def test_tells_no_more_of_its_memory_than_a_bound(self) -> None:
        result = run_probe(Resources(run=("true",)), expect={"rss_max": "> 1 B"})
        assert result.outcome is Outcome.ERROR
        assert "cannot tell: rss_max is" in result.reason

    @pytest.mark.no_false_green
    def test_with_children_of_its_own_tells_nothing_of_its_memory(self) -> None:
        result = run_probe(Resources(run=("sh", "-c", "/bin/true; /bin/true")), expect={"rss_max": "< 4 GiB"})
        assert result.reason == "rss_max was not measured: it ended before it could be looked at"

    @pytest.mark.no_false_green
    def test_that_ends_badly_fails(self) -> None:
        assert run_probe(Resources(run=("false",)), expect={"cpu_time": "< 5 s"}).outcome is Outcome.FAILED


class TestFoundByNameOrCommand:
    def found(self, expect: dict[str, str | int] | None = None, **options: object) -> Result:
        return run_probe(Resources(over=0.2, **options), expect=expect or {"samples": ">= 2"})  # type: ignore[arg-type]

    def test_one_is_found_by_what_is_in_its_command_line(self, start: Start) -> None:
        pid = start("a = 'mark-of-one'; block = bytearray(32 * 2**20)")
        result = self.found({"rss_max": ">= 32 MiB"}, command=re.compile("mark-of-one"))
        assert result.outcome is Outcome.PASSED, result.reason
        assert result.evidence[0].text.startswith(f"{pid} (")
        assert self.found({"rss_max": "< 32 MiB"}, command=re.compile("mark-of-one")).outcome is Outcome.FAILED

    def test_one_is_found_by_its_name(self, tmp_path: Path) -> None:
        (tmp_path / "ready-probe-x").symlink_to("/bin/sleep")
        with subprocess.Popen([tmp_path / "ready-probe-x", "60"]) as process:
            try:
                assert self.found(name_="ready-probe-x").outcome is Outcome.PASSED
                assert self.found(name_="ready-probe").outcome is Outcome.ERROR
            finally:
                process.kill()

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("options", [{"name_": "no-such-name"}, {"command": re.compile("no-such-" + "command")}])
    def test_none_is_an_error(self, options: dict[str, object]) -> None:
        result = self.found({"rss_max": "< 1 TiB"}, **options)
        assert result.outcome is Outcome.ERROR
        assert result.reason.startswith("no process ")

    @pytest.mark.no_false_green
    def test_several_are_an_error_that_says_which_unless_they_are_to_be_added_up(self, start: Start) -> None:
        pids = [start("a = 'mark-of-two'; block = bytearray(32 * 2**20)") for _ in range(2)]
        result = self.found(command=re.compile("mark-of-two"))
        assert result.outcome is Outcome.ERROR
        assert result.reason.startswith("2 processes fit: ")
        assert all(f"{pid} (" in result.reason for pid in pids)
        both = self.found({"rss_max": ">= 64 MiB", "processes": 2}, command=re.compile("mark-of-two"), several=True)
        assert both.outcome is Outcome.PASSED, both.reason

    def test_what_a_found_one_has_started_belongs_to_it(self, start: Start) -> None:
        start(
            "a = 'mark-of-three'; import subprocess, sys\n"
            "p = subprocess.Popen([sys.executable, '-c', 'b = \"mark-of-three\"; print(1, flush=True); "
            "import sys; sys.stdin.read()'], stdin=-1, stdout=-1); p.stdout.readline()"
        )
        result = self.found({"processes": 2}, command=re.compile("mark-of-three"))
        assert result.outcome is Outcome.PASSED, result.reason

    def test_a_secret_in_a_command_line_is_not_shown(self, start: Start) -> None:
        for _ in range(2):
            start("a = 'mark-of-four'; b = 't0ps3cret'")
        result = self.found(command=re.compile("mark-of-four"))
        assert "t0ps3cret" not in repr((result.reason, result.evidence))

    def test_what_is_looked_for_is_said(self) -> None:
        probes = [Resources(name_="a"), Resources(command=re.compile("b"))]
        assert [(touch.kind, touch.what) for probe in probes for touch in probe.touches()] == [
            ("process", "a"),
            ("process", "b"),
        ]


class TestCourse:
    class Scripted(Tree):
        """Says what a test tells it to."""

        def __init__(self, *looks: dict[int, float]) -> None:
            self.cores = 2
            self._looks = list(looks)

        def look(self) -> tuple[int, dict[int, float], int]:
            spent = self._looks.pop(0)
            return MIB, spent, len(spent)

    def seen(self, *looks: dict[int, float]) -> Course:
        course, tree = Course(), self.Scripted(*looks)
        for _ in looks:
            course.look(tree)
        return course

    def test_what_was_spent_before_does_not_count(self) -> None:
        assert self.seen({1: 100.0}, {1: 100.5}).spent[-1] == pytest.approx(0.5)

    def test_the_time_of_a_child_moves_to_its_parent(self) -> None:
        assert self.seen({1: 1.0}, {1: 1.0, 2: 3.0}, {1: 4.5}).spent[-1] == pytest.approx(3.5)

    def test_the_time_of_a_child_that_went_away_is_not_taken_back(self) -> None:
        assert self.seen({1: 1.0}, {1: 1.0, 2: 3.0}, {1: 1.5}).spent[-1] == pytest.approx(3.5)

    def test_the_busiest_second_is_found(self) -> None:
        course = Course(at=[0.0, 0.5, 1.0, 1.5, 2.0], spent=[0.0, 0.1, 0.2, 1.2, 1.3])
        assert course.busiest() == pytest.approx(1.1)
        assert Course(at=[0.0, 0.5], spent=[0.0, 0.5]).busiest() is None

    def test_nothing_seen_says_so(self) -> None:
        assert (Course().told(), Course().duration) == ("nothing was seen", 0.0)


class TestWhatCannotBeLookedAt:
    class Foreign:
        """A process that raises whatever a test wants."""

        def __init__(self, error: Exception, at: str) -> None:
            self.pid = 7
            self._error, self._at = error, at

        def _maybe(self, what: str) -> None:
            if self._at == what:
                raise self._error

        def is_running(self) -> bool:
            return True

        def status(self) -> str:
            return "running"

        def children(self, *, recursive: bool) -> list[object]:
            self._maybe("children" if recursive else "")
            return []

        def oneshot(self) -> contextlib.AbstractContextManager[None]:
            return contextlib.nullcontext()

        def memory_info(self) -> None:
            self._maybe("memory")

    @pytest.mark.no_false_green
    @pytest.mark.parametrize("at", ["children", "memory"])
    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (psutil.AccessDenied(7), "process 7 belongs to somebody else, and cannot be looked at"),
            (psutil.NoSuchProcess(7), "process 7 has ended|there is no process 7"),
            (OSError("broken"), "process 7: broken"),
        ],
    )
    def test_is_told_and_never_taken_for_nothing(self, error: Exception, words: str, at: str) -> None:
        tree = Tree(os.getpid())
        tree._root = self.Foreign(error, at)
        with pytest.raises(Gone, match=words):
            tree.look()


def test_the_process_of_a_service_is_known(tmp_path: Path) -> None:
    from pytest_readiness.deadline import Deadline
    from pytest_readiness.services import Services

    code = "import time; print('up', flush=True); time.sleep(60)"
    service = Service("api", (sys.executable, "-c", code), Ready(log="up"))
    services = Services({"api": service}, root=tmp_path, env=dict(os.environ))
    try:
        services.start("api", Deadline.after(10))
        pid = int(services.values("api")["api.pid"])
        result = run_probe(Resources(pid=pid, over=0.2), expect={"rss_max": "> 1 MiB"})
    finally:
        services.stop()
    assert result.outcome is Outcome.PASSED, result.reason


def test_without_psutil_the_gate_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    result = run_probe(Resources(pid=1), expect={"rss_max": "< 1 GiB"})
    assert result.reason == "psutil is not installed: pip install 'pytest-readiness[resources]'"


def test_what_is_touched() -> None:
    assert [(touch.kind, touch.what) for touch in Resources(run=("a", "b c")).touches()] == [("command", "a 'b c'")]
    assert [(touch.kind, touch.what) for touch in Resources(pid_file="x.pid").touches()] == [("file", "x.pid")]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "exactly one of"),
        ({"pid": 1, "run": ("a",)}, "not pid and run"),
        ({"pid": 0}, "not the number of a process"),
        ({"run": (" ",)}, "names no program"),
        ({"pid": 1, "every": 0.001}, "10 ms"),
        ({"pid": 1, "over": 0.05}, "two samples"),
        ({"name_": " "}, "may not be empty"),
        ({"name_": "a", "command": re.compile("a")}, "not name and command"),
        ({"command": re.compile("a*")}, "would match every process"),
        ({"pid": 1, "several": True}, "goes with name or command"),
    ],
)
def test_bad_options_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        Resources(**options)  # type: ignore[arg-type]
