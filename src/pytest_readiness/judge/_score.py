"""The score of any gates: weight passed of weight applicable, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pytest_readiness.judge._policy import permitted
from pytest_readiness.model import Disposition, Gate, Judged, Outcome
from pytest_readiness.units import exact


@dataclass(frozen=True, slots=True)
class Scored:
    """
    What one gate adds to a score, and to the counts of its groups.

    ``counted`` is the one word it is counted under: ``waived`` or ``deferred`` where that is in force
    and the gate applies, whatever became of it, else its outcome.
    """

    counted: str
    weight: Fraction
    breaks: bool

    @classmethod
    def of(cls, judged: Judged, gate: Gate, today: date) -> Scored:
        """Weigh one gate; what is waived or deferred never counts as passed."""
        outcome = judged.result.outcome
        permission = None if outcome is Outcome.NOT_APPLICABLE else permitted(gate, today)
        return cls(
            counted=permission or outcome.value,
            weight=exact(gate.weight),
            breaks=judged.disposition is Disposition.BREAKS,
        )

    @property
    def applies(self) -> bool:
        """Whether the gate takes part in the score."""
        return self.counted != Outcome.NOT_APPLICABLE.value

    @property
    def passed(self) -> bool:
        """Whether the gate counts as passed."""
        return self.counted == Outcome.PASSED.value


def score_of(scoring: Iterable[Scored]) -> Fraction | None:
    """Return the weight passed of the weight applicable in percent, None if nothing applies."""
    applicable = passed = Fraction(0)
    for one in scoring:
        applicable += one.weight if one.applies else 0
        passed += one.weight if one.passed else 0
    return 100 * passed / applicable if applicable else None
