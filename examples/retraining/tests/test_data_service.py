import pytest
from backend.ai.retraining.data_service import DataService, Example

pytestmark = [pytest.mark.integration, pytest.mark.database]


def test_data_service_gives_back_what_was_stored(data: DataService) -> None:
    assert len(data.training_set()) == 4


def test_data_service_lets_hard_examples_in_up_to_their_share(data: DataService) -> None:
    data.add([Example(0.5, 1, hard=True)] * 5)
    assert sum(example.hard for example in data.training_set(hard_share=0.5)) == 2
