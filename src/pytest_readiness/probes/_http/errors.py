"""What can go wrong between a probe and a server, in words that fit a gate's reason."""

from __future__ import annotations

import errno
import os

from pytest_readiness.errors import CannotMeasure

_REFUSED = {
    errno.ECONNREFUSED: "connection refused",
    errno.ETIMEDOUT: "no answer to the attempt to connect",
    errno.EHOSTUNREACH: "no route to the host",
    errno.EHOSTDOWN: "the host is down",
    errno.ECONNRESET: "connection reset while connecting",
}
_OURS = {
    errno.ENETUNREACH: "this machine has no route to that network",
    errno.EMFILE: "this process has too many open files (ulimit -n)",
    errno.ENFILE: "this machine has too many open files",
    errno.EADDRNOTAVAIL: "this machine has no free local port or no such address family",
}


class NoAnswer(CannotMeasure):
    """A server did not give a complete, readable answer; the message says why."""


class NotConnected(NoAnswer):
    """Nobody takes connections there: refused, silent or unreachable."""


class TimedOut(NoAnswer):
    """The deadline came first; the message says during what."""


class Cut(NoAnswer):
    """The connection ended in the middle."""


def connecting(code: int) -> NoAnswer:
    """Return the error for the ``errno`` of an attempt to connect: the host's doing, or this machine's own."""
    if code in _REFUSED:
        return NotConnected(_REFUSED[code])
    return NoAnswer(_OURS.get(code, f"cannot connect: {os.strerror(code)}"))
