"""Which tests: ``all``, ``marker:NAME``, ``node:GLOB`` and ``keyword:EXPR``, as pytest understands them."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import NoReturn

from pytest_readiness.errors import CannotMeasure, OptionError
from pytest_readiness.session import Session, TestCase

_KINDS = ("marker", "node", "keyword")
_WORD = re.compile(r"\s*(?:([()])|([^\s()]+))")
_DEEPEST = 50

Test = Callable[[TestCase], bool]


def select_from(session: Session, selects: str | tuple[str, ...]) -> list[TestCase]:
    """Return the tests of *session* that all of *selects* pick; ``CannotMeasure`` where that cannot be told."""
    selects = (selects,) if isinstance(selects, str) else selects
    if any(select.startswith("marker:") for select in selects):
        insist_on_markers(session)
    choosers = [chooser(select) for select in selects]
    return [test for test in session.tests if all(fits(test) for fits in choosers)]


def insist_on_markers(session: Session) -> None:
    """Raise ``CannotMeasure`` if *session* does not know the markers of its tests."""
    if "markers" in session.unknown:
        raise CannotMeasure(f"{session.origin} does not tell the markers of its tests: select by node: or keyword:")


def chooser(select: str, option: str = "select") -> Test:
    """Return the test for what *select*, the value of *option*, says; ``OptionError`` if it cannot be read."""
    if select == "all":
        return lambda _: True
    kind, colon, what = select.partition(":")
    if not colon or kind not in _KINDS or not what.strip():
        raise OptionError(f"{select!r} is not one of all, marker:NAME, node:GLOB, keyword:EXPR{_hint(select)}", option)
    if kind == "node":
        return _node(what.strip())
    if kind == "marker":
        return _Expression(what, lambda name: lambda test: name in test.markers, option).read()
    return _Expression(what, _keyword, option).read()


def _hint(select: str) -> str:
    """Return what *select* probably means."""
    if "/" in select or "::" in select or select.endswith(".py"):
        return f": did you mean 'node:{select}'?"
    return f": did you mean 'marker:{select}' or 'keyword:{select}'?" if select.isidentifier() else ""


def _node(glob: str) -> Test:
    # [ belongs to the ids of parametrised tests here, not to the pattern.
    pattern = glob.replace("[", "[[]")
    return lambda test: any(
        fnmatchcase(test.nodeid, text)
        for text in (pattern, f"{pattern}[[]*", f"{pattern}::*", f"{pattern.rstrip('/')}/*")
    )


def _keyword(word: str) -> Test:
    lower = word.lower()
    return lambda test: any(lower in name.lower() for name in test.keywords)


class _Expression:
    """Reads ``and``, ``or``, ``not`` and parentheses over words, as pytest does for ``-k`` and ``-m``."""

    def __init__(self, text: str, meaning: Callable[[str], Test], option: str) -> None:
        self._text = text
        self._meaning = meaning
        self._option = option
        self._words = [mark or word for mark, word in _WORD.findall(text)]
        self._depth = 0

    def read(self) -> Test:
        """Return what the whole text means."""
        found = self._either()
        if self._words:
            self._refuse(f"{self._words[0]!r} is not expected there")
        return found

    def _either(self) -> Test:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda test: any(part(test) for part in parts)

    def _both(self) -> Test:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda test: all(part(test) for part in parts)

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._refuse("it is nested too deeply")
        found = self._term()
        self._depth -= 1
        return found

    def _term(self) -> Test:
        if self._take("not"):
            inner = self._one()
            return lambda test: not inner(test)
        if self._take("("):
            inner = self._either()
            if not self._take(")"):
                self._refuse("a parenthesis is not closed")
            return inner
        if not self._words or self._words[0] in {"and", "or", ")"}:
            self._refuse(f"a word is missing {f'before {self._words[0]!r}' if self._words else 'at the end'}")
        word = self._words.pop(0)
        if self._words[:1] == ["("]:
            self._refuse(f"arguments, as in {word}(...), cannot be selected by")
        return self._meaning(word)

    def _take(self, word: str) -> bool:
        found = self._words[:1] == [word]
        del self._words[:found]
        return found

    def _refuse(self, why: str) -> NoReturn:
        raise OptionError(f"{self._text!r} cannot be read: {why}", self._option)
