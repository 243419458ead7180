from ml_pipeline.learning.model_supervisor import interval


def test_nothing_is_known_of_a_model_that_never_traded() -> None:
    assert interval(0, 0) == (0, 1)


def test_more_trades_say_more() -> None:
    low, high = interval(16, 25)
    assert low < 0.64 < high
    narrow_low, narrow_high = interval(640, 1000)
    assert low < narrow_low < 0.64 < narrow_high < high
