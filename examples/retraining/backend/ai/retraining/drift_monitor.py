"""Whether the world still looks like the training data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev


@dataclass(frozen=True)
class Drift:
    """How far the mean has moved, in standard deviations of the reference."""

    shift: float
    threshold: float

    @property
    def detected(self) -> bool:
        """Whether the shift is beyond the threshold."""
        return self.shift > self.threshold


class DriftMonitor:
    """Compares live features with a reference."""

    def __init__(self, reference: Sequence[float], threshold: float = 2.0) -> None:
        if len(reference) < 2:
            raise ValueError("a reference needs at least two values")
        self._mean = fmean(reference)
        self._spread = pstdev(reference) or 1.0
        self._threshold = threshold

    def check(self, live: Sequence[float]) -> Drift:
        """Return the drift of *live*; an empty window is refused, it says nothing."""
        if not live:
            raise ValueError("no live values to compare")
        return Drift(abs(fmean(live) - self._mean) / self._spread, self._threshold)
