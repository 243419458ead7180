"""What the phases of a test come to, and what gates may select it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from pytest_readiness import session as facts
from pytest_readiness.session import TestCase, TestOutcome

#: The attribute of a test's report under which ``about`` travels, from xdist's workers too.
ATTRIBUTE = "readiness"


@dataclass
class RunningTest:
    """One test while its reports come in; ``ended`` once nothing more is to come."""

    outcome: TestOutcome | None = None
    duration: float = 0.0
    about: Mapping[str, Any] = field(default_factory=dict)
    reruns: int = 0
    subtests: int = 0
    ended: bool = False

    def add(self, report: pytest.TestReport) -> None:
        self.duration += report.duration
        self.about = getattr(report, ATTRIBUTE, self.about)
        if str(report.outcome) == "rerun":  # of pytest-rerunfailures
            self.reruns += 1
            self.outcome, self.ended = None, False
            return
        if hasattr(report, "context"):  # a subtest, of pytest 9 or pytest-subtests
            self.subtests += 1
            if not report.failed:
                return
        outcome = _outcome(report)
        if outcome is not None:
            self.outcome = outcome if self.outcome is None else facts.worst(self.outcome, outcome)
        # xdist reports the test that a worker died of with "???" in place of a phase.
        self.ended = self.ended or report.when not in {"setup", "call"}

    def case(self, nodeid: str) -> TestCase | None:
        """Return the finished test; None if it never ran to its end, or never ran at all."""
        if self.outcome is None or not self.ended:
            return None
        names = {name: frozenset(self.about.get(name, ())) for name in ("markers", "keywords", "gates")}
        return TestCase(nodeid, self.outcome, self.duration, **names, reruns=self.reruns, subtests=self.subtests)


def _outcome(report: pytest.TestReport) -> TestOutcome | None:
    """Return what one phase says of its test; None: nothing."""
    expected = hasattr(report, "wasxfail")
    if report.skipped:
        return TestOutcome.XFAILED if expected else TestOutcome.SKIPPED
    if report.failed:
        return TestOutcome.ERROR if report.when in {"setup", "teardown"} else TestOutcome.FAILED
    if report.when != "call":
        return None
    return TestOutcome.XPASSED if expected else TestOutcome.PASSED


def about(item: pytest.Item) -> dict[str, list[str]]:
    """Return what gates may select *item* by, as plain lists that xdist can carry."""
    nodes = [node for node in item.listchain() if not isinstance(node, pytest.Session)]
    # The folders that pytest was started with are no keywords, says -k.
    names = {
        node.name
        for node in nodes
        if not (isinstance(node, pytest.Directory) and isinstance(node.parent, pytest.Session))
    }
    markers = {mark.name for mark in item.iter_markers()}
    names |= markers | item.listextrakeywords() | set(getattr(getattr(item, "function", None), "__dict__", ()))
    gates = {str(gate) for mark in item.iter_markers("readiness") for gate in mark.args}
    return {"markers": sorted(markers), "keywords": sorted(map(str, names)), "gates": sorted(gates)}
