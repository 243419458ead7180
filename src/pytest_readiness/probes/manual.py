"""What no probe can measure: a question for a person."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.model import Better
from pytest_readiness.probe import Context, Measure, Measurements, Probe, option


@dataclass(frozen=True, kw_only=True)
class Manual(Probe):
    """
    Has somebody in charge said yes to a question that no probe can answer?

    Fails never and passes never: as long as attestations cannot be recorded, the outcome is an
    error that names the question and who is to answer it.

    To fix: put the gate off with ``deferred`` or ``waiver``, or find something that can be measured.
    """

    measures = {"attested": Measure(bool, "whether somebody has attested it", better=Better.HIGHER)}
    expect = {"attested": True}

    role: str = option("Who has to answer.", example="operations")
    question: str = option("What has to be answered with yes.", example="Has the restore been rehearsed?")

    def __post_init__(self) -> None:
        for name in ("role", "question"):
            if not getattr(self, name).strip():
                raise OptionError("may not be empty", name)

    def measure(self, context: Context) -> Measurements:  # noqa: ARG002 - there is nothing to look at
        """Raise ``CannotMeasure``: nobody has attested."""
        raise CannotMeasure(f"nobody has attested: {self.question} ({self.role})")
