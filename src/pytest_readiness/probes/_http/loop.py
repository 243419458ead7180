"""
Many conversations, one thread, one deadline.

A conversation is a coroutine that waits for its socket with ``readable`` or ``writable``. When the
deadline comes, every wait, present and future, ends with ``TimeoutError``: no server can hold a
conversation up, not by silence and not by one byte a second.
"""

from __future__ import annotations

import selectors
import socket
import time
import types
from collections import deque
from collections.abc import Coroutine, Generator, Iterable

from pytest_readiness.deadline import Deadline

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE

#: What a conversation waits for: a file descriptor, the kind of event, a moment of its own or None.
_Wait = tuple[int, int, float | None]
Conversation = Coroutine[_Wait, None, None]


def early(deadline: Deadline) -> float:
    """Return a moment shortly before *deadline*, so that there is time to tell what was found until then."""
    left = deadline.remaining()
    return time.monotonic() + left - min(0.25, 0.1 * left)


@types.coroutine
def _wait(fd: int, event: int, until: float | None) -> Generator[_Wait, None, None]:
    yield fd, event, until


class Loop:
    """Runs conversations until all are done; ``until`` is a moment of ``time.monotonic()``."""

    def __init__(self, until: float) -> None:
        self.until = until
        self._selector = selectors.DefaultSelector()
        self._watched: dict[int, int] = {}
        self._waiting: dict[int, Conversation] = {}
        self._early: dict[int, float] = {}
        self._ready: deque[tuple[Conversation, BaseException | None]] = deque()

    @property
    def over(self) -> bool:
        """Whether the deadline has come."""
        return time.monotonic() >= self.until

    async def readable(self, sock: socket.socket, until: float | None = None) -> None:
        """Wait for something to read; ``TimeoutError`` at *until* or at the deadline."""
        await _wait(sock.fileno(), _READ, until)

    async def writable(self, sock: socket.socket, until: float | None = None) -> None:
        """Wait for room to write, or for a connection to be made or refused."""
        await _wait(sock.fileno(), _WRITE, until)

    def forget(self, sock: socket.socket) -> None:
        """Stop watching *sock*; to be called before it is closed."""
        fd = sock.fileno()
        if self._watched.pop(fd, None) is not None:
            self._selector.unregister(fd)

    def run(self, conversations: Iterable[Conversation]) -> None:
        """Run *conversations* to their ends; what one of them raises ends them all."""
        self._ready.extend((one, None) for one in conversations)
        try:
            while self._ready or self._waiting:
                while self._ready:
                    self._step(*self._ready.popleft())
                if self._waiting:
                    self._select()
        finally:
            self._close()

    def _step(self, one: Conversation, error: BaseException | None) -> None:
        try:
            fd, event, until = one.send(None) if error is None else one.throw(error)
        except StopIteration:
            return
        if self._watched.get(fd) != event:
            self._watch(fd, event)
        self._waiting[fd] = one
        if until is not None:
            self._early[fd] = until

    def _watch(self, fd: int, event: int) -> None:
        if fd in self._watched:
            self._selector.modify(fd, event)
        else:
            self._selector.register(fd, event)
        self._watched[fd] = event

    def _select(self) -> None:
        until = min(self.until, *self._early.values()) if self._early else self.until
        for key, _ in self._selector.select(max(0.0, until - time.monotonic())):
            one = self._waiting.pop(key.fd, None)
            if one is None:  # an idle connection that the server has closed: nobody listens
                self._selector.unregister(key.fd)
                del self._watched[key.fd]
            else:
                self._early.pop(key.fd, None)
                self._ready.append((one, None))
        self._expire()

    def _expire(self) -> None:
        now = time.monotonic()
        if now >= self.until:
            late = list(self._waiting)
        elif self._early:
            late = [fd for fd, until in self._early.items() if now >= until]
        else:
            return
        for fd in late:
            self._early.pop(fd, None)
            self._ready.append((self._waiting.pop(fd), TimeoutError()))

    def _close(self) -> None:
        for one in [*self._waiting.values(), *(one for one, _ in self._ready)]:
            one.close()
        self._waiting.clear()
        self._ready.clear()
        self._watched.clear()
        self._selector.close()
