"""Through the API, from the first training to the models at work."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from ml_pipeline.learning import api_endpoints
from ml_pipeline.learning.clm import ContinuousLearningManager

BASE = "/api/v1/learning"


@pytest.fixture
def client(learning: ContinuousLearningManager) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(api_endpoints.router)
    app.state.learning = learning
    with TestClient(app) as made:
        yield made


def test_from_the_trigger_to_four_active_models(
    client: TestClient, learning: ContinuousLearningManager, wait: Callable[..., Any]
) -> None:
    assert client.get(f"{BASE}/models").json() == []
    job_id = client.post(f"{BASE}/retraining/trigger", json={"days_of_data": 60}).json()["job_id"]
    wait(learning, job_id)
    assert client.get(f"{BASE}/retraining/{job_id}").json()["models_succeeded"] == 4
    for kind in client.get(f"{BASE}/models/types").json():
        assert client.post(f"{BASE}/models/promote", json={"model_type": kind}).status_code == 200
    status = client.get(f"{BASE}/status").json()
    assert (len(status["active_models"]), status["shadow_models"]) == (4, {})


def test_everything_can_be_asked(client: TestClient, trained: ContinuousLearningManager) -> None:
    model_id = trained.registry.by_type("shadow")["xgboost"]
    prediction = {"model_id": model_id, "prediction": 0.7, "confidence": 0.9}
    assert client.post(f"{BASE}/shadow-testing/predictions", json=prediction).status_code == 200
    assert client.post(f"{BASE}/drift/check/xgboost").json()[0]["feature_name"]
    for path in (
        "config",
        "retraining",
        "shadow-testing/summary",
        "drift/events",
        "performance",
        "advice",
        "rl/versions",
    ):
        assert client.get(f"{BASE}/{path}").status_code == 200
    assert client.get(f"{BASE}/performance/{model_id}").json()["model_id"] == model_id
    assert client.get(f"{BASE}/models/{model_id}").json()["status"] == "shadow"
    assert client.get(f"{BASE}/data/quality").json()["days"] >= 90
    assert client.post(f"{BASE}/models/{model_id}/retire").json() == {"status": "success"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "models/nobody", 404),
        ("GET", "retraining/nothing", 404),
        ("GET", "models?status=unknown", 422),
        ("POST", "models/nobody/retire", 404),
        ("POST", "drift/check/unknown", 422),
    ],
)
def test_what_makes_no_sense_is_refused(client: TestClient, method: str, path: str, status: int) -> None:
    assert client.request(method, f"{BASE}/{path}").status_code == status


def test_nothing_is_promoted_before_it_is_trained(client: TestClient) -> None:
    assert client.post(f"{BASE}/models/promote", json={"model_type": "xgboost"}).status_code == 404
    unknown = {"model_id": "nobody", "prediction": 0, "confidence": 0}
    assert client.post(f"{BASE}/shadow-testing/predictions", json=unknown).status_code == 404


def test_what_is_switched_off_says_so(client: TestClient, learning: ContinuousLearningManager) -> None:
    learning.stop()
    assert client.get(f"{BASE}/status").status_code == 503
    assert learning.due(datetime.now(UTC) + timedelta(days=30)) == []


def test_after_a_week_everything_is_due(learning: ContinuousLearningManager, wait: Callable[..., Any]) -> None:
    done = learning.tick(datetime.now(UTC) + timedelta(hours=169))
    assert done == ["retraining", "drift_check", "performance_check"]
    (job,) = learning.trainer.jobs()
    assert job["trigger_reason"] == "scheduled"
    assert wait(learning, job["job_id"])["status"] == "COMPLETED"
