"""One import as a file says it, and when it is carried out."""

from __future__ import annotations

import ast
import re
from enum import IntEnum
from typing import NamedTuple


class When(IntEnum):
    """When an import is carried out; the lower value wins where a module is imported in several ways."""

    IMPORT = 0
    DEFERRED = 1
    TYPING = 2


class Statement(NamedTuple):
    """
    One import.

    ``module`` has its leading dots; ``names`` is None for a plain ``import module``, and may
    still be one text as it stands in the file. ``function``
    is the dotted name of the functions and classes around it, empty at the top of the module. ``line`` counts from 1.
    """

    when: When
    module: bytes
    names: tuple[bytes, ...] | bytes | None
    line: int
    function: bytes = b""


#: A name used for a condition that only type checkers take for true.
_TYPING = frozenset({b"TYPE_CHECKING", b"MYPY"})
_RENAMED = re.compile(rb"TYPE_CHECKING[ \t]+as[ \t]+(\w+)")
_ASSIGNED = re.compile(rb"(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(?:\w+\.)*TYPE_CHECKING[ \t\r]*(?:\#[^\n]*)?\n")
_REALLY_TRUE = re.compile(rb"(TYPE_CHECKING|MYPY)[ \t]*(?::[^=\n]+)?=[ \t]*True\b")


def typing_names(data: bytes) -> frozenset[bytes]:
    """Return the names that stand for ``TYPE_CHECKING`` in a file, whatever they are called there."""
    names = _TYPING
    for word in _TYPING:
        at = data.find(word)
        while at >= 0:
            line = data.rfind(b"\n", 0, at) + 1
            if renamed := _RENAMED.match(data, at):
                names |= {renamed[1]}
            elif data[line : line + 3] != b"if " and (assigned := _ASSIGNED.match(data, line)):
                names |= {assigned[1]}
            elif line == at and (true := _REALLY_TRUE.match(data, at)):
                names -= {true[1]}
            at = data.find(word, at + len(word))
    return names


class Truth(NamedTuple):
    """What a condition always is (None: it depends), and, if it is fixed, what for."""

    value: bool | None
    when: When = When.IMPORT


_DEPENDS = Truth(None)


def truth(test: ast.expr, names: frozenset[bytes]) -> Truth:  # noqa: PLR0911 - one for each shape
    """Return what *test* always is while a module is imported; *names* stand for ``TYPE_CHECKING``."""
    match test:
        case ast.Constant(value=value):
            return Truth(bool(value), When.TYPING)
        case ast.Name(id=name) if name.encode() in names:
            return Truth(value=False, when=When.TYPING)
        case ast.Attribute(attr="TYPE_CHECKING"):
            return Truth(value=False, when=When.TYPING)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = truth(operand, names)
            return Truth(None if inner.value is None else not inner.value, inner.when)
        case ast.BoolOp(op=operator, values=values):
            return _combined([truth(value, names) for value in values], decisive=isinstance(operator, ast.Or))
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if _asks_for_main(left, right):
            return Truth(isinstance(operator, ast.NotEq), When.DEFERRED)
    return _DEPENDS


def _combined(truths: list[Truth], *, decisive: bool) -> Truth:
    for one in truths:
        if one.value is decisive:
            return one
    return truths[0] if all(one.value is not None for one in truths) else _DEPENDS


def _asks_for_main(left: ast.expr, right: ast.expr) -> bool:
    match (left, right):
        case (ast.Name(id="__name__"), ast.Constant(value="__main__")):
            return True
        case (ast.Constant(value="__main__"), ast.Name(id="__name__")):
            return True
    return False


def branch(truths: list[Truth]) -> When:
    """Return when a branch runs: *truths* are its own condition, last, and those tried before it."""
    own = truths[-1]
    if own.value is False:
        return own.when
    return max((one.when for one in truths[:-1] if one.value is True), default=When.IMPORT)
