"""Servers for tests: real sockets on loopback that say exactly what a test tells them to."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

#: What a server does with one connection.
Manners = Callable[[socket.socket, "Server"], object]

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Server:
    """Takes connections on a free port; ``requests`` are the requests that came, ``connections`` how many."""

    def __init__(self, manners: Manners | None = None, *, context: ssl.SSLContext | None = None) -> None:
        self._manners = manners
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'http' if context is None else 'https'}://127.0.0.1:{self.port}"
        self.requests: list[bytes] = []
        self.connections = 0
        self.closing = threading.Event()
        self._start(self._accept)

    def answer(self, *answers: bytes, close: bool = True) -> Server:
        """Give the first answer to the first request of all, and so on; the last one to all that follow."""
        left = list(answers)

        def manners(connection: socket.socket, _: Server) -> None:
            while request := self.read(connection):
                self.requests.append(request)
                connection.sendall(left.pop(0) if len(left) > 1 else left[0])
                if close:
                    return

        self._manners = manners
        return self

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._start(lambda connection=connection: self._serve(connection))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        assert self._manners is not None
        with contextlib.suppress(OSError, ssl.SSLError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self._manners(connection, self)
        if isinstance(connection, ssl.SSLSocket) and connection.fileno() >= 0:
            connection.settimeout(1)
            with contextlib.suppress(OSError, ValueError):  # ValueError: closed in the meantime
                connection = connection.unwrap()
        connection.close()

    @staticmethod
    def read(connection: socket.socket) -> bytes:
        """Return one request, empty where none comes."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        while length and len(body) < int(length[1]):
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for connection in self._open:
            connection.close()


@contextlib.contextmanager
def serving(manners: Manners | None = None, *, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(manners, context=context)
    try:
        yield server
    finally:
        server.close()


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def http(body: bytes = b"", status: str = "200 OK", *headers: str) -> bytes:
    """Return an answer with *body* and its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
