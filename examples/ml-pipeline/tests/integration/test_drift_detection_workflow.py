"""From a look at the data to an event, and to a new model."""

from collections.abc import Callable
from typing import Any

import pytest
from ml_pipeline.learning.clm import ContinuousLearningManager


def test_every_look_is_remembered(learning: ContinuousLearningManager) -> None:
    learning.drift.check("xgboost", 90)
    events = learning.drift.events(1)
    assert {event["model_type"] for event in events} == {"xgboost"}
    assert len(events) == 3


def test_drift_makes_a_new_model_where_that_is_wanted(
    learning: ContinuousLearningManager, wait: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning.drift, "threshold", 1.1)
    monkeypatch.setattr("ml_pipeline.learning.drift_detector.compare", lambda *_: (0.7, 0.001))
    learning.check_drift("nhits")
    (job,) = learning.trainer.jobs()
    assert (job["trigger_reason"], job["model_types"]) == ("drift", ["nhits"])
    assert wait(learning, job["job_id"])["status"] == "COMPLETED"


def test_no_drift_makes_no_new_model(learning: ContinuousLearningManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml_pipeline.learning.drift_detector.compare", lambda *_: (0.1, 0.9))
    learning.check_drift("nhits")
    assert learning.trainer.jobs() == []


def test_the_time_of_the_last_look_is_known(learning: ContinuousLearningManager) -> None:
    assert learning.status()["last_drift_check"] is None
    learning.check_drift("xgboost")
    assert learning.status()["last_drift_check"] is not None
