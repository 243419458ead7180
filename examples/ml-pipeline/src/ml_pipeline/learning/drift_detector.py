"""Has the world changed since the model was trained? Two samples, Kolmogorov and Smirnov say."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from ml_pipeline.database import Database, Row
from ml_pipeline.learning import data_pipeline


@dataclass(frozen=True)
class Drift:
    feature: str
    score: float
    p_value: float

    @property
    def severity(self) -> str:
        for least, name in ((0.6, "CRITICAL"), (0.4, "HIGH"), (0.2, "MEDIUM")):
            if self.score >= least:
                return name
        return "LOW"


def compare(before: list[float], after: list[float]) -> tuple[float, float]:
    """Return the largest distance between two distributions, and the p-value of its being chance."""
    first, second = sorted(before), sorted(after)
    distance = max(
        abs(bisect_right(first, at) / len(first) - bisect_right(second, at) / len(second)) for at in first + second
    )
    root = math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    where = (root + 0.12 + 0.11 / root) * distance
    if where < 0.2:  # the series below does not converge there, and the answer is 1
        return distance, 1.0
    series = 2 * sum((-1) ** (k - 1) * math.exp(-2 * k * k * where * where) for k in range(1, 101))
    return distance, max(0.0, min(1.0, series))


class DriftDetector:
    def __init__(self, database: Database, threshold: float) -> None:
        self.database = database
        self.threshold = threshold

    def check(self, model_type: str, days: int, recent: int = 42) -> list[Drift]:
        """Compare the *recent* candles with those before; keep and return an event for each feature."""
        samples = data_pipeline.prepare(data_pipeline.candles(self.database, days))
        found = []
        for number in (0, 3, 6):
            column = [row[number] for row in samples.rows]
            score, p_value = compare(column[:-recent], column[-recent:])
            found.append(Drift(data_pipeline.FEATURES[number], round(score, 4), round(p_value, 4)))
        self.database.run_many(
            "INSERT INTO drift_events (drift_type, severity, drift_score, p_value, model_type, feature_name,"
            " trigger_retraining) VALUES ('FEATURE', %s, %s, %s, %s, %s, %s)",
            [
                (drift.severity, drift.score, drift.p_value, model_type, drift.feature, drift.p_value < self.threshold)
                for drift in found
            ],
        )
        return found

    def events(self, days: int) -> list[Row]:
        """Return what was found in the last *days*, newest first."""
        query = """SELECT * FROM drift_events WHERE detection_time > now() - make_interval(days => %s)
                   ORDER BY detection_time DESC, id DESC"""
        return self.database.rows(query, (days,))
