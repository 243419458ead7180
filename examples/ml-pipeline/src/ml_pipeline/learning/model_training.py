"""
Four types of models, learnt without any library.

They stand in for what requirements-training.txt names: small enough to train in a rehearsal, with the same life.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from ml_pipeline.learning.data_pipeline import Samples

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Model:
    """What was learnt, and what it is worth."""

    type: str
    parameters: Parameters
    metrics: dict[str, float]


def stumps(samples: Samples, rounds: int) -> Parameters:
    """Learn which side of the mean of a feature speaks for a rise; the best features vote."""
    means = [fmean(column) for column in zip(*samples.rows, strict=True)]
    votes = []
    for number, mean in enumerate(means):
        agree = fmean((row[number] > mean) == label for row, label in zip(samples.rows, samples.labels, strict=True))
        votes.append((agree - 0.5, number, mean))
    best = sorted(votes, key=lambda vote: -abs(vote[0]))[:rounds]
    return {"votes": best}


def vote(parameters: Parameters, row: list[float]) -> float:
    total = sum(weight * (1 if row[number] > mean else -1) for weight, number, mean in parameters["votes"])
    return squash(8 * total)


def centroids(samples: Samples, patch: int) -> Parameters:
    """Learn the middle of rises and of falls, over patches of features."""
    patched = [patches(row, patch) for row in samples.rows]
    middle = {}
    for label in (0, 1):
        chosen = [row for row, found in zip(patched, samples.labels, strict=True) if found == label] or patched
        middle[str(label)] = [fmean(column) for column in zip(*chosen, strict=True)]
    return {"middle": middle, "patch": patch}


def nearest(parameters: Parameters, row: list[float]) -> float:
    patched = patches(row, parameters["patch"])
    away = {label: math.dist(patched, middle) for label, middle in parameters["middle"].items()}
    return squash(20 * (away["0"] - away["1"]))


def patches(row: list[float], size: int) -> list[float]:
    return [fmean(row[at : at + size]) for at in range(0, len(row), size)]


def squash(value: float) -> float:
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))


Learn = Callable[[Samples], Parameters]
Predict = Callable[[Parameters, list[float]], float]

TYPES: dict[str, tuple[Learn, Predict]] = {
    "xgboost": (lambda samples: stumps(samples, 12), vote),
    "lightgbm": (lambda samples: stumps(samples, 6), vote),
    "nhits": (lambda samples: centroids(samples, 3), nearest),
    "patchtst": (lambda samples: centroids(samples, 1), nearest),
}


def train(kind: str, samples: Samples, share: float) -> Model:
    """Learn a model of type *kind*; the last *share* of the samples says how good it is."""
    learn, predict = TYPES[kind]
    training, validation = samples.split(share)
    parameters = learn(training)
    chances = [predict(parameters, row) for row in validation.rows]
    return Model(kind, parameters, score(chances, validation.labels))


def score(chances: list[float], labels: list[int]) -> dict[str, float]:
    """Return accuracy, F1 and loss."""
    guesses = [int(chance >= 0.5) for chance in chances]
    right = sum(guess and label for guess, label in zip(guesses, labels, strict=True))
    f1 = 2 * right / (sum(guesses) + sum(labels) or 1)
    loss = fmean(
        -math.log(max(1e-9, chance if label else 1 - chance)) for chance, label in zip(chances, labels, strict=True)
    )
    accuracy = fmean(guess == label for guess, label in zip(guesses, labels, strict=True))
    return {"accuracy": round(accuracy, 4), "f1": round(f1, 4), "train_loss": round(loss, 4)}
