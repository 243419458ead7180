"""Daemon threads that do what they are given, and are written off where they never come back."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")

#: What a worker hands back: the ticket it worked on, and the answer or what was raised.
Answer = tuple[int, T | BaseException]

_FRAMES = 8


class Workers(Generic[T]):
    """
    As many daemon threads as are needed at once; none of them holds up the interpreter's exit.

    All methods are for the one thread that coordinates; only the threads themselves run elsewhere.
    """

    def __init__(self, answers: SimpleQueue[Answer[T]]) -> None:
        self._answers = answers
        self._tasks: SimpleQueue[tuple[int, Callable[[], T]] | None] = SimpleQueue()
        self._started = 0
        self._idle = 0
        self._at_work: dict[int, int] = {}

    def submit(self, ticket: int, call: Callable[[], T]) -> None:
        """Have *call* made; its answer will come under *ticket*. Raises ``RuntimeError`` if there can be no thread."""
        if self._idle:
            self._idle -= 1
        else:
            name = f"readiness-{self._started + 1}"
            threading.Thread(target=self._work, name=name, daemon=True).start()
            self._started += 1
        self._tasks.put((ticket, call))

    def came_back(self) -> None:
        """Take note that a thread has answered, be it late, and can be given something else."""
        self._idle += 1

    def where(self, ticket: int) -> str:
        """Return where in the code the thread working on *ticket* is, as the end of a traceback; empty if unknown."""
        frame = sys._current_frames().get(self._at_work.get(ticket, 0))  # noqa: SLF001 - documented, for this very use
        return "".join(traceback.format_stack(frame)[-_FRAMES:]).rstrip() if frame else ""

    def close(self) -> None:
        """Let every thread end as soon as it has nothing to do, those that hang as well."""
        for _ in range(self._started):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            ticket, call = task
            self._at_work[ticket] = threading.get_ident()
            answer: T | BaseException
            try:
                answer = call()
            except BaseException as error:  # noqa: BLE001 - carried to the coordinator, which must hear of it
                answer = error
            self._at_work.pop(ticket, None)
            self._answers.put((ticket, answer))
            # Nothing may be kept alive by a thread that waits.
            del task, call, answer
