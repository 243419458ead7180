"""What a finished pytest run knows: the tests' outcomes and the coverage they recorded."""

from __future__ import annotations

import math
import posixpath
import re
import shlex
import xml.parsers.expat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pytest_readiness.errors import CannotMeasure

#: A JUnit XML file is read up to this many bytes.
JUNIT_LIMIT = 256 * 1024 * 1024


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
    """

    tests: tuple[TestCase, ...] = ()
    deselected: int = 0
    warnings: int = 0
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

    Raises ``CannotMeasure`` for a file that is missing, too large, not JUnit XML or has a
    document type: entities are how such a file would attack its reader.
    """
    try:
        size, written = path.stat().st_size, datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if size > JUNIT_LIMIT:
            raise CannotMeasure(f"{path} has {size} bytes, more than the limit of {JUNIT_LIMIT}")
        reader = _JUnit(path.name)
        with path.open("rb") as file:
            reader.read(file)
    except OSError as error:
        raise CannotMeasure(f"{path} cannot be read: {error.strerror}") from None
    except xml.parsers.expat.ExpatError as error:
        raise CannotMeasure(f"{path} is not XML: {error}") from None
    if not reader.seen:
        raise CannotMeasure(f"{path} is not a JUnit XML file: it has no testsuite")
    return Session(
        tests=tuple(reader.tests.values()),
        duration=reader.duration,
        broken=tuple(reader.broken),
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


@dataclass
class _JUnit:
    """Collects test cases while expat reads; ``seen`` tells whether there was a testsuite at all."""

    name: str
    tests: dict[str, TestCase] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    duration: float = 0.0
    seen: bool = False
    _case: TestCase | None = None

    def read(self, file: Any) -> None:
        parser = xml.parsers.expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.ParseFile(file)

    def _doctype(self, *_declaration: object) -> None:
        raise CannotMeasure(f"{self.name} has a document type: it was refused unread")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "testsuite":
            self.seen = True
            self.duration += _seconds(attributes)
        elif tag == "testcase":
            self._case = _case(attributes)
        elif self._case is not None and tag in {"failure", "error", "skipped"}:
            self._case = replace(self._case, outcome=worst(self._case.outcome, _outcome(tag, attributes)))
            if tag == "error" and attributes.get("message") in {"collection failure", "internal error"}:
                self.broken.append(f"{attributes['message']} in {self._case.nodeid}")
        elif self._case is not None and tag == "property" and attributes.get("name", "").startswith("readiness."):
            self._case = None  # a gate of an earlier run, not a test

    def _end(self, tag: str) -> None:
        if tag == "testcase" and self._case is not None:
            case, self._case = self._case, None
            if known := self.tests.get(case.nodeid):  # pytest writes a second one for an error at teardown
                case = replace(
                    case, outcome=worst(known.outcome, case.outcome), duration=known.duration + case.duration
                )
            self.tests[case.nodeid] = case


def _case(attributes: dict[str, str]) -> TestCase:
    """Return the test as if passed; the node id is put together again from the dotted class name."""
    name, parts = attributes.get("name", ""), [*filter(None, attributes.get("classname", "").split("."))]
    start = next((index for index, part in enumerate(parts) if index and part[:1].isupper()), len(parts))
    module = ["/".join(parts[:start]) + ".py"] if parts else []
    nodeid = "::".join([*module, *parts[start:], name])
    return TestCase(nodeid, TestOutcome.PASSED, _seconds(attributes), keywords=frozenset([*parts, name]))


def _outcome(tag: str, attributes: dict[str, str]) -> TestOutcome:
    if tag == "skipped":
        return TestOutcome.XFAILED if attributes.get("type") == "pytest.xfail" else TestOutcome.SKIPPED
    return TestOutcome.FAILED if tag == "failure" else TestOutcome.ERROR


def _seconds(attributes: dict[str, str]) -> float:
    try:
        seconds = float(attributes.get("time", "0"))
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0
