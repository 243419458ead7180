"""Which strategy to follow, learnt from rewards."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

from ml_pipeline.database import Database

STRATEGIES = ("trend", "reversion", "wait")


@dataclass
class MetaStrategy:
    """Takes the strategy that has paid best so far, and now and then another one."""

    curiosity: float = 0.1
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    tried: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STRATEGIES, 0))
    worth: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STRATEGIES, 0.0))

    def choose(self) -> str:
        if self.chance.random() < self.curiosity:
            return self.chance.choice(STRATEGIES)
        return max(STRATEGIES, key=lambda name: self.worth[name])

    def learn(self, strategy: str, reward: float) -> None:
        self.tried[strategy] += 1
        self.worth[strategy] += (reward - self.worth[strategy]) / self.tried[strategy]

    def save(self, database: Database, version: str) -> None:
        database.run(
            "INSERT INTO rl_versions (agent, version, policy) VALUES ('meta_strategy', %s, %s)"
            " ON CONFLICT (agent, version) DO UPDATE SET policy = excluded.policy",
            (version, json.dumps(self.worth)),
        )
