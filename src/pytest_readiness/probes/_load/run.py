"""A run from its first look at the server to its record."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes._http.ask import ask
from pytest_readiness.probes._http.client import Request, basic, headers_of
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.loop import Loop, early
from pytest_readiness.probes._http.stream import Address, Dialler
from pytest_readiness.probes._http.url import Origin, Target
from pytest_readiness.probes._load.client import Client, Task, clock
from pytest_readiness.probes._load.record import Record
from pytest_readiness.process import seconds

if TYPE_CHECKING:
    import ssl

_GOOD = range(200, 300)
_REPEATABLE = frozenset({"GET", "HEAD"})
#: Time to look and to weigh, in seconds.
_MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send, where to, and how fast: ``rate`` is in requests a second, None for the most there can be."""

    target: Target
    request: Request
    rate: float | None
    duration: float
    warmup: float
    connections: int
    good: frozenset[int]
    ca: str | None = None


def run(plan: Plan, context: Context) -> Record:
    """Return what came of *plan*. Raises ``CannotMeasure`` where there is no time for it, or nobody answers."""
    needed = plan.duration + plan.warmup + _MARGIN
    if context.deadline.remaining() < needed:
        left = seconds(context.deadline.remaining(), about=True)
        raise CannotMeasure(f"it takes {seconds(needed)}, and there are {left} left: raise the gate's timeout")
    if plan.request.method in _REPEATABLE:
        ask(context, plan.target, plan.request, ca=plan.ca)  # its words are better than those of the fast client
    origin = plan.target.origin
    good = plan.good or _GOOD
    task = Task(
        _reached(origin, context),
        _written(plan.target, plan.request),
        good.__contains__,
        plan.connections,
        head=plan.request.method == "HEAD",
        repeatable=plan.request.method in _REPEATABLE,
        trust=_trust(plan, context),
        name=origin.host.removesuffix("."),
    )
    client = Client(task, clock() + context.deadline.remaining() - min(0.5, 0.1 * context.deadline.remaining()))
    try:
        record = _send(client, plan)
    finally:
        client.close()
    if not record.answered:
        why, times = record.failures.most_common(1)[0]
        raise CannotMeasure(
            f"{plan.target}: no answer to any of {len(record.latencies)} requests: {why} ({times} times)"
        )
    return record


def _send(client: Client, plan: Plan) -> Record:
    if plan.rate is None:
        client.connect(plan.connections)
        if plan.warmup:
            client.fastest(plan.warmup)
        return client.fastest(plan.duration)
    # Enough for answers that take 50 ms; when they take longer, more are opened on the way.
    client.connect(min(plan.connections, max(4, round(plan.rate * 0.05))))
    if plan.warmup:
        client.paced(plan.rate, plan.warmup)
    return client.paced(plan.rate, plan.duration)


def _reached(origin: Origin, context: Context) -> Address:
    """Return the first address of the host that takes a connection."""
    loop = Loop(early(context.deadline))
    dialler = Dialler(loop)
    found: list[Address] = []

    async def reach() -> None:
        stream = await dialler.connect(origin.host, origin.port)
        _, sock = stream.take_over()
        found.append((sock.family, cast("tuple[object, ...]", sock.getpeername())))
        sock.shutdown(socket.SHUT_RDWR)
        sock.close()

    try:
        loop.run([reach()])
    except NoAnswer as error:
        raise NoAnswer(f"{origin.netloc}: {error}") from None
    finally:
        dialler.close()
    return found[0]


def _written(target: Target, request: Request) -> bytes:
    """Return the bytes of *request*."""
    authorization = request.authorization if target.login is None else basic(target.login)
    headers = headers_of(target.origin, request, authorization)
    lines = [f"{request.method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + (request.body or b"")


def _trust(plan: Plan, context: Context) -> ssl.SSLContext | None:
    if plan.target.origin.scheme != "https":
        return None
    from pytest_readiness.probes._http import tls

    return tls.context(ca=None if plan.ca is None else context.path(plan.ca))
