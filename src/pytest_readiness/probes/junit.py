"""Test suites that ran elsewhere, by the JUnit XML they left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_readiness import junit as xml
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._inputs import Asked, Input
from pytest_readiness.probes._junit import End, Ended, cases, chosen, stamp, worst


@dataclass(frozen=True, kw_only=True)
class Junit(Probe):
    """
    Did another test suite pass, by the JUnit XML that it left?

    For Vitest, Playwright, Gradle, or pytest in another job. ``suites`` and ``names`` choose tests, with
    ``*`` and ``?``, in any case: ``suites`` by the name of a suite, its class or file, ``names`` by the name of a
    test, its class or file. Every one of these patterns has to find a test.

    Fails when a test failed or had an error, when none passed, when a pattern finds no test, when a report is older
    than 30 days (unless the gate expects another ``age``), or when the numbers are not as expected. A report that is
    missing, is not JUnit XML, or counts other tests than it holds is an error. ``age`` is that of the oldest report,
    by its time stamp or by what it says itself, whichever is older.

    To fix: run the suite again, repair the tests listed, or correct ``names`` and ``suites``.
    """

    measures = {
        "suites": Measure(int, "suites with a chosen test", better=Better.HIGHER),
        "tests": Measure(int, "tests chosen", better=Better.HIGHER),
        "passed": Measure(int, "tests that passed", better=Better.HIGHER),
        "failed": Measure(int, "tests that failed", better=Better.LOWER),
        "errors": Measure(int, "tests that had an error", better=Better.LOWER),
        "skipped": Measure(int, "tests skipped", better=Better.LOWER),
        "missing": Measure(int, "patterns of suites and names that find no test", better=Better.LOWER),
        "pass_rate": Measure(float, "tests passed, of those chosen", unit="%", better=Better.HIGHER),
        "duration": Measure(float, "time of the chosen tests together", unit="s", better=Better.LOWER),
        "age": Measure(float, "time since the oldest of the reports was made", unit="s", better=Better.LOWER),
    }
    expect = {"failed": 0, "errors": 0, "passed": ">= 1"}
    counter = "tests"

    path: str | None = option("One report, relative to the spec's folder.", None, example="reports/vitest.xml")
    paths: tuple[str, ...] = option("Several reports, all of which must be there.", ())
    glob: str | None = option("A pattern with *, ?, [a-z], {a,b} and ** for reports.", None)
    suites: tuple[str, ...] = option("Only tests of suites with one of these names.", (), example=["*checkout*"])
    names: tuple[str, ...] = option("Only tests with one of these names.", (), example=["*dry run*"])

    def __post_init__(self) -> None:
        self._asked().check()
        for name in ("suites", "names"):
            if not all(text.strip() for text in getattr(self, name)):
                raise OptionError("a pattern may not be empty", name)

    def _asked(self) -> Asked:
        return Asked(self.path, self.paths, self.glob)

    def expected(self) -> dict[str, Value]:
        """Return the default expectations: where there are patterns, each of them finds a test."""
        return {**self.expect, **({"missing": 0} if self.suites or self.names else {})}

    def presumed(self) -> Mapping[str, Value]:
        """Return that a stored report is not an old one."""
        return _inputs.RECENT

    def touches(self) -> Iterable[Touch]:
        """Yield the reports."""
        return self._asked().touches()

    def measure(self, context: Context) -> Measurements:
        """Read the reports and count how the chosen tests ended."""
        found: list[Ended] = []
        moments: list[float] = []
        for report in self._asked().all(context):
            ended, moment = _read(report, context)
            found += ended
            moments.append(moment)
        picked, missing = chosen(found, self.suites, self.names)
        values = _values(picked)
        unknown: dict[str, str] = {}
        if self.suites or self.names:
            values["missing"] = len(missing)
        if any(case.seconds is None for case in picked):
            unknown["duration"] = "not every test says how long it took"
        try:
            values.update({"age": _inputs.age(context, min(moments))} if moments else {})
        except ValueError as error:
            unknown["age"] = str(error)
        evidence = _evidence(found, picked, missing) if moments else self._asked().nothing()
        return Measurements(values, looked_at=len(picked), evidence=evidence, unknown=unknown)


def _read(report: Input, context: Context) -> tuple[list[Ended], float]:
    """Return the cases of a report, and when it was made."""
    if context.deadline.passed:
        raise CannotMeasure(f"the deadline came before {report.name} was read")

    def compute(_deadline: object) -> tuple[list[Ended], float | None]:
        found = xml.read(report.path)
        return cases(found, report.name), stamp(found)

    ended, said = context.fact(("junit", *report.key), compute)
    return ended, report.changed if said is None else min(said, report.changed)


def _values(picked: Sequence[Ended]) -> dict[str, Value]:
    count = Counter(case.end for case in picked)
    values: dict[str, Value] = {
        "suites": len({case.suite for case in picked}),
        "tests": len(picked),
        "passed": count[End.PASSED],
        "failed": count[End.FAILED],
        "errors": count[End.ERROR],
        "skipped": count[End.SKIPPED],
    }
    if picked:
        values["pass_rate"] = 100.0 * count[End.PASSED] / len(picked)
    times = [case.seconds for case in picked if case.seconds is not None]
    if times and len(times) == len(picked):
        values["duration"] = sum(times)
    return values


def _evidence(found: Sequence[Ended], picked: Sequence[Ended], missing: Sequence[str]) -> list[Evidence]:
    count = Counter(case.end.value for case in picked)
    outcomes = ", ".join(f"{number} {word}" for word, number in count.items())
    said = f"{len(picked)} of {len(found)} tests{': ' if outcomes else ''}{outcomes}"
    return _inputs.present(
        {
            "tests": [said],
            "not passed": [str(case) for case in worst(picked)],
            "skipped": [case.label for case in picked if case.end is End.SKIPPED],
            "no test fits": list(missing),
        }
    )
