"""A quick look at a file's text: what might be called while it is imported. Rather too much than too little."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pytest_readiness.probes._imports import source

_TOP_LINE = re.compile(rb"\n(?:(async[ \t]+def\b|def\b)|(class\b)|(?=[^\s#)\]}\"']))")
_CLASS_LINE = re.compile(rb"\n(?:    |\t)(?![ \t\n\#>]|def\b|async\b)([^\n]*)")
_CALLED = re.compile(rb"([\w\x80-\xff]+)[ \t]*\(|@(?:[\w\x80-\xff]+\.)*([\w\x80-\xff]+)")
_WORD = re.compile(rb"(?<![.\w\x80-\xff])[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_MAKERS = frozenset({b"__init__", b"__new__", b"__post_init__", b"__call__"})
_DEFINED = re.compile(rb"\n(?:def|class|async[ \t]+def)[ \t]+([\w\x80-\xff]+)")


def called(data: bytes) -> frozenset[bytes]:
    """Return the names that are called outside of functions, in class bodies too."""
    return frozenset(first or second for part in _outside(b"\n" + data) for first, second in _CALLED.findall(part))


def words(data: bytes) -> frozenset[bytes]:
    """Return the words outside of functions, texts and comments, but for those behind a dot."""
    return frozenset(word for part in _outside(b"\n" + source.without_texts(data)) for word in _WORD.findall(part))


def leads_to(data: bytes, functions: Iterable[bytes]) -> bool:
    """Whether the top of a file may call one of *functions* of its own: looked at as it is, then without texts."""
    functions = tuple(functions)
    for text in _versions(data):
        top = called(text)
        if top.isdisjoint(defined(text).union(part for name in functions for part in name.split(b".")[1:2])):
            return False
        if top.isdisjoint(through(text, functions)):
            return False
    return True


def defined(data: bytes) -> frozenset[bytes]:
    """Return the names of the functions and classes at the top of a file."""
    return frozenset(_DEFINED.findall(b"\n" + data))


def _versions(data: bytes) -> Iterator[bytes]:
    yield data
    yield source.without_texts(data)


def through(data: bytes, functions: Iterable[bytes]) -> frozenset[bytes]:
    """Return the names whose call may lead to one of *functions*, dotted names, inside the same file."""
    text = b"\n" + data
    names = {_called_as(text, function) for function in functions}
    parts = {name[1]: text[start:end] for start, end, name in _definitions(text)}
    grown = True
    while grown:
        new = {name for name, part in parts.items() if name not in names and any(_uses(part, each) for each in names)}
        names |= new
        grown = bool(new)
    return frozenset(names)


def _uses(part: bytes, name: bytes) -> bool:
    """Whether a function or class calls *name*, or inherits from it."""
    return name + b"(" in part or (part.startswith(b"\nclass") and name in part[: part.find(b":")])


def _called_as(text: bytes, function: bytes) -> bytes:
    """Return the name that a call of *function* shows: of the class for its constructor, else of the method."""
    first, _, rest = function.partition(b".")
    method = rest.partition(b".")[0]
    is_method = method and method not in _MAKERS and re.search(rb"\nclass[ \t]+%b\b" % re.escape(first), text)
    return method if is_method else first


def _definitions(text: bytes) -> Iterator[tuple[int, int, re.Match[bytes]]]:
    """Yield start, end and match of each function or class at the top."""
    starts = [line.start() for line in _TOP_LINE.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=False):
        if name := _DEFINED.match(text, start):
            yield start, end, name


def _outside(data: bytes) -> Iterator[bytes]:
    start, kind = 0, None
    for line in [*_TOP_LINE.finditer(data), None]:
        end = len(data) if line is None else line.start()
        if kind is None:
            yield data[start:end]
        elif kind == 2:  # noqa: PLR2004 - the group of classes
            yield b"\n".join(_CLASS_LINE.findall(data, start, end))
        if line is not None:
            start, kind = end, line.lastindex
