"""
A gate as a ``pytest.Item``, so that every reporter shows it with no code of ours.

It is handed to pytest after it was judged: running it only repeats the outcome.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_readiness.model import Disposition, Judged, Outcome
from pytest_readiness.reports import terminal

#: How much of one evidence goes into a user property, where it ends up in an XML attribute.
_PROPERTY = 2000


class NotMet(Exception):
    """Tells pytest that a gate is not met; never shown."""


class SpecFile(pytest.File):
    """The spec as a node of pytest's tree; its gates are handed to pytest one by one, not collected."""

    def collect(self) -> Sequence[pytest.Item]:
        """Return nothing."""
        return ()


class GateItem(pytest.Item):
    """A gate that has been judged, so that every reporter can show it."""

    def __init__(self, *, judged: Judged, encoding: str, **more: Any) -> None:
        super().__init__(**more)
        self.judged = judged
        self._encoding = encoding
        self.user_properties += _properties(judged)
        plugins = self.config.pluginmanager
        if plugins.hasplugin("rerunfailures") or plugins.hasplugin("pytest_rerunfailures"):
            self.add_marker(pytest.mark.flaky(reruns=0))

    def runtest(self) -> None:
        """Pass or fail as the gate did; it is not evaluated here."""
        if self.judged.disposition is not Disposition.OK:
            raise NotMet
        if self.judged.result.outcome is not Outcome.PASSED:
            pytest.skip(self.reason)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the reason in a first line, and what to do in further ones."""
        if isinstance(excinfo.value, NotMet):
            return self.shown(terminal.failure(self.judged))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the gate in the spec."""
        position = self.judged.result.gate.position
        path = Path(position.file).absolute()
        return (path if path.is_file() else self.path), position.line - 1, self.name

    def dress(self, report: pytest.TestReport) -> None:
        """Put into pytest's *report* what the gate has to say: its evidence, and how its failure is taken."""
        evidence = self.judged.result.evidence
        report.sections += [(self.shown(one.title), self.shown(one.text)) for one in evidence]
        if report.failed and self.judged.disposition is Disposition.TOLERATED:
            report.outcome = "skipped"
            report.wasxfail = self.reason
        elif report.skipped:
            path, line, _ = self.reportinfo()
            report.longrepr = str(path), line + 1, f"Skipped: {self.reason}"

    @property
    def reason(self) -> str:
        """Why the gate is what it is, in one line."""
        return self.shown("; ".join(terminal.why(self.judged).splitlines()))

    def shown(self, text: str) -> str:
        """Return *text* as the terminal can show it."""
        return terminal.showable(text, self._encoding)


def _properties(judged: Judged) -> Iterator[tuple[str, object]]:
    """Yield what JUnit XML and others show as properties of the gate."""
    result = judged.result
    yield "readiness.outcome", result.outcome.value
    yield "readiness.disposition", judged.disposition.value
    yield "readiness.severity", result.gate.severity.value
    for name, measurement in result.measurements.items():
        yield f"measurement.{name}", f"{measurement.value} {measurement.unit}".rstrip()
    for evidence in result.evidence:
        yield f"evidence.{evidence.title}", evidence.text[:_PROPERTY]
