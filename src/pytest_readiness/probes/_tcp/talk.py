"""A conversation over a stream: lines and lengths, within limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pytest_readiness.model import Evidence, Value
from pytest_readiness.probes._http.body import printable
from pytest_readiness.probes._http.errors import Cut
from pytest_readiness.probes._http.stream import Stream

#: The longest line and the longest message that is listened to, in bytes.
MOST_LINE, MOST_MESSAGE = 4096, 1024 * 1024

_SHORT = 200

#: Agrees on TLS over a stream, and returns the one to go on with.
Secure = Callable[[Stream], Awaitable[Stream]]


class StrangeError(Exception):
    """What came is not the protocol; the message says what came instead."""


@dataclass(frozen=True, slots=True)
class Said:
    """
    What a conversation told.

    ``banner`` is None where the server did not name itself, ``starttls`` where it is not known whether
    TLS is offered; ``stream`` is the one that was used last.
    """

    stream: Stream
    banner: str | None
    starttls: bool | None


class Talk:
    """Reads a stream by lines or lengths. All raise ``StrangeError`` where what comes is too long or ends too soon."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._held = b""

    @property
    def more(self) -> bool:
        """Whether something has come that nobody has asked for yet."""
        return bool(self._held)

    async def line(self) -> str:
        """Return the next line, without its end."""
        while b"\n" not in self._held:
            if len(self._held) > MOST_LINE:
                raise StrangeError(f"a line of more than {MOST_LINE} bytes came: {short(self._held)}")
            await self._fetch()
        line, _, self._held = self._held.partition(b"\n")
        return line.removesuffix(b"\r").decode("utf-8", "replace")

    async def exactly(self, count: int) -> bytes:
        """Return the next *count* bytes."""
        if count > MOST_MESSAGE:
            raise StrangeError(f"a message of {count} bytes was announced")
        while len(self._held) < count:
            await self._fetch()
        data, self._held = self._held[:count], self._held[count:]
        return data

    async def say(self, data: bytes) -> None:
        """Send *data*."""
        try:
            await self.stream.send(data)
        except TimeoutError:
            raise
        except OSError:
            raise StrangeError("the connection was closed by the other side") from None

    async def _fetch(self) -> None:
        try:
            piece = await self.stream.receive()
        except Cut as error:
            raise StrangeError(str(error)) from None
        if not piece:
            said = f" after {short(self._held)}" if self._held else " without a word"
            raise StrangeError(f"the connection was closed{said}")
        self._held += piece


def heard(language: str, said: Said | StrangeError, values: dict[str, Value], unknown: dict[str, str]) -> Evidence:
    """Add to *values* what was said in *language*, to *unknown* why something was not; return it as evidence."""
    values["speaks"] = isinstance(said, Said)
    if isinstance(said, StrangeError):
        unknown.update(dict.fromkeys(("banner", "starttls", "tls_days"), f"it does not speak {language.upper()}"))
        return Evidence(language, str(said))
    told = {"banner": said.banner, "starttls": said.starttls}
    values.update({name: value for name, value in told.items() if value is not None})
    unknown["banner"] = "the server does not name itself"
    unknown["starttls"] = "a visitor without a login is not told"
    if said.starttls is False:
        unknown["tls_days"] = "TLS is not offered in the conversation"
    offered = {True: "TLS is offered", False: "TLS is not offered", None: "whether TLS is offered is not told"}
    return Evidence(language, f"{said.banner or 'no name is given'}; {offered[said.starttls]}")


def short(data: bytes | str) -> str:
    """Return *data* as one short, printable, quoted line."""
    text = printable(data.decode("utf-8", "replace") if isinstance(data, bytes) else data).strip()
    return repr(text if len(text) <= _SHORT else f"{text[:_SHORT]}...")
