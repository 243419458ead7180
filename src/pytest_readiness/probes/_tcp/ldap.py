"""
LDAP: what an anonymous visitor is told about the server, and StartTLS.

The question is a search of the root DSE, which servers answer without a bind; see RFC 4511 and RFC 4512.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._http.body import printable
from pytest_readiness.probes._http.stream import Stream
from pytest_readiness.probes._tcp.talk import Said, Secure, StrangeError, Talk, short

_START_TLS = b"1.3.6.1.4.1.1466.20037"
_WANTED = (b"supportedExtension", b"supportedLDAPVersion", b"vendorName", b"vendorVersion")
_BANNER = 200

# tags of BER: universal ones, and those of LDAP's messages
_INTEGER, _OCTETS, _ENUMERATED, _SEQUENCE = 0x02, 0x04, 0x0A, 0x30
_SEARCH, _ENTRY, _DONE, _REFERENCE, _EXTENDED, _EXTENDED_DONE = 0x63, 0x64, 0x65, 0x73, 0x77, 0x78
_LONG = 0x80
_MOST_MESSAGES = 100


async def converse(stream: Stream, secure: Secure | None) -> Said:
    """
    Ask for the root DSE, and agree on TLS if *secure* is given and the server agrees.

    Raises ``StrangeError`` where the server does not speak LDAP.
    """
    talk = Talk(stream)
    told = await _root(talk, 1)
    offered = None if told is None else _START_TLS in told.get(b"supportedextension", [])
    if secure is not None:
        # Some servers can do it and do not say so.
        offered = await _start_tls(talk)
        if offered:
            talk = Talk(await secure(talk.stream))
            told = await _root(talk, 3) or told
    with contextlib.suppress(StrangeError):
        await talk.say(_message(4, _item(0x42)))  # unbind: goodbye
    words = [*(told or {}).get(b"vendorname", []), *(told or {}).get(b"vendorversion", [])]
    banner = printable(b" ".join(words).decode("utf-8", "replace"))[:_BANNER]
    return Said(talk.stream, banner or None, offered)


async def _start_tls(talk: Talk) -> bool:
    """Ask for TLS; return whether the server agrees, and raise ``CannotMeasure`` where something is between us."""
    await talk.say(_message(2, _item(_EXTENDED, _item(0x80, _START_TLS))))
    tag, body = await _answer(talk, 2)
    if tag != _EXTENDED_DONE:
        raise StrangeError("the answer to StartTLS is none")
    if talk.more:
        raise CannotMeasure("more was sent in clear text after StartTLS was agreed on: somebody may be in between")
    return _result(body) == 0


async def _root(talk: Talk, number: int) -> dict[bytes, list[bytes]] | None:
    """Return the root DSE's attributes, their names in lower case; None where an anonymous visitor is told nothing."""
    attributes = _item(_SEQUENCE, b"".join(_item(_OCTETS, name) for name in _WANTED))
    zero = _item(_ENUMERATED, b"\0")
    limits = _item(_INTEGER, b"\0") * 2
    everything = _item(0x87, b"objectClass")
    question = _item(_OCTETS) + zero + zero + limits + _item(0x01, b"\0") + everything + attributes
    await talk.say(_message(number, _item(_SEARCH, question)))
    told: dict[bytes, list[bytes]] | None = None
    for _ in range(_MOST_MESSAGES):
        tag, body = await _answer(talk, number)
        if tag == _DONE:
            _result(body)
            return told
        if tag == _ENTRY:
            told = _attributes(body)
        elif tag != _REFERENCE:
            raise StrangeError(f"the answer to a search has the tag {tag:#x}")
    raise StrangeError("the answer to a search does not end")


async def _answer(talk: Talk, number: int) -> tuple[int, bytes]:
    """Return tag and body of the next message, which must answer message *number*."""
    head = await talk.exactly(2)
    if head[0] != _SEQUENCE:
        raise StrangeError(f"what came is no LDAP message: {short(head)}")
    length = head[1]
    if length & _LONG:
        length = int.from_bytes(await talk.exactly(min(length & ~_LONG, 8)), "big")
    parts = list(_items(await talk.exactly(length)))
    if len(parts) < 2 or parts[0][0] != _INTEGER:  # noqa: PLR2004 - a number and what is said
        raise StrangeError("what came is no LDAP message")
    if int.from_bytes(parts[0][1], "big") != number:
        raise StrangeError("the server answers something that was not asked, or says goodbye")
    return parts[1]


def _result(body: bytes) -> int:
    """Return the result code of an answer."""
    tag, value = next(_items(body), (0, b""))
    if tag != _ENUMERATED:
        raise StrangeError("an answer has no result code")
    return int.from_bytes(value, "big")


def _attributes(body: bytes) -> dict[bytes, list[bytes]]:
    told: dict[bytes, list[bytes]] = {}
    for _, attributes in list(_items(body))[1:2]:
        for _, attribute in _items(attributes):
            parts = list(_items(attribute))
            if len(parts) == 2:  # noqa: PLR2004 - a name and a set of values
                told[parts[0][1].lower()] = [value for _, value in _items(parts[1][1])]
    return told


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and value of each item in *data*; raises ``StrangeError`` where there is something else in it."""
    while data:
        if len(data) < 2:  # noqa: PLR2004 - a tag and a length
            raise StrangeError("an LDAP message is damaged")
        tag, length, start = data[0], data[1], 2
        if length & _LONG:
            start += length & ~_LONG
            length = int.from_bytes(data[2:start], "big")
        if len(data) < start + length:
            raise StrangeError("an LDAP message is damaged")
        yield tag, data[start : start + length]
        data = data[start + length :]


def _item(tag: int, value: bytes = b"") -> bytes:
    """Return an item of BER; all that is asked here is shorter than 64 KiB."""
    size = len(value)
    length = bytes([size]) if size < _LONG else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + value


def _message(number: int, said: bytes) -> bytes:
    return _item(_SEQUENCE, _item(_INTEGER, bytes([number])) + said)
