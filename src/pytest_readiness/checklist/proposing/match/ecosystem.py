"""
Whether a document speaks of a project in Python, or of one whose tests are run by others.

pytest runs the tests of the one; of the other it can only read the reports.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from pytest_readiness.checklist.proposing.match.data import words
from pytest_readiness.checklist.proposing.match.words import stem

_PYTHON = {*map(stem, words("python")), "<py>", "<requirements>", "<library>"}
_OTHERS = {*map(stem, words("elsewhere")), "<ts>", "<packagejson>", "<source>", "<jstest>"}

#: What takes the place of the probes for Python where others run.
ELSEWHERE = {"tests": "junit"}


def elsewhere(items: Iterable[AbstractSet[str]]) -> bool:
    """Tell whether the words of *items* name tools of others, and none of Python."""
    others = False
    for words_ in items:
        if not _PYTHON.isdisjoint(words_):
            return False
        others = others or not _OTHERS.isdisjoint(words_)
    return others
