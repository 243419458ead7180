"""Retraining, in one package: what data, when, why, and the run itself."""

from backend.ai.retraining.orchestrator import Orchestrator, Run, State

__all__ = ["Orchestrator", "Run", "State"]
