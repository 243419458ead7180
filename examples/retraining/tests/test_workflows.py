import pytest
from backend.ai.hard_example_integration_service import integrate
from backend.ai.retraining import Orchestrator, State
from backend.ai.retraining.data_service import DataService

pytestmark = [pytest.mark.e2e, pytest.mark.integration]


def test_a_retrain_workflow_runs_from_reason_to_model(orchestrator: Orchestrator) -> None:
    run = orchestrator.start("nightly")
    assert run.states == [State.PENDING, State.RUNNING, State.COMPLETED]
    assert run.threshold == pytest.approx(0.5)


def test_a_retrain_workflow_without_data_fails_visibly() -> None:
    empty = DataService()
    assert Orchestrator(empty).start("nightly").state == State.FAILED
    empty.close()


@pytest.mark.smoke
def test_hard_examples_go_through_the_retrain_workflow(orchestrator: Orchestrator) -> None:
    run = integrate(orchestrator, [(0.55, 0), (0.45, 1)])
    assert run.state == State.COMPLETED


@pytest.mark.smoke
def test_the_whole_retrain_workflow_starts_from_drift(orchestrator: Orchestrator) -> None:
    run = orchestrator.watch(reference=[0.1, 0.2, 0.3], live=[5.0, 6.0])
    assert run is not None
    assert run.state == State.COMPLETED
