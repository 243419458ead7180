"""
What a document says against itself: the same thing done here and open there, or done above what is open.

Two items are the same only if a careful reader would say so: they have the same words that matter, or
one says all that the other does and both name the same file, function or piece of code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pytest_readiness.checklist.model import Document, Item, Kind, Status

_DONE = (Status.DONE, Status.FALSE_POSITIVE)
_LACKS = (Status.OPEN, Status.DEFERRED)
#: A name that so many items have does not tell them apart.
_COMMON = 50
#: So few words are said of many things: the headings must agree too.
_FEW = 3
_CODE = re.compile(r"`+([^`]+)`+")
_TOKEN = re.compile(r"[\w./\-]*\w(?:\(\))?")
#: snake_case, a file with its suffix, a path or route, a call.
_NAME = re.compile(r"\w_\w|\w{2}\.[A-Za-z]\w*$|^/|/.*/|\(\)$")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
#: Words that say nothing of what an item is about: grammar, and that something is, or is to be, made.
_WEAK = frozenset(
    """
    a an the and or of for in on at to from with by via as is are be been was were it its this that all any each every
    our your we has have had into per than then also now new fully full proper properly
    add adds added adding implement implements implemented implementing implementation create creates created
    creating creation complete completes completed completing completion finish finished make made set up issue issues
    problem problems
    setup setting configure configured configuring configuration provide provided establish established introduce
    introduced done ready working works work operational available support supported supports ensure ensured enable
    enabled in place
    """.split()  # noqa: SIM905 - words are easier to read and to change so
)
#: Words of headings that say how far things are, and not what they are about.
_PROGRESS = frozenset(
    """
    next step steps later todo remaining outstanding open item items task tasks known issue issues summary overview
    future future work planned plan pending backlog conclusion status final action actions requirement requirements
    """.split()  # noqa: SIM905 - words are easier to read and to change so
)
_PLACES = {
    "dev": "development",
    "development": "development",
    "qa": "test",
    "stage": "staging",
    "staging": "staging",
    "preprod": "staging",
    "prod": "production",
    "production": "production",
    "live": "production",
}
_STAGE = re.compile(r"\b(phase|week|day|month|quarter|sprint|stage|step|milestone)s?\s*#?(\d+)", re.IGNORECASE)
_ENDINGS = (
    *("ations", "ation", "ating", "ated", "ates", "ate", "ings", "ing", "ments", "ment", "ies", "ied"),
    *("ers", "ed", "es", "er", "s", "y", "e"),
)
#: How much of a word must be left, and of the plural of a short one ("ids").
_STEM, _SHORT = 3, 2


@dataclass(frozen=True, slots=True)
class Contradiction:
    """
    Two items, by their indices: one is done, and the other is not.

    They are the same thing, or what is open is nested in what is done.
    """

    done: int
    open: int


@dataclass(frozen=True, slots=True)
class _Said:
    """What one item is about: words by their stems, names of code, and the setting it is said in."""

    index: int
    stems: frozenset[str]
    names: frozenset[str]
    about: frozenset[str]
    where: frozenset[str]
    when: frozenset[tuple[str, str]]

    @property
    def key(self) -> tuple[frozenset[str], frozenset[str]]:
        return self.stems, self.names


def contradictions(document: Document) -> tuple[Contradiction, ...]:
    """Return the pairs of items of *document* that contradict each other, in the order of their lines."""
    lacking = [_said(document, index) for index, item in enumerate(document.items) if _claims(item, _LACKS)]
    index = _Index(lacking)
    found = {
        Contradiction(said.index, other.index)
        for said in (_said(document, place) for place, item in enumerate(document.items) if _claims(item, _DONE))
        for other in index.near(said)
        if _same(said, other) and not _nested(document, said.index, other.index)
    }
    found.update(_over_open(document))
    return tuple(sorted(found, key=lambda pair: (min(pair.done, pair.open), max(pair.done, pair.open))))


def _over_open(document: Document) -> Iterator[Contradiction]:
    """Yield each item that is marked as done, with the first that is nested in it and marked as open."""
    told: set[int] = set()
    for index, item in enumerate(document.items):
        above = item.parent
        if above is None or above in told or not item.marks or item.status is not Status.OPEN:
            continue
        if document.items[above].status is Status.DONE and document.items[above].marks:
            told.add(above)
            yield Contradiction(above, index)


class _Index:
    """Finds what may be the same, without looking at all pairs."""

    def __init__(self, said: Iterable[_Said]) -> None:
        self._same: dict[tuple[frozenset[str], frozenset[str]], list[_Said]] = {}
        self._named: dict[str, list[_Said]] = {}
        for one in said:
            self._same.setdefault(one.key, []).append(one)
            for name in one.names:
                self._named.setdefault(name, []).append(one)

    def near(self, said: _Said) -> Iterator[_Said]:
        """Yield what has the same words, and what has a rare name in common."""
        yield from self._same.get(said.key, ())[:_COMMON]
        for name in said.names:
            named = self._named.get(name, ())
            yield from named if len(named) <= _COMMON else ()


def _claims(item: Item, wanted: tuple[Status, ...]) -> bool:
    return item.status in wanted and item.kind is not Kind.SENTENCE


def _same(one: _Said, other: _Said) -> bool:
    if _apart(one.where, other.where) or _at_other_times(one.when, other.when):
        return False
    if one.key == other.key:
        return len(one.stems) >= _FEW or bool(one.names) or _agree(one, other)
    return _contains(one, other) or _contains(other, one)


def _contains(more: _Said, less: _Said) -> bool:
    """
    Whether *more* says all that *less* does, about the same named thing, and not much else.

    Beside the name, a word must agree: to write a file and to remove it are two things.
    """
    if not (less.names and less.stems and less.names <= more.names and less.stems <= more.stems):
        return False
    return 2 * (len(less.names) + len(less.stems)) > len(more.names) + len(more.stems)


def _agree(one: _Said, other: _Said) -> bool:
    """Whether two short items, which say little, are about the same: their headings must not be of two things."""
    return bool(one.stems) and not _apart(one.about, other.about)


def _at_other_times(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> bool:
    """Whether two stages are of one plan, and different: phase 1 and phase 2, but not phase 1 and week 3."""
    units = {unit for unit, _ in one} & {unit for unit, _ in other}
    return bool(units) and one.isdisjoint(other)


def _apart(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one) and bool(other) and one.isdisjoint(other)


def _nested(document: Document, one: int, other: int) -> bool:
    """Whether one of two items is above the other: a parent that is open while a child is done is no contradiction."""
    return one in _above(document, other) or other in _above(document, one)


def _above(document: Document, index: int) -> Iterator[int]:
    """Yield the item that one is nested in, and so on."""
    above = document.items[index].parent
    while above is not None and above < index:
        yield above
        index, above = above, document.items[above].parent


def _said(document: Document, index: int) -> _Said:
    item = document.items[index]
    text = item.text.partition("\u2192")[0]  # what is behind an arrow is what came of it
    setting = " ".join((*item.section[1:], item.lead, item.phase))
    context = f"{setting} {item.text}"
    return _Said(
        index=index,
        stems=frozenset(_stems(_plain(text))),
        names=frozenset(_names(text)),
        about=frozenset(_stems(" ".join(_about(item)))),
        where=frozenset(_PLACES[word] for word in _words(context) if word in _PLACES),
        when=frozenset((unit.lower(), number) for unit, number in _STAGE.findall(context)),
    )


def _about(item: Item) -> Iterator[str]:
    """Yield the words of what introduces *item*, without those that only tell how far it is."""
    yield from (word for word in _words(" ".join((*item.section[-1:], item.lead))) if word not in _PROGRESS)


def _names(text: str) -> Iterator[str]:
    """Yield the code spans, file names and identifiers in *text*, without their folders."""
    spans = _CODE.findall(text)
    tokens = [token for token in _TOKEN.findall(_CODE.sub(" ", text)) if _NAME.search(token)]
    for name in (*spans, *tokens):
        yield name.strip().lower().removesuffix("()").rstrip("/").rsplit("/", 1)[-1]


def _plain(text: str) -> str:
    """Return *text* without what ``_names`` finds in it."""
    return _TOKEN.sub(lambda token: " " if _NAME.search(token[0]) else token[0], _CODE.sub(" ", text))


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _stems(text: str) -> Iterator[str]:
    for word in _words(text):
        if word not in _WEAK:
            yield _stem(word)


@lru_cache(10_000)
def _stem(word: str) -> str:
    """Return *word* without its ending, so that "dashboards" and "deploying" are found in "dashboard" and "deploy"."""
    if word.endswith("ss"):
        return word
    for ending in _ENDINGS:
        least = _SHORT if ending == "s" else _STEM
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)]
    return word
