"""
How fast are many web endpoints asked?

Run with ``python benchmarks/endpoints.py``. A server in a process of its own answers after a given
time; each client runs in a process of its own and checks the status and a field of the JSON body, as
the gate does. Beside the gate: ``http.client`` in threads, and goss and hurl where they are installed. Then
what ``pytest --readiness`` with such a gate adds to a bare ``pytest``. Best of some rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

JOBS = 50
BODY = b'{"status": "ok", "checks": {"database": "ok"}}'
HEADERS = [
    "HTTP/1.1 200 OK",
    "Server: nginx",
    "Date: Sun, 22 Nov 2026 10:00:00 GMT",
    "Content-Type: application/json",
    f"Content-Length: {len(BODY)}",
    "Connection: keep-alive",
    "Vary: Accept-Encoding",
    "X-Content-Type-Options: nosniff",
    "Strict-Transport-Security: max-age=31536000",
]
ANSWER = "\r\n".join([*HEADERS, "", ""]).encode() + BODY
TEST = "def test_nothing():\n    pass\n"


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and of the processor."""

    wall: float
    cpu: float

    def less(self, other: Cost) -> Cost:
        return Cost(self.wall - other.wall, self.cpu - other.cpu)


# --- the server ---------------------------------------------------------------------------------


class Slow(asyncio.Protocol):
    wait = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        answer = ANSWER * data.count(b"\r\n\r\n")
        if self.wait:
            asyncio.get_running_loop().call_later(self.wait, self.transport.write, answer)
        else:
            self.transport.write(answer)


async def serve(wait: float) -> None:
    Slow.wait = wait
    server = await asyncio.get_running_loop().create_server(Slow, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def server(wait: float) -> Iterator[str]:
    command = [sys.executable, __file__, "--serve", str(wait)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


# --- the clients, each in a process of its own --------------------------------------------------


def ours(urls: Sequence[str]) -> None:
    from pytest_readiness.model import Outcome
    from pytest_readiness.options import Query
    from pytest_readiness.probes.http import Http
    from pytest_readiness.testing import run_probe

    probe = Http(urls=tuple(urls), extract={"db": Query("checks.database")}, jobs=JOBS)
    result = run_probe(probe, expect={"db": "ok", "endpoints": len(urls)}, timeout=60)
    assert result.outcome is Outcome.PASSED, result.reason


def threads(urls: Sequence[str]) -> None:
    left: queue.SimpleQueue[str] = queue.SimpleQueue()
    for url in urls:
        left.put(url)
    good: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection(urls[0].split("/")[2])
        with contextlib.suppress(queue.Empty):
            while True:
                url = left.get_nowait()
                connection.request("GET", "/" + url.split("/", 3)[3])
                answer = connection.getresponse()
                if answer.status == 200 and json.loads(answer.read())["checks"]["database"] == "ok":
                    good.append(url)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(JOBS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(good) == len(urls)


IN_PYTHON: dict[str, Callable[[Sequence[str]], None]] = {"ours": ours, "http.client in threads": threads}


def commands(folder: Path, urls: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each client that is there, by name, with its command."""
    listed = folder / "urls.txt"
    listed.write_text("\n".join(urls))
    for name in IN_PYTHON:
        yield name, [sys.executable, __file__, "--client", name, "--urls", str(listed)]
    if goss := shutil.which("goss"):
        spec = {"http": {url: {"status": 200, "body": ['"database": "ok"'], "timeout": 60000} for url in urls}}
        (folder / "goss.json").write_text(json.dumps(spec))
        yield "goss", [goss, "-g", str(folder / "goss.json"), "validate", "--max-concurrent", str(JOBS), "-f", "silent"]
    if hurl := shutil.which("hurl"):
        for number, url in enumerate(urls):
            text = f'GET {url}\nHTTP 200\n[Asserts]\njsonpath "$.checks.database" == "ok"\n'
            (folder / f"{number}.hurl").write_text(text)
        yield "hurl", [hurl, "--test", "--jobs", str(JOBS), str(folder)]


# --- measuring ----------------------------------------------------------------------------------


def cost(command: Sequence[str], folder: Path, rounds: int) -> Cost:
    """Return the best of *rounds* runs."""
    costs = []
    for _ in range(rounds):
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert process.stdout is not None
        output = process.stdout.read()
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        if process.returncode:
            sys.exit(f"{command[:5]} ended with {process.returncode}:\n{output[-2000:]}")
        costs.append(Cost(wall, usage.ru_utime + usage.ru_stime))
    return min(costs, key=lambda one: one.wall)


def in_pytest(folder: Path, urls: Sequence[str], rounds: int, *, one_gate: bool = True) -> Cost:
    """Return what the gates add to a bare run of one trivial test."""
    (folder / "test_nothing.py").write_text(TEST)
    (folder / "pytest.ini").write_text("[pytest]\n")
    groups = [urls] if one_gate else [[url] for url in urls]
    gates = [
        {
            "id": f"endpoints-{number}",
            "probe": "http",
            "with": {"urls": list(group), "extract": {"db": "checks.database"}, "jobs": JOBS},
            "expect": {"db": "ok"},
        }
        for number, group in enumerate(groups)
    ]
    (folder / "readiness.yaml").write_text(json.dumps({"version": 1, "name": "endpoints", "gates": gates}))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--disable-plugin-autoload"]
    with_gates = [*command, "-p", "readiness", "--readiness"]
    pairs = [(cost(command, folder, 1), cost(with_gates, folder, 1)) for _ in range(rounds)]
    bare = min((bare for bare, _ in pairs), key=lambda one: one.wall)
    gated = min((gated for _, gated in pairs), key=lambda one: one.wall)
    return gated.less(bare)


def compare(title: str, number: int, wait: float, rounds: int) -> None:
    print(f"\n{title}")
    with server(wait) as address, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        urls = [f"{address}/endpoint/{number}" for number in range(number)]
        first: Cost | None = None
        for client, command in commands(folder, urls):
            found = cost(command, folder, rounds)
            first = first or found
            print(f"  {client:34} {found.wall:6.2f} s   CPU {found.cpu:5.2f} s   {found.wall / first.wall:5.2f} x ours")
        found = in_pytest(folder, urls, rounds)
        print(f"  {'added to pytest, in one gate':34} {found.wall:6.2f} s   CPU {found.cpu:5.2f} s")
        if number <= 100:
            found = in_pytest(folder, urls, rounds, one_gate=False)
            print(f"  {'added to pytest, a gate each':34} {found.wall:6.2f} s   CPU {found.cpu:5.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description="How fast are many web endpoints asked?")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--client", help=argparse.SUPPRESS)
    parser.add_argument("--urls", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        asyncio.run(serve(given.serve))
    elif given.client is not None:
        IN_PYTHON[given.client](given.urls.read_text().splitlines())
    else:
        print(f"{JOBS} at a time; seconds from the start of the process to its end")
        compare("1,000 endpoints that answer after 50 ms (ideal: 1.00 s)", 1000, 0.05, given.rounds)
        compare("50 endpoints that answer after 50 ms (ideal: 0.05 s)", 50, 0.05, given.rounds)
        compare("10,000 endpoints that answer at once", 10_000, 0.0, given.rounds)


if __name__ == "__main__":
    main()
