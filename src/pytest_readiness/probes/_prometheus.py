"""
Prometheus's HTTP API: queries put, answers read strictly.

Formats: https://prometheus.io/docs/prometheus/latest/querying/api/
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Evidence
from pytest_readiness.probe import Context
from pytest_readiness.probes._http.ask import ask, good, json_of
from pytest_readiness.probes._http.auth import Auth, check_headers, keep_secrets, sets
from pytest_readiness.probes._http.body import printable
from pytest_readiness.probes._http.client import Request
from pytest_readiness.probes._http.url import Target, parse

#: A longer query is sent in the body, since URLs have their limits.
_LONGEST_URL = 4_000
_LONGEST_QUERY = 100_000
_MOST_LINES = 50
_SHORT = 300
_SELECTOR = re.compile(r"""\s*(?:[A-Za-z_:][\w:.]*)?\s*(?:\{(?:[^"'`{}]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')*\})?\s*""")
_BAD_REQUEST = frozenset({400, 422, 503})


class Sample(NamedTuple):
    """A moment, in seconds since 1970, and the value at it."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an answer: its labels as PromQL writes them, and its samples in the order of time."""

    labels: str
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a query found; ``notes`` are what the server said beside it, without doubting it."""

    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Api:
    """
    A server that speaks Prometheus's API, asked within the deadline of *context*.

    Raises ``CannotMeasure`` for whatever is not a whole and sure answer: an error, warnings (parts
    of the data are missing), and numbers that are none.
    """

    context: Context
    base: Target
    headers: Mapping[str, str]
    auth: Auth | None
    ca: str | None
    infos: bool = False

    def now(self) -> float:
        """Return the server's own time, in seconds since 1970."""
        return self.instant("time()").series[0].samples[0].value

    def instant(self, query: str, at: float | None = None) -> Answered:
        """Return what *query* finds now, or *at* a moment: series of one sample each."""
        return self._ask("query", {"query": query, **({} if at is None else {"time": f"{at:.3f}"})})

    def range(self, query: str, start: float, end: float, step: float) -> Answered:
        """Return what *query* finds at each *step* from *start* to *end*, both included."""
        times = {"start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
        return self._ask("query_range", {"query": query, **times})

    def _ask(self, kind: str, form: Mapping[str, str]) -> Answered:
        coded = urlencode(form)
        path = f"{self.base.path.rstrip('/')}/api/v1/{kind}"
        headers = {"Accept": "application/json", **self.headers}
        authorization = None if self.auth is None else self.auth.header()
        if len(coded) <= _LONGEST_URL:
            request = Request("GET", headers, None, authorization)
            path = f"{path}?{coded}"
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            request = Request("POST", headers, coded.encode(), authorization)
        place = Target.of(self.base.origin, path, self.base.login)
        exchange = ask(self.context, place, request, ca=self.ca)
        if exchange.answer.status not in _BAD_REQUEST:
            good(exchange)
        return self._read(json_of(exchange))

    def _read(self, data: object) -> Answered:
        if not isinstance(data, dict) or data.get("status") not in {"success", "error"}:
            raise CannotMeasure(f"{self.base} does not answer as Prometheus does: there is no status in its JSON")
        if data["status"] == "error":
            said = printable(f"{data.get('errorType', 'error')}: {data.get('error', 'it does not say which')}")
            raise CannotMeasure(f"{self.base} says {said[:_SHORT]}")
        if warned := _texts(data.get("warnings")):
            raise CannotMeasure(f"{self.base} warns that its answer may be partial: {warned[0]}")
        infos = _texts(data.get("infos"))
        if infos and not self.infos:
            raise CannotMeasure(f"{self.base} doubts the query: {infos[0]} (`infos: true` takes the answer as it is)")
        try:
            return Answered(_series(data["data"]), infos)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            if isinstance(error, _UnusableError):
                raise CannotMeasure(str(error)) from None
            raise CannotMeasure(f"{self.base} does not answer as Prometheus does: its data cannot be read") from None


class _UnusableError(ValueError):
    """The answer is of a kind that has no numbers."""


def _texts(value: object) -> tuple[str, ...]:
    if not value:
        return ()
    return tuple(printable(str(item))[:_SHORT] for item in (value if isinstance(value, list) else [value]))


def _series(data: Mapping[str, object]) -> tuple[Series, ...]:
    kind, result = data["resultType"], data["result"]
    if kind == "scalar":
        return (Series("", (_sample(result),)),)
    if kind == "string":
        raise _UnusableError("the query gives a text, not numbers")
    if kind not in {"vector", "matrix"} or not isinstance(result, list):
        raise TypeError
    return tuple(_one(item, "value" if kind == "vector" else "values") for item in result)


def _one(item: Mapping[str, Any], key: str) -> Series:
    if "histogram" in item or "histograms" in item:
        raise _UnusableError("the query gives histograms; take a number out of them, as by histogram_quantile()")
    labels = _labelled(item["metric"])  # what is none of these raises, and is an error
    found = item[key]
    return Series(labels, tuple(map(_sample, found if key == "values" else [found])))


def _sample(pair: Any) -> Sample:
    at, text = pair
    value = float(text)
    if not isinstance(text, str) or not math.isfinite(at):
        raise TypeError
    return Sample(float(at), value)


def _labelled(metric: Mapping[str, str]) -> str:
    inside = ", ".join(f'{name}="{value}"' for name, value in metric.items() if name != "__name__")
    return printable(f"{metric.get('__name__', '')}{{{inside}}}")


# --- for the probes -----------------------------------------------------------------------------


def finite(series: Iterable[Series]) -> None:
    """Raise ``CannotMeasure`` where a sample is no number: a ratio of nothing, mostly."""
    for one in series:
        for sample in one.samples:
            if not math.isfinite(sample.value):
                place = f" of {one.labels}" if one.labels else ""
                why = "0 divided by 0, where there was no traffic?" if math.isnan(sample.value) else "divided by 0?"
                raise CannotMeasure(f"the value{place} is {sample.value}, which is no number ({why})")


def selector(query: str) -> bool:
    """Whether *query* just selects series, without computing anything from them."""
    return bool(query.strip()) and _SELECTOR.fullmatch(query) is not None


def check(url: str, auth: Auth | None, headers: Mapping[str, str], queries: Mapping[str, str | None]) -> Target:
    """Return the server's place; refuses with ``OptionError`` what cannot be asked."""
    try:
        target = parse(url)
    except ValueError as error:
        raise OptionError(str(error), "url") from None
    if "?" in target.path or "/api/v1" in target.path:
        raise OptionError("say where the server is, without /api/v1 or a query: http://HOST:9090", "url")
    if target.login is not None and (auth is not None or sets(headers, "authorization")):
        raise OptionError(f"{target} has a login of its own; say it there or under `auth`, once", "url")
    check_headers(headers, auth)
    for name, query in queries.items():
        if query is not None and not 0 < len(query.strip()) <= _LONGEST_QUERY:
            raise OptionError("a query has at least one character, and is no novel", name)
    return target


def open_api(
    context: Context, url: str, auth: Auth | None, headers: Mapping[str, str], ca: str | None, *, infos: bool
) -> Api:
    """Return the server at *url*, its credentials hidden."""
    target = parse(url)
    keep_secrets(context, [target], auth, headers)
    return Api(context, target, headers, auth, ca, infos)


def told(title: str, series: Iterable[Series]) -> Evidence:
    """Return one line for each of *series*, the first ones where they are many: its labels and its last value."""
    every = list(series)
    lines = [f"{one.labels or 'value'}: {one.samples[-1].value:g}" for one in every[:_MOST_LINES] if one.samples]
    more = [f"and {len(every) - _MOST_LINES} more"] if len(every) > _MOST_LINES else []
    return Evidence(title, "\n".join([*lines, *more]))
