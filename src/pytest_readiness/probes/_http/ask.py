"""One question to one URL: for probes that need an answer, not many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes._http.body import line, parsed, printable, unpacked
from pytest_readiness.probes._http.client import Client, Exchange, Request
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.loop import Loop, early
from pytest_readiness.probes._http.url import Target

if TYPE_CHECKING:
    import ssl

_BAD = 400


def ask(
    context: Context,
    target: Target,
    request: Request,
    *,
    ca: str | None = None,
    verify: bool = True,
    deadline: Deadline | None = None,
) -> Exchange:
    """
    Send *request* to *target* and return the answer, whatever its status.

    *ca* is a PEM file of the only issuers to trust; *deadline* is the context's where it is not
    given. Raises ``NoAnswer``, with the URL, where no complete answer comes.
    """

    def trust() -> ssl.SSLContext:
        from pytest_readiness.probes._http import tls

        return tls.context(verify=verify, ca=None if ca is None else context.path(ca))

    loop = Loop(early(deadline or context.deadline))
    client = Client(loop, request, trust=trust)
    found: list[Exchange] = []

    async def fetch() -> None:
        found.append(await client.fetch(target))

    try:
        loop.run([fetch()])
    except NoAnswer as error:
        raise type(error)(f"{target}: {printable(str(error))}") from None
    finally:
        client.close()
    return found[0]


def good(exchange: Exchange) -> Exchange:
    """Return *exchange*; raises ``CannotMeasure`` with what was said where its status is none of 2xx."""
    answer = exchange.answer
    if answer.status < 300:  # noqa: PLR2004 - where HTTP's good answers end
        return exchange
    said = ""
    if answer.status >= _BAD and answer.body:
        try:
            said = line(unpacked(answer.body, answer.headers))
        except NoAnswer as error:
            said = str(error)
    told = f"{exchange.url} answered {answer.status} {printable(answer.phrase)}".rstrip()
    raise CannotMeasure(f"{told}: {said}" if said else told)


def json_of(exchange: Exchange) -> object:
    """Return the body of *exchange* as JSON; raises ``NoAnswer``, with the URL, where it is none."""
    try:
        return parsed(exchange.answer.body, exchange.answer.headers)
    except NoAnswer as error:
        raise NoAnswer(f"{exchange.url}: {error}") from None
