"""Phrases that are one word to the rules, however they are written: "health check", "health-checks", "healthcheck"."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_readiness.checklist.proposing.match.data import load


def _pairs() -> dict[str, list[tuple[str, bool, str]]]:
    """Return, by first word, the second words, whether only their beginning counts, and what both become."""
    pairs: dict[str, list[tuple[str, bool, str]]] = {}
    for one, written in load("vocabulary.yaml")["compounds"].items():
        for phrase in written:
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
