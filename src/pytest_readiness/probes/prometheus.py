"""Numbers that a Prometheus has gathered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Each, Evidence, Value
from pytest_readiness.options import Duration
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _prometheus
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes._http.findings import percentile
from pytest_readiness.probes._http.url import parse
from pytest_readiness.probes._prometheus import Api, Series

#: The most steps of a range that Prometheus answers.
MOST_STEPS = 11_000

_TICK = 0.001
_RANGED = ("samples", "min", "max", "mean", "p95", "uptime", "gaps")


@dataclass(frozen=True, kw_only=True)
class Range:
    """A time up to now, looked at in steps."""

    last: Duration = option("How far back to look.", example="1h")
    step: Duration = option("The time from one sample to the next: that of the scrapes, or longer.", example="15s")

    def __post_init__(self) -> None:
        if self.step < _TICK or self.last < self.step:
            raise OptionError("is not from 1 ms up to `last`", "step")
        if self.last / self.step >= MOST_STEPS:
            raise OptionError(f"makes more than {MOST_STEPS} steps of `last`, the most that is answered", "step")

    @property
    def steps(self) -> int:
        """How many samples a series has that is always there."""
        return int(self.last / self.step + 1e-9) + 1


@dataclass(frozen=True, kw_only=True)
class Prometheus(Probe):
    """
    What does a PromQL query find, now or over a time?

    Without `range` the query is asked once, for now. With it, at each step of a time up to now:
    then there are a lowest, a highest and a mean value, gaps, and the share of the time in which a series
    such as `up` was 1. Where there are several series, every one of them has to be as expected.

    Fails when a value is not as expected. An answer with no series at all is an error, unless the
    gate expects `series: 0` (no alert that fires, say). A value that is no number (a ratio without
    traffic), an answer that may be partial, and a server that reports an error are errors.
    A value may be up to 5 minutes older than the moment it is told for: `age` says how old.

    To fix: put the query to Prometheus's own page, and look at its targets there.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "value": Measure(float, "value now (with `range`: at its end); with several series, of every one"),
        "series": Measure(int, "series found", better=Better.HIGHER),
        "samples": Measure(int, "samples in the range, of all series", better=Better.HIGHER),
        "min": Measure(float, "lowest value in the range"),
        "max": Measure(float, "highest value in the range"),
        "mean": Measure(float, "mean over the range; with several series, of every one"),
        "p95": Measure(float, "95th percentile over the range, from 20 samples on; of every series"),
        "uptime": Measure(
            float, "steps of the range at which the value was 1, of the series that had fewest", "%", Better.HIGHER
        ),
        "gaps": Measure(int, "steps without a sample, of the series that lacks most", better=Better.LOWER),
        "age": Measure(float, "time since the newest sample, of the series that is furthest behind", "s", Better.LOWER),
    }
    counter: ClassVar[str | None] = "series"

    url: str = option("Where the server is, without /api/v1.", example="http://prometheus:9090")
    query: str = option("The question, in PromQL.", example='min_over_time(up{job="api"}[1h])')
    range: Range | None = option(
        "Ask for a time up to now, not just for now.", None, example={"last": "1h", "step": "15s"}
    )
    age_of: str | None = option(
        "The series whose `age` to measure, where the query computes something from them.",
        None,
        example='up{job="api"}',
    )
    auth: Auth | None = option("Credentials to send.", None)
    headers: Mapping[str, str] = option("Headers to send.", factory=dict, example={"X-Scope-OrgID": "shop"})
    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)
    infos: bool = option("Take an answer that the server has doubts about (its `infos`) all the same.", default=False)

    def __post_init__(self) -> None:
        _prometheus.check(self.url, self.auth, self.headers, {"query": self.query, "age_of": self.age_of})
        if self.age_of is not None and not _prometheus.selector(self.age_of):
            raise OptionError('names series, such as up{job="api"}, and computes nothing', "age_of")

    def touches(self) -> Iterator[Touch]:
        """Yield the host and the queries."""
        origin = parse(self.url).origin
        yield Touch("host", f"{origin.host}:{origin.port}")
        yield from (Touch("query", query) for query in (self.query, self.age_of) if query is not None)
        if self.ca is not None:
            yield Touch("file", self.ca)

    def measure(self, context: Context) -> Measurements:
        """Ask. Raises ``CannotMeasure`` where there is no sure answer."""
        api = _prometheus.open_api(context, self.url, self.auth, self.headers, self.ca, infos=self.infos)
        if self.range is None:
            found = api.instant(self.query)
        else:
            now = api.now()
            found = api.range(self.query, now - (self.range.steps - 1) * self.range.step, now, self.range.step)
        series = tuple(one for one in found.series if one.samples)
        values: dict[str, Value] = {"series": len(series)}
        unknown: dict[str, str] = {}
        evidence = [Evidence("the server's doubts", "\n".join(found.notes))] if found.notes else []
        if not series:
            return Measurements(values, looked_at=0, evidence=[*evidence, Evidence("query", self.query)])
        _prometheus.finite(series)
        self._values(series, values, unknown)
        self._age(api, values, unknown)
        return Measurements(values, len(series), [*evidence, _prometheus.told("series", series)], unknown)

    def _values(self, series: Sequence[Series], values: dict[str, Value], unknown: dict[str, str]) -> None:
        if self.range is None:
            if any(len(one.samples) > 1 for one in series):
                raise CannotMeasure("the query gives a whole range; leave its [...] out, and say `range` instead")
            unknown.update(dict.fromkeys(_RANGED, "there is a single moment without `range`"))
        else:
            _ranged(series, self.range.steps, values, unknown)
            newest = max(one.samples[-1].at for one in series)
            if any(one.samples[-1].at < newest for one in series):
                unknown["value"] = "some series end before the others"
                return
        values["value"] = _every(one.samples[-1].value for one in series)

    def _age(self, api: Api, values: dict[str, Value], unknown: dict[str, str]) -> None:
        wanted = self.age_of or (self.query if _prometheus.selector(self.query) else None)
        if wanted is None:
            unknown["age"] = "the query computes; name the series it is computed from with `age_of`"
            return
        try:
            stamps = [one.samples[0] for one in api.instant(f"timestamp({wanted})").series]
        except CannotMeasure as error:
            unknown["age"] = str(error)
            return
        if not stamps:
            unknown["age"] = f"there is no sample of {wanted} now"
        else:
            values["age"] = max(0.0, *(stamp.at - stamp.value for stamp in stamps))


def _ranged(series: Sequence[Series], steps: int, values: dict[str, Value], unknown: dict[str, str]) -> None:
    """Add what is true of the range as a whole."""
    columns = [[sample.value for sample in one.samples] for one in series]
    every = [value for column in columns for value in column]
    if max(map(len, columns)) > steps:
        raise CannotMeasure(
            f"the answer has {max(map(len, columns))} samples of a series, where there are {steps} steps"
        )
    values.update(samples=len(every), min=min(every), max=max(every), gaps=steps - min(map(len, columns)))
    values["mean"] = _every(math.fsum(column) / len(column) for column in columns)
    if min(map(len, columns)) >= 20:  # noqa: PLR2004 - of fewer it is simply the highest
        values["p95"] = _every(percentile(sorted(column), 0.95) for column in columns)
    else:
        unknown["p95"] = f"it takes at least 20 samples of each series, and one has {min(map(len, columns))}"
    if set(every) <= {0.0, 1.0}:
        values["uptime"] = 100.0 * min(sum(column) for column in columns) / steps
    else:
        unknown["uptime"] = "there are values other than 0 and 1"


def _every(values: Iterator[float]) -> Value:
    """Return the one value, or all different ones."""
    different = tuple(dict.fromkeys(values))
    return different[0] if len(different) == 1 else Each(different)
