"""The retraining run, from its reason to the promoted model."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean

from backend.ai.retraining.data_service import DataService
from backend.ai.retraining.drift_monitor import DriftMonitor
from backend.ai.retraining.trigger_service import TriggerService


class State(StrEnum):
    """Where a run is on its way."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass
class Run:
    """One retraining."""

    reason: str
    states: list[State] = field(default_factory=lambda: [State.PENDING])
    threshold: float | None = None

    @property
    def state(self) -> State:
        """The present state."""
        return self.states[-1]


class Orchestrator:
    """Takes data, trains a threshold classifier, and keeps the runs."""

    def __init__(self, data: DataService, triggers: TriggerService | None = None) -> None:
        self.data = data
        self.triggers = triggers or TriggerService()
        self.runs: list[Run] = []

    def start(self, reason: str) -> Run:
        """Run a retraining to its end; without data of both classes it fails and says so by its state."""
        run = Run(reason)
        self.runs.append(run)
        run.states.append(State.RUNNING)
        examples = self.data.training_set()
        classes = [[e.feature for e in examples if e.label == label] for label in (0, 1)]
        if not all(classes):
            run.states.append(State.FAILED)
            return run
        run.threshold = fmean(map(fmean, classes))
        run.states.append(State.COMPLETED)
        return run

    def watch(self, reference: list[float], live: list[float], new_examples: int = 0) -> Run | None:
        """Look at *live* features once, and retrain if they call for it."""
        drift = DriftMonitor(reference).check(live)
        return self.triggers.fire(self, drift, new_examples)
