"""What a document that was written back says of itself on top: stable, with no date and no duration."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_readiness.checklist.judging.standing import Measured, one_line
from pytest_readiness.units import show

if TYPE_CHECKING:
    from pytest_readiness.checklist.judging.audit import Audit


def summary(audit: Audit) -> tuple[str, ...]:
    """Return the lines of the summary; they count what was measured, not what is claimed."""
    report = audit.report
    score = "no score" if report.score is None else f"score {show(report.score, '%', beside=report.target)}"
    target = "" if report.target is None else f", target {show(report.target, '%', beside=report.score)}"
    return f"**{report.verdict}**: {score}{target}, measured by `{one_line(report.subject.spec)}`", "", _counted(audit)


def _counted(audit: Audit) -> str:
    """Count all items: which of them claim something may depend on the marks of others."""
    findings = audit.findings
    found = Counter(finding.measured for finding in findings)
    excused = sum(finding.excused and finding.measured is Measured.UNKNOWN for finding in findings)
    without = sum(not finding.gates for finding in findings)
    items = "1 item" if len(findings) == 1 else f"{len(findings)} items"
    told = f"Of {items}, {found[Measured.DONE]} measured to be done and {found[Measured.NOT_DONE]} not to be"
    if found[Measured.NOT_APPLICABLE]:
        told += f", {found[Measured.NOT_APPLICABLE]} not applicable"
    return f"{told}; {found[Measured.UNKNOWN]} unproven ({without} without a gate, {excused} waived or deferred)."
