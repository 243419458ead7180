"""The checklists that a run is to be held against, opened before any test runs. Loaded only if there are some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from pytest_readiness.checklist.judging import fail_on
from pytest_readiness.checklist.judging.audit import Audit
from pytest_readiness.checklist.opening import Opened, claiming
from pytest_readiness.checklist.settle import held
from pytest_readiness.errors import UsageError
from pytest_readiness.model import Gate, Report
from pytest_readiness.reports import audit as shown
from pytest_readiness.reports import terminal

_OPTION, _INI = "--readiness-audit-fail-on", "readiness_audit_fail_on"


@dataclass(frozen=True)
class Held:
    """A checklist held against a report, and what of that fails the run."""

    audit: Audit
    failures: tuple[str, ...]

    def problems(self) -> Iterator[str]:
        """Yield a line for each failure."""
        yield from (f"audit of {self.audit.document.text.name}: {failure}" for failure in self.failures)


@dataclass(frozen=True)
class Audits:
    """What is to be audited, and which words fail."""

    checklists: tuple[Opened, ...]
    fail_on: frozenset[str]

    @classmethod
    def of(cls, config: pytest.Config) -> Audits:
        """Read the options, and the checklists; raises ``UsageError``."""
        option = config.option
        if not option.readiness_audit:
            raise UsageError(f"{_OPTION} needs --readiness-audit: nothing would be audited")
        words = fail_on.DEFAULT
        if option.readiness_audit_fail_on:
            words = fail_on.parse(option.readiness_audit_fail_on, name=_OPTION)
        elif told := config.getini(_INI):
            words = fail_on.parse(str(told), name=_INI)
        here = config.invocation_params.dir
        return cls(tuple(claiming(here / path) for path in option.readiness_audit), words)

    def hold(self, report: Report, gates: Sequence[Gate]) -> tuple[Held, ...]:
        """Hold each checklist against *report*; *gates* are all those of the spec, selected or not."""
        audits = (held(one, gates, report) for one in self.checklists)
        return tuple(Held(one, fail_on.failures(one, self.fail_on)) for one in audits)

    def show(self, held: Sequence[Held], screen: terminal.Screen) -> None:
        """Write what was found."""
        order = [word for word in fail_on.WORDS if word in self.fail_on]
        for one in held:
            shown.summary(one.audit, screen)
            shown.verdict_line(one.audit, one.failures, order, screen)
        if not held:
            screen.line("no checklist was audited, since the gates were not run", red=True)
