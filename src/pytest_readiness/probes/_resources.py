"""Trees of processes, looked at again and again."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

_SECOND = 1.0
_MOST_LINES = 20


class Gone(Exception):
    """The process is not there (any more), or cannot be looked at; the message says which."""


class Looked(Protocol):
    """What can be looked at: one tree of processes, or several."""

    cores: int | None

    def look(self) -> tuple[int, dict[int, float], int]:
        """Return bytes of resident memory, seconds of processor time by process, and how many processes there are."""
        ...


class Forest:
    """Several trees, looked at as one."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._trees = [Tree(pid) for pid in pids]
        self.cores = self._trees[0].cores

    def look(self) -> tuple[int, dict[int, float], int]:
        """Look at all of them; a process that is in two trees counts once."""
        memory, spent, count = 0, dict[int, float](), 0
        for tree in self._trees:
            more, times, there = tree.look()
            memory, spent, count = memory + more, {**spent, **times}, count + there
        return memory, spent, count


@dataclass(frozen=True, slots=True)
class Found:
    """A process that fits, by number and name: its command line may hold secrets."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.pid} ({self.name})"


def find(name: str | None, command: re.Pattern[str] | None) -> list[Found]:
    """
    Return the processes called *name*, or whose command line *command* is found in.

    Without those that a found one has started, and without this process and those that it was started by.
    """
    fits = {found.pid: (found, parents) for found, parents in _fitting(name, command)}
    return [found for found, parents in fits.values() if not parents & fits.keys()]


def _fitting(name: str | None, command: re.Pattern[str] | None) -> Iterator[tuple[Found, set[int]]]:
    import psutil

    own = {os.getpid(), *(one.pid for one in psutil.Process().parents())}
    for one in psutil.process_iter():
        try:
            if one.pid in own or one.status() == psutil.STATUS_ZOMBIE:
                continue
            said = one.name() if command is None else " ".join(one.cmdline())
            if said == name if command is None else said and command.search(said):
                yield Found(one.pid, one.name()), {parent.pid for parent in one.parents()}
        except (psutil.Error, OSError):
            continue  # it has ended, or is none of ours


class Tree:
    """A process and all that it started; raises ``Gone`` where it is not there."""

    def __init__(self, pid: int) -> None:
        import psutil

        try:
            self._root = psutil.Process(pid)
            self.cores = len(self._root.cpu_affinity()) if hasattr(self._root, "cpu_affinity") else psutil.cpu_count()
        except (psutil.Error, ValueError, OSError) as error:
            raise Gone(_why(pid, error)) from None

    def look(self) -> tuple[int, dict[int, float], int]:
        """Return bytes of resident memory, seconds of processor time by process, and how many processes there are."""
        import psutil

        pid = self._root.pid
        try:
            if not self._root.is_running() or self._root.status() == psutil.STATUS_ZOMBIE:
                raise Gone(f"process {pid} has ended")
            every = [self._root, *self._root.children(recursive=True)]
        except (psutil.Error, OSError) as error:
            raise Gone(_why(pid, error)) from None
        memory, spent = 0, {}
        for one in every:
            try:
                with one.oneshot():
                    memory += one.memory_info().rss
                    spent[one.pid] = _spent(one.cpu_times())
            except psutil.NoSuchProcess:
                if one is self._root:
                    raise Gone(f"process {pid} has ended") from None
            except (psutil.Error, OSError) as error:
                raise Gone(_why(one.pid, error)) from None
        return memory, spent, len(spent)


def usable_cores() -> int:
    """Return how many cores this process, and what it starts, may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _spent(times: Any) -> float:
    """Return the seconds of a process and of those children whose end it has seen."""
    children = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + children)


def _why(pid: int, error: Exception) -> str:
    import psutil

    if isinstance(error, psutil.AccessDenied):
        return f"process {pid} belongs to somebody else, and cannot be looked at"
    return f"there is no process {pid}" if isinstance(error, psutil.NoSuchProcess) else f"process {pid}: {error}"


@dataclass
class Course:
    """
    What was seen of a tree, look by look.

    ``memory`` is in bytes, ``at`` and ``spent`` in seconds: when, and how much processor time until then.
    """

    memory: list[int] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    processes: int = 0
    cores: int = 1
    _last: dict[int, float] = field(default_factory=dict)

    def look(self, tree: Looked) -> bool:
        """Look once more."""
        memory, spent, count = tree.look()
        self.memory.append(memory)
        self.at.append(time.monotonic())
        self.spent.append((self.spent[-1] if self.spent else 0.0) + self._more(spent))
        self.processes = max(self.processes, count)
        self.cores = tree.cores or 1
        self._last = spent
        return True

    def _more(self, spent: dict[int, float]) -> float:
        """
        Return the seconds since the last look.

        A child's time moves to its parent when that has seen its end. Where nobody of the tree has,
        only those are counted that are still there.
        """
        if not self.at[1:]:
            return 0.0
        more = sum(spent.values()) - sum(self._last.values())
        there = sum(max(0.0, now - self._last.get(pid, 0.0)) for pid, now in spent.items())
        return more if more >= 0 else there

    @property
    def duration(self) -> float:
        """Seconds from the first look to the last."""
        return self.at[-1] - self.at[0] if self.at else 0.0

    @property
    def busy(self) -> float:
        """How many cores were busy, on average."""
        return (self.spent[-1] - self.spent[0]) / max(self.duration, 1e-9)

    def busiest(self) -> float | None:
        """Return how many cores were busy in the busiest second; None if there was no whole one."""
        most, first = None, 0
        for last, moment in enumerate(self.at):
            while moment - self.at[first + 1] >= _SECOND if first + 1 < last else False:
                first += 1
            if (length := moment - self.at[first]) >= _SECOND:
                most = max(most or 0.0, (self.spent[last] - self.spent[first]) / length)
        return most

    def growth(self) -> float:
        """Return by how many percent the memory of the last fifth is above that of the second."""
        fifth = len(self.memory) // 5
        before, after = sum(self.memory[fifth : 2 * fifth]), sum(self.memory[-fifth:])
        return 100.0 * (after - before) / max(before, 1)

    def told(self) -> str:
        """Return a few lines of the course."""
        step = max(1, len(self.at) // _MOST_LINES)
        return "\n".join(map(self._line, range(0, len(self.at), step))) or "nothing was seen"

    def _line(self, index: int) -> str:
        memory = f"{self.memory[index] / 2**20:9.1f} MiB"
        return f"{self.at[index] - self.at[0]:8.2f} s  {memory}  {self.spent[index]:8.2f} s of processor time"
