"""
The rules, read from the YAML files beside this one.

A rule is one thing that checklists ask for and a probe that could judge it::

    - rule: line-coverage
      probe: coverage
      words: {5: [test coverage, code coverage], 3: [coverage]}   # weight: phrases
      context: {1: [test, quality]}     # phrases of the headings and parents around the item
      against: {4: [documentation]}     # phrases that speak against it
      needs: [<percent>]                # one of these has to be in the item
      second: tests                     # a probe that is defensible too
      fill: coverage                    # how options and expectations are made, if not as for the probe
      with: {...}                       # what they are where the item says nothing else
      expect: {...}
      vars: {base_url: "..."}
      parts: 6                          # what it adds to plain bullets below what it speaks of, which are parts of that

A phrase fits where all of its words are in the item, in any order; ``a/b`` in it is a choice. Words are
compared as ``words.stem`` has them; features such as ``<path>`` are those of ``features``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pytest_readiness.checklist.proposing.match import data
from pytest_readiness.checklist.proposing.match.compounds import joined
from pytest_readiness.checklist.proposing.match.words import parts, stem


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that speak for or against a rule where all of them are there, and how loudly."""

    stems: frozenset[str]
    weight: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that checklists ask for, as the YAML has it; the strongest of its ``words`` come first."""

    name: str
    probe: str
    words: tuple[Phrase, ...]
    context: tuple[Phrase, ...] = ()
    against: tuple[Phrase, ...] = ()
    needs: frozenset[str] = frozenset()
    second: str | None = None
    fill: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    side_effects: bool = False
    parts: float = 0.0


_KEYS = {
    "rule",
    "probe",
    "words",
    "context",
    "against",
    "needs",
    "second",
    "fill",
    "with",
    "expect",
    "vars",
    "effects",
    "parts",
}


@cache
def load() -> tuple[Rule, ...]:
    """Return all rules, in the order of the files and of the rules in them."""
    there = data.folder() / "rules"
    files = sorted((file for file in there.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(made(entry) for file in files for entry in data.parse(file.read_text(encoding="utf-8")))


def made(entry: Mapping[str, Any]) -> Rule:
    """Return the rule that *entry* writes down."""
    unknown = set(entry) - _KEYS
    if unknown:
        raise ValueError(f"rule {entry.get('rule')!r} has unknown keys: {', '.join(sorted(unknown))}")
    return Rule(
        name=entry["rule"],
        probe=entry["probe"],
        words=tuple(sorted(_phrases(entry["words"]), key=lambda phrase: -phrase.weight)),
        context=tuple(_phrases(entry.get("context", {}))),
        against=tuple(_phrases(entry.get("against", {}))),
        needs=frozenset(entry.get("needs", ())),
        second=entry.get("second"),
        fill=entry.get("fill", entry["probe"]),
        options=entry.get("with", {}),
        expect=entry.get("expect", {}),
        variables=entry.get("vars", {}),
        side_effects=entry.get("effects", False),
        parts=float(entry.get("parts", 0)),
    )


def _phrases(weighted: Mapping[float, list[str]]) -> Iterator[Phrase]:
    for weight, texts in weighted.items():
        for text in texts:
            for stems in _choices(text):
                yield Phrase(stems, float(weight), text)


def _choices(text: str) -> Iterator[frozenset[str]]:
    """Yield the words of *text*, once for each way to choose among ``a/b``."""
    words = [[part] if part.startswith("<") else part.split("/") for part in text.split()]
    for chosen in itertools.product(*words):
        spread = [one for word in chosen for one in ([word] if word.startswith("<") else parts(word))]
        yield frozenset(word if word.startswith("<") else stem(word) for word in joined(spread))
