"""From predictions in the shadow to the active model."""

from collections.abc import Callable
from typing import Any

import pytest
from ml_pipeline.learning.clm import ContinuousLearningManager
from ml_pipeline.learning.model_registry import NoSuchModel


def predict(learning: ContinuousLearningManager, kind: str, times: int) -> None:
    model_id = learning.registry.by_type("shadow")[kind]
    for number in range(times):
        learning.shadows.record(model_id, kind, 0.6, 0.8, float(number % 2))


def test_a_shadow_is_promoted_after_enough_predictions(trained: ContinuousLearningManager) -> None:
    predict(trained, "xgboost", 2)
    assert trained.promote_better() == []
    predict(trained, "xgboost", 1)
    assert trained.promote_better() == ["xgboost"]


def test_the_model_before_retires(trained: ContinuousLearningManager, wait: Callable[..., Any]) -> None:
    trained.registry.promote("nhits")
    first = trained.registry.by_type("active")["nhits"]
    wait(trained, trained.trainer.trigger("partial", "test", 60, ["nhits"]))
    assert trained.registry.promote("nhits")["retired"] == first
    assert trained.registry.model(first)["status"] == "retired"


def test_there_is_nothing_to_promote_before_training(learning: ContinuousLearningManager) -> None:
    with pytest.raises(NoSuchModel):
        learning.registry.promote("xgboost")


def test_the_summary_counts_predictions_and_outcomes(trained: ContinuousLearningManager) -> None:
    predict(trained, "patchtst", 4)
    (row,) = trained.shadows.summary(1)
    assert (row["total_predictions"], row["predictions_with_outcomes"]) == (4, 4)
    assert row["avg_error"] == pytest.approx(0.5)
