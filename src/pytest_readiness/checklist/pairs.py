"""
Which gates judge which items of a checklist that was perhaps written back.

What was written into it must not change that: the summary moves lines, and a share that was put right
changes the words of the item that states it. But a gate that was made for another number proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pytest_readiness.checklist.judging.claims import speaks_of_all
from pytest_readiness.checklist.model import Document
from pytest_readiness.checklist.opening import Opened
from pytest_readiness.checklist.pairing import Pairing, ids, key, pair
from pytest_readiness.checklist.rewriting.notes import summary_lines
from pytest_readiness.checklist.rewriting.wording import STATUS_WORDS
from pytest_readiness.model import Gate

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SHARE = re.compile(r"\d+(?:[.,]\d+)?\s*%|\d+\s*(?:/|of)\s*\d+")


def paired(checklist: Opened, gates: Sequence[Gate]) -> Pairing:
    """Return which of *gates*, all those of a spec, belong to which items of *checklist*."""
    document = checklist.document
    first, last = summary_lines(checklist.text)
    before = _moved(document, last, last - first)
    numbered = before if first < last and _exact(before, gates) > _exact(document, gates) else document
    return _despite_what_was_written(document, _of_the_same_numbers(document, pair(numbered, gates)))


def _moved(document: Document, after: int, by: int) -> Document:
    """Return *document* with its lines as they were before a summary of *by* lines was written above them."""
    items = (replace(item, line=item.line - by) if item.line > after else item for item in document.items)
    return replace(document, items=tuple(items))


def _exact(document: Document, gates: Iterable[Gate]) -> int:
    """Return how many gates name the very line of an item with their words."""
    places = {(str(item.line), key(item.text)) for item in document.items}
    return sum(((gate.source or "").rpartition(":")[2], key(gate.title)) in places for gate in gates)


def _of_the_same_numbers(document: Document, found: Pairing) -> Pairing:
    """
    Return *found* without gates that were paired by likeness with an item that names other numbers.

    Coverage above 90 % is not proven by the gate that was made when the document said 80 %.
    """
    names = ids(document.items)
    gates, lost = dict(found.gates), list(found.lost)
    for index, group in found.gates.items():
        text = document.items[index].text
        known = any(gate.id == names[index] or key(gate.title) == key(text) for gate in group)
        if not known and all(_numbers(gate.title) != _numbers(text) for gate in group):
            lost += gates.pop(index)
    return Pairing(gates, tuple(lost))


def _numbers(text: str) -> list[str]:
    return sorted(_NUMBER.findall(text))


def _despite_what_was_written(document: Document, found: Pairing) -> Pairing:
    """Return *found* with the gates of items that differ in nothing but a status or a share of all."""
    of_all = {share.item for share in document.stated if speaks_of_all(document.text.lines[share.line - 1])}
    words: dict[tuple[bool, str], int] = {}
    for index, item in enumerate(document.items):
        if index not in found.gates and (item.marks or index in of_all):
            words.setdefault((index in of_all, _lasting(item.text, shares=index in of_all)), index)
    gates, lost = dict(found.gates), list[Gate]()
    for gate in found.lost:
        keys = ((shares, _lasting(gate.title, shares=shares)) for shares in (False, True))
        place = next((words[told] for told in keys if told[1] and told in words), None)
        if place is None:
            lost.append(gate)
        else:
            gates[place] = (*gates.get(place, ()), gate)
    return Pairing(dict(sorted(gates.items())), tuple(lost))


def _lasting(text: str, *, shares: bool) -> str:
    """Return the words of *text* that stay what they are when it is written back; *shares* of all do not."""
    text = _SHARE.sub(" ", text) if shares else text
    return " ".join(word for word in key(text).split() if word not in STATUS_WORDS)
