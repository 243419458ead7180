"""
Scores: how much speaks for each rule in an item and around it.

Every phrase of every rule stands in an index under its rarest word, so that an item costs what its own
words cost, however many rules there are. What headings, parents and lead-ins say is worked out once for each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from pytest_readiness.checklist.proposing.match import rules
from pytest_readiness.checklist.proposing.match.features import look
from pytest_readiness.checklist.proposing.match.rules import Phrase, Rule

#: What further phrases of a rule add, beside its strongest.
MORE = 0.35
#: What a rule's own words count for where they stand around the item and not in it.
AROUND = 0.3
#: The most that everything around an item can add, where nothing of it says more by itself.
MOST_AROUND = 8.0

#: How many phrases are told for an item.
_MOST_TOLD = 3
#: How many texts around items are remembered: enough for any document, and no leak for many.
_MOST_REMEMBERED = 10_000

#: A rule, the weight of one of its phrases (negative if it speaks against it), and the phrase's other words.
Entry = tuple[int, float, frozenset[str] | None]


class Index:
    """All rules by the words of their phrases."""

    def __init__(self, known: Sequence[Rule]) -> None:
        self.rules = known
        self._own: dict[str, list[Entry]] = {}
        self._around: dict[str, list[Entry]] = {}
        phrases = (phrase for rule in known for phrase in (*rule.words, *rule.context, *rule.against))
        self._often = Counter(word for phrase in phrases for word in phrase.stems)
        for number, rule in enumerate(known):
            for phrase in rule.words:
                self._add(self._own, number, phrase, phrase.weight)
                self._add(self._around, number, phrase, phrase.weight * AROUND)
            for phrase in rule.context:
                self._add(self._around, number, phrase, phrase.weight)
            for phrase in rule.against:
                self._add(self._own, number, phrase, -phrase.weight)
        self._told = [self._by_word(rule) for rule in known]
        self._seen: dict[str, dict[int, float]] = {}
        self._merged: dict[tuple[tuple[str, float], ...], dict[int, float]] = {}

    def _key(self, phrase: Phrase) -> str:
        """Return the word of *phrase* that is in the fewest others."""
        return min(phrase.stems, key=lambda word: (self._often[word], word))

    def _add(self, index: dict[str, list[Entry]], number: int, phrase: Phrase, weight: float) -> None:
        key = self._key(phrase)
        index.setdefault(key, []).append((number, weight, phrase.stems - {key} or None))

    def around(self, text: str) -> dict[int, float]:
        """Return what *text*, which stands around items, adds to each rule."""
        known = self._seen.get(text)
        if known is None:
            known = {}
            words = look(text)
            for word in words:
                for number, weight, rest in self._around.get(word, ()):
                    told = known.get(number, 0.0)
                    if (rest is None or rest <= words) and told >= 0 and (weight < 0 or weight > told):
                        known[number] = weight
            if len(self._seen) > _MOST_REMEMBERED:
                self._seen.clear()
            self._seen[text] = known
        return known

    def scores(self, words: set[str], around: tuple[tuple[str, float], ...]) -> dict[int, float]:
        """Return the score of each rule that has a word in *words*; *around* are texts with what they count for."""
        best: dict[int, float] = {}
        total: dict[int, float] = {}
        against: dict[int, float] = {}
        own = self._own
        for word in words:
            for number, weight, rest in own.get(word, ()):
                if rest is None or rest <= words:
                    if weight < 0:
                        against[number] = against.get(number, 0.0) + weight
                        continue
                    strongest = best.get(number)
                    if strongest is None:
                        best[number] = total[number] = weight
                    else:
                        total[number] += weight
                        if weight > strongest:
                            best[number] = weight
        return self._weighed(best, total, against, around, words)

    def _weighed(
        self,
        best: dict[int, float],
        total: dict[int, float],
        against: dict[int, float],
        around: tuple[tuple[str, float], ...],
        words: set[str],
    ) -> dict[int, float]:
        """Return what all that speaks for and against each rule comes to."""
        context = self._together(around)
        rules_ = self.rules
        found: dict[int, float] = {}
        for number, strongest in best.items():
            needs = rules_[number].needs
            if needs and needs.isdisjoint(words):
                continue
            points = (
                strongest + MORE * (total[number] - strongest) + context.get(number, 0.0) + against.get(number, 0.0)
            )
            if points > 0:
                found[number] = points
        return found

    def _together(self, around: tuple[tuple[str, float], ...]) -> dict[int, float]:
        """Return what all of *around* adds to each rule; items that stand together share it."""
        known = self._merged.get(around)
        if known is None:
            known = {}
            strongest: dict[int, float] = {}
            for text, factor in around:
                for number, weight in self.around(text).items():
                    known[number] = known.get(number, 0.0) + weight * factor
                    strongest[number] = max(weight * factor, strongest.get(number, 0.0))
            known = {number: min(weight, max(MOST_AROUND, strongest[number])) for number, weight in known.items()}
            if len(self._merged) > _MOST_REMEMBERED:
                self._merged.clear()
            self._merged[around] = known
        return known

    def _by_word(self, rule: Rule) -> dict[str, list[tuple[int, frozenset[str] | None, str]]]:
        """Return the phrases of *rule* under their rarest word, each with its place, its other words and its text."""
        found: dict[str, list[tuple[int, frozenset[str] | None, str]]] = {}
        for place, phrase in enumerate(rule.words):
            key = self._key(phrase)
            found.setdefault(key, []).append((place, phrase.stems - {key} or None, phrase.text))
        return found

    def phrases(self, number: int, words: set[str]) -> tuple[str, ...]:
        """Return the strongest phrases of a rule that are in *words*."""
        told = self._told[number]
        there = [
            (place, text)
            for word in words & told.keys()
            for place, rest, text in told[word]
            if rest is None or rest <= words
        ]
        there.sort()
        return tuple(dict.fromkeys(text for _, text in there))[:_MOST_TOLD]


@cache
def index() -> Index:
    """Return the index of all rules."""
    return Index(rules.load())
