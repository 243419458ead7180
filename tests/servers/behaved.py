"""A web server in a process of its own, whose manners a path asks for; timing is not disturbed by the tests."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

#: How long one that stalls stops for, and how often, in seconds.
STALL, PERIOD = 0.15, 1.0

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ANSWERS = {
    b"/": OK,
    b"/closing": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
    b"/old": b"HTTP/1.0 200 OK\r\n\r\nok",
    b"/chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n3\r\nyes\r\n0\r\nX: y\r\n\r\n",
    b"/empty": b"HTTP/1.1 204 No Content\r\n\r\n",
    b"/interim": b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    b"/bad": b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",
    b"/garbled": b"what?",
}


class Behaved(asyncio.Protocol):
    """Answers as the path says; what is below ``/slow`` after 2 ms."""

    requests = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.number = 0

    def data_received(self, data: bytes) -> None:
        path = data.split(b" ", 2)[1]
        Behaved.requests += 1
        self.number += 1
        if path == b"/hang":
            return
        if path == b"/drop" or (path == b"/twice" and self.number > 2):
            self.transport.close()
            return
        loop = asyncio.get_running_loop()
        if path == b"/slow":
            loop.call_later(0.002, self.transport.write, OK)
        elif path == b"/slower":
            loop.call_later(0.3, self.transport.write, OK)
        elif path == b"/some":
            self.transport.write(ANSWERS[b"/bad"] if Behaved.requests % 10 == 0 else OK)
        elif path == b"/pieces":
            self.transport.write(OK[:20])
            loop.call_later(0.002, self.transport.write, OK[20:])
        else:
            self.transport.write(ANSWERS.get(path, OK))
            if path in {b"/closing", b"/old"}:
                self.transport.close()


async def serve(*, stalls: bool) -> None:
    loop = asyncio.get_running_loop()

    def stall() -> None:
        time.sleep(STALL)
        loop.call_later(PERIOD - STALL, stall)

    if stalls:
        loop.call_later(0.3, stall)
    server = await loop.create_server(Behaved, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - how its port is told
    await server.serve_forever()


def _serving(*words: str) -> Iterator[str]:
    with subprocess.Popen([sys.executable, __file__, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


@pytest.fixture(scope="session")
def behaved() -> Iterator[str]:
    """Yield the URL of a server that behaves as the path asks for."""
    yield from _serving()


@pytest.fixture(scope="session")
def stalling() -> Iterator[str]:
    """Yield the URL of a server that stops for ``STALL`` seconds every ``PERIOD``."""
    yield from _serving("stalls")


if __name__ == "__main__":
    asyncio.run(serve(stalls="stalls" in sys.argv))
