"""How fast the project's benchmarks were, by what pytest-benchmark stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._benchmark import ENOUGH, Stored, Timed, pairs, percentile, read
from pytest_readiness.probes._inputs import Asked
from pytest_readiness.units import show

_STATISTICS = ("mean", "min", "max", "median", "stddev", "ops", "rounds")


@dataclass(frozen=True, kw_only=True)
class Benchmark(Probe):
    """
    How fast were the benchmarks, and is that slower than before?

    Reads what ``pytest --benchmark-json`` or ``--benchmark-save`` wrote; of several files that ``glob``
    matches, the newest. ``name`` and ``group`` choose benchmarks; an expectation has to hold for each of
    them. ``of`` and ``to`` name one benchmark each: ``ratio`` is how many times as long the first took.
    ``against`` is an earlier run: ``regression`` is how much slower each benchmark is now, and
    ``unmatched`` counts those that only one of the runs has.

    Fails when a time, a ratio or a regression is not as expected, or the run is older than 30 days (unless the
    gate expects another ``age``). No benchmark chosen, a
    benchmark without numbers, or a run compared with itself is an error. Times of different
    machines cannot be compared: the evidence says so.

    To fix: run the benchmarks again, find what became slower, or correct ``name``.
    """

    measures = {
        "benchmarks": Measure(int, "benchmarks chosen", better=Better.HIGHER),
        "mean": Measure(float, "mean time of a round", unit="s", better=Better.LOWER),
        "median": Measure(float, "median time of a round", unit="s", better=Better.LOWER),
        "min": Measure(float, "time of the fastest round", unit="s", better=Better.LOWER),
        "max": Measure(float, "time of the slowest round", unit="s", better=Better.LOWER),
        "p95": Measure(float, "95th percentile, if at least 20 timings are stored", unit="s", better=Better.LOWER),
        "stddev": Measure(float, "standard deviation of the rounds", unit="s", better=Better.LOWER),
        "ops": Measure(float, "calls in a second", unit="/s", better=Better.HIGHER),
        "rounds": Measure(int, "rounds that were timed", better=Better.HIGHER),
        "ratio": Measure(float, "how many times as long `of` takes as `to`"),
        "regression": Measure(float, "how much slower than in the run under against", unit="%", better=Better.LOWER),
        "unmatched": Measure(int, "benchmarks that only one of the two runs has", better=Better.LOWER),
        "same_machine": Measure(bool, "whether both runs name the same processor, system and Python"),
        "age": Measure(float, "time since the run", unit="s", better=Better.LOWER),
    }
    expect = {"benchmarks": ">= 1"}
    counter = "benchmarks"

    path: str | None = option("The stored run, relative to the spec's folder.", None, example="benchmarks.json")
    glob: str | None = option("A pattern for stored runs, of which the newest counts.", None, example=".benchmarks/**")
    name_: str | None = option("Only benchmarks with this name, or that match it as a glob.", None)
    group: str | None = option("Only benchmarks of this group, or that match it as a glob.", None)
    of: str | None = option("The benchmark above the line of the ratio.", None, example="test_pure_python")
    to: str | None = option("The benchmark below the line of the ratio.", None, example="test_polars")
    against: str | None = option("An earlier stored run to compare with.", None, example="benchmarks-main.json")
    by: Literal["mean", "median", "min"] = option("What ratio and regression compare.", "mean")

    def __post_init__(self) -> None:
        self._asked().check()
        if (self.of is None) != (self.to is None):
            raise OptionError("a ratio needs both of and to", "to" if self.to is None else "of")
        if self.of is not None and self.of == self.to:
            raise OptionError("is the benchmark that of names, too", "to")
        for name in ("name_", "group", "of", "to", "against"):
            if getattr(self, name) is not None and not getattr(self, name).strip():
                raise OptionError("may not be empty", name.rstrip("_"))

    def _asked(self) -> Asked:
        return Asked(self.path, (), self.glob, several=False)

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: against another run, no benchmark is lost, new or over 10 % slower."""
        return {**self.expect, **({"regression": "<= 10 %", "unmatched": 0} if self.against else {})}

    def presumed(self) -> Mapping[str, Value]:
        """Return that a stored report is not an old one."""
        return _inputs.RECENT

    def touches(self) -> Iterable[Touch]:
        """Yield the files."""
        yield from self._asked().touches()
        if self.against is not None:
            yield Touch("file", self.against)

    def measure(self, context: Context) -> Measurements:
        """Read the stored run and take the numbers of the benchmarks chosen."""
        runs = [read(found, context) for found in self._asked().all(context)]
        if not runs:
            return Measurements({"benchmarks": 0}, looked_at=0, evidence=self._asked().nothing())
        run = max(runs, key=lambda each: each.made)
        chosen = [one for one in run.benchmarks if one.fits(self.name_, self.group)]
        found = _Found({"benchmarks": len(chosen)}, [f"{run.file}: {len(chosen)} of {len(run.benchmarks)} benchmarks"])
        try:
            found.values["age"] = _inputs.age(context, run.made)
        except ValueError as error:
            found.unknown["age"] = str(error)
        if chosen:
            found.times(chosen)
        if self.of is not None and self.to is not None:
            self._ratio(run, self.of, self.to, found)
        if self.against is not None:
            then = read(_inputs.one(self.against, context), context)
            _same_run(run, then)
            self._compare(chosen, run, then, found)
        return Measurements(found.values, looked_at=len(chosen), evidence=found.evidence(), unknown=found.unknown)

    def _ratio(self, run: Stored, of: str, to: str, found: _Found) -> None:
        above, below = (_only(run, name, self.group) for name in (of, to))
        if below.numbers[self.by] == 0:
            raise CannotMeasure(f"{below.name} took no time at all: there is no ratio to it")
        found.values["ratio"] = above.numbers[self.by] / below.numbers[self.by]
        found.lines.append(f"{above.name} takes {found.values['ratio']:.4g} times as long as {below.name}")

    def _compare(self, chosen: Sequence[Timed], run: Stored, then: Stored, found: _Found) -> None:
        before = [one for one in then.benchmarks if one.fits(self.name_, self.group)]
        slower: list[float] = []
        alone: list[str] = []
        for now, old in pairs(chosen, before):
            if now is None or old is None:
                alone.append(f"{old.name if old else now.name if now else ''}: only in {(then if old else run).file}")
            elif old.numbers[self.by] == 0:
                raise CannotMeasure(f"{then.file}: {old.name} took no time at all: nothing can be compared with it")
            else:
                slower.append(100.0 * (now.numbers[self.by] / old.numbers[self.by] - 1.0))
                found.lines.append(f"{now.name}: {slower[-1]:+.2f} % against {then.file}")
        found.values["unmatched"] = len(alone)
        found.alone += alone
        if slower:
            found.values["regression"] = _inputs.each(slower)
        else:
            found.unknown["regression"] = f"{then.file} has none of the benchmarks"
        if run.machine and then.machine:
            found.values["same_machine"] = same = run.machine == then.machine
            found.machines += [] if same else [f"{each.file}: {each.machine}" for each in (run, then)]
        else:
            found.unknown["same_machine"] = "the runs do not both say what they ran on"


@dataclass
class _Found:
    """Collects what there is to tell."""

    values: dict[str, Value]
    lines: list[str]
    alone: list[str] = field(default_factory=list)
    machines: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)

    def times(self, chosen: Sequence[Timed]) -> None:
        """Add the numbers of the benchmarks *chosen*, and a line for each."""
        for key in _STATISTICS:
            self.values[key] = _inputs.each(one.number(key) for one in chosen)
        few = [one.name for one in chosen if len(one.data) < ENOUGH]
        if few:
            self.unknown["p95"] = (
                f"fewer than {ENOUGH} timings are stored of {few[0]} (--benchmark-save-data keeps them)"
            )
        else:
            self.values["p95"] = _inputs.each(percentile(one.data, 0.95) for one in chosen)
        self.lines += [
            f"{one.name}: mean {show(one.numbers['mean'], 's')}, {one.numbers['rounds']:.0f} rounds"
            for one in sorted(chosen, key=lambda one: -one.numbers["mean"])
        ]

    def evidence(self) -> list[Evidence]:
        """Return what was found, in parts."""
        parts = {"benchmarks": self.lines, "without a partner": self.alone, "different machines": self.machines}
        return _inputs.present(parts)


def _only(run: Stored, name: str, group: str | None) -> Timed:
    """Return the one benchmark that *name* means."""
    found = [one for one in run.benchmarks if one.fits(name, group)]
    if len(found) != 1:
        shown = ", ".join(one.name for one in found[:5])
        raise CannotMeasure(f"{name} names {len(found)} benchmarks{': ' if shown else ''}{shown}: a ratio needs one")
    return found[0]


def _same_run(run: Stored, then: Stored) -> None:
    """Raise ``CannotMeasure`` where a run would be compared with itself."""
    if run.benchmarks == then.benchmarks:
        raise CannotMeasure(f"{run.file} and {then.file} are the same run: there is nothing to compare")
