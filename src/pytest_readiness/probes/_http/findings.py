"""What was found at all endpoints, put together so that no bad one can hide behind the good ones."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pytest_readiness.model import Each, Evidence, Value
from pytest_readiness.probes._http.body import line, printable, unpacked
from pytest_readiness.probes._http.client import Exchange
from pytest_readiness.probes._http.content import Answered, Check, Seen
from pytest_readiness.probes._http.errors import NoAnswer
from pytest_readiness.probes._http.request import Ask

if TYPE_CHECKING:
    from pytest_readiness.probes._http.certificate import Certificate

#: Percentiles, and how many requests it takes until one is not simply the slowest of them.
PERCENTILES = {"p50": (0.50, 2), "p95": (0.95, 20), "p99": (0.99, 100)}

_BAD = 400
_MOST_LINES = 50
_MOST_DIFFERENT = 50
_COOKIE = re.compile(r"(^|, )([^=;,\s]+)=([^;,]*)")


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


_NOTHING = Seen()


class Findings:
    """
    Collects the answers of one gate; ``now`` is in UTC.

    ``checks`` look at each answer. With ``every``, there is a line for each endpoint, not only for those
    that stand out. Cookies are shown without their values unless ``cookies`` asks for them.
    """

    def __init__(self, checks: Sequence[Check], now: datetime, *, every: bool = False, cookies: bool = False) -> None:
        self._checks = checks
        self._names = tuple(name for check in checks for name in check.names)
        self._open = {name for check in checks if check.open for name in check.names}
        self._now = now
        self._every = every
        self._cookies = cookies
        self._counts: Counter[str] = Counter()
        self._told: list[str] = []
        self._rows: list[_Row] = []
        self._latencies: list[float] = []
        self._facts: defaultdict[str, _Different] = defaultdict(_Different)
        self._headers: defaultdict[str, _Different] = defaultdict(_Different)
        self._lacking: dict[str, str] = {}
        self._slowest: tuple[float, str] = (0.0, "")
        self._certificates: dict[Certificate, str] = {}
        self.answered: set[str] = set()
        self.unanswered: list[str] = []

    def hear(self, ask: Ask, answer: Exchange | NoAnswer, number: int) -> None:
        """Note what came of *ask*, which was sent *number* times before."""
        if isinstance(answer, Exchange):
            self.add(ask, answer, timed=number >= ask.warmup)
        else:
            self.fail(ask.label, str(answer))

    def fail(self, url: str, reason: str) -> None:
        """Note that *url* gave no usable answer."""
        row = _Row(url, None, 0.0, "", (printable(reason),), wrong=True, found={})
        self.unanswered.append(row.told)
        self._rows.append(row)

    def add(self, ask: Ask, exchange: Exchange, *, timed: bool = True) -> None:
        """Note what came in answer to *ask*; its time only where it is *timed*."""
        answer, url = exchange.answer, ask.label
        self.answered.add(url)
        if timed:
            self._latencies.append(exchange.latency)
            self._slowest = max(self._slowest, (exchange.latency, url))
        self._facts["status"].add(answer.status)
        self._facts["size"].add(len(answer.body))
        self._facts["redirects"].add(len(exchange.hops))
        if exchange.tls is not None:
            self._facts["tls_version"].add(exchange.tls)
        if exchange.certificate is not None:
            self._facts["tls_days"].add(exchange.certificate.days(self._now))
            self._certificates.setdefault(exchange.certificate, url)
        self._note_headers(answer.headers)
        seen = self._look(ask, exchange) if self._checks else _NOTHING
        troubles = seen.troubles
        notes = _notes(exchange, troubles) if troubles or exchange.hops or answer.status >= _BAD else ()
        self._rows.append(
            _Row(url, answer.status, exchange.latency, answer.phrase, notes, wrong=bool(troubles), found=seen.values)
        )

    def _note_headers(self, given: Mapping[str, str]) -> None:
        headers = self._headers
        for name, value in given.items():
            if name == "set-cookie":
                for cookie in _COOKIE.finditer(value) if self._cookies else ():
                    self._facts[f"cookie:{cookie[2]}"].add(cookie[3])
                value = _COOKIE.sub(r"\1\2=***", value)  # noqa: PLW2901 - from here on nobody sees it
            headers[name].counts[str, value] += 1

    def _look(self, ask: Ask, exchange: Exchange) -> Seen:
        """Let the checks look at one answer, and keep what is to be told of all together."""
        seen = Seen()
        answered = Answered(ask, exchange)
        for check in self._checks:
            check.look(answered, seen)
        for name, reason in seen.lacking.items():
            self._lacking.setdefault(name, f"{ask.label}: {reason}")
        for name, value in seen.values.items():
            self._facts[name].add(value)
        self._counts.update(seen.counts)
        self._told += (f"{ask.label}: {line}" for line in seen.told[: _MOST_LINES + 1 - len(self._told)])
        return seen

    def texts(self, names: Iterable[str]) -> Iterator[str]:
        """Yield every value, as a text, that the measurements called *names* had in any answer."""
        for name in names:
            header = name.startswith("header:")
            different = self._headers[name.removeprefix("header:")] if header else self._facts[name]
            for _, value in different.counts:
                yield from map(str, value if isinstance(value, tuple) else (value,))

    def values(self, statuses: Iterable[str] | None = None) -> tuple[dict[str, Value], dict[str, str]]:
        """
        Return the measurements, and why others are unknown.

        With *statuses*, how often each came is among them: those that did, and those that *statuses* names.
        """
        values: dict[str, Value] = {"endpoints": len({row.url for row in self._rows})}
        bad = sum(row.status is None or row.status >= _BAD for row in self._rows)
        values["error_rate"] = 100.0 * bad / len(self._rows)
        if self.unanswered:
            # What is true of the answers that came is not true of all that was asked.
            why = few(self.unanswered)
            names = [*self._facts, *self._names, *(statuses or ()), "latency", *PERCENTILES]
            return values, dict.fromkeys(names, why)
        if statuses is not None:
            values.update(self._counted(statuses))
        unknown = dict(self._lacking)
        values.update({name: count for name, count in self._counts.items() if name not in unknown})
        named = {**self._facts, **{f"header:{name}": different for name, different in self._headers.items()}}
        for name, different in named.items():
            try:
                values[name] = self._whole(name, different)
            except ValueError as error:
                unknown.setdefault(name, str(error))
        for name in ("tls_days", "tls_version"):
            if name not in self._facts:
                unknown[name] = "no certificate was seen; it is asked for over https only"
        self._times(values, unknown)
        return values, unknown

    def _counted(self, statuses: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Yield how many answers had each status, or one such as ``status:4xx``."""
        every = [str(row.status) for row in self._rows]
        for name in sorted({*statuses, *(f"status:{status}" for status in every)}):
            begin = name.removeprefix("status:").removesuffix("xx")
            yield name, sum(status.startswith(begin) for status in every)

    def _whole(self, name: str, different: _Different) -> Value:
        lacking = len(self._rows) - sum(different.counts.values())
        if lacking:
            raise ValueError(f"{lacking} of {len(self._rows)} answers do not have it")
        bounded = name in self._open or name.startswith(("header:", "cookie:"))
        return different.value(_MOST_DIFFERENT if bounded else math.inf)

    def _times(self, values: dict[str, Value], unknown: dict[str, str]) -> None:
        ordered = sorted(1000.0 * latency for latency in self._latencies)
        if ordered:
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
                title = "endpoints" if self._every else "endpoints that stand out"
                made.append(Evidence(title, "\n".join(lines[:_MOST_LINES]) + more))
        if self._told:
            more = "\nand more" if len(self._told) > _MOST_LINES else ""
            made.append(Evidence("differences", "\n".join(self._told[:_MOST_LINES]) + more))
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
        usual = {name: self._facts[name].usual for name in self._names if self._facts[name].counts}
        status = self._facts["status"].usual if self.answered else None
        lines: dict[str, list[str]] = {}
        for row in sorted(self._rows, key=lambda row: row.status == status):
            odd = [
                f"{name} is {value!r}"
                for name, value in row.found.items()
                if (type(value), value) != (type(usual[name]), usual[name])
            ]
            if self._every or odd or row.wrong or row.status != status or (row.status or 0) >= _BAD:
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
