"""Shadow models predict beside the active ones; nobody acts on it, but everybody remembers."""

from __future__ import annotations

from ml_pipeline.database import Database, Row


class ShadowTester:
    def __init__(self, database: Database, least: int) -> None:
        self.database = database
        self.least = least

    def record(
        self, model_id: str, model_type: str, prediction: float, confidence: float, outcome: float | None
    ) -> None:
        """Remember a prediction, and what came of it if that is known."""
        self.database.run(
            "INSERT INTO shadow_test_results (model_id, model_type, prediction, confidence, actual_outcome)"
            " VALUES (%s, %s, %s, %s, %s)",
            (model_id, model_type, prediction, confidence, outcome),
        )

    def summary(self, days: int) -> list[Row]:
        """Return, for each model, how many predictions it made in the last *days*, and how far off they were."""
        query = """SELECT model_id, model_type, count(*) AS total_predictions,
                          count(actual_outcome) AS predictions_with_outcomes,
                          avg(abs(prediction - actual_outcome)) AS avg_error,
                          min("timestamp") AS first_prediction, max("timestamp") AS last_prediction
                   FROM shadow_test_results WHERE "timestamp" > now() - make_interval(days => %s)
                   GROUP BY model_id, model_type ORDER BY model_type"""
        return self.database.rows(query, (days,))

    def may_be_promoted(self, model_id: str) -> bool:
        """Tell whether a model has predicted often enough."""
        query = "SELECT count(*) AS n FROM shadow_test_results WHERE model_id = %s"
        row = self.database.row(query, (model_id,))
        return row is not None and row["n"] >= self.least
