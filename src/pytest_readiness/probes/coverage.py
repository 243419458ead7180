"""How much of the code did the tests run?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes import _inputs
from pytest_readiness.probes._coverage import cobertura, contexts, diff, exported, files, run, told
from pytest_readiness.probes._coverage.report import Numbers, Recorded
from pytest_readiness.probes._coverage.reported import Reported
from pytest_readiness.probes._tests import chooser, select_from

_ZERO = Numbers()
#: What a gate is judged on: the data, or a report made of it.
_Source = Recorded | Reported
_NEW = "the coverage is this run's own"


@dataclass(frozen=True, kw_only=True)
class Coverage(Probe):
    """
    How much of the code did the tests run?

    Speaks of this run, measured by pytest-cov, by ``coverage run``, or, where neither does, by the
    plugin itself with the project's own coverage configuration. With ``data_file``, and where there was
    no run, of recorded data, as long as no source has changed since; with ``report``, of a ``coverage.xml``
    (Cobertura, of any tool) or a JSON report of coverage.py. The numbers are those of ``coverage
    report``, unrounded, for the files of ``include`` without those of ``exclude`` (default: all that were
    measured). Files of ``include`` that were never imported count as not covered; where a report leaves
    one out, that is an error.

    What some tests alone have run is told by the contexts in the data (``--cov-context=test`` of
    pytest-cov, or ``dynamic_context = test_function``). ``contexts`` selects them as coverage.py does:
    what ran while modules were imported has the context ``^$``. ``tests`` selects tests of this run, as
    in the ``tests`` probe, and counts what ran during imports as well.

    ``branch`` is there only where branch coverage was recorded, ``age`` only where the run's own coverage
    is not what is judged. ``changed``, ``changed_missed`` and ``changed_statements`` need ``against``. A
    change without any statement is an error, unless the gate says that there may be none, as in
    ``changed_statements: 0..100000``.

    Fails when less is covered than the gate expects. A run that was narrowed, stopped, or lost a worker
    is an error.

    To fix: write tests for the lines listed under "worst files" or "changed lines that no test ran", or
    correct ``include``.
    """

    measures = {
        "line": Measure(float, "statements that ran", unit="%", better=Better.HIGHER),
        "branch": Measure(float, "branches that were taken", unit="%", better=Better.HIGHER),
        "total": Measure(float, 'statements and branches together, the "Cover" of coverage.py', "%", Better.HIGHER),
        "missed": Measure(int, "statements that did not run", better=Better.LOWER),
        "statements": Measure(int, "statements looked at"),
        "files": Measure(int, "files looked at"),
        "worst_file": Measure(float, "the lowest total of any one file", unit="%", better=Better.HIGHER),
        "changed": Measure(float, "statements that ran, of those changed", unit="%", better=Better.HIGHER),
        "changed_missed": Measure(int, "changed statements that did not run", better=Better.LOWER),
        "changed_statements": Measure(int, "statements changed"),
        "age": Measure(float, "since the recorded data or report was made", unit="s", better=Better.LOWER),
    }
    counter = "statements"

    include: tuple[str, ...] = option(
        "Which files: folders, or patterns as in coverage.py, relative to the spec's folder.",
        (),
        example=["src/orders/billing/*"],
    )
    exclude: tuple[str, ...] = option("Which of them to leave out.", (), example=["*/migrations/*"])
    data_file: str | None = option("Recorded data to judge, in place of this run.", None, example=".coverage")
    report: str | None = option("A coverage.xml or coverage.json to judge.", None, example="coverage.xml")
    contexts: tuple[str, ...] = option(
        "Only what ran in these contexts: regular expressions, as in coverage.py.", (), example=["tests/integration/"]
    )
    tests: str | None = option(
        "Only what these tests of the run have run: marker:NAME, node:GLOB or keyword:EXPR.",
        None,
        example="marker:integration",
    )
    against: str | None = option("A git ref: look also at the lines changed since then.", None, example="origin/main")

    def __post_init__(self) -> None:
        if any(not pattern.strip() for pattern in (*self.include, *self.exclude)):
            raise OptionError("a pattern may not be empty", "include" if "" in self.include else "exclude")
        for name in ("data_file", "report"):
            if (file := getattr(self, name)) is not None and not file.strip():
                raise OptionError("a file name may not be empty", name)
        self._check_source()
        if self.against is not None:
            if not self.against.strip() or self.against.startswith("-"):
                raise OptionError(f"{self.against!r} is not a git ref; write a branch, tag or commit", "against")
            # What this gate looks at, and must not find empty, are the changed statements.
            object.__setattr__(self, "counter", "changed_statements")

    def _check_source(self) -> None:
        """Refuse what does not go together, and what cannot be read."""
        if self.report is not None:
            beside = {"data_file": self.data_file, "contexts": self.contexts, "tests": self.tests}
            for name in (name for name, value in beside.items() if value):
                why = "give one of them" if name == "data_file" else "a report does not tell which test ran what"
                raise OptionError(f"{name} does not go with report: {why}", name)
        if self.contexts and self.tests is not None:
            raise OptionError("tests does not go with contexts: give one of them", "tests")
        for pattern in self.contexts:
            try:
                re.compile(pattern)
            except (re.error, RecursionError, OverflowError) as error:
                raise OptionError(f"{pattern!r} is not a regular expression: {error}", "contexts") from None
        if self.tests is not None:
            chooser(self.tests, "tests")

    def touches(self) -> Iterable[Touch]:
        """Yield the data file, the files measured and the git commands."""
        yield Touch("file", self.report or self.data_file or ".coverage, where there was no run of pytest")
        yield from (Touch("file", pattern) for pattern in self.include)
        if self.against is not None:
            yield Touch("command", f"git diff {self.against}")

    def measure(self, context: Context) -> Measurements:
        """Count what ran in the chosen files."""
        root = os.path.realpath(context.root)
        recorded, origin, age = self._recorded(context)
        chosen = self._choose(recorded, context, root)
        changes = diff.changes(context, self.against) if self.against is not None else None
        if changes is not None and not self.include:
            chosen |= self._new(changes, recorded, root)
        numbers = recorded.numbers(chosen, context.deadline)
        whole = sum(numbers.values(), _ZERO)
        values = dict(_values(numbers, whole, branches=recorded.branches))
        evidence = [
            Evidence("coverage data", origin),
            *told.tests_among(numbers, context, root),
            *told.worst(numbers, root),
        ]
        unknown = {"branch": recorded.no_branch} if not recorded.branches else {}
        if isinstance(age, str):
            unknown["age"] = age
        else:
            values["age"] = age
        if never := [files.shown(path, root) for path in numbers if path not in recorded.measured]:
            evidence.append(told.listed("never imported, counted as not covered", never))
        if changes is None:
            unknown |= dict.fromkeys(("changed", "changed_missed", "changed_statements"), "the gate says no against")
            return Measurements(values, looked_at=whole.statements, evidence=evidence, unknown=unknown)
        places, missed = _changed(changes, recorded, numbers, root, context.deadline)
        values |= {"changed_statements": len(places), "changed_missed": len(missed)}
        if places:
            values["changed"] = 100.0 * (len(places) - len(missed)) / len(places)
        else:
            unknown["changed"] = f"no statement changed since {changes.since}"
        evidence.append(Evidence("changed", f"{len(places)} statements since {changes.since}"))
        evidence += [told.listed("changed lines that no test ran", missed)] if missed else []
        return Measurements(values, looked_at=len(places), evidence=evidence, unknown=unknown)

    def _recorded(self, context: Context) -> tuple[_Source, str, float | str]:
        """Return the coverage to judge, analysed together with all other gates on it, where it is from, and its age."""
        if self.report is not None:
            return self._reported(self.report, context)
        recorded, origin, age = self._data(context)
        if not self.contexts and self.tests is None:
            return recorded, origin, age
        key = ("coverage of contexts", self.data_file, self.contexts, self.tests)
        return context.fact(key, lambda deadline: self._narrowed(recorded, context, deadline)), origin, age

    def _narrowed(self, recorded: Recorded, context: Context, deadline: Deadline) -> Recorded:
        """Return what ran in the contexts that the gate speaks of."""
        with recorded.raw(deadline) as cov:
            if self.tests is None:
                return contexts.by_pattern(cov, self.contexts, context.root)
            session = context.session
            if session is None or not session.tests:
                raise CannotMeasure("tests: there was no run of tests to choose from: select by contexts")
            session.speaks_for(context.scope)
            chosen = {test.nodeid for test in select_from(session, self.tests)}
            if not chosen:
                raise CannotMeasure(f"tests: {self.tests} selects none of the {len(session.tests)} tests of the run")
            others = {test.nodeid for test in session.tests} - chosen
            return contexts.by_test(cov, chosen, others, context.root)

    def _reported(self, report: str, context: Context) -> tuple[Reported, str, float | str]:
        """Return the coverage that a report tells of, where it is from, and its age."""
        found = _inputs.one(report, context)
        key = ("coverage report", *found.key)
        reported, moment = context.fact(key, lambda _: _read_report(found.path, found.name, context))
        self._check_age(reported, context, found.changed)
        made = found.changed if moment is None else min(moment, found.changed)
        return reported, f"{found.name}, made {told.made(made, context)}", _age(made, context)

    def _data(self, context: Context) -> tuple[Recorded, str, float | str]:
        """Return the coverage in the data of the run, or in a data file."""
        session = context.session
        if self.data_file is None and session is not None and session.coverage is not None:
            session.speaks_for(context.scope)
            load = session.coverage
            recorded = context.fact("coverage of the run", lambda _: Recorded(load(), context.root, context.cache))
            return recorded, ", configured with ".join(filter(None, ("this run", " ".join(session.configured)))), _NEW
        if self.data_file is None and session is not None and session.origin == "this run":
            raise CannotMeasure("no coverage was measured in this run; recorded data can be named with data_file")
        key = ("recorded coverage", self.data_file)
        recorded, path = context.fact(key, lambda _: _read(self.data_file, context))
        written = path.stat().st_mtime
        self._check_age(recorded, context, written)
        return recorded, f"{path}, written {told.made(written, context)}", _age(written, context)

    def _check_age(self, recorded: _Source, context: Context, written: float) -> None:
        """Refuse data older than a source that it speaks of."""
        root = os.path.realpath(context.root)
        newer = [path for path in self._choose(recorded, context, root) if _changed_at(path) > written]
        if newer:
            names = ", ".join(sorted(files.shown(path, root) for path in newer)[:3])
            more = f" and {len(newer) - 3} more" if len(newer) > 3 else ""  # noqa: PLR2004 - as shown
            raise CannotMeasure(
                f"{names}{more} changed after the coverage data was written: run the tests again, "
                "or touch the data file if only the checkout is newer"
            )

    def _choose(self, recorded: _Source, context: Context, root: str) -> set[str]:
        """Return the absolute paths of the files that this gate speaks of."""
        if self.include:
            on_disk = context.fact("source files", lambda deadline: list(files.sources(root, deadline)))
            omitted = (*recorded.option("run:omit"), *(recorded.option("report:omit") if self.report else ()))
            on_disk = [path for path in on_disk if not any(files.matches(path, glob, root) for glob in omitted)]
            chosen = files.choose(self.include, recorded.measured, on_disk, root)
        else:
            # What tests wrote elsewhere, ran and removed again is not the project's.
            chosen = {path for path in recorded.measured if path.startswith(f"{root}/") or Path(path).exists()}
        return {path for path in chosen if not any(files.matches(path, glob, root) for glob in self.exclude)}

    def _new(self, changes: diff.Changes, recorded: _Source, root: str) -> set[str]:
        """Return the changed files that were not measured though others in their folder were."""
        folders = {Path(path).parent for path in recorded.measured}
        paths = {f"{root}/{name}" for name in changes.lines if Path(root, name).parent in folders}
        left_out = (*self.exclude, *recorded.option("run:omit"))
        return {path for path in paths if not any(files.matches(path, glob, root) for glob in left_out)}


def _read(data_file: str | None, context: Context) -> tuple[Recorded, Path]:
    """Return recorded coverage, and the file it was in."""
    config = run.config_file(context.root, context.env)
    named = data_file or context.env.get("COVERAGE_FILE") or run.make(None, config).get_option("run:data_file")
    path = context.path(str(named))
    if not path.is_file():
        raise CannotMeasure(f"there is no coverage data at {path}: run the tests under coverage first")
    return Recorded(run.copied([path], {}, config), context.root, context.cache), path


def _read_report(path: Path, name: str, context: Context) -> tuple[Reported, float | None]:
    """Return a report in JSON or, whatever else its name, in XML, and when it says that it was made."""
    found = (exported if path.suffix == ".json" else cobertura).read(path)
    config = run.make(None, run.config_file(context.root, context.env))
    return Reported(found, name, context.root, config), found.moment


def _age(moment: float, context: Context) -> float | str:
    """Return the seconds since *moment*, or why they cannot be told."""
    try:
        return _inputs.age(context, moment)
    except ValueError as error:
        return str(error)


def _values(numbers: Mapping[str, Numbers], whole: Numbers, *, branches: bool) -> Iterator[tuple[str, Value]]:
    """Yield what was measured; a percentage of nothing is left out."""
    yield from (("missed", whole.missed), ("statements", whole.statements), ("files", len(numbers)))
    percentages = {"line": whole.line, "branch": whole.branch if branches else None, "total": whole.total}
    totals = [each.total for each in numbers.values() if each.total is not None]
    percentages["worst_file"] = min(totals, default=None)
    yield from ((name, value) for name, value in percentages.items() if value is not None)


def _changed(
    changes: diff.Changes, recorded: _Source, numbers: Mapping[str, Numbers], root: str, deadline: Deadline
) -> tuple[list[str], list[str]]:
    """Return all changed statements, as FILE:LINE, and those of them that did not run."""
    places: list[str] = []
    missed: list[str] = []
    for name, lines in sorted(changes.lines.items()):
        if (path := f"{root}/{name}") in numbers:
            statements, gone = recorded.lines(path, deadline)
            hit = sorted(diff.touched(Path(path).read_bytes(), lines, statements))
            places += [f"{name}:{line}" for line in hit]
            missed += [f"{name}:{line}" for line in hit if line in gone]
    return places, missed


def _changed_at(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return 0.0  # a source that is gone is found out when it is analysed
