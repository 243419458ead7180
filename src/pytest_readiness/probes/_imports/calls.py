"""Functions that are called while a module is being imported, and what they import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pytest_readiness.probes._imports.resolve import Resolver
from pytest_readiness.probes._imports.statements import Statement, When
from pytest_readiness.probes._imports.tree import Tree

#: What is called when a class is.
_MAKERS = ("__init__", "__new__", "__post_init__", "__call__")


class Called(NamedTuple):
    """An import that a call carries out: ``module`` is where the function is, ``line`` where the importer calls it."""

    module: int
    statement: Statement
    function: str
    line: int


class Caller:
    """Follows calls from the top of a module through functions, *load* gives the trees of the modules to look into."""

    def __init__(self, resolver: Resolver, load: Callable[[int], Tree | None]) -> None:
        self.resolver = resolver
        self._load = load

    def of(self, module: int) -> Iterator[Called]:
        """Yield the imports that module *module* carries out by calling functions while it is imported."""
        tree = self._load(module)
        if tree is None:
            return
        seen: set[tuple[int, str]] = set()
        work = [(module, "", name, line) for name, line in tree.bodies[""].calls]
        while work:
            home, scope, name, line = work.pop()
            for owner, function in self._resolve(home, scope, name):
                if (owner, function) in seen:
                    continue
                seen.add((owner, function))
                owner_tree = self._load(owner)
                assert owner_tree is not None
                body = owner_tree.bodies[function]
                for statement in body.statements:
                    if statement.when is When.IMPORT:
                        yield Called(owner, statement, function, line)
                work += [(owner, function, inner, line) for inner, _line in body.calls]

    def _resolve(self, module: int, scope: str, name: str) -> list[tuple[int, str]]:
        """Return the functions that *name* may mean inside *scope* of *module*, each with its module."""
        tree = self._load(module)
        if tree is None:
            return []
        first, _, rest = name.partition(".")
        if first in {"self", "cls"} and rest and "." in scope:
            return self._method(module, tree, scope.rpartition(".")[0], rest)
        outer = scope
        while True:
            full = f"{outer}.{name}" if outer else name
            if full in tree.bodies:
                return [(module, full)]
            if full in tree.bases:
                return [each for maker in _MAKERS[:3] for each in self._method(module, tree, full, maker)]
            if not outer:
                break
            outer = outer.rpartition(".")[0]
        owner = name.rpartition(".")
        if owner[0] in tree.bases:
            return self._method(module, tree, owner[0], owner[2])
        return self._foreign(module, tree, first, rest)

    def _method(self, module: int, tree: Tree, cls: str, method: str) -> list[tuple[int, str]]:
        if f"{cls}.{method}" in tree.bodies:
            return [(module, f"{cls}.{method}")]
        for base in tree.bases.get(cls, ()):
            if base != cls and base in tree.bases:
                return self._method(module, tree, base, method)
        return []

    def _foreign(self, module: int, tree: Tree, first: str, rest: str) -> list[tuple[int, str]]:
        """Return the function that *first* and *rest* mean where *first* is imported from another module."""
        if first not in tree.imported:
            return []
        origin, attribute = tree.imported[first]
        full = self.resolver.absolute(module, origin.encode())
        if full is None:
            return []
        parts = [*full.decode().split("."), *([attribute] if attribute else []), *(rest.split(".") if rest else [])]
        for length in range(len(parts) - 1, 0, -1):
            owner = self.resolver.modules.index.get(".".join(parts[:length]).encode())
            if owner is not None and owner != module:
                return self._resolve(owner, "", ".".join(parts[length:]))
        return []
