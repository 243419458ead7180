"""Brings examples the model got wrong back into training."""

from __future__ import annotations

from collections.abc import Sequence

from backend.ai.retraining import Orchestrator, Run
from backend.ai.retraining.data_service import Example


def integrate(orchestrator: Orchestrator, mistakes: Sequence[tuple[float, int]]) -> Run:
    """Store *mistakes* (feature, true label) as hard examples and retrain."""
    orchestrator.data.add([Example(feature, label, hard=True) for feature, label in mistakes])
    return orchestrator.start(f"{len(mistakes)} hard examples")
