"""
The size of Python code: lines of files and functions, methods of classes, and McCabe's complexity.

Complexity counts as Ruff's C901 does (crates/ruff_linter/src/rules/mccabe): T. J. McCabe, "A Complexity Measure",
IEEE Transactions on Software Engineering, 1976, for decisions only, without boolean operators.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._tools import sources

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Function:
    """One function or method; ``lines`` are from its ``def`` to its end."""

    place: str
    name: str
    complexity: int
    lines: int

    def __str__(self) -> str:
        return f"{self.place}: {self.name}"


@dataclass(frozen=True, slots=True)
class Class:
    """One class, and how many methods its own body defines."""

    place: str
    name: str
    methods: int

    def __str__(self) -> str:
        return f"{self.place}: {self.name}"


@dataclass(frozen=True, slots=True)
class Size:
    """One file."""

    file: str
    lines: int
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]


def size_of(raw: bytes, name: str) -> Size:
    """Return the size of a file. Raises ``CannotMeasure`` if it cannot be parsed."""
    tree = sources.tree(raw, name)
    functions: list[Function] = []
    classes: list[Class] = []
    try:
        for node in ast.walk(tree):
            place = f"{name}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, _Function):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                functions.append(Function(place, node.name, 1 + complexity(node.body), lines))
            elif isinstance(node, ast.ClassDef):
                methods = {each.name for each in node.body if isinstance(each, _Function)}
                classes.append(Class(place, node.name, len(methods)))
    except RecursionError:
        raise CannotMeasure(f"{name} is nested too deeply") from None
    return Size(name, len(raw.splitlines()), tuple(functions), tuple(classes))


def complexity(body: Sequence[ast.stmt]) -> int:
    """Return how many decisions the statements of *body* hold."""
    return sum(_own(node) + sum(map(complexity, _blocks(node))) for node in body)


def _own(node: ast.stmt) -> int:
    """Return what the statement itself adds."""
    match node:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return 1
        case ast.Try() | ast.TryStar():
            return len(node.handlers) + bool(node.orelse)
        case ast.Match():
            last = node.cases[-1]
            return len(node.cases) - (last.guard is None and _always(last.pattern))
        case _:
            return 0


def _always(pattern: ast.pattern) -> bool:
    """Whether *pattern* matches everything, as an ``else`` does."""
    match pattern:
        case ast.MatchAs():
            return pattern.pattern is None or _always(pattern.pattern)
        case ast.MatchOr():
            return any(map(_always, pattern.patterns))
        case _:
            return False


def _blocks(node: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """Yield the blocks of the statement."""
    match node:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            yield from (node.body, node.orelse)
        case ast.With() | ast.AsyncWith() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.body
        case ast.Try() | ast.TryStar():
            yield from (node.body, node.orelse, node.finalbody)
            yield from (handler.body for handler in node.handlers)
        case ast.Match():
            yield from (case.body for case in node.cases)
