"""Jobs that train: PENDING, RUNNING, and then COMPLETED or FAILED."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from ml_pipeline.database import Database, Row
from ml_pipeline.learning import data_pipeline, model_training
from ml_pipeline.learning.model_registry import Registry

log = logging.getLogger("ml_pipeline.retraining")

#: Seconds that a job waits in the queue, and rests after each model so that others get a turn.
QUEUED, REST = 0.5, 0.15
VERSION = "1.0.0"


class NoSuchJob(Exception):
    """Nobody has started this."""


class Trainer:
    """Runs one job at a time, in a thread of its own."""

    def __init__(self, database: Database, registry: Registry, share: float) -> None:
        self.database = database
        self.registry = registry
        self.share = share
        self.queued, self.rest = QUEUED, REST
        self._turn = threading.Lock()

    def trigger(self, kind: str, reason: str, days: int, types: Sequence[str] | None = None) -> str:
        """Put a job into the queue; return its id."""
        job_id = f"retrain_{datetime.now(UTC).strftime('%Y%m%d_%H%M%S_%f')}"
        self.database.run(
            "INSERT INTO retraining_jobs (job_id, status, retraining_type, trigger_reason, days_of_data, model_types)"
            " VALUES (%s, 'PENDING', %s, %s, %s, %s)",
            (job_id, kind, reason, days, list(types or model_training.TYPES)),
        )
        threading.Thread(target=self.run, args=(job_id,), daemon=True).start()
        return job_id

    def run(self, job_id: str) -> None:
        time.sleep(self.queued)
        with self._turn:
            self._set(job_id, "status = 'RUNNING', started_at = now()")
            try:
                self._train(self.job(job_id))
            except Exception as error:
                log.exception("job %s failed", job_id)
                self._set(job_id, "status = 'FAILED', completed_at = now(), error_message = %s", str(error))
            else:
                self._set(job_id, "status = 'COMPLETED', completed_at = now()")
                log.info("job %s completed", job_id)

    def _train(self, job: Row) -> None:
        samples = data_pipeline.prepare(data_pipeline.candles(self.database, job["days_of_data"]))
        details = {}
        for kind in job["model_types"]:
            began = time.monotonic()
            model = model_training.train(kind, samples, self.share)
            model_id = self.registry.add(model, VERSION)
            time.sleep(self.rest)
            details[kind] = {"model_id": model_id, "seconds": round(time.monotonic() - began, 3)}
            self._set(
                job["job_id"], "models_succeeded = models_succeeded + 1, details = %s::jsonb", json.dumps(details)
            )

    def _set(self, job_id: str, what: str, *values: object) -> None:
        self.database.run(f"UPDATE retraining_jobs SET {what} WHERE job_id = %s", (*values, job_id))

    def job(self, job_id: str) -> Row:
        """Return one job. Raises ``NoSuchJob``."""
        row = self.database.row("SELECT * FROM retraining_jobs WHERE job_id = %s", (job_id,))
        if row is None:
            raise NoSuchJob(job_id)
        return row

    def jobs(self, status: str | None = None, limit: int = 100) -> list[Row]:
        """Return the newest jobs."""
        query = """SELECT * FROM retraining_jobs WHERE %s::text IS NULL OR status = %s
                   ORDER BY created_at DESC LIMIT %s"""
        return self.database.rows(query, (status, status, limit))
