"""What was found at all endpoints, put together so that no bad one can hide behind the good ones."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pytest_readiness.model import Each, Evidence, Value
from pytest_readiness.options import Query
from pytest_readiness.probes._http.body import found, line, parsed, printable, unpacked
from pytest_readiness.probes._http.client import Exchange
from pytest_readiness.probes._http.errors import NoAnswer

if TYPE_CHECKING:
    from pytest_readiness.probes._http.certificate import Certificate

#: Percentiles, and how many requests it takes until one is not simply the slowest of them.
PERCENTILES = {"p50": (0.50, 2), "p95": (0.95, 20), "p99": (0.99, 100)}

_BAD = 400
_NOTHING: Mapping[str, Value] = {}
_MOST_LINES = 50
_MOST_DIFFERENT = 50
_COOKIE = re.compile(r"(^|, )([^=;,\s]+)=[^;,]*")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of sorted *values*: one that was really measured."""
    return values[math.ceil(share * len(values)) - 1]


@dataclass(slots=True)
class _Row:
    """One request: ``status`` is None where no answer came; ``found`` is what the queries found."""

    url: str
    status: int | None
    latency: float
    phrase: str
    notes: Sequence[str]
    wrong: bool
    found: Mapping[str, Value]

    @property
    def told(self) -> str:
        """The line about it."""
        if self.status is None:
            return f"{self.url}: {'; '.join(self.notes)}"
        said = f"{self.url}: {self.status} {printable(self.phrase)}".rstrip() + f" in {self.latency * 1000:.1f} ms"
        return "; ".join([said, *self.notes])


class _Different:
    """The different values of one measurement, and how often each came."""

    def __init__(self) -> None:
        self.counts: defaultdict[tuple[type, Value], int] = defaultdict(int)

    def add(self, value: Value) -> None:
        self.counts[type(value), value] += 1

    @property
    def usual(self) -> Value:
        return max(self.counts, key=self.counts.__getitem__)[1]

    def value(self, most: float = math.inf) -> Value:
        """Return the one value, or an ``Each`` of all; ``ValueError`` where they cannot be one measurement."""
        every = [value for _, value in self.counts]
        if len(every) == 1:
            return every[0]
        if len(every) > most:
            raise ValueError(f"it had {len(every)} different values, more than {most} are not compared")
        if any(isinstance(value, tuple) for value in every):
            raise ValueError("the endpoints gave different lists")
        return Each(value for value in every if not isinstance(value, tuple))


class Findings:
    """Collects the answers of one gate; ``queries`` are its ``extract``, ``now`` is in UTC."""

    def __init__(self, queries: Mapping[str, Query], now: datetime) -> None:
        self._queries = queries
        self._now = now
        self._rows: list[_Row] = []
        self._latencies: list[float] = []
        self._facts: defaultdict[str, _Different] = defaultdict(_Different)
        self._headers: defaultdict[str, _Different] = defaultdict(_Different)
        self._lacking: dict[str, str] = {}
        self._slowest: tuple[float, str] = (0.0, "")
        self._certificates: dict[Certificate, str] = {}
        self.answered: set[str] = set()
        self.unanswered: list[str] = []

    def fail(self, url: str, reason: str) -> None:
        """Note that *url* gave no usable answer."""
        row = _Row(url, None, 0.0, "", (printable(reason),), wrong=True, found={})
        self.unanswered.append(row.told)
        self._rows.append(row)

    def add(self, url: str, exchange: Exchange) -> None:
        """Note what *url* answered."""
        answer = exchange.answer
        self.answered.add(url)
        self._latencies.append(exchange.latency)
        self._slowest = max(self._slowest, (exchange.latency, url))
        self._facts["status"].add(answer.status)
        self._facts["size"].add(len(answer.body))
        self._facts["redirects"].add(len(exchange.hops))
        if exchange.certificate is not None:
            self._facts["tls_days"].add(exchange.certificate.days(self._now))
            self._certificates.setdefault(exchange.certificate, url)
        headers = self._headers
        for name, value in answer.headers.items():
            headers[name].counts[str, _COOKIE.sub(r"\1\2=***", value) if name == "set-cookie" else value] += 1
        values, troubles = self._extract(url, exchange) if self._queries else (_NOTHING, ())
        notes = _notes(exchange, troubles) if troubles or exchange.hops or answer.status >= _BAD else ()
        self._rows.append(
            _Row(url, answer.status, exchange.latency, answer.phrase, notes, wrong=bool(troubles), found=values)
        )

    def _extract(self, url: str, exchange: Exchange) -> tuple[dict[str, Value], list[str]]:
        """Ask the queries; return what they found, and what went wrong."""
        values: dict[str, Value] = {}
        try:
            data = parsed(exchange.answer.body, exchange.answer.headers)
        except NoAnswer as error:
            for name in self._queries:
                self._lacking.setdefault(name, f"{url}: {error}")
            return values, [str(error)]
        troubles = []
        for name, query in self._queries.items():
            try:
                values[name] = found(query.search(data))
                self._facts[name].add(values[name])
            except (ValueError, RecursionError) as error:
                self._lacking.setdefault(name, f"{url}: {error}")
                troubles.append(f"{name}: {error}")
        return values, troubles

    def values(self) -> tuple[dict[str, Value], dict[str, str]]:
        """Return the measurements, and why others are unknown."""
        values: dict[str, Value] = {"endpoints": len({row.url for row in self._rows})}
        bad = sum(row.status is None or row.status >= _BAD for row in self._rows)
        values["error_rate"] = 100.0 * bad / len(self._rows)
        if self.unanswered:
            # What is true of the answers that came is not true of all that was asked.
            why = few(self.unanswered)
            return values, dict.fromkeys([*self._facts, *self._queries, "latency", *PERCENTILES], why)
        unknown = dict(self._lacking)
        named = {**self._facts, **{f"header:{name}": different for name, different in self._headers.items()}}
        for name, different in named.items():
            try:
                values[name] = self._whole(name, different)
            except ValueError as error:
                unknown.setdefault(name, str(error))
        if "tls_days" not in self._facts:
            unknown["tls_days"] = "no certificate was seen; it is asked for over https only"
        self._times(values, unknown)
        return values, unknown

    def _whole(self, name: str, different: _Different) -> Value:
        lacking = len(self._rows) - sum(different.counts.values())
        if lacking:
            raise ValueError(f"{lacking} of {len(self._rows)} answers do not have it")
        bounded = name in self._queries or name.startswith("header:")
        return different.value(_MOST_DIFFERENT if bounded else math.inf)

    def _times(self, values: dict[str, Value], unknown: dict[str, str]) -> None:
        ordered = sorted(1000.0 * latency for latency in self._latencies)
        values["latency"] = ordered[-1]
        for name, (share, enough) in PERCENTILES.items():
            if len(ordered) >= enough:
                values[name] = percentile(ordered, share)
            else:
                unknown[name] = f"it takes at least {enough} requests, and there were {len(ordered)}; set `samples`"

    # --- for the reader -----------------------------------------------------------------------

    def evidence(self) -> list[Evidence]:
        """Return what a reader can check: a summary, and one line for each endpoint that stands out."""
        if len(self._rows) == 1:
            made = [Evidence("answer", self._rows[0].told)]
        else:
            made = [Evidence("answers", "\n".join(self._summary()))]
            if lines := list(self._outstanding()):
                more = f"\nand {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
                made.append(Evidence("endpoints that stand out", "\n".join(lines[:_MOST_LINES]) + more))
        if self._certificates:
            from pytest_readiness.probes._http.tls import describe

            every = sorted(self._certificates, key=lambda one: one.ends)[:_MOST_LINES]
            made.append(Evidence("certificates", "\n".join(map(describe, every))))
        return made

    def _summary(self) -> Iterator[str]:
        statuses = Counter(row.status for row in self._rows).most_common()
        told = ", ".join(f"{'no answer' if status is None else status} x {times}" for status, times in statuses)
        yield f"{len({row.url for row in self._rows})} endpoints, {len(self._rows)} requests: {told}"
        if self._latencies:
            yield f"slowest: {self._slowest[1]} in {self._slowest[0] * 1000:.1f} ms"

    def _outstanding(self) -> Iterator[str]:
        usual = {name: self._facts[name].usual for name in self._queries if self._facts[name].counts}
        status = self._facts["status"].usual if self.answered else None
        lines: dict[str, list[str]] = {}
        for row in sorted(self._rows, key=lambda row: row.status == status):
            odd = [
                f"{name} is {value!r}"
                for name, value in row.found.items()
                if (type(value), value) != (type(usual[name]), usual[name])
            ]
            if odd or row.wrong or row.status != status or (row.status or 0) >= _BAD:
                lines.setdefault(row.url, []).append("; ".join([row.told, *odd]))
        for told in lines.values():
            yield told[0] if len(told) == 1 else f"{told[0]} (and {len(told) - 1} more such requests)"


def few(reasons: Sequence[str]) -> str:
    """Return the first *reasons* in one line, and how many more there are."""
    most = 3
    more = f"; and {len(reasons) - most} more" if len(reasons) > most else ""
    return "; ".join(reasons[:most]) + more


def _notes(exchange: Exchange, troubles: Sequence[str]) -> list[str]:
    """Return what else is to be told of an answer."""
    notes = [f"redirected to {exchange.url}"] if exchange.hops else []
    if exchange.answer.status >= _BAD and exchange.answer.body:
        notes.append(_first_line(exchange))
    return [*filter(None, notes), *troubles]


def _first_line(exchange: Exchange) -> str:
    try:
        return line(unpacked(exchange.answer.body, exchange.answer.headers))
    except NoAnswer as error:
        return str(error)
