"""Requests in rounds: those of one round at the same time, one round after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pytest_readiness.probes._http.client import Client, Exchange, Request
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.loop import Loop
from pytest_readiness.probes._http.request import Ask

if TYPE_CHECKING:
    import ssl

#: Called with each request, what came of it, and its number among those of its ``Ask``.
Hear = Callable[[Ask, Exchange | NoAnswer, int], None]


class Round(NamedTuple):
    """Requests, ``at_once`` of which are under way at the same time."""

    asks: Sequence[Ask]
    at_once: int


@dataclass(frozen=True, kw_only=True)
class Sockets:
    """
    Asks over the network.

    ``until`` is a moment of ``time.monotonic()``; ``follow`` is how many redirects to follow.
    """

    until: float
    follow: int
    verify: bool
    ca: Path | None

    def ask(self, rounds: Iterable[Round], hear: Hear) -> None:
        """Ask everything; what the deadline leaves out is heard of, too."""

        @cache
        def trust() -> ssl.SSLContext:
            from pytest_readiness.probes._http import tls

            return tls.context(verify=self.verify, ca=self.ca)

        for one in rounds:
            # Where TLS is sure to come, what it takes is read before any clock runs.
            if self.ca is not None or any(ask.target.origin.scheme == "https" for ask in one.asks):
                trust()
            loop = Loop(self.until)
            client = Client(loop, Request(), trust=trust, follow=self.follow)
            waiting = iter(one.asks)
            try:
                loop.run(_work(waiting, client, loop, hear) for _ in range(min(one.at_once, len(one.asks))))
            finally:
                client.close()


async def _work(waiting: Iterator[Ask], client: Client, loop: Loop, hear: Hear) -> None:
    """Ask one thing after the other until none is left."""
    for ask in waiting:
        for number in range(ask.times):
            if loop.over:
                hear(ask, not_asked(number), number)
                break
            try:
                hear(ask, await client.fetch(ask.target, ask.request), number)
            except NoAnswer as error:
                hear(ask, error, number)


def not_asked(number: int) -> NoAnswer:
    """Return the error of a request for which there was no time, after *number* others."""
    times = f" more than {number} times" if number else ""
    return NoAnswer(f"not asked{times}: the deadline came first")


def moment(until: float) -> float:
    """Return the moment *until* of ``time.monotonic()`` as one of ``time.time()``, which other processes know."""
    return time.time() + until - time.monotonic()
