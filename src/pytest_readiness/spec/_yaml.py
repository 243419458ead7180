"""
YAML text to plain data that remembers where each key and value stands.

The parser's events are turned into data at once, without a tree of nodes between: that is what
makes ten thousand gates affordable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from pytest_readiness.spec._places import (
    LINE_BITS,
    MOST_PROBLEMS,
    PLACE_BITS,
    Map,
    Place,
    Refused,
    Seq,
    place_of,
    unpack,
)
from pytest_readiness.spec._scalar import DoubtError, scalar
from pytest_readiness.spec._syntax import DEEPEST, explain

if TYPE_CHECKING:
    from yaml.error import Mark

Report = Callable[[Place, str], None]

#: How many values the aliases of a file may stand for.
MOST_ALIASED = 500_000


def parser_for(text: str) -> Any:
    """Return PyYAML's parser in C, or the one in Python where PyYAML was built without."""
    if yaml.__with_libyaml__:
        from yaml import cyaml

        return cyaml.CParser(text)  # type: ignore[attr-defined]
    from pytest_readiness.spec._python_yaml import PythonParser

    return PythonParser(text)


class _StopError(Exception):
    """Reading on makes no sense."""


class _Open:
    """A mapping or list that is being read."""

    __slots__ = ("anchor", "height", "key", "key_place", "merged", "node", "place", "size")

    def __init__(self, node: Map | Seq, place: Place, anchor: str | None, size: int) -> None:
        self.node = node
        self.place = place
        self.anchor = anchor
        self.size = size
        self.height = 0
        self.key: str | None = None
        self.key_place: Place = 0
        self.merged: list[tuple[object, Place]] = []


def read(text: str, file: int, report: Report) -> object:
    """
    Return the data of the one YAML document in *text*; None where reading had to stop.

    *file* is the number of the file in places. All that is wrong goes to *report*.
    """
    return _Builder(file, report).read(text)


class _Builder:
    def __init__(self, file: int, report: Report) -> None:
        self.file = file
        self.start = place_of(file, 0, 0)
        self.found = 0
        self.tell = report
        self.known: dict[str, str] = {}
        self.anchors: dict[str, tuple[object, int, int]] = {}
        self.size = 0
        self.aliased = 0
        self.stack: list[_Open] = []
        self.root: object = None

    def report(self, place: Place, message: str) -> None:
        self.tell(place, message)
        self.found += 1
        if self.found >= MOST_PROBLEMS:
            raise _StopError

    def read(self, text: str) -> object:
        try:
            self._events(parser_for(text).get_event)
        except yaml.MarkedYAMLError as error:
            line, column, message = explain(error, text)
            if "maximum nesting depth" in message:  # libyaml has a limit of its own, far beyond ours
                message = f"nested more than {DEEPEST} levels deep"
            self.tell(place_of(self.file, line, column), message)
            return None
        except yaml.reader.ReaderError as error:
            at = text.index(chr(error.character))  # the C parser counts bytes, the other one characters
            line, column = text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1
            self.tell(place_of(self.file, line, column), f"the character U+{error.character:04X} cannot be in YAML")
            return None
        except _StopError:
            return None
        return self.root

    def _events(self, following: Callable[[], Any]) -> None:
        documents = 0
        while True:
            event = following()
            kind = event.__class__
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent:
                self._open(Map(), event)
            elif kind is SequenceStartEvent:
                self._open(Seq(), event)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close()
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._stop(event.start_mark, "a second document begins here: one file holds one")
            elif kind is StreamEndEvent:
                return

    def _place(self, mark: Mark) -> Place:
        return self.start + (mark.line << LINE_BITS) + mark.column

    def _stop(self, mark: Mark, message: str) -> None:
        self.tell(self._place(mark), message)
        raise _StopError

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        place = self.start + (mark.line << LINE_BITS) + mark.column
        text: str = event.value
        stack = self.stack
        if stack:
            top = stack[-1]
            if top.key is None and top.node.__class__ is Map:
                self._key(top, event, text, place)
                return
        self.size += 1
        value: object
        if event.tag is not None and event.tag != "tag:yaml.org,2002:str":
            value = self._tagged(event, place)
        elif event.implicit[0] and event.tag is None:
            try:
                value = scalar(text)
            except DoubtError as doubt:
                self.report(place, str(doubt))
                value = Refused(text)
            if value is text:
                value = self.known.setdefault(text, text)
        else:
            value = text
        if event.anchor:
            self.anchors[event.anchor] = (value, 1, 0)
        self._add(value, place)

    def _key(self, top: _Open, event: Any, text: str, place: Place) -> None:
        if not text and event.implicit[0]:
            self.report(place, "a key is missing before ':'")
        if event.anchor:
            self.anchors[event.anchor] = (text, 1, 0)
        top.key = self.known.setdefault(text, text)
        top.key_place = place

    def _tagged(self, event: Any, place: Place) -> Refused:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        if tag.startswith("!!"):
            self.report(place, f"the tag {tag} is not used here: write the value alone, in quotes if it is a text")
        else:
            self.report(place, f"a value that begins with '!' must be put in quotes: \"{tag} {event.value}\"")
        return Refused(event.value)

    def _open(self, node: Map | Seq, event: Any) -> None:
        place = self._place(event.start_mark)
        if len(self.stack) >= DEEPEST:
            self._stop(event.start_mark, f"nested more than {DEEPEST} levels deep")
        if event.tag is not None:
            self._tagged_collection(event, place)
        self.size += 1
        self.stack.append(_Open(node, place, event.anchor, self.size - 1))
        if event.anchor:
            self.anchors.pop(event.anchor, None)

    def _tagged_collection(self, event: Any, place: Place) -> None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        if tag not in {"!!map", "!!seq"}:
            self.report(place, f"the tag {tag} is not used here: leave it out")

    def _close(self) -> None:
        closed = self.stack.pop()
        node = closed.node
        if closed.merged and isinstance(node, Map):
            self._merge(node, closed.merged)
        if closed.anchor:
            self.anchors[closed.anchor] = (node, self.size - closed.size, closed.height + 1)
        if self.stack:
            top = self.stack[-1]
            top.height = max(top.height, closed.height + 1)
            if top.key is None and top.node.__class__ is Map:
                self.report(
                    closed.place,
                    "a mapping or list cannot be a key: a text that begins with '{' or '[' must be put in quotes",
                )
                top.key = ""
                top.key_place = closed.place
                return
        self._add(node, closed.place)

    def _alias(self, event: Any) -> None:
        place = self._place(event.start_mark)
        if event.anchor not in self.anchors:
            self._stop(event.start_mark, self._no_anchor(event.anchor))
        value, size, height = self.anchors[event.anchor]
        self.size += size
        self.aliased += size
        if self.aliased > MOST_ALIASED:
            self._stop(event.start_mark, f"the aliases of this file stand for more than {MOST_ALIASED:,} values")
        if len(self.stack) + height > DEEPEST:
            self._stop(event.start_mark, f"nested more than {DEEPEST} levels deep, aliases counted")
        if self.stack:
            top = self.stack[-1]
            top.height = max(top.height, height)
            if top.key is None and top.node.__class__ is Map:
                self._stop(event.start_mark, f'an alias cannot be a key: put "*{event.anchor}" in quotes')
        self._add(value, place)

    def _no_anchor(self, name: str) -> str:
        if any(item.anchor == name for item in self.stack):
            return f"*{name} stands inside &{name} itself"
        return f"there is no anchor &{name} above: a text that begins with '*' must be put in quotes"

    def _add(self, value: object, place: Place) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        node = top.node
        if isinstance(node, Seq):
            node.append(value)
            node.at.append(place)
            return
        key = top.key
        top.key = None
        assert key is not None
        if key == "<<":
            top.merged.append((value, place))
        elif key in node:
            first = node.place(key, of_key=True) or 0
            _, line, column = unpack(first)
            self.report(top.key_place, f"duplicate key {key!r}: it stands at {line}:{column} already")
        else:
            node[key] = value
            node.at.append(top.key_place << PLACE_BITS | place)

    def _merge(self, node: Map, merged: list[tuple[object, Place]]) -> None:
        """Add what ``<<`` brings: own keys win, then the earlier of several mappings."""
        for value, place in merged:
            for source in value if isinstance(value, Seq) else [value]:
                if not isinstance(source, Map):
                    self.report(place, "'<<' takes an alias of a mapping, or a list of them")
                    break
                for index, (key, item) in enumerate(source.items()):
                    if key not in node:
                        node.put(key, item, source.at[index])
