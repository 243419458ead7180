"""
JSON as checklists show it: read leniently.

What stands in a checklist is meant for people: it has comments (``# ...``, ``// ...``, ``/* ... */``), ``...``
where there is more, keys without quotes, commas too many or too few. All of that is read; the rest is RFC 8259.
"""

from __future__ import annotations

import json
import re

from pytest_readiness.probes._http.subset import MORE

_SKIP = re.compile(r"(?:\s|,|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_MORE = re.compile(r"\.\.\.|…")
_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_SINGLE = re.compile(r"'([^'\\\n]*)'")
_WORD = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![A-Za-z0-9_.])")
_WORDS = {"true": True, "false": False, "null": None}
_DEEPEST = 100


def read(text: str) -> object:
    """Return what *text* shows, with ``MORE`` for each ``...``. Raises ``ValueError`` with the line."""
    reader = _Reader(text)
    value = reader.value(0)
    reader.skip()
    if reader.at < len(text):
        raise reader.error("there is something after the end")
    return value


class _Reader:
    """Reads one text from left to right; ``at`` is how far it has come."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def error(self, what: str) -> ValueError:
        return ValueError(f"line {self.text.count(chr(10), 0, self.at) + 1}: {what}")

    def skip(self) -> None:
        found = _SKIP.match(self.text, self.at)
        assert found
        self.at = found.end()

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return what is next, if it is a *pattern*, and go on behind it."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def sign(self, one: str) -> bool:
        """Tell whether *one* is next, and go on behind it."""
        self.skip()
        if not self.text.startswith(one, self.at):
            return False
        self.at += len(one)
        return True

    def value(self, depth: int) -> object:
        if depth > _DEEPEST:
            raise self.error("it is nested too deeply")
        if self.sign("{"):
            return self.mapping(depth)
        if self.sign("["):
            return self.items(depth)
        if self.take(_MORE):
            return MORE
        if found := self.take(_NUMBER):
            return json.loads(found[0])
        if (text := self.quoted()) is not None:
            return text
        if (found := self.take(_WORD)) and found[0] in _WORDS:
            return _WORDS[found[0]]
        raise self.error("expected a value: {...}, [...], a text in quotes, a number, true, false or null")

    def quoted(self) -> str | None:
        if found := self.take(_SINGLE):
            return found[1]
        if found := self.take(_TEXT):
            try:
                return str(json.loads(found[0]))
            except ValueError:
                raise self.error("a text has an escape that JSON does not know") from None
        return None

    def mapping(self, depth: int) -> dict[str, object]:
        made: dict[str, object] = {}
        while not self.sign("}"):
            if self.take(_MORE):
                made[MORE] = MORE
                continue
            key = self.quoted()
            if key is None:
                word = self.take(_WORD)
                if word is None:
                    raise self.error("expected a key, ... or }")
                key = word[0]
            if key in made:
                raise self.error("a key is there twice")
            if not self.sign(":"):
                raise self.error("expected a colon after the key")
            made[key] = self.value(depth + 1)
        return made

    def items(self, depth: int) -> list[object]:
        made: list[object] = []
        while not self.sign("]"):
            made.append(self.value(depth + 1))
        return made
