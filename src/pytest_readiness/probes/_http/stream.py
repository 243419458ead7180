"""Connections: a name looked up, an address reached, bytes sent and received; all within the deadline."""

from __future__ import annotations

import errno
import socket
import threading
import time
from typing import TYPE_CHECKING

from pytest_readiness.probes._http.errors import Cut, NoAnswer, NotConnected, connecting
from pytest_readiness.probes._http.loop import Loop

if TYPE_CHECKING:
    from pytest_readiness.probes._http.certificate import Certificate

#: How many bytes to receive at most at a time.
PIECE = 65536

#: What a name leads to: address family and socket address.
Address = tuple[int, tuple[object, ...]]


class Lookup:
    """A name being looked up, in a thread of its own since nothing can hurry ``getaddrinfo``."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._found: list[Address] = []
        self._error: str | None = None
        self._ear, self._bell = socket.socketpair()
        threading.Thread(target=self._ask, name=f"readiness-lookup-{host}", daemon=True).start()

    def _ask(self) -> None:
        with self._bell:  # closing it is what wakes whoever waits
            try:
                found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError) as error:
                self._error = getattr(error, "strerror", None) or str(error)
            else:
                self._found = list(dict.fromkeys((family, tuple(address)) for family, _, _, _, address in found))

    async def addresses(self, loop: Loop) -> list[Address]:
        """Return the addresses. Raises ``NoAnswer`` where there are none."""
        with self._ear.dup() as ear:
            try:
                await loop.readable(ear)
            except TimeoutError:
                raise NoAnswer(f"the name {self._host} was not resolved in time") from None
            finally:
                loop.forget(ear)
        if not self._found:
            raise NoAnswer(f"the name {self._host} cannot be resolved: {self._error or 'it has no address'}")
        return self._found

    def close(self) -> None:
        """Stop listening."""
        self._ear.close()


class Stream:
    """
    One connection.

    ``certificate`` is what the server showed of itself, ``tls`` the version of TLS; None without. ``opened`` is the
    moment of ``time.perf_counter()`` just before the attempt to connect that succeeded.
    """

    def __init__(self, loop: Loop, sock: socket.socket, opened: float) -> None:
        self._loop = loop
        self._sock = sock
        self.opened = opened
        self.certificate: Certificate | None = None
        self.tls: str | None = None

    async def send(self, data: bytes) -> None:
        """Send all of *data*. Raises ``OSError`` where the server has stopped listening."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._sock.send(rest) :]
            except BlockingIOError:
                await self._loop.writable(self._sock)

    async def receive(self) -> bytes:
        """Return the next bytes, empty at the end. Raises ``Cut`` where the connection broke."""
        while True:
            await self._loop.readable(self._sock)
            try:
                return self._sock.recv(PIECE)
            except BlockingIOError:  # what woke us is gone again
                continue
            except OSError as error:
                raise Cut(broken(error)) from error

    def take_over(self) -> tuple[Loop, socket.socket]:
        """Return what this stream is made of, for another to go on with; nobody watches the socket any longer."""
        self._loop.forget(self._sock)
        return self._loop, self._sock

    @property
    def quiet(self) -> bool:
        """Whether nothing has come unasked: neither the end nor bytes that would be taken for an answer."""
        try:
            socket.socket.recv(self._sock, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close the connection, without waiting for anybody."""
        self._loop.forget(self._sock)
        self._sock.close()


def broken(error: OSError) -> str:
    """Return in words how a connection broke."""
    if error.errno in {errno.ECONNRESET, errno.EPIPE}:
        return "the connection was reset"
    return f"the connection broke: {error.strerror or error}"


class Dialler:
    """Opens streams: each name is looked up once, each set of certificates to trust read once."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self._lookups: dict[tuple[str, int], Lookup] = {}

    async def resolve(self, host: str, port: int) -> list[Address]:
        """Return the addresses of *host*; one that is an address already costs no thread."""
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric)
        except OSError:
            lookup = self._lookups.get((host, port))
            if lookup is None:
                lookup = self._lookups[host, port] = Lookup(host, port)
            return await lookup.addresses(self.loop)
        return [(family, tuple(address)) for family, _, _, _, address in found]

    async def connect(self, host: str, port: int) -> Stream:
        """
        Connect to the first address of *host* that answers.

        Where there are several, a silent one gets only its share of the time. Raises
        ``NotConnected`` where nobody takes connections, ``NoAnswer`` where that cannot be known.
        """
        addresses = await self.resolve(host, port)
        trouble: NoAnswer = NotConnected("no address")
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            share = (self.loop.until - time.monotonic()) / left
            try:
                return await self._try(*address, until=time.monotonic() + share)
            except NoAnswer as error:
                # The host's own answer says more than an address family this machine lacks.
                if isinstance(error, NotConnected) or not isinstance(trouble, NotConnected) or left == len(addresses):
                    trouble = error
        raise trouble

    async def _try(self, family: int, address: tuple[object, ...], *, until: float) -> Stream:
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            raise connecting(error.errno or 0) from error
        kept = False
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened = time.perf_counter()
            code = sock.connect_ex(address)
            if code in {errno.EINPROGRESS, errno.EWOULDBLOCK}:
                await self.loop.writable(sock, until)
                code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                raise connecting(code)
            kept = True
            return Stream(self.loop, sock, opened)
        except TimeoutError:
            raise NotConnected("no answer to the attempt to connect, in the time there was") from None
        finally:
            if not kept:
                self.loop.forget(sock)
                sock.close()

    def close(self) -> None:
        """Stop all lookups."""
        for lookup in self._lookups.values():
            lookup.close()
