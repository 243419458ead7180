"""How much memory and processor time processes take."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, MissingExtra, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.options import Duration
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._resources import Course, Gone, Tree
from pytest_readiness.process import Completed, seconds

_SHORTEST = 0.01
_LONGEST_PID_FILE = 100
_ENOUGH = 20


@dataclass(frozen=True, kw_only=True)
class Resources(Probe):
    """
    How much memory and processor time does a process take, with all that it started?

    The process is that of a service of the spec (`pid: ${api.pid}`), one that a file names, or a
    command that is run here, to its end. A running one is watched for the time that `over` says, while
    other gates do what they do: give those that make it work the same `needs`. Memory is
    the resident set (RSS), added up over all processes, so that what they share counts more than once. Between
    two samples there may be peaks that nobody sees.

    Fails when memory or processor time is not as expected, or when the command ends badly. A process
    that is not there, or that ends while it is watched, is an error.

    To fix: profile the process under the same load (memray, py-spy), or give it more room.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "rss_max": Measure(int, "resident memory of all processes together, at most", "B", Better.LOWER),
        "rss_mean": Measure(float, "resident memory of all processes together, on average", "B", Better.LOWER),
        "growth": Measure(
            float, "how much higher the memory was in the last fifth of the time than in the second", "%", Better.LOWER
        ),
        "cpu": Measure(float, "share of all cores that was busy with it, on average", "%", Better.LOWER),
        "cpu_max": Measure(float, "the same, in the busiest second", "%", Better.LOWER),
        "cores": Measure(float, "cores that were busy with it, on average", better=Better.LOWER),
        "processes": Measure(int, "processes at the same time, at most", better=Better.LOWER),
        "samples": Measure(int, "how often it was looked at", better=Better.HIGHER),
        "exit_code": Measure(int, "how the command ended; negative is the signal that ended it"),
        "duration": Measure(float, "how long it was watched", "s"),
    }
    counter: ClassVar[str | None] = "samples"
    extra: ClassVar[str | None] = "resources"

    pid: int | None = option("The number of the process, such as `${api.pid}`.", None, example=4711)
    pid_file: str | None = option(
        "A file that holds it, relative to the spec's folder.", None, example="run/worker.pid"
    )
    run: tuple[str, ...] = option("A command to run instead, as a list.", (), example=["python", "train.py", "--once"])
    over: Duration = option("How long to watch a running process.", 10.0)
    every: Duration = option("The time from one sample to the next.", 0.05)

    def __post_init__(self) -> None:
        given = [name for name in ("pid", "pid_file", "run") if getattr(self, name) not in {None, ()}]
        if len(given) != 1:
            raise OptionError(f"give exactly one of pid, pid_file and run, not {' and '.join(given) or 'none'}")
        if self.pid is not None and self.pid < 1:
            raise OptionError(f"{self.pid} is not the number of a process", "pid")
        if self.run and not self.run[0].strip():
            raise OptionError("names no program", "run")
        if self.every < _SHORTEST:
            raise OptionError("is 10 ms at least", "every")
        if not self.run and self.over < 2 * self.every:
            raise OptionError("is not long enough for two samples", "over")

    def expected(self) -> Mapping[str, Value]:
        """Return the default expectation: that a command ends well."""
        return {"exit_code": 0} if self.run else {}

    def touches(self) -> Iterator[Touch]:
        """Yield the command, or the file."""
        if self.run:
            yield Touch("command", shlex.join(self.run))
        if self.pid_file is not None:
            yield Touch("file", self.pid_file)

    def measure(self, context: Context) -> Measurements:
        """Watch. Raises ``CannotMeasure`` where the process cannot be watched to the end."""
        try:
            import psutil  # noqa: F401 - so that a missing one is told before anything is run
        except ImportError:
            raise MissingExtra("psutil", "resources") from None
        values: dict[str, Value] = {}
        course = Course()
        if self.run:
            done = self._watch_command(context, course)
            values["exit_code"] = done.returncode
            evidence = [Evidence("command", f"{shlex.join(self.run)}\nexit code {done.returncode}")]
            if done.stderr.strip():
                evidence.append(Evidence("stderr", done.stderr[-2000:]))
        else:
            evidence = []
            self._watch_process(context, course)
        unknown = {} if self.run else {"exit_code": "it is still running"}
        self._tell(course, values, unknown)
        return Measurements(values, len(course.memory), [*evidence, Evidence("course", course.told())], unknown)

    def _watch_process(self, context: Context, course: Course) -> None:
        pid = self._number(context)
        if context.deadline.remaining() < self.over:
            left = seconds(context.deadline.remaining(), about=True)
            raise CannotMeasure(f"there are {left} left to watch for {seconds(self.over)}: raise the gate's timeout")
        until = time.monotonic() + self.over
        try:
            tree = Tree(pid)
            while course.look(tree) and time.monotonic() < until:
                time.sleep(self.every)
        except Gone as error:
            when = f", after {seconds(course.duration, about=True)} of {seconds(self.over)}" if course.memory else ""
            raise CannotMeasure(f"{error}{when}") from None

    def _watch_command(self, context: Context, course: Course) -> Completed:
        ended = threading.Event()

        def watch(pid: int) -> None:
            try:
                tree = Tree(pid)
                while course.look(tree) and not ended.wait(self.every):
                    pass
            except Gone:
                pass  # it has come to its end

        watchers: list[threading.Thread] = []

        def started(pid: int) -> None:
            watchers.append(threading.Thread(target=watch, args=(pid,), name="readiness-resources", daemon=True))
            watchers[0].start()

        try:
            return context.run(self.run, started=started)
        finally:
            ended.set()
            for watcher in watchers:
                watcher.join(context.deadline.cap(2.0))

    def _number(self, context: Context) -> int:
        if self.pid is not None:
            return self.pid
        assert self.pid_file is not None
        try:
            with context.path(self.pid_file).open("rb") as file:
                text = file.read(_LONGEST_PID_FILE).decode("utf-8", "replace")
        except OSError as error:
            raise CannotMeasure(f"{self.pid_file} cannot be read: {error.strerror}") from None
        first = text.split()[0] if text.split() else ""
        if not (first.isascii() and first.isdigit() and 0 < int(first) < 2**31):
            raise CannotMeasure(f"{self.pid_file} holds no number of a process, but {text[:20]!r}")
        return int(first)

    def _tell(self, course: Course, values: dict[str, Value], unknown: dict[str, str]) -> None:
        """Add what the course comes to."""
        memory = course.memory
        if not memory:
            return
        values.update(
            rss_max=max(memory), rss_mean=sum(memory) / len(memory), samples=len(memory), processes=course.processes,
            duration=course.duration,
        )  # fmt: skip
        few = f"there were only {len(memory)} samples; it takes at least"
        if len(memory) >= 2:  # noqa: PLR2004 - busy is what happened between two moments
            values.update(cores=course.busy, cpu=100.0 * course.busy / course.cores)
        else:
            unknown.update(dict.fromkeys(("cores", "cpu"), f"{few} 2"))
        if (busiest := course.busiest()) is not None:
            values["cpu_max"] = 100.0 * busiest / course.cores
        else:
            unknown["cpu_max"] = "it was watched for less than a second"
        if len(memory) >= _ENOUGH:
            values["growth"] = course.growth()
        else:
            unknown["growth"] = f"{few} {_ENOUGH}"
