"""From a trigger to models that can be looked at."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ml_pipeline.learning.clm import ContinuousLearningManager


def test_a_full_run_trains_every_type(learning: ContinuousLearningManager, wait: Callable[..., Any]) -> None:
    job = wait(learning, learning.trainer.trigger("full", "test", 90))
    assert (job["status"], job["models_succeeded"], job["models_failed"]) == ("COMPLETED", 4, 0)
    assert set(job["details"]) == {"xgboost", "lightgbm", "nhits", "patchtst"}


def test_new_models_are_shadows_with_a_file(trained: ContinuousLearningManager) -> None:
    assert set(trained.registry.by_type("shadow")) == {"xgboost", "lightgbm", "nhits", "patchtst"}
    assert len(list(trained.settings.storage.glob("*.json"))) == 4
    for file in trained.settings.storage.glob("*.json"):
        assert json.loads(Path(file).read_text())


def test_a_partial_run_trains_what_it_is_told_to(learning: ContinuousLearningManager, wait: Callable[..., Any]) -> None:
    job = wait(learning, learning.trainer.trigger("partial", "test", 60, ["nhits"]))
    assert list(job["details"]) == ["nhits"]


def test_a_run_without_history_fails_and_says_so(learning: ContinuousLearningManager, wait: Callable[..., Any]) -> None:
    job = wait(learning, learning.trainer.trigger("full", "test", 1))
    assert job["status"] == "FAILED"
    assert "too few" in job["error_message"]
    assert learning.trainer.jobs("FAILED")[0]["job_id"] == job["job_id"]
