"""What the environment and its file say."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """The eleven QT_ variables, and where the servers are."""

    enabled: bool = False
    retrain_hours: int = 168
    drift_hours: int = 24
    perf_hours: int = 6
    drift_threshold: float = 0.05
    shadow_min: int = 100
    auto_retrain: bool = True
    auto_promote: bool = True
    storage: Path = Path("data/models")
    data_days: int = 90
    validation_split: float = 0.2


def read_file(path: Path) -> dict[str, str]:
    """Return the variables of an .env file; what follows a # behind white space is a comment."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith("#"):
            found[name.strip()] = value.split(" #")[0].strip()
    return found


def load(path: Path | None = None) -> Settings:
    """Return the settings of the file at *path* (default: what ENV_FILE names, or .env); the environment wins."""
    file = path or Path(os.environ.get("ENV_FILE", ".env"))
    values = {**(read_file(file) if file.exists() else {}), **os.environ}
    return Settings(
        enabled=values.get("QT_CLM_ENABLED", "false") == "true",
        retrain_hours=int(values.get("QT_CLM_RETRAIN_HOURS", "168")),
        drift_hours=int(values.get("QT_CLM_DRIFT_HOURS", "24")),
        perf_hours=int(values.get("QT_CLM_PERF_HOURS", "6")),
        drift_threshold=float(values.get("QT_CLM_DRIFT_THRESHOLD", "0.05")),
        shadow_min=int(values.get("QT_CLM_SHADOW_MIN", "100")),
        auto_retrain=values.get("QT_CLM_AUTO_RETRAIN", "true") == "true",
        auto_promote=values.get("QT_CLM_AUTO_PROMOTE", "true") == "true",
        storage=Path(values.get("QT_MODEL_STORAGE_PATH", "data/models")),
        data_days=int(values.get("QT_TRAINING_DATA_DAYS", "90")),
        validation_split=float(values.get("QT_TRAINING_VALIDATION_SPLIT", "0.2")),
    )


def address(name: str) -> str | None:
    """Return the URL of a server: of the environment, or what its start script has written; None if there is none."""
    variable = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}[name]
    file = Path(".run") / f"{name}.url"
    return os.environ.get(variable) or (file.read_text(encoding="utf-8") if file.exists() else None)
