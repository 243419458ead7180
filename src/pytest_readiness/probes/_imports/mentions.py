"""A quick look at a file's text: what might be called while it is imported. Rather too much than too little."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator

from pytest_readiness.probes._imports import source

_TOP_LINE = re.compile(rb"\n(?:(async[ \t]+def\b|def\b)|(class\b)|(?=[^\s#)\]}\"']))")
_CLASS_LINE = re.compile(rb"\n(?:    |\t)(?![ \t\n\#>]|def\b|async\b)([^\n]*)")
#: Tried once a word, not once a letter, thanks to what may not stand before it and to the possessive ``++``.
_CALLED = re.compile(
    rb"(?<![A-Za-z0-9_\x80-\xff])([A-Za-z0-9_\x80-\xff]++)[ \t]*+\(|@(?:[\w\x80-\xff]+\.)*([\w\x80-\xff]+)"
)
_WORD = re.compile(rb"(?<![.\w\x80-\xff])[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_MAKERS = frozenset({b"__init__", b"__new__", b"__post_init__", b"__call__"})
_PART = re.compile(rb"\n(?:class[ \t]+([\w\x80-\xff]+)|(    |\t)?(?:async[ \t]+)?def\b)")
_FUNCTION = re.compile(rb"def[ \t]+([\w\x80-\xff]+)")
_DEFINED = re.compile(rb"\n(?:def|class|async[ \t]+def)[ \t]+([\w\x80-\xff]+)")


def called(data: bytes) -> frozenset[bytes]:
    """Return the names that are called outside of functions, in class bodies too; *data* starts with a line end."""
    return frozenset(first or second for part in _outside(data) for first, second in _CALLED.findall(part))


def words(data: bytes) -> frozenset[bytes]:
    """Return the words outside of functions, texts and comments, but for those behind a dot."""
    return frozenset(word for part in _outside(b"\n" + source.without_texts(data)) for word in _WORD.findall(part))


def leads_to(data: bytes, functions: Iterable[bytes]) -> bool:
    """Whether the top of a file may call one of *functions*, dotted names of its own."""
    functions = tuple(functions)
    for text in _versions(data):
        top = called(text)
        own = defined(text).union(part for name in functions for part in name.split(b".")[:2])
        if top.isdisjoint(own) or not _Parts(text).lead(top, functions):
            return False
    return True


def defined(data: bytes) -> frozenset[bytes]:
    """Return the names of the functions and classes at the top of a file."""
    return frozenset(_DEFINED.findall(data))


def _versions(data: bytes) -> Iterator[bytes]:
    """Yield a file as it is, which is quick to look at, then without its texts."""
    yield b"\n" + data
    yield b"\n" + source.without_texts(data)


class _Parts:
    """
    A file cut in parts at its functions, methods and classes, to follow calls from part to part.

    A part is called by the name of any function in it; a class by its own name, which calls its makers and those
    of all that it may inherit from. So rather too much is followed than too little.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._starts: list[int] = []
        self._named: dict[bytes, set[int]] = {}
        self._bases: dict[bytes, list[bytes]] = {}
        self._makers: dict[bytes, set[int]] = {}
        classes: list[bytes] = []
        for part in _PART.finditer(text):
            self._starts.append(part.start())
            classes.append(classes[-1] if part[2] and classes else part[1] or b"")
            if part[1]:
                self._makers.setdefault(part[1], set()).add(len(classes) - 1)
                self._bases[part[1]] = _WORD.findall(text, part.end(), text.find(b":", part.end()))
        for function in _FUNCTION.finditer(text):
            number = bisect(self._starts, function.start()) - 1
            self._named.setdefault(function[1], set()).add(number)
            if function[1] in _MAKERS and number >= 0:
                self._makers.setdefault(classes[number], set()).add(number)

    def lead(self, names: Iterable[bytes], functions: Iterable[bytes]) -> bool:
        """Whether calls of *names* lead to one of *functions*."""
        wanted: set[int] = set()
        for function in functions:
            parts = self._of(function)
            if not parts:
                return True
            wanted |= parts
        known = self._named.keys() | self._bases.keys()
        seen = known & set(names)
        work = list(seen)
        while work:
            name = work.pop()
            for part in self._named.get(name, set()) | self._makers.get(name, set()):
                if part in wanted:
                    return True
                new = (self._calls(part) & known) - seen
                seen |= new
                work += new
            for base in self._bases.get(name, ()):
                if base in known and base not in seen:
                    seen.add(base)
                    work.append(base)
        return False

    def _of(self, function: bytes) -> set[int]:
        first, _, rest = function.partition(b".")
        method = rest.partition(b".")[0]
        return self._named.get(method if first in self._bases and method else first, set())

    def _calls(self, part: int) -> set[bytes]:
        """Return what a part calls; -1 is the part before all others."""
        end = self._starts[part + 1] if part + 1 < len(self._starts) else len(self._text)
        return {
            first or second
            for first, second in _CALLED.findall(self._text, self._starts[part] if part >= 0 else 0, end)
        }


def _outside(data: bytes) -> Iterator[bytes]:
    start, kind = 0, None
    for line in [*_TOP_LINE.finditer(data), None]:
        if line is not None and line.lastindex is kind is None:
            continue
        end = len(data) if line is None else line.start()
        if kind is None:
            yield data[start:end]
        elif kind == 2:  # noqa: PLR2004 - the group of classes
            yield b"\n".join(_CLASS_LINE.findall(data, start, end))
        if line is not None:
            start, kind = end, line.lastindex
