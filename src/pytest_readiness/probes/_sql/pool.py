"""One small pool of connections for each database, shared by all gates of a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._sql.connection import Connection

#: No database is asked for more connections than this at the same time.
SIZE = 5


class Pool:
    """
    Lends connections, at most ``SIZE`` at a time, and keeps them open for the next gate.

    When one cannot be opened, all who already wait for one learn of it: nobody knocks at a dead
    server a hundred times. Who comes later tries anew.
    """

    def __init__(self, connect: Callable[[Deadline], Connection]) -> None:
        self._connect = connect
        self._changed = threading.Condition()
        self._idle: list[Connection] = []
        self._lent = 0
        self._failed = (float("-inf"), CannotMeasure())
        self._closed = False

    @contextmanager
    def session(self, deadline: Deadline, *, writes: bool = False) -> Iterator[Connection]:
        """
        Lend a connection in a transaction of its own, which is rolled back unless the borrower ends it.

        Raises ``CannotMeasure`` where none can be had in time.
        """
        connection = self._begun(deadline, writes=writes)
        sound = False
        try:
            yield connection
            connection.end(keep=False)
            # What a script left in its session (settings, locks, temporary tables) is nothing for others.
            sound = not writes
        finally:
            self._give(connection, sound=sound)

    def close(self) -> None:
        """Close what is idle now, and everything else as soon as it is given back."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _begun(self, deadline: Deadline, *, writes: bool) -> Connection:
        while True:
            connection, used = self._take(deadline)
            try:
                connection.begin(writes=writes, deadline=deadline)
            except BaseException as error:
                self._give(connection, sound=False)
                # The server may have closed a connection that was idle: a new one tells the truth.
                if used and isinstance(error, CannotMeasure) and not deadline.passed:
                    continue
                raise
            return connection

    def _take(self, deadline: Deadline) -> tuple[Connection, bool]:
        """Return a connection, and whether it was in use before."""
        came = time.monotonic()
        with self._changed:
            while not self._idle and self._lent >= SIZE:
                if not self._changed.wait(deadline.remaining()):
                    self._changed.notify()
                    raise CannotMeasure(f"no connection came free in time: all {SIZE} are taken by other gates")
                if self._failed[0] >= came:
                    raise self._failed[1]
            self._lent += 1
            if self._idle:
                return self._idle.pop(), True
        try:
            return self._connect(deadline), False
        except BaseException as error:
            with self._changed:
                self._lent -= 1
                if isinstance(error, CannotMeasure) and not deadline.passed:
                    self._failed = (time.monotonic(), error)
                    self._changed.notify_all()
                else:
                    self._changed.notify()
            raise

    def _give(self, connection: Connection, *, sound: bool) -> None:
        with self._changed:
            self._lent -= 1
            keep = sound and not self._closed
            if keep:
                self._idle.append(connection)
            self._changed.notify()
        if not keep:
            connection.close()
