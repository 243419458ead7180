"""Links into the web, asked side by side until the deadline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from pytest_readiness.probe import Context
from pytest_readiness.probes._http import tls
from pytest_readiness.probes._http.client import Client, Request, basic
from pytest_readiness.probes._http.errors import NoAnswer, TimedOut
from pytest_readiness.probes._http.loop import Loop, early
from pytest_readiness.probes._http.url import Target, parse

_AT_A_TIME = 20
_REDIRECTS = 10
_BAD = 400


@dataclass
class Asked:
    """What came of it: ``wrong`` says what is wrong with a URL, ``unknown`` are those nobody could find out about."""

    wrong: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)


class _Asking:
    def __init__(self, context: Context) -> None:
        self.loop = Loop(early(context.deadline))
        trust = cache(lambda: tls.context(verify=True, ca=None))
        self.head, self.get = (
            Client(self.loop, Request(method), trust=trust, follow=_REDIRECTS) for method in ("HEAD", "GET")
        )
        self.asked = Asked()

    async def work(self, waiting: Iterator[tuple[str, Target]]) -> None:
        """Ask one URL after the other until none is left."""
        for url, target in waiting:
            if self.loop.over:
                self.asked.unknown[url] = "not asked: the deadline came first"
                continue
            try:
                status = await self._status(target)
            except TimedOut as error:
                self.asked.unknown[url] = str(error)
            except NoAnswer as error:
                self.asked.wrong[url] = str(error)
            else:
                if status >= _BAD:
                    self.asked.wrong[url] = f"answers {status}"

    async def _status(self, target: Target) -> int:
        """Return the status of a URL: of a HEAD, or of a GET where that is refused."""
        try:
            status = (await self.head.fetch(target)).answer.status
        except TimedOut:
            raise
        except NoAnswer:
            status = _BAD
        return status if status < _BAD else (await self.get.fetch(target)).answer.status

    def close(self) -> None:
        """Close all connections."""
        self.head.close()
        self.get.close()


def ask(urls: Sequence[str], context: Context) -> Asked:
    """Ask all *urls*, each once, and return which of them do not answer well. Logins in them are kept secret."""
    asking = _Asking(context)
    targets: list[tuple[str, Target]] = []
    for url in dict.fromkeys(urls):
        try:
            target = parse(url)
        except ValueError as error:
            asking.asked.wrong[url] = str(error)
            continue
        if target.login:
            for secret in (target.login, target.login.partition(":")[2], basic(target.login).partition(" ")[2]):
                context.keep_secret(secret)
        targets.append((url, target))
    waiting = iter(targets)
    try:
        asking.loop.run(asking.work(waiting) for _ in range(min(_AT_A_TIME, len(targets))))
    finally:
        asking.close()
    return asking.asked
