"""Progress while gates run, for people who watch: a line drawn over on a terminal, a line now and then in a log."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Self

from pytest_readiness.reports._screen import Screen

if TYPE_CHECKING:
    from pytest_readiness.model import Gate, Result

#: Seconds between two lines: of those drawn over, and of those that stay.
_LIVE_EVERY, _PLAIN_EVERY = 0.2, 10.0


class Progress:
    """
    Says how far the gates are, while it is entered; fits the engine's listener.

    Drawing is left to a thread of its own, so that no gate waits for a slow terminal and a gate that hangs is named.
    """

    def __init__(self, screen: Screen, total: int) -> None:
        self._screen = screen
        self._total = total
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._running: dict[str, None] = {}
        self._done = 0
        self._drawn = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="readiness-progress", daemon=True)

    def __enter__(self) -> Self:
        if self._screen.verbosity >= 0:
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._erase()

    def started(self, gate: Gate) -> None:
        """Note that *gate* runs."""
        with self._lock:
            self._running[gate.id] = None

    def attempted(self, gate: Gate, number: int, reason: str) -> None:
        """Note nothing: a gate that is tried again still runs."""

    def finished(self, result: Result) -> None:
        """Note that the gate of *result* is done."""
        with self._lock:
            self._running.pop(result.gate.id, None)
            self._done += 1

    def line(self) -> str:
        """Return how far it is, in words."""
        with self._lock:
            done, running = self._done, list(self._running)
        elapsed = time.monotonic() - self._began
        names = f", running: {', '.join(running)}" if running else ""
        return f"readiness: {done} of {self._total} gates done after {elapsed:.0f} s{names}"

    def draw(self) -> None:
        """Write the line once, over the one before if that can be."""
        text = self._screen.clip(self.line(), self._screen.width - 1)
        if self._screen.live:
            self._erase()
            self._screen.put(text, flush=True)
            self._drawn = True
        else:
            self._screen.line(text)

    def _watch(self) -> None:
        every = _LIVE_EVERY if self._screen.live else _PLAIN_EVERY
        # A terminal that went away must not end the run, nor leave the gates unjudged.
        with contextlib.suppress(OSError, ValueError):
            while not self._over.wait(every):
                self.draw()

    def _erase(self) -> None:
        if self._drawn:
            self._screen.write("\r" + " " * (self._screen.width - 1) + "\r", flush=True)
            self._drawn = False
