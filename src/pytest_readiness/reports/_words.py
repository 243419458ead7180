"""What reports for people say: the word for a gate, its remedy, the verdict in one line."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_readiness import units
from pytest_readiness.judge import NOTHING
from pytest_readiness.model import Disposition, Outcome, Verdict

if TYPE_CHECKING:
    from pytest_readiness.model import Held, Judged, Measurement, Report, Result

#: More names than these in one line help nobody.
_NAMES = 5
_WORDS = {Outcome.NOT_RUN: "not run", Outcome.NOT_APPLICABLE: "n/a"}


def word(judged: Judged) -> str:
    """Return the outcome in a word of at most 7 letters: in capitals what breaks the run, "waived" what may fail."""
    outcome = judged.result.outcome
    if judged.disposition is Disposition.BREAKS:
        return "STALE" if outcome is Outcome.PASSED else _WORDS.get(outcome, outcome.value).upper()
    if judged.disposition is Disposition.TOLERATED and judged.result.gate.waiver:
        return "waived"
    return _WORDS.get(outcome, outcome.value)


def why(judged: Judged) -> str:
    """Return why the gate is what it is, in the probe's words and then policy's."""
    reason, note = judged.result.reason, judged.note
    if judged.disposition is Disposition.BREAKS and judged.result.outcome is Outcome.PASSED:
        return note or reason
    return f"{reason}\n{note}" if reason and note and note not in reason else reason or note or "no reason was given"


def remedy(result: Result) -> str | None:
    """
    Return what to do about a gate that failed, or of which it could not be found out; None where nothing fits.

    It is the gate's own ``fix``, else what its probe advises. That is for what the probe has looked at, or looked
    for in vain; it would lead astray where a deadline came, say, or a server was not there.
    """
    gate, outcome = result.gate, result.outcome
    if gate.fix and outcome in {Outcome.FAILED, Outcome.ERROR}:
        return gate.fix
    if outcome is not Outcome.FAILED and not (outcome is Outcome.ERROR and result.reason.startswith(NOTHING)):
        return None
    advice = re.search(
        r"^To fix:\s*(.+?)(?:\n\s*\n|\Z)", inspect.getdoc(type(gate.options)) or "", re.MULTILINE | re.DOTALL
    )
    return " ".join(advice[1].replace("``", "`").split()) if advice else None


def held(expectation: Held, measured: Measurement | None) -> str:
    """Return an expectation and what it was put to: ``line 83.27 % (>= 80%)``."""
    if measured is None:
        return expectation.why or f"{expectation.measurement} was not measured"
    shown = value(measured)
    if expectation.condition in {shown, f"== {shown}"}:
        return f"{expectation.measurement} {shown}"
    return f"{expectation.measurement} {shown} ({expectation.condition})"


def value(measured: Measurement) -> str:
    """Return a measured value with its unit, for people."""
    return units.show(measured.value, measured.unit)


def percent(number: float | None, beside: float | None = None) -> str:
    """Return a score; None is a score of nothing."""
    return "-" if number is None else units.show(number, "%", beside=beside)


def verdict(report: Report) -> str:
    """Return the verdict in one line, which reads as green only if the whole run is."""
    line = _verdict(report)
    if report.exit_code and not line.startswith(Verdict.NOT_READY) and not _breaking(report):
        cause = report.problems[0] if report.problems else f"the run ended with exit code {report.exit_code}"
        return f"FAILED: {cause} (the gates alone: {line})"
    return line


def verdict_is_green(report: Report) -> bool:
    """Return whether nothing at all stands against a green last line."""
    return report.exit_code == 0 and report.verdict is not Verdict.NOT_READY and not _breaking(report)


def _verdict(report: Report) -> str:
    total, breaking = len(report.gates), _breaking(report)
    if not total:
        return f"{report.verdict}: there are no gates"
    if breaking:
        verb = "breaks" if len(breaking) == 1 else "break"
        return f"{report.verdict}: {len(breaking)} of {_gates(total)} {verb} ({names(breaking)})"
    if report.verdict is Verdict.NOT_READY:
        return f"{report.verdict}: {_shortfall(report)}"
    only = "; gates that were not selected are not judged" if report.verdict is Verdict.PARTIAL else ""
    return f"{report.verdict}: {_census(report)}{only}"


def _breaking(report: Report) -> list[str]:
    return [judged.result.gate.id for judged in report.gates if judged.disposition is Disposition.BREAKS]


def _shortfall(report: Report) -> str:
    """Return why a report in which no gate breaks is not ready all the same."""
    causes = []
    if report.target is not None and (report.score is None or report.score < report.target):
        score = percent(report.score, report.target)
        causes.append(f"the score of {score} is below the target of {percent(report.target, report.score)}")
    causes += [f"group {' > '.join(group.path)}: {group.reason}" for group in report.groups if group.reason]
    return "; ".join(causes or report.problems) or "see above"


def _census(report: Report) -> str:
    """Return how many gates passed, and what the others are."""
    total = len(report.gates)
    words = [word(judged) for judged in report.gates]
    rest = {name: words.count(name) for name in dict.fromkeys(words) if name != "passed"}
    if not rest:
        return f"all {_gates(total)} passed" if total > 1 else "the one gate passed"
    others = ", ".join(f"{count} {'not applicable' if name == 'n/a' else name}" for name, count in rest.items())
    return f"{words.count('passed')} of {_gates(total)} passed, {others}"


def _gates(count: int) -> str:
    return f"{count} gate" if count == 1 else f"{count} gates"


def names(ids: Iterable[str]) -> str:
    """Return the first few of *ids*, and how many more there are."""
    ids = list(ids)
    more = f" and {len(ids) - _NAMES} more" if len(ids) > _NAMES else ""
    return ", ".join(ids[:_NAMES]) + more
