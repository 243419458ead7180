"""
SMTP: the greeting, what the server can do, and STARTTLS.

Nothing is sent to anybody: the conversation ends before a sender is named. See RFC 5321 and RFC 3207.
"""

from __future__ import annotations

import contextlib

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._http.body import printable
from pytest_readiness.probes._http.stream import Stream
from pytest_readiness.probes._tcp.talk import Said, Secure, StrangeError, Talk, short

_READY, _DONE = "220", "250"
_MOST_LINES = 100
_CODE = 3
_BANNER = 200


async def converse(stream: Stream, secure: Secure | None) -> Said:
    """
    Take the greeting, ask what the server can do, and agree on TLS if *secure* is given and TLS offered.

    Raises ``StrangeError`` where the server does not speak SMTP or does not want to.
    """
    talk = Talk(stream)
    banner = (await _reply(talk, _READY, "the greeting"))[0]
    offered = await _offers_tls(talk)
    if secure is not None and offered:
        await talk.say(b"STARTTLS\r\n")
        try:
            await _reply(talk, _READY, "STARTTLS")
        except StrangeError as error:
            raise CannotMeasure(f"STARTTLS is offered and does not work: {error}") from None
        if talk.more:
            raise CannotMeasure("more was sent in clear text after STARTTLS was agreed on: somebody may be in between")
        talk = Talk(await secure(talk.stream))
        await _offers_tls(talk)
    with contextlib.suppress(StrangeError):
        await talk.say(b"QUIT\r\n")
    return Said(talk.stream, printable(banner)[:_BANNER], offered)


async def _offers_tls(talk: Talk) -> bool:
    await talk.say(b"EHLO localhost\r\n")
    keywords = await _reply(talk, _DONE, "EHLO")
    return any(word.partition(" ")[0].upper() == "STARTTLS" for word in keywords[1:])


async def _reply(talk: Talk, wanted: str, to: str) -> list[str]:
    """Return the texts of a reply, one for each line; raises ``StrangeError`` where its code is not *wanted*."""
    texts: list[str] = []
    while len(texts) < _MOST_LINES:
        line = await talk.line()
        code, mark, text = line[:_CODE], line[_CODE : _CODE + 1], line[_CODE + 1 :]
        if code != wanted or mark not in {" ", "-", ""}:
            raise StrangeError(f"{to} should be {wanted}, and is {short(line)}" if line else f"{to} is empty")
        texts.append(text)
        if mark != "-":
            return texts
    raise StrangeError(f"{to} has more than {_MOST_LINES} lines")
