"""
Which gates of a spec judge which items of a checklist.

A gate that was imported says where it comes from (``source: FILE:LINE``), but documents and titles are edited:
a gate belongs to the item that it names by line *and* words, else to the one with its words, else to one nearby
whose words are nearly the same. Gates of one source stay together, so that an item may be split in two.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pytest_readiness.checklist.model import Document, Item
from pytest_readiness.model import Gate

#: How alike texts must be: of a gate that names the very line, and of one that stands within so many lines.
SAME_LINE, NEAR, LINES = 0.6, 0.8, 40

#: How long an id is at the most.
ID = 60

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Pairing:
    """
    Items and the gates that judge them.

    ``gates`` are those of an item, by its index in the document; ``lost`` are gates that come from this
    document and whose item is no longer in it.
    """

    gates: Mapping[int, tuple[Gate, ...]] = field(default_factory=dict)
    lost: tuple[Gate, ...] = ()


def key(text: str) -> str:
    """Return the words of *text* alone, in lower case: what two spellings of the same item share."""
    return " ".join(_WORD.findall(text.lower()))


def ids(items: Sequence[Item], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """
    Return an id for each of *items*, made of its words; none of them is in *taken*.

    Items with the same words get the heading above them in front; what is still the same is numbered.
    """
    plain = [_slug(item.text) or _hashed(item.text) for item in items]
    often = Counter(plain)
    used = set(taken)
    made: list[str] = []
    for item, name in zip(items, plain, strict=True):
        wanted = name
        if often[name] > 1 and item.section:
            wanted = _slug(f"{item.section[-1]} {item.text}") or name
        made.append(_free(wanted, used))
        used.add(made[-1])
    return tuple(made)


def _free(name: str, used: set[str]) -> str:
    number = 1
    free = name
    while free in used:
        number += 1
        free = f"{name}-{number}"
    return free


def _slug(text: str) -> str:
    """Return the words of *text* joined by ``-``, up to a word's end; nothing if it has no words in ASCII letters."""
    slug = "-".join(re.findall(r"[a-z0-9]+", text.lower()))
    if len(slug) > ID:
        slug = slug[: ID + 1].rpartition("-")[0] or slug[:ID]
    return slug if re.search(r"[a-z]", slug) else ""


def _hashed(text: str) -> str:
    return f"item-{hashlib.sha256(key(text).encode()).hexdigest()[:8]}"


def pair(document: Document, gates: Iterable[Gate]) -> Pairing:
    """Return which of *gates* belong to which items of *document*."""
    return _Pair(document).run(tuple(gates))


class _Pair:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.items = document.items
        self.names = ids(document.items)
        self.keys = [key(item.text) for item in document.items]
        self.found: dict[int, tuple[Gate, ...]] = {}
        self.by_line: dict[int, list[int]] = defaultdict(list)
        self.by_key: dict[str, list[int]] = defaultdict(list)
        self.by_name = {name: index for index, name in enumerate(self.names)}
        for index, item in enumerate(document.items):
            self.by_line[item.line].append(index)
            self.by_key[self.keys[index]].append(index)

    def run(self, gates: tuple[Gate, ...]) -> Pairing:
        sources: dict[int, list[Gate]] = defaultdict(list)
        others: list[Gate] = []
        for gate in gates:
            line = self._line(gate)
            if line is None:
                others.append(gate)
            else:
                sources[line].append(gate)
        left = [(line, group) for line, group in sources.items() if not self._there(line, group)]
        left = [(line, group) for line, group in left if not self._elsewhere(line, group)]
        lost = [gate for line, group in left if not self._nearly(line, group) for gate in group]
        for gate in others:
            self._without_source(gate)
        return Pairing(dict(sorted(self.found.items())), tuple(lost))

    def _line(self, gate: Gate) -> int | None:
        """Return the line of this document that *gate* names, None if it names none."""
        name, colon, line = (gate.source or "").rpartition(":")
        if not colon or not line.isdecimal():
            return None
        same = PurePosixPath(name.replace("\\", "/")).name == PurePosixPath(self.document.text.name).name
        return int(line) if same else None

    def _take(self, index: int, group: Sequence[Gate]) -> bool:
        self.found[index] = tuple(group)
        return True

    def _there(self, line: int, group: list[Gate]) -> bool:
        """Pair *group* with the item at *line* that has its words."""
        for index in self.by_line.get(line, ()):
            if index not in self.found and any(self._same(index, gate) for gate in group):
                return self._take(index, group)
        return False

    def _same(self, index: int, gate: Gate) -> bool:
        return self.keys[index] == key(gate.title) or self.names[index] == gate.id

    def _elsewhere(self, line: int, group: list[Gate]) -> bool:
        """Pair *group* with an item anywhere that has its words: under the same headings, else the nearest."""
        candidates = {index for gate in group for index in self._with_words_of(gate) if index not in self.found}
        if not candidates:
            return False
        return self._take(min(candidates, key=lambda index: self._distance(index, group[0], line)), group)

    def _with_words_of(self, gate: Gate) -> Iterator[int]:
        yield from self.by_key.get(key(gate.title), ())
        if gate.id in self.by_name:
            yield self.by_name[gate.id]

    def _distance(self, index: int, gate: Gate, line: int) -> tuple[int, int]:
        item = self.items[index]
        above = {key(title) for title in gate.group}
        return -sum(key(title) in above for title in item.section), abs(item.line - line)

    def _nearly(self, line: int, group: list[Gate]) -> bool:
        """Pair *group* with an item near *line* whose words are nearly the same."""
        best: tuple[float, int] | None = None
        for near in range(line - LINES, line + LINES + 1):
            for index in self.by_line.get(near, ()):
                if index in self.found:
                    continue
                alike = max(_alike(self.keys[index], key(gate.title)) for gate in group)
                if alike >= (SAME_LINE if near == line else NEAR) and (best is None or alike > best[0]):
                    best = (alike, index)
        return best is not None and self._take(best[1], group)

    def _without_source(self, gate: Gate) -> None:
        if gate.source is not None:
            return
        for index in self._with_words_of(gate):
            known = self.found.get(index, ())
            if all(other.source is None for other in known):
                self.found[index] = (*known, gate)
                return


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()
