import pytest
from ml_pipeline.learning import model_training
from ml_pipeline.learning.data_pipeline import Samples


def easy() -> Samples:
    """Whoever looks at the first feature knows the label."""
    return Samples([[number % 2, 0.5, 0.1, number % 3] for number in range(100)], [number % 2 for number in range(100)])


@pytest.mark.parametrize("kind", model_training.TYPES)
def test_every_type_learns_what_is_easy(kind: str) -> None:
    model = model_training.train(kind, easy(), 0.2)
    assert model.type == kind
    assert model.metrics["accuracy"] > 0.9


def test_a_model_that_is_always_right_has_no_loss() -> None:
    assert model_training.score([1.0, 0.0], [1, 0]) == {"accuracy": 1.0, "f1": 1.0, "train_loss": 0.0}


def test_a_model_that_never_says_yes_has_no_f1() -> None:
    assert model_training.score([0.1, 0.1], [1, 0])["f1"] == 0
