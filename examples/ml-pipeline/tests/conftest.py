"""A database of its own for the tests, started once."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ml_pipeline.database import Database
from ml_pipeline.learning.clm import ContinuousLearningManager
from ml_pipeline.settings import Settings

ROOT = Path(__file__).parents[1]
TABLES = "shadow_test_results, drift_events, model_performance_logs, retraining_jobs, rl_versions, model_registry"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # The script keeps no address for others in the tests: the back end must not find this server.
    process = subprocess.Popen(
        [sys.executable, ROOT / "scripts/postgres.py", str(port), "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("ready at "), "PostgreSQL did not start"
    yield line.removeprefix("ready at ").strip()
    process.send_signal(signal.SIGINT)
    process.wait(20)
    process.stdout.close()


@pytest.fixture
def database(server: str) -> Database:
    with psycopg.connect(server) as connection:
        connection.execute(f"TRUNCATE {TABLES} RESTART IDENTITY CASCADE")
    return Database(server)


@pytest.fixture
def learning(database: Database, tmp_path: Path) -> ContinuousLearningManager:
    made = ContinuousLearningManager(database, Settings(enabled=True, storage=tmp_path / "models", shadow_min=3))
    made.trainer.queued = made.trainer.rest = 0
    made.start()
    return made


def finished(learning: ContinuousLearningManager, job_id: str) -> dict[str, object]:
    """Wait for a job and return it."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        job = learning.trainer.job(job_id)
        if job["status"] in {"COMPLETED", "FAILED"}:
            return job
        time.sleep(0.02)
    raise TimeoutError(job_id)


@pytest.fixture
def wait() -> Callable[..., Any]:
    return finished


@pytest.fixture
def trained(learning: ContinuousLearningManager) -> ContinuousLearningManager:
    """Return a manager with one shadow of each type."""
    finished(learning, learning.trainer.trigger("full", "test", 60))
    return learning
