"""How many requests a server bears, and how fast it is meanwhile."""

from __future__ import annotations

import json as json_
import shlex
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from pytest_readiness import units
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.options import Duration
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._http.auth import Auth, check_headers, keep_secrets, sets
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.url import parse
from pytest_readiness.probes._load import report
from pytest_readiness.probes._load.run import Plan, run
from pytest_readiness.probes._load.stored import Stored, read
from pytest_readiness.process import seconds

_SAFE = frozenset({"GET", "HEAD"})
_MOST_CONNECTIONS = 1_000
_MOST_REQUESTS = 1_000_000
_SHORTEST = 0.1
_SKEW = 60.0
_FORBIDDEN = "changes something, and the run does not allow it (--readiness-allow-side-effects)"


def _measure(type_: type, meaning: str, unit: str = "", better: Better = Better.NEITHER) -> Measure:
    return Measure(type_, meaning, unit, better, exclusive=True)


@dataclass(frozen=True, kw_only=True)
class Load(Probe):
    """
    How many requests a second does a server answer, how fast, and how many fail?

    Requests are sent at a steady `rate` whatever comes back, and timed from the moment at which each
    was due, so that a server that stalls cannot make its own percentiles look good. Requests that get no
    good answer count as slower than all others. `rate: max` asks for the most that `connections`
    can carry instead, and tells no percentiles, which would mean nothing then. The gate runs alone.

    A percentile lies between bounds: by how much parts of the run differ, how many requests there were, and what
    this client itself may have added. A condition that does not hold alike within the bounds cannot be told,
    and is an error: run longer, or on a quieter machine. `overhead` and `noise` say how bad it is.

    One machine sends some 500 requests a second with care, and some 10,000 with `rate: max`. For more,
    name a `locustfile` and the number of Locust's `workers`, which are started by hand on their hosts (`locust
    -f FILE --worker --master-host HOST`); or let `report` read what k6, Locust, wrk or hey wrote down.

    Fails when the rate, a time or the share of bad answers is not as expected, or a report is older
    than 30 days. A server that nobody reaches is an error.

    To fix: profile the server under the same load; see `resources` for what it uses meanwhile.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "rate": _measure(float, "good answers a second (of a report: requests)", "/s", Better.HIGHER),
        "requests": _measure(int, "requests sent, without those to warm up", better=Better.HIGHER),
        "p50": _measure(float, "median time from when a request was due to its answer", "ms", Better.LOWER),
        "p95": _measure(float, "95th percentile of the times", "ms", Better.LOWER),
        "p99": _measure(float, "99th percentile of the times", "ms", Better.LOWER),
        "max": _measure(float, "longest time", "ms", Better.LOWER),
        "mean": _measure(float, "mean time", "ms", Better.LOWER),
        "error_rate": _measure(float, "requests without a good answer", "%", Better.LOWER),
        "overhead": _measure(float, "95th percentile of what this client itself added", "ms", Better.LOWER),
        "noise": _measure(float, "how far p95 may be off, up or down", "ms", Better.LOWER),
        "age": _measure(float, "time since a stored report was made", "s", Better.LOWER),
    }
    expect: ClassVar[Mapping[str, Value]] = {"error_rate": 0}
    counter: ClassVar[str | None] = "requests"

    url: str | None = option("The URL to ask; for a `locustfile`, its host.", None, example="https://example.org/items")
    rate: str | float = option(
        "Requests a second, a little more than the gate expects, since the last answers take their time; or `max`.",
        "10/s",
        example="110/s",
    )
    duration: Duration = option("How long to send.", 10.0)
    warmup: Duration = option("How long to send before that, without counting.", 1.0)
    connections: int = option("How many connections there may be at most; as many are opened as it takes.", 100)
    method: str = option("The method; other ones than GET and HEAD need `side_effects`.", "GET")
    headers: Mapping[str, str] = option("Headers to send.", factory=dict)
    body: str | None = option("A body to send, as UTF-8.", None)
    json: object = option("A body to send, as JSON.", None)
    auth: Auth | None = option("Credentials to send.", None)
    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)
    good: tuple[int, ...] = option("The statuses of good answers; 200 to 299 where nothing is said.", ())
    side_effects: bool = option("Send what may change something; the run has to allow it.", default=False)
    report: str | None = option("A report to read instead, of k6, Locust, wrk or hey.", None)
    locustfile: str | None = option("A locustfile to run instead, by the installed `locust`.", None)
    users: int = option("How many users Locust plays.", 10)
    workers: int = option("How many workers Locust waits for; none: it does all by itself.", 0)

    def __post_init__(self) -> None:
        kinds = [name for name in ("report", "locustfile") if getattr(self, name) is not None]
        if len(kinds) > 1 or (kinds == ["report"] and self.url is not None) or (not kinds and self.url is None):
            raise OptionError("say one of `url`, `report` and `locustfile` (with the `url` of its host, if need be)")
        if self.url is not None:
            self._check_url(self.url)
        self._check_request()
        self._check_numbers()
        if self.locustfile is not None and not self.side_effects:
            raise OptionError("may do anything: say `side_effects: true` beside it", "locustfile")

    def _check_url(self, url: str) -> None:
        try:
            target = parse(url)
        except ValueError as error:
            raise OptionError(str(error), "url") from None
        if target.login is not None and (self.auth is not None or sets(self.headers, "authorization")):
            raise OptionError(f"{target} has a login of its own; say it there or under `auth`, once", "url")

    def _check_request(self) -> None:
        check_headers(self.headers, self.auth)
        if not (self.method.isascii() and self.method.isalpha()) or self.method.upper() == "CONNECT":
            raise OptionError(f"{self.method!r} is not a method, such as GET", "method")
        if self.body is not None and self.json is not None:
            raise OptionError("say either `body` or `json`")
        if self.method.upper() not in _SAFE and not self.side_effects:
            raise OptionError(f"{self.method} changes something: say `side_effects: true` beside it", "method")

    def _check_numbers(self) -> None:
        if not 1 <= self.connections <= _MOST_CONNECTIONS:
            raise OptionError(f"{self.connections} is not between 1 and {_MOST_CONNECTIONS}", "connections")
        if self.duration < _SHORTEST:
            raise OptionError("is 100 ms at least", "duration")
        rate = self._rate
        if rate is not None and not 0 < rate * self.duration <= _MOST_REQUESTS:
            raise OptionError(f"with `duration` makes no request, or more than {_MOST_REQUESTS}", "rate")
        if self.users < 1 or self.workers < 0:
            raise OptionError(
                "cannot be below " + ("1" if self.users < 1 else "0"), "users" if self.users < 1 else "workers"
            )

    @property
    def _rate(self) -> float | None:
        """Requests a second, None for the most there can be."""
        if self.rate == "max":
            return None
        try:
            number, unit = units.parse_quantity(str(self.rate))
            return float(units.convert(number, unit or "/s", "/s"))
        except ValueError:
            raise OptionError(f"{self.rate} is not a rate, such as 103/s, or max", "rate") from None

    def declared(self) -> Mapping[str, Measure]:
        """Return the measurements; reading a report disturbs nobody, so that it need not run alone."""
        if self.report is None:
            return self.measures
        return {name: replace(measure, exclusive=False) for name, measure in self.measures.items()}

    def expected(self) -> Mapping[str, Value]:
        """Return the default expectations; a report has to be renewed now and then."""
        return self.expect if self.report is None else {**self.expect, "age": "<= 30 d"}

    def touches(self) -> Iterator[Touch]:
        """Yield the host, the report or the command."""
        if self.url is not None:
            origin = parse(self.url).origin
            yield Touch("host", f"{origin.host}:{origin.port}")
        if self.locustfile is not None:
            yield Touch("command", shlex.join(self._locust()))
        for path in (self.report, self.ca):
            if path is not None:
                yield Touch("file", path)

    def measure(self, context: Context) -> Measurements:
        """Send, or read. Raises ``CannotMeasure`` where nobody answers, or where there is nothing to read."""
        if self.report is not None:
            return self._from_report(context, self.report)
        if (self.locustfile is not None or self.method.upper() not in _SAFE) and not context.side_effects_allowed:
            raise CannotMeasure(f"{self.method if self.locustfile is None else 'a locustfile'} {_FORBIDDEN}")
        if self.locustfile is not None:
            return self._from_locust(context)
        assert self.url is not None
        target = parse(self.url)
        keep_secrets(context, [target], self.auth, self.headers)
        plan = Plan(
            target, self._request(), rate=self._rate, duration=self.duration, warmup=self.warmup,
            connections=self.connections, good=frozenset(self.good), ca=self.ca,
        )  # fmt: skip
        return report.measured(run(plan, context), self._rate, self.duration)

    def _request(self) -> Request:
        headers = dict(self.headers)
        body = None if self.body is None else self.body.encode()
        if self.json is not None:
            body = json_.dumps(self.json, allow_nan=False).encode()
        if body is not None and not sets(headers, "content-type"):
            headers["Content-Type"] = "text/plain; charset=utf-8" if self.json is None else "application/json"
        return Request(self.method.upper(), headers, body, None if self.auth is None else self.auth.header())

    # --- what others measured -----------------------------------------------------------------

    def _from_report(self, context: Context, name: str) -> Measurements:
        path = context.path(name)
        try:
            data, written = path.read_bytes(), path.stat().st_mtime
        except OSError as error:
            raise CannotMeasure(f"{name} cannot be read: {error.strerror}") from None
        stored = read(data, name)
        whence = "by the report itself" if stored.age_from else "by the time stamp of the file"
        age = time.time() - (stored.age_from or written)
        if age < -_SKEW:
            stored.unknown["age"] = f"it is from the future, {whence}"
        else:
            stored.values["age"] = max(0.0, age)
        return self._told(stored, f"{name}, a report of {stored.tool}; its age is {whence}")

    def _from_locust(self, context: Context) -> Measurements:
        if context.deadline.remaining() < self.duration:
            raise CannotMeasure(f"there is no time left to send for {seconds(self.duration)}: raise the gate's timeout")
        done = context.run(self._locust(), limit=16 * 1024 * 1024)
        if done.returncode:
            error = CannotMeasure(f"locust ended with exit code {done.returncode}")
            error.add_note(done.stderr[-2000:])
            raise error
        stored = read(done.stdout.encode(), "what locust printed")
        stored.unknown["age"] = "it was measured now"
        return self._told(stored, f"{shlex.join(self._locust())}\n{done.stderr[-2000:]}")

    def _locust(self) -> tuple[str, ...]:
        assert self.locustfile is not None
        host = () if self.url is None else ("--host", self.url)
        hands = ("--master", "--expect-workers", str(self.workers)) if self.workers else ()
        return (
            "locust", "-f", self.locustfile, "--headless", "--json", "--exit-code-on-error", "0", *host, *hands,
            "--users", str(self.users), "--spawn-rate", str(self.users), "--run-time", f"{self.duration:.0f}s",
        )  # fmt: skip

    @staticmethod
    def _told(stored: Stored, where: str) -> Measurements:
        unknown = {**dict.fromkeys(("overhead", "noise"), f"{stored.tool} does not say"), **stored.unknown}
        evidence = [Evidence("report", "\n".join([where, *stored.notes]))]
        count = int(stored.values.get("requests", 0))
        return Measurements(dict(stored.values), count, evidence, unknown, stored.bounds)
