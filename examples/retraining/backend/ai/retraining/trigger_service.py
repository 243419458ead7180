"""When a retraining starts by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.ai.retraining.drift_monitor import Drift

if TYPE_CHECKING:
    from backend.ai.retraining.orchestrator import Orchestrator, Run


@dataclass(frozen=True)
class Policy:
    """How many new examples make a retraining worth its while."""

    new_examples: int = 100


class TriggerService:
    """Decides from drift and from the amount of new data."""

    def __init__(self, policy: Policy | None = None) -> None:
        self._policy = policy or Policy()

    def reason(self, drift: Drift, new_examples: int) -> str | None:
        """Return why to retrain now, None if there is no reason."""
        if drift.detected:
            return f"drift of {drift.shift:.2f} standard deviations"
        if new_examples >= self._policy.new_examples:
            return f"{new_examples} new examples"
        return None

    def fire(self, orchestrator: Orchestrator, drift: Drift, new_examples: int) -> Run | None:
        """Start a retraining if there is a reason to."""
        reason = self.reason(drift, new_examples)
        return orchestrator.start(reason) if reason else None
