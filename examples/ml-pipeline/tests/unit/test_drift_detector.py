import random

from ml_pipeline.learning.drift_detector import Drift, compare


def test_two_equal_samples_do_not_differ() -> None:
    assert compare([1.0, 2.0, 3.0] * 20, [1.0, 2.0, 3.0] * 10) == (0, 1.0)


def test_two_samples_without_overlap_differ_as_much_as_can_be() -> None:
    score, p_value = compare([1.0] * 50, [2.0] * 50)
    assert score == 1
    assert p_value < 0.001


def test_chance_is_not_drift() -> None:
    chance = random.Random(3)
    _, p_value = compare([chance.gauss(0, 1) for _ in range(200)], [chance.gauss(0, 1) for _ in range(60)])
    assert p_value > 0.05


def test_severity_grows_with_the_distance() -> None:
    assert [Drift("f", score, 0.5).severity for score in (0.1, 0.2, 0.4, 0.6)] == ["LOW", "MEDIUM", "HIGH", "CRITICAL"]
