"""What pytest-benchmark stores: one run, its benchmarks, their numbers; see its ``--benchmark-json``."""

from __future__ import annotations

import fnmatch
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probe import Context
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._inputs import Input

#: A stored run is read up to this many bytes.
LIMIT = 64 * 1024 * 1024
#: From this many timings on, the 95th percentile is not simply the slowest of them.
ENOUGH = 20

_TIMES = ("min", "max", "mean", "median", "stddev")
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Timed:
    """One benchmark: ``numbers`` are seconds, but for ``ops`` (per second) and ``rounds``."""

    name: str
    full: str
    group: str
    numbers: Mapping[str, float]
    data: tuple[float, ...]

    def number(self, key: str) -> float:
        """Return one of the numbers, a whole one for ``rounds``."""
        return int(self.numbers[key]) if key == "rounds" else self.numbers[key]

    def fits(self, name: str | None, group: str | None) -> bool:
        """Whether it is what the globs say, each of which may be the very name."""
        return (name is None or _same(name, (self.name, self.full))) and (group is None or _same(group, (self.group,)))


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored run: ``made`` is in seconds since the epoch, ``machine`` what it ran on, in words."""

    file: str
    made: float
    machine: str
    benchmarks: tuple[Timed, ...]


def read(found: Input, context: Context) -> Stored:
    """Return what a file holds, read once a run; raises ``CannotMeasure`` if that is no stored run."""
    if context.deadline.passed:
        raise CannotMeasure(f"the deadline came before {found.name} was read")
    return context.fact(("benchmark", *found.key), lambda _deadline: _read(found))


def percentile(data: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of *data*: one that was really measured."""
    return sorted(data)[math.ceil(share * len(data)) - 1]


def _same(pattern: str, names: Sequence[str]) -> bool:
    match = re.compile(fnmatch.translate(pattern)).match
    return any(name == pattern or match(name) is not None for name in names)


def _read(found: Input) -> Stored:
    try:
        said = json.loads(_inputs.text(_inputs.data(found, LIMIT)))
    except (ValueError, RecursionError) as error:
        raise CannotMeasure(f"{found.name} is not JSON: {error}") from None
    if not isinstance(said, dict) or not isinstance(said.get("benchmarks"), list):
        raise CannotMeasure(f"{found.name} was not written by pytest-benchmark: it has no list of benchmarks")
    timed = tuple(_timed(found.name, number, one) for number, one in enumerate(said["benchmarks"], 1))
    return Stored(found.name, min(_moment(said), found.changed), _machine(said.get("machine_info")), timed)


def _moment(said: Mapping[str, Any]) -> float:
    """Return when the run was; a time without a zone is in UTC, as pytest-benchmark means it. Infinity if unsaid."""
    try:
        moment = datetime.fromisoformat(str(said.get("datetime")))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return math.inf


def _machine(said: object) -> str:
    if not isinstance(said, dict):
        return ""
    cpu = said.get("cpu")
    parts = [cpu.get("brand_raw") if isinstance(cpu, dict) else None]
    parts += [said.get(key) for key in ("machine", "system", "python_implementation", "python_version")]
    return ", ".join(str(part) for part in parts if part)


def _timed(file: str, number: int, said: object) -> Timed:
    stats = said.get("stats") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(stats, dict) or not isinstance(said.get("name"), str):
        raise CannotMeasure(f"{file}: benchmark {number} has no name or no stats")
    name = str(said["name"])
    numbers = {key: _number(file, name, key, stats.get(key)) for key in (*_TIMES, "ops", "rounds")}
    _check(file, name, numbers)
    data = stats.get("data") or ()
    times = tuple(_number(file, name, "data", each) for each in data) if isinstance(data, list) else ()
    return Timed(name, str(said.get("fullname") or name), str(said.get("group") or ""), numbers, times)


def _number(file: str, name: str, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise CannotMeasure(f"{file}: {key} of {name} is not a number that a benchmark has")
    return value


def _check(file: str, name: str, numbers: Mapping[str, float]) -> None:
    if numbers["rounds"] < 1 or numbers["rounds"] != int(numbers["rounds"]):
        raise CannotMeasure(f"{file}: {name} was never timed")
    slack = _SLACK * numbers["max"]
    for key in ("mean", "median"):
        if not numbers["min"] - slack <= numbers[key] <= numbers["max"] + slack:
            raise CannotMeasure(f"{file}: {key} of {name} is not between its min and max")


def pairs(now: Sequence[Timed], then: Sequence[Timed]) -> Iterator[tuple[Timed | None, Timed | None]]:
    """Yield each benchmark of one run with that of the other, None where there is no such."""
    left = {one.full: one for one in then}
    for one in now:
        yield one, left.pop(one.full, None)
    yield from ((None, one) for one in left.values())
