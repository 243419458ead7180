"""The pipes of a child, fed and emptied together, without ever waiting past a deadline."""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
from typing import IO, Any, Self

from pytest_readiness.deadline import Deadline
from pytest_readiness.process._child import FORCE, Child

_CHUNK = 65_536


class Kept:
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


class Pipes:
    """A child's pipes, fed and emptied together, so that neither side ever waits for the other."""

    def __init__(self, child: Child, given: bytes, limit: int) -> None:
        self.out, self.err = Kept(limit), Kept(limit)
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
            if isinstance(key.data, Kept):
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
