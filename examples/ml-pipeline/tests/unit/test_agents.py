from ml_pipeline.learning.rl_meta_strategy import STRATEGIES, MetaStrategy
from ml_pipeline.learning.rl_position_sizing import PositionSizing


def test_the_strategy_that_pays_is_chosen() -> None:
    agent = MetaStrategy(curiosity=0)
    agent.learn("reversion", 2.0)
    agent.learn("trend", 1.0)
    assert agent.choose() == "reversion"


def test_a_curious_agent_tries_everything() -> None:
    agent = MetaStrategy(curiosity=1)
    assert {agent.choose() for _ in range(50)} == set(STRATEGIES)


def test_who_loses_risks_nothing() -> None:
    agent = PositionSizing()
    for _ in range(20):
        agent.learn(-1)
    assert agent.share == 0


def test_nobody_risks_everything() -> None:
    agent = PositionSizing()
    for _ in range(50):
        agent.learn(3)
    assert agent.share == agent.most
