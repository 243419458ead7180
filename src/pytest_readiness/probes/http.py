"""Web endpoints: do they answer as they should, and how fast?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._http.auth import Auth, check_headers, keep_secrets, sets
from pytest_readiness.probes._http.client import Client, Request
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.findings import Findings, few
from pytest_readiness.probes._http.loop import Loop, early
from pytest_readiness.probes._http.url import Target, parse

if TYPE_CHECKING:
    import ssl

_REDIRECTS = 10
_MOST_JOBS = 1000
_MOST_SAMPLES = 100_000


@dataclass(frozen=True, kw_only=True)
class Http(Probe):
    """
    What do web endpoints answer, and how fast?

    Fails when a status, a header, something in the JSON body, a time or the days that are left of a
    certificate is not as expected. With `urls`, every endpoint has to be so, and the evidence has
    a line for each one that stands out. An endpoint that gives no complete answer (refused, reset,
    cut, too slow, a certificate that cannot be trusted, a body over 10 MiB) makes the gate an
    error that says why.

    Times are in the eyes of a user: from before the connection is opened to the last byte of the
    body, redirects included. Connections are kept open and used again, so only the first requests
    pay for name lookup, connecting and TLS. The samples of one endpoint are taken one after
    another; several endpoints are asked at the same time, `jobs` of them, and compete: to know how
    fast each is by itself, say `jobs: 1`. Cookies are not kept, and proxies named by the
    environment are not used: the probe talks to the host it names.

    To fix: open the URL as the evidence shows it, and look at the service's own log.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "status": Measure(int, "status of the answer; with several, every one of them has to be as expected"),
        "latency": Measure(float, "time to the last byte, of the slowest request", "ms", Better.LOWER, exclusive=True),
        "p50": Measure(float, "median time, from 2 requests on", "ms", Better.LOWER, exclusive=True),
        "p95": Measure(float, "95th percentile of the times, from 20 requests on", "ms", Better.LOWER, exclusive=True),
        "p99": Measure(float, "99th percentile of the times, from 100 requests on", "ms", Better.LOWER, exclusive=True),
        "error_rate": Measure(float, "requests with no answer or a status of 400 and more", "%", Better.LOWER),
        "size": Measure(int, "bytes of the body as it came", "B", Better.LOWER),
        "redirects": Measure(int, "redirects followed", better=Better.LOWER),
        "tls_days": Measure(float, "days until the server's certificate ends", better=Better.HIGHER),
        "endpoints": Measure(int, "URLs asked", better=Better.HIGHER),
    }
    expect: ClassVar[Mapping[str, Value]] = {"status": 200}
    counter: ClassVar[str | None] = "endpoints"

    url: str | None = option("The URL to ask.", None, example="https://example.org/health")
    urls: tuple[str, ...] | None = option("The URLs to ask, instead of `url`: one gate for all of them.", None)
    method: str | None = option("GET where nothing is said, POST where there is a body.", None, example="HEAD")
    headers: Mapping[str, str] = option("Headers to send.", factory=dict, example={"Accept": "application/json"})
    body: str | None = option("A body to send, as UTF-8.", None)
    json: object = option("A body to send, as JSON.", None, example={"name": "probe"})
    auth: Auth | None = option("Credentials to send.", None, example={"bearer": "${API_TOKEN}"})
    verify: bool = option("Whether the certificate must be trusted; false still measures `tls_days`.", default=True)
    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)
    follow: bool | int = option("Whether to follow redirects (10 at most), or how many.", default=False)
    extract: Mapping[str, Query] = option(
        "Names of your own for what JMESPath queries find in the JSON body.", factory=dict, example={"db": "checks.db"}
    )
    samples: int = option("How often to ask each URL.", 1)
    jobs: int = option("How many URLs to ask at the same time.", 50)

    def __post_init__(self) -> None:
        self._check_urls()
        self._check_request()
        self._check_numbers()
        for name in self.extract:
            if name in self.measures or ":" in name:
                raise OptionError(f"{name!r} is a measurement of http already; choose another name", "extract")

    def _check_urls(self) -> None:
        if (self.url is None) == (self.urls is None):
            raise OptionError("say either `url` or `urls`")
        if self.urls is not None and not self.urls:
            raise OptionError("the list is empty: there is nothing to ask", "urls")
        option_name = "url" if self.urls is None else "urls"
        seen: set[str] = set()
        try:
            targets = self._targets
        except ValueError as error:
            raise OptionError(str(error), option_name) from None
        for url, target in zip(self._urls(), targets, strict=True):
            if target.login is not None and (self.auth is not None or sets(self.headers, "authorization")):
                raise OptionError(f"{target} has a login of its own; say it there or under `auth`, once", option_name)
            if url in seen:
                raise OptionError(f"{target} is there twice", option_name)
            seen.add(url)

    def _check_request(self) -> None:
        if self.method is not None and not re.fullmatch(r"[A-Za-z]{1,20}", self.method):
            raise OptionError(f"{self.method!r} is not a method, such as GET", "method")
        if self.method is not None and self.method.upper() == "CONNECT":
            raise OptionError("CONNECT asks a proxy, not an endpoint", "method")
        if self.body is not None and self.json is not None:
            raise OptionError("say either `body` or `json`")
        check_headers(self.headers, self.auth)

    def _check_numbers(self) -> None:
        for name, value, most in (("samples", self.samples, _MOST_SAMPLES), ("jobs", self.jobs, _MOST_JOBS)):
            if not 1 <= value <= most:
                raise OptionError(f"{value} is not between 1 and {most}", name)
        if not 0 <= int(self.follow) <= 2 * _REDIRECTS:
            raise OptionError(f"{self.follow} is not between 0 and {2 * _REDIRECTS}", "follow")

    def _urls(self) -> tuple[str, ...]:
        return self.urls if self.urls is not None else (self.url or "",)

    @cached_property
    def _targets(self) -> tuple[Target, ...]:
        return tuple(map(parse, self._urls()))

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements, those of ``extract`` included."""
        named = {name: Measure(object, f"what {query.text} finds") for name, query in self.extract.items()}
        return {**self.measures, **named}

    def declare(self, name: str) -> Measure | None:
        """Return the declaration of *name*; ``header:NAME`` is any header of the answer."""
        if name.startswith("header:"):
            header = name.removeprefix("header:")
            return Measure(str, f"the answer's header {header}") if re.fullmatch(r"[a-z0-9-]+", header) else None
        return self.declared().get(name)

    def touches(self) -> Iterator[Touch]:
        """Yield each host once, the file of trusted issuers, and the queries."""
        for netloc in dict.fromkeys(
            f"{target.origin.host}:{target.origin.port}" for target in map(parse, self._urls())
        ):
            yield Touch("host", netloc)
        if self.ca is not None:
            yield Touch("file", self.ca)
        for query in self.extract.values():
            yield Touch("query", query.text)

    def measure(self, context: Context) -> Measurements:
        """Ask every endpoint. Raises ``CannotMeasure`` where none of them answers."""
        targets = self._targets
        keep_secrets(context, targets, self.auth, self.headers)
        findings = Findings(self.extract, context.now)
        loop = Loop(early(context.deadline))
        client = Client(
            loop,
            self._request(),
            trust=self._trust(targets, context),
            follow=_REDIRECTS if self.follow is True else int(self.follow),
        )
        waiting = iter(targets)
        try:
            loop.run(self._work(waiting, client, loop, findings) for _ in range(min(self.jobs, len(targets))))
        finally:
            client.close()
        if not findings.answered:
            raise CannotMeasure(few(findings.unanswered))
        values, unknown = findings.values()
        return Measurements(values, looked_at=len(findings.answered), evidence=findings.evidence(), unknown=unknown)

    def _trust(self, targets: Iterable[Target], context: Context) -> Callable[[], ssl.SSLContext]:
        """Return what reads the certificates to trust, once; where https is sure to come, before any clock runs."""

        @cache
        def trust() -> ssl.SSLContext:
            from pytest_readiness.probes._http import tls

            return tls.context(verify=self.verify, ca=None if self.ca is None else context.path(self.ca))

        if self.ca is not None or any(target.origin.scheme == "https" for target in targets):
            trust()
        return trust

    async def _work(self, waiting: Iterator[Target], client: Client, loop: Loop, findings: Findings) -> None:
        """Ask one endpoint after the other until none is left; those that the deadline spared are told, too."""
        for target in waiting:
            url = target.shown
            for number in range(self.samples):
                if loop.over:
                    times = f" more than {number} times" if number else ""
                    findings.fail(url, f"not asked{times}: the deadline came first")
                    break
                try:
                    findings.add(url, await client.fetch(target))
                except NoAnswer as error:
                    findings.fail(url, str(error))

    def _request(self) -> Request:
        headers = dict(self.headers)
        body = None if self.body is None else self.body.encode()
        if self.json is not None:
            body = json.dumps(self.json, allow_nan=False).encode()
        if body is not None and not sets(self.headers, "content-type"):
            headers["Content-Type"] = "text/plain; charset=utf-8" if self.json is None else "application/json"
        method = self.method or ("GET" if body is None else "POST")
        return Request(method.upper(), headers, body, None if self.auth is None else self.auth.header())
