"""What the evidence says of one gate, whatever policy makes of it: done, not done, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_readiness.judge import permitted
from pytest_readiness.model import Gate, Judged, Outcome, Report
from pytest_readiness.units import exact

if TYPE_CHECKING:
    from pytest_readiness.checklist.pairing import Pairing

#: The probe that asks people instead of measuring.
_ATTESTED = "manual"
_SILENT = {Outcome.ERROR: "error", Outcome.BLOCKED: "blocked", Outcome.NOT_RUN: "not run"}


class Measured(StrEnum):
    """What was found out; nothing is done that was not seen to be."""

    DONE = "done"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one gate stands, and why in one line; ``excused`` by a waiver or deferral in force."""

    gate: Gate
    measured: Measured
    why: str
    excused: bool = False

    @property
    def weight(self) -> Fraction:
        """Return the gate's weight, exactly."""
        return exact(self.gate.weight)


def standings(report: Report, pairing: Pairing) -> dict[str, Standing]:
    """
    Return how each gate stands, by its id.

    A gate that the report does not have was not selected, and so nothing is known of it.
    """
    today = report.started.astimezone(UTC).date()
    told = {judged.result.gate.id: _standing(judged, today) for judged in report.gates}
    rest = (gate for gate in gates_of(pairing) if gate.id not in told)
    return told | {gate.id: Standing(gate, Measured.UNKNOWN, "not run: it was not selected") for gate in rest}


def gates_of(pairing: Pairing) -> Iterator[Gate]:
    """Yield the gates that were to be paired; one that stands for several items comes several times."""
    for gates in pairing.gates.values():
        yield from gates
    yield from pairing.lost


def together(parts: Iterable[Standing]) -> Measured:
    """Return what several gates say at once: one that is not done outweighs all, then one that does not know."""
    seen = {part.measured for part in parts}
    for measured in (Measured.NOT_DONE, Measured.UNKNOWN, Measured.DONE, Measured.NOT_APPLICABLE):
        if measured in seen:
            return measured
    return Measured.UNKNOWN


def weighed(parts: Iterable[Standing]) -> tuple[Fraction, Fraction]:
    """Return the weight that passed, and the weight that applies."""
    passed = applicable = Fraction(0)
    for part in parts:
        if part.measured is not Measured.NOT_APPLICABLE:
            applicable += part.weight
            passed += part.weight if part.measured is Measured.DONE else 0
    return passed, applicable


def _standing(judged: Judged, today: date) -> Standing:
    result, gate = judged.result, judged.result.gate
    reason = one_line(result.reason) or "no reason was given"
    if result.outcome is Outcome.NOT_APPLICABLE:
        return Standing(gate, Measured.NOT_APPLICABLE, reason)
    if permitted(gate, today) is not None:
        permission = one_line(judged.note or "it is waived or deferred")
        return Standing(
            gate, Measured.UNKNOWN, f"{permission}; {reason}" if result.reason else permission, excused=True
        )
    if result.outcome in _SILENT:
        return Standing(gate, Measured.UNKNOWN, f"{_SILENT[result.outcome]}: {reason}")
    if gate.probe == _ATTESTED:
        return Standing(gate, Measured.UNKNOWN, f"attested, not measured: {reason}")
    if result.outcome is Outcome.PASSED and gate.waiver is not None:
        return Standing(gate, Measured.UNKNOWN, one_line(judged.note or "its waiver is stale: remove it"))
    return Standing(gate, Measured.DONE if result.outcome is Outcome.PASSED else Measured.NOT_DONE, reason)


def one_line(text: str) -> str:
    """Return *text* without line breaks."""
    return " ".join(text.split())
