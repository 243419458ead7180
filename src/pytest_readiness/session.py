"""What a finished pytest run knows: the tests' outcomes and the coverage they recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
    ``CannotMeasure`` with the reason; it is called at most once, from any thread.
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

    @property
    def failed(self) -> int:
        """How many tests failed or errored."""
        return sum(test.outcome in {TestOutcome.FAILED, TestOutcome.ERROR} for test in self.tests)
