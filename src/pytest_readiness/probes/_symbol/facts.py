"""One source file as facts: definitions by dotted name, calls, imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from pytest_readiness.errors import CannotMeasure
from pytest_readiness.probes._imports import source

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_OTHER_SIDES = ("overload", "*.setter", "*.deleter")


@dataclass(frozen=True, slots=True)
class Definition:
    """
    A class, function, method or constant.

    ``name`` is dotted, from its module on. ``bases`` and ``decorators`` are full names as far as the
    imports of the file tell. A constant's ``node`` is its value: None where that cannot be told, the
    statement itself where it is declared only.
    """

    name: str
    kind: str
    line: int
    node: ast.AST | None
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call, by the full name of what is called."""

    name: str
    node: ast.Call


@dataclass(slots=True)
class Facts:
    """What one file says."""

    path: str
    definitions: list[Definition] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    aliases: dict[str, str] = field(default_factory=dict)

    def at(self, line: int) -> str:
        """Return a place in the file, as editors know it."""
        return f"{self.path}:{line}"

    def constants(self, name: str) -> list[Definition]:
        """Return all that is assigned to the constant called *name*."""
        return [one for one in self.definitions if one.kind == "constant" and one.name == name]

    def calls_in(self, node: ast.AST) -> Iterator[str]:
        """Yield the names of all that is called inside *node*."""
        inside = set(map(id, ast.walk(node)))
        yield from (call.name for call in self.calls if id(call.node) in inside)


def matches(pattern: str, name: str) -> bool:
    """
    Whether *name* is what *pattern* means: all of it, or its last parts.

    ``Protocol`` means ``typing.Protocol`` too, and ``bus.send`` means ``self.bus.send``.
    """
    parts = name.split(".")
    end = ".".join(parts[-pattern.count(".") - 1 :])
    return fnmatchcase(name, pattern) or fnmatchcase(end, pattern)


def read(raw: bytes, path: str) -> Facts:
    """Return the facts of a source file. Raises ``CannotMeasure`` that names *path* if it is no Python."""
    data = source.normal(raw, path)
    tree = None if isinstance(data, source.Broken) else source.parse(data)
    if tree is None:
        broken = data if isinstance(data, source.Broken) else source.check(raw, path)
        raise CannotMeasure(f"cannot be parsed: {broken or path}")
    try:
        return _gathered(tree, path)
    except RecursionError:
        raise CannotMeasure(f"{path} is nested too deeply") from None


def _gathered(tree: ast.Module, path: str) -> Facts:
    facts = Facts(path)
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _note_import(node, facts)
    for node in nodes:
        if isinstance(node, ast.Call) and (name := dotted(node.func, facts.aliases)):
            facts.calls.append(Call(name, node))
    facts.calls.sort(key=lambda call: (call.node.lineno, call.node.col_offset))
    facts.definitions = _without_other_sides(list(_defined(tree.body, "", facts.aliases, inside=None)))
    return facts


def _note_import(node: ast.Import | ast.ImportFrom, facts: Facts) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            facts.imports.add(alias.name)
            if alias.asname:
                facts.aliases[alias.asname] = alias.name
        return
    module = node.module or ""
    for alias in node.names:
        full = f"{module}.{alias.name}".lstrip(".")
        facts.imports.update({module, full} - {""})
        facts.aliases[alias.asname or alias.name] = full


def dotted(node: ast.AST, aliases: Mapping[str, str]) -> str:
    """Return the dotted name that *node* stands for, in full where an import tells; empty where it has none."""
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Name):
            parts.append(aliases.get(node.id, node.id))
            return ".".join(reversed(parts))
        else:
            return ".".join(reversed(parts))


def _defined(
    body: Iterable[ast.AST], above: str, aliases: Mapping[str, str], *, inside: type[ast.AST] | None
) -> Iterator[Definition]:
    """Yield what is defined in *body*, at any depth; *inside* is the kind of node that has this body, if any."""
    for node in body:
        if isinstance(node, (ast.ClassDef, *_FUNCTIONS)):
            name = f"{above}{node.name}"
            decorators = tuple(dotted(one, aliases) for one in node.decorator_list)
            if isinstance(node, ast.ClassDef):
                bases = tuple(dotted(base, aliases) for base in node.bases)
                yield Definition(name, "class", node.lineno, node, bases, decorators)
            else:
                kind = "method" if inside is ast.ClassDef else "function"
                yield Definition(name, kind, node.lineno, node, (), decorators)
            kind_of_body = ast.ClassDef if isinstance(node, ast.ClassDef) else ast.FunctionDef
            yield from _defined(node.body, f"{name}.", aliases, inside=kind_of_body)
        else:
            if inside is not ast.FunctionDef:
                yield from _assigned(node, above)
            parts = (part for part in ast.iter_child_nodes(node) if isinstance(part, _HOLDERS))
            yield from _defined(parts, above, aliases, inside=inside)


_HOLDERS = (ast.stmt, ast.excepthandler, ast.match_case)


def _assigned(node: ast.AST, above: str) -> Iterator[Definition]:
    """Yield the constants that the statement *node* assigns; one that changes a constant makes its value unknown."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _target(target, node.value, above)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield Definition(f"{above}{node.target.id}", "constant", node.lineno, node.value or node)
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield Definition(f"{above}{node.target.id}", "constant", node.lineno, None)


def _target(target: ast.AST, value: ast.AST | None, above: str) -> Iterator[Definition]:
    if isinstance(target, ast.Name):
        yield Definition(f"{above}{target.id}", "constant", target.lineno, value)
    elif isinstance(target, ast.Tuple | ast.List):
        parts: Sequence[ast.AST | None] = [None] * len(target.elts)
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            parts = value.elts
        for one, part in zip(target.elts, parts, strict=True):
            yield from _target(one, part, above)


def _without_other_sides(found: list[Definition]) -> list[Definition]:
    """Leave out overloads, setters and deleters: the definition they belong to stands beside them."""
    return [one for one in found if not any(matches(side, name) for side in _OTHER_SIDES for name in one.decorators)]
