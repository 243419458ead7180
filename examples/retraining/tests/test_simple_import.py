import importlib

import pytest

MODULES = ["orchestrator", "data_service", "trigger_service", "drift_monitor"]


@pytest.mark.parametrize("name", MODULES)
def test_the_new_modules_can_be_imported(name: str) -> None:
    assert importlib.import_module(f"backend.ai.retraining.{name}").__doc__


def test_the_service_uses_the_new_package() -> None:
    service = importlib.import_module("backend.ai.hard_example_integration_service")
    assert service.Orchestrator.__module__ == "backend.ai.retraining.orchestrator"
