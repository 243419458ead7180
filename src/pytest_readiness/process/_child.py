"""One child process and everything it starts: begun, watched, surely ended."""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure

#: The variable that marks our children; a nested run adds its own mark to that of the outer one.
MARKER = "PYTEST_READINESS_CHILD"

#: Seconds between asking a child to end and forcing it, and those spent on forcing it.
GRACE, FORCE = 0.2, 1.0

#: What cannot be ignored.
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)

_numbers = itertools.count(1)
_living: set[Child] = set()
_living_lock = threading.Lock()


def end_all(grace: float = 0.0) -> None:
    """End every child that still runs, as after Ctrl-C and at the interpreter's exit: all asked first, then forced."""
    with _living_lock:
        # A forked copy of this process must leave the children of the original alone.
        mine = [child for child in _living if child.parent == os.getpid()]
    for child in mine if grace else ():
        child.signal(signal.SIGTERM)
    _wait(lambda: all(child.exited() for child in mine), grace)
    for child in mine:
        # At once, without waiting for a thread that may be in the middle of ending it politely.
        child.signal(KILL)
    for child in mine:
        child.end(0)


@functools.cache
def _safety_net() -> None:
    # Daemon threads die with the interpreter, in the middle of whatever they were ending.
    atexit.register(end_all)


@dataclass(frozen=True, slots=True)
class Usage:
    """
    What the system says that a process took, together with those of its children whose end it waited for.

    ``cpu`` is in seconds. ``peak`` is in bytes: the resident memory of the largest of them was that or
    less (Linux counts what the process was forked from, too). ``alone`` is whether it surely waited for no child.
    """

    cpu: float
    peak: int
    alone: bool


class Child:
    """
    A process that leads a session of its own, and everything it starts.

    Its output goes to pipes, or with *merged* to one; stdin is empty unless it is *fed* through a
    pipe. The program ``python`` is the interpreter that runs us. Raises ``CannotMeasure`` if it cannot
    be started.
    """

    def __init__(
        self,
        args: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        shell: bool = False,
        fed: bool = False,
        merged: bool = False,
    ) -> None:
        _safety_net()
        self.parent = os.getpid()
        self.mark = f"{self.parent}-{next(_numbers)}-{os.urandom(4).hex()}"
        marks = "/".join(filter(None, (env.get(MARKER, os.environ.get(MARKER)), self.mark)))
        self._ending = threading.RLock()
        self._lost = False
        self.usage: Usage | None = None
        self._ended = False
        if not shell and args[0] == "python":
            # Whoever calls pytest by its full path has not put the folder of its python on the search path.
            args = [sys.executable, *args[1:]]
        with _explained(args, cwd):
            self.popen: subprocess.Popen[bytes] = subprocess.Popen(
                args[0] if shell and not isinstance(args, str) else args,
                cwd=cwd,
                env={**env, MARKER: marks},
                shell=shell,
                stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if merged else subprocess.PIPE,
                start_new_session=True,
            )
        self.pid = self.popen.pid
        with _living_lock:
            _living.add(self)

    @property
    def returncode(self) -> int | None:
        """The exit code; None while it is not known, which it never is if somebody else collected it."""
        return None if self._lost else self.popen.returncode

    def exited(self) -> bool:
        """
        Tell whether the process itself has come to its end.

        It is not collected by that: until it is, nobody else can get its number, and its group can
        be signalled without hitting a stranger.
        """
        if self.popen.returncode is not None:
            return True
        if not hasattr(os, "waitid"):  # pragma: no cover - macOS before Python 3.13
            return self.popen.poll() is not None
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            self._lost = True
            return True

    def end(self, grace: float = GRACE, *, detached: bool = True) -> None:
        """
        End the process and everything it started; do nothing the second time.

        First they are asked (SIGTERM), then, after *grace* seconds, forced (SIGKILL). With
        *detached* also what has left the process group is found, by the mark in its environment.
        """
        with self._ending:
            if self._ended:
                return
            try:
                self.signal(signal.SIGTERM, detached=detached)
                if not _wait(lambda: self._gone(detached=detached), grace):
                    self._force(detached=detached)
            except BaseException:
                # A second Ctrl-C: there is no time left for manners.
                self.signal(KILL, detached=detached)
                raise
            self._ended = True
            with _living_lock:
                _living.discard(self)

    def _force(self, *, detached: bool) -> None:
        until = Deadline.after(FORCE)
        while not until.passed:
            # Again and again, because what is being killed may still start something.
            self.signal(KILL, detached=detached)
            if _wait(lambda: self._gone(detached=detached), 0.05):
                return

    def _gone(self, *, detached: bool) -> bool:
        if not self.exited():
            return False
        self._collect()
        return not self._group_lives() and not (detached and strays(self.mark))

    def _collect(self) -> None:
        """Collect the exit code of a process that has come to its end, and what it took."""
        if self.popen.returncode is not None or not hasattr(os, "wait4"):
            self.popen.poll()
            return
        alone = _waited_for_nobody(self.pid)
        try:
            pid, status, used = os.wait4(self.pid, os.WNOHANG)
        except ChildProcessError:
            self._lost = True
            self.popen.poll()  # lets go of it, too
            return
        if pid:
            self.popen.returncode = os.waitstatus_to_exitcode(status)
            peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
            self.usage = Usage(used.ru_utime + used.ru_stime, peak, alone)

    def _group_lives(self) -> bool:
        try:
            os.killpg(self.pid, 0)
        except (ProcessLookupError, PermissionError, AttributeError):
            return False
        return not _only_zombies(self.pid)

    def signal(self, number: int, *, detached: bool = True) -> None:
        """Send a signal to the process, its group and, with *detached*, to what has left the group."""
        # A collected leader's number may already belong to somebody else, unless its group lives on.
        if self.popen.returncode is None or self._group_lives():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self.pid, number)
                else:  # pragma: no cover - not POSIX
                    self.popen.kill()
        for pid in strays(self.mark) if detached else ():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)


@contextlib.contextmanager
def _explained(args: Sequence[str], cwd: Path) -> Iterator[None]:
    """Turn the many ways in which a program cannot be started into one sentence."""
    name = args if isinstance(args, str) else args[0]
    try:
        yield
    except FileNotFoundError as error:
        if not cwd.is_dir():
            raise CannotMeasure(f"{name} cannot be started: there is no folder {cwd}") from error
        raise CannotMeasure(f"{name} is not there: no such program, or its interpreter is missing") from error
    except (OSError, ValueError) as error:
        raise CannotMeasure(f"{name} cannot be started: {getattr(error, 'strerror', None) or error}") from error


def strays(mark: str) -> list[int]:
    """Return the numbers of the living processes whose environment holds *mark*; none where there is no ``/proc``."""
    wanted = mark.encode()
    # A zombie's environment is empty, another user's cannot be read: neither is ours to end.
    return [pid for pid, environ in _every_process("environ") if wanted in environ and pid != os.getpid()]


def _only_zombies(group: int) -> bool:
    """Tell whether all that is left of the process group are dead processes that nobody has collected."""
    states = set()
    for _pid, stat in _every_process("stat"):
        # After the name, which may hold anything: state, parent, group; see proc(5).
        fields = stat.rpartition(b")")[2].split()
        if fields[2:3] == [str(group).encode()]:
            states.add(fields[0])
    return bool(states) and states <= {b"Z", b"X"}


def _waited_for_nobody(pid: int) -> bool:
    """Tell whether process *pid*, at its end, has surely waited for no child: there is no trace of one's memory."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    # After the name: state, parent, group, session, terminal (2), flags, minor faults, those of children; see proc(5).
    return stat.rpartition(b")")[2].split()[8:9] == [b"0"]


def _every_process(what: str) -> Iterator[tuple[int, bytes]]:
    """Yield each process that ``/proc`` lists, with the content of its file *what*."""
    with contextlib.suppress(OSError), os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    yield int(entry.name), Path(entry.path, what).read_bytes()


def _wait(done: Callable[[], bool], longest: float) -> bool:
    """Wait until *done*, at most *longest* seconds; return whether it is."""
    until = Deadline.after(longest)
    pause = 0.001
    while not done():
        if until.passed:
            return False
        time.sleep(min(pause, until.cap()))
        pause = min(pause * 2, 0.02)
    return True
