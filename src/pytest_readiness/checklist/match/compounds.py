"""Phrases that are one word to the rules, however they are written: "health check", "health-checks", "healthcheck"."""

from __future__ import annotations

from collections.abc import Iterable

#: The one word, and what it is written as; a star stands for any ending.
_WRITTEN = {
    "abtest": "a b",
    "backup": "back up|back ups",
    "bluegreen": "blue green",
    "cachehit": "cache hit*",
    "cicd": "ci cd|continuous integration|continuous delivery|continuous deployment",
    "circuitbreaker": "circuit breaker*",
    "crossorigin": "cross origin",
    "deadletter": "dead letter*",
    "e2e": "end to end",
    "errorrate": "error rate*",
    "failover": "fail over*",
    "featureflag": "feature flag*|feature toggle*",
    "golive": "go live",
    "healthcheck": "health check*",
    "loadbalancer": "load balanc*",
    "loadtest": "load test*",
    "login": "sign in|sign up|signs in|signs up|signed in|log in|log out|logs in|logged in|logging in|sign out",
    "multistage": "multi stage",
    "multitenant": "multi tenan*",
    "nonroot": "non root",
    "oncall": "on call",
    "openapi": "open api",
    "opentelemetry": "open telemetry",
    "pentest": "pen test*|penetration test*",
    "precommit": "pre commit",
    "ratelimit": "rate limit*",
    "readonly": "read only",
    "realtime": "real time",
    "rollback": "roll back*|rolled back|rolls back",
    "rollout": "roll out*|rolled out",
    "secondfactor": "two factor|multi factor|second factor",
    "setup": "set up",
    "signoff": "sign off*|signed off",
    "stresstest": "stress test*",
    "timeout": "time out*",
    "typecheck": "type check*",
}


def _pairs() -> dict[str, list[tuple[str, bool, str]]]:
    """Return, by first word, the second words, whether only their beginning counts, and what both become."""
    pairs: dict[str, list[tuple[str, bool, str]]] = {}
    for one, written in _WRITTEN.items():
        for phrase in written.split("|"):
            words = phrase.split()
            for place, word in enumerate(words[1:], 1):
                before = " ".join(words[:place])
                name = one if place == len(words) - 1 else f"{before} {word}"
                pairs.setdefault(before, []).append((word.removesuffix("*"), word.endswith("*"), name))
    return pairs


#: By first word: second words, whether only their beginning counts, and what both become together.
PAIRS = _pairs()


def together(before: str, word: str) -> str:
    """Return what *before* and *word*, in lower case, are together; empty if they are two words."""
    for second, beginning, name in PAIRS.get(before, ()):
        if word == second or (beginning and word.startswith(second)):
            return name
    return ""


def joined(words: Iterable[str]) -> list[str]:
    """Return *words*, in lower case, with those that are one put together."""
    found: list[str] = []
    for word in words:
        name = together(found[-1], word) if found else ""
        if name:
            found[-1] = name
        else:
            found.append(word)
    return [part for word in found for part in word.split()]
