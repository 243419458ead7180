"""Service level objectives, and what is left of their error budgets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from pytest_readiness import units
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.options import Duration
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _prometheus
from pytest_readiness.probes._http.auth import Auth
from pytest_readiness.probes._http.url import parse
from pytest_readiness.probes._prometheus import Api

#: What stands in a query for the window.
WINDOW = "[window]"

_WHOLE = 100
_MOST_SLICES = 50
_SHORTEST_SLICE = 300
_ROUNDING = Fraction(1, 10**9)


@dataclass(frozen=True, kw_only=True)
class Slo(Probe):
    """
    Is a service level objective met, and how much of its error budget is left?

    The share of good events (SLI) comes from queries in PromQL: `good` and `total`, or `errors` and
    `total`, which count events; or `error_ratio` or `success_ratio`, from 0 to 1, with `total` beside it or
    without. `[window]` in a query stands for the window. Each query has to give one single
    number. Of the error budget `1 - (1 - SLI) / (1 - objective)` is left: all of it without errors,
    nothing where the SLI is just the objective, less than nothing below that.

    Fails when less than nothing is left of the budget, or when there are data for less than 95 % of
    the window: a service three days old has no month to speak of. No traffic at all is an error,
    and so is an answer without numbers: where errors may never have happened, write `... or vector(0)`.

    To fix: see which errors used up the budget, and spend time on them before new features.
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "sli": Measure(float, "share of the events that were good", "%", Better.HIGHER),
        "budget_left": Measure(
            float, "share of the error budget that is left; negative if overspent", "%", Better.HIGHER
        ),
        "budget_used": Measure(float, "share of the error budget that is used up", "%", Better.LOWER),
        "events": Measure(float, "events in the window, from `total`", better=Better.HIGHER),
        "covered": Measure(float, "share of the window for which there are data", "%", Better.HIGHER),
    }
    expect: ClassVar[Mapping[str, Value]] = {"budget_left": ">= 0 %"}
    counter: ClassVar[str | None] = "events"

    url: str = option("Where the Prometheus is, without /api/v1.", example="http://prometheus:9090")
    objective: str | float = option("The share of events that has to be good.", example="99.9 %")
    window: Duration | None = option("The time that the objective is for.", None, example="30d")
    good: str | None = option("A query for the number of good events.", None)
    errors: str | None = option("A query for the number of bad events.", None)
    total: str | None = option(
        "A query for the number of all events.", None, example="sum(increase(http_requests_total[window]))"
    )
    error_ratio: str | None = option("A query for the share of bad events, from 0 to 1.", None)
    success_ratio: str | None = option(
        "A query for the share of good events, from 0 to 1.", None, example='avg(avg_over_time(up{job="api"}[window]))'
    )
    auth: Auth | None = option("Credentials to send.", None)
    headers: Mapping[str, str] = option("Headers to send.", factory=dict)
    ca: str | None = option("A PEM file with the only issuers to trust, relative to the spec's folder.", None)
    infos: bool = option("Take an answer that the server has doubts about (its `infos`) all the same.", default=False)

    def __post_init__(self) -> None:
        queries = self._queries()
        _prometheus.check(self.url, self.auth, self.headers, queries)
        kinds = [name for name in ("good", "errors", "error_ratio", "success_ratio") if name in queries]
        if len(kinds) != 1:
            given = " and ".join(kinds) or "none"
            raise OptionError(f"say one of `good`, `errors`, `error_ratio` and `success_ratio`, not {given}")
        if kinds[0] in {"good", "errors"} and self.total is None:
            raise OptionError(f"`{kinds[0]}` needs `total` beside it")
        self._check_window(queries)
        if not 0 <= self._objective < _WHOLE:
            raise OptionError("is not from 0 % to below 100 %: with 100 % there is no budget to be left", "objective")

    def _check_window(self, queries: Mapping[str, str]) -> None:
        for name, query in queries.items():
            if self.window is None and WINDOW in query:
                raise OptionError(f"has {WINDOW}, but there is no `window`", name)
            if self.window is not None and WINDOW not in query:
                raise OptionError(f"has no {WINDOW}, so that it would not be for the window", name)
        if self.window is not None and (self.window < 1 or self.window % 1):
            raise OptionError("is in whole seconds", "window")

    def _queries(self) -> dict[str, str]:
        names = ("good", "errors", "error_ratio", "success_ratio", "total")
        return {name: query for name in names if (query := getattr(self, name)) is not None}

    @cached_property
    def _objective(self) -> Fraction:
        """The objective in percent, exactly as it is written."""
        try:
            number, unit = units.parse_quantity(str(self.objective))
        except ValueError as error:
            raise OptionError(str(error), "objective") from None
        if unit != "%":
            raise OptionError(f"is a percentage: write {number * _WHOLE if number < 1 else number!s} %", "objective")
        return number

    def expected(self) -> Mapping[str, Value]:
        """Return the default expectations: with a window, that there are data for it."""
        return self.expect if self.window is None else {**self.expect, "covered": ">= 95 %"}

    def touches(self) -> Iterator[Touch]:
        """Yield the host and the queries."""
        origin = parse(self.url).origin
        yield Touch("host", f"{origin.host}:{origin.port}")
        yield from (Touch("query", self._for(query, self.window)) for query in self._queries().values())
        if self.ca is not None:
            yield Touch("file", self.ca)

    def measure(self, context: Context) -> Measurements:
        """Ask. Raises ``CannotMeasure`` where there is no sure answer."""
        api = _prometheus.open_api(context, self.url, self.auth, self.headers, self.ca, infos=self.infos)
        now = api.now()
        found: dict[str, Fraction] = {}
        for name, query in self._queries().items():
            number = _single(api, name, self._for(query, self.window), now)
            if number is None:
                return Measurements({}, looked_at=0, evidence=[Evidence("no data", f"{name}: {query}")])
            found[name] = number
        evidence = [
            Evidence("what the queries give", "\n".join(f"{name}: {float(it):g}" for name, it in found.items()))
        ]
        total = found.get("total")
        if total == 0:
            return Measurements({"events": 0.0}, looked_at=0, evidence=evidence)
        values, unknown = self._weighed(found)
        self._coverage(api, now, values, unknown)
        return Measurements(
            values, looked_at=1 if total is None else max(1, int(total)), evidence=evidence, unknown=unknown
        )

    def _weighed(self, found: Mapping[str, Fraction]) -> tuple[dict[str, Value], dict[str, str]]:
        bad = _bad(found)
        used = bad / (1 - self._objective / _WHOLE)
        values: dict[str, Value] = {
            "sli": float(_WHOLE * (1 - bad)),
            "budget_left": float(_WHOLE * (1 - used)),
            "budget_used": float(_WHOLE * used),
        }
        if "total" in found:
            return {**values, "events": float(found["total"])}, {}
        return values, {"events": "no query counts them; give `total`"}

    def _coverage(self, api: Api, now: float, values: dict[str, Value], unknown: dict[str, str]) -> None:
        """Add the share of the window's slices for which the query that counts most finds anything."""
        if self.window is None:
            unknown["covered"] = "there is no `window`"
            return
        slices = max(1, min(_MOST_SLICES, int(self.window // _SHORTEST_SLICE)))
        length = self.window // slices
        query = self._for(self.total or next(iter(self._queries().values())), length)
        there = {
            sample.at
            for one in api.range(query, now - (slices - 1) * length, now, length).series
            for sample in one.samples
        }
        values["covered"] = 100.0 * min(len(there), slices) / slices

    @staticmethod
    def _for(query: str, window: float | None) -> str:
        return query if window is None else query.replace(WINDOW, f"[{window:.0f}s]")


def _single(api: Api, name: str, query: str, now: float) -> Fraction | None:
    """Return the one number that *query* gives, None if it gives nothing."""
    series = api.instant(query, now).series
    if not series:
        return None
    if len(series) > 1:
        raise CannotMeasure(f"{name} gives {len(series)} series, not one number; put sum() around it")
    if len(series[0].samples) != 1:
        raise CannotMeasure(f"{name} gives a whole range, not one number")
    _prometheus.finite(series)
    value = series[0].samples[0].value
    if value < 0:
        raise CannotMeasure(f"{name} is {value:g}, and cannot be below 0")
    return units.exact(value)


def _bad(found: Mapping[str, Fraction]) -> Fraction:
    """Return the share of bad events, from 0 to 1."""
    if "good" in found or "errors" in found:
        name = "good" if "good" in found else "errors"
        share = found[name] / found["total"]
        if share > 1 + _ROUNDING:
            what = f"{name} is {float(found[name]):g}, more than total, which is {float(found['total']):g}"
            raise CannotMeasure(f"{what}: the queries do not count the same events")
    else:
        name = "error_ratio" if "error_ratio" in found else "success_ratio"
        share = found[name]
        if share > 1 + _ROUNDING:
            raise CannotMeasure(f"{name} is {float(share):g}, not from 0 to 1")
    share = min(share, Fraction(1))
    return 1 - share if name in {"good", "success_ratio"} else share
