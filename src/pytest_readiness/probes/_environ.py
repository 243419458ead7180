"""Which environment variables Python code asks for, by its syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_readiness.probe import Context
from pytest_readiness.probes._tools import sources

#: Methods of ``os.environ`` whose first argument is a name that is read.
_READING = frozenset({"get", "pop", "setdefault", "__getitem__"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A variable that the code asks for, and where; None for a name that is known only when the code runs."""

    name: str | None
    place: str


def asked_for(paths: Sequence[str], context: Context) -> list[Asked]:
    """Return what the files of *paths* ask ``os.environ`` and ``os.getenv`` for; see ``sources.find``."""
    files = sources.find(paths, (), {".py"}, context)
    found = sources.each("environment", files, lambda raw, name: list(_asked(sources.tree(raw, name), name)), context)
    return [each for some in found for each in some]


def _asked(tree: ast.Module, file: str) -> Iterator[Asked]:
    for node in ast.walk(tree):
        key = _key(node)
        if key is not None:
            name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None
            yield Asked(name, f"{file}:{key.lineno}")


def _key(node: ast.AST) -> ast.expr | None:
    """Return what stands for the name of a variable in *node*, if *node* reads one."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is(node.value, "environ"):
        return node.slice
    if (
        isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.In | ast.NotIn)
        and _is(node.comparators[0], "environ")
    ):
        return node.left
    if not isinstance(node, ast.Call) or not node.args:
        return None
    function = node.func
    reads = isinstance(function, ast.Attribute) and function.attr in _READING and _is(function.value, "environ")
    return node.args[0] if reads or _is(function, "getenv") else None


def _is(node: ast.expr, name: str) -> bool:
    """Whether *node* is ``os.NAME``, or NAME imported from there."""
    if isinstance(node, ast.Attribute):
        return node.attr == name and isinstance(node.value, ast.Name) and node.value.id == "os"
    return isinstance(node, ast.Name) and node.id == name
