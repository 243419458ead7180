"""
Real processes that gates need: started once, waited for, surely stopped.

A service gets a free port as ``${port}``; gates see it as ``NAME.url``, ``NAME.host`` and ``NAME.port``, and
the process as ``NAME.pid``.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from pytest_readiness import patterns
from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure
from pytest_readiness.model import Ready, Service
from pytest_readiness.process import Child, seconds

HOST = "127.0.0.1"

#: How often a service is started anew where somebody else took its port first.
TRIES = 3

#: Seconds between asking a service to stop and forcing it.
GRACE = 3.0

#: How much of the end of a service's output is kept, in bytes, and how much of that becomes evidence, in lines.
LOG_BYTES, TAIL_LINES = 512 * 1024, 40

#: How much of one line of output is searched for ``ready: {log: ...}``, in characters.
LONGEST_LINE = 2_000

_PORT_TAKEN = re.compile(
    r"address already in use|EADDRINUSE|errno 98|errno 48|port \d+ is (?:already )?in use", re.IGNORECASE
)
_PORT = re.compile(r"\$(?:\$|\{port\})")
_PAUSE = 0.05


class _Log:
    """The end of what a service writes, read by a thread of its own so that it never has to wait for us."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._bytes = bytearray()
        self._reader = threading.Thread(target=self._read, name="readiness-log", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self._pipe, contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._pipe.fileno(), 65_536):
                self._bytes += chunk
                del self._bytes[:-LOG_BYTES]

    def text(self) -> str:
        """Return the end of the output so far."""
        return bytes(self._bytes).decode("utf-8", "replace")

    def settle(self) -> None:
        """Wait for the rest of the output of a service that has ended: a moment, no more."""
        self._reader.join(0.5)


@dataclass(slots=True)
class _Running:
    """One service that was started; ``ready`` once it has shown to be."""

    port: int
    child: Child
    log: _Log
    ready: bool = False


class Services:
    """
    The services of one run.

    ``start`` is called once for each service and may be called from several threads for several services.
    """

    def __init__(
        self, specs: Mapping[str, Service], *, root: Path, env: Mapping[str, str], exec_allowed: bool = True
    ) -> None:
        self._specs = specs
        self._root = root
        self._env = env
        self._exec_allowed = exec_allowed
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()
        self._closed = False

    def start(self, name: str, deadline: Deadline) -> None:
        """Start service *name* and wait until it is ready; raises ``CannotMeasure`` if that fails."""
        service = self._specs[name]
        if not self._exec_allowed:
            raise CannotMeasure("commands are switched off by --readiness-no-exec: it was not started")
        for left in reversed(range(TRIES)):
            port = free_port()
            _see_that_nobody_answers(service.ready, port, deadline)
            running = self._launch(service, port)
            try:
                _wait_until_ready(service.ready, running, deadline)
            except _EndedEarly:
                if left and _PORT_TAKEN.search(running.log.text()):
                    continue
                raise
            running.ready = True
            return

    def _launch(self, service: Service, port: int) -> _Running:
        env = {**self._env, **{key: _filled(value, port) for key, value in service.env.items()}}
        with self._lock:
            if self._closed:
                raise CannotMeasure("the run is over: it was not started")
            child = Child(
                [_filled(word, port) for word in service.command],
                cwd=self._root / (service.cwd or "."),
                env=env,
                merged=True,
            )
            assert child.popen.stdout is not None
            former = self._running.get(service.name)
            self._running[service.name] = running = _Running(port, child, _Log(child.popen.stdout))
        if former is not None:
            former.child.end(0)
        return running

    def values(self, name: str) -> Mapping[str, str]:
        """Return what gates may refer to: ``NAME.url``, ``NAME.host``, ``NAME.port`` and ``NAME.pid``."""
        running = self._running[name]
        port, pid = running.port, running.child.pid
        values = {"url": f"http://{HOST}:{port}", "host": HOST, "port": str(port), "pid": str(pid)}
        return {f"{name}.{key}": value for key, value in values.items()}

    def trouble(self, name: str) -> str | None:
        """Return what has become of a service that was ready and is not running any more; None if it is."""
        running = self._running.get(name)
        if running is None or not running.ready or not running.child.exited():
            return None
        return f"it is not running any more: it {_ending(running.child)}"

    def linger(self, names: Iterable[str], longest: float) -> None:
        """Wait a moment for services that may be about to end: a broken connection is seen before the exit is."""
        until = Deadline.after(longest)
        while not until.passed and not any(map(self.trouble, names)):
            time.sleep(0.01)

    def tail(self, name: str) -> str:
        """Return the last lines of the service's output."""
        running = self._running.get(name)
        if running is None:
            return ""
        if running.child.exited():
            running.log.settle()
        return "\n".join(running.log.text().splitlines()[-TAIL_LINES:])

    def stop(self) -> None:
        """Stop all services and everything they started; each is asked first, and forced after ``GRACE`` seconds."""
        with self._lock:
            self._closed = True
            running = list(self._running.values())
        threads = [threading.Thread(target=one.child.end, args=(GRACE,), daemon=True) for one in running]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(GRACE + 2)
        for one in running:
            one.log.settle()


def free_port() -> int:
    """Return a port that nobody listens on, now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _filled(text: str, port: int) -> str:
    # In one go, so that what a variable has brought along ($$ for its $) is not taken for a reference.
    return _PORT.sub(lambda match: "$" if match[0] == "$$" else str(port), text)


def _ending(child: Child) -> str:
    # It has ended, so this does not wait; it collects the exit code.
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.popen.wait(timeout=0.5)
    code = child.returncode
    if code is None:
        return "ended"
    return f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"


# --- ready --------------------------------------------------------------------------------------


class _EndedEarly(CannotMeasure):
    """The service came to its end before it was ready."""


def _see_that_nobody_answers(ready: Ready, port: int, deadline: Deadline) -> None:
    """Refuse a place where somebody answers before the service runs: gates would ask the wrong one."""
    if ready.http is not None:
        parts = urlsplit(_filled(ready.http, port))
        place = f"{parts.hostname or HOST}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
    elif ready.tcp is not None:
        place = _filled(ready.tcp, port)
    else:
        return
    if _ask_tcp(place, deadline.cap(2.0)) is None:
        raise CannotMeasure(
            f"it was not started: something else already answers at {place}; use ${{port}} for a free one"
        )


def _wait_until_ready(ready: Ready, running: _Running, deadline: Deadline) -> None:
    """Ask again and again whether the service is ready, and notice at once if it is not running any more."""
    allowed = seconds(deadline.remaining(), about=True)
    while True:
        if running.child.exited():
            running.log.settle()
            raise _EndedEarly(f"it {_ending(running.child)} before it was ready")
        answer = _ask(ready, running, deadline)
        # The port may be somebody else's: the service must be alive after it has answered.
        if answer is None and not running.child.exited():
            return
        if deadline.passed:
            raise CannotMeasure(f"it was not ready within {allowed}: {answer}")
        time.sleep(deadline.cap(_PAUSE))


def _ask(ready: Ready, running: _Running, deadline: Deadline) -> str | None:
    """Ask once; return None if the service is ready, else what it said instead."""
    wait = deadline.cap(2.0)
    if ready.http is not None:
        return _ask_http(_filled(ready.http, running.port), wait)
    if ready.tcp is not None:
        return _ask_tcp(_filled(ready.tcp, running.port), wait)
    if ready.log is not None:
        return _ask_log(_filled(ready.log, running.port), running.log.text(), wait)
    return _ask_tcp(f"{HOST}:{running.port}", wait)


def _ask_log(wanted: str, log: str, wait: float) -> str | None:
    pattern = re.compile(wanted)
    try:
        # Line by line: short texts are searched at once, and a pattern cannot take for ever on them.
        found = any(patterns.search(pattern, line[:LONGEST_LINE], wait) for line in log.splitlines())
    except (TimeoutError, ValueError) as error:
        return str(error)
    return None if found else f"no line of its output matches {wanted!r}"


def _ask_http(url: str, wait: float) -> str | None:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with contextlib.closing(kind(parts.hostname or HOST, parts.port, timeout=wait)) as connection:
        try:
            connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
            response = connection.getresponse()
            status = response.status
        except (OSError, http.client.HTTPException) as error:
            return f"{url}: {str(error) or type(error).__name__}"
    return None if status < 400 else f"{url} answered {status}"  # noqa: PLR2004 - where HTTP's errors begin


def _ask_tcp(address: str, wait: float) -> str | None:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]") or HOST, int(port)), wait).close()
    except (OSError, ValueError) as error:
        return f"{address}: {error}"
    return None
