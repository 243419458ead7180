"""
HTTP/1.1 on the wire (RFC 9112): one answer read, strictly and with limits.

What is not a complete, unambiguous answer is an error that says what it is; nothing is guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, Protocol

from pytest_readiness.probes._http.errors import Cut, NoAnswer

#: The most bytes of a body, on the wire and unpacked.
MOST_BODY = 10 * 1024 * 1024
#: The most bytes of a status line with its headers.
MOST_HEAD = 64 * 1024

_MOST_LINE = 8 * 1024
_SHORT = 200
_MOST_INTERIM = 20
_CONTINUE, _SWITCHING, _OK, _NO_CONTENT, _NOT_MODIFIED = 100, 101, 200, 204, 304

_END = re.compile(rb"\r?\n\r?\n")
_LINE = re.compile(r"\r?\n")
_STATUS = re.compile(r"HTTP/(1\.[01]) ([1-9][0-9]{2})(?: (.*))?")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TLS_ALERT = b"\x15\x03"


class Source(Protocol):
    """Where bytes come from: ``receive`` returns the next ones, none at the end; ``doing`` says what for."""

    doing: str

    async def receive(self) -> bytes:
        """Return the next bytes."""
        ...


class Answer(NamedTuple):
    """
    One complete answer; names of headers are in lower case, those given twice are joined.

    ``body`` is as it came, without chunks but still compressed where the server did that.
    ``reusable`` says whether the connection can carry another request.
    """

    status: int
    phrase: str
    headers: dict[str, str]
    body: bytes
    reusable: bool


class Reader:
    """Reads the answers that come from *source*; ``begun`` is whether any byte of this one has come."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._held = bytearray()
        self.begun = False

    async def answer(self, method: str) -> Answer:
        """Read the answer to a *method* request. Raises ``NoAnswer``; ``Cut`` where it ends too soon."""
        self.begun = False
        for _ in range(_MOST_INTERIM):
            version, status, phrase, headers = _head(await self._head())
            if status >= _OK:
                break
            if status == _SWITCHING:
                raise NoAnswer("it switches protocols (101) though nobody asked it to")
        else:
            raise NoAnswer(f"it sent {_MOST_INTERIM} interim answers (1xx) and no final one")
        self._source.doing = "reading the body"
        body, whole = await self._body(method, status, headers)
        reusable = whole and not self._held and _lasts(version, headers)
        return Answer(status, phrase, headers, body, reusable)

    async def _fill(self, what: str) -> None:
        data = await self._source.receive()
        if not data:
            raise Cut(f"the connection ended {what}" if self.begun else "the connection ended without an answer")
        self.begun = True
        self._held += data

    async def _head(self) -> str:
        held, seen = self._held, 0
        if not held:
            self._source.doing = "reading the headers" if self.begun else "waiting for the answer"
            await self._fill("in the middle of the headers")
        self._source.doing = "reading the headers"
        while (end := _END.search(held, seen)) is None:
            seen = max(0, len(held) - 3)
            if len(held) > MOST_HEAD:
                raise NoAnswer(f"its headers do not end within {MOST_HEAD // 1024} KiB")
            if not b"HTTP/".startswith(bytes(held[:5])):
                raise _foreign(bytes(held))
            await self._fill("in the middle of the headers")
        if end.end() > MOST_HEAD:
            raise NoAnswer(f"its headers do not end within {MOST_HEAD // 1024} KiB")
        head = held[: end.start()].decode("latin-1")
        del held[: end.end()]
        return head

    async def _body(self, method: str, status: int, headers: dict[str, str]) -> tuple[bytes, bool]:
        """Return the body, and whether its end was not just the end of the connection."""
        if method == "HEAD" or status in {_NO_CONTENT, _NOT_MODIFIED}:
            return b"", True
        if coding := headers.get("transfer-encoding"):
            if coding.lower() != "chunked":
                raise NoAnswer(f"its transfer coding {coding[:40]!r} is not one that can be read")
            return await self._chunks(), "content-length" not in headers
        if (length := headers.get("content-length")) is not None:
            return await self._exactly(_length(length)), True
        return await self._rest(), False

    async def _exactly(self, size: int) -> bytes:
        while len(self._held) < size:
            self._source.doing = f"reading the body ({len(self._held)} of {size} bytes had come)"
            await self._fill(f"in the middle of the body, after {len(self._held)} of {size} bytes")
        return self._take(size)

    async def _rest(self) -> bytes:
        while data := await self._source.receive():
            self._held += data
            if len(self._held) > MOST_BODY:
                raise _huge()
        return self._take(len(self._held))

    async def _chunks(self) -> bytes:
        body = bytearray()
        while size := _chunk_size(await self._line()):
            if len(body) + size > MOST_BODY:
                raise _huge()
            while len(self._held) < size:
                await self._fill("in the middle of a chunk")
            body += self._take(size)
            if await self._line():
                raise NoAnswer("its chunks are garbled: one is longer than it says")
        trailers = 0
        while line := await self._line():
            trailers += len(line)
            if trailers > MOST_HEAD:
                raise NoAnswer(f"its trailers do not end within {MOST_HEAD // 1024} KiB")
        return bytes(body)

    async def _line(self) -> bytes:
        held, seen = self._held, 0
        while (end := held.find(b"\n", seen)) < 0:
            seen = len(held)
            if seen > _MOST_LINE:
                raise NoAnswer("its chunks are garbled: a line does not end")
            await self._fill("in the middle of a chunked body")
        return self._take(end + 1).rstrip(b"\r\n")

    def _take(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken


def _head(text: str) -> tuple[str, int, str, dict[str, str]]:
    """Return version, status, phrase and headers."""
    first, *lines = _LINE.split(text)
    match = _STATUS.fullmatch(first)
    if match is None:
        raise _foreign(text.encode("latin-1"))
    headers: dict[str, str] = {}
    for line in lines:
        name, value = _known_header(line) if len(line) < _SHORT else _header(line)
        if name in headers:
            value = _joined(name, headers[name], value)
        headers[name] = value
    return match[1], int(match[2]), match[3] or "", headers


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or _NAME.fullmatch(name) is None:
        raise NoAnswer(f"a header is garbled: {line[:60]!r}")
    return name.lower(), value.strip(" \t")


#: Thousands of answers have mostly the same headers.
_known_header = lru_cache(maxsize=1024)(_header)


def _joined(name: str, before: str, value: str) -> str:
    if name == "content-length":
        if before != value:
            raise NoAnswer(f"it gives two lengths of its body: {before[:20]} and {value[:20]}")
        return value
    return f"{before}, {value}"


def _length(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise NoAnswer(f"its Content-Length is not a number: {text[:40]!r}")
    if len(text) > 18 or int(text) > MOST_BODY:  # noqa: PLR2004 - more digits than any length has
        raise _huge()
    return int(text)


def _chunk_size(line: bytes) -> int:
    size = line.partition(b";")[0].rstrip(b" \t")
    if _SIZE.fullmatch(size) is None:
        raise NoAnswer(f"its chunks are garbled: {size[:20]!r} is not a size")
    return int(size, 16)


def _lasts(version: str, headers: dict[str, str]) -> bool:
    connection = headers.get("connection")
    if connection is None:
        return version == "1.1"
    options = {option.strip() for option in connection.lower().split(",")}
    return "close" not in options and (version == "1.1" or "keep-alive" in options)


def _huge() -> NoAnswer:
    return NoAnswer(f"its body is larger than {MOST_BODY // 1024 // 1024} MiB, the most that is read")


def _foreign(data: bytes) -> NoAnswer:
    if data.startswith(_TLS_ALERT):
        return NoAnswer("it speaks TLS on this port; write https://")
    return NoAnswer(f"it does not speak HTTP/1.1; it says {data[:40]!r}")
