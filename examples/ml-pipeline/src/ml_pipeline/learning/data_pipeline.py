"""Candles in, features and labels out."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Any

from ml_pipeline.database import Database

#: How many candles back each feature looks.
WINDOWS = (3, 6, 12)
FEATURES = tuple(f"{kind}_{window}" for kind in ("momentum", "volatility", "position", "volume") for window in WINDOWS)


@dataclass(frozen=True)
class Samples:
    """Rows of features, and for each whether the price rose after it (1) or not (0)."""

    rows: list[list[float]]
    labels: list[int]

    def split(self, share: float) -> tuple[Samples, Samples]:
        """Return what to train and what to validate with; the latter is the last *share*, in time."""
        at = len(self.rows) - max(1, round(len(self.rows) * share))
        return Samples(self.rows[:at], self.labels[:at]), Samples(self.rows[at:], self.labels[at:])


class NotEnoughData(Exception):
    """There is too little history to learn from."""


def candles(database: Database, days: int) -> list[dict[str, Any]]:
    """Return the candles of the last *days*, oldest first."""
    query = """SELECT close, high, low, volume FROM ohlcv
               WHERE "timestamp" > now() - make_interval(days => %s) ORDER BY "timestamp" """
    return database.rows(query, (days,))


def features(candle: list[dict[str, Any]], at: int) -> list[float]:
    """Return what is known at candle number *at*."""
    close = candle[at]["close"]
    made: dict[str, float] = {}
    for window in WINDOWS:
        past = candle[at - window : at + 1]
        closes = [one["close"] for one in past]
        low, high = min(one["low"] for one in past), max(one["high"] for one in past)
        made[f"momentum_{window}"] = close / closes[0] - 1
        made[f"volatility_{window}"] = pstdev(closes) / close
        made[f"position_{window}"] = (close - low) / (high - low or 1.0)
        made[f"volume_{window}"] = candle[at]["volume"] / fmean(one["volume"] for one in past) - 1
    return [made[name] for name in FEATURES]


def prepare(candle: list[dict[str, Any]], least: int = 60) -> Samples:
    """Return samples of all candles that have a past and a future. Raises ``NotEnoughData`` for fewer than *least*."""
    places = range(max(WINDOWS), len(candle) - 1)
    if len(places) < least:
        raise NotEnoughData(f"{len(candle)} candles are too few to learn from")
    labels = [int(candle[at + 1]["close"] > candle[at]["close"]) for at in places]
    return Samples([features(candle, at) for at in places], labels)


def quality(database: Database, days: int) -> dict[str, int]:
    """Return how many candles there are, and on how many days."""
    query = """SELECT count(*) AS candles, count(DISTINCT date("timestamp")) AS days FROM ohlcv
               WHERE "timestamp" > now() - make_interval(days => %s)"""
    return database.row(query, (days,)) or {"candles": 0, "days": 0}
