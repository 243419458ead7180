import pytest
from backend.ai.retraining import Orchestrator
from backend.ai.retraining.drift_monitor import Drift
from backend.ai.retraining.trigger_service import Policy, TriggerService

CALM = Drift(shift=0.1, threshold=2.0)
STORM = Drift(shift=3.0, threshold=2.0)


@pytest.mark.parametrize(
    ("drift", "new", "reason"),
    [(CALM, 0, None), (STORM, 0, "drift of 3.00 standard deviations"), (CALM, 10, "10 new examples")],
)
def test_a_trigger_has_its_reason(drift: Drift, new: int, reason: str | None) -> None:
    assert TriggerService(Policy(new_examples=10)).reason(drift, new) == reason


@pytest.mark.integration
def test_a_trigger_starts_a_run(orchestrator: Orchestrator) -> None:
    assert TriggerService().fire(orchestrator, STORM, 0) is orchestrator.runs[-1]


def test_no_trigger_no_run(orchestrator: Orchestrator) -> None:
    assert TriggerService().fire(orchestrator, CALM, 0) is None
    assert orchestrator.runs == []
