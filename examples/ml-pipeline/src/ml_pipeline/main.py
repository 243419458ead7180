"""The back end: `python -m uvicorn ml_pipeline.main:app --app-dir src`."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import redis
from fastapi import FastAPI, Request, Response

from ml_pipeline import __version__, settings
from ml_pipeline.database import Database
from ml_pipeline.learning import api_endpoints
from ml_pipeline.learning.clm import ContinuousLearningManager

log = logging.getLogger("ml_pipeline")
PATIENCE = 30


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Connect to the servers, and begin to learn continuously if that is enabled."""
    write_log(Path("logs/backend.log"))
    chosen = settings.load()
    app.state.cache_url = wait_for("valkey")
    app.state.learning = ContinuousLearningManager(Database(wait_for("postgres")), chosen)
    if chosen.enabled:
        app.state.learning.start()
    log.info("CLM %s", "started" if chosen.enabled else "is switched off")
    yield
    app.state.learning.stop()


def write_log(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    log.handlers = [handler]
    log.setLevel(logging.INFO)


def wait_for(name: str) -> str:
    """Return the URL of a server as soon as it answers; what an earlier run left behind does not."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        url = settings.address(name)
        if url is not None and (reaches_database(url) if name == "postgres" else reaches_cache(url)):
            return url
        time.sleep(0.05)
    raise TimeoutError(f"{name} does not answer")


def reaches_database(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def reaches_cache(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def reaches_bus(url: str) -> bool:
    """Put an event on the bus and read it back."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2) as client:
            number = client.xadd("events", {"kind": "health"}, maxlen=100)
            return bool(client.xrange("events", number, number))
    except redis.RedisError:
        return False


app = FastAPI(title="ML pipeline", version=__version__, lifespan=lifespan)
app.include_router(api_endpoints.router)


@app.get("/version")
def version() -> dict[str, str]:
    return {"name": "ml-pipeline", "version": __version__}


@app.get("/api/v2/health")
def health(request: Request, response: Response) -> dict[str, str]:
    """Say of each thing that this stands on whether it is well; 503 if one is not."""
    state = request.app.state
    well = {
        "postgres": reaches_database(state.learning.database.url),
        "redis": reaches_cache(state.cache_url),
        "event_bus": reaches_bus(state.cache_url),
    }
    response.status_code = 200 if all(well.values()) else 503
    return {name: "ok" if fine else "down" for name, fine in well.items()}
