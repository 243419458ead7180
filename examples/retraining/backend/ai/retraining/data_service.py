"""Which examples a model is trained on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

SCHEMA = """
create table if not exists examples (
  id integer primary key, feature real not null, label integer not null, hard integer not null
)
"""


@dataclass(frozen=True)
class Example:
    """One labelled observation; a hard one is one the model got wrong."""

    feature: float
    label: int
    hard: bool = False


class DataService:
    """Keeps examples in a database and hands out balanced training sets."""

    def __init__(self, url: str = ":memory:") -> None:
        self._database = sqlite3.connect(url)
        self._database.execute(SCHEMA)

    def add(self, examples: Sequence[Example]) -> None:
        """Store *examples*."""
        rows = [(example.feature, example.label, example.hard) for example in examples]
        with self._database:
            self._database.executemany("insert into examples (feature, label, hard) values (?, ?, ?)", rows)

    def training_set(self, hard_share: float = 0.5) -> list[Example]:
        """Return all easy examples and at most *hard_share* as many hard ones, oldest first."""
        found = [
            Example(feature, label, bool(hard))
            for feature, label, hard in self._database.execute("select feature, label, hard from examples order by id")
        ]
        easy = [example for example in found if not example.hard]
        hard = [example for example in found if example.hard]
        return easy + hard[: int(len(easy) * hard_share)]

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
