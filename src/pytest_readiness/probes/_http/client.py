"""Requests sent, answers got, redirects followed: what a gate's ``with`` asks for, and nothing more."""

from __future__ import annotations

import base64
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from pytest_readiness.probes._http.errors import Cut, NoAnswer, TimedOut
from pytest_readiness.probes._http.loop import Loop
from pytest_readiness.probes._http.stream import Dialler, Stream
from pytest_readiness.probes._http.url import Origin, Target, parse
from pytest_readiness.probes._http.wire import Answer, Reader
from pytest_readiness.redact import looks_secret

if TYPE_CHECKING:
    import ssl

    from pytest_readiness.probes._http.certificate import Certificate

_AGENT = "pytest-readiness"
_ZONE = re.compile(r"%[^\]]*")  # of an IPv6 address: means something on this machine only
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_REPEATABLE = _SAFE | {"PUT", "DELETE"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SEE_OTHER = 303
_KEEPS_METHOD = frozenset({307, 308})
_ABOUT_BODY = frozenset({"content-type", "content-encoding", "content-language", "content-location"})


@dataclass(frozen=True, slots=True)
class Request:
    """What to send; ``authorization`` is the value of that header, where ``auth`` gives one."""

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    authorization: str | None = None

    def without_credentials(self) -> Request:
        """Return the request as another origin may see it."""
        kept = {name: value for name, value in self.headers.items() if not carries_secret(name)}
        kept = {name: value for name, value in kept.items() if name.lower() != "host"}
        return Request(self.method, kept, self.body, None)

    def as_get(self) -> Request:
        """Return the request that follows a redirect to something else to look at."""
        kept = {name: value for name, value in self.headers.items() if name.lower() not in _ABOUT_BODY}
        return Request("HEAD" if self.method == "HEAD" else "GET", kept, None, self.authorization)


def carries_secret(header: str) -> bool:
    """Return whether a *header* of that name is taken for a credential."""
    return header.lower() in {"authorization", "proxy-authorization", "cookie"} or looks_secret(header)


def basic(login: str) -> str:
    """Return the Authorization of a ``user:password``."""
    return "Basic " + base64.b64encode(login.encode()).decode()


class Exchange(NamedTuple):
    """
    A request and its final answer.

    ``latency`` is in seconds: from before the connection was opened, or taken from those still
    open, to the last byte of the last body, redirects included. ``hops`` are the URLs that redirected.
    ``tls`` is the version of TLS that was agreed on, None without.
    """

    url: str
    answer: Answer
    latency: float
    hops: tuple[str, ...]
    certificate: Certificate | None
    tls: str | None = None


class Client:
    """
    Sends one request to any number of URLs, over connections that are kept open, one at a time on each.

    ``trust`` is called when TLS is first needed. Proxies of the environment are not used.
    """

    def __init__(self, loop: Loop, request: Request, *, trust: Callable[[], ssl.SSLContext], follow: int = 0) -> None:
        self._request = request
        self._dialler = Dialler(loop)
        self._trust = trust
        self._follow = follow
        self._idle: defaultdict[Origin, list[_Line]] = defaultdict(list)
        self._blocks: dict[Origin, bytes] = {}

    async def fetch(self, target: Target, request: Request | None = None) -> Exchange:
        """
        Ask, following redirects as far as allowed. Raises ``NoAnswer`` with the reason.

        *request* is the client's own where it is not given.
        """
        started = time.perf_counter()
        try:
            return await self._fetch(target, request or self._request, started)
        except TimedOut as error:
            raise TimedOut(f"{error}, after {time.perf_counter() - started:.2f} s") from None

    async def _fetch(self, target: Target, request: Request, started: float) -> Exchange:
        answer, stream = await self._ask(target, request)
        latency = time.perf_counter() - started
        if not self._follow or answer.status not in _REDIRECTS:
            return Exchange(target.shown, answer, latency, (), stream.certificate, stream.tls)
        hops: list[str] = []
        asked: set[tuple[str, str]] = set()
        while answer.status in _REDIRECTS and (location := answer.headers.get("location")) is not None:
            asked.add((request.method, target.shown))
            hops.append(target.shown)
            target, request = _redirected(target, request, answer.status, location)
            if (request.method, target.shown) in asked:
                raise NoAnswer(f"it redirects in a loop: {_way(hops, target)}")
            if len(hops) > self._follow:
                raise NoAnswer(f"it redirects more than {self._follow} times: {_way(hops, target)}")
            answer, stream = await self._ask(target, request)
            latency = time.perf_counter() - started
        return Exchange(target.shown, answer, latency, tuple(hops), stream.certificate, stream.tls)

    async def _ask(self, target: Target, request: Request) -> tuple[Answer, Stream]:
        """Return the answer, and the stream it came over, which may be closed or in use again."""
        data = self._written(target, request)
        idle = self._idle[target.origin]
        while idle and request.method in _REPEATABLE:
            line = idle.pop()
            if not line.stream.quiet:
                line.stream.close()
                continue
            try:
                return await self._over(line, data, target.origin, request.method)
            except Cut:
                # A server may close an idle connection at any moment: that is no answer to this request.
                if line.reader.begun:
                    raise
                break
        line = await self._dial(target.origin)
        return await self._over(line, data, target.origin, request.method)

    async def _dial(self, origin: Origin) -> _Line:
        stream = await self._dialler.connect(origin.host, origin.port)
        if origin.scheme == "https":
            from pytest_readiness.probes._http.tls import secured

            name = origin.host.removesuffix(".")
            stream = await secured(self._dialler, stream, self._trust(), name, (origin.host, origin.port))
        return _Line(stream)

    async def _over(self, line: _Line, data: bytes, origin: Origin, method: str) -> tuple[Answer, Stream]:
        kept = False
        try:
            answer = await line.ask(data, method)
            if answer.reusable:
                self._idle[origin].append(line)
                kept = True
        except TimeoutError:
            raise TimedOut(f"timed out while {line.doing}") from None
        finally:
            if not kept:
                line.stream.close()
        return answer, line.stream

    def _written(self, target: Target, request: Request) -> bytes:
        """Return the bytes of the request; all but the first line is the same for a whole origin, so it is kept."""
        first = f"{request.method} {target.path} HTTP/1.1\r\n".encode("ascii")
        if target.login is not None:
            return first + _block(target.origin, request, basic(target.login))
        if request is not self._request:
            return first + _block(target.origin, request, request.authorization)
        block = self._blocks.get(target.origin)
        if block is None:
            block = self._blocks[target.origin] = _block(target.origin, request, request.authorization)
        return first + block

    def close(self) -> None:
        """Close all connections."""
        for lines in self._idle.values():
            for line in lines:
                line.stream.close()
        self._dialler.close()


def _way(hops: Iterable[str], target: Target) -> str:
    return " -> ".join([*hops, target.shown])


class _Line:
    """A stream and its reader."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.reader = Reader(self)
        self.doing = ""

    async def receive(self) -> bytes:
        return await self.stream.receive()

    async def ask(self, data: bytes, method: str) -> Answer:
        self.doing = "sending the request"
        self.reader.begun = False
        try:
            await self.stream.send(data)
        except TimeoutError:
            raise
        except OSError:
            pass  # it stopped listening: often because it has answered already, so its answer is read
        return await self.reader.answer(method)


def _redirected(target: Target, request: Request, status: int, location: str) -> tuple[Target, Request]:
    """Return what to ask next; another scheme, host or port gets no credentials."""
    try:
        following = parse(urljoin(target.shown, location.encode("latin-1").decode("utf-8", "replace")))
    except ValueError as error:
        raise NoAnswer(f"it redirects to something that cannot be asked: {error}") from None
    same = following.origin == target.origin
    following = Target.of(following.origin, following.path, target.login if same else None)
    if status not in _KEEPS_METHOD and (status == _SEE_OTHER or request.method not in _SAFE):
        request = request.as_get()
    if same:
        return following, request
    if request.body is not None:
        raise NoAnswer(
            f"it redirects the body of the request to another host, {following.origin.netloc}; not sent there"
        )
    return following, request.without_credentials()


def _block(origin: Origin, request: Request, authorization: str | None) -> bytes:
    """Return all headers and the body, from after the first line."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers_of(origin, request, authorization))
    return lines.encode("latin-1") + b"\r\n" + (request.body or b"")


def headers_of(origin: Origin, request: Request, authorization: str | None) -> list[tuple[str, str]]:
    """Return all headers that are sent."""
    place = _ZONE.sub("", origin.netloc)
    headers = {"host": ("Host", place), "user-agent": ("User-Agent", _AGENT), "accept": ("Accept", "*/*")}
    headers["accept-encoding"] = ("Accept-Encoding", "identity")
    for name, value in request.headers.items():
        headers[name.lower()] = (name, value)
    if authorization is not None:
        headers["authorization"] = ("Authorization", authorization)
    if request.body is not None or request.method in {"POST", "PUT", "PATCH"}:
        headers["content-length"] = ("Content-Length", str(len(request.body or b"")))
    return list(headers.values())
