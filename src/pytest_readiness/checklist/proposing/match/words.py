"""
Words as rules compare them: in lower case, in one spelling, without their endings.

The endings are taken off roughly and alike on both sides, in rules and in documents. A stem need not be
a word; it has to be the same for "validate", "validated" and "validation", and another one for "value".
"""

from __future__ import annotations

import re
from functools import lru_cache

from pytest_readiness.checklist.proposing.match.data import load
from pytest_readiness.checklist.proposing.match.data import words as words_of
from pytest_readiness.checklist.proposing.match.languages import dense, english

#: Other spellings and short forms, by what is written.
ALIASES: dict[str, str] = {
    word: known for known, words in load("vocabulary.yaml")["aliases"].items() for word in str(words).split()
}
#: Words that would lose an ending that is none.
_KEPT = words_of("kept")

#: What plural forms end in that add more than an s.
_PLURALS = ("sses", "ches", "shes", "xes", "zes")
_ENDINGS = (
    "ability", "ibility", "ization", "isation", "ation", "ating", "ator", "ated", "ate", "izing", "ising", "ized",
    "ised", "ize", "ise", "ment", "ing", "ion", "ively", "ive", "ied", "ably", "able", "ed", "e", "y",
)  # fmt: skip

_SHORTEST = 3
_SPLIT = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[^\W_A-Za-z]+")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return what all forms of *word* have in common."""
    word = english(word.lower())
    word = _singular(ALIASES.get(word, word))
    if word in _KEPT or len(word) <= _SHORTEST:
        return word
    if word[:-1] in _KEPT:
        return word[:-1]
    if word.endswith(("ing", "ion")) and f"{word[:-3]}e" in _KEPT:
        return f"{word[:-3]}e"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return _bare(word, ending)
    return word


def _bare(word: str, ending: str) -> str:
    """Return *word* without *ending*, as the words that are kept are written."""
    bare = word[: -len(ending)]
    if ending == "y" and bare[-1] in "aeiou":
        return word
    return f"{bare}e" if ending in {"ed", "ing"} and f"{bare}e" in _KEPT else _undoubled(bare)


def _singular(word: str) -> str:
    if len(word) <= _SHORTEST or word in _KEPT or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    one = f"{word[:-3]}y" if word.endswith("ies") else word[: -2 if word.endswith(_PLURALS) else -1]
    return ALIASES.get(one, one)


def _undoubled(word: str) -> str:
    """Return *word* without the last of two equal consonants, which English doubles before an ending."""
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "aeiousl":
        return word[:-1]
    return word


def parts(name: str) -> list[str]:
    """Return the words that *name* is made of, be it snake_case, kebab-case, camelCase or dotted."""
    found = [part for word in _WORD.findall(name) for part in _cased(word)]
    return found if name.isascii() else [*found, *dense(name)]


def _cased(name: str) -> list[str]:
    """Return *name*, and the words in it where capitals tell them: a brand such as MyTool is known by both."""
    if name.islower() or name.isupper() or name[1:].islower():
        return [name]
    return [name, *(part for part in _SPLIT.findall(name) if len(part) >= _SHORTEST and part != name)]
