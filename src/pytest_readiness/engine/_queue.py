"""Which gate may begin now: bounded in number, and the exclusive ones alone."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Waiting(Generic[T]):
    """
    The gates that could begin.

    Exclusive gates begin when nothing runs and no other gate is still to make its first attempt.
    From then on repeated attempts wait too, so that a gate that asks again and again cannot keep
    them off for ever; and they get a turn between two exclusive gates, so that they aren't kept off
    either.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._fresh: deque[T] = deque()
        self._again: deque[T] = deque()
        self._exclusive: deque[T] = deque()
        self._alone: T | None = None
        self._turns_of_again = 0
        self.running: set[T] = set()

    def add(self, item: T, *, exclusive: bool, again: bool = False) -> None:
        """Queue *item*; *again* if it has begun before."""
        (self._exclusive if exclusive else self._again if again else self._fresh).append(item)

    def over(self, item: T) -> None:
        """Take note that *item* does not run any more."""
        self.running.discard(item)
        if self._alone is item:
            self._alone = None
            self._turns_of_again = len(self._again)

    def next(self, *, quiet: bool) -> T | None:
        """
        Return what may begin now and count it as running; None if nothing may.

        *quiet* says that nothing else is going on either, such as a service that is being started.
        """
        if self._alone is not None or len(self.running) >= self._jobs:
            return None
        item = self._choose(quiet=quiet)
        if item is not None:
            self.running.add(item)
        return item

    def _choose(self, *, quiet: bool) -> T | None:
        if self._fresh:
            return self._fresh.popleft()
        if self._exclusive and not (self._turns_of_again and self._again):
            if not quiet or self.running:
                return None
            self._alone = self._exclusive.popleft()
            return self._alone
        if not self._again:
            return None
        self._turns_of_again = max(0, self._turns_of_again - 1)
        return self._again.popleft()
