"""Words of other languages, as the English words that rules know: written down as data."""

from __future__ import annotations

from functools import cache

from pytest_readiness.checklist.proposing.match.data import load

_SHORTEST = 2
#: Scripts that put no blanks between words.
_DENSE = ("\u3040", "\u9fff")


@cache
def _known() -> dict[str, str]:
    return {str(word): str(known) for words in load("languages.yaml").values() for word, known in words.items()}


def english(word: str) -> str:
    """Return the English word for *word*, which is in lower case; itself if it is not known."""
    known = _known()
    if word in known:
        return known[word]
    if word.isascii():
        return word
    for length in range(len(word) - 1, _SHORTEST, -1):
        if word[:length] in known and not word[:length].isascii():
            return known[word[:length]]
    return word


def dense(text: str) -> list[str]:
    """Return the known words inside of *text*, where its script puts no blanks between them."""
    if not any(_DENSE[0] <= sign <= _DENSE[1] for sign in text):
        return []
    return [english for word, english in _known().items() if _DENSE[0] <= word[0] <= _DENSE[1] and word in text]
