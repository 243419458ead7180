"""
Commands: argument lists, run to their end or a deadline, and surely ended with all their children.

Every child leads a session of its own, so that one signal reaches all it started. What left that
session is found by a marker in its environment (on Linux, in ``/proc``).
"""

from __future__ import annotations

import atexit
import codecs
import contextlib
import functools
import itertools
import os
import selectors
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure

#: The variable that marks our children; a nested run adds its own mark to that of the outer one.
MARKER = "PYTEST_READINESS_CHILD"

#: Seconds between asking a child to end and forcing it, and those spent on forcing it.
GRACE, FORCE = 0.2, 1.0

_CHUNK = 65_536
_NOTE_LINES = 20
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Completed:
    """
    A command that came to its end by itself.

    ``duration`` is in seconds. ``stdout`` and ``stderr`` are decoded as UTF-8 (undecodable bytes
    are replaced) and cut at the limit, in which case ``truncated`` is true.
    """

    args: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    duration: float
    truncated: bool = False


def run(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    deadline: Deadline,
    stdin: str | None = None,
    shell: bool = False,
    limit: int = 1024 * 1024,
) -> Completed:
    """
    Run *args* in a session of its own and return what came of it.

    *args* is a list of arguments, or with *shell* one single string. *limit* is in bytes, for
    stdout and stderr each; what is beyond it is read and thrown away. Children that outlive the
    command in its process group are ended too. Raises ``CannotMeasure`` if it cannot be started or
    does not end in time; its notes then hold the last lines of output.
    """
    name = _program(args, shell=shell)
    allowed = deadline.remaining()
    if not allowed:
        raise CannotMeasure(f"{name} was not started: no time is left")
    given = None if stdin is None else stdin.encode()
    begun = time.monotonic()
    child = Child(args, cwd=cwd, env=env, shell=shell, fed=given is not None)
    try:
        with _Pipes(child, given or b"", limit) as pipes:
            in_time = pipes.until_exit(deadline)
            duration = time.monotonic() - begun
            child.end(detached=not in_time)
            pipes.drain()
    except BaseException:
        child.end()
        raise
    out, err = pipes.out, pipes.err
    if not in_time:
        raise _timed_out(f"{name} timed out after {seconds(allowed)}", out, err)
    if child.returncode is None:
        raise CannotMeasure(f"the exit code of {name} is not known: somebody else collected it")
    words = (args,) if isinstance(args, str) else tuple(args)
    return Completed(words, child.returncode, out.text(), err.text(), duration, out.cut or err.cut)


def seconds(value: float) -> str:
    """Return a duration as a sentence has it: ``5 s``, ``0.25 s``."""
    return f"{round(value, 1 if value >= 1 else 2):g} s"


def end_all(grace: float = 0.0) -> None:
    """End every child that still runs, as after Ctrl-C and at the interpreter's exit."""
    with _living_lock:
        mine = [child for child in _living if child.parent == os.getpid()]
    for child in mine:
        child.end(grace)


def _program(args: Sequence[str], *, shell: bool) -> str:
    """Return the name of the program to start, after a look at the shape of *args*."""
    if shell:
        if not isinstance(args, str):
            if len(args) != 1:
                raise CannotMeasure(f"a shell command is one single string, not a list of {len(args)}")
            args = args[0]
        return args.split(maxsplit=1)[0] if args.strip() else "the shell"
    if isinstance(args, str):
        raise CannotMeasure(f"a command is a list of arguments, not one string: {shlex.quote(args)}")
    if not args or not args[0]:
        raise CannotMeasure("a command needs at least the name of a program")
    return args[0]


def _timed_out(message: str, out: _Kept, err: _Kept) -> CannotMeasure:
    error = CannotMeasure(message)
    for title, kept in (("stdout", out), ("stderr", err)):
        lines = kept.text().splitlines()[-_NOTE_LINES:]
        if lines:
            error.add_note("\n".join((f"last lines of {title}:", *lines)))
    return error


# --- one child ----------------------------------------------------------------------------------

_living: set[Child] = set()
_living_lock = threading.Lock()


@functools.cache
def _safety_net() -> None:
    # Daemon threads die with the interpreter, in the middle of whatever they were ending.
    atexit.register(end_all)


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
            self._ended = True
            try:
                self._signal(signal.SIGTERM, detached=detached)
                if not _wait(lambda: self._gone(detached=detached), grace):
                    self._force(detached=detached)
            finally:
                with _living_lock:
                    _living.discard(self)

    def _force(self, *, detached: bool) -> None:
        until = Deadline.after(FORCE)
        while not until.passed:
            # Again and again, because what is being killed may still start something.
            self._signal(getattr(signal, "SIGKILL", signal.SIGTERM), detached=detached)
            if _wait(lambda: self._gone(detached=detached), 0.05):
                return

    def _gone(self, *, detached: bool) -> bool:
        if not self.exited():
            return False
        self.popen.poll()
        return not self._group_lives() and not (detached and strays(self.mark))

    def _group_lives(self) -> bool:
        try:
            os.killpg(self.pid, 0)
        except (ProcessLookupError, PermissionError, AttributeError):
            return False
        return not _only_zombies(self.pid)

    def _signal(self, number: int, *, detached: bool) -> None:
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
        state, _parent, owner, *_ = stat.rpartition(b")")[2].split()
        if int(owner) == group:
            states.add(state)
    return bool(states) and states <= {b"Z", b"X"}


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


# --- its pipes ----------------------------------------------------------------------------------


class _Kept:
    """The first bytes of an output, up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = bytearray()
        self.cut = False

    def add(self, chunk: bytes) -> None:
        room = self._limit - len(self._bytes)
        self._bytes += chunk[:room]
        self.cut = self.cut or len(chunk) > room

    def text(self) -> str:
        # A character that the limit cuts in two is left out, not shown as damaged.
        return codecs.getincrementaldecoder("utf-8")("replace").decode(bytes(self._bytes), final=not self.cut)


class _Pipes:
    """A child's pipes, fed and emptied together, so that neither side ever waits for the other."""

    def __init__(self, child: Child, given: bytes, limit: int) -> None:
        self.out, self.err = _Kept(limit), _Kept(limit)
        self._child = child
        self._given = memoryview(given)
        self._selector = selectors.DefaultSelector()
        self._notice = _exit_notice(child.pid)
        self._open: list[IO[bytes]] = []
        popen = child.popen
        for pipe, event, data in (
            (popen.stdin, selectors.EVENT_WRITE, None),
            (popen.stdout, selectors.EVENT_READ, self.out),
            (popen.stderr, selectors.EVENT_READ, self.err),
        ):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self._selector.register(pipe, event, data)
                self._open.append(pipe)
        if self._notice is not None:
            self._selector.register(self._notice, selectors.EVENT_READ, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in tuple(self._open):
            self._close(pipe)
        self._selector.close()
        if self._notice is not None:
            os.close(self._notice)

    def until_exit(self, deadline: Deadline) -> bool:
        """Feed and empty the pipes until the process exits; return False if the deadline comes first."""
        while not self._child.exited():
            if deadline.passed:
                return False
            self._turn(deadline.cap(None if self._notice is not None else 0.02))
        return True

    def drain(self) -> None:
        """Read what is there by now, for a moment: somebody else may still hold the other end."""
        until = Deadline.after(FORCE)
        while not until.passed and self._turn(0):
            pass

    def _turn(self, wait: float) -> bool:
        """Wait for the pipes once; return whether anything moved."""
        moved = False
        for key, _ in self._selector.select(wait):
            if key.fileobj != self._notice:
                moved = True
                self._move(key)
        return moved

    def _move(self, key: selectors.SelectorKey) -> None:
        pipe: Any = key.fileobj
        try:
            if isinstance(key.data, _Kept):
                chunk = os.read(key.fd, _CHUNK)
                key.data.add(chunk)
                over = not chunk
            else:
                self._given = self._given[os.write(key.fd, self._given[:_CHUNK]) :] if self._given else self._given
                over = not self._given
        except BlockingIOError:  # pragma: no cover - only if the selector was mistaken
            return
        except OSError:
            over = True
        if over:
            self._close(pipe)

    def _close(self, pipe: IO[bytes]) -> None:
        self._open.remove(pipe)
        self._selector.unregister(pipe)
        with contextlib.suppress(OSError):
            pipe.close()


def _exit_notice(pid: int) -> int | None:
    """Return a descriptor that becomes readable when process *pid* exits, None where there is no such thing."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None
