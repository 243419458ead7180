"""What came of many requests, and how sure the numbers are."""

from __future__ import annotations

import math
import operator
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pytest_readiness.probes._http.findings import percentile

#: How sure the bounds of a percentile are: 95 %, two-sided.
_Z = 1.96
#: Student's t for the same, by the number of windows.
_T = {3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26}
#: A window holds at least so many requests beyond the percentile.
_BEYOND = 10


@dataclass
class Record:
    """
    The requests of one run, in the order in which they were due.

    ``latencies`` are in seconds from when a request was due to the last byte of its answer, infinite
    without a good answer. ``delays`` are what the client itself added, in seconds; ``waited`` counts
    requests that found all connections busy. ``elapsed`` is from the first due time to the last answer, and
    at least as long as the run was to last; ``idle`` is the part of it that the client had nothing to do in.
    """

    latencies: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    bad: int = 0
    waited: int = 0
    connections: int = 0
    elapsed: float = 0.0
    idle: float = 0.0

    @property
    def answered(self) -> int:
        """How many got an answer, good or bad."""
        return self.statuses.total()


@dataclass(frozen=True, slots=True)
class Percentile:
    """A percentile and the bounds it lies within, in seconds."""

    value: float
    least: float
    most: float


class Unsure(Exception):
    """A percentile cannot be told; the message says why."""


def weigh(latencies: Sequence[float], share: float, delays: Sequence[float] = ()) -> Percentile:
    """
    Return the percentile of *latencies* (in the order of time) and its bounds: the wider of two.

    One comes from the ranks between which a percentile of so many independent samples lies (normal
    approximation of the binomial distribution), the other from how much windows of the run differ, which
    is more where slow requests come together. What the client itself added, *delays*, may not be there in
    truth: the lower bound is without it. Raises ``Unsure``.
    """
    ordered = sorted(latencies)
    count = len(ordered)
    spread = _Z * math.sqrt(count * share * (1 - share))
    low, high = max(math.floor(count * share - spread), 1), math.ceil(count * share + spread)
    if high > count:
        raise Unsure(f"it takes at least {enough(share)} requests to tell, and there were {count}")
    value, most = percentile(ordered, share), ordered[high - 1]
    if math.isinf(most):
        missing = 100.0 * sum(map(math.isinf, ordered)) / count
        raise Unsure(f"{missing:.3g} % of the requests got no good answer, so that it is not known how slow they are")
    half = _between_windows(latencies, share)
    own = sorted(map(operator.sub, latencies, delays)) if delays else ordered
    least = max(0.0, min(own[low - 1], percentile(own, share) - half))
    return Percentile(value, least, max(most, value + half))


def enough(share: float) -> int:
    """Return how many samples it takes until the upper bound of a percentile is one of them."""
    return math.ceil(_Z**2 * share / (1 - share))


def _between_windows(latencies: Sequence[float], share: float) -> float:
    """Return how far off the percentile may be, from how much those of up to 10 windows differ."""
    windows = min(10, math.floor(len(latencies) * (1 - share) / _BEYOND))
    if windows not in _T:
        return 0.0
    size = len(latencies) / windows
    each = [percentile(sorted(latencies[round(k * size) : round((k + 1) * size)]), share) for k in range(windows)]
    if any(map(math.isinf, each)):
        raise Unsure("in a part of the run, too many requests got no good answer")
    return _T[windows] * statistics.stdev(each) / math.sqrt(windows)
