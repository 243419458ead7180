"""How well do the active models do?"""

from __future__ import annotations

import math

from ml_pipeline.database import Database, Row


def interval(wins: int, trades: int) -> tuple[float, float]:
    """Return Wilson's bounds (95 %) for a win rate."""
    if trades == 0:
        return 0.0, 1.0
    z, rate = 1.96, wins / trades
    middle = (rate + z * z / (2 * trades)) / (1 + z * z / trades)
    around = z * math.sqrt(rate * (1 - rate) / trades + z * z / (4 * trades * trades)) / (1 + z * z / trades)
    return max(0.0, middle - around), min(1.0, middle + around)


class Supervisor:
    def __init__(self, database: Database) -> None:
        self.database = database

    def history(self, model_id: str, days: int) -> list[Row]:
        """Return the periods that ended in the last *days*, newest first."""
        query = """SELECT period_start, period_end, n_trades, winrate, winrate_ci_lower, winrate_ci_upper,
                          sharpe_ratio, profit_factor FROM model_performance_logs
                   WHERE model_id = %s AND period_end > now() - make_interval(days => %s) ORDER BY period_end DESC"""
        return self.database.rows(query, (model_id, days))

    def dashboard(self) -> list[Row]:
        return self.database.rows("SELECT * FROM model_performance_dashboard ORDER BY model_type")

    def advice(self, least: float = 0.5) -> list[Row]:
        """Return the models whose win rate is surely below *least*, and what to do about them."""
        query = """SELECT model_id, winrate_ci_upper FROM model_performance_logs
                   WHERE winrate_ci_upper < %s ORDER BY period_end DESC"""
        return [{**row, "advice": "retrain"} for row in self.database.rows(query, (least,))]
