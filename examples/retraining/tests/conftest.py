from collections.abc import Iterator
from pathlib import Path

import pytest
from backend.ai.retraining import Orchestrator
from backend.ai.retraining.data_service import DataService, Example


@pytest.fixture
def data(tmp_path: Path) -> Iterator[DataService]:
    service = DataService(str(tmp_path / "examples.sqlite3"))
    service.add([Example(0.1, 0), Example(0.2, 0), Example(0.8, 1), Example(0.9, 1)])
    yield service
    service.close()


@pytest.fixture
def orchestrator(data: DataService) -> Orchestrator:
    return Orchestrator(data)
