"""Deadlines: one object passed down to every socket, process and wait."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """
    A moment on the monotonic clock after which nobody waits any longer.

    ``at`` is in seconds of ``time.monotonic()``.
    """

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """Return the deadline *seconds* from now."""
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Return the seconds left, never below 0."""
        return max(0.0, self.at - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether the moment has come."""
        return time.monotonic() >= self.at

    def cap(self, seconds: float | None = None) -> float:
        """
        Return how long one wait may take: *seconds*, or what is left if that is less.

        Never 0, which sockets read as "do not block": at least a millisecond.
        """
        left = max(self.remaining(), 0.001)
        return left if seconds is None else min(seconds, left)

    def sooner(self, seconds: float) -> Deadline:
        """Return the sooner of this deadline and the one *seconds* from now."""
        return Deadline(min(self.at, time.monotonic() + seconds))
