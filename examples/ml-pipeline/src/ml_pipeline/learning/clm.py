"""Continuous learning: what is due, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ml_pipeline.database import Database
from ml_pipeline.learning.drift_detector import Drift, DriftDetector
from ml_pipeline.learning.model_registry import Registry
from ml_pipeline.learning.model_supervisor import Supervisor
from ml_pipeline.learning.retraining import Trainer
from ml_pipeline.learning.shadow_tester import ShadowTester
from ml_pipeline.settings import Settings


class ContinuousLearningManager:
    """Owns the parts, and knows when each of them was last at work."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings
        self.registry = Registry(database, settings.storage)
        self.trainer = Trainer(database, self.registry, settings.validation_split)
        self.shadows = ShadowTester(database, settings.shadow_min)
        self.drift = DriftDetector(database, settings.drift_threshold)
        self.supervisor = Supervisor(database)
        self.running = False
        self.began = datetime.now(UTC)
        self.last: dict[str, datetime | None] = dict.fromkeys(("retraining", "drift_check", "performance_check"))

    def start(self) -> None:
        self.running, self.began = True, datetime.now(UTC)

    def stop(self) -> None:
        self.running = False

    def due(self, now: datetime) -> list[str]:
        """Return what should be done *now*; nothing while it does not run."""
        every = {
            "retraining": self.settings.retrain_hours,
            "drift_check": self.settings.drift_hours,
            "performance_check": self.settings.perf_hours,
        }
        since = {name: self.last[name] or self.began for name in every}
        return [name for name, hours in every.items() if self.running and now - since[name] >= timedelta(hours=hours)]

    def tick(self, now: datetime) -> list[str]:
        """Do what is due; return what that was."""
        done = self.due(now)
        for name in done:
            self.last[name] = now
        if "retraining" in done:
            self.trainer.trigger("full", "scheduled", self.settings.data_days)
        if "drift_check" in done:
            for kind in self.registry.by_type("active"):
                self.check_drift(kind)
        return done

    def check_drift(self, model_type: str) -> list[Drift]:
        """Look for drift, and train that type anew where there is some and the settings say so."""
        found = self.drift.check(model_type, self.settings.data_days)
        self.last["drift_check"] = datetime.now(UTC)
        drifted = [drift for drift in found if drift.p_value < self.settings.drift_threshold]
        if drifted and self.running and self.settings.auto_retrain:
            self.trainer.trigger("partial", "drift", self.settings.data_days, [model_type])
        return found

    def promote_better(self) -> list[str]:
        """Promote the shadows that did better than what is active, often enough; return their types."""
        if not self.settings.auto_promote:
            return []
        active = {row["model_type"]: row["metrics"]["accuracy"] for row in self.registry.models("active")}
        better = []
        for kind, model_id in self.registry.by_type("shadow").items():
            accuracy = self.registry.model(model_id)["metrics"]["accuracy"]
            if accuracy > active.get(kind, 0.0) and self.shadows.may_be_promoted(model_id):
                self.registry.promote(kind)
                better.append(kind)
        return better

    def status(self) -> dict[str, Any]:
        return {
            "running": self.running,
            **{f"last_{name}": moment for name, moment in self.last.items()},
            "config": {
                "retraining_schedule_hours": self.settings.retrain_hours,
                "drift_check_hours": self.settings.drift_hours,
                "performance_check_hours": self.settings.perf_hours,
                "auto_retraining_enabled": self.settings.auto_retrain,
                "auto_promotion_enabled": self.settings.auto_promote,
            },
            "active_models": self.registry.by_type("active"),
            "shadow_models": self.registry.by_type("shadow"),
        }
