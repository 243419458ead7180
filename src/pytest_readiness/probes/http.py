"""Web endpoints: do they answer as they should, and how fast?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Value
from pytest_readiness.options import Query
from pytest_readiness.probe import Context, Family, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._http import cases as cases_
from pytest_readiness.probes._http import cors as cors_
from pytest_readiness.probes._http import foreach as foreach_
from pytest_readiness.probes._http import measures as measures_
from pytest_readiness.probes._http import together
from pytest_readiness.probes._http.auth import Auth, keep_secrets, sets
from pytest_readiness.probes._http.cases import Case
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.content import Check, Extract, check_said, contained, fitting, fragment, texts
from pytest_readiness.probes._http.cors import Cors
from pytest_readiness.probes._http.findings import Findings, few
from pytest_readiness.probes._http.loop import early
from pytest_readiness.probes._http.request import Ask, made, target_of
from pytest_readiness.probes._http.rounds import Hear, Round, Sockets


@dataclass(frozen=True, kw_only=True)
class Http(Probe):
    """
    What do web endpoints answer, and how fast?

    Fails when a status, a header, something in the body, a time or the days that are left of a
    certificate is not as expected. With `urls` or `foreach`, every endpoint has to be so, and the evidence has
    a line for each one that stands out. An endpoint that gives no complete answer (refused, reset,
    cut, too slow, a certificate that cannot be trusted, a body over 10 MiB) makes the gate an
    error that says why.

    `cases` are requests of all kinds, asked one after another, each with what has to come of it: those that must be let
    through and those that must not. `burst` sends one request many times at once, for limits: what comes is
    counted as `status:429`, `status:2xx` and so on. `cors` asks what a browser asks before a page of another
    origin may send something. `app` names an ASGI or WSGI application that is asked without a socket, in a process of
    its own.

    ``extract`` by itself asserts nothing: ``expect`` has to say what each name should be. Where that is zero, say
    what it is zero of: ``length(@)`` of an object counts its keys, so that an error such as ``{}`` would pass for
    an empty list; ``schema: {type: array}`` beside it keeps it from doing so.

    Times are in the eyes of a user: from before the connection is opened to the last byte of the
    body, redirects included. Connections are kept open and used again, so only the first requests
    pay for name lookup, connecting and TLS. The samples of one endpoint are taken one after
    another; several endpoints are asked at the same time, `jobs` of them, and compete: to know how
    fast each is by itself, say `jobs: 1`. Cookies are not kept, and proxies named by the
    environment are not used: the probe talks to the host it names.

    To fix: open the URL as the evidence shows it, and look at the service's own log.
    """

    measures: ClassVar[Mapping[str, Measure]] = measures_.EVERY
    expect: ClassVar[Mapping[str, Value]] = {"status": 200}
    counter: ClassVar[str | None] = "endpoints"

    url: str | None = option("The URL to ask; with `app` a path is enough.", None, example="https://example.org/health")
    urls: tuple[str, ...] | None = option("The URLs to ask, instead of `url`: one gate for all of them.", None)
    foreach: tuple[str | int, ...] | Mapping[str, tuple[str | int, ...]] | None = option(
        "A list: each item is put where `{item}` stands in the request; or a list for each of several names.",
        None,
        example=["lightgbm", "xgboost"],
    )
    cases: tuple[Case, ...] | None = option(
        "Requests and what has to come of each, asked one after another; `url` and `headers` are for all.",
        None,
        example=[{"name": "without a key", "path": "/orders", "status": 401}],
    )
    app: str | None = option(
        "An ASGI or WSGI application to ask without a socket; `()` at the end calls a factory.",
        None,
        example="orders.app:app",
    )
    method: str | None = option("GET where nothing is said, POST where there is a body.", None, example="HEAD")
    headers: Mapping[str, str] = option("Headers to send.", factory=dict, example={"Accept": "application/json"})
    body: str | None = option("A body to send, as UTF-8.", None)
    json: object = option("A body to send, as JSON.", None, example={"name": "probe"})
    auth: Auth | None = option("Credentials to send.", None, example={"bearer": "${API_TOKEN}"})
    verify: bool = option("Whether the certificate must be trusted; false still measures `tls_days`.", default=True)
    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)
    follow: bool | int = option("Whether to follow redirects (10 at most), or how many.", default=False)
    burst: int | None = option("Send the request so many times at once, and count the answers by status.", None)
    cors: Cors | None = option(
        "Ask what a browser would ask for a page of another origin.", None, example={"origin": "https://shop.example"}
    )
    extract: Mapping[str, Query] = option(
        "Names of your own for what JMESPath queries find in the JSON body.", factory=dict, example={"db": "checks.db"}
    )
    contains: object = option(
        "What the JSON body has to hold, besides other things: YAML, or JSON as a text, with comments and `...`.",
        None,
        example={"status": "ok", "models": ["..."]},
    )
    text: tuple[str, ...] = option("Texts that the body has to hold.", (), example=["# TYPE"])
    schema: str | Mapping[str, object] | None = option(
        "The JSON Schema that the body has to fit: a file, relative to the spec's folder, or itself.",
        None,
        example={"properties": {"price": {"type": "number"}}},
    )
    secret: tuple[str, ...] = option("Measurements whose values must not be shown, such as a token.", ())
    samples: int = option("How often to ask each URL.", 1)
    warmup: int = option("How often to ask each URL before; those times do not count.", 0)
    jobs: int = option("How many URLs to ask at the same time; an `app` is asked one by one.", 50)

    def __post_init__(self) -> None:
        together.check(self)
        if self.cases is None and (self.url is None) == (self.urls is None):
            raise OptionError("say either `url` or `urls`")
        for option_name, given in (("urls", self.urls), ("cases", self.cases)):
            if given == ():
                raise OptionError("the list is empty: there is nothing to ask", option_name)
        if self.app is not None and not re.fullmatch(r"[\w.]+:[\w.]+(\(\))?", self.app):
            raise OptionError("write MODULE:ATTRIBUTE, such as orders.app:app", "app")
        for name in self.extract:
            if name in self.measures or ":" in name:
                raise OptionError(f"{name!r} is a measurement of http already; choose another name", "extract")
        for name in self.secret:
            if name not in self.extract and not name.startswith(("header:", "cookie:")):
                raise OptionError(f"{name!r} is neither a name under `extract` nor header:NAME", "secret")
        if self.contains is not None:
            fragment(self.contains)
        check_said(self.text, self.schema)
        self._check_asks()

    def _check_asks(self) -> None:
        option_name = "cases" if self.cases is not None else "url" if self.urls is None else "urls"
        labels: set[str] = set()
        for ask in self._asks:
            sent = ask.request
            if ask.target.login is not None and (sent.authorization is not None or sets(sent.headers, "authorization")):
                raise OptionError(
                    f"{ask.target} has a login of its own; say it there or under `auth`, once", option_name
                )
            if ask.label in labels:
                raise OptionError(f"{ask.target} is there twice", option_name)
            labels.add(ask.label)

    @cached_property
    def _asks(self) -> tuple[Ask, ...]:
        """All requests. Raises ``OptionError`` where one cannot be made."""
        if self.cases is not None:
            return tuple(cases_.asks_of(self.cases, self.url, self.headers, in_process=self.app is not None))
        if self.foreach is None:
            request = self._request({}) if self.cors is None else self.cors.request(self.headers)
            return tuple(self._ask(url, request, {}) for url in self._urls)
        turns = foreach_.turns(self.foreach)
        foreach_.check_used(turns[0], self._urls, self.headers, self.body, self.json)
        return tuple(self._ask(url, self._request(values), values) for url in self._urls for values in turns)

    @property
    def _urls(self) -> tuple[str, ...]:
        return self.urls if self.urls is not None else (self.url or "",)

    def _request(self, values: foreach_.Values) -> Request:
        headers = foreach_.filled(self.headers, values, whole=False)
        body = foreach_.filled(self.body, values, whole=False)
        return made(self.method, headers, body, foreach_.filled(self.json, values), self.auth)

    def _ask(self, url: str, request: Request, values: foreach_.Values) -> Ask:
        option_name = "url" if self.urls is None else "urls"
        target = target_of(foreach_.filled_url(url, values), in_process=self.app is not None, option=option_name)
        label = f"{target.shown} ({foreach_.told(values)})" if values else target.shown
        return Ask(label, target, request, self.warmup + self.samples, self.warmup, values)

    # --- what is measured -----------------------------------------------------------------------

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements that these options make, those of ``extract`` included."""
        named = {name: Measure(object, f"what {query.text} finds") for name, query in self.extract.items()}
        return {**measures_.declared(self), **named}

    @classmethod
    def families(cls) -> Iterable[Family]:
        """Yield what may be asked of an answer by name."""
        yield from measures_.FAMILIES

    def declare(self, name: str) -> Measure | None:
        """
        Return the declaration of *name*.

        ``header:NAME`` is any header of the answer, ``cookie:NAME`` the value of a cookie that it sets;
        ``status:429`` or ``status:4xx`` is how many answers of a burst had that status.
        """
        return measures_.of_family(name, self) or self.declared().get(name)

    def expected(self) -> Mapping[str, Value]:
        """Return what goes without saying, by what is asked."""
        if self.cases is not None:
            return {"failed": 0}
        if self.cors is not None:
            return {"allowed": True}
        return {} if self.burst is not None else {**self.expect, **dict.fromkeys(measures_.counts(self), 0)}

    def touches(self) -> Iterator[Touch]:
        """Yield each host once, or the application; the files, and the queries."""
        if self.app is not None:
            yield Touch("module", self.app.partition(":")[0])
        else:
            for place in dict.fromkeys(f"{it.target.origin.host}:{it.target.origin.port}" for it in self._asks):
                yield Touch("host", place)
        for file in (self.ca, self.schema):
            if isinstance(file, str):
                yield Touch("file", file)
        for query in self.extract.values():
            yield Touch("query", query.text)

    def measure(self, context: Context) -> Measurements:
        """Ask every endpoint. Raises ``CannotMeasure`` where none of them answers."""
        for auth in (self.auth, *(case.auth for case in self.cases or ())):
            keep_secrets(context, [ask.target for ask in self._asks], auth, {})
        for request in {id(ask.request): ask.request for ask in self._asks}.values():
            keep_secrets(context, (), None, request.headers)
        if self.cases is not None:
            book = cases_.Book(self.cases, self._asks)
            self._ask_all(book.rounds(), book.hear, context)
            return book.measurements()
        cookies = any(name.startswith("cookie:") for name in (*self.secret, *context.asked))
        findings = Findings(self._checks(context), context.now, every=self.foreach is not None, cookies=cookies)
        if self.burst is not None:
            rounds = [Round(self._asks * self.burst, self.burst)]
        else:
            rounds = [Round(self._asks, self.jobs if self.app is None else 1)]
        self._ask_all(rounds, findings.hear, context)
        for secret in findings.texts((*self.secret, *(name for name in context.asked if name.startswith("cookie:")))):
            context.keep_secret(secret)
        if not findings.answered:
            raise CannotMeasure(few(findings.unanswered))
        statuses = None if self.burst is None else list(filter(measures_.is_status, context.asked))
        values, unknown = findings.values(statuses)
        return Measurements(values, looked_at=len(findings.answered), evidence=findings.evidence(), unknown=unknown)

    def _checks(self, context: Context) -> list[Check]:
        """Return what looks at each answer."""
        checks: list[Check] = [] if self.cors is None else [cors_.Preflight(self.cors)]
        if self.extract:
            checks.append(Extract(self.extract))
        if self.contains is not None:
            checks.append(contained(fragment(self.contains)))
        if self.text:
            checks.append(texts(self.text))
        if self.schema is not None:
            from pytest_readiness.probes._document import schema

            checks.append(fitting(schema.load(self.schema, context).errors))
        return checks

    def _ask_all(self, rounds: list[Round], hear: Hear, context: Context) -> None:
        until = early(context.deadline)
        if self.app is not None:
            from pytest_readiness.probes._http import app

            app.ask(self.app, rounds, hear, context, until)
            return
        follow = together.REDIRECTS if self.follow is True else int(self.follow)
        ca = None if self.ca is None else context.path(self.ca)
        Sockets(until=until, follow=follow, verify=self.verify, ca=ca).ask(rounds, hear)
