"""
What does a client add to the latency of a server, and what does it make of stalls?

Run with ``python benchmarks/load.py``. A server in a process of its own answers after some 2 ms and keeps
a record of how long it really took; each client sends at a steady rate and its percentiles are compared
with the server's own. Then a server that stalls: the true 95th percentile is known from the
times of the stalls. Beside the gate: ``http.client`` in a loop, and aiohttp where it is installed. Last, how many
requests a second each client gets out of a server that answers at once.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import importlib.util
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok"
STALL, PERIOD = 0.15, 1.0


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[math.ceil(share * len(values)) - 1]


# --- the server ---------------------------------------------------------------------------------


class Server(asyncio.Protocol):
    wait = 0.0
    held: list[float] = []  # noqa: RUF012 - one for all connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"GET /record"):
            body = json.dumps(self.held).encode()
            self.held.clear()
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            return
        came = time.perf_counter()
        if self.wait:
            asyncio.get_running_loop().call_later(self.wait, self.answer, came)
        else:
            self.answer(came)

    def answer(self, came: float) -> None:
        self.transport.write(ANSWER)
        self.held.append(time.perf_counter() - came)


async def serve(wait: float, *, stalls: bool) -> None:
    Server.wait = wait
    loop = asyncio.get_running_loop()

    def stall() -> None:
        time.sleep(STALL)
        loop.call_later(PERIOD - STALL, stall)

    server = await loop.create_server(Server, "127.0.0.1", 0, backlog=1024)
    if stalls:
        loop.call_later(0.3, stall)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def server(wait: float, *, stalls: bool = False) -> Iterator[int]:
    command = [sys.executable, __file__, "--serve", str(wait), *(["--stalls"] if stalls else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.kill()


def record(port: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/record")
    held: list[float] = json.loads(connection.getresponse().read())
    connection.close()
    return held


# --- the clients: latencies in seconds, or requests a second where the rate is 0 ----------------


def ours(port: int, rate: int, duration: float) -> tuple[float, float]:
    from pytest_readiness.probes.load import Load
    from pytest_readiness.testing import run_probe

    wanted = f"{rate}/s" if rate else "max"
    probe = Load(
        url=f"http://127.0.0.1:{port}/", rate=wanted, duration=duration, warmup=0, connections=10 if not rate else 100
    )
    found = run_probe(probe, timeout=duration + 20).measurements
    if not rate:
        return float(found["rate"].value), 0.0  # type: ignore[arg-type]
    return float(found["p50"].value) / 1000, float(found["p95"].value) / 1000  # type: ignore[arg-type]


def closed(port: int, rate: int, duration: float) -> tuple[float, float]:
    """Send on one connection, each request when it is due or when the last answer has come, timed from then."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    latencies = []
    begun = time.perf_counter()
    number = 0
    while time.perf_counter() < begun + duration:
        if rate:
            time.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        sent = time.perf_counter()
        connection.request("GET", "/")
        connection.getresponse().read()
        latencies.append(time.perf_counter() - sent)
        number += 1
    connection.close()
    if not rate:
        return number / duration, 0.0
    return percentile(latencies, 0.5), percentile(latencies, 0.95)


def with_aiohttp(port: int, rate: int, duration: float) -> tuple[float, float]:
    import aiohttp  # type: ignore[import-not-found]

    async def work() -> list[float]:
        latencies: list[float] = []
        begun = time.perf_counter()

        async def one(session: aiohttp.ClientSession, due: float) -> None:
            async with session.get(f"http://127.0.0.1:{port}/") as answer:
                await answer.read()
            latencies.append(time.perf_counter() - due)

        async def again(session: aiohttp.ClientSession) -> None:
            while time.perf_counter() < begun + duration:
                await one(session, time.perf_counter())

        async with aiohttp.ClientSession() as session:
            if not rate:
                await asyncio.gather(*(again(session) for _ in range(10)))
            else:
                tasks = []
                for number in range(int(rate * duration)):
                    await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
                    tasks.append(asyncio.create_task(one(session, begun + number / rate)))
                await asyncio.gather(*tasks)
        return latencies

    latencies = asyncio.run(work())
    if not rate:
        return len(latencies) / duration, 0.0
    return percentile(latencies, 0.5), percentile(latencies, 0.95)


def clients() -> Iterator[tuple[str, Callable[[int, int, float], tuple[float, float]]]]:
    yield "ours", ours
    yield "http.client, one after another", closed
    if importlib.util.find_spec("aiohttp"):
        yield "aiohttp, open loop", with_aiohttp


# --- measuring ----------------------------------------------------------------------------------


def added(rate: int, duration: float, rounds: int) -> None:
    print(f"\nadded to the server's own p50 / p95 at {rate}/s, ms (best of {rounds})")
    with server(0.002) as port:
        for name, client in clients():
            found = []
            for _ in range(rounds):
                record(port)
                p50, p95 = client(port, rate, duration)
                held = record(port)
                found.append((1000 * (p50 - percentile(held, 0.5)), 1000 * (p95 - percentile(held, 0.95))))
            p50, p95 = min(one[0] for one in found), min(one[1] for one in found)
            print(f"  {name:34} {p50:+6.2f} / {p95:+6.2f}", flush=True)


def stalls(rate: int, duration: float) -> None:
    # Of each period, a share STALL / PERIOD is hit, for times from 0 to STALL: p95 is where 5 % are slower.
    true = STALL - 0.05 * PERIOD + 0.002
    print(f"\na server that stalls for {1000 * STALL:.0f} ms every {PERIOD:g} s: true p95 {1000 * true:.0f} ms")
    for name, client in clients():
        with server(0.002, stalls=True) as port:
            _, p95 = client(port, rate, duration)
        print(f"  {name:34} {1000 * p95:6.1f} ms   {100 * (p95 / true - 1):+6.1f} %")


def most(duration: float) -> None:
    print("\nrequests a second from a server that answers at once")
    with server(0.0) as port:
        for name, client in clients():
            print(f"  {name:34} {client(port, 0, duration)[0]:8,.0f}/s")


def main() -> None:
    parser = argparse.ArgumentParser(description="What does a client add to the latency of a server?")
    parser.add_argument("--duration", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--stalls", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(serve(given.serve, stalls=given.stalls))
        return
    for rate in (103, 500):
        added(rate, given.duration, given.rounds)
    stalls(103, given.duration)
    most(min(given.duration, 5.0))


if __name__ == "__main__":
    main()
