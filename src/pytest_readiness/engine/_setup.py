"""The world that a run takes place in, and who hears of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pytest_readiness.model import Gate, Result
from pytest_readiness.redact import Redactor
from pytest_readiness.registry import Registry
from pytest_readiness.session import Session


@dataclass(frozen=True, kw_only=True)
class Setup:
    """
    The world that gates are put to.

    ``now`` is in UTC. ``jobs`` is how many gates run at once: many, because they mostly wait.
    ``deadline`` is in seconds, for the whole run; None leaves it to the spec. The environment's
    secrets are hidden by ``redactor`` as soon as an engine is made.
    """

    registry: Registry
    env: Mapping[str, str]
    now: datetime
    session: Session | None = None
    exec_allowed: bool = True
    side_effects_allowed: bool = False
    jobs: int = 100
    cache: Path | None = None
    redactor: Redactor = field(default_factory=Redactor)
    deadline: float | None = None


class Listener(Protocol):
    """Hears how a run goes on, in the coordinator's thread; what it raises is noted and does no harm."""

    def started(self, gate: Gate) -> None:
        """Hear that the first attempt at *gate* begins."""

    def attempted(self, gate: Gate, number: int, reason: str) -> None:
        """Hear that attempt *number* at *gate* did not pass, and that there will be another."""

    def finished(self, result: Result) -> None:
        """Hear of a gate's result."""
