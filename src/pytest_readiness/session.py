"""What a finished pytest run knows: the tests' outcomes and the coverage they recorded."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pytest_readiness import junit
from pytest_readiness.errors import CannotMeasure

#: A JUnit XML file is read up to this many bytes.
JUNIT_LIMIT = junit.LIMIT


class TestOutcome(StrEnum):
    """What pytest made of one test, all its phases taken together."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"


@dataclass(frozen=True, slots=True)
class TestCase:
    """
    One test: ``markers`` are the names of its marks, ``keywords`` what ``-k`` matches against.

    ``gates`` are the ids given by ``@pytest.mark.readiness("gate-id")``; ``duration`` is in seconds,
    all phases together; ``reruns`` counts the attempts that did not count.
    """

    __test__ = False

    nodeid: str
    outcome: TestOutcome
    duration: float = 0.0
    markers: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    gates: frozenset[str] = frozenset()
    reruns: int = 0
    subtests: int = 0


@dataclass(frozen=True, slots=True)
class Warned:
    """
    One warning: its category and all that is derived from, by name, what it says, and where.

    ``kinds`` has the category itself first and ``Warning`` last; ``where`` is a node id or a place, if known.
    """

    kinds: tuple[str, ...]
    message: str
    where: str = ""


def kinds_of(category: type[Warning]) -> tuple[str, ...]:
    """Return the names of *category* and its bases, nearest first: ``sqlalchemy.exc.SAWarning``, ``Warning``."""
    every = [kind for kind in category.__mro__ if issubclass(kind, Warning)]
    return tuple(f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.") for kind in every)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """
    The test run that gates are judged on.

    ``narrowed`` is the selection made on the command line, normalised to one option or path an
    item (``("-k", "drift")`` becomes ``"-k drift"``); empty if everything configured ran.
    ``configured`` is the selection that the project's own configuration makes. ``broken`` says why
    the run cannot speak for the tests: collection errors, crashed workers, a stop before the end.
    ``coverage`` returns the run's combined ``coverage.Coverage`` with its data loaded, or raises
    ``CannotMeasure`` with the reason; it is called at most once, from any thread. ``unknown`` names
    what the source of these facts cannot tell: ``markers``, or measurements of the tests probe.
    ``warned`` are the warnings themselves, ``filters`` the filters for them, in the order in which they were set.
    """

    tests: tuple[TestCase, ...] = ()
    deselected: int = 0
    warnings: int = 0
    warned: tuple[Warned, ...] = ()
    filters: tuple[str, ...] = ()
    duration: float = 0.0
    narrowed: tuple[str, ...] = ()
    configured: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    coverage: Callable[[], Any] | None = None
    origin: str = "this run"
    unknown: frozenset[str] = frozenset()

    @property
    def failed(self) -> int:
        """How many tests failed or errored."""
        return sum(test.outcome in {TestOutcome.FAILED, TestOutcome.ERROR} for test in self.tests)

    def speaks_for(self, scope: Iterable[str] = ()) -> Session:
        """
        Return this run if it is whole and unbroken, or narrowed to exactly *scope*.

        Raises ``CannotMeasure`` with the reason otherwise.
        """
        if self.broken:
            raise CannotMeasure(f"{self.origin} cannot speak for the tests: {'; '.join(self.broken)}")
        whole = selection(scope)
        if self.narrowed and selection(self.narrowed) != whole:
            asked = " ".join(self.narrowed)
            named = f"the gate's scope is {' '.join(whole)}" if whole else "name that selection as the gate's scope"
            raise CannotMeasure(f"{self.origin} was narrowed by {asked}: run all tests, or {named}")
        if whole and not self.narrowed and selection(self.configured) != whole:
            raise CannotMeasure(f"the gate's scope is {' '.join(whole)}, but {self.origin} was not narrowed to it")
        return self


# --- which tests were asked for ---------------------------------------------------------------

_VALUED = {"--deselect", "--ignore", "--ignore-glob"}
_FLAGS = {"--lf": "--lf", "--last-failed": "--lf", "--sw": "--sw", "--stepwise": "--sw"}
# Short options may be written together, as in -xk EXPR; before k or m only those that take no value.
_SHORT = re.compile(r"-[qvsxlhV]*([km])(.*)", re.DOTALL)


def options(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the options among *words*, a command line of pytest, that select tests: name and value."""
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if short := _SHORT.fullmatch(word):
            yield f"-{short[1]}", short[2].removeprefix("=") or next(rest, "")
        elif name in _VALUED:
            yield name, value if equals else next(rest, "")
        elif word in _FLAGS:
            yield _FLAGS[word], ""
        elif not word.startswith("-"):
            yield "", word


def item(option: str, value: str) -> str:
    """Return the one way to write a selecting option (an empty one means a path) with its value."""
    if option in {"-k", "-m"}:
        value = " ".join(value.split())
    elif value:
        path, colons, name = value.partition("::")
        value = posixpath.normpath(path) + colons + name
    return " ".join(filter(None, (option, shlex.quote(value) if value else "")))


def selection(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the selection that *texts* (command lines, or parts of one) make, in the one way to write it."""
    words: list[str] = []
    for text in texts:
        try:
            words += shlex.split(text)
        except ValueError:
            words.append(text)
    return tuple(sorted({item(*each) for each in options(words)}))


# --- a JUnit XML file in place of a run ---------------------------------------------------------


def from_junit(path: Path) -> Session:
    """
    Return what the JUnit XML file at *path*, written by ``pytest --junitxml``, tells of a run.

    Raises ``CannotMeasure`` for a file that cannot be read, or is not JUnit XML.
    """
    found = junit.read(path)
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    tests: dict[str, TestCase] = {}
    broken: list[str] = []
    for each in found.cases:
        if any(name.startswith("readiness.") for name in each.properties):
            continue  # a gate of an earlier run, not a test
        case = _case(each)
        broken += (f"{message} in {case.nodeid}" for message in _breaks(each))
        if known := tests.get(case.nodeid):  # pytest writes a second one for an error at teardown
            case = replace(case, outcome=worst(known.outcome, case.outcome), duration=known.duration + case.duration)
        tests[case.nodeid] = case
    return Session(
        tests=tuple(tests.values()),
        duration=sum(junit.seconds(suite.attributes) or 0.0 for suite in found.suites),
        broken=tuple(broken),
        origin=f"the run in {path.name}, written {written:%Y-%m-%d %H:%M} UTC,",
        unknown=frozenset({"markers", "deselected", "warnings", "rerun", "xpassed"}),
    )


_WORSE = [
    TestOutcome.PASSED,
    TestOutcome.XPASSED,
    TestOutcome.XFAILED,
    TestOutcome.SKIPPED,
    TestOutcome.ERROR,
    TestOutcome.FAILED,
]


def worst(*outcomes: TestOutcome) -> TestOutcome:
    """Return the outcome that weighs most: a test that failed once has failed."""
    return max(outcomes, key=_WORSE.index)


def _case(case: junit.Case) -> TestCase:
    """Return the test; the node id is put together again from the dotted class name."""
    name, parts = case.attributes.get("name", ""), [*filter(None, case.attributes.get("classname", "").split("."))]
    start = next((index for index, part in enumerate(parts) if index and part[:1].isupper()), len(parts))
    module = ["/".join(parts[:start]) + ".py"] if parts else []
    nodeid = "::".join([*module, *parts[start:], name])
    outcome = worst(TestOutcome.PASSED, *(_outcome(tag, attributes) for tag, attributes in case.marks))
    return TestCase(nodeid, outcome, junit.seconds(case.attributes) or 0.0, keywords=frozenset([*parts, name]))


def _breaks(case: junit.Case) -> Iterator[str]:
    """Yield what keeps the whole run from speaking for the tests."""
    for tag, attributes in case.marks:
        if tag == "error" and attributes.get("message") in {"collection failure", "internal error"}:
            yield attributes["message"]


def _outcome(tag: str, attributes: Mapping[str, str]) -> TestOutcome:
    if tag == "skipped":
        return TestOutcome.XFAILED if attributes.get("type") == "pytest.xfail" else TestOutcome.SKIPPED
    return TestOutcome.FAILED if tag == "failure" else TestOutcome.ERROR
