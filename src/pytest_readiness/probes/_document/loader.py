"""
YAML to plain JSON data, from the parser's events, so that no file is too deep, too large or too clever.

Plain scalars follow the core schema of YAML 1.2 (``on`` and ``12:30`` are texts, as they are to
GitHub, Kubernetes and Compose); dates stay texts. Tags of an application's own (``!reference``,
``!Ref``) are left out and the value is kept; other tags are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

#: How deep a document may be nested, and how many values the aliases of a file may stand for.
DEEPEST, MOST_ALIASED = 100, 500_000

_WORDS: Mapping[str, object] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,299})")
_BASED = re.compile(r"0x[0-9a-fA-F]{1,200}|0o?[0-7]{1,200}")
_FLOAT = re.compile(r"[-+]?(?:(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)")
_STANDARD = "tag:yaml.org,2002:"
_TEXTS = frozenset({"!", f"{_STANDARD}str", f"{_STANDARD}timestamp"})
_PLAIN = frozenset({f"{_STANDARD}{kind}" for kind in ("int", "float", "bool", "null")})
_COLLECTIONS = frozenset({f"{_STANDARD}map", f"{_STANDARD}seq"})


class RefusedError(ValueError):
    """A text that is not what it should be; the message says what is wrong and where."""


def load_all(text: str) -> list[object]:
    """Return the data of all documents in *text*, the empty ones as None. Raises ``RefusedError``."""
    try:
        return _Builder(_parser(text)).documents()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise RefusedError(f"{where}{error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise RefusedError(" ".join(str(error).split())) from None


def scalar(text: str) -> object:
    """Return what the plain scalar *text* means."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 16) if text[1] in "xX" else int(text.lstrip("0o") or "0", 8)
    return float(text) if _FLOAT.fullmatch(text) else text


def _parser(text: str) -> Any:
    """Return PyYAML's parser in C, or the one in Python where PyYAML was built without."""
    if yaml.__with_libyaml__:
        from yaml import cyaml

        return cyaml.CParser(text)  # type: ignore[attr-defined]
    return yaml.SafeLoader(text)


class _Open:
    """A mapping or list that is being read; ``key`` is the one that waits for its value."""

    __slots__ = ("anchor", "height", "key", "merged", "merging", "node", "size", "waits")

    def __init__(self, node: dict[str, object] | list[object], anchor: str | None, size: int) -> None:
        self.node = node
        self.anchor = anchor
        self.size = size
        self.height = 0
        self.key = ""
        self.waits = False
        self.merging = False
        self.merged: list[object] = []


class _Builder:
    """
    Builds data from events.

    An anchor knows how many values it stands for and how high they are stacked: that is what keeps
    aliases of aliases from growing beyond all measure.
    """

    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[object, int, int]] = {}
        self.size = 0
        self.aliased = 0
        self.root: object = None

    def documents(self) -> list[object]:
        done: list[object] = []
        actions: Mapping[type, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: lambda event: self._open({}, event),
            SequenceStartEvent: lambda event: self._open([], event),
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
        }
        while True:
            event = self.parser.get_event()
            kind = event.__class__
            if kind in actions:
                actions[kind](event)
            elif kind is DocumentEndEvent:
                done.append(self.root)
                self.root = None
                self.anchors.clear()
            elif kind is StreamEndEvent:
                return done

    def _scalar(self, event: Any) -> None:
        self.size += 1
        value = event.value if self._is_key() else _value(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1, 0)
        self._add(value, event, plain=event.implicit[0])

    def _is_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].node, dict) and not self.stack[-1].waits

    def _open(self, node: dict[str, object] | list[object], event: Any) -> None:
        if len(self.stack) >= DEEPEST:
            raise _at(event, f"nested more than {DEEPEST} levels deep")
        if event.tag and event.tag.startswith(_STANDARD) and event.tag not in _COLLECTIONS:
            raise _at(event, f"the tag !!{event.tag.removeprefix(_STANDARD)} is not read here")
        if self._is_key():
            raise _at(event, "a mapping or list is a key, which JSON does not know")
        self.size += 1
        self.anchors.pop(event.anchor, None)
        self.stack.append(_Open(node, event.anchor, self.size - 1))

    def _close(self, event: Any) -> None:
        closed = self.stack.pop()
        node = closed.node
        if isinstance(node, dict):
            for value in closed.merged:
                _merge(node, value, event)
        if closed.anchor:
            self.anchors[closed.anchor] = (node, self.size - closed.size, closed.height + 1)
        if self.stack:
            self.stack[-1].height = max(self.stack[-1].height, closed.height + 1)
        self._add(node, event)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            inside = any(item.anchor == event.anchor for item in self.stack)
            why = f"*{event.anchor} stands inside &{event.anchor} itself" if inside else f"no anchor &{event.anchor}"
            raise _at(event, why)
        value, size, height = self.anchors[event.anchor]
        self.size += size
        self.aliased += size
        if self.aliased > MOST_ALIASED:
            raise _at(event, f"the aliases stand for more than {MOST_ALIASED:,} values")
        if len(self.stack) + height > DEEPEST:
            raise _at(event, f"nested more than {DEEPEST} levels deep, aliases counted")
        if self.stack:
            self.stack[-1].height = max(self.stack[-1].height, height)
        if self._is_key() and not isinstance(value, str):
            raise _at(event, "an alias of something that is no text is a key")
        self._add(value, event)

    def _add(self, value: object, event: Any, *, plain: bool = False) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if isinstance(top.node, list):
            top.node.append(value)
        elif not top.waits:
            self._key(top, str(value), event, merging=plain and value == "<<")
        else:
            top.waits = False
            if top.merging:
                top.merged.append(value)
            else:
                top.node[top.key] = value

    def _key(self, top: _Open, key: str, event: Any, *, merging: bool) -> None:
        assert isinstance(top.node, dict)
        if key in top.node and not merging:
            raise _at(event, f"the key {key!r} is there twice")
        top.key = key
        top.waits = True
        top.merging = merging


def _value(event: Any) -> object:
    """Return what a scalar that is no key means."""
    text: str = event.value
    tag = event.tag
    if event.implicit[0] and tag is None:
        return scalar(text)
    if tag in _PLAIN:
        return scalar(text)
    if tag and tag.startswith(_STANDARD) and tag not in _TEXTS:
        raise _at(event, f"the tag !!{tag.removeprefix(_STANDARD)} is not read here")
    return text


def _merge(node: dict[str, object], value: object, event: Any) -> None:
    """Add what ``<<`` brings: own keys win, then the earlier of several mappings."""
    for source in value if isinstance(value, list) else [value]:
        if not isinstance(source, dict):
            raise _at(event, "'<<' takes an alias of a mapping, or a list of them")
        for key, item in source.items():
            node.setdefault(key, item)


def _at(event: Any, message: str) -> RefusedError:
    mark = event.start_mark
    return RefusedError(f"line {mark.line + 1}, column {mark.column + 1}: {message}")
