from __future__ import annotations

import pytest

from pytest_readiness.checklist.proposing.match.compounds import joined, together
from pytest_readiness.checklist.proposing.match.features import look


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("end to end", "e2e"),
        ("End-to-End tests", "e2e"),
        ("E2E", "e2e"),
        ("health checks", "healthcheck"),
        ("health-check", "healthcheck"),
        ("rate limiting", "ratelimit"),
        ("CI/CD", "cicd"),
        ("signed off", "signoff"),
        ("sign up", "login"),
        ("load testing", "loadtest"),
        ("A/B", "abtest"),
    ],
)
def test_a_phrase_is_one_word_however_it_is_written(text: str, word: str) -> None:
    assert word in look(text)


def test_the_parts_of_a_phrase_say_nothing_by_themselves() -> None:
    assert "test" not in look("load test")


def test_the_beginning_of_a_phrase_alone_stays_as_it_is() -> None:
    assert joined(["end", "to", "start"]) == ["end", "to", "start"]


def test_two_words_may_be_two_words() -> None:
    assert together("health", "insurance") == ""
