"""
Play back a quarter of trading, so that what is only known after weeks can be rehearsed in seconds.

    python scripts/replay.py DATABASE_URL

Predictions of new shadow models, drift, performance and scheduled jobs are written as if they had just happened.
"""

from __future__ import annotations

import json
import random
import sys

import psycopg

PREDICTIONS, WEEKS = 120, 12


def main(url: str) -> None:
    chance = random.Random(2)
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT model_id, model_type FROM model_registry WHERE status = 'active' ORDER BY model_type")
        active = cursor.fetchall()
        for model_id, kind in active:
            cursor.executemany(
                "INSERT INTO model_performance_logs (model_id, period_start, period_end, n_trades, winrate,"
                " winrate_ci_lower, winrate_ci_upper, sharpe_ratio, profit_factor)"
                " VALUES (%s, now() - make_interval(days => %s), now() - make_interval(days => %s), 25,"
                " %s, %s, %s, %s, %s)",
                [
                    (model_id, 7 * week + 7, 7 * week, rate, rate - 0.12, rate + 0.12, 3 * rate, 3 * rate - 0.1)
                    for week in range(WEEKS)
                    for rate in [round(0.64 - 0.004 * week, 3)]
                ],
            )
            shadow = f"{kind}_v1.1.0_replay"
            cursor.execute(
                "INSERT INTO model_registry (model_id, model_type, version, status, metrics, feature_count, path)"
                " VALUES (%s, %s, '1.1.0', 'shadow', %s, 12, 'replay')",
                (shadow, kind, json.dumps({"accuracy": 0.6, "f1": 0.6, "train_loss": 0.6})),
            )
            cursor.executemany(
                'INSERT INTO shadow_test_results (model_id, model_type, "timestamp", prediction, confidence,'
                " actual_outcome) VALUES (%s, %s, now() - make_interval(mins => %s), %s, %s, %s)",
                [
                    (shadow, kind, 10 * number, chance.random(), 0.5 + chance.random() / 2, chance.choice((0, 1, None)))
                    for number in range(PREDICTIONS)
                ],
            )
            cursor.execute(
                "INSERT INTO drift_events (drift_type, severity, drift_score, p_value, model_type, feature_name,"
                " detection_time) VALUES ('FEATURE', 'LOW', 0.02, 0.4, %s, 'momentum_3', now() - interval '2 days')",
                (kind,),
            )
        cursor.executemany(
            "INSERT INTO retraining_jobs (job_id, status, retraining_type, trigger_reason, days_of_data, model_types,"
            " models_succeeded, details, created_at, started_at, completed_at) VALUES (%s, 'COMPLETED', 'full',"
            " 'scheduled', 90, '{xgboost,lightgbm,nhits,patchtst}', 4, '{}', now() - make_interval(days => %s),"
            " now() - make_interval(days => %s), now() - make_interval(days => %s, mins => -50))",
            [(f"replay_{week}", 7 * week + 1, 7 * week + 1, 7 * week + 1) for week in range(WEEKS)],
        )
    with psycopg.connect(url, autocommit=True) as connection:
        for table in ("model_registry", "shadow_test_results", "retraining_jobs"):
            connection.execute(f"VACUUM ANALYZE {table}")
    sys.stdout.write(f"{len(active)} models, {WEEKS} weeks\n")


if __name__ == "__main__":
    main(sys.argv[1])
