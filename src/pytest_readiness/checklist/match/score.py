"""
Scores: how much speaks for each rule in an item and around it.

Every phrase of every rule stands in an index under its longest word, so that an item costs what its own
words cost, however many rules there are. What headings, parents and lead-ins say is worked out once for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pytest_readiness.checklist.match import rules
from pytest_readiness.checklist.match.features import look
from pytest_readiness.checklist.match.rules import Phrase, Rule

#: What further phrases of a rule add, beside its strongest.
MORE = 0.35
#: What a rule's own words count for where they stand around the item and not in it.
AROUND = 0.3
#: The most that everything around an item can add.
MOST_AROUND = 4.0

_OWN, _CONTEXT, _AGAINST = range(3)

Entry = tuple[int, float, frozenset[str], int, Phrase]
Hit = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule with its score for an item, and the phrases that it rests on."""

    rule: Rule
    score: float
    phrases: tuple[str, ...] = ()


class Index:
    """All rules by the words of their phrases."""

    def __init__(self, known: Sequence[Rule]) -> None:
        self.rules = known
        self._own: dict[str, list[Entry]] = {}
        self._around: dict[str, list[Entry]] = {}
        for number, rule in enumerate(known):
            for phrase in rule.words:
                self._add(self._own, number, phrase, phrase.weight, _OWN)
                self._add(self._around, number, phrase, phrase.weight * AROUND, _OWN)
            for phrase in rule.context:
                self._add(self._around, number, phrase, phrase.weight, _CONTEXT)
            for phrase in rule.against:
                self._add(self._own, number, phrase, phrase.weight, _AGAINST)
        self._seen: dict[str, dict[int, float]] = {}

    @staticmethod
    def _add(index: dict[str, list[Entry]], number: int, phrase: Phrase, weight: float, kind: int) -> None:
        key = max(phrase.stems, key=lambda word: (len(word), word))
        index.setdefault(key, []).append((number, weight, phrase.stems - {key}, kind, phrase))

    def around(self, text: str) -> dict[int, float]:
        """Return what *text*, which stands around items, adds to each rule."""
        known = self._seen.get(text)
        if known is None:
            known = {}
            words = look(text)
            for word in words:
                for number, weight, rest, _, _ in self._around.get(word, ()):
                    told = known.get(number, 0.0)
                    if rest <= words and told >= 0 and (weight < 0 or weight > told):
                        known[number] = weight
            if len(self._seen) > 10_000:  # noqa: PLR2004 - enough for any document, and no leak for many
                self._seen.clear()
            self._seen[text] = known
        return known

    def scores(self, words: set[str], around: Iterable[tuple[str, float]]) -> dict[int, float]:
        """Return the score of each rule that has a word in *words*; *around* are texts with what they count for."""
        best: dict[int, float] = {}
        total: dict[int, float] = {}
        against: dict[int, float] = {}
        own = self._own
        for word in words:
            for number, weight, rest, kind, _ in own.get(word, ()):
                if rest <= words:
                    if kind:
                        against[number] = against.get(number, 0) + weight
                    else:
                        total[number] = total.get(number, 0) + weight
                        if weight > best.get(number, 0):
                            best[number] = weight
        rules_ = self.rules
        contexts = [(self.around(text), factor) for text, factor in around if text]
        found: dict[int, float] = {}
        for number, strongest in best.items():
            needs = rules_[number].needs
            if needs and needs.isdisjoint(words):
                continue
            more = sum(known[number] * factor for known, factor in contexts if number in known)
            score = strongest + MORE * (total[number] - strongest) + min(more, MOST_AROUND) - against.get(number, 0)
            if score > 0:
                found[number] = score
        return found

    def phrases(self, number: int, words: set[str]) -> tuple[str, ...]:
        """Return the phrases of a rule that are in *words*, the strongest first."""
        there = [phrase for phrase in self.rules[number].words if phrase.stems <= words]
        there.sort(key=lambda phrase: -phrase.weight)
        return tuple(dict.fromkeys(phrase.text for phrase in there))


@cache
def index() -> Index:
    """Return the index of all rules."""
    return Index(rules.load())
