"""How much memory and processor time processes take."""

from __future__ import annotations

import re
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
from pytest_readiness.probes._resources import Course, Forest, Found, Gone, Tree, find, usable_cores
from pytest_readiness.process import Completed, seconds

_SHORTEST = 0.01
_LONGEST_PID_FILE = 100
_ENOUGH = 20
_TOO_SHORT = "it ended before it could be looked at"


@dataclass(frozen=True, kw_only=True)
class Resources(Probe):
    """
    How much memory and processor time does a process take, with all that it started?

    The process is that of a service of the spec (`pid: ${api.pid}`), one that a file names, one that is found
    by its `name` or its `command` line, or a command that is run here, to its end. What a found one has
    started belongs to it; where several are found, that is an error unless `several` adds them up. A running
    one is watched for the time that `over` says, while other gates do what they do: give those that make it
    work the same `needs`. Memory is the resident set (RSS), added up over all processes, so that what they
    share counts more than once. Between two samples there may be peaks that nobody sees. Of a command that
    ends before the first sample the system tells its processor time, and a bound of its memory.

    Fails when memory or processor time is not as expected, or when the command ends badly. A process
    that is not there or not found, or that ends while it is watched, is an error.

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
        "cpu_time": Measure(float, "processor time that the command took, until its end", "s", Better.LOWER),
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
    name_: str | None = option("What the running process is called.", None, example="postgres")
    command: re.Pattern[str] | None = option(
        "A regex found in its command line.", None, example=r"uvicorn orders\.app:app"
    )
    several: bool = option("Whether there may be several of that name or command, to be added up.", default=False)
    run: tuple[str, ...] = option("A command to run instead, as a list.", (), example=["python", "train.py", "--once"])
    over: Duration = option("How long to watch a running process.", 10.0)
    every: Duration = option("The time from one sample to the next.", 0.05)

    def __post_init__(self) -> None:
        said = {
            "pid": self.pid,
            "pid_file": self.pid_file,
            "name": self.name_,
            "command": self.command,
            "run": self.run,
        }
        given = [name for name, value in said.items() if value not in {None, ()}]
        if len(given) != 1:
            known = "pid, pid_file, name, command and run"
            raise OptionError(f"give exactly one of {known}, not {' and '.join(given) or 'none'}")
        if self.name_ is not None and not self.name_.strip():
            raise OptionError("may not be empty", "name")
        if self.command is not None and self.command.search("") is not None:
            raise OptionError("matches the empty text, so it would match every process", "command")
        if self.several and given[0] not in {"name", "command"}:
            raise OptionError("goes with name or command", "several")
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
        """Yield the command, the file, or what is looked for among all processes."""
        if self.name_ is not None:
            yield Touch("process", self.name_)
        if self.command is not None:
            yield Touch("process", self.command.pattern)
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
        course = Course()
        if self.run:
            return self._command(context, course)
        values: dict[str, Value] = {}
        evidence = self._watch_process(context, course)
        unknown = dict.fromkeys(("exit_code", "cpu_time"), "it is still running")
        self._tell(course, values, unknown)
        return Measurements(values, len(course.memory), [*evidence, Evidence("course", course.told())], unknown)

    def _command(self, context: Context, course: Course) -> Measurements:
        """Run the command, and tell what was seen of it and what the system says that it took."""
        done = self._watch_command(context, course)
        values: dict[str, Value] = {"exit_code": done.returncode, "samples": 0}
        evidence = [Evidence("command", f"{shlex.join(self.run)}\nexit code {done.returncode}")]
        if done.stderr.strip():
            evidence.append(Evidence("stderr", done.stderr[-2000:]))
        unknown: dict[str, str] = {}
        bounds: dict[str, tuple[float, float]] = {}
        self._tell(course, values, unknown)
        if done.usage is not None:
            cores = done.usage.cpu / max(done.duration, 1e-9)
            values |= {"cpu_time": done.usage.cpu, "cores": cores, "cpu": 100.0 * cores / usable_cores()}
            unknown = {name: why for name, why in unknown.items() if name not in values}
        if not course.memory:
            unknown |= dict.fromkeys(("rss_max", "rss_mean", "growth", "processes", "duration"), _TOO_SHORT)
            if done.usage is not None and done.usage.alone:
                values["rss_max"], bounds["rss_max"] = done.usage.peak, (0, done.usage.peak)
                evidence.append(Evidence("memory", f"{_TOO_SHORT}; the system tells that it was that or less"))
                del unknown["rss_max"]
        looked_at = len(course.memory) or int(done.usage is not None)
        return Measurements(values, looked_at, [*evidence, Evidence("course", course.told())], unknown, bounds)

    def _watch_process(self, context: Context, course: Course) -> list[Evidence]:
        """Watch what runs; returns evidence of which processes that were."""
        found = self._found()
        pids = [each.pid for each in found] or [self._number(context)]
        if context.deadline.remaining() < self.over:
            left = seconds(context.deadline.remaining(), about=True)
            raise CannotMeasure(f"there are {left} left to watch for {seconds(self.over)}: raise the gate's timeout")
        until = time.monotonic() + self.over
        try:
            forest = Forest(pids)
            while course.look(forest) and time.monotonic() < until:
                time.sleep(self.every)
        except Gone as error:
            when = f", after {seconds(course.duration, about=True)} of {seconds(self.over)}" if course.memory else ""
            raise CannotMeasure(f"{error}{when}") from None
        return [Evidence("found", "\n".join(map(str, found)))] if found else []

    def _found(self) -> list[Found]:
        """Return the processes found by name or command; none if that was not asked."""
        if self.name_ is None and self.command is None:
            return []
        found = find(self.name_, self.command)
        said = f"is called {self.name_}" if self.command is None else f"has {self.command.pattern} in its command line"
        if not found:
            raise CannotMeasure(f"no process {said}")
        if len(found) > 1 and not self.several:
            some = ", ".join(map(str, found[:5])) + (", ..." if len(found) > 5 else "")  # noqa: PLR2004 - a line
            raise CannotMeasure(f"{len(found)} processes fit: {some}; say more of it, or several: true to add them up")
        return found

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
