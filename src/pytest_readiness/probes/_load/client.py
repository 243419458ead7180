"""The client: raw sockets, one thread, one selector, a clock that is right to some microseconds."""

from __future__ import annotations

import errno
import gc
import math
import select
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_readiness.probes._http.errors import NoAnswer, connecting
from pytest_readiness.probes._http.stream import PIECE, Address, broken
from pytest_readiness.probes._load.answer import Reading
from pytest_readiness.probes._load.record import Record

if TYPE_CHECKING:
    import ssl

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
#: Shortly before a request is due nobody sleeps any more, since waking up takes its time: so long, in seconds, but not
#: for more than this share of all time. Who stays awake longer is woken later, on a busy machine.
_AWAKE, _AWAKE_SHARE = 0.0002, 0.1
_PATIENCE = 10.0
_MOST_FD = 1024  # of select()
_CONNECTING, _SHAKING, _OPEN = range(3)

clock = time.perf_counter


@dataclass(frozen=True, slots=True)
class Task:
    """
    What to send and where to: ``data`` is the whole request, ``good`` tells a good status.

    ``trust`` and ``name`` are for TLS; ``repeatable`` is whether a request may be sent anew when the
    server has closed an idle connection in the same moment.
    """

    address: Address
    data: bytes
    good: Callable[[int], bool]
    most: int
    head: bool = False
    repeatable: bool = True
    trust: ssl.SSLContext | None = None
    name: str = ""


class _Line:
    """A connection; ``number`` is the request it is busy with, -1 if none, ``used`` whether it has been idle before."""

    __slots__ = ("number", "reading", "rest", "sock", "state", "used")

    def __init__(self, sock: socket.socket, number: int, *, head: bool) -> None:
        self.sock = sock
        self.number = number
        self.reading = Reading(head=head)
        self.rest: memoryview | None = None
        self.state = _CONNECTING
        self.used = False


class Client:
    """Sends the requests of a task; ``until`` is the moment of ``time.perf_counter()`` at which it stops."""

    def __init__(self, task: Task, until: float) -> None:
        self._task = task
        self._until = until
        self._selector = selectors.DefaultSelector()
        self._fine = isinstance(self._selector, getattr(selectors, "EpollSelector", ())) and self._fd() < _MOST_FD
        self._lines: set[_Line] = set()
        self._idle: list[_Line] = []
        self._waiting: deque[int] = deque()
        self._due: list[float] = []
        self._record = Record()
        self._open = 0
        self._woken = 0.0
        self._awake = 0.0
        self._refill: Callable[[], None] = lambda: None

    def _fd(self) -> int:
        return int(self._selector.fileno())

    # --- runs ---------------------------------------------------------------------------------

    def connect(self, number: int) -> None:
        """Open *number* connections beforehand, as far as they can be had."""
        for _ in range(number):
            self._dial(-1)
        until = min(self._until, clock() + _PATIENCE)
        while any(line.state != _OPEN for line in self._lines) and clock() < until:
            self._turn(until)

    def paced(self, rate: float, duration: float) -> Record:
        """Send *rate* requests a second for *duration* seconds, and wait for what is still to come."""
        with self._run() as record:
            self._awake = min(_AWAKE, _AWAKE_SHARE / rate)
            count = max(1, math.ceil(rate * duration - 1e-6))
            begun = clock() + 0.01
            until = min(self._until, begun + duration + _PATIENCE)
            sent = 0
            while (sent < count or self._open) and (now := clock()) < until:
                while sent < count and (due := begun + sent / rate) <= now:
                    self._ask(due)
                    sent += 1
                self._turn(min(until, begun + sent / rate) if sent < count else until)
            self._ask_no_more(count - sent)
            record.elapsed = max(clock() - begun, duration)
        return record

    def fastest(self, duration: float) -> Record:
        """Send as much as all connections carry for *duration* seconds: on each, one request after the other."""
        with self._run() as record:
            begun = clock()
            end = min(begun + duration, self._until)

            def again() -> None:
                if clock() < end:
                    self._ask(clock())

            for _ in range(self._task.most):
                again()
            self._refill = again
            until = min(self._until, end + _PATIENCE)
            while self._open and clock() < until:
                self._turn(until)
            self._ask_no_more(0)
            record.elapsed = max(clock() - begun, duration)
        return record

    @contextmanager
    def _run(self) -> Iterator[Record]:
        """Keep a record of what happens meanwhile; the collector of garbage would stop the clock, so it waits."""
        self._record = record = Record()
        self._due = []
        self._waiting.clear()
        self._open = 0
        collecting = gc.isenabled()
        gc.disable()
        try:
            yield record
        finally:
            self._refill = lambda: None
            if collecting:
                gc.enable()
            record.connections = len(self._lines)

    def close(self) -> None:
        """Close all connections."""
        for line in list(self._lines):
            self._drop(line)
        self._selector.close()

    # --- requests -----------------------------------------------------------------------------

    def _ask(self, due: float) -> None:
        self._due.append(due)
        self._record.latencies.append(math.inf)
        self._open += 1
        if self._idle:
            self._record.delays.append(clock() - due)
            self._send(self._idle.pop(), len(self._due) - 1)
            return
        self._record.delays.append(0.0)
        if len(self._lines) >= self._task.most:
            self._record.waited += 1
        self._waiting.append(len(self._due) - 1)
        self._pump()

    def _ask_no_more(self, unsent: int) -> None:
        """Note what was not answered, or not even sent."""
        late = self._open + unsent
        self._record.latencies += [math.inf] * unsent
        self._record.delays += [0.0] * unsent
        if late:
            self._record.failures["no answer before the time was up"] += late
            self._record.bad += late
        for line in [line for line in self._lines if line.number >= 0]:
            self._drop(line)

    def _pump(self) -> None:
        """Send what waits, over lines that are free, or new ones as far as there may be more."""
        while self._waiting:
            if self._idle:
                self._send(self._idle.pop(), self._waiting.popleft())
            elif len(self._lines) < self._task.most:
                self._dial(self._waiting.popleft())
            else:
                return

    def _send(self, line: _Line, number: int) -> None:
        line.number = number
        line.reading.restart()
        line.rest = memoryview(self._task.data)
        self._flush(line)

    def _flush(self, line: _Line) -> bool:
        """Send on, and return whether there is nothing left to send."""
        if line.rest is None:
            return True
        try:
            line.rest = line.rest[line.sock.send(line.rest) :] or None
        except OSError as error:
            if not _wants(error):
                line.rest = None  # it stopped listening, often because it has answered already: reading tells
                return True
        if line.rest is not None:
            self._watch(line, _READ | _WRITE)
        return line.rest is None

    def _answered(self, line: _Line, now: float) -> None:
        number, status = line.number, line.reading.status
        line.number, line.used = -1, True
        self._open -= 1
        record = self._record
        record.statuses[status] += 1
        if self._task.good(status):
            record.latencies[number] = now - self._due[number]
        else:
            record.bad += 1
        record.delays[number] += now - self._woken
        if line.reading.reusable and line.rest is None:
            self._idle.append(line)
        else:
            self._drop(line)
        self._refill()
        self._pump()

    def _lost(self, line: _Line, why: str) -> None:
        number, again = line.number, line.used and not line.reading.begun and self._task.repeatable
        self._drop(line)
        if number >= 0:
            if again:
                self._waiting.appendleft(number)
            else:
                self._open -= 1
                self._record.failures[why] += 1
                self._record.bad += 1
                self._refill()
        self._pump()

    # --- connections --------------------------------------------------------------------------

    def _dial(self, number: int) -> None:
        family, address = self._task.address
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            self._fail_to_dial(number, error.errno or 0)
            return
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = _Line(sock, number, head=self._task.head)
        line.used = number < 0  # opened beforehand, it may be closed again before its first request
        code = sock.connect_ex(address)
        if code not in {0, errno.EINPROGRESS, errno.EWOULDBLOCK}:
            sock.close()
            self._fail_to_dial(number, code)
            return
        self._lines.add(line)
        self._selector.register(sock, _WRITE, line)

    def _fail_to_dial(self, number: int, code: int) -> None:
        if number >= 0:
            self._open -= 1
            self._record.failures[str(connecting(code))] += 1
            self._record.bad += 1

    def _watch(self, line: _Line, events: int) -> None:
        self._selector.modify(line.sock, events, line)

    def _drop(self, line: _Line) -> None:
        self._lines.discard(line)
        if line in self._idle:
            self._idle.remove(line)
        self._selector.unregister(line.sock)
        line.sock.close()

    def _connected(self, line: _Line) -> None:
        code = line.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._lost(line, str(connecting(code)))
        elif self._task.trust is None:
            self._ready(line)
        else:
            self._selector.unregister(line.sock)
            line.sock = self._task.trust.wrap_socket(
                line.sock, server_hostname=self._task.name, do_handshake_on_connect=False, suppress_ragged_eofs=False
            )
            self._selector.register(line.sock, _READ | _WRITE, line)
            line.state = _SHAKING
            self._shake(line)

    def _shake(self, line: _Line) -> None:
        try:
            line.sock.do_handshake()  # type: ignore[attr-defined]  # it is one of TLS
        except OSError as error:
            wanted = _wants(error)
            if wanted:
                self._watch(line, wanted)
            else:
                self._lost(line, f"no TLS: {error}")
        else:
            self._ready(line)

    def _ready(self, line: _Line) -> None:
        line.state = _OPEN
        self._watch(line, _READ)
        if line.number >= 0:
            self._send(line, line.number)
        else:
            self._idle.append(line)

    # --- turns --------------------------------------------------------------------------------

    def _turn(self, until: float) -> None:
        """Do what can be done; sleep, if there is nothing, until something comes or shortly before *until*."""
        events = self._selector.select(0)
        if not events:
            asleep = clock()
            pause = until - asleep - self._awake
            if pause > 0:
                if self._fine:
                    select.select([self._fd()], [], [], pause)
                else:
                    # It sleeps whole milliseconds, and too long rather than too short.
                    self._selector.select(math.floor(1000 * pause) / 1000)
                events = self._selector.select(0)
                self._record.idle += clock() - asleep
        self._woken = clock()
        for key, mask in events:
            self._step(key.data, mask)

    def _step(self, line: _Line, mask: int) -> None:
        if line.sock.fileno() < 0:  # dropped meanwhile
            return
        if line.state == _CONNECTING:
            self._connected(line)
        elif line.state == _SHAKING:
            self._shake(line)
        else:
            if mask & _WRITE and self._flush(line):
                self._watch(line, _READ)
            if mask & _READ:
                self._receive(line)

    def _receive(self, line: _Line) -> None:
        while True:
            try:
                data = line.sock.recv(PIECE)
            except OSError as error:
                if not _wants(error):
                    self._lost(line, broken(error) if error.errno else "the connection was cut")
                return
            now = clock()
            if line.number < 0:  # the server ends an idle connection, or speaks unasked
                self._drop(line)
                return
            try:
                done = line.reading.feed(data) if data else line.reading.end()
            except NoAnswer as error:
                line.reading.begun = True
                self._lost(line, str(error))
                return
            if done:
                self._answered(line, now)
                return
            if not data:
                self._lost(line, "the connection ended in the middle" if line.reading.begun else "no answer came")
                return
            if self._task.trust is None:
                return


def _wants(error: OSError) -> int:
    """Return what a socket has to wait for, 0 if the trouble is another one."""
    if isinstance(error, (BlockingIOError, InterruptedError)):
        return _READ
    name = type(error).__name__  # without importing ssl, which takes its time
    return {"SSLWantReadError": _READ, "SSLWantWriteError": _WRITE}.get(name, 0)
