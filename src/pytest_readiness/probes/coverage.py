"""How much of the code did the tests run?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pytest_readiness.deadline import Deadline
from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better, Evidence, Value
from pytest_readiness.probe import Context, Measure, Measurements, Probe, Touch, option
from pytest_readiness.probes._coverage import diff, files, run
from pytest_readiness.probes._coverage.report import Numbers, Recorded

_LISTED = 10
_ZERO = Numbers()
_NO_BRANCH = "branch coverage was not recorded: set branch = true under [run], or run with --cov-branch"


@dataclass(frozen=True, kw_only=True)
class Coverage(Probe):
    """
    How much of the code did the tests run?

    Speaks of this run, measured by pytest-cov, by ``coverage run``, or, where neither does, by the
    plugin itself with the project's own coverage configuration. With ``data_file``, and where there was
    no run, of recorded data, as long as no source has changed since. The numbers are those of ``coverage
    report``, unrounded, for the files of ``include`` without those of ``exclude`` (default: all that were
    measured). Files of ``include`` that were never imported count as not covered.

    ``branch`` is there only where branch coverage was recorded. ``changed``, ``changed_missed`` and
    ``changed_statements`` need ``against``. A change without any statement is an error, unless the
    gate says that there may be none, as in ``changed_statements: 0..100000``.

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
    }
    counter = "statements"

    include: tuple[str, ...] = option(
        "Which files: folders, or patterns as in coverage.py, relative to the spec's folder.",
        (),
        example=["src/orders/billing/*"],
    )
    exclude: tuple[str, ...] = option("Which of them to leave out.", (), example=["*/migrations/*"])
    data_file: str | None = option("Recorded data to judge, in place of this run.", None, example=".coverage")
    against: str | None = option("A git ref: look also at the lines changed since then.", None, example="origin/main")

    def __post_init__(self) -> None:
        if any(not pattern.strip() for pattern in (*self.include, *self.exclude)):
            raise OptionError("a pattern may not be empty", "include" if "" in self.include else "exclude")
        if self.data_file is not None and not self.data_file.strip():
            raise OptionError("a file name may not be empty", "data_file")
        if self.against is not None:
            if not self.against.strip() or self.against.startswith("-"):
                raise OptionError(f"{self.against!r} is not a git ref; write a branch, tag or commit", "against")
            # What this gate looks at, and must not find empty, are the changed statements.
            object.__setattr__(self, "counter", "changed_statements")

    def touches(self) -> Iterable[Touch]:
        """Yield the data file, the files measured and the git commands."""
        yield Touch("file", self.data_file or ".coverage, where there was no run of pytest")
        yield from (Touch("file", pattern) for pattern in self.include)
        if self.against is not None:
            yield Touch("command", f"git diff {self.against}")

    def measure(self, context: Context) -> Measurements:
        """Count what ran in the chosen files."""
        root = os.path.realpath(context.root)
        recorded, origin = self._recorded(context)
        chosen = self._choose(recorded, context, root)
        changes = diff.changes(context, self.against) if self.against is not None else None
        if changes is not None and not self.include:
            chosen |= self._new(changes, recorded, root)
        numbers = recorded.numbers(chosen, context.deadline)
        whole = sum(numbers.values(), _ZERO)
        values = dict(_values(numbers, whole, branches=recorded.branches))
        evidence = [Evidence("coverage data", origin), *_tests_among(numbers, context, root), *_worst(numbers, root)]
        unknown = {"branch": _NO_BRANCH} if not recorded.branches else {}
        if never := [files.shown(path, root) for path in numbers if path not in recorded.measured]:
            evidence.append(_listed("never imported, counted as not covered", never))
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
        evidence += [_listed("changed lines that no test ran", missed)] if missed else []
        return Measurements(values, looked_at=len(places), evidence=evidence, unknown=unknown)

    def _recorded(self, context: Context) -> tuple[Recorded, str]:
        """Return the coverage to judge, analysed together with all other gates on it, and where it is from."""
        session = context.session
        if self.data_file is None and session is not None and session.coverage is not None:
            session.speaks_for(context.scope)
            load = session.coverage
            recorded = context.fact("coverage of the run", lambda _: Recorded(load(), context.root, context.cache))
            return recorded, ", configured with ".join(filter(None, ("this run", " ".join(session.configured))))
        if self.data_file is None and session is not None and session.origin == "this run":
            raise CannotMeasure("no coverage was measured in this run; recorded data can be named with data_file")
        key = ("recorded coverage", self.data_file)
        recorded, path = context.fact(key, lambda _: _read(self.data_file, context))
        written = path.stat().st_mtime
        self._check_age(recorded, context, written)
        age = max(0.0, context.now.timestamp() - written)
        return recorded, f"{path}, written {datetime.fromtimestamp(written, UTC):%Y-%m-%d %H:%M} UTC, {_ago(age)} ago"

    def _check_age(self, recorded: Recorded, context: Context, written: float) -> None:
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

    def _choose(self, recorded: Recorded, context: Context, root: str) -> set[str]:
        """Return the absolute paths of the files that this gate speaks of."""
        if self.include:
            on_disk = context.fact("source files", lambda deadline: list(files.sources(root, deadline)))
            omitted = recorded.option("run:omit")
            on_disk = [path for path in on_disk if not any(files.matches(path, glob, root) for glob in omitted)]
            chosen = files.choose(self.include, recorded.measured, on_disk, root)
        else:
            # What tests wrote elsewhere, ran and removed again is not the project's.
            chosen = {path for path in recorded.measured if path.startswith(f"{root}/") or Path(path).exists()}
        return {path for path in chosen if not any(files.matches(path, glob, root) for glob in self.exclude)}

    def _new(self, changes: diff.Changes, recorded: Recorded, root: str) -> set[str]:
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


def _values(numbers: Mapping[str, Numbers], whole: Numbers, *, branches: bool) -> Iterator[tuple[str, Value]]:
    """Yield what was measured; a percentage of nothing is left out."""
    yield from (("missed", whole.missed), ("statements", whole.statements), ("files", len(numbers)))
    percentages = {"line": whole.line, "branch": whole.branch if branches else None, "total": whole.total}
    totals = [each.total for each in numbers.values() if each.total is not None]
    percentages["worst_file"] = min(totals, default=None)
    yield from ((name, value) for name, value in percentages.items() if value is not None)


def _tests_among(numbers: Mapping[str, Numbers], context: Context, root: str) -> Iterator[Evidence]:
    """Tell of tests that count as code here: they run nearly always, and make the numbers look better than they are."""
    session = context.session
    if session is None or not (tests := {f"{root}/{test.nodeid.partition('::')[0]}" for test in session.tests}):
        return
    within = {path for path in numbers if path in tests or Path(path).name == "conftest.py"}
    if within and len(within) < len(numbers):
        others = sum((each for path, each in numbers.items() if path not in within), _ZERO)
        text = f"{len(within)} of {len(numbers)} files are tests; without them line is {others.line or 0:.2f} %"
        yield Evidence("tests among the code", f"{text}: say under include what is to be judged")


def _worst(numbers: Mapping[str, Numbers], root: str) -> Iterator[Evidence]:
    rows = sorted((each.total, -each.missed, path) for path, each in numbers.items() if each.total not in {None, 100.0})
    if rows:
        yield _listed(
            "worst files",
            [
                f"{files.shown(path, root)}: {total:.2f} %, missing {_short(numbers[path].missing)}"
                for total, _, path in rows
            ],
        )


def _changed(
    changes: diff.Changes, recorded: Recorded, numbers: Mapping[str, Numbers], root: str, deadline: Deadline
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


def _ago(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80].rpartition(',')[0]}, ..."  # noqa: PLR2004 - one line of a terminal


def _listed(title: str, lines: list[str]) -> Evidence:
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return Evidence(title, "\n".join([*lines[:_LISTED], *more]))
