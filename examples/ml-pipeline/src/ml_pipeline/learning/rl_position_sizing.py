"""How much to put on one card: Kelly's share, learnt from wins and losses, and never all of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ml_pipeline.database import Database


@dataclass
class PositionSizing:
    most: float = 0.2
    wins: int = 1
    losses: int = 1
    won: float = 1.0
    lost: float = 1.0

    def learn(self, result: float) -> None:
        if result > 0:
            self.wins, self.won = self.wins + 1, self.won + result
        else:
            self.losses, self.lost = self.losses + 1, self.lost - result

    @property
    def share(self) -> float:
        """Return the share of the capital to risk, from 0 to ``most``."""
        rate = self.wins / (self.wins + self.losses)
        ratio = (self.won / self.wins) / (self.lost / self.losses)
        return max(0.0, min(self.most, rate - (1 - rate) / ratio))

    def save(self, database: Database, version: str) -> None:
        database.run(
            "INSERT INTO rl_versions (agent, version, policy) VALUES ('position_sizing', %s, %s)"
            " ON CONFLICT (agent, version) DO UPDATE SET policy = excluded.policy",
            (version, json.dumps({"share": self.share})),
        )
