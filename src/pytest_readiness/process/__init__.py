"""
Commands: argument lists, run to their end or a deadline, and surely ended with all their children.

Every child leads a session of its own, so that one signal reaches all it started. What left that
session is found by a marker in its environment (on Linux, in ``/proc``).
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.process._child import MARKER, Child, Usage, end_all, strays
from pytest_readiness.process._pipes import Kept, Pipes

__all__ = ["MARKER", "Child", "Completed", "Usage", "end_all", "run", "seconds", "strays"]

_NOTE_LINES = 20


@dataclass(frozen=True, slots=True)
class Completed:
    """
    A command that came to its end by itself.

    ``duration`` is in seconds. ``stdout`` and ``stderr`` are decoded as UTF-8 (undecodable bytes
    are replaced) and cut at the limit, in which case ``truncated`` is true. ``usage`` is None where the
    system does not tell.
    """

    args: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    duration: float
    truncated: bool = False
    usage: Usage | None = None


def run(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    deadline: Deadline,
    stdin: str | None = None,
    shell: bool = False,
    limit: int = 1024 * 1024,
    started: Callable[[int], object] | None = None,
) -> Completed:
    """
    Run *args* in a session of its own and return what came of it.

    *args* is a list of arguments, or with *shell* one single string. *limit* is in bytes, for
    stdout and stderr each; what is beyond it is read and thrown away. *started* is told the process's
    number. Children that outlive the
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
        if started is not None:
            started(child.pid)
        with Pipes(child, given or b"", limit) as pipes:
            in_time = pipes.until_exit(deadline)
            duration = time.monotonic() - begun
            child.end(detached=not in_time)
            pipes.drain()
    except BaseException:
        child.end()
        raise
    out, err = pipes.out, pipes.err
    if not in_time:
        raise _timed_out(f"{name} timed out after {seconds(allowed, about=True)}", out, err)
    if child.returncode is None:
        raise CannotMeasure(f"the exit code of {name} is not known: somebody else collected it")
    words = (args,) if isinstance(args, str) else tuple(args)
    return Completed(words, child.returncode, out.text(), err.text(), duration, out.cut or err.cut, child.usage)


def seconds(value: float, *, about: bool = False) -> str:
    """Return a duration as a sentence has it: ``5 s``, ``0.25 s``; *about* as long as that, where it was measured."""
    tenths = about and value >= 0.1  # noqa: PLR2004 - what is shorter would be lost
    return f"{round(value, 1 if tenths else 2):g} s"


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


def _timed_out(message: str, out: Kept, err: Kept) -> CannotMeasure:
    error = CannotMeasure(message)
    for title, kept in (("stdout", out), ("stderr", err)):
        lines = kept.text().splitlines()[-_NOTE_LINES:]
        if lines:
            error.add_note("\n".join((f"last lines of {title}:", *lines)))
    return error
