"""What the probe measures, by what it is asked to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from pytest_readiness.model import Better
from pytest_readiness.probe import Family, Measure
from pytest_readiness.probes._http import cases, cors

PLAIN: Mapping[str, Measure] = {
    "status": Measure(int, "status of the answer; with several, every one of them has to be as expected"),
    "latency": Measure(float, "time to the last byte, of the slowest request", "ms", Better.LOWER, exclusive=True),
    "p50": Measure(float, "median time, from 2 requests on", "ms", Better.LOWER, exclusive=True),
    "p95": Measure(float, "95th percentile of the times, from 20 requests on", "ms", Better.LOWER, exclusive=True),
    "p99": Measure(float, "99th percentile of the times, from 100 requests on", "ms", Better.LOWER, exclusive=True),
    "error_rate": Measure(float, "requests with no answer or a status of 400 and more", "%", Better.LOWER),
    "size": Measure(int, "bytes of the body as it came", "B", Better.LOWER),
    "redirects": Measure(int, "redirects followed", better=Better.LOWER),
    "tls_days": Measure(float, "days until the server's certificate ends", better=Better.HIGHER),
    "tls_version": Measure(str, "version of TLS that was agreed on, such as TLSv1.3"),
    "endpoints": Measure(int, "URLs asked", better=Better.HIGHER),
}
COUNTS: Mapping[str, Measure] = {
    "mismatches": Measure(int, "parts of `contains` that bodies do not have", better=Better.LOWER),
    "missing_texts": Measure(int, "texts of `text` that bodies do not have", better=Better.LOWER),
    "schema_errors": Measure(int, "parts of bodies that do not fit `schema`", better=Better.LOWER),
}
EVERY: Mapping[str, Measure] = {**PLAIN, **COUNTS, **cases.MEASURES, **cors.MEASURES}

FAMILIES = (
    Family({"header:NAME": Measure(str, "that header of the answer, as in `header:location`; NAME in small letters")}),
    Family({"cookie:NAME": Measure(str, "the value of that cookie, which is not shown; NAME as the answer sets it")}),
    Family({"status:NNN": Measure(int, "answers with that status, as in `status:429` or `status:2xx`")}, "`burst`"),
)

#: Which option brings which count.
_BROUGHT = {"contains": "mismatches", "text": "missing_texts", "schema": "schema_errors"}
_NOT_IN_PROCESS = frozenset({"tls_days", "tls_version"})

_HEADER = re.compile(r"header:([a-z0-9-]+)")
_COOKIE = re.compile(r"cookie:[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_STATUS = re.compile(r"status:([1-5](?:[0-9]{2}|xx))")


class Asked(Protocol):
    """The options that matter here."""

    @property
    def cases(self) -> object: ...
    @property
    def cors(self) -> object: ...
    @property
    def app(self) -> object: ...
    @property
    def burst(self) -> object: ...


def counts(asked: Asked) -> list[str]:
    """Return the counts that the options bring."""
    return [name for option, name in _BROUGHT.items() if getattr(asked, option) not in (None, ())]


def declared(asked: Asked) -> dict[str, Measure]:
    """Return what can be measured with these options."""
    if asked.cases is not None:
        return dict(cases.MEASURES)
    left_out = _NOT_IN_PROCESS if asked.app is not None else frozenset()
    made = {name: measure for name, measure in PLAIN.items() if name not in left_out}
    made.update({name: COUNTS[name] for name in counts(asked)})
    return made if asked.cors is None else {**made, **cors.MEASURES}


def of_family(name: str, asked: Asked) -> Measure | None:
    """Return the declaration of a measurement such as ``header:location``; None if it is none of those."""
    if asked.cases is not None:
        return None
    if found := _HEADER.fullmatch(name):
        return Measure(str, f"the answer's header {found[1]}")
    if _COOKIE.fullmatch(name):
        return Measure(str, "the value of that cookie, which is not shown")
    if asked.burst is not None and (found := _STATUS.fullmatch(name)):
        return Measure(int, f"answers with status {found[1]}")
    return None


def is_status(name: str) -> bool:
    """Tell whether *name* is how many answers had a status."""
    return _STATUS.fullmatch(name) is not None
