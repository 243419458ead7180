"""What policy makes of an outcome: severities, waivers, deferrals and dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pytest_readiness.model import Disposition, Gate, Judged, Outcome, Result, Severity

#: How many days before its end a waiver or deferral is announced to expire.
NOTICE = 14


def judged(result: Result, gate: Gate, enforce: frozenset[Severity], today: date) -> Judged:
    """Return what policy makes of *result*; *gate* is the planned one, *enforce* the severities that break the run."""
    if result.outcome is Outcome.PASSED and gate.waiver is not None:
        return Judged(result, Disposition.BREAKS, "the waiver is stale, the gate passes: remove the waiver")
    permission = _permission(gate, today)
    if result.outcome in {Outcome.PASSED, Outcome.NOT_APPLICABLE}:
        return Judged(result, Disposition.OK, permission)
    if permission is not None:
        return Judged(result, Disposition.TOLERATED, permission)
    note = _lapsed(gate, today)
    if gate.blocking:
        return Judged(result, Disposition.BREAKS, note or "blocking, whatever its severity")
    if gate.severity in enforce:
        return Judged(result, Disposition.BREAKS, note)
    return Judged(result, Disposition.TOLERATED, note or f"{gate.severity} is not enforced")


def permitted(gate: Gate, today: date) -> str | None:
    """Return whether the gate is ``waived`` or ``deferred`` today, and so cannot count as passed; None if neither."""
    if _waived(gate, today):
        return "waived"
    return "deferred" if _deferred(gate, today) else None


def _waived(gate: Gate, today: date) -> bool:
    return gate.waiver is not None and today <= gate.waiver.expires


def _deferred(gate: Gate, today: date) -> bool:
    """Whether a deferral is in force; that of a gate too important to be put off alone needs an approval."""
    if gate.deferral is None or today > gate.deferral.until:
        return False
    return bool(gate.deferral.approved_by) or not _needs_approval(gate)


def _needs_approval(gate: Gate) -> bool:
    return gate.blocking or gate.severity is Severity.CRITICAL


def _permission(gate: Gate, today: date) -> str | None:
    """Return why the gate need not pass today, None if it must."""
    if gate.waiver is not None and _waived(gate, today):
        waiver = gate.waiver
        return f"waived until {waiver.expires}, owner {waiver.owner}, approved by {waiver.approved_by}: {waiver.reason}"
    if gate.deferral is not None and _deferred(gate, today):
        by = f", approved by {gate.deferral.approved_by}" if gate.deferral.approved_by else ""
        return f"deferred until {gate.deferral.until}{by}: {gate.deferral.reason}"
    if gate.enforce_from is not None and today < gate.enforce_from:
        return f"enforced from {gate.enforce_from}"
    return None


def _lapsed(gate: Gate, today: date) -> str | None:
    """Return why a waiver or deferral that is there has no force, None if there is none."""
    if gate.waiver is not None and not _waived(gate, today):
        return f"the waiver expired on {gate.waiver.expires}"
    if gate.deferral is not None and not _deferred(gate, today):
        if today > gate.deferral.until:
            return f"the deferral ended on {gate.deferral.until}"
        what = "blocking" if gate.blocking else "critical"
        return f"the deferral has no force: a {what} gate cannot be deferred without approved_by"
    return None


def announced(gate: Gate, today: date) -> Iterator[str]:
    """Yield a line for each waiver, deferral or date of *gate*: in force, about to end, or without force."""
    lapsed = _lapsed(gate, today)
    if lapsed:
        yield lapsed
    permission = _permission(gate, today)
    if permission:
        yield permission
    if gate.waiver is not None and _waived(gate, today):
        yield from _soon("the waiver expires", gate.waiver.expires, today)
    if gate.deferral is not None and _deferred(gate, today):
        yield from _soon("the deferral ends", gate.deferral.until, today)


def _soon(what: str, end: date, today: date) -> Iterator[str]:
    days = (end - today).days
    if days <= NOTICE:
        when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
        yield f"{what} {when}, on {end}"
