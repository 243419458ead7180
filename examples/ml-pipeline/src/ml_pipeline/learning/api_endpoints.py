"""What the outside may ask and tell."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel, Field

from ml_pipeline.learning import data_pipeline
from ml_pipeline.learning.clm import ContinuousLearningManager
from ml_pipeline.learning.model_registry import NoSuchModel
from ml_pipeline.learning.model_training import TYPES
from ml_pipeline.learning.retraining import NoSuchJob

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

ModelType = Literal["xgboost", "lightgbm", "nhits", "patchtst"]
ModelStatus = Literal["shadow", "active", "retired"]
JobStatus = Literal["PENDING", "RUNNING", "COMPLETED", "FAILED"]
Days = Annotated[int, Query(ge=1, le=365)]


def manager(request: Request) -> ContinuousLearningManager:
    return request.app.state.learning


Learning = Annotated[ContinuousLearningManager, Depends(manager)]


class Trigger(BaseModel):
    retraining_type: Literal["full", "partial"] = "full"
    trigger_reason: str = "manual"
    days_of_data: int = Field(90, ge=1, le=365)
    model_types: list[ModelType] | None = None


class Promotion(BaseModel):
    model_type: ModelType


class Prediction(BaseModel):
    model_id: str
    prediction: float
    confidence: float = Field(ge=0, le=1)
    actual_outcome: float | None = None


def not_found(error: Exception) -> HTTPException:
    return HTTPException(404, f"not found: {error}")


@router.get("/status")
def status(learning: Learning) -> dict[str, Any]:
    """Say how continuous learning is doing; 503 while it is switched off."""
    if not learning.running:
        raise HTTPException(503, "continuous learning is switched off")
    return learning.status()


@router.get("/config")
def config(learning: Learning) -> dict[str, Any]:
    return {**learning.status()["config"], "drift_threshold": learning.settings.drift_threshold}


@router.get("/models")
def models(
    learning: Learning, status: ModelStatus | None = None, model_type: ModelType | None = None
) -> list[dict[str, Any]]:
    return learning.registry.models(status, model_type)


@router.get("/models/types")
def types() -> list[str]:
    return list(TYPES)


@router.post("/models/promote")
def promote(learning: Learning, promotion: Promotion) -> dict[str, Any]:
    try:
        return learning.registry.promote(promotion.model_type)
    except NoSuchModel as error:
        raise not_found(error) from error


@router.get("/models/{model_id}")
def model(learning: Learning, model_id: str) -> dict[str, Any]:
    try:
        return learning.registry.model(model_id)
    except NoSuchModel as error:
        raise not_found(error) from error


@router.post("/models/{model_id}/retire")
def retire(learning: Learning, model_id: str) -> dict[str, str]:
    try:
        learning.registry.retire(model_id)
    except NoSuchModel as error:
        raise not_found(error) from error
    return {"status": "success"}


@router.get("/retraining")
def jobs(learning: Learning, status: JobStatus | None = None, limit: int = 100) -> list[dict[str, Any]]:
    return learning.trainer.jobs(status, limit)


@router.post("/retraining/trigger")
def trigger(learning: Learning, wanted: Trigger) -> dict[str, str]:
    job_id = learning.trainer.trigger(
        wanted.retraining_type, wanted.trigger_reason, wanted.days_of_data, wanted.model_types
    )
    return {"status": "success", "job_id": job_id}


@router.get("/retraining/{job_id}")
def job(learning: Learning, job_id: str) -> dict[str, Any]:
    try:
        return learning.trainer.job(job_id)
    except NoSuchJob as error:
        raise not_found(error) from error


@router.get("/shadow-testing/summary")
def shadow_summary(learning: Learning, days: Days = 7) -> list[dict[str, Any]]:
    return learning.shadows.summary(days)


@router.post("/shadow-testing/predictions")
def predict(learning: Learning, made: Prediction) -> dict[str, str]:
    try:
        found = learning.registry.model(made.model_id)
    except NoSuchModel as error:
        raise not_found(error) from error
    learning.shadows.record(made.model_id, found["model_type"], made.prediction, made.confidence, made.actual_outcome)
    return {"status": "success"}


@router.get("/drift/events")
def drift_events(learning: Learning, days: Days = 7) -> list[dict[str, Any]]:
    return learning.drift.events(days)


@router.post("/drift/check/{model_type}")
def check_drift(learning: Learning, model_type: ModelType) -> list[dict[str, Any]]:
    found = learning.check_drift(model_type)
    return [{"feature_name": drift.feature, "drift_score": drift.score, "p_value": drift.p_value} for drift in found]


@router.get("/performance")
def dashboard(learning: Learning) -> list[dict[str, Any]]:
    return learning.supervisor.dashboard()


@router.get("/performance/{model_id}")
def performance(learning: Learning, model_id: str, days: Days = 30) -> dict[str, Any]:
    return {"model_id": model_id, "history": learning.supervisor.history(model_id, days)}


@router.get("/rl/versions")
def policies(learning: Learning) -> list[dict[str, Any]]:
    return learning.database.rows("SELECT agent, version, policy, created_at FROM rl_versions ORDER BY created_at DESC")


@router.get("/advice")
def advice(learning: Learning) -> list[dict[str, Any]]:
    return learning.supervisor.advice()


@router.get("/data/quality")
def quality(learning: Learning, days: Days = 90) -> dict[str, int]:
    return data_pipeline.quality(learning.database, days)
