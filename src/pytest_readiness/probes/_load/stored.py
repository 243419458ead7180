"""
What other load generators have written down: k6, Locust, wrk and hey.

Formats: k6's ``--summary-export`` and the data of ``handleSummary`` (https://grafana.com/docs/k6),
Locust's ``--json`` and ``--csv`` (https://docs.locust.io), the plain output of wrk (and wrk2) and hey.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_readiness.errors import CannotMeasure

_MOST = 16 * 1024 * 1024
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0, "h": 3_600_000.0}
_TIMED = re.compile(r"([0-9.]+)(us|ms|s|m|h)")
_PERCENT = 100.0
#: What hey rounds its times to, in ms.
_HEY = 0.1


@dataclass
class Stored:
    """
    The measurements of a report; times are in ms, ``age_from`` is its own time, in seconds since 1970.

    ``bounds`` are those of numbers that the tool has rounded.
    """

    tool: str
    values: dict[str, float | int] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    age_from: float | None = None
    notes: list[str] = field(default_factory=list)


def read(data: bytes, name: str) -> Stored:
    """Return what the report *data* of the file *name* says. Raises ``CannotMeasure`` where it is none known."""
    if len(data) > _MOST:
        raise CannotMeasure(f"{name} has more than {_MOST // 2**20} MiB, which no report has")
    text = data.decode("utf-8-sig", "replace")
    try:
        found = _read(text)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise CannotMeasure(f"{name} cannot be read as a report: {type(error).__name__}: {str(error)[:100]}") from None
    if found is None:
        raise CannotMeasure(f"{name} is no report of k6 (--summary-export), Locust (--json, --csv), wrk or hey")
    for key, value in found.values.items():
        if not math.isfinite(value) or value < 0:
            raise CannotMeasure(f"{name} says that {key} is {value}")
    return found


def _read(text: str) -> Stored | None:
    if text.lstrip()[:1] in {"{", "["}:
        return _read_json(json.loads(text))
    if text.startswith(("Type,Name,Request Count", '"Type","Name","Request Count"')):
        return _locust_csv(text)
    if re.search(r"^Running .* test @ ", text, re.MULTILINE) and "Requests/sec:" in text:
        return _wrk(text)
    if "Status code distribution:" in text and "Requests/sec:" in text:
        return _hey(text)
    return None


def _read_json(data: Any) -> Stored | None:
    if isinstance(data, dict) and isinstance(data.get("metrics"), dict):
        return _k6(data)
    if isinstance(data, list) and all(isinstance(entry, dict) and "response_times" in entry for entry in data):
        return _locust(data)
    return None


# --- k6 -----------------------------------------------------------------------------------------


def _k6(data: Mapping[str, Any]) -> Stored:
    metrics = {name: entry.get("values", entry) for name, entry in data["metrics"].items()}
    stored, times, requests = Stored("k6"), metrics["http_req_duration"], metrics["http_reqs"]
    stored.values.update(requests=int(requests["count"]), rate=float(requests["rate"]))
    names = {"p50": "med", "p95": "p(95)", "p99": "p(99)", "mean": "avg", "max": "max"}
    _take(stored, {name: times.get(key) for name, key in names.items()}, "k6 did not sum it up (--summary-trend-stats)")
    failed = metrics.get("http_req_failed", {})
    share = failed.get("rate", failed.get("value"))
    _take(stored, {"error_rate": None if share is None else _PERCENT * share}, "there is no http_req_failed in it")
    if dropped := metrics.get("dropped_iterations", {}).get("count"):
        stored.notes.append(f"k6 dropped {dropped} iterations: it could not send as fast as it was to")
    stored.notes.append("k6 times a request from when it is sent; only its arrival-rate executors keep their rate")
    return stored


def _take(stored: Stored, values: Mapping[str, float | None], why: str) -> None:
    for name, value in values.items():
        if value is None:
            stored.unknown[name] = why
        else:
            stored.values[name] = float(value)


# --- Locust -------------------------------------------------------------------------------------


def _locust(entries: Sequence[Mapping[str, Any]]) -> Stored:
    stored = Stored("Locust")
    count = sum(int(entry["num_requests"]) for entry in entries)
    stored.values["requests"] = count
    if not count:
        return stored
    failed = sum(int(entry["num_failures"]) for entry in entries)
    began = min(float(entry["start_time"]) for entry in entries)
    ended = max(float(entry["last_request_timestamp"] or 0) for entry in entries)
    stored.values.update(
        error_rate=_PERCENT * failed / count,
        mean=sum(float(entry["total_response_time"]) for entry in entries) / count,
        max=max(float(entry["max_response_time"]) for entry in entries),
    )
    if ended > began:
        stored.values["rate"] = count / (ended - began)
        stored.age_from = ended
    else:
        stored.unknown["rate"] = "the report does not say how long the test took"
    times: dict[float, int] = {}
    for entry in entries:
        for time, number in entry["response_times"].items():
            times[float(time)] = times.get(float(time), 0) + int(number)
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        _rounded(stored, name, _share_of(times, share))
    stored.notes.append(
        "Locust's users wait for each answer before they go on, so the rate falls when the server stalls"
    )
    return stored


def _share_of(times: Mapping[float, int], share: float) -> float:
    """Return the percentile of a histogram: how often there was which time."""
    wanted, seen = math.ceil(share * sum(times.values())), 0
    for time in sorted(times):
        seen += times[time]
        if seen >= wanted:
            return time
    raise ValueError("there are no response times")


def _rounded(stored: Stored, name: str, value: float) -> None:
    """Add a time that Locust has rounded: to 1 ms below 100 ms, to 10 ms below 1 s, and so on."""
    grain = 1.0 if value < 100 else 10.0 if value < 1_000 else 100.0 if value < 10_000 else 1_000.0  # noqa: PLR2004
    stored.values[name] = value
    stored.bounds[name] = (max(0.0, value - grain / 2), value + grain / 2)


def _locust_csv(text: str) -> Stored:
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["Name"] == "Aggregated"]
    if len(rows) != 1:
        raise ValueError("there is no one row Aggregated")
    (row,) = rows
    stored, count = Stored("Locust"), int(row["Request Count"])
    stored.values["requests"] = count
    if count:
        stored.values.update(
            rate=float(row["Requests/s"]), error_rate=_PERCENT * int(row["Failure Count"]) / count,
            mean=float(row["Average Response Time"]), max=float(row["Max Response Time"]),
        )  # fmt: skip
        for name, column in (("p50", "50%"), ("p95", "95%"), ("p99", "99%")):
            _rounded(stored, name, float(row[column]))
    return stored


# --- wrk and hey --------------------------------------------------------------------------------


def _wrk(text: str) -> Stored:
    stored = Stored("wrk")
    summed = _found(r"^\s*(\d+) requests in ([0-9.]+)(us|ms|s|m|h)", text)
    count = int(summed[1])
    refused = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    unanswered = sum(map(int, refused.groups())) if refused else 0
    failed = unanswered + (int(bad[1]) if bad else 0)
    stored.values.update(requests=count + unanswered, rate=float(_found(r"Requests/sec:\s*([0-9.]+)", text)[1]))
    if count + unanswered:
        stored.values["error_rate"] = _PERCENT * failed / (count + unanswered)
    latency = _found(r"^\s*Latency\s+(\S+)\s+(\S+)\s+(\S+)", text)
    stored.values.update(mean=_ms(latency[1]), max=_ms(latency[3]))
    for name, percent in (("p50", "50"), ("p95", "95"), ("p99", "99")):
        line = re.search(rf"^\s*{percent}(?:\.0+)?%\s+(\S+)\s*$", text, re.MULTILINE)
        _take(
            stored,
            {name: _ms(line[1]) if line else None},
            "wrk did not print it (--latency prints 50, 75, 90 and 99 %)",
        )
    stored.notes.append("wrk waits for each answer before it asks again, so stalls count less than they cost users")
    return stored


def _hey(text: str) -> Stored:
    stored = Stored("hey")
    answers = list(_counts(text, "Status code distribution:", r"\[(\d+)\]\s+(\d+) responses"))
    errors = list(_counts(text, "Error distribution:", r"\[(\d+)\]"))
    unanswered = sum(errors_of[0] for errors_of in errors)
    count = sum(number for _, number in answers) + unanswered
    bad = sum(number for status, number in answers if status >= 400) + unanswered  # noqa: PLR2004 - of HTTP
    stored.values.update(requests=count, rate=float(_found(r"Requests/sec:\s*([0-9.]+)", text)[1]))
    if count:
        stored.values["error_rate"] = _PERCENT * bad / count
    stored.values["mean"] = 1000.0 * float(_found(r"Average:\s*([0-9.]+) secs", text)[1])
    stored.values["max"] = 1000.0 * float(_found(r"Slowest:\s*([0-9.]+) secs", text)[1])
    for name, percent in (("p50", 50), ("p95", 95), ("p99", 99)):
        line = re.search(rf"^\s*{percent}%+ in ([0-9.]+) secs", text, re.MULTILINE)
        _take(stored, {name: 1000.0 * float(line[1]) if line else None}, "hey did not print it")
        if line:
            stored.bounds[name] = (max(0.0, stored.values[name] - _HEY / 2), stored.values[name] + _HEY / 2)
    stored.notes.append("hey waits for each answer before it asks again, so stalls count less than they cost users")
    return stored


def _counts(text: str, heading: str, pattern: str) -> Iterator[tuple[int, int]]:
    """Yield the numbers of the lines under *heading*, up to the first line that is none of them."""
    for line in text.partition(heading)[2].splitlines()[1:]:
        match = re.match(rf"\s*{pattern}", line)
        if match is None:
            return
        yield int(match[1]), int(match[match.lastindex or 1])


def _found(pattern: str, text: str) -> re.Match[str]:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise ValueError(f"nothing in it matches {pattern}")
    return match


def _ms(text: str) -> float:
    match = _TIMED.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time")
    return float(match[1]) * _UNITS[match[2]]
