import pytest
from backend.ai.retraining.drift_monitor import DriftMonitor

REFERENCE = [1.0, 2.0, 3.0]


def test_drift_is_detected_when_the_mean_moves() -> None:
    assert DriftMonitor(REFERENCE).check([9.0, 10.0]).detected


def test_no_drift_is_seen_where_nothing_moved() -> None:
    assert not DriftMonitor(REFERENCE).check([2.0, 2.1]).detected


def test_drift_of_an_empty_window_is_refused() -> None:
    with pytest.raises(ValueError, match="no live values"):
        DriftMonitor(REFERENCE).check([])


def test_drift_needs_a_reference() -> None:
    with pytest.raises(ValueError, match="two values"):
        DriftMonitor([1.0])
