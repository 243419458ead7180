import pytest
from ml_pipeline.learning import data_pipeline
from ml_pipeline.learning.data_pipeline import NotEnoughData, Samples


def candle(price: float) -> dict[str, float]:
    return {"close": price, "high": price + 1, "low": price - 1, "volume": 10.0}


def test_a_rise_is_labelled_one_and_a_fall_zero() -> None:
    samples = data_pipeline.prepare([candle(100 + (number % 2)) for number in range(100)])
    assert set(samples.labels) == {0, 1}
    assert samples.labels[0] != samples.labels[1]


def test_every_row_has_every_feature() -> None:
    samples = data_pipeline.prepare([candle(100 + number) for number in range(100)])
    assert {len(row) for row in samples.rows} == {len(data_pipeline.FEATURES)}


def test_a_short_history_is_refused() -> None:
    with pytest.raises(NotEnoughData, match="30 candles are too few"):
        data_pipeline.prepare([candle(100)] * 30)


def test_what_is_validated_with_comes_last() -> None:
    training, validation = Samples([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]).split(0.25)
    assert (training.rows, validation.rows) == ([[1.0], [2.0], [3.0]], [[4.0]])
