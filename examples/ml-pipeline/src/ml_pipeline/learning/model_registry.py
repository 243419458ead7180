"""Which models there are, and what they are: shadow, active, retired."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ml_pipeline.database import Database, Row
from ml_pipeline.learning.data_pipeline import FEATURES
from ml_pipeline.learning.model_training import TYPES, Model


class NoSuchModel(Exception):
    """Nobody has trained this."""


class Registry:
    """Keeps models in files, and what is known of them in the database."""

    def __init__(self, database: Database, storage: Path) -> None:
        self.database = database
        self.storage = storage

    def add(self, model: Model, version: str) -> str:
        """Keep a new model, as a shadow; return its id."""
        moment = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        model_id = f"{model.type}_v{version}_{moment}"
        self.storage.mkdir(parents=True, exist_ok=True)
        path = self.storage / f"{model_id}.json"
        path.write_text(json.dumps(model.parameters), encoding="utf-8")
        self.database.run(
            "INSERT INTO model_registry (model_id, model_type, version, status, metrics, feature_count, path)"
            " VALUES (%s, %s, %s, 'shadow', %s, %s, %s)",
            (model_id, model.type, version, json.dumps(model.metrics), len(FEATURES), str(path)),
        )
        return model_id

    def models(self, status: str | None = None, model_type: str | None = None) -> list[Row]:
        """Return the models with these properties, newest first."""
        query = """SELECT model_id, model_type, version, status, metrics, feature_count, created_at, promoted_at
                   FROM model_registry WHERE (%s::text IS NULL OR status = %s) AND (%s::text IS NULL OR model_type = %s)
                   ORDER BY created_at DESC, model_id"""
        return self.database.rows(query, (status, status, model_type, model_type))

    def model(self, model_id: str) -> Row:
        """Return one model. Raises ``NoSuchModel``."""
        for row in self.models():
            if row["model_id"] == model_id:
                return row
        raise NoSuchModel(model_id)

    def by_type(self, status: str) -> dict[str, str]:
        """Return the id of the newest model of each type that has *status*."""
        return {row["model_type"]: row["model_id"] for row in reversed(self.models(status))}

    def promote(self, model_type: str) -> dict[str, Any]:
        """Make the newest shadow of a type the active model; the one before it retires. Raises ``NoSuchModel``."""
        if model_type not in TYPES:
            raise NoSuchModel(model_type)
        shadow = self.by_type("shadow").get(model_type)
        if shadow is None:
            raise NoSuchModel(f"no shadow of {model_type}")
        before = self.by_type("active").get(model_type)
        self.database.run(
            "UPDATE model_registry SET status = 'retired', retired_at = now() WHERE model_id = %s", (before,)
        )
        self.database.run(
            "UPDATE model_registry SET status = 'active', promoted_at = now() WHERE model_id = %s", (shadow,)
        )
        return {"status": "success", "promoted": shadow, "retired": before}

    def retire(self, model_id: str) -> None:
        """Take a model out of service. Raises ``NoSuchModel``."""
        self.model(model_id)
        self.database.run(
            "UPDATE model_registry SET status = 'retired', retired_at = now() WHERE model_id = %s", (model_id,)
        )
