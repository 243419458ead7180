"""A record told: measurements, how sure they are, and what a reader should know."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pytest_readiness.model import Evidence, Value
from pytest_readiness.probe import Measurements
from pytest_readiness.probes._http.findings import percentile
from pytest_readiness.probes._load.record import Percentile, Record, Unsure, weigh

_PERCENTILES = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
#: With less idle time than this share, it was the client that could not send faster.
_EXHAUSTED = 0.05
#: More than any server can do.
_ENDLESS = 1e9


def measured(record: Record, rate: float | None, duration: float) -> Measurements:
    """Return what *record* comes to; *rate* is what was asked for, None for the most there can be."""
    count = len(record.latencies)
    good = [latency for latency in record.latencies if math.isfinite(latency)]
    values: dict[str, Value] = {
        "requests": count,
        "rate": len(good) / record.elapsed,
        "error_rate": 100.0 * record.bad / count,
    }
    unknown = {"age": "it was measured now"}
    bounds: dict[str, tuple[float, float]] = {}
    if rate is None:
        reason = "with `rate: max` requests wait for each other, so that times mean nothing; name a rate"
        unknown.update(dict.fromkeys((*_PERCENTILES, "max", "mean", "overhead", "noise"), reason))
        if record.idle < _EXHAUSTED * record.elapsed:
            bounds["rate"] = (len(good) / record.elapsed, _ENDLESS)
    else:
        _times(record, values, unknown, bounds)
    evidence = [Evidence("load", "\n".join(_told(record, rate, duration, bounds)))]
    return Measurements(values, count, evidence, unknown, bounds)


def _times(
    record: Record, values: dict[str, Value], unknown: dict[str, str], bounds: dict[str, tuple[float, float]]
) -> None:
    sure: dict[str, Percentile] = {}
    for name, share in _PERCENTILES.items():
        try:
            sure[name] = found = weigh(record.latencies, share, record.delays)
            values[name] = 1000.0 * found.value
            bounds[name] = (1000.0 * found.least, 1000.0 * found.most)
        except Unsure as error:
            unknown[name] = str(error)
    if record.bad:
        unknown.update(dict.fromkeys(("max", "mean"), f"{record.bad} requests got no good answer"))
    else:
        values["max"] = 1000.0 * max(record.latencies)
        values["mean"] = 1000.0 * math.fsum(record.latencies) / len(record.latencies)
    values["overhead"] = 1000.0 * percentile(sorted(record.delays), 0.95)
    if "p95" in sure:
        values["noise"] = 1000.0 * max(sure["p95"].most - sure["p95"].value, sure["p95"].value - sure["p95"].least)
    else:
        unknown["noise"] = unknown["p95"]


def _told(record: Record, rate: float | None, duration: float, bounds: dict[str, tuple[float, float]]) -> Iterator[str]:
    asked = "as many as possible" if rate is None else f"{rate:g}/s"
    yield f"{len(record.latencies)} requests in {record.elapsed:.2f} s ({asked} for {duration:g} s)"
    yield f"answers: {', '.join(f'{status} x {times}' for status, times in record.statuses.most_common()) or 'none'}"
    for why, times in record.failures.most_common(5):
        yield f"no answer, {times} times: {why}"
    yield f"connections: {record.connections}; {100 * record.idle / record.elapsed:.0f} % of the time nothing to do"
    for name, (least, most) in bounds.items():
        if name != "rate":
            yield f"{name}: in truth from {least:.3g} to {most:.3g} ms"
        else:
            yield "the client itself was the limit: the server may bear more"
    if record.waited and rate is not None:
        yield f"{record.waited} requests found all connections busy; raise `connections` if there may be more"
